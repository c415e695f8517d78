# What contain-tables promises: the edges that brute force finds, in every meaning, by every engine, in any memory; prunes that drop
# nothing; the question about two tables; renames, unions, samples; and going on after a bad table.

# shellcheck disable=SC2154 # status, output and stderr are set by run_clu
load lib

setup()
{
    bats_load
    printf 'id,city,x\n1,Rome,0.5\n2,Paris,\n3,"a,b",7\n4,Rome,-2\n' > p.csv
    printf 'x,id\n7,3\n0.5,1\n' > c.csv
}

edges() # [ARG...] : child>parent:relation:containment of all edges, in one line
{
    run_clu contain-tables "$@"
    ok
    [ "$(head -n 1 "$CLU_OUT")" = "$(printf 'child parent relation containment child_rows child_distinct matched_distinct parent_rows semantics method columns_matched flags renamed' | tr ' ' '\t')" ]
    output=$(awk -F '\t' 'NR > 1 { printf("%s%s>%s:%s:%s", (NR > 2 ? " " : ""), $1, $2, $3, $4) }' "$CLU_OUT")
}

flags() # the flags of the edges that edges() found
{
    tail -n +2 "$CLU_OUT" | cut -f 12 | tr '\n' ' '
}

# The tables of a lake of the oracle, into this folder, which is empty then.
unpack() # SEED
{
    rm -f ./*
    awk '/^== / { file = substr($0, 4); printf "" > file; next } { print > file }' "$CLU_SRC/tests/oracle/contain/lake$1.txt"
}

# Edges as the oracle prints them: the containment as child and parent have it, shortened.
as_oracle()
{
    tail -n +2 "$1" | awk -F '\t' -v OFS='\t' '
        function gcd(a, b) { while (b) { t = a % b; a = b; b = t } return a }
        {
            n = $9 == "set" ? $7 : int($4 * $5 + 0.5)
            m = $9 == "set" ? $6 : $5
            if ($6 == "") n = m = 1
            d = m ? gcd(n, m) : 1
            print $1, $2, $3, m == 0 || n == m ? 1 : n / d "/" m / d, $5, $6, $7, $8
        }'
}

agrees() # WANT
{
    as_oracle "$CLU_OUT" > got
    # Distinct rows that were never counted are left out by both.
    awk -F '\t' -v OFS='\t' 'NR == FNR { if ($6 == "") skip[$1, $2] = 1; next } ($1, $2) in skip { $6 = $7 = "" } { print }' got "$1" > want
    sort got > got.sorted
    sort want > want.sorted
    same want.sorted got.sorted
    rm got got.sorted want want.sorted
}

# --- against brute force ---

@test "all edges of the oracle's lakes, by both engines, in every meaning" {
    for seed in 11 12 13; do
        unpack $seed
        [ "$(find . -name '*.csv' | wc -l)" -ge 19 ]
        for semantics in set rows bag; do
            [ "$(wc -l < "$CLU_SRC/tests/oracle/contain/$semantics$seed.tsv")" -ge 10 ]
            for method in auto probe merge; do
                run_clu contain-tables --all-edges --semantics=$semantics --method=$method -j 2 ./*.csv
                ok
                sed -i 's,\./,,g' "$CLU_OUT"
                agrees "$CLU_SRC/tests/oracle/contain/$semantics$seed.tsv"
            done
        done
    done
}

@test "partial containments of the oracle's lakes" {
    for seed in 11 12 13; do
        unpack $seed
        for semantics in set rows bag; do
            for method in probe merge; do
                run_clu contain-tables --all-edges --semantics=$semantics --threshold=0.3 --method=$method -- *.csv
                ok
                agrees "$CLU_SRC/tests/oracle/contain/$semantics-partial$seed.tsv"
            done
        done
    done
}

@test "--numeric and --null on the oracle's lakes" {
    for seed in 11 12 13; do
        unpack $seed
        for method in probe merge; do
            run_clu contain-tables --all-edges --numeric --null=NA,NULL --method=$method -- *.csv
            ok
            agrees "$CLU_SRC/tests/oracle/contain/numeric$seed.tsv"
        done
    done
}

@test "the reduction says the same as all edges" {
    for seed in 11 12 13; do
        unpack $seed
        contain-tables --all-edges -- *.csv | awk -F '\t' 'NR > 1 { print $1, $2 }' | sort > all
        run_clu contain-tables -- *.csv
        ok
        [ "$(wc -l < "$CLU_OUT")" -lt "$(wc -l < all)" ]
        # Follow the edges, equal ones both ways, until nothing new is found.
        awk -F '\t' 'NR > 1 { up[$1, $2] = 1; if ($3 == "equal") up[$2, $1] = 1; node[$1]; node[$2] }
            END {
                do {
                    more = 0
                    for (a in node) for (b in node) if ((a, b) in up) for (c in node)
                        if (((b, c) in up) && !((a, c) in up) && a != c) { up[a, c] = 1; more = 1 }
                } while (more)
                for (k in up) { split(k, e, SUBSEP); if (e[1] != e[2]) print e[1], e[2] }
            }' "$CLU_OUT" | sort > got
        same all got
        rm all got
    done
}

# --- meaning ---

@test "names match columns, in any order; nulls are equal" {
    edges c.csv p.csv
    [ "$output" = 'c.csv>p.csv:contained:1' ]
    [ "$(cut -f 5-11 "$CLU_OUT" | tail -n 1)" = $'2\t2\t2\t4\tset\tprobe\t2' ]
    printf 'x,city\n,Paris\n' > n.csv
    edges n.csv p.csv
    [ "$output" = 'n.csv>p.csv:contained:1' ]
    printf 'X,city\n,Paris\n' > n.csv
    edges n.csv p.csv
    [ -z "$output" ]
}

@test "set, rows and bag" {
    printf 'a\n1\n1\n2\n3\n' > p.csv
    printf 'a\n1\n2\n2\n9\n' > c.csv
    printf 'a\n1\n1\n2\n2\n3\n' > d.csv
    edges --threshold=0.1 c.csv p.csv
    [ "$output" = 'c.csv>p.csv:partial:0.6666666666666666 p.csv>c.csv:partial:0.6666666666666666' ]
    edges --threshold=0.1 --semantics=rows c.csv p.csv
    [ "$output" = 'c.csv>p.csv:partial:0.75 p.csv>c.csv:partial:0.75' ]
    edges --threshold=0.1 --semantics=bag c.csv p.csv
    [ "$output" = 'c.csv>p.csv:partial:0.5 p.csv>c.csv:partial:0.5' ]
    edges p.csv d.csv
    [ "$output" = 'p.csv>d.csv:equal:1' ]
    edges --semantics=bag d.csv p.csv
    [ "$output" = 'p.csv>d.csv:contained:1' ]
}

@test "one changed cell in many rows is found" {
    seq 1 100000 | awk 'BEGIN { print "id,v" } { print $1 "," $1 * 7 % 1000 }' > p.csv
    cp p.csv same.csv
    sed '50000s/,.*/,123456/' p.csv > other.csv
    sed '50000s/,.*/,1/' p.csv > inside.csv
    for method in probe merge; do
        edges --method=$method p.csv same.csv other.csv inside.csv
        [ "$output" = 'same.csv>p.csv:equal:1' ]
    done
    run_clu contain-tables --in=p.csv inside.csv
    [ "$status" -eq 1 ]
    [[ $output == *$'inside.csv\tp.csv\tpartial\t0.99999\t100000\t100000\t99999\t100000\t'* ]]
}

@test "columns shuffled against each other keep all statistics, and are no copy" {
    seq 1 60 | awk 'BEGIN { print "a,b" } { print $1 % 10 "," $1 % 6 }' > p.csv
    seq 1 60 | awk 'BEGIN { print "a,b" } { print $1 % 10 "," ($1 + 7 * ($1 > 30)) % 6 }' > q.csv
    edges p.csv q.csv
    [[ $output != *equal* ]]
    run_clu contain-tables --in=p.csv q.csv
    ! grep -q equal "$CLU_OUT" || return 1
}

# --- prunes: each test has a true edge that a careless one would drop ---

@test "a truncated maximum refutes only above its prefix" {
    long=$(printf 'x%.0s' $(seq 1 40))
    printf 'a\n%s\n%s\n' "${long}a" "${long}b" > p.csv
    printf 'a\n%s\n' "${long}b" > c.csv
    printf 'a\n%s\n' "${long:0:32}" > d.csv
    edges c.csv d.csv p.csv
    [ "$output" = 'c.csv>p.csv:contained:1' ]
}

@test "a bottom-k that is full says nothing of how many values there are" {
    seq 1 500 | sed '1i a' > p.csv
    seq 1 300 | sed '1i a' > c.csv
    edges c.csv p.csv
    [ "$output" = 'c.csv>p.csv:contained:1' ]
    # More rows in the child than in the parent, but no more different ones.
    seq 1 3000 | awk 'BEGIN { print "a" } { print $1 % 300 + 1 }' > c.csv
    edges c.csv p.csv
    [ "$output" = 'c.csv>p.csv:contained:1' ]
    edges --semantics=bag c.csv p.csv
    [ -z "$output" ]
}

@test "least hashes of rows are compared between equal columns only" {
    seq 1 400 | awk 'BEGIN { print "a,b" } { print $1 "," $1 % 3 }' > p.csv
    seq 1 400 | sed '1i a' > c.csv
    edges c.csv p.csv
    [ "$output" = 'c.csv>p.csv:contained:1' ]
}

@test "samples of parents with more columns, and of values with many rows" {
    seq 1 5000 | awk 'BEGIN { print "k,a,b,c" } { print $1 % 7 "," $1 "," $1 % 50 "," $1 % 11 }' > p.csv
    awk -F , -v OFS=, 'NR == 1 || NR % 40 == 0 { print $4, $1, $3 }' p.csv > c.csv
    awk -F , -v OFS=, 'NR == 1 || $1 == 3 { print $3, $2, $1 }' p.csv > d.csv
    for sample in 0 1 8 100; do
        edges --sample=$sample c.csv d.csv p.csv
        [ "$output" = 'c.csv>p.csv:contained:1 d.csv>p.csv:contained:1' ]
    done
    # And they do refute what statistics leave.
    awk -F , -v OFS=, 'NR == 1 || NR % 40 == 0 { print (NR == 1 ? $1 : ($1 + 1) % 7), $2 }' p.csv > e.csv
    run_clu contain-tables -v --sample=1000 c.csv e.csv p.csv
    [[ $stderr == *'refuted by samples: '[1-9]* ]]
    [ "$(tail -n +2 "$CLU_OUT" | cut -f 1)" = c.csv ]
}

@test "below 1 ranges and hashes refute nothing" {
    printf 'a\n1\n2\n3\n4\n1000\nx\n\n' > c.csv
    printf 'a\n1\n2\n3\n4\n' > p.csv
    edges --threshold=0.5 c.csv p.csv
    [ "$output" = 'c.csv>p.csv:partial:0.5714285714285714 p.csv>c.csv:contained:1' ]
}

@test "statistics do refute" {
    printf 'a\n1\n2\n' > p.csv
    printf 'a\n3\n' > q.csv
    run_clu contain-tables -v p.csv q.csv
    [ "$status" -eq 0 ]
    [[ $stderr == *'refuted by statistics: 2'*'pairs left: 0'* ]]
}

# --- two tables ---

@test "--in answers by its status, and prints the edge" {
    run_clu contain-tables --in=p.csv c.csv
    ok
    [ "$(tail -n 1 "$CLU_OUT" | cut -f 1-11)" = $'c.csv\tp.csv\tcontained\t1\t2\t2\t2\t4\tset\tprobe\t2' ]
    run_clu contain-tables --in=c.csv p.csv
    [ "$status" -eq 1 ]
    [ -z "$output" ]
    [ "$stderr" = "contain-tables: no column 'city' in c.csv" ]
    printf 'x,id\n7,3\n0.5,2\n' > d.csv
    run_clu contain-tables --in=p.csv d.csv
    [ "$status" -eq 1 ]
    [ "$(tail -n 1 "$CLU_OUT" | cut -f 3,4)" = $'partial\t0.5' ]
    [ ! -s "$CLU_ERR" ]
    run_clu contain-tables --threshold=0.5 --in=p.csv d.csv
    ok
    sed 's/Rome/Roma/' p.csv > q.csv
    cp p.csv r.csv
    run_clu contain-tables --in=p.csv r.csv
    [ "$(tail -n 1 "$CLU_OUT" | cut -f 3,4)" = $'equal\t1' ]
    run_clu contain-tables --in=p.csv nope.csv
    fails 4 'nope.csv: No such file or directory'
    run_clu contain-tables --in=nope.csv p.csv
    fails 4 'nope.csv: No such file or directory'
    printf 'id,city,x\n1\n' > bad.csv
    run_clu contain-tables --in=bad.csv c.csv
    fails 3 'bad.csv:2: 1 field, expected 3'
    run_clu contain-tables --in=p.csv bad.csv
    fails 3 'bad.csv:2: 1 field, expected 3'
}

@test "--in: meanings, equality, empty tables, archives" {
    printf 'a\n1\n1\n2\n' > p.csv
    printf 'a\n1\n2\n' > c.csv
    run_clu contain-tables --in=p.csv c.csv
    [ "$(tail -n 1 "$CLU_OUT" | cut -f 3)" = equal ]
    run_clu contain-tables --semantics=bag --in=p.csv c.csv
    [ "$(tail -n 1 "$CLU_OUT" | cut -f 3)" = contained ]
    run_clu contain-tables --semantics=bag --in=c.csv p.csv
    [ "$status" -eq 1 ]
    printf 'a\n1.0\n' > n.csv
    run_clu contain-tables --in=p.csv n.csv
    [ "$status" -eq 1 ]
    run_clu contain-tables --numeric --in=p.csv n.csv
    ok
    [ "$(tail -n 1 "$CLU_OUT" | cut -f 12)" = trivial,normalised ]
    printf 'a\n' > e.csv
    run_clu contain-tables --in=p.csv e.csv
    ok
    [ "$(tail -n 1 "$CLU_OUT" | cut -f 3,4,12)" = $'contained\t1\ttrivial,empty' ]
    [ -n "${CLU_LIBARCHIVE-x}" ] || return 0
    tar -czf t.tar.gz p.csv
    run_clu contain-tables --in='t.tar.gz!p.csv' c.csv
    ok
    run_clu contain-tables --in=t.tar.gz c.csv
    fails 3 't.tar.gz: an archive; name one of its tables as archive!member'
}

# --- memory, threads, order ---

@test "the same bytes for any memory, threads, and order of the tables" {
    seq 1 60000 | awk 'BEGIN { print "a,b,c" } { print $1 "," $1 % 1000 "," $1 * 31 % 977 }' > p.csv
    awk 'NR == 1 || NR % 3 == 0' p.csv > c1.csv
    awk 'NR == 1 || NR % 2 == 0' p.csv | cut -d, -f 3,1 > c2.csv
    awk 'NR == 1 || NR % 6 == 0' p.csv > c3.csv
    (cat c1.csv && echo 1,2,3) > d.csv
    for method in probe merge; do
        for options in '' '--threshold=0.2'; do
            # shellcheck disable=SC2086 # perhaps none
            contain-tables $options --method=$method -j 1 p.csv c1.csv c2.csv c3.csv d.csv > want
            [ "$(wc -l < want)" -ge 4 ]
            for how in '-j 2' '-j 7' '--memory=1M' '--memory=1M -j 3'; do
                # shellcheck disable=SC2086 # several words
                run_clu contain-tables $options --method=$method $how d.csv c3.csv c2.csv p.csv c1.csv
                ok
                same want "$CLU_OUT"
            done
        done
    done
    run_clu contain-tables -v --method=merge --memory=1M -j 1 p.csv c1.csv c2.csv c3.csv d.csv
    [[ $stderr == *'runs spilled: '[1-9]* ]]
    # What is spilled has no name.
    [ -z "$(ls -A "$TMPDIR")" ]
    run_clu contain-tables --method=merge --memory=1M -j 1 --tmpdir=nope p.csv c1.csv c2.csv c3.csv d.csv
    fails 4 'nope/clu-*: No such file or directory'
    run_clu contain-tables -v --memory=1M --method=probe -j 1 p.csv c1.csv c2.csv
    [[ $stderr == *'method: probe'* ]]
}

# --- flags, equal tables ---

@test "flags" {
    printf 'a\n' > e.csv
    ln p.csv h.csv
    printf 'id\n1\n2\n3\n' > serial.csv
    seq 1 50 | awk 'BEGIN { print "id,k" } { print $1 "," $1 * $1 }' > q.csv
    cut -d, -f 2 q.csv > k.csv
    cut -d, -f 1 q.csv > id.csv
    : > none.csv
    edges p.csv h.csv
    [ "$(flags)" = 'hardlink ' ]
    edges q.csv id.csv k.csv
    [ "$output" = 'id.csv>q.csv:contained:1 k.csv>q.csv:contained:1' ]
    [ "$(flags)" = 'trivial  ' ]
    edges none.csv p.csv
    [ "$output" = 'none.csv>p.csv:contained:1' ]
    [ "$(flags)" = 'trivial,empty ' ]
    printf 'id,city,x\n' > e.csv
    edges e.csv p.csv
    [ "$output" = 'e.csv>p.csv:contained:1' ]
    [ "$(flags)" = 'empty ' ]
}

@test "normalised: only where the cells themselves do not do" {
    printf 'id,v\n1,1.0\n2,2\n3,NA\n' > p.csv
    printf 'id,v\n1,1.0\n2,2\n' > bytes.csv
    printf 'id,v\n1,1\n2,2\n' > value.csv
    edges --numeric --all-edges p.csv bytes.csv
    [ "$output" = 'bytes.csv>p.csv:contained:1' ]
    [ "$(flags)" = ' ' ]
    edges --numeric p.csv value.csv
    [ "$output" = 'value.csv>p.csv:contained:1' ]
    [ "$(flags)" = 'normalised ' ]
    edges --numeric value.csv bytes.csv
    [ "$output" = 'value.csv>bytes.csv:equal:1' ]
    [ "$(flags)" = 'normalised ' ]
    printf 'id,v\n3,\n' > null.csv
    edges --null=NA p.csv null.csv
    [ "$output" = 'null.csv>p.csv:contained:1' ]
    [ "$(flags)" = 'normalised ' ]
}

@test "equal tables are one: an edge to the first, all of them with --all-edges" {
    cp p.csv q.csv
    cp p.csv r.csv
    edges r.csv p.csv q.csv c.csv
    [ "$output" = 'c.csv>p.csv:contained:1 q.csv>p.csv:equal:1 r.csv>p.csv:equal:1' ]
    edges --all-edges r.csv p.csv q.csv c.csv
    [ "$(wc -l < "$CLU_OUT")" -eq 10 ]
    # Equal as sets, not as bags; a copy of the second is equal to the first, too.
    printf 'a,b\n1,2\n1,2\n3,4\n' > 1.csv
    printf 'a,b\n1,2\n3,4\n' > 2.csv
    cp 2.csv 3.csv
    edges 1.csv 2.csv 3.csv
    [ "$output" = '2.csv>1.csv:equal:1 3.csv>1.csv:equal:1' ]
}

# --- unions, renames, samples ---

@test "--cover: a year and its months" {
    seq 1 360 | awk 'BEGIN { print "day,v" } { print $1 "," $1 * 7 % 50 }' > year.csv
    for m in 0 1 2 3; do awk -F, -v m=$m 'NR == 1 || int(($1 - 1) / 90) == m' year.csv > "q$m.csv"; done
    awk 'NR < 50' q1.csv > part.csv
    edges --cover year.csv q?.csv part.csv
    [ "$(tail -n +2 "$CLU_OUT" | awk -F '\t' '$3 == "union" { printf "%s>%s:%s:%s ", $1, $2, $4, $7 }')" = \
        'year.csv>q0.csv:0.25:90 year.csv>q1.csv:0.25:90 year.csv>q2.csv:0.25:90 year.csv>q3.csv:0.25:90 ' ]
    [ "$(tail -n +2 "$CLU_OUT" | grep -c contained)" -eq 5 ]
    edges --cover --memory=1M -j 3 year.csv q?.csv part.csv
    [ "$(grep -c union "$CLU_OUT")" -eq 4 ]
    edges --cover year.csv q0.csv q1.csv q3.csv
    [ "$(grep -c union "$CLU_OUT")" -eq 0 ]
    edges year.csv q?.csv
    [ "$(grep -c union "$CLU_OUT")" -eq 0 ]
}

@test "--rename=auto: columns matched by their values, then counted" {
    seq 1 300 | awk 'BEGIN { print "id,name,v" } { print $1 ",n" $1 % 17 "," $1 * 1.5 }' > p.csv
    awk -F, 'NR == 1 { print "wert;kennung"; next } NR % 2 { print $3 ";" $1 }' p.csv > c.csv
    edges c.csv p.csv
    [ -z "$output" ]
    edges --rename=auto c.csv p.csv
    [ "$output" = 'c.csv>p.csv:contained:1' ]
    [ "$(tail -n 1 "$CLU_OUT" | cut -f 11,13)" = $'2\twert=v,kennung=id' ]
    run_clu contain-tables --rename=auto --in=p.csv c.csv
    ok
    # One cell elsewhere in its column: sketches do not see it, counting does.
    sed '100s/;.*/;1/' c.csv > d.csv
    edges --rename=auto d.csv p.csv
    [ -z "$output" ]
    # Sketches that are made for it are reused.
    sketch-tables --rename c.csv p.csv > s
    run_clu contain-tables -v --rename=auto --sketch=s
    [ "$status" -eq 0 ]
    [[ $stderr == *'tables reused: 2'* ]]
    [ "$(wc -l < "$CLU_OUT")" -eq 2 ]
}

@test "--method=sample says how it knows, and may be wrong" {
    seq 1 20000 | awk 'BEGIN { print "id,v" } { print $1 "," $1 % 100 }' > p.csv
    awk 'NR % 2' p.csv > c.csv
    sed '1001s/,.*/,3/' p.csv > d.csv
    edges --method=sample --sample=0 c.csv p.csv
    [ "$output" = 'c.csv>p.csv:contained:1' ]
    [ "$(tail -n 1 "$CLU_OUT" | cut -f 5-8,10)" = $'10000\t459\t459\t20000\tsample' ]
    edges --method=sample --rows=20 --sample=0 d.csv p.csv
    [[ $output == *d.csv\>p.csv:*:1* ]]
    edges --method=sample --rows=20000 --sample=0 d.csv p.csv
    [ -z "$output" ]
    contain-tables --method=sample --seed=2 --threshold=0.1 p.csv d.csv c.csv > want
    run_clu contain-tables --method=sample --seed=2 --threshold=0.1 -j 3 p.csv d.csv c.csv
    ok
    same want "$CLU_OUT"
}

# --- sketches ---

@test "--sketch alone names the tables; --save-sketch writes what it reads" {
    run_clu contain-tables --save-sketch=s p.csv c.csv
    ok
    cp "$CLU_OUT" want
    sketch-tables p.csv c.csv > lines
    same lines s
    run_clu contain-tables -v --sketch=s
    [ "$status" -eq 0 ]
    same want "$CLU_OUT"
    [[ $stderr == *'tables reused: 2'* ]]
    # A table that changed since is sketched again.
    printf 'x,id\n7,4\n' > c.csv
    run_clu contain-tables --sketch=s
    ok
    [ "$(wc -l < "$CLU_OUT")" -eq 1 ]
    # One that is gone is named; the others go on.
    rm c.csv
    cp p.csv q.csv
    run_clu contain-tables --sketch=s p.csv c.csv q.csv
    [ "$status" -eq 4 ]
    [ "$stderr" = 'contain-tables: c.csv: No such file or directory' ]
    [ "$(tail -n 1 "$CLU_OUT" | cut -f 1-3)" = $'q.csv\tp.csv\tequal' ]
}

@test "a bad table is named, and the others go on" {
    printf 'x,id\n7\n' > bad.csv
    run_clu contain-tables p.csv bad.csv c.csv
    [ "$status" -eq 3 ]
    [ "$stderr" = 'contain-tables: bad.csv:2: 1 field, expected 2' ]
    [ "$(wc -l < "$CLU_OUT")" -eq 2 ]
    run_clu contain-tables p.csv bad.csv nope.csv c.csv
    [ "$status" -eq 4 ]
    [ "$(wc -l < "$CLU_OUT")" -eq 2 ]
}

@test "names are escaped" {
    cp c.csv "$(printf 'new\nline\ttab\\ \377.csv')"
    rm c.csv
    edges ./*.csv
    [ "$output" = './new\x0Aline\x09tab\x5C \xFF.csv>./p.csv:contained:1' ]
}

@test "tables in archives and folders" {
    [ -n "${CLU_LIBARCHIVE-x}" ] || skip 'built without libarchive'
    mkdir d
    tar -czf d/t.tar.gz c.csv
    gzip -c p.csv > d/p.csv.gz
    edges -r d
    [ "$output" = 'd/t.tar.gz!c.csv>d/p.csv.gz:contained:1' ]
    [ "$(flags)" = 'in-archive ' ]
    tar -czf d/u.tar.gz p.csv
    rm d/p.csv.gz
    edges --method=merge -r d
    [ "$output" = 'd/t.tar.gz!c.csv>d/u.tar.gz!p.csv:contained:1' ]
    [ "$(flags)" = 'in-archive,parent-in-archive ' ]
}

@test "requests that make no sense" {
    run_clu contain-tables
    fails 2 'no tables: name FILEs, --files-from or --sketch'
    run_clu contain-tables - p.csv
    fails 2 'tables are read more than once: standard input cannot be one'
    run_clu contain-tables --in=p.csv c.csv p.csv
    fails 2 '--in asks about one FILE'
    run_clu contain-tables --in=p.csv --cover c.csv
    fails 2 '--in asks about two tables: *'
    run_clu contain-tables --rows=3 c.csv p.csv
    fails 2 '--rows is for --method=sample'
    run_clu contain-tables --cover --semantics=bag c.csv p.csv
    fails 2 '--cover needs all rows: *'
    run_clu contain-tables --rename=auto --threshold=0.5 c.csv p.csv
    fails 2 '--rename looks for whole containments: *'
    run_clu contain-tables --method=sample --semantics=bag c.csv p.csv
    fails 2 '--method=sample does not count rows: *'
    run_clu contain-tables --threshold=0 c.csv p.csv
    fails 2 '--threshold is above 0'
    run_clu contain-tables -0 c.csv p.csv
    fails 2 '-0 is for --files-from'
}
