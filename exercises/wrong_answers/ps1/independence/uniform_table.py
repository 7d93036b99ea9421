# score: 5
# why: all cells alike: independent, but with other marginals
# %% solution
def make_independent(p_xy):
    return np.full(np.shape(p_xy), 1 / np.size(p_xy))


def dependence(p_xy):
    p_xy = np.asarray(p_xy, dtype=float)
    x, y, xy = (
        -sum(p * np.log2(p) for p in np.ravel(table) if p > 0)
        for table in (p_xy.sum(axis=1), p_xy.sum(axis=0), p_xy)
    )
    return x + y - xy, x, xy - y


def is_independent(p_xy, tolerance=1e-9):
    return np.abs(p_xy - np.outer(np.sum(p_xy, axis=1), np.sum(p_xy, axis=0))).max() <= tolerance
