# score: 5
# why: starts a recurrence at (1 - p)**n, which is rounded to 0 for large n
# %% solution
def entropy(f):
    if f == 0 or f == 1:
        return 0.0
    return -f * math.log(f) - (1 - f) * math.log(1 - f)


def expected_plugin(n, p):
    if p == 0 or p == 1:
        return 0
    total, weight = 0.0, (1 - p) ** n
    for k in range(n + 1):
        total += weight * entropy(k / n)
        weight *= (n - k) / (k + 1) * p / (1 - p)
    return total


def coin_bias(n, p):
    return expected_plugin(n, p) - entropy(p)


def two_terms(n, p):
    return -1 / (2 * n) + (1 - (1 / p + 1 / (1 - p))) / (12 * n * n)
