# What tsclust promises: forms of series, distances, methods, what it prints and keeps. Bad input is in faults.bats, too; agreement
# with other programs is in tests/unit.

# shellcheck disable=SC2154 # status, output and stderr are set by run_clu
load lib

setup()
{
    bats_load
    ln -s "$CLU_SRC/data/cbf.tsv" cbf.tsv
    # Starting threads would be most of the time. Tests of threads say -j.
    export OMP_NUM_THREADS=1
    # Three series, of 10, 10 and 7 samples.
    printf '1,3,2,5,4,4,7,6,2,1\n1,2,2,4,6,5,5,8,3,0\n0,2,1,4,6,7,3\n' > three.csv
}

# pair WANT_XY WANT_XZ OPTION...: distances of the first series to the other two, to 1e-9; "-" is not looked at.
pair()
{
    local xy=$1 xz=$2
    shift 2
    run_clu tsclust -p matrix --normalise=none "$@" three.csv
    ok
    head -n 1 "$CLU_OUT" | awk -F, -v xy="$xy" -v xz="$xz" '
        function off(a, b) { return b != "-" && ((a - b) ^ 2) ^ 0.5 > 1e-9 * (1 + b) }
        { bad = $1 != 0 || off($2, xy) || off($3, xz); if (bad) print "expected " xy " " xz ", got " $0; exit bad }'
}

# The labels of cbf.tsv by these options agree with the classes at least so well.
finds()
{
    local ari=$1
    shift
    tsclust -k 3 --label-column=1 "$@" cbf.tsv | paste - <(cut -f1 cbf.tsv) | clusteval --require "ari>=$ari" > /dev/null
}

# The series of FILE (a class, then samples, TAB) in long form: id,time,value, in another order.
in_long_form()
{
    awk -F '\t' -v OFS=, '{ for (t = 2; t <= NF; t++) print sprintf("%06d", (NR * 7919 + t * 104729) % 999983), NR, t, $t }' "$1" |
        sort -t, -k1,1 | cut -d, -f2-
}

# --- labels ---

@test "one label a series, in order" {
    run_clu tsclust -k 3 --label-column=1 cbf.tsv
    ok
    [ "$(wc -l < "$CLU_OUT")" -eq 30 ]
    [ "$(sort -u "$CLU_OUT" | tr '\n' ' ')" = "1 2 3 " ]
    [ "$(head -n 1 "$CLU_OUT")" = 1 ]
}

@test "a header line because the input has one; ids; records with the label behind them" {
    { seq 0 64 | sed 's/^/s/; s/s0/class/' | paste -s; cat cbf.tsv; } > named.tsv
    run_clu tsclust -k 3 -i class named.tsv
    ok
    [ "$(head -n 2 "$CLU_OUT" | tr '\t\n' ' ;')" = "class cluster;cylinder 1;" ]
    cut -f2 "$CLU_OUT" > labels
    run_clu tsclust -k 3 --label-column=class named.tsv
    ok
    same labels "$CLU_OUT"
    run_clu tsclust -k 3 --label-column=class -a named.tsv
    ok
    paste named.tsv labels | same - "$CLU_OUT"
    run_clu tsclust -k 3 -c '!class' named.tsv
    ok
    same labels "$CLU_OUT"
}

@test "the same bytes for every number of threads" {
    for method in ward pam kmeans kasba kshape spectral peaks clara; do
        tsclust -k 3 --label-column=1 --method=$method -p series cbf.tsv -j 1 > one
        for j in 2 3; do
            tsclust -k 3 --label-column=1 --method=$method -p series cbf.tsv -j "$j" > several
            same one several
        done
    done
}

@test "the same distances for every set of vector instructions" {
    for distance in msm dtw ddtw adtw twe erp lcss edr euclidean manhattan; do
        for more in '' --window=10% --norm=l1; do
            [ "$more" != --norm=l1 ] || [[ $distance == [da]*tw ]] || continue
            [ "$more" != --window=10% ] || [[ $distance != [em][ua]* ]] || continue
            CLU_CPU=base tsclust --label-column=1 --distance=$distance $more -p matrix cbf.tsv > base
            for cpu in avx2 avx512; do
                CLU_CPU=$cpu tsclust --label-column=1 --distance=$distance $more -p matrix cbf.tsv > other
                same base other
            done
        done
    done
}

# --- distances: check values of the definitions ---

@test "distances have the values of their definitions" {
    pair 11 11 --cost=1
    pair 10 9.5
    pair 3.3166247903554 3.3166247903554 --distance=dtw
    pair "$(awk 'BEGIN { printf "%.15g", sqrt(11.1875) }')" "$(awk 'BEGIN { printf "%.15g", sqrt(15.125) }')" --distance=ddtw
    pair "$(awk 'BEGIN { printf "%.15g", sqrt(14) }')" "$(awk 'BEGIN { printf "%.15g", sqrt(14) }')" --distance=adtw
    pair 19.004 17.015 --distance=twe --lambda=1
    pair 19.2 17.75 --distance=twe --nu=0.05 --lambda=1
    pair 11 16 --distance=erp
    pair 0.1 0 --distance=lcss
    pair 0.8 0.7 --distance=edr --epsilon=0.5
    pair 11.66164676 - --distance=softdtw
    pair "$(awk 'BEGIN { printf "%.12g", 1 - 0.1740103991 }')" - --distance=gak --sigma=2
}

@test "the shape-based distance of normalised series" {
    run_clu tsclust -p matrix --distance=sbd three.csv
    ok
    [ "$(head -n 1 "$CLU_OUT" | awk -F, '{ printf "%.10f %.10f", $2, $3 }')" = "0.1696641636 0.4500067832" ]
}

@test "a window of 0 is lock step, a wide one is none" {
    head -n 2 three.csv > two.csv
    tsclust -p matrix --normalise=none --distance=euclidean two.csv > want
    tsclust -p matrix --normalise=none --distance=dtw --window=0 two.csv > got
    same want got
    tsclust -p matrix --distance=dtw three.csv > want
    tsclust -p matrix --distance=dtw --window=100% three.csv > got
    same want got
    tsclust -p matrix --distance=dtw --window=9 three.csv > got
    same want got
    # With unequal lengths a path always exists.
    tsclust -p matrix --distance=dtw --window=0 three.csv > got
    ! grep -qi inf got || return 1
}

@test "floats are near" {
    tsclust -p matrix --label-column=1 cbf.tsv > want
    tsclust -p matrix --label-column=1 --float32 cbf.tsv > got
    paste want got | awk '{ for (i = 1; i <= NF / 2; i++) if (($i - $(i + NF / 2)) ^ 2 > (1e-5 * $i) ^ 2) exit 1 }'
    ! cmp -s want got || return 1
}

@test "the path of two series" {
    printf '1,2,3\n1,1,2,3\n' > two.csv
    run_clu tsclust -p path --distance=dtw --normalise=none two.csv
    ok
    [ "$output" = $'x,y\n1,1\n1,2\n2,3\n3,4' ]
    run_clu tsclust -p path --distance=dtw three.csv
    fails 3 '3 series, but a path is between two'
}

# --- methods ---

@test "every method finds the shapes" {
    for method in ward average complete weighted pam clara kmeans kasba kshape peaks spectral auto; do
        finds 0.45 --method=$method || { echo "$method"; return 1; }
    done
    finds 0.95 --method=pam --distance=dtw
    finds 0.6 --method=kmeans --barycentre=subgradient --distance=twe
}

@test "the tree in R's numbers, cut by number or height" {
    printf '0,0,9\n0,0,8\n0,5,0\n0,6,0\n' > four.csv
    run_clu tsclust -p tree --normalise=none --distance=manhattan --method=single four.csv
    ok
    [ "$output" = $'left,right,height,size\n-1,-2,1,2\n-3,-4,1,2\n1,2,13,4' ]
    run_clu tsclust -p tree --newick --normalise=none --distance=manhattan --method=single four.csv
    ok
    [ "$output" = '((1:1,2:1):12,(3:1,4:1):12);' ]
    run_clu tsclust --height=5 --normalise=none --distance=manhattan --method=single four.csv
    ok
    [ "$output" = $'1\n1\n2\n2' ]
    run_clu tsclust --height=0.5 --normalise=none --distance=manhattan four.csv
    ok
    [ "$output" = $'1\n2\n3\n4' ]
}

@test "names in a Newick tree are quoted when they must be" {
    printf "a b,0,9\nit's,0,8\nplain,5,0\n,6,0\n" > four.csv
    run_clu tsclust -p tree --newick -i 1 --normalise=none --distance=manhattan --method=single four.csv
    ok
    [ "$output" = "(('a b':1,'it''s':1):12,(plain:1,'':1):12);" ]
}

@test "a range of k takes the best by an index and shows all" {
    run_clu tsclust -k 2..6 --label-column=1 -p criteria cbf.tsv
    ok
    [ "$(head -n 1 "$CLU_OUT" | tr '\t' ' ')" = "k silhouette dunn db ch cop chosen" ]
    [ "$(wc -l < "$CLU_OUT")" -eq 6 ]
    best=$(awk 'NR > 1 && $7 == 1 { print $1 }' "$CLU_OUT")
    [ "$(awk 'NR > 1 { print $2, $1 }' "$CLU_OUT" | sort -k1,1gr | head -n 1 | cut -d' ' -f2)" = "$best" ]
    tsclust -k "$best" --label-column=1 cbf.tsv > want
    run_clu tsclust -k 2..6 --label-column=1 cbf.tsv
    ok
    same want "$CLU_OUT"
    for index in dunn ch db cop; do
        run_clu tsclust -k 2..6 --choose=$index --method=kshape --label-column=1 -p criteria cbf.tsv
        ok
        [ "$(grep -c '1$' "$CLU_OUT")" -ge 1 ]
    done
}

# --- what is printed and kept ---

@test "all that is known of each series" {
    run_clu tsclust -k 3 --label-column=1 -p series cbf.tsv
    ok
    [ "$(head -n 1 "$CLU_OUT" | tr '\t' ' ')" = "series label length cluster medoid distance silhouette shift scale" ]
    [ "$(awk 'NR > 1 && $5 == 1 && $6 == 0' "$CLU_OUT" | wc -l)" -eq 3 ]
    tsclust -k 3 --label-column=1 cbf.tsv | same - <(tail -n +2 "$CLU_OUT" | cut -f4)
    tsclust -k 3 --label-column=1 -p medoids cbf.tsv | tail -n +2 | cut -f2 > medoids
    awk 'NR > 1 && $5 == 1 { print $4, $1 }' "$CLU_OUT" | sort -n | cut -d' ' -f2 | same - medoids
}

@test "medoids are shown in the units of the input" {
    run_clu tsclust -k 3 --label-column=1 -p medoids cbf.tsv
    ok
    tail -n +2 "$CLU_OUT" | while read -r _ row samples; do
        sed -n "${row}p" cbf.tsv | cut -f2- | tr '\t' '\n' > want
        tr '\t' '\n' <<< "$samples" | paste - want | awk '($1 - $2) ^ 2 > 1e-20 { exit 1 }' || exit 1
    done
}

@test "sizes of clusters, and a line for the whole" {
    run_clu tsclust -k 3 --label-column=1 -p clusters cbf.tsv
    ok
    [ "$(head -n 1 "$CLU_OUT" | tr '\t' ' ')" = "cluster medoid size max mean diameter separation silhouette" ]
    [ "$(awk 'NR > 1 { n += $3 } END { print n }' "$CLU_OUT")" = 30 ]
    run_clu tsclust -k 3 --label-column=1 -p summary --method=kasba cbf.tsv
    ok
    [ "$(cut -f1-3 "$CLU_OUT" | tail -n 1)" = $'kasba\tmsm\t3' ]
}

@test "a saved matrix gives the same clusters, here and in pam" {
    run_clu tsclust -k 3 --label-column=1 --method=pam --save-matrix=d.txt cbf.tsv
    ok
    cp "$CLU_OUT" want
    run_clu tsclust -k 3 --label-column=1 --method=pam --matrix=d.txt cbf.tsv
    ok
    same want "$CLU_OUT"
    pam -k 3 --nstart=10 --metric=condensed d.txt | same want -
    tsclust --label-column=1 -p matrix cbf.tsv | pam -k 3 --nstart=10 --metric=precomputed --header=no | same want -
    head -n 20 cbf.tsv > some.tsv
    run_clu tsclust -k 3 --label-column=1 --matrix=d.txt some.tsv
    fails 3 'd.txt: distances of 30 objects, but there are 20 series'
}

@test "distances to the series of another file" {
    head -n 4 cbf.tsv > a.tsv
    tail -n 3 cbf.tsv > b.tsv
    tsclust --label-column=1 -p matrix a.tsv b.tsv | head -n 4 | cut -f5-7 > want
    run_clu tsclust --label-column=1 --cross=b.tsv a.tsv
    ok
    same want "$CLU_OUT"
}

@test "a model labels other series, and those that it was made of as before" {
    for method in pam kmeans kasba kshape; do
        tsclust -k 3 --label-column=1 --method=$method -m model.csv cbf.tsv > want
        run_clu tsclust --label-column=1 --assign=model.csv cbf.tsv
        ok
        same want "$CLU_OUT"
    done
    tsclust -k 3 --label-column=1 --distance=gak --window=20% --multivariate=independent -m model.csv cbf.tsv > want
    tsclust -k 3 --label-column=1 --distance=gak --window=20% -p medoids cbf.tsv | tail -n +2 | cut -f3- > medoids.tsv
    run_clu tsclust --assign=model.csv medoids.tsv
    ok
    [ "$output" = $'1\n2\n3' ]
}

@test "assigning is a stream: constant memory, the same bytes for every number of threads" {
    tsclust -k 3 --label-column=1 -m model cbf.tsv > labels
    tsclust --label-column=1 --assign=model cbf.tsv > labels
    for _ in $(seq 700); do cat cbf.tsv; done > many.tsv
    for _ in $(seq 700); do cat labels; done > want
    for j in 1 2 3; do
        run_clu tsclust --label-column=1 --assign=model -j $j many.tsv
        ok
        same want "$CLU_OUT"
    done
    { seq 0 64 | sed 's/^/s/; s/s0/class/' | paste -s; cat many.tsv; } > named.tsv
    run_clu tsclust -i class --assign=model named.tsv
    ok
    { printf 'class\tcluster\n'; paste <(cut -f1 many.tsv) want; } | same - "$CLU_OUT"
    run_clu tsclust --label-column=class -a --assign=model named.tsv
    ok
    paste named.tsv <(echo cluster; cat want) | same - "$CLU_OUT"
}

@test "assigning needs no memory for the series that it has labelled" {
    plain_build 'limits'
    tsclust -k 3 --label-column=1 --window=0 -m model cbf.tsv > labels
    # 100 MB of samples.
    run_sh 'head -n 1 cbf.tsv | cut -f2- > one; yes "$(cat one)" | head -n 200000 |
        (ulimit -v 90000; exec tsclust -j 1 --assign=model) | uniq -c'
    ok
    [ "$(tr -d ' ' <<< "$output")" = "200000$(head -n 1 labels)" ]
}

@test "assigning: what is wrong in the middle, left out, or constant" {
    printf '1,2,3\n3,2,1\n' | tsclust -k 2 -m model > labels
    { for _ in $(seq 50000); do echo 1,2,4; done; echo 1,x,2; } > bad.csv
    run_clu tsclust --assign=model bad.csv
    [ "$status" -eq 3 ]
    [[ $stderr == "tsclust: bad.csv:50001: column 2: not a number: 'x'"* ]]
    [ "$(wc -l < "$CLU_OUT")" -gt 10000 ]
    [ "$(sort -u "$CLU_OUT")" = 1 ]
    run_clu tsclust --assign=model -o out.csv bad.csv
    fails 3 "bad.csv:50001: column 2: not a number: 'x'*"
    [ ! -e out.csv ]
    { for _ in $(seq 50000); do echo 1,2,4; done; echo 1,,2; echo 3,2,0; echo 5,5,5; echo 4,4; } > gap.csv
    run_clu tsclust --assign=model gap.csv
    [ "$status" -eq 3 ]
    [ "$stderr" = "tsclust: gap.csv:50001: column 2: missing value (''); see --missing" ]
    run_clu tsclust --assign=model --missing=drop gap.csv
    [ "$status" -eq 0 ]
    [ "$stderr" = 'tsclust: warning: 2 series are constant and became zeros: series 50003 is the first' ]
    [ "$(tail -n 4 "$CLU_OUT" | head -n 2)" = $'\n2' ]
    [ "$(wc -l < "$CLU_OUT")" -eq 50004 ]
    printf '1,2,3\n3,2,1\n' | tsclust -k 2 --distance=euclidean -m model > labels
    run_clu tsclust -q --assign=model --missing=drop gap.csv
    [ "$status" -eq 3 ]
    [ "$stderr" = 'tsclust: series 50004 has 2 samples, but those of model have 3: euclidean needs equal lengths' ]
    printf '1,2,3\n3,2,1\n' | tsclust -k 2 --distance=dtw --normalise=none -m model > labels
    { for _ in $(seq 50000); do echo 1,2,4; done; echo 1,,2; echo 1,2,1e200; } > far.csv
    run_clu tsclust --assign=model --missing=drop far.csv
    [ "$status" -eq 3 ]
    [ "$stderr" = 'tsclust: overflow in distance: series 50002 and cluster 1 of model' ]
    printf 'a,1,1,2\na,2,2,3\n' > long.csv
    run_clu tsclust --long=1,2,3,4 --assign=model long.csv
    fails 3 'the series have 2 channels, but those of model have 1'
}

@test "--line-buffered is refused where labels come at the end" {
    printf '1,2,3\n3,2,1\n' | tsclust -k 2 -m model > labels
    printf 'a,1,1\na,2,2\na,3,4\n' > long.csv
    run_clu tsclust --assign=model --line-buffered --long=1,2,3 long.csv
    fails 2 '--line-buffered is for a series a record: with --long all labels come at the end'
    printf '@problemName x\n@timeStamps false\n@univariate true\n@classLabel false\n@data\n1,2,4\n' > x.ts
    run_clu tsclust --assign=model --line-buffered --ts x.ts
    fails 2 '--line-buffered is for a series a record: with --ts all labels come at the end'
    run_clu tsclust --assign=model --line-buffered x.ts
    fails 2 '--line-buffered is for a series a record: of a .ts file all labels come at the end'
    run_clu tsclust --assign=model x.ts
    ok
    [ "$output" = 1 ]
}

@test "a damaged model is refused" {
    tsclust -k 2 --label-column=1 -m good.csv cbf.tsv > labels
    sed 's/^distance,msm/distance,nothing/' good.csv > model.csv
    run_clu tsclust --label-column=1 --assign=model.csv cbf.tsv
    fails 3 'model.csv:*: no such distance'
    sed 's/^channels,1/channels,3/' good.csv > model.csv
    run_clu tsclust --label-column=1 --assign=model.csv cbf.tsv
    fails 3 'model.csv:*: 2 series for 3 channels'
    grep -v '^series' good.csv > model.csv
    run_clu tsclust --label-column=1 --assign=model.csv cbf.tsv
    fails 3 'model.csv:*: 0 series for 1 channels'
    sed 's/^normalise,zscore/normalise,/' good.csv > model.csv
    run_clu tsclust --label-column=1 --assign=model.csv cbf.tsv
    fails 3 'model.csv:*: no such word'
}

@test "barycentres" {
    printf '0,0,1,1,0\n0,1,1,0,0\n' > two.csv
    run_clu tsclust -p barycentre --distance=dtw --normalise=none two.csv
    ok
    [ "$(tail -n 1 "$CLU_OUT")" = 0,0,1,1,0 ] || [ "$(tail -n 1 "$CLU_OUT")" = 0,1,1,0,0 ]
    run_clu tsclust -p barycentre --distance=euclidean --normalise=none two.csv
    ok
    [ "$(tail -n 1 "$CLU_OUT")" = 0,0.5,1,0.5,0 ]
    run_clu tsclust -k 3 -p centroids --label-column=1 --barycentre=dba cbf.tsv
    ok
    [ "$(wc -l < "$CLU_OUT")" -eq 4 ]
    [ "$(head -n 1 "$CLU_OUT" | cut -f1,2,65)" = $'cluster\tt1\tt64' ]
}

# --- forms of series ---

@test "a record, a long table and a .ts file are the same series" {
    tsclust --label-column=1 -p matrix cbf.tsv --output-delimiter=, > want
    in_long_form cbf.tsv > long.csv
    run_clu tsclust --long=1,2,3 -p series -k 3 long.csv
    ok
    # Clusters are numbered by first appearance, which is another one here: all but that.
    tail -n +2 "$CLU_OUT" | sort -n | cut -d, -f1,2,4,5 > long
    tsclust --label-column=1 -k 3 --output-delimiter=, -p series cbf.tsv | tail -n +2 | cut -d, -f1,3,5,6 | same - long
    {
        printf '@problemName cbf\n@timeStamps false\n@missing false\n@univariate true\n@equalLength true\n@seriesLength 64\n'
        printf '@classLabel true cylinder bell funnel\n@data\n'
        awk -F '\t' '{ for (t = 2; t <= NF; t++) printf "%s%s", $t, t < NF ? "," : ":"; print $1 }' cbf.tsv
    } > cbf.ts
    run_clu tsclust -p matrix cbf.ts
    ok
    same want "$CLU_OUT"
    run_sh 'tsclust -p matrix --ts < cbf.ts'
    ok
    same want "$CLU_OUT"
    gzip -k cbf.tsv.gz 2> /dev/null || gzip -c cbf.tsv > cbf.tsv.gz
    run_sh 'tsclust --label-column=1 -p matrix --output-delimiter=, < cbf.tsv.gz'
    ok
    same want "$CLU_OUT"
}

@test "unequal lengths: short records, missing values at the end" {
    printf '1,2,3,4\n1,2,3\n9,1,NA,\n2\n' > short.csv
    run_clu tsclust -k 4 --normalise=none -p series short.csv
    ok
    [ "$(cut -d, -f2 "$CLU_OUT" | tr '\n' ' ')" = "length 4 3 2 1 " ]
}

@test "gaps: an error, a straight line, no cost, or left out" {
    printf '1,2,3,4\n1,,3,4\n4,3,2,1\n' > gap.csv
    run_clu tsclust -k 2 gap.csv
    fails 3 "gap.csv:2: column 2: missing value (''); see --missing"
    run_clu tsclust -k 2 --missing=interpolate -p series gap.csv
    ok
    [ "$(awk -F, 'NR == 3 { print $5 }' "$CLU_OUT")" = 0 ]
    run_clu tsclust -k 2 --missing=drop gap.csv
    ok
    [ "$output" = $'1\n\n2' ]
    run_clu tsclust -k 2 --missing=arow --distance=dtw gap.csv
    ok
    [ "$output" = $'1\n1\n2' ]
    run_clu tsclust -k 2 --missing=arow gap.csv
    fails 2 '--missing=arow is for --distance=dtw'
}

@test "channels side by side, behind one another, and in long form" {
    printf '1,2,3,9,8,7\n1,2,4,9,8,6\n3,2,1,5,5,6\n' > wide.csv
    awk -F, '{ for (t = 1; t <= 3; t++) print NR "," t "," $t "," $(t + 3) }' wide.csv > long.csv
    for how in dependent independent; do
        tsclust -p matrix --channels=2 --multivariate=$how wide.csv > want
        tsclust -p matrix --long=1,2,3,4 --multivariate=$how long.csv > got
        same want got
    done
    run_clu tsclust -k 2 --channels=4 wide.csv
    [ "$status" -eq 3 ]
    run_clu tsclust -k 2 --channels=2 -p medoids wide.csv
    ok
    [ "$(head -n 1 "$CLU_OUT")" = cluster,series,channel,t1,t2,t3 ]
    [ "$(wc -l < "$CLU_OUT")" -eq 5 ]
}

@test "normalisation: constant series are named" {
    printf '5,5,5\n1,2,3\n7,7,7\n' > flat.csv
    run_clu tsclust -k 2 flat.csv
    [ "$status" -eq 0 ]
    [ "$stderr" = 'tsclust: warning: 2 series are constant and became zeros: series 1 is the first' ]
    run_clu tsclust -k 2 -q flat.csv
    ok
    [ "$output" = $'1\n2\n1' ]
    # A shift and a factor make no difference.
    tsclust -p matrix three.csv > want
    awk -F, -v OFS=, '{ for (i = 1; i <= NF; i++) $i = $i * 8 + 100; print }' three.csv | tsclust -p matrix > got
    paste -d, want got | awk -F, '{ for (i = 1; i <= 3; i++) if (($i - $(i + 3)) ^ 2 > 1e-20) exit 1 }'
}

@test "resampling makes lengths equal" {
    run_clu tsclust -p matrix --distance=euclidean three.csv
    fails 3 'series 1 has 10 samples and series 3 has 7: euclidean needs equal lengths*'
    run_clu tsclust -p matrix --distance=euclidean --resample=20 three.csv
    ok
}

# --- requests that make no sense ---

@test "wrong usage is told" {
    run_clu tsclust three.csv
    fails 2 'option -k is required'
    run_clu tsclust -k 2 --height=1 three.csv
    fails 2 '-k and --height exclude each other'
    run_clu tsclust --height=1 --method=pam three.csv
    fails 2 '--height cuts a tree: *'
    run_clu tsclust -k 2 --method=kshape --distance=dtw three.csv
    fails 2 'kshape has a distance of its own: no --distance but sbd'
    run_clu tsclust -k 2 --window=x three.csv
    fails 2 "invalid argument 'x' for '--window': *"
    run_clu tsclust -k 2 --window=2.5 three.csv
    fails 2 "invalid argument '2.5' for '--window': *"
    run_clu tsclust -k 2 --window=101% three.csv
    fails 2 "invalid argument '101%' for '--window': *"
    run_clu tsclust -k 2 --distance=sbd --window=3 three.csv
    fails 2 '--window is for distances that warp, not for sbd'
    run_clu tsclust -k 2 --long=1,2,3 -a three.csv
    fails 2 '-i and --append are for a series a record: not with --long'
    run_clu tsclust -k 2 --method=kmeans -p medoids three.csv
    fails 2 'kmeans has no medoids; see -p centroids'
    run_clu tsclust -k 2 --method=kmeans --distance=gak three.csv
    fails 2 'kmeans needs a warping path, *'
    run_clu tsclust --assign=m.csv -k 2 three.csv
    fails 2 '--assign takes all that from the model: *'
    run_clu tsclust -k 4 three.csv
    fails 3 '4 clusters asked, but only 3 series'
}

@test "a matrix that is too large is refused before it is taken" {
    seq 20000 | awk '{ print $1 % 7, $1 % 11, $1 % 13 }' OFS=, > many.csv
    run_clu tsclust -k 2 --max-memory=100M -q many.csv
    fails 4 'needs * for the distance matrix of 20000 series; use --method=kasba, kshape or clara'
}
