# score: 6
# why: nan from 0 * log2(0) costs the check of tables with zeros alone
# %% solution
def marginals(p_xy):
    p_xy = np.asarray(p_xy, dtype=float)
    return p_xy.sum(axis=1), p_xy.sum(axis=0)


def entropy(p):
    return -np.sum(np.asarray(p) * np.log2(p))


def table_entropies(p_xy):
    p_x, p_y = marginals(p_xy)
    xy, x, y = entropy(p_xy), entropy(p_x), entropy(p_y)
    return {"H(X,Y)": xy, "H(X)": x, "H(Y)": y, "H(X|Y)": xy - y, "H(Y|X)": xy - x}
