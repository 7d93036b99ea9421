# score: 7
# why: Shannon's entropy for every order that np.isclose calls 1: six digits, not eight
# %% solution
def renyi_entropy(p, order):
    p = np.array(p, dtype=float)
    p = p[p > 0]
    if np.isclose(order, 1):
        return -np.sum(p * np.log2(p))
    if order == float("inf"):
        return -np.log2(p.max())
    if order < 1.5:
        return np.log1p(np.sum(p * np.expm1((order - 1) * np.log(p)))) / (1 - order) / np.log(2)
    return (order * np.log2(p.max()) + np.log2(np.sum((p / p.max()) ** order))) / (1 - order)


def guessing_probability(p):
    return max(p)


def guessing_advantage(p):
    return max(p) - 1 / len(p)
