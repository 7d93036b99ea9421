# score: 3
# why: bits throughout; the perplexity comes out right, as 2 to the power of bits
# %% solution
def vocabulary_entropy(n, t):
    if t == 1 or n == 1:
        return 0.0
    return -t * np.log2(t) - (1 - t) * np.log2((1 - t) / (n - 1))


def largest_entropy(n):
    return np.log2(n)


def perplexity(n, t):
    return 2 ** vocabulary_entropy(n, t)


def entropy_bits(p):
    return -sum(x * np.log2(x) for x in p)
