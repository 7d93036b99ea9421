# score: 5
# why: each x has n - 1 others beside it, not n
# %% solution
def gaussian_kl(mean_p, cov_p, mean_q, cov_q):
    mean_p, cov_p, mean_q, cov_q = (np.array(a, dtype=float) for a in (mean_p, cov_p, mean_q, cov_q))
    inverse = np.linalg.inv(cov_q)
    shift = mean_q - mean_p
    nats = np.trace(inverse @ cov_p) + shift @ inverse @ shift - len(shift)
    nats = nats + np.linalg.slogdet(cov_q).logabsdet - np.linalg.slogdet(cov_p).logabsdet
    return nats / 2 / np.log(2)


def rows(points):
    points = np.array(points, dtype=float)
    return points[:, None] if points.ndim == 1 else points


def knn_divergence(x, y, k=1):
    x, y = rows(x), rows(y)
    n, m, d = len(x), len(y), x.shape[1]
    total = 0.0
    for i in range(n):
        rho = np.sort(np.linalg.norm(np.delete(x, i, axis=0) - x[i], axis=1))[k - 1]
        nu = np.sort(np.linalg.norm(y - x[i], axis=1))[k - 1]
        total += np.log2(nu / rho)
    return d * total / n + np.log2(m / n)
