# What ppp promises: the number of clusters, the same clusters in any order, prints, models, columns. Bad input is in faults.bats.

# shellcheck disable=SC2154 # status, output and stderr are set by run_clu
load lib

setup()
{
    bats_load
    cp "$CLU_SRC/data/iris.csv" .
}

# --- tables ---

# Random numbers that are the same everywhere: a multiplicative congruential generator.
draw() # AWK-PROGRAM SEED [NAME=VALUE]...
{
    local program=$1 seed=$2 name args=()
    shift 2
    for name; do
        args+=(-v "$name")
    done
    awk -v s="$seed" "${args[@]}" '
        function unit() { s = (s * 16807) % 2147483647; return s / 2147483647 }
        function normal() { return sqrt(-2 * log(unit())) * cos(6.283185307179586 * unit()) }
        function line(v, d, j, text) { text = v[1]; for (j = 2; j <= d; j++) text = text "," v[j]; return text }
        BEGIN { for (i = 0; i < 20; i++) unit() }
        BEGIN { '"$program"' }'
}

# K normal clouds of standard deviation 1 in D columns whose centers are at least 8 apart: N rows with id and class in front.
blobs() # SEED K D N
{
    draw 'head = "id,class"; for (j = 1; j <= d; j++) head = head ",x" j
        print head
        for (c = 1; c <= k; c++)
            do {
                near = 0
                for (j = 1; j <= d; j++) m[c, j] = unit() * 14 * k ^ (1 / d)
                for (b = 1; b < c; b++) { q = 0; for (j = 1; j <= d; j++) q += (m[c, j] - m[b, j]) ^ 2; if (q < 64) near = 1 }
            } while (near)
        for (i = 1; i <= n; i++) {
            c = int(unit() * k) + 1
            for (j = 1; j <= d; j++) v[j] = m[c, j] + normal()
            print i "," c "," line(v, d)
        }' "$1" k="$2" d="$3" n="$4"
}

# One normal cloud, its columns of different width.
cloud() # SEED D N
{
    draw 'for (i = 1; i <= n; i++) { for (j = 1; j <= d; j++) v[j] = j * normal(); print line(v, d) }' "$1" d="$2" n="$3"
}

# Two groups of rows that differ in each of very many columns.
wide() # SEED N D
{
    draw 'for (j = 1; j <= d; j++) v[j] = "x" j
        print line(v, d)
        for (i = 1; i <= n; i++) { for (j = 1; j <= d; j++) v[j] = normal() + (i % 2 ? 0 : 1.5); print line(v, d) }' "$1" n="$2" d="$3"
}

# The rows of a table with a header in another order.
shuffle() # SEED
{
    awk -v s="$1" 'NR == 1 { print; next } { s = (s * 16807) % 2147483647; print s "\t" $0 | "sort -n | cut -f2-" }'
}

# --- looking ---

# The largest label on stdin.
clusters()
{
    sort -n | tail -n 1
}

# "id,cluster" on stdin, by id, clusters numbered by first appearance there: the partition, whatever the order.
partition()
{
    tail -n +2 | sort -t, -k 1,1n | awk -F, '{ if (!($2 in at)) at[$2] = ++n; print $1 "," at[$2] }'
}

# Column NAME of a table with a header on stdin.
column() # NAME
{
    awk -F, -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i; next } { print $at }'
}

# Is A at least B?
at_least() # A B
{
    awk -v a="$1" -v b="$2" 'BEGIN { if (!(a != "" && a + 0 >= b)) { print a " is below " b; exit 1 } }'
}

# --- labels ---

@test "one label a record, a header line because the input has one, and three clusters of iris" {
    run_clu ppp -H -c 1-4 iris.csv
    ok
    [ "${output%%$'\n'*}" = cluster ]
    [ "$(wc -l < "$CLU_OUT")" -eq 151 ]
    [ "$(tail -n +2 "$CLU_OUT" | clusters)" = 3 ]
    [ "$(sed -n 2,51p "$CLU_OUT" | sort -u)" = 1 ]
    ari=$(paste -d, "$CLU_OUT" iris.csv | clusteval -c cluster,species --measure=ari | column value)
    at_least "$ari" 0.88
}

@test "stdin, a file, a pipe, gzip and floats give the same labels; so do two runs" {
    ppp -c 1-4 iris.csv > want
    ppp -c 1-4 < iris.csv > got
    same want got
    # shellcheck disable=SC2002 # a pipe is wanted
    cat iris.csv | ppp -c 1-4 - > got
    same want got
    gzip -k iris.csv
    ppp -c 1-4 iris.csv.gz > got
    same want got
    ppp -c 1-4 --float32 iris.csv > got
    same want got
}

@test "an id in front, the label behind the record, a dropped row keeps its line" {
    blobs 1 2 2 60 | sed '3s/,[^,]*$/,NA/' > x
    run_clu ppp -i id -c x1,x2 --na=drop x
    ok
    [ "$(sed -n 1p "$CLU_OUT")" = id,cluster ]
    [ "$(sed -n 2p "$CLU_OUT")" = 1,1 ]
    [ "$(sed -n 3p "$CLU_OUT")" = 2, ]
    [ "$(wc -l < "$CLU_OUT")" -eq 61 ]
    cut -d, -f2 "$CLU_OUT" > labels
    run_clu ppp -c x1,x2 --na=drop -a x
    ok
    paste -d, x labels > want
    same want "$CLU_OUT"
    run_clu ppp -i id -c x1,x2 --na=drop -p uncertainty x
    ok
    [ "$(sed -n 3p "$CLU_OUT")" = 2, ]
    run_clu ppp -c x1,x2 --na=mean -p summary x
    ok
    [ "$(column rows < "$CLU_OUT" | tail -n 1)" = 60 ]
    run_clu ppp -c x1,x2 x
    fails 3 "x:3: column 4 (x2): missing value ('NA'); see --na"
}

# --- the number of clusters ---

@test "the clusters of generated tables are found" {
    for case in 1:2:1:200 2:3:2:300 3:5:2:500 4:4:5:400 5:8:3:800 6:2:10:150; do
        IFS=: read -r seed k d n <<< "$case"
        blobs "$seed" "$k" "$d" "$n" > x
        run_clu ppp -c '!id,!class' x
        ok
        [ "$(tail -n +2 "$CLU_OUT" | clusters)" = "$k" ]
        at_least "$(paste -d, "$CLU_OUT" x | clusteval -c cluster,class --measure=ari | column value)" 0.97
    done
}

@test "four clusters in a square, of which no first cut is good" {
    draw 'print "id,class,x,y"; for (i = 1; i <= 400; i++) print i "," i % 4 "," normal() + i % 2 * 6 "," normal() + int(i % 4 / 2) * 6' 7 > x
    run_clu ppp -c x,y x
    ok
    [ "$(tail -n +2 "$CLU_OUT" | clusters)" = 4 ]
}

@test "normal noise is one cluster" {
    for case in 1:1:100 2:2:300 3:3:500 4:10:200 5:2:50 6:5:1000; do
        IFS=: read -r seed d n <<< "$case"
        run_clu ppp <(cloud "$seed" "$d" "$n")
        ok
        [ "$(sort -u "$CLU_OUT")" = 1 ]
    done
}

@test "a cluster that was found is one cluster" {
    for case in 11:3:2:300 12:5:2:400 13:4:3:400; do
        IFS=: read -r seed k d n <<< "$case"
        blobs "$seed" "$k" "$d" "$n" > x
        ppp -c '!id,!class' -a x > labelled
        for ((c = 1; c <= k; c++)); do
            awk -F, -v c="$c" 'NR == 1 || $NF == c' labelled > one
            run_clu ppp -c '!id,!class,!cluster' one
            ok
            [ "$(tail -n +2 "$CLU_OUT" | sort -u)" = 1 ]
        done
    done
    ppp -c 1-4 -a iris.csv > labelled
    for c in 1 2 3; do
        awk -F, -v c="$c" 'NR == 1 || $NF == c' labelled > one
        run_clu ppp -c 1-4 one
        ok
        [ "$(tail -n +2 "$CLU_OUT" | sort -u)" = 1 ]
    done
}

@test "not more clusters than --max-clusters" {
    blobs 3 5 2 500 > x
    for most in 1 2 3 4 5; do
        run_clu ppp -c x1,x2 --max-clusters=$most x
        ok
        [ "$(tail -n +2 "$CLU_OUT" | clusters)" -le "$most" ]
    done
    [ "$(tail -n +2 "$CLU_OUT" | clusters)" -eq 5 ]
    run_clu ppp -c x1,x2 --max-clusters=1 -p tree x
    ok
    [ "$(column verdict < "$CLU_OUT")" = limit ]
}

@test "a lower threshold finds fewer clusters, and criteria differ where clusters overlap" {
    # a shoulder: no trough, but two distributions
    draw 'for (i = 1; i <= 600; i++) print normal() + (i % 3 ? 0 : 2.6)' 5 > x
    ppp x | clusters > got
    [ "$(cat got)" = 1 ]
    for criterion in icl bic overlap; do
        run_clu ppp --criterion=$criterion x
        ok
    done
    [ "$(ppp --criterion=bic x | clusters)" -ge 2 ]
    [ "$(ppp --criterion=overlap --overlap=0.3 x | clusters)" -ge 2 ]
    [ "$(ppp --criterion=overlap --overlap=1e-9 x | clusters)" = 1 ]
    for alpha in 0.02 1e-3 1e-6 1e-200; do
        ppp --alpha=$alpha -c 1-4 iris.csv | tail -n +2 | clusters
    done > got
    sort -rn got > want
    same want got
    [ "$(tail -n 1 got)" = 1 ]
}

@test "a tree found on a part of the rows, the mixture on all" {
    blobs 21 4 2 3000 > x
    ppp -c x1,x2 --sample=0 x > want
    run_clu ppp -c x1,x2 --sample=500 x
    ok
    [ "$(tail -n +2 "$CLU_OUT" | clusters)" = 4 ]
    at_least "$(paste -d, want x | clusteval -c cluster,class --measure=ari | column value)" 0.99
    at_least "$(clusteval --truth=want --measure=ari "$CLU_OUT" | column value)" 0.99
    ppp -c x1,x2 --sample=500 -p tree x > tree
    [ "$(sed -n 2p tree | cut -d, -f4)" -le 500 ]
}

# --- the same in any order, with any number of threads, on any machine ---

@test "shuffled rows are the same clusters" {
    for case in 1:2:1:200 3:5:2:500 4:4:5:400 8:1:3:200; do
        IFS=: read -r seed k d n <<< "$case"
        blobs "$seed" "$k" "$d" "$n" > x
        ppp -c '!class' -i id x | partition > want
        for turn in 1 2 3; do
            shuffle $turn < x > y
            ! cmp -s x y || return 1
            ppp -c '!class' -i id y | partition > got
            same want got
        done
    done
    # many equal rows
    awk -F, 'NR == 1 { print "id," $0 } NR > 1 { print NR - 1 "," $0 }' iris.csv > x
    ppp -c 2-5 -i id x | partition > want
    for turn in 1 2 3 4 5; do
        shuffle $turn < x > y
        ppp -c 2-5 -i id y | partition > got
        same want got
    done
}

@test "as many threads as you like: the same bytes" {
    blobs 3 5 2 500 > x
    for how in labels posteriors uncertainty density means covariances summary model tree columns; do
        ppp -c x1,x2 -p $how -j 1 x > want
        for j in 2 3 7; do
            ppp -c x1,x2 -p $how -j $j x > got
            same want got
        done
    done
}

@test "kernels find the same labels" {
    blobs 4 4 5 400 > x
    CLU_CPU=base ppp -c '!id,!class' x > want
    CLU_CPU=base ppp -c 1-4 iris.csv > flowers
    for cpu in avx2 avx512; do
        CLU_CPU=$cpu ppp -c '!id,!class' x > got
        same want got
        CLU_CPU=$cpu ppp -c 1-4 iris.csv > got
        same flowers got
    done
}

# --- what is printed ---

@test "the label has the largest posterior; they sum to 1; uncertainty is the rest" {
    for case in 3:5:2:500 4:4:5:400; do
        IFS=: read -r seed k d n <<< "$case"
        blobs "$seed" "$k" "$d" "$n" | tail -n +2 | cut -d, -f3- > x
        ppp x > labels
        ppp -p uncertainty x > uncertainty
        ppp -p posteriors x | paste -d, labels uncertainty - | awk -F, '{
            best = 3; sum = 0
            for (i = 3; i <= NF; i++) { sum += $i; if ($i > $best) best = i }
            rest = 1 - $best - $2
            if (best - 2 != $1 || sum < 1 - 1e-9 || sum > 1 + 1e-9 || rest > 1e-9 || rest < -1e-9) { print; exit 1 } }'
    done
    ppp -c 1-4 -p posteriors iris.csv > posteriors
    [ "$(head -n 1 posteriors)" = 1,2,3 ]
    ppp -c 1-4 iris.csv | paste -d, - posteriors | awk -F, 'NR > 1 {
        best = 2; for (i = 3; i <= NF; i++) if ($i > $best) best = i
        if (best - 1 != $1) { print; exit 1 } }'
}

@test "means and covariances are those of the clusters, in the units of the input" {
    blobs 2 3 2 300 > x
    for scale in none zscore robust; do
        run_clu ppp -c x1,x2 --scale=$scale -p means x
        ok
        cp "$CLU_OUT" means
        [ "$(head -n 1 means)" = cluster,x1,x2 ]
        ppp -c x1,x2 --scale=$scale -a x | awk -F, '
            FILENAME == "means" { if (FNR > 1) { m[$1, 1] = $2; m[$1, 2] = $3 } next }
            FNR > 1 { n[$5]++; s[$5, 1] += $3; s[$5, 2] += $4 }
            END { for (c in n) for (j = 1; j <= 2; j++) { e = s[c, j] / n[c] - m[c, j]; if (e > 0.1 || e < -0.1) exit 1 } }' means -
        run_clu ppp -c x1,x2 --scale=$scale -p covariances x
        ok
        [ "$(cut -d, -f1,2 "$CLU_OUT" | tr '\n' ' ')" = 'cluster,column 1,x1 1,x2 2,x1 2,x2 3,x1 3,x2 ' ]
        awk -F, 'NR > 1 { v = $2 == "x1" ? $3 : $4; if (v < 0.6 || v > 1.6) { print; exit 1 } }' "$CLU_OUT"
    done
}

@test "the summary counts rows and components, and names the neighbour" {
    run_clu ppp -c 1-4 --alpha=0.04 -p summary iris.csv
    ok
    [ "$(head -n 1 "$CLU_OUT")" = cluster,rows,proportion,components,neighbour,score,uncertainty ]
    ppp -c 1-4 --alpha=0.04 iris.csv | tail -n +2 | sort -n | uniq -c | awk '{ print $2 "," $1 }' > want
    grep -v '^[ct]' "$CLU_OUT" | cut -d, -f1,2 > got
    same want got
    awk -F, '$1 == "total" { if ($2 != 150 || $3 != 1 || $4 != components || $5 != "NA") exit 1; seen = 1; next }
        NR > 1 { sum += $3; components += $4; if ($5 == $1 || $5 < 1 || $5 > 3 || !($6 < 0.04)) { print; exit 1 } }
        END { exit !(seen && sum > 1 - 1e-9 && sum < 1 + 1e-9) }' "$CLU_OUT"
    # flowers two and three are each other's neighbours
    [ "$(awk -F, '$1 == 2 || $1 == 3 { print $5 }' "$CLU_OUT" | tr '\n' ' ')" = '3 2 ' ]
    run_clu ppp -p summary <(cloud 2 2 100)
    ok
    [ "$(cut -d, -f1,2,5,6 "$CLU_OUT" | tr '\n' ' ')" = 'cluster,rows,neighbour,score 1,100,NA,NA total,100,NA,NA ' ]
}

@test "the tree: parents first, halves add up, verdicts in words" {
    blobs 3 5 2 500 > x
    for table in 'iris.csv 1-4' 'x x1,x2'; do
        run_clu ppp -c "${table#* }" --alpha=0.04 -p tree "${table% *}"
        ok
        [ "$(head -n 1 "$CLU_OUT")" = node,parent,level,rows,low,high,candidate,corrected,score,bic,verdict ]
        awk -F, '
            NR == 1 { next }
            $1 != NR - 1 { print "number"; print; exit 1 }
            { rows[$1] = $4; low[$1] = $5; high[$1] = $6; level[$1] = $3; verdict[$1] = $11 }
            NR == 2 && ($2 != "NA" || $3 != 0) { print "root"; print; exit 1 }
            NR > 2 && !($2 < $1 && level[$2] == $3 - 1 && ($4 == low[$2] || $4 == high[$2])) { print "parent"; print; exit 1 }
            NR > 2 { children[$2]++; sum[$2] += $4 }
            $7 !~ /^(none|means|white|density)$/ || $8 !~ /^[01]$/ || !($9 >= 0 && $9 <= 1) { print "word"; print; exit 1 }
            $11 !~ /^(stands|provisional|not separated|no candidate|small|limit)$/ { print "verdict"; print; exit 1 }
            $11 == "stands" && !($9 < 0.04) { print "score"; print; exit 1 }
            END {
                for (i = 1; i < NR; i++) {
                    split_up = verdict[i] == "stands" || verdict[i] == "provisional"
                    if (split_up != (children[i] == 2) || (split_up && sum[i] != rows[i])) { print "children of " i; exit 1 }
                }
            }' "$CLU_OUT"
    done
    run_clu ppp -p tree <(yes 1,2 | head -n 20)
    ok
    [ "$(tail -n +2 "$CLU_OUT" | cut -d, -f1-7,11)" = '1,NA,0,20,0,0,none,no candidate' ]
}

@test "columns: those that tell clusters apart, noise is flat, a copy is redundant" {
    blobs 4 4 3 400 | awk -F, -v OFS=, -v s=99 '
        function unit() { s = (s * 16807) % 2147483647; return s / 2147483647 }
        NR == 1 { print $0, "noise1", "noise2", "copy"; next }
        { print $0, unit() * 20, unit() * 20 + unit() * 20, $3 * 2 + unit() / 100 }' > x
    run_clu ppp -c '!id,!class' -p columns x
    ok
    cp "$CLU_OUT" columns
    [ "$(head -n 1 columns)" = rank,column,score,pair,verdict,with ]
    [ "$(cut -d, -f1 columns | tail -n +2 | tr '\n' ' ')" = '1 2 3 4 5 6 ' ]
    [ "$(column column < columns | sort | tr '\n' ' ')" = 'copy noise1 noise2 x1 x2 x3 ' ]
    [ "$(awk -F, '$2 ~ /noise/ { print $5 }' columns | sort -u)" = flat ]
    [ "$(awk -F, '$2 == "x2" || $2 == "x3" { print $5 }' columns | sort -u)" = chosen ]
    awk -F, '$5 == "redundant" { n++; if ($2 $6 != "copyx1" && $2 $6 != "x1copy") exit 1 } END { exit n != 1 }' columns
    # chosen ones come first, best first
    awk -F, 'NR > 1 { if ($5 == "chosen" && (others || (NR > 2 && $3 > last))) { print; exit 1 } if ($5 != "chosen") others = 1; last = $3 }' columns
    # --select prints the clusters of the chosen columns, and their model
    chosen=$(awk -F, '$5 == "chosen" { print $2 }' columns | sort | paste -sd,)
    run_clu ppp -c '!id,!class' --select -m model x
    ok
    cp "$CLU_OUT" labels
    at_least "$(paste -d, labels x | clusteval -c cluster,class --measure=ari | column value)" 0.97
    [ "$(grep ^columns, model | cut -d, -f2- | tr , '\n' | sort | paste -sd,)" = "$chosen" ]
    ppp --assign model x > got
    same labels got
    run_clu ppp -c '!id,!class' --select --scale=zscore -p means x
    ok
    [ "$(head -n 1 "$CLU_OUT" | tr , '\n' | tail -n +2 | sort | paste -sd,)" = "$chosen" ]
    ppp -c '!id,!class' -p model --select x > got
    same model got
    # without names, by number
    run_clu ppp -c 1-4 -p columns <(tail -n +2 x | cut -d, -f3-6)
    ok
    [ "$(column column < "$CLU_OUT" | sort | tr '\n' ' ')" = 'V1 V2 V3 V4 ' ]
}

@test "columns of one cloud: none is chosen, and all are used" {
    cloud 3 3 500 > x
    run_clu ppp -p columns x
    ok
    [ "$(column verdict < "$CLU_OUT" | sort -u)" = flat ]
    run_clu ppp --select -m model x
    ok
    [ "$(sort -u "$CLU_OUT")" = 1 ]
    run_clu ppp --assign model x
    ok
    [ "$(sort -u "$CLU_OUT")" = 1 ]
}

@test "facts" {
    run_clu ppp -v -c 1-4 -o labels iris.csv
    [ "$status" -eq 0 ]
    for name in delimiter header rows 'rows dropped' columns nodes leaves rounds clusters components covariance log-likelihood BIC \
        'read seconds' 'fit seconds'; do
        grep -q "^$name: " "$CLU_ERR" || { echo "no fact '$name'"; false; }
    done
    grep -qx 'clusters: 3' "$CLU_ERR"
    # the log-likelihood is the sum of the log densities
    ppp -c 1-4 -p density iris.csv | awk -v want="$(sed -n 's/^log-likelihood: //p' "$CLU_ERR")" '
        NR > 1 { sum += $1 } END { d = sum - want; if (d > 1e-6 || d < -1e-6) { print sum, want; exit 1 } }'
}

# --- models ---

@test "assigning the rows of the fit gives their labels, here and in gmm" {
    blobs 3 5 2 500 > x
    for options in '' --scale=zscore '--scale=robust --float32' --na=mean --criterion=bic; do
        # shellcheck disable=SC2086 # options
        ppp -c x1,x2 $options -m model x > labels
        for tool in ppp gmm; do
            $tool --assign model x > got
            same labels got
        done
        # shellcheck disable=SC2086 # options
        ppp -c x1,x2 $options -p model x > got
        same model got
    done
    ppp -c 1-4 -m model iris.csv > labels
    head -n 1 model | grep -qx 'clusterutils-model,1,ppp'
    for tool in ppp gmm; do
        shuffle 3 < iris.csv > y
        (head -n 1 iris.csv; tail -n +2 iris.csv | tac) | $tool --assign model | tail -n +2 | tac > got
        tail -n +2 labels > want
        same want got
    done
    gmm --assign model -p posteriors iris.csv > want
    ppp --assign model -p posteriors iris.csv > got
    same want got
    run_clu ppp --assign model -p tree iris.csv
    fails 2 '--assign prints labels, posteriors, uncertainty or density'
}

@test "more columns than rows: a projection, whose model labels" {
    wide 5 40 300 > x
    run_clu ppp -v -m model -o labels x
    [ "$status" -eq 0 ]
    grep -q '^axes: ' "$CLU_ERR"
    [ "$(tail -n +2 labels | paste -sd' ')" = "$(printf '1 2 %.0s' $(seq 20) | sed 's/ $//')" ]
    grep -q '^projection,' model
    for tool in ppp gmm; do
        $tool --assign model x > got
        same labels got
    done
    # other rows of the same two groups
    wide 6 10 300 > y
    run_clu ppp --assign model y
    ok
    [ "$(tail -n +2 "$CLU_OUT" | paste -sd' ')" = '1 2 1 2 1 2 1 2 1 2' ]
    shuffle 4 < x > y
    ppp y > got
    ppp --assign model y > want
    paste -d, want got | tail -n +2 | sort -u > pairs
    [ "$(wc -l < pairs)" -eq 2 ]
    run_clu ppp -p means x
    ok
    [ "$(wc -l < "$CLU_OUT")" -eq 3 ]
}

# --- small and odd tables ---

@test "one row, two rows, few rows, equal rows, constant columns" {
    for table in '7' '1,2' '1,2\n3,4' '1\n2\n3' '1,1\n1,1\n1,1\n1,1\n1,1\n1,1\n1,1\n1,1\n1,1\n1,1' '0,0\n0,1\n1,0\n1,1\n5,5'; do
        # shellcheck disable=SC2059 # a format
        printf "$table\n" > x
        for how in labels posteriors summary tree columns; do
            run_clu ppp -p $how x
            ok
            grep -qi nan "$CLU_OUT" && return 1
        done
        run_clu ppp -m model x
        ok
        [ "$(sort -u "$CLU_OUT")" = 1 ]
        run_clu ppp --assign model x
        ok
        [ "$(sort -u "$CLU_OUT")" = 1 ]
    done
    blobs 2 3 2 300 | awk -F, -v OFS=, '{ print $0, NR == 1 ? "same" : 5, NR == 1 ? "zero" : 0 }' > x
    ppp -c x1,x2 x > want
    for scale in none zscore; do
        run_clu ppp -c x1,x2,same,zero --scale=$scale -m model x
        ok
        same want "$CLU_OUT"
        run_clu ppp --assign model x
        ok
        same want "$CLU_OUT"
    done
}

@test "two values, many times each, are two clusters" {
    (yes 1,5 | head -n 50; yes 9,2 | head -n 50) > x
    run_clu ppp x
    ok
    [ "$(uniq -c < "$CLU_OUT" | tr -s ' \n' ' ')" = ' 50 1 50 2 ' ]
}

@test "units and shifts change nothing" {
    blobs 3 5 2 500 | cut -d, -f3- | tail -n +2 > x
    ppp x > want
    for by in 1e-9 1e9; do
        awk -F, -v by=$by '{ printf "%.17g,%.17g\n", $1 * by, $2 * by }' x > y
        ppp y > got
        same want got
    done
    awk -F, '{ printf "%.17g,%.17g\n", $1 + 1e6, $2 - 1e6 }' x > y
    ppp y > got
    same want got
}

# --- requests that make no sense ---

@test "requests that exclude each other" {
    ppp -c 1-4 -m model -o labels iris.csv
    run_clu ppp --assign model --alpha=0.1 iris.csv
    fails 2 '--assign takes all that from the model: no -m, --scale or option of the method'
    run_clu ppp --assign model --select iris.csv
    fails 2 '--assign takes all that from the model*'
    run_clu ppp --assign model --scale=zscore iris.csv
    fails 2 '--assign takes all that from the model*'
    run_clu ppp --assign model -p summary iris.csv
    fails 2 '--assign prints labels, posteriors, uncertainty or density'
    for option in --alpha=0 --alpha=1; do
        run_clu ppp $option iris.csv
        fails 2 '--alpha must be above 0 and below 1'
    done
    run_clu ppp --criterion=overlap --overlap=1 iris.csv
    fails 2 '--overlap must be above 0 and below 1'
    run_clu ppp --alpha=-1 iris.csv
    fails 2 "invalid argument '-1' for '--alpha'*"
    run_clu ppp --alpha=0.1 --criterion=icl iris.csv
    fails 2 '--alpha is for --criterion=valley'
    run_clu ppp --overlap=0.1 iris.csv
    fails 2 '--overlap is for --criterion=overlap'
    run_clu ppp --criterion=dip iris.csv
    fails 2 "invalid argument 'dip' for '--criterion' (valid: valley, overlap, icl, bic)"
    for k in 0 201 x; do
        run_clu ppp --max-clusters=$k iris.csv
        fails 2 "invalid number of clusters: '$k'"
    done
    run_clu ppp -a -p tree iris.csv
    fails 2 '--append prints labels, and nothing else'
    run_clu ppp -a --output-delimiter=';' iris.csv
    fails 2 '--append keeps the records as they are: no --output-delimiter'
    for option in -k3 -w1 --seed=2; do
        run_clu ppp $option iris.csv
        [ "$status" -eq 2 ]
    done
}
