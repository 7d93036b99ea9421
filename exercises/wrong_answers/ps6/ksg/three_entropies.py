# score: 5
# why: h(X) + h(Y) - h(X,Y), each at a scale of its own
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
    joint = np.maximum(dx, dy)
    n_x, n_y = [], []
    for i in range(len(dx)):
        epsilon = np.sort(joint[i])[k]  # the smallest is the distance 0 from itself
        n_x.append(np.sum(dx[i] < epsilon) - 1)
        n_y.append(np.sum(dy[i] < epsilon) - 1)
    return np.array(n_x), np.array(n_y)


def ksg_information(x, y, k=3):
    dx, dy = distances(x), distances(y)
    total = 0.0
    for d, d_of in ((dx, np.shape(np.array(x).T)[:-1]), (dy, np.shape(np.array(y).T)[:-1])):
        columns = d_of[0] if d_of else 1
        total += digamma(len(d)) - digamma(k) + columns * np.mean(np.log(2 * np.sort(d, axis=1)[:, k]))
        total -= columns * np.mean(np.log(2 * np.sort(np.maximum(dx, dy), axis=1)[:, k]))
    return total - digamma(len(dx)) + digamma(k)
