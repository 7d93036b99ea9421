# score: 6
# why: outcomes of probability 0 count in Miller's term
# %% solution
def entropy(p):
    p = np.array(p, dtype=float)
    p = p[p > 0]
    return -(p * np.log(p)).sum()


def simulated_errors(p, n, repeats, seed):
    rng = np.random.default_rng(seed)
    estimates = [entropy(rng.multinomial(n, p) / n) for _ in range(repeats)]
    bias = np.mean(estimates) - entropy(p)
    spread = np.std(estimates, ddof=1)
    return bias, spread, np.sqrt(bias**2 + spread**2)


def standard_error(values):
    n = len(values)
    mean = sum(values) / n
    return math.sqrt(sum((v - mean) ** 2 for v in values) / (n - 1) / n)


def miller_bias(p, n):
    return -(len(p) - 1) / (2 * n)


def samples_needed(n_outcomes, tolerance):
    return -int(-(n_outcomes - 1) / (2 * tolerance) // 1)
