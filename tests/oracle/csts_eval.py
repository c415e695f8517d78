#!/usr/bin/env python3
"""The measures of csts-eval by their definitions, with numpy, scipy and scikit-learn.

    csts_eval.py DATA TRUTH RESULT...            a line for each clustering of each RESULT
    csts_eval.py subject CSTS DEGRADE > csts_eval.csv
                                                 nine clusterings of apricot-waterfall-16, sparse and nonnormal, made by ./csts and
                                                 ./csts-degrade: the truth itself and eight that are wrong to a known degree
    csts_eval.py check FOLDER                    the check set of the authors: truth and three results as JSON lines

DATA: three columns of numbers with a header. TRUTH, RESULT: label tables; clusterings that clustering_desc sets apart.

Where the definitions (Degen et al. 2025 and 2025b) leave something open:
  - Spearman's correlations, those of pooled clusters too, are cut to three decimals, 1e-9 added to their magnitude first. That the
    authors cut pooled ones their figures tell: dbi of 30 subjects, sparse and raw, is 15.6 (3.4) theirs, 15.56 (3.39) cut, 14.90 (2.87)
    not cut; complete and raw 2.7e11, 2.72e11, 15. With --exact-centroids those of clusters and of the series stay as they are.
  - Segments without a correlation (a variate is constant) count for the lengths, the ratio and what is compared row by row only.
  - The distance of a segment to itself is 0 for all, though the definition of foerstner (log1p, not log) has it at log(2) sqrt(3).
    That one is not symmetric: of two segments or centroids the earlier one (the lesser cluster) comes first; of a segment and a
    centroid the segment; of a centroid and that of the series the centroid.
    By a Cholesky factor instead of the QZ algorithm its figures differ by 1e-8, for the eigenvalues of 1e-10 amplify rounding.
  - jaccard compares the ids as they are, jaccard_mapped the first closest cluster of the truth; ties are those of L1 distances to
    three decimals.
  - discovery and specificity compare means that are rounded to three decimals, differences too, with the tolerance and 1e-9.
  - specific: the only cluster, of those with one closest cluster of the truth, that maps there; the tolerance is judged after that.
  - NA: not defined, as where a matrix that is no correlation matrix gives log1p below -1.
Made with numpy 1.24.2, scipy 1.10.1, scikit-learn 1.2.1, pandas 1.5.3.
"""
import io
import json
import subprocess
import sys
import warnings

import numpy as np
import pandas as pd
from scipy.linalg import eigvals, logm
from scipy.optimize import linear_sum_assignment
from scipy.stats import spearmanr
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score, silhouette_score, v_measure_score

E = np.ones(3) / np.sqrt(3)
SPAN = 30
PATTERNS = [((0, 1, -1)[i // 9], (0, 1, -1)[i // 3 % 3], (0, 1, -1)[i % 3]) for i in range(27)]


def relaxed(i):
    """Two strong links and none: 0.71, the second 0.7."""
    r = np.array(PATTERNS[i], float)
    strong = np.flatnonzero(r)
    if len(strong) == 2:
        r[strong] *= [0.71, 0.7]
    return r


# --- correlations ---


def cut(r):
    return np.sign(r) * np.trunc((np.abs(r) + 1e-9) * 1000) / 1000


def spearman(x):
    if len(x) < 2:
        return np.full(3, np.nan)
    r = spearmanr(x).correlation
    return np.array([r[0, 1], r[0, 2], r[1, 2]])


# --- distances ---


def minkowski(p):
    if p == np.inf:
        return lambda v, w: np.max(np.abs(v - w))
    return lambda v, w: np.sum(np.abs(v - w) ** p) ** (1 / p)


def with_ref(d):
    return lambda v, w: d(v, w) * (d(v, E) + d(w, E))


def dot(d):
    longer = lambda v: np.append(v, (E @ v + 1) / 2)
    return lambda v, w: d(longer(v), longer(w))


def matrix(v):
    a, b, c = v
    return np.array([[1, a, b], [a, 1, c], [b, c, 1]]) + 1e-10 * np.eye(3)


def log_frobenius(v, w):
    return np.linalg.norm(logm(matrix(v), disp=False)[0] - logm(matrix(w), disp=False)[0])


def foerstner(v, w):
    return np.sqrt(np.sum(np.log1p(eigvals(matrix(v), matrix(w)).real) ** 2))


PS = {"l1": 1, "l2": 2, "l3": 3, "l5": 5, "l10": 10, "l50": 50, "l100": 100, "linf": np.inf}
DISTANCES = {name: minkowski(p) for name, p in PS.items()}
DISTANCES |= {name + "-ref": with_ref(minkowski(p)) for name, p in PS.items()}
DISTANCES |= {name + "-dot": dot(minkowski(PS[name])) for name in ("l1", "l2", "linf")}
DISTANCES |= {"log-frobenius": log_frobenius, "foerstner": foerstner}


# --- internal measures ---


def silhouette(a, cluster, d):
    """a: vectors of the segments."""
    n = len(a)
    if not 1 < len(set(cluster)) < n:
        return np.nan
    m = np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1, n):
            m[i, j] = m[j, i] = d(a[i], a[j])
    return silhouette_score(m, cluster, metric="precomputed") if np.isfinite(m).all() else np.nan


def davies_bouldin(a, cluster, centre, d):
    ids = sorted(centre)
    if len(ids) < 2:
        return np.nan
    spread = {k: np.mean([d(v, centre[k]) for v in a[cluster == k]]) for k in ids}
    worst = []
    for k in ids:
        ratio = []
        for y in ids:
            if y != k:
                between = d(centre[min(k, y)], centre[max(k, y)])
                ratio.append((spread[k] + spread[y]) / (between if between != 0 else 1e-15))
        worst.append(np.max(ratio))
    return np.mean(worst)


def variance_ratio(a, cluster, centre, whole, d):
    k, m = len(centre), len(a)
    if not 1 < k < m:
        return np.nan
    between = sum(np.sum(cluster == i) * d(centre[i], whole) ** 2 for i in centre) / (k - 1)
    within = sum(d(v, centre[i]) ** 2 for v, i in zip(a, cluster)) / (m - k)
    return between / within


def pbm(a, cluster, centre, whole, d, n):
    ids = sorted(centre)
    if len(ids) < 2:
        return np.nan
    e1 = sum(d(v, whole) for v in a)
    ek = sum(d(v, centre[i]) for v, i in zip(a, cluster))
    dk = max(d(centre[i], centre[j]) for i in ids for j in ids if i < j)
    return (dk * e1 / (n * ek)) ** 2


# --- mapping to the truth ---


def means(a, cluster):
    return {k: np.round(np.mean(a[cluster == k], axis=0), 3) for k in sorted(set(cluster))}


def closest(mean, truth):
    d = {t: np.round(np.sum(np.abs(mean - truth[t])), 3) for t in truth}
    return [t for t in sorted(truth) if d[t] == min(d.values())]


def within(x, y, tolerance):
    return bool(np.all(np.round(np.abs(x - y), 3) <= tolerance + 1e-9))


def mapping_measures(result, truth):
    """By the means of the clusters, {id: vector}."""
    near = {k: closest(result[k], truth) for k in result}
    out = {}
    for tolerance in (0.1, 1.1):
        found = {t for k in near for t in near[k] if within(result[k], truth[t], tolerance)}
        single = [near[k][0] for k in near if len(near[k]) == 1]
        specific = [k for k in near if len(near[k]) == 1 and single.count(near[k][0]) == 1 and within(result[k], truth[near[k][0]], tolerance)]
        out[f"discovery_{tolerance}"] = 100 * len(found) / len(truth)
        out[f"specificity_{tolerance}"] = 100 * len(specific) / len(result)
    first = {k: near[k][0] for k in near}
    out["mae"] = np.mean([np.mean(np.abs(relaxed(first[k]) - result[k])) for k in result])
    out["truth_mae"] = np.mean([np.mean(np.abs(relaxed(first[k]) - truth[first[k]])) for k in result])
    return first, out


# --- rows and boundaries ---


def rows(t):
    """Cluster of each row, -1 where there is none."""
    out = np.full(t["end idx"].max() + 1, -1)
    for start, end, k in zip(t["start idx"], t["end idx"], t["cluster_id"]):
        out[start : end + 1] = k
    return out


def boundary_f1(result, truth):
    r, t = result["start idx"].to_numpy()[1:], truth["start idx"].to_numpy()[1:]
    if len(r) + len(t) == 0:
        return 1.0
    near = np.abs(r[:, None] - t[None, :]) <= SPAN
    i, j = linear_sum_assignment(near, maximize=True)
    return 2 * near[i, j].sum() / (len(r) + len(t))


def external_measures(result, truth, first):
    r, t = rows(result), rows(truth)
    r, t = r[: len(t)], t[: len(r)]
    here = r >= 0
    r, t = r[here], t[here]
    return {
        "jaccard": np.mean(r == t),
        "jaccard_mapped": np.mean(np.array([first.get(k, -1) for k in range(r.max() + 1)])[r] == t),
        "ari": adjusted_rand_score(t, r),
        "nmi": normalized_mutual_info_score(t, r),
        "v": v_measure_score(t, r),
        "boundary_f1": boundary_f1(result, truth),
        "segmentation_ratio": len(result) / len(truth),
        "length_ratio": np.median(result["length"]) / np.median(truth["length"]),
    }


# --- a clustering ---


def segments(data, t):
    a = np.array([cut(spearman(data[s : e + 1])) for s, e in zip(t["start idx"], t["end idx"])])
    return a, t["cluster_id"].to_numpy(), ~np.isnan(a).any(axis=1)


def centres(data, t, ids, finish):
    pooled = lambda k: np.concatenate([data[s : e + 1] for s, e, c in zip(t["start idx"], t["end idx"], t["cluster_id"]) if c == k])
    return {k: finish(spearman(pooled(k))) for k in ids}


def evaluate(data, truth, result, finish):
    a, cluster, known = segments(data, result)
    b, truth_cluster, truth_known = segments(data, truth)
    first, mapped = mapping_measures(means(a[known], cluster[known]), means(b[truth_known], truth_cluster[truth_known]))
    a, cluster = a[known], cluster[known]
    centre, whole, l5 = centres(data, result, sorted(set(cluster)), finish), finish(spearman(data)), DISTANCES["l5"]
    external = external_measures(result, truth, first)
    out = {"jaccard": external["jaccard"], "jaccard_mapped": external["jaccard_mapped"]}
    out |= {"swc": silhouette(a, cluster, l5), "dbi": davies_bouldin(a, cluster, centre, l5)}
    out |= {"vrc": variance_ratio(a, cluster, centre, whole, l5), "pbm": pbm(a, cluster, centre, whole, l5, len(a))}
    out |= {"pbm_textbook": pbm(a, cluster, centre, whole, l5, len(centre))}
    out |= {k: mapped[k] for k in mapped if "mae" not in k}
    out |= {k: external[k] for k in ("segmentation_ratio", "length_ratio")} | {k: mapped[k] for k in ("mae", "truth_mae")}
    out |= {k: external[k] for k in ("ari", "nmi", "v", "boundary_f1")}
    for name, d in DISTANCES.items():
        out["swc " + name] = silhouette(a, cluster, d)
        out["dbi " + name] = davies_bouldin(a, cluster, centre, d)
    return out


def show(described):
    """[(description, measures)]"""
    lines = [{"clustering_desc": name} | {k: "NA" if np.isnan(v) else repr(float(f"{v:.12g}")) for k, v in m.items()} for name, m in described]
    pd.DataFrame(lines).to_csv(sys.stdout, index=False)


def clusterings(t, name):
    if "clustering_desc" not in t:
        return [(name, t)]
    return [(desc, part.reset_index(drop=True)) for desc, part in t.groupby("clustering_desc", sort=False)]


def run(*command):
    return pd.read_csv(io.BytesIO(subprocess.run(command, check=True, capture_output=True).stdout))


def subject(csts, degrade, finish):
    which = ["--subject=apricot-waterfall-16", "--completeness=sparse", "--variant=nonnormal"]
    data, truth = run(csts, *which, "--values").to_numpy(float), run(csts, *which, "--labels")
    wrong = dict(clusterings(run(degrade, *which), ""))
    names = ["wrong-clusters-%d" % i for i in (0, 10, 21)] + ["shifted-end-idx-%d" % i for i in (0, 9, 21)]
    names += ["shifted-and-wrong-cluster-%d" % i for i in (5, 15)]
    return [(n, evaluate(data, truth, t, finish)) for n, t in [("truth", truth)] + [(n, wrong[n]) for n in names]]


def check(folder):
    def read(name):
        t = pd.DataFrame([json.loads(line) for line in open(f"{folder}/{name}.jsonl")])
        a = np.array([json.loads(v) if isinstance(v, str) else v for v in t["correlation achieved"]], float)
        return t, a

    truth, b = read("misty-forest-56_p90_normal_gt")
    out = []
    for name in ("ds_nn_p90_untuned_ticc_result_23_clusters", "nn_p90_untuned_ticc_result_8clusters", "nn_p90_untuned_ticc_result_23_clusters"):
        result, a = read(name)
        cluster = result["cluster_id"].to_numpy()
        first, mapped = mapping_measures(means(a, cluster), means(b, truth["cluster_id"].to_numpy()))
        out.append((name, external_measures(result, truth, first) | mapped | {"swc": silhouette(a, cluster, DISTANCES["l5"])}))
    return out


def main(args):
    finish = cut
    if "--exact-centroids" in args:
        args.remove("--exact-centroids")
        finish = lambda r: r
    warnings.simplefilter("ignore")
    if args[0] == "subject":
        show(subject(args[1], args[2], finish))
    elif args[0] == "check":
        show(check(args[1]))
    else:
        data, truth = pd.read_csv(args[0]).to_numpy(float), pd.read_csv(args[1])
        show([(n, evaluate(data, truth, t, finish)) for f in args[2:] for n, t in clusterings(pd.read_csv(f), f)])


main(sys.argv[1:])
