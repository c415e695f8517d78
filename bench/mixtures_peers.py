"""One run of a peer in Python, for bench/mixtures: prints NAME=VALUE lines. The number of threads is in the environment."""
import os
import sys
import time
import warnings

warnings.simplefilter("ignore")


def main(what, *args):
    import numpy as np
    import sklearn
    from sklearn.mixture import GaussianMixture
    if what == "version":
        blas = "OpenBLAS" if "openblas" in open("/proc/self/maps").read() else "reference"
        print(f"scikit-learn={sklearn.__version__}\nBLAS={blas}")
        return
    path, k, covariance, few, many = args[0], int(args[1]), args[2], int(args[3]), int(args[4])
    table = np.loadtxt(path, delimiter=",", skiprows=1)
    x, start = table[:, :-1], table[:, -1].astype(int)
    # The M-step from the labels, as the start: weights, means and precisions.
    weights = np.bincount(start, minlength=k) / len(x)
    means = np.array([x[start == a].mean(axis=0) for a in range(k)])
    fresh = GaussianMixture(k, covariance_type=covariance, weights_init=weights, means_init=means, tol=0)
    resp = np.eye(k)[start]
    fresh._initialize(x, resp)
    precisions = fresh.precisions_cholesky_ ** 2
    if covariance == "full":
        precisions = np.array([c @ c.T for c in fresh.precisions_cholesky_])
    elif covariance == "tied":
        precisions = fresh.precisions_cholesky_ @ fresh.precisions_cholesky_.T

    # With one thread CPU seconds, which other work on the machine disturbs less.
    clock = time.process_time if os.environ.get("OMP_NUM_THREADS") == "1" else time.perf_counter

    def once(iterations):
        best = None
        for _ in range(3):
            model = GaussianMixture(k, covariance_type=covariance, weights_init=weights, means_init=means, precisions_init=precisions, tol=0,
                                    max_iter=iterations, init_params="random")
            began = clock()
            model.fit(x)
            took = clock() - began
            best = took if best is None or took < best else best
        return best

    print(f"seconds={(once(many) - once(few)) / (many - few)}")


main(*sys.argv[1:])
