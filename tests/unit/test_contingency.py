"""Mutual information of labels: known answers, labels of every kind, what is refused or warned about."""

import json
import math
import tracemalloc
import warnings

import numpy as np
import pandas as pd
import pytest
import torch

import infolib
from infolib.estimators import EstimateWarning, _labels, _resampling, entropy_from_counts
from infolib.estimators.contingency import (
    IndependenceTest,
    InformationInterval,
    adjusted_mutual_information,
    bootstrap_interval,
    expected_mutual_information,
    independence_test,
    mutual_information_from_contingency,
    mutual_information_from_samples,
)

LN2 = math.log(2)
ALL = [
    "plugin", "miller_madow", "jackknife", "grassberger_1988", "grassberger_2003", "zhang", "chao_wang_jost",
    "chao_shen", "laplace", "jeffreys", "minimax", "schurmann_grassberger", "shrinkage", "bonachela", "nsb",
]  # fmt: skip
POOLED = ["laplace", "jeffreys", "minimax", "schurmann_grassberger", "shrinkage"]
APART = [m for m in ALL if m not in ("plugin", *POOLED)]

CODES = [0, 1, 1, 2, 0, 1, 2, 2, 0, 1]
OTHER = [0, 0, 1, 1, 0, 1, 1, 1, 0, 1]
# Rows 3 0, 1 3, 0 3 of ten samples; columns sum to 4 and 6.
BY_HAND = (3 * math.log(30 / 12) + math.log(10 / 16) + 3 * math.log(30 / 24) + 3 * math.log(30 / 18)) / 10


def plugin(x, y, **rest):
    return mutual_information_from_samples(x, y, "plugin", **rest)


def drawn(n, symbols, share, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.integers(symbols, size=n)
    return x, np.where(rng.random(n) < share, x, rng.integers(symbols, size=n))


# Known answers.


def test_a_table_worked_out_by_hand():
    assert plugin(CODES, OTHER) == pytest.approx(BY_HAND, rel=1e-14, abs=0)
    assert plugin(CODES, OTHER, base=2) == pytest.approx(BY_HAND / LN2, rel=1e-14, abs=0)
    table = [[3, 0], [1, 3], [0, 3]]
    assert mutual_information_from_contingency(table, "plugin") == pytest.approx(BY_HAND, rel=1e-14, abs=0)
    assert isinstance(plugin(CODES, OTHER), float)


def test_independent_labels_have_exactly_none():
    x, y = np.divmod(np.arange(7 * 11 * 13), 11)
    assert plugin(x % 7, y) == 0.0
    assert plugin([0, 0, 0], [1, 2, 3]) == 0.0
    assert plugin(["a"], ["b"]) == 0.0


@pytest.mark.parametrize("method", ALL)
def test_labels_that_tell_all_have_their_entropy(method):
    x = np.repeat(np.arange(4), [50, 4, 3, 2])
    renamed = np.array([7, -3, 0, 2**45])[x]
    with warnings.catch_warnings():
        warnings.simplefilter("error" if method != "bonachela" else "ignore", EstimateWarning)
        found = mutual_information_from_samples(x, renamed, method)
    if method in POOLED:  # cells that were not seen have a share
        assert 0 < found < plugin(x, renamed)
    elif method in ("bonachela", "nsb"):  # 16 cells for the pair, 4 for each of them
        entropy, joint = (entropy_from_counts([50, 4, 3, 2], method, k) for k in (4, 16))
        assert found == pytest.approx(2 * entropy - joint, rel=1e-12, abs=0)
    else:
        assert found == pytest.approx(entropy_from_counts([50, 4, 3, 2], method), rel=1e-12, abs=0)


def test_exclusive_or_is_told_by_both_bits_and_by_neither():
    first, second = np.divmod(np.arange(400) % 4, 2)
    parity = first ^ second
    assert plugin(first, parity) == plugin(second, parity) == 0.0
    both = [(a, b) for a, b in zip(first.tolist(), second.tolist(), strict=True)]
    labels = np.empty(len(both), dtype=object)
    labels[:] = both
    assert plugin(labels, parity) == pytest.approx(LN2, rel=1e-14, abs=0)


def test_weak_dependence_keeps_its_digits():
    # I = ((1 + e) log(1 + e) + (1 - e) log(1 - e)) / 2 = e^2/2 + e^4/12 + ... with e = 1/n, below the rounding of H.
    n = 10**9
    found = mutual_information_from_contingency([[n + 1, n - 1], [n - 1, n + 1]], "plugin")
    assert found == pytest.approx(1 / (2 * n**2), rel=1e-6, abs=0)


@pytest.mark.parametrize("method", APART)
def test_other_methods_are_entropies_added_up(method):
    table = np.array([[9, 1, 0], [2, 7, 3], [0, 0, 5]])
    known = {"n_outcomes": 3} if method in ("bonachela", "nsb") else {}
    joint = {"n_outcomes": 9} if known else {}
    expected = (
        entropy_from_counts(table.sum(1), method, **known)
        + entropy_from_counts(table.sum(0), method, **known)
        - entropy_from_counts(table.reshape(-1), method, **joint)
    )
    assert mutual_information_from_contingency(table, method) == pytest.approx(float(expected), rel=1e-12, abs=0)
    x, y = np.divmod(np.repeat(np.arange(9), table.reshape(-1)), 3)
    assert mutual_information_from_samples(x, y, method) == pytest.approx(float(expected), rel=1e-12, abs=0)


def test_the_default_has_little_bias_where_the_plugin_has_much():
    rng = np.random.default_rng(0)
    p = 0.3 * np.eye(10) / 10 + 0.7 / 100
    truth = float(infolib.mutual_information(p))
    tables = rng.multinomial(200, p.reshape(-1), size=500).reshape(500, 10, 10)
    default, naive = (np.mean(mutual_information_from_contingency(tables, m)) for m in ("chao_wang_jost", "plugin"))
    assert naive - truth > 0.15
    assert abs(default - truth) < 0.015
    assert np.array_equal(
        mutual_information_from_contingency(tables), mutual_information_from_contingency(tables, "chao_wang_jost")
    )
    x, y = drawn(200, 10, 0.3)
    assert mutual_information_from_samples(x, y) == mutual_information_from_samples(x, y, "chao_wang_jost")


# Labels of every kind.

LETTERS = ["a", "b", "c"]
KINDS = {
    "negative": [v - 1 for v in CODES],
    "beyond 2**40": [v * 2**50 for v in CODES],
    "beyond 2**63": [v * 2**70 for v in CODES],
    "of both signs, beyond 2**63": [[2**63, -1, 5][v] for v in CODES],
    "uint64": np.array(CODES, dtype=np.uint64) + np.uint64(2**64 - 9),
    "int8 over its range": np.array([[-128, 127, 0][v] for v in CODES], dtype=np.int8),
    "other byte order": np.array(CODES, dtype=">i4"),
    "strings": [LETTERS[v] for v in CODES],
    "strings that end in a null": [["a", "a\0", "c"][v] for v in CODES],
    "array of strings": np.array(LETTERS)[CODES],
    "array of any strings": np.array(LETTERS, dtype=np.dtypes.StringDType())[CODES],
    "bytes": [LETTERS[v].encode() for v in CODES],
    "1 and '1'": [[1, "1", (1, 2)][v] for v in CODES],
    "whole floats": np.array(CODES, dtype=np.float64),
    "whole floats in a list": [float(v) for v in CODES],
    "int and float": [[0, 1.0, 2][v] for v in CODES],
    "floats beyond 2**63": np.array(CODES) * 1e300,
    "float16": np.array(CODES, dtype=np.float16),
    "days": np.array(["2020-01-01", "2021-01-01", "1922-01-01"], dtype="M8[D]")[CODES],
    "records": np.array([(v, 1) for v in CODES], dtype=[("a", int), ("b", int)]),
    "tensor": torch.tensor(CODES),
    "tensor of bytes": torch.tensor(CODES, dtype=torch.uint8),
    "tensor of bfloat16": torch.tensor(CODES, dtype=torch.bfloat16),
    "series": pd.Series(CODES),
    "series that may miss": pd.Series(CODES, dtype="Int64"),
    "series of strings": pd.Series([LETTERS[v] for v in CODES]),
    "categories": pd.Categorical([LETTERS[v] for v in CODES]),
    "generator": (v for v in CODES),
    "masked nowhere": np.ma.array(CODES, mask=False),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_labels_are_called_does_not_matter(kind):
    assert plugin(KINDS[kind], OTHER) == pytest.approx(BY_HAND, rel=1e-14, abs=0)


def test_codes_of_labels_have_no_gaps():
    codes, n_labels = _labels.label_codes("x", [7, 5, 900, 5])
    assert codes.tolist() == [1, 0, 2, 0] and n_labels == 3
    assert _labels.label_codes("x", ["b", "a", "b"])[1] == 2
    with pytest.raises(ValueError, match="`x` must not be empty"):
        _labels.label_codes("x", [])


def test_booleans_are_labels():
    truths = [v == 1 for v in OTHER]
    for bools in (truths, np.array(truths), torch.tensor(truths)):
        assert plugin(CODES, bools) == pytest.approx(BY_HAND, rel=1e-14, abs=0)


def test_labels_of_two_kinds_may_meet():
    assert plugin(torch.tensor(CODES), [LETTERS[v] for v in OTHER]) == pytest.approx(BY_HAND, rel=1e-14, abs=0)


@pytest.mark.parametrize("gap", [1, 50, 10**9])
def test_sorting_pairs_counts_as_a_table_does(monkeypatch, gap):
    x, y = drawn(3000, 40, 0.3)
    with_table = _labels.count_pairs(x * gap, y * gap)
    assert with_table.fits_table
    monkeypatch.setattr(_labels, "_fits_table", lambda shape, n: False)
    by_sorting = _labels.count_pairs(x * gap, y * gap)
    for one, other in zip(with_table, by_sorting, strict=True):
        assert np.array_equal(one, other)
    assert np.array_equal(by_sorting.table(), np.bincount(40 * x + y, minlength=1600).reshape(40, 40))


def test_memory_grows_with_the_samples_and_not_with_the_labels():
    n = 20_000
    x = np.arange(n)
    y = np.roll(x, 1)
    tracemalloc.start()
    found = plugin(x, y)
    test = independence_test(x, y, n_permutations=3)
    expected_mutual_information(x, y)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found == pytest.approx(math.log(n), rel=1e-12, abs=0)
    assert test.p_value == 1.0
    assert peak < 100 * 8 * n  # a table of all pairs would take 20,000 * 8 n


BAD = {
    "a fraction": ([0.5, 1.0], ValueError, "ksg_mutual_information"),
    "a fraction among strings": (["a", 0.5], ValueError, "ksg_mutual_information"),
    "infinity": ([np.inf, 1.0], ValueError, "not whole"),
    "NaN": ([1.0, math.nan], ValueError, "NaN stands where one is missing"),
    "NaN in a tensor": (torch.tensor([1.0, math.nan]), ValueError, "NaN stands where one is missing"),
    "NaN among strings": (["a", math.nan], ValueError, "nan stands where one is missing"),
    "None": (["a", None], ValueError, "None stands where one is missing"),
    "NaT": (np.array(["NaT", "2020-01-01"], dtype="M8[D]"), ValueError, "NaT stands where one is missing"),
    "NaT among objects": (pd.Series([pd.NaT, "a"], dtype=object), ValueError, "NaT stands where one is missing"),
    "NA": (np.array([pd.NA, "a"], dtype=object), ValueError, "<NA> stands where one is missing"),
    "a mask": (np.ma.array([1, 2], mask=[0, 1]), ValueError, "a mask stands where one is missing"),
    "a mask of records": (
        np.ma.array([(1, 2), (3, 4)], mask=[(0, 0), (0, 1)], dtype=[("a", int), ("b", int)]),
        ValueError,
        "a mask stands where one is missing",
    ),
    "a matrix": (np.zeros((2, 2)), ValueError, r"had shape \(2, 2\)"),
    "a list of lists": ([[1, 2], [3, 4]], ValueError, "held a list for each"),
    "nothing": ([], ValueError, "must not be empty"),
    "an empty array": (np.array([]), ValueError, "must not be empty"),
    "one label": (np.array(1), ValueError, r"had shape \(\)"),
    "a number": (3, TypeError, "of type int"),
    "a string": ("ab", TypeError, "of type str"),
    "dicts": ([{}, {}], TypeError, "can be hashed"),
    "tuples of lists": ([(1, []), 2], TypeError, "can be hashed; unhashable type: 'list'"),
    "a list of tensors": ([torch.tensor(1), torch.tensor(1)], TypeError, "torch.stack"),
    "complex numbers": (np.array([1j, 2]), TypeError, "complex128"),
    "another length": ([1, 2, 3], ValueError, "`x` had 2 labels and `y` 3"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_no_sequence_of_labels_is_refused(kind):
    labels, error, message = BAD[kind]
    with pytest.raises(error, match=message) as caught:
        plugin([0, 1], labels)
    assert "`y`" in str(caught.value)


# Tables.


@pytest.mark.filterwarnings("ignore::infolib.estimators.EstimateWarning")
def test_tables_may_come_in_batches():
    rng = np.random.default_rng(1)
    tables = rng.integers(0, 9, size=(2, 3, 4, 5))
    for method in ("plugin", "jackknife", "shrinkage"):
        found = mutual_information_from_contingency(tables, method, base=2)
        assert found.shape == (2, 3)
        for i, j in np.ndindex(2, 3):
            one = mutual_information_from_contingency(tables[i, j].tolist(), method, base=2)
            assert found[i, j] == pytest.approx(float(one), rel=1e-13, abs=0)


def test_a_tensor_gives_a_tensor():
    found = mutual_information_from_contingency(torch.tensor([[[3, 0], [1, 3], [0, 3]]] * 2), "plugin")
    assert isinstance(found, torch.Tensor) and found.dtype == torch.float64 and found.shape == (2,)
    assert found.tolist() == pytest.approx([BY_HAND] * 2, rel=1e-14, abs=0)


@pytest.mark.filterwarnings("ignore::infolib.estimators.EstimateWarning")
def test_empty_rows_are_outcomes_for_those_who_count_them():
    table = [[9, 1], [2, 8]]
    wide = [[9, 1, 0], [2, 8, 0], [0, 0, 0]]
    for method in ALL:
        one, other = (mutual_information_from_contingency(t, method) for t in (table, wide))
        if method in (*POOLED, "bonachela", "nsb"):
            assert abs(one - other) > 1e-4
        else:
            assert one == other


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ([3, 4], r"it had shape \(2,\)"),
        (np.zeros((0, 3)), r"it had shape \(0, 3\)"),
        ([[1, 2], [3, -1]], r"the value at \(1, 1\) was -1"),
        ([[0.5, 0.5], [0, 0]], "infolib.mutual_information"),
        (np.ma.array([[1, 2], [3, 4]], mask=[[0, 0], [0, 1]]), "`table` must have a value everywhere"),
        ([[1, math.nan]], r"the value at \(0, 1\) was nan"),
        ([[1, math.inf]], "was inf"),
        ([[0, 0], [0, 0]], "it was all zero"),
        ([[[1, 2]], [[0, 0]]], "table 1 was all zero"),
    ],
)
def test_what_is_no_table_of_counts_is_refused(table, message):
    with pytest.raises(ValueError, match=message):
        mutual_information_from_contingency(table)


@pytest.mark.filterwarnings("ignore::infolib.estimators.EstimateWarning")
def test_methods_and_bases_are_checked():
    for function in (mutual_information_from_samples, bootstrap_interval):
        with pytest.raises(ValueError, match="`method` must be one of 'plugin'"):
            function([0, 1], [0, 1], "mle")
        with pytest.raises(TypeError, match=r"`method` must be one of .*; it was \['plugin'\]"):
            function([0, 1], [0, 1], ["plugin"])
    with pytest.raises(ValueError, match="`base` must be"):
        plugin([0, 1], [0, 1], base=1)


# Warnings.


@pytest.mark.filterwarnings("ignore::infolib.estimators.EstimateWarning")
def test_estimates_leave_the_filters_of_warnings_alone(monkeypatch):
    # These belong to the process: changed and put back by several threads at once, they may stay changed.
    with monkeypatch.context() as patch:
        for name in ("catch_warnings", "simplefilter", "filterwarnings"):
            patch.setattr(warnings, name, None)
        for method in ALL:
            mutual_information_from_samples([0, 1, 0, 1], [0, 1, 1, 0], method)


def test_less_than_nothing_is_returned_and_said():
    x, y = np.divmod(np.arange(400), 20)
    with pytest.warns(EstimateWarning, match=r"the estimate of I\(X;Y\) by 'miller_madow': -.* bits is below 0"):
        found = mutual_information_from_samples(x % 2, y % 2, "miller_madow", base=2)
    assert found == pytest.approx(-1 / 800 / LN2, rel=1e-9, abs=0)
    tables = np.full((3, 2, 2), 100)
    tables[0] = [[50, 10], [10, 50]]
    with pytest.warns(EstimateWarning, match="2 of 3 estimates"):
        mutual_information_from_contingency(tables, "miller_madow")


def test_more_than_the_labels_allow_is_returned_and_said():
    bits = [0, 1] * 10
    with pytest.warns(EstimateWarning, match=r"1.03697 bits is above log 2, the most of H\(X\) or H\(Y\), 1\. These"):
        found = mutual_information_from_samples(bits, bits, base=2)
    assert found == entropy_from_counts([10, 10], base=2) > 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        mutual_information_from_contingency([[10, 0, 0], [0, 10, 0], [0, 0, 0]])  # of three labels it can be


@pytest.mark.parametrize("method", ["plugin", *POOLED])
def test_methods_of_one_table_have_nothing_to_warn_about(method):
    tables = np.random.default_rng(2).integers(0, 3, size=(500, 3, 4))
    tables[:, 0, 0] += 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = mutual_information_from_contingency(tables, method)
    assert (found > -1e-14).all()


def test_methods_that_mend_the_entropies_apart_may_be_far_below_nothing():
    with pytest.warns(EstimateWarning, match="is below 0"):
        assert mutual_information_from_contingency(np.eye(7), "bonachela") == pytest.approx(-6.4679, abs=5e-5)
    with pytest.warns(EstimateWarning, match="is below 0"):
        assert mutual_information_from_contingency(np.ones((2, 2)), "nsb") < -0.01


def test_the_warning_points_at_the_caller():
    x, y = np.divmod(np.arange(400), 20)
    with pytest.warns(EstimateWarning) as caught:
        mutual_information_from_samples(x % 2, y % 2, "miller_madow")
    assert len(caught) == 1 and caught[0].filename == __file__


# Chance.


def test_expected_information_worked_out_by_hand():
    # Two and two of four: one shuffling in three is a copy, the others are independent.
    assert expected_mutual_information([0, 0, 1, 1], ["a", "a", "b", "b"]) == pytest.approx(LN2 / 3, rel=1e-14, abs=0)
    assert expected_mutual_information([0, 0, 1, 1], [0, 0, 1, 1], base=2) == pytest.approx(1 / 3, rel=1e-14, abs=0)
    # Labels that are all different tell everything about the others, however shuffled.
    entropy = float(infolib.entropy([0.5, 0.25, 0.25]))
    assert expected_mutual_information(range(4), [0, 0, 1, 2]) == pytest.approx(entropy, rel=1e-14, abs=0)
    assert expected_mutual_information([1, 1, 1], [0, 1, 2]) == 0.0


def test_expected_information_of_many_samples_is_that_of_the_chi_square_law():
    x, y = np.arange(10**6) % 5, np.arange(10**6) // 5 % 4
    assert expected_mutual_information(x, y) == pytest.approx(4 * 3 / 2e6, rel=1e-4, abs=0)


def test_adjusted_information_of_trivial_labellings():
    same, different, halves = [0] * 6, list(range(6)), [0, 0, 0, 1, 1, 1]
    for normalizer in ("arithmetic", "max", "min", "geometric"):
        for one in (same, different, halves):
            assert adjusted_mutual_information(one, one, normalizer) == 1.0
        for one, other in ((same, different), (same, halves), (different, halves), (halves, different)):
            assert adjusted_mutual_information(one, other, normalizer) == 0.0
    assert adjusted_mutual_information([3], ["a"]) == 1.0


def test_adjusted_information_by_hand():
    # I = 0, E[I] = log 2 / 3, H = log 2.
    assert adjusted_mutual_information([0, 0, 1, 1], [0, 1, 0, 1]) == pytest.approx(-0.5, rel=1e-14, abs=0)
    x, y = drawn(5000, 30, 0.0)
    assert abs(adjusted_mutual_information(x, y)) < 0.02 < plugin(x, y)
    with pytest.raises(ValueError, match="`normalizer` must be one of 'arithmetic', 'geometric', 'max', 'min'"):
        adjusted_mutual_information(x, y, "sum")


# The test of independence.


def test_shuffling_tells_dependent_labels_from_others():
    x, y = drawn(300, 8, 0.3)
    found = independence_test(x, y, n_permutations=499)
    assert found.mutual_information == pytest.approx(plugin(x, y), rel=1e-12, abs=0)
    assert found.p_value == pytest.approx(1 / 500, rel=1e-14, abs=0)
    assert found.null.shape == (499,) and np.all(np.diff(found.null) >= 0)
    assert found.null_mean == pytest.approx(expected_mutual_information(x, y), rel=0.02, abs=0)
    assert found.excess == found.mutual_information - found.null_mean
    assert found.quantile(0.5) == np.median(found.null)
    assert independence_test(*drawn(300, 8, 0.0), n_permutations=499).p_value > 0.05


def test_ties_count_as_at_least_as_much():
    # Every shuffling of these gives one of two tables, a copy in one of three.
    found = independence_test([0, 0, 1, 1], [1, 1, 0, 0], n_permutations=3000)
    assert found.p_value == pytest.approx(1 / 3, rel=0.1, abs=0)
    assert independence_test([0, 0, 1, 1], [0, 1, 0, 1]).p_value == 1.0
    # All of these are permutations of one table, whose sums come in any order.
    assert independence_test(range(30), range(30)).p_value == 1.0
    assert independence_test([5] * 30, range(30)).p_value == 1.0


def test_ties_that_rounding_breaks_count_as_ties():
    x = np.repeat(np.arange(4), 4)
    test = independence_test(x, np.random.default_rng(2).permutation(x))
    near = np.abs(test.null - test.mutual_information) < 1e-9
    assert np.any(near & (test.null < test.mutual_information))  # the same table in another order
    at_least = np.sum(near | (test.null > test.mutual_information))
    assert test.p_value == pytest.approx((1 + at_least) / 1001, rel=1e-14, abs=0)


def test_a_test_prints_in_its_unit_and_becomes_a_dict():
    x, y = drawn(300, 8, 0.3)
    nats, bits = (independence_test(x, y, n_permutations=99, base=base) for base in (None, 2))
    assert isinstance(nats, IndependenceTest)
    assert bits.mutual_information == pytest.approx(nats.mutual_information / LN2, rel=1e-14, abs=0)
    assert bits.null_mean == pytest.approx(nats.null_mean / LN2, rel=1e-13, abs=0)
    assert bits.null_standard_deviation == pytest.approx(nats.null.std() / LN2, rel=1e-13, abs=0)
    assert bits.p_value == nats.p_value
    first, second = str(bits).splitlines()
    assert first.startswith(f"I(X;Y) = {bits.mutual_information:.4g} bits, p = {bits.p_value:.3g} (")
    assert second.startswith(f"by chance {bits.null_mean:.4g}, ")
    assert first.endswith("p = 0.01 (99 permutations)")
    assert "null=" not in repr(bits)
    plain = json.loads(json.dumps(bits.to_dict()))
    assert plain["unit"] == "bits" and plain["n_permutations"] == 99
    assert plain["null_quantiles"]["0.95"] == bits.quantile(0.95)
    with pytest.raises(AttributeError):
        bits.p_value = 0.0


@pytest.mark.filterwarnings("ignore::infolib.estimators.EstimateWarning")
@pytest.mark.parametrize("function", [independence_test, bootstrap_interval])
def test_a_seed_makes_the_same_numbers(function):
    x, y = drawn(60, 3, 0.4)
    one, again, other = (function(x, y, seed=seed) for seed in (4, 4, 5))
    assert one == again and one != other
    generator = np.random.default_rng(4)
    assert function(x, y, seed=generator) == one
    assert function(x, y, seed=generator) != one  # it has moved on
    with pytest.raises(TypeError, match="`seed` must be an integer"):
        function(x, y, seed="a")
    with pytest.raises(ValueError, match="`seed` must be an integer of at least 0; it was -1"):
        function(x, y, seed=-1)


def test_numbers_of_shufflings_and_resamples_are_checked():
    with pytest.raises(ValueError, match="`n_permutations` must be an integer of at least 1; it was 0"):
        independence_test([0, 1], [0, 1], n_permutations=0)
    with pytest.raises(TypeError, match=r"`n_permutations` must be an integer of at least 1; it was 9\.5"):
        independence_test([0, 1], [0, 1], n_permutations=9.5)
    with pytest.raises(ValueError, match="`n_resamples` must be an integer of at least 100; it was 9"):
        bootstrap_interval([0, 1], [0, 1], n_resamples=9)
    for level, error in ((0, ValueError), (1, ValueError), (95, ValueError), ("0.95", TypeError), (True, TypeError)):
        with pytest.raises(error, match="`level` must be a number between 0 and 1"):
            bootstrap_interval([0, 1], [0, 1], level=level)


def test_the_unit_is_checked_before_anything_is_drawn(monkeypatch):
    for name in ("shuffled_nats", "interval_nats"):
        monkeypatch.setattr(_resampling, name, None)
    for function in (independence_test, bootstrap_interval):
        with pytest.raises(ValueError, match="`base` must be"):
            function(CODES, OTHER, base=1)


# The interval.


def test_an_interval_prints_in_its_unit_and_becomes_a_dict():
    x, y = drawn(300, 4, 0.5)
    nats, bits = (bootstrap_interval(x, y, n_resamples=200, base=base) for base in (None, 2))
    assert isinstance(bits, InformationInterval)
    assert nats.low < nats.mutual_information < nats.high
    assert nats.mutual_information == mutual_information_from_samples(x, y)
    for name in ("low", "high", "mutual_information"):
        assert getattr(bits, name) == pytest.approx(getattr(nats, name) / LN2, rel=1e-14, abs=0)
    assert str(bits) == (
        f"I(X;Y) = {bits.mutual_information:.4g} bits (chao_wang_jost, 300 samples), "
        f"95% interval {bits.low:.4g} to {bits.high:.4g}"
    )
    plain = json.loads(json.dumps(bits.to_dict()))
    assert plain["low"] == bits.low and plain["count"] == 300 and plain["unit"] == "bits"
    with pytest.raises(AttributeError):
        bits.low = 0.0


def test_a_higher_level_gives_a_longer_interval():
    x, y = drawn(300, 4, 0.4)
    narrow, wide = (bootstrap_interval(x, y, level=level) for level in (0.5, 0.99))
    assert wide.low < narrow.low < narrow.high < wide.high


def enough_hold(samples, truth):
    """Whether 20 of 25 intervals hold the truth, as all but one in 200 such tests do where 93% of intervals should."""
    ends = [bootstrap_interval(x, y, n_resamples=200, seed=i) for i, (x, y) in enumerate(samples)]
    inside = sum(found.low <= truth + 1e-12 and truth <= found.high + 1e-12 for found in ends)
    return inside >= 20, ends


@pytest.mark.filterwarnings("ignore::infolib.estimators.EstimateWarning")
def test_independent_labels_have_intervals_from_zero():
    fine, ends = enough_hold([drawn(100, 3, 0.0, seed) for seed in range(25)], 0.0)
    assert fine
    assert all(0 < found.high < 0.25 for found in ends)  # never the point 0


@pytest.mark.filterwarnings("ignore::infolib.estimators.EstimateWarning")
@pytest.mark.parametrize(("n", "symbols", "share"), [(200, 2, 0.5), (60, 4, 0.5), (300, 3, 1.0)])
def test_intervals_hold_the_truth_where_the_plugin_is_biased(n, symbols, share):
    p = share * np.eye(symbols) / symbols + (1 - share) / symbols**2
    truth = float(infolib.mutual_information(p))
    fine, ends = enough_hold([drawn(n, symbols, share, seed) for seed in range(25)], truth)
    assert fine
    assert np.mean([found.high - found.low for found in ends]) < 0.9 * math.log(symbols)


@pytest.mark.filterwarnings("ignore::infolib.estimators.EstimateWarning")
def test_labels_balanced_by_design_do_not_make_an_interval_of_one_point():
    x = np.arange(1000) % 10
    copied, crossed = bootstrap_interval(x, x), bootstrap_interval(x, np.arange(1000) // 10 % 10)
    assert copied.low < math.log(10) - 0.005 and copied.high == pytest.approx(math.log(10), rel=1e-9, abs=0)
    assert crossed.low == 0.0 and 0.005 < crossed.high < 0.05


@pytest.mark.parametrize("swapped", [False, True])
def test_an_interval_of_labels_that_never_change_warns(swapped):
    # Ten samples of Y = X miss a label of probability 0.1 in 35 of 100 cases: then 0 is not all that can be.
    sample = [["same"] * 50, np.arange(50) % 7]
    with pytest.warns(EstimateWarning, match=f"`{'xy'[swapped]}` never changed.* the single point 0") as caught:
        found = bootstrap_interval(*sample[:: -1 if swapped else 1])
    assert len(caught) == 1 and caught[0].filename == __file__
    assert (found.low, found.high) == (0.0, 0.0)
    assert found.mutual_information == pytest.approx(0.0, abs=1e-12)


def test_an_impossible_estimate_of_an_interval_warns():
    x, y = np.divmod(np.arange(400), 20)
    with pytest.warns(EstimateWarning, match="is below 0") as caught:
        found = bootstrap_interval(x % 2, y % 2, n_resamples=100)
    assert found.mutual_information < 0 == found.low
    assert len(caught) == 1 and caught[0].filename == __file__


def test_intervals_of_pairs_seen_once_warn():
    x, y = drawn(50, 30, 0.0)
    with pytest.warns(EstimateWarning, match="of 50 samples are of a pair that occurred once") as caught:
        bootstrap_interval(x, y, "plugin", n_resamples=100)
    assert len(caught) == 1 and caught[0].filename == __file__


def test_tables_too_large_to_draw_are_refused():
    labels = np.arange(600)
    with pytest.raises(ValueError, match="at most 262,144 pairs of labels; they had 600 x 600"):
        bootstrap_interval(labels, labels)
