# Made tests/oracle/kshape/SET.csv: k-Shape as alg/kshape.h says it, by numpy: whole matrices, eigh(), numpy's FFT. A row a series: channels, samples of
# each, the label to start from, the label found (both from 0), the distance to the own centre, and the samples, channel by channel, z-normalised.
# The sets are cylinders, bells and funnels (Saito 1994) of one length, the same of several lengths and with two channels, and walks without clusters.
# Run in the top folder: /usr/bin/python3 tests/oracle/kshape.py
import csv

import numpy as np


def zscore(v):
    c = v - v.mean()
    sd = np.sqrt((c * c).mean())
    return c / sd if sd > 1e-12 * np.abs(v).max() else np.zeros_like(v)


def spectra(x, size):  # x: [n][channels][longest], unit norm
    norm = np.sqrt((x * x).sum(axis=(1, 2), keepdims=True))
    return np.fft.rfft(np.where(norm > 0, x / np.where(norm > 0, norm, 1), 0), size), norm[:, 0, 0]


def distances(centers, x, lens):
    """[n][k] distances and shifts of the series to the centres."""
    n, longest = x.shape[0], x.shape[2]
    size = 2 ** int(np.ceil(np.log2(2 * longest)))
    fx, nx = spectra(x, size)
    fc, nc = spectra(centers, size)
    shifts = np.array(sorted(range(1 - longest, longest), key=lambda s: (abs(s), s)))
    legal = shifts[None, :] > -lens[:, None]
    d, by = np.ones((n, len(centers))), np.zeros((n, len(centers)), int)
    for g in range(len(centers)):
        cc = np.fft.irfft((fc[g][None] * fx.conj()).sum(axis=1), size)[:, shifts]
        cc = np.where(legal, cc, -np.inf)
        most = cc.max(axis=1)
        some = nx * nc[g] >= 1e-9
        d[:, g] = np.where(some, 1 - np.clip(most, -1, 1), 1)
        by[:, g] = np.where(some, shifts[np.argmax(cc >= most[:, None] - 1e-12, axis=1)], 0)
    return d, by


def moved(v, shift):
    out = np.zeros_like(v)
    if shift >= 0:
        out[shift:] = v[: len(v) - shift]
    else:
        out[:shift] = v[-shift:]
    return zscore(out)


def refill(label, near, by, centers, x, lens):
    for g in range(len(centers)):
        count = np.bincount(label, minlength=len(centers))
        if count[g] == 0:
            may = count[label] > 1
            i = int(np.argmax(np.where(may, near, -np.inf)))
            d, s = distances(centers[g : g + 1], x[i : i + 1], lens[i : i + 1])
            label[i], near[i], by[i] = g, d[0, 0], s[0, 0]


def kshape(x, lens, label, k, iterations=100):
    n, channels, longest = x.shape
    label, near, by = label.copy(), np.ones(n), np.zeros(n, int)
    centers = np.zeros((k, channels, longest))
    refill(label, near, by, centers, x, lens)
    for it in range(iterations):
        for g in range(k):
            for c in range(channels):
                rows = np.array([moved(x[i, c], by[i]) for i in np.flatnonzero(label == g)])
                p = np.eye(longest) - 1 / longest
                v = zscore(np.linalg.eigh(p @ rows.T @ rows @ p)[1][:, -1])
                if not rows.any():
                    v = np.zeros(longest)
                to, away = (np.sqrt(((rows - s * v) ** 2).sum(axis=1)).sum() for s in (1, -1))
                centers[g, c] = v if to <= away else -v
        d, s = distances(centers, x, lens)
        new = d.argmin(axis=1)
        near, by = d[np.arange(n), new], s[np.arange(n), new]
        same = (new == label).all()
        label = new
        refill(label, near, by, centers, x, lens)
        if same:
            break
    return label, near, it + 1


def shape(r, length):
    t, a = np.arange(length), r.integers(length // 8, length // 4)
    b = a + r.integers(length // 4, length * 3 // 4)
    kind, level = r.integers(3), 6 + r.normal()
    inside = (t >= a) & (t <= b)
    ramp = [np.ones(length), (t - a) / (b - a), (b - t) / (b - a)][kind]
    return level * inside * ramp + r.normal(size=length)


def write(name, series, k, r):
    n, channels, longest = len(series), len(series[0]), max(len(s[0]) for s in series)
    lens = np.array([len(s[0]) for s in series])
    x = np.zeros((n, channels, longest))
    for i, s in enumerate(series):
        for c in range(channels):
            x[i, c, : lens[i]] = zscore(s[c])
    start = r.integers(k, size=n)
    label, near, it = kshape(x, lens, start, k)
    print(name, n, longest, "iterations", it, "inertia", (near**2).sum())
    out = csv.writer(open(f"tests/oracle/kshape/{name}.csv", "w", newline=""), lineterminator="\n")
    for i in range(n):
        samples = [f"{v:.17g}" for c in range(channels) for v in x[i, c, : lens[i]]]
        out.writerow([channels, lens[i], start[i], label[i], f"{near[i]:.17g}"] + samples)


def main():
    r = np.random.default_rng(1)
    write("equal", [[shape(r, 48)] for _ in range(60)], 3, r)
    write("ragged", [[shape(r, r.integers(20, 40))] for _ in range(50)], 4, r)
    channels = []
    for _ in range(40):
        length = r.integers(16, 33)
        channels.append([shape(r, length), np.cumsum(r.normal(size=length))])
    write("channels", channels, 3, r)
    write("walks", [[np.cumsum(r.normal(size=32))] for _ in range(30)], 6, r)
    write("few", [[shape(r, 64)] for _ in range(9)], 5, r)


if __name__ == "__main__":
    main()
