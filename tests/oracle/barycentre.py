# Made tests/oracle/barycentre/series.csv, centers.csv and kmeans.csv: barycentres of random series, and KASBA, by plain loops over the
# definitions of num/measure.h and the papers, in the random orders of base/rng.h. series.csv: a series a row. centers.csv: measure, kind, passes,
# cost, then the centre. kmeans.csv: seed, inertia, iterations, then the labels.
# Run in the top folder: /usr/bin/python3 tests/oracle/barycentre.py
import csv
import math

import numpy as np

INF = math.inf


# --- random numbers: Philox4x32-10 by counter ---
class Rng:
    def __init__(self, seed, stream):
        self.key, self.ctr, self.out = [seed & 0xFFFFFFFF, seed >> 32], [0, 0, stream & 0xFFFFFFFF, stream >> 32], []

    def u32(self):
        if not self.out:
            c, k = list(self.ctr), list(self.key)
            for _ in range(10):
                p0, p1 = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
                c = [(p1 >> 32) ^ c[1] ^ k[0], p1 & 0xFFFFFFFF, (p0 >> 32) ^ c[3] ^ k[1], p0 & 0xFFFFFFFF]
                k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
            self.out = c
            self.ctr[0] += 1
        return self.out.pop(0)

    def u64(self):
        low = self.u32()
        return low | self.u32() << 32

    def unit(self):
        return (self.u64() >> 11) * 2.0**-53

    def below(self, n):
        return self.u64() * n >> 64  # rejections are too rare to be met here

    def permutation(self, n):
        all_, out = list(range(n)), []
        for i in range(n):
            j = i + self.below(n - i)
            out.append(all_[j])
            all_[j] = all_[i]
        return out


# --- distances and paths ---
# Sums in the order of num/elastic_cell.h (and below in that of alg/barycentre.c): paths often cost the same but for rounding, which then decides.
def msm_move(a, before, z):
    if before <= a <= z or before >= a >= z:
        return 0.0
    return min(abs(a - before), abs(a - z))


def align(measure, x, y):
    n, m = len(x), len(y)
    d = np.full((n, m), INF)
    step = np.zeros((n, m), int)
    for i in range(n):
        for j in range(m):
            corner = d[i - 1, j - 1] if i and j else (0.0 if i == j == 0 else INF)
            up = d[i - 1, j] if i else INF
            left = d[i, j - 1] if j else INF
            if measure == "msm":
                three = (corner + abs(x[i] - y[j]), (up + msm_move(x[i], x[i - 1] if i else 0, y[j])) + 0.5,
                         (left + msm_move(y[j], y[j - 1] if j else 0, x[i])) + 0.5)
            elif measure == "twe":
                xb, yb = x[i - 1] if i else 0.0, y[j - 1] if j else 0.0
                three = (corner + ((abs(x[i] - y[j]) + abs(xb - yb)) + 2 * 0.001 * abs(i - j)),
                         up + ((abs(x[i] - xb) + 0.001) + 0.1), left + ((abs(y[j] - yb) + 0.001) + 0.1))
            else:
                c = (x[i] - y[j])**2
                three = (corner + c, up + c, left + c)
            step[i, j] = int(np.argmin(three))
            d[i, j] = min(three)
    path, i, j = [], n - 1, m - 1
    while True:
        path.append((i, j))
        if i == j == 0:
            break
        s = 2 if i == 0 else 1 if j == 0 else step[i, j]
        i, j = i - (s != 2), j - (s != 1)
    return (math.sqrt(d[-1, -1]) if measure == "dtw" else d[-1, -1]), path[::-1]


# --- barycentres ---
def distances(measure, x, center):
    return np.array([align(measure, v, center)[0] for v in x])


def barycentre(measure, kind, x, center, passes, seed, stream, tol=1e-5, near=None):
    rng = Rng(seed, stream)
    near = distances(measure, x, center) if near is None else near
    now, best, best_cost, stale = center.copy(), center.copy(), float((near**2).sum()), 0
    for epoch in range(passes):
        if kind == "dba":
            total, count, pieces = np.zeros(len(now)), np.zeros(len(now)), (len(x) + 3) // 4
            for p in range(pieces):
                part = np.zeros(len(now))
                for v in x[p * len(x) // pieces:(p + 1) * len(x) // pieces]:
                    for i, j in align(measure, v, now)[1]:
                        part[j] += v[i]
                        count[j] += 1
                total += part
            now = total / count
        else:
            order = rng.permutation(len(x))
            if kind == "kasba" and epoch:
                order = order[:min(len(x), max(10, len(x) // 2))]
            for q, o in enumerate(order):
                eta = 0.05 * math.exp(-0.1 * epoch) if kind == "kasba" else 0.005 if epoch else 0.05 - (0.05 - 0.005) * q / len(x)
                away = np.zeros(len(now))
                for i, j in align(measure, x[o], now)[1]:
                    away[j] += now[j] - x[o][i]
                now = now - 2 * eta * away
        fresh = distances(measure, x, now)
        cost = float((fresh**2).sum())
        stale = 0 if best_cost - cost > tol * best_cost else stale + 1
        if cost < best_cost:
            best, best_cost, near = now.copy(), cost, fresh
        if stale == (3 if kind == "subgradient" else 1):
            break
    return best, best_cost, near


# --- KASBA, without passing over anything ---
def kmeans(measure, x, k, seed, max_iter=300):
    rng, n = Rng(seed, 0), len(x)
    near, label, centers = np.full(n, INF), np.zeros(n, int), []
    for c in range(k):
        if c == 0:
            pick = rng.below(n)
        else:
            aim = rng.unit() * float(np.cumsum(near)[-1])
            pick = int(np.argmax(np.cumsum(near) > aim))
        centers.append(x[pick].copy())
        away = distances(measure, x, centers[c])
        label[away < near] = c
        near = np.minimum(near, away)
    for iteration in range(max_iter):
        assert len(set(label)) == k  # no empty cluster is met here
        before = label.copy()
        for c in range(k):
            own = np.flatnonzero(label == c)
            centers[c], _, near[own] = barycentre(measure, "kasba", [x[i] for i in own], centers[c], 50, seed,
                                                  iteration * (k + 1) + 1 + c, near=near[own])
        for c in range(k):
            away = distances(measure, x, centers[c])
            closer = (away < near) & (label != c)
            label[closer] = c
            near[closer] = away[closer]
        if (label == before).all():
            break
    numbers = {}
    return float((near**2).sum()), iteration + 1, [numbers.setdefault(int(c), len(numbers)) for c in label]


def text(values):
    return [repr(float(v)) for v in values]


random = np.random.default_rng(5)
bumps = []
for i in range(24):
    t = np.linspace(0, 1, 20 + 3 * (i % 4))
    v = np.exp(-((t - random.uniform(0.25, 0.75)) / 0.1)**2) * (1 if i % 3 else -1) + (i % 3 == 2) * t + 0.1 * random.standard_normal(len(t))
    bumps.append((v - v.mean()) / v.std())
csv.writer(open("tests/oracle/barycentre/series.csv", "w", newline=""), lineterminator="\n").writerows(text(v) for v in bumps)

out = csv.writer(open("tests/oracle/barycentre/centers.csv", "w", newline=""), lineterminator="\n")
for measure in ["msm", "dtw", "twe"]:
    for kind in ["dba", "subgradient", "kasba"]:
        for passes in [1, 30]:
            center, cost, _ = barycentre(measure, kind, bumps, bumps[0], passes, 9, 4)
            out.writerow([measure, kind, passes, repr(cost)] + text(center))
out = csv.writer(open("tests/oracle/barycentre/kmeans.csv", "w", newline=""), lineterminator="\n")
for seed in range(1, 7):
    inertia, iterations, label = kmeans("msm", bumps, 5, seed)
    out.writerow([seed, repr(inertia), iterations] + label)
