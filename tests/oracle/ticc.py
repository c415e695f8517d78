# Made tests/oracle/ticc/: what other programs find for num/toeplitz_lasso and alg/ticc. Lines of numbers.
#   lasso.csv    three lines a problem: w, d, penalty, penalty of the diagonal; S; Theta. For w = 1 by scikit-learn (which does not
#                penalise the diagonal), else by L-BFGS-B over the free elements, each the difference of two parts >= 0, and then
#                Newton's method on those that are not 0.
#   series.csv   rows of a series of three regimes: two columns, the label to start from, the true label
#   labels.csv   the labels that the loops below end in: a plain version of the algorithm in the authors' way, windows laid out
#   clusters.csv two lines a cluster: its mean, its Theta
# Run in the top folder: /usr/bin/python3 tests/oracle/ticc.py
import numpy as np
from scipy.optimize import minimize
from sklearn.covariance import graphical_lasso

rng = np.random.RandomState(20170813)


def write(name, lines):
    with open(f"tests/oracle/ticc/{name}.csv", "w") as f:
        for line in lines:
            f.write(",".join("%.17g" % v for v in np.ravel(line)) + "\n")


# --- the lasso ---
def basis(w, d):
    """A matrix of 0 and 1 for every free element."""
    out = []
    for lag in range(w):
        for i in range(d):
            for j in range(i if lag == 0 else 0, d):
                b = np.zeros((w * d, w * d))
                for p in range(w - lag):
                    b[p * d + i, (p + lag) * d + j] = b[(p + lag) * d + j, p * d + i] = 1
                out.append(b)
    return np.array(out)


def solve(s, w, d, lam, diagonal):
    bs = basis(w, d)
    m = len(bs)
    lam_matrix = np.full((w * d, w * d), lam)
    np.fill_diagonal(lam_matrix, diagonal)
    weight = np.array([(lam_matrix * b).sum() for b in bs])

    def smooth(v):
        theta = np.tensordot(v, bs, 1)
        if np.linalg.eigvalsh(theta)[0] <= 1e-10:
            return 1e10, np.zeros(m), None
        inverse = np.linalg.inv(theta)
        value = -np.linalg.slogdet(theta)[1] + (s * theta).sum()
        return value, np.array([((s - inverse) * b).sum() for b in bs]), inverse

    def split(v):
        value, gradient, _ = smooth(v[:m] - v[m:])
        return value + weight @ (v[:m] + v[m:]), np.concatenate([gradient + weight, weight - gradient])

    start = np.zeros(2 * m)
    for q, b in enumerate(bs):
        if b.trace() > 0:
            start[q] = 1 / (np.diag(s)[np.diag(b) > 0].mean() + diagonal)
    found = minimize(split, start, jac=True, bounds=[(0, None)] * (2 * m), method="L-BFGS-B",
                     options={"maxiter": 100000, "maxfun": 1000000, "ftol": 1e-16, "gtol": 1e-9, "maxcor": 50})
    v = found.x[:m] - found.x[m:]
    v[np.abs(v) < 1e-5] = 0
    on, sign = np.flatnonzero(v), np.sign(v)
    for _ in range(50):
        _, gradient, inverse = smooth(v)
        gradient = (gradient + weight * sign)[on]
        sides = [inverse @ bs[q] for q in on]
        hessian = np.array([[np.trace(a @ b) for b in sides] for a in sides])
        v[on] -= np.linalg.solve(hessian, gradient)
    assert np.all(np.sign(v) == sign)
    gradient = smooth(v)[1]
    assert np.all(np.abs(gradient + weight * sign)[on] < 1e-9)
    assert np.all(np.abs(gradient) <= weight * (1 + 1e-6) + 1e-9)
    print(w, d, lam, "free", m, "of them not 0:", len(on))
    return np.tensordot(v, bs, 1)


def covariance(size, rows, scale):
    x = rng.randn(rows, size) @ rng.randn(size, size) * scale
    return np.cov(x.T, bias=True).reshape(size, size)


lines = []
for w, d, lam, diagonal, rows, scale in [
        (1, 4, 0.3, 0, 40, 1), (1, 6, 0.5, 0, 30, 1), (2, 2, 0.2, 0.2, 30, 1), (3, 2, 0.5, 0.5, 20, 1), (2, 3, 0.1, 0.1, 50, 1),
        (3, 3, 1, 1, 8, 1), (4, 1, 0.1, 0.1, 50, 0.5), (2, 2, 2000, 2000, 30, 100), (2, 2, 1e-4, 1e-4, 30, 0.03), (2, 2, 0, 0, 30, 1),
        (5, 3, 0.3, 0.3, 100, 0.4)]:
    s = covariance(w * d, rows, scale)
    if w == 1:
        theta = graphical_lasso(s, lam, mode="cd", tol=1e-12, enet_tol=1e-12, max_iter=10000)[1]
    else:
        unit = np.trace(s) / (w * d)
        theta = solve(s / unit, w, d, lam / unit, diagonal / unit) / unit
    lines += [[w, d, lam, diagonal], s, theta]
write("lasso", lines)


# --- the whole ---
def lasso_admm(s, w, d, lam):
    size = w * d
    z, u = np.zeros((size, size)), np.zeros((size, size))
    upper = np.triu_indices(size)
    length = size * (size + 1) // 2
    for it in range(1000):
        before = z
        value, q = np.linalg.eigh(z - u - s)
        x = q @ np.diag((value + np.sqrt(value ** 2 + 4)) / 2) @ q.T
        a = x + u
        z = np.zeros((size, size))
        for b in basis(w, d):
            on = (b > 0) & (np.triu(np.ones((size, size))) > 0)
            mean = a[on].mean()
            z[b > 0] = np.sign(mean) * max(abs(mean) - lam, 0)
        u = a - z
        norm = np.linalg.norm
        base = np.sqrt(length) * 1e-6 + 1e-4
        primal, dual = norm((x - z)[upper]), norm((z - before)[upper])
        if it > 0 and primal <= base + 1e-6 * max(norm(x[upper]), norm(z[upper])) and dual <= base + 1e-6 * norm(u[upper]):
            break
    return x


def best_path(cost, beta):
    n, k = cost.shape
    ahead = np.zeros((n, k))
    for t in range(n - 2, -1, -1):
        for j in range(k):
            way = ahead[t + 1] + cost[t + 1] + beta
            way[j] -= beta
            ahead[t, j] = way.min()
    path = [int(np.argmin(ahead[0] + cost[0]))]
    for t in range(1, n):
        way = ahead[t] + cost[t] + beta
        way[path[-1]] -= beta
        path.append(int(np.argmin(way)))
    return np.array(path)


w, d, k, n, lam, beta, turns = 3, 2, 3, 300, 0.11, 12.0, 4
truth = np.repeat([0, 1, 2, 0, 2, 1], 50)
mix = [np.array([[1, 0.9], [0, 0.44]]), np.array([[1, -0.9], [0, 0.44]]), np.array([[1, 0], [0, 1.8]])]
series = np.round(np.array([[5, -3] + rng.randn(2) @ mix[g] for g in truth]), 4)
label = np.where(rng.rand(n) < 0.35, rng.randint(0, k, n), truth)
write("series", np.column_stack([series, label, truth]))

padded = np.vstack([series, np.zeros((w - 1, d))])
stacked = np.hstack([padded[i:n + i] for i in range(w)])
for turn in range(turns):
    mean = [stacked[label == j].mean(axis=0) for j in range(k)]
    theta = [lasso_admm(np.cov(stacked[label == j].T, bias=True), w, d, lam) for j in range(k)]
    cost = np.zeros((n, k))
    for t in range(n - w + 1):
        for j in range(k):
            full = theta[j] + 1e-6 * np.eye(w * d)
            off = stacked[t] - mean[j]
            cost[t, j] = off @ full @ off - np.linalg.slogdet(full)[1]
    label = best_path(cost, beta)
    print("turn", turn, np.bincount(label, minlength=k), "right", (label == truth).mean())
write("labels", [label])
write("clusters", [v for j in range(k) for v in (mean[j], theta[j])])
