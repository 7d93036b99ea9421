# score: 5
# why: H(X|Y) and H(Y|X) exchanged; the table with zeros is symmetric and does not charge it again
# %% solution
def marginals(p_xy):
    p_xy = np.asarray(p_xy, dtype=float)
    return p_xy.sum(axis=1), p_xy.sum(axis=0)


def entropy(p):
    p = np.asarray(p, dtype=float)
    p = p[p > 0]
    return -(p * np.log2(p)).sum()


def table_entropies(p_xy):
    p_x, p_y = marginals(p_xy)
    xy, x, y = entropy(p_xy), entropy(p_x), entropy(p_y)
    return {"H(X,Y)": xy, "H(X)": x, "H(Y)": y, "H(X|Y)": xy - x, "H(Y|X)": xy - y}
