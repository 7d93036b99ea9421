# score: 2
# why: a fraction cannot be added to an array of integers in place
# %% solution
def posterior_mean(counts, a, n_outcomes=None):
    counts = np.array(counts)
    k = len(counts) if n_outcomes is None else n_outcomes
    counts += a
    total = counts.sum() + (k - len(counts)) * a
    unseen = (k - len(counts)) * a * digamma(a + 1)
    return digamma(total + 1) - (np.sum(counts * digamma(counts + 1)) + unseen) / total


def prior_mean(n_outcomes, a):
    return digamma(n_outcomes * a + 1) - digamma(a + 1)


def smoothed_plugin(counts, a):
    p = np.array(counts)
    p += a
    p = p / p.sum()
    return -np.sum(p * np.log(p))
