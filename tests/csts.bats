# What csts promises: the published benchmark bit for bit, new ones that are the same everywhere, and what it refuses.

# shellcheck disable=SC2154 # status, output and stderr are set by run_clu
load lib

setup()
{
    bats_load
    ORACLE=$CLU_SRC/tests/oracle/csts
}

# A small new benchmark with all distributions.
new_benchmark() # ARG...
{
    seq 1 3 40 > sample
    run_clu csts --seed=11 --variates=5 --segments=7 --lengths=60,120,180 --marginal='a=gev(-0.25,0.63,1.48)' \
        --marginal='b=negbin(2.5,0.1)' --marginal='c=gamma(2,3)' --marginal='d=lognormal(0,1)' --marginal='e=empirical:sample' "$@"
    ok
}

# --- the published data ---

@test "hashes of the published data" {
    for n in 1 16; do
        run_clu csts --verify --subject=$n
        ok
        [ "$(sed -n 2p "$CLU_OUT" | cut -d, -f6)" = yes ]
        [ "$(wc -l < "$CLU_OUT")" -eq 2 ]
    done
    [ "$(sed -n 2p "$CLU_OUT")" = apricot-waterfall-16,1275300,122c24e77b33a308,5a5ef1a347b1f48c,98c477fe10710923,yes ]
}

# The lines of the oracle for a variant, and the number of its rows, from a pipe: complete data are long.
rows_agree() # VARIANT COMPLETENESS
{
    local lines
    grep "^$1;$2;" "$ORACLE/rows.csv" > lines
    lines=$(cut -d';' -f4 lines | awk '{ print $1 + 1 "p" }')
    (cut -d';' -f5 lines && sed -n 1p lines | cut -d';' -f3 | awk '{ print $1 + 1 }') > want
    run_sh 'csts --subject=16 --variant="$1" --completeness="$2" --truth-as-column | sed -n "$3
\$="' "$1" "$2" "$lines"
    ok
    same want "$CLU_OUT"
}

@test "rows of all twelve variants, as numpy, SciPy and pandas make them" {
    for variant in raw correlated nonnormal downsampled; do
        for completeness in complete partial sparse; do
            rows_agree $variant $completeness
        done
    done
}

# Correlations, tolerance and distances; a whole number of thousandths may be one thousandth less in the other table.
labels_agree() # VARIANT COMPLETENESS TABLE
{
    run_clu csts --subject=16 --variant="$1" --completeness="$2" --labels
    ok
    [ "$(head -n 1 "$CLU_OUT")" = 'subject_id,id,start idx,end idx,length,cluster_id,r12,r13,r23,within,MAE,relaxed MAE' ]
    cut -d, -f2- "$CLU_OUT" | sed 1d > got
    sed 1d "$3" | paste -d, got - | awk -F, '
        NF != 22 { bad = 1; exit 1 }
        { for (i = 1; i <= 5; i++) if ($i != $(i + 11)) bad = 1
          for (i = 6; i <= 11; i++) { d = $i - $(i + 11); if (d < -0.00101 || d > 0.00101) bad = 1; if (d > 0.0001 || d < -0.0001) off++ }
          if ($9 != $20) bad = 1 }
        END { exit bad || NR != 100 || off > 6 }'
}

@test "label tables" {
    labels_agree nonnormal sparse "$ORACLE/sparse_nonnormal.csv"
    labels_agree downsampled complete "$ORACLE/complete_downsampled.csv"
}

@test "subjects by name and number, in both splits" {
    run_clu csts --subject=dandy-field-1 --completeness=sparse --labels
    ok
    [ "$(cut -d, -f6 "$CLU_OUT" | sed -n 2,11p | paste -sd,)" = 15,2,15,3,12,9,2,0,6,5 ]
    cp "$CLU_OUT" want
    run_clu csts --subject=1 --split=confirmatory --completeness=sparse --labels
    ok
    same want "$CLU_OUT"
    run_clu csts --subject=absurd-morning-10 --completeness=sparse --variant=raw
    ok
    [ "$(cut -d, -f2 "$CLU_OUT" | sed -n 2,6p | paste -sd,)" = 8,12,22,47,68 ]
}

@test "reduced sets" {
    run_clu csts --subject=16 --completeness=partial --reduced=25-segments --labels
    ok
    [ "$(wc -l < "$CLU_OUT")" -eq 26 ]
    [ "$(sed -n 2p "$CLU_OUT")" = apricot-waterfall-16,1,0,12624,12625,19,-0.723,-0.091,0.725,TTT,0.214,0.043 ]
    cp "$CLU_OUT" correlated
    run_clu csts --subject=16 --completeness=partial --reduced=25-segments --labels --variant=nonnormal
    ok
    [ "$(sed -n 2p "$CLU_OUT" | cut -d, -f7-9)" = -0.718,-0.091,0.721 ]
    run_clu csts --subject=16 --completeness=partial --reduced=25-segments --labels --variant=nonnormal --compat
    ok
    same correlated "$CLU_OUT"
    run_clu csts --subject=16 --completeness=sparse --reduced=6-clusters --labels
    ok
    [ "$(sed 1d "$CLU_OUT" | cut -d, -f6 | sort -u | wc -l)" -eq 6 ]
}

@test "columns" {
    run_sh 'csts --subject=2 --completeness=sparse --values --truth-as-column --output-delimiter=";" | head -n 2'
    ok
    [ "${output%%$'\n'*}" = 'iob;cob;ig;cluster_id' ]
    run_sh 'csts --subject=2 --completeness=sparse | head -n 1'
    [ "$output" = 'subject_id,old id,datetime,iob,cob,ig' ]
    run_sh 'csts --subject=2 --completeness=sparse --variant=downsampled | head -n 1'
    [ "$output" = 'subject_id,datetime,original_index,iob,cob,ig' ]
}

# --- the same everywhere ---

@test "the same bytes for every number of threads, target, and without FMA" {
    new_benchmark --variant=nonnormal
    cp "$CLU_OUT" want
    for threads in 1 2 7; do
        new_benchmark --variant=nonnormal -j "$threads"
        same want "$CLU_OUT"
    done
    for target in base avx512; do
        CLU_CPU=$target new_benchmark --variant=nonnormal
        same want "$CLU_OUT"
    done
    GLIBC_TUNABLES=glibc.cpu.hwcaps=-FMA,-FMA4,-AVX2,-AVX2_Usable,-AVX512F new_benchmark --variant=nonnormal
    same want "$CLU_OUT"
    # and on every machine, by every compiler
    [ "$(cksum < want)" = "4003169194 49590" ]
    GLIBC_TUNABLES=glibc.cpu.hwcaps=-FMA,-FMA4,-AVX2,-AVX2_Usable,-AVX512F run_clu csts --verify --subject=3 -j 3
    ok
    grep -q ',yes$' "$CLU_OUT"
}

@test "labels do not depend on threads" {
    run_clu csts --subject=4 --variant=downsampled --completeness=sparse --labels -j 1
    ok
    cp "$CLU_OUT" want
    run_clu csts --subject=4 --variant=downsampled --completeness=sparse --labels -j 5
    ok
    same want "$CLU_OUT"
}

@test "compressed is the same" {
    need gzip
    new_benchmark
    cp "$CLU_OUT" want
    new_benchmark --gzip
    gzip -dc < "$CLU_OUT" > got
    same want got
    new_benchmark --gzip --labels
    gzip -dc < "$CLU_OUT" > got
    new_benchmark --labels
    same "$CLU_OUT" got
}

# --- new benchmarks ---

@test "structure of a new benchmark" {
    run_clu csts --seed=5 --segments=47 --lengths=300,600 --labels
    ok
    # each pattern two or three times, neighbours differ, lengths 24 and 23 times
    sed 1d "$CLU_OUT" | awk -F, '
        $6 == last { bad = 1 } { last = $6; n[$6]++; len[$5]++ }
        END { for (i in n) { k++; if (n[i] < 2 || n[i] > 3) bad = 1 }
              exit bad || k != 23 || len[300] + len[600] != 47 || len[300] < 23 || len[600] < 23 }'
    cp "$CLU_OUT" want
    run_clu csts --seed=5 --segments=47 --lengths=300,600 --labels --subject=2
    ok
    ! cmp -s want "$CLU_OUT" || return 1
    run_clu csts --seed=6 --segments=47 --lengths=300,600 --labels
    ok
    ! cmp -s want "$CLU_OUT" || return 1
}

@test "achieved correlations are those of the patterns" {
    csts --patterns --variates=4 > patterns
    run_clu csts --seed=3 --variates=4 --segments=40 --lengths=3600 --labels
    ok
    # Spearman of the population, columns spearman12 .. spearman34 of the table of the patterns
    awk -F, 'NR == FNR { for (i = 0; i < 6; i++) want[$1, i] = $(NF - 5 + i); next }
        FNR > 1 { n++; for (i = 0; i < 6; i++) { d = $(7 + i) - want[$6, i]; if (d < -0.08 || d > 0.08) bad = 1 } }
        END { exit bad || n != 40 }' patterns "$CLU_OUT"
}

@test "distributions" {
    seq 100 200 > sample
    run_clu csts --seed=2 --variates=3 --segments=1 --lengths=20000 --variant=nonnormal --values --marginal='n=normal(10,2)' \
        --marginal='k=negbin(3,0.25)' --marginal='e=empirical:sample'
    ok
    [ "$(head -n 1 "$CLU_OUT")" = n,k,e ]
    # mean 10; 3 * 0.75 / 0.25 = 9, whole numbers; between 100 and 200, mean 150. The pattern may widen n a little.
    awk -F, 'NR > 1 { n++; a += $1; b += $2; c += $3; if ($2 != int($2) || $2 < 0 || $3 < 100 || $3 > 200) bad = 1 }
        END { exit bad || n != 20000 || a / n < 9.9 || a / n > 10.1 || b / n < 8.7 || b / n > 9.7 || c / n < 149 || c / n > 151 }' "$CLU_OUT"
}

@test "rate: times with fractions, minutes of more observations" {
    run_clu csts --seed=2 --segments=2 --lengths=60 --rate=4
    ok
    [ "$(wc -l < "$CLU_OUT")" -eq 481 ]
    [ "$(sed -n 3p "$CLU_OUT" | cut -d, -f2)" = '2017-06-23 00:00:00.250000+00:00' ]
    [ "$(sed -n 242p "$CLU_OUT" | cut -d, -f2)" = '2017-06-23 00:01:00+00:00' ]
    run_clu csts --seed=2 --segments=2 --lengths=60 --rate=4 --variant=downsampled
    ok
    [ "$(wc -l < "$CLU_OUT")" -eq 3 ]
}

@test "patterns from a file: an edited part of the table" {
    csts --patterns > all
    (sed -n 1p all && grep -E '^(13|17),' all) > some
    run_clu csts --patterns=some --segments=4 --lengths=600 --labels
    ok
    [ "$(sed 1d "$CLU_OUT" | cut -d, -f6 | sort -n | paste -sd,)" = 13,13,17,17 ]
    printf '7,0.5\n3,-0.9\n' > some
    run_clu csts --patterns=some --variates=2 --segments=2 --lengths=50000 --labels
    ok
    # Spearman of Pearson's 0.5 is 0.483, of -0.9 -0.891
    sed 1d "$CLU_OUT" | awk -F, '{ d = $7 - ($6 == 7 ? 0.483 : -0.891); if (d < -0.02 || d > 0.02) exit 1 }'
    [ "$(head -n 1 "$CLU_OUT")" = 'subject_id,id,start idx,end idx,length,cluster_id,r12,within,MAE' ]
}

@test "an endless benchmark streams" {
    run_sh 'csts --seed=1 --segments=1000000 --lengths=36000 -j 2 | head -n 2 | cut -d, -f1'
    ok
    [ "$output" = $'subject_id\nsubject-1' ]
}

@test "complete data take little memory" {
    plain_build 'they take address space'
    run_sh 'ulimit -v 100000; csts --subject=1 -j 1 --values | tail -n 1'
    ok
    [ -n "$output" ]
}

# --- files ---

@test "all files of a subject, in the published layout" {
    run_clu csts --all --out=new --subject=30 --completeness=sparse --variant=correlated --truth-as-column
    ok
    [ ! -s "$CLU_OUT" ]
    run_clu csts --all --out=new --subject=30 --completeness=sparse --variant=downsampled
    ok
    (cd new && find . -type f | LC_ALL=C sort) > got
    for stage in normal resampled_1min; do
        for file in bad_partitions/breezy-leaf-30-bad-labels breezy-leaf-30-data breezy-leaf-30-labels; do
            echo "./exploratory/irregular_p90/$stage/$file.csv"
        done
    done > want
    same want got
    csts --subject=30 --completeness=sparse --truth-as-column | cmp - new/exploratory/irregular_p90/normal/breezy-leaf-30-data.csv
    csts --subject=30 --completeness=sparse --labels | cmp - new/exploratory/irregular_p90/normal/breezy-leaf-30-labels.csv
    csts-degrade --subject=30 --completeness=sparse --variant=downsampled |
        cmp - new/exploratory/irregular_p90/resampled_1min/bad_partitions/breezy-leaf-30-bad-labels.csv
}

@test "all files of a new benchmark and of a reduced set" {
    need gzip
    run_clu csts --all --out=new --seed=4 --subjects=2 --segments=23 --lengths=120 --variant=downsampled --gzip
    ok
    [ "$(find new -type f | wc -l)" -eq 18 ]
    gzip -dc new/irregular_p30/resampled_1min/subject-2-data.csv.gz > got
    csts --seed=4 --subject=2 --segments=23 --lengths=120 --variant=downsampled --completeness=partial > want
    same want got
    run_clu csts --all --out=set --reduced=25-segments --subject=1 --completeness=sparse --variant=correlated
    ok
    [ "$(find set -type f | wc -l)" -eq 3 ]
    [ -f set/exploratory/reduced-data/segments_dropped_75/irregular_p90/normal/bad_partitions/peach-puddle-1-bad-labels.csv ]
}

# --- what it refuses ---

@test "wrong usage" {
    run_clu csts
    fails 2 'option --subject is required'
    run_clu csts --subject=nobody
    fails 2 "no subject 'nobody'"
    run_clu csts --subject=31
    fails 2 "invalid subject '31': subjects are numbered from 1 to 30"
    run_clu csts --subject=dandy-field-1 --split=exploratory
    fails 2 "subject 'dandy-field-1' is in the confirmatory split"
    run_clu csts --subject=1 file
    fails 2 "unexpected argument 'file'"
    run_clu csts --subject=1 --labels --verify
    fails 2 '--labels, --all, --verify and --patterns exclude each other'
    run_clu csts --subject=1 --labels --values
    fails 2 '--truth-as-column and --values are for data'
    run_clu csts --all
    fails 2 '--all needs --out'
    run_clu csts --subject=1 --out=x
    fails 2 '--out is for --all'
    run_clu csts --all --out=x -o y
    fails 2 '--all writes to --out, not to -o'
    run_clu csts --seed=1 --split=confirmatory
    fails 2 '--split, --reduced, --compat and --verify are for published data'
    run_clu csts --subject=1 --compat
    fails 2 '--compat is for --reduced'
    run_clu csts --subject=1 --reduced=6-clusters --variant=raw
    fails 2 'reduced sets are correlated or nonnormal'
    run_clu csts --verify --split=confirmatory
    fails 2 'there are hashes of the exploratory split only'
    run_clu csts --verify --subject=dandy-field-1
    fails 2 'there are hashes of the exploratory split only'
    run_clu csts --verify --variant=raw
    fails 2 '--verify looks at the whole complete data, all three stages'
    run_clu csts --seed=1 --subjects=3
    fails 2 '--subjects is for --all'
    run_clu csts --seed=1 --subject=x
    fails 2 "invalid subject 'x': those of new benchmarks are numbers"
    run_clu csts --segments=0
    fails 2 "invalid argument '0' for '--segments'"
    run_clu csts --variates=6
    fails 2 'more than 5 variates need --patterns=FILE'
    run_clu csts --rate=7
    fails 2 'invalid rate: 7 does not divide 1000'
    [ ! -e x ]
}

@test "lengths, distributions and patterns that cannot be" {
    for list in 0 1.5 x '' '10,' 2000000; do
        run_clu csts --lengths="$list"
        fails 2 "invalid length in '*': lengths are whole seconds from 1 to 1000000"
    done
    run_clu csts --lengths=2000 --rate=1000
    fails 2 'a segment has from 1 to 1000000 observations, not 2000000'
    run_clu csts --lengths=90 --variant=downsampled
    fails 2 'downsampling needs segments of whole minutes, not of 90 seconds'
    for m in 'gev(1,2,3)' '=gev(1,2,3)' 'a=gev(1,2)' 'a=gev(1,2,3' 'a=gev(1,2,3)x' 'a=cauchy(1,2)' 'a,b=normal(0,1)' 'a=normal(0,1,2)'; do
        run_clu csts --marginal="$m"
        fails 2 "invalid marginal '*"
    done
    run_clu csts --marginal='a=gamma(-1,2)'
    fails 2 "invalid marginal 'a=gamma(-1,2)': a shape is from 1e-3 to 1e6, a scale above 0"
    run_clu csts --variates=2 --marginal='a=normal(0,1)' --marginal='b=normal(0,1)' --marginal='c=normal(0,1)'
    fails 2 '3 marginals of 2 variates'
    run_clu csts --marginal=a=empirical:nope
    fails 4 'nope: No such file or directory'
    printf '1,2\n3,4\n' > two
    run_clu csts --marginal=a=empirical:two
    fails 3 'two: 2 columns; a sample has one'
    run_clu csts --patterns=two
    fails 2 '*'
    printf '1,2\n' > two
    run_clu csts --patterns=two --variates=2
    fails 3 'two: pattern 1: correlations are from -1 to 1'
    printf '1,1\n1,0\n' > two
    run_clu csts --patterns=two --variates=2
    fails 3 'two: pattern 1 is there twice'
    printf '1.5,1\n' > two
    run_clu csts --patterns=two --variates=2
    fails 3 'two:1: column 1: an id is a whole number from 0 to 2147483647'
}

@test "output that cannot be written" {
    [ -c /dev/full ] || skip 'no /dev/full'
    run_sh 'csts --subject=1 > /dev/full'
    fails 4 'write error: No space left on device'
    run_sh 'csts --patterns >&-'
    fails 4 'write error: Bad file descriptor'
    run_clu csts --subject=1 -o nodir/x
    fails 4 'nodir/x: No such file or directory'
    touch file
    run_clu csts --all --out=file --subject=1
    fails 4 'file/exploratory: Not a directory'
}
