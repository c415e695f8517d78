"""Made tests/oracle/condensed/{peaks,spectral}.csv with NumPy and SciPy (1.24 and 1.10), for the distances of tests/oracle/linkage.R.

peaks.csv: density peaks (Rodriguez and Laio) by the definition, part 0.02: set, object, rho, delta, cluster of k = 3 (by first appearance).
spectral.csv: Ng, Jordan and Weiss with Zelnik-Manor and Perona's local scales, SciPy's k-means from 50 starts: set, object, cluster of
k = 3 (by first appearance).
Run in the top folder, after linkage.R: /usr/bin/python3 tests/oracle/condensed.py"""
import csv
import os

import numpy as np
from scipy.cluster.vq import kmeans2
from scipy.linalg import eigh
from scipy.spatial.distance import pdist, squareform

FOLDER = os.path.join("tests", "oracle", "condensed")
K = 3


def distances():
    yield "random", squareform(np.loadtxt(os.path.join(FOLDER, "random.dist")))
    for name, step in (("wine", 1), ("mk2", 4)):
        with open(os.path.join("data", name + ".csv")) as f:
            rows = [[float(v) for v in row[:-1]] for row in list(csv.reader(f))[1:]]
        yield name, squareform(pdist(np.array(rows)[::step]))


def renumber(label):
    seen = {}
    return [seen.setdefault(l, len(seen)) for l in label]


def peaks(d):
    n = len(d)
    pairs = np.sort(d[np.triu_indices(n, 1)])
    radius = pairs[int(len(pairs) * 0.02 + 0.5) - 1]
    rho = np.exp(-(d / radius) ** 2).sum(axis=1) - 1
    order = sorted(range(n), key=lambda i: (-rho[i], i))
    delta, higher = np.full(n, pairs[-1]), np.full(n, -1)
    for place, i in enumerate(order[1:], 1):
        higher[i] = min(order[:place], key=lambda j: (d[i, j], j))
        delta[i] = d[i, higher[i]]
    centers = sorted(range(n), key=lambda i: -rho[i] * delta[i])[:K]
    label = np.full(n, -1)
    label[centers] = range(K)
    for i in order:
        if label[i] < 0:
            label[i] = label[higher[i]]
    return rho, delta, renumber(label)


def spectral(d):
    scale = np.sort(d, axis=1)[:, 7]
    a = np.exp(-(d**2) / np.outer(scale, scale))
    np.fill_diagonal(a, 0)
    root = 1 / np.sqrt(a.sum(axis=1))
    x = eigh(a * np.outer(root, root))[1][:, -K:]
    x /= np.linalg.norm(x, axis=1)[:, None]
    best = None
    for seed in range(50):
        center, label = kmeans2(x, K, minit="++", seed=seed, iter=100)
        loss = ((x - center[label]) ** 2).sum()
        if best is None or loss < best[0]:
            best = loss, label
    return renumber(best[1])


with open(os.path.join(FOLDER, "peaks.csv"), "w") as p, open(os.path.join(FOLDER, "spectral.csv"), "w") as s:
    p.write("set,object,rho,delta,cluster\n")
    s.write("set,object,cluster\n")
    for name, d in distances():
        for i, row in enumerate(zip(*peaks(d))):
            p.write("%s,%d,%.17g,%.17g,%d\n" % (name, i, *row))
        for i, cluster in enumerate(spectral(d)):
            s.write("%s,%d,%d\n" % (name, i, cluster))
