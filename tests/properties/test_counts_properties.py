"""Laws of the estimators of entropy from counts: what changes nothing, their order, bounds, and bias as N grows."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infolib.estimators import EstimateWarning, entropy_from_counts, estimated_outcomes, nsb_entropy

PSEUDO = ["schurmann_grassberger", "jeffreys", "laplace"]  # by what they add, where K > 2
PLAIN = ["plugin", "miller_madow", "jackknife", "zhang", "chao_wang_jost", "chao_shen"]
ALL = [*PLAIN, "grassberger_1988", "grassberger_2003", *PSEUDO, "minimax", "shrinkage", "bonachela", "nsb"]
EPS = 1e-12

samples = st.lists(st.one_of(st.integers(1, 4), st.integers(1, 10**6)), min_size=1, max_size=12)


def estimate(counts, method, **known):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EstimateWarning)
        return entropy_from_counts(counts, method, **known)


@given(samples, st.randoms(use_true_random=False), st.integers(0, 3))
def test_neither_order_nor_empty_bins_matter(counts, random, empty):
    shuffled = [*counts, *[0] * empty]
    random.shuffle(shuffled)
    for method in ALL:
        assert estimate(shuffled, method) == pytest.approx(estimate(counts, method), rel=1e-12, abs=1e-14), method


@given(st.lists(samples, min_size=2, max_size=4))
def test_a_row_is_the_same_alone_and_among_others(rows):
    width = max(map(len, rows))
    padded = np.array([[*row, *[0] * (width - len(row))] for row in rows])
    for method in ALL:
        alone = [estimate(row, method) for row in rows]
        assert estimate(padded, method) == pytest.approx(alone, rel=1e-12, abs=1e-14), method


@given(samples)
def test_corrections_of_the_plug_in_raise_it(counts):
    plugin = estimate(counts, "plugin")
    assert 0 <= plugin <= math.log(len(counts)) + EPS
    for method in ("miller_madow", "jackknife", "zhang"):
        assert estimate(counts, method) >= plugin - EPS
    assert estimate(counts, "chao_wang_jost") >= estimate(counts, "zhang") - EPS


@given(samples, st.integers(0, 100))
def test_a_share_for_all_raises_the_entropy_and_not_beyond_log_k(counts, unseen):
    k = len(counts) + unseen
    plugin, most = estimate(counts, "plugin"), math.log(k)
    values = [estimate(counts, method, n_outcomes=k) for method in PSEUDO]
    if k > 2:
        assert np.all(np.diff([plugin, *values, most]) >= -EPS)
    for method in ("minimax", "shrinkage"):
        assert plugin - EPS <= estimate(counts, method, n_outcomes=k) <= most + EPS


@given(samples, st.sampled_from([0, 1, 7, 10**4, 10**9]))
def test_the_posterior_stays_within_its_bounds(counts, unseen):
    k = len(counts) + unseen
    found = nsb_entropy(counts, k)
    assert 0 <= found.mean <= math.log(k)
    # No variable between 0 and log k has more variance than at the ends alone.
    assert found.standard_deviation**2 <= found.mean * (math.log(k) - found.mean) + EPS


@given(samples)
def test_estimated_outcomes_are_at_least_those_seen(counts):
    assert estimated_outcomes(counts) >= len(counts)
    assert estimated_outcomes([*counts, 0]) == estimated_outcomes(counts)
    assert estimated_outcomes([n + 2 for n in counts]) == len(counts)  # nothing rare, nothing missing


K = 100
SIZES = (50, 200, 2000)


@pytest.fixture(scope="module")
def biases():
    """Bias on a uniform source of 100 outcomes at each sample size: mean over 2,000 samples, 40 for nsb."""
    rng = np.random.default_rng(0)
    rows = [rng.multinomial(n, np.full(K, 1 / K), size=2000) for n in SIZES]
    known = {method: {"n_outcomes": K} for method in (*PSEUDO, "minimax", "shrinkage", "bonachela", "nsb")}
    return {
        method: [
            estimate(c[:40] if method == "nsb" else c, method, **known.get(method, {})).mean() - math.log(K)
            for c in rows
        ]
        for method in ALL
    }


def test_the_bias_vanishes_as_samples_grow(biases):
    for method, bias in biases.items():
        assert abs(bias[2]) < 0.08 if method != "bonachela" else bias[2] < 0.15
        assert abs(bias[2]) < abs(bias[0])


def test_the_biases_on_a_uniform_source_are_in_the_order_of_theory(biases):
    for i in range(2):
        plugin, miller_madow, zhang, grassberger, chao = (
            biases[method][i] for method in ("plugin", "miller_madow", "zhang", "grassberger_2003", "chao_wang_jost")
        )
        # zhang leaves exp(-N p), grassberger_2003 exp(-2 N p), and chao_wang_jost estimates what zhang leaves.
        assert plugin < miller_madow < zhang < grassberger < 0.02
        assert abs(chao) < abs(zhang) / 4
    assert biases["plugin"][2] == pytest.approx(-(K - 1) / (2 * 2000) + (1 - K**2) / (12 * 2000**2), rel=0.01, abs=0)


def test_more_of_a_uniform_prior_leaves_less_bias_on_a_uniform_source(biases):
    for i in range(3):
        ordered = [biases[method][i] for method in ("plugin", "schurmann_grassberger", "jeffreys", "laplace")]
        assert ordered == sorted(ordered)
        assert abs(biases["shrinkage"][i]) < 0.02
