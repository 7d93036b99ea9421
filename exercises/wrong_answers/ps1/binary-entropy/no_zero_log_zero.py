# score: 5
# why: nan at p = 0 and p = 1 costs the check of the sure coins alone
# %% solution
def binary_entropy(p):
    return -p * np.log2(p) - (1 - p) * np.log2(1 - p)


def plot_binary_entropy():
    figure, ax = plt.subplots()
    p = np.linspace(0, 1, 101)
    ax.plot(p, binary_entropy(p))
    ax.set_xlabel("p")
    ax.set_ylabel("entropy (bits)")
    return ax
