# score: 5
# why: nan from 0 * log(0) costs the check of the unseen outcomes alone
# %% solution
from collections import Counter


def plugin_entropy(counts):
    p = np.asarray(counts) / np.sum(counts)
    return -np.sum(p * np.log(p))


def entropy_of_labels(labels):
    return plugin_entropy(list(Counter(list(labels)).values())) / math.log(2)


def plugin_from_repeats(counts, times):
    n = sum(c * t for c, t in zip(counts, times))
    return -sum(t * c / n * math.log(c / n) for c, t in zip(counts, times))
