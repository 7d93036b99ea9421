# score: 5
# why: the mean number of outcomes unseen in place of their probability
# %% solution
def coverage(counts):
    n, once = sum(counts), list(counts).count(1)
    if once == n:
        once = n - 1
    return 1 - once / n


def expected_unseen(p, n):
    return sum((1 - q) ** n for q in p)


def chao_shen(counts):
    n, c = sum(counts), coverage(counts)
    total = 0.0
    for count in counts:
        if count > 0:
            q = c * count / n
            total -= q * math.log(q) / (1 - (1 - q) ** n)
    return total
