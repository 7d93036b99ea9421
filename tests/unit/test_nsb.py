"""The posterior of Nemenman, Shafee and Bialek: known values, closed forms, and its ways of being called."""

import math

import numpy as np
import pytest
import torch
from scipy.special import polygamma, psi

from infolib.estimators import entropy_from_counts, nsb_entropy


@pytest.mark.parametrize(
    ("counts", "n_outcomes", "mean"),
    [
        ([1, 2, 3, 2, 1], 5, "1.5090062"),
        ([2, 1], 2, ".58894370861668"),
        ([3, 2, 2, 1, 1], 100, "2.2171918677736"),
        ([1, 1, 1, 1, 1], 1000, "4.9176873012885"),
    ],
)
def test_known_values_to_every_digit(counts, n_outcomes, mean):
    digits = len(mean.split(".")[1])
    assert f"{nsb_entropy(counts, n_outcomes).mean:.{digits}f}".lstrip("0") == mean


def test_one_sample():
    # The mean over all samples of what is expected after one is what was expected before: half of log K. And with all
    # outcomes alike, every sample leaves the same.
    for k in (2, 3, 100, 10**9, 10**18, 10**30, 10**199):
        assert nsb_entropy([1], k).mean == pytest.approx(math.log(k) / 2, rel=1e-13, abs=0)


def test_one_possible_outcome():
    assert nsb_entropy([7], 1)[:2] == (0.0, 0.0)


def test_many_samples_leave_no_doubt():
    # With much data the mean is the truth, and the variance that of log p over N.
    p = np.array([0.5, 0.25, 0.125, 0.125])
    found = nsb_entropy(8e7 * p, 4)
    surprisal = -np.log(p)
    h = p @ surprisal
    assert found.mean == pytest.approx(h, abs=1e-7, rel=0)
    assert found.standard_deviation == pytest.approx(math.sqrt(p @ (surprisal - h) ** 2 / 8e7), rel=1e-5, abs=0)


def test_an_infinite_alphabet_is_the_limit_of_large_ones():
    counts = [4, 3, 3, 2, 2, 2, 1, 1, 1]
    limit = nsb_entropy(counts, math.inf)
    # What is cut off beyond K falls as K^-10 here, for as many coincidences; what remains is of order 1/K.
    for k in (10**6, 10**9):
        assert nsb_entropy(counts, k)[:2] == pytest.approx(limit[:2], rel=100 / k, abs=0)


@pytest.mark.parametrize("counts", [[2, 1], [3], [1000, 1], [4, 3, 3, 2, 2, 2, 1, 1, 1]])
def test_huge_alphabets_up_to_the_largest_float(counts):
    limit = nsb_entropy(counts, math.inf)
    for k in (1e30, 1e199, 1e200, 1e260, 10**308):
        assert nsb_entropy(counts, k)[:2] == pytest.approx(limit[:2], rel=1e-13, abs=0)


@pytest.mark.parametrize(("n", "coincidences"), [(10**6, 1000), (10**8, 1000)])
def test_nemenmans_asymptotic_value_of_an_infinite_alphabet(n, coincidences):
    found = nsb_entropy([1, 2], math.inf, multiplicities=[n - 2 * coincidences, coincidences])
    asymptotic = np.euler_gamma - math.log(2) + 2 * math.log(n) - psi(coincidences)
    assert found.mean == pytest.approx(asymptotic, abs=2 * coincidences / n + 1e-5, rel=0)
    spread = math.sqrt(polygamma(1, coincidences))
    assert found.standard_deviation == pytest.approx(spread, rel=4 * coincidences / n + 1e-4, abs=0)


def test_multiplicities_stand_for_outcomes_listed():
    listed = nsb_entropy([1] * 30 + [2] * 7 + [11], 10**4)
    assert nsb_entropy([1, 2, 11], 10**4, multiplicities=[30, 7, 1]) == listed
    # Counts may repeat, and what occurs 0 times or has a count of 0 plays no part.
    assert nsb_entropy([11, 1, 1, 5, 2, 0], 10**4, multiplicities=[1, 10, 20, 0, 7, 3]) == listed


def test_order_empty_bins_tensors_and_units():
    plain = nsb_entropy([3, 2, 1], 7)
    assert nsb_entropy([0, 1, 3, 0, 2], 7) == plain
    assert nsb_entropy(torch.tensor([3, 2, 1]), 7) == plain
    in_bits = nsb_entropy([3, 2, 1], 7, base=2)
    assert in_bits.unit == "bits"
    assert in_bits[:2] == pytest.approx([value / math.log(2) for value in plain[:2]], rel=1e-15, abs=0)


def test_rows_of_counts():
    rows = [[3, 2, 1, 0], [5, 5, 0, 0]]
    assert entropy_from_counts(rows, "nsb", n_outcomes=9).tolist() == [nsb_entropy(row, 9).mean for row in rows]
    endless = entropy_from_counts([[3, 2, 1], [2, 2, 2]], "nsb", n_outcomes=math.inf)
    assert endless[1] == nsb_entropy([2, 2, 2], math.inf).mean


def test_the_result_prints_and_turns_into_a_dictionary():
    found = nsb_entropy([1, 2, 3, 2, 1], 5)
    assert str(found) == "1.50901 +- 0.096 nats"
    assert found.to_dict() == {"mean": found.mean, "standard_deviation": found.standard_deviation, "unit": "nats"}
    assert type(found.mean) is float and type(found.standard_deviation) is float


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"counts": [1, 2], "n_outcomes": 1}, ValueError, r"`n_outcomes` must be .* outcomes seen, 2; it was 1\."),
        ({"counts": [1], "n_outcomes": 9, "multiplicities": [10]}, ValueError, r"outcomes seen, 10; it was 9\."),
        ({"counts": [1, 2], "n_outcomes": None}, TypeError, r"`n_outcomes` must be a whole number.*None"),
        ({"counts": [1, 2], "n_outcomes": [3, 3]}, ValueError, r"`n_outcomes` must be one number"),
        ({"counts": [1, 1], "n_outcomes": math.inf}, ValueError, r"must be below 1e\+200 where no outcome was seen"),
        ({"counts": [1], "n_outcomes": 10**200}, ValueError, r"was seen twice; it was 1e\+200\. Such counts"),
        ({"counts": [[1, 2]], "n_outcomes": 5}, ValueError, r"`counts` must be one-dimensional.*entropy_from_counts"),
        ({"counts": [1, 2], "n_outcomes": 9, "multiplicities": [1]}, ValueError, r"`multiplicities` of the same"),
        ({"counts": [1, 2], "n_outcomes": 9, "multiplicities": [1, 0.5]}, ValueError, r"`multiplicities` must be"),
        ({"counts": [1, 0], "n_outcomes": 9, "multiplicities": [0, 1]}, ValueError, r"must hold at least one sample"),
        ({"counts": [0.5], "n_outcomes": 5}, ValueError, r"`counts` must be whole numbers"),
    ],
)
def test_errors_name_the_argument_and_the_remedy(arguments, error, message):
    with pytest.raises(error, match=message):
        nsb_entropy(**arguments)
