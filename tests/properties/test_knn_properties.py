"""Laws of the nearest-neighbour estimates: units, order of samples and columns, ties of every kind, counts."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from infolib.estimators._knn_counts import count_within, inside, touching
from infolib.estimators.knn import (
    conditional_knn_mutual_information,
    discrete_continuous_mutual_information,
    knn_entropy,
    ksg_mutual_information,
    lnc_mutual_information,
    mixed_mutual_information,
)

# The same examples on every run, and no deadline: the first call of a test may wait for a busy machine.
for_all = settings(deadline=None, max_examples=60, derandomize=True)

SIZES = st.integers(8, 40)
SEEDS = st.integers(0, 10**6)
KS = st.integers(1, 7)
ALGORITHMS = st.sampled_from([1, 2])


@pytest.fixture(autouse=True)
def unwarned():
    """Ties and accidents of few samples are not what these tests look at."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def draw(n, seed, d=1):
    rng = np.random.default_rng(seed)
    x = rng.standard_t(2, size=(n, d))
    return x, x[:, :1] * rng.normal(size=(n, 2)) + rng.normal(size=(n, 2))


def varied(values):
    """Columns as a list of vectors, each with two values at least."""
    assume(all(np.ptp(column) > 0 for column in values))
    return values


@for_all
@given(SIZES, SEEDS, KS, ALGORITHMS, st.floats(1e-9, 1e9), st.floats(-1e3, 1e3))
def test_units_do_not_matter(n, seed, k, algorithm, factor, shift):
    x, y = draw(n, seed)
    expected = ksg_mutual_information(x, y, k, algorithm=algorithm)
    assert ksg_mutual_information(factor * x, -y, k, algorithm=algorithm) == pytest.approx(expected, abs=1e-9)
    assert ksg_mutual_information(x + shift, y, k, algorithm=algorithm) == pytest.approx(expected, abs=1e-9)


@for_all
@given(SIZES, SEEDS, KS, ALGORITHMS)
def test_the_two_variables_are_alike(n, seed, k, algorithm):
    x, y = draw(n, seed, 2)
    expected = ksg_mutual_information(x, y, k, algorithm=algorithm)
    assert ksg_mutual_information(y, x, k, algorithm=algorithm) == pytest.approx(expected, abs=1e-12)
    z = y[:, 1:]
    assert conditional_knn_mutual_information(x, y[:, :1], z, k) == pytest.approx(
        conditional_knn_mutual_information(y[:, :1], x, z, k), abs=1e-12
    )


@for_all
@given(SIZES, SEEDS, KS, st.randoms(use_true_random=False))
def test_the_order_of_samples_and_columns_does_not_matter(n, seed, k, random):
    x, y = draw(n, seed, 2)
    labels = np.arange(n) % 2
    order = random.sample(range(n), n)
    for estimate in (
        lambda i, c: knn_entropy(x[i][:, c], k),
        lambda i, c: knn_entropy(x[i][:, c], k, metric="euclidean"),
        lambda i, c: ksg_mutual_information(x[i][:, c], y[i], k),
        lambda i, c: ksg_mutual_information(x[i], y[i][:, c], k, algorithm=2),
        lambda i, c: conditional_knn_mutual_information(x[i], y[i, 0], y[i][:, c], k),
        lambda i, c: mixed_mutual_information(labels[i], y[i][:, c], k),
        lambda i, c: discrete_continuous_mutual_information(labels[i], y[i][:, c], k),
    ):
        assert estimate(order, [1, 0]) == pytest.approx(estimate(slice(None), [0, 1]), abs=1e-9)


@for_all
@given(SIZES, SEEDS, KS, st.sampled_from(["max", "euclidean"]), st.floats(1e-9, 1e9))
def test_entropy_grows_with_the_log_of_the_unit(n, seed, k, metric, factor):
    x, _ = draw(n, seed, 3)
    expected = knn_entropy(x, k, metric=metric)
    assert knn_entropy(x * [1, factor, 1], k, metric=metric) == pytest.approx(expected + math.log(factor), abs=1e-9)
    plain = knn_entropy(x, k, metric=metric, standardize=False)
    scaled = knn_entropy(factor * x, k, metric=metric, standardize=False)
    assert scaled == pytest.approx(plain + 3 * math.log(factor), abs=1e-9)


@for_all
@given(SIZES, SEEDS, KS)
def test_ceilings(n, seed, k):
    x, y = draw(n, seed)
    harmonic = sum(1 / j for j in range(k, n))  # psi(n) - psi(k)
    assert ksg_mutual_information(x, y, k) <= harmonic + 1e-12
    labels = np.arange(n) % 3
    sizes = np.bincount(labels)
    most = sum(s * sum(1 / j for j in range(s, n)) for s in sizes) / n  # psi(n) - <psi(n_i)>
    assert discrete_continuous_mutual_information(labels, y, k) <= most + 1e-12


values = st.one_of(
    st.sampled_from([0.0, 1.0, 0.1, 0.2, 0.30000000000000004, 0.3, -1e-300, 1e-8, 1e8, 1e300]),
    st.floats(-6e4, 6e4, width=16),
)


@for_all
@given(
    st.integers(4, 12).flatmap(lambda n: hnp.arrays(np.float64, (n, 3), elements=values)),
    st.integers(1, 3),
    st.booleans(),
)
def test_no_samples_give_infinity_or_nan(samples, k, standardize):
    x, y, z = varied(samples.T)
    found = [
        knn_entropy(samples, k, standardize=standardize),
        knn_entropy(x, k, metric="euclidean", standardize=standardize),
        *(ksg_mutual_information(x, y, k, algorithm=a, standardize=standardize) for a in (1, 2)),
        conditional_knn_mutual_information(x, y, z, k, standardize=standardize),
        mixed_mutual_information(x, samples[:, 1:], k, standardize=standardize),
        lnc_mutual_information(x, y, 3, standardize=standardize),
        discrete_continuous_mutual_information(np.arange(len(x)) % 2, x, k, standardize=standardize),
    ]
    assert all(map(math.isfinite, found)), found


@for_all
@given(SIZES, SEEDS, st.integers(1, 4), st.sampled_from([0.1, 0.3, 1.0]))
def test_quantised_samples_do_not_hang_on_the_unit(n, seed, k, step):
    rng = np.random.default_rng(seed)
    x, y = varied(rng.integers(6, size=(2, n)) * step)
    expected = ksg_mutual_information(x, y, k), mixed_mutual_information(x, y, k)
    found = ksg_mutual_information(7.3 * x, y / 3, k), mixed_mutual_information(7.3 * x, y / 3, k)
    assert found == pytest.approx(expected, abs=1e-12)


@for_all
@given(
    st.tuples(st.integers(2, 150), st.integers(1, 4)).flatmap(
        lambda shape: hnp.arrays(np.float64, shape, elements=st.one_of(st.integers(-4, 4), st.floats(-4, 4)))
    ),
    SEEDS,
)
def test_counts_are_counts(points, seed):
    n = len(points)
    distances = np.abs(points[:, None] - points).max(axis=2)
    picked = distances[np.arange(n), np.random.default_rng(seed).integers(n, size=n)]
    for reach in (inside(picked), touching(picked), np.zeros(n)):
        # Nothing at the edge itself: there rounding decides.
        assume(not np.any(np.isclose(distances, reach[:, None], rtol=1e-14, atol=0) & (distances > 0)))
        assert np.array_equal(count_within(points, reach), (distances <= reach[:, None]).sum(axis=1) - 1)
