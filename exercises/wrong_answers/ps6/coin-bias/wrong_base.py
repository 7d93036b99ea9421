# score: 1
# why: bits throughout; for sure coins every unit is right
# %% solution
def entropy(f):
    if f == 0 or f == 1:
        return 0.0
    return -f * math.log2(f) - (1 - f) * math.log2(1 - f)


def expected_plugin(n, p):
    if p == 0 or p == 1:
        return 0
    total = 0.0
    for k in range(n + 1):
        log_weight = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
        log_weight += k * math.log(p) + (n - k) * math.log(1 - p)
        total += math.exp(log_weight) * entropy(k / n)
    return total


def coin_bias(n, p):
    return expected_plugin(n, p) - entropy(p)


def two_terms(n, p):
    return (-1 / (2 * n) + (1 - (1 / p + 1 / (1 - p))) / (12 * n * n)) / math.log(2)
