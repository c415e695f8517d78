# What clusteval promises: labels and truth from one table or two, measures, prints, conditions, and what it refuses. Agreement with
# scikit-learn, SciPy and R is in clusteval-oracle.bats.

# shellcheck disable=SC2154 # status, output and stderr are set by run_clu
load lib

setup()
{
    bats_load
    cp "$CLU_SRC/data/iris.csv" .
    printf '1\n1\n2\n2\n2\n' > labels
    printf 'class\na\na\nb\nb\na\n' > truth.csv
}

scores() # ARG... : "name=value" words of the scores
{
    run_clu clusteval "$@"
    ok
    [ "${output%%$'\n'*}" = measure,value ]
    output=$(tail -n +2 "$CLU_OUT" | tr ',\n' '= ')
    output=${output% }
}

# --- where labels come from ---

@test "labels on stdin, in a file, in gzip, and beside the truth" {
    clusteval --truth=truth.csv labels > want
    run_sh 'clusteval --truth=truth.csv < labels'
    ok
    same want "$CLU_OUT"
    # shellcheck disable=SC2002 # a pipe is wanted
    run_sh 'cat truth.csv | clusteval --truth=- labels'
    ok
    same want "$CLU_OUT"
    gzip -k labels
    run_clu clusteval --truth=truth.csv labels.gz
    ok
    same want "$CLU_OUT"
    (echo cluster && cat labels) | paste -d';' - truth.csv > both
    for args in '' '-c cluster,class' '-c 1,2' '--truth-column=class' '--truth-column=2' '--label-column=1 --truth-column=class' \
        '-c cluster --truth-column=class'; do
        # shellcheck disable=SC2086 # several words
        run_clu clusteval $args --output-delimiter=, both
        ok
        same want "$CLU_OUT"
    done
    run_clu clusteval -c class,cluster both
    ok
    [ "${output%%$'\n'*}" = 'measure;value' ]
}

@test "a column against itself" {
    scores --label-column=species --truth-column=species --measure=ari,ami,nca iris.csv
    [ "$output" = 'ari=1 ami=1 nca=1' ]
    scores -c 5 --truth=iris.csv --truth-column=species --measure=accuracy,v iris.csv
    [ "$output" = 'accuracy=1 v=1' ]
}

@test "labels are numbers by their value, texts by their bytes" {
    printf '1\n1.0\n01\n1e0\n2\n+2\n"x"\n x \nX\n' > labels
    printf 'a\na\na\na\nb\nb\nc\nc\nd\n' > truth
    scores --truth=truth --measure=ari labels
    [ "$output" = 'ari=1' ]
    printf '1,5\n1,50\n2\n' > labels
    printf '7\n7\n8\n' > truth
    scores --truth=truth --measure=ari --decimal-comma --output-delimiter=, labels
    [ "$output" = 'ari=1' ]
}

@test "whole numbers that cannot be told apart are refused" {
    printf '9007199254740993\n1\n' > labels
    run_clu clusteval --truth=labels labels
    fails 3 'labels: label 9007199254740992: numbers from 2^53 on cannot be told apart; put a letter in front'
}

@test "texts without a header: a first record that is a label further down is a label" {
    printf 'setosa\nsetosa\nother\n' > a
    printf 'cluster\n1\n1\n2\n' > b
    scores --truth=a --measure=ari b
    [ "$output" = 'ari=1' ]
    scores --truth=b --measure=ari a
    [ "$output" = 'ari=1' ]
    printf 'x,u\nx,v\ny,w\n' > both
    run_clu clusteval -p confusion both
    ok
    [ "$output" = $'truth,x,y\nu,1,0\nv,1,0\nw,0,1' ]
    # the only one of its kind is taken for a header, if nobody says that it is not
    printf 'one\nother\nother\n' > a
    printf '1\n2\n2\n' > b
    run_clu clusteval --truth=a b
    fails 3 'a: 2 rows, but 3 labels in b'
    scores --truth=a --file-header=no --measure=ari b
    [ "$output" = 'ari=1' ]
    scores --truth=b --header=no --measure=ari a
    [ "$output" = 'ari=1' ]
}

@test "missing labels are an error, or left out" {
    printf '1\n\n2\n2\nNA\n' > labels
    run_clu clusteval --truth=truth.csv labels
    fails 3 "labels:2: column 1: missing value (''); see --na"
    run_clu clusteval --truth=truth.csv --na=drop -p confusion labels
    ok
    [ "$output" = $'truth,1,2\na,1,0\nb,0,2' ]
    printf 'class\n\na\nNA\nnull\na\n' > truth.csv
    run_clu clusteval --truth=truth.csv --na=drop labels
    fails 3 'no record has both labels'
}

@test "noise is a cluster, many clusters, or nothing" {
    printf '0\n0\n1\n1\n2\n' > labels
    printf '0\na\nb\nb\n0\n' > truth
    run_clu clusteval --truth=truth -p confusion labels
    ok
    [ "$output" = $'truth,0,1,2\n0,1,0,1\na,1,0,0\nb,0,2,0' ]
    run_clu clusteval --truth=truth --noise=singletons -p confusion labels
    ok
    [ "$output" = $'truth,1,2,0,0\na,0,0,0,1\nb,2,0,0,0\n0,0,0,1,0\n0,0,1,0,0' ]
    run_clu clusteval --truth=truth --noise=drop -p confusion labels
    ok
    [ "$output" = $'truth,1\nb,2' ]
}

# --- measures ---

@test "all measures, some, and their order" {
    scores --truth=truth.csv labels
    [ "$(tr ' ' '\n' <<< "$output" | sed 's/=.*//' | paste -sd' ')" = \
        'ari ami nmi homogeneity completeness v fm jaccard rand purity accuracy nca' ]
    scores --truth=truth.csv --measure=rand,purity,accuracy,jaccard labels
    [ "$output" = 'rand=0.6 purity=0.8 accuracy=0.8 jaccard=0.3333333333333333' ]
    kmeans -k 3 -c 1-4 iris.csv > labels
    scores --data=iris.csv -c 1-4 labels
    [ "$(tr ' ' '\n' <<< "$output" | sed 's/=.*//' | paste -sd' ')" = 'silhouette ch db dunn inertia' ]
    scores --data=iris.csv -c 1-4 --silhouette=medoid labels
    [ "$(tr ' ' '\n' <<< "$output" | sed 's/=.*//' | paste -sd' ')" = 'silhouette ch db inertia' ]
    scores --data=iris.csv -c 1-4 --truth=iris.csv --truth-column=species --measure=inertia,ari labels
    [ "${output% *}" = "inertia=78.85144142614601" ]
}

@test "measures and requests that do not fit" {
    run_clu clusteval labels
    fails 2 'nothing to compare the labels with: --truth, --data, or a second column'
    run_clu clusteval --truth=truth.csv --measure=arj labels
    fails 2 "no measure 'arj'; the measures are: ari, *"
    run_clu clusteval --truth=truth.csv --measure=ari,ari labels
    fails 2 'measure ari is listed twice'
    run_clu clusteval --truth=truth.csv --measure=ch labels
    fails 2 'ch needs --data'
    run_clu clusteval --data=labels --measure=ari labels
    fails 2 'ari needs a truth'
    run_clu clusteval --data=labels -p confusion labels
    fails 2 '-p confusion needs a truth'
    run_clu clusteval --truth=truth.csv -p clusters labels
    fails 2 '-p clusters needs --data'
    run_clu clusteval --truth=truth.csv --scale=zscore labels
    fails 2 '--silhouette, --sample and --scale are for --data'
    run_clu clusteval --data=labels --silhouette=medoid --sample=3 labels
    fails 2 '--sample is for --silhouette=sampled'
    run_clu clusteval --truth=iris.csv labels
    fails 2 'iris.csv: 5 columns; choose that of the truth with --truth-column'
    run_clu clusteval --truth=labels iris.csv
    fails 2 'iris.csv: 5 columns; choose that of the labels with -c'
    run_clu clusteval --data=iris.csv iris.csv
    fails 2 'iris.csv: 5 columns; choose that of the labels with --label-column'
    run_clu clusteval --truth=iris.csv --truth-column=nosuch labels
    fails 2 "no column 'nosuch'; the columns are: *"
    run_clu clusteval --truth=- --data=- labels
    fails 2 "standard input ('-') given twice"
    run_sh 'clusteval --truth=- < labels'
    fails 2 "standard input ('-') given twice"
}

@test "numbers of rows that differ" {
    run_clu clusteval --truth=iris.csv --truth-column=species labels
    fails 3 'iris.csv: 150 rows, but 5 labels in labels'
    run_sh 'clusteval --data=iris.csv -c 1-4 < labels'
    fails 3 'iris.csv: 150 rows, but 5 labels in stdin'
}

@test "degenerate labels" {
    printf '1\n1\n1\n' > one
    printf '1\n2\n3\n' > all
    scores --truth=one one
    [ "$output" = 'ari=1 ami=1 nmi=1 homogeneity=1 completeness=1 v=1 fm=1 jaccard=1 rand=1 purity=1 accuracy=1 nca=1' ]
    scores --truth=all all
    [ "$output" = 'ari=1 ami=1 nmi=1 homogeneity=1 completeness=1 v=1 fm=0 jaccard=1 rand=1 purity=1 accuracy=1 nca=1' ]
    scores --truth=one --measure=ari,ami,nmi,homogeneity,completeness,v,fm,jaccard,nca all
    [ "$output" = 'ari=0 ami=0 nmi=0 homogeneity=1 completeness=0 v=0 fm=0 jaccard=0 nca=0' ]
    scores --truth=all --measure=ari,ami,nmi,homogeneity,completeness,v,fm,jaccard,nca one
    [ "$output" = 'ari=0 ami=0 nmi=0 homogeneity=0 completeness=1 v=0 fm=0 jaccard=0 nca=0' ]
    echo 1 > single
    scores --truth=single --measure=ari,ami,v,rand,nca single
    [ "$output" = 'ari=1 ami=1 v=1 rand=1 nca=1' ]
    printf '4\n5\n9\n' > x
    scores --data=x one
    [ "$output" = 'silhouette=NA ch=NA db=NA dunn=NA inertia=14' ]
    scores --data=x --measure=silhouette,ch,db,inertia all
    [ "$output" = 'silhouette=0 ch=NA db=NA inertia=0' ]
    run_clu clusteval --data=x -p silhouette one
    ok
    [ "$output" = $'1,NA,NA\n1,NA,NA\n1,NA,NA' ]
}

@test "every mean" {
    printf '1\n1\n2\n2\n3\n4\n' > labels
    printf '1\n1\n1\n2\n2\n2\n' > truth
    for mean in arithmetic geometric min max; do
        scores --truth=truth --mean=$mean --measure=nmi,ami labels
        echo "$output"
    done | sort -u > got
    [ "$(wc -l < got)" -eq 4 ]
    run_clu clusteval --truth=truth --mean=mode labels
    fails 2 "invalid argument 'mode' for '--mean' (valid: arithmetic, geometric, min, max)"
}

# --- prints ---

@test "the table of counts: numbers in order, then texts" {
    printf '10\n9\nx\nB\n9\n-1\n' > labels
    printf 't\nt\nt\nu\nu\nu\n' > truth
    run_clu clusteval --truth=truth -p confusion labels
    ok
    [ "$output" = $'truth,-1,9,10,B,x\nt,0,1,1,0,1\nu,1,1,0,1,0' ]
    printf '"a,b"\n"a,b"\nc\n' > labels
    printf '1\n1\n1\n' > truth
    run_clu clusteval --truth=truth -p confusion -d , labels
    ok
    [ "$output" = $'truth,"a,b",c\n1,2,1' ]
}

@test "silhouettes keep their lines" {
    printf 'cluster\n1\n\n1\n2\n0\n2\n' > labels
    printf 'x\n0\n5\n1\n10\n5\nNA\n' > x.csv
    run_clu clusteval --data=x.csv --na=drop --noise=drop -p silhouette labels
    ok
    [ "$output" = $'cluster,neighbour,silhouette\n1,2,0.9\n,,\n1,2,0.8888888888888888\n2,1,0\n,,\n,,' ]
    run_clu clusteval --data=x.csv --na=drop --noise=drop -p clusters labels
    ok
    [ "$(cut -d, -f 1-3,6,7 <<< "$output")" = $'cluster,rows,inertia,diameter,separation\n1,2,0.5,1,9\n2,1,0,0,9\ntotal,3,0.5,1,9' ]
    printf '\n\n\n\n0\n1\n' > labels
    run_clu clusteval --data=x.csv --na=drop --noise=drop labels
    fails 3 'no record has both a label and all values'
}

@test "silhouettes of a sample, of means, of medoids; scaled columns" {
    kmeans -k 3 -c 1-4 --scale=zscore iris.csv > labels
    run_clu clusteval --data=iris.csv -c 1-4 --scale=zscore --measure=inertia labels
    ok
    [ "$(tail -n 1 "$CLU_OUT" | cut -d, -f2 | cut -c1-10)" = "$(kmeans -k 3 -c 1-4 --scale=zscore -p summary iris.csv | tail -n 1 | cut -d, -f4 | cut -c1-10)" ]
    scores --data=iris.csv -c 1-4 --measure=silhouette labels
    exact=$output
    scores --data=iris.csv -c 1-4 --measure=silhouette --sample=1000 labels
    [ "$output" = "$exact" ]
    scores --data=iris.csv -c 1-4 --measure=silhouette --sample=50 labels
    [ "$output" != "$exact" ]
    sampled=$output
    scores --data=iris.csv -c 1-4 --measure=silhouette --silhouette=sampled --sample=50 --seed=2 labels
    [ "$output" != "$sampled" ]
    run_clu clusteval --data=iris.csv -c 1-4 -p silhouette --sample=50 labels
    ok
    [ "$(grep -c NA "$CLU_OUT")" -eq 100 ]
    for how in simplified medoid; do
        scores --data=iris.csv -c 1-4 --measure=silhouette --silhouette=$how labels
        [ "$output" != "$exact" ]
    done
}

# --- conditions ---

@test "conditions decide the exit status" {
    run_clu clusteval --truth=truth.csv --measure=rand --require='rand>=0.6' --require 'purity = 0.8' --require='jaccard<1' labels
    ok
    [ "$output" = $'measure,value\nrand,0.6' ]
    while read -r condition is; do
        run_clu clusteval --truth=truth.csv --measure=rand --require="$condition" labels
        [ "$status" -eq 1 ]
        [ "$output" = $'measure,value\nrand,0.6' ]
        [ "$stderr" = "clusteval: not met: $condition (it is $is)" ]
        run_clu clusteval --truth=truth.csv --measure=rand --require="$condition" -q labels
        [ "$status" -eq 1 ]
        [ -z "$stderr" ]
    done << END
rand>0.6 0.6
rand<0.6 0.6
rand=0.61 0.6
rand<=0.5999 0.6
purity>=0.81 0.8
END
    run_clu clusteval --truth=truth.csv --require='ari>=2' --require='rand>0' --require='rand>1' -p confusion labels
    [ "$status" -eq 1 ]
    [ "$(wc -l < "$CLU_ERR")" -eq 2 ]
    printf '1\n1\n1\n1\n1\n' > one
    run_clu clusteval --data=labels --measure=inertia --require='silhouette>-2' one
    [ "$status" -eq 1 ]
    [ "$stderr" = 'clusteval: not met: silhouette>-2 (it is not defined here)' ]
}

@test "a file of -o is written whatever the answer" {
    run_clu clusteval --truth=truth.csv --measure=rand --require='rand>1' -q -o out labels
    [ "$status" -eq 1 ]
    [ "$(cat out)" = $'measure,value\nrand,0.6' ]
}

@test "conditions that are none" {
    for c in '' ari 'ari>' '>=0.9' 'ari>=x' 'ari>>1' 'ari==1' 'ari=>1' 'ari>=0.9x'; do
        run_clu clusteval --truth=truth.csv --require="$c" labels
        fails 2 "invalid condition '$c' (such as ari>=0.9, with >=, >, <=, < or =)"
    done
    run_clu clusteval --truth=truth.csv --require='arj>=1' labels
    fails 2 "no measure 'arj'; *"
    run_clu clusteval --truth=truth.csv --require='dunn>1' labels
    fails 2 'dunn needs --data'
}

# --- the same bytes ---

@test "every thread count and kernel gives the same bytes" {
    awk 'BEGIN { srand(3); print "a,b,x,y"; for (i = 0; i < 3000; i++) print int(rand() * 40) "," int(rand() * 60) "," rand() "," rand() }' > x
    for args in '-c a,b' '--label-column=a --data=x -c x,y' '--label-column=a --data=x -c x,y -p silhouette' \
        '--label-column=a --data=x -c x,y -p clusters'; do
        # shellcheck disable=SC2086 # several words
        clusteval -j 1 $args x > want
        for j in 2 3 7; do
            # shellcheck disable=SC2086
            clusteval -j $j $args x > got
            same want got
        done
        for cpu in base avx2 avx512; do
            # shellcheck disable=SC2086
            CLU_CPU=$cpu clusteval $args x > got
            same want got
        done
    done
}

@test "the order of the records does not matter" {
    (cat iris.csv && tail -n +2 iris.csv | sed 's/setosa/virginica/') > x
    awk -F, 'NR == 1 { print "label"; next } { print int($1) "" }' x | paste -d, - x > y
    clusteval -c label,species y > want
    (head -n 1 y && tail -n +2 y | sort -t, -k 4,4 -k 2,2) > z
    clusteval -c label,species z > got
    same want got
}

# --- many labels ---

@test "more clusters than a dense table has room for" {
    seq 30000 | awk '{ print $1 % 7000 "," ($1 * 7919) % 9000 }' > x
    run_clu clusteval --measure=rand,accuracy,ami,purity x
    ok
    seq 30000 | awk '{ print $1 % 7000 ",c" $1 % 7000 }' > x
    scores --measure=ari,accuracy,nca x
    [ "$output" = 'ari=1 accuracy=1 nca=1' ]
}

# --- bad luck ---

@test "files that are not there, empty, cut or damaged" {
    run_clu clusteval --truth=nope labels
    fails 4 'nope: No such file or directory'
    run_clu clusteval --truth=labels nope
    fails 4 'nope: No such file or directory'
    run_clu clusteval --data=nope labels
    fails 4 'nope: No such file or directory'
    mkdir d
    run_clu clusteval --truth=d labels
    fails 4 'd: Is a directory'
    run_sh 'clusteval --truth=labels < /dev/null'
    fails 3 'stdin: no data'
    run_clu clusteval --truth=/dev/null labels
    fails 3 '/dev/null: no data'
    run_sh 'clusteval --truth=labels <<< cluster'
    fails 3 'stdin: no data rows after the header'
    run_sh 'clusteval --truth=labels <&-'
    fails 4 'stdin: Bad file descriptor'
    seq 10000 | gzip | head -c 1000 > x.gz
    run_clu clusteval --truth=x.gz labels
    fails 3 'x.gz: unexpected end of compressed data'
    printf '1\n2\0\n' > x
    run_clu clusteval --truth=x labels
    fails 3 'x:2: NUL byte in column 1'
    printf '\377\376a\0' > x
    run_clu clusteval x
    fails 3 'x:1: UTF-16 text; *'
    printf '1\ninf\n' > x
    run_clu clusteval --truth=labels x
    fails 3 "x:2: column 1: not a finite number: 'inf'"
    printf 'a,b\n1,x\n2,3\n' > x
    run_clu clusteval --data=x -H --label-column=1 --file-header=yes x
    fails 3 "x:2: column 2 (b): not a number: 'x'*"
}

@test "output that cannot be written" {
    [ -c /dev/full ] || skip 'no /dev/full'
    run_sh 'clusteval --truth=truth.csv labels > /dev/full'
    fails 4 'write error: No space left on device'
    run_sh 'clusteval --truth=truth.csv labels >&-'
    fails 4 'write error: Bad file descriptor'
    run_clu clusteval --truth=truth.csv -o nodir/x labels
    fails 4 'nodir/x: No such file or directory'
    cp labels x
    run_clu clusteval --truth=truth.csv --measure=rand -o x x
    ok
    [ "$(cat x)" = $'measure,value\nrand,0.6' ]
}

@test "facts" {
    run_clu clusteval --truth=truth.csv -v labels
    [ "$status" -eq 0 ]
    for fact in 'header: no' 'rows: 5' 'records compared: 5' 'classes: 2' 'clusters: 2' 'mutual information: *'; do
        grep -q "^$fact" "$CLU_ERR"
    done
}
