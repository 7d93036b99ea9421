# score: 3
# why: halving until exactly 1 never ends for 50,000: the checks before it count, the rest is not reached
# %% solution
def vocabulary_entropy(n, t):
    if t == 1 or n == 1:
        return 0.0
    return -t * np.log(t) - (1 - t) * np.log((1 - t) / (n - 1))


def largest_entropy(n):
    halvings = 0
    while n != 1:
        n = n / 2
        halvings += 1
    return halvings * np.log(2)


def perplexity(n, t):
    return np.exp(vocabulary_entropy(n, t))


def entropy_bits(p):
    return -sum(x * np.log2(x) for x in p)
