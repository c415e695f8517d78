"""One run of a peer in Python, for bench/kmeans: prints NAME=VALUE lines. The number of threads is in the environment."""
import sys
import time
import warnings

warnings.simplefilter("ignore")


def timed(work):
    best = None
    for _ in range(2):
        began = time.perf_counter()
        work()
        took = time.perf_counter() - began
        best = took if best is None or took < best else best
    print(f"seconds={best}")


def main(what, *args):
    if what == "version":
        import pandas
        import sklearn
        from sklearn.cluster import KMeans  # loads the BLAS; faiss may load another
        blas = "OpenBLAS" if "openblas" in open("/proc/self/maps").read() else "reference"
        import faiss
        print(f"scikit-learn={sklearn.__version__}\npandas={pandas.__version__}\nfaiss={faiss.__version__}\nBLAS={blas}")
        return
    import pandas
    if what == "read_pandas":
        timed(lambda: pandas.read_csv(args[0]))
        return
    from sklearn.cluster import KMeans
    if what == "iris":
        KMeans(3, n_init=1).fit(pandas.read_csv(args[0]).iloc[:, :4])
        return
    path, k, iterations = args[0], int(args[1]), int(args[2])

    def fit(x, algorithm="lloyd"):
        return KMeans(k, init=x[:k], n_init=1, tol=0, max_iter=iterations, algorithm=algorithm).fit(x)

    if what == "pipeline":
        def work():
            x = pandas.read_csv(path).to_numpy()
            pandas.DataFrame({"cluster": fit(x).labels_ + 1}).to_csv(args[3], index=False)
        timed(work)
        return
    x = pandas.read_csv(path, float_precision="round_trip").to_numpy()
    if what == "faiss":
        import faiss
        x = x.astype("float32")
        def work():
            km = faiss.Kmeans(x.shape[1], k, niter=iterations, max_points_per_centroid=len(x))
            km.train(x, init_centroids=x[:k])
            km.index.search(x, 1)
        timed(work)
    elif what == "sklearn32":
        x = x.astype("float32")
        timed(lambda: fit(x))
    else:
        timed(lambda: fit(x, "elkan" if what == "elkan" else "lloyd"))


main(*sys.argv[1:])
