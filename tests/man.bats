# Every EXAMPLE of every man page is run and prints what the page says.

load lib

setup() { bats_load; }

# The examples of a page, on stdin, as a script: each command between lines that say where its expected and its real
# output go. Commands are the lines that begin with "$ " inside .EX and .EE.
examples()
{
    awk '
        function plain(s) { gsub(/\\-/, "-", s); gsub(/\\e/, "\\", s); gsub(/\\&/, "", s); gsub(/\\\(aq/, "\047", s); return s }
        /^\.EX/ { inside = 1; next }
        /^\.EE/ { inside = 0; next }
        !inside { next }
        /^\$ / { n++; print substr(plain($0), 3) > ("command." n); printf "" > ("want." n); next }
        { print plain($0) > ("want." n) }
        END { print n + 0 }'
}

# Run them in order, in this folder, as one user would.
check_page()
{
    local n i bad=0
    cp "$CLU_SRC/data/iris.csv" .
    ln -s "$CLU_SRC/data" data
    n=$(examples < "$CLU_SRC/man/$1")
    [ "$n" -ge "$2" ]
    for ((i = 1; i <= n; i++)); do
        bash "command.$i" > "got.$i" 2>&1 || true
        if ! cmp -s "want.$i" "got.$i"; then
            echo "man/$1: $(cat "command.$i")"
            diff "want.$i" "got.$i" | head -n 20
            bad=1
        fi
    done
    return $bad
}

@test "the examples of kmeans(1) print what they say" {
    check_page kmeans.1 10
}

@test "the examples of gmm(1) print what they say" {
    check_page gmm.1 10
}

@test "the examples of ppp(1) print what they say" {
    check_page ppp.1 8
}

@test "the examples of pam(1) print what they say" {
    check_page pam.1 20
}

@test "the examples of clara(1) print what they say" {
    check_page clara.1 10
}

@test "the examples of clarans(1) print what they say" {
    check_page clarans.1 7
}

@test "the examples of tsclust(1) print what they say" {
    check_page tsclust.1 21
}

@test "the examples of csts(1) print what they say" {
    check_page csts.1 8
}

@test "the examples of csts-degrade(1) print what they say" {
    check_page csts-degrade.1 8
}

@test "the examples of csts-eval(1) print what they say" {
    check_page csts-eval.1 14
}

@test "the examples of clusteval(1) print what they say" {
    check_page clusteval.1 10
}

@test "the examples of sketch-tables(1) print what they say" {
    check_page sketch-tables.1 8
}

@test "the examples of contain-tables(1) print what they say" {
    check_page contain-tables.1 14
}

@test "the examples of dedup-tables(1) print what they say" {
    check_page dedup-tables.1 9
}

@test "the pages are well formed" {
    need mandoc
    for page in "$CLU_SRC"/man/*.[157]; do
        run mandoc -T lint -W warning "$page"
        # mandoc wants a date in the title; a page that changes with the program has none
        if printf '%s\n' "$output" | grep . | grep -v 'missing date'; then
            return 1
        fi
    done
}
