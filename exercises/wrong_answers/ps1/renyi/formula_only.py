# score: 3
# why: the formula without its limits: wrong at 0 with zeros, at 1, near 1, at infinity and where powers vanish
# %% solution
def renyi_entropy(p, order):
    return np.log2(np.sum(np.array(p) ** order)) / (1 - order)


def guessing_probability(p):
    return max(p)


def guessing_advantage(p):
    return max(p) - 1 / len(p)
