# score: 1
# why: digamma without the + 1 in its arguments
# %% solution
def posterior_mean(counts, a, n_outcomes=None):
    k = len(counts) if n_outcomes is None else n_outcomes
    total = sum(counts) + k * a
    mean = digamma(total)
    for c in counts:
        mean -= (c + a) / total * digamma(c + a)
    return mean - (k - len(counts)) * a / total * digamma(a)


def prior_mean(n_outcomes, a):
    return posterior_mean([], a, n_outcomes)


def smoothed_plugin(counts, a):
    total = sum(counts) + a * len(counts)
    return -sum((c + a) / total * math.log((c + a) / total) for c in counts)
