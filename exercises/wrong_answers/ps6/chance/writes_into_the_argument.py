# score: 5
# why: the list that was given is shuffled itself
# %% solution
def contingency(x, y):
    x, y = list(x), list(y)
    rows, columns = sorted(set(x)), sorted(set(y))
    table = np.zeros((len(rows), len(columns)), dtype=int)
    for a, b in zip(x, y):
        table[rows.index(a), columns.index(b)] += 1
    return table


def entropy(counts):
    p = np.ravel(counts) / np.sum(counts)
    p = p[p > 0]
    return -np.sum(p * np.log(p))


def information(x, y):
    table = contingency(x, y)
    return entropy(table.sum(axis=1)) + entropy(table.sum(axis=0)) - entropy(table)


def shuffled_information(x, y, repeats, seed):
    rng = np.random.default_rng(seed)
    values = []
    for _ in range(repeats):
        rng.shuffle(y)
        values.append(information(x, y))
    return values


def p_value(observed, shuffled):
    return (1 + sum(value > observed - 1e-9 for value in shuffled)) / (1 + len(shuffled))
