# score: 6
# why: 1e-15 added to every probability makes an infinite divergence finite
# %% solution
def kl_divergence(p, q):
    p, q = np.array(p) + 1e-15, np.array(q) + 1e-15
    return np.sum(p * np.log2(p / q))


def gaussian_kl(mean_p, std_p, mean_q, std_q):
    nats = np.log(std_q / std_p) + (std_p**2 + (mean_p - mean_q) ** 2) / (2 * std_q**2) - 1 / 2
    return nats / np.log(2)


def sample_kl(x, y, bins):
    everything = np.concatenate([x, y])
    edges = np.linspace(everything.min(), everything.max(), bins + 1)
    p = np.histogram(x, edges)[0] + 1
    q = np.histogram(y, edges)[0] + 1
    return kl_divergence(p / p.sum(), q / q.sum())
