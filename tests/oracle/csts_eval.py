#!/usr/bin/python3
"""What csts-eval finds, by scipy and scikit-learn: csts_eval.py BIN, the folder with the tools that make subject and clusterings (csts,
csts-degrade). Writes tests/oracle/csts_eval/sparse.csv, the measures of some degraded clusterings of one sparse subject, with and without
mapping, and distances.csv, all distances of some vectors. Needs Debian's python3-scipy, python3-sklearn and python3-pandas."""
import io
import os
import subprocess
import sys
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.linalg import eigvals, logm
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score, silhouette_score, v_measure_score

BIN = sys.argv[1]
OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "csts_eval")
SUBJECT = ["--subject=7", "--completeness=sparse", "--variant=nonnormal"]
SOME = ["wrong-clusters-0", "wrong-clusters-7", "wrong-clusters-15", "wrong-clusters-21", "shifted-end-idx-3", "shifted-end-idx-14",
        "shifted-end-idx-21", "shifted-and-wrong-cluster-2", "shifted-and-wrong-cluster-12", "shifted-and-wrong-cluster-21"]
R = ["r12", "r13", "r23"]


def table(tool, *more):
    return pd.read_csv(io.StringIO(subprocess.run([os.path.join(BIN, tool), *SUBJECT, *more], stdout=subprocess.PIPE, text=True,
                                                  check=True).stdout))


def spearman(x):
    r = np.corrcoef(x.rank().to_numpy().T)[np.triu_indices(3, 1)]
    return np.trunc((r + np.sign(r) * 1e-9) * 1000) / 1000


def lp(v, w, p):
    return np.linalg.norm(np.asarray(v) - np.asarray(w), p)


def l5(v, w):
    return lp(v, w, 5)


def relaxed(pattern):
    c = [[0, 1, -1][pattern // 9], [0, 1, -1][pattern // 3 % 3], [0, 1, -1][pattern % 3]]
    if np.count_nonzero(c) == 2:
        size = iter([0.71, 0.7])
        c = [x * next(size) if x else 0 for x in c]
    return np.array(c, float)


def indices(t, data):
    a, label = t[R].to_numpy(), t.cluster_id.to_numpy()
    square = np.array([[l5(v, w) for w in a] for v in a])
    ids = np.unique(label)
    rows = {k: np.concatenate([np.arange(s, e + 1) for s, e in t.loc[t.cluster_id == k, ["start idx", "end idx"]].to_numpy()]) for k in ids}
    c = {k: spearman(data.iloc[rows[k]]) for k in ids}
    whole = spearman(data)
    s = {k: np.mean([l5(v, c[k]) for v in a[label == k]]) for k in ids}
    dbi = np.mean([max((s[k] + s[y]) / l5(c[k], c[y]) for y in ids if y != k) for k in ids])
    m, n = len(a), len(ids)
    between = sum((label == k).sum() * l5(c[k], whole) ** 2 for k in ids) / (n - 1)
    within = sum(l5(v, c[k]) ** 2 for v, k in zip(a, label)) / (m - n)
    e1, ek = sum(l5(v, whole) for v in a), sum(l5(v, c[k]) for v, k in zip(a, label))
    widest = max(l5(c[k], c[y]) for k, y in combinations(ids, 2))
    return {"swc": silhouette_score(square, label, metric="precomputed"), "dbi": dbi, "vrc": between / within,
            "pbm": (widest * e1 / (m * ek)) ** 2, "pbm_textbook": (widest * e1 / (n * ek)) ** 2}


def expand(t, rows):
    out = np.full(rows, -1)
    for s, e, k in t[["start idx", "end idx", "cluster_id"]].to_numpy():
        out[s:e + 1] = k
    return out


def boundaries(a, b):
    """The largest matching of boundaries within 30 rows, by the Hungarian method."""
    near = np.abs(np.subtract.outer(a, b)) <= 30
    i, j = linear_sum_assignment(near, maximize=True)
    return 2 * near[i, j].sum() / (len(a) + len(b))


def mean3(t):
    """Added up in order: many means of thousandths lie in the middle of two thousandths, where the last bit decides."""
    return np.round(sum(t[R].to_numpy()) / len(t), 3)


def judged(t, truth, data, same):
    rows = int(truth["end idx"].max()) + 1
    found, true = expand(t, rows), expand(truth, rows)
    use = (found >= 0) & (true >= 0)
    mean = {k: mean3(g) for k, g in t.groupby("cluster_id")}
    goal = {k: mean3(g) for k, g in truth.groupby("cluster_id")}
    near = {}
    for k in mean:
        d = {g: round(lp(mean[k], goal[g], 1), 3) for g in goal}
        near[k] = [k] if same else [g for g in d if d[g] == min(d.values())]
    fits = {(k, g) for k in near for g in near[k] if (np.abs(mean[k] - goal[g]) <= 0.1 + 1e-9).all()}
    alone = [near[k][0] for k in near if len(near[k]) == 1]
    specific = [k for k in near if len(near[k]) == 1 and alone.count(near[k][0]) == 1 and (k, near[k][0]) in fits]
    length = [np.median(x["end idx"] - x["start idx"] + 1) for x in (t, truth)]
    return {"segments": len(t), "clusters": len(mean),
            "jaccard": np.mean([near[k][0] == g for k, g in zip(found[use], true[use])]), **indices(t, data),
            "discovery": 100 * len({g for _, g in fits}) / len(goal), "specificity": 100 * len(specific) / len(mean),
            "segmentation_ratio": len(t) / len(truth), "length_ratio": length[0] / length[1],
            "mae": np.mean([np.abs(relaxed(near[k][0]) - mean[k]).mean() for k in mean]),
            "truth_mae": np.mean([np.abs(relaxed(near[k][0]) - goal[near[k][0]]).mean() for k in mean]),
            "ari": adjusted_rand_score(true[use], found[use]), "nmi": normalized_mutual_info_score(true[use], found[use]),
            "v": v_measure_score(true[use], found[use]),
            "boundary_f1": boundaries(t["start idx"].to_numpy()[1:], truth["start idx"].to_numpy()[1:])}


def measures():
    data, truth, wrong = table("csts")[["iob", "cob", "ig"]], table("csts", "--labels"), table("csts-degrade")
    out = []
    for name in SOME:
        for same in (0, 1):
            t = wrong[wrong.clustering_desc == name]
            out.append({"clustering_desc": name, "same": same, **judged(t, truth, data, same)})
    pd.DataFrame(out).to_csv(os.path.join(OUT, "sparse.csv"), index=False, float_format="%.13g")


def matrix(v):
    c = np.eye(3) * (1 + 1e-10)
    c[np.triu_indices(3, 1)] = v
    return c + np.triu(c, 1).T


def distances():
    rng = np.random.default_rng(3)
    vectors = [[0, 0, 0], [1, 1, 1], [0.3, 0.2, 0.1], [0.71, 0.7, 0], [0.723, -0.718, -0.09], [-0.999, 0.02, -0.03], [0.9, 0.5, -0.3]]
    vectors += [[1, 0, 1], *(np.round(rng.uniform(-0.5, 0.5, 3), 3) for _ in range(3))]
    e = np.ones(3) / np.sqrt(3)
    powers = {"l1": 1, "l2": 2, "l3": 3, "l5": 5, "l10": 10, "l50": 50, "l100": 100, "linf": np.inf}
    rows = []
    for v in vectors:
        for w in vectors:
            v, w = np.array(v, float), np.array(w, float)
            row = {**dict(zip("abc", v)), **dict(zip("def", w))}
            row.update({k: lp(v, w, p) for k, p in powers.items()})
            row.update({k + "-ref": lp(v, w, p) * (lp(v, e, p) + lp(w, e, p)) for k, p in powers.items()})
            dot = [np.append(x, (e @ x + 1) / 2) for x in (v, w)]
            row.update({k + "-dot": lp(*dot, powers[k]) for k in ("l1", "l2", "linf")})
            row["log-frobenius"] = np.linalg.norm(logm(matrix(v)) - logm(matrix(w)))
            x = np.real(eigvals(matrix(v), matrix(w)))
            positive = np.linalg.eigvalsh(matrix(w)).min() > 0
            row["foerstner"] = np.sqrt(np.sum(np.log1p(x) ** 2)) if positive and x.min() > -1 else np.nan
            rows.append(row)
    pd.DataFrame(rows).to_csv(os.path.join(OUT, "distances.csv"), index=False, float_format="%.13g", na_rep="NA")


measures()
distances()
