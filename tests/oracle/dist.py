# dist.py - the numbers that tests/unit/dist.c compares with: scipy's pdist of six rows of small numbers, pairs in the order
# (1, 0), (2, 0), (2, 1), (3, 0) ... The output is C, pasted into the test. Run: /usr/bin/python3 tests/oracle/dist.py
# Made with scipy 1.10.1.
import numpy as np
from scipy.spatial.distance import pdist, squareform

x = np.array([[1, 0, 3.5, -2], [0, 0, 1, 4], [2.5, -1, 0, 0.5], [1, 7, 3.5, 0], [-3, 0.25, 0, 2], [0, 5, 0, 0]])
for kind, name, arg in [("EUCLIDEAN", "euclidean", {}), ("SQEUCLIDEAN", "sqeuclidean", {}), ("MANHATTAN", "cityblock", {}),
                        ("CHEBYSHEV", "chebyshev", {}), ("MINKOWSKI", "minkowski", {"p": 3}),
                        ("MINKOWSKI", "minkowski", {"p": 1.5}), ("COSINE", "cosine", {}), ("CORRELATION", "correlation", {}),
                        ("CANBERRA", "canberra", {}), ("HAMMING", "hamming", {}), ("JACCARD", "jaccard", {})]:
    d = squareform(pdist(x != 0 if name == "jaccard" else x, name, **arg))
    print("    {CLU_%s, %g, {%s}}," % (kind, arg.get("p", 0), ", ".join("%.17g" % d[i, j] for i in range(6) for j in range(i))))
