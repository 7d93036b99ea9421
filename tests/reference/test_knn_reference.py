"""Nearest-neighbour estimators against the equations of the papers, spelled out in loops over every pair of samples,
and against scikit-learn where it means the same.

The programs that the papers came with are not at hand, nor their data: what can be shown is that the equations are
these. The loops share no line with the library: no tree, no sorting, no set of bits, and psi by its sum.
"""

import math
import warnings

import numpy as np
import pytest
from scipy.spatial import cKDTree
from sklearn.feature_selection import _mutual_info

from infolib.estimators._knn_counts import count_within, inside, touching
from infolib.estimators._warning import EstimateWarning
from infolib.estimators.knn import (
    conditional_knn_mutual_information,
    discrete_continuous_mutual_information,
    knn_entropy,
    ksg_mutual_information,
    lnc_mutual_information,
    mixed_mutual_information,
)

EXACT = 1e-12  # rounding of sums of some hundred numbers of size one


def psi(m):
    """Digamma of a whole number."""
    return -np.euler_gamma + math.fsum(1 / j for j in range(1, m))


def far(a, b):
    """Distance in the max norm."""
    return max(abs(p - q) for p, q in zip(a, b, strict=True))


def rows(values):
    return [tuple(map(float, np.atleast_1d(row))) for row in values]


def entropy_by_loops(samples, k, metric):
    n, d = samples.shape
    total = 0.0
    for i in range(n):
        gaps = [samples[i] - samples[j] for j in range(n) if j != i]
        norms = sorted(float(np.max(np.abs(g)) if metric == "max" else math.sqrt(math.fsum(g * g))) for g in gaps)
        total += math.log(norms[k - 1])
    ball = 2.0**d if metric == "max" else math.pi ** (d / 2) / math.gamma(1 + d / 2)
    return psi(n) - psi(k) + math.log(ball) + d * total / n


def ksg_by_loops(x, y, k, algorithm):
    x, y, n = rows(x), rows(y), len(x)
    total = 0.0
    for i in range(n):
        others = [(max(far(x[i], x[j]), far(y[i], y[j])), j) for j in range(n) if j != i]
        nearest = sorted(others)[:k]
        if algorithm == 1:
            reach = nearest[-1][0]
            n_x = sum(far(x[i], x[j]) < reach for j in range(n) if j != i)
            n_y = sum(far(y[i], y[j]) < reach for j in range(n) if j != i)
            total += psi(n_x + 1) + psi(n_y + 1)
        else:
            reach_x = max(far(x[i], x[j]) for _, j in nearest)
            reach_y = max(far(y[i], y[j]) for _, j in nearest)
            n_x = sum(far(x[i], x[j]) <= reach_x for j in range(n) if j != i)
            n_y = sum(far(y[i], y[j]) <= reach_y for j in range(n) if j != i)
            total += psi(n_x) + psi(n_y)
    return psi(k) - (1 / k if algorithm == 2 else 0) - total / n + psi(n)


def cmi_by_loops(x, y, z, k):
    x, y, z, n = rows(x), rows(y), rows(z), len(x)
    total = 0.0
    for i in range(n):
        others = [j for j in range(n) if j != i]
        reach = sorted(max(far(x[i], x[j]), far(y[i], y[j]), far(z[i], z[j])) for j in others)[k - 1]
        n_xz = sum(far(x[i], x[j]) < reach and far(z[i], z[j]) < reach for j in others)
        n_yz = sum(far(y[i], y[j]) < reach and far(z[i], z[j]) < reach for j in others)
        n_z = sum(far(z[i], z[j]) < reach for j in others)
        total += psi(n_xz + 1) + psi(n_yz + 1) - psi(n_z + 1)
    return psi(k) - total / n


def mixed_by_loops(x, y, k):
    x, y, n = rows(x), rows(y), len(x)
    total = 0.0
    for i in range(n):
        gaps_x, gaps_y = [far(x[i], a) for a in x], [far(y[i], b) for b in y]
        both = [max(pair) for pair in zip(gaps_x, gaps_y, strict=True)]
        reach = sorted(both)[k]  # the sample itself comes first
        if reach > 0:
            total += psi(sum(g < reach for g in both))  # k, unless others are as far as the k-th neighbour
            total -= psi(sum(g < reach for g in gaps_x)) + psi(sum(g < reach for g in gaps_y))
        else:
            total += psi(both.count(0)) - psi(gaps_x.count(0)) - psi(gaps_y.count(0))
    return psi(n) + total / n


def ross_by_loops(labels, samples, k):
    samples, n = rows(samples), len(samples)
    total = 0.0
    for i in range(n):
        alike = sorted(far(samples[i], samples[j]) for j in range(n) if j != i and labels[j] == labels[i])
        reach = alike[min(k, len(alike)) - 1]
        # The sample itself stands for the neighbour at the edge; where that coincides with it, what coincides counts.
        nearer = sum(gap < reach or gap == 0 for gap in alike) + 1
        m = sum(gap < reach or gap == 0 for gap in (far(samples[i], s) for s in samples))
        total += psi(nearer) - psi(len(alike) + 1) - psi(m)
    return psi(n) + total / n


def dependent(n, dx, dy, seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, dx))
    y = np.stack([np.tanh(x[:, i % dx]) + 0.3 * rng.standard_t(3, size=n) for i in range(dy)], axis=1)
    return x, y


SHAPES = [(2, 1, 1, 1), (7, 1, 1, 3), (7, 2, 1, 6), (60, 1, 1, 4), (60, 1, 2, 1), (90, 2, 3, 5), (70, 5, 5, 3)]


@pytest.mark.parametrize(("n", "d", "k"), [(2, 1, 1), (50, 1, 3), (50, 2, 1), (40, 5, 7)])
@pytest.mark.parametrize("metric", ["max", "euclidean"])
def test_entropy_is_the_equation(n, d, k, metric):
    samples = np.random.default_rng(n + d).normal(size=(n, d)) * 3.0 ** np.arange(d)
    expected = entropy_by_loops(samples, k, metric)
    assert knn_entropy(samples, k, metric=metric, standardize=False) == pytest.approx(expected, abs=EXACT)
    deviations = samples.std(axis=0)
    expected = entropy_by_loops(samples / deviations, k, metric) + np.log(deviations).sum()
    assert knn_entropy(samples, k, metric=metric) == pytest.approx(expected, abs=EXACT)


@pytest.mark.parametrize(("n", "dx", "dy", "k"), SHAPES)
@pytest.mark.parametrize("algorithm", [1, 2])
def test_ksg_is_the_equation(n, dx, dy, k, algorithm):
    x, y = dependent(n, dx, dy, seed=n)
    raw = ksg_mutual_information(x, y, k, algorithm=algorithm, standardize=False)
    assert raw == pytest.approx(ksg_by_loops(x, y, k, algorithm), abs=EXACT)
    scaled = ksg_mutual_information(x, y, k, algorithm=algorithm)
    assert scaled == pytest.approx(ksg_by_loops(x / x.std(0), y / y.std(0), k, algorithm), abs=EXACT)


def test_ksg_2_of_two_random_columns_is_the_equation():
    # The value known from the authors' own program, 0.00120807 for k = 4, is of a file that is not at hand.
    rng = np.random.default_rng(0)
    x, y = rng.random(250), rng.random(250)
    assert ksg_mutual_information(x, y, 4, algorithm=2, standardize=False) == pytest.approx(
        ksg_by_loops(x, y, 4, 2), abs=1e-8
    )


@pytest.mark.parametrize("algorithm", [1, 2])
def test_the_comparison_of_ksg_can_fail(algorithm):
    x, y = dependent(60, 1, 1, seed=0)
    expected = ksg_by_loops(x, y, 3, algorithm)
    assert ksg_mutual_information(x, y, algorithm=3 - algorithm, standardize=False) != pytest.approx(expected, abs=1e-3)
    y[0] += 0.5  # one sample of 60
    found = ksg_mutual_information(x, y, algorithm=algorithm, standardize=False)
    assert found != pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize(
    ("n", "dims", "k"), [(3, (1, 1, 1), 2), (60, (1, 1, 1), 3), (60, (2, 1, 3), 5), (50, (1, 3, 2), 1)]
)
def test_conditional_information_is_the_equation(n, dims, k):
    rng = np.random.default_rng(n)
    z = rng.normal(size=(n, dims[2]))
    x, y = (z[:, :1] + 0.5 * rng.normal(size=(n, d)) for d in dims[:2])
    found = conditional_knn_mutual_information(x, y, z, k, standardize=False)
    assert found == pytest.approx(cmi_by_loops(x, y, z, k), abs=EXACT)


def mixture(n, seed):
    """Half of the samples atoms on a few points, half normal."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    y = 0.8 * x + 0.6 * rng.normal(size=n)
    atom = rng.random(n) < 0.5
    signs = rng.choice([-1.0, 1.0], size=n)
    return np.where(atom, signs, x), np.where(atom, np.where(rng.random(n) < 0.8, signs, -signs), y)


@pytest.mark.parametrize("k", [1, 3, 10])
def test_mixed_information_is_the_equation(k):
    x, y = mixture(90, seed=k)
    assert mixed_mutual_information(x, y, k, standardize=False) == pytest.approx(mixed_by_loops(x, y, k), abs=EXACT)
    labels = np.random.default_rng(k).integers(4, size=90)
    assert mixed_mutual_information(labels, y, k, standardize=False) == pytest.approx(
        mixed_by_loops(labels, y, k), abs=EXACT
    )


@pytest.mark.parametrize(("k", "d"), [(1, 1), (3, 1), (3, 3), (40, 2)])
def test_discrete_continuous_information_is_the_equation(k, d):
    rng = np.random.default_rng(k)
    labels = np.concatenate([[7, 7], rng.integers(-1, 3, size=78)])
    samples = 0.7 * labels[:, None] + rng.normal(size=(80, d))
    found = discrete_continuous_mutual_information(labels, samples, k, standardize=False)
    assert found == pytest.approx(ross_by_loops(labels, samples, k), abs=EXACT)


def test_discrete_continuous_information_of_rounded_samples_is_the_equation():
    rng = np.random.default_rng(0)
    labels, samples = rng.integers(3, size=80), rng.integers(20, size=80)
    with pytest.warns(EstimateWarning, match="tied"):
        found = discrete_continuous_mutual_information(labels, samples, standardize=False)
    assert found == pytest.approx(ross_by_loops(labels, samples, 3), abs=EXACT)


def lnc_by_loops(x, y, k, alpha):
    """With principal axes from a singular value decomposition."""
    total = 0.0
    for i in range(len(x)):
        steps = np.stack([np.delete(x, i) - x[i], np.delete(y, i) - y[i]], axis=1)
        steps = steps[np.argsort(np.max(np.abs(steps), axis=1))[:k]]
        axes = np.linalg.svd(steps)[2]
        ratio = np.prod(np.max(np.abs(steps @ axes.T), axis=0)) / np.prod(np.max(np.abs(steps), axis=0))
        total += math.log(ratio) if ratio < alpha else 0.0
    return ksg_by_loops(x, y, k, 2) - total / len(x)


@pytest.mark.parametrize(("k", "alpha"), [(3, 0.5), (5, 0.3), (8, 1.0)])
def test_the_local_correction_is_the_equation(k, alpha):
    rng = np.random.default_rng(k)
    x = rng.normal(size=80)
    y = np.sin(2 * x) + 0.02 * rng.normal(size=80)
    found = lnc_mutual_information(x, y, k, alpha=alpha, standardize=False)
    assert found == pytest.approx(lnc_by_loops(x, y, k, alpha), abs=1e-11)


# scikit-learn


@pytest.mark.parametrize("k", [1, 3, 10])
def test_two_columns_agree_with_scikit_learn(k):
    x, y = (v[:, 0] for v in dependent(3000, 1, 1, seed=k))
    assert ksg_mutual_information(x, y, k, standardize=False) == pytest.approx(
        _mutual_info._compute_mi_cc(x, y, k), abs=EXACT
    )


@pytest.mark.parametrize("k", [1, 3, 10])
def test_labels_agree_with_scikit_learn(k):
    rng = np.random.default_rng(k)
    # One label alone. None is rare: scikit-learn finds neighbours among few samples by expanding squares, which rounds.
    labels = np.concatenate([[90], rng.integers(0, 6, size=2000)])
    samples = 0.5 * labels % 7 + rng.normal(size=len(labels))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the label alone is left out by both
        found = discrete_continuous_mutual_information(labels, samples, k)
    assert found == pytest.approx(_mutual_info._compute_mi_cd(samples, labels, k), abs=EXACT)


# Counting


@pytest.mark.parametrize("d", [1, 2, 3, 6])
@pytest.mark.parametrize("kind", ["normal", "heavy", "clusters", "grid", "few"])
def test_counts_agree_with_a_tree(d, kind):
    rng = np.random.default_rng(d)
    n = 3 if kind == "few" else 1500  # more than one set of bits
    points = {
        "normal": rng.normal(size=(n, d)),
        "heavy": rng.standard_cauchy(size=(n, d)),
        "clusters": rng.integers(0, 3, size=(n, d)) + 1e-9 * rng.normal(size=(n, d)),
        "grid": 0.1 * rng.integers(-9, 9, size=(n, d)),
        "few": rng.normal(size=(n, d)),
    }[kind]
    tree = cKDTree(points)
    distance = tree.query(points, min(n, 40), p=np.inf)[0][np.arange(n), rng.integers(0, min(n, 40), size=n)]
    for reach in (inside(distance), touching(distance), touching(100 * distance), np.full(n, 1e9)):
        expected = tree.query_ball_point(points, reach, p=np.inf, return_length=True) - 1
        np.testing.assert_array_equal(count_within(points, reach), expected)
