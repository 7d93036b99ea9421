# score: 6
# why: y in the rows: the table alone is wrong, the information is symmetric
# %% solution
def contingency(x, y):
    x, y = list(x), list(y)
    rows, columns = sorted(set(x)), sorted(set(y))
    table = np.zeros((len(rows), len(columns)), dtype=int)
    for a, b in zip(x, y):
        table[rows.index(a), columns.index(b)] += 1
    return table.T


def entropy(counts):
    p = np.ravel(counts) / np.sum(counts)
    p = p[p > 0]
    return -np.sum(p * np.log(p))


def information(x, y):
    table = contingency(x, y)
    return entropy(table.sum(axis=1)) + entropy(table.sum(axis=0)) - entropy(table)


def shuffled_information(x, y, repeats, seed):
    rng = np.random.default_rng(seed)
    return [information(x, rng.permutation(y)) for _ in range(repeats)]


def p_value(observed, shuffled):
    return (1 + sum(value > observed - 1e-9 for value in shuffled)) / (1 + len(shuffled))
