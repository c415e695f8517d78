#!/bin/sh
# contain.sh - make tests/oracle/contain/: random lakes of bench/lake as one text each ("== NAME", then the table), and what contain.py
# finds in them, in every meaning. Needs Python; the suite does not.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
kinds=filter,sample,project,permute,shuffle,add,swapcells,swap1,independent,quote,numbers,monthly,double,onecell,copy,null,header,empty
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
for seed in 11 12 13; do
    mkdir "$tmp/$seed"
    (cd "$tmp/$seed" && "$here/../../bench/lake" . --seed $seed --roots 2 --derived 18 --rows 24 --kinds $kinds)
    (cd "$tmp/$seed" && for f in *; do echo "== $f" && cat "$f"; done) > "$here/contain/lake$seed.txt"
    for semantics in set rows bag; do
        (cd "$tmp/$seed" && "$here/contain.py" --semantics $semantics -- *) > "$here/contain/$semantics$seed.tsv"
        (cd "$tmp/$seed" && "$here/contain.py" --semantics $semantics --threshold 0.3 -- *) > "$here/contain/$semantics-partial$seed.tsv"
    done
    (cd "$tmp/$seed" && "$here/contain.py" --numeric --null NA,NULL -- *) > "$here/contain/numeric$seed.tsv"
done
