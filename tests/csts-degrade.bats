# What csts-degrade promises: the published degraded clusterings, and those of one's own segments.

# shellcheck disable=SC2154 # status, output and stderr are set by run_clu
load lib

setup()
{
    bats_load
}

# 24 segments of two variates, and their rows.
own_segments()
{
    csts --seed=3 --variates=2 --segments=24 --lengths=60,90 --labels > own.csv
    csts --seed=3 --variates=2 --segments=24 --lengths=60,90 > data.csv
}

@test "published check values" {
    run_clu csts-degrade --subject=apricot-waterfall-16 --completeness=sparse --variant=nonnormal
    ok
    [ "$(grep -m 1 shifted-end-idx-9, "$CLU_OUT" | cut -d, -f1-10)" = apricot-waterfall-16,shifted-end-idx-9,0,0,747,748,3,-0.042,0.928,0.057 ]
    [ "$(sed 1d "$CLU_OUT" | cut -d, -f2 | uniq | wc -l)" -eq 66 ]
    run_clu csts-degrade --subject=chocolate-dew-10 --completeness=sparse --strategy=wrong
    ok
    [ "$(grep wrong-clusters-21 "$CLU_OUT" | head -n 5 | cut -d, -f7 | paste -sd,)" = 20,12,1,24,2 ]
    grep wrong-clusters-21 "$CLU_OUT" | awk -F, '{ s += $NF } END { exit s / NR < 0.771 || s / NR > 0.774 }'
}

@test "degrees ascend, and the last is the whole" {
    csts --subject=5 --completeness=sparse --labels > truth
    run_clu csts-degrade --subject=5 --completeness=sparse
    ok
    # of every clustering: segments in another cluster, and how far the first boundary is moved
    awk -F, 'NR == FNR { truth[$2] = $6; if ($2 == "0") end = $4; next }
        FNR > 1 { if (!($2 in n)) order[k++] = $2; n[$2]++; wrong[$2] += $7 != truth[$3]; if ($3 == 0) shift[$2] = $5 - end }
        END { for (i = 0; i < k; i++) print order[i], wrong[order[i]], shift[order[i]] }' truth "$CLU_OUT" > degrees
    awk '{ kind = $1; sub(/-[0-9]*$/, "", kind); n++
           if (kind == "wrong-clusters" && $3 != 0 || kind == "shifted-end-idx" && $2 != 0) bad = 1
           if (kind == last && ($2 + 0 < w || $3 + 0 < s)) bad = 1
           last = kind; w = $2 + 0; s = $3 + 0 }
        END { exit bad || n != 66 }' degrees
    grep -qx 'wrong-clusters-21 100 0' degrees
    grep -qx 'shifted-end-idx-21 0 100' degrees
}

@test "a table of segments and its data give what the subject gives" {
    # The last subject is the first of the run table, and 666 the seed of the exploratory split: what a table has by default.
    csts --subject=30 --completeness=sparse > data.csv
    csts-degrade --subject=30 --completeness=sparse | cut -d, -f2- > want
    run_sh 'csts --subject=30 --completeness=sparse --labels | csts-degrade --data=data.csv -c iob,cob,ig'
    ok
    same want "$CLU_OUT"
    run_sh 'csts --subject=30 --completeness=sparse --labels | cut -d, -f3,4,6 | csts-degrade'
    ok
    cut -d, -f1-6 want > shorter
    same shorter "$CLU_OUT"
}

@test "strategies are parts of the whole; threads and compression do not matter" {
    need gzip
    own_segments
    run_clu csts-degrade --data=data.csv -c V1,V2 own.csv -j 1
    ok
    cp "$CLU_OUT" want
    [ "$(head -n 1 want)" = 'clustering_desc,id,start idx,end idx,length,cluster_id,r12,within,MAE' ]
    for strategy in wrong shift both; do
        csts-degrade --data=data.csv -c V1,V2 own.csv --strategy=$strategy -j 3 | sed 1d
    done > parts
    sed 1d want | cmp - parts
    csts-degrade --data=data.csv -c V1,V2 own.csv -j 7 --gzip | gzip -dc | cmp - want
    run_clu csts-degrade --data=data.csv -c V1,V2 own.csv --seed=667
    ok
    ! cmp -s want "$CLU_OUT" || return 1
}

@test "reduced sets" {
    run_clu csts-degrade --subject=2 --completeness=sparse --reduced=25-segments --strategy=wrong
    ok
    [ "$(sed 1d "$CLU_OUT" | wc -l)" -eq $((22 * 25)) ]
}

@test "wrong usage" {
    own_segments
    run_clu csts-degrade --subject=1 own.csv
    fails 2 "FILE, --data and --seed are for labels of one's own, without --subject"
    run_clu csts-degrade --variant=raw own.csv
    fails 2 '--split, --variant, --completeness, --reduced and --compat need --subject'
    run_clu csts-degrade -c 1 own.csv
    fails 2 '-c is for --data'
    run_clu csts-degrade --seed=4294967296 own.csv
    fails 2 "the seed is below 2^32, as Python's is used here"
    run_clu csts-degrade --data=data.csv -c V1 own.csv
    fails 2 '1 variates; choose 2 to 16 with -c'
    run_clu csts-degrade --subject=1 --reduced=6-clusters --variant=downsampled
    fails 2 'reduced sets are correlated or nonnormal'
}

@test "bad tables" {
    own_segments
    run_clu csts-degrade nope
    fails 4 'nope: No such file or directory'
    run_sh 'csts-degrade < /dev/null'
    fails 3 'stdin: no data'
    printf 'a,b\n1,2\n' > x
    run_clu csts-degrade x
    fails 3 "x: no column 'start idx'"
    head -n 10 own.csv > x
    run_clu csts-degrade x
    fails 3 '9 segments; degrading needs at least 22'
    printf 'start idx,end idx,cluster_id\n0,9,1\n5,20,2\n' > x
    run_clu csts-degrade x
    fails 3 'x:3: the segment from 5 to 20 ends before it starts, or starts before the last one ends'
    printf 'start idx,end idx,cluster_id\n0,9,a\n' > x
    run_clu csts-degrade x
    fails 3 "x:2: column 3 (cluster_id): not a whole number from 0 on: 'a'"
    printf 'start idx,end idx,cluster_id\n0,,1\n' > x
    run_clu csts-degrade x
    fails 3 "x:2: column 2 (end idx): missing value"
    awk 'BEGIN { print "start idx,end idx,cluster_id"; for (i = 0; i < 30; i++) print 10 * i "," 10 * i + 9 ",4" }' > x
    run_clu csts-degrade x
    fails 3 'all segments are in the same cluster; degrading needs two'
    head -n 1000 data.csv > short.csv
    run_clu csts-degrade --data=short.csv -c V1,V2 own.csv
    fails 3 'segment * ends at *, but there are only 999 rows'
    run_clu csts-degrade --data=data.csv own.csv
    fails 3 'data.csv:2: column 1 (subject_id): not a number: *'
}

@test "output that cannot be written" {
    [ -c /dev/full ] || skip 'no /dev/full'
    own_segments
    run_sh 'csts-degrade own.csv > /dev/full'
    fails 4 'write error: No space left on device'
    cp own.csv x
    run_clu csts-degrade -o x x
    ok
    [ "$(sed 1d x | cut -d, -f1 | uniq | wc -l)" -eq 66 ]
}
