# score: 3
# why: nan as soon as a sample misses an outcome: all that is drawn is lost
# %% solution
def entropy(p):
    p = np.array(p, dtype=float)
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
    return -(sum(1 for q in p if q > 0) - 1) / (2 * n)


def samples_needed(n_outcomes, tolerance):
    return -int(-(n_outcomes - 1) / (2 * tolerance) // 1)
