# score: 6
# why: the standard deviation of the values, without the factor n - 1
# %% solution
def plugin(counts):
    n = sum(counts)
    return -sum(c / n * math.log(c / n) for c in counts if c > 0)


def leave_one_out(counts):
    result = []
    for i, c in enumerate(counts):
        if c > 0:
            rest = list(counts)
            rest[i] = c - 1
            result.append(plugin(rest))
    return result


def jackknife(counts):
    seen = [c for c in counts if c > 0]
    n = sum(seen)
    mean = sum(c * h for c, h in zip(seen, leave_one_out(seen))) / n
    return n * plugin(seen) - (n - 1) * mean


def jackknife_error(counts):
    seen = [c for c in counts if c > 0]
    n = sum(seen)
    values = np.repeat(leave_one_out(seen), seen)
    return math.sqrt(np.mean((values - values.mean()) ** 2))


def bootstrap_entropies(counts, repeats, seed):
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(len(counts)), counts)
    return np.array([plugin(np.bincount(rng.choice(labels, len(labels))).tolist()) for _ in range(repeats)])


def bootstrap_corrected(counts, repeats, seed):
    h = plugin(counts)
    bias = bootstrap_entropies(counts, repeats, seed).mean() - h
    return h - bias
