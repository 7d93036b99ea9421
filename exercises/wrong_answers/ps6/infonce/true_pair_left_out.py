# score: 3
# why: the true pair is not in the sum: no ceiling, and no bound
# %% solution
def info_nce(scores):
    scores = np.array(scores, dtype=float)
    b = len(scores)
    total = 0.0
    for i in range(b):
        others = np.delete(scores[i], i)
        total += scores[i, i] - np.logaddexp.reduce(others) + math.log(b - 1)
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
