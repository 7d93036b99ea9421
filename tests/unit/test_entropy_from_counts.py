"""Entropy from counts: known values, exact biases, edge cases, and what is refused or warned about."""

import math
import warnings

import numpy as np
import pytest
import torch
from scipy.special import exp1, gammaln, psi

import infolib
from infolib.estimators import EstimateWarning, entropy_from_counts, estimated_outcomes

COUNTS = [1, 2, 3, 2, 1]

# To every digit printed by those who computed them.
KNOWN = {
    "plugin": "1.522955",
    "miller_madow": "1.745177",
    "chao_shen": "1.876548",
    "shrinkage": "1.609438",
    "laplace": "1.574097",
    "jeffreys": "1.556911",
    "minimax": "1.561237",
    "schurmann_grassberger": "1.539698",
    "grassberger_1988": "1.876292",
    "zhang": "1.773413",
    "bonachela": "1.540450",
    "chao_wang_jost": "1.847870",
    "nsb": "1.5090062",
}
WITH_K = ["laplace", "jeffreys", "minimax", "schurmann_grassberger", "shrinkage", "bonachela", "nsb"]
WITHOUT_K = ["plugin", "miller_madow", "jackknife", "zhang", "chao_wang_jost", "chao_shen"]
ALL = [*WITHOUT_K, "grassberger_1988", "grassberger_2003", *WITH_K]


@pytest.mark.parametrize("method", KNOWN)
def test_known_values_to_every_digit(method):
    digits = len(KNOWN[method].split(".")[1])
    # 1.8478704... is 1.847870 and not 1.84787: a comparison of strings sees the last digit.
    assert f"{entropy_from_counts(COUNTS, method):.{digits}f}" == KNOWN[method]
    if method in WITH_K:
        assert entropy_from_counts(COUNTS, method, n_outcomes=5) == entropy_from_counts(COUNTS, method)


def test_values_worked_out_by_hand():
    # G(1) = -gamma - log 2 and G(2) = G(3) = G(1) + 2.
    g1 = -np.euler_gamma - math.log(2)
    by_hand = math.log(9) - (2 * g1 + (2 + 3 + 2) * (g1 + 2)) / 9
    assert entropy_from_counts(COUNTS, "grassberger_2003") == pytest.approx(by_hand, rel=1e-14, abs=0)
    # Two different samples: the plug-in is log 2, and 0 without one of them.
    assert entropy_from_counts([1, 1], "jackknife") == pytest.approx(2 * math.log(2), rel=1e-14, abs=0)
    # psi(2) - psi(1) = 1.
    assert entropy_from_counts([1, 1], "zhang") == pytest.approx(1.0, rel=1e-14, abs=0)


def test_the_default_is_chao_wang_jost():
    assert entropy_from_counts(COUNTS) == entropy_from_counts(COUNTS, "chao_wang_jost")


@pytest.mark.parametrize("method", ALL)
def test_empty_bins_rows_axes_and_units(method):
    rows = np.array([[0, 1, 2, 3, 0, 2, 1], [4, 0, 0, 4, 1, 0, 0], [0, 1, 1, 1, 2, 9, 0]])
    one_by_one = [entropy_from_counts(row[row > 0], method) for row in rows]
    together = entropy_from_counts(rows, method)
    assert together.shape == (3,)
    assert together == pytest.approx(one_by_one, rel=1e-14, abs=0)
    assert entropy_from_counts(rows.T, method, axis=0) == pytest.approx(one_by_one, rel=1e-14, abs=0)
    assert entropy_from_counts(rows[None, :2], method).shape == (1, 2)
    assert entropy_from_counts(rows, method, base=2) == pytest.approx(together / math.log(2), rel=1e-14, abs=0)
    assert isinstance(entropy_from_counts(rows[0], method), np.float64)


@pytest.mark.parametrize("method", WITH_K)
def test_outcomes_that_were_not_seen_count(method):
    each = [entropy_from_counts(COUNTS, method, n_outcomes=k) for k in (5, 6, 7)]
    if method == "shrinkage":
        assert each[:2] == pytest.approx([math.log(5), math.log(6)], rel=1e-14, abs=0)  # weight 1 on the target
    assert each[0] < each[1] < each[2]
    per_row = entropy_from_counts([COUNTS] * 3, method, n_outcomes=[5, 6, 7])
    assert per_row == pytest.approx(each, rel=1e-14, abs=0)
    assert entropy_from_counts([*COUNTS, 0], method, n_outcomes=6) == each[1]
    assert entropy_from_counts(COUNTS, method, n_outcomes=6.0) == each[1]


@pytest.mark.filterwarnings("ignore::infolib.estimators.EstimateWarning")
@pytest.mark.parametrize("method", WITH_K)
def test_numbers_of_outcomes_beyond_64_bits(method):
    many, few = (entropy_from_counts(COUNTS, method, n_outcomes=k) for k in (2.0**80, 5))
    assert entropy_from_counts(COUNTS, method, n_outcomes=2**80) == many
    assert entropy_from_counts([COUNTS, COUNTS], method, n_outcomes=[2**80, 5]).tolist() == [many, few]


def test_masked_arrays_are_taken_where_nothing_is_masked():
    counts = np.ma.array(COUNTS, mask=False)
    assert entropy_from_counts(counts) == entropy_from_counts(COUNTS)
    counts[0] = np.ma.masked
    for function in (entropy_from_counts, estimated_outcomes, infolib.entropy, infolib.empirical_distribution):
        with pytest.raises(ValueError, match="must have a value everywhere; some were masked"):
            function(counts)


@pytest.mark.parametrize("method", ["plugin", "zhang", "chao_shen"])
def test_the_number_of_outcomes_does_not_matter_to_the_others(method):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EstimateWarning)
        assert entropy_from_counts(COUNTS, method, n_outcomes=50) == entropy_from_counts(COUNTS, method)


@pytest.mark.parametrize("dtype", [torch.int64, torch.float32, torch.float64])
def test_a_tensor_comes_back_as_a_tensor(dtype):
    counts = torch.tensor([COUNTS, COUNTS], dtype=dtype)
    value = entropy_from_counts(counts, "zhang", base=2)
    assert value.dtype == (torch.float32 if dtype == torch.float32 else torch.float64)
    expected = entropy_from_counts([COUNTS, COUNTS], "zhang", base=2)
    assert value.numpy() == pytest.approx(expected, rel=1e-14 if dtype != torch.float32 else 1e-7, abs=0)
    outcomes = estimated_outcomes(counts)
    assert outcomes.dtype == torch.int64 and outcomes.tolist() == [6, 6]
    assert entropy_from_counts(counts, "laplace", outcomes).shape == (2,)


# --- biases, exactly: a sum over all counts that N samples of a given source can have


def compositions(n, k):
    if k == 1:
        return np.array([[n]])
    parts = [compositions(n - first, k - 1) for first in range(n + 1)]
    return np.concatenate([np.insert(part, 0, first, axis=1) for first, part in enumerate(parts)])


def bias(method, p, n, **known):
    counts, p = compositions(n, len(p)), np.asarray(p)
    log_chance = gammaln(n + 1) - gammaln(counts + 1).sum(1) + (counts * np.log(p)).sum(1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EstimateWarning)
        estimates = entropy_from_counts(counts, method, **known)
    return float(np.exp(log_chance) @ estimates + (p * np.log(p)).sum())


P = np.array([0.5, 0.3, 0.2])
H = -(P * np.log(P)).sum()
D = -np.log(P).mean() - H  # how much more surprising an outcome is that all choose alike


def test_the_bias_of_the_plugin_to_third_order():
    for n in (50, 100):  # Harris (1975) has the third term
        expected = -2 / (2 * n) + (1 - (1 / P).sum()) / (12 * n**2) + (1 / P - 1 / P**2).sum() / (12 * n**3)
        assert bias("plugin", P, n) == pytest.approx(expected, abs=30 / n**4, rel=0)


def test_the_bias_of_zhang_exactly():
    for n in (3, 10, 25):
        v = np.arange(n, 3000)
        expected = -(P[:, None] * (1 - P[:, None]) ** v / v).sum()
        assert bias("zhang", P, n) == pytest.approx(expected, rel=1e-9, abs=1e-15)


def test_the_bias_of_grassberger_2003_is_one_over_2n_and_exponentially_small_terms():
    for n in (25, 50):
        rest = -(P * exp1(2 * n * P)).sum()
        expected = math.log(n) - psi(n)
        assert bias("grassberger_2003", P, n) == pytest.approx(expected, abs=2 * abs(rest) + 1e-14, rel=0)
        assert bias("grassberger_1988", P, n) == pytest.approx(expected, abs=2 * (P * exp1(n * P)).sum(), rel=0)


@pytest.mark.parametrize("method", ["miller_madow", "jackknife"])
def test_biases_of_second_order(method):
    small, large = bias(method, P, 50), bias(method, P, 100)
    assert 3.5 < small / large < 4.6
    assert abs(large) < 2 / 100**2


@pytest.mark.parametrize(
    ("method", "first_order"),
    [
        ("shrinkage", -1 + D * (1 - (P**2).sum()) / ((P - 1 / 3) ** 2).sum()),
        ("bonachela", H - 2 + 3 * D - 1),
        ("chao_shen", -1.0),
    ],
)
def test_biases_of_first_order(method, first_order):
    known = {"n_outcomes": 3} if method in WITH_K else {}
    small, large = (n * bias(method, P, n, **known) for n in (60, 120))
    extrapolated = 2 * large - small
    # What is left is of the order 1/N^2, with a large factor where the correction is large.
    assert extrapolated == pytest.approx(first_order, abs=0.06 * max(1, abs(first_order)), rel=0)


@pytest.mark.parametrize(
    ("method", "added"),
    [("laplace", 1), ("jeffreys", 0.5), ("schurmann_grassberger", 1 / 3), ("minimax", math.sqrt(120) / 3)],
)
def test_the_bias_of_pseudo_counts(method, added):
    # The entropy at the mean of the estimated probabilities, less half the curvature times their variance.
    n = 120
    q = (n * P + added) / (n + 3 * added)
    variance = n * P * (1 - P) / (n + 3 * added) ** 2
    expected = -(q * np.log(q)).sum() - H - (variance / q).sum() / 2
    found = bias(method, P, n, n_outcomes=3)
    assert found == pytest.approx(expected, abs=2 / n**2, rel=0)
    if method != "minimax":
        assert found == pytest.approx((-1 + 3 * added * D) / n, abs=5 / n**2, rel=0)


@pytest.mark.parametrize("p", [P, np.full(3, 1 / 3), np.array([0.7, 0.2, 0.1])])
def test_the_bias_of_minimax_to_order_one_over_n(p):
    d = -np.log(p).mean() + (p * np.log(p)).sum()
    e = d + (np.mean(1 / (3 * p)) - 1) / 2
    a, b, c = (n * (bias("minimax", p, n, n_outcomes=3) - d / math.sqrt(n)) for n in (25, 100, 400))
    extrapolated = (4 * (2 * c - b) - (2 * b - a)) / 3  # without the terms of order n^(-3/2) and n^(-2)
    assert extrapolated == pytest.approx(-1 - e, abs=0.03, rel=0)
    assert "D/sqrt(N) - (K-1)/(2N) - E/N" in (entropy_from_counts.__doc__ or "")


# --- edge cases


@pytest.mark.parametrize("method", WITHOUT_K)
@pytest.mark.parametrize("counts", [[1], [5], [0, 7, 0], [10**12]])
def test_a_single_outcome_has_no_entropy(method, counts):
    assert entropy_from_counts(counts, method) == 0


@pytest.mark.parametrize("method", WITH_K)
def test_one_sample_of_several_outcomes(method):
    value = entropy_from_counts([1], method, n_outcomes=4)
    added = {"laplace": 1, "jeffreys": 1 / 2, "minimax": 1 / 4, "schurmann_grassberger": 1 / 4, "shrinkage": math.inf}
    if method in added:
        rest = 1 / (4 + 1 / added[method])
        expected = -3 * rest * math.log(rest) - (1 - 3 * rest) * math.log(1 - 3 * rest)
    else:  # half of the uniform prior's log 4; and (2 (psi(4) - psi(3)) + 3 (psi(4) - psi(2))) / 3
        expected = {"nsb": math.log(4) / 2, "bonachela": (2 / 3 + 3 * (1 / 2 + 1 / 3)) / 3}[method]
    assert value == pytest.approx(expected, rel=1e-13, abs=0)


@pytest.mark.parametrize("method", ALL)
def test_all_samples_different(method):
    n = 20
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EstimateWarning)  # by Bonachela's, made for few outcomes
        value = entropy_from_counts([1] * n, method, **({"n_outcomes": 1000} if method in WITH_K else {}))
    assert math.isfinite(value) and value > 0
    if method == "chao_shen":  # a coverage of 1/N in place of 0
        p = 1 / n**2
        assert value == pytest.approx(-n * p * math.log(p) / (1 - (1 - p) ** n), rel=1e-13, abs=0)


@pytest.mark.parametrize("method", ALL)
def test_huge_counts_approach_the_truth(method):
    p = np.array([0.5, 0.25, 0.125, 0.125])
    value = entropy_from_counts(p * 8e11, method)
    assert value == pytest.approx(1.75 * math.log(2), rel=3e-6 if method == "minimax" else 1e-10, abs=0)


def test_a_small_entropy_keeps_its_digits():
    # H = log(1 + x) + x/(1 + x) log(1/x) for counts 1 and 1/x.
    x = 1e-12
    exact = math.log1p(x) - x / (1 + x) * math.log(x)
    assert entropy_from_counts([1e12, 1], "plugin") == pytest.approx(exact, rel=1e-13, abs=0)
    # psi(N) - psi(N - 1) = 1/(N - 1).
    n = 1e12 + 1
    zhang = (n - 1) / n / (n - 1) + (psi(n) + np.euler_gamma) / n
    assert entropy_from_counts([1e12, 1], "zhang") == pytest.approx(zhang, rel=1e-13, abs=0)


def test_chao_wang_jost_is_zhang_where_nothing_was_seen_once():
    for counts in ([2, 3, 4], [5, 5], [9]):
        assert entropy_from_counts(counts, "chao_wang_jost") == entropy_from_counts(counts, "zhang")


def test_estimated_outcomes():
    # 5 + 8/9 * 2^2/(2 * 2), rounded up; and without outcomes seen twice 3 + 5/6 * 3 * 2/2 = 5.5.
    assert estimated_outcomes(COUNTS) == 6 and isinstance(estimated_outcomes(COUNTS), np.int64)
    assert estimated_outcomes([3, 1, 1, 1]) == 4 + math.ceil(5 / 6 * 3)
    assert estimated_outcomes([[1, 1, 4], [2, 2, 2]]).tolist() == [4, 3]
    assert estimated_outcomes([[1, 2], [1, 2], [4, 2]], axis=0).tolist() == [4, 3]
    assert estimated_outcomes([1]) == 1


def test_estimated_outcomes_of_equally_likely_ones():
    counts = compositions(10, 10)
    chance = np.exp(gammaln(11) - gammaln(counts + 1).sum(1) - 10 * math.log(10))
    mean = chance @ estimated_outcomes(counts)
    assert mean == pytest.approx(12.505868, abs=5e-7, rel=0)
    assert f"Ten samples of ten equally likely outcomes give {mean:.1f} on" in (estimated_outcomes.__doc__ or "")
    # With expectations in the formula it is the true number.
    seen, once, twice = (chance @ times.sum(1) for times in (counts > 0, counts == 1, counts == 2))
    assert seen + 9 / 10 * once**2 / (2 * twice) == pytest.approx(10, rel=1e-12, abs=0)


# --- warnings and errors


def test_an_estimate_above_log_k_is_returned_with_a_warning():
    with pytest.warns(EstimateWarning, match=r"estimate of H by 'chao_shen': 2.70729 bits is above log K, 2.32193\."):
        value = entropy_from_counts(COUNTS, "chao_shen", n_outcomes=5, base=2)
    assert value == entropy_from_counts(COUNTS, "chao_shen", base=2)
    with pytest.warns(EstimateWarning, match=r"1 of 2 estimates of H by 'chao_shen'") as caught:
        entropy_from_counts([[100, 100, 1], [1, 2, 1]], "chao_shen", n_outcomes=3)
    assert caught[0].filename == __file__


def test_a_negative_estimate_is_returned_with_a_warning():
    with pytest.warns(EstimateWarning, match=r"-0.0154988 nats is below 0, 0\."):
        assert entropy_from_counts([30], "grassberger_1988") < 0


@pytest.mark.parametrize("method", ALL)
def test_possible_estimates_do_not_warn(method):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        entropy_from_counts([[1000, 2000, 500], [1, 0, 3]], method)
        if method != "bonachela":  # which adds up shares beyond 1 where K > 2
            entropy_from_counts([1000, 2000, 500], method, n_outcomes=3)
        # Exactly log K, but for rounding.
        if method in ("plugin", "laplace", "jeffreys", "minimax", "schurmann_grassberger", "shrinkage"):
            entropy_from_counts([7] * 49, method, n_outcomes=49)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"counts": [0.5, 0.5]}, ValueError, r"`counts` must be whole numbers from 0; the value at 0 was 0.5.*weights"),
        ({"counts": [[1, 2], [3, -1]]}, ValueError, r"whole numbers from 0; the value at \(1, 1\) was -1"),
        ({"counts": [1, math.nan]}, ValueError, r"`counts` must be finite; the value at 1 was nan"),
        ({"counts": [1, math.inf]}, ValueError, r"`counts` must be finite; the value at 1 was inf"),
        ({"counts": [[1, 2], [0, 0]]}, ValueError, r"at least one sample along axis 1; there was none in row 1\."),
        ({"counts": [0, 0]}, ValueError, r"at least one sample along axis 0; there was none\. Leave"),
        ({"counts": []}, ValueError, r"`counts` must not be empty"),
        ({"counts": 3}, ValueError, r"`counts` must have at least 1 axis"),
        ({"counts": np.ma.array([1, 2], mask=[0, 1])}, ValueError, r"`counts` must have a value everywhere"),
        ({"counts": ["a", "b"]}, TypeError, r"`counts` must be a list, a NumPy array or a torch tensor"),
        ({"counts": [1, 2], "axis": 1}, ValueError, r"`axis` must be an axis of `counts`"),
        ({"counts": [1, 2], "method": "mle"}, ValueError, r"`method` must be one of 'plugin', .*; it was 'mle'"),
        ({"counts": [1, 2], "method": ["plugin"]}, TypeError, r"`method` must be one of 'plugin', .*\['plugin'\]"),
        ({"counts": [1, 2], "base": 1}, ValueError, r"`base` must be"),
        ({"counts": [1, 2], "n_outcomes": 1}, ValueError, r"`n_outcomes` must be .* outcomes seen, 2; it was 1\."),
        ({"counts": [[1, 0], [1, 2]], "n_outcomes": 1}, ValueError, r"outcomes seen, 2 in row 1; it was 1\."),
        ({"counts": [1, 2], "n_outcomes": 10**400}, ValueError, r"`n_outcomes` must be below 2\*\*1024"),
        ({"counts": [1, 2], "n_outcomes": [2**70, None]}, TypeError, r"`n_outcomes` must be a whole number"),
        ({"counts": [1, 2], "n_outcomes": 2.5}, ValueError, r"`n_outcomes` must be a whole number.* 2.5"),
        ({"counts": [1, 2], "n_outcomes": math.nan}, ValueError, r"`n_outcomes` must be a whole number.* nan"),
        ({"counts": [1, 2], "n_outcomes": "5"}, TypeError, r"`n_outcomes` must be a whole number.*'5'"),
        ({"counts": [1, 2], "n_outcomes": [5, 5]}, ValueError, r"shape of the result, \(\); it had shape \(2,\)"),
        ({"counts": [1, 2], "method": "laplace", "n_outcomes": math.inf}, ValueError, r"finite for method 'laplace'"),
        (
            {"counts": [[3, 2], [4, 1], [1, 1]], "method": "nsb", "n_outcomes": math.inf},
            ValueError,
            r"`n_outcomes` must be below 1e\+200 where no outcome was seen twice in row 2; it was inf\.",
        ),
        (
            {"counts": [[[3, 2], [1, 1]]], "method": "nsb", "n_outcomes": 1e250},
            ValueError,
            r"seen twice in row \(0, 1\); it was 1e\+250\.",
        ),
    ],
)
def test_errors_name_the_argument_and_the_remedy(arguments, error, message):
    with pytest.raises(error, match=message):
        entropy_from_counts(**arguments)
