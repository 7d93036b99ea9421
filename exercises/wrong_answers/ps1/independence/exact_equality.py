# score: 5
# why: == between products of rounded numbers calls an outer product dependent
# %% solution
def make_independent(p_xy):
    p_xy = np.asarray(p_xy, dtype=float)
    return np.outer(p_xy.sum(axis=1), p_xy.sum(axis=0))


def dependence(p_xy):
    p_xy = np.asarray(p_xy, dtype=float)
    x, y, xy = (
        -sum(p * np.log2(p) for p in np.ravel(table) if p > 0)
        for table in (p_xy.sum(axis=1), p_xy.sum(axis=0), p_xy)
    )
    return x + y - xy, x, xy - y


def is_independent(p_xy, tolerance=1e-9):
    return np.all(p_xy == make_independent(p_xy))
