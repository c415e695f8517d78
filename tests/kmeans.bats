# What kmeans promises: labels, choices, prints, models, streams. Bad input is in faults.bats, agreement with R and
# scikit-learn in kmeans-oracle.bats.

# shellcheck disable=SC2154 # status, output and stderr are set by run_clu
load lib

setup()
{
    bats_load
    cp "$CLU_SRC/data/iris.csv" .
}

# Sizes of the clusters in label order: the labels on stdin, with a header.
sizes()
{
    tail -n +2 | sort -n | uniq -c | awk '{ printf "%s%s:%s", (NR > 1 ? " " : ""), $2, $1 }'
}

# The last cell of the last line: the inertia of -p summary.
total()
{
    tail -n 1 | sed 's/.*,//'
}

# --- labels ---

@test "one label a record, a header line because the input has one" {
    run_clu kmeans -k 3 -c 1-4 iris.csv
    ok
    [ "$(wc -l < "$CLU_OUT")" -eq 151 ]
    [ "${output%%$'\n'*}" = cluster ]
    [ "$(sizes < "$CLU_OUT")" = '1:50 2:62 3:38' ]
}

@test "no header in, none out; clusters are numbered by first appearance" {
    printf '9\n1\n9\n1\n5\n' > x
    run_clu kmeans -k 3 x
    ok
    [ "$output" = $'1\n2\n1\n2\n3' ]
}

@test "stdin, a file, a pipe and gzip give the same bytes" {
    kmeans -k 3 -c 1-4 iris.csv > want
    kmeans -k 3 -c 1-4 < iris.csv > got
    same want got
    # shellcheck disable=SC2002 # a pipe is wanted
    cat iris.csv | kmeans -k 3 -c 1-4 - > got
    same want got
    gzip iris.csv
    kmeans -k 3 -c 1-4 iris.csv.gz > got
    same want got
}

@test "several files are one table" {
    kmeans -k 3 -c 1-4 iris.csv > want
    head -n 60 iris.csv > a
    (head -n 1 iris.csv && tail -n +61 iris.csv) > b
    kmeans -k 3 -c 1-4 a b > got
    same want got
}

@test "an id goes in front of the label" {
    printf 'name;x\n"a;b";1\nc;2\n"d ""q""";9\n' > x
    run_clu kmeans -k 2 -i name x
    ok
    [ "$output" = $'name;cluster\n"a;b";1\nc;1\n"d ""q""";2' ]
    run_clu kmeans -k 2 -i 1 -H --output-delimiter=, x
    ok
    [ "$output" = $'name,cluster\na;b,1\nc,1\n"d ""q""",2' ]
}

@test "append keeps the records byte for byte" {
    printf 'a,b\r\n1,"x, ""y"""\r\n 2 ,z\n9,last' > x
    printf 'a,b,cluster\r\n1,"x, ""y""",1\r\n 2 ,z,1\n9,last,2' > want
    run_clu kmeans -k 2 -c a --append x
    ok
    same want "$CLU_OUT"
}

@test "a row that is dropped keeps its line" {
    printf 'a,b\n1,2\nNA,3\n,\n9,9\n' > x
    run_clu kmeans -k 2 --na=drop x
    ok
    [ "$output" = $'cluster\n1\n\n\n2' ]
    run_clu kmeans -k 2 --na=drop -a x
    ok
    [ "$output" = $'a,b,cluster\n1,2,1\nNA,3,\n,,\n9,9,2' ]
}

@test "the mean stands for a missing value" {
    printf 'a,b\n1,2\nnull,2\n3,2\n50,nan\n' > x
    run_clu kmeans -k 1 -p centers --na=mean x
    ok
    [ "$output" = $'cluster,a,b\n1,18,2' ]
}

@test "other words for a missing value, a number among them" {
    printf '1\n-999\n?\n3\n' > x
    run_clu kmeans -k 1 --na=drop --na-values=-999,? x
    ok
    [ "$output" = $'1\n\n\n1' ]
}

# --- columns ---

@test "columns by number, range, name, exact name, and all but some" {
    printf 'x,"a,b",2,d\n1,0,7,0\n1,9,7,0\n1,0,7,8\n' > x
    for c in 2 '=a,b' '!1,!3-4'; do
        run_clu kmeans -k 2 -H -c "$c" -p centers x
        ok
        [ "$output" = $'cluster,"a,b"\n1,0\n2,9' ]
    done
    run_clu kmeans -k 2 -c d -c =2 -p centers x
    ok
    [ "$output" = $'cluster,d,2\n1,0,7\n2,8,7' ]
}

@test "tabs, semicolons and decimal commas" {
    printf 'a\tb\n1\t2\n8\t9\n' > x
    run_clu kmeans -k 2 x
    ok
    [ "$output" = $'cluster\n1\n2' ]
    printf '1,5;2\n8;9,25\n' > x
    run_clu kmeans -k 2 --decimal-comma -d ';' -p centers x
    ok
    [ "$output" = $'cluster;V1;V2\n1;1.5;2\n2;8;9.25' ]
}

# --- methods ---

@test "every algorithm, thread count and kernel gives the same bytes" {
    awk 'BEGIN { srand(7); for (i = 0; i < 3000; i++) { for (j = 0; j < 5; j++) printf "%s%.3f", (j ? "," : ""), rand() * (1 + i % 7); print "" } }' > x
    for refine in hartigan none; do
        kmeans -k 40 --refine=$refine -p summary x > want
        kmeans -k 40 --refine=$refine x > want.labels
        for how in '--algorithm=lloyd' '--algorithm=hamerly -j 3' '--algorithm=yinyang -j 7' '-j 1' '-j 2'; do
            for cpu in base avx2 avx512; do
                # shellcheck disable=SC2086 # options
                CLU_CPU=$cpu kmeans -k 40 --refine=$refine $how -p summary x > got
                same want got
                # shellcheck disable=SC2086
                CLU_CPU=$cpu kmeans -k 40 --refine=$refine $how x > got
                same want.labels got
            done
        done
    done
}

@test "refining never raises the inertia" {
    for seed in 1 2 3 4 5; do
        plain=$(kmeans -k 5 -c 1-4 --init=random --seed $seed --refine=none -p summary iris.csv | total)
        fine=$(kmeans -k 5 -c 1-4 --init=random --seed $seed -p summary iris.csv | total)
        awk -v a="$fine" -v b="$plain" 'BEGIN { exit !(a <= b) }'
    done
}

@test "more starts never raise the inertia, and the best is known" {
    few=$(kmeans -k 3 -c 1-4 --init=random --nstart 2 --seed 3 -p summary iris.csv | total)
    many=$(kmeans -k 3 -c 1-4 --init=random --nstart 30 --seed 3 -p summary iris.csv | total)
    awk -v a="$many" -v b="$few" 'BEGIN { exit !(a <= b) }'
    awk -v a="$many" 'BEGIN { exit !(a > 78.851441 && a < 78.851442) }'
}

@test "78 shuffled rows: the same inertia" {
    want=$(kmeans -k 3 -c 1-4 --nstart 50 -p summary iris.csv | total)
    for seed in 1 2 3; do
        (head -n 1 iris.csv && tail -n +2 iris.csv |
            awk -v seed=$seed 'BEGIN { srand(seed) } { print rand() "\t" $0 }' | sort -n | cut -f 2-) > shuffled
        got=$(kmeans -k 3 -c 1-4 --nstart 50 -p summary shuffled | total)
        awk -v a="$got" -v b="$want" 'BEGIN { d = a - b; exit !(d < 1e-9 && d > -1e-9) }'
    done
}

@test "weights count like repeated rows; a row of weight 0 gets a label" {
    printf 'x,w\n0,3\n1,1\n10,2\n11,0\n50,0\n' > x
    run_clu kmeans -k 2 -c x -w w -p summary x
    ok
    [ "$output" = $'cluster,rows,weight,inertia\n1,2,4,0.75\n2,3,2,0\ntotal,5,6,0.75' ]
    run_clu kmeans -k 2 -w w x
    ok
    [ "$output" = $'cluster\n1\n1\n2\n2\n2' ]
}

@test "a start from a file keeps its order; columns are matched by name" {
    printf 'b,a\n9,9\n0,0\n' > start
    printf 'a,b\n0,1\n1,0\n9,8\n' > x
    run_clu kmeans -k 2 --init=start x
    ok
    [ "$output" = $'cluster\n2\n2\n1' ]
    run_clu kmeans -k 3 --init=start x
    fails 3 'start: 2 rows for 3 clusters'
    printf 'b,c\n9,9\n0,0\n' > start
    run_clu kmeans -k 2 --init=start x
    fails 3 "no column 'a' in start"
}

@test "spherical clusters by direction" {
    printf '1,0\n100,1\n0,2\n1,300\n-5,0\n' > x
    run_clu kmeans -k 3 --spherical x
    ok
    [ "$output" = $'1\n1\n2\n2\n3' ]
    run_clu kmeans -k 3 --spherical -p centers x
    ok
    printf '%s\n' "$output" | tail -n +2 | awk -F, '{ l = $2 * $2 + $3 * $3; if (l < 1 - 1e-12 || l > 1 + 1e-12) exit 1 }'
    printf '1,0\n0,0\n2,2\n' > x
    run_clu kmeans -k 2 --spherical x
    fails 3 'x:2: a row of zeros has no direction'
}

@test "scaling: results are shown in the units of the input" {
    printf 'a,b\n1,1000\n2,1000\n1,9000\n2,9000\n100,5000\n' > x
    run_clu kmeans -k 3 --scale=minmax -p centers x
    ok
    [ "$output" = $'cluster,a,b\n1,1.5,1000\n2,1.5,9000\n3,100,5000' ]
}

@test "float32 reads the same table" {
    run_clu kmeans -k 3 -c 1-4 --float32 iris.csv
    ok
    [ "$(sizes < "$CLU_OUT")" = '1:50 2:62 3:38' ]
    printf '1\n1e39\n' > x
    run_clu kmeans -k 2 --float32 x
    fails 3 "x:2: column 1: too large for --float32: '1e39'"
}

# --- edges of the method ---

@test "k = 1, k = n, one row, constant data" {
    run_clu kmeans -k 1 -c 1-4 iris.csv
    ok
    [ "$(sizes < "$CLU_OUT")" = 1:150 ]
    printf '3\n1\n2\n' > x
    run_clu kmeans -k 3 x
    ok
    [ "$output" = $'1\n2\n3' ]
    printf '7,8\n' > x
    run_clu kmeans -k 1 -p centers x
    ok
    [ "$output" = $'cluster,V1,V2\n1,7,8' ]
    printf '5\n5\n5\n' > x
    run_clu kmeans -k 1 x
    ok
    run_clu kmeans -k 2 x
    fails 3 '2 clusters asked, but only 1 distinct row'
    run_clu kmeans -k 4 x
    fails 3 '4 clusters asked, but only 3 rows'
}

@test "huge values and large offsets" {
    printf '1e308\n-1e308\n1e308\n-1e308\n' > x
    run_clu kmeans -k 2 x
    ok
    [ "$output" = $'1\n2\n1\n2' ]
    printf '1e308\n-1e308\n9e307\n-9e307\n' > x
    run_clu kmeans -k 2 x
    fails 3 'overflow in distance: *'
    printf '0\n1\n10\n11\n' | kmeans -k 2 > want
    printf '1000000000000000\n1000000000000001\n1000000000000010\n1000000000000011\n' | kmeans -k 2 > got
    same want got
}

@test "not converged: a warning, status 0, silenced by -q" {
    run_clu kmeans -k 5 -c 1-4 --max-iter 1 iris.csv
    [ "$status" -eq 0 ]
    [ "$stderr" = 'kmeans: warning: not converged after 1 iterations; see --max-iter' ]
    run_clu kmeans -k 5 -c 1-4 --max-iter 1 -q iris.csv
    ok
}

@test "facts with -v" {
    run_clu kmeans -k 3 -c 1-4 -v iris.csv
    [ "$status" -eq 0 ]
    for fact in 'header: yes' 'rows: 150' 'columns: 4' 'converged: yes' 'inertia: 78.851441426146'; do
        [[ $stderr == *"$fact"* ]]
    done
}

# --- prints ---

@test "distances are those to the centers" {
    printf 'id,x,y\na,0,0\nb,0,2\nc,3,1\n' > x
    run_clu kmeans -k 2 -i id -p distances x
    ok
    [ "$output" = "id,1,2
a,1,3.1622776601683795
b,1,3.1622776601683795
c,3,0" ]
}

# --- models ---

@test "a model labels its own table as the fit did" {
    for scale in none zscore minmax robust; do
        kmeans -k 4 -c 1-4 --scale=$scale -m model iris.csv > want
        kmeans --assign model iris.csv > got
        same want got
    done
    kmeans -k 4 -c 1-4 --spherical -m model iris.csv > want
    kmeans --assign model iris.csv > got
    same want got
}

@test "a model finds its columns by name, and fills what is missing" {
    printf 'a,b\n1,1\n2,2\nNA,9\n8,9\n' > x
    kmeans -k 2 --na=mean -m model x > want
    printf 'z,b,a\n-,1,1\n-,2,2\n-,9,\n-,9,8\n' > y
    run_clu kmeans --assign model --na=mean y
    ok
    same want "$CLU_OUT"
    run_clu kmeans --assign model y
    [ "$status" -eq 3 ]
    [ "$stderr" = "kmeans: y:4: column 3 (a): missing value (''); see --na" ]
    printf '1,1\n8,9\n' > z
    run_clu kmeans --assign model z
    ok
    [ "$output" = $'1\n2' ]
    printf '1,1,1\n' > z
    run_clu kmeans --assign model z
    fails 3 'model has 2 columns, the input has 3'
}

@test "assigning: append, ids, distances" {
    printf 'n,x\na,1\nb,9\n' > x
    kmeans -k 2 -i n -m model x > want
    run_clu kmeans --assign model -i n x
    ok
    same want "$CLU_OUT"
    run_clu kmeans --assign model -a x
    ok
    [ "$output" = $'n,x,cluster\na,1,1\nb,9,2' ]
    run_clu kmeans --assign model -p distances x
    ok
    [ "$output" = $'1,2\n0,8\n8,0' ]
}

@test "a model is replaced whole or not at all" {
    echo old > model
    run_clu kmeans -k 300 -c 1-4 -m model iris.csv
    [ "$status" -eq 3 ]
    [ "$(cat model)" = old ]
}

# --- mini-batches ---

@test "mini-batches of a stream: centers, a model, labels of a file" {
    (head -n 1 iris.csv && tail -n +2 iris.csv | awk 'BEGIN { srand(5) } { print rand() "\t" $0 }' | sort -n | cut -f 2-) > x
    run_sh 'cat x | kmeans -k 3 -c 1-4 --batch 60 -p centers'
    ok
    cp "$CLU_OUT" centers
    [ "$(wc -l < centers)" -eq 4 ]
    run_clu kmeans -k 3 -c 1-4 --batch 60 -m model x
    ok
    cp "$CLU_OUT" labels
    kmeans --assign model x > got
    same labels got
    inertia=$(kmeans -k 3 -c 1-4 --batch 60 -p distances x |
        awk -F, 'NR > 1 { m = $1; for (j = 2; j <= 3; j++) if ($j < m) m = $j; s += m * m } END { print s }')
    awk -v a="$inertia" 'BEGIN { exit !(a < 85) }'
}

@test "one batch is the whole fit" {
    kmeans -k 3 -c 1-4 iris.csv > want
    kmeans -k 3 -c 1-4 --batch 1000 iris.csv > got
    same want got
}

@test "what needs all rows at once is refused with --batch" {
    for options in '--nstart 2' '--scale=zscore' '--na=mean' '-p summary'; do
        # shellcheck disable=SC2086 # options
        run_clu kmeans -k 3 --batch 50 $options iris.csv
        fails 2 '--batch *'
    done
    run_sh 'kmeans -k 3 -c 1-4 --batch 50 < iris.csv'
    fails 2 '--batch prints labels of a FILE only*'
    run_sh 'kmeans -k 3 -c 1-4 --batch 50 --append < iris.csv'
    fails 2 '--batch prints labels of a FILE only*'
}

# --- the number of clusters ---

# Four clouds of $1 rows each.
clouds()
{
    awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++) for (c = 0; c < 4; c++)
        print (1 + c % 2 * 10 + i * 7919 % 97 / 97) "," (int(c / 2) * 10 + i * 104729 % 89 / 89) }'
}

@test "a range of -k: what the best number alone gives, by every criterion" {
    clouds 30 > x
    kmeans -k 4 x > want
    for by in silhouette ch db; do
        run_clu kmeans -k 1..7 --choose=$by x
        ok
        same want "$CLU_OUT"
    done
    kmeans -k 1..7 x > got
    same want got
    kmeans -k 2..3 --choose=bic -m model -p centers x > got
    kmeans -k 3 -m want.model -p centers x > want
    same want got
    same want.model model
    kmeans -k 1..1 x > got
    [ "$(sort -u got)" = 1 ]
}

@test "-p criteria: every number with every criterion, one of them chosen" {
    run_clu kmeans -k 1..4 -c 1-4 -p criteria iris.csv
    ok
    [ "$(head -n 1 "$CLU_OUT")" = k,inertia,silhouette,ch,db,bic,chosen ]
    [ "$(cut -d, -f1,7 "$CLU_OUT" | xargs)" = 'k,chosen 1,0 2,1 3,0 4,0' ]
    [[ $output == *$'\n'1,681.3705999999996,NA,NA,NA,-1804.* ]]
    for by in silhouette:2 ch:3 db:2 bic:4; do
        kmeans -k 1..4 -c 1-4 --choose=${by%:*} -p criteria iris.csv > got
        [ "$(awk -F, '$7 == 1 { print $1 }' got)" = ${by#*:} ]
        same <(cut -d, -f1-6 got) <(cut -d, -f1-6 "$CLU_OUT")
    done
    for k in 1 2 3 4; do
        [ "$(kmeans -k $k -c 1-4 -p summary iris.csv | awk -F, 'END { print $4 }')" = "$(awk -F, -v k=$k '$1 == k { print $2 }' got)" ]
    done
    kmeans -k 3 -c 1-4 -p criteria iris.csv > one
    [ "$(tail -n 1 one)" = "$(grep ^3, "$CLU_OUT" | sed 's/0$/1/')" ]
}

@test "the BIC is that of the formula" {
    kmeans -k 3 -c 1-4 -p criteria iris.csv > got
    kmeans -k 3 -c 1-4 -p summary iris.csv | awk -F, -v bic="$(awk -F, 'END { print $6 }' got)" '
        $1 + 0 > 0 { loglik += $2 * log($2 / 150) }
        $1 == "total" { loglik -= 300 * (log(8 * atan2(1, 1) * $4 / 600) + 1) }
        END { d = 2 * loglik - 15 * log(150) - bic; exit !(d * d < 1e-18 * bic * bic) }'
}

@test "criteria are of the rows as they are clustered, and the same for threads and kernels" {
    kmeans -k 2..3 -c 1-4 --scale=zscore -p criteria iris.csv > got
    [ "$(awk -F, 'NR == 2 { printf "%.4f", $3 }' got)" = 0.5818 ] # scikit-learn, of R's scale()
    clouds 3000 > x
    for options in '' --spherical --float32; do
        # shellcheck disable=SC2086 # options
        kmeans -j 1 -k 3..5 -p criteria $options x > want
        for other in 2:base 3:avx2 7:avx512; do
            # shellcheck disable=SC2086
            CLU_CPU=${other#*:} kmeans -j ${other%:*} -k 3..5 -p criteria $options x > got
            same want got
        done
    done
}

@test "more than 10,000 rows: the silhouette of a sample, by the seed" {
    clouds 2501 > x
    kmeans -k 4 -p criteria x > one
    kmeans -k 4 -p criteria --seed 2 x > two
    [ "$(cut -d, -f4-6 one)" = "$(cut -d, -f4-6 two)" ]
    [ "$(cut -d, -f3 one)" != "$(cut -d, -f3 two)" ]
    [ "$(awk -F, 'NR == 2 { printf "%.2f", $3 }' one)" = "$(awk -F, 'NR == 2 { printf "%.2f", $3 }' two)" ]
}

@test "criteria that are not defined are never chosen" {
    printf '1\n1\n4\n4\n' > x
    kmeans -k 1..2 -p criteria x > got
    [ "$(cut -d, -f3-7 got | tail -n 1)" = 1,Inf,0,NA,1 ]
    kmeans -k 1..2 --choose=bic -p criteria x > got
    [ "$(cut -d, -f1,7 got | xargs)" = 'k,chosen 1,1 2,0' ]
    printf '1\n4\n' > x
    run_clu kmeans -k 1..2 --choose=ch x
    fails 3 '1 to 2 clusters have no Calinski-Harabasz index to choose by'
    run_clu kmeans -k 2..9 x
    fails 3 '9 clusters asked, but only 2 rows'
}

@test "what a range cannot do" {
    for options in '-k 2..3 -w 1' '-k 2 -p criteria -w 1'; do
        # shellcheck disable=SC2086 # options
        run_clu kmeans $options iris.csv
        fails 2 'the criteria count rows alike: no -w with a range of -k or -p criteria'
    done
    run_clu kmeans -k 2 --choose=ch iris.csv
    fails 2 '--choose is for a range of -k or for -p criteria'
    run_clu kmeans -k 2..3 --init=x iris.csv
    fails 2 'a range of -k cannot start from a file'
    run_clu kmeans -k 2..3 --batch 50 iris.csv
    fails 2 '--batch sees every row once: no range of -k'
    run_clu kmeans -k 2 --batch 50 -p criteria iris.csv
    fails 2 '--batch prints labels, centers or distances'
    kmeans -k 2 -c 1-4 -m model iris.csv > /dev/null
    run_clu kmeans --assign model --choose=ch iris.csv
    fails 2 '--assign takes*'
    run_clu kmeans --assign model -p criteria iris.csv
    fails 2 '--assign prints*'
    run_clu kmeans -k 3..2 iris.csv
    fails 2 "invalid number of clusters: '3..2'"
    run_clu kmeans -k 2..3 --choose=x iris.csv
    fails 2 "*'x' for '--choose'*"
}

# --- requests that make no sense ---

@test "options that exclude each other" {
    kmeans -k 2 -c 1-4 -m model iris.csv > /dev/null
    run_clu kmeans -k 2 --assign model iris.csv
    fails 2 '--assign takes*'
    run_clu kmeans --assign model -p centers iris.csv
    fails 2 '--assign prints*'
    run_clu kmeans -k 2 -a -p centers iris.csv
    fails 2 '--append prints*'
    run_clu kmeans -k 2 --spherical --refine=hartigan iris.csv
    fails 2 '--refine=hartigan cannot*'
    run_clu kmeans -k 5 --batch 4 iris.csv
    fails 2 'a batch needs*'
    run_clu kmeans -k 2 --init=x --nstart 3 iris.csv
    fails 2 '--nstart cannot*'
}

@test "memory is checked before it is taken" {
    run_clu kmeans -k 3 -c 1-4 --max-memory=1K iris.csv
    fails 4 'needs 4.7 KiB for the numbers of the first 150 rows'
}
