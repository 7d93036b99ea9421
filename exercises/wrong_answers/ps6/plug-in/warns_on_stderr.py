# score: 6
# why: right, but noisy: warnings and other text on stderr cost nothing
# %% solution
import sys
import warnings


def plugin_entropy(counts):
    print("plugin_entropy was called", file=sys.stderr)
    warnings.simplefilter("always")
    p = np.ravel(counts) / np.sum(counts)
    return -np.sum(np.nan_to_num(p * np.log(p)))  # divides by zero, and says so


def entropy_of_labels(labels):
    labels = list(labels)
    return plugin_entropy([labels.count(label) for label in set(labels)]) / np.log(2)


def plugin_from_repeats(counts, times):
    counts, times = np.array(counts, dtype=float), np.array(times, dtype=float)
    n = counts @ times
    return np.log(n) - times @ (counts * np.log(counts)) / n
