# What csts-eval promises: the measures of the CSTS benchmark, of tables of segments and of labels a row.

# shellcheck disable=SC2154 # status, output and stderr are set by run_clu
load lib

setup()
{
    bats_load
    ORACLE=$CLU_SRC/tests/oracle/csts_eval
}

# Values of a printed list of measures, rounded to three decimals as the authors print them.
printed() # MEASURE...
{
    local measure
    for measure; do
        awk -F, -v m="$measure" '$1 == m { if ($2 == "NA") print "NA"; else printf "%.3f\n", $2 }' "$CLU_OUT"
    done | paste -sd' '
}

# Four segments of two variates, with their truth.
own_tables()
{
    printf '%s\n' 'id,start idx,end idx,length,cluster_id,r12' 0,0,9,10,1,0.95 1,10,19,10,0,0.05 2,20,29,10,2,-0.9 3,30,39,10,0,-0.03 > truth.csv
    printf '%s\n' 'id,start idx,end idx,length,cluster_id,r12' 0,0,9,10,7,0.95 1,10,21,12,4,0.01 2,22,29,8,5,-0.95 3,30,39,10,4,-0.03 > result.csv
}

@test "the check set of the authors, to the printed digit" {
    measures='jaccard swc discovery specificity segmentation_ratio length_ratio mae truth_mae'
    while read -r name tolerance want; do
        run_clu csts-eval --truth="$ORACLE/truth.csv" "$ORACLE/$name.csv" $tolerance
        ok
        # shellcheck disable=SC2086 # words
        [ "$(printed $measures)" = "$want" ] || { echo "$name $tolerance: $(printed $measures), not $want"; return 1; }
    done <<< 'ticc_ds_23 --compat 0.829 0.598 82.609 69.565 0.890 1.000 0.045 0.020
ticc_ds_23 --tolerance=0.1 0.829 0.598 65.217 52.174 0.890 1.000 0.045 0.020
ticc_nn_8 --compat 0.352 0.373 34.783 100.000 0.680 1.033 0.210 0.020
ticc_nn_8 --tolerance=0.1 0.352 0.373 4.348 12.500 0.680 1.033 0.210 0.020
ticc_nn_23 --compat 0.835 0.544 82.609 65.217 0.820 1.015 0.054 0.023
ticc_nn_23 --tolerance=0.1 0.835 0.544 60.870 43.478 0.820 1.015 0.054 0.023'
    undiscovered()
    {
        csts-eval --truth="$ORACLE/truth.csv" "$ORACLE/$1.csv" --compat -p patterns | awk -F, '$7 == 0 { print $1 }' | paste -sd,
    }
    [ "$(undiscovered ticc_ds_23)" = 3,6,18,20 ]
    [ "$(undiscovered ticc_nn_8)" = 0,1,3,4,5,7,8,9,11,17,20,21,23,24,25 ]
    [ "$(undiscovered ticc_nn_23)" = 3,6,9,12 ]
}

@test "degraded clusterings of a subject, as scipy and scikit-learn find them" {
    subject='--completeness=sparse --variant=nonnormal'
    # shellcheck disable=SC2086 # words
    csts-degrade --subject=7 $subject > wrong.csv
    same=0
    for map in nearest id; do
        # shellcheck disable=SC2086 # words
        run_clu csts-eval $subject --map=$map -p table wrong.csv -j 1
        ok
        # the oracle has no subject, but a column that tells the mapping
        awk -F, -v same=$same '
            NR == FNR { if (FNR > 1) { desc = $2; $1 = ""; $2 = ""; got[desc] = $0 } next }
            FNR > 1 && $2 == same {
                n = split(got[$1], g, " ")
                for (i = 3; i <= NF; i++) {
                    d = g[i - 2] - $i
                    if (g[i - 2] !~ /^[-0-9.e+]+$/ || (d < 0 ? -d : d) > 1e-9 * (1 + ($i < 0 ? -$i : $i))) { print $1, i, g[i - 2], $i; bad = 1 }
                }
                seen += n == 18
            }
            END { exit bad || seen != 10 }' "$CLU_OUT" "$ORACLE/sparse.csv"
        same=1
    done
}

@test "the threads do not matter, and one subject after another gives the same" {
    csts-degrade --subject=7 --completeness=sparse --strategy=both > a.csv
    csts-degrade --subject=8 --completeness=sparse --strategy=shift | sed 1d > b.csv
    cat a.csv b.csv > all.csv
    run_clu csts-eval --completeness=sparse -p table all.csv -j 1
    ok
    cp "$CLU_OUT" want
    [ "$(wc -l < want)" -eq 45 ]
    csts-eval --completeness=sparse -p table all.csv -j 7 | cmp - want
    (csts-eval --completeness=sparse --subject=7 -p table a.csv
        (head -n 1 a.csv; cat b.csv) | csts-eval --completeness=sparse -p table -j 2 | sed 1d) | cmp - want
    # one truth file with both subjects
    (csts --subject=7 --completeness=sparse --labels; csts --subject=8 --completeness=sparse --labels | sed 1d) > truth.csv
    csts-eval --truth=truth.csv --measure=jaccard,swc,mae -p table all.csv > got
    cut -d, -f1,2,5,6,15 want | cmp - got
}

@test "small tables: measures, clusters, patterns, segments" {
    own_tables
    run_clu csts-eval --truth=truth.csv result.csv --boundary-tolerance=2
    ok
    [ "$(printed segments clusters jaccard discovery specificity mae boundary_f1 dbi)" = '4.000 3.000 0.950 100.000 100.000 0.037 1.000 NA' ]
    run_clu csts-eval --truth=truth.csv result.csv --boundary-tolerance=1
    [ "$(printed boundary_f1)" = 0.667 ]
    run_clu csts-eval --truth=truth.csv result.csv -p clusters
    ok
    [ "$output" = $'cluster_id,segments,rows,r12,truth,distance,within\n4,2,22,-0.01,0,0.02,1\n5,1,8,-0.95,2,0.05,1\n7,1,10,0.95,1,0,1' ]
    run_clu csts-eval --truth=truth.csv result.csv -p patterns --tolerance=0.01
    ok
    [ "$output" = $'truth,segments,rows,r12,discovered,clusters,distance\n0,2,20,0.01,0,4,0.02\n1,1,10,0.95,1,7,0\n2,1,10,-0.9,0,5,0.05' ]
    run_clu csts-eval --truth=truth.csv result.csv -p segments
    ok
    [ "$(sed -n 1,2p "$CLU_OUT")" = $'id,start idx,end idx,length,cluster_id,r12,truth\n0,0,9,10,7,0.95,1' ]
    run_sh 'cat result.csv | csts-eval --truth=truth.csv --measure=swc,jaccard --output-delimiter=";"'
    ok
    [ "$(sed -n '1p;3p' "$CLU_OUT")" = $'measure;value\njaccard;0.95' ]
    # in the layout of csts-degrade, which may name the clusterings alone
    (sed '1s/^/clustering_desc,/; 2,$s/^/first,/' result.csv; sed '1d; s/^/second,/' truth.csv) > two.csv
    run_clu csts-eval --truth=truth.csv two.csv --measure=jaccard
    ok
    [ "$output" = $'clustering_desc,measure,value\nfirst,jaccard,0.95\nsecond,jaccard,1' ]
}

@test "labels a row: numbers and texts, from a pipe, in a column, with the data" {
    csts --seed=5 --segments=40 --lengths=120,240 > data.csv
    csts --seed=5 --segments=40 --lengths=120,240 --labels > truth.csv
    awk -F, 'NR > 1 { for (i = $3; i <= $4; i++) print $6 }' truth.csv > labels
    run_clu csts-eval --truth=truth.csv --data=data.csv -c V1,V2,V3 truth.csv
    ok
    cp "$CLU_OUT" want
    ! grep -q NA want || return 1
    run_sh 'csts-eval --truth=truth.csv --data=data.csv -c V1,V2,V3 < labels'
    ok
    same want "$CLU_OUT"
    # texts: other codes, the same clusters; the first one is no header
    sed 's/^/cluster /' labels > texts
    run_sh 'csts-eval --truth=truth.csv --data=data.csv -c V1,V2,V3 < texts'
    ok
    awk -F, 'NR == FNR { want[$1] = $2; next } FNR > 1 && ($2 - want[$1]) ^ 2 > 1e-18 * (1 + want[$1] ^ 2) { print; bad = 1 } END { exit bad }' \
        want "$CLU_OUT"
    run_sh 'csts-eval --truth=truth.csv --data=data.csv -c V1,V2,V3 -p clusters < texts'
    ok
    [[ ${output#*$'\n'} == "cluster "* ]]
    (echo subject_id,row,mine; awk '{ print "s," NR "," $1 }' labels) > columns.csv
    run_clu csts-eval --truth=truth.csv --data=data.csv -c V1,V2,V3 --label-column=mine columns.csv
    ok
    same want "$CLU_OUT"
    # the truth as labels a row, too
    csts-eval --truth=labels --data=data.csv -c V1,V2,V3 truth.csv | cmp - want
    csts --seed=5 --segments=40 --lengths=120,240 --values --truth-as-column > both.csv
    csts-eval --truth=both.csv --truth-column=cluster_id --data=both.csv -c V1,V2,V3 --label-column=cluster_id both.csv | cmp - want
    # published subjects know their data
    csts --subject=30 --completeness=sparse --labels | awk -F, 'NR > 1 { for (i = $3; i <= $4; i++) print $6 }' > labels
    run_clu csts-eval --subject=30 --completeness=sparse labels --measure=jaccard,discovery,swc,dbi
    ok
    [ "$(printed jaccard discovery swc dbi)" = '1.000 100.000 0.917 0.139' ]
}

@test "--reference: the truth itself and the truth with all clusters wrong" {
    csts-degrade --subject=3 --completeness=sparse --strategy=wrong > wrong.csv
    csts-eval --completeness=sparse --map=id wrong.csv -p table | sed -n '1p;$p' | cut -d, -f3- > table
    (csts --subject=3 --completeness=sparse --labels | csts-eval --completeness=sparse --map=id -p table | sed 1d | cut -d, -f2-) >> table
    run_sh "(head -n 1 wrong.csv; grep wrong-clusters-21 wrong.csv) | csts-eval --completeness=sparse --map=id --reference"
    ok
    [ "$(head -n 1 "$CLU_OUT")" = measure,value,truth,worst ]
    awk -F, 'NR == FNR { for (i = 1; i <= NF; i++) t[FNR, i] = $i; next }
        FNR > 1 { i = FNR - 1; if ($1 != t[1, i] || $2 != t[2, i] || $3 != t[3, i] || $4 != t[2, i]) { print; bad = 1 } }
        END { exit bad }' table "$CLU_OUT"
    own_tables
    run_clu csts-eval --truth=truth.csv result.csv --reference --measure=jaccard
    ok
    [ "$output" = $'measure,value,truth,worst\njaccard,0.95,1,NA' ]
}

@test "--require answers by exit status" {
    own_tables
    run_clu csts-eval --truth=truth.csv result.csv --measure=swc --require='jaccard>=0.9' --require='discovery=100'
    ok
    run_clu csts-eval --truth=truth.csv result.csv --measure=jaccard --require='jaccard>0.95' --require='dbi<1'
    [ "$status" -eq 1 ]
    [ "$output" = $'measure,value\njaccard,0.95' ]
    [ "$stderr" = $'csts-eval: not met: jaccard>0.95 (it is 0.95)\ncsts-eval: not met: dbi<1 (it is not defined here)' ]
    (sed '1s/^/clustering_desc,/; 2,$s/^/first,/' result.csv; sed '1d; s/^/second,/' truth.csv) > two.csv
    run_clu csts-eval --truth=truth.csv two.csv -p table --measure=jaccard --require='jaccard=1'
    [ "$status" -eq 1 ]
    [ "$stderr" = 'csts-eval: first: not met: jaccard=1 (it is 0.95)' ]
    run_clu csts-eval --truth=truth.csv result.csv --require='jacard>1'
    fails 2 "no measure 'jacard'; the measures are: segments, clusters, *"
}

@test "correlations that are missing, segments of one row, a gap" {
    own_tables
    printf '%s\n' 'start idx,end idx,cluster_id,r12' 0,9,1,0.95 10,10,1, 12,19,0,0.05 20,29,2,-0.9 30,39,0,-0.03 > result.csv
    run_clu csts-eval --truth=truth.csv result.csv
    ok
    [ "$(printed segments clusters jaccard discovery segmentation_ratio)" = '5.000 3.000 0.974 100.000 1.250' ]
    printf '%s\n' 'start idx,end idx,cluster_id,r12' 0,9,1, 10,39,2, > none.csv
    run_clu csts-eval --truth=truth.csv none.csv
    ok
    [ "$(printed jaccard swc discovery mae)" = '0.000 NA 0.000 NA' ]
}

@test "as many labels as rows, or none is judged" {
    csts --subject=2 --completeness=sparse --truth-as-column --values | cut -d, -f4 > labels
    head -n 1000 labels > part
    run_clu csts-eval --subject=2 --completeness=sparse part
    fails 3 "part: 999 labels, but there are * rows"
    cat labels labels | sed '2,$ s/[a-z].*/0/' > twice
    run_clu csts-eval --subject=2 --completeness=sparse twice
    fails 3 "twice: * labels, but there are * rows"
}

@test "distances" {
    own_tables
    for word in l1 l2 l3 l5 l10 l50 l100 linf l1-dot l5-ref log-frobenius; do
        run_clu csts-eval --truth=truth.csv result.csv --distance=$word --map-distance=$word --measure=swc,jaccard
        ok
        [ "$(printed jaccard)" = 0.950 ]
    done
    # of one pair all of Minkowski's are the same
    [ "$(csts-eval --truth=truth.csv result.csv --measure=swc)" = "$(csts-eval --truth=truth.csv result.csv --measure=swc --distance=linf)" ]
}

@test "wrong usage" {
    own_tables
    run_clu csts-eval result.csv
    fails 2 'no truth: give --truth=FILE or --subject=NAME, or a table with a column subject_id'
    run_clu csts-eval --truth=- < result.csv
    fails 2 "standard input ('-') given twice"
    run_clu csts-eval --truth=truth.csv --subject=3 result.csv
    fails 2 '--subject, --split, *'
    run_clu csts-eval --subject=3 --data=truth.csv result.csv
    fails 2 '--data needs --truth; *'
    run_clu csts-eval --truth=truth.csv -c r12 result.csv
    fails 2 '-c is for --data'
    run_clu csts-eval --truth=truth.csv --measure=swc,swc result.csv
    fails 2 'measure swc is listed twice'
    run_clu csts-eval --truth=truth.csv --measure=swc -p clusters result.csv
    fails 2 '--measure is for -p measures and -p table'
    run_clu csts-eval --truth=truth.csv --reference -p table result.csv
    fails 2 '--reference is for -p measures'
    run_clu csts-eval --truth=truth.csv --map=id --map-distance=l2 result.csv
    fails 2 '--map-distance is for --map=nearest'
    run_clu csts-eval --subject=nobody-1 result.csv
    fails 2 "no subject 'nobody-1'"
    run_clu csts-eval --subject=3 --reduced=6-clusters --variant=raw result.csv
    fails 2 'reduced sets are correlated or nonnormal'
    printf '%s\n' 'a,b' 1,2 > columns.csv
    run_clu csts-eval --truth=truth.csv columns.csv
    fails 2 "columns.csv: 2 columns, and none is 'start idx'; choose that of the labels by name"
    run_clu csts-eval --truth=truth.csv --label-column=c columns.csv
    fails 2 "columns.csv: no column 'c'; the columns are: a, b"
}

@test "bad data" {
    own_tables
    cut -d, -f3- result.csv > short.csv
    run_clu csts-eval --truth=truth.csv short.csv
    fails 3 "short.csv: no column 'start idx'"
    sed '3s/^1,10,/1,9,/' result.csv > bad.csv
    run_clu csts-eval --truth=truth.csv bad.csv
    fails 3 'bad.csv:3: the segment from 9 to 21 ends before it starts, or starts before the last one ends'
    run_clu csts-eval --truth=bad.csv result.csv
    fails 3 'bad.csv:3: *'
    cut -d, -f1-5 result.csv > plain.csv
    run_clu csts-eval --truth=truth.csv plain.csv
    fails 3 'plain.csv: no correlations (columns r12, r13, ...); --data=FILE gives the rows that they are found in'
    run_clu csts-eval --truth=plain.csv result.csv
    fails 3 'plain.csv: no correlations *'
    (echo a,b; seq 30 | sed 's/.*/&,&/') > data.csv
    head -n 4 truth.csv > begun.csv
    run_clu csts-eval --truth=begun.csv --data=data.csv result.csv
    fails 3 'result.csv: segments end at row 39, but there are only 30 rows of data, counted from 0'
    sed '5s/30,39,10/30,35,6/' result.csv > shorter.csv
    (echo a,b; seq 36 | sed 's/.*/&,&/') > data.csv
    run_clu csts-eval --truth=truth.csv --data=data.csv shorter.csv --reference
    fails 3 'truth.csv: segments end at row 39, but there are only 36 rows of data, counted from 0'
    (echo a,b,c; seq 40 | sed 's/.*/&,&,&/') > data.csv
    run_clu csts-eval --truth=truth.csv --data=data.csv result.csv
    fails 3 'truth.csv: 1 correlations a segment, but 3 variates in the data; -c chooses them'
    seq 40 | sed 's/.*/a/' > texts
    run_clu csts-eval --truth=texts --data=data.csv -c a,b result.csv
    fails 3 'texts: true clusters are whole numbers from 0 on, the ids of patterns'
    run_clu csts-eval --subject=3 --completeness=sparse result.csv
    fails 3 'result.csv: 1 correlations a segment, but 3 in the truth'
    sed '1s/^/subject_id,/; 2,$s/^/me,/' result.csv > named.csv
    run_clu csts-eval named.csv
    fails 3 "named.csv: subject 'me' is not published; --truth=FILE says what is true of it"
    (cat named.csv; sed '1d; s/^/you,/' result.csv) > two.csv
    run_clu csts-eval --subject=3 --completeness=sparse two.csv
    fails 3 '*'
    (sed 's/^me/they/' two.csv | sed '1s/they/me/') > others.csv
    run_clu csts-eval --truth=two.csv others.csv
    fails 3 "others.csv: subject 'they' is not in two.csv"
    (cat two.csv; sed '1d; s/^/me,/' result.csv) > again.csv
    run_clu csts-eval --truth=truth.csv again.csv
    fails 3 'again.csv:10: the clustering of line 2 begins again'
    printf '%s\n' 1 1 '""' 2 > labels
    run_clu csts-eval --subject=3 --completeness=sparse labels
    fails 3 'labels:3: no label'
    printf '%s\n' a a b > labels
    run_clu csts-eval --subject=3 --completeness=sparse --map=id labels
    fails 3 'labels: --map=id needs labels that are the ids of true clusters: whole numbers from 0 on'
    run_clu csts-eval --truth=truth.csv nosuch.csv
    fails 4 'nosuch.csv: No such file or directory'
}

@test "a second subject under every distance, by definitions that were written down independently" {
    subject='--completeness=sparse --variant=nonnormal'
    # shellcheck disable=SC2086 # words
    csts-degrade --subject=apricot-waterfall-16 $subject > wrong.csv
    # The oracle (csts_protocol.py) has columns "swc l5" and the like. log-frobenius and foerstner depend on how eigenvalues are rounded.
    for distance in l1 l2 l3 l5 l10 l50 l100 linf l1-ref l2-ref l5-ref linf-ref l1-dot l2-dot linf-dot log-frobenius; do
        # shellcheck disable=SC2086 # words
        csts-eval $subject --map=id --distance=$distance -p table --measure=jaccard,swc,dbi,ari,nmi,boundary_f1 wrong.csv > got.csv
        awk -F, -v d="$distance" -v slack="$([ "$distance" = log-frobenius ] && echo 1e-4 || echo 1e-9)" '
            function off(a, b) { return a - b > slack * (1 + b) || b - a > slack * (1 + b) }
            FNR == 1 { for (i = 1; i <= NF; i++) if (NR == 1) want[$i] = i; else got[$i] = i; next }
            NR == FNR { line[$1] = $0; next }
            $2 in line {
                split(line[$2], w, ",")
                seen++
                if (off($got["jaccard"], w[want["jaccard"]]) || off($got["swc"], w[want["swc " d]]) || off($got["dbi"], w[want["dbi " d]]) ||
                    off($got["ari"], w[want["ari"]]) || off($got["nmi"], w[want["nmi"]]) || off($got["boundary_f1"], w[want["boundary_f1"]])) {
                    print d ": " $0
                    bad = 1
                }
            }
            END { exit bad || seen != 8 }' "$CLU_SRC/tests/oracle/csts_protocol.csv" got.csv
    done
}

@test "--compare: two tables, paired by subject and clustering, as R tests them" {
    # wilcox.test(a, b, paired = TRUE, exact = TRUE) without ties, power.t.test(n = 8, delta = r, sd = 1, sig.level = 0.025, type = "one.sample",
    # strict = TRUE): V = 33, p = 0.0390625.
    printf '%s\n' subject_id,swc,jaccard s1,0.91,1 s2,0.85,1 s3,0.72,1 s4,0.66,1 s5,0.97,1 s6,0.58,1 s7,0.49,1 s8,0.81,1 > a.csv
    printf '%s\n' subject_id,jaccard,swc s8,1,0.7 s7,1,0.5 s6,1,0.51 s5,1,0.92 s4,1,0.63 s3,1,0.52 s2,1,0.69 s1,1,0.93 > b.csv
    run_clu csts-eval --compare=b.csv a.csv
    ok
    [ "$(head -n 1 "$CLU_OUT")" = measure,pairs,nonzero,median_a,median_b,median_difference,w,p,p_bonferroni,r,power,n80 ]
    awk -F, '$1 == "swc" && ($2 != 8 || $3 != 8 || ($4 - 0.765) ^ 2 > 1e-20 || $7 != 3 || ($8 - 0.0390625) ^ 2 > 1e-24 || ($9 - 0.078125) ^ 2 > 1e-24) { exit 1 }' \
        "$CLU_OUT"
    [ "$(grep '^jaccard' "$CLU_OUT")" = jaccard,8,0,1,1,0,NA,1,1,0,NA,NA ]
    # The same from a pipe; fewer tests; other columns.
    csts-eval --compare=b.csv < a.csv | cmp "$CLU_OUT" -
    csts-eval --compare=b.csv --measure=swc --tests=3 a.csv | awk -F, 'NR == 2 && ($9 - 3 * 0.0390625) ^ 2 > 1e-24 { exit 1 }'
    cut -d, -f2 a.csv > a1.csv
    cut -d, -f3 b.csv > b1.csv
    run_clu csts-eval --compare=b1.csv a1.csv # by order
    ok
    [ "$(sed -n 2p "$CLU_OUT" | cut -d, -f2)" = 8 ]
}

@test "--compare: tables that do not fit, options that do not" {
    printf '%s\n' subject_id,swc s1,0.9 s2,0.8 > a.csv
    printf '%s\n' subject_id,swc s1,0.9 s3,0.8 > b.csv
    printf '%s\n' subject_id,swc s1,0.9 s1,0.8 > c.csv
    printf '%s\n' subject_id,dbi s1,0.9 s2,0.8 > d.csv
    for other in b c d; do
        run_clu csts-eval --compare=$other.csv a.csv
        fails 3 "*"
    done
    run_clu csts-eval --compare=a.csv --measure=dbi a.csv
    fails 2 "*"
    run_clu csts-eval --compare=none.csv a.csv
    fails 4 "none.csv: *"
    for options in --truth=a.csv --subject=1 --reference "-p table" --require=swc=1 --map=id a.csv; do
        # shellcheck disable=SC2086 # words that are meant to be split
        run_clu csts-eval --compare=b.csv a.csv $options
        fails 2 "--compare is *"
    done
    run_clu csts-eval --compare=- < a.csv
    fails 2 "standard input ('-') given twice"
    run_clu csts-eval --alpha=0.1 --truth=a.csv a.csv
    fails 2 "--alpha and --tests are for --compare"
}
