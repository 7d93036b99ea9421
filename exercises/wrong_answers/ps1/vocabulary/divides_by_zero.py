# score: 5
# why: raises where nothing is left to share, at t = 1 and n = 1
# %% solution
def vocabulary_entropy(n, t):
    others = (1 - t) / (n - 1)
    return t * np.log(1 / t) + (1 - t) * np.log(1 / others) if others else 1 / 0


def largest_entropy(n):
    return np.log(n)


def perplexity(n, t):
    return np.exp(vocabulary_entropy(n, t))


def entropy_bits(p):
    return -sum(x * np.log2(x) for x in p)
