# score: 5
# why: ln K: the mean of the entropy is smaller than the largest entropy
# %% solution
def posterior_mean(counts, a, n_outcomes=None):
    k = len(counts) if n_outcomes is None else n_outcomes
    total = sum(counts) + k * a
    mean = digamma(total + 1)
    for c in counts:
        mean -= (c + a) / total * digamma(c + a + 1)
    return mean - (k - len(counts)) * a / total * digamma(a + 1)


def prior_mean(n_outcomes, a):
    return math.log(n_outcomes)


def smoothed_plugin(counts, a):
    total = sum(counts) + a * len(counts)
    return -sum((c + a) / total * math.log((c + a) / total) for c in counts)
