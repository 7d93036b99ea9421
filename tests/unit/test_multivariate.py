"""Known answers of the measures of several variables, the kinds of arrays they take, their gradients and refusals."""

import itertools
import math
import time

import numpy as np
import pytest
import torch

import infolib

LN2 = math.log(2)
MEASURES = [infolib.total_correlation, infolib.dual_total_correlation, infolib.interaction_information]


def copies(n):
    """The giant bit: n equal fair bits."""
    p = np.zeros((2,) * n)
    p[(0,) * n] = p[(1,) * n] = 0.5
    return p


def parity(n):
    """n fair bits of even sum: any n - 1 of them are independent, and fix the last."""
    p = np.zeros((2,) * n)
    for bits in itertools.product((0, 1), repeat=n):
        if sum(bits) % 2 == 0:
            p[bits] = 0.5 ** (n - 1)
    return p


def independent(*marginals):
    p = np.array(1.0)
    for marginal in marginals:
        p = np.multiply.outer(p, np.asarray(marginal))
    return p


# Cover & Thomas (2006), example 2.2.1: rows are y, columns are x; printed I(X;Y) = 3/8 bits.
TABLE = np.array([[4, 2, 1, 1], [2, 4, 1, 1], [2, 2, 2, 2], [8, 0, 0, 0]]) / 32


@pytest.mark.parametrize(
    ("p", "total", "dual", "interaction"),
    [
        (parity(3), 1, 2, 1),
        (copies(3), 2, 1, -1),
        (parity(4), 1, 3, 1),
        (copies(4), 3, 1, 1),
        (parity(5), 1, 4, 1),
        (copies(5), 4, 1, -1),
        (copies(10), 9, 1, 1),
        (parity(10), 1, 9, 1),
        (TABLE, 3 / 8, 3 / 8, 3 / 8),
        # X and Y are one bit, Z another: only the pair shares.
        (np.multiply.outer(copies(2), [0.5, 0.5]), 1, 1, 0),
        (np.full((2, 3, 4), 1 / 24), 0, 0, 0),
    ],
)
def test_known_answers_in_bits(p, total, dual, interaction):
    for measure, bits in zip(MEASURES, (total, dual, interaction), strict=True):
        assert abs(measure(p, base=2) - bits) <= 1e-15 * max(1, p.ndim * abs(bits)), measure.__name__


def test_parity_and_copies_of_three_to_the_last_digit():
    assert abs(infolib.interaction_information(parity(3), base=2) - 1) <= 1e-15
    assert abs(infolib.interaction_information(copies(3), base=2) + 1) <= 1e-15


def test_the_sign_is_that_of_mcgill():
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.ones(24)).reshape(2, 3, 4)
    expected = infolib.conditional_mutual_information(p, 0, 1, 2) - infolib.mutual_information(p, 0, 1)
    assert infolib.interaction_information(p) == pytest.approx(expected, rel=1e-13, abs=0)
    # The centre of the area diagram has the other sign for three variables, and the same for two and four.
    for axes, sign in (((0, 1, 2), -1), ((0, 1), 1)):
        q = p if len(axes) == 3 else p.sum(2)
        centre = infolib.entropy_profile(q).atoms[axes]
        assert sign * infolib.interaction_information(p, axes) == pytest.approx(centre, rel=1e-12, abs=0)


def test_two_variables_give_the_mutual_information():
    for measure in MEASURES:
        assert measure(TABLE) == pytest.approx(infolib.mutual_information(TABLE), rel=1e-14, abs=0)


def test_one_variable_shares_nothing():
    assert infolib.total_correlation(TABLE, axes=1) == 0
    assert infolib.dual_total_correlation(TABLE, axes=(0,)) == 0


@pytest.mark.parametrize("measure", MEASURES)
def test_axes_choose_the_variables_and_their_order_does_not_matter(measure):
    p = np.random.default_rng(1).dirichlet(np.ones(120)).reshape(2, 3, 4, 5)
    expected = measure(p.sum(1))
    assert measure(p, axes=(0, 2, 3)) == pytest.approx(expected, rel=1e-12, abs=0)
    assert measure(p, axes=(-1, 0, 2)) == pytest.approx(expected, rel=1e-12, abs=0)
    assert measure(p, axes=[2, 3, 0]) == pytest.approx(expected, rel=1e-12, abs=0)


def test_independent_variables_have_no_dependence_where_entropies_would_leave_rounding():
    rng = np.random.default_rng(2)
    p = independent(*(rng.dirichlet(np.ones(k)) for k in (3, 4, 5, 6)))
    p /= p.sum()
    for measure in MEASURES:
        assert abs(measure(p)) < 1e-28


def test_a_sum_off_by_what_is_tolerated_makes_no_dependence():
    p = independent([0.25, 0.75], [0.5, 0.5], [0.125, 0.875], [0.5, 0.5]) * (1 + 8e-10)
    for measure in MEASURES:
        # (4 * 8e-10)^2 / 2 = 5e-18, were the product of the marginals left with a sum of its own.
        assert abs(measure(p)) < 1e-28


def test_weak_dependence_keeps_its_digits():
    # p = (1 + e s1 s2 s3) / 8: any two variables are independent, so any two tell of the third all that there is.
    e = 2.0**-20
    signs = np.array([[[(-1) ** (a + b + c) for c in (0, 1)] for b in (0, 1)] for a in (0, 1)])
    p = (1 + e * signs) / 8
    expected = e**2 / 2 + e**4 / 12  # ((1 + e) log(1 + e) + (1 - e) log(1 - e)) / 2
    for measure, times in zip(MEASURES, (1, 2, 1), strict=True):
        assert measure(p) == pytest.approx(times * expected, rel=1e-14, abs=0)
    # The centre of the profile is a difference of entropies: it knows 5e-13 up to 1e-15 or so, and no better.
    assert abs(-infolib.entropy_profile(p).atoms[0, 1, 2] - expected) < 4e-15


def test_impossible_outcomes_change_nothing():
    p = np.random.default_rng(3).dirichlet(np.ones(8)).reshape(2, 2, 2)
    padded = np.zeros((3, 4, 2))
    padded[:2, 1:3] = p
    for measure in MEASURES:
        assert measure(padded) == pytest.approx(measure(p), rel=1e-13, abs=0)


def test_products_that_underflow_keep_their_logarithm():
    tiny = 1e-150
    p = np.zeros((2, 2, 2))
    p[0, 0, 0], p[1, 1, 1] = 1 - tiny, tiny
    # sum_i H(X_i) - H = 2 h(tiny)
    expected = 2 * tiny * (1 - math.log(tiny))
    assert infolib.total_correlation(p) == pytest.approx(expected, rel=1e-2, abs=0)
    assert infolib.dual_total_correlation(p) == pytest.approx(expected / 2, rel=1e-2, abs=0)


# The profile.


def test_profile_of_parity_and_of_copies():
    profile = infolib.entropy_profile(parity(3), base=2)
    assert profile.n_variables == 3
    assert profile.unit == "bits"
    assert list(profile.entropies) == [(0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2)]
    for subset, value in profile.entropies.items():
        assert value == min(len(subset), 2)
    assert {subset: round(value, 12) for subset, value in profile.atoms.items()} == {
        (0,): 0, (1,): 0, (2,): 0, (0, 1): 1, (0, 2): 1, (1, 2): 1, (0, 1, 2): -1,
    }  # fmt: skip
    giant = infolib.entropy_profile(copies(4), base=2)
    assert all(abs(value - (len(subset) == 4)) < 1e-15 for subset, value in giant.atoms.items())


def test_profile_of_the_table_of_cover_and_thomas():
    profile = infolib.entropy_profile(TABLE, base=2)
    # Printed: H(X) = 7/4, H(Y) = 2, H(X|Y) = 11/8, H(Y|X) = 13/8, H(X,Y) = 27/8, I = 3/8; axis 1 is X.
    assert profile.joint(1) == pytest.approx(7 / 4, rel=1e-14, abs=0)
    assert profile.joint((0, 1)) == profile.joint([1, 0]) == pytest.approx(27 / 8, rel=1e-14, abs=0)
    assert profile.conditional(of=1, given=0) == profile.atoms[1,] == pytest.approx(11 / 8, rel=1e-14, abs=0)
    assert profile.conditional(of=0, given=1) == profile.atoms[0,] == pytest.approx(13 / 8, rel=1e-14, abs=0)
    assert profile.mutual(0, 1) == pytest.approx(3 / 8, rel=1e-14, abs=0)
    assert profile.atoms[0, 1] == pytest.approx(3 / 8, rel=1e-14, abs=0)
    assert profile.conditional(of=1, given=()) == profile.joint(1)


def test_profile_agrees_with_the_measures_of_every_group():
    p = np.random.default_rng(4).dirichlet(np.full(120, 0.3)).reshape(2, 3, 4, 5)
    profile = infolib.entropy_profile(p)
    for size in (1, 2, 3, 4):
        for axes in itertools.combinations(range(4), size):
            assert profile.joint(axes) == pytest.approx(infolib.joint_entropy(p, axes), rel=1e-13, abs=0)
            held = sum(value for subset, value in profile.atoms.items() if set(subset) & set(axes))
            assert held == pytest.approx(profile.joint(axes), rel=1e-12, abs=0)
    assert profile.mutual(0, (1, 3), given=2) == pytest.approx(
        infolib.conditional_mutual_information(p, 0, (1, 3), 2), rel=1e-11, abs=0
    )
    assert profile.conditional(of=(0, -1), given=2) == pytest.approx(
        infolib.conditional_entropy(p, of=(0, 3), given=2), rel=1e-12, abs=0
    )
    # A region of one variable is its entropy given all others, of two their information given all others.
    assert profile.atoms[1,] == pytest.approx(infolib.conditional_entropy(p, of=1, given=(0, 2, 3)), rel=1e-11, abs=0)
    assert profile.atoms[1, 3] == pytest.approx(
        infolib.conditional_mutual_information(p, 1, 3, (0, 2)), rel=1e-10, abs=0
    )


def test_tables_larger_than_a_block_are_cut_without_a_seam():
    rng = np.random.default_rng(5)
    for shape in ((300, 400), (100_000, 2), (2, 70_000), (7, 50, 300), (3,) * 11):
        p = rng.dirichlet(np.ones(math.prod(shape))).reshape(shape)
        profile = infolib.entropy_profile(p)
        for axes in ((0,), (len(shape) - 1,), tuple(range(len(shape)))):
            assert profile.joint(axes) == pytest.approx(infolib.joint_entropy(p, axes), rel=1e-12, abs=0)
        if len(shape) < 10:
            # The blocks of the interaction are those of its conditions.
            signed = (-1) ** len(shape) * profile.atoms[tuple(range(len(shape)))]
            assert infolib.interaction_information(p) == pytest.approx(signed, rel=1e-9, abs=0)


def test_sixteen_variables_take_seconds():
    p = np.random.default_rng(6).dirichlet(np.ones(2**16)).reshape((2,) * 16)
    start = time.process_time()
    profile = infolib.entropy_profile(p)
    assert time.process_time() - start < 10
    assert len(profile.entropies) == len(profile.atoms) == 2**16 - 1
    axes = (0, 3, 7, 15)
    assert profile.joint(axes) == pytest.approx(infolib.joint_entropy(p, axes), rel=1e-12, abs=0)
    held = math.fsum(value for subset, value in profile.atoms.items() if set(subset) & set(axes))
    assert held == pytest.approx(profile.joint(axes), rel=1e-9, abs=0)


def test_the_profile_prints_and_becomes_a_dict():
    profile = infolib.entropy_profile(TABLE, base=2)
    assert str(profile).splitlines() == [
        "2 variables, bits",
        "subset         entropy    region",
        "0               2.0000    1.6250",
        "1               1.7500    1.3750",
        "0,1             3.3750    0.3750",
    ]
    plain = profile.to_dict()
    assert plain["entropies"] == {"0": 2.0, "1": 1.75, "0,1": pytest.approx(3.375, rel=1e-15, abs=0)}
    assert plain["atoms"]["0,1"] == pytest.approx(0.375, rel=1e-14, abs=0)
    assert (plain["n_variables"], plain["unit"]) == (2, "bits")
    assert "-0.0000" not in str(infolib.entropy_profile(independent([0.3, 0.7], [0.2, 0.8], [0.9, 0.1])))
    assert str(infolib.entropy_profile(parity(7))).splitlines()[-1] == "... and 96 more"


def test_one_variable_has_a_profile_too():
    profile = infolib.entropy_profile([0.5, 0.5], base=2)
    assert profile.entropies == profile.atoms == {(0,): 1.0}


# Total variation.


def test_total_variation_known_answers():
    assert infolib.total_variation([1, 0], [0, 1]) == 1
    assert infolib.total_variation([0.5, 0.5], [0.25, 0.75]) == 0.25
    assert infolib.total_variation([0.2, 0.8], [0.2, 0.8]) == 0
    np.testing.assert_array_equal(infolib.total_variation([[1, 0], [0.5, 0.5]], [0.5, 0.5]), [0.5, 0.0])
    np.testing.assert_array_equal(infolib.total_variation([[1, 0.5], [0, 0.5]], [[0.5], [0.5]], axis=0), [0.5, 0.0])
    d = 2.0**-50
    assert infolib.total_variation([0.5, 0.5], [0.5 + d, 0.5 - d]) == d


def test_total_variation_stays_at_most_one_and_keeps_its_gradient_there():
    p = torch.tensor([0.5 + 2e-10, 0.5, 0.0, 0.0], dtype=torch.float64, requires_grad=True)
    q = torch.tensor([0.0, 0.0, 0.5, 0.5 + 2e-10], dtype=torch.float64)
    distance = infolib.total_variation(p, q)
    assert distance.item() == 1.0
    distance.backward()
    assert p.grad.tolist() == [0.5, 0.5, -0.5, -0.5]


# Tensors.


def _cases():
    rng = np.random.default_rng(7)
    p = rng.dirichlet(np.ones(24))
    p[rng.random(24) < 0.3] = 0
    p = (p / p.sum()).reshape(2, 3, 4)
    everything = [*MEASURES, lambda t: infolib.entropy_profile(t).joint((0, 2))]
    everything.append(lambda t: infolib.entropy_profile(t).mutual(0, 1, given=2))
    return [(measure, table) for measure in everything for table in (p, parity(3), copies(3))]


@pytest.mark.parametrize(("measure", "p"), _cases())
@pytest.mark.parametrize(
    ("dtype", "tolerance"),
    [(torch.float64, 1e-14), (torch.float32, 1e-5), (torch.float16, 1e-2), (torch.bfloat16, 1e-2)],
)
def test_tensors_give_tensors_of_their_dtype(measure, p, dtype, tolerance):
    value = measure(torch.tensor(p, dtype=dtype))
    assert isinstance(value, torch.Tensor)
    assert value.dtype == dtype
    assert value.shape == ()
    assert abs(float(value) - measure(p)) <= tolerance


@pytest.mark.parametrize(("measure", "p"), _cases())
def test_gradients_are_finite_at_impossible_outcomes(measure, p):
    for dtype in (torch.float64, torch.float32):
        tensor = torch.tensor(p, dtype=dtype, requires_grad=True)
        measure(tensor).backward()
        assert torch.isfinite(tensor.grad).all()


@pytest.mark.parametrize(
    "measure",
    [*MEASURES, lambda p: torch.stack(list(infolib.entropy_profile(p).atoms.values()))],
)
def test_gradcheck_through_a_softmax(measure):
    logits = torch.randn(12, dtype=torch.float64, generator=torch.Generator().manual_seed(8)).requires_grad_()
    assert torch.autograd.gradcheck(lambda z: measure(torch.softmax(z, -1).reshape(2, 3, 2)), (logits,))


def test_gradcheck_of_total_variation():
    logits = torch.randn(2, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(9)).requires_grad_()

    def distance(z):
        return infolib.total_variation(*torch.softmax(z, -1).unbind())

    assert torch.autograd.gradcheck(distance, (logits,))


def test_inputs_are_left_as_they_were():
    p = np.random.default_rng(10).dirichlet(np.ones(24)).reshape(2, 3, 4)
    kept = p.copy()
    for measure in (*MEASURES, infolib.entropy_profile):
        measure(p)
        measure(torch.from_numpy(p))
    np.testing.assert_array_equal(p, kept)


# Refusals.


def refused(error, parts, call):
    with pytest.raises(error) as caught:
        call()
    for part in parts:
        assert part in str(caught.value)


@pytest.mark.parametrize("kind", [np.array, torch.tensor])
@pytest.mark.parametrize("measure", [*MEASURES, infolib.entropy_profile])
def test_what_is_no_distribution_is_refused(measure, kind):
    for p, parts in (
        ([[0.5, 0.25], [0.5, 0.0]], ["`p` must sum to 1 over all axes", "sums to 1.25", "`empirical_distribution`"]),
        ([[0.5, -0.25], [0.5, 0.25]], ["`p` must not be negative", "the value at (0, 1) was -0.25"]),
        ([[math.nan, 0.5], [0.5, 0.0]], ["`p` must be finite", "the value at (0, 0) was nan"]),
        ([[], []], ["`p` must not be empty"]),
    ):
        refused(ValueError, parts, lambda p=p: measure(kind(p)))
    refused(ValueError, ["`base` must be a finite number greater than 1"], lambda: measure(kind(TABLE), base=1))


@pytest.mark.parametrize("measure", MEASURES)
def test_bad_axes_are_refused(measure):
    for axes, parts in (
        ((0, 2), ["`axes` must be an axis of `p`, from -2 to 1", "it was 2"]),
        ((0, -2), ["`axes` must name different axes of `p`", "(0, -2)"]),
        ((), ["`axes` must name at least one axis"]),
    ):
        refused(ValueError, parts, lambda axes=axes: measure(TABLE, axes=axes))
    refused(ValueError, ["`p` must have at least 2 axes", "shape (2,)"], lambda: measure([0.5, 0.5]))
    refused(TypeError, ["`axes` must be an integer", "1.0"], lambda: measure(TABLE, axes=(0, 1.0)))


def test_interaction_needs_two_variables():
    refused(
        ValueError,
        ["`axes` must name at least 2 variables", "it was (1,)"],
        lambda: infolib.interaction_information(TABLE, axes=(1,)),
    )


def test_too_many_variables_are_refused_before_memory_is():
    p = np.zeros((1,) * 23 + (2,))
    p[..., 0] = 1
    for measure in (infolib.entropy_profile, infolib.interaction_information):
        refused(
            ValueError,
            ["`p` must have at most 20 variables", "it had 24", "16,777,215 subsets", "`joint_entropy`"],
            lambda measure=measure: measure(p),
        )
    assert infolib.total_correlation(p) == infolib.dual_total_correlation(p) == 0


def test_the_profile_refuses_what_it_does_not_hold():
    profile = infolib.entropy_profile(TABLE)
    refused(ValueError, ["`axes` must be an axis of `p`", "it was 2"], lambda: profile.joint(2))
    refused(ValueError, ["`axes` must name at least one axis"], lambda: profile.joint(()))
    refused(ValueError, ["`of` and `given`", "axis 0"], lambda: profile.conditional(of=0, given=(0, 1)))
    refused(ValueError, ["`x` and `y`", "axis 1"], lambda: profile.mutual(1, 1))
