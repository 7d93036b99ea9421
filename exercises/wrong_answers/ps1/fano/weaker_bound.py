# score: 4
# why: the bound (H - 1) / log2(n) instead of the solution of the equation: wrong inside, and where nothing is known
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
    return max(0.0, (h - 1) / np.log2(n))
