# score: 6
# why: outcomes that were never seen give nan
# %% solution
def coverage(counts):
    n, once = sum(counts), list(counts).count(1)
    if once == n:
        once = n - 1
    return 1 - once / n


def expected_unseen(p, n):
    return sum(q * (1 - q) ** n for q in p)


def chao_shen(counts):
    n, c = sum(counts), coverage(counts)
    q = c * np.array(counts) / n
    return -np.sum(q * np.log(q) / (1 - (1 - q) ** n))
