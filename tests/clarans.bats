# What clarans promises: local searches, and the contract that it shares with pam. Metrics and models are tested in pam.bats.

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

@test "one label a record; what is printed" {
    run_clu clarans -k 3 x
    ok
    [ "$(wc -l < "$CLU_OUT")" -eq 3001 ]
    [ "$(sort -u "$CLU_OUT" | xargs)" = '1 2 3 cluster' ]
    run_clu clarans -k 3 -p medoids x
    ok
    [[ $output == $'cluster,row,x,y\n1,'* ]]
    tail -n +2 "$CLU_OUT" | while IFS=, read -r _ row cells; do
        [ "$(sed -n "$((row + 1))p" x)" = "$cells" ]
    done
    run_clu clarans -k 3 -p clusters x
    ok
    [ "$(awk -F, '{ s += $3 } END { print s }' "$CLU_OUT")" -eq 3000 ]
    run_clu clarans -k 3 -p summary x
    ok
    [ "${output%%$'\n'*}" = clusters,silhouette,loss,mean,swaps,passes ]
}

@test "a pipe, ids, append, distances, dropped rows" {
    clarans -k 3 x > want
    run_sh 'cat x | clarans -k 3'
    same want "$CLU_OUT"
    printf 'id,v\nq,1\nw,NA\ne,2\nr,9\nt,3\n' > y
    run_clu clarans -k 2 -i id --na=drop --distance y
    ok
    [ "$output" = $'id,cluster,distance,second\nq,1,1,8\nw,,,\ne,1,0,7\nr,2,0,7\nt,1,1,6' ]
    run_clu clarans -k 2 -c v --na=drop -a y
    ok
    [ "$output" = $'id,v,cluster\nq,1,1\nw,NA,\ne,2,1\nr,9,2\nt,3,1' ]
    run_clu clarans -k 2 -i id --na=drop -p medoids y
    ok
    [ "$output" = $'cluster,id,v\n1,e,2\n2,r,9' ]
}

@test "more searches never raise the loss; more candidates come near the best" {
    last=1e300
    for n in 1 2 4 8; do
        now=$(clarans -k 8 --nstart $n -p summary x | loss)
        awk -v a="$now" -v b="$last" 'BEGIN { exit !(a <= b) }'
        last=$now
    done
    # with every candidate tried before a search ends, no swap helps
    run_clu clarans -k 3 --max-neighbour 100000 -p summary x
    ok
    awk -v a="$(loss < "$CLU_OUT")" 'BEGIN { exit !(a > 38029.65 && a < 38029.66) }'
}

@test "iris, k = 3, as Ng and Han's floor has it" {
    run_clu clarans -k 3 -c 1-4 -p summary "$CLU_SRC/data/iris.csv"
    ok
    awk -v a="$(loss < "$CLU_OUT")" 'BEGIN { exit !(a < 100) }'
}

@test "weights: a row of weight 0 gets a label; equal rows have equal labels" {
    printf 'x,w\n0,3\n1,1\n10,2\n11,0\n50,0\n' > y
    run_clu clarans -k 2 -w w --distance y
    ok
    [ "$output" = $'cluster,distance,second\n1,0,10\n1,1,9\n2,0,10\n2,1,11\n2,40,50' ]
    run_clu clarans -k 4 -w w y
    fails 3 '4 clusters asked, but only 3 distinct rows of positive weight'
    awk 'BEGIN { srand(2); for (i = 0; i < 20000; i++) print int(rand() * 3) "," int(rand() * 2) }' > y
    clarans -k 6 y > labels
    [ "$(sort -u labels | wc -l)" -eq 6 ]
    [ "$(paste y labels | sort -u | wc -l)" -eq 6 ]
    run_clu clarans -k 7 y
    fails 3 '7 clusters asked, but only 6 distinct rows'
}

@test "every thread count and kernel gives the same bytes" {
    for how in '' '--metric=manhattan' '--metric=gower' '--nstart 3 --max-neighbour 20'; do
        # shellcheck disable=SC2086 # options
        clarans -j 1 -k 9 $how --distance x > want
        for other in 2:base 3:avx2 7:avx512; do
            # shellcheck disable=SC2086
            CLU_CPU=${other#*:} clarans -j "${other%:*}" -k 9 $how --distance x > got
            same want got || { echo "$how $other"; return 1; }
        done
    done
}

@test "seeds: the same seed repeats, another one goes elsewhere" {
    clarans -k 9 --seed 4 -p medoids x > want
    clarans -k 9 --seed 4 -p medoids x > got
    same want got
    clarans -k 9 --seed 5 -p medoids x > got
    ! cmp -s want got || return 1
}

@test "k = 1, k = n, one row, constant data" {
    printf '3\n1\n2\n' > y
    run_clu clarans -k 3 y
    ok
    [ "$output" = $'1\n2\n3' ]
    run_clu clarans -k 1 -p medoids y
    ok
    [ "$output" = $'cluster,row,V1\n1,3,2' ]
    printf '7\n' > y
    run_clu clarans -k 1 y
    ok
    [ "$output" = 1 ]
    printf '7\n7\n' > y
    run_clu clarans -k 1 y
    ok
    [ "$output" = $'1\n1' ]
    run_clu clarans -k 2 y
    fails 3 '2 clusters asked, but only 1 distinct row'
    run_clu clarans -k 3 y
    fails 3 '3 clusters asked, but only 2 rows'
}

@test "a model labels its own table as the fit did" {
    clarans -k 5 -m model x > want
    run_clu clarans --assign model x
    ok
    same want "$CLU_OUT"
}

@test "little memory: no matrix" {
    seq 30000 | awk '{ print ($1 * 7919) % 10007 "," $1 }' > y
    run_clu clarans -k 5 --nstart 1 --max-neighbour 20 --max-memory=4M y
    ok
    run_clu clarans -k 5 --max-memory=100K y
    fails 4 'needs * for *'
}

@test "options that exclude each other, arguments that are none" {
    run_clu clarans x
    fails 2 'option -k is required'
    for option in --nstart --max-neighbour; do
        run_clu clarans -k 3 $option 0 x
        fails 2 "invalid argument '0' for '$option'"
    done
    run_clu clarans -k 3 --tol 2 x
    fails 2 "invalid argument '2' for '--tol'"
    run_clu clarans -k 3 --metric=condensed x
    fails 2 "invalid argument 'condensed' for '--metric' (valid: *"
    run_clu clarans -k 3 -a -p medoids x
    fails 2 '--append prints labels, and nothing else'
    clarans -k 3 -m model x > /dev/null
    run_clu clarans -k 3 --assign model x
    fails 2 '--assign takes*'
}
