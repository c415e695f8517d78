#!/usr/bin/env python3
"""p of the signed rank test where ties are many: counted in whole numbers over all signs, from signed_rank/pairs.csv (signed_rank.R).

    cd tests/oracle && ./signed_rank.py

writes signed_rank/counted.csv. Decimals are decimals here (Fraction), so that ties are what they are on paper. Made with
Python 3.11 and numpy 1.24.2. Takes a second.
"""
import csv
from fractions import Fraction

import numpy as np

cases = {}
for row in csv.DictReader(open("signed_rank/pairs.csv")):
    cases.setdefault(row["case"], []).append(Fraction(row["a"]) - Fraction(row["b"]))
with open("signed_rank/counted.csv", "w") as out:
    out.write("case,nonzero,plus,p\n")
    for name, d in cases.items():
        d = [x for x in d if x]
        if len(d) >= 500:
            continue
        size = sorted(abs(x) for x in d)
        first, last = {}, {}
        for i, x in enumerate(size):
            first.setdefault(x, i)
            last[x] = i
        twice = [first[abs(x)] + last[abs(x)] + 2 for x in d]
        plus = sum(r for r, x in zip(twice, d) if x > 0)
        least, total = min(plus, sum(twice) - plus), sum(twice)
        ways = np.zeros(total + 1, object)  # of each sum, as Python's integers
        ways[0] = 1
        for r in twice:
            ways[r:] = ways[r:] + ways[:-r]
        below = sum(ways[: least + 1])
        p = min(Fraction(1), 2 * Fraction(below, 2 ** len(d)))
        out.write(f"{name},{len(d)},{plus / 2:g},{float(p)!r}\n")
