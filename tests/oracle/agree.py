# Made tests/oracle/agree/cases.csv, pairs of labellings in many shapes, and tests/oracle/agree/python.csv: what scikit-learn 1.2 and
# SciPy (linear_sum_assignment) make of them, with the information measures once more in whole numbers, fractions and 50 digits (exact:).
# Run in the top folder: /usr/bin/python3 tests/oracle/agree.py
import csv
import math
from decimal import Decimal, getcontext

import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn import metrics as m
from sklearn.metrics.cluster import contingency_matrix

getcontext().prec = 50
rng = np.random.default_rng(20)
MEANS = ["arithmetic", "geometric", "min", "max"]


def cases():
    for n, r, c in (7, 2, 3), (20, 4, 4), (60, 3, 9), (100, 25, 4), (150, 12, 12), (150, 60, 60), (300, 2, 2), (300, 7, 5):
        truth = rng.integers(r, size=n)
        yield f"independent {n} {r}x{c}", truth, rng.integers(c, size=n)
        for noise in (0.1, 0.5):  # labels that know something of the truth
            known = rng.permutation(max(r, c))[truth] % c
            yield f"noise {noise} {n} {r}x{c}", truth, np.where(rng.random(n) < noise, rng.integers(c, size=n), known)
    skewed = np.minimum(rng.geometric(0.3, size=200), 12)
    yield "skewed", skewed, np.where(rng.random(200) < 0.3, rng.geometric(0.5, size=200), skewed)
    truth = np.arange(120) % 4
    yield "split", truth, np.arange(120) % 8  # every class in two
    yield "merged", truth, truth // 2
    yield "exactly independent", np.arange(120) % 4, np.arange(120) // 4 % 3
    yield "renamed", truth, 9 - truth
    yield "one outlier", np.zeros(50, int), (np.arange(50) == 7).astype(int)
    yield "two outliers", (np.arange(50) == 3).astype(int), (np.arange(50) == 7).astype(int)
    yield "one class", np.zeros(10, int), np.arange(10) % 3
    yield "one cluster", np.arange(10) % 3, np.zeros(10, int)
    yield "both one", np.zeros(10, int), np.zeros(10, int)
    yield "all classes", np.arange(10), np.arange(10) % 3
    yield "all clusters", np.arange(10) % 3, np.arange(10)
    yield "both all", np.arange(10), np.arange(10)
    yield "one against all", np.zeros(10, int), np.arange(10)
    yield "one record", np.zeros(1, int), np.zeros(1, int)
    yield "two records", np.array([1, 1]), np.array([1, 2])


def matching(table):
    return table[linear_sum_assignment(table, maximize=True)].sum()


def exact(table):
    """Mutual information, its expectation, entropies."""
    n, a, b = int(table.sum()), [int(x) for x in table.sum(1)], [int(x) for x in table.sum(0)]
    log = {k: Decimal(k).ln() for k in range(1, n + 1)}

    def gain(k, i, j):
        return Decimal(k) / n * (log[n] + log[k] - log[i] - log[j])

    mi = sum(gain(int(table[i, j]), a[i], b[j]) for i in range(len(a)) for j in range(len(b)) if table[i, j])
    expected = Decimal(0)
    for i in a:
        for j in b:
            for k in range(max(1, i + j - n), min(i, j) + 1):
                expected += gain(k, i, j) * (Decimal(math.comb(i, k) * math.comb(n - i, j - k)) / math.comb(n, j))
    h, g = (-sum(Decimal(x) / n * (log[x] - log[n]) for x in sums) for sums in (a, b))
    return mi, expected, h, g


def means(h, g):
    return {"arithmetic": (h + g) / 2, "geometric": (h * g) ** (Decimal(1) / 2) if h * g else Decimal(0), "min": min(h, g), "max": max(h, g)}


labels = csv.writer(open("tests/oracle/agree/cases.csv", "w", newline=""), lineterminator="\n")
out = csv.writer(open("tests/oracle/agree/python.csv", "w", newline=""), lineterminator="\n")
labels.writerow(["case", "truth", "label"])
out.writerow(["case", "mean", "measure", "value"])
for number, (name, truth, label) in enumerate(cases(), 1):
    labels.writerows((number, t, p) for t, p in zip(truth, label))
    table = contingency_matrix(truth, label)
    k, pairs = len(table), m.cluster.pair_confusion_matrix(truth, label)
    value = dict(zip(("homogeneity", "completeness", "v"), m.homogeneity_completeness_v_measure(truth, label)))
    value["ari"] = m.adjusted_rand_score(truth, label)
    value["rand"] = m.rand_score(truth, label)
    value["fm"] = m.fowlkes_mallows_score(truth, label)
    if pairs[0, 1] + pairs[1, 0] + pairs[1, 1]:
        value["jaccard"] = pairs[1, 1] / (pairs[0, 1] + pairs[1, 0] + pairs[1, 1])
    value["purity"] = table.max(0).sum() / table.sum()
    value["accuracy"] = matching(table) / table.sum()
    if k > 1:
        value["nca"] = (matching(table / table.sum(1, keepdims=True)) - 1) / (k - 1)
    out.writerows([number, "", what, repr(float(v))] for what, v in value.items())
    mi, expected, h, g = exact(table)
    for mean in MEANS:
        nmi = m.normalized_mutual_info_score(truth, label, average_method=mean)
        ami = m.adjusted_mutual_info_score(truth, label, average_method=mean)
        of = means(h, g)[mean]
        out.writerow([number, mean, "nmi", repr(float(nmi))])
        if abs(of - expected) < Decimal("1e-40"):
            print(f"{number} {name} ({mean}): ami is 0/0, scikit-learn says {ami}")
            continue
        want = (mi - expected) / (of - expected)
        if abs(want) < Decimal("1e-40"):
            want = Decimal(0)
        if abs(float(want) - ami) > 1e-12:
            print(f"{number} {name} ({mean}): ami is {want:.17g}, scikit-learn says {ami}")
        out.writerow([number, mean, "ami", repr(float(ami))])
        out.writerow([number, mean, "exact:ami", repr(float(want))])
        if of:
            out.writerow([number, mean, "exact:nmi", repr(float(mi / of))])
