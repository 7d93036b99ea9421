# score: 4
# why: the sum runs over x for a given y
# %% solution
def info_nce(scores):
    scores = np.array(scores, dtype=float)
    b = len(scores)
    total = 0.0
    for i in range(b):
        total += scores[i, i] - np.logaddexp.reduce(scores[:, i]) + math.log(b)
    return total / b


def batch_needed(information):
    b = 1
    while math.log(b) < information:
        b += 1
    return b


def normal(z, mean, variance):
    return -0.5 * math.log(2 * math.pi * variance) - (z - mean) ** 2 / (2 * variance)


def best_scores(x, y, rho):
    return [[normal(b, rho * a, 1 - rho**2) - normal(b, 0, 1) for b in y] for a in x]
