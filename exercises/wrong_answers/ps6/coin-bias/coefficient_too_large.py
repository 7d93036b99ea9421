# score: 5
# why: a binomial coefficient of 1,504 digits is no float: OverflowError
# %% solution
def entropy(f):
    if f == 0 or f == 1:
        return 0.0
    return -f * math.log(f) - (1 - f) * math.log(1 - f)


def expected_plugin(n, p):
    if p == 0 or p == 1:
        return 0
    total = 0.0
    for k in range(n + 1):
        total += math.comb(n, k) * p**k * (1 - p) ** (n - k) * entropy(k / n)
    return total


def coin_bias(n, p):
    return expected_plugin(n, p) - entropy(p)


def two_terms(n, p):
    return -1 / (2 * n) + (1 - (1 / p + 1 / (1 - p))) / (12 * n * n)
