# score: 3
# why: the share of the outcomes seen once, not of the observations
# %% solution
def coverage(counts):
    n, once = sum(counts), list(counts).count(1)
    if once == n:
        once = n - 1
        return 1 - once / n
    return 1 - once / sum(c > 0 for c in counts)


def expected_unseen(p, n):
    return sum(q * (1 - q) ** n for q in p)


def chao_shen(counts):
    n, c = sum(counts), coverage(counts)
    total = 0.0
    for count in counts:
        if count > 0:
            q = c * count / n
            total -= q * math.log(q) / (1 - (1 - q) ** n)
    return total
