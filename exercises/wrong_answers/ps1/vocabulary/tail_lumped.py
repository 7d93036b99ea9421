# score: 3
# why: the other tokens taken for one outcome: entropy and perplexity are wrong
# %% solution
def vocabulary_entropy(n, t):
    if t == 1:
        return 0.0
    return -t * np.log(t) - (1 - t) * np.log(1 - t)


def largest_entropy(n):
    return np.log(n)


def perplexity(n, t):
    return np.exp(vocabulary_entropy(n, t))


def entropy_bits(p):
    return -sum(x * np.log2(x) for x in p)
