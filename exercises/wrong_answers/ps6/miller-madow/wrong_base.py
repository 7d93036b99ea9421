# score: 2
# why: nats in both functions; two checks do not judge the unit again
# %% solution
def miller_madow(counts, n_outcomes=None):
    counts = [c for c in np.ravel(counts) if c > 0]
    n = sum(counts)
    k = n_outcomes or len(counts)
    return -sum(c / n * np.log(c / n) for c in counts) + (k - 1) / (2 * n)


def miller_madow_information(table):
    table = np.array(table)
    x, y = table.sum(axis=1), table.sum(axis=0)
    return miller_madow(x) + miller_madow(y) - miller_madow(table)
