# score: 5
# why: math.log(0) raises for an outcome that is impossible
# %% solution
def fit(counts):
    return np.array(counts) / np.sum(counts)


def mean_log_loss(counts, q):
    import math

    return -sum(c * math.log(x) for c, x in zip(counts, q)) / sum(counts)


def split_loss(counts, q):
    p = fit(counts)
    p = p[p > 0]
    entropy = -np.sum(p * np.log(p))
    return entropy, mean_log_loss(counts, q) - entropy


def unigram_perplexity(train, text, alphabet, k):
    q = {a: (train.count(a) + k) / (len(train) + k * len(alphabet)) for a in alphabet}
    return np.exp(-sum(np.log(q[a]) for a in text) / len(text))


def bigram_perplexity(train, text, alphabet, k):
    pairs = list(zip(train, train[1:]))
    loss = 0.0
    for a, b in zip(text, text[1:]):
        first = sum(pair[0] == a for pair in pairs)
        loss -= np.log((pairs.count((a, b)) + k) / (first + k * len(alphabet)))
    return np.exp(loss / (len(text) - 1))
