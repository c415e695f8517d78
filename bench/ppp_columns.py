#!/usr/bin/python3
"""The choice of columns by ppp: bench/ppp_columns.py [DRAWS], in a built tree (PPP=path of the binary otherwise).

Draws of clusters in 5 columns beside 25 columns of normal and 25 of uniform noise of the same spread: how often exactly the 5 are chosen,
columns chosen wrongly and missed, and the adjusted Rand index with and without --select. Prints a table. The last line is noise only.
Needs Debian's python3-numpy and python3-sklearn.
"""
import csv
import datetime
import io
import os
import subprocess
import sys
import time

import numpy as np
from sklearn.metrics import adjusted_rand_score

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PPP = os.environ.get("PPP", os.path.join(TOP, "ppp"))
CASES = [(4, 5, 800, 6.0), (3, 5, 800, 4.0), (0, 0, 800, 0.0)]


def gauss(k, d, n, sep, rng):
    """k normal clusters of unit variance, centres at least sep apart."""
    centers = []
    while len(centers) < k:
        c = rng.normal(size=d) * sep / np.sqrt(2 * d) * 1.6
        if all(np.linalg.norm(c - e) >= sep for e in centers):
            centers.append(c)
    x, y = [np.zeros((0, d))], []
    for c, center in enumerate(centers):
        m = int(round(n / k))
        x.append(rng.normal(size=(m, d)) + center)
        y += [c] * m
    return np.vstack(x), np.array(y)


def draw(k, d, n, sep, seed):
    rng = np.random.default_rng(seed)
    x, y = gauss(k, d, n, sep, rng) if k else (np.zeros((n, 0)), np.zeros(n, int))
    spread, n = (x.std() if k else 1.0), len(x)
    return np.hstack([x, rng.normal(size=(n, 25)) * spread, (rng.random((n, 25)) - 0.5) * np.sqrt(12) * spread]), y


def text(x):
    out = io.StringIO()
    out.write(",".join(f"x{j + 1}" for j in range(x.shape[1])) + "\n")
    np.savetxt(out, x, delimiter=",", fmt="%.17g")
    return out.getvalue()


def run(table, *args):
    began = time.perf_counter()
    answer = subprocess.run([PPP, "-q", *args], input=table, stdout=subprocess.PIPE, text=True, check=True).stdout
    return list(csv.DictReader(io.StringIO(answer))), time.perf_counter() - began


def index(truth, rows):
    return adjusted_rand_score(truth, [row["cluster"] for row in rows])


def main(draws):
    print(f"{datetime.date.today()}; {draws} draws each\n")
    print("| clusters | exactly the right columns | wrong | missed | ARI, --select | ARI, all columns | time, -p columns |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for k, d, n, sep in CASES:
        exact, wrong, missed, chosen_ari, all_ari, seconds = 0, 0, 0, [], [], []
        for i in range(draws):
            x, y = draw(k, d, n, sep, 500 + i)
            table = text(x)
            rows, took = run(table, "-p", "columns")
            chosen = {int(row["column"][1:]) - 1 for row in rows if row["verdict"] == "chosen"}
            exact += chosen == set(range(d))
            wrong += len(chosen - set(range(d)))
            missed += len(set(range(d)) - chosen)
            seconds.append(took)
            chosen_ari.append(index(y, run(table, "--select")[0]))
            all_ari.append(index(y, run(table)[0]))
        name = f"k = {k}, d = {d}, n = {n}, sep = {sep:g}" if k else "none"
        print(f"| {name} | {exact} of {draws} | {wrong / draws:.2f} | {missed / draws:.2f} | {np.mean(chosen_ari):.3f} |"
              f" {np.mean(all_ari):.3f} | {np.median(seconds):.2f} s |", flush=True)


main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
