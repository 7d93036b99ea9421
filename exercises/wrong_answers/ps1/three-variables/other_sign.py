# score: 6
# why: co-information: the sign of the interaction information is charged once
# %% solution
def entropy_bits(p):
    p = np.asarray(p, dtype=float)
    p = p[p > 0]
    return -(p * np.log2(p)).sum()


def total_correlation(p):
    p = np.asarray(p, dtype=float)
    singles = [p.sum(axis=tuple(set(range(p.ndim)) - {i})) for i in range(p.ndim)]
    return sum(entropy_bits(single) for single in singles) - entropy_bits(p)


def interaction_information(p):
    p = np.asarray(p, dtype=float)
    pairs = sum(entropy_bits(p.sum(axis=i)) for i in range(3))
    singles = sum(entropy_bits(p.sum(axis=tuple({0, 1, 2} - {i}))) for i in range(3))
    return singles - pairs + entropy_bits(p)


def pairwise_independent_table():
    p = np.zeros((2, 2, 2))
    p[0, 0, 0] = p[0, 1, 1] = p[1, 0, 1] = p[1, 1, 0] = 1 / 4
    return p
