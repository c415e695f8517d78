# Made tests/oracle/gmm/sklearn.csv and <set>.csv: what scikit-learn's GaussianMixture finds in a given number of iterations (tol=0) on
# the rows less their mean, from the labels that kmeans ended in (column `column` of tests/oracle/kmeans/<set>.csv, from 1).
# sklearn.csv: loglik = rows * score(), bic in scikit-learn's sign. <set>.csv: the labels, a column for each line of the set.
# Run in the top folder: /usr/bin/python3 tests/oracle/gmm.py
import csv
import warnings

import numpy as np
from sklearn.mixture import GaussianMixture

warnings.simplefilter("ignore")


class FromLabels(GaussianMixture):
    def _initialize_parameters(self, x, random_state):
        self._initialize(x, self.start)


out = csv.writer(open("tests/oracle/gmm/sklearn.csv", "w", newline=""), lineterminator="\n")
out.writerow(["set", "k", "column", "type", "reg", "iterations", "loglik", "bic"])
seen, found = {}, {}
for case in csv.DictReader(open("tests/oracle/kmeans/r.csv")):
    name, k = case["set"], int(case["k"])
    column = seen[name] = seen.get(name, 0) + 1
    if k > 8 or column % 3 != 1:  # three starts for each k: the first
        continue
    x = np.loadtxt(f"data/{name}.csv", delimiter=",", skiprows=1, usecols=range(len(open(f"data/{name}.csv").readline().split(",")) - 1))
    x -= x.mean(axis=0)
    label = np.loadtxt(f"tests/oracle/kmeans/{name}.csv", delimiter=",", dtype=int, ndmin=2)[:, column - 1]
    for kind, reg, iterations in [("full", 1e-6, 20), ("full", 1e-3, 3), ("tied", 1e-6, 20), ("diag", 1e-6, 20), ("spherical", 0, 20)]:
        model = FromLabels(k, covariance_type=kind, reg_covar=reg, tol=0, max_iter=iterations)
        model.start = np.eye(k)[label - 1]
        model.fit(x)
        out.writerow([name, k, column, kind, reg, iterations, repr(float(model.score(x) * len(x))), repr(float(model.bic(x)))])
        found.setdefault(name, []).append(model.predict(x) + 1)
for name, labels in found.items():
    np.savetxt(f"tests/oracle/gmm/{name}.csv", np.array(labels).T, fmt="%d", delimiter=",")
