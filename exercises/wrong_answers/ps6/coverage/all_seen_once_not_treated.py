# score: 5
# why: coverage 0 for single observations, and then 0 * log(0)
# %% solution
def coverage(counts):
    n, once = sum(counts), list(counts).count(1)
    return 1 - once / n


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
