# The house itself: floors, headers, what the library may do, and that nothing generated is stale.

load lib

FLOORS='base num tab alg io cli'

setup()
{
    bats_load
    cd "$CLU_SRC" || return 1
    CLU_CC=${CLU_CC:-cc}
    CLU_CPPFLAGS=${CLU_CPPFLAGS:--include $CLU_BIN/config.h -I$CLU_SRC/src -std=gnu11 -fopenmp}
    CLU_NM=${CLU_NM:-nm}
    CLU_TOOLS=${CLU_TOOLS:-$(ls completions/bash)}
}

sources() # of the given floors
{
    local floor
    for floor; do
        find "src/$floor" -name '*.[ch]'
    done | LC_ALL=C sort
}

# "file included" for every include with quotes in the library and the tools.
includes()
{
    find src -name '*.[ch]' | LC_ALL=C sort |
        xargs awk '/^[ \t]*#[ \t]*include[ \t]*"/ { split($0, part, "\""); print FILENAME, part[2] }'
}

# The object of a library source in this build; kernels have one for each target.
objects()
{
    local source name
    for source in $(sources "$@" | grep '\.c$'); do
        name=$(basename "$source" .c)
        find "$CLU_BIN/${source%/*}" -maxdepth 1 \( -name "$name.o" -o -name "*-$name.o" \) | grep . ||
            echo "not built: $source (see src/local.mk)"
    done
}

@test "a file includes lower floors and its own folder only" {
    run awk '
        BEGIN { rank["base"] = 0; rank["num"] = 1; rank["tab"] = 2; rank["alg"] = rank["io"] = 3; rank["cli"] = 4 }
        {
            n = split($1, own, "/")
            if (n == 2) next # a tool may include everything
            split($2, other, "/")
            if (own[2] == other[1]) next
            if (!(other[1] in rank)) print $1 ": \"" $2 "\" is not written from src/"
            else if (rank[other[1]] >= rank[own[2]]) print $1 ": must not know " $2
        }' < <(includes)
    [ -z "$output" ]
}

@test "every include names a file of the house" {
    while read -r file included; do
        [ -f "src/$included" ] || { echo "$file: no src/$included"; false; }
    done < <(includes)
}

@test "every file stands on a floor" {
    # One main a tool stands in src itself, everything else in the folder of its floor.
    run bash -c "find src -name '*.[ch]' | grep -vE '^src/(${FLOORS// /|})/[^/]*\$|^src/[^/]*\.c\$'"
    [ -z "$output" ]
}

@test "headers do not include each other in a circle" {
    includes | awk '$1 ~ /\.h$/ { sub(/^src\//, "", $1); print }' > "$TMPDIR/pairs"
    run tsort "$TMPDIR/pairs"
    [ "$status" -eq 0 ]
}

@test "every header stands by itself" {
    # A template (*.inc.h) is no header: it is included into a source, once for each target.
    # shellcheck disable=SC2086
    for header in $(sources $FLOORS | grep '\.h$' | grep -v '\.inc\.h$'); do
        echo "#include \"${header#src/}\"" > "$TMPDIR/one.c"
        $CLU_CC $CLU_CPPFLAGS -fsyntax-only "$TMPDIR/one.c" 2>&1 || { echo "$header"; false; }
    done
}

@test "a source includes its own header first" {
    # shellcheck disable=SC2086
    for source in $(sources $FLOORS | grep '\.c$'); do
        header=${source%.c}.h
        [ -f "$header" ] || continue
        first=$(grep -m 1 '^[[:space:]]*#[[:space:]]*include' "$source")
        [ "$first" = "#include \"${header#src/}\"" ] || { echo "$source: $first"; false; }
    done
}

@test "only num/gslx sees GSL" {
    run grep -rlE '^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"]gsl/' src
    for file in $output; do
        case $file in
        src/num/gslx.[ch]) ;;
        *) echo "$file"; false ;;
        esac
    done
}

@test "no source is longer than 600 lines" {
    run find src -name '*.[ch]' -exec awk 'FNR == 601 { print FILENAME }' {} +
    [ -z "$output" ]
}

@test "every source is in the build" {
    # shellcheck disable=SC2086
    run grep '^not built' < <(objects $FLOORS)
    [ -z "$output" ]
}

@test "below cli nothing prints, exits or reads the environment" {
    plain_build "they add calls of their own"
    # shellcheck disable=SC2046
    run awk '
        /:$/ { file = $0 }
        {
            name = $NF
            sub(/@.*/, "", name)
            if (name ~ /^(stdin|stdout|stderr|_?exit|_Exit|quick_exit|abort|atexit|__assert_fail)$/ ||
                name ~ /^(secure_)?getenv$|^(set|put)env$|^environ$|^setlocale$|^signal$|^sigaction$/ ||
                name ~ /^(__)?v?printf(_chk)?$|^puts$|^putchar$|^perror$|^v?(err|warn)x?$|^error$/)
                print file " " name
        }' < <("$CLU_NM" -u $(objects base num tab alg io))
    [ -z "$output" ]
}

@test "below cli nothing keeps a variable of its own" {
    plain_build "they add variables of their own"
    # The kernel table of num/kern is set once, before any work. OpenMP's own locks are no state of ours.
    # shellcheck disable=SC2046
    run awk -F '|' '
        /^Symbols from / { file = $0; sub(/^Symbols from /, "", file); sub(/:$/, "", file) }
        NF == 7 {
            gsub(/[ \t]/, "")
            if ($7 ~ /^(\.(data|bss|tdata|tbss)(\.|$)|\*COM\*)/ && $7 !~ /^\.data\.rel\.ro/ &&
                $1 !~ /^\.gomp_/ && file !~ /\/src\/num\/kern\.o$/)
                print file ": " $1 " in " $7
        }' < <("$CLU_NM" -f sysv $(objects base num tab alg io))
    [ -z "$output" ]
}

@test "man pages and completions are those of the option rows (make regen)" {
    for tool in $CLU_TOOLS; do
        for what in bash zsh fish; do
            case $what in
            bash) file=completions/bash/$tool ;;
            zsh) file=completions/zsh/_$tool ;;
            fish) file=completions/fish/$tool.fish ;;
            esac
            run_clu "$tool" --regen=$what
            ok
            same "$file" "$CLU_OUT"
        done
        run_clu "$tool" --regen=man
        ok
        sed -n '/^\.\\" options: begin$/,/^\.\\" options: end$/p' "man/$tool.1" | sed '1d;$d' > "$TMPDIR/options"
        same "$TMPDIR/options" "$CLU_OUT"
    done
}

@test "bash completions are bash" {
    for tool in $CLU_TOOLS; do
        bash -n "completions/bash/$tool"
    done
}
