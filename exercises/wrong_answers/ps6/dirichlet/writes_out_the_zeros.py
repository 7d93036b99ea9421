# score: 6
# why: a thousand million zeros do not fit into the memory
# %% solution
def posterior_mean(counts, a, n_outcomes=None):
    k = len(counts) if n_outcomes is None else n_outcomes
    alpha = np.zeros(k) + a
    alpha[: len(counts)] += counts
    return digamma(alpha.sum() + 1) - np.sum(alpha * digamma(alpha + 1)) / alpha.sum()


def prior_mean(n_outcomes, a):
    return digamma(n_outcomes * a + 1) - digamma(a + 1)


def smoothed_plugin(counts, a):
    total = sum(counts) + a * len(counts)
    return -sum((c + a) / total * math.log((c + a) / total) for c in counts)
