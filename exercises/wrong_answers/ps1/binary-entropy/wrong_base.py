# score: 2
# why: nats where bits were asked; the sure coins are right in any unit, and so are the labels
# %% solution
def binary_entropy(p):
    p = np.asarray(p, dtype=float)
    return -p * np.log(np.where(p > 0, p, 1)) - (1 - p) * np.log(np.where(p < 1, 1 - p, 1))


def plot_binary_entropy():
    figure, ax = plt.subplots()
    p = np.linspace(0, 1, 101)
    ax.plot(p, binary_entropy(p))
    ax.set_xlabel("p")
    ax.set_ylabel("entropy (bits)")
    return ax
