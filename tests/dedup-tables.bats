# What dedup-tables promises: plans, recipes, --apply, --restore, that nothing is lost when it is killed, and what it refuses.

# shellcheck disable=SC2154 # status, output and stderr are set by run_clu
load lib

setup()
{
    bats_load
    mkdir lake
    cat "$CLU_SRC/data/iris.csv" > lake/iris.csv # not cp: the sources may be read-only
}

# The table, by the names of its parts: what a lake collects.
copies()
{
    cp lake/iris.csv lake/copy.csv
    grep -e sepal -e virginica lake/iris.csv > lake/filter.csv
    awk -F, -v OFS=, '{ print $5, $2 }' lake/iris.csv > lake/columns.csv
    { head -n 1 lake/iris.csv && tail -n +2 lake/iris.csv | sort -t, -k2,2n -k1,1 -k3,3; } > lake/sorted.csv
    sed 's/$/\r/' lake/filter.csv > lake/crlf.csv
    sed 's/,/","/g; s/^/"/; s/$/"/' lake/iris.csv > lake/quoted.csv
    tr , '\t' < lake/filter.csv > lake/tabs.tsv
    printf '\357\273\277' | cat - lake/filter.csv | head -c -1 > lake/mark.csv
    gzip -c lake/iris.csv > lake/packed.csv.gz
    printf 'p,q,r\n7,8,9\n' > lake/other.csv
}

# ARG...: sketch, contain, plan. The plan is in plan.tsv.
plan()
{
    rm -f plan.tsv plan.recipes plan.tsv.journal
    find lake -type f | sort | contain-tables --files-from=- --save-sketch=lake.sketch > edges.tsv
    dedup-tables --sketch=lake.sketch --recipes=plan.recipes "$@" edges.tsv > plan.tsv
}

# "action table source" of the plan, or another choice of columns.
planned()
{
    tail -n +2 plan.tsv | cut -f "${1:-1,2,4}" | tr '\t' ' '
}

row() # TABLE : its line of the plan
{
    awk -F'\t' -v t="$1" '$2 == t' plan.tsv
}

# Is every table of was/ where it was, byte for byte (.gz: what is in it)?
all_there()
{
    local file
    (cd was && find . -type f) | while read -r file; do
        case $file in
            *.gz) cmp <(zcat "was/$file") <(zcat "lake/$file") || exit 1 ;;
            *) cmp "was/$file" "lake/$file" || exit 1 ;;
        esac
    done
}

# --- plans ---

@test "a plan keeps what contains the others, and says how they come back" {
    copies
    plan
    [ "$(planned)" = "delete lake/columns.csv lake/packed.csv.gz
delete lake/copy.csv lake/packed.csv.gz
delete lake/crlf.csv lake/packed.csv.gz
delete lake/filter.csv lake/packed.csv.gz
delete lake/iris.csv lake/packed.csv.gz
delete lake/mark.csv lake/packed.csv.gz
keep lake/other.csv 
keep lake/packed.csv.gz 
delete lake/quoted.csv lake/packed.csv.gz
delete lake/sorted.csv lake/packed.csv.gz
delete lake/tabs.tsv lake/packed.csv.gz" ]
    [ "$(planned 6 | grep -c ^bytes:plan.recipes:)" -eq 9 ]
}

@test "the header and the fields of a plan" {
    copies
    plan --prefer=newest
    [ "$(head -n 1 plan.tsv | tr '\t' ' ')" = "action table bytes source_parent reason recipe fingerprints size mtime inode saving est_rebuild_s" ]
    IFS=$'\t' read -r action table bytes source reason recipe prints size mtime inode saving _ < <(row lake/filter.csv)
    [ "$action,$table,$reason" = "delete,lake/filter.csv,its rows are in the source" ]
    [ "$bytes,$size" = "$(stat -c %s lake/filter.csv),$bytes" ]
    [ "$inode" = "$(stat -c %d:%i lake/filter.csv)" ]
    [ "${mtime%?????????}" = "$(stat -c %Y lake/filter.csv)" ]
    own=$(awk -F'\t' '$2 == "lake/filter.csv" { print $10 ":" $12 }' lake.sketch)
    parent=$(awk -F'\t' -v t="$source" '$2 == t { print $10 ":" $12 }' lake.sketch)
    [ "$prints" = "$own,$parent" ]
    length=${recipe#bytes:plan.recipes:*+} length=${length%:*}
    [ "$saving" -eq $((bytes - length)) ]
    [ "$(head -c 14 plan.recipes)" = clu-recipes/1 ]
}

@test "-v tells the totals and the gap" {
    copies
    find lake -type f | contain-tables --files-from=- --save-sketch=lake.sketch > edges.tsv
    run_clu dedup-tables -v --sketch=lake.sketch edges.tsv
    [ "$status" -eq 0 ]
    for fact in 'tables: 11' 'keep: 2' 'delete: 9' 'link: 0' 'review: 0' 'gap: 0.000000'; do
        grep -qx "$fact" "$CLU_ERR" || return 1
    done
    grep -qx 'bytes saved: [0-9]*' "$CLU_ERR"
    [ -s plan.recipes ]
}

@test "--prefer says which of equal tables is kept" {
    mkdir -p lake/a
    cp lake/iris.csv lake/a/i.csv
    cp lake/iris.csv lake/zz.csv
    touch -d '2001-01-01' lake/a/i.csv
    touch -d '2002-01-01' lake/iris.csv
    touch -d '2003-01-01' lake/zz.csv
    for word in smallest=zz.csv shortest=zz.csv oldest=a/i.csv newest=zz.csv 'glob:*ris*=iris.csv'; do
        plan --prefer="${word%=*}"
        [ "$(planned 1,2 | grep keep)" = "keep lake/${word#*=}" ] || return 1
    done
}

@test "--protect is absolute: by path, by folder, from the root, and for --apply" {
    copies
    for glob in 'lake/c*.csv' './lake/c*.csv' "$PWD/lake/c*"; do
        plan --protect="$glob"
        [ "$(planned 1,2,5 | grep protected)" = "keep lake/columns.csv protected
keep lake/copy.csv protected
keep lake/crlf.csv protected" ] || return 1
    done
    for glob in lake lake/ "$PWD/lake" '*'; do
        plan --protect="$glob"
        [ -z "$(planned 1 | grep -v keep)" ] || return 1
    done
    # Through a link to the folder.
    ln -s lake way
    contain-tables --save-sketch=way.sketch way/*.csv > way.tsv
    dedup-tables --sketch=way.sketch --protect=lake way.tsv > way.plan
    ! grep -q ^delete way.plan || return 1
    plan
    run_clu dedup-tables --apply=plan.tsv --trash=trash --protect='*c*.csv'
    [ "$status" -eq 0 ]
    [ "$(grep -c 'protected: it stays' "$CLU_ERR")" -eq 3 ]
    [ -f lake/copy.csv ] && [ -f lake/crlf.csv ] && [ -f lake/columns.csv ] && [ ! -e lake/filter.csv ]
}

@test "never a target: archives, links, empty and trivial tables, all names of one file" {
    copies
    head -n 1 lake/iris.csv > lake/empty.csv
    printf 'species\nsetosa\n' > lake/tiny.csv
    ln lake/filter.csv lake/hard.csv
    (cd lake && tar -cf pack.tar copy.csv)
    plan
    ln -s iris.csv lake/soft.csv
    find lake | grep -v 'lake$' | sort | contain-tables --files-from=- --save-sketch=lake.sketch > edges.tsv
    rm plan.recipes
    dedup-tables --sketch=lake.sketch edges.tsv > plan.tsv
    for table in empty.csv tiny.csv filter.csv hard.csv soft.csv pack.tar!copy.csv; do
        [ "$(row "lake/$table" | cut -f1)" = keep ] || return 1
    done
    # The file behind the link is reached by two paths: it stays, too.
    [ "$(row lake/iris.csv | cut -f1)" = keep ]
    [ "$(row lake/hard.csv | cut -f3)" = 0 ]
    rm plan.recipes lake/soft.csv
    dedup-tables --trivial --sketch=lake.sketch edges.tsv > plan.tsv
    [ "$(row lake/tiny.csv | cut -f1)" != delete ] # a recipe that takes as much as the table
}

@test "members of archives are sources, and come back from there" {
    (cd lake && tar -czf pack.tar.gz iris.csv)
    cp lake/iris.csv iris.csv
    plan
    [ "$(planned)" = "delete lake/iris.csv lake/pack.tar.gz!iris.csv
keep lake/pack.tar.gz!iris.csv " ]
    dedup-tables --apply=plan.tsv --trash=trash > /dev/null
    rm -r trash
    dedup-tables --restore=plan.tsv lake/iris.csv > /dev/null
    same iris.csv lake/iris.csv
}

@test "a file that is not what was sketched is for review, and its children go to what it was in" {
    copies
    grep -e sepal -e 'virginica' lake/iris.csv | head -n 20 > lake/part.csv
    rm lake/crlf.csv lake/tabs.tsv lake/mark.csv
    find lake -type f | sort | contain-tables --files-from=- --save-sketch=lake.sketch > edges.tsv
    grep -q "^lake/part.csv.lake/filter.csv" edges.tsv
    echo 9,9,9,9,virginica >> lake/filter.csv
    rm lake/other.csv
    dedup-tables --sketch=lake.sketch edges.tsv > plan.tsv
    [ "$(row lake/filter.csv | cut -f1,4,5)" = "review		it changed since it was sketched" ]
    [ "$(row lake/other.csv | cut -f1,5)" = "review	it is gone" ]
    [ "$(row lake/part.csv | cut -f1,4)" = "delete	lake/packed.csv.gz" ]
}

@test "edges that are wrong, sampled, renamed or partial delete nothing" {
    printf 'a,b\n1,2\n3,4\n5,6\n7,8\n9,10\n11,12\n' > lake/big.csv
    printf 'a,b\n1,2\n3,99\n5,6\n' > lake/small.csv
    rm lake/iris.csv
    plan
    head=$(head -n 1 edges.tsv)
    printf '%s\nlake/small.csv\tlake/big.csv\tcontained\t1\t3\t3\t3\t6\tset\tprobe\t2\t\t\n' "$head" > lies.tsv
    dedup-tables --sketch=lake.sketch lies.tsv > plan.tsv
    [ "$(row lake/small.csv | cut -f1,5)" = "review	not all of its rows are in the table that is said to contain it" ]
    [ ! -e plan.recipes ]
    { echo a,b && for _ in 1 2 3 4 5 6 7 8 9 10; do printf '1,2\n5,6\n9,10\n1,2\n'; done; } > lake/small.csv
    plan
    [ "$(row lake/small.csv | cut -f1)" = delete ]
    rm plan.recipes
    for change in 's/contained/partial/' 's/probe/sample/' 's/$/a=a,b=b/' 's/\t\t$/\tempty\t/' 's/\t\t$/\ttrivial\t/' 's/\t\t$/\tnormalised\t/'; do
        sed "2,\$$change" edges.tsv | dedup-tables --sketch=lake.sketch > plan.tsv
        [ "$(row lake/small.csv | cut -f1)" = keep ] || return 1
    done
}

@test "costs: a cloud keeps what is read too often, a limit what takes too long" {
    head -n 20 lake/iris.csv > lake/few.csv
    grep -e sepal -e virginica lake/iris.csv > lake/filter.csv
    cat lake/iris.csv > lake/all.csv
    plan --cost=cloud
    [ "$(planned 1,2 | grep -c delete)" -eq 3 ]
    plan --cost=cloud --accesses=1000
    [ "$(planned 1,2 | grep -c 'delete.*filter\|delete.*few')" -eq 0 ]
    printf 'table\taccesses\nlake/filter.csv\t1000\n' > usage
    plan --cost=cloud --usage=usage
    [ "$(row lake/filter.csv | cut -f1,5)" = "keep	keeping it costs less" ]
    plan --latency-limit=1e-9
    [ "$(planned 1,2 | grep -c 'delete.*filter\|delete.*few')" -eq 0 ]
    plan --latency-limit=10
    [ "$(row lake/filter.csv | cut -f1)" = delete ]
}

@test "a plan is the same in any order of sketches and edges, and for any name of the output" {
    copies
    plan
    tac lake.sketch > other.sketch
    { head -n 1 edges.tsv && tail -n +2 edges.tsv | tac; } > other.tsv
    dedup-tables --sketch=other.sketch --recipes=other.recipes -o other other.tsv
    same <(sed 's/plan.recipes/X/' plan.tsv) <(sed 's/other.recipes/X/' other)
    same plan.recipes other.recipes
    dedup-tables --sketch=other.sketch -o third other.tsv
    same plan.recipes third.recipes
}

@test "a recipe of a filtered table takes a byte a row, and one of a copy next to nothing" {
    awk 'BEGIN { print "n,text"; for (i = 1; i <= 100000; i++) print i ",some text that is not short, row " i * i % 7919 }' | sed 's/, row/ row/' > lake/all.csv
    awk -F, 'NR == 1 || $1 % 3' lake/all.csv > lake/part.csv
    cp lake/all.csv lake/same.csv
    rm lake/iris.csv
    plan
    length=$(row lake/part.csv | cut -f6 | sed 's/.*+\([0-9]*\):.*/\1/')
    [ "$length" -gt 66666 ] && [ "$length" -lt 66750 ]
    [ "$(row lake/same.csv | cut -f6 | sed 's/.*+\([0-9]*\):.*/\1/')" -lt 40 ]
}

# --- applying and restoring ---

@test "--apply moves tables to the trash, once, and --restore brings each back, byte for byte" {
    copies
    cp -a lake was
    plan
    run_clu dedup-tables --apply=plan.tsv --trash=trash --dry-run
    ok
    cp "$CLU_OUT" dry
    [ ! -e trash ] && [ ! -e plan.tsv.journal ]
    all_there
    run_clu dedup-tables --apply=plan.tsv --trash=trash
    ok
    same dry "$CLU_OUT"
    [ "$(wc -l < dry)" -eq 10 ]
    [ "$(find lake -type f | sort | tr '\n' ' ')" = "lake/other.csv lake/packed.csv.gz " ]
    for file in trash/lake/*; do
        cmp "$file" "was/${file##*/}" || return 1
    done
    cp plan.tsv.journal before
    run_clu dedup-tables --apply=plan.tsv --trash=trash
    ok
    [ "$output" = "action	table	place" ]
    same before plan.tsv.journal
    # One from the trash, as it was; the others without it.
    run_clu dedup-tables --restore=plan.tsv lake/iris.csv
    ok
    [ "$output" = "action	table	place
restore	lake/iris.csv	trash/lake/iris.csv" ]
    rm -r trash
    run_clu dedup-tables --restore=plan.tsv --all
    ok
    [ "$(wc -l < "$CLU_OUT")" -eq 9 ]
    all_there
    [ "$(cd lake && stat -c '%n %y %a' *.csv)" = "$(cd was && stat -c '%n %y %a' *.csv)" ]
    [ "$(find lake -type f | wc -l)" -eq 11 ]
    run_clu dedup-tables --restore=plan.tsv --all
    ok
    [ "$output" = "action	table	place" ]
}

@test "gzip comes back as gzip, cell for cell; text of mixed styles cell for cell" {
    gzip -c lake/iris.csv > lake/packed.csv.gz
    sed '5s/,/","/g; 5s/^/"/; 5s/$/"/' lake/iris.csv > lake/mixed.csv
    sed '1!s/$/\r/' lake/iris.csv > lake/ends.csv
    cp -a lake was
    plan --prefer='glob:*iris*'
    [ "$(planned 2,6 | sed 's/:.*//' | grep ' ')" = "lake/ends.csv cells
lake/iris.csv 
lake/mixed.csv cells
lake/packed.csv.gz cells" ]
    dedup-tables --apply=plan.tsv --trash=trash > /dev/null
    rm -r trash
    dedup-tables --restore=plan.tsv --all > /dev/null
    [ "$(head -c 2 lake/packed.csv.gz | od -An -tx1)" = " 1f 8b" ]
    all_there || true
    for file in lake/packed.csv.gz lake/mixed.csv lake/ends.csv; do
        contain-tables --in="was/${file#lake/}" --semantics=bag "$file" > /dev/null
        contain-tables --in="$file" --semantics=bag "was/${file#lake/}" > /dev/null
    done
}

@test "cells with delimiters, quotes, line ends and blanks, and a table without a last line end" {
    printf 'a;b;"c ""d"""\n1;"x;y";"say ""hi"""\n2;" blank";"two\nlines"\n3;;""""\n4;plain;\n' > lake/full.csv
    {
        printf '"c ""d""",b\n'
        for _ in 1 2 3 4 5 6 7 8 9 10; do printf '"say ""hi""",x;y\n"two\nlines", blank\n'; done
        printf ',plain'
    } > lake/part.csv
    printf 'b\n\nplain\n" blank"\n\n' > lake/one.csv
    for i in 1 2 3 4 5 6 7 8 9; do echo "$i$i;filler filler filler;and some more of it"; done >> lake/full.csv
    rm lake/iris.csv
    cp -a lake was
    plan --trivial
    [ "$(planned 1,2 | tr '\n' ' ')" = "keep lake/full.csv keep lake/one.csv delete lake/part.csv " ] ||
        [ "$(planned 1,2 | tr '\n' ' ')" = "keep lake/full.csv delete lake/one.csv delete lake/part.csv " ]
    [ "$(planned 2,6 | grep part | sed 's/:.*//')" = "lake/part.csv bytes" ]
    dedup-tables --apply=plan.tsv --trash=trash > /dev/null
    rm -r trash
    dedup-tables --restore=plan.tsv --all > /dev/null
    all_there
}

@test "tables without headers, by position, and in numeric form" {
    rm lake/iris.csv
    for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo "$i,$((i * i)),text of row $i"; done > lake/all.csv
    head -n 9 lake/all.csv > lake/part.csv
    cp -a lake was
    contain-tables --header=no --save-sketch=lake.sketch lake/*.csv > edges.tsv
    dedup-tables --sketch=lake.sketch edges.tsv > plan.tsv
    [ "$(row lake/part.csv | cut -f1,4)" = "delete	lake/all.csv" ]
    dedup-tables --apply=plan.tsv --trash=trash > /dev/null
    rm -r trash
    dedup-tables --restore=plan.tsv lake/part.csv > /dev/null
    all_there
    # 1.0 for 1: only with --allow-normalised, and then the parent's spelling comes back.
    sed 's/,/.0,/' was/part.csv > lake/part.csv
    rm plan.*
    contain-tables --header=no --numeric --save-sketch=lake.sketch lake/*.csv > edges.tsv
    dedup-tables --sketch=lake.sketch edges.tsv > plan.tsv
    [ "$(row lake/part.csv | cut -f1)" = keep ]
    dedup-tables --allow-normalised --sketch=lake.sketch edges.tsv > plan.tsv
    [ "$(row lake/part.csv | cut -f1,6 | cut -d: -f1)" = "delete	normalised" ]
    dedup-tables --apply=plan.tsv --trash=trash > /dev/null
    rm -r trash
    dedup-tables --restore=plan.tsv lake/part.csv > /dev/null
    all_there
}

@test "little memory takes more scans, and makes the same" {
    awk 'BEGIN { srand(1); print "n,x"; for (i = 1; i <= 30000; i++) print i ",value " int(rand() * 1e6) }' > lake/all.csv
    { echo n,x && tail -n +2 lake/all.csv | sort -t, -k2 | head -n 20000; } > lake/part.csv
    rm lake/iris.csv
    cp -a lake was
    plan --max-memory=1M
    [ "$(row lake/part.csv | cut -f1)" = delete ]
    dedup-tables --max-memory=1M --apply=plan.tsv --trash=trash > /dev/null
    rm -r trash
    dedup-tables --max-memory=1M --restore=plan.tsv lake/part.csv > /dev/null
    all_there
}

@test "--hardlink links files of equal bytes only, and --restore parts them again" {
    cp lake/iris.csv lake/copy.csv
    sed 's/$/\r/' lake/iris.csv > lake/crlf.csv
    cp -a lake was
    plan --hardlink
    [ "$(planned)" = "link lake/copy.csv lake/iris.csv
delete lake/crlf.csv lake/iris.csv
keep lake/iris.csv " ] || [ "$(planned)" = "keep lake/copy.csv 
delete lake/crlf.csv lake/copy.csv
link lake/iris.csv lake/copy.csv" ]
    run_clu dedup-tables --apply=plan.tsv --trash=trash
    ok
    [ lake/copy.csv -ef lake/iris.csv ]
    run_clu dedup-tables --apply=plan.tsv --trash=trash
    ok
    [ "$output" = "action	table	place" ]
    run_clu dedup-tables --restore=plan.tsv --all
    ok
    [ ! lake/copy.csv -ef lake/iris.csv ]
    all_there
    [ "$(find lake -type f | wc -l)" -eq 3 ]
}

@test "the trash never replaces a file, and paths do not lead out of it" {
    mkdir -p in trash/__/lake
    echo mine > trash/__/lake/copy.csv
    cp lake/iris.csv lake/copy.csv
    cd in
    contain-tables --save-sketch=s ../lake/iris.csv ../lake/copy.csv > e
    dedup-tables --sketch=s --prefer='glob:*iris*' e > plan.tsv
    dedup-tables --apply=plan.tsv --trash=../trash > out
    [ "$(tail -n 1 out)" = "delete	../lake/copy.csv	../trash/__/lake/copy.csv.1" ]
    [ "$(cat ../trash/__/lake/copy.csv)" = mine ]
    cmp ../trash/__/lake/copy.csv.1 ../lake/iris.csv
}

@test "names with blanks, backslashes, tabs and newlines" {
    cp lake/iris.csv $'lake/a b\\c\td\ne.csv'
    cp -a lake was
    find lake -type f -print0 | contain-tables -0 --files-from=- --save-sketch=lake.sketch > edges.tsv
    dedup-tables --sketch=lake.sketch --prefer='glob:*iris*' edges.tsv > plan.tsv
    [ "$(planned 1,2 | head -n 1)" = 'delete lake/a b\x5Cc\x09d\x0Ae.csv' ]
    dedup-tables --apply=plan.tsv --trash=trash > /dev/null
    [ ! -e $'lake/a b\\c\td\ne.csv' ]
    rm -r trash
    dedup-tables --restore=plan.tsv $'lake/a b\\c\td\ne.csv' > /dev/null
    cmp lake/iris.csv $'lake/a b\\c\td\ne.csv'
}

# --- what --apply refuses ---

@test "a table that changed stays; the others go; the status says so" {
    copies
    plan
    echo 1,1,1,1,setosa >> lake/filter.csv
    touch lake/crlf.csv
    cp lake/sorted.csv new && mv new lake/sorted.csv
    ln lake/quoted.csv second
    rm lake/tabs.tsv
    run_clu dedup-tables --apply=plan.tsv --trash=trash
    [ "$status" -eq 4 ]
    [ "$(sort "$CLU_ERR")" = "dedup-tables: lake/crlf.csv: changed since the plan was made: it stays
dedup-tables: lake/filter.csv: changed since the plan was made: it stays
dedup-tables: lake/quoted.csv: it has other hard links now: it stays
dedup-tables: lake/sorted.csv: changed since the plan was made: it stays
dedup-tables: lake/tabs.tsv: it is gone" ]
    [ ! -e lake/copy.csv ] && [ -e lake/filter.csv ] && [ -e lake/crlf.csv ] && [ -e lake/sorted.csv ]
}

@test "a change that size and times do not show is seen" {
    copies
    plan --prefer='glob:*iris*'
    touch -r lake/filter.csv when
    printf 6 | dd of=lake/filter.csv bs=1 seek=60 conv=notrunc 2> /dev/null
    touch -r when lake/filter.csv
    run_clu dedup-tables --apply=plan.tsv --trash=trash
    [ "$status" -eq 3 ]
    [ "$stderr" = "dedup-tables: lake/filter.csv: its recipe does not bring it back: it stays" ]
    # The same in the source: nothing goes.
    rm -rf trash lake && mkdir lake
    cat "$CLU_SRC/data/iris.csv" > lake/iris.csv
    copies
    plan --prefer='glob:*iris*'
    touch -r lake/iris.csv when
    printf 6 | dd of=lake/iris.csv bs=1 seek=60 conv=notrunc 2> /dev/null
    touch -r when lake/iris.csv
    run_clu dedup-tables --apply=plan.tsv --trash=trash
    fails_after_header 3 'lake/iris.csv: tables would be made again from it, but its rows changed since the plan was made'
    [ ! -e trash ]
    # And where its time shows it.
    touch lake/iris.csv
    run_clu dedup-tables --apply=plan.tsv --trash=trash
    fails_after_header 3 'lake/iris.csv: tables would be made again from it, but it changed since the plan was made'
}

fails_after_header() # STATUS MESSAGE
{
    [ "$status" -eq "$1" ]
    [ "$stderr" = "dedup-tables: $2" ]
    [ "$output" = "action	table	place" ]
}

@test "a plan that deletes the source of another table is refused" {
    copies
    plan --prefer='glob:*iris*'
    awk -F'\t' -v OFS='\t' '$2 == "lake/copy.csv" { r = $6 } { line[NR] = $0 } END { for (i = 1; i <= NR; i++) {
        $0 = line[i]; if ($2 == "lake/iris.csv") { $1 = "delete"; $4 = "lake/copy.csv"; $6 = r; $7 = $7 "," $7 } print } }' plan.tsv > evil.tsv
    run_clu dedup-tables --apply=evil.tsv --trash=trash
    [ "$status" -eq 3 ]
    [ "$(sort -u "$CLU_ERR" | wc -l)" -eq 2 ]
    grep -q 'but the plan does not keep it' "$CLU_ERR"
    [ "$(find lake -type f | wc -l)" -eq 11 ]
}

@test "a recipe that is damaged or gone deletes nothing" {
    copies
    plan
    cp plan.recipes good
    printf x | dd of=plan.recipes bs=1 seek=20 conv=notrunc 2> /dev/null
    run_clu dedup-tables --apply=plan.tsv --trash=trash
    [ "$status" -eq 3 ]
    grep -q 'it stays: plan.recipes: the recipe at 14 is damaged' "$CLU_ERR"
    rm -f plan.recipes
    cp good other
    run_clu dedup-tables --apply=plan.tsv --trash=trash
    [ "$status" -eq 4 ]
    grep -q 'it stays: plan.recipes: No such file or directory' "$CLU_ERR"
}

@test "--restore: what it does not find, what is there, a source that changed" {
    copies
    plan --prefer='glob:*iris*'
    run_clu dedup-tables --restore=plan.tsv lake/copy.csv
    fails_after_header 3 'lake/copy.csv: there is a file already'
    dedup-tables --apply=plan.tsv --trash=trash > /dev/null
    run_clu dedup-tables --restore=plan.tsv lake/nope.csv
    fails_after_header 3 'lake/nope.csv: the plan has no such table'
    run_clu dedup-tables --restore=plan.tsv lake/iris.csv
    fails_after_header 3 'lake/iris.csv: the plan did not delete it'
    # What was put in the place of a trashed table is not taken for it.
    echo 0,0,0,0,setosa > trash/lake/copy.csv
    rm trash/lake/filter.csv
    run_clu dedup-tables --restore=plan.tsv lake/copy.csv
    ok
    cmp lake/copy.csv lake/iris.csv
    # The same rows written in another way: cells would come back, but not bytes.
    rm lake/copy.csv
    cp lake/iris.csv iris.csv
    sed 's/$/\r/' iris.csv > lake/iris.csv
    run_clu dedup-tables --restore=plan.tsv lake/copy.csv
    fails_after_header 3 'lake/copy.csv: not restored: what was made is not what was deleted'
    [ ! -e lake/copy.csv ]
    cp iris.csv lake/iris.csv
    echo 0,0,0,0,setosa >> lake/iris.csv
    run_clu dedup-tables --restore=plan.tsv lake/filter.csv
    fails_after_header 3 'lake/filter.csv: not restored: lake/iris.csv: its rows changed since the plan was made'
    rm lake/iris.csv
    run_clu dedup-tables --restore=plan.tsv lake/filter.csv
    fails_after_header 4 'lake/filter.csv: not restored: lake/iris.csv: No such file or directory'
    [ ! -e lake/filter.csv ]
}

@test "recipes are not replaced: an earlier plan may need them" {
    copies
    plan
    run_clu dedup-tables --sketch=lake.sketch edges.tsv
    fails 4 'plan.recipes: there is one already, which an earlier plan may need; see --recipes'
}

@test "a journal belongs to its plan, and to one process at a time" {
    need flock
    copies
    plan
    dedup-tables --apply=plan.tsv --trash=trash > /dev/null
    cp plan.tsv.journal good
    sed '1s/./x/20' good > plan.tsv.journal
    run_clu dedup-tables --apply=plan.tsv --trash=trash
    fails 3 'plan.tsv.journal:1: the journal of another plan'
    # A line that was cut short counts for nothing, and the next one does not run into it.
    head -c -5 good > plan.tsv.journal
    run_clu dedup-tables --apply=plan.tsv --trash=trash
    ok
    [ "$(tail -n 1 plan.tsv.journal)" = "$(tail -n 1 good)" ]
    run_sh 'flock plan.tsv.journal dedup-tables --apply=plan.tsv --trash=trash'
    [ "$status" -eq 4 ]
    [ "$stderr" = 'dedup-tables: plan.tsv.journal: in use by another process' ]
}

# --- killed ---

# FOLDER : a table that goes, one that is linked, and the plan. The trash is FOLDER.
small_lake()
{
    rm -rf lake "$1" plan.tsv.journal plan.recipes
    if [ ! -d was ]; then
        mkdir was
        cat "$CLU_SRC/data/iris.csv" > was/iris.csv
        cp was/iris.csv was/same.csv
        grep -e sepal -e virginica was/iris.csv > was/filter.csv
        cp -a was lake
        contain-tables -j1 --save-sketch=first.sketch lake/*.csv > edges.tsv
        rm -r lake
    fi
    # The files are other ones each time: only that changes in their sketches.
    cp -a was lake
    stat -c '%n %d:%i' lake/*.csv | awk -F'\t' -v OFS='\t' 'FNR == NR { split($0, a, " "); at[a[1]] = a[2]; next } { $5 = at[$2] } 1' - first.sketch > lake.sketch
    dedup-tables --sketch=lake.sketch --hardlink --prefer='glob:*iris*' edges.tsv > plan.tsv
}

# CALL N ARG... : killed before it makes its Nth CALL. Fails when it was not.
killed()
{
    local call=$1 n=$2
    shift 2
    ! strace -qq -o /dev/null -e trace="$call" -e inject="$call:signal=KILL:when=$n" dedup-tables "$@" > /dev/null 2>&1
}

# Every table is where it was or in the trash, as it was.
none_lost()
{
    local name
    for name in iris same filter; do
        cmp -s "was/$name.csv" "lake/$name.csv" || cmp -s "was/$name.csv" "$1/lake/$name.csv" || return 1
    done
}

no_rests() # nothing that was only on the way
{
    [ -z "$(find lake "$1" -name '*.part' -o -name '*.clu-*' -o -name '.*.??????')" ]
}

# TRASH NEXT... : at every call that changes something, killed; then applied again, or restored.
kill_everywhere()
{
    local trash=$1 call n next times=0
    shift
    for next; do
        for call in fsync rename unlink link mkdir write; do
            for ((n = 1; ; n++)); do
                small_lake "$trash"
                killed "$call" "$n" --apply=plan.tsv --trash="$trash" || break
                times=$((times + 1))
                none_lost "$trash" || { echo "lost: $call $n"; return 1; }
                if [ "$next" = apply ]; then
                    dedup-tables --apply=plan.tsv --trash="$trash" > /dev/null || return 1
                    [ ! -e lake/filter.csv ] && [ lake/same.csv -ef lake/iris.csv ] || return 1
                    cmp was/filter.csv "$trash/lake/filter.csv" || return 1
                    no_rests "$trash" || { echo "rests: $call $n"; return 1; }
                    rm -rf "$trash" # now the recipes must do
                fi
                dedup-tables --restore=plan.tsv --all > /dev/null || { echo "not restored: $call $n"; return 1; }
                all_there || { echo "not as it was: $call $n"; return 1; }
                [ "$(find lake -type f | wc -l)" -eq 3 ] || [ "$next" = restore ] || return 1
            done
        done
    done
    echo "killed $times times"
    [ "$times" -ge 20 ]
}

can_trace()
{
    plain_build "strace and the leak checker exclude each other"
    need strace
    strace -qq -o /dev/null -e trace=fsync -e inject=fsync:signal=KILL:when=1 true || skip "strace cannot trace here"
}

@test "killed at any call of --apply, nothing is lost, and a second run completes" {
    can_trace
    kill_everywhere trash apply restore
}

@test "killed at any call of --apply to a trash on another file system" {
    can_trace
    other=/dev/shm/clu-trash-$$
    mkdir "$other" 2> /dev/null && [ "$(stat -c %d "$other")" != "$(stat -c %d .)" ] || skip "no other file system"
    kill_everywhere "$other" apply || { rm -rf "$other"; return 1; }
    rm -rf "$other"
}

@test "killed at any call of --restore, and restored by a second run" {
    can_trace
    times=0
    for call in fsync rename unlink write fchmod chmod utimensat; do
        for ((n = 1; ; n++)); do
            small_lake trash
            dedup-tables --apply=plan.tsv --trash=trash > /dev/null
            rm -rf trash
            killed "$call" "$n" --restore=plan.tsv --all || break
            times=$((times + 1))
            dedup-tables --restore=plan.tsv --all > /dev/null
            all_there || { echo "not as it was: $call $n"; return 1; }
            [ ! lake/same.csv -ef lake/iris.csv ]
        done
    done
    echo "killed $times times"
    [ "$times" -ge 12 ]
}

@test "a trash on another file system: copied, compared, restored" {
    other=/dev/shm/clu-trash-$$
    mkdir "$other" 2> /dev/null && [ "$(stat -c %d "$other")" != "$(stat -c %d .)" ] || skip "no other file system"
    small_lake "$other"
    dedup-tables --apply=plan.tsv --trash="$other" > /dev/null
    [ ! -e lake/filter.csv ]
    cmp was/filter.csv "$other/lake/filter.csv"
    [ "$(stat -c '%y %a' was/filter.csv)" = "$(stat -c '%y %a' "$other/lake/filter.csv")" ]
    dedup-tables --restore=plan.tsv --all > out
    grep -q "^restore	lake/filter.csv	$other/lake/filter.csv" out
    all_there
    [ ! -e "$other/lake/filter.csv" ]
    rm -rf "$other"
}

# --- bad input ---

@test "usage" {
    run_clu dedup-tables
    fails 2 '--sketch is needed for a plan'
    run_clu dedup-tables --apply=p
    fails 2 '--apply needs --trash'
    run_clu dedup-tables --trash=t --sketch=s
    fails 2 '--trash is for --apply'
    run_clu dedup-tables --apply=p --restore=p --trash=t
    fails 2 '--apply and --restore exclude each other'
    run_clu dedup-tables --restore=p
    fails 2 '--restore needs tables, or --all'
    run_clu dedup-tables --restore=p --all t
    fails 2 '--restore needs tables, or --all'
    run_clu dedup-tables --sketch=s --all
    fails 2 '--all is for --restore'
    run_clu dedup-tables --sketch=s --dry-run
    fails 2 '--dry-run is for --apply and --restore; a plan alone does nothing'
    run_clu dedup-tables --apply=p --trash=t --sketch=s
    fails 2 'a plan is made before --apply and --restore: no *'
    run_clu dedup-tables --sketch=s a b
    fails 2 'one file of edges, not 2'
    run_clu dedup-tables --sketch=s --prefer=best
    fails 2 "invalid argument 'best' for '--prefer' (valid: *"
    run_clu dedup-tables --sketch=s --protect=
    fails 2 '--protect needs a pattern'
    run_clu dedup-tables --sketch=s --latency-limit=0
    fails 2 '--latency-limit is above 0'
    run_clu dedup-tables --apply=p --trash=t x
    fails 2 '--apply takes no files: the plan names the tables'
}

@test "sketches and edges that are none" {
    copies
    plan
    rm plan.recipes
    run_clu dedup-tables --sketch=nope edges.tsv
    fails 4 'nope: No such file or directory'
    run_clu dedup-tables --sketch=edges.tsv edges.tsv
    fails 3 'edges.tsv:1: not a sketch*'
    run_clu dedup-tables --sketch=lake.sketch lake/iris.csv
    fails 3 "lake/iris.csv:1: not the header of edges: no column 'child'"
    run_sh 'dedup-tables --sketch=lake.sketch < /dev/null'
    fails 3 'stdin: no data'
    head -n 3 edges.tsv | cut -f 1-8 > bad
    run_clu dedup-tables --sketch=lake.sketch bad
    fails 3 "bad:1: not the header of edges: no column 'method'"
    { cat edges.tsv && echo x; } > bad
    run_clu dedup-tables --sketch=lake.sketch bad
    fails 3 "bad:$(wc -l < bad): 1 field, expected 13"
    head -c -3 edges.tsv > bad
    run_clu dedup-tables --sketch=lake.sketch bad
    fails 3 "bad:$(wc -l < edges.tsv): the line has no end"
    sed '2s/^[^\t]*/lake\\xZZ/' edges.tsv > bad
    run_clu dedup-tables --sketch=lake.sketch bad
    fails 3 "bad:2: bad escape in 'lake*"
    sed '2s/^[^\t]*/nope.csv/' edges.tsv > bad
    run_clu dedup-tables --sketch=lake.sketch bad
    fails 3 "bad:2: no sketch of 'nope.csv'"
    { head -n 1 edges.tsv && printf '%s\t1\t9\t9\t9\t9\tset\tprobe\t5\t\t\n' $'lake/iris.csv\tlake/copy.csv\tcontained' $'lake/copy.csv\tlake/iris.csv\tcontained'; } > bad
    run_clu dedup-tables --sketch=lake.sketch bad
    fails 3 "lake/*: the edges go in a circle through this table"
    contain-tables --numeric --save-sketch=more lake/iris.csv > /dev/null
    cat lake.sketch more > mixed
    run_clu dedup-tables --sketch=mixed edges.tsv
    fails 3 "lake/iris.csv: sketched in another way than the tables before it"
    printf 'lake/iris.csv\tmany\n' > usage
    run_clu dedup-tables --sketch=lake.sketch --usage=usage edges.tsv
    fails 3 "usage:1: not a number of 0 or more: 'many'"
    printf 'nope\t1\n' > usage
    run_clu dedup-tables --sketch=lake.sketch --usage=usage edges.tsv
    fails 3 "usage:1: no sketch of this table"
}

@test "plans that are none" {
    copies
    plan
    run_clu dedup-tables --apply=nope --trash=t
    fails 4 'nope: No such file or directory'
    run_clu dedup-tables --apply=edges.tsv --trash=t
    fails 3 'edges.tsv:1: not a plan'
    : > bad
    run_clu dedup-tables --apply=bad --trash=t
    fails 3 'bad:1: not a plan'
    n=$(awk -F'\t' '$1 == "delete" { print NR; exit }' plan.tsv)
    for change in '1:move:1 (action)' '3:x:3 (bytes)' '6:bytes:6 (recipe)' '6::6 (recipe)' '6:bytes%3Ap%3A1+x%3A00:6 (recipe)' \
        '7:1%3A00:7 (fingerprints)' '8:-1:10 (inode)' '10:5:10 (inode)' '11:1.5:11 (saving)'; do
        IFS=: read -r column value message <<< "$change"
        awk -F'\t' -v OFS='\t' -v n="$n" -v c="$column" -v v="${value//%3A/:}" 'NR == n { $c = v } 1' plan.tsv > bad
        run_clu dedup-tables --apply=bad --trash=t
        fails 3 "bad:$n: column $message is not that of a plan" || return 1
    done
    head -c -3 plan.tsv > bad
    run_clu dedup-tables --apply=bad --trash=t
    fails 3 'bad:*: the line has no end'
    { cat plan.tsv && tail -n 1 plan.tsv; } > bad
    run_clu dedup-tables --apply=bad --trash=t
    fails 3 'lake/tabs.tsv: named twice in bad'
    [ ! -e t ]
}

@test "a disk that is full: nothing goes, and the message says so" {
    copies
    plan
    # shellcheck disable=SC2016
    run_sh 'dedup-tables --sketch=lake.sketch --recipes=more edges.tsv > /dev/full'
    [ "$status" -eq 4 ]
    [ "$stderr" = 'dedup-tables: write error: No space left on device' ]
    ln -s /dev/full plan.tsv.journal
    run_clu dedup-tables --apply=plan.tsv --trash=trash
    fails 3 'plan.tsv.journal: not a file'
    rm plan.tsv.journal
    can_trace
    for at in 'fsync plan.tsv' 'rename lake/columns.csv' 'mkdir trash'; do
        run_sh 'strace -qq -o /dev/null -e trace="$1" -e inject="$1":error=ENOSPC dedup-tables --apply=plan.tsv --trash=trash' "${at% *}"
        [ "$status" -eq 4 ]
        [ "$(head -n 1 "$CLU_ERR")" = "dedup-tables: ${at#* }: No space left on device" ] || return 1
        [ "$(find lake -type f | wc -l)" -eq 11 ] || return 1
    done
}
