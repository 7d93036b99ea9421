# score: 2
# why: nan at k = 0 and k = n spoils every mean; sure coins were treated first
# %% solution
def entropy(f):
    f = np.float64(f)
    return -f * np.log(f) - (1 - f) * np.log(1 - f)


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
    if p == 0 or p == 1:
        return 0.0
    return expected_plugin(n, p) - entropy(p)


def two_terms(n, p):
    return -1 / (2 * n) + (1 - (1 / p + 1 / (1 - p))) / (12 * n * n)
