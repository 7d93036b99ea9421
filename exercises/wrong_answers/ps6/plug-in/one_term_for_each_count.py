# score: 4
# why: the outcomes of one count share one term
# %% solution
from collections import Counter


def plugin_entropy(counts):
    counts = np.ravel(counts)
    n = sum(counts)
    return -sum(c / n * math.log(c / n) for c in counts if c > 0)


def entropy_of_labels(labels):
    return plugin_entropy(list(Counter(list(labels)).values())) / math.log(2)


def plugin_from_repeats(counts, times):
    n = sum(c * t for c, t in zip(counts, times))
    return -sum(c / n * math.log(c / n) for c, t in zip(counts, times))
