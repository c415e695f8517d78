# kmeans against R and scikit-learn: what they found is stored in oracle/kmeans/ by oracle/kmeans.R and oracle/kmeans.py.

# shellcheck disable=SC2154 # status, output and stderr are set by run_clu
load lib

setup()
{
    bats_load
    ORACLE=$CLU_SRC/tests/oracle/kmeans
}

# The table of set $1 without its last column, the class.
table()
{
    sed 's/,[^,]*$//' "$CLU_SRC/data/$1.csv"
}

# Rows $2... of the table $1, which has a header: a start.
rows()
{
    awk -v rows=" ${*:2} " 'NR == 1 || index(rows, " " (NR - 1) " ")' "$1"
}

total()
{
    tail -n 1 | sed 's/.*,//'
}

# Call "$@" SET K ROWS LLOYD HARTIGAN_WONG COLUMN for each case: COLUMN is that of its labels in SET.csv.
each_case()
{
    local set k rows lloyd hw last='' column
    while IFS=, read -r set k rows lloyd hw; do
        [ "$set" != set ] || continue
        [ "$set" = "$last" ] || { column=0 last=$set && table "$set" > x.csv; }
        column=$((column + 1))
        # shellcheck disable=SC2086 # several numbers
        rows x.csv $rows > start.csv
        "$@" "$set" "$k" "$rows" "$lloyd" "$hw" "$column" || { echo "$set k=$k start $column"; return 1; }
    done < "$ORACLE/r.csv"
}

close() # A B: equal to 1e-12 relative, or both about 0
{
    awk -v a="$1" -v b="$2" 'BEGIN { d = a - b; if (d < 0) d = -d; exit !(d <= 1e-12 * (a + b) + 1e-20) }'
}

lloyd_case()
{
    (echo cluster && cut -d, -f"$6" "$ORACLE/$1.csv") > want
    for algorithm in lloyd hamerly yinyang; do
        kmeans -k "$2" --init=start.csv --refine=none --max-iter 10000 --algorithm=$algorithm x.csv > got || return 1
        same want got || return 1
    done
    close "$(kmeans -k "$2" --init=start.csv --refine=none --max-iter 10000 -p summary x.csv | total)" "$4"
}

@test "Lloyd: the labels and the inertia of R and scikit-learn" {
    each_case lloyd_case
}

@test "Lloyd with weights: the inertia of scikit-learn" {
    weighted_case()
    {
        local want
        case_number=$((case_number + 1))
        want=$(sed -n "$((case_number + 1))p" "$ORACLE/sklearn.csv" | cut -d, -f4)
        awk 'NR == 1 { print $0 ",w"; next } { print $0 "," (NR - 2) % 3 + 1 }' x.csv > weighted.csv
        close "$(kmeans -k "$2" -w w --init=start.csv --refine=none --max-iter 10000 -p summary weighted.csv | total)" "$want"
    }
    case_number=0
    each_case weighted_case
}

@test "exchange: not worse than Hartigan-Wong of R, in the geometric mean" {
    exchange_case()
    {
        echo "$(kmeans -k "$2" --init=start.csv --max-iter 10000 -p summary x.csv | total) $5" >> ratios
    }
    each_case exchange_case
    awk '$2 > 1e-9 { s += log($1 / $2); n++ } END { print exp(s / n); exit !(n > 30 && exp(s / n) <= 1.002) }' ratios
}

@test "one column, k = n" {
    printf '%s\n' 4 1 8 5 9 > x.csv
    printf '1\n9\n' > start.csv
    run_clu kmeans -k 2 --init=start.csv -p centers x.csv
    ok
    [ "$output" = "$(printf 'cluster,V1\n1,3.3333333333333335\n2,8.5')" ]
    run_clu kmeans -k 5 --init=x.csv x.csv
    ok
    [ "$output" = $'1\n2\n3\n4\n5' ]
}

@test "spherical: brute force agrees" {
    # Three directions of a few rows each: the best partition by trying all.
    printf '%s\n' 1,0.1 2,0.1 9,2 0.1,1 0.2,3 1,5 -1,-1 -3,-2 > x.csv
    best=$(awk -F, '
        { l = sqrt($1 * $1 + $2 * $2); x[NR] = $1 / l; y[NR] = $2 / l }
        END {
            for (code = 0; code < 3 ^ NR; code++) {
                split("", a); split("", b); c = code
                for (i = 1; i <= NR; i++) { g = c % 3; c = int(c / 3); a[g] += x[i]; b[g] += y[i] }
                s = 0
                for (g in a) s += sqrt(a[g] ^ 2 + b[g] ^ 2)
                if (s > most) most = s
            }
            printf "%.12f", 2 * (NR - most)
        }' x.csv)
    got=$(kmeans -k 3 --spherical --nstart 20 -p summary x.csv | total)
    awk -v a="$got" -v b="$best" 'BEGIN { d = a - b; exit !(d < 1e-9 && d > -1e-9) }'
}
