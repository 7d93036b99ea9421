# score: 2
# why: a simulation has an error of its own: nine digits were asked
# %% solution
def entropy(f):
    if f == 0 or f == 1:
        return 0.0
    return -f * math.log(f) - (1 - f) * math.log(1 - f)


def expected_plugin(n, p):
    if p == 0 or p == 1:
        return 0
    heads = np.random.default_rng(0).binomial(n, p, size=20_000)
    return np.mean([entropy(k / n) for k in heads])


def coin_bias(n, p):
    return expected_plugin(n, p) - entropy(p)


def two_terms(n, p):
    return -1 / (2 * n) + (1 - (1 / p + 1 / (1 - p))) / (12 * n * n)
