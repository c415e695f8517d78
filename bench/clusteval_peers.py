"""One run of scikit-learn, for bench/clusteval: prints NAME=VALUE lines. The number of threads is in the environment."""
import sys
import time


def timed(work):
    best = None
    for _ in range(2):
        began = time.perf_counter()
        value = work()
        took = time.perf_counter() - began
        best = took if best is None or took < best else best
    print(f"seconds={best}\nvalue={value!r}")


def main(what, *args):
    import numpy
    import sklearn
    from sklearn import metrics
    if what == "version":
        print(f"scikit-learn={sklearn.__version__}\nnumpy={numpy.__version__}")
        return
    import pandas
    began = time.perf_counter()
    if what == "data":
        x, label = pandas.read_csv(args[1]).to_numpy(), pandas.read_csv(args[2])["cluster"].to_numpy()
        print(f"read={time.perf_counter() - began}")
        score = {"silhouette": metrics.silhouette_score, "ch": metrics.calinski_harabasz_score, "db": metrics.davies_bouldin_score}[args[0]]
        timed(lambda: score(x, label))
        return
    truth, label = (pandas.read_csv(path, header=None)[0].to_numpy() for path in args[1:3])
    print(f"read={time.perf_counter() - began}")
    score = {"ari": metrics.adjusted_rand_score, "ami": metrics.adjusted_mutual_info_score, "nmi": metrics.normalized_mutual_info_score,
             "fm": metrics.fowlkes_mallows_score}[args[0]]
    timed(lambda: score(truth, label))


main(*sys.argv[1:])
