# score: 3
# why: off by normalisation: the rest is shared among n tokens, so the probabilities do not sum to 1
# %% solution
def vocabulary_entropy(n, t):
    if t == 1 or n == 1:
        return 0.0
    return -t * np.log(t) - (1 - t) * np.log((1 - t) / n)


def largest_entropy(n):
    return np.log(n)


def perplexity(n, t):
    return np.exp(vocabulary_entropy(n, t))


def entropy_bits(p):
    return -sum(x * np.log2(x) for x in p)
