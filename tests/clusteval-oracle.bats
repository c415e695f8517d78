# clusteval against scikit-learn, SciPy and R: what they found is stored in oracle/agree/ by oracle/agree.py and oracle/agree.R.

# shellcheck disable=SC2154 # status, output and stderr are set by run_clu
load lib

setup()
{
    bats_load
    ORACLE=$CLU_SRC/tests/oracle/agree
}

# Every case under these means, as lines "case,mean,measure,value".
evaluate() # MEAN...
{
    local case mean
    awk -F, 'NR > 1 { print $2 "," $3 > ("case." $1) }' "$ORACLE/cases.csv"
    for case in case.*; do
        for mean; do
            clusteval --mean="$mean" -c 2,1 --header=no "$case" | awk -v id="${case#case.}" -v mean="$mean" 'NR > 1 {
                print id "," mean "," $0 }' || return 1
        done
    done
}

# Lines of got against lines of want; a measure that no mean changes has none in want.
compare() # WANT GOT
{
    awk -F, '
        function differ(x, y, d) { d = x - y; return d < 0 ? -d : d }
        NR == FNR { got[$1 "," $2 "," $3] = $4; next }
        FNR == 1 { next }
        {
            what = $3
            exact = sub(/^exact:/, "", what)
            is = got[$1 "," ($2 == "" ? "arithmetic" : $2) "," what]
            size = $4 < 0 ? -$4 : $4
            # scikit-learn itself is exact to the last digits but in sums of logarithms
            close_to = what == "ami" && !exact ? 1e-9 : 1e-12 * size + (what ~ /^(ami|nmi|v|homogeneity|completeness|nca)$/ ? 1e-15 : 0)
            compared++
            if (is == "" || is == "NA" || differ(is, $4) > close_to) { print "case " $1 ": " $2 " " $3 " is " is ", not " $4; bad = 1 }
        }
        END { print compared " compared"; exit bad || compared < 900 }' "$2" "$1"
}

@test "every measure as scikit-learn and SciPy have it" {
    evaluate arithmetic geometric min max > got
    compare "$ORACLE/python.csv" got
}

@test "the adjusted Rand index of mclust and fpc" {
    evaluate arithmetic | grep ',ari,' > got
    awk -F, '
        NR == FNR { got[$1] = $4; next }
        FNR > 1 {
            for (i = 2; i <= 3; i++)
                if ($i != "NA" && $i != "NaN") {
                    compared++
                    d = got[$1] - $i
                    if (d > 1e-12 || d < -1e-12) { print "case " $1 " is " got[$1] ", not " $i; bad = 1 }
                }
        }
        END { exit bad || compared < 60 }' got "$ORACLE/r.csv"
}
