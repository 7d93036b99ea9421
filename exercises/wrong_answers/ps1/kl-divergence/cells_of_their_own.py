# score: 5
# why: each sample is cut into cells of its own
# %% solution
def kl_divergence(p, q):
    total = 0.0
    for a, b in zip(p, q):
        if a > 0:
            total += a * np.log2(a / b) if b > 0 else np.inf
    return total


def gaussian_kl(mean_p, std_p, mean_q, std_q):
    nats = np.log(std_q / std_p) + (std_p**2 + (mean_p - mean_q) ** 2) / (2 * std_q**2) - 1 / 2
    return nats / np.log(2)


def sample_kl(x, y, bins):
    p = np.histogram(x, bins=bins)[0] + 1
    q = np.histogram(y, bins=bins)[0] + 1
    return kl_divergence(p / p.sum(), q / q.sum())
