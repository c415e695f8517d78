# What pam promises: labels, medoids, metrics, given dissimilarities, models. Bad input is in faults.bats, agreement with R in
# kmedoids-oracle.bats.

# shellcheck disable=SC2154 # status, output and stderr are set by run_clu
load lib

setup()
{
    bats_load
    cp "$CLU_SRC/data/iris.csv" .
    # Many small tables: starting threads would be most of the time. Tests of threads say -j.
    export OMP_NUM_THREADS=1
}

# Cell 3 of the last line: the loss of -p summary with one number of clusters.
loss()
{
    tail -n 1 | cut -d, -f3
}

# close_to FILE FILE: the same lines, numbers to 1e-12.
close_to()
{
    awk -F'[,;]' '
        NR == FNR { want[FNR] = $0; lines = FNR; next }
        {
            n = split(want[FNR], w, "[,;]")
            bad = n != NF
            for (i = 1; i <= n; i++) {
                d = w[i] - $i
                if (w[i] ~ /^[0-9]/ ? (d < 0 ? -d : d) > 1e-12 * (1 + w[i]) : $i != w[i]) bad = 1
            }
            if (bad) { print "expected " want[FNR] "\n     got " $0; any = 1 }
        }
        END { exit any || lines != FNR }' "$1" "$2"
}

# Clouds of points without ties: $1 rows, seed $2, $3 columns.
clouds()
{
    awk -v n="$1" -v seed="$2" -v d="${3:-3}" 'BEGIN {
        srand(seed)
        for (i = 0; i < n; i++)
            for (j = 0; j < d; j++) printf "%.9f%s", rand() + rand() + 3 * int(rand() * 3), (j < d - 1 ? "," : "\n")
    }'
}

# The lines of FILE, the first as it is, the others in another order.
shuffled()
{
    head -n 1 "$1" && tail -n +2 "$1" | awk -v seed="$2" 'BEGIN { srand(seed) } { print rand() "\t" $0 }' | sort -n | cut -f 2-
}

# --- labels ---

@test "one label a record, a header line because the input has one" {
    run_clu pam -k 3 -c 1-4 --init=build iris.csv
    ok
    [ "$(wc -l < "$CLU_OUT")" -eq 151 ]
    [ "${output%%$'\n'*}" = cluster ]
    [ "$(tail -n +2 "$CLU_OUT" | sort | uniq -c | xargs)" = '50 1 62 2 38 3' ]
    printf '9\n1\n9\n1\n5\n' > x
    run_clu pam -k 3 x
    ok
    [ "$output" = $'1\n2\n1\n2\n3' ]
}

@test "stdin, a file, a pipe and gzip give the same bytes" {
    pam -k 3 -c 1-4 iris.csv > want
    run_sh 'cat iris.csv | pam -k 3 -c 1-4 -'
    ok
    same want "$CLU_OUT"
    gzip iris.csv
    run_sh 'pam -k 3 -c 1-4 < iris.csv.gz'
    ok
    same want "$CLU_OUT"
}

@test "ids, append, output delimiter" {
    printf 'id,x\nq,1\n"w,w",2\ne,9\n' > x
    run_clu pam -k 2 -i id x
    ok
    [ "$output" = $'id,cluster\nq,1\n"w,w",1\ne,2' ]
    run_clu pam -k 2 -i id --output-delimiter=';' --distance x
    ok
    [ "$output" = $'id;cluster;distance;second\nq;1;0;8\nw,w;1;1;7\ne;2;0;8' ]
    printf 'id,x\r\nq,1\r\n"w,w", 2\ne,9' > x
    printf 'id,x,cluster,distance,second\r\nq,1,1,0,8\r\n"w,w", 2,1,1,7\ne,9,2,0,8' > want
    run_clu pam -k 2 -i id --append --distance x
    ok
    same want "$CLU_OUT"
}

@test "one cluster has no second medoid" {
    printf '1\n2\n9\n' > x
    run_clu pam -k 1 --distance x
    ok
    [ "$output" = $'1,1,NA\n1,0,NA\n1,7,NA' ]
}

@test "a row that is dropped keeps its line, and its number" {
    printf 'a\n5\nNA\n7\n\n1\n' > x
    run_clu pam -k 2 --na=drop --distance --append x
    ok
    [ "$output" = $'a,cluster,distance,second\n5,1,0,4\nNA,,,\n7,1,2,6\n,,,\n1,2,0,4' ]
    run_clu pam -k 2 --na=drop -p medoids x
    ok
    [ "$output" = $'cluster,row,a\n1,1,5\n2,5,1' ]
    run_clu pam -k 2 --na=drop -p silhouette x
    ok
    printf 'cluster,neighbour,silhouette\n1,2,0.5\n,,\n1,2,0.66666666666666666\n,,\n2,1,0\n' > want
    close_to want "$CLU_OUT"
    run_clu pam -k 2 --na=mean -p medoids x
    ok
    [ "$output" = $'cluster,row,a\n1,1,5\n2,5,1' ]
}

# --- what else is printed ---

@test "medoids: their rows, or ids, in the input's units" {
    printf 'id,x,y\nq,1,10\nw,2,11.5\ne,9,1e3\n' > x
    run_clu pam -k 2 -i id --scale=zscore -p medoids x
    ok
    [ "$output" = $'cluster,id,x,y\n1,q,1,10\n2,e,9,1000' ]
    run_clu pam -k 2 -c x,y -p medoids x
    ok
    [ "$output" = $'cluster,row,x,y\n1,1,1,10\n2,3,9,1000' ]
    run_clu pam -k 2 -H -i 1 -t -p medoids <(tr , '\t' < x)
    ok
    [ "$output" = $'cluster\tid\tx\ty\n1\tq\t1\t10\n2\te\t9\t1000' ]
    printf 'q,1\nw,2\ne,9\n' > y
    run_clu pam -k 2 -i 1 -p medoids y
    ok
    [ "$output" = $'cluster,id,V2\n1,q,1\n2,e,9' ]
}

@test "clusters: sizes and spreads" {
    printf '1\n2\n9\n9.5\n10.5\n' > x
    run_clu pam -k 2 -p clusters x
    ok
    [ "$output" = $'cluster,medoid,size,max,mean,diameter,separation,isolated\n1,1,2,1,0.5,1,7,L*\n2,4,3,1,0.5,1.5,7,L*' ]
    printf '1\n2\n9\n' > x
    run_clu pam -k 2 -p clusters x
    ok
    [ "$output" = $'cluster,medoid,size,max,mean,diameter,separation,isolated\n1,1,2,1,0.5,1,7,L*\n2,3,1,0,0,0,7,no' ]
    # R calls the only cluster not isolated.
    run_clu pam -k 1 -p clusters x
    ok
    [ "$output" = $'cluster,medoid,size,max,mean,diameter,separation,isolated\n1,2,3,7,2.6666666666666665,8,NA,no' ]
}

@test "silhouette: NA where there is none" {
    printf '1\n2\n9\n' > x
    run_clu pam -k 2 -p silhouette x
    ok
    printf '1,2,0.875\n1,2,0.857142857142857142\n2,1,0\n' > want
    close_to want "$CLU_OUT"
    run_clu pam -k 1 -p silhouette x
    ok
    [ "$output" = $'1,NA,NA\n1,NA,NA\n1,NA,NA' ]
    printf '7\n' > x
    run_clu pam -k 1 -p silhouette x
    ok
    [ "$output" = 1,NA,NA ]
}

@test "summary: the loss, and its mean" {
    printf '1\n2\n9\n' > x
    run_clu pam -k 2 --init=first -p summary x
    ok
    [[ $output == $'clusters,silhouette,loss,mean,swaps,passes\n2,'*,1,0.3333333333333333,1,* ]]
}

@test "facts with -v" {
    run_clu pam -k 3 -c 1-4 -v --init=build iris.csv
    [ "$status" -eq 0 ]
    for fact in 'header: yes' 'rows: 150' 'columns: 4' 'clusters: 3' 'converged: yes' 'loss: 98.1311548822710'; do
        [[ $stderr == *"$fact"* ]]
    done
    for fact in swaps passes 'medoid silhouette' 'read seconds' 'matrix seconds' 'build seconds' 'swap seconds'; do
        [[ $stderr == *$'\n'"$fact: "[0-9]* ]]
    done
}

# --- starts ---

@test "a start from a file keeps its order; numbers are those of the records" {
    printf 'a\n0\nNA\n1\n10\n11\n12\n' > x
    printf '5\n1\n' > start
    run_clu pam -k 2 --init=start --na=drop x
    ok
    [ "$output" = $'cluster\n2\n\n2\n1\n1\n1' ]
    run_clu pam -k 2 --init=start --na=drop -p medoids x
    ok
    [ "$output" = $'cluster,row,a\n1,5,11\n2,1,0' ]
    run_sh 'pam -k 2 --init=- --na=drop x < start'
    ok
    [ "$output" = $'cluster\n2\n\n2\n1\n1\n1' ]
}

@test "starts that are none" {
    printf '0\n1\n1\n11\n' > x
    for start in '1 2 3' 1; do
        # shellcheck disable=SC2086 # several numbers
        printf '%s\n' $start > start
        run_clu pam -k 2 --init=start x
        fails 3 'start: * row number* for 2 clusters'
    done
    for start in 5 0 -1 1.5 1e30; do
        printf '%s\n1\n' "$start" > start
        run_clu pam -k 2 --init=start x
        fails 3 'start: * is no row that is clustered'
    done
    printf '1\n1\n' > start
    run_clu pam -k 2 --init=start x
    fails 3 'start: row 1 is there twice'
    printf '1,2\n' > start
    run_clu pam -k 2 --init=start x
    fails 3 'start: 2 columns, but a start is one column of row numbers'
    printf '1\nx\n' > start
    run_clu pam -k 2 --init=start x
    fails 3 "start:2: column 1: not a number: 'x'*"
    run_clu pam -k 2 --init=nope x
    fails 4 'nope: No such file or directory'
    printf '1\n2\n' > start
    run_clu pam -k 2 --init=start --na=drop <(echo NA && cat x)
    fails 3 'start: 1 is no row that is clustered'
}

@test "a start of equal rows is bad data, named by the input's row numbers" {
    printf '0\nNA\n1\n1\n11\n' > x
    printf '4\n3\n' > start
    run_clu pam -k 2 --init=start --na=drop x
    fails 3 'start: rows 4 and 3 are equal'
}

@test "every start and algorithm ends where no swap helps" {
    clouds 60 3 2 > x
    for algorithm in faster pam fast; do
        for init in random build lab kpp first; do
            pam -k 4 --algorithm=$algorithm --init=$init -p medoids x | tail -n +2 | cut -d, -f2 > medoids
            awk -F, '
                NR == FNR { m[++k] = $1; next }
                { x[++n] = $1; y[n] = $2 }
                function loss(    i, j, d, best, s)
                {
                    for (i = 1; i <= n; i++) {
                        best = 1e300
                        for (j = 1; j <= k; j++) {
                            d = sqrt((x[i] - x[m[j]]) ^ 2 + (y[i] - y[m[j]]) ^ 2)
                            if (d < best) best = d
                        }
                        s += best
                    }
                    return s
                }
                END {
                    found = loss()
                    for (j = 1; j <= k; j++) {
                        old = m[j]
                        for (h = 1; h <= n; h++) { m[j] = h; if (loss() < found * (1 - 1e-9)) exit 1 }
                        m[j] = old
                    }
                    exit n != 60 || k != 4
                }' medoids x || { echo "$algorithm $init"; return 1; }
        done
    done
    # alternating ends higher, or in the same place
    for algorithm in alternate fastermsc; do
        run_clu pam -k 4 --algorithm=$algorithm x
        ok
        [ "$(sort -u "$CLU_OUT" | xargs)" = '1 2 3 4' ]
    done
}

@test "more starts never raise the loss; seeds repeat" {
    clouds 300 4 > x
    few=$(pam -k 12 --nstart 1 --seed 3 -p summary x | loss)
    many=$(pam -k 12 --nstart 15 --seed 3 -p summary x | loss)
    awk -v a="$many" -v b="$few" 'BEGIN { exit !(a <= b) }'
    pam -k 12 --seed 8 -p summary x > want
    pam -k 12 --seed 8 -p summary x > got
    same want got
    for seed in 1 2 3 4 5 6; do
        pam -k 12 --seed $seed --max-iter 1 -q -p medoids x
    done | sort -u | wc -l > different
    [ "$(cat different)" -gt 13 ]
}

@test "not converged: a warning, status 0, silenced by -q" {
    clouds 300 4 > x
    run_clu pam -k 12 --max-iter 1 x
    [ "$status" -eq 0 ]
    [ "$stderr" = 'pam: warning: not converged; see --max-iter' ]
    run_clu pam -k 12 --max-iter 1 -q x
    ok
}

@test "a range of -k takes the number with the best medoid silhouette" {
    for c in 0 50 100; do
        for i in 1 2 3 4 5 6 7; do echo "$((c + i * i / 9)).$i"; done
    done > x
    run_clu pam -k 2..6 --init=build x
    ok
    [ "$(xargs < "$CLU_OUT")" = '1 1 1 1 1 1 1 2 2 2 2 2 2 2 3 3 3 3 3 3 3' ]
    run_clu pam -k 2..6 --init=build -p summary x
    ok
    [ "$(cut -d, -f1 "$CLU_OUT" | xargs)" = 'clusters 2 3 4 5 6' ]
    awk -F, 'NR > 1 && $2 > best { best = $2; k = $1 } $3 != "" && NR > 1 { taken = $1 } END { exit !(k == 3 && taken == 3) }' "$CLU_OUT"
}

@test "--choose: what the best number alone gives, by every criterion" {
    clouds 120 2 4 > x
    for by in silhouette ch db bic; do
        run_clu pam -k 1..7 --choose=$by -p criteria x
        ok
        k=$(awk -F, '$7 == 1 { print $1 }' "$CLU_OUT")
        pam -k "$k" --distance x > want
        pam -k 1..7 --choose=$by --distance x > got
        same want got
        pam -k 1..7 --choose=$by --algorithm=pam --init=build x > got
    done
    pam -k 2..7 --choose=medoid x > got
    pam -k 2..7 x > want
    same want got
}

@test "-p criteria: the silhouettes of -p silhouette, and the others of the same clusters" {
    clouds 120 2 4 > x
    for metric in euclidean sqeuclidean manhattan; do
        pam -k 1..4 --metric=$metric --choose=silhouette -p criteria x > got
        [ "$(head -n 1 got)" = k,loss,silhouette,ch,db,bic,chosen ]
        for k in 2 3 4; do
            pam -k $k --metric=$metric -p silhouette x | awk -F, -v want="$(awk -F, -v k=$k '$1 == k { print $3 }' got)" '
                { s += $3; n++ } END { d = s / n - want; exit !(d * d < 1e-24) }'
        done
    done
    [ "$(cut -d, -f4-6 got | sort -u | xargs)" = 'NA,NA,NA ch,db,bic' ] # manhattan
    pam -k 1..4 --metric=sqeuclidean --choose=ch -p criteria x > got
    [[ $(tail -n +3 got) != *NA* ]]
    pam -k 2..3 --metric=manhattan --choose=silhouette -p criteria -w 1 -c '!1' <(sed 's/^/2,/' x) > got
    [ "$(grep -c , got)" = 3 ]
}

@test "--choose with given dissimilarities: the silhouette alone" {
    echo '1 8 9 7 8 2' > x
    run_clu pam -k 2..3 --metric=condensed --choose=silhouette -p criteria x
    ok
    [ "$(cut -d, -f1,4- "$CLU_OUT" | xargs)" = 'k,ch,db,bic,chosen 2,NA,NA,NA,1 3,NA,NA,NA,0' ]
    for by in ch db bic; do
        run_clu pam -k 2..3 --metric=condensed --choose=$by x
        fails 2 'ch, db and bic are made of Euclidean distances; use --choose=silhouette'
        run_clu pam -k 2..3 --metric=gower --choose=$by iris.csv
        fails 2 'ch, db and bic are made of Euclidean distances; use --choose=silhouette'
    done
    run_clu pam -k 2..3 --choose=bic -w 1 iris.csv
    fails 2 'ch, db and bic count rows alike: no -w'
    run_clu pam -k 3 --choose=bic iris.csv
    fails 2 '--choose is for a range of -k or for -p criteria'
    for options in '-k 3' '-k 2..3' '-k 2..3 --choose=medoid'; do
        # shellcheck disable=SC2086 # options
        run_clu pam $options -p criteria iris.csv
        fails 2 '-p criteria needs --choose=silhouette, ch, db or bic; *'
    done
    run_clu pam -k 2..3 --choose=silhouette --compat=r iris.csv
    fails 2 "--compat=r is R's default pam(): no --choose"
    run_clu pam -k 2..3 --choose=silhouette --init=x iris.csv
    fails 2 'a range of -k cannot start from a file'
}

# --- the same everywhere ---

@test "every thread count and kernel gives the same bytes" {
    clouds 400 5 5 > x
    for how in '' '--algorithm=pam --init=build' '--algorithm=fast --init=lab' '--algorithm=alternate --init=kpp' \
        --algorithm=fastermsc --no-matrix --float64 --metric=manhattan --metric=gower '--metric=minkowski:3 --nstart 3' \
        --metric=cosine; do
        # shellcheck disable=SC2086 # options
        pam -j 1 -k 9 $how --distance x > want
        for other in 2:base 3:avx2 7:avx512; do
            # shellcheck disable=SC2086
            CLU_CPU=${other#*:} pam -k 9 -j ${other%:*} $how --distance x > got
            same want got || { echo "$how $other"; return 1; }
        done
    done
    for cpu in base avx2 avx512; do
        CLU_CPU=$cpu pam -j 1 -k 9 --metric=cosine --distance x > got
        same want got
    done
}

@test "every print has the same bytes for every thread count" {
    clouds 300 6 > x
    for what in medoids clusters summary silhouette; do
        pam -k 9 -j 1 -p $what x > want
        for j in 2 7; do
            pam -k 9 -j $j -p $what x > got
            same want got
        done
    done
}

@test "floats, doubles and no matrix find the same medoids" {
    for seed in 1 2 3; do
        clouds 300 $seed 4 > x
        for how in '' '--algorithm=pam --init=build' --init=kpp; do
            # shellcheck disable=SC2086 # options
            pam -k 10 $how -p medoids x > want
            for matrix in --float64 --no-matrix; do
                # shellcheck disable=SC2086
                pam -k 10 $how $matrix -p medoids x > got
                same want got || { echo "$how $matrix"; return 1; }
            done
        done
    done
}

@test "78 shuffled rows: the same partition" {
    (echo x,y,z,row && clouds 200 7 | awk '{ print $0 "," NR }') > x
    pam -k 8 -c 1-3 -i row --algorithm=pam --init=build -p medoids x | tail -n +2 | cut -d, -f2 | sort -n > want
    pam -k 8 -c 1-3 --algorithm=pam --init=build -a x | tail -n +2 | cut -d, -f4,5 | sort -n > labels
    for seed in 1 2 3; do
        shuffled x $seed > y
        pam -k 8 -c 1-3 -i row --algorithm=pam --init=build -p medoids y | tail -n +2 | cut -d, -f2 | sort -n > got
        same want got
        pam -k 8 -c 1-3 --algorithm=pam --init=build -a y | tail -n +2 | cut -d, -f4,5 | sort -n | paste -d, labels - |
            awk -F, '($2 in to) && to[$2] != $4 || ($4 in from) && from[$4] != $2 { exit 1 } { to[$2] = $4; from[$4] = $2 }'
    done
}

# --- metrics: figures of scipy.spatial.distance.cdist, but for canberra's 0/0 ---

# metric NAME LINE...: two clusters of the table x, each line a label, the distance and that to the second medoid.
metric()
{
    printf '%s\n' "${@:2}" > want
    run_clu pam -k 2 --metric="$1" --algorithm=pam --init=build --distance x
    ok
    close_to want "$CLU_OUT"
}

@test "distances of numbers" {
    printf '%s\n' 1,0.5,2,0 0,3,4,1.25 5,-1,0.5,2 0,2.5,3,1 4,-2,0,2.5 1.5,0,2,-1 4.5,-1,0.25,2.25 > x
    metric euclidean 1,0,4.7565743976101116 1,3.5794552658190883,7.1632743909472012 2,0.61237243569579447,4.9497474683058327 \
        1,2.6457513110645907,6.45174395028197 2,1.1726039399558574,5.0497524691810387 1,1.2247448713915889,4.8605555238058953 \
        2,0,4.7565743976101116
    metric sqeuclidean 1,0,22.625 1,12.8125,51.3125 2,0.375,24.5 1,7,41.625 2,1.375,25.5 1,1.5,23.625 2,0,22.625
    metric minkowski:3 1,0,3.9790572078963917 1,2.9842929059222936,5.9331408447281717 2,0.53860867250797095,4.2863094411566971 \
        1,2.2239800905693152,5.3918257669546792 2,1.049584113452102,4.0463361672832274 1,1.0772173450159419,4.0753929639734814 \
        2,0,3.9790572078963917
    metric minkowski:1.5 1,0,5.8295267599789673 1,4.383871318443588,8.7330743638845796 2,0.71418456946256959,5.9470073928975493 \
        1,3.2386765777172775,7.8637305150888093 2,1.3700054125353471,6.3311435157592069 1,1.4283691389251392,5.910741804368306 \
        2,0,5.8295267599789673
    metric cosine 1,0,0.61758349511402111 1,0.19553069148205604,0.96930323130056584 2,0.0042883064542912352,0.56356421952801528 \
        1,0.21506865515688811,0.97584833436445428 2,0.026125518712219797,0.74444937400002398 \
        1,0.10851501167958133,0.63841969488747208 2,0,0.61758349511402111
    metric correlation 1,0,1.1216535609849063 1,0.50080729188853557,1.8977568364668822 2,0.0064959186232649291,1.0285714285714285 \
        1,0.55701880503854118,1.9305048074966882 2,0.016250112059103428,1.137707434611964 1,0.060879866681707306,0.87425610709504209 \
        2,0,1.1216535609849063
    metric canberra 1,2.8666666666666663,3.4141414141414139 1,0.34487734487734489,3.1680672268907561 \
        2,0.44478844169246645,3.0476190476190479 1,0,3.2307692307692308 2,1.4447884416924663,3.4285714285714284 \
        1,3.2000000000000002,3.2777777777777777 2,0,3.2307692307692308
}

@test "distances of counts: zeros that agree, empty rows" {
    printf '%s\n' 1,0,2,0 0,0,0,0 1,3,0,2 0,0,0,0 1,0,2,5 4,3,0,2 1,0,0,0 > x
    metric hamming 1,0.25,0.75 1,0.25,0.75 2,0,0.5 1,0.25,0.75 1,0.5,0.75 2,0.25,0.75 1,0,0.5
    metric jaccard 1,0.75,1 2,0,1 1,0,1 2,0,1 1,0.5,1 1,0,1 1,0.6666666666666666,1
    metric canberra 1,1,3 1,1,3 2,0,2 1,1,3 1,2,2.4285714285714284 2,0.6,2.6 1,0,2
    printf '%s\n' 0,0 3,4 1,1 > x
    metric manhattan 1,2,7 2,0,5 1,0,5
    metric chebyshev 1,1,4 2,0,3 1,0,3
    metric minkowski:1 1,2,7 2,0,5 1,0,5
}

@test "a row without direction is an error with its line" {
    printf 'a,b\n1,2\n0,0\n3,1\n' > x
    run_clu pam -k 2 --metric=cosine x
    fails 3 'x:3: *'
    printf 'a,b\n1,2\n7,7\n3,1\n' > x
    run_clu pam -k 2 --metric=correlation x
    fails 3 'x:3: *constant*'
}

@test "the power of minkowski" {
    printf '1\n2\n' > x
    for p in 0.5 '' inf 2x -1 NaN; do
        run_clu pam -k 1 --metric=minkowski:"$p" x
        fails 2 'the power of --metric=minkowski:P must be a number from 1 on'
    done
    run_clu pam -k 1 --metric=minkowski x
    fails 2 "invalid argument 'minkowski' for '--metric' (valid: euclidean, *"
    run_clu pam -k 1 --metric=euclidean:2 x
    fails 2 "invalid argument 'euclidean:2' for '--metric' (valid: euclidean, *"
}

@test "huge and tiny distances" {
    printf '1e308\n-1e308\n1e308\n-1e308\n' > x
    run_clu pam -k 2 x
    fails 3 'overflow in distance: the columns need another unit; see --scale'
    run_clu pam -k 2 --scale=minmax x
    [ "$status" -eq 3 ] || [ "$output" = $'1\n2\n1\n2' ]
    printf '4e307\n-4e307\n3e307\n-3e307\n' > x
    run_clu pam -k 2 x
    ok
    [ "$output" = $'1\n2\n1\n2' ]
    printf '1e-200\n2e-200\n1e-199\n1.1e-199\n' > x
    run_clu pam -k 2 x
    ok
    [ "$output" = $'1\n1\n2\n2' ]
}

# --- gower: figures of R's daisy() ---

mixed()
{
    printf 'h,r,g,s\n1.5,north,b,0\n2.25,south,a,1\nNA,east,c,1\n-0.125,north,NA,1\n4,west,b,NA\n3.5,north,a,0\n' > x
}

@test "gower of a mixed table with missing values" {
    mixed
    printf '%s\n' cluster,distance,second 1,0,0.46464646464646470 2,0.52525252525252519,0.67045454545454541 2,0.5,0.83333333333333337 \
        2,0,0.46464646464646470 1,0.53535353535353536,1 1,0.32828282828282829,0.62626262626262630 > want
    for how in '' --no-matrix --float64 --compat=r --na=pair; do
        # shellcheck disable=SC2086 # options
        run_clu pam -k 2 --metric=gower --ordered=g --asymmetric=s --init=build $how --distance x
        ok
        close_to want "$CLU_OUT" || { echo "$how"; return 1; }
    done
    run_clu pam -k 2 --metric=gower --ordered=g --asymmetric=s --init=build -p medoids x
    ok
    [ "$output" = $'cluster,row,h,r,g,s\n1,1,1.5,north,b,0\n2,4,-0.125,north,NA,1' ]
    run_clu pam -k 2 --metric=gower --ordered=g --asymmetric=s -v x
    for fact in 'column 1 (h): interval' 'column 2 (r): nominal' 'column 3 (g): ordered' 'column 4 (s): asymmetric'; do
        [[ $stderr == *"$fact"* ]]
    done
}

@test "gower: numbers as names, errors of types" {
    printf '1,0\n2,0\n9,0\n1,4\n' > x
    run_clu pam -k 3 --metric=gower --nominal=1 --init=build --distance x
    ok
    [ "$(cut -d, -f2 "$CLU_OUT" | sort | xargs)" = '0 0 0 0.5' ]
    mixed
    run_clu pam -k 2 --metric=gower --nominal=h,r --ordered=r x
    fails 2 'column 2 (r) cannot be both nominal and ordered'
    run_clu pam -k 2 --metric=gower --asymmetric=g x
    fails 3 'column 3 (g) has 3 different values, but an asymmetric column has two'
    run_clu pam -k 2 --metric=gower --nominal=zz x
    fails 2 "no column 'zz'; the columns are: h, r, g, s"
    run_clu pam -k 2 --nominal=h x
    fails 2 '--nominal is for --metric=gower and --metric=hamming'
    run_clu pam -k 2 --metric=hamming --ordered=h x
    fails 2 '--ordered and --asymmetric are for --metric=gower'
    run_clu pam -k 2 --metric=gower --scale=zscore x
    fails 2 '--scale cannot be used with --metric=gower'
}

@test "gower: missing values dropped, or an error" {
    mixed
    run_clu pam -k 2 --metric=gower --na=drop x
    ok
    [ "$output" = $'cluster\n1\n2\n\n\n\n1' ]
    run_clu pam -k 2 --metric=gower --na=error x
    fails 3 "x:4: column 1 (h): missing value ('NA'); see --na"
    run_clu pam -k 2 --metric=gower --na=mean x
    fails 2 '--na=mean cannot be used with --metric=gower'
    run_clu pam -k 2 --na=pair -c h x
    fails 2 '--na=pair is for --metric=gower'
}

@test "gower: a pair without a common column is named by the input's rows" {
    printf 'a,b\n1,NA\nNA,2\n3,4\n' > x
    run_clu pam -k 2 --metric=gower x
    fails 3 'rows 1 and 2 have no column in common that counts: no gower distance'
    printf 'a,b\n5,5\n5,5\n1,NA\nNA,2\n3,4\n' > x
    run_clu pam -k 2 --metric=gower x
    fails 3 'rows 3 and 4 have no column in common that counts: no gower distance'
}

@test "hamming of texts" {
    printf 'red,1,x\nred,1,y\nblue,2,z\nblue,2,x\n' > x
    run_clu pam -k 2 --metric=hamming --init=first --distance -H --header=no x
    ok
    [ "$(cut -d, -f1 "$CLU_OUT" | xargs)" = '1 1 2 2' ]
    run_clu pam -k 2 --metric=hamming -p medoids --header=no x
    ok
    [ "$output" = $'cluster,row,V1,V2,V3\n1,1,red,1,x\n2,3,blue,2,z' ] || [ "$output" = $'cluster,row,V1,V2,V3\n1,2,red,1,y\n2,3,blue,2,z' ] ||
        [[ $output == $'cluster,row,V1,V2,V3\n1,'[12],red,1,?$'\n2,'[34],blue,2,? ]]
}

# --- weights and duplicates ---

@test "weights count like repeated rows; a row of weight 0 gets a label" {
    (echo x,y,w && clouds 80 8 2 | awk '{ print $0 "," NR % 4 }') > x
    awk -F, 'NR == 1 { print "x,y"; next } { for (i = 0; i < $3; i++) print $1 "," $2 }' x > repeated
    for how in '' '--algorithm=pam --init=build' --no-matrix --algorithm=fastermsc; do
        # shellcheck disable=SC2086 # options
        pam -k 6 -w w $how -p summary x > one
        # shellcheck disable=SC2086
        pam -k 6 $how -p summary repeated > two
        awk -v a="$(loss < one)" -v b="$(loss < two)" 'BEGIN { d = a - b; exit !(d < 1e-9 && d > -1e-9 && a > 0) }' ||
            { echo "$how"; return 1; }
    done
    printf 'x,w\n0,3\n1,1\n10,2\n11,0\n50,0\n' > x
    run_clu pam -k 2 -w w --distance x
    ok
    [ "$output" = $'cluster,distance,second\n1,0,10\n1,1,9\n2,0,10\n2,1,11\n2,40,50' ]
    run_clu pam -k 2 -w w -p clusters x
    ok
    [[ $output == *$'\n1,1,2,1,0.25,1,9,L*\n2,3,3,40,0,40,9,no' ]]
    run_clu pam -k 4 -w w x
    fails 3 '4 clusters asked, but only 3 distinct rows of positive weight'
}

@test "weights that are none" {
    printf 'x,w\n0,1\n1,-1\n' > x
    run_clu pam -k 1 -w w x
    fails 3 "x:3: column 2 (w): negative weight: '-1'"
    printf 'x,w\n0,1\n1,\n' > x
    run_clu pam -k 1 -w w x
    fails 3 'x:3: column 2 (w): missing weight'
    printf 'x,w\n0,0\n1,0\n' > x
    run_clu pam -k 1 -w w x
    fails 3 '1 cluster asked, but only 0 distinct rows of positive weight'
}

@test "duplicates: a medoid owns its slot, equal rows have equal labels" {
    awk 'BEGIN { srand(9); for (i = 0; i < 400; i++) print int(rand() * 4) "," int(rand() * 4) }' > x
    distinct=$(sort -u x | wc -l)
    for k in 5 "$distinct"; do
        pam -k "$k" x > labels
        [ "$(sort -u labels | wc -l)" -eq "$k" ]
        [ "$(paste x labels | sort -u | wc -l)" -eq "$distinct" ]
        pam -k "$k" -p medoids x | tail -n +2 | while IFS=, read -r cluster row _; do
            [ "$(sed -n "${row}p" labels)" -eq "$cluster" ] || exit 1
        done
    done
    run_clu pam -k $((distinct + 1)) x
    fails 3 "$((distinct + 1)) clusters asked, but only $distinct distinct rows"
    [ "$(pam -k "$distinct" -p summary x | loss)" = 0 ]
}

@test "k = 1, k = n, one row, constant data" {
    run_clu pam -k 1 -c 1-4 -p medoids iris.csv
    ok
    [ "$output" = "$(printf 'cluster,row,sepal_length,sepal_width,petal_length,petal_width\n1,62,5.9,3,4.2,1.5')" ]
    printf '3\n1\n2\n' > x
    for algorithm in faster pam fast alternate fastermsc; do
        run_clu pam -k 3 --algorithm=$algorithm --distance x
        ok
        [ "$(cut -d, -f1,2 "$CLU_OUT" | xargs)" = '1,0 2,0 3,0' ]
        run_clu pam -k 1 --algorithm=$algorithm -p medoids x
        ok
        [ "$output" = $'cluster,row,V1\n1,3,2' ]
    done
    printf '7,8\n' > x
    run_clu pam -k 1 -p medoids x
    ok
    [ "$output" = $'cluster,row,V1,V2\n1,1,7,8' ]
    printf '5\n5\n5\n' > x
    run_clu pam -k 1 x
    ok
    [ "$output" = $'1\n1\n1' ]
    run_clu pam -k 2 x
    fails 3 '2 clusters asked, but only 1 distinct row'
}

# --- given dissimilarities ---

@test "a square: rows are served, columns serve; asymmetric, with ids and weights" {
    printf '0,1,9\n2,0,8\n9,7,0\n' > x
    run_clu pam -k 2 --metric=precomputed --distance x
    ok
    [ "$output" = $'1,1,9\n1,0,8\n2,0,7' ]
    run_clu pam -k 2 --metric=precomputed -p medoids x
    ok
    [ "$output" = $'cluster,row\n1,2\n2,3' ]
    printf 'n,x,y,z\nx,0,1,9\ny,2,0,8\nz,9,7,0\n' > x
    run_clu pam -k 2 --metric=precomputed -i n -p medoids x
    ok
    [ "$output" = $'cluster,n\n1,y\n2,z' ]
    run_clu pam -k 2 --metric=precomputed -i n -a x
    ok
    [ "$output" = $'n,x,y,z,cluster\nx,0,1,9,1\ny,2,0,8,1\nz,9,7,0,2' ]
    printf 'a,b,w\n0,5,1\n5,0,7\n' > x
    run_clu pam -k 1 --metric=precomputed -w w --distance x
    ok
    [ "$(cut -d, -f2 "$CLU_OUT" | xargs)" = 'distance 5 0' ]
    # all zero: the two are the same
    printf '0,0,5\n0,0,5\n5,5,0\n' > x
    run_clu pam -k 3 --metric=precomputed x
    fails 3 '3 clusters asked, but only 2 distinct *'
}

@test "squares that are none" {
    printf '0,1\n1,0\n0,0\n' > x
    run_clu pam -k 1 --metric=precomputed x
    fails 3 '3 rows, but 2 columns: a square of distances is needed*'
    printf 'x,y\n0,1\n' > x
    run_clu pam -k 1 --metric=precomputed x
    fails 3 '1 row, but 2 columns: a square of distances is needed*'
    printf '0,1\n1,1\n' > x
    run_clu pam -k 1 --metric=precomputed x
    fails 3 'row 2: the distance to itself is not 0'
    printf '0,-1\n1,0\n' > x
    run_clu pam -k 1 --metric=precomputed x
    fails 3 "x:1: column 2: negative distance: '-1'"
    printf '0,NA\n1,0\n' > x
    run_clu pam -k 1 --metric=precomputed x
    fails 3 "x:1: column 2: missing value ('NA')*"
    for options in --na=drop --scale=zscore '-m model' --no-matrix --nominal=1 --directed; do
        # shellcheck disable=SC2086 # options
        run_clu pam -k 1 --metric=precomputed $options x
        [ "$status" -eq 2 ] || { echo "$options"; return 1; }
    done
}

@test "a triangle in any layout" {
    for layout in '1\n9\n8\n' '1,9,8' '1;9;8' '1\t9\t\n\n 8' ' 1, 9 ,8\r\n' '\357\273\2771 9\n8'; do
        # shellcheck disable=SC2059 # a format
        printf "$layout" > x
        run_clu pam -k 2 --metric=condensed --distance x
        ok
        [ "$output" = $'1,0,9\n1,1,8\n2,0,9' ]
    done
    printf '1,5;9;8' > x
    run_clu pam -k 2 --metric=condensed --decimal-comma --distance x
    ok
    [ "$output" = $'1,0,9\n1,1.5,8\n2,0,9' ]
    printf '3' > x
    run_clu pam -k 1 --metric=condensed --distance x
    ok
    [ "$(cut -d, -f1,2 "$CLU_OUT" | xargs)" = '1,0 1,3' ]
}

@test "a triangle as R writes dist(): that of ruspini" {
    dist=$CLU_SRC/tests/oracle/pam/ruspini.dist
    pam -k 4 --metric=condensed --init=build "$dist" > want
    pam -k 4 --init=build <(cut -d, -f1,2 "$CLU_SRC/data/ruspini.csv") | tail -n +2 > got
    same want got
    gzip -c "$dist" > x.gz
    run_sh 'pam -k 4 --metric=condensed --init=build < x.gz'
    ok
    same want "$CLU_OUT"
}

@test "triangles that are none" {
    while IFS='|' read -r text message; do
        printf '%s' "$text" > x
        run_clu pam -k 2 --metric=condensed x
        fails 3 "$message"
    done << 'END'
1,,9,8|x:1: missing value ('')
1 x 8|x:1: not a number: 'x'
1 NA 8|x:1: missing value ('NA')
1 -1 8|x:1: negative distance: '-1'
1 1e999 8|x:1: not a finite number: '1e999'
 |x: no data
1 2 3 4 5|x: 5 values are no triangle: 3 for 3 objects, 6 for 4
1 2|x: 2 values are no triangle: 1 for 2 objects, 3 for 3
END
    printf '1 2\n3 4\n5 ?\n' > x
    run_clu pam -k 2 --metric=condensed x
    fails 3 "x:3: not a number: '?'"
    for options in '-i 1' -a '-w 1' -H '-c 1' '-m m' --na=drop; do
        # shellcheck disable=SC2086 # options
        run_clu pam -k 1 --metric=condensed $options x
        [ "$status" -eq 2 ] || { echo "$options"; return 1; }
    done
    printf '0 5 5\n' > x
    run_clu pam -k 3 --metric=condensed x
    fails 3 '3 clusters asked, but only 2 distinct *'
}

@test "pairs: a label an object, by its name" {
    printf 'a,b,1\na,c,9\nb,c,8\n' > x
    run_clu pam -k 2 --metric=pairs --distance x
    ok
    [ "$output" = $'a,1,0,9\nb,1,1,8\nc,2,0,9' ]
    run_clu pam -k 2 --metric=pairs -p medoids x
    ok
    [ "$output" = $'cluster,id\n1,a\n2,c' ]
    printf 'from;to;d\n"x;y";2;1\n2;"x;y";1\n2;2;0\n' > x
    run_clu pam -k 2 --metric=pairs x
    ok
    [ "$output" = $'from;cluster\n"x;y";1\n2;2' ]
    printf 'n,p,q,d\n1,a,b,1\n2,a,c,9\n3,c,b,8\n' > x
    run_clu pam -k 2 --metric=pairs -c p,q,d x
    ok
    [ "$output" = $'p,cluster\na,1\nb,1\nc,2' ]
}

@test "directed pairs: the first is served, the second serves" {
    printf 'a,b,1\na,c,9\nb,c,8\nb,a,2\nc,a,5\nc,b,8\n' > x
    run_clu pam -k 1 --metric=pairs --directed --distance x
    ok
    [ "$(cut -d, -f1,3 "$CLU_OUT" | xargs)" = 'a,0 b,2 c,5' ]
    run_clu pam -k 1 --metric=pairs x
    fails 3 "the pair 'b', 'a' has two distances: 1 and 2"
    head -n 3 x > y
    run_clu pam -k 1 --metric=pairs --directed y
    fails 3 "no distance for the pair 'b', 'a'"
    run_clu pam -k 1 --directed iris.csv
    fails 2 '--directed is for --metric=pairs'
}

@test "pairs that are none" {
    printf 'a,b,1\na,c,9\n' > x
    run_clu pam -k 2 --metric=pairs x
    fails 3 "no distance for the pair 'b', 'c'"
    printf 'a,b,1\nb,a,2\n' > x
    run_clu pam -k 2 --metric=pairs x
    fails 3 "the pair 'b', 'a' has two distances: 1 and 2"
    printf 'a,b,1\na,a,2\n' > x
    run_clu pam -k 2 --metric=pairs x
    fails 3 "the distance of 'a' to itself is not 0: 2"
    printf 'a,b,-1\n' > x
    run_clu pam -k 2 --metric=pairs x
    fails 3 "x:1: column 3: negative distance: '-1'"
    printf 'a,b\n' > x
    run_clu pam -k 2 --metric=pairs x
    fails 3 '3 columns are needed (object, object, distance), not 2; choose them with -c'
    printf 'a,,1\n' > x
    run_clu pam -k 2 --metric=pairs x
    fails 3 "x:1: column 2: missing value ('')*"
    for options in '-i 1' -a '-w 1' '-m m'; do
        # shellcheck disable=SC2086 # options
        run_clu pam -k 1 --metric=pairs $options x
        [ "$status" -eq 2 ] || { echo "$options"; return 1; }
    done
}

@test "a square, its triangle and its pairs give the same clusters as the rows" {
    clouds 40 11 2 > x
    awk -F, '{ x[NR] = $1; y[NR] = $2 } END { for (i = 1; i <= NR; i++) for (j = 1; j <= NR; j++)
        printf "%.17g%s", sqrt((x[i] - x[j]) ^ 2 + (y[i] - y[j]) ^ 2), (j < NR ? "," : "\n") }' x > square
    awk -F, '{ for (j = NR + 1; j <= NF; j++) print $j }' square > triangle
    awk -F, '{ for (j = NR + 1; j <= NF; j++) print NR "," j "," $j }' square > pairs
    for how in '--init=build --algorithm=pam' --init=first '--seed 5'; do
        # shellcheck disable=SC2086 # options
        {
            pam -k 5 $how x > want
            pam -k 5 $how --metric=precomputed square > got
            same want got
            pam -k 5 $how --metric=condensed triangle > got
            same want got
            pam -k 5 $how --metric=pairs pairs | cut -d, -f2 > got
            same want got
        }
    done
}

# --- models ---

@test "a model labels its own table as the fit did" {
    (echo a,b,c,d && clouds 90 12 4) > x
    for how in --scale=none --scale=zscore --scale=minmax --scale=robust --metric=sqeuclidean --metric=manhattan \
        --metric=chebyshev --metric=minkowski:3 --metric=minkowski:2.5 --metric=cosine --metric=correlation --metric=canberra \
        --metric=gower '--metric=gower --ordered=1,2 --nominal=3' '--metric=cosine --scale=minmax'; do
        # shellcheck disable=SC2086 # options
        pam -k 4 --float64 $how -m model x > want
        run_clu pam --assign model x
        ok
        same want "$CLU_OUT" || { echo "$how"; return 1; }
    done
}

@test "a model labels rows between two medoids as the fit did" {
    # The middle is as far from 0 as from 4: the first cluster takes it, whatever order the search had.
    printf '2\n0\n4\n0\n4\n-1\n5\n' > x
    for seed in 1 2 3 4 5 6; do
        for how in '' --algorithm=pam --init=build; do
            # shellcheck disable=SC2086 # options
            pam -k 2 --seed $seed $how -m model x > want
            run_clu pam --assign model x
            ok
            same want "$CLU_OUT"
        done
    done
    awk 'BEGIN { srand(3); for (i = 0; i < 60; i++) for (j = 0; j < 6; j++) printf "%d%s", rand() < 0.4, (j < 5 ? "," : "\n") }' > x
    for metric in hamming jaccard manhattan chebyshev; do
        pam -k 5 --metric=$metric -m model x > want
        run_clu pam --assign model x
        ok
        same want "$CLU_OUT" || { echo $metric; return 1; }
    done
}

@test "a model of texts: levels, ranks, missing values, values it does not know" {
    mixed
    pam -k 2 --metric=gower --ordered=g --asymmetric=s --init=build -m model x > want
    run_clu pam --assign model x
    ok
    same want "$CLU_OUT"
    # columns by name, in any order
    awk -F, '{ print $4 "," $3 ",z," $1 "," $2 }' x > y
    run_clu pam --assign model y
    ok
    same want "$CLU_OUT"
    printf 'h,r,g,s\n0,nowhere,NA,1\n' > y
    run_clu pam --assign model y
    ok
    [ "$output" = $'cluster\n2' ]
    printf 'h,r,g,s\nx,north,a,0\n' > y
    run_clu pam --assign model y
    [ "$status" -eq 3 ]
    [[ $stderr == *"column 1 (h): not a number: 'x'" ]]
    printf 'h,r,g,s\n1,north,d,0\n' > y
    run_clu pam --assign model y
    [ "$status" -eq 3 ]
    [[ $stderr == *"column 3 (g): not one of the ordered values: 'd'" ]]
    printf 'h,r,s\n1,north,0\n' > y
    run_clu pam --assign model y
    fails 3 "model: column 'g' is not in the input"
    printf '"a,b"\nred\n=blue\n1\nred\n"1"\n' > x
    pam -k 3 --metric=hamming -m model x > want
    run_clu pam --assign model x
    ok
    same want "$CLU_OUT"
}

@test "a bad cell of a mixed table is named by its file and line" {
    mixed
    pam -k 2 --metric=gower -m model x > want
    printf 'h,r,g,s\n1,north,a,0\nx,north,a,0\n' > y
    run_clu pam --assign model y
    [ "$status" -eq 3 ]
    [ "$stderr" = "pam: y:3: column 1 (h): not a number: 'x'" ]
}

@test "assigning rows that no medoid has a distance to" {
    printf '1,1\n2,2.5\n3,1\n-1,-1\n' > x
    pam -k 2 --metric=cosine -m model x > want
    printf '0,0\n' > y
    run_clu pam --assign model y
    fails 3 'y:1: *'
    # nothing in common with any medoid: not clustered
    printf 'a,b\nx,NA\ny,4\nx,2\n' > x
    pam -k 2 --metric=gower -m model x > want
    printf 'a,b\nx,2\nNA,NA\n' > y
    run_clu pam --assign model y
    [ "$output" = $'cluster\n1\n' ] || [ "$(tail -n 1 "$CLU_OUT")" = '' ]
}

@test "assigning: columns by name, ids, append, a stream" {
    printf 'n,x,y\na,1,2\nb,9,9\nc,8,9\n' > x
    pam -k 2 -i n -m model x > want
    run_clu pam --assign model -i n x
    ok
    same want "$CLU_OUT"
    printf 'y,z,x\n9,?,9\n2,?,1\n' > y
    run_sh 'cat y | pam --assign model -a'
    ok
    [ "$output" = $'y,z,x,cluster\n9,?,9,2\n2,?,1,1' ]
    printf '9,9\n' > y
    run_clu pam --assign model y
    ok
    [ "$output" = 2 ]
    printf '9,9,9\n' > y
    run_clu pam --assign model y
    fails 3 'model has 2 columns, the input has 3'
}

@test "a model of one k-medoids tool serves the others" {
    pam -k 3 -c 1-4 -m model iris.csv > want
    for tool in clara clarans; do
        run_clu $tool --assign model iris.csv
        ok
        same want "$CLU_OUT"
    done
    run_clu kmeans --assign model iris.csv
    fails 3 "model:1: a model of 'kmedoids', not of 'kmeans'"
}

@test "a model is replaced whole or not at all" {
    echo old > model
    run_clu pam -k 300 -c 1-4 -m model iris.csv
    [ "$status" -eq 3 ]
    [ "$(cat model)" = old ]
}

# --- memory ---

@test "memory is stated and checked before it is taken" {
    run_sh 'pam -k 10 --max-memory=8G <(seq 1000000)'
    fails 4 'needs 3.6 TiB for the distance matrix of 1000000 rows; use clara'
    run_clu pam -k 3 -c 1-4 --max-memory=1K iris.csv
    fails 4 'needs 4.7 KiB for the numbers of the first 150 rows'
    run_clu pam -k 3 -c 1-4 --max-memory=80K iris.csv
    fails 4 'needs 86.7 KiB for the distance matrix of 149 rows; use clara'
    run_clu pam -k 3 -c 1-4 --max-memory=100K --float64 iris.csv
    fails 4 'needs 173.4 KiB for the distance matrix of 149 rows; use clara'
    run_clu pam -k 3 -c 1-4 --max-memory=100K --compat=r iris.csv
    fails 4 'needs 175.8 KiB for the distance matrix of 150 rows; use clara'
    run_clu pam -k 3 -c 1-4 --max-memory=10K --no-matrix iris.csv
    ok
    run_clu pam -k 2 --metric=condensed --max-memory=1K "$CLU_SRC/tests/oracle/pam/ruspini.dist"
    fails 4 'needs 21.7 KiB for the first 2775 distances'
    awk 'BEGIN { for (i = 1; i < 100; i++) for (j = 0; j < i; j++) print i "," j "," i + j }' > x
    run_clu pam -k 2 --metric=pairs --max-memory=100K x
    fails 4 'needs 155.5 KiB for the distance matrix of 100 objects'
    # equal rows are one
    run_sh 'yes 1 | head -n 200000 | pam -k 1 --max-memory=8M -p medoids'
    ok
    [ "$output" = $'cluster,row,V1\n1,1,1' ]
}

@test "a triangle in memory is checked with its matrix" {
    # 75 objects: 22 KB of numbers, and a matrix of doubles of 45 KB more.
    run_clu pam -k 2 --metric=condensed --max-memory=30K "$CLU_SRC/tests/oracle/pam/ruspini.dist"
    fails 4 'needs *'
}

# --- requests that make no sense ---

@test "options that exclude each other" {
    pam -k 2 -c 1-4 -m model iris.csv > /dev/null
    for options in '-k 2' '-w 1' '-m x' --metric=cosine --scale=zscore --nominal=1; do
        # shellcheck disable=SC2086 # options
        run_clu pam --assign model $options iris.csv
        fails 2 '--assign takes*'
    done
    for options in '-p medoids' --distance; do
        # shellcheck disable=SC2086
        run_clu pam --assign model $options iris.csv
        fails 2 '--assign prints labels'
    done
    run_clu pam -k 2 -a -p medoids iris.csv
    fails 2 '--append prints labels, and nothing else'
    run_clu pam -k 2 --distance -p summary iris.csv
    fails 2 '--distance goes with labels'
    run_clu pam -k 2..4 --algorithm=pam iris.csv
    fails 2 'a range of -k is for --algorithm=fastermsc or --choose=silhouette, ch, db or bic'
    run_clu pam -k 1..4 iris.csv
    fails 2 'a range of -k begins with 2*'
    run_clu pam -k 2..4 --init=x iris.csv
    fails 2 'a range of -k cannot start from a file'
    run_clu pam -k 2 --init=build --nstart 3 iris.csv
    fails 2 '--nstart is for random starts'
    run_clu pam -k 2 --no-matrix --float64 iris.csv
    fails 2 '--no-matrix is for coordinates, and has no --float64'
    for options in --algorithm=pam '--nstart 2' '-w 1' -k2..3 --no-matrix; do
        # shellcheck disable=SC2086
        run_clu pam -k 2 --compat=r $options iris.csv
        fails 2 "--compat=r is R's default pam()*"
    done
    run_clu pam -k 2 --compat=r --init=lab iris.csv
    fails 2 '--compat=r starts from BUILD or from a FILE'
    for k in 4..2 2.. ..3 2..x 0..3; do
        run_clu pam -k $k iris.csv
        fails 2 "invalid number of clusters: '$k'"
    done
}
