# score: 6
# why: three independent coins: independent in pairs, but with no total correlation
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
    return pairs - singles - entropy_bits(p)


def pairwise_independent_table():
    return np.full((2, 2, 2), 1 / 8)
