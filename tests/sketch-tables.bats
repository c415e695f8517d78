# What sketch-tables promises: a line for each table, content that does not depend on how a table is written, cut, read or merged, equality,
# reuse, archives, and going on after a bad table.

# shellcheck disable=SC2154 # status, output and stderr are set by run_clu
load lib

setup()
{
    bats_load
    printf 'id,city,x\n1,Rome,0.5\n2,Paris,\n3,"a,b",7\n4,Rome,-2\n' > a.csv
}

content() # FILE... : the content fields of the sketches in FILEs, or of what was printed last
{
    if [ $# -eq 0 ]; then set -- "$CLU_OUT"; fi
    cut -f 10- "$@"
}

rows() # N : a table of so many rows
{
    awk -v n="$1" 'BEGIN {
        print "id,day,price,name,flag"
        for (i = 1; i <= n; i++)
            printf "%d,2024-%02d-%02d,%.2f,\"n %d, \"\"x\"\"\",%s\n", i, i % 12 + 1, i % 28 + 1, i * 7919 % 10007 / 7, i % 1000, i % 3 ? "yes" : ""
    }'
}

# --- the line ---

@test "a line: format, names, counts, ranges" {
    run_clu sketch-tables a.csv
    ok
    [ "$(wc -l < "$CLU_OUT")" -eq 1 ]
    [ "$(cut -f 1,2,3,7 "$CLU_OUT")" = $'clu-sketch/1\ta.csv\t50\t\\x2C' ]
    [ "$(cut -f 9 "$CLU_OUT")" = 'header=yes;names=header;numeric=no;values=named;sample=8' ]
    [ "$(cut -f 10,11 "$CLU_OUT")" = $'4\t3' ]
    [ "$(cut -f 14 "$CLU_OUT" | cut -d '|' -f 1-8)" = 'id|0|4|0|1|4|=1|=4' ]
    [ "$(cut -f 15 "$CLU_OUT" | cut -d '|' -f 1-8)" = 'city|0|0|0|||=Paris|=a\x2Cb' ]
    [ "$(cut -f 16 "$CLU_OUT" | cut -d '|' -f 1-8)" = 'x|1|3|0|-2|7|=-2|=7' ]
}

@test "how a table is written does not matter" {
    sketch-tables a.csv > want
    content want > want.content
    printf '\xef\xbb\xbf"id", city ,x\r\n"1","Rome",0.5\r\n2,Paris,""\r\n3,"a,b","7"\r\n"4",Rome,-2' > quoted.csv
    printf 'id\tcity\tx\n1\tRome\t0.5\n2\tParis\t\n3\ta,b\t7\n4\tRome\t-2\n\n\n' > tabs.tsv
    printf '4;Rome;-2\n3;a,b;7\n1;Rome;0.5\n2;Paris;\n' | sed '1i id;city;x' > shuffled
    gzip -c a.csv > packed
    for file in quoted.csv tabs.tsv shuffled packed; do
        run_clu sketch-tables $file
        ok
        content > got
        same want.content got
    done
    run_sh 'sketch-tables < a.csv'
    ok
    [ "$(cut -f 2-6 "$CLU_OUT")" = $'-\t-\t-\t-\t-' ]
    content > got
    same want.content got
}

@test "the fingerprint ignores the order of rows and columns, and sees all else" {
    sketch-tables a.csv | cut -f 12 > want
    printf 'x,id,city\n-2,4,Rome\n7,3,"a,b"\n0.5,1,Rome\n,2,Paris\n' | sketch-tables | cut -f 12 > got
    same want got
    for table in 'id,city,x\n1,Rome,0.5\n2,Paris,\n3,"a,b",-2\n4,Rome,7\n' 'id,city,y\n1,Rome,0.5\n2,Paris,\n3,"a,b",7\n4,Rome,-2\n' \
        'id,city,x\n1,Rome,0.5\n2,Paris,\n3,"a,b",7\n' 'id,city,x\n1,Rome,0.50\n2,Paris,\n3,"a,b",7\n4,Rome,-2\n' \
        'id,city,x\n1,Rome,0.5\n1,Rome,0.5\n2,Paris,\n3,"a,b",7\n4,Rome,-2\n'; do
        # shellcheck disable=SC2059 # the table is the format
        printf "$table" | sketch-tables | cut -f 12 > got
        ! cmp -s want got || return 1
    done
}

@test "threads and blocks: the same bytes" {
    rows 30000 > big.csv
    sketch-tables -j 1 big.csv > want
    [ "$(cut -f 10 want)" -eq 30000 ]
    for j in 2 3 7; do
        run_clu sketch-tables -j $j big.csv
        ok
        same want "$CLU_OUT"
    done
    # Many small tables side by side come out in order.
    for i in 1 2 3 4 5 6 7 8 9; do rows $((i * 10)) > "s$i.csv"; done
    sketch-tables -j 1 s*.csv > want
    run_clu sketch-tables -j 3 s*.csv
    ok
    same want "$CLU_OUT"
    [ "$(cut -f 2 "$CLU_OUT" | tr '\n' ' ')" = 's1.csv s2.csv s3.csv s4.csv s5.csv s6.csv s7.csv s8.csv s9.csv ' ]
}

# --- parts ---

@test "parts of a table merge to its sketch, in any cut and order" {
    rows 3000 > whole.csv
    sketch-tables whole.csv | cut -f 9- > want
    for cut in '1 1500' '700 701' '10 2990' '1000 2000'; do
        # shellcheck disable=SC2086 # two numbers
        set -- $cut
        awk -v a="$1" -v b="$2" 'NR == 1 { for (i = 0; i < 3; i++) print > ("p" i ".csv"); next }
            { print > ("p" (NR - 1 <= a ? 0 : NR - 1 <= b ? 1 : 2) ".csv") }' whole.csv
        for order in '0 1 2' '2 1 0' '1 2 0'; do
            # shellcheck disable=SC2086 # three names
            for i in $order; do sketch-tables p$i.csv; done > parts
            run_clu sketch-tables --merge=whole parts
            ok
            [ "$(cut -f 2-6 "$CLU_OUT")" = $'whole\t-\t-\t-\t-' ]
            cut -f 9- "$CLU_OUT" > got
            same want got
        done
        # A merged sketch is a part as well, and lines may stand in several files.
        sketch-tables p0.csv p1.csv | sketch-tables --merge=x > p01
        sketch-tables p2.csv > p2
        run_clu sketch-tables --merge=whole p2 p01
        ok
        cut -f 9- "$CLU_OUT" > got
        same want got
    done
}

@test "parts whose columns stand in another order" {
    rows 500 > a
    awk 'NR == 1 || NR <= 250' a > p1.csv
    awk 'NR == 1 || NR > 250' a > p2.csv
    sed -E 's/^([^,]*),([^,]*),(.*)$/\2,\1,\3/' p2.csv > q2.csv
    sketch-tables p1.csv q2.csv | sketch-tables --merge=a > got1
    sketch-tables q2.csv p1.csv | sketch-tables --merge=a > got2
    cut -f 9- got1 > want
    cut -f 9- got2 > got
    same want got
    [ "$(cut -f 14- got1 | tr '\t' '\n' | cut -d '|' -f 1 | head -n 5 | tr '\n' ' ')" = 'day flag id name price ' ]
    [ "$(cut -f 10,12 got1)" = "$(sketch-tables a | cut -f 10,12)" ]
}

@test "parts that are none of one table" {
    printf 'id,city,y\n1,Rome,2\n' > b.csv
    sketch-tables a.csv b.csv > parts
    run_clu sketch-tables --merge=x parts
    fails 3 "b.csv: parts of one table, and one has no column 'x'"
    (sketch-tables a.csv && sketch-tables --numeric a.csv) > parts
    run_clu sketch-tables --merge=x parts
    fails 3 'a.csv: parts of one table that were sketched with other options'
    : > parts
    run_clu sketch-tables --merge=x parts
    fails 3 'no sketches to merge'
    run_clu sketch-tables --merge=x --files-from=list
    fails 2 '--merge reads sketches: *'
}

# --- equality ---

@test "--numeric and --null" {
    printf 'x\n1\n1.0\n+1\n1e0\n10e-1\n0\n-0\n0.0\n007\n9007199254740993\n1e400\n 1\n' > n.csv
    printf 'x\n1\n1\n1\n1\n1\n0\n0\n0\n007\n9007199254740993\n1e400\n 1\n' > m.csv
    [ "$(sketch-tables n.csv | cut -f 12)" != "$(sketch-tables m.csv | cut -f 12)" ]
    [ "$(sketch-tables --numeric n.csv | cut -f 12)" = "$(sketch-tables --numeric m.csv | cut -f 12)" ]
    # Seven hashes: 1, 0, 007, 9007199254740993, 1e400, " 1"; seven cells were changed.
    [ "$(sketch-tables --numeric n.csv | cut -f 13 | tr , '\n' | wc -l)" -eq 6 ]
    [ "$(sketch-tables --numeric n.csv | cut -f 14 | cut -d '|' -f 4)" = 6 ]
    printf 'x,y\nNA,1\nNULL,2\n,3\nna,4\n' > n.csv
    printf 'x,y\n,1\n,2\n,3\nna,4\n' > m.csv
    [ "$(sketch-tables --null=NA,NULL n.csv | cut -f 12)" = "$(sketch-tables m.csv | cut -f 12)" ]
    [ "$(sketch-tables --null=NA,NULL n.csv | cut -f 14 | cut -d '|' -f 2-4)" = '3|0|2' ]
}

@test "--header=no and --by-position name columns by number" {
    printf 'a,a\n1,2\n' > dup.csv
    run_clu sketch-tables --by-position dup.csv
    ok
    [ "$(cut -f 10,14- "$CLU_OUT" | cut -d '|' -f 1)" = $'1\t1' ]
    printf '1,2\n' > none.csv
    run_clu sketch-tables --header=no none.csv
    ok
    sketch-tables --by-position dup.csv | content - > want
    content > got
    same want got
}

# --- what is read ---

@test "--files-from, -0, -r, and tables named twice" {
    mkdir -p d/sub d/.hidden
    cp a.csv d/1.csv
    cp a.csv d/sub/2.tsv
    gzip -c a.csv > d/3.csv.gz
    cp a.csv d/notes.txt
    cp a.csv "d/new
line.csv"
    ln -s ../a.csv d/link.csv
    run_clu sketch-tables -r d a.csv
    ok
    [ "$(cut -f 2 "$CLU_OUT" | tr '\n' ' ')" = 'd/1.csv d/3.csv.gz d/new\x0Aline.csv d/sub/2.tsv a.csv ' ]
    printf 'a.csv\nd/1.csv\na.csv\n' > list
    run_clu sketch-tables --files-from=list
    ok
    [ "$(cut -f 2 "$CLU_OUT" | tr '\n' ' ')" = 'a.csv d/1.csv ' ]
    run_sh 'sketch-tables -0 --files-from=- < <(find d -name "*line.csv" -print0)'
    ok
    [ "$(cut -f 2 "$CLU_OUT")" = 'd/new\x0Aline.csv' ]
    run_clu sketch-tables d
    fails 4 'd: Is a directory'
}

@test "hard links are read once" {
    ln a.csv b.csv
    run_clu sketch-tables a.csv b.csv
    ok
    [ "$(cut -f 2 "$CLU_OUT" | tr '\n' ' ')" = 'a.csv b.csv ' ]
    [ "$(cut -f 3- "$CLU_OUT" | sort -u | wc -l)" -eq 1 ]
}

@test "--sketch: what has not changed is not read again" {
    cp a.csv b.csv
    sketch-tables a.csv b.csv > old
    sleep 0.01
    printf '9,Bonn,1\n' >> b.csv
    run_clu sketch-tables -v --sketch=old a.csv b.csv
    [ "$status" -eq 0 ]
    [[ $stderr == *'tables reused: 1'* ]]
    sketch-tables a.csv b.csv > want
    same want "$CLU_OUT"
    # Other options make other sketches.
    run_clu sketch-tables -v --numeric --sketch=old a.csv
    [[ $stderr == *'tables reused: 0'* ]]
    # Of two lines of one path the last counts.
    cat old want > both
    run_clu sketch-tables -v --sketch=both a.csv b.csv
    [[ $stderr == *'tables reused: 2'* ]]
    same want "$CLU_OUT"
}

# --- archives ---

archive()
{
    [ -n "${CLU_LIBARCHIVE-x}" ] || skip 'built without libarchive'
}

@test "archives are read in place" {
    archive
    mkdir m
    cp a.csv m/1.csv
    gzip -c a.csv > m/2.csv.gz
    echo nothing > m/readme.txt
    tar -czf m.tar.gz m
    run_clu sketch-tables m.tar.gz
    ok
    [ "$(cut -f 2 "$CLU_OUT" | sort | tr '\n' ' ')" = 'm.tar.gz!m/1.csv m.tar.gz!m/2.csv.gz ' ]
    [ "$(cut -f 8 "$CLU_OUT" | sort -u)" = member ]
    sketch-tables a.csv | content - > want
    cp "$CLU_OUT" lines
    sed -n 1p lines | content - > got
    same want got
    sed -n 2p lines | content - > got
    same want got
    run_clu sketch-tables 'm.tar.gz!m/1.csv'
    ok
    content > got
    same want got
    run_clu sketch-tables 'm.tar.gz!m/3.csv'
    fails 4 'm.tar.gz: no member of that name'
    # A file whose name has a '!' is that file.
    cp a.csv 'm.tar.gz!x'
    run_clu sketch-tables 'm.tar.gz!x'
    ok
    [ "$(cut -f 8 "$CLU_OUT")" = - ]
}

@test "zip archives, names that lead out, and links" {
    archive
    need zip
    mkdir m
    cp a.csv m/1.csv
    (cd m && zip -q ../m.zip 1.csv)
    run_clu sketch-tables m.zip
    ok
    [ "$(cut -f 2 "$CLU_OUT")" = 'm.zip!1.csv' ]
    ln -s /etc/passwd m/x.csv
    tar -P --transform='s,^m/1,../1,' -cf m.tar m/1.csv m/x.csv
    run_clu sketch-tables m.tar
    [ "$status" -eq 0 ]
    [ ! -s "$CLU_OUT" ]
    [[ $stderr == 'sketch-tables: warning: m.tar: 2 members skipped: '* ]]
}

@test "limits of archives" {
    archive
    mkdir m
    for i in 1 2 3; do cp a.csv m/$i.csv; done
    awk 'BEGIN { print "x"; for (i = 0; i < 1000000; i++) print 0 }' > m/4.csv
    tar -czf m.tar.gz m/1.csv m/2.csv m/3.csv
    run_clu sketch-tables --max-members=2 m.tar.gz
    [ "$status" -eq 3 ]
    [ "$(wc -l < "$CLU_OUT")" -eq 2 ]
    [ "$stderr" = 'sketch-tables: m.tar.gz: more than 2 members; see --max-members' ]
    run_clu sketch-tables --max-bytes=49 m.tar.gz
    [ "$status" -eq 3 ]
    [[ $stderr == *'m.tar.gz!m/1.csv: larger than 49 bytes; see --max-bytes'* ]]
    tar -czf z.tar.gz m/4.csv
    run_clu sketch-tables --max-ratio=100 z.tar.gz
    fails 3 'z.tar.gz: expands to more than 100 times its size; see --max-ratio'
    run_clu sketch-tables z.tar.gz
    ok
    # A cut archive is an error, never fewer tables.
    head -c -20 m.tar.gz > cut.tar.gz
    run_clu sketch-tables cut.tar.gz
    [ "$status" -eq 3 ]
    [[ $stderr == *'cut.tar.gz: unexpected end of compressed data'* ]]
}

# --- odd and bad tables ---

@test "tables without rows, without columns, of one column" {
    : > nothing.csv
    printf 'a,b\n' > head.csv
    printf 'a\n1\n\n2\n' > one.csv
    run_clu sketch-tables nothing.csv head.csv one.csv
    ok
    [ "$(cut -f 10,11 "$CLU_OUT" | tr '\t\n' ': ')" = '0:0 0:2 3:1 ' ]
    [ "$(sed -n 3p "$CLU_OUT" | cut -f 14 | cut -d '|' -f 2,3)" = '1|2' ]
}

@test "a bad table is named, and the others go on" {
    printf 'a,b\n1,2\n3\n' > ragged.csv
    printf 'a,b\n1,2\n\n3,4\n' > blank.csv
    printf 'a,b\n1,\0\n' > nul.csv
    printf 'a,b\n1,"2\n' > open.csv
    printf 'a,b\n1,"2"x\n' > after.csv
    printf 'a, a\n1,2\n' > dup.csv
    printf 'a,b;c\n1,2\n' > both.csv
    printf '\xff\xfea\0' > utf16.csv
    gzip -c a.csv | head -c 40 > cut.csv.gz
    run_clu sketch-tables ragged.csv blank.csv nul.csv open.csv after.csv dup.csv both.csv utf16.csv cut.csv.gz a.csv
    [ "$status" -eq 3 ]
    [ "$(cut -f 2 "$CLU_OUT")" = a.csv ]
    cat > want << 'EOF'
sketch-tables: ragged.csv:3: 1 field, expected 2
sketch-tables: blank.csv:3: empty line (allowed only at the end; in a one-column table it is an empty cell)
sketch-tables: nul.csv:2: NUL byte in column 2
sketch-tables: open.csv:2: quoted field is never closed
sketch-tables: after.csv:2: column 2: text after the closing quote
sketch-tables: dup.csv:1: column name 'a' is not unique; see --by-position
sketch-tables: both.csv:1: cannot tell the delimiter (',' or ';'); use -d
sketch-tables: utf16.csv:1: UTF-16 text; convert with iconv -f UTF-16 -t UTF-8
sketch-tables: cut.csv.gz: unexpected end of compressed data
EOF
    same want "$CLU_ERR"
    run_clu sketch-tables ragged.csv nope.csv a.csv
    [ "$status" -eq 4 ]
    [ "$(wc -l < "$CLU_OUT")" -eq 1 ]
    [[ $stderr == *'nope.csv: No such file or directory' ]]
}

@test "the first fault of a large table is told, with its line, whatever the threads" {
    rows 40000 > big.csv
    sed '35000s/^[^,]*,//; 38000s/^[^,]*,//' big.csv > bad.csv
    awk 'NR == 20000 { print "\"two\nlines\",2024-01-01,1,x,"; next } { print }' bad.csv > lines.csv
    for j in 1 2 5; do
        run_clu sketch-tables -j $j bad.csv
        fails 3 'bad.csv:35000: 4 fields, expected 5'
        run_clu sketch-tables -j $j lines.csv
        fails 3 'lines.csv:35001: 4 fields, expected 5'
    done
    # Empty lines at the end of one block, records in the next.
    awk 'NR == 30000 { for (i = 0; i < 300000; i++) print "" } { print }' big.csv > blank.csv
    for j in 1 3; do
        run_clu sketch-tables -j $j blank.csv
        fails 3 'blank.csv:30000: empty line *'
    done
}

@test "lines of sketches that are none" {
    echo 'a,b' > bad
    run_clu sketch-tables --sketch=bad a.csv
    fails 3 'bad:1: not a sketch of format clu-sketch/1'
    sketch-tables a.csv > good
    head -c 300 good > bad
    run_clu sketch-tables --sketch=bad a.csv
    fails 3 'bad:1: the line has no end'
    sed 's/\t4\t3\t/\t4\t9\t/' good > bad
    run_clu sketch-tables --sketch=bad a.csv
    fails 3 'bad:1: field *: *'
    sed 's/id|0|4/id|0|x/' good > bad
    run_clu sketch-tables --sketch=bad a.csv
    fails 3 'bad:1: field 14: bad number'
}

@test "a long record" {
    head -c 70000000 /dev/zero | tr '\0' x > long.csv
    run_clu sketch-tables long.csv
    fails 3 'long.csv:1: line longer than 64 MiB'
    (printf 'a\n1\n' && head -c 3000000 /dev/zero | tr '\0' x && echo) > fine.csv
    for j in 1 2; do
        run_clu sketch-tables -j $j fine.csv
        ok
        [ "$(cut -f 10 "$CLU_OUT")" -eq 2 ]
        [[ $(cut -f 14 "$CLU_OUT" | cut -d '|' -f 8) == '>xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' ]]
    done
}
