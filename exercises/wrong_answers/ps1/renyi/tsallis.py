# score: 1
# why: Tsallis's entropy; the guesses are right
# %% solution
def renyi_entropy(p, order):
    p = np.array(p, dtype=float)
    p = p[p > 0]
    if order == 1:
        return -np.sum(p * np.log2(p))
    return (1 - np.sum(p**order)) / (order - 1)


def guessing_probability(p):
    return max(p)


def guessing_advantage(p):
    return max(p) - 1 / len(p)
