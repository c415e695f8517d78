#!/bin/sh
# compressed.sh - the compressed tables in tests/unit/source.c, as C.
# Run: sh tests/oracle/compressed.sh; needs xz, zstd, bzip2, lz4, lzip and compress (Debian: xz-utils zstd bzip2 lz4
# lzip ncompress). The table is a line "a,b" and the lines "i,i*i%7.5" for i = 1..20.
set -eu
table() { awk 'BEGIN { print "a,b"; for (i = 1; i <= 20; i++) printf "%d,%d.5\n", i, i * i % 7 }'; }
bytes() # NAME PROGRAM...
{
    name=$1
    shift
    printf 'static const unsigned char %s_file[] = {' "$name"
    table | "$@" | od -An -v -tu1 | tr -s ' \n' ',,' | sed 's/^,//; s/,$//; s/,,*/, /g' | fold -s -w 110 | sed 's/^/\n    /; s/ *$//' | tr -d '\n' |
        sed 's/    /\n    /g'
    printf '\n};\n'
}
bytes xz xz -c
bytes zstd zstd -q -c
bytes bzip2 bzip2 -c
bytes lz4 lz4 -q -c
bytes lz4_legacy lz4 -q -l -c
bytes lzip lzip -c
bytes compress compress -c
