#!/usr/bin/env python3
"""contain.py [--semantics WORD] [--threshold X] [--numeric] [--null LIST] FILE... - all edges between tables by brute force: on the rows
themselves, without hashes, sketches or prunes. Prints child, parent, relation, containment (as a fraction), child_rows, child_distinct,
matched_distinct, parent_rows, sorted; what contain-tables --all-edges must find. Only the standard library is used.

contain.py --fuzz LAKES [--first SEED] --tool CONTAIN_TABLES - as many random lakes of bench/lake, in every meaning, by both engines,
with little memory, with partial containments and unions: says where contain-tables differs, and exits with 1."""
import argparse
import collections
import csv
import decimal
import fractions
import gzip
import io
import os
import re
import subprocess
import sys
import tarfile
import tempfile

NUMBER = re.compile(r'[+-]?(?:(0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\Z')


def tables_of(path):
    """(name, names, rows) of the tables in a file."""
    data = open(path, 'rb').read()
    if path.endswith('.tar.gz'):
        with tarfile.open(path) as t:
            members = [(path + '!' + m.name, t.extractfile(m).read()) for m in t.getmembers() if m.isfile()]
    else:
        members = [(path, gzip.decompress(data) if data[:2] == b'\x1f\x8b' else data)]
    for name, raw in members:
        rows = list(csv.reader(io.StringIO(raw.decode('latin-1'), newline=''), strict=True))
        rows = [r or [''] for r in rows]
        yield name, [x.strip(' \t') for x in rows[0]] if rows else [], rows[1:]


def normal(numeric, null):
    words = set(null.split(',')) if null is not None else set()

    def form(x):
        if x in words:
            return ''
        if numeric and NUMBER.match(x):
            return decimal.Decimal(x).normalize(decimal.Context(prec=1000)) + 0 if decimal.Decimal(x) else decimal.Decimal(0)
        return x
    return form


def edges(files, semantics='set', threshold=1, numeric=False, null=None):
    form = normal(numeric, null)
    tables = [(name, names, [tuple(form(x) for x in r) for r in rows]) for f in files for name, names, rows in tables_of(f)]
    out = {}
    for cname, cn, crows in tables:
        child = collections.Counter(crows)
        for pname, pn, prows in tables:
            if cname == pname or not set(cn) <= set(pn):
                continue
            at = [pn.index(x) for x in cn]
            parent = collections.Counter(tuple(r[j] for j in at) for r in prows)
            distinct = sum(r in parent for r in child)
            if semantics == 'set':
                matched, possible = distinct, len(child)
            elif semantics == 'rows':
                matched, possible = sum(n for r, n in child.items() if r in parent), len(crows)
            else:
                matched, possible = sum(min(n, parent[r]) for r, n in child.items()), len(crows)
            if matched == possible or (matched and fractions.Fraction(matched, possible) >= threshold):
                out[cname, pname] = ['contained' if matched == possible else 'partial', matched, possible, len(crows), len(child),
                                     distinct, len(prows)]
    for (c, p), e in out.items():
        if e[0] == 'contained' and out.get((p, c), [''])[0] in ('contained', 'equal'):
            e[0] = 'equal'
    return out, {name: (names, rows) for name, names, rows in tables}


def reduced(found):
    """The relation that what is printed without --all-edges must span."""
    up = collections.defaultdict(set)
    for (c, p), e in found.items():
        if e[0] != 'partial':
            up[c].add(p)
    return up


def closure(up):
    out = {}
    for c in up:
        seen, todo = set(), [c]
        while todo:
            for p in up.get(todo.pop(), ()):
                if p not in seen:
                    seen.add(p)
                    todo.append(p)
        out[c] = seen - {c}
    return out


def run(tool, *args):
    r = subprocess.run([tool, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if r.returncode or r.stderr:
        sys.exit('%s: status %d, %s' % (' '.join(args), r.returncode, r.stderr.decode()))
    return [line.split('\t') for line in r.stdout.decode('latin-1').splitlines()[1:]]


def compare(tool, files, where, semantics, threshold, numeric, null, *extra):
    found, tables = edges(files, semantics, threshold, numeric, null)
    args = ['--all-edges', '--semantics=' + semantics, *extra]
    args += ['--threshold=%r' % float(threshold)] if threshold < 1 else []
    args += ['--numeric'] if numeric else []
    args += ['--null=' + null] if null is not None else []
    got = {}
    for f in run(tool, *args, *files):
        if f[2] != 'union':
            got[f[0], f[1]] = f
    wrong = 0
    for key in sorted(set(found) | set(got)):
        e, g = found.get(key), got.get(key)
        want = e and [e[0], repr(e[1] / e[2] if e[2] else 1.0), str(e[3]), str(e[4]), str(e[5]), str(e[6])]
        have = g and [g[2], repr(float(g[3])), g[4], g[5] or str(e and e[4]), g[6] or str(e and e[5]), g[7]]
        if want != have:
            print('%s %s: %s in %s: want %s, got %s' % (where, ' '.join(args), *key, want, have))
            wrong += 1
    return wrong, found, tables


def cover(tool, files, where):
    """Unions are unions, and are found where there are some."""
    found, tables = edges(files)
    unions = collections.defaultdict(set)
    wrong = 0
    for f in run(tool, '--cover', *files):
        if f[2] == 'union':
            unions[f[0]].add(f[1])
    for c, (cn, crows) in tables.items():
        child = set(crows)

        def part(p):
            pn, prows = tables[p]
            at = [pn.index(x) for x in cn]
            return child & {tuple(r[j] for j in at) for r in prows}

        def twin(p):
            pn, prows = tables[p]
            return set(pn) == set(cn) and collections.Counter(tuple(r[pn.index(x)] for x in cn) for r in prows) == collections.Counter(crows)
        others = [p for p in tables if p != c and set(cn) <= set(tables[p][0]) and not twin(p)]
        single = [p for p in others if part(p) == child]
        whole = set().union(*(part(p) for p in others)) if others else set()
        if c in unions:
            have = set().union(*(part(p) for p in unions[c]))
            needless = [p for p in unions[c] if set().union(*(part(q) for q in unions[c] if q != p)) == child]
            if have != child or single or needless:
                print('%s: %s is no union of %s' % (where, c, unions[c]))
                wrong += 1
        elif child and whole == child and not single and not any(twin(p) for p in tables if p < c):
            print('%s: %s is a union, and is not found' % (where, c))
            wrong += 1
    return wrong


def fuzz(lakes, first, tool):
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path.insert(0, os.path.join(here, '..', '..', 'bench'))
    lake = {}
    exec(compile(open(os.path.join(here, '..', '..', 'bench', 'lake')).read(), 'lake', 'exec'), lake)
    wrong = compared = 0
    for seed in range(first, first + lakes):
        with tempfile.TemporaryDirectory() as folder:
            lake['make'](folder, seed, 1 + seed % 3, 3 + seed % 12, [0, 3, 8, 20, 60, 300][seed % 6])
            files = sorted(os.path.join(folder, f) for f in os.listdir(folder))
            for i, semantics in enumerate(('set', 'rows', 'bag')):
                method = ('auto', 'probe', 'merge')[(seed + i) % 3]
                threads = '-j%d' % (1 + seed % 3)
                n, found, tables = compare(tool, files, 'seed %d' % seed, semantics, 1, seed % 4 == 1, 'NA,NULL' if seed % 5 == 2 else None,
                                           '--method=' + method, threads)
                wrong += n
                compared += len(found)
                got = collections.defaultdict(set)
                if seed % 4 != 1 and seed % 5 != 2:
                    for f in run(tool, '--semantics=' + semantics, *files):
                        got[f[0]].add(f[1])
                        if f[2] == 'equal':
                            got[f[1]].add(f[0])
                    if {k: v for k, v in closure(got).items() if v} != {k: v for k, v in closure(reduced(found)).items() if v}:
                        print('seed %d %s: the reduction does not span the relation' % (seed, semantics))
                        wrong += 1
                wrong += compare(tool, files, 'seed %d' % seed, semantics, fractions.Fraction((seed % 10) or 1, 10), False, None, threads)[0]
            if seed % 2:
                wrong += cover(tool, files, 'seed %d' % seed)
        if (seed - first) % 20 == 19:
            print('%d lakes, %d edges compared, %d differences' % (seed - first + 1, compared, wrong), flush=True)
    print('%d lakes, %d edges compared, %d differences' % (lakes, compared, wrong))
    return wrong > 0


if __name__ == '__main__':
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('files', nargs='*')
    p.add_argument('--semantics', default='set')
    p.add_argument('--threshold', type=fractions.Fraction, default=1)
    p.add_argument('--numeric', action='store_true')
    p.add_argument('--null')
    p.add_argument('--fuzz', type=int)
    p.add_argument('--first', type=int, default=1)
    p.add_argument('--tool', default='contain-tables')
    a = p.parse_args()
    if a.fuzz:
        sys.exit(fuzz(a.fuzz, a.first, a.tool))
    for (c, q), e in sorted(edges(a.files, a.semantics, a.threshold, a.numeric, a.null)[0].items()):
        print('\t'.join([c, q, e[0], str(fractions.Fraction(e[1], e[2]) if e[2] else 1)] + [str(x) for x in e[3:]]))
