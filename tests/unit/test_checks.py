"""Every refusal of the measures: each names the argument, the requirement, what it was, and a remedy."""

import math
import warnings

import numpy as np
import pytest
import torch

import infolib

NAN, INF = math.nan, math.inf

# (one argument, its name, how it is called): every measure of one distribution along an axis.
OF_ONE = [infolib.entropy, infolib.varentropy, infolib.perplexity]
OF_TWO = [infolib.cross_entropy, infolib.kl_divergence, infolib.js_divergence]
OF_LOGITS = [infolib.entropy_from_logits, infolib.varentropy_from_logits]
ELEMENTWISE = [infolib.self_information, infolib.binary_entropy]
OF_A_TABLE = [
    infolib.joint_entropy,
    lambda p, **unit: infolib.conditional_entropy(p, of=0, given=1, **unit),
    infolib.mutual_information,
]
KINDS = [list, np.array, torch.tensor]


def refused(error, parts, call):
    """Require `call` to raise `error` with every part in its message, and no warning before."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(error) as caught:
            call()
    assert type(caught.value) is error
    for part in parts:
        assert part in str(caught.value)


def test_the_helper_fails_on_a_missing_part_and_on_a_missing_error():
    def wrong():
        raise ValueError("`p` must not be empty")

    with pytest.raises(AssertionError):
        refused(ValueError, ["`q`"], wrong)
    with pytest.raises(pytest.fail.Exception):
        refused(ValueError, [], lambda: None)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("measure", OF_ONE)
@pytest.mark.parametrize(
    ("p", "parts"),
    [
        ([0.5, -0.25, 0.75], ["`p` must not be negative", "the value at 1 was -0.25", "entropy_from_logits"]),
        ([3.0, -2.0], ["`p` must not be negative", "the value at 1 was -2"]),
        ([0.5, NAN, 0.5], ["`p` must be finite", "the value at 1 was nan", "Remove"]),
        ([0.5, INF], ["`p` must be finite", "the value at 1 was inf"]),
        ([0.5, 0.47], ["`p` must sum to 1 along axis -1", "it sums to 0.97", "`empirical_distribution`", "divide"]),
        ([0.0, 0.0], ["`p` must sum to 1", "sums to 0"]),
        ([], ["`p` must not be empty", "shape (0,)", "Pass at least one"]),
    ],
)
def test_what_is_no_distribution(measure, kind, p, parts):
    refused(ValueError, parts, lambda: measure(kind(p)))


@pytest.mark.parametrize("kind", KINDS)
def test_the_row_and_the_axis_are_named(kind):
    p = [[0.5, 0.5], [1.0, 0.0], [0.25, 0.75], [0.5, 0.47]]
    refused(
        ValueError,
        [
            "`p` must sum to 1 along axis -1; row 3 sums to 0.97. "
            "For labelled samples use `empirical_distribution`; for counts divide by the total."
        ]
        if kind is not torch.tensor
        else ["`p` must sum to 1 along axis -1; row 3 sums to 0.97"],
        lambda: infolib.entropy(kind(p)),
    )
    refused(ValueError, ["along axis 0; row 0 sums to 2.25"], lambda: infolib.entropy(kind(p), axis=0))
    refused(ValueError, ["the value at (0, 1) was -0.5"], lambda: infolib.entropy(kind([[1.5, -0.5]])))
    deep = np.full((2, 3, 2), 0.5)
    deep[1, 2] = 0.25
    refused(ValueError, ["row (1, 2) sums to 0.5"], lambda: infolib.entropy(kind(deep.tolist())))


def test_a_bad_value_beyond_the_first_block_is_found():
    p = np.full(200_000, 1 / 200_000)
    p[150_000] = NAN
    refused(ValueError, ["the value at 150000 was nan"], lambda: infolib.entropy(p))
    p[150_000] = -p[0]
    p[0] *= 3
    refused(ValueError, ["must not be negative; the value at 150000"], lambda: infolib.entropy(p))


@pytest.mark.parametrize("measure", OF_ONE + OF_LOGITS)
def test_axes_and_numbers_that_do_not_fit(measure):
    name = "`logits`" if measure in OF_LOGITS else "`p`"
    refused(ValueError, ["`axis` must be an axis of", "from -1 to 0", "it was 1"], lambda: measure([1.0], axis=1))
    refused(ValueError, ["from -2 to 1", "it was -3"], lambda: measure([[1.0]], axis=-3))
    refused(TypeError, ["`axis` must be an integer", "it was None"], lambda: measure([1.0], axis=None))
    refused(TypeError, ["`axis` must be an integer", "it was 0.5"], lambda: measure([1.0], axis=0.5))
    refused(ValueError, [f"{name} must have at least 1 axis", "a single number"], lambda: measure(1.0))
    refused(ValueError, [f"{name} must not be empty", "shape (3, 0)"], lambda: measure(np.ones((3, 0))))
    refused(ValueError, [f"{name} must be rectangular", "Pad"], lambda: measure([[0.5, 0.5], [1.0]]))


@pytest.mark.parametrize("measure", OF_ONE + OF_LOGITS + ELEMENTWISE + OF_A_TABLE)
@pytest.mark.parametrize(
    "wrong", ["half", None, ["a", "b"], [None, None], {0.5: 1}, [1j, 1.0], np.array([1j]), torch.tensor([1j])]
)
def test_what_is_no_array_of_numbers(measure, wrong):
    refused(
        TypeError, ["must be a list, a NumPy array or a torch tensor of real numbers", "it was"], lambda: measure(wrong)
    )


@pytest.mark.parametrize("measure", [m for m in OF_ONE + OF_LOGITS + ELEMENTWISE if m is not infolib.perplexity])
@pytest.mark.parametrize("base", [0, 1, -2, 0.5, NAN, INF])
def test_bad_bases_of_one_distribution(measure, base):
    refused(
        ValueError,
        ["`base` must be a finite number greater than 1", f"it was {base!r}", "`base=2`"],
        lambda: measure([1.0, 0.0], base=base),
    )
    refused(TypeError, ["`base` must be", "it was 'two', a str"], lambda: measure([1.0, 0.0], base="two"))


@pytest.mark.parametrize("base", [0, 1, -2, NAN])
def test_bad_bases_of_the_others(base):
    for measure in OF_TWO:
        refused(ValueError, ["`base` must be", f"it was {base!r}"], lambda m=measure: m([1.0], [1.0], base=base))
    for measure in OF_A_TABLE:
        refused(ValueError, ["`base` must be", f"it was {base!r}"], lambda m=measure: m([[1.0]], base=base))
    refused(
        ValueError,
        ["`base` must be", f"it was {base!r}"],
        lambda: infolib.conditional_mutual_information([[[1.0]]], 0, 1, 2, base=base),
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("measure", OF_TWO)
def test_two_distributions(measure, kind):
    good, bad = kind([0.5, 0.5]), kind([0.5, 0.75])
    refused(ValueError, ["`p` must sum to 1 along axis -1; it sums to 1.25"], lambda: measure(bad, good))
    refused(ValueError, ["`q` must sum to 1 along axis -1; it sums to 1.25"], lambda: measure(good, bad))
    refused(ValueError, ["`q` must not be negative; the value at 0"], lambda: measure(good, kind([-0.5, 1.5])))
    refused(ValueError, ["`p` must be finite"], lambda: measure(kind([NAN, 1.0]), good))
    refused(ValueError, ["`q` must be finite"], lambda: measure(good, kind([INF, 1.0])))
    refused(ValueError, ["`q` must not be empty"], lambda: measure(good, kind([])))
    refused(
        ValueError,
        ["`q` must have at least 1 axis"],
        lambda: measure(good, np.float64(1.0) if kind is not torch.tensor else kind(1.0)),
    )
    refused(
        ValueError,
        ["`p` and `q` must have one length along `axis`", "`p` had shape (2,)", "`q` (3,)", "0 where it cannot occur"],
        lambda: measure(good, kind([0.5, 0.5, 0.0])),
    )
    refused(ValueError, ["must have one length along `axis`"], lambda: measure(good, kind([1.0])))
    refused(
        ValueError,
        ["must broadcast over the other axes", "(3, 2)", "(4, 2)", "equal or 1"],
        lambda: measure(kind([[0.5, 0.5]] * 3), kind([[0.5, 0.5]] * 4)),
    )
    refused(ValueError, ["`axis` must be an axis of `p`"], lambda: measure(good, good, axis=1))
    refused(ValueError, ["row 1 sums to 0.5"], lambda: measure(kind([[0.5, 0.5], [0.25, 0.25]]), good))


def test_two_arrays_of_two_kinds():
    refused(
        TypeError,
        ["`p` and `q` must be of one kind", "torch.from_numpy"],
        lambda: infolib.kl_divergence(torch.tensor([1.0]), np.array([1.0])),
    )
    refused(
        ValueError,
        ["`p` and `q` must be on one device", "meta", "cpu", ".to()"],
        lambda: infolib.kl_divergence(torch.tensor([1.0], device="meta"), torch.tensor([1.0])),
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("measure", ELEMENTWISE)
def test_single_probabilities(measure, kind):
    for wrong, said in ((1.5, "1.5"), (-0.25, "-0.25"), (NAN, "nan"), (INF, "inf")):
        refused(
            ValueError,
            ["`p` must be a probability, from 0 to 1", f"the value at 1 was {said}", "divide by the total"],
            lambda w=wrong: measure(kind([0.5, w])),
        )
    refused(ValueError, ["`p` must not be empty"], lambda: measure(kind([])))
    refused(ValueError, ["from 0 to 1; it was 2."], lambda: measure(2.0))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("measure", OF_LOGITS)
def test_logits(measure, kind):
    refused(
        ValueError,
        ["`logits` must be finite or -inf", "row 1 holds nan", "overflow"],
        lambda: measure(kind([[0.0, 1.0], [NAN, 5.0]])),
    )
    refused(ValueError, ["`logits` must be finite or -inf; it holds inf"], lambda: measure(kind([0.0, INF])))
    refused(ValueError, ["`logits` must be finite or -inf"], lambda: measure(kind([-INF, NAN])))
    refused(
        ValueError,
        ["at least one outcome possible along axis -1", "row 0 holds -inf only", "Unmask"],
        lambda: measure(kind([[-INF, -INF], [0.0, -INF]])),
    )
    for temperature in (0, -1.0, NAN, INF):
        refused(
            ValueError,
            ["`temperature` must be finite and greater than 0", f"it was {temperature!r}", "Use 1"],
            lambda t=temperature: measure(kind([0.0, 1.0]), temperature=t),
        )
    refused(TypeError, ["`temperature` must be a number", "a str"], lambda: measure(kind([0.0]), temperature="hot"))
    refused(TypeError, ["`temperature` must be a number", "None"], lambda: measure(kind([0.0]), temperature=None))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("measure", OF_A_TABLE)
def test_tables(measure, kind):
    refused(
        ValueError,
        ["`p_xy` must sum to 1 over all axes; it sums to 2", "divide by the total"],
        lambda: measure(kind([[0.5, 0.5], [0.5, 0.5]])),
    )
    refused(ValueError, ["`p_xy` must not be negative", "(1, 0)"], lambda: measure(kind([[0.5, 0.75], [-0.25, 0.0]])))
    refused(ValueError, ["`p_xy` must be finite", "(0, 1) was nan"], lambda: measure(kind([[0.5, NAN]])))
    refused(ValueError, ["`p_xy` must be finite", "inf"], lambda: measure(kind([[0.5, INF]])))
    refused(ValueError, ["`p_xy` must not be empty"], lambda: measure(kind([[], []])))


def test_axes_of_tables():
    p = [[0.5, 0.0], [0.25, 0.25]]
    joint, conditional, mutual = infolib.joint_entropy, infolib.conditional_entropy, infolib.mutual_information
    given_two = infolib.conditional_mutual_information
    cube = [p, [[0.0, 0.0], [0.0, 0.0]]]
    different = "must name different axes of"
    refused(ValueError, ["`x` and `y`", different, "`p_xy`", "axis 1"], lambda: mutual(p, x=1, y=1))
    refused(ValueError, ["`x` and `y`", different], lambda: mutual(p, x=1, y=-1))
    refused(ValueError, ["`x`", different, "it was (0, 0)"], lambda: mutual(p, x=(0, 0), y=1))
    refused(ValueError, ["`of` and `given`", different], lambda: conditional(p, of=0, given=(1, 0)))
    refused(ValueError, ["`x` and `given`", different, "`p`"], lambda: given_two(cube, 0, 1, 0))
    refused(ValueError, ["`y` and `given`", different], lambda: given_two(cube, 0, 1, (1, 2)))
    refused(ValueError, ["`axes`", different, "Name each axis once"], lambda: joint(p, axes=(1, 1)))
    refused(ValueError, ["`axes` must name at least one axis"], lambda: joint(p, axes=()))
    refused(ValueError, ["`given` must name at least one axis"], lambda: conditional(p, of=0, given=()))
    refused(ValueError, ["`y` must be an axis of `p_xy`, from -2 to 1; it was 2"], lambda: mutual(p, x=0, y=2))
    refused(ValueError, ["`of` must be an axis of"], lambda: conditional(p, of=-3, given=0))
    refused(TypeError, ["`x` must be an integer", "'a'"], lambda: mutual(p, x="a", y=1))
    refused(ValueError, ["`p_xy` must have at least 2 axes", "shape (2,)"], lambda: mutual([0.5, 0.5]))
    refused(ValueError, ["`p_xy` must have at least 2 axes"], lambda: conditional([0.5, 0.5], of=0, given=0))
    refused(ValueError, ["`p` must have at least 3 axes", "(2, 2)"], lambda: given_two(p, 0, 1, 2))
    refused(ValueError, ["`p_xy` must have at least 1 axis", "joint table"], lambda: joint(1.0))


@pytest.mark.parametrize("kind", [list, np.array, torch.tensor])
def test_samples(kind):
    count = infolib.empirical_distribution
    refused(
        ValueError,
        ["`samples[1]` must hold labels from 0 to 2", "from 0 to 3", "np.unique"],
        lambda: count(kind([0, 1]), kind([0, 3]), n_outcomes=3),
    )
    refused(ValueError, ["`samples[0]` must hold labels from 0", "ran from -1 to 1"], lambda: count(kind([-1, 1])))
    refused(ValueError, ["`samples[0]` must hold labels from 0", "from -2 to -1"], lambda: count(kind([-1, -2])))
    refused(
        ValueError,
        ["`samples` must have one length", "`samples[0]` had 2", "`samples[1]` 3"],
        lambda: count(kind([0, 1]), kind([0, 1, 2])),
    )
    refused(ValueError, ["`samples[0]` must be one-dimensional and not empty", "(0,)"], lambda: count(kind([])))
    refused(ValueError, ["`samples[0]` must be one-dimensional", "(1, 2)"], lambda: count(kind([[0, 1]])))
    refused(TypeError, ["`samples[0]` must hold integer labels", "float"], lambda: count(kind([0.0, 1.0])))
    refused(ValueError, ["`n_outcomes` must have one entry for each"], lambda: count(kind([0]), n_outcomes=(2, 2)))
    refused(ValueError, ["`n_outcomes` must be at least 1", "it was 0"], lambda: count(kind([0]), n_outcomes=0))
    refused(TypeError, ["`n_outcomes` must be an int"], lambda: count(kind([0]), n_outcomes=2.5))
    refused(ValueError, ["fewer than 2**40 combinations", "2000000 x 2000000"], lambda: count(*[kind([1_999_999])] * 2))


def test_samples_of_two_kinds_and_no_samples():
    count = infolib.empirical_distribution
    refused(ValueError, ["`samples` must hold at least one vector", "there was none"], lambda: count())
    refused(TypeError, ["`samples` must be of one kind", "torch.as_tensor"], lambda: count([0], torch.tensor([0])))
    refused(TypeError, ["`samples[0]` must be a list", "a str"], lambda: count("abc"))
