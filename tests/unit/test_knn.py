"""Nearest-neighbour estimators: known entropies and information, units, shifts, ties, warnings, what is refused."""

import math
import subprocess
import sys
import warnings

import numpy as np
import pytest
from scipy import stats
from scipy.spatial import KDTree
from scipy.special import polygamma, psi

import infolib
from infolib.estimators import _knn_local
from infolib.estimators._knn_cloud import Cloud
from infolib.estimators._knn_local import default_alpha, turned_share
from infolib.estimators._knn_warnings import tied
from infolib.estimators._warning import EstimateWarning
from infolib.estimators.knn import (
    conditional_knn_mutual_information,
    discrete_continuous_mutual_information,
    knn_entropy,
    ksg_mutual_information,
    lnc_mutual_information,
    mixed_mutual_information,
)

SIGMAS = 4  # standard errors that a seeded estimate may be away from the truth


def normal(n, d=1, seed=0):
    return np.random.default_rng(seed).normal(size=(n, d))


def correlated(n, rho, seed=0):
    x, noise = normal(n, 2, seed).T
    return x, rho * x + math.sqrt(1 - rho**2) * noise


def normal_information(rho):
    return -0.5 * math.log1p(-(rho**2))


@pytest.fixture
def silent():
    """No warning is allowed."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


# Entropy

LAWS = {
    "normal": stats.norm(),
    "uniform": stats.uniform(),
    "exponential": stats.expon(),
    "t5": stats.t(5),
    "gamma3": stats.gamma(3),
}


@pytest.mark.parametrize("name", LAWS)
@pytest.mark.parametrize("k", [1, 3, 10])
@pytest.mark.parametrize("metric", ["max", "euclidean"])
def test_entropy_of_known_distributions(silent, name, k, metric):
    law, n = LAWS[name], 4000
    samples = law.rvs(size=n, random_state=1)
    # Terms are -log f plus a fluctuation of variance psi'(k), which those of near samples share.
    error = math.sqrt((np.var(law.logpdf(samples)) + 2 * stats.loggamma(k).var()) / n)
    assert knn_entropy(samples, k, metric=metric) == pytest.approx(law.entropy(), abs=SIGMAS * error)


@pytest.mark.parametrize("metric", ["max", "euclidean"])
def test_entropy_of_vectors(silent, metric):
    mixing = np.array([[1.0, 0.0, 0.0], [0.5, 2.0, 0.0], [0.3, -0.4, 0.2]])
    samples = normal(5000, 3, seed=2) @ mixing.T
    truth = 1.5 * math.log(2 * math.pi * math.e) + math.log(abs(np.linalg.det(mixing)))
    assert knn_entropy(samples, metric=metric) == pytest.approx(truth, abs=0.06)


def test_entropy_by_hand():
    # Distances to the nearest 1, 1, 2: psi(3) - psi(1) + log 2 + (log 2) / 3.
    truth = 1.5 + 4 / 3 * math.log(2)
    assert knn_entropy([0, 1, 3], 1, standardize=False) == pytest.approx(truth, rel=1e-14, abs=0)
    assert knn_entropy([0, 1, 3], 1, base=2) == pytest.approx(truth / math.log(2), rel=1e-14, abs=0)
    # In the plane the largest of the steps and their length differ: 4, 4, 5 and 5, 5, sqrt(34).
    corners = [[0, 0], [3, 4], [8, 1]]
    most = 1.5 + 2 * math.log(2) + 2 / 3 * math.log(4 * 4 * 5)
    assert knn_entropy(corners, 1, standardize=False) == pytest.approx(most, rel=1e-14, abs=0)
    length = 1.5 + math.log(math.pi) + 2 / 3 * math.log(5 * 5 * math.sqrt(34))
    assert knn_entropy(corners, 1, metric="euclidean", standardize=False) == pytest.approx(length, rel=1e-14, abs=0)


@pytest.mark.parametrize("metric", ["max", "euclidean"])
@pytest.mark.parametrize("factor", [1e-300, 1e-8, 3.0, 1e8, 1e300])
def test_entropy_follows_the_units(silent, metric, factor):
    samples = normal(500, 3)
    expected = knn_entropy(samples, metric=metric) + math.log(factor)
    samples[:, 1] *= -factor
    assert knn_entropy(samples, metric=metric) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("standardize", [True, False])
def test_entropy_does_not_mind_a_shift(silent, standardize):
    samples = np.round(normal(500, 2) * 2**26) / 2**26  # so that the shift is exact
    expected = knn_entropy(samples, standardize=standardize)
    assert knn_entropy(samples + 1e8, standardize=standardize) == pytest.approx(expected, abs=1e-12)


def test_entropy_in_units_of_one_column():
    samples = normal(500)[:, 0]
    assert knn_entropy(samples) == pytest.approx(knn_entropy(samples, standardize=False), abs=1e-12)
    assert knn_entropy(samples[:, None]) == knn_entropy(samples) == knn_entropy(samples.tolist())
    assert isinstance(knn_entropy(samples), float)


# Information


@pytest.mark.parametrize("algorithm", [1, 2])
@pytest.mark.parametrize("rho", [0.0, 0.3, 0.6, 0.9, -0.9])
def test_information_of_normal_columns(silent, algorithm, rho):
    x, y = correlated(8000, rho, seed=3)
    found = ksg_mutual_information(x, y, algorithm=algorithm)
    # The scatter of KSG at n = 8000, k = 3 is near 0.01 for all of these.
    assert found == pytest.approx(normal_information(rho), abs=0.03)
    assert isinstance(found, float)


def test_the_value_every_text_gives(silent):
    found = [ksg_mutual_information(*correlated(2000, 0.6, seed), k=3) for seed in range(40)]
    assert normal_information(0.6) == pytest.approx(0.2231, abs=5e-5)
    assert np.mean(found) == pytest.approx(0.2231, abs=SIGMAS * np.std(found) / math.sqrt(40))


@pytest.mark.parametrize("algorithm", [1, 2])
def test_independent_vectors_have_none(silent, algorithm):
    x, y = normal(3000, 4, seed=4), normal(3000, 3, seed=5) ** 3
    assert ksg_mutual_information(x, y, algorithm=algorithm) == pytest.approx(0, abs=0.04)


def test_ksg_by_hand(silent):
    # The nearest of the three are 1, 1 and 3 away. Strictly inside that: nothing in x or y around the first two; around
    # the third the second in x, 2 away, and none in y, where it is 3 away.
    x, y = [0, 1, 3], [0, 1, 4]
    inside = (psi(1) + psi(1)) + (psi(1) + psi(1)) + (psi(2) + psi(1))
    first = psi(1) + psi(3) - inside / 3
    assert ksg_mutual_information(x, y, 1, standardize=False) == pytest.approx(first, rel=1e-14, abs=0)
    # In the rectangles 1 x 1, 1 x 1 and 2 x 3, edges included, there is one other sample each, in x as in y.
    assert ksg_mutual_information(x, y, 1, algorithm=2, standardize=False) == pytest.approx(0.5, rel=1e-14, abs=0)


@pytest.mark.parametrize("algorithm", [1, 2])
def test_information_is_in_the_unit_asked_for(algorithm):
    x, y = correlated(300, 0.8)
    nats = ksg_mutual_information(x, y, algorithm=algorithm)
    bits = ksg_mutual_information(x, y, algorithm=algorithm, base=2)
    assert bits == pytest.approx(nats / math.log(2), rel=1e-14, abs=0)


def five_estimates(x, y, z):
    labels = (z > np.median(z)).astype(int)
    return [
        ksg_mutual_information(x, y),
        ksg_mutual_information(x, y, algorithm=2),
        lnc_mutual_information(x, y),
        mixed_mutual_information(x, y),
        conditional_knn_mutual_information(x, y, z),
        discrete_continuous_mutual_information(labels, x),
    ]


@pytest.mark.parametrize("factor", [1e-300, 1e-8, -0.3, 1e8, 1e300])
def test_information_does_not_mind_the_units(silent, factor):
    x, y = correlated(1000, 0.8)
    z = x + normal(1000, seed=9)[:, 0]
    expected = five_estimates(x, y, z)
    assert five_estimates(factor * x, y, z) == pytest.approx(expected, abs=1e-9)
    assert five_estimates(x, factor * y, factor * z) == pytest.approx(expected, abs=1e-9)


def test_information_does_not_mind_an_exact_shift(silent):
    x, y = (np.round(column * 2**26) / 2**26 for column in correlated(1000, 0.8))
    z = np.round((x + normal(1000, seed=9)[:, 0]) * 2**26) / 2**26
    expected = five_estimates(x, y, z)
    assert five_estimates(x + 1e8, y, z - 1e8) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("standardize", [True, False])
def test_a_shift_that_loses_digits_costs_little(silent, standardize):
    # On steps of 1.5e-8 about n^2 * 1.5e-8 < 1 of the counts changes by one, worth 1 / (n n_x), near 2e-6: allow three.
    x, y = correlated(5000, 0.8)
    expected = ksg_mutual_information(x, y, standardize=standardize)
    assert ksg_mutual_information(x + 1e8, y, standardize=standardize) == pytest.approx(expected, abs=6e-6)


def test_columns_are_each_in_units_of_their_own(silent):
    x, y = normal(1000, 3), normal(1000, 2, seed=1)
    y[:, 0] += x[:, 2]
    expected = ksg_mutual_information(x, y)
    assert ksg_mutual_information(x * [1e-8, 1, 1e5], y) == pytest.approx(expected, abs=1e-9)
    assert ksg_mutual_information(x * [1e-8, 1, 1e5], y, standardize=False) != pytest.approx(expected, abs=0.01)


# The ceiling and zero


@pytest.mark.parametrize("algorithm", [1, 2])
@pytest.mark.parametrize("k", [1, 3, 10])
def test_no_estimate_of_ksg_passes_its_ceiling_and_it_is_said(algorithm, k):
    x, noise = normal(500, 2).T
    y = x + 1e-6 * noise
    with pytest.warns(EstimateWarning, match=rf"{psi(500) - psi(k + 1):.4g} is the most that 500 .* k = {k}.*`lnc_mut"):
        found = ksg_mutual_information(x, y, k, algorithm=algorithm)
    assert psi(500) - psi(k + 1) - 1e-2 < found < psi(500) - psi(k + 1) + 1e-12
    # Of a variable and itself the k-th neighbour is at the edge in both: algorithm 1 counts it in neither.
    with pytest.warns(EstimateWarning, match="is the most that"):
        found = ksg_mutual_information(x, x, k, algorithm=algorithm)
    assert found == pytest.approx(psi(500) - psi(k if algorithm == 1 else k + 1), rel=1e-12, abs=0)


def test_an_estimate_well_below_the_ceiling_is_left_alone(silent):
    x, y = correlated(1500, math.sqrt(-math.expm1(-2 * 5.0)), seed=1)  # 5 nats, the ceiling is 6.06
    assert ksg_mutual_information(x, y) == pytest.approx(4.85, abs=0.1)
    assert mixed_mutual_information(x, y) == ksg_mutual_information(x, y)


@pytest.mark.parametrize(("n", "truth", "missed"), [(50, 3.5, 1.1), (1500, 6.0, 0.5), (20_000, 8.1, 0.3)])
def test_what_is_missed_at_nine_tenths_of_the_ceiling(n, truth, missed):
    pairs = [correlated(n, math.sqrt(-math.expm1(-2 * truth)), seed) for seed in range(max(1, 4000 // n))]
    with pytest.warns(EstimateWarning, match="is the most that"):
        found = np.mean([ksg_mutual_information(x, y) for x, y in pairs])
    assert found / (psi(n) - psi(4)) == pytest.approx(0.9, abs=0.01)
    assert found == pytest.approx(truth - missed, abs=0.05)


@pytest.mark.parametrize(("columns", "ceiling"), [(1, 3.2), (10, 0.6)])
def test_the_ceiling_of_conditional_information(columns, ceiling):
    x, y = correlated(2000, math.sqrt(-math.expm1(-2 * 7.0)))
    z = normal(2000, columns, seed=8)
    with pytest.warns(EstimateWarning, match="is the most.*columns of `z`") as said:
        found = conditional_knn_mutual_information(x, y, z)
    named = float(str(said[0].message).partition("nats, and ")[2].split()[0])
    assert named == pytest.approx(ceiling, abs=0.05)
    assert 0.99 * named < found < named + 1e-3


def test_the_ceiling_of_conditional_information_by_hand():
    # Every third neighbour is furthest in x, and inside in y and z: of both counts one holds the third, n_z them all.
    x, e = normal(400, 2, seed=3).T
    y, z = x + 1e-9 * e, 1e-9 * normal(400, seed=4)[:, 0]
    with pytest.warns(EstimateWarning, match=rf"and {psi(400) - psi(4):.4g} is the most"):
        found = conditional_knn_mutual_information(x, y, z, standardize=False)
    assert found == pytest.approx(psi(400) - psi(4), abs=1e-2)


def test_the_ceiling_of_mixed_information_is_below_the_entropies_or_not_spoken_of():
    x = normal(60)[:, 0]
    with pytest.warns(EstimateWarning, match=rf"and {psi(60) - psi(4):.4g} is the most that 60 samples"):
        mixed_mutual_information(x, x + 1e-6 * normal(60, seed=1)[:, 0])
    # Fifteen labels four times each: log 15, below the ceiling of 2.83, is the bound, and the estimate is below it.
    labels = np.arange(60) % 15
    y = labels + 0.25 * x
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = mixed_mutual_information(labels, y)
    assert 0.9 * (psi(60) - psi(4)) < found < math.log(15)


def test_what_samples_cannot_be_is_said():
    # With half of the samples as neighbours, a cube around a sample on a circle is mostly empty.
    angle = np.random.default_rng(0).uniform(0, 2 * math.pi, size=400)
    x, y = np.cos(angle), np.sin(angle)
    with pytest.warns(EstimateWarning, match=r"-0\.0\d+ nats, further below zero than chance"):
        assert ksg_mutual_information(x, y, 200) < -0.05
    assert ksg_mutual_information(x, y) > 2.5


def test_a_little_below_zero_is_no_cause_for_alarm(silent):
    found = [ksg_mutual_information(normal(400, seed=s), normal(400, seed=1000 + s)) for s in range(30)]
    assert sum(value < 0 for value in found) > 5


@pytest.mark.parametrize("law", ["random", "standard_cauchy"])
@pytest.mark.parametrize("k", [1, 3, "half"])
def test_few_independent_samples_raise_no_alarm(silent, law, k):
    rng = np.random.default_rng(0)
    for n, repeats in ((5, 60), (8, 60), (20, 40), (50, 20)):
        neighbours = n // 2 if k == "half" else k
        for _ in range(repeats):
            x, y, z = getattr(rng, law)(size=(3, n))
            ksg_mutual_information(x, y, neighbours)
            ksg_mutual_information(x, y, neighbours, algorithm=2)
            conditional_knn_mutual_information(x, y, z, neighbours)


def test_many_neighbours_of_independent_samples_raise_no_alarm(silent):
    for seed in range(10):
        x, y = np.random.default_rng(seed).exponential(size=(2, 500))
        ksg_mutual_information(x, y, 250)
        ksg_mutual_information(x, y, 250, algorithm=2)
        discrete_continuous_mutual_information(x > 1, y, 100)


# Conditional information


@pytest.mark.parametrize("reverse", [False, True])
def test_a_markov_chain_has_none_given_the_middle(silent, reverse):
    x, noise_z, noise_y = normal(4000, 3, seed=6).T
    z = x + noise_z
    y = z + noise_y
    ends = (y, x) if reverse else (x, y)
    assert conditional_knn_mutual_information(*ends, z) == pytest.approx(0, abs=0.04)
    assert ksg_mutual_information(*ends) > 0.15


def test_conditional_information_of_normal_columns(silent):
    # The sum of two independent columns makes them dependent: I(X;Y|Z) = -1/2 log(1 - partial correlation^2).
    x, y, noise = normal(8000, 3, seed=7).T
    z = x + y + noise
    truth = normal_information(-0.5)  # the partial correlation of x and y given x + y + noise
    assert conditional_knn_mutual_information(x, y, z) == pytest.approx(truth, abs=0.04)
    assert ksg_mutual_information(x, y) == pytest.approx(0, abs=0.03)


def test_a_condition_of_no_concern_changes_little(silent):
    x, y = correlated(8000, 0.8)
    z = normal(8000, seed=8)
    assert conditional_knn_mutual_information(x, y, z) == pytest.approx(normal_information(0.8), abs=0.06)


def test_many_columns_of_condition_hide_the_dependence(silent):
    x, y = correlated(2000, 0.9)
    assert conditional_knn_mutual_information(x, y, normal(2000, 10, seed=8)) < 0.5 * normal_information(0.9)


# Labels and mixtures


def shifted_uniform(n, seed=0):
    """x on five integers, y uniform on [x, x + 2]: I = log 5 - (4/5) log 2."""
    rng = np.random.default_rng(seed)
    x = rng.integers(5, size=n)
    return x, x + 2 * rng.random(n), math.log(5) - 0.8 * math.log(2)


def test_an_integer_and_a_continuous_column(silent):
    x, y, truth = shifted_uniform(6000)
    assert mixed_mutual_information(x, y) == pytest.approx(truth, abs=0.03)
    assert discrete_continuous_mutual_information(x, y) == pytest.approx(truth, abs=0.03)


@pytest.mark.parametrize("n", [1000, 10_000])
def test_logarithms_in_place_of_psi_would_be_far_off(silent, n):
    x, y, truth = shifted_uniform(n)
    joint = np.stack([x, y], axis=1)
    reach = KDTree(joint).query(joint, 4, p=np.inf)[0][:, -1]
    n_x, n_y = (KDTree(v[:, None]).query_ball_point(v[:, None], reach, return_length=True) for v in (x, y))
    as_printed = psi(3) + math.log(n) - np.mean(np.log(n_x) + np.log(n_y))  # n_x holds the sample itself
    assert as_printed == pytest.approx(truth - 0.3, abs=0.04)
    assert mixed_mutual_information(x, y) == pytest.approx(truth, abs=0.03)


def test_mixtures_of_atoms_and_a_density(silent):
    rng = np.random.default_rng(1)
    x, y = correlated(8000, 0.9)
    atom, signs = rng.random(8000) < 0.5, rng.choice([-9.0, 9.0], size=8000)  # atoms away from the density
    x, y = np.where(atom, signs, x), np.where(atom, np.where(rng.random(8000) < 0.9, signs, -signs), y)
    within = math.log(2) - infolib.entropy([0.1, 0.9])
    truth = math.log(2) + 0.5 * normal_information(0.9) + 0.5 * within
    assert mixed_mutual_information(x, y) == pytest.approx(truth, abs=0.03)


def test_zero_inflated_counts(silent):
    # As in the paper: x exponential, y zero with probability 0.15, else Poisson with mean x: I = 0.85 * 0.3012.
    rng = np.random.default_rng(2)
    x = rng.exponential(size=8000)
    y = rng.poisson(x) * (rng.random(8000) >= 0.15)
    assert mixed_mutual_information(x, y, 5) == pytest.approx(0.85 * 0.3012, abs=0.03)


def test_continuous_samples_are_as_by_ksg(silent):
    x, y = correlated(500, 0.8)
    assert mixed_mutual_information(x, y) == ksg_mutual_information(x, y)


def test_discrete_samples_are_counted_with_psi(silent):
    rng = np.random.default_rng(3)
    x = rng.integers(3, size=600)
    y = np.where(rng.random(600) < 0.6, x, rng.integers(3, size=600))
    table = np.zeros((3, 3))
    np.add.at(table, (x, y), 1)
    means = [(counts * psi(counts)).sum() / 600 for counts in (table, table.sum(0), table.sum(1))]
    expected = psi(600) + means[0] - means[1] - means[2]
    assert mixed_mutual_information(x, y) == pytest.approx(expected, abs=1e-12)
    assert expected == pytest.approx(infolib.mutual_information(table / 600), abs=0.02)


def test_labels_have_no_order_and_no_size(silent):
    labels, samples, _ = shifted_uniform(500)
    expected = discrete_continuous_mutual_information(labels, samples)
    renamed = np.array([10**12, -3, 7, 0, 1])[labels]
    named = np.array(["a", "b", "ccc", "d", ""])[labels]
    for given in (renamed, renamed.tolist(), renamed.astype(float), named, named.tolist(), [(c, 1) for c in named]):
        given = np.fromiter(given, object) if isinstance(given[0], tuple) else given
        assert discrete_continuous_mutual_information(given, samples.tolist()) == pytest.approx(expected, abs=1e-12)
    assert discrete_continuous_mutual_information(labels > 1, samples) < expected


def test_labels_of_vectors(silent):
    labels = np.random.default_rng(4).integers(2, size=3000)
    samples = normal(3000, 3)
    assert discrete_continuous_mutual_information(labels, samples) == pytest.approx(0, abs=0.03)
    samples[:, 1] += 1.5 * labels
    # One coordinate of two normal densities 1.5 apart, by quadrature.
    grid = np.linspace(-9, 11, 20001)
    parts = np.stack([stats.norm.pdf(grid), stats.norm.pdf(grid - 1.5)])
    whole = parts.mean(0)
    truth = np.trapezoid(0.5 * np.sum(parts * np.log(parts / whole), axis=0), grid)
    assert discrete_continuous_mutual_information(labels, samples) == pytest.approx(truth, abs=0.04)


def test_one_label_tells_nothing(silent):
    assert discrete_continuous_mutual_information(np.zeros(50, int), normal(50)) == pytest.approx(0, abs=1e-12)


def test_labels_apart_reach_their_entropy_and_it_is_said():
    labels = np.arange(300) % 3
    samples = 10 * labels + normal(300)[:, 0]
    with pytest.warns(EstimateWarning, match=r"above the entropy of the labels, 1\.09861"):
        found = discrete_continuous_mutual_information(labels, samples)
    assert found == pytest.approx(psi(300) - psi(100), rel=1e-12, abs=0)
    assert found == pytest.approx(math.log(3) + 2 / (2 * 300), abs=1e-5)
    with pytest.warns(EstimateWarning, match=r"above the entropy of `x`, 1\.09861"):
        assert mixed_mutual_information(labels, samples) == pytest.approx(found, rel=1e-12, abs=0)


@pytest.mark.parametrize("values", [[0, 1] * 5, np.arange(60) % 3, np.arange(60) % 20, [0] * 2 + [1] * 3 + [3] * 95])
def test_a_discrete_variable_holds_no_more_than_its_entropy_and_it_is_said(values):
    counts = np.unique(values, return_counts=True)[1]
    bound = infolib.entropy(counts / counts.sum())
    with pytest.warns(EstimateWarning) as said:
        assert mixed_mutual_information(values, values) > bound
    assert [str(one.message).partition(". ")[0].partition("nats, ")[2] for one in said] == [
        f"above the entropy of `x`, {bound:.6g}"
    ]


def test_the_smaller_entropy_is_the_bound():
    many = np.arange(60) % 6
    pairs = np.stack([many % 2, many // 2], axis=1)
    with pytest.warns(EstimateWarning, match=r"above the entropy of `y`, 0\.693147"):
        mixed_mutual_information(pairs, many % 2)
    # With single values among them: 40 of a kind, and ten that came once.
    x = np.r_[np.zeros(40), np.arange(1, 11)]
    with pytest.warns(EstimateWarning, match="above the entropy of `x`"):
        mixed_mutual_information(np.repeat([0, 1], 25), np.repeat([0, 1], 25))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        mixed_mutual_information(x, x)


def test_warnings_are_in_the_unit_asked_for():
    labels = np.arange(300) % 2
    apart = 10 * labels + normal(300)[:, 0]
    for call in (mixed_mutual_information, discrete_continuous_mutual_information):
        with pytest.warns(EstimateWarning, match=r"is 1\.00\d+ bits, above the entropy of .*, 1\. ") as said:
            call(labels, apart, base=2)
        assert [warning.filename for warning in said] == [__file__]
    x, noise = normal(500, 2).T
    with pytest.warns(EstimateWarning, match=rf"bits, and {(psi(500) - psi(4)) / math.log(2):.4g} is"):
        ksg_mutual_information(x, x + 1e-9 * noise, base=2)
    angle = np.random.default_rng(0).uniform(0, 2 * math.pi, size=400)
    circle = np.cos(angle), np.sin(angle)
    with pytest.warns(EstimateWarning, match="further below zero"):
        found = ksg_mutual_information(*circle, 200, base=10)
    error = math.sqrt((polygamma(1, 200) + 0.02) / 400) / math.log(10)
    with pytest.warns(EstimateWarning, match=rf"is {found:.4g} hartleys, .* \(standard error {error:.2g}\)"):
        ksg_mutual_information(*circle, 200, base=10)


def test_a_label_seen_once_is_left_out_and_it_is_said(silent):
    labels, samples, _ = shifted_uniform(200)
    expected = discrete_continuous_mutual_information(labels, samples)
    with pytest.warns(EstimateWarning, match=r"0\.50% of the samples are left out"):
        found = discrete_continuous_mutual_information([*labels, 99], [*samples, 1.5])
    assert found == pytest.approx(expected, abs=1e-12)


# Strong dependence


@pytest.mark.parametrize("rho", [0.0, 0.6, 0.99])
def test_weak_dependence_needs_no_correction(silent, rho):
    x, y = correlated(4000, rho, seed=3)
    assert lnc_mutual_information(x, y) == pytest.approx(normal_information(rho), abs=0.05)
    corrected = lnc_mutual_information(x, y) - ksg_mutual_information(x, y, 5, algorithm=2)
    assert 0 <= corrected < 0.03


@pytest.mark.parametrize("noise", [1e-4, 1e-6, 1e-8])
def test_strong_dependence_on_a_line_is_found_by_the_correction_alone(silent, noise):
    x, e = normal(2000, 2, seed=5).T
    y = stats.norm.cdf(x)  # uniform
    truth = -0.5 * math.log(2 * math.pi * math.e * noise**2)  # h(Y) - h(noise), up to the edges
    assert lnc_mutual_information(y, y + noise * e) == pytest.approx(truth, abs=0.1)
    with pytest.warns(EstimateWarning, match="is the most that"):
        assert ksg_mutual_information(y, y + noise * e) < truth - 1.5


def test_strong_dependence_on_a_curve_is_found_while_it_is_straight(silent):
    x, e = normal(2000, 2, seed=5).T
    wave = np.sin(3 * x)
    gained = [lnc_mutual_information(x, wave + s * e) - ksg_mutual_information(x, wave + s * e) for s in (1e-1, 1e-4)]
    assert gained[0] < 0.1
    assert gained[1] > 1


def test_some_bias_stays_where_the_region_is_not_thin_enough(silent):
    truth = normal_information(0.99999)
    assert truth == pytest.approx(5.41, abs=0.005)
    pairs = [correlated(500, 0.99999, seed) for seed in range(10)]
    assert np.mean([lnc_mutual_information(x, y) for x, y in pairs]) - truth == pytest.approx(-0.4, abs=0.05)
    with pytest.warns(EstimateWarning, match="is the most that"):
        found = [[ksg_mutual_information(x, y, k) for k in (5, 3)] for x, y in pairs]
    assert np.mean(found, axis=0) - truth == pytest.approx([-1.1, -0.8], abs=0.05)


def test_without_threshold_the_correction_is_ksg_2(silent):
    x, y = correlated(400, 0.9999)
    assert lnc_mutual_information(x, y, alpha=0) == ksg_mutual_information(x, y, 5, algorithm=2)
    assert lnc_mutual_information(x, y, alpha=1) > lnc_mutual_information(x, y) > lnc_mutual_information(x, y, alpha=0)


def test_a_line_is_said_to_be_one():
    x = normal(300)[:, 0]
    with pytest.warns(EstimateWarning, match=r"100\.00% of the neighbourhoods y is a function of x"):
        found = lnc_mutual_information(x, x)
    assert 30 < found < 50


def test_the_turned_rectangle(silent):
    square = np.array([[1.0, 1.0], [-1.0, 1.0], [1.0, -1.0], [-1.0, -1.0]])
    slim = square * [1.0, 0.1]
    turn = np.array([[1.0, -1.0], [1.0, 1.0]]) / math.sqrt(2)
    ratio, is_line = turned_share(np.stack([slim, slim @ turn, square * [1.0, 0.0], square * 0]))
    # Turned by 45 degrees, the box of 2 x 0.2 fits into a square of side 2.2 / sqrt(2).
    assert ratio[:2] == pytest.approx([1.0, 0.4 / (2.2**2 / 2)], rel=1e-14, abs=0)
    assert ratio[2:].tolist() == [1.0, 1.0]
    assert not is_line.any()


@pytest.mark.parametrize("k", [3, 5, 10])
def test_the_threshold_corrects_few_even_neighbourhoods(k):
    steps = np.random.default_rng(9).uniform(-1, 1, size=(50_000, k, 2))
    share = np.mean(turned_share(steps)[0] < default_alpha(k))
    assert share == pytest.approx(0.005, abs=SIGMAS * math.sqrt(0.005 / 50_000 + 0.005 / 100_000))


def test_the_documented_threshold():
    assert round(default_alpha(5), 2) == 0.32


def test_the_threshold_is_found_in_bounded_memory(monkeypatch):
    expected = default_alpha(7)
    default_alpha.cache_clear()
    drawn = []
    monkeypatch.setattr(_knn_local, "turned_share", lambda steps: drawn.append(steps.size) or turned_share(steps))
    monkeypatch.setattr(_knn_local, "BLOCK_NUMBERS", 30_000)
    assert default_alpha(7) == expected
    assert max(drawn) <= 30_000
    assert sum(drawn) == 100_000 * 7 * 2
    default_alpha.cache_clear()


# Ties


def test_repeated_samples_warn_and_stay_finite():
    samples = normal(1000)[:, 0]
    samples[:30] = samples[970:]  # 60 samples twice, against k = 3
    with pytest.warns(EstimateWarning, match=r"% of the samples are tied.*`entropy_from_counts`"):
        found = knn_entropy(samples)
    assert found == pytest.approx(1.42, abs=0.1)
    with pytest.warns(EstimateWarning, match="tied"):
        assert knn_entropy(samples, 1) == pytest.approx(1.42, abs=0.2)


def test_two_samples_that_coincide_among_thousands_are_enough_to_warn():
    x, y = correlated(4000, 0.6)
    x[0], y[0] = x[1], y[1]
    with pytest.warns(EstimateWarning, match=r"^0\.\d\d% of the samples are tied"):
        assert ksg_mutual_information(x, y) == pytest.approx(normal_information(0.6), abs=0.04)


def test_who_is_tied():
    # The first two coincide; the third has both 1 away; the fourth has them, second and third, 4 away.
    near = Cloud(np.array([[0.0], [0.0], [1.0], [4.0], [9.5]])).nearest(2)
    assert near.distances.tolist() == [[0, 1], [0, 1], [1, 1], [3, 4], [5.5, 8.5]]
    assert near.and_next.tolist() == [[0, 1, 4], [0, 1, 4], [1, 1, 3], [3, 4, 4], [5.5, 8.5, 9.5]]
    assert tied(near).tolist() == [True, True, True, True, False]
    gaps = np.array([[1.0, 1.0]] * 4 + [[1.0, 0.0]])  # the last agrees with a neighbour in a variable
    assert tied(near, gaps).all()
    with pytest.warns(EstimateWarning, match=r"^80\.00% of the samples are tied"):
        assert math.isfinite(knn_entropy([0, 0, 1, 4, 9.5], 2))


@pytest.mark.parametrize("metric", ["max", "euclidean"])
def test_one_neighbour_more_is_looked_at(metric):
    # The nearest of each inner one on a ladder are on both sides, equally far: with k = 1 only one of them is used.
    ladder = np.arange(50.0)
    with pytest.warns(EstimateWarning, match=r"^96\.00% of the samples are tied"):
        found = knn_entropy(ladder, 1, metric=metric)
    assert found == pytest.approx(psi(50) - psi(1) + math.log(2), abs=1e-12)
    with pytest.warns(EstimateWarning, match="tied"):
        ksg_mutual_information(ladder, ladder, 1)
    with pytest.warns(EstimateWarning, match="tied"):
        discrete_continuous_mutual_information(np.arange(50) % 2, ladder, 1)


def test_where_no_neighbour_is_left_none_is_looked_at(silent):
    near = Cloud(np.array([[0.0], [1.0], [3.5]])).nearest(2)
    assert near.and_next.tolist() == near.distances.tolist() == [[1, 3.5], [1, 2.5], [2.5, 3.5]]
    assert math.isfinite(knn_entropy([0, 1, 3.5], 2))


@pytest.mark.parametrize("d", [1, 2])
@pytest.mark.parametrize("metric", ["max", "euclidean"])
def test_samples_with_more_copies_than_neighbours_warn_and_stay_finite(d, metric):
    samples = np.repeat(normal(50, d), 10, axis=0)
    with pytest.warns(EstimateWarning, match=r"^100\.00%"):
        found = knn_entropy(samples, metric=metric)
    # The nearest sample that is no copy is the tenth neighbour: distances as of the 50, ranks of the 500.
    once = knn_entropy(samples[::10], 1, metric=metric)
    assert found == pytest.approx(once - psi(50) + psi(1) + psi(500) - psi(10), abs=1e-12)


def test_rounded_samples_warn():
    rounded = np.round(normal(2000)[:, 0], 2)
    with pytest.warns(EstimateWarning, match="tied"):
        assert math.isfinite(knn_entropy(rounded))
    x, y = correlated(2000, 0.8)
    for columns in ((np.round(x, 1), np.round(y, 1)), (np.round(x, 1), y)):
        with pytest.warns(EstimateWarning, match=r"% of the samples are tied.*`mixed_mutual_information`"):
            found = ksg_mutual_information(*columns)
        assert found == pytest.approx(mixed_mutual_information(*columns), rel=1e-12, abs=0)
        with pytest.warns(EstimateWarning, match="tied"):
            assert math.isfinite(ksg_mutual_information(*columns, algorithm=2))
        with pytest.warns(EstimateWarning):  # of ties, and of lines among the steps of the grid
            assert math.isfinite(lnc_mutual_information(*columns))
        with pytest.warns(EstimateWarning, match="tied"):
            assert math.isfinite(conditional_knn_mutual_information(*columns, y + x))


def test_units_do_not_decide_ties():
    # A tenth is not a float: distances on this grid are equal only up to rounding.
    rng = np.random.default_rng(0)
    x = rng.integers(10, size=400) * 0.1
    y = x + rng.integers(10, size=400) * 0.1
    with pytest.warns(EstimateWarning, match="tied"):
        expected = [ksg_mutual_information(x, y, algorithm=a, standardize=False) for a in (1, 2)]
    with pytest.warns(EstimateWarning, match="tied"):
        found = [ksg_mutual_information(10 * x, 10 * y, algorithm=a, standardize=False) for a in (1, 2)]
    assert found[0] == pytest.approx(expected[0], abs=1e-9)


@pytest.mark.parametrize("k", [3, 10])
def test_rounding_makes_no_information(k):
    # Many are as far as the k-th neighbour: counted in the joint space alone, they would be worth 0.4 nats.
    x, y = np.round(normal(2000, 2), 1).T
    assert mixed_mutual_information(x, y, k) == pytest.approx(0, abs=0.05)
    with pytest.warns(EstimateWarning, match="tied"):
        assert conditional_knn_mutual_information(x, y, normal(2000, seed=1), k) == pytest.approx(0, abs=0.05)
    labels = np.random.default_rng(0).integers(3, size=(2, 50))
    assert mixed_mutual_information(*labels, 10) < 0.1
    dependent = np.round(correlated(2000, 0.8), 1)
    assert mixed_mutual_information(*dependent, k) == pytest.approx(normal_information(0.8), abs=0.05)


@pytest.mark.parametrize("algorithm", [1, 2])
def test_discrete_samples_get_a_sensible_value(algorithm):
    rng = np.random.default_rng(3)
    x = rng.integers(3, size=600)
    y = np.where(rng.random(600) < 0.6, x, rng.integers(3, size=600))
    with pytest.warns(EstimateWarning, match=r"^100\.00%"):
        found = ksg_mutual_information(x, y, algorithm=algorithm)
    assert found == pytest.approx(mixed_mutual_information(x, y), rel=1e-12, abs=0)


def test_repeated_samples_of_a_label_warn():
    labels, samples, truth = shifted_uniform(1000)
    with pytest.warns(EstimateWarning, match=r"are tied.*`mixed_mutual_information`"):
        found = discrete_continuous_mutual_information(labels, np.round(samples, 1))
    assert found == pytest.approx(truth, abs=0.1)


def test_single_precision_is_continuous_enough(silent):
    x, y = (column.astype(np.float32) for column in correlated(20_000, 0.6))
    assert ksg_mutual_information(x, y) == pytest.approx(normal_information(0.6), abs=0.03)
    assert knn_entropy(np.stack([x, y], axis=1)) == pytest.approx(2 * 1.4189 - normal_information(0.6), abs=0.05)


# What is refused

X, Y = correlated(20, 0.5)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ksg_mutual_information(X, Y[:-1]), r"`x` had 20 and `y` 19"),
        (lambda: conditional_knn_mutual_information(X, Y, Y[:-1]), r"`x` had 20 and `z` 19"),
        (lambda: discrete_continuous_mutual_information([1, 2], Y), r"`labels` had 2 and `samples` 20"),
        (lambda: ksg_mutual_information(X, Y, 20), r"`k` must be below .* samples, which was 20; it was 20"),
        (lambda: ksg_mutual_information(X, Y, 0), r"`k` must be an integer of at least 1; it was 0"),
        (lambda: ksg_mutual_information(np.ma.masked_less(X, 0), Y), r"`x` must have a value everywhere"),
        (lambda: knn_entropy(np.ma.masked_less(X, 0)), r"`samples` must have a value everywhere"),
        (lambda: knn_entropy(X, 20), r"which was 20"),
        (lambda: knn_entropy([1.0]), r"which was 1; it was 3"),
        (lambda: mixed_mutual_information(X, Y, 21), r"which was 20"),
        (lambda: discrete_continuous_mutual_information(X > 0, Y, 20), r"which was 20"),
        (lambda: ksg_mutual_information(X, np.full(20, 2.5)), r"`y` must vary in every column; column 0 was 2.5"),
        (lambda: knn_entropy(np.stack([X, 0 * X], axis=1)), r"`samples` must vary in every column; column 1 was 0"),
        (lambda: ksg_mutual_information([*X[1:], math.nan], Y), r"`x` must be finite; the value at \(19, 0\) was nan"),
        (lambda: ksg_mutual_information(X, [math.inf, *Y[1:]]), r"`y` must be finite; the value at \(0, 0\) was inf"),
        (lambda: knn_entropy([]), r"`samples` must have shape \(n,\) or \(n, d\)"),
        (lambda: knn_entropy(np.zeros((3, 3, 3))), r"it was \(3, 3, 3\)"),
        (lambda: knn_entropy(3.0), r"it was \(\)"),
        (lambda: knn_entropy([[1, 2], [3]]), r"`samples` must be rectangular"),
        (lambda: knn_entropy(X, metric="cosine"), r"`metric` must be .* it was 'cosine'"),
        (lambda: knn_entropy([-1.7e308, 0, 1.7e308], 1, standardize=False), r"must span a finite range"),
        (lambda: ksg_mutual_information(X, Y, algorithm=3), r"`algorithm` must be 1 or 2.* it was 3"),
        (lambda: ksg_mutual_information(X, Y, base=1), r"`base` must be"),
        (lambda: lnc_mutual_information(np.stack([X, Y], axis=1), Y), r"`x` must be one column; it had 2"),
        (lambda: lnc_mutual_information(X, Y, 2), r"`k` must be at least 3"),
        (lambda: lnc_mutual_information(X, Y, alpha=2), r"`alpha` must be from 0 to 1; it was 2"),
        (lambda: lnc_mutual_information(X, Y, alpha=math.nan), r"`alpha` must be from 0 to 1; it was nan"),
        (lambda: discrete_continuous_mutual_information(np.arange(20), Y), r"at least one label twice"),
        (lambda: discrete_continuous_mutual_information(np.zeros((20, 1), int), Y), r"`labels` must be one-dimension"),
        (lambda: discrete_continuous_mutual_information(X, Y), r"`labels` .* held the number .* which is not whole"),
        (lambda: discrete_continuous_mutual_information([None, *"ab" * 9, "c"], Y), r"`labels` .* None stands where"),
        (lambda: discrete_continuous_mutual_information(np.ma.masked_less(X, 0) > 1, Y), r"`labels` .* a mask stands"),
    ],
)
def test_values_that_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: knn_entropy(X, 2.5), r"`k` must be an integer of at least 1; it was 2.5"),
        (lambda: knn_entropy(X, True), r"`k` must be an integer of at least 1; it was True"),
        (lambda: knn_entropy(["a", "b"]), r"`samples` must be a list, a NumPy array or a torch tensor"),
        (lambda: knn_entropy(X + 1j), r"`samples` must be .* real numbers"),
        (lambda: lnc_mutual_information(X, Y, alpha="auto"), r"`alpha` must be a number; it was 'auto', a str"),
        (
            lambda: discrete_continuous_mutual_information([{1}] * 20, Y),
            r"`labels` must hold labels that can be hashed",
        ),
    ],
)
def test_types_that_are_refused(call, message):
    with pytest.raises(TypeError, match=message):
        call()


def test_arguments_are_left_as_they_were():
    x, y = correlated(200, 0.5)
    before = x.copy(), y.copy()
    ksg_mutual_information(x, y, standardize=False)
    knn_entropy(x)
    assert np.array_equal(x, before[0])
    assert np.array_equal(y, before[1])


def test_few_samples_do(silent):
    assert math.isfinite(ksg_mutual_information([0, 1], [5, 3], 1))
    assert knn_entropy([0, 1], 1) == pytest.approx(psi(2) - psi(1) + math.log(2), rel=1e-14, abs=0)


def test_arrays_are_searched_without_torch():
    program = (
        "import sys, numpy as np, infolib.estimators.knn as knn\n"
        "x, y = np.random.default_rng(0).normal(size=(2, 100))\n"
        "knn.ksg_mutual_information(x, y), knn.knn_entropy(x)\n"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], timeout=120).returncode == 0
