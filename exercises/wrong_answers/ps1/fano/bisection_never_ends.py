# score: 4
# why: waits for the ends to meet more closely than numbers can: the checks before it count
# %% solution
def best_guess_error(p_xy):
    return 1 - np.max(p_xy, axis=0).sum()


def bits(p):
    p = np.ravel(np.asarray(p, dtype=float))
    p = p[p > 0]
    return -np.sum(p * np.log2(p))


def fano_sides(p_xy):
    p_xy = np.asarray(p_xy, dtype=float)
    e = best_guess_error(p_xy)
    return bits(p_xy) - bits(p_xy.sum(axis=0)), bits([e, 1 - e]) + e * np.log2(p_xy.shape[0] - 1)


def fano_error(h, n):
    low, high = 0.0, 1 - 1 / n
    while high - low > 1e-18:
        middle = (low + high) / 2
        right = bits([middle, 1 - middle]) + middle * np.log2(n - 1)
        low, high = (middle, high) if right < h else (low, middle)
    return high
