# Made tests/oracle/validity/sklearn.csv and SET.csv: what scikit-learn finds of the partitions in tests/oracle/kmeans/SET.csv (column
# from 1) of data/SET.csv without its last column. sklearn.csv: set, column, k, mean silhouette, Calinski-Harabasz, Davies-Bouldin.
# SET.csv: the silhouette of each row, a column for the first partition of each k, whose number is its header.
# Distances are those of scipy's cdist(): scikit-learn's own, by scalar products, lose half of the digits where rows are close.
# Run in the top folder, after kmeans.R: /usr/bin/python3 tests/oracle/validity.py
import csv

import numpy as np
from scipy.spatial.distance import cdist
from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score, silhouette_samples

out = csv.writer(open("tests/oracle/validity/sklearn.csv", "w", newline=""), lineterminator="\n")
out.writerow(["set", "column", "k", "silhouette", "ch", "db"])
for name in ["ecoli", "iris", "mk2", "ruspini", "wdbc", "wine"]:
    columns = len(open(f"data/{name}.csv").readline().split(",")) - 1
    x = np.loadtxt(f"data/{name}.csv", delimiter=",", skiprows=1, usecols=range(columns))
    x -= x.mean(axis=0)
    labels = np.loadtxt(f"tests/oracle/kmeans/{name}.csv", delimiter=",", dtype=int, ndmin=2)
    away = cdist(x, x)
    widths = {}
    seen = set()
    for column in range(labels.shape[1]):
        label = labels[:, column]
        k = len(set(label))
        if k == len(x):  # scikit-learn refuses
            continue
        width = silhouette_samples(away, label, metric="precomputed")
        out.writerow([name, column + 1, k] + [repr(float(v)) for v in (width.mean(), calinski_harabasz_score(x, label),
                                                                        davies_bouldin_score(x, label))])
        if k not in seen and name != "mk2":
            seen.add(k)
            widths[column + 1] = width
    if widths:
        rows = csv.writer(open(f"tests/oracle/validity/{name}.csv", "w", newline=""), lineterminator="\n")
        rows.writerow(f"p{column}" for column in widths)
        rows.writerows([repr(float(v)) for v in row] for row in zip(*widths.values()))
