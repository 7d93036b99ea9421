# score: 6
# why: right, but noisy: warnings and other text on stderr cost nothing
# %% solution
import sys
import warnings


def binary_entropy(p):
    print("binary_entropy was called", file=sys.stderr)
    warnings.warn("logarithms may be negative")
    warnings.simplefilter("always")
    p = np.asarray(p, dtype=float)
    h = -p * np.log2(p) - (1 - p) * np.log2(1 - p)  # divides by zero, and says so
    return np.where((p == 0) | (p == 1), 0.0, h)


def plot_binary_entropy():
    figure, ax = plt.subplots()
    p = np.linspace(0, 1, 101)
    ax.plot(p, binary_entropy(p))
    ax.set_xlabel("p")
    ax.set_ylabel("entropy (bits)")
    return ax
