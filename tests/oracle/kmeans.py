# Made tests/oracle/kmeans/sklearn.csv: what scikit-learn's KMeans (Lloyd, tol=0) finds from the starts in r.csv, plain and with
# weights 1, 2, 3, 1, 2, 3, ... by row; and looks whether it agrees with R.
# Run in the top folder, after kmeans.R: /usr/bin/python3 tests/oracle/kmeans.py
import csv
import warnings

import numpy as np
from sklearn.cluster import KMeans

warnings.simplefilter("ignore")
out = csv.writer(open("tests/oracle/kmeans/sklearn.csv", "w", newline=""), lineterminator="\n")
out.writerow(["set", "k", "inertia", "weighted"])
seen = {}
for case in csv.DictReader(open("tests/oracle/kmeans/r.csv")):
    name, k = case["set"], int(case["k"])
    x = np.loadtxt(f"data/{name}.csv", delimiter=",", skiprows=1, usecols=range(len(open(f"data/{name}.csv").readline().split(",")) - 1))
    start = x[[int(row) - 1 for row in case["rows"].split()]]
    column = seen[name] = seen.get(name, -1) + 1
    labels = np.loadtxt(f"tests/oracle/kmeans/{name}.csv", delimiter=",", dtype=int, ndmin=2)[:, column]

    def fit(weight):
        return KMeans(k, init=start, n_init=1, algorithm="lloyd", tol=0, max_iter=10000).fit(x, sample_weight=weight)

    plain = fit(None)
    assert (plain.labels_ + 1 == labels).all(), f"{name} {k}: other labels than R"
    assert abs(plain.inertia_ - float(case["lloyd"])) <= 1e-9 * plain.inertia_ + 1e-20, f"{name} {k}: other inertia than R"
    out.writerow([name, k, repr(float(plain.inertia_)), repr(float(fit(np.arange(len(x)) % 3 + 1.0).inertia_))])
