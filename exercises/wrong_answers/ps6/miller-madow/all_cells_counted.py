# score: 6
# why: (rows - 1)(columns - 1) is right only when every cell was seen
# %% solution
def miller_madow(counts, n_outcomes=None):
    counts = [c for c in np.ravel(counts) if c > 0]
    n = sum(counts)
    k = n_outcomes or len(counts)
    return -sum(c / n * np.log2(c / n) for c in counts) + (k - 1) / (2 * n) * np.log2(np.e)


def miller_madow_information(table):
    table = np.array(table)
    x, y = table.sum(axis=1), table.sum(axis=0)
    p = table / table.sum()
    product = np.outer(p.sum(axis=1), p.sum(axis=0))
    plugin = np.sum(p[p > 0] * np.log2(p[p > 0] / product[p > 0]))
    return plugin - (len(x) - 1) * (len(y) - 1) / (2 * table.sum() * np.log(2))
