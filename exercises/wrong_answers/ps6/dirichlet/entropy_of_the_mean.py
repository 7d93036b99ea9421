# score: 1
# why: the entropy of the mean distribution in place of the mean of the entropy
# %% solution
def posterior_mean(counts, a, n_outcomes=None):
    k = len(counts) if n_outcomes is None else n_outcomes
    total = sum(counts) + k * a
    unseen = -(k - len(counts)) * a / total * math.log(a / total)
    return unseen - sum((c + a) / total * math.log((c + a) / total) for c in counts)


def prior_mean(n_outcomes, a):
    return posterior_mean([], a, n_outcomes)


def smoothed_plugin(counts, a):
    total = sum(counts) + a * len(counts)
    return -sum((c + a) / total * math.log((c + a) / total) for c in counts)
