# What clara promises: samples, one batch, and the contract that it shares with pam. Metrics and models are tested in pam.bats,
# agreement with R in kmedoids-oracle.bats.

# shellcheck disable=SC2154 # status, output and stderr are set by run_clu
load lib

setup()
{
    bats_load
    cut -d, -f1,2 "$CLU_SRC/data/xclara.csv" > x
    export OMP_NUM_THREADS=1 # tests of threads say -j
}

# Cell 3 of the last line: the loss of -p summary.
loss()
{
    tail -n 1 | cut -d, -f3
}

# 20,000 rows, 6 different ones.
few_distinct()
{
    awk 'BEGIN { srand(2); for (i = 0; i < 20000; i++) print int(rand() * 3) "," int(rand() * 2) }'
}

@test "one label a record; what is printed" {
    run_clu clara -k 3 x
    ok
    [ "$(wc -l < "$CLU_OUT")" -eq 3001 ]
    [ "${output%%$'\n'*}" = cluster ]
    # R's clara() of the three clouds has clusters of 899, 1149 and 952 as well
    [ "$(tail -n +2 "$CLU_OUT" | sort | uniq -c | xargs)" = '899 1 1149 2 952 3' ]
    run_clu clara -k 3 -p medoids x
    ok
    [[ $output == $'cluster,row,x,y\n1,'* ]]
    tail -n +2 "$CLU_OUT" | while IFS=, read -r _ row cells; do
        [ "$(sed -n "$((row + 1))p" x)" = "$cells" ]
    done
    run_clu clara -k 3 -p clusters x
    ok
    [ "$(cut -d, -f3 "$CLU_OUT" | xargs)" = 'size 899 1149 952' ]
    run_clu clara -k 3 -p summary x
    ok
    [ "${output%%$'\n'*}" = clusters,silhouette,loss,mean,swaps,passes ]
    run_clu clara -k 3 -p silhouette x
    fails 2 "invalid argument 'silhouette' for '--print' (valid: labels, medoids, clusters, summary)"
}

@test "a pipe, ids, append, distances, dropped rows" {
    clara -k 3 x > want
    run_sh 'cat x | clara -k 3'
    same want "$CLU_OUT"
    printf 'id,v\nq,1\nw,NA\ne,2\nr,9\nt,3\n' > y
    run_clu clara -k 2 -i id --na=drop --distance y
    ok
    [ "$output" = $'id,cluster,distance,second\nq,1,1,8\nw,,,\ne,1,0,7\nr,2,0,7\nt,1,1,6' ]
    run_clu clara -k 2 -c v --na=drop -a y
    ok
    [ "$output" = $'id,v,cluster\nq,1,1\nw,NA,\ne,2,1\nr,9,2\nt,3,1' ]
    run_clu clara -k 2 -i id --na=drop -p medoids y
    ok
    [ "$output" = $'cluster,id,v\n1,e,2\n2,r,9' ]
}

@test "a sample of all rows is pam" {
    head -n 300 x > y
    best=$(pam -k 4 --init=build --algorithm=pam -p summary y | loss)
    got=$(clara -k 4 --samples 10 -p summary y | loss)
    awk -v a="$got" -v b="$best" 'BEGIN { exit !(a <= b * 1.05) }'
}

@test "more samples lower the loss; a small sample is near" {
    last=1e300
    for samples in 1 20; do
        now=$(clara -k 8 --samples $samples --sample-size 40 -p summary x | loss)
        awk -v a="$now" -v b="$last" 'BEGIN { exit !(a < b) }'
        last=$now
    done
    best=$(clara -k 8 -p summary x | loss)
    awk -v a="$last" -v b="$best" 'BEGIN { exit !(a < b * 1.2 && b < a * 1.05) }'
}

@test "one batch: near the samples, at most all rows" {
    best=$(clara -k 3 -p summary x | loss)
    for batch in 100 500 100000; do
        got=$(clara -k 3 --batch $batch -p summary x | loss)
        awk -v a="$got" -v b="$best" 'BEGIN { exit !(a < b * 1.05 && a > b * 0.99) }'
    done
}

@test "weights count like repeated rows; a row of weight 0 gets a label" {
    awk 'NR == 1 { print $0 ",w"; next } NR < 200 { print $0 "," NR % 3 }' x > weighted
    awk -F, 'NR == 1 { print "x,y" } NR > 1 { for (i = 0; i < $3; i++) print $1 "," $2 }' weighted > repeated
    one=$(clara -k 1 -w w -p summary weighted | loss)
    two=$(clara -k 1 -p summary repeated | loss)
    awk -v a="$one" -v b="$two" 'BEGIN { d = a / b - 1; exit !(d < 1e-9 && d > -1e-9) }'
    printf 'x,w\n0,3\n1,1\n10,2\n11,0\n50,0\n' > y
    run_clu clara -k 2 -w w --distance y
    ok
    [ "$output" = $'cluster,distance,second\n1,0,10\n1,1,9\n2,0,10\n2,1,11\n2,40,50' ]
    run_clu clara -k 4 -w w y
    fails 3 '4 clusters asked, but only 3 distinct rows of positive weight'
}

@test "one batch: a heavy row is a candidate like the others" {
    (echo x,w && echo 0,1000 && for i in 1 2 3 4 5 6 7 8 9 10; do echo "$i,1"; done) > y
    for batch in 5 8 11; do
        run_clu clara -k 1 -w w --batch $batch -p medoids y
        ok
        [ "$output" = $'cluster,row,x\n1,1,0' ]
    done
}

@test "few different rows among many: equal rows have equal labels" {
    few_distinct > y
    for how in '' '--sample-size 10' '--batch 50'; do
        # shellcheck disable=SC2086 # options
        clara -k 6 $how y > labels
        [ "$(sort -u labels | wc -l)" -eq 6 ]
        [ "$(paste y labels | sort -u | wc -l)" -eq 6 ]
        # shellcheck disable=SC2086
        run_clu clara -k 7 $how y
        fails 3 '7 clusters asked, but only 6 distinct rows'
        # shellcheck disable=SC2086
        run_clu clara -k 3 $how y
        ok
        [ "$(sort -u "$CLU_OUT" | wc -l)" -eq 3 ]
    done
}

@test "every thread count and kernel gives the same bytes" {
    for how in '' '--samples 3 --sample-size 100' '--batch 300' '--float64 --samples 2 --sample-size 500' \
        '--metric=manhattan --sample-size 200' '--metric=gower --sample-size 200' --compat=r; do
        # shellcheck disable=SC2086 # options
        clara -j 1 -k 9 $how --distance x > want
        for other in 2:base 3:avx2 7:avx512; do
            # shellcheck disable=SC2086
            CLU_CPU=${other#*:} clara -j "${other%:*}" -k 9 $how --distance x > got
            same want got || { echo "$how $other"; return 1; }
        done
    done
}

@test "seeds: the same seed repeats, another one draws other samples" {
    clara -k 9 --sample-size 30 --seed 4 -p medoids x > want
    clara -k 9 --sample-size 30 --seed 4 -p medoids x > got
    same want got
    clara -k 9 --sample-size 30 --seed 5 -p medoids x > got
    ! cmp -s want got || return 1
}

@test "compat=r: the seed does not count, and a sample of K rows is too small" {
    clara -k 3 --compat=r x > want
    clara -k 3 --compat=r --seed 5 x > got
    same want got
    run_clu clara -k 3 --compat=r --sample-size 3 x
    fails 2 'samples of 3 rows are too small for 3 clusters'
    awk 'BEGIN { for (i = 0; i < 100000; i++) print i }' > y
    run_clu clara -k 3 --compat=r --sample-size 70000 y
    [ "$status" -ne 0 ]
}

@test "k = 1, k = n, one row" {
    printf '3\n1\n2\n' > y
    for how in '' '--batch 3'; do
        # shellcheck disable=SC2086 # options
        run_clu clara -k 3 $how y
        ok
        [ "$output" = $'1\n2\n3' ]
        # shellcheck disable=SC2086
        run_clu clara -k 1 --sample-size 3 -p medoids y
        ok
        [ "$output" = $'cluster,row,V1\n1,3,2' ]
    done
    printf '7\n' > y
    run_clu clara -k 1 y
    ok
    [ "$output" = 1 ]
    run_clu clara -k 2 y
    fails 3 '2 clusters asked, but only 1 row'
}

@test "a model labels its own table as the fit did; the other tools read it" {
    clara -k 5 -m model x > want
    for tool in clara pam; do
        run_clu $tool --assign model x
        ok
        same want "$CLU_OUT"
    done
    printf 'c,n\nred,1\nblue,5\nred,2\nblue,7\n' > y
    clara -k 2 --metric=gower -m model y > want
    run_clu clara --assign model y
    ok
    same want "$CLU_OUT"
}

@test "facts with -v; not converged: a warning" {
    run_clu clara -k 3 -v x
    [ "$status" -eq 0 ]
    for fact in 'rows: 3000' 'columns: 2' 'clusters: 3' 'converged: yes' 'loss: 38029.656'; do
        [[ $stderr == *"$fact"* ]]
    done
    run_clu clara -k 30 --max-iter 1 x
    [ "$status" -eq 0 ]
    [ "$stderr" = 'clara: warning: a search did not converge in 1 passes; see --max-iter' ]
    run_clu clara -k 30 --max-iter 1 -q x
    ok
}

@test "gower: a pair without a common column is named by the input's rows" {
    (printf 'a,b\n5,5\n5,5\n1,NA\nNA,2\n') > y
    run_clu clara -k 2 --metric=gower y
    fails 3 'rows 3 and 4 have no column in common that counts: no gower distance'
}

@test "memory is stated before it is taken" {
    run_clu clara -k 3 --max-memory=10K x
    fails 4 'needs * for *'
    run_clu clara -k 3 --max-memory=1M x
    fails 4 'needs * for *'
    run_clu clara -k 3 --max-memory=1M --sample-size 100 x
    ok
}

@test "options that exclude each other" {
    run_clu clara -k 3 --batch 50 --samples 2 x
    fails 2 '--batch is instead of --samples and --sample-size'
    run_clu clara -k 3 --batch 50 --sample-size 20 x
    fails 2 '--batch is instead of --samples and --sample-size'
    run_clu clara -k 3 --batch 2 x
    fails 2 'a batch needs at least as many rows as there are clusters'
    run_clu clara -k 3 --sample-size 2 x
    fails 2 'a sample needs at least as many rows as there are clusters'
    for options in '--batch 50' '--max-iter 5' '--tol 0' --float64 '-w x'; do
        # shellcheck disable=SC2086 # options
        run_clu clara -k 3 --compat=r $options x
        fails 2 "--compat=r is R's clara(): no --batch, --max-iter, --tol, --float64 or -w"
    done
    for metric in precomputed condensed pairs; do
        run_clu clara -k 3 --metric=$metric x
        fails 2 "invalid argument '$metric' for '--metric' (valid: euclidean, *, gower)"
    done
    for option in --samples --sample-size --batch --max-iter; do
        run_clu clara -k 3 $option 0 x
        fails 2 "invalid argument '0' for '$option'"
    done
    run_clu clara x
    fails 2 'option -k is required'
    run_clu clara -k 2..4 x
    fails 2 "invalid number of clusters: '2..4'"
}
