# Made tests/oracle/sbd/series.csv, series of several lengths with two channels (a row: channels, samples of each, the samples channel by channel),
# and pairs.csv, shape-based distances of all pairs by numpy's correlate(), without transforms: i, j, dependent channels with their shift, independent ones.
# Run in the top folder: /usr/bin/python3 tests/oracle/sbd.py
import csv

import numpy as np


def peak(cc, n, m):
    s = np.arange(-(m - 1), n)
    at = int(np.argmax(cc))
    return cc[at], s[at]


def main():
    r = np.random.default_rng(5)
    series = [np.cumsum(r.normal(size=(2, n)), axis=1) for n in (1, 2, 5, 17, 24, 24, 31, 40)]
    series = [s - s.mean(axis=1, keepdims=True) if s.shape[1] > 1 else s for s in series]
    out = csv.writer(open("tests/oracle/sbd/series.csv", "w", newline=""), lineterminator="\n")
    for s in series:
        out.writerow([2, s.shape[1]] + [f"{v:.17g}" for v in s.ravel()])
    out = csv.writer(open("tests/oracle/sbd/pairs.csv", "w", newline=""), lineterminator="\n")
    for i, x in enumerate(series):
        for j, y in enumerate(series):
            if i == j:
                continue
            n, m = x.shape[1], y.shape[1]
            cc = [np.correlate(x[c], y[c], "full") for c in range(2)]
            both, shift = peak(cc[0] + cc[1], n, m)
            dependent = 1 - both / np.sqrt((x**2).sum() * (y**2).sum())
            alone = sum(1 - peak(cc[c], n, m)[0] / np.sqrt((x[c] ** 2).sum() * (y[c] ** 2).sum()) for c in range(2))
            out.writerow([i, j, f"{dependent:.17g}", shift, f"{alone:.17g}"])


if __name__ == "__main__":
    main()
