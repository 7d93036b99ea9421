# score: 1
# why: nats at every order; the guesses have no unit
# %% solution
def renyi_entropy(p, order):
    p = np.array(p, dtype=float)
    p = p[p > 0]
    if order == 1:
        return -np.sum(p * np.log(p))
    if order == float("inf"):
        return -np.log(p.max())
    if order < 1.5:
        return np.log1p(np.sum(p * np.expm1((order - 1) * np.log(p)))) / (1 - order)
    return (order * np.log(p.max()) + np.log(np.sum((p / p.max()) ** order))) / (1 - order)


def guessing_probability(p):
    return max(p)


def guessing_advantage(p):
    return max(p) - 1 / len(p)
