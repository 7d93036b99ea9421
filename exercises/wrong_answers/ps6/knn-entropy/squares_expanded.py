# score: 7
# why: |x|^2 + |y|^2 - 2xy loses all digits far from the origin
# %% solution
def log_ball_volume(d):
    return d * math.log(math.pi) / 2 - math.lgamma(1 + d / 2)


def neighbour_distances(samples, k):
    points = np.array(samples, dtype=float)
    if points.ndim == 1:
        points = points[:, None]
    squares = (points**2).sum(axis=1)
    distances = squares[:, None] + squares[None, :] - 2 * points @ points.T
    np.fill_diagonal(distances, np.inf)
    return np.sqrt(np.maximum(np.sort(distances, axis=1)[:, k - 1], 0))


def knn_entropy(samples, k=3):
    n, d = len(samples), 1 if np.ndim(samples) == 1 else np.shape(samples)[1]
    rho = neighbour_distances(samples, k)
    if rho.min() <= 0:
        raise ValueError("points coincide")
    return digamma(n) - digamma(k) + log_ball_volume(d) + d * np.log(rho).mean()
