"""One run of a peer in Python, for bench/kmedoids: prints NAME=VALUE lines. The number of threads is in the environment."""
import importlib
import sys
import time


def timed(work):
    best = None
    for _ in range(2):
        began = time.perf_counter()
        made = work()
        took = time.perf_counter() - began
        del made
        best = took if best is None or took < best else best
    print(f"seconds={best}")


def main(what, *args):
    if what == "version":
        import numpy
        import scipy
        import sklearn
        importlib.import_module("sklearn.cluster")  # loads the BLAS
        blas = "OpenBLAS" if "openblas" in open("/proc/self/maps").read() else "reference"
        print(f"scipy={scipy.__version__}\nscikit-learn={sklearn.__version__}\nnumpy={numpy.__version__}\nBLAS={blas}")
        return
    import numpy
    x = numpy.loadtxt(args[0], delimiter=",", skiprows=1)
    if what == "pdist":
        from scipy.spatial.distance import pdist
        timed(lambda: pdist(x))
    else:
        from sklearn.metrics import pairwise_distances
        x = x.astype(numpy.float32 if what == "pairwise32" else float)
        timed(lambda: pairwise_distances(x, n_jobs=1))


main(*sys.argv[1:])
