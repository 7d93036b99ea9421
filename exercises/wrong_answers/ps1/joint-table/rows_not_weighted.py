# score: 5
# why: conditional entropy as the plain average over the rows, not weighted with p(x)
# %% solution
def marginals(p_xy):
    p_xy = np.asarray(p_xy, dtype=float)
    return p_xy.sum(axis=1), p_xy.sum(axis=0)


def entropy(p):
    p = np.asarray(p, dtype=float)
    p = p[p > 0]
    return -(p * np.log2(p)).sum()


def table_entropies(p_xy):
    p_xy = np.asarray(p_xy, dtype=float)
    p_x, p_y = marginals(p_xy)
    rows = [entropy(row / row.sum()) for row in p_xy if row.sum() > 0]
    columns = [entropy(column / column.sum()) for column in p_xy.T if column.sum() > 0]
    return {
        "H(X,Y)": entropy(p_xy),
        "H(X)": entropy(p_x),
        "H(Y)": entropy(p_y),
        "H(X|Y)": np.mean(columns),
        "H(Y|X)": np.mean(rows),
    }
