# Made tests/oracle/soft/pairs.csv: soft-DTW and log K of the global alignment kernel by numpy, in logarithms, of the series in tests/oracle/sbd/series.csv:
# i, j, window in samples (-1: none), then with dependent and with independent channels: soft-DTW of gamma 1 and of 0.1, its divergence (gamma 1),
# log K of sigma 3, 1 - the normalised kernel (sigma 3; 0 where a window makes it larger than 1).
# Run in the top folder, after sbd.py: /usr/bin/python3 tests/oracle/soft.py
import csv

import numpy as np


def inside(w, n, m, i, j):  # from 0
    if w < 0:
        return True
    if n > m:
        return inside(w, m, n, j, i)
    if n == m:
        return abs(i - j) <= w
    return 2 * abs(j * (n - 1) - i * (m - 1)) <= max(2 * w * (n - 1), m - 1)


def log_sum(log_cell, w):
    n, m = log_cell.shape
    k = np.full((n + 1, m + 1), -np.inf)
    k[0, 0] = 0
    for i in range(n):
        for j in range(m):
            if inside(w, n, m, i, j):
                k[i + 1, j + 1] = log_cell[i, j] + np.logaddexp(np.logaddexp(k[i, j + 1], k[i + 1, j]), k[i, j])
    return k[n, m]


def squares(x, y):
    return ((x[:, :, None] - y[:, None, :]) ** 2).sum(axis=0)


def soft(x, y, gamma, w):
    return -gamma * log_sum(-squares(x, y) / gamma, w)


def gak(x, y, sigma, w):
    h = squares(x, y) / (2 * sigma**2)
    return log_sum(-h - np.log(2 - np.exp(-h)), w)


def main():
    series = []
    for row in csv.reader(open("tests/oracle/sbd/series.csv")):
        series.append(np.array(row[2:], float).reshape(int(row[0]), int(row[1])))
    out = csv.writer(open("tests/oracle/soft/pairs.csv", "w", newline=""), lineterminator="\n")
    for i, x in enumerate(series):
        for j in range(i):
            y = series[j]
            for w in (-1, 0, 3):
                row = []
                for parts in ([slice(0, 2)], [slice(0, 1), slice(1, 2)]):
                    terms = []
                    for p in parts:
                        a, b = x[p], y[p]
                        s, g = soft(a, b, 1, w), gak(a, b, 3, w)
                        own_s = (soft(a, a, 1, w) + soft(b, b, 1, w)) / 2
                        own_g = (gak(a, a, 3, w) + gak(b, b, 3, w)) / 2
                        terms.append([s, soft(a, b, 0.1, w), s - own_s, g, max(0, 1 - np.exp(g - own_g))])
                    row += [f"{v:.17g}" for v in np.sum(terms, axis=0)]
                out.writerow([i, j, w] + row)


if __name__ == "__main__":
    main()
