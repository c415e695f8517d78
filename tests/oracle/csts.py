#!/usr/bin/env python3
"""The CSTS benchmark by numpy, scipy and pandas: what csts is compared with.

    csts.py rows SUBJECT > tests/oracle/csts/rows.csv     first and last rows and sums of all twelve variants
    csts.py data SUBJECT VARIANT COMPLETENESS             the data as csts prints them
    csts.py time SUBJECT                                  seconds to make the correlated data, and to print them

complete_downsampled.csv and sparse_nonnormal.csv there are label tables of subject 16, made independently of csts. The data are under
CC BY 4.0.

SUBJECT is a number from 1 to 30 of the exploratory split. Made with numpy 1.24.2, scipy 1.10.1, pandas 1.5.3. The recipe is that of
Degen et al. 2025 (arXiv 2505.14596); loadings come from numpy.linalg.eigh here, and quantiles from scipy.
"""
import re
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import genextreme, nbinom, norm

SHORT, LONG = [900, 1200, 1800, 3600, 7200, 10800, 14400, 18000], [21600, 28800, 36000]
SOURCE = Path(__file__).resolve().parents[2] / "src/alg/csts_published.c"


def tables():
    text = SOURCE.read_text()
    names = re.findall(r'"([a-z]+-[a-z]+-\d+)"', text)[:30]
    numbers = re.findall(r"\{\{(\S+), (\S+), (\S+)\}, (\S+), \{(\S+), (\S+), (\S+)\}\}", text)
    return names, [[float(x) for x in row] for row in numbers]


def patterns():
    out = {}
    for i in range(27):
        r = [(0, 1, -1)[i // 9], (0, 1, -1)[i // 3 % 3], (0, 1, -1)[i % 3]]
        if r[0] * r[1] * r[2] >= 0:
            out[i] = r
    return out


def structure(seed):
    np.random.seed(seed)
    lengths = SHORT * 9
    lengths += list(np.random.choice(SHORT, 3, replace=False)) + LONG * 8 + list(np.random.choice(LONG, 1, replace=False))
    np.random.shuffle(lengths)
    ids = list(patterns())
    bag = ids * 4
    np.random.seed(seed)
    bag += list(np.random.choice(ids, 8, replace=False))
    order, previous = [], None
    for i in range(100):
        np.random.seed(seed + i)
        s = np.random.choice(bag)
        if s == previous and len(order) == 1:
            for _ in range(100):
                s = np.random.choice(bag)
                if s != 4:
                    break
        if s == previous:
            at = next(j for j in range(len(order)) if order[j] != s and (j == 0 or order[j - 1] != s))
            order.insert(at, s)
        else:
            order.append(s)
        previous = s
        bag.remove(s)
    return order, lengths


def make(n, stage):
    np.random.seed(666 + n)
    seed = np.random.randint(100, 1000000)
    order, lengths = structure(seed)
    loadings = {}
    for i, (a, b, c) in patterns().items():
        values, vectors = np.linalg.eigh(np.array([[1, a, b], [a, 1, c], [b, c, 1]], float))
        if abs(a * b * c) == 1:  # one eigenvector, whose sign depends on the LAPACK library: the published data have + here
            vectors[:, 2] *= np.sign(vectors[0, 2])
        loadings[i] = vectors * np.sqrt(np.maximum(values, 0))
    parts = []
    for k, (pattern, length) in enumerate(zip(order, lengths)):
        np.random.seed(seed + k)
        x = np.round(np.random.standard_normal((length, 3)), 3)
        parts.append(x if stage == "raw" else np.round(x @ loadings[pattern].T, 3))
    x = np.concatenate(parts)
    if stage in ("nonnormal", "downsampled"):
        c1, l1, s1, p, c3, l3, s3 = tables()[1][n]
        u = norm.cdf(x)
        x = np.round(np.column_stack([genextreme.ppf(u[:, 0], c1, l1, s1), nbinom.ppf(u[:, 1], 1, p), genextreme.ppf(u[:, 2], c3, l3, s3)]), 3)
    return x, np.repeat(order, lengths)


def data(n, variant, completeness):
    x, truth = make(n, variant)
    f = pd.DataFrame(x, columns=["iob", "cob", "ig"])
    f.insert(0, "datetime", pd.date_range("2017-06-23", periods=len(f), freq="s", tz="UTC"))
    f["cluster_id"] = truth
    if completeness != "complete":
        p = {"partial": 0.3, "sparse": 0.9}[completeness]
        np.random.seed(1661 + 29 - n)
        seed = np.random.randint(100, 1000000)
        keep = np.sort(np.random.RandomState(seed).permutation(len(f))[: round((1 - p) * len(f))])
        f = f.iloc[keep]
        f.insert(0, "old id", f.index)
        f = f.reset_index(drop=True)
    if variant == "downsampled":
        f = f.drop(columns="old id", errors="ignore")
        if completeness != "complete":
            f.insert(1, "original_index", f.index.astype(float))
        f = f.set_index("datetime").resample("1min").mean().dropna()
        f["cluster_id"] = f["cluster_id"].astype(int)
        if completeness != "complete":
            f[["iob", "cob", "ig"]] = f[["iob", "cob", "ig"]].round(3)
        f = f.reset_index()
    f.insert(0, "subject_id", tables()[0][n])
    return f


def text(x):
    return repr(float(x)).removesuffix(".0") if isinstance(x, (float, np.floating)) else str(x)


def line(row):
    return ",".join(text(0.0 if isinstance(v, float) and v == 0 else v) for v in row)


def main():
    what, n = sys.argv[1], int(sys.argv[2]) - 1
    if what == "time":
        began = time.process_time()
        x, _ = make(n, "correlated")
        made = time.process_time()
        f = data(n, "correlated", "complete")
        middle = time.process_time()
        f.to_csv("/dev/null", index=False)
        print(f"numpy: {made - began:.2f} s to make {len(x)} rows; pandas: {time.process_time() - middle:.2f} s to print them")
        return
    if what == "data":
        f = data(n, sys.argv[3], sys.argv[4])
        print(",".join(f.columns))
        for row in f.itertuples(index=False):
            print(line(row))
        return
    print("variant;completeness;rows;row;text")
    for variant in ("raw", "correlated", "nonnormal", "downsampled"):
        for completeness in ("complete", "partial", "sparse"):
            f = data(n, variant, completeness)
            for i in (0, 1, 2, len(f) // 2, len(f) - 1):
                print(f"{variant};{completeness};{len(f)};{i + 1};{line(next(f.iloc[[i]].itertuples(index=False)))}")


main()
