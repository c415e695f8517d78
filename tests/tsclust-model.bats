# What tsclust --model promises: stretches of a multivariate series in which its columns have the same correlations. The benchmark
# (csts) makes the series and csts-eval judges; all 30 subjects are in bench/regimes.

# shellcheck disable=SC2154 # status, output and stderr are set by run_clu
load lib

setup()
{
    bats_load
    export OMP_NUM_THREADS=1
}

# A new benchmark of 40 segments and 18,000 rows: heavy tails, counts with ties. series FILE [OPTION]... of csts.
series()
{
    local to=$1
    shift
    csts --seed=5 --segments=40 --lengths=300,450,600 --marginal='a=gev(-0.3,0.5,1)' --marginal='b=negbin(1,0.1)' \
        --marginal='c=normal(100,20)' --variant=nonnormal "$@" > "$to"
}

# found COND... OPTION...: the segments that these options find in series.csv satisfy the conditions.
found()
{
    local require=()
    while [[ $1 == [a-z]*=* ]]; do
        require+=("--require=$1")
        shift
    done
    tsclust --model=correlation -p segments "$@" series.csv > found.csv || return 1
    csts-eval --truth=truth.csv --data=series.csv "${require[@]}" found.csv > /dev/null
}

# --- what is found ---

@test "the published subject: labels a row, by any start, as one pipe" {
    local subject=(--subject=apricot-waterfall-16 --variant=nonnormal --completeness=sparse)
    for start in density patterns; do
        csts "${subject[@]}" --values | tsclust --model=correlation --start="$start" |
            csts-eval "${subject[@]}" --require='jaccard>=0.9995' --require='discovery=100' --require='specificity=100' \
                --require='segmentation_ratio=1' --require='swc>=0.9' --require='boundary_f1=1' > /dev/null
    done
}

@test "a published downsampled subject, where correlations are weaker and stretches short" {
    local subject=(--subject=toasty-music-9 --variant=downsampled)
    for start in density patterns; do
        csts "${subject[@]}" --values | tsclust --model=correlation --start="$start" |
            csts-eval "${subject[@]}" --require='jaccard>=0.97' > /dev/null
    done
}

@test "a new benchmark: the number of clusters is found; patterns and k-means find the same" {
    series series.csv --values
    series truth.csv --labels
    truth=$(cut -d, -f6 truth.csv | sed 1d | sort -u | wc -l)
    found 'jaccard>=0.995' 'discovery=100' 'specificity=100' 'segmentation_ratio=1'
    [ "$(cut -d, -f5 found.csv | sed 1d | sort -u | wc -l)" -eq "$truth" ]
    found 'jaccard>=0.995' 'discovery=100' --start=patterns
    found 'ari>=0.95' --start=kmeans -k "$truth"
    found 'jaccard>=0.995' --window=30
}

@test "monotone changes of the columns change nothing" {
    series series.csv --values
    awk -F, -v OFS=, 'NR > 1 { $1 = exp($1 / 50); $2 = 7 - $2; $3 = $3 ^ 3 } 1' OFMT=%.17g CONVFMT=%.17g series.csv > other.csv
    tsclust --model=correlation series.csv > one
    tsclust --model=correlation other.csv > two
    cmp one two
}

@test "two and four columns" {
    csts --seed=2 --segments=30 --lengths=300,400 --variates=2 --values > two.csv
    csts --seed=2 --segments=30 --lengths=300,400 --variates=2 --labels > two-truth.csv
    tsclust --model=correlation two.csv | csts-eval --truth=two-truth.csv --data=two.csv --require='ari>=0.98' > /dev/null
    csts --seed=2 --segments=60 --lengths=300,400 --variates=4 --patterns | sed -n '1p;20p;100p;190p;260p;330p;400p' > chosen.csv
    csts --seed=2 --segments=40 --lengths=300,400 --variates=4 --patterns=chosen.csv --values > four.csv
    csts --seed=2 --segments=40 --lengths=300,400 --variates=4 --patterns=chosen.csv --labels > four-truth.csv
    tsclust --model=correlation four.csv | csts-eval --truth=four-truth.csv --data=four.csv --require='ari>=0.98' > /dev/null
    tsclust --model=correlation --start=patterns --patterns=chosen.csv four.csv |
        csts-eval --truth=four-truth.csv --data=four.csv --require='ari>=0.98' > /dev/null
}

@test "a cluster without rows near it is none: independent columns are one cluster" {
    csts --seed=4 --segments=10 --lengths=600 --variant=raw --values > raw.csv
    run_clu tsclust --model=correlation -p summary raw.csv
    ok
    [ "$(sed -n 2p "$CLU_OUT" | cut -d, -f1-4)" = 6000,3,1,1 ]
}

@test "templates: labels are the ids of the patterns" {
    series series.csv --values
    series truth.csv --labels
    tsclust --model=correlation --templates -p segments series.csv > found.csv
    csts-eval --truth=truth.csv --data=series.csv --map=id --require='jaccard>=0.995' found.csv > /dev/null
    tsclust --model=correlation --templates series.csv | sed 1d | sort -un > labels
    cut -d, -f6 truth.csv | sed 1d | sort -un | cmp - labels
    run_clu tsclust --model=correlation --templates -p clusters series.csv
    ok
    awk -F, 'NR > 1 && $1 != $4 { exit 1 }' "$CLU_OUT"
}

@test "ticc: from the stretches of equal correlation, and as its authors' code does" {
    series series.csv --values
    series truth.csv --labels
    tsclust --model=ticc -p segments series.csv | csts-eval --truth=truth.csv --data=series.csv --require='jaccard>=0.95' > /dev/null
    run_clu tsclust --model=ticc --compat -k 8 --max-iter=3 --window=3 --beta=100 -p summary series.csv
    [ "$status" -eq 0 ]
    [ "$stderr" = "tsclust: warning: not converged; see --max-iter" ]
    [ "$(sed -n 2p "$CLU_OUT" | cut -d, -f5)" = 3 ]
}

# --- what is printed ---

@test "labels: one a record, with ids, with the record, with records left out" {
    series series.csv --values
    sed '5s/^[^,]*/NA/' series.csv > gap.csv
    run_clu tsclust --model=correlation gap.csv
    fails 3 "gap.csv:5: column 1 (a): missing value ('NA'); see --missing"
    tsclust --model=correlation --missing=drop gap.csv > labels
    [ "$(wc -l < labels)" -eq "$(wc -l < gap.csv)" ]
    [ "$(sed -n 5p labels)" = "" ]
    [ "$(sed -n 4p labels)" = 1 ]
    tsclust --model=correlation --missing=drop --append gap.csv | sed -n '1p;4,5p' > appended
    paste -d, gap.csv labels | sed -n '1p;4,5p' | cmp - appended
    nl -s, -w1 series.csv | sed '1s/^1/id/' > named.csv
    [ "$(tsclust --model=correlation -i id named.csv | sed -n 2p)" = 2,1 ]
    # Segments count the records of the input.
    run_clu tsclust --model=correlation --missing=drop -p segments gap.csv
    ok
    [ "$(tail -n 1 "$CLU_OUT" | cut -d, -f3)" -eq "$(($(wc -l < gap.csv) - 2))" ]
}

@test "segments: the table that csts prints, from the first to the last record" {
    series series.csv --values
    tsclust --model=correlation series.csv | sed 1d > labels
    run_clu tsclust --model=correlation -p segments series.csv
    ok
    [ "$(head -n 1 "$CLU_OUT")" = "id,start idx,end idx,length,cluster_id,r12,r13,r23" ]
    awk -F, 'NR > 1 { for (i = $2; i <= $3; i++) print $5; if ($4 != $3 - $2 + 1) exit 1 }' "$CLU_OUT" | cmp - labels
    awk -F, 'NR > 1 && $4 < 10 { exit 1 }' "$CLU_OUT"
    run_clu tsclust --model=correlation -p segments --min-length=400 series.csv
    ok
    awk -F, 'NR > 1 && $4 < 400 { exit 1 }' "$CLU_OUT"
}

@test "clusters: rows and segments add up; the nearest pattern" {
    series series.csv --values
    run_clu tsclust --model=correlation -p clusters series.csv
    ok
    [ "$(head -n 1 "$CLU_OUT")" = "cluster,segments,rows,pattern,r12,r13,r23" ]
    [ "$(awk -F, 'NR > 1 { s += $2; r += $3 } END { print s, r }' "$CLU_OUT")" = "40 $(($(wc -l < series.csv) - 1))" ]
    [ "$(sed 1d "$CLU_OUT" | cut -d, -f4 | sort | uniq -d | wc -l)" -eq 0 ]
}

@test "the same bytes for every number of threads and every CLU_CPU" {
    series series.csv --values
    for model in correlation ticc; do
        tsclust --model="$model" -j1 -p segments -m one.model series.csv > one
        for j in 2 3 7; do
            tsclust --model="$model" -j "$j" -p segments -m other.model series.csv | cmp one -
            cmp one.model other.model
        done
        CLU_CPU=base tsclust --model="$model" -p segments -m other.model series.csv | cmp one -
        cmp one.model other.model
    done
}

# --- models ---

@test "a saved model assigns its own rows as they were, and those of another series" {
    series series.csv --values
    series truth.csv --labels
    for model in correlation ticc; do
        tsclust --model="$model" -m saved.model series.csv > labels
        tsclust --model="$model" --assign=saved.model series.csv | cmp labels -
        csts --seed=9 --segments=40 --lengths=300,450,600 --values > next.csv
        csts --seed=9 --segments=40 --lengths=300,450,600 --labels > next-truth.csv
        tsclust --model="$model" -c V1,V2,V3 --assign=saved.model next.csv |
            csts-eval --truth=next-truth.csv --data=next.csv --require='jaccard>=0.95' > /dev/null
    done
}

@test "models that are not for it, or damaged" {
    series series.csv --values
    tsclust --model=correlation -m saved.model series.csv > /dev/null
    run_clu tsclust --assign=saved.model series.csv
    fails 3 "saved.model:2: a model of correlations; see --model"
    run_clu tsclust --model=ticc --assign=saved.model series.csv
    fails 3 "saved.model:2: a model 'correlation', not 'ticc'; see --model"
    kmeans -k 2 -m kmeans.model series.csv > /dev/null
    run_clu tsclust --model=correlation --assign=kmeans.model series.csv
    fails 3 "kmeans.model:1: *"
    sed 's/^beta,.*/beta,-1/' saved.model > bad.model
    run_clu tsclust --model=correlation --assign=bad.model series.csv
    fails 3 "bad.model:6: below 0"
    sed '/^covariance/s/,[^,]*$//' saved.model > bad.model
    run_clu tsclust --model=correlation --assign=bad.model series.csv
    fails 3 "bad.model:8: *"
    sed '/^covariance/s/,[^,]*/,-1/' saved.model > bad.model
    run_clu tsclust --model=correlation --assign=bad.model series.csv
    fails 3 "the covariance of cluster 1 is singular*"
    sed '/^covariance/d' saved.model > bad.model
    run_clu tsclust --model=correlation --assign=bad.model series.csv
    fails 3 "bad.model:1: no cluster"
    cut -d, -f1,2 series.csv > narrow.csv
    run_clu tsclust --model=correlation --assign=saved.model narrow.csv
    fails 3 "saved.model: column 'c' is not in the input*"
}

# --- bad input ---

@test "options that do not go together" {
    series series.csv --values
    for options in "-p segments" "--start=density" "--beta=3" "--model=correlation --distance=dtw" "--model=correlation --method=pam" \
        "--model=correlation -k 3" "--model=correlation --start=kmeans" "--model=correlation --normalise=none" \
        "--model=correlation --compat" "--model=correlation --lambda=1" "--model=correlation --window=10%" \
        "--model=correlation --window=0" "--model=correlation -p medoids" "--model=correlation --missing=interpolate" \
        "--model=correlation --templates --start=patterns" "--model=correlation --start=patterns --radius=0.1" \
        "--model=correlation --append -p segments" "--model=correlation --line-buffered" "--model=ticc --compat" "--model=ticc -k 4" "--model=ticc --compat -k 4 --start=patterns" "--model=correlation --start=kmeans -k 2..4" \
        "--model=correlation --patterns=series.csv" "--model=correlation --templates -m x.model"; do
        # shellcheck disable=SC2086 # words that are meant to be split
        run_clu tsclust $options series.csv
        fails 2 "*" || { echo "$options"; return 1; }
    done
}

@test "one column, too many columns, no records, more clusters than windows" {
    series series.csv --values
    run_clu tsclust --model=correlation -c a series.csv
    fails 2 "1 column; correlations are of 2 to 16; choose with -c"
    awk -F, -v OFS=, '{ s = $1; for (i = 2; i <= 17; i++) s = s OFS $1; print s }' series.csv > wide.csv
    run_clu tsclust --model=correlation -H wide.csv
    fails 2 "17 columns; correlations are of 2 to 16; choose with -c"
    head -n 1 series.csv > empty.csv
    run_clu tsclust --model=correlation empty.csv
    fails 3 "empty.csv: *"
    head -n 40 series.csv > short.csv
    run_clu tsclust --model=correlation --start=kmeans -k 23 short.csv
    fails 3 "23 clusters asked, but only 2 *"
    run_clu tsclust --model=ticc --window=50 short.csv
    fails 3 "*50*"
    run_clu tsclust --model=correlation -p summary short.csv
    ok
    head -n 2 series.csv > single.csv
    [ "$(tsclust --model=correlation single.csv 2> /dev/null | tr '\n' ' ')" = "cluster 1 " ]
}

@test "a constant column is told" {
    series series.csv --values
    awk -F, -v OFS=, 'NR > 1 { $2 = 5 } 1' series.csv > constant.csv
    run_clu tsclust --model=correlation -p segments constant.csv
    [ "$status" -eq 0 ]
    [ "$stderr" = "tsclust: warning: column 2 is constant: it has no correlation" ]
    [ "$(sed -n 2p "$CLU_OUT" | cut -d, -f6,8)" = NA,NA ]
}
