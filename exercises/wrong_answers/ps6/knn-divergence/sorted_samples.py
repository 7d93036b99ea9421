# score: 3
# why: the recipe of the book: sorted values where probabilities belong
# %% solution
def gaussian_kl(mean_p, cov_p, mean_q, cov_q):
    mean_p, cov_p, mean_q, cov_q = (np.array(a, dtype=float) for a in (mean_p, cov_p, mean_q, cov_q))
    inverse = np.linalg.inv(cov_q)
    shift = mean_q - mean_p
    nats = np.trace(inverse @ cov_p) + shift @ inverse @ shift - len(shift)
    nats = nats + np.linalg.slogdet(cov_q).logabsdet - np.linalg.slogdet(cov_p).logabsdet
    return nats / 2 / np.log(2)


def knn_divergence(x, y, k=1):
    n = min(len(x), len(y))
    x, y = np.sort(x, axis=0)[:n], np.sort(y, axis=0)[:n]
    return abs(np.nansum(x * np.log2(x / y)))
