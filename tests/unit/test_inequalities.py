"""Known answers of the inequalities, the cases where their sides are equal, what they print and what they refuse."""

import itertools
import json
import math

import numpy as np
import pytest
import torch

import infolib
from infolib.inequalities._inequality import Inequality

LN2 = math.log(2)

# Cover & Thomas (2006), example 2.2.1: rows are y, columns are x.
TABLE = np.array([[4, 2, 1, 1], [2, 4, 1, 1], [2, 2, 2, 2], [8, 0, 0, 0]]) / 32
PARITY = np.array([[[0.25, 0.0], [0.0, 0.25]], [[0.0, 0.25], [0.25, 0.0]]])
THREE_COINS = np.full((2, 2, 2), 1 / 8)


# The result.


def test_an_inequality_prints_its_claim_and_becomes_a_dict():
    claim = infolib.fano_bound([[0.5, 0.0], [0.25, 0.25]], base=2)
    assert isinstance(claim, Inequality)
    assert str(claim) == "H(X|Y) <= h(Pe) + Pe log(|X| - 1): 0.6887 <= 0.8113 bits"
    assert claim.slack == claim.right - claim.left
    plain = json.loads(json.dumps(claim.to_dict()))
    assert plain == {
        "statement": "H(X|Y) <= h(Pe) + Pe log(|X| - 1)",
        "left": float(claim.left),
        "right": float(claim.right),
        "slack": float(claim.slack),
        "unit": "bits",
    }
    with pytest.raises(AttributeError):
        claim.left = 0.0


def test_a_batch_prints_its_smallest_slack():
    claim = infolib.pinsker([[0.5, 0.5], [0.9, 0.1]], [0.75, 0.25])
    assert str(claim) == "2 TV^2 <= D(p || q): 2 cases, smallest slack 0.0188 nats"
    assert claim.to_dict()["left"] == pytest.approx([0.125, 0.045], rel=1e-14, abs=0)
    assert str(Inequality("a <= b", np.zeros((0,)), np.zeros((0,)), "nats")) == "a <= b: no cases"
    assert str(Inequality("a <= b", 1e-9, math.inf, "nats")) == "a <= b: 1e-09 <= inf nats"


# Fano.


def test_fano_of_a_noisy_channel_of_four_letters_is_an_equality():
    # Every y leaves the same error, spread evenly over the wrong letters.
    error, n = 0.3, 4
    p = np.full((n, n), error / (n - 1) / n)
    np.fill_diagonal(p, (1 - error) / n)
    claim = infolib.fano_bound(p)
    expected = infolib.binary_entropy(error) + error * math.log(n - 1)
    assert claim.left == pytest.approx(expected, rel=1e-14, abs=0)
    assert claim.right == pytest.approx(expected, rel=1e-14, abs=0)


def test_fano_exercise_of_cover_and_thomas():
    # Problem 2.32: p(x, y) with 1/6 on the diagonal and 1/12 elsewhere; Pe = 1/2, H(X|Y) = 1.5 bits, and the bound
    # H(X|Y) <= h(1/2) + 1/2 log 2 is met.
    p = np.full((3, 3), 1 / 12) + np.eye(3) / 12
    claim = infolib.fano_bound(p, base=2)
    assert claim.left == pytest.approx(1.5, rel=1e-14, abs=0)
    assert claim.right == pytest.approx(1.5, rel=1e-14, abs=0)
    assert infolib.fano_error(claim.left, 3, base=2) == pytest.approx(0.5, rel=1e-7, abs=0)


def test_fano_takes_the_best_guess_of_x_from_y_and_not_of_y_from_x():
    # X is seen through Y in TABLE as x=1, y=0: the best guess is right with probability 1/8 + 1/8 + 1/16 + 1/4.
    error = 1 - (4 + 4 + 2 + 8) / 32
    right = infolib.binary_entropy(error) + error * math.log(3)
    claim = infolib.fano_bound(TABLE, x=1, y=0)
    assert claim.right == pytest.approx(right, rel=1e-14, abs=0)
    assert claim.left == pytest.approx(11 / 8 * LN2, rel=1e-14, abs=0)
    assert infolib.fano_bound(TABLE).left == pytest.approx(13 / 8 * LN2, rel=1e-14, abs=0)
    other = 1 - (8 + 4 + 2 + 2) / 32
    assert infolib.fano_bound(TABLE).right == pytest.approx(
        infolib.binary_entropy(other) + other * math.log(3), rel=1e-14
    )


def test_fano_where_x_is_certain_or_nothing_is_known():
    certain = infolib.fano_bound([[0.5, 0.0], [0.0, 0.5]])
    assert certain.left == certain.right == 0
    alone = infolib.fano_bound([[0.5, 0.5]])
    assert alone.left == alone.right == 0
    nothing = infolib.fano_bound(np.full((5, 2), 0.1))
    assert nothing.left == pytest.approx(math.log(5), rel=1e-14, abs=0)
    assert nothing.right == pytest.approx(math.log(5), rel=1e-14, abs=0)


def test_fano_keeps_an_error_far_below_rounding():
    tiny = 1e-40
    claim = infolib.fano_bound([[0.5, tiny], [0.0, 0.5]])
    assert claim.right == pytest.approx(tiny * (1 - math.log(tiny)), rel=1e-13, abs=0)
    assert 0 < claim.left < claim.right


def test_fano_of_groups_of_variables():
    p = np.random.default_rng(0).dirichlet(np.ones(24)).reshape(2, 3, 4)
    merged = infolib.fano_bound(p.reshape(6, 4))
    claim = infolib.fano_bound(p, x=(0, 1), y=2)
    assert claim.left == pytest.approx(merged.left, rel=1e-14, abs=0)
    assert claim.right == pytest.approx(merged.right, rel=1e-14, abs=0)


@pytest.mark.parametrize("n", [2, 3, 10, 50_257, 10**12])
def test_fano_error_at_both_ends(n):
    assert infolib.fano_error(0.0, n) == 0
    assert infolib.fano_error(math.log(n), n) == 1 - 1 / n
    assert infolib.fano_error(math.log(n) + 5e-10, n) == 1 - 1 / n
    assert infolib.fano_error(math.log2(n), n, base=2) == pytest.approx(1 - 1 / n, abs=1e-7)


@pytest.mark.parametrize("n", [2, 3, 10, 50_257, 10**12])
def test_fano_error_is_the_inverse_of_the_bound(n):
    error = np.concatenate([10.0 ** np.arange(-300, -1, 7), (1 - 1 / n) * np.linspace(0.02, 0.95, 40)])
    entropy = infolib.binary_entropy(error) + error * math.log(n - 1)
    np.testing.assert_allclose(infolib.fano_error(entropy, n), error, rtol=1e-13)
    bits = infolib.fano_error(entropy.reshape(-1, 1) / LN2, n, base=2)
    assert bits.shape == (len(error), 1)
    np.testing.assert_allclose(bits[:, 0], error, rtol=1e-12)


def test_fano_error_of_a_coin_is_the_inverse_of_the_binary_entropy():
    assert infolib.fano_error(0.5, 2, base=2) == pytest.approx(0.11002786443835955, rel=1e-14, abs=0)
    assert isinstance(infolib.fano_error(0.5, 2), np.float64)


def test_fano_error_close_to_its_largest_value():
    # The bound is flat there: what can be required is that the error found has the entropy that was given.
    n = 7
    gap = 10.0 ** -np.arange(1.0, 17.0)
    entropy = math.log(n) - gap
    error = infolib.fano_error(entropy, n)
    assert np.all(np.diff(error) >= 0)
    np.testing.assert_allclose(infolib.binary_entropy(error) + error * math.log(n - 1), entropy, rtol=5e-16)
    # To second order log n - H = (n^2 / (n - 1)) d^2 / 2 with d the distance to 1 - 1/n.
    np.testing.assert_allclose(1 - 1 / n - error[4:10], np.sqrt(2 * gap[4:10] * (n - 1)) / n, rtol=1e-2)


# Han and Shearer.


def test_han_of_parity():
    for size, mean in ((1, 1), (2, 2), (3, 2)):
        claim = infolib.han(PARITY, size, base=2)
        assert claim.left == pytest.approx(2, rel=1e-15, abs=0)
        assert claim.right == pytest.approx(mean * 3 / size, rel=1e-15, abs=0)
    assert str(infolib.han(PARITY, base=2)) == (
        "H(X_1, X_2, X_3) <= 3/2 mean of H(X_S) over |S| = 2: 2.0000 <= 3.0000 bits"
    )
    assert str(infolib.han(PARITY, 3, base=2)) == (
        "H(X_1, X_2, X_3) <= mean of H(X_S) over |S| = 3: 2.0000 <= 2.0000 bits"
    )


def test_han_is_about_all_variables_but_one_and_not_about_single_ones():
    # A source prints H(X_1, ..., X_n) <= (sum_i H(X_i)) / (n - 1). Three fair coins: 3 bits, and 3 / 2 bits.
    singles = sum(infolib.joint_entropy(THREE_COINS, axes=i, base=2) for i in range(3))
    assert infolib.joint_entropy(THREE_COINS, base=2) == 3 > singles / 2 == 1.5
    # With H(all but X_i) in place of H(X_i) it holds, here as an equality, and this is what `han` computes.
    rests = sum(infolib.joint_entropy(THREE_COINS, axes=pair, base=2) for pair in ((1, 2), (0, 2), (0, 1)))
    claim = infolib.han(THREE_COINS, base=2)
    assert claim.left == 3
    assert claim.right == rests / 2 == 3
    # For two variables the two are one: H(X, Y) <= H(X) + H(Y).
    two = infolib.han(TABLE, base=2)
    assert two.right == pytest.approx(7 / 4 + 2, rel=1e-14, abs=0)


def test_han_over_every_size_equals_the_plain_sum():
    p = np.random.default_rng(1).dirichlet(np.full(240, 0.5)).reshape(2, 3, 2, 4, 5)
    for size in range(1, 6):
        mean = np.mean([infolib.joint_entropy(p, axes) for axes in itertools.combinations(range(5), size)])
        claim = infolib.han(p, size, base=10)
        assert claim.right == pytest.approx(5 / size * mean / math.log(10), rel=1e-14, abs=0)
        assert claim.left == pytest.approx(infolib.joint_entropy(p, base=10), rel=1e-14, abs=0)
    assert infolib.han(p, 5).slack == 0


def test_han_of_almost_certain_variables_keeps_its_digits():
    rare = 1e-20  # so the common value has probability 1, and -p log p of that is 0 where it should be 1e-20
    p = np.multiply.outer(np.multiply.outer([1.0, rare], [1.0, rare]), [1.0, rare])
    expected = 3 * rare * (1 - math.log(rare))
    for size in (1, 2, 3):
        claim = infolib.han(p, size)
        assert claim.left == pytest.approx(expected, rel=1e-14, abs=0)
        assert claim.right == pytest.approx(expected, rel=1e-14, abs=0)


def test_shearer_of_three_pairs_and_of_single_variables():
    claim = infolib.shearer(PARITY, [(0, 1), (1, 2), (2, 0)], base=2)
    assert (claim.left, claim.right) == (4.0, 6.0)
    assert claim.statement == "2 H(X_1, X_2, X_3) <= sum of H(X_S) over 3 sets"
    claim = infolib.shearer(PARITY, [0, 1, 2], base=2)
    assert (claim.left, claim.right) == (2.0, 3.0)
    whole = infolib.shearer(PARITY, [(0, 1, 2)], base=2)
    assert (whole.left, whole.right) == (2.0, 2.0)
    assert whole.statement == "H(X_1, X_2, X_3) <= sum of H(X_S) over 1 set"


def test_shearer_counts_the_least_covered_variable_and_repeated_sets():
    claim = infolib.shearer(THREE_COINS, [(0, 1), (0, 1), (1, 2), (2,), (0, 1, 2)], base=2)
    # Variables 0 and 2 are in three sets, and 1 is in four.
    assert claim.left == pytest.approx(3 * 3, rel=1e-15, abs=0)
    assert claim.right == pytest.approx(2 + 2 + 2 + 1 + 3, rel=1e-15, abs=0)


def test_all_sets_of_one_size_make_shearer_into_han():
    p = np.random.default_rng(2).dirichlet(np.ones(36)).reshape(2, 3, 3, 2)
    han = infolib.han(p, 2)
    claim = infolib.shearer(p, itertools.combinations(range(4), 2))
    times = math.comb(3, 1)
    assert claim.left / times == pytest.approx(han.left, rel=1e-14, abs=0)
    assert claim.right / times == pytest.approx(han.right, rel=1e-14, abs=0)


# Pinsker and continuity.


def test_pinsker_known_answer_and_its_sharp_constant():
    claim = infolib.pinsker([0.5, 0.5], [0.75, 0.25], base=2)
    assert claim.left == pytest.approx(0.125 / LN2, rel=1e-15, abs=0)
    assert claim.right == pytest.approx(1 - math.log2(3) / 2, rel=1e-14, abs=0)
    d = 2.0**-30
    close = infolib.pinsker([0.5 + d, 0.5 - d], [0.5, 0.5])
    assert close.left == 2 * d * d
    # D = 2 d^2 (1 + (2/3) d^2 + ...), so the quotient is 1 to the last digits.
    assert close.right / close.left == pytest.approx(1, rel=1e-15, abs=0)


def test_pinsker_where_the_divergence_is_infinite():
    claim = infolib.pinsker([[0.5, 0.5], [1.0, 0.0]], [1.0, 0.0])
    np.testing.assert_array_equal(claim.left, [0.5, 0.0])
    np.testing.assert_array_equal(claim.right, [np.inf, 0.0])


@pytest.mark.parametrize("n", [2, 3, 5, 40])
def test_entropy_continuity_meets_its_bound(n):
    certain = np.eye(n)[0]
    for distance in (2.0**-50, 2.0**-20, 0.125, 0.5, 0.875, 1.0):
        p = np.full(n, distance / (n - 1))
        p[0] = 1 - distance
        claim = infolib.entropy_continuity(certain, p)
        assert claim.left == pytest.approx(infolib.entropy(p), rel=1e-14, abs=0)
        assert claim.right == pytest.approx(claim.left, rel=1e-14, abs=0)


def test_entropy_continuity_where_a_probability_rounds_to_one():
    # 1 - 1e-300 is stored as 1, so half the l1 distance would miss half of it, and the bound would fail.
    for p, q in (([1.0, 0.0], [1.0, 1e-300]), ([1.0, 1e-300], [1.0, 0.0])):
        claim = infolib.entropy_continuity(p, q)
        assert claim.left == pytest.approx(1e-300 * 300 * math.log(10), rel=1e-14, abs=0)
        assert claim.right == pytest.approx(1e-300 * (300 * math.log(10) + 1), rel=1e-14, abs=0)


def test_the_continuity_bound_falls_again_beyond_one_minus_one_over_n():
    # From certainty to the even distribution on the other outcomes: T = 1, and no pair of 4 outcomes does more.
    claim = infolib.entropy_continuity([1, 0, 0, 0], [0, 1 / 3, 1 / 3, 1 / 3])
    assert claim.left == pytest.approx(math.log(3), rel=1e-15, abs=0)
    assert claim.right == pytest.approx(math.log(3), rel=1e-15, abs=0)
    most = infolib.entropy_continuity([1, 0, 0, 0], [0.25] * 4)
    assert most.right == pytest.approx(math.log(4), rel=1e-15, abs=0)


def test_entropy_continuity_of_almost_equal_distributions_does_not_cancel():
    p, q = [0.25, 0.5 + 2.0**-53, 0.25], [0.25, 0.5, 0.25]
    slope = math.log(2) - 1  # of -p log p at 1/2
    assert infolib.entropy_continuity(p, q).left == pytest.approx(abs(slope) * 2.0**-53, rel=1e-12, abs=0)
    d = 2.0**-50
    p, q = [0.25 + d, 0.75 - d], [0.25, 0.75]
    # h'(1/4) = log 3, and the second derivative -16/3 adds d / 2 of that.
    assert infolib.entropy_continuity(p, q).left == pytest.approx(math.log(3) * d, rel=1e-14, abs=0)


def test_entropy_continuity_of_batches_along_any_axis_and_of_one_outcome():
    rng = np.random.default_rng(3)
    p, q = rng.dirichlet(np.ones(5), (2, 3)), rng.dirichlet(np.ones(5))
    claim = infolib.entropy_continuity(p, q)
    assert claim.left.shape == claim.right.shape == claim.slack.shape == (2, 3)
    one = infolib.entropy_continuity(p[1, 2], q)
    assert claim.left[1, 2] == pytest.approx(one.left, rel=1e-14, abs=0)
    assert claim.left[1, 2] == pytest.approx(abs(infolib.entropy(p[1, 2]) - infolib.entropy(q)), rel=1e-13, abs=0)
    turned = infolib.entropy_continuity(np.moveaxis(p, -1, 0), q[:, None, None], axis=0)
    np.testing.assert_allclose(turned.right, claim.right, rtol=1e-14)
    same = infolib.entropy_continuity([1.0], [1.0])
    assert same.left == same.right == 0


# Data processing.


def test_data_processing_through_a_symmetric_channel():
    # A fair bit through two binary symmetric channels: errors 0.1 and 0.2 make 0.1 * 0.8 + 0.9 * 0.2 = 0.26.
    first, second = (np.array([[1 - e, e], [e, 1 - e]]) for e in (0.1, 0.2))
    claim = infolib.data_processing(first / 2, second, base=2)
    assert claim.left == pytest.approx(1 - infolib.binary_entropy(0.26, base=2), rel=1e-13, abs=0)
    assert claim.right == pytest.approx(1 - infolib.binary_entropy(0.1, base=2), rel=1e-13, abs=0)


def test_data_processing_keeps_all_by_renumbering_and_nothing_by_a_constant():
    turned = infolib.data_processing(TABLE, np.eye(4)[[2, 0, 3, 1]])
    assert turned.slack == pytest.approx(0, abs=1e-16)
    gone = infolib.data_processing(TABLE, np.full((4, 3), 1 / 3))
    assert abs(gone.left) < 1e-30
    merged = infolib.data_processing(TABLE, [[1, 0], [1, 0], [0, 1], [0, 1]])
    assert merged.left == pytest.approx(infolib.mutual_information(TABLE.reshape(4, 2, 2).sum(2)), rel=1e-14, abs=0)


# Tensors.

CLAIMS = [
    lambda t: infolib.fano_bound(t),
    lambda t: infolib.han(t),
    lambda t: infolib.shearer(t, [(0,), (1,), (0, 1)]),
    lambda t: infolib.pinsker(t.reshape(-1), [1 / 12] * 12),
    lambda t: infolib.pinsker([1 / 12] * 12, t.reshape(-1)),
    lambda t: infolib.entropy_continuity(t.reshape(-1), [1 / 12] * 12),
    lambda t: infolib.data_processing(t, [[0.5, 0.5, 0.0], [0.0, 0.25, 0.75], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]),
]


def _table():
    p = np.random.default_rng(4).dirichlet(np.full(12, 0.7)).reshape(3, 4)
    p[0, 1] = p[2, 3] = 0
    return p / p.sum()


@pytest.mark.parametrize("claim", CLAIMS)
@pytest.mark.parametrize(
    ("dtype", "tolerance"),
    [(torch.float64, 1e-14), (torch.float32, 2e-5), (torch.float16, 2e-2), (torch.bfloat16, 4e-2)],
)
def test_tensors_give_tensors_of_their_dtype(claim, dtype, tolerance):
    expected, found = claim(_table()), claim(torch.tensor(_table(), dtype=dtype))
    for side in ("left", "right", "slack"):
        value = getattr(found, side)
        assert value.dtype == dtype
        assert float(value) == pytest.approx(float(getattr(expected, side)), abs=tolerance)
    assert found.statement == expected.statement
    assert str(found).startswith(expected.statement)
    assert isinstance(found.to_dict()["left"], float)


@pytest.mark.parametrize("claim", CLAIMS)
def test_gradients_are_finite_at_impossible_outcomes(claim):
    for table in (_table(), np.eye(3, 4) / 3, np.eye(1, 12).reshape(3, 4)):
        for side in ("left", "right"):
            tensor = torch.tensor(table, requires_grad=True)
            getattr(claim(tensor), side).backward()
            assert torch.isfinite(tensor.grad).all()


@pytest.mark.parametrize("claim", CLAIMS)
def test_gradcheck_of_the_slack_through_a_softmax(claim):
    logits = torch.randn(12, dtype=torch.float64, generator=torch.Generator().manual_seed(5)).requires_grad_()
    assert torch.autograd.gradcheck(lambda z: claim(torch.softmax(z, -1).reshape(3, 4)).slack, (logits,))


def test_fano_error_of_tensors_has_the_gradient_of_the_inverse():
    entropy = torch.tensor([0.1, 0.9, 1.5], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda h: infolib.fano_error(h, 6), (entropy,))
    assert torch.autograd.gradcheck(lambda h: infolib.fano_error(h, 6, base=2), (entropy,))
    ends = torch.tensor([0.0, math.log(6)], dtype=torch.float64, requires_grad=True)
    found = infolib.fano_error(ends, 6)
    assert found.tolist() == [0.0, 1 - 1 / 6]
    found.sum().backward()
    assert ends.grad.tolist() == [0.0, 0.0]
    for dtype, tolerance in ((torch.float32, 1e-6), (torch.bfloat16, 1e-2)):
        value = infolib.fano_error(torch.tensor([0.25, 1.0], dtype=dtype), 6)
        assert value.dtype == dtype
        np.testing.assert_allclose(value.double().numpy(), infolib.fano_error([0.25, 1.0], 6), rtol=tolerance)


# Refusals.


def refused(error, parts, call):
    with pytest.raises(error) as caught:
        call()
    assert type(caught.value) is error
    for part in parts:
        assert part in str(caught.value)


@pytest.mark.parametrize("kind", [list, np.array, torch.tensor])
@pytest.mark.parametrize(
    ("name", "claim"),
    [
        ("p_xy", infolib.fano_bound),
        ("p", infolib.han),
        ("p", lambda p, **unit: infolib.shearer(p, [0, 1], **unit)),
        ("p", lambda p, **unit: infolib.pinsker(p, [[0.5, 0.5], [0.5, 0.5]], **unit)),
        ("q", lambda q, **unit: infolib.entropy_continuity([[0.5, 0.5], [0.5, 0.5]], q, **unit)),
        ("p_xy", lambda p, **unit: infolib.data_processing(p, [[0.5, 0.5], [0.5, 0.5]], **unit)),
        ("channel", lambda c, **unit: infolib.data_processing([[0.5, 0.0], [0.0, 0.5]], c, **unit)),
    ],
)
def test_what_is_no_distribution_is_refused(name, claim, kind):
    for rows, parts in (
        ([[0.5, 0.7], [0.9, 0.5]], [f"`{name}` must sum to 1"]),
        ([[0.5, -0.5], [0.5, 0.5]], [f"`{name}` must not be negative", "(0, 1) was -0.5"]),
        ([[0.5, 0.5], [math.nan, 0.5]], [f"`{name}` must be finite", "(1, 0) was nan"]),
        ([[], []], [f"`{name}`", "(2, 0)"]),
    ):
        refused(ValueError, parts, lambda rows=rows: claim(kind(rows)))


def test_bases_are_units():
    for claim in CLAIMS:
        assert claim(_table()).unit == "nats"
    nats, bits, tens = (infolib.fano_bound(TABLE, base=base) for base in (None, 2, 10))
    assert (bits.unit, tens.unit) == ("bits", "hartleys")
    assert bits.right == pytest.approx(nats.right / LN2, rel=1e-15, abs=0)
    assert tens.left == pytest.approx(nats.left / math.log(10), rel=1e-15, abs=0)


def test_bad_bases_are_refused_by_all():
    for call in (
        lambda: infolib.fano_bound(TABLE, base=1),
        lambda: infolib.fano_error(0.5, 2, base=1),
        lambda: infolib.han(TABLE, base=1),
        lambda: infolib.shearer(TABLE, [0, 1], base=1),
        lambda: infolib.pinsker([1.0], [1.0], base=1),
        lambda: infolib.entropy_continuity([1.0], [1.0], base=1),
        lambda: infolib.data_processing(TABLE, np.eye(4), base=1),
    ):
        refused(ValueError, ["`base` must be a finite number greater than 1", "it was 1", "base=2"], call)


def test_fano_refuses_bad_arguments():
    refused(ValueError, ["`x` and `y`", "axis 0"], lambda: infolib.fano_bound(TABLE, x=0, y=0))
    refused(ValueError, ["`p_xy` must have at least 2 axes"], lambda: infolib.fano_bound([0.5, 0.5]))
    for entropy, parts in (
        (1.2, ["`conditional_entropy` must be from 0 to log 3", "1.098612289 nats", "it was 1.2", "`base=2`"]),
        ([0.5, -0.1], ["from 0 to log 3", "the value at 1 was -0.1"]),
        (math.nan, ["from 0 to log 3", "it was nan"]),
        (math.log(3) + 2e-9, ["from 0 to log 3"]),
        ([], ["`conditional_entropy` must not be empty"]),
    ):
        refused(ValueError, parts, lambda entropy=entropy: infolib.fano_error(entropy, 3))
    refused(ValueError, ["in nats 1.109"], lambda: infolib.fano_error(1.6, 3, base=2))
    refused(ValueError, ["`n_outcomes` must be at least 2", "it was 1"], lambda: infolib.fano_error(0.0, 1))
    refused(TypeError, ["`n_outcomes` must be an integer", "2.0, a float"], lambda: infolib.fano_error(0.0, 2.0))
    refused(TypeError, ["`n_outcomes` must be an integer", "True"], lambda: infolib.fano_error(0.0, True))


def test_han_refuses_bad_sizes():
    for size in (0, 3, -1):
        refused(ValueError, ["`size` must be from 1", f"`p`, 2; it was {size}"], lambda s=size: infolib.han(TABLE, s))
    refused(TypeError, ["`size` must be an integer", "1.0, a float"], lambda: infolib.han(TABLE, 1.0))
    refused(ValueError, ["`p` must have at least 2 axes"], lambda: infolib.han([0.5, 0.5]))
    refused(ValueError, ["at most 20 variables", "had 21"], lambda: infolib.han(np.ones((1,) * 21)))


def test_shearer_refuses_what_is_no_cover():
    for cover, parts in (
        ([(0, 1)], ["`cover` must hold every variable of `p`", "axis 2 was in none", "sum it out"]),
        ([], ["axis 0 was in none"]),
        ([(0, 1), (2, 3)], ["`cover[1]` must be an axis of `p`", "it was 3"]),
        ([(0, 1), ()], ["`cover[1]` must name at least one axis"]),
        ([(0, 1, 1), (2,)], ["`cover[0]` must name different axes"]),
    ):
        refused(ValueError, parts, lambda cover=cover: infolib.shearer(PARITY, cover))
    refused(TypeError, ["`cover` must be a sequence", "it was 3"], lambda: infolib.shearer(PARITY, 3))
    refused(TypeError, ["`cover` must be a sequence", "'012'"], lambda: infolib.shearer(PARITY, "012"))
    refused(TypeError, ["`cover[0]` must be an integer"], lambda: infolib.shearer(PARITY, ["012"]))


def test_data_processing_refuses_shapes_that_do_not_fit():
    for p, channel, parts in (
        (TABLE, np.eye(3), ["`channel` must have one row for each of the 4 columns of `p_xy`", "(3, 3)", "Transpose"]),
        (PARITY, np.eye(2), ["`p_xy` must have two axes", "(2, 2, 2)"]),
        (TABLE, [1.0, 0.0], ["`channel` must have two axes", "(2,)"]),
        (TABLE, np.full((4, 2), 0.4), ["`channel` must sum to 1 along axis -1", "row 0 sums to 0.8"]),
    ):
        refused(ValueError, parts, lambda p=p, channel=channel: infolib.data_processing(p, channel))
    refused(
        TypeError,
        ["`p_xy` and `channel` must be of one kind"],
        lambda: infolib.data_processing(torch.tensor(TABLE), np.eye(4)),
    )
