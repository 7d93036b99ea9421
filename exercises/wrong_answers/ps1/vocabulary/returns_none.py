# score: 0
# why: prints the results and returns None
# %% solution
def vocabulary_entropy(n, t):
    print(-t * np.log(t) - (1 - t) * np.log((1 - t) / (n - 1)) if t < 1 else 0)


def largest_entropy(n):
    print(np.log(n))


def perplexity(n, t):
    print(n)


def entropy_bits(p):
    print(-sum(x * np.log2(x) for x in p))
