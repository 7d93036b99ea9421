# score: 7
# why: right but for large orders, where every power is rounded to 0
# %% solution
def renyi_entropy(p, order):
    p = np.array(p, dtype=float)
    p = p[p > 0]
    if order == 1:
        return -np.sum(p * np.log2(p))
    if order == float("inf"):
        return -np.log2(p.max())
    if order < 1.5:
        return np.log1p(np.sum(p * np.expm1((order - 1) * np.log(p)))) / (1 - order) / np.log(2)
    return np.log2(np.sum(p**order)) / (1 - order)


def guessing_probability(p):
    return max(p)


def guessing_advantage(p):
    return max(p) - 1 / len(p)
