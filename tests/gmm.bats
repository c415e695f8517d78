# What gmm promises: labels, probabilities, choices, models, samples. Bad input is in faults.bats, the engine in tests/unit/gmm.c.

# shellcheck disable=SC2154 # status, output and stderr are set by run_clu
load lib

setup()
{
    bats_load
    cp "$CLU_SRC/data/iris.csv" "$CLU_SRC/data/faithful.csv" .
}

# Sizes of the clusters in label order: the labels on stdin, with a header.
sizes()
{
    tail -n +2 | sort -n | uniq -c | awk '{ printf "%s%s:%s", (NR > 1 ? " " : ""), $2, $1 }'
}

# Column NAME of the line that is chosen in the table of -p criteria on stdin.
chosen() # NAME
{
    awk -F, -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next } $at["chosen"] == 1 { print $at[name] }'
}

# Are two numbers equal within TOL, relative to 1 and to the larger?
near() # A B TOL
{
    awk -v a="$1" -v b="$2" -v tol="$3" 'BEGIN {
        d = a - b; d = d < 0 ? -d : d; m = 1
        if (a > m) m = a; if (-a > m) m = -a
        if (a == "" || b == "" || !(d <= tol * m)) { print a " is not near " b; exit 1 } }'
}

# Are all numbers of two tables near, and their texts the same?
near_tables() # FILE FILE TOL
{
    [ "$(wc -l < "$1")" -eq "$(wc -l < "$2")" ]
    paste -d, "$1" "$2" | awk -F, -v tol="$3" '{
        for (i = 1; i <= NF / 2; i++) {
            a = $i; b = $(i + NF / 2); d = a - b; d = d < 0 ? -d : d; m = a < 0 ? -a : a; m = m < 1 ? 1 : m
            if (a != b && !(a + 0 == a && d <= tol * m)) { print "line " NR ": " a " and " b; exit 1 } } }'
}

# Three normal clouds in the plane, 400 rows.
clouds()
{
    awk 'function normal() { return sqrt(-2 * log(1 - rand())) * cos(6.283185307179586 * rand()) }
        BEGIN { srand(3); print "a,b"
            for (i = 0; i < 400; i++) { c = i % 4; u = normal(); v = normal()
                if (c < 2) print u "," v; else if (c == 2) print 8 + 3 * u + v "," u - v; else print u "," 9 + v / 4 } }'
}

# --- labels ---

@test "one label a record, a header line because the input has one" {
    run_clu gmm -k 3 -c 1-4 iris.csv
    ok
    [ "${output%%$'\n'*}" = cluster ]
    [ "$(sizes < "$CLU_OUT")" = '1:50 2:45 3:55' ]
}

@test "stdin, a file, a pipe and gzip give the same bytes; so do two runs" {
    gmm -k 3 -c 1-4 iris.csv > want
    gmm -k 3 -c 1-4 < iris.csv > got
    same want got
    # shellcheck disable=SC2002 # a pipe is wanted
    cat iris.csv | gmm -k 3 -c 1-4 - > got
    same want got
    gzip iris.csv
    gmm -k 3 -c 1-4 iris.csv.gz > got
    same want got
}

@test "an id in front, the label behind the record, a dropped row keeps its line" {
    printf 'id,x\na,1\nb,NA\nc,1.5\nd,9\ne,9.5\n' > x
    run_clu gmm -k 2 -i id --na=drop x
    ok
    [ "$output" = $'id,cluster\na,1\nb,\nc,1\nd,2\ne,2' ]
    run_clu gmm -k 2 -c x --na=drop -a x
    ok
    [ "$output" = $'id,x,cluster\na,1,1\nb,NA,\nc,1.5,1\nd,9,2\ne,9.5,2' ]
    run_clu gmm -k 2 -i id --na=drop -p uncertainty x
    ok
    [ "$(sed -n 3p "$CLU_OUT")" = b, ]
    [ "$(head -n 1 "$CLU_OUT")" = id,uncertainty ]
}

@test "as many threads as you like: the same bytes" {
    for j in 2 3 7; do
        for how in labels posteriors uncertainty density means covariances summary model; do
            gmm -k 4 -p $how -j 1 <(clouds) > want
            gmm -k 4 -p $how -j $j <(clouds) > got
            same want got
        done
        gmm -k 1..4 --covariance=auto --init=hc --noise -p criteria -j 1 <(clouds) > want
        gmm -k 1..4 --covariance=auto --init=hc --noise -p criteria -j $j <(clouds) > got
        same want got
    done
}

@test "kernels agree to nine digits" {
    for how in posteriors density means covariances criteria; do
        CLU_CPU=base gmm -k 3 --tol=1e-10 -p $how <(clouds) > want
        for cpu in avx2 avx512; do
            CLU_CPU=$cpu gmm -k 3 --tol=1e-10 -p $how <(clouds) > got
            near_tables want got 1e-9
        done
    done
}

# --- what is printed ---

@test "posteriors sum to 1 and have their largest at the label; uncertainty is the rest" {
    clouds > x
    gmm -k 3 x > labels
    gmm -k 3 -p posteriors x > posteriors
    [ "$(head -n 1 posteriors)" = 1,2,3 ]
    gmm -k 3 -p uncertainty x > uncertainty
    paste -d, labels posteriors uncertainty | awk -F, 'NR > 1 {
        best = 2; for (i = 3; i <= 4; i++) if ($i > $best) best = i
        sum = $2 + $3 + $4; rest = 1 - $best
        if (best != $1 + 1 || sum < 1 - 1e-12 || sum > 1 + 1e-12 || rest - $5 > 1e-12 || $5 - rest > 1e-12) { print; exit 1 } }'
}

@test "log densities sum to the log-likelihood, whatever the scaling" {
    for scale in none zscore minmax robust; do
        sum=$(gmm -k 3 --scale=$scale -p density <(clouds) | awk 'NR > 1 { sum += $1 } END { printf "%.17g", sum }')
        gmm -k 3 --scale=$scale -p criteria <(clouds) > criteria
        near "$sum" "$(chosen loglik < criteria)" 1e-10
    done
}

@test "a scaled fit is shown in the units of the input" {
    gmm -k 3 --tol=1e-12 --reg=0 -p means <(clouds) > want
    gmm -k 3 --tol=1e-12 --reg=0 --scale=zscore -p means <(clouds) > got
    near_tables want got 1e-6
    gmm -k 3 --tol=1e-12 --reg=0 -p covariances <(clouds) > want
    gmm -k 3 --tol=1e-12 --reg=0 --scale=zscore -p covariances <(clouds) > got
    near_tables want got 1e-6
    [ "$(cut -d, -f1,2 got | tr '\n' ' ')" = 'cluster,column 1,a 1,b 2,a 2,b 3,a 3,b ' ]
}

@test "the summary counts rows, weights and noise" {
    (seq 0 0.1 3; seq 100 0.1 103; echo 60) > x
    run_clu gmm -k 2 --noise --covariance=EII -p summary x
    ok
    [ "$(cut -d, -f1-3 "$CLU_OUT")" = $'cluster,rows,weight\n1,31,31\n2,31,31\n0,1,1\ntotal,63,63' ]
}

# --- fits ---

@test "mclust finds the same" {
    gmm -k 2 --covariance=VEV --reg=0 --tol=1e-12 -c 1-4 -p criteria iris.csv > got
    near "$(chosen loglik < got)" -215.726 1e-5
    near "$(chosen bic < got)" -561.7285 1e-6
    gmm -k 3 --covariance=EEE --reg=0 --tol=1e-12 --init=hc -p criteria faithful.csv > got
    near "$(chosen loglik < got)" -1126.326 2e-5 # R's stops a little early
    near "$(chosen bic < got)" -2314.316 2e-5
    gmm -k 1..9 --covariance=auto --init=hc -c 1-4 -p criteria iris.csv > got
    [ "$(chosen k < got)" = 2 ]
    [ "$(chosen covariance < got)" = VEV ]
    gmm -k 3 --reg=0 --tol=1e-12 -c 1-4 -p criteria iris.csv > got
    near "$(chosen icl < got)" -584.05 1e-4
}

@test "one cluster: the mean and the covariance of the rows" {
    run_clu gmm -k 1 --reg=0 -p covariances <(printf 'x,y\n1,2\n3,4\n5,9\n')
    ok
    printf 'cluster,column,x,y\n1,x,2.6666666666666665,4.666666666666667\n1,y,4.666666666666667,8.666666666666666\n' > want
    near_tables want "$CLU_OUT" 1e-12
    # the ridge is relative to the variance of each column, 8/3 and 26/3; that of a sphere to the mean, 17/3
    run_clu gmm -k 1 --reg=0.3 --covariance=diag -p covariances <(printf 'x,y\n1,2\n3,4\n5,9\n')
    printf 'cluster,column,x,y\n1,x,3.466666666666667,0\n1,y,0,11.266666666666667\n' > want
    near_tables want "$CLU_OUT" 1e-12
    run_clu gmm -k 1 --reg=0.3 --covariance=spherical -p covariances <(printf 'x,y\n1,2\n3,4\n5,9\n')
    printf 'cluster,column,x,y\n1,x,7.366666666666667,0\n1,y,0,7.366666666666667\n' > want
    near_tables want "$CLU_OUT" 1e-12
}

@test "columns that hardly vary: no family falls behind spheres" {
    gmm -k 3 -c 1-2,4-7 --covariance=EII -p criteria "$CLU_SRC/data/ecoli.csv" > want # column 4: 0.5 but in one row
    for family in VEI EVI VVI EEE VEE EVE VVE EEV VEV EVV VVV; do
        for init in kmeans hc; do
            gmm -q -k 3 -c 1-2,4-7 --covariance=$family --init=$init -p criteria "$CLU_SRC/data/ecoli.csv" > got
            awk -F, -v family=$family 'FNR == 2 { if (NR == FNR) spheres = $3; else if (!($3 > spheres)) { print family, $3; exit 1 } }' want got
        done
    done
}

@test "a column in large units leaves the others their variances" {
    # column 13 varies 1e7 times as much as column 8
    gmm -k 3 --covariance=diag --reg=0 --tol=1e-10 -c 1-13 -p criteria "$CLU_SRC/data/wine.csv" > want
    gmm -k 3 --covariance=diag --tol=1e-10 -c 1-13 -p criteria "$CLU_SRC/data/wine.csv" > got
    near "$(chosen loglik < got)" "$(chosen loglik < want)" 1e-6
}

@test "words of scikit-learn are families" {
    for pair in full:VVV tied:EEE diag:VVI spherical:VII; do
        gmm -k 3 --covariance="${pair%:*}" -p model <(clouds) > want
        gmm -k 3 --covariance="${pair#*:}" -p model <(clouds) > got
        same want got
        grep -qx "family,${pair#*:}" got
    done
}

@test "several starts are never worse than the first" {
    for covariance in full diag EEE; do
        gmm -k 5 --covariance=$covariance -c 1-4 -p criteria iris.csv > one
        gmm -k 5 --covariance=$covariance -c 1-4 -p criteria --nstart 8 iris.csv > eight
        awk -v a="$(chosen loglik < one)" -v b="$(chosen loglik < eight)" 'BEGIN { exit !(b >= a) }'
    done
}

@test "weights are repeated rows, and only their ratios matter" {
    printf 'x,y,w\n1,1,1\n1,2,3\n2,1,2\n8,8,1\n9,8,4\n9,9,2\n8,9.5,1\n' > x
    awk -F, 'NR == 1 { print "x,y" } NR > 1 { for (i = 0; i < $3; i++) print $1 "," $2 }' x > y
    awk -F, 'NR == 1 { print } NR > 1 { print $1 "," $2 "," $3 * 10 }' x > z
    gmm -k 2 --tol=1e-13 -p means y > want
    gmm -k 2 --tol=1e-13 -w w -p means x > got
    near_tables want got 1e-9
    gmm -k 2 --tol=1e-13 -p covariances y > want
    gmm -k 2 --tol=1e-13 -w w -p covariances x > got
    near_tables want got 1e-9
    gmm -k 2 --tol=1e-13 -w w -p criteria x > want
    gmm -k 2 --tol=1e-13 -w w -p criteria z > got
    near_tables want got 1e-9
}

@test "a row of weight 0 gets a label and does not count" {
    printf '1,1,1\n500,500,0\n1,2,1\n2,1,1\n8,8,1\n9,8,1\n8,9,1\n' > x
    run_clu gmm -k 2 -w 3 x
    ok
    [ "$output" = $'1\n2\n1\n1\n2\n2\n2' ]
    gmm -k 2 -w 3 -p means x > got
    gmm -k 2 -c 1,2 -p means <(sed 2d x) > want
    sed 's/V//g' want > a
    sed 's/V//g' got > b
    near_tables a b 1e-9
}

@test "noise: a uniform component with label 0 and a last column" {
    (seq 0 0.1 3; seq 100 0.1 103; echo 60) > x
    run_clu gmm -k 2 --noise --covariance=EII x
    ok
    [ "$(uniq -c < "$CLU_OUT" | tr -s ' \n' ' ')" = ' 31 1 31 2 1 0 ' ]
    run_clu gmm -k 2 --noise --covariance=EII -H -p posteriors <(echo v; cat x)
    ok
    [ "$(head -n 1 "$CLU_OUT")" = 1,2,0 ]
    tail -n 1 "$CLU_OUT" | awk -F, '{ exit !($3 > 0.99) }'
    # two parameters more
    a=$(gmm -k 2 --covariance=EII -p criteria x | chosen parameters)
    b=$(gmm -k 2 --noise --covariance=EII -p criteria x | chosen parameters)
    [ "$b" -eq $((a + 2)) ]
}

@test "rows without a volume have no noise" {
    run_clu gmm -k 1 --noise --covariance=EII <(printf '1,2\n2,4\n3,6\n4,8\n')
    fails 3 'the rows have no volume*'
}

@test "a cluster that vanishes: dropped with a warning, an error, never NaN" {
    (yes 1,1 | head -n 20; yes 2,2 | head -n 20; printf '1.5,1.5\n') > x
    run_clu gmm -k 3 --covariance=EII --reg=0 -p posteriors x
    [ "$status" -eq 0 ] || fails 3 '*'
    [ "$(grep -ci nan "$CLU_OUT")" -eq 0 ]
    clouds > y
    (cat y; yes 30,30 | head -n 2) > x
    run_clu gmm -k 4 --reg=0 x
    [ "$status" -eq 0 ]
    [ "$stderr" = 'gmm: warning: 1 of 4 clusters vanished; see --vanish' ]
    run_clu gmm -q -k 4 --reg=0 -p posteriors x
    ok
    [ "$(grep -ci nan "$CLU_OUT")" -eq 0 ]
    [ "$(head -n 1 "$CLU_OUT")" = 1,2,3 ]
    run_clu gmm -k 4 --reg=0 --vanish=error x
    fails 3 'a component vanished*'
    run_clu gmm -k 4 --reg=0 --vanish=restart x
    ok
    [ "$(sort -u "$CLU_OUT" | wc -l)" -eq 5 ]
}

@test "more columns than rows: what to do instead" {
    awk 'BEGIN { srand(5); for (i = 0; i < 10; i++) { for (j = 0; j < 20; j++) printf "%s%.3f", (j ? "," : ""), rand() + (i > 4) * 9; print "" } }' > x
    for covariance in full tied EVE; do
        run_clu gmm -k 2 --covariance=$covariance x
        fails 3 '10 rows are too few for a full covariance of 20 columns; use --covariance=diag, --covariance=tied with --shrinkage=oas, or a larger --reg'
    done
    for how in --covariance=diag --covariance=spherical '--covariance=tied --shrinkage=oas' '--shrinkage=oas' --reg=0.01; do
        # shellcheck disable=SC2086 # options
        run_clu gmm -k 2 $how x
        ok
        [ "$(uniq -c < "$CLU_OUT" | tr -s ' \n' ' ')" = ' 5 1 5 2 ' ]
    done
}

@test "not converged: a warning, and the result so far" {
    run_clu gmm -k 4 --max-iter 1 -c 1-4 iris.csv
    [ "$status" -eq 0 ]
    [ "$stderr" = 'gmm: warning: not converged after 1 iterations; see --max-iter' ]
    [ "$(wc -l < "$CLU_OUT")" -eq 151 ]
    run_clu gmm -k 4 --max-iter 1 -q -c 1-4 iris.csv
    ok
}

# --- criteria ---

@test "a table of all fits: what the figures are, and which is taken" {
    clouds > x
    run_clu gmm -k 1..5 --covariance=auto -p criteria x
    ok
    [ "$(head -n 1 "$CLU_OUT")" = k,covariance,loglik,parameters,bic,icl,aic,iterations,chosen ]
    [ "$(wc -l < "$CLU_OUT")" -eq 71 ]
    awk -F, 'NR > 1 && $3 != "NA" { b = 2 * $3 - $4 * log(400) - $5; a = 2 * $3 - 2 * $4 - $7
        if (b > 1e-6 || b < -1e-6 || a > 1e-6 || a < -1e-6 || $6 > $5 + 1e-9) { print; exit 1 } }' "$CLU_OUT"
    for criterion in bic icl aic; do
        gmm -k 1..5 --covariance=auto --criterion=$criterion -p criteria x > got
        [ "$(awk -F, '$9 == 1' got | wc -l)" -eq 1 ]
        # larger is better
        awk -F, -v name=$criterion 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i; next }
            $at != "NA" && (best == "" || $at > best) { best = $at } $9 == 1 { taken = $at } END { exit !(taken == best) }' got
    done
    # what is chosen is what is printed
    k=$(gmm -k 1..5 --covariance=auto -p criteria x | chosen k)
    family=$(gmm -k 1..5 --covariance=auto -p criteria x | chosen covariance)
    gmm -k 1..5 --covariance=auto x > want
    gmm -k "$k" --covariance="$family" x > got
    same want got
}

@test "the number of clusters by an index of the labels, the family by the criterion" {
    clouds > x
    for by in silhouette ch db; do
        run_clu gmm -k 1..4 --covariance=auto --choose=$by -p criteria x
        ok
        [ "$(head -n 1 "$CLU_OUT")" = k,covariance,loglik,parameters,bic,icl,aic,iterations,$by,chosen ]
        # the one that kmeans prints for the same labels
        [ "$(awk -F, 'NR > 1 && $9 != "NA"' "$CLU_OUT" | wc -l)" -eq 3 ]
        sign=1
        [ $by != db ] || sign=-1
        awk -F, -v sign=$sign 'NR > 1 && $9 != "NA" && (best == "" || sign * $9 > sign * best) { best = $9 }
            $10 == 1 { taken = $9 } END { exit !(taken == best) }' "$CLU_OUT"
        for k in 2 3; do
            [ "$(awk -F, -v k=$k '$1 == k && $9 != "NA" { print $2 }' "$CLU_OUT")" = \
                "$(gmm -k $k --covariance=auto -p criteria x | chosen covariance)" ]
        done
    done
    gmm -k 2..4 --choose=bic x > got
    gmm -k 2..4 --criterion=bic x > want
    same want got
    run_clu gmm -k 2 --choose=ch x
    fails 2 '--choose is for a range of -k or for -p criteria'
    run_clu gmm -k 2..3 --choose=db -w a x
    fails 2 'the indices of --choose count rows alike: no -w'
    run_clu gmm -k 2..3 --choose=bic --criterion=icl x
    fails 2 '--choose=bic is --criterion=bic'
}

@test "ties go to fewer clusters, then to fewer parameters" {
    # one column: ten of the families are the same as another; E and V only differ in number
    seq 20 > x
    gmm -k 1 --covariance=auto -p criteria x > got
    [ "$(chosen covariance < got)" = EII ]
}

@test "a range beyond the rows is judged by what can be fitted" {
    run_clu gmm -k 2..9 --covariance=EII -p criteria <(printf '1\n1.1\n1\n5\n5.1\n9\n')
    ok
    [ "$(cut -d, -f1 "$CLU_OUT" | tail -n +2 | tr '\n' ' ')" = '2 3 4 5 6 ' ]
    [ "$(grep -c ,NA "$CLU_OUT")" -ge 1 ]
}

# --- starts ---

@test "labels in a column are a start and no feature" {
    gmm --init=labels:species iris.csv > want
    gmm --init=labels:species -c 1-4 iris.csv > got
    same want got
    gmm --init=labels:5 -c 1-4,species iris.csv > got
    same want got
    gmm --init=labels:species -c '!1' iris.csv > want
    gmm --init=labels:species -c 2-4 iris.csv > got
    same want got
    # by themselves the labels are beside the ids
    gmm --init=labels:species -i species iris.csv | cut -d, -f2 > got
    gmm --init=labels:species iris.csv > want
    same want got
    run_clu gmm -k 2 --init=labels:species iris.csv
    fails 3 '3 labels to start from, for 2 clusters'
    run_clu gmm --init=labels:nosuch iris.csv
    fails 2 "no column 'nosuch'*"
    run_clu gmm --init=labels:species -c '!species' iris.csv
    fails 2 'the column of labels is excluded, or is the weight'
    run_clu gmm --init=labels:1 -c 1 iris.csv
    fails 2 'no column beside the labels'
}

@test "with noise the label 0 is noise" {
    (seq 0 0.1 3 | sed 's/$/,x/'; seq 100 0.1 103 | sed 's/$/,y/'; echo 60,0) > x
    run_clu gmm --init=labels:2 --noise --covariance=EII -p summary x
    ok
    [ "$(cut -d, -f1,2 "$CLU_OUT" | tr '\n' ' ')" = 'cluster,rows 1,31 2,31 0,1 total,63 ' ]
    run_clu gmm --init=labels:2 --covariance=EII -p summary x
    [ "$(wc -l < "$CLU_OUT")" -eq 5 ]
}

@test "a model is a start: a converged one is there at once, in its own order" {
    gmm -k 3 --tol=1e-12 -m model -c 1-4 iris.csv > labels
    run_clu gmm --init=model --tol=1e-9 -v -c 1-4 -o again iris.csv
    [ "$status" -eq 0 ]
    grep -q '^iterations: [12]$' "$CLU_ERR"
    same labels again
    # by name, in any order of columns, and of clusters
    run_clu gmm --init=model --tol=1e-9 -c 4,2,3,1 iris.csv
    ok
    same labels "$CLU_OUT"
    tac iris.csv | grep -v species > y
    (head -n 1 iris.csv; cat y) > x
    run_clu gmm --init=model --tol=1e-9 -c 1-4 x
    ok
    [ "$(sed -n 2p "$CLU_OUT")" = 3 ] || [ "$(sed -n 2p "$CLU_OUT")" = 2 ]
    run_clu gmm --init=model -c 1-3 iris.csv
    fails 3 'model has 4 columns, but 3 are clustered'
}

@test "agglomeration is the same for every seed, and leaves a large table to its sample" {
    for seed in 1 2; do
        gmm -k 3 --init=hc --seed $seed -c 1-4 -p model iris.csv > "got.$seed"
    done
    same got.1 got.2
    for _ in 1 2 3 4 5 6 7 8; do clouds | tail -n +2; done > x
    run_clu gmm -k 3 --init=hc -p summary x
    ok
    awk -F, 'NR > 1 && $1 != "total" { if ($2 < 700) exit 1 }' "$CLU_OUT"
    run_clu gmm -k 3 --init=hc --noise -p summary x
    ok
    awk -F, 'NR > 1 && $1 ~ /[123]/ { if ($2 < 600) exit 1 }' "$CLU_OUT"
}

# --- models ---

@test "assigning the rows of the fit gives their labels" {
    for options in '' '--scale=zscore' '--noise' '--covariance=diag' '--covariance=EEE --scale=robust' '--covariance=VII --noise --scale=minmax'; do
        # shellcheck disable=SC2086 # options
        gmm -k 3 $options -m model -o labels <(clouds)
        clouds | gmm --assign model > got
        same labels got
        for how in posteriors uncertainty density; do
            # shellcheck disable=SC2086
            gmm -k 3 $options -p $how <(clouds) > want
            clouds | gmm --assign model -p $how > got
            near_tables want got 1e-9
        done
        # shellcheck disable=SC2086
        gmm -k 3 $options -p model <(clouds) > got
        same model got
        for j in 2 7; do
            clouds | gmm --assign model -p density -j 1 > want
            clouds | gmm --assign model -p density -j $j > got
            same want got
        done
    done
}

@test "a model of clusters of two components, projected, from ppp" {
    cat > model << 'END'
clusterutils-model,1,ppp
columns,a,b
scale,none
projection-center,1,1
projection,0.6,0.8
family,VVV
component,1,0.5
component,2,0.25
component,1,0.25
mean,-5
mean,0
mean,5
covariance,1
covariance,1
covariance,1
END
    run_clu gmm --assign model <(printf 'a,b\n1,1\n4,5\n-2,-3\n1.8,0.4\n')
    ok
    [ "$output" = $'cluster\n2\n1\n1\n2' ]
    run_clu gmm --assign model -p posteriors <(printf 'a,b\n1,1\n4,5\n')
    ok
    [ "$(head -n 1 "$CLU_OUT")" = 1,2 ]
    awk -F, 'NR > 1 && ($1 + $2 < 1 - 1e-12 || $1 + $2 > 1 + 1e-12) { exit 1 }' "$CLU_OUT"
    # log(0.25 / sqrt(2 pi))
    run_clu gmm --assign model -p density <(printf 'a,b\n1,1\n')
    near "$(tail -n 1 "$CLU_OUT")" -2.305 1e-3
    run_clu gmm --assign model --sample 100
    ok
    [ "$(wc -l < "$CLU_OUT")" -eq 101 ]
    # on the line through the center
    awk -F, 'NR > 1 { off = 0.8 * ($1 - 1) - 0.6 * ($2 - 1); if (off > 1e-9 || off < -1e-9) exit 1 }' "$CLU_OUT"
    run_clu gmm --init=model <(printf 'a,b\n1,1\n')
    fails 3 'model: a model with a projection is no start'
}

@test "a row out of reach belongs to the nearest cluster, and to noise" {
    # so far off the wider one is the nearer one
    gmm -k 2 -m model -o want <(printf '1\n2\n1\n101\n122\n111\n')
    run_clu gmm --assign model <(printf '1e300\n-1e300\n')
    ok
    [ "$output" = $'2\n2' ]
    run_clu gmm --assign model -p posteriors <(printf '1e300\n-1e300\n')
    [ "$output" = $'0,1\n0,1' ]
    run_clu gmm --assign model -p density <(printf '1e300\n')
    [ "$output" = -Inf ]
    (seq 0 0.1 3; seq 100 0.1 103; echo 60) > x
    gmm -k 2 --noise --covariance=EII -m model -o want x
    run_clu gmm --assign model <(printf '1e300\n')
    [ "$output" = 0 ]
}

@test "damaged models name their line" {
    gmm -k 2 -m model -o labels <(clouds)
    damage() # SED-SCRIPT MESSAGE
    {
        sed "$1" model > m
        run_clu gmm --assign m <(clouds)
        fails 3 "$2"
    }
    damage '1s/gmm/kmeans/' "m:1: a model of 'kmeans', not of 'gmm' or 'ppp'"
    damage 's/^family,VVV/family,XYZ/' 'm:4: no such family'
    damage '/^family/d' "m:1: no record 'family'"
    damage '/^component/d' 'm:1: no components'
    damage '/^mean/d' 'm:5: no means'
    damage 's/^component,1,.*/component,3,0.5/' 'm:5: the cluster must be a number from 1 to 2'
    damage 's/^component,1,.*/component,1,-0.5/' 'm:5: the weight must be above 0 and at most 1'
    damage 's/^component,1,.*/component,1,0.9/' 'm:5: the weights must sum to 1*'
    damage 's/^component,1,/component,2,/' 'm:5: no component of cluster 1'
    damage '9s/^covariance,[^,]*/covariance,-1/' 'm:9: component 1: the covariance is not positive definite'
    damage '10s/^covariance,[^,]*/covariance,77/' 'm:10: component 1: the covariance is not symmetric'
    damage '8s/.*/mean,1/' "m:8: 'mean' has 1 value, expected 2"
    damage '12d' "m:*: only 3 records 'covariance'"
    damage 's/^mean,[^,]*/mean,inf/' "m:7: 'mean': not a finite number: 'inf'"
    damage '$s/$/\nnoise,1.5,0/' 'm:13: the weight of noise must be at least 0 and less than 1'
}

# --- samples ---

@test "a sample has the moments of the mixture, and its first rows are those of a shorter one" {
    gmm -k 3 -m model -p means <(clouds) > means
    gmm --assign model --sample 20000 > sample
    [ "$(head -n 1 sample)" = a,b,cluster ]
    [ "$(wc -l < sample)" -eq 20001 ]
    gmm --assign model --sample 50 > few
    head -n 51 sample > want
    same want few
    gmm --assign model --sample 50 --seed 2 > other
    [ "$(head -n 2 few)" != "$(head -n 2 other)" ]
    gmm -k 3 --sample 50 <(clouds) > direct
    near_tables few direct 1e-9
    # means and variances of each cluster, within five standard errors
    gmm -k 3 -p covariances <(clouds) > covariances
    awk -F, 'FILENAME == "means" { if (FNR > 1) for (j = 1; j <= 2; j++) mean[$1, j] = $(j + 1); next }
        FILENAME == "covariances" { if (FNR > 1) var[$1, $2 == "a" ? 1 : 2] = $($2 == "a" ? 3 : 4); next }
        FNR > 1 { n[$3]++; for (j = 1; j <= 2; j++) { off = $j - mean[$3, j]; sum[$3, j] += off; square[$3, j] += off * off } }
        END { for (c = 1; c <= 3; c++) for (j = 1; j <= 2; j++) {
            m = sum[c, j] / n[c]; v = square[c, j] / n[c] / var[c, j] - 1; e = 5 * sqrt(var[c, j] / n[c])
            if (m > e || m < -e || v > 5 * sqrt(2 / n[c]) || -v > 5 * sqrt(2 / n[c])) { print c, j, m, v; exit 1 } } }' means covariances sample
    # fitted again the mixture comes back
    gmm -k 3 -c a,b --init=model -p means sample > again
    near_tables means again 0.15
}

@test "noise is drawn from the box of the rows" {
    (seq 0 0.1 3; seq 100 0.1 103; seq 20 10 80) > x
    gmm -k 2 --noise --covariance=EII -m model -o labels x
    run_clu gmm --assign model --sample 2000 --output-delimiter ';'
    ok
    awk -F';' 'NR > 1 && $2 == 0 { n++; if ($1 < 0 || $1 > 103) exit 1 } END { exit !(n > 50) }' "$CLU_OUT"
    grep -v noise-box model > m
    run_clu gmm --assign m --sample 3
    fails 3 "the model does not say where its noise is ('noise-box')"
}

# --- requests that make no sense ---

@test "requests that exclude each other" {
    gmm -k 2 -m model -o labels <(clouds)
    run_clu gmm --assign model -k 2 iris.csv
    fails 2 '--assign takes all that from the model*'
    run_clu gmm --assign model --noise iris.csv
    fails 2 '--assign takes all that from the model*'
    run_clu gmm --assign model -p means iris.csv
    fails 2 '--assign prints labels, posteriors, uncertainty or density'
    run_clu gmm --assign model --sample 3 iris.csv
    fails 2 '--sample with --assign reads no table'
    run_clu gmm -k 2 --sample 3 -p labels iris.csv
    fails 2 '--sample prints rows of its own: no -p or -a'
    run_clu gmm -k 2 -a -p density iris.csv
    fails 2 '--append prints labels, and nothing else'
    run_clu gmm -k 2..3 --init=model iris.csv
    fails 2 'a range of -k cannot start from labels or a model'
    run_clu gmm -k 2 --nstart 2 --init=hc iris.csv
    fails 2 '--nstart is for starts by k-means'
    run_clu gmm -k 2 --covariance=vvv iris.csv
    fails 2 "invalid argument 'vvv' for '--covariance' (valid: full, tied, *"
    run_clu gmm -k 2 --init=nosuch iris.csv -c 1
    fails 4 "--init is kmeans, hc, labels:COL or the file of a model, and there is no file 'nosuch'"
}
