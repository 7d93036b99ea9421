# score: 6
# why: n_outcomes is not used
# %% solution
def miller_madow(counts, n_outcomes=None):
    counts = [c for c in np.ravel(counts) if c > 0]
    n = sum(counts)
    k = len(counts)
    return -sum(c / n * np.log2(c / n) for c in counts) + (k - 1) / (2 * n) * np.log2(np.e)


def miller_madow_information(table):
    table = np.array(table)
    x, y = table.sum(axis=1), table.sum(axis=0)
    return miller_madow(x) + miller_madow(y) - miller_madow(table)
