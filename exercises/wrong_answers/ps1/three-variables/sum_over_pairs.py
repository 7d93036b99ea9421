# score: 4
# why: the mutual informations of the pairs, added: nothing for the XOR
# %% solution
def entropy_bits(p):
    p = np.asarray(p, dtype=float)
    p = p[p > 0]
    return -(p * np.log2(p)).sum()


def total_correlation(p):
    p = np.asarray(p, dtype=float)
    total = 0.0
    for i in range(p.ndim):
        for j in range(i):
            q = p.sum(axis=tuple(set(range(p.ndim)) - {i, j}))
            total += entropy_bits(q.sum(axis=0)) + entropy_bits(q.sum(axis=1)) - entropy_bits(q)
    return total


def interaction_information(p):
    p = np.asarray(p, dtype=float)
    pairs = sum(entropy_bits(p.sum(axis=i)) for i in range(3))
    singles = sum(entropy_bits(p.sum(axis=tuple({0, 1, 2} - {i}))) for i in range(3))
    return pairs - singles - entropy_bits(p)


def pairwise_independent_table():
    p = np.zeros((2, 2, 2))
    p[0, 0, 0] = p[0, 1, 1] = p[1, 0, 1] = p[1, 1, 0] = 1 / 4
    return p
