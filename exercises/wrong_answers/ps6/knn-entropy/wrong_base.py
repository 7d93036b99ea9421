# score: 4
# why: bits in the entropy; distances and volumes have no such unit
# %% solution
def log_ball_volume(d):
    return d * math.log(math.pi) / 2 - math.lgamma(1 + d / 2)


def neighbour_distances(samples, k):
    points = np.array(samples, dtype=float)
    if points.ndim == 1:
        points = points[:, None]
    result = []
    for point in points:
        distances = np.sqrt(((points - point) ** 2).sum(axis=1))
        result.append(np.sort(distances)[k])
    return np.array(result)


def knn_entropy(samples, k=3):
    n, d = len(samples), 1 if np.ndim(samples) == 1 else np.shape(samples)[1]
    rho = neighbour_distances(samples, k)
    if rho.min() <= 0:
        raise ValueError("points coincide")
    return (digamma(n) - digamma(k) + log_ball_volume(d) + d * np.log(rho).mean()) / np.log(2)
