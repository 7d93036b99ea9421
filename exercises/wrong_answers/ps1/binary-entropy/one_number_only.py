# score: 4
# why: an if on the value of p fails for arrays, and so does the curve
# %% solution
def binary_entropy(p):
    if p == 0 or p == 1:
        return 0
    return -p * np.log2(p) - (1 - p) * np.log2(1 - p)


def plot_binary_entropy():
    figure, ax = plt.subplots()
    for p in (0.1, 0.5, 0.9):
        ax.plot(p, binary_entropy(p), "o")
    ax.set_xlabel("p")
    ax.set_ylabel("h in bits")
    return ax
