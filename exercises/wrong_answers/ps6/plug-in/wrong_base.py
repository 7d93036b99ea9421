# score: 1
# why: bits throughout: right only where bits were asked
# %% solution
from collections import Counter


def plugin_entropy(counts):
    counts = np.ravel(counts)
    n = sum(counts)
    return -sum(c / n * math.log2(c / n) for c in counts if c > 0)


def entropy_of_labels(labels):
    return plugin_entropy(list(Counter(list(labels)).values()))


def plugin_from_repeats(counts, times):
    n = sum(c * t for c, t in zip(counts, times))
    return -sum(t * c / n * math.log2(c / n) for c, t in zip(counts, times))
