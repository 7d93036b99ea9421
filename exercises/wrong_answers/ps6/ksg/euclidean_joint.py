# score: 2
# why: the joint distance is Euclidean: more points are counted
# %% solution
def gaussian_information(rho):
    return -math.log(1 - rho**2) / 2


def distances(points):
    points = np.array(points, dtype=float)
    if points.ndim == 1:
        points = points[:, None]
    return np.array([np.abs(points - point).max(axis=1) for point in points])


def neighbour_counts(x, y, k):
    dx, dy = distances(x), distances(y)
    joint = np.sqrt(dx**2 + dy**2)
    n_x, n_y = [], []
    for i in range(len(dx)):
        epsilon = np.sort(joint[i])[k]  # the smallest is the distance 0 from itself
        n_x.append(np.sum(dx[i] < epsilon) - 1)
        n_y.append(np.sum(dy[i] < epsilon) - 1)
    return np.array(n_x), np.array(n_y)


def ksg_information(x, y, k=3):
    n_x, n_y = neighbour_counts(x, y, k)
    return digamma(k) + digamma(len(x)) - np.mean(digamma(n_x + 1)) - np.mean(digamma(n_y + 1))
