"""Laws of the mutual information of labels: symmetry, renaming, bounds, data processing, chance."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from infolib.estimators import EstimateWarning, entropy_from_counts
from infolib.estimators.contingency import (
    adjusted_mutual_information,
    bootstrap_interval,
    expected_mutual_information,
    independence_test,
    mutual_information_from_contingency,
    mutual_information_from_samples,
)

EPS = 1e-12
FAST = [
    "plugin", "miller_madow", "jackknife", "grassberger_1988", "grassberger_2003", "zhang", "chao_wang_jost",
    "chao_shen", "laplace", "jeffreys", "minimax", "schurmann_grassberger", "shrinkage", "bonachela",
]  # fmt: skip
POOLED = ["laplace", "jeffreys", "minimax", "schurmann_grassberger", "shrinkage"]

pytestmark = pytest.mark.filterwarnings("ignore::infolib.estimators.EstimateWarning")


@st.composite
def labels(draw, most=40):
    """Two vectors of one length."""
    n = draw(st.integers(1, most))
    return tuple(
        draw(hnp.arrays(np.int64, n, elements=st.integers(0, draw(st.integers(0, 9))))) for _ in range(2)
    )  # fmt: skip


def plugin(x, y):
    return mutual_information_from_samples(x, y, "plugin")


def entropy(x):
    return float(entropy_from_counts(np.unique(x, return_counts=True)[1], "plugin"))


@given(labels(), st.sampled_from(FAST))
def test_neither_order_nor_names_matter(pair, method):
    x, y = pair
    found = mutual_information_from_samples(x, y, method)
    others = [
        mutual_information_from_samples(y, x, method),
        mutual_information_from_samples(x[::-1], y[::-1], method),
        mutual_information_from_samples(-(10**12) * x, [f"label {v}" for v in y], method),
    ]
    assert others == pytest.approx([found] * 3, abs=EPS)


@given(labels(), st.sampled_from(FAST))
def test_samples_and_their_table_agree(pair, method):
    x, y = (np.unique(side, return_inverse=True)[1] for side in pair)
    table = np.zeros((x.max() + 1, y.max() + 1), dtype=int)
    np.add.at(table, (x, y), 1)
    found = mutual_information_from_contingency(table, method)
    assert found == pytest.approx(mutual_information_from_samples(x, y, method), abs=EPS)


@given(labels())
def test_the_plugin_is_between_zero_and_the_entropies(pair):
    x, y = pair
    assert 0 <= plugin(x, y) <= min(entropy(x), entropy(y)) + EPS
    assert plugin(x, x) == pytest.approx(entropy(x), abs=EPS)


@given(labels(), st.sampled_from(FAST))
def test_no_method_exceeds_its_own_entropies(pair, method):
    assume(method not in POOLED)  # H(X) and H(Y) are those of the mended table, not those of X and Y mended alone
    found = mutual_information_from_samples(*pair, method)
    for side in pair:
        counts = np.unique(side, return_counts=True)[1]
        assert found <= entropy_from_counts(counts, method) + EPS


@given(labels(), st.sampled_from(["plugin", *POOLED]))
def test_one_table_has_no_negative_information(pair, method):
    with warnings.catch_warnings():
        warnings.simplefilter("error", EstimateWarning)
        assert mutual_information_from_samples(*pair, method) >= -EPS


@given(labels(), st.lists(st.integers(0, 3), min_size=10, max_size=10))
def test_merging_labels_cannot_raise_the_plugin(pair, names):
    x, y = pair
    merged = np.array(names)[y]
    assert plugin(x, merged) <= plugin(x, y) + EPS


@given(labels())
def test_a_sample_repeated_has_the_same_plugin(pair):
    x, y = pair
    assert plugin(np.tile(x, 7), np.tile(y, 7)) == pytest.approx(plugin(x, y), abs=EPS)


@given(labels())
def test_chance_is_between_zero_and_the_entropies(pair):
    x, y = pair
    expected = expected_mutual_information(x, y)
    assert 0 <= expected <= min(entropy(x), entropy(y)) + EPS
    assert expected == pytest.approx(expected_mutual_information(y, np.sort(x)), abs=EPS)


@given(labels(), st.sampled_from(["arithmetic", "max", "min", "geometric"]))
def test_adjusted_information_is_symmetric_and_at_most_one(pair, normalizer):
    x, y = pair
    found = adjusted_mutual_information(x, y, normalizer)
    assert found <= 1
    assert found == pytest.approx(adjusted_mutual_information(y, x, normalizer), abs=1e-10)
    assert adjusted_mutual_information(x, x, normalizer) == pytest.approx(1.0, rel=1e-10, abs=0)


@given(labels())
@settings(max_examples=30)
def test_p_values_are_probabilities_in_steps(pair):
    x, y = pair
    test = independence_test(x, y, n_permutations=19)
    steps = 20 * test.p_value
    assert 1 <= steps <= 20 and steps == pytest.approx(round(steps), rel=1e-12, abs=0)
    assert np.all(test.null >= 0) and np.all(test.null <= min(entropy(x), entropy(y)) + EPS)


@given(labels(most=60), st.sampled_from(["plugin", "jackknife", "chao_wang_jost"]))
@settings(max_examples=25)
def test_intervals_stay_within_what_the_labels_allow(pair, method):
    x, y = pair
    found = bootstrap_interval(x, y, method, n_resamples=100)
    most = math.log(min(len(np.unique(x)), len(np.unique(y))))
    assert 0 <= found.low <= found.high <= most + 1e-9
