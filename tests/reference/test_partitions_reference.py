"""Partitions against NumPy and scikit-learn, pairwise bounds against the integral of a mixture's density."""

import math

import mpmath as mp
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from sklearn.cluster import KMeans
from sklearn.metrics import mutual_info_score

from infolib.representations import _kmeans, binned_entropy, clustered_entropy, mixture_information_bounds

# Bins


def spelled_out(z, edges, labels):
    """Entropy, cells and information from whole rows of bin numbers, sorted and compared; `edges` is (d, k)."""
    codes = np.stack([np.searchsorted(e, column, side="right") for e, column in zip(edges, z.T, strict=True)], axis=1)
    _, cell, counts = np.unique(codes, axis=0, return_inverse=True, return_counts=True)
    p = counts / len(z)
    return -(p * np.log(p)).sum(), len(counts), mutual_info_score(labels, cell.ravel())


@pytest.mark.parametrize(
    ("n", "dim", "n_bins"), [(5000, 1, 50), (5000, 2, 50), (5000, 5, 3), (2000, 40, 2), (300, 700, 7)]
)
@pytest.mark.parametrize("kind", ["range", "quantiles", "given"])
def test_names_of_rows_stand_for_the_rows(n, dim, n_bins, kind):
    rng = np.random.default_rng(dim)
    z, labels = rng.normal(size=(n, dim)) ** 3, rng.integers(0, 9, size=n)
    if kind == "range":
        edges = np.linspace(z.min(0), z.max(0), n_bins + 1)[1:-1].T
    elif kind == "quantiles":
        edges = np.sort(z, axis=0)[[i * n // n_bins for i in range(1, n_bins)]].T
    else:
        edges = np.tile(np.linspace(-1, 1, n_bins - 1), (dim, 1)) if n_bins > 2 else np.zeros((dim, 1))
    found = binned_entropy(z, labels, n_bins=n_bins, edges=edges if kind == "given" else kind)
    entropy, cells, information = spelled_out(z, edges, labels)
    assert found.entropy == pytest.approx(entropy, rel=1e-12, abs=0)
    assert found.n_cells == cells
    assert found.mutual_information == pytest.approx(information, rel=1e-10, abs=0)


def test_the_comparison_of_bins_can_fail():
    rng = np.random.default_rng(0)
    z, labels = rng.normal(size=(2000, 2)), rng.integers(0, 9, size=2000)
    edges = np.linspace(z.min(0), z.max(0), 8)[1:-1].T
    entropy, _, information = spelled_out(z, edges + 0.01, labels)
    found = binned_entropy(z, labels, n_bins=7)
    assert found.entropy != pytest.approx(entropy, rel=1e-12, abs=0)
    assert found.mutual_information != pytest.approx(information, rel=1e-10, abs=0)


# Clusters


def fitted(z, n_clusters, seed):
    """Sum of squared distances to the centres, and the entropy of the clusters."""
    z = torch.from_numpy(z)
    rng = np.random.default_rng(seed)
    order = torch.from_numpy(rng.permutation(len(z)))
    centres = _kmeans.fit((z[part] for part in order.split(1024)), n_clusters, rng)
    places = centres._centres + centres._origin
    inertia = float((z - places[centres.nearest(z)]).square().sum())
    return inertia, clustered_entropy(z, n_clusters=n_clusters, seed=seed)


def plain(z, n_clusters):
    found = KMeans(n_clusters, random_state=0).fit(z)
    p = np.bincount(found.predict(z)) / len(z)
    return -float(found.score(z)), -(p * np.log(p)).sum()


@pytest.mark.parametrize("seed", range(4))
def test_blobs_that_overlap_are_fitted_nearly_as_well_as_by_all_the_data_at_once(seed):
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(30, 8))[rng.integers(30, size=6000)] + 0.5 * rng.normal(size=(6000, 8))
    inertia, entropy = plain(z, 30)
    mine, found = fitted(z, 30, seed)
    assert mine < 1.1 * inertia
    assert found.entropy == pytest.approx(entropy, abs=0.1)


@pytest.mark.parametrize("seed", range(4))
def test_blobs_apart_have_the_same_clusters(seed):
    rng = np.random.default_rng(seed)
    blob = rng.integers(12, size=6000)
    z = 30 * rng.normal(size=(12, 8))[blob] + rng.normal(size=(6000, 8))
    inertia, entropy = plain(z, 12)
    mine, found = fitted(z, 12, seed)
    assert mine == pytest.approx(inertia, rel=1e-3, abs=0)
    assert found.entropy == pytest.approx(entropy, rel=1e-12, abs=0)


def test_the_entropy_of_clusters_of_noise_hangs_on_the_fit(monkeypatch):
    # What the docstring of `clustered_entropy` says, in numbers.
    z = np.random.default_rng(0).normal(size=(20_000, 256))
    inertia, well = fitted(z, 100, 0)
    monkeypatch.setattr(_kmeans, "FIRST_PER_CENTRE", 10)
    other, less_well = fitted(z, 100, 0)
    assert inertia < other < 1.02 * inertia
    assert less_well.entropy < well.entropy - 0.5


# Pairwise bounds


def information_by_quadrature(places, variance):
    """I(Z + noise; Z) for equally likely `places` on the line: the divergence of each component from the mixture."""
    with mp.workdps(20):
        places, variance = [mp.mpf(float(x)) for x in places], mp.mpf(variance)
        width = mp.sqrt(variance)
        cuts = sorted({x + k * width for x in places for k in (-12, -4, 0, 4, 12)})

        def density(t, x):
            return mp.exp(-((t - x) ** 2) / (2 * variance)) / mp.sqrt(2 * mp.pi * variance)

        def divergence(t, x):
            return density(t, x) * mp.log(density(t, x) / (mp.fsum(density(t, y) for y in places) / len(places)))

        def mean_divergence(x):
            return mp.quad(lambda t: divergence(t, x), [c for c in cuts if abs(c - x) <= 12 * width])

        return float(mp.fsum(mean_divergence(x) for x in places) / len(places))


@pytest.mark.parametrize("variance", [0.01, 0.3, 1.0, 10.0])
def test_the_integral_lies_between_the_bounds(variance):
    places, labels = np.array([-2.0, -1.7, 0.0, 0.4, 3.0]), np.array([0, 1, 1, 0, 0])
    truth = information_by_quadrature(places, variance)
    given_label = sum((labels == x).mean() * information_by_quadrature(places[labels == x], variance) for x in (0, 1))
    found = mixture_information_bounds(places[:, None], variance, labels)
    assert found.vector_lower < truth < found.vector_upper
    assert found.lower <= truth - given_label <= found.upper
    noise = 0.5 * math.log(2 * math.pi * math.e * variance)
    assert found.entropy_lower < truth + noise < found.entropy_upper


@pytest.mark.parametrize(
    ("places", "variance"), [([1.0, 1.0, 1.0], 0.5), ([0.0, 0.0, 50.0], 0.5), ([0, 40, 80, 120], 1.0)]
)
def test_the_bounds_meet_the_integral_where_components_coincide_or_are_far_apart(places, variance):
    truth = information_by_quadrature(places, variance)
    found = mixture_information_bounds(np.array(places, dtype=float)[:, None], variance)
    assert found.vector_lower == pytest.approx(truth, rel=1e-12, abs=1e-15)
    assert found.vector_upper == pytest.approx(truth, rel=1e-12, abs=1e-15)


def quick_information(places, variance):
    """The same integral in double precision, fast enough for many mixtures."""
    def minus_density_log_density(t):
        p = np.exp(-((t - places) ** 2) / (2 * variance)).mean() / math.sqrt(2 * math.pi * variance)
        return -p * math.log(p) if p > 0 else 0.0

    reach = 12 * math.sqrt(variance)
    cuts = np.unique(np.concatenate([places - reach, places, places + reach]))
    total = sum(quad(minus_density_log_density, a, b, epsabs=1e-11, limit=200)[0]
                for a, b in zip(cuts[:-1], cuts[1:], strict=True))
    return total - 0.5 * math.log(2 * math.pi * math.e * variance)


@given(
    st.lists(st.tuples(st.floats(-5, 5), st.integers(0, 2)), min_size=1, max_size=8),
    st.floats(-4, 3).map(math.exp),
)
def test_the_truth_is_between_the_bounds_for_any_mixture(marked, variance):
    places, labels = (np.array(x) for x in zip(*marked, strict=True))
    truth = quick_information(places, variance)
    known = truth - sum((labels == x).mean() * quick_information(places[labels == x], variance) for x in set(labels))
    found = mixture_information_bounds(places[:, None].astype(float), variance, labels)
    slack = 1e-8  # the error of the quadrature
    assert found.vector_lower - slack <= truth <= found.vector_upper + slack
    assert found.lower - slack <= known <= found.upper + slack


def test_the_bounds_by_mpmath_from_their_definition():
    rng = np.random.default_rng(0)
    z, labels, variance = rng.normal(size=(20, 3)) + 5, rng.integers(0, 4, size=20), 0.7

    def mean_log_overlap(rows, s):
        """I_s, by its definition."""
        with mp.workdps(50):
            rows = [[mp.mpf(float(v)) for v in row] for row in rows]
            total = mp.mpf(0)
            for a in rows:
                kernel = [mp.exp(-mp.fsum((u - v) ** 2 for u, v in zip(a, b, strict=True)) / (s * mp.mpf(variance)))
                          for b in rows]
                total -= mp.log(mp.fsum(kernel) / len(rows))
            return total / len(rows)

    within = {s: sum((labels == x).mean() * mean_log_overlap(z[labels == x], s) for x in set(labels)) for s in (2, 8)}
    found = mixture_information_bounds(z, variance, labels)
    assert found.vector_lower == pytest.approx(float(mean_log_overlap(z, 8)), rel=1e-12, abs=0)
    assert found.vector_upper == pytest.approx(float(mean_log_overlap(z, 2)), rel=1e-12, abs=0)
    assert found.upper == pytest.approx(
        min(float(mean_log_overlap(z, 2) - within[8]), found.label_entropy), rel=1e-12, abs=0
    )
    assert found.lower == pytest.approx(max(float(mean_log_overlap(z, 8) - within[2]), 0), rel=1e-11, abs=0)
