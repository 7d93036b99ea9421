# score: 4
# why: the given table is overwritten, so it is always equal to its independent version
# %% solution
def make_independent(p_xy):
    p_xy[:] = np.outer(p_xy.sum(axis=1), p_xy.sum(axis=0))
    return p_xy


def dependence(p_xy):
    p_xy = np.asarray(p_xy, dtype=float)
    x, y, xy = (
        -sum(p * np.log2(p) for p in np.ravel(table) if p > 0)
        for table in (p_xy.sum(axis=1), p_xy.sum(axis=0), p_xy)
    )
    return x + y - xy, x, xy - y


def is_independent(p_xy, tolerance=1e-9):
    return np.abs(p_xy - make_independent(p_xy)).max() <= tolerance
