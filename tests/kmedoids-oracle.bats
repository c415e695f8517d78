# pam and clara against R's package cluster: what it found is stored in oracle/pam/ and oracle/clara/ by oracle/pam.R and
# oracle/clara.R.

# shellcheck disable=SC2154 # status, output and stderr are set by run_clu
load lib

setup()
{
    bats_load
    PAM=$CLU_SRC/tests/oracle/pam
    CLARA=$CLU_SRC/tests/oracle/clara
}

# The table of set $1 without its last column, the class; of ruspini.dist the triangle of distances.
table()
{
    if [ "$1" = ruspini.dist ]; then
        cat "$PAM/$1"
    else
        sed 's/,[^,]*$//' "$CLU_SRC/data/$1.csv"
    fi
}

# pam_cases SET ALGORITHM OPTION...: run pam for each case of that set and algorithm, and compare the medoids and the loss. With
# TIES=exactly where the case is a matter of ties, too: otherwise its loss must be in the range of what R found there. Few
# processes are started, since there are hundreds of cases.
pam_cases()
{
    local metric k start rest init n=0
    table "$1" > x
    grep "^$1,.*,$2," "$PAM/pam.csv" > cases
    shift 2
    while IFS=, read -r _ metric k start _ rest; do
        init=build
        # shellcheck disable=SC2086 # several numbers
        [ "$start" = build ] || { init=start && printf '%s\n' $start > start; }
        echo "case $metric,$k,$start,$rest"
        pam -j 1 -k "$k" --metric="$metric" --init=$init "$@" -v -p medoids x 2>&1
        n=$((n + 1))
    done < cases > found
    awk -v exactly="${TIES:-}" -v n=$n '
        function sorted(list,    n, i, j, a, t)
        {
            n = split(list, a, " ")
            for (i = 2; i <= n; i++)
                for (j = i; j > 1 && a[j - 1] + 0 > a[j] + 0; j--) { t = a[j]; a[j] = a[j - 1]; a[j - 1] = t }
            list = ""
            for (i = 1; i <= n; i++) list = list (i > 1 ? " " : "") a[i]
            return list
        }
        function close_to(a, b,    d) { d = a - b; return (d < 0 ? -d : d) <= 1e-9 * b }
        function check(    w, good)
        {
            split(want, w, ",") # metric, k, start, medoids, loss, tied, low, high
            if (w[6] == "FALSE" || exactly) good = sorted(medoids) == w[4] && close_to(loss, w[5])
            else good = loss >= w[7] * (1 - 1e-9) && loss <= w[8] * (1 + 1e-9)
            if (!good) { bad = 1; print "R: " want "\n    found: " sorted(medoids) ", loss " loss }
        }
        /^case / { if (NR > 1) check(); want = substr($0, 6); medoids = loss = ""; cases++; next }
        /^loss: / { loss = $2 }
        /^[0-9]+,[0-9]/ { split($0, cell, ","); medoids = medoids " " cell[2] }
        END { check(); exit bad || cases != n || cases < 9 }' found
}

# --- pam ---

@test "PAM on iris: the medoids and the loss of R" {
    pam_cases iris pam --algorithm=pam --float64
}

@test "PAM on iris: those of R's FastPAM1, which differ in ties" {
    pam_cases iris fastpam1 --algorithm=pam --float64
}

@test "PAM on ruspini" {
    pam_cases ruspini pam --algorithm=pam --float64
}

@test "PAM on the distances of ruspini" {
    pam_cases ruspini.dist pam --algorithm=pam
}

@test "PAM on wine" {
    pam_cases wine pam --algorithm=pam --float64
}

@test "PAM on ecoli" {
    pam_cases ecoli pam --algorithm=pam --float64
}

@test "PAM on wdbc" {
    pam_cases wdbc pam --algorithm=pam --float64
}

@test "PAM on mk2" {
    pam_cases mk2 pam --algorithm=pam --float64
}

@test "FasterPAM on iris" {
    pam_cases iris fasterpam --float64
}

@test "FasterPAM on ruspini" {
    pam_cases ruspini fasterpam --float64
}

@test "FasterPAM on the distances of ruspini" {
    pam_cases ruspini.dist fasterpam
}

@test "FasterPAM on wine" {
    pam_cases wine fasterpam --float64
}

@test "FasterPAM on ecoli" {
    pam_cases ecoli fasterpam --float64
}

@test "FasterPAM on wdbc" {
    pam_cases wdbc fasterpam --float64
}

@test "FasterPAM on mk2" {
    pam_cases mk2 fasterpam --float64
}

@test "pam --compat=r on iris: R's medoids, ties included" {
    TIES=exactly pam_cases iris pam --compat=r
}

@test "pam --compat=r on ruspini" {
    TIES=exactly pam_cases ruspini pam --compat=r
}

@test "pam --compat=r on the distances of ruspini" {
    TIES=exactly pam_cases ruspini.dist pam --compat=r
}

@test "pam --compat=r on wine" {
    TIES=exactly pam_cases wine pam --compat=r
}

@test "pam --compat=r on ecoli" {
    TIES=exactly pam_cases ecoli pam --compat=r
}

@test "pam --compat=r on wdbc" {
    # Ties of one start fall otherwise: R adds up 30 columns in long doubles.
    pam_cases wdbc pam --compat=r
}

@test "pam --compat=r on mk2" {
    TIES=exactly pam_cases mk2 pam --compat=r
}

# alike FILE FILE: the same cells, numbers to 1e-12; the lines of the first may have a header.
alike()
{
    awk -F, '
        function far(a, b,    d) { d = a - b; return (d < 0 ? -d : d) > 1e-12 * (b < 0 ? -b : b) }
        NR == FNR { want[FNR] = $0; lines = FNR; next }
        {
            n = split(want[FNR], w, ",")
            bad = n != NF
            for (i = 1; i <= n; i++)
                if (w[i] ~ /^[-0-9.e+]+$/ && $i ~ /^[-0-9.e+]+$/ ? far($i, w[i]) : $i != w[i]) bad = 1
            if (bad) { print "R: " want[FNR] "\n   " $0; any = 1 }
        }
        END { exit any || FNR != lines || FNR == 0 }' "$1" "$2"
}

@test "the figures of the clusters: clusinfo and isolation of R" {
    for case in iris:3 ruspini:4 wine:3; do
        set=${case%:*} k=${case#*:}
        table "$set" > x
        grep "^$set,$k," "$PAM/info.csv" | cut -d, -f3- > want
        pam -k "$k" --compat=r -p clusters x | tail -n +2 > got
        alike want got
    done
}

@test "the silhouette of R" {
    for case in iris:3 ruspini:4 wine:3; do
        set=${case%:*} k=${case#*:}
        table "$set" > x
        grep "^$set,$k," "$PAM/silhouette.csv" | cut -d, -f4- > want
        pam -k "$k" --compat=r -p silhouette x | tail -n +2 > got
        alike want got
    done
}

# --- clara ---

# The cases of set $1: medoids in the order of the clusters, objective, labels. There is no option for pamLike = TRUE.
clara_cases()
{
    local set metric k samples sampsize pamlike medoids objective column=0 n=0
    table "$1" > x
    while IFS=, read -r set metric k samples sampsize pamlike medoids objective _; do
        [ "$set" = "$1" ] || continue
        column=$((column + 1))
        [ "$pamlike" = FALSE ] || continue
        set -- "$1" --compat=r -k "$k" --metric="$metric" --samples="$samples"
        [ "$sampsize" = 0 ] || set -- "$@" --sample-size="$sampsize"
        cut -d, -f$column "$CLARA/$1.csv" > want
        clara -j 1 "${@:2}" x | tail -n +2 > got
        same want got || { echo "column $column: ${*:2}"; return 1; }
        clara -j 1 "${@:2}" -p medoids -v x > rows 2> facts
        [ "$(tail -n +2 rows | cut -d, -f2 | xargs)" = "$medoids" ] || { echo "${*:2}: not $medoids" && cat rows && return 1; }
        awk -v want="$objective" -v rows="$(wc -l < want)" '
            /^loss: / { d = $2 / rows - want; seen = 1 }
            END { exit !(seen && (d < 0 ? -d : d) <= 1e-12 * want) }' facts || { echo "${*:2}: objective not $objective" && return 1; }
        n=$((n + 1))
    done < "$CLARA/r.csv"
    [ "$n" -gt 1 ]
}

@test "clara --compat=r on iris: labels, medoids and objective of R" {
    clara_cases iris
}

@test "clara --compat=r on ruspini" {
    clara_cases ruspini
}

@test "clara --compat=r on wine" {
    clara_cases wine
}

@test "clara --compat=r on ecoli" {
    clara_cases ecoli
}

@test "clara --compat=r on wdbc" {
    clara_cases wdbc
}

@test "clara --compat=r on mk2" {
    clara_cases mk2
}

@test "clara --compat=r on xclara" {
    clara_cases xclara
}
