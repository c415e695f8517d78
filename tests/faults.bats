# Bad input, bad requests and bad luck: what a user must see. A test's number is its row in the list of faults that every
# filter of the toolkit is held to.

# shellcheck disable=SC2154,SC2046 # status, output and stderr are set by run_clu; options are words
load lib

# The filters that every row holds for, and a table that is large for none of them: equal rows count as one in k-medoids.
TOOLS='kmeans pam clara clarans gmm'
EACH="$TOOLS ppp"
# A row of a table is a series for tsclust: most rows hold for it, too.
ALL="$EACH tsclust"
many() # ROWS
{
    seq "$1" | awk '{ print 1000000 + $1 % 300 }'
}

# The options for K clusters, or at most so many where they are not asked for, of rows as they are: two numbers that are made mean 0 and
# standard deviation 1 are all the same.
clusters() # TOOL K
{
    case $1 in
        ppp) echo "--max-clusters=$2" ;;
        tsclust) echo "-k$2 --normalise=none --distance=euclidean" ;;
        *) echo "-k$2" ;;
    esac
}

# Labels of few rows in two clusters, as a tool prints them: ppp says that they are one.
labels() # TOOL TEXT
{
    [ "$1" = ppp ] && sed -E 's/(^|,)2(\r?)$/\11\2/' <<< "$2" || echo "$2"
}

# Options that keep a tool's search of many rows short.
few_steps() # TOOL
{
    case $1 in
        clarans) echo --nstart 1 --max-neighbour 5 ;;
        tsclust) echo --method=kmeans --nstart 1 --max-iter 2 ;; # no matrix
    esac
}

setup()
{
    bats_load
    printf 'a,b\n1,2\n3,4\n9,9\n' > x.csv
}

# Time points for correlations, data.csv; and the segments of them, truth.csv, with 'plain' without their correlations.
rows()
{
    awk 'BEGIN { print "a,b"; for (i = 0; i < 40; i++) print i % 7 "," i * 3 % 11 }' > data.csv
}
segments()
{
    printf '%s\n' 'start idx,end idx,cluster_id,r12' 0,9,1,0.95 10,19,0,0.05 20,29,2,-0.9 30,39,0,-0.03 > truth.csv
    cut -d, -f1-3 truth.csv > plain
}

# What reads a table of time points, of segments, of labels: commands with @ for its file.
TIMES='tsclust --model=correlation @
tsclust --model=correlation --assign=model @
csts-eval --truth=truth.csv --data=@ plain'
SEGMENTS='csts-eval --truth=truth.csv @
csts-eval --truth=@ truth.csv
csts-degrade @'
LABELS='csts-eval --truth=truth.csv --data=data.csv @
csts-eval --truth=@ --data=data.csv truth.csv'

# Each of the commands, given the file y, fails like that.
each_fails() # COMMANDS STATUS MESSAGE
{
    local command
    while read -r command; do
        run_clu ${command//@/${file:-y}}
        fails "$2" "$3" || { echo "$command"; return 1; }
    done <<< "$1"
}

# Files in this folder that are out.csv or begin as its temporary does.
outputs()
{
    find . -maxdepth 1 -name '*out.csv*' | wc -l
}

# --- usage ---

@test "1 unknown option" {
    for tool in $ALL clusteval; do
        run_clu $tool --bogus
        fails 2 "unrecognized option '--bogus'"
        [[ $stderr == *$'\n'"Try '$tool --help' for more information." ]]
    done
}

@test "2 option without its argument" {
    for tool in $TOOLS tsclust; do
        run_clu $tool -k
        fails 2 "option requires an argument -- 'k'"
        run_clu $tool --clusters
        fails 2 "option '--clusters' requires an argument"
    done
}

@test "3 invalid number of clusters" {
    for tool in $TOOLS tsclust; do
        for k in 0 -1 2x '' 99999999999999999999; do
            run_clu $tool -k "$k" x.csv
            fails 2 "invalid number of clusters: '$k'"
        done
    done
}

@test "4 no -k" {
    for tool in $TOOLS tsclust; do
        run_clu $tool x.csv
        fails 2 'option -k is required'
    done
}

@test "5 invalid arguments" {
    for tool in $TOOLS; do
        run_clu $tool -k 2 --seed 1e3 x.csv
        fails 2 "invalid argument '1e3' for '--seed'"
        run_clu $tool -k 2 -j 0 x.csv
        fails 2 "invalid argument '0' for '--threads'"
        run_clu $tool -k 2 --na=maybe x.csv
        pair=', pair'
        [ $tool != kmeans ] && [ $tool != gmm ] || pair=
        fails 2 "invalid argument 'maybe' for '--na' (valid: error, drop, mean$pair)"
    done
    run_clu ppp --seed 1 x.csv # nothing is drawn
    fails 2 "unrecognized option '--seed'*"
    run_clu ppp -j 0 x.csv
    fails 2 "invalid argument '0' for '--threads'"
    run_clu ppp --na=maybe x.csv
    fails 2 "invalid argument 'maybe' for '--na' (valid: error, drop, mean)"
    for k in -k2 --model=correlation; do
        run_clu tsclust $k --seed 1e3 x.csv
        fails 2 "invalid argument '1e3' for '--seed'"
        run_clu tsclust $k -j 0 x.csv
        fails 2 "invalid argument '0' for '--threads'"
        run_clu tsclust $k --missing=maybe x.csv
        fails 2 "invalid argument 'maybe' for '--missing' (valid: error, interpolate, arow, drop)"
    done
    run_clu csts-eval --truth=x.csv --map=maybe x.csv
    fails 2 "invalid argument 'maybe' for '--map' (valid: nearest, id)"
    run_clu csts-eval --truth=x.csv -j 0 x.csv
    fails 2 "invalid argument '0' for '--threads'"
}

@test "6 unknown column" {
    for tool in $ALL; do
        run_clu $tool $(clusters $tool 2) -c nosuch x.csv
        fails 2 "no column 'nosuch'; the columns are: a, b"
        run_clu $tool $(clusters $tool 2) -i nosuch x.csv
        fails 2 "no column 'nosuch'; the columns are: a, b"
    done
}

@test "7 columns that do not exist" {
    for tool in $ALL; do
        run_clu $tool $(clusters $tool 2) -c 0 x.csv
        fails 2 'columns are numbered from 1'
        run_clu $tool $(clusters $tool 2) -c 9 x.csv
        fails 2 'column 9 of 2'
        run_clu $tool $(clusters $tool 2) -c 2-1 x.csv
        fails 2 "invalid range '2-1'"
        run_clu $tool $(clusters $tool 2) -c 3-1 x.csv
        [ $tool = tsclust ] || fails 2 'column 3 of 2' # without a header's end to look at first
        run_clu $tool $(clusters $tool 2) -c '' x.csv
        fails 2 'empty item in the list of columns'
        run_clu $tool $(clusters $tool 2) -c '!1-2' x.csv
        fails 2 'no columns are left to use'
    done
}

@test "8 delimiters that are none" {
    for tool in $ALL; do
        for d in '' ab '"' $'\n'; do
            run_clu $tool $(clusters $tool 2) -d "$d" x.csv
            fails 2 'the delimiter must be a single character*'
        done
    done
}

@test "9 decimal mark and delimiter are the same" {
    for tool in $ALL; do
        run_clu $tool $(clusters $tool 2) --decimal-comma -d , x.csv
        fails 2 "the decimal mark and the delimiter are both ','"
    done
}

@test "9 with a decimal comma no comma is a delimiter" {
    printf '1,5\n2,5\n9,25\n' > y
    run_clu kmeans -k 2 --decimal-comma -p centers y
    ok
    [ "$output" = $'cluster;V1\n1;2\n2;9.25' ]
    for tool in pam clara clarans; do
        run_clu $tool -k 3 --decimal-comma -p medoids y
        ok
        [ "$output" = $'cluster;row;V1\n1;1;1.5\n2;2;2.5\n3;3;9.25' ]
    done
}

# --- files ---

@test "10 missing file" {
    for tool in $ALL; do
        run_clu $tool $(clusters $tool 2) nope.csv
        fails 4 'nope.csv: No such file or directory'
    done
}

@test "11 directory" {
    for tool in $ALL; do
        mkdir -p d
        run_clu $tool $(clusters $tool 2) d
        fails 4 'd: Is a directory'
    done
}

@test "12 unreadable file" {
    need_root
    need setpriv
    chmod 0 x.csv
    chmod 755 . .. ../..
    run_sh "kmeans_as() { setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all --bounding-set=-all \"\$@\"; }
        cp \"\$1\" /dev/shm/kmeans.\$\$ && chmod 755 /dev/shm/kmeans.\$\$ || exit 99
        kmeans_as /dev/shm/kmeans.\$\$ -k 2 x.csv; s=\$?; rm -f /dev/shm/kmeans.\$\$; exit \$s" "$CLU_BIN/kmeans"
    [ "$status" -ne 99 ] || skip 'no place for a program that another user may run'
    [ "$status" -eq 4 ]
    [[ $stderr == *'x.csv: Permission denied' ]]
}

@test "13 closed stdin" {
    for tool in $ALL; do
        run_sh "$tool $(clusters $tool 2) <&-"
        fails 4 'stdin: Bad file descriptor'
    done
}

@test "14 empty input" {
    for tool in $ALL; do
        run_sh "$tool $(clusters $tool 2) < /dev/null"
        fails 3 'stdin: no data'
    done
}

@test "15 header only" {
    for tool in $ALL; do
        run_sh "$tool $(clusters $tool 2) <<< 'a,b'"
        fails 3 'stdin: no data rows after the header'
    done
}

@test "16 blank lines only, byte order mark only" {
    for tool in $ALL; do
        run_sh "printf '\\n\\r\\n\\n' > y; $tool $(clusters $tool 2) < y"
        [ "$status" -eq 3 ]
        [ "$stderr" = "$tool: stdin: no data" ]
        printf '\357\273\277' > y
        run_sh "$tool $(clusters $tool 2) < y"
        fails 3 'stdin: no data'
    done
}

@test "17 no newline at the end" {
    for tool in $ALL; do
        $tool $(clusters $tool 2) x.csv > want
        printf 'a,b\n1,2\n3,4\n9,9' > y
        run_clu $tool $(clusters $tool 2) y
        ok
        same want "$CLU_OUT"
    done
}

@test "18 CRLF and mixed line ends" {
    for tool in $ALL; do
        printf 'a,b\r\n1,2\n3,4\r\n9,9\r\n' > y
        run_clu $tool $(clusters $tool 2) y
        ok
        [ "$output" = "$(labels $tool $'cluster\n1\n1\n2')" ]
        run_clu $tool $(clusters $tool 2) -a y
        ok
        labels $tool $'a,b,cluster\r\n1,2,1\n3,4,1\r\n9,9,2\r' > want
        same want "$CLU_OUT"
    done
}

@test "19 byte order mark" {
    for tool in $ALL; do
        (printf '\357\273\277' && cat x.csv) > y
        run_clu $tool $(clusters $tool 2) -c a y
        ok
        [ "$output" = "$(labels $tool $'cluster\n1\n1\n2')" ]
    done
}

@test "20 UTF-16" {
    for tool in $ALL; do
        printf '\377\376a\0' > y
        run_sh "$tool $(clusters $tool 2) < y"
        fails 3 'stdin:1: UTF-16 text; convert with iconv -f UTF-16 -t UTF-8'
        printf '\376\377\0a' > y
        run_clu $tool $(clusters $tool 2) y
        fails 3 'y:1: UTF-16 text; *'
    done
}

# --- records ---

@test "21 NUL byte" {
    for tool in $ALL; do
        printf 'a,b\n1,2\n\0003,4\n' > y
        run_sh "$tool $(clusters $tool 2) < y"
        fails 3 'stdin:3: NUL byte in column 1'
        printf 'a,b\n1,2\n3,4\0\n' > y
        run_clu $tool $(clusters $tool 2) -c a y
        fails 3 'y:3: NUL byte in column 2'
    done
}

@test "22 short row" {
    for tool in $EACH; do
        printf 'a,b\n1,2\n3\n' > y
        run_sh "$tool $(clusters $tool 2) < y"
        fails 3 'stdin:3: 1 field, expected 2'
    done
}

@test "23 long row" {
    for tool in $EACH; do
        printf 'a,b\n1,2\n3,4,5\n' > y
        run_sh "$tool $(clusters $tool 2) < y"
        fails 3 'stdin:3: 3 fields, expected 2'
    done
    printf 'a,b\n1,2\n3,4,5\n' > y # a shorter row is a shorter series
    run_clu tsclust -k 2 y
    fails 3 'y:3: 3 fields, expected at most 2'
}

@test "24 blank line in the middle" {
    for tool in $EACH; do
        printf 'a,b\n1,2\n\n3,4\n' > y
        run_sh "$tool $(clusters $tool 2) < y"
        fails 3 'stdin:3: empty line (allowed only at the end; in a one-column table it is a missing value)'
        printf 'a,b\n1,2\n3,4\n\r\n\n' > y
        run_clu $tool $(clusters $tool 2) y
        ok
        [ "$output" = "$(labels $tool $'cluster\n1\n2')" ]
        printf 'a\n1\n\n3\n' > y
        run_clu $tool $(clusters $tool 2) --na=drop y
        ok
        [ "$output" = "$(labels $tool $'cluster\n1\n\n2')" ]
    done
    printf 'a,b\n1,2\n\n3,4\n' > y
    run_clu tsclust -k 2 y
    fails 3 'y:3: empty line *'
}

@test "25 quote that is never closed" {
    for tool in $ALL; do
        printf 'a,b\n1,"2\n3,4\n' > y
        run_sh "$tool $(clusters $tool 2) < y"
        fails 3 'stdin:2: quoted field is never closed'
    done
}

@test "26 text after a closing quote" {
    for tool in $ALL; do
        printf 'a,b\n"1"x,2\n3,4\n' > y
        run_sh "$tool $(clusters $tool 2) < y"
        fails 3 'stdin:2: column 1: text after the closing quote'
    done
}

@test "27 quote inside a bare field" {
    for tool in $ALL; do
        printf 'a,b\n1,12" m\n3,x\n' > y
        run_sh "$tool $(clusters $tool 2) -c 1-2 < y"
        fails 3 "stdin:2: column 2 (b): not a number: '12\" m'"
        run_clu $tool $(clusters $tool 2) -c a -i b y
        ok
        [ "$output" = "$(labels $tool $'b,cluster\n"12"" m",1\nx,2')" ]
    done
}

@test "28 newline inside a quoted id" {
    for tool in $ALL; do
        printf 'id,b\n"x\ny",2\nz,foo\n' > y
        run_clu $tool $(clusters $tool 1) -i id y
        fails 3 "y:4: column 2 (b): not a number: 'foo'*"
        printf 'id,b\n"x\ny",2\nz,3\n' > y
        run_clu $tool $(clusters $tool 1) -i id y
        ok
        [ "$output" = $'id,cluster\n"x\ny",1\nz,1' ]
    done
}

# --- cells ---

@test "29 text in a numeric column" {
    for tool in $ALL; do
        printf 'a,b\n1,foo\n' > y
        run_sh "$tool $(clusters $tool 1) -c a,b < y"
        fails 3 "stdin:2: column 2 (b): not a number: 'foo'"
        run_clu $tool $(clusters $tool 1) -H y
        fails 3 "y:2: column 2 (b): not a number: 'foo' (choose columns with -c)"
        run_clu $tool $(clusters $tool 1) --header=no y
        fails 3 "y:1: column 1: not a number: 'a' (choose columns with -c)"
    done
}

@test "30 missing values are an error" {
    for tool in kmeans pam; do
        for na in NA NaN null nAn; do
            printf 'a,b\n1,%s\n' "$na" > y
            run_sh "$tool -k 1 < y"
            fails 3 "stdin:2: column 2 (b): missing value ('$na'); see --na"
        done
        printf 'a,b\n1,\n' > y
        run_sh "$tool -k 1 < y"
        fails 3 "stdin:2: column 2 (b): missing value (''); see --na"
    done
}

@test "31 missing values dropped" {
    for tool in $EACH; do
        printf 'a,b\n1,NA\n3,4\n,1\n9,9\n' > y
        run_clu $tool $(clusters $tool 2) --na=drop y
        ok
        [ "$output" = "$(labels $tool $'cluster\n\n1\n\n2')" ]
    done
}

@test "32 no complete rows" {
    for tool in $EACH; do
        printf 'a,b\n1,NA\n,2\n' > y
        run_clu $tool $(clusters $tool 1) --na=drop y
        fails 3 'no complete rows'
    done
}

@test "33 infinity" {
    for tool in kmeans pam tsclust; do
        for v in inf -inf Infinity 1e400 -1e400; do
            printf 'a,b\n1,%s\n' "$v" > y
            run_sh "$tool -k 1 -H -c 1,2 < y"
            fails 3 "stdin:2: column 2 (b): not a finite number: '$v'"
        done
    done
}

@test "34 underflow reads as 0" {
    for tool in $ALL; do
        printf '1e-400\n0\n5\n' > y
        run_clu $tool $(clusters $tool 2) y
        ok
        [ "$output" = "$(labels $tool $'1\n1\n2')" ]
    done
}

@test "35 what is no number" {
    for tool in kmeans pam tsclust; do
        for v in 0x1F 1_000 '1 000' $'\xe2\x88\x925' $'\xd9\xa3' 1e 1e+ . - +; do
            printf 'a,b\n1,%s\n' "$v" > y
            run_sh "$tool -k 1 -H -c 1,2 < y"
            fails 3 "stdin:2: column 2 (b): not a number: '*'"
        done
        printf 'a,b\n1,"1,5"\n' > y
        run_sh "$tool -k 1 -H -c 1,2 < y"
        fails 3 "stdin:2: column 2 (b): not a number: '1,5' (decimal comma? see --decimal-comma)"
    done
}

@test "36 very long numbers" {
    digits=$(printf '3%.0s' $(seq 1000))
    printf '0.%s\n12345678901234567890\n' "$digits" > y
    run_clu kmeans -k 2 -p centers y
    ok
    [ "$output" = $'cluster,V1\n1,0.3333333333333333\n2,12345678901234567000' ] ||
        [ "$output" = $'cluster,V1\n1,0.3333333333333333\n2,12345678901234567168' ] ||
        [ "$output" = $'cluster,V1\n1,0.3333333333333333\n2,1.2345678901234567e+19' ]
    cut -d, -f2 "$CLU_OUT" > want
    for tool in pam clara clarans; do
        run_clu $tool -k 2 -p medoids y
        ok
        cut -d, -f3 "$CLU_OUT" > got
        same want got
    done
}

@test "37 locale" {
    need localedef
    mkdir locale
    localedef -i de_DE -f UTF-8 locale/de_DE.UTF-8 2> /dev/null || skip 'localedef has no de_DE'
    printf '1.5\n2.25\n9.125\n' > y
    kmeans -k 2 -p centers y > want
    LOCPATH=$PWD/locale LC_ALL=de_DE.UTF-8 run_clu kmeans -k 2 -p centers y
    ok
    same want "$CLU_OUT"
    pam -k 2 --metric=minkowski:1.5 --distance y > want
    LOCPATH=$PWD/locale LC_ALL=de_DE.UTF-8 run_clu pam -k 2 --metric=minkowski:1.5 --distance y
    ok
    same want "$CLU_OUT"
    pam -k 2 --metric=condensed --distance y > want
    LOCPATH=$PWD/locale LC_ALL=de_DE.UTF-8 run_clu pam -k 2 --metric=condensed --distance y
    ok
    same want "$CLU_OUT"
}

# --- tables ---

@test "38 column names that are not unique" {
    for tool in $ALL; do
        printf 'a,a\n1,2\n3,4\n' > y
        run_clu $tool $(clusters $tool 1) -c a y
        fails 2 "column name 'a' is not unique; use its number"
    done
}

@test "39 two candidates for the delimiter" {
    for tool in $ALL; do
        printf '1;2,3\n' > y
        run_clu $tool $(clusters $tool 1) y
        fails 3 "y:1: cannot tell the delimiter (',' or ';'); use -d"
    done
}

@test "40 a first line of numbers" {
    for tool in $ALL; do
        printf '1,2\n3,4\n' > y
        run_clu $tool $(clusters $tool 2) y
        ok
        [ "$output" = "$(labels $tool $'1\n2')" ]
        printf '1,2\n3,4\n5,7\n' > y
        run_clu $tool $(clusters $tool 1) -H y
        ok
        [ "$output" = $'cluster\n1\n1' ]
    done
}

@test "41 a long field, a line that never ends" {
    (printf '1,"' && head -c 2000000 /dev/zero | tr '\0' x && printf '"\n2,y\n') > y
    run_clu kmeans -k 2 -c 1 y
    ok
    [ "$output" = $'1\n2' ]
    run_sh 'kmeans -k 1 < /dev/zero'
    fails 3 'stdin:1: line longer than 64 MiB'
    run_sh "(echo 1; tr '\\0' 7 < /dev/zero) 2> /dev/null | kmeans -k 1"
    [ "$status" -eq 3 ]
    [ "$stderr" = 'kmeans: stdin:2: line longer than 64 MiB' ]
}

@test "42 too many columns" {
    for tool in $ALL; do
        head -c 100000 /dev/zero | tr '\0' , > y
        echo >> y
        run_clu $tool $(clusters $tool 1) y
        fails 3 'y:1: more than 100000 columns'
    done
}

@test "43 more clusters than rows" {
    for tool in $TOOLS; do
        run_clu $tool -k 5 x.csv
        fails 3 '5 clusters asked, but only 3 rows'
    done
    run_clu tsclust $(clusters tsclust 5) x.csv
    fails 3 '5 clusters asked, but only 3 series' # equal ones may be in several clusters: there is no row 44 for series
}

@test "44 more clusters than distinct rows" {
    for tool in $TOOLS; do
        printf '1\n2\n3\n3\n2\n1\n' > y
        run_clu $tool -k 5 y
        fails 3 '5 clusters asked, but only 3 distinct rows'
    done
}

@test "45 one cluster, as many as rows, one row, one column, constant data" {
    for tool in $ALL; do
        for table in '7' '5\n5\n5' '3\n1\n2'; do
            # shellcheck disable=SC2059 # a format
            printf "$table\n" > y
            run_clu $tool $(clusters $tool 1) y
            ok
            [ "$(sort -u "$CLU_OUT")" = 1 ]
        done
        [ $tool != ppp ] || continue
        run_clu $tool $(clusters $tool 3) y
        ok
        [ "$output" = $'1\n2\n3' ]
    done
}

@test "46 sums that overflow" {
    printf '1e308\n-1e308\n1e308\n-1e308\n' > y
    for tool in $ALL; do
        run_clu $tool $(clusters $tool 2) y
        if [ "$status" -eq 0 ]; then
            [ "$output" = "$(labels $tool $'1\n2\n1\n2')" ]
        else
            fails 3 'overflow in distance*'
        fi
    done
}

@test "47 large numbers, small differences" {
    printf '%s\n' 0 1 10 11 12.5 > y
    printf '%s\n' 1000000000000000 1000000000000001 1000000000000010 1000000000000011 1000000000000012.5 > z
    for tool in $ALL; do
        $tool $(clusters $tool 2) y > want
        run_clu $tool $(clusters $tool 2) z
        ok
        same want "$CLU_OUT"
    done
}

@test "48 a distance matrix that does not fit" {
    seq 1000000 > y
    run_clu pam -k 10 --max-memory=8G y
    fails 4 'needs 3.6 TiB for the distance matrix of 1000000 rows; use clara'
    run_clu pam -k 10 --max-memory=8G --compat=r y
    fails 4 'needs 7.3 TiB for the distance matrix of 1000000 rows; use clara'
    run_sh 'pam -k 10 --max-memory=64M < <(seq 10000000)'
    fails 4 'needs * MiB for the numbers of the first * rows'
}

# --- correlations and their judge ---

@test "10 to 23, 66 files and records that are none, as times, segments and labels" {
    rows
    segments
    tsclust --model=correlation -m model data.csv > labels
    for kind in TIMES,a,b SEGMENTS,"$(head -n 1 truth.csv)" LABELS,cluster; do
        name=${kind%%,*} head=${kind#*,}
        commands=${!name}
        file=nope each_fails "$commands" 4 'nope: No such file or directory'
        file=. each_fails "$commands" 4 '.: Is a directory'
        : > y
        each_fails "$commands" 3 'y: no data'
        printf '\357\273\277' > y
        each_fails "$commands" 3 'y: no data'
        printf '\377\376a\0' > y
        each_fails "$commands" 3 'y:1: UTF-16 text; *'
        (echo "$head" && printf '1\0,2\n') > y
        each_fails "$commands" 3 'y:2: NUL byte in column 1'
        (echo "$head" && printf '"1,2\n3') > y
        each_fails "$commands" 3 'y:2: quoted field is never closed'
        (echo "$head" && echo '"1"x') > y
        each_fails "$commands" 3 'y:2: column 1: text after the closing quote'
        gzip -c truth.csv | head -c 40 > y
        each_fails "$commands" 3 'y: unexpected end of compressed data'
        [ $name != LABELS ] || continue
        echo "$head" > y
        each_fails "$commands" 3 'y: no data rows after the header'
        (echo "$head" && echo 1) > y
        each_fails "$commands" 3 'y:2: 1 field, expected *'
        (echo "$head" && echo 1,2,3,4,5) > y
        each_fails "$commands" 3 'y:2: 5 fields, expected *'
        (echo "$head" && echo && echo 1,2,3,4) > y
        each_fails "$commands" 3 'y:2: empty line *'
    done
}

@test "29 to 35 cells that are no numbers, as times, segments and labels" {
    rows
    segments
    tsclust --model=correlation -m model data.csv > labels
    for v in inf -inf 1e400; do
        sed "3s/,.*/,$v/" data.csv > y
        each_fails "$TIMES" 3 "y:3: column 2 (b): not a finite number: '$v'"
        sed "3s/0.05/$v/" truth.csv > y
        each_fails "$SEGMENTS" 3 "y:3: column 4 (r12): not a finite number: '$v'"
    done
    for v in 0x1F 1_000 foo -; do
        sed "3s/,.*/,$v/" data.csv > y
        each_fails "$TIMES" 3 "y:3: column 2 (b): not a number: '$v'*"
        sed "3s/0.05/$v/" truth.csv > y
        each_fails "$SEGMENTS" 3 "y:3: column 4 (r12): not a number: '$v'"
    done
    for v in NA NaN ''; do
        sed "3s/,.*/,$v/" data.csv > y
        each_fails "$TIMES" 3 "y:3: column 2 (b): missing value ('$v')*"
        sed "3s/^10/$v/" truth.csv > y
        each_fails "$SEGMENTS" 3 'y:3: column 1 (start idx): missing value'
    done
    for v in -1 1.5 1e300 a; do
        sed "3s/,0,/,$v,/" truth.csv > y
        each_fails "$SEGMENTS" 3 "y:3: column 3 (cluster_id): not a whole number from 0 on: '*'"
    done
    for v in 2 -1.01; do
        sed "3s/0.05/$v/" truth.csv > y
        each_fails "$SEGMENTS" 3 "y:3: column 4 (r12): correlations are from -1 to 1: '$v'"
    done
    # the line is that of the file, whatever is quoted before it, and of the file that it is in
    awk '{ print NR == 1 ? "note," $0 : "\"x\ny\"," $0 } END { print "z,39,50,1,0" }' truth.csv > y
    each_fails "$SEGMENTS" 3 'y:10: the segment from 39 to 50 *'
    (head -n 1 truth.csv && echo 45,50,x,0) > y
    run_clu csts-eval --truth=truth.csv truth.csv y
    fails 3 "y:2: column 3 (cluster_id): not a whole number from 0 on: 'x'"
    printf '%s\n' a '""' b > y
    each_fails "$LABELS" 3 'y:2: no label'
    printf 'a,b\n1,NA\n' > y
    run_clu tsclust --model=correlation --missing=drop y
    fails 3 'no complete rows'
    printf '%s\n' a,b 1e308,-1e308 -1e308,1e308 1,2 > y # only ranks count
    run_clu tsclust --model=correlation y
    ok
}

@test "17 to 19, 65 line ends, marks, delimiters, quotes and gzip change nothing" {
    rows
    segments
    awk 'BEGIN { for (i = 0; i < 40; i++) print "c " int(i / 10) }' > labels
    cp data.csv times
    cp truth.csv table
    for change in 's/$/\r/' '1s/^/\xef\xbb\xbf/' 's/,/;/g' 's/,/\t/g' 's/[^,]*/"&"/g' gzip; do
        for file in times table labels; do
            [ "$change" = gzip ] && gzip -c $file > y || sed "$change" $file > y
            case $file in
                times) command='tsclust --model=correlation -p segments --output-delimiter=, ' ;;
                table) command='csts-eval --truth=truth.csv --output-delimiter=, ' ;;
                labels) command='csts-eval --truth=truth.csv --data=data.csv --output-delimiter=, ' ;;
            esac
            $command $file > want
            run_clu $command y
            ok
            same want "$CLU_OUT" || { echo "$command $change"; return 1; }
        done
    done
    # labels with delimiters, quotes and escapes come out as they went in, but reach no terminal in a message
    sed '1,10s/.*/"a,b"/; 11,20s/.*/"q""x"/' labels > y
    run_clu csts-eval --truth=truth.csv --data=data.csv -p clusters y
    ok
    [ "$(cut -d, -f1 "$CLU_OUT" | sed -n 3p)" = '"q""x"' ] || [ "$(sed -n 2p "$CLU_OUT" | cut -c1-5)" = '"a,b"' ]
    (echo 'subject_id,start idx,end idx,cluster_id,r12' && printf '\033[31m,0,9,1,0\n') > y
    run_clu csts-eval y
    fails 3 "y: subject '?033?31m' is not published; *"
}

@test "49 to 57, 82, 88 output and operands of correlations and their judge" {
    rows
    segments
    echo old > out.csv
    while read -r tool args; do
        run_sh "$tool $args -o d/out.csv < /dev/null"
        fails 4 'd/out.csv: No such file or directory'
        run_sh "$tool $args truth.csv >&-"
        [ "$status" -eq 4 ]
        [[ $stderr == "$tool: "*'Bad file descriptor' ]]
        run_sh "$tool $args <&-"
        fails 4 'stdin: Bad file descriptor'
        run_clu $tool $args - -
        fails 2 "standard input ('-') given twice"
        if [ -e /dev/full ]; then
            run_sh "$tool $args truth.csv > /dev/full"
            fails 4 'write error: No space left on device'
            run_clu $tool $args -o /dev/full truth.csv
            fails 4 '/dev/full: No space left on device'
        fi
        run_sh "trap '' PIPE; $tool $args truth.csv | (exec <&-; sleep 0.2); exit \"\${PIPESTATUS[0]}\""
        [ "$status" -eq 0 ] || [ "$status" -eq 4 ]
        mkfifo in
        env --default-signal=TERM "$CLU_BIN/$tool" $args -o out.csv in &
        pid=$!
        exec 7> in
        for _ in $(seq 50); do
            [ "$(outputs)" -gt 1 ] && break
            sleep 0.1
        done
        [ "$(outputs)" -gt 1 ]
        kill -s TERM "$pid"
        got=0
        wait "$pid" || got=$?
        exec 7>&-
        rm in
        [ "$got" -eq 143 ]
        [ "$(cat out.csv)" = old ]
        [ "$(outputs)" -eq 1 ]
        cp truth.csv y
        $tool $args y > want
        run_clu $tool $args -o y y
        ok
        same want y
    done << 'END'
tsclust --model=correlation -c 1,4
csts-eval --truth=truth.csv
END
    run_clu csts-eval --truth=- -
    fails 2 "standard input ('-') given twice"
    run_clu csts-eval --truth=- --data=- truth.csv
    fails 2 "standard input ('-') given twice"
}

@test "59 a limit on memory, of correlations and their judge" {
    rows
    segments
    seq 80000 | awk '{ print $1 % 7 "," $1 * 3 % 11 }' > y
    cut -d, -f1 y > labels
    run_clu tsclust --model=correlation --max-memory=1M y
    [ "$status" -eq 4 ]
    [[ $stderr == 'tsclust: needs '* ]]
    run_clu csts-eval --truth=truth.csv --data=data.csv --max-memory=500K labels
    [ "$status" -eq 4 ]
    [[ $stderr == 'csts-eval: needs '* ]]
}

# --- output ---

@test "49 full disk" {
    [ -e /dev/full ] || skip 'no /dev/full'
    for tool in $ALL; do
        k=$(clusters $tool 2)
        for args in "$k x.csv" --help --version "$k -a x.csv"; do
            run_sh "$tool $args > /dev/full"
            fails 4 'write error: No space left on device'
        done
        run_clu $tool $(clusters $tool 2) -o /dev/full x.csv
        fails 4 '/dev/full: No space left on device'
        run_clu $tool $(clusters $tool 2) -m /dev/full -o /dev/null x.csv
        fails 4 '/dev/full: No space left on device'
    done
}

@test "50 closed stdout" {
    for tool in $ALL; do
        for args in "$(clusters $tool 2) x.csv" --help --version; do
            run_sh "$tool $args >&-"
            fails 4 'write error: Bad file descriptor'
        done
    done
}

@test "51 a reader that leaves" {
    many 300000 > y
    for tool in $ALL; do
        few=$(few_steps $tool)
        run_sh "$tool $(clusters $tool 2) $few -q y | head -n 1; exit \"\${PIPESTATUS[0]}\""
        [ "$status" -eq 141 ]
        [ "$output" = 1 ]
        [ -z "$stderr" ]
    done
}

@test "52 a reader that leaves, SIGPIPE ignored" {
    many 300000 > y
    for tool in $ALL; do
        few=$(few_steps $tool)
        run_sh "trap '' PIPE; $tool $(clusters $tool 2) $few -q y | head -n 1; exit \"\${PIPESTATUS[0]}\""
        [ "$status" -eq 4 ]
        [ "$stderr" = "$tool: write error: Broken pipe" ]
    done
}

@test "53 a full file system under -o" {
    plain_build 'a mount of its own'
    need_root
    mkdir full
    mount -t tmpfs -o size=64k none full 2> /dev/null || skip 'mounting is not allowed here'
    many 100000 > y
    for tool in $ALL; do
        few=$(few_steps $tool)
        echo old > full/out.csv
        # shellcheck disable=SC2086 # options
        run_clu $tool $(clusters $tool 2) $few -q -o full/out.csv y
        left=$(ls -A full)
        old=$(cat full/out.csv)
        fails 4 'full/out.csv: No space left on device' && [ "$left" = out.csv ] && [ "$old" = old ] || { umount full; return 1; }
    done
    umount full
}

@test "54 -o in a folder that is not there" {
    for tool in $ALL; do
        run_sh "$tool $(clusters $tool 2) -o d/out.csv < <(sleep 5)"
        fails 4 'd/out.csv: No such file or directory'
    done
}

@test "55 -o onto the input" {
    cp x.csv input
    for tool in $ALL; do
        $tool $(clusters $tool 2) -a input > want
        cp input x.csv
        run_clu $tool $(clusters $tool 2) -a -o x.csv x.csv
        ok
        same want x.csv
        [ "$(ls -A)" = $'input\nwant\nx.csv' ]
    done
}

@test "56 -o onto a link, a device, a FIFO" {
    for tool in $ALL; do
        echo old > target
        ln -sf target link
        run_clu $tool $(clusters $tool 2) -o link x.csv
        ok
        [ -L link ]
        [ "$(head -n 1 target)" = cluster ]
        run_clu $tool $(clusters $tool 2) -o /dev/null x.csv
        ok
        [ -c /dev/null ]
        run_clu $tool $(clusters $tool 2) -o /dev/stdout x.csv
        ok
        [ "$output" = "$(labels $tool $'cluster\n1\n1\n2')" ]
        rm -f fifo
        mkfifo fifo
        cat fifo > got &
        run_clu $tool $(clusters $tool 2) -o fifo x.csv
        wait
        ok
        [ -p fifo ]
        [ "$(head -n 1 got)" = cluster ]
    done
}

@test "57 killed during -o" {
    echo old > out.csv
    for signal in INT:130:kmeans TERM:143:pam HUP:129:clara INT:130:pam TERM:143:clarans HUP:129:gmm INT:130:ppp TERM:143:tsclust; do
        tool=${signal##*:} signal=${signal%:*}
        mkfifo in
        # a background job of a shell without job control ignores SIGINT, and nohup SIGHUP: env resets them
        env --default-signal=INT,TERM,HUP "$CLU_BIN/$tool" $(clusters $tool 2) -o out.csv in &
        pid=$!
        exec 7> in
        echo 1 >&7
        for _ in $(seq 50); do
            [ "$(outputs)" -gt 1 ] && break
            sleep 0.1
        done
        [ "$(outputs)" -gt 1 ]
        kill -s "${signal%:*}" "$pid"
        got=0
        wait "$pid" || got=$?
        exec 7>&-
        rm in
        [ "$got" -eq "${signal#*:}" ]
        [ "$(cat out.csv)" = old ]
        [ "$(outputs)" -eq 1 ]
    done
}

@test "58 a limit on the size of files" {
    plain_build 'limits'
    many 100000 > y
    for tool in $ALL; do
        few=$(few_steps $tool)
        run_sh "ulimit -f 8; exec $tool $(clusters $tool 2) $few -q -o out.csv y"
        [ "$status" -eq 153 ]
        [ ! -e out.csv ]
        run_sh "trap '' XFSZ; ulimit -f 8; exec $tool $(clusters $tool 2) $few -q -o out.csv y"
        [ "$status" -eq 4 ]
        [[ $stderr == *'out.csv: File too large' ]]
        [ "$(outputs)" -eq 0 ]
    done
}

# --- memory and system calls ---

@test "59 a limit on memory" {
    plain_build 'limits'
    seq 9000000 > y
    for tool in $EACH; do
        run_sh "ulimit -v 60000; exec $tool $(clusters $tool 2) -j 1 y"
        [ "$status" -eq 4 ]
        [[ $stderr == *'needs '* || $stderr == *'memory exhausted (reading row '* ]]
        run_sh "ulimit -v 60000; exec $tool $(clusters $tool 2) -j 1 --max-memory=8G y"
        [ "$status" -eq 4 ]
        [[ $stderr == *'memory exhausted (reading row '* ]]
    done
    # what is left for the matrix is not enough: that is said, and nothing crashes
    seq 6000 > y
    run_sh "ulimit -v 100000; exec pam -k 2 -j 1 --max-memory=8G y"
    [ "$status" -eq 4 ]
    [ "$stderr" = 'pam: memory exhausted' ]
    seq 4000000 > y
    run_sh "ulimit -v 100000; exec pam -k 2 -j 1 --metric=condensed --max-memory=8G y"
    [ "$status" -eq 4 ] || [ "$status" -eq 3 ]
    run_sh "ulimit -v 60000; exec pam -k 2 -j 1 --metric=pairs --max-memory=8G <(seq 2000000 | awk '{ print \$1 \",b,1\" }')"
    [ "$status" -eq 4 ] || [ "$status" -eq 3 ]
}

# The n-th allocation fails, for n = 1... until no more are made: each time the tool says so, or does without.
every_allocation()
{
    local n failures=0 alike=0 status message
    "$@" > want
    for ((n = 1; alike < 20; n++)); do
        status=0
        LD_PRELOAD=$PWD/fail.so FAIL_AT=$n "$CLU_BIN/$1" "${@:2}" > got 2> message || status=$?
        if [ "$status" -eq 0 ]; then
            same want got || return 1
            alike=$((alike + 1))
        else
            alike=0 failures=$((failures + 1))
            read -r message < message || message=
            [[ $status -eq 4 && ($message == "$1: "*'memory exhausted'* || $message == "$1: "*'Cannot allocate memory'*) ]] ||
                { echo "allocation $n: status $status: $message"; return 1; }
        fi
    done
    [ "$failures" -gt 20 ]
}

@test "60 every allocation fails once" {
    plain_build 'an allocator of its own'
    cat > fail.c << 'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t), *__libc_memalign(size_t, size_t);
static int left = -1;
/* libgomp ends the program by itself: its own allocations are spared. */
static int due(void *caller)
{
    Dl_info where;
    if (dladdr(caller, &where) && strstr(where.dli_fname, "libgomp"))
        return 0;
    if (left < 0) {
        const char *n = getenv("FAIL_AT");
        left = n ? atoi(n) : 0;
    }
    return left > 0 && --left == 0;
}
void *malloc(size_t n) { return due(__builtin_return_address(0)) ? (errno = ENOMEM, NULL) : __libc_malloc(n); }
void *calloc(size_t m, size_t n) { return due(__builtin_return_address(0)) ? (errno = ENOMEM, NULL) : __libc_calloc(m, n); }
void *realloc(void *p, size_t n) { return due(__builtin_return_address(0)) ? (errno = ENOMEM, NULL) : __libc_realloc(p, n); }
void *aligned_alloc(size_t a, size_t n) { return due(__builtin_return_address(0)) ? (errno = ENOMEM, NULL) : __libc_memalign(a, n); }
END
    "${CLU_CC:-cc}" -shared -fPIC -w -o fail.so fail.c || skip 'no such allocator with this C library'
    printf '1 9 8 7 6 5' > triangle
    printf 'a,b,1\na,c,9\nb,c,8\n' > pairs
    printf '0,1,9\n2,0,8\n9,7,0\n' > square
    printf 'h,r,g\n1.5,north,b\n2.25,south,a\nNA,east,c\n-0.125,north,NA\n' > mixed
    printf '0,1\n1,0\n2,3\n3,1\n1,2\n2,2\n9,8\n2,1\n' > cloud
    printf '1\n1\n2\n2\n' > few
    awk 'BEGIN { for (i = 0; i < 24; i++) print i % 2 * 50 + i % 5 "," i % 7 }' > blobs
    printf 'u\nv\nu\nv\n' > labels
    rows
    segments
    printf 'a,1,2,3,1,0\nb,1,2,4,1,0\nc,3,2,1,0,4\nd,3,2,0,0\n' > waves
    printf 'a,1,2\nb,1,3\na,2,4\nb,3,1\nb,2,7\n' > samples
    printf '@problemName x\n@univariate false\n@dimensions 2\n@classLabel true u v\n@data\n1,2,3:3,2,1:u\n4,2,9,1:1,1,7,2:v\n' > cases
    while read -r command; do
        every_allocation $command || { echo "$command"; return 1; }
    done << 'END'
kmeans -k 2 -j 1 -i 1 -a -m model x.csv
pam -k 2 -j 1 -i 1 -a --distance -m model x.csv
pam -k 2 -j 1 --algorithm=pam --init=lab --nstart 2 --scale=zscore -p clusters x.csv
pam -k 2..3 -j 1 --no-matrix -p summary x.csv
pam -k 2 -j 1 --compat=r -p silhouette x.csv
pam -k 2 -j 1 --metric=gower --ordered=g -m model -p medoids mixed
pam -k 2 -j 1 --metric=condensed triangle
pam -k 2 -j 1 --metric=pairs -p medoids pairs
pam -k 2 -j 1 --metric=precomputed square
clara -k 2 -j 1 -m model -p clusters x.csv
clara -k 1 -j 1 --batch 2 --metric=manhattan x.csv
clara -k 2 -j 1 --compat=r x.csv
clarans -k 2 -j 1 -m model x.csv
pam --assign model -j 1 x.csv
gmm -k 2 -j 1 -i 1 -a -m model x.csv
gmm --assign model -j 1 -p posteriors x.csv
gmm -k 1..2 -j 1 --covariance=auto --init=hc -p criteria x.csv
gmm -k 1 -j 1 --noise --covariance=EII --nstart 2 -p summary cloud
gmm -c b --init=model -j 1 -p covariances x.csv
gmm --init=labels:a -j 1 --sample 3 x.csv
ppp -j 1 -i 1 -a -m model x.csv
ppp -j 1 -m model -p summary blobs
ppp -j 1 --select -p tree blobs
ppp --assign model -j 1 -p posteriors blobs
tsclust -k 2 -j 1 -i 1 -a -m model waves
tsclust --assign model -j 1 -i 1 waves
tsclust -k 2 -j 1 --method=pam --distance=dtw --float32 -p series waves -i 1
tsclust -k 2..3 -j 1 -p criteria -i 1 waves
tsclust -k 2 -j 1 --method=kmeans --nstart 1 --max-iter 1 -q -p summary -i 1 waves
tsclust -k 2 -j 1 --method=kshape -m model -p centroids -i 1 waves
tsclust -k 2 -j 1 --method=spectral --distance=gak -p clusters -i 1 waves
tsclust -k 2 -j 1 --method=clara --missing=interpolate --resample=5 -p medoids -i 1 waves
tsclust -k 2 -j 1 --method=peaks --distance=softdtw --save-matrix=triangle2 -i 1 waves
tsclust -p tree -j 1 --newick -i 1 waves
tsclust -p matrix -j 1 --long=1,2,3 samples
tsclust -p barycentre -j 1 --ts cases
tsclust -j 1 -i 1 --cross=waves waves
tsclust --model=correlation -j 1 -q -c 1,2 -m model -p segments data.csv
tsclust --model=correlation -j 1 --assign=model -p clusters data.csv
csts-eval -j 1 --truth=truth.csv --data=data.csv -c a,b --label-column=a -p clusters --require=clusters>=1 data.csv
clusteval -j 1 --na=drop --noise=singletons mixed -c r,g
clusteval -j 1 --truth=few labels
clusteval -j 1 --label-column=a --data=x.csv -c a,b --scale=zscore -p clusters x.csv
clusteval -j 1 --truth=few --data=few --silhouette=medoid --require=ari>=-1 labels
clusteval -j 1 --data=few -p silhouette --sample=3 labels
END
}

@test "61 a read that fails" {
    plain_build 'strace'
    need strace
    strace -o /dev/null true 2> /dev/null || skip 'tracing is not allowed here'
    seq 400000 | awk '{ print 10000000 + $1 % 300 }' > y
    for tool in $ALL; do
        few=$(few_steps $tool)
        run_sh "strace -o /dev/null -P \$PWD/y -e inject=read:error=EIO:when=2 $tool $(clusters $tool 2) $few y"
        [ "$status" -eq 4 ]
        [[ $stderr == *"$tool: y: Input/output error" ]]
    done
}

@test "62 interrupted calls are repeated" {
    plain_build 'strace'
    need strace
    strace -o /dev/null true 2> /dev/null || skip 'tracing is not allowed here'
    seq 400000 | awk '{ print 10000000 + $1 % 300 }' > y
    for tool in $ALL; do
        few=$(few_steps $tool)
        $tool $(clusters $tool 2) $few -q y > want
        run_sh "strace -o /dev/null -P \$PWD/y -e inject=read:error=EINTR:when=1+2 $tool $(clusters $tool 2) $few -q y"
        [ "$status" -eq 0 ]
        same want "$CLU_OUT"
        run_sh "strace -o /dev/null -e trace=write -e inject=write:error=EINTR:when=1+2 $tool $(clusters $tool 2) $few -q y"
        [ "$status" -eq 0 ]
        same want "$CLU_OUT"
    done
}

@test "63 short reads" {
    for tool in $ALL; do
        printf 'id,v\n"a\nb",1\nc,2\n"d""",9\n' > y
        $tool $(clusters $tool 2) -i id y > want
        run_sh "dd if=y bs=1 status=none | $tool $(clusters $tool 2) -i id"
        [ "$status" -eq 0 ]
        same want "$CLU_OUT"
    done
}

# --- compressed ---

@test "65 gzip: good, two members, padded with zeros" {
    for tool in $ALL; do
        $tool $(clusters $tool 2) x.csv > want
        gzip -c x.csv > y
        run_clu $tool $(clusters $tool 2) y
        ok
        same want "$CLU_OUT"
        (head -n 2 x.csv | gzip && tail -n +3 x.csv | gzip) > z
        run_clu $tool $(clusters $tool 2) z
        ok
        same want "$CLU_OUT"
        head -c 1000 /dev/zero >> y
        run_sh "$tool $(clusters $tool 2) < y"
        ok
        same want "$CLU_OUT"
    done
}

@test "66 gzip cut" {
    for tool in $ALL; do
        seq 100000 | gzip > y.gz
        size=$(wc -c < y.gz)
        for cut in $((size / 2)) $((size - 3)) 5; do
            head -c "$cut" y.gz > x.csv.gz
            run_clu $tool $(clusters $tool 2) x.csv.gz
            fails 3 'x.csv.gz: unexpected end of compressed data'
        done
    done
}

@test "67 gzip damaged" {
    for tool in $ALL; do
        seq 100 | gzip > x.csv.gz
        size=$(wc -c < x.csv.gz)
        printf 'ABCD' | dd of=x.csv.gz bs=1 seek=$((size - 8)) conv=notrunc status=none
        run_clu $tool $(clusters $tool 2) x.csv.gz
        fails 3 'x.csv.gz: compressed data is damaged (incorrect data check)'
    done
}

@test "68 gzip with garbage behind" {
    for tool in $ALL; do
        seq 100 | gzip > x.csv.gz
        echo garbage >> x.csv.gz
        run_clu $tool $(clusters $tool 2) x.csv.gz
        fails 3 'x.csv.gz: trailing garbage after the compressed data'
    done
}

@test "69 gzip of two bytes" {
    for tool in $ALL; do
        printf '\037\213' > y
        run_sh "$tool $(clusters $tool 2) < y"
        fails 3 'stdin: unexpected end of compressed data'
    done
}

@test "70 other compressions" {
    kmeans -k 2 x.csv > want
    for program in xz zstd bzip2; do
        command -v $program > /dev/null || continue
        $program -c x.csv > y
        run_clu kmeans -k 2 y
        if [ -n "${CLU_LIBARCHIVE-unknown}" ]; then
            ok
            same want "$CLU_OUT"
        else
            fails 3 "y: compressed with *; use: $program -dc FILE | *"
        fi
    done
}

@test "71 the name of a file decides nothing" {
    for tool in $ALL; do
        $tool $(clusters $tool 2) x.csv > want
        gzip -c x.csv > y.csv
        cp x.csv z.csv.gz
        for f in y.csv z.csv.gz; do
            run_clu $tool $(clusters $tool 2) $f
            ok
            same want "$CLU_OUT"
        done
    done
}

@test "72 a gzip bomb" {
    plain_build 'limits'
    head -c 300000000 /dev/zero | tr '\0' 0 | gzip -1 > y
    run_sh 'ulimit -v 400000; exec kmeans -k 1 -j 1 y'
    [ "$status" -eq 3 ]
    [[ $stderr == *'y:1: line longer than 64 MiB' ]]
}

# --- terminals, names, repetition ---

@test "75 file names with control characters" {
    for tool in $ALL; do
        name=$'a\nb\033[31m'
        run_clu $tool $(clusters $tool 2) "$name"
        [ "$status" -eq 4 ]
        [ "$(wc -l < "$CLU_ERR")" -eq 1 ]
        [[ $stderr != *$'\033'* ]]
        [[ $stderr == *"'a'\$'\\n''b'"* ]]
    done
    printf '1\n2\n' > "$name"
    printf '1\n' > y
    for args in "--truth=y|$name" "--truth=$name|y" "--data=$name|y"; do
        run_clu clusteval "${args%%|*}" "${args#*|}"
        [ "$status" -eq 3 ]
        [ "$(wc -l < "$CLU_ERR")" -eq 1 ]
        [[ $stderr != *$'\033'* ]]
    done
}

@test "76 threads and processors" {
    seq 20000 | awk '{ print ($1 * 7919) % 10007 "," ($1 * 104729) % 5003 }' > y
    kmeans -k 9 y > want
    for j in 1 2 3 7; do
        kmeans -k 9 -j $j y > got
        same want got
    done
    OMP_NUM_THREADS=3 kmeans -k 9 y > got
    same want got
    if command -v taskset > /dev/null; then
        taskset -c 0 "$CLU_BIN/kmeans" -k 9 y > got
        same want got
    fi
    for cpu in base avx2 avx512; do
        CLU_CPU=$cpu kmeans -k 9 y > got
        same want got
    done
    for tool in pam clara clarans; do
        many 20000 > y
        $tool -k 9 y > want
        OMP_NUM_THREADS=3 $tool -k 9 y > got
        same want got
        if command -v taskset > /dev/null; then
            taskset -c 0 "$CLU_BIN/$tool" -k 9 y > got
            same want got
        fi
    done
}

@test "77 two runs" {
    many 1000 > y
    for tool in $ALL; do
        $tool $(clusters $tool 5) y > want
        $tool $(clusters $tool 5) y > got
        same want got
    done
}

@test "79 a model and the columns of a table" {
    for tool in $EACH; do
        $tool $(clusters $tool 2) -m model.csv x.csv > want
        printf 'a,z\n1,2\n' > y
        run_clu $tool --assign model.csv y
        fails 3 "model.csv: column 'b' is not in the input"
        printf 'c,b,a\nt,2,1\nt,4,3\nt,9,9\n' > y
        run_clu $tool --assign model.csv y
        ok
        same want "$CLU_OUT"
    done
    # Columns of distances between series are times; those of correlations have names.
    rows
    tsclust --model=correlation -m model.csv data.csv > want
    printf 'a,z\n1,2\n' > y
    run_clu tsclust --model=correlation --assign=model.csv y
    fails 3 "model.csv: column 'b' is not in the input"
    awk -F, -v OFS=, '{ print NR == 1 ? "c" : "t", $2, $1 }' data.csv > y
    run_clu tsclust --model=correlation --assign=model.csv y
    ok
    same want "$CLU_OUT"
}

@test "80 a damaged model" {
    run_clu kmeans --assign x.csv x.csv
    fails 3 'x.csv:1: *'
    printf 'clusterutils-model,1,kmeans\ncenter,1,foo\nscale,none\n' > m
    run_clu kmeans --assign m x.csv
    fails 3 'm:2: *'
    printf 'clusterutils-model,1,kmeans\nscale,none\ncenter,1,2\ncenter,1\n' > m
    run_clu kmeans --assign m x.csv
    fails 3 'm:4: *'
    printf 'clusterutils-model,1,kmeans\nscale,none\ncenter,NaN,2\n' > m
    run_clu kmeans --assign m x.csv
    fails 3 'm:3: *'
    printf 'clusterutils-model,1,kmeans\nscale,none\n' > m
    run_clu kmeans --assign m x.csv
    fails 3 'm:1: *'
    printf 'clusterutils-model,9,kmeans\n' > m
    run_clu kmeans --assign m x.csv
    fails 3 'm:1: *'
    printf 'clusterutils-model,1,pam\ncenter,1,2\n' > m
    run_clu kmeans --assign m x.csv
    fails 3 'm:1: *'
}

@test "80 a damaged model of medoids" {
    begin='clusterutils-model,1,kmedoids\ncolumns,a,b\nscale,none\n'
    good=$begin'metric,euclidean\nmedoid,1,2\n'
    while IFS='|' read -r model message; do
        # shellcheck disable=SC2059 # a format
        printf "$model" > m
        run_clu pam --assign m x.csv
        fails 3 "$message" || { echo "$model"; return 1; }
    done << END
x,y\n|m:1: not a model of clusterutils
clusterutils-model,9,kmedoids\n|m:1: *
clusterutils-model,1,kmeans\nscale,none\ncenter,1,2\n|m:1: a model of 'kmeans', not of 'kmedoids'
${begin}metric,euclidean\n|m:1: *no medoids*
${begin}medoid,1,2\n|m:*
${begin}metric,foo\nmedoid,1,2\n|m:4: *
${begin}metric,minkowski\nmedoid,1,2\n|m:*
${begin}metric,minkowski\npower,0.5\nmedoid,1,2\n|m:5: *
${good}medoid,1\n|m:6: *
${good}medoid,1,foo\n|m:6: *
${good}medoid,NaN,1\n|m:6: *
${good}medoid,inf,1\n|m:6: *
${begin}metric,gower\nmedoid,1,2\n|m:*
${begin}metric,gower\ntype,interval,nominal\nrange,1,1\nlevel,2,x,y\nmedoid,1,z\n|m:8: *
${begin}metric,gower\ntype,interval,foo\nrange,1,1\nmedoid,1,z\n|m:5: *
${begin}metric,gower\ntype,interval,interval\nrange,1,0\nmedoid,1,1\n|m:6: *
${begin}metric,gower\ntype,interval,interval\nrange,1\nmedoid,1,1\n|m:6: *
${begin}metric,gower\ntype,interval,nominal\nrange,1,1\nlevel,3,x\nmedoid,1,x\n|m:7: *
${begin}metric,gower\ntype,interval,nominal\nrange,1,1\nlevel,2,x,x\nmedoid,1,x\n|m:7: *
END
}

@test "80 a model that is cut: refused, or still a model" {
    printf 'h,r,g\n1.5,north,b\n2.25,south,a\nNA,east,c\n-0.125,north,NA\n' > y
    pam -k 2 --metric=gower --ordered=g -m model y > want
    for ((n = $(wc -c < model) - 1; n > 0; n -= 7)); do
        head -c $n model > m
        run_clu pam --assign m y
        [ "$status" -eq 0 ] || [ "$status" -eq 3 ] || { clu__show && return 1; }
    done
}

@test "80 a medoid without a direction is the model's fault" {
    printf 'clusterutils-model,1,kmedoids\ncolumns,a,b\nscale,none\nmetric,cosine\nmedoid,0,0\n' > m
    run_clu pam --assign m x.csv
    fails 3 'm:5: *'
}

@test "81 a slow FIFO with --line-buffered" {
    for tool in kmeans pam; do
        $tool -k 2 -m model x.csv > /dev/null
        rm -f in got
        mkfifo in
        $tool --assign model --line-buffered in > got &
        exec 7> in
        printf 'a,b\n1,2\n' >&7
        for _ in $(seq 50); do
            [ "$(wc -l < got)" -eq 2 ] && break
            sleep 0.1
        done
        [ "$(cat got)" = $'cluster\n1' ]
        printf '9,9\n' >&7
        for _ in $(seq 50); do
            [ "$(wc -l < got)" -eq 3 ] && break
            sleep 0.1
        done
        [ "$(cat got)" = $'cluster\n1\n2' ]
        exec 7>&-
        wait
    done
}

@test "81 a slow FIFO of series" {
    printf '1,2,3\n3,2,1\n' | tsclust -k 2 -m model > /dev/null
    mkfifo in
    tsclust --assign model --line-buffered in > got &
    exec 7> in
    for line in 1 2 3; do
        printf '%s\n' "$line,3,5" >&7
        for _ in $(seq 50); do
            [ "$(wc -l < got)" -eq $line ] && break
            sleep 0.1
        done
        [ "$(wc -l < got)" -eq $line ]
    done
    exec 7>&-
    wait
    [ "$(cat got)" = $'1\n1\n1' ]
}

@test "81 labels that are written stay when a later row is bad" {
    for tool in kmeans pam; do
        $tool -k 2 -m model x.csv > /dev/null
        printf 'a,b\n1,2\n9,9\n1,x\n' > y
        run_clu $tool --assign model y
        [ "$status" -eq 3 ]
        [ "$output" = $'cluster\n1\n2' ]
        [ "$stderr" = "$tool: y:4: column 2 (b): not a number: 'x'" ]
    done
}

@test "82 a terminal on stdin" {
    need script
    for tool in $ALL; do
        script -qec "$CLU_BIN/$tool $(clusters $tool 2) 2>&1 > /dev/null" /dev/null < x.csv > got 2>&1 || true
        grep -q 'reading from the terminal' got
    done
}

@test "84 closed stderr" {
    for tool in $TOOLS; do
        run_sh "$tool -k 2 x.csv 2>&-"
        [ "$status" -eq 0 ]
        [ "$output" = $'cluster\n1\n1\n2' ]
        run_sh "$tool -k 9 x.csv 2>&-"
        [ "$status" -eq 3 ]
        [ -z "$output" ]
    done
    rows
    segments
    while read -r tool good; do
        run_sh "$tool $good 2>&-"
        [ "$status" -eq 0 ]
        [ -n "$output" ]
        run_sh "$tool $good/none 2>&-"
        [ "$status" -eq 4 ]
        [ -z "$output" ]
    done << 'END'
tsclust -k 2 x.csv
tsclust --model=correlation data.csv
csts-eval --truth=truth.csv truth.csv
END
}

@test "86 plain terminals" {
    for tool in $ALL clusteval; do
        for setting in TERM=dumb NO_COLOR=1 COLUMNS=20; do
            env $setting "$CLU_BIN/$tool" --help > got
            grep -q -e '--output' got
            ! grep -q $'\033' got || return 1
        done
    done
}

@test "87 an option given twice" {
    for tool in $TOOLS tsclust; do
        $tool $(clusters $tool 2) x.csv > want
        run_clu $tool -k 3 $(clusters $tool 2) --seed 5 --seed 1 x.csv
        ok
        same want "$CLU_OUT"
    done
}

@test "88 operands" {
    for tool in $ALL; do
        cp x.csv ./-file.csv
        $tool $(clusters $tool 2) x.csv > want
        run_clu $tool $(clusters $tool 2) -- -file.csv
        ok
        same want "$CLU_OUT"
        cp x.csv ./-
        run_clu $tool $(clusters $tool 2) ./-
        ok
        run_clu $tool $(clusters $tool 2) - -
        fails 2 "standard input ('-') given twice"
    done
}

@test "88 several files must be one table" {
    for tool in $ALL; do
        printf 'a,c\n1,2\n' > y
        run_clu $tool $(clusters $tool 2) x.csv y
        fails 3 "y:1: the header differs from the first file's, which has column 2 (b)"
        printf 'a\n1\n' > y
        run_clu $tool $(clusters $tool 2) x.csv y
        fails 3 'y:1: 1 field, but the first file has 2'
        run_clu $tool $(clusters $tool 2) x.csv nope
        fails 4 'nope: No such file or directory'
    done
}

@test "89 help, man page and completions have the same options" {
    for tool in $ALL clusteval; do
        $tool --help | grep -oE -e '--[a-z][a-z0-9-]+' | sort -u > help
        grep -q -x -e '--output' help
        sed -n '/options: begin/,/options: end/p' "$CLU_SRC/man/$tool.1" | sed 's/\\-/-/g' | grep -oE -e '--[a-z][a-z0-9-]+' | sort -u > page
        same help page
        # a completion may have more words with dashes, in its descriptions, but no option less
        for shell in "bash/$tool" "zsh/_$tool"; do
            grep -oE -e '--[a-z][a-z0-9-]+' "$CLU_SRC/completions/$shell" | sort -u | comm -23 help - > missing
            [ ! -s missing ] || { echo "$shell:" && cat missing && return 1; }
        done
        grep -oE -e '-l [a-z][a-z0-9-]+' "$CLU_SRC/completions/fish/$tool.fish" | sed 's/^-l /--/' | sort -u | comm -23 help - > missing
        [ ! -s missing ] || { echo "fish/$tool.fish:" && cat missing && return 1; }
        while IFS= read -r option; do
            timeout 10 "$CLU_BIN/$tool" "$option=1" nope.csv < /dev/null > /dev/null 2>> message || true
        done < help
        [ -s message ]
        ! grep unrecognized message || return 1
    done
}
