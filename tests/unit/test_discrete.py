"""Known answers of the discrete measures, the kinds of arrays they take, and their gradients."""

import math
import warnings

import numpy as np
import pytest
import torch

import infolib

LN2 = math.log(2)

# Cover & Thomas (2006), example 2.2.1: rows are y, columns are x.
TABLE = np.array([[4, 2, 1, 1], [2, 4, 1, 1], [2, 2, 2, 2], [8, 0, 0, 0]]) / 32


def test_entropy_known_answers_in_bits():
    assert infolib.entropy([0.5, 0.25, 0.125, 0.125], base=2) == pytest.approx(1.75, rel=1e-15, abs=0)
    assert infolib.entropy([1 / 8] * 8, base=2) == pytest.approx(3.0, rel=1e-15, abs=0)
    # Cover & Thomas, example 1.1.2: the horse race.
    assert infolib.entropy([1 / 2, 1 / 4, 1 / 8, 1 / 16, *[1 / 64] * 4], base=2) == pytest.approx(2.0, rel=1e-15, abs=0)


def test_entropy_of_a_geometric_distribution():
    success = 0.3
    p = success * (1 - success) ** np.arange(200)
    expected = infolib.binary_entropy(success) / success
    assert infolib.entropy(p) == pytest.approx(expected, rel=1e-12, abs=0)


def test_units_are_nats_unless_a_base_is_given():
    assert infolib.entropy([0.5, 0.5]) == pytest.approx(LN2, rel=1e-15, abs=0)
    assert infolib.entropy([0.1] * 10, base=10) == pytest.approx(1.0, rel=1e-15, abs=0)
    assert infolib.varentropy([0.5, 0.25, 0.25]) == pytest.approx(0.25 * LN2**2, rel=1e-14, abs=0)
    # A variance is in squared units.
    assert infolib.varentropy([0.5, 0.25, 0.25], base=2) == pytest.approx(0.25, rel=1e-14, abs=0)
    assert infolib.varentropy_from_logits([LN2, 0.0, 0.0], base=2) == pytest.approx(0.25, rel=1e-14, abs=0)


def test_certainty_is_plain_zero():
    for value in (
        infolib.entropy([0.0, 1.0]),
        infolib.varentropy([0.0, 1.0]),
        infolib.kl_divergence([0.0, 1.0], [0.0, 1.0]),
        infolib.cross_entropy([0.0, 1.0], [0.0, 1.0]),
        infolib.entropy_from_logits([3.0]),
        infolib.self_information(1.0),
        infolib.binary_entropy(1.0),
        infolib.joint_entropy([[0.0, 1.0]]),
    ):
        assert value == 0.0
        assert math.copysign(1, value) == 1.0


def test_rounding_of_a_probability_above_one_gives_no_negative_entropy():
    assert infolib.entropy([1 + 5e-10, 0.0]) == 0.0
    assert infolib.entropy(torch.tensor([1.00001, 0.0])).item() == 0.0


def test_self_information_of_impossible_and_of_smallest_events():
    np.testing.assert_allclose(infolib.self_information([0.5, 1.0, 0.0]), [LN2, 0.0, np.inf], rtol=1e-15)
    assert infolib.self_information(1e-300) == pytest.approx(300 * math.log(10), rel=1e-15, abs=0)


def test_single_numbers_give_single_numbers():
    for p, surprise, entropy in ((0.0, np.inf, 0.0), (0.5, LN2, LN2), (1, 0.0, 0.0)):
        assert infolib.self_information(p) == surprise
        assert infolib.binary_entropy(p) == entropy
        assert isinstance(infolib.self_information(p), np.float64)
        assert isinstance(infolib.binary_entropy(p), np.float64)


def test_binary_entropy_near_both_ends():
    tiny = 1e-300
    assert infolib.binary_entropy(tiny) == pytest.approx(tiny * (1 + 300 * math.log(10)), rel=1e-14, abs=0)
    gap = 2.0**-53
    assert infolib.binary_entropy(1 - gap) == pytest.approx(gap * (1 + 53 * LN2), rel=1e-14, abs=0)
    assert infolib.binary_entropy(np.full((2, 3), 0.5), base=2).shape == (2, 3)


def test_varentropy_known_answers():
    p = 0.2
    expected = p * (1 - p) * math.log((1 - p) / p) ** 2
    assert infolib.varentropy([p, 1 - p]) == pytest.approx(expected, rel=1e-14, abs=0)
    assert infolib.varentropy([0.25] * 4) == pytest.approx(0.0, abs=1e-30)
    # The same formula near uniformity, where p = 1/2 + d: p (1 - p) = 1/4 - d^2 and the log ratio is 2 artanh 2d.
    d = 2.0**-24
    expected = (0.25 - d * d) * (2 * math.atanh(2 * d)) ** 2
    assert infolib.varentropy([0.5 + d, 0.5 - d]) == pytest.approx(expected, rel=1e-7, abs=0)


def test_perplexity_counts_equally_likely_outcomes():
    assert infolib.perplexity([0.2] * 5) == pytest.approx(5.0, rel=1e-14, abs=0)
    assert infolib.perplexity([1.0, 0.0]) == 1.0


def test_joint_table_of_cover_and_thomas():
    # Printed there: H(X) = 7/4, H(Y) = 2, H(X|Y) = 11/8, H(Y|X) = 13/8, H(X,Y) = 27/8 and I(X;Y) = 3/8 bits.
    assert infolib.joint_entropy(TABLE, axes=1, base=2) == pytest.approx(7 / 4, rel=1e-14, abs=0)
    assert infolib.joint_entropy(TABLE, axes=0, base=2) == pytest.approx(2, rel=1e-14, abs=0)
    assert infolib.joint_entropy(TABLE, base=2) == pytest.approx(27 / 8, rel=1e-14, abs=0)
    assert infolib.conditional_entropy(TABLE, of=1, given=0, base=2) == pytest.approx(11 / 8, rel=1e-14, abs=0)
    assert infolib.conditional_entropy(TABLE, of=0, given=1, base=2) == pytest.approx(13 / 8, rel=1e-14, abs=0)
    assert infolib.mutual_information(TABLE, base=2) == pytest.approx(3 / 8, rel=1e-14, abs=0)


def test_divergence_known_answers():
    # Cover & Thomas, example 2.3.1 with r = 1/2, s = 1/4.
    p, q = [1 / 2, 1 / 2], [3 / 4, 1 / 4]
    assert infolib.kl_divergence(p, q, base=2) == pytest.approx(1 - math.log2(3) / 2, rel=1e-14, abs=0)
    assert infolib.kl_divergence(q, p, base=2) == pytest.approx(3 / 4 * math.log2(3) - 1, rel=1e-14, abs=0)
    assert infolib.cross_entropy(p, q, base=2) == pytest.approx(2 - math.log2(3) / 2, rel=1e-14, abs=0)


def test_zeros_in_divergences():
    assert infolib.kl_divergence([0.5, 0.5], [1.0, 0.0]) == np.inf
    assert infolib.cross_entropy([0.5, 0.5], [1.0, 0.0]) == np.inf
    assert infolib.kl_divergence([1.0, 0.0], [0.5, 0.5]) == pytest.approx(LN2, rel=1e-15, abs=0)
    assert infolib.kl_divergence([0.5, 0.5, 0.0], [0.25, 0.75, 0.0]) == pytest.approx(
        infolib.kl_divergence([0.5, 0.5], [0.25, 0.75]), rel=1e-15
    )
    assert infolib.js_divergence([1.0, 0.0, 0.0], [0.0, 0.5, 0.5]) == LN2
    assert infolib.js_divergence([0.5, 0.5, 0.0], [0.5, 0.5, 0.0]) == 0.0


def test_one_row_may_be_infinite_and_the_others_finite():
    values = infolib.kl_divergence([[0.5, 0.5], [1.0, 0.0]], [[1.0, 0.0], [1.0, 0.0]])
    np.testing.assert_array_equal(values, [np.inf, 0.0])


def test_divergence_of_almost_equal_distributions():
    d = 2.0**-40
    p, q = [0.5, 0.5], [0.5 + d, 0.5 - d]
    # D = -log(1 - 4 d^2) / 2 exactly, about 2 d^2; the usual formula returns rounding noise of 1e-16 here.
    assert infolib.kl_divergence(p, q) == pytest.approx(-math.log1p(-4 * d * d) / 2, rel=1e-14, abs=0)
    assert infolib.js_divergence(p, q) == pytest.approx(d * d / 2, rel=1e-12, abs=0)


def test_divergence_where_the_sums_are_off_by_what_is_tolerated():
    p = np.array([0.2, 0.3, 0.5])
    d = 1e-6
    q = np.array([0.2 + d, 0.3, 0.5 - d])
    exact = infolib.kl_divergence(p, q)
    off = infolib.kl_divergence(p, q * (1 - 8e-10))
    # The divergence of the normalised pair changes by (8e-10)^2 / 2; sum p log(p/q) by 8e-10, a thousand times D.
    assert off == pytest.approx(exact, rel=1e-6, abs=0)
    assert abs(np.sum(p * np.log(p / (q * (1 - 8e-10)))) - exact) > 100 * exact


def test_mutual_information_of_independent_variables_is_zero():
    rng = np.random.default_rng(0)
    table = np.outer(rng.dirichlet(np.ones(30)), rng.dirichlet(np.ones(40)))
    assert 0 <= infolib.mutual_information(table) < 1e-25
    assert infolib.mutual_information([[0.25, 0.25], [0.25, 0.25]]) == 0.0


def test_mutual_information_survives_products_that_underflow():
    p = [[1 - 1e-200, 0.0], [0.0, 1e-200]]
    assert infolib.mutual_information(p) == pytest.approx(1e-200 * (1 + 200 * math.log(10)), rel=0.01, abs=0)


def test_conditional_entropy_of_an_almost_certain_variable():
    # H(Y|X) = mass-weighted binary entropies; the plain difference H(X,Y) - H(X) gives 0 or less here.
    tiny = 1e-20
    p = [[0.5, tiny], [0.0, 0.5]]
    share = tiny / 0.5
    assert infolib.conditional_entropy(p, of=1, given=0) == pytest.approx(
        0.5 * share * (1 - math.log(share)), rel=1e-13
    )


def test_conditional_entropy_when_a_condition_never_occurs():
    p = [[0.5, 0.5], [0.0, 0.0]]
    assert infolib.conditional_entropy(p, of=1, given=0) == pytest.approx(LN2, rel=1e-15, abs=0)
    assert infolib.conditional_entropy(p, of=0, given=1) == 0.0


def test_axes_choose_and_order_the_variables():
    rng = np.random.default_rng(1)
    p = rng.dirichlet(np.ones(24)).reshape(2, 3, 4)
    assert infolib.joint_entropy(p, axes=(2, 0)) == pytest.approx(infolib.entropy(p.sum(1).ravel()), rel=1e-14, abs=0)
    two = infolib.mutual_information(p.sum(1))
    assert infolib.mutual_information(p, x=2, y=0) == pytest.approx(two, rel=1e-12, abs=0)
    merged = infolib.mutual_information(p.reshape(6, 4))
    assert infolib.mutual_information(p, x=(0, 1), y=-1) == pytest.approx(merged, rel=1e-12, abs=0)
    assert infolib.conditional_entropy(p, of=(0, 2), given=1) == pytest.approx(
        infolib.joint_entropy(p) - infolib.joint_entropy(p, axes=1), rel=1e-12
    )


def test_conditional_mutual_information_of_parity():
    p = np.zeros((2, 2, 2))
    for x in (0, 1):
        for y in (0, 1):
            p[x, y, x ^ y] = 0.25
    assert infolib.mutual_information(p) == 0.0
    assert infolib.conditional_mutual_information(p, 0, 1, 2, base=2) == pytest.approx(1.0, rel=1e-14, abs=0)


def test_conditional_mutual_information_of_a_markov_chain_is_zero():
    rng = np.random.default_rng(2)
    p_x, y_from_x, z_from_y = rng.dirichlet(np.ones(3)), rng.dirichlet(np.ones(4), 3), rng.dirichlet(np.ones(5), 4)
    p = np.einsum("x,xy,yz->xyz", p_x, y_from_x, z_from_y)
    assert 0 <= infolib.conditional_mutual_information(p, 0, 2, 1) < 1e-25
    assert infolib.conditional_mutual_information(p, 0, 1, 2) > 0.01


@pytest.mark.parametrize("temperature", [0.25, 1.0, 3.0])
def test_logits_agree_with_the_softmax(temperature):
    logits = np.random.default_rng(3).normal(size=(5, 40)) * 4
    scaled = np.exp(logits / temperature - (logits / temperature).max(-1, keepdims=True))
    p = scaled / scaled.sum(-1, keepdims=True)
    # A probability near 1 is rounded to 1e-16, so that is as much as `p` still knows about its entropy.
    np.testing.assert_allclose(
        infolib.entropy_from_logits(logits, temperature=temperature), infolib.entropy(p), rtol=1e-12, atol=1e-15
    )
    np.testing.assert_allclose(
        infolib.varentropy_from_logits(logits, temperature=temperature), infolib.varentropy(p), rtol=1e-12, atol=1e-14
    )


def test_logits_whose_best_outcome_has_almost_all_the_mass():
    odds = math.exp(-60)  # far below rounding of 1
    expected = math.log1p(odds) + 60 * odds / (1 + odds)
    assert infolib.entropy_from_logits([0.0, -60.0]) == pytest.approx(expected, rel=1e-14, abs=0)
    assert infolib.varentropy_from_logits([0.0, -60.0]) == pytest.approx(3600 * odds, rel=1e-13, abs=0)
    assert infolib.entropy_from_logits([[5.0, 5.0, -np.inf]], base=2) == pytest.approx([1.0], rel=1e-15, abs=0)


def test_huge_logits_and_small_temperatures_neither_overflow_nor_warn():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert infolib.entropy_from_logits([1e308, -1e308, 1e308], base=2) == pytest.approx(1.0, rel=1e-15, abs=0)
        assert infolib.entropy_from_logits([1.0, 0.0], temperature=1e-310) == 0.0
        assert infolib.entropy_from_logits([-np.inf, 7.0]) == 0.0
        assert infolib.entropy([0.0, 1.0]) == 0.0


def test_logits_of_a_row_longer_than_a_block():
    logits = np.random.default_rng(4).normal(size=(2, 100_000))
    weights = np.exp(logits)
    np.testing.assert_allclose(
        infolib.entropy_from_logits(logits),
        infolib.entropy(weights / weights.sum(-1, keepdims=True)),
        rtol=1e-12,
    )


@pytest.mark.parametrize("shape", [(3, 50_000), (300, 700), (7, 11, 13)])
@pytest.mark.parametrize("axis", [0, -1, 1])
def test_batches_of_every_shape_equal_one_row_at_a_time(shape, axis):
    rng = np.random.default_rng(5)
    p, q = rng.random(shape), rng.random(shape)
    p[p < 0.1] = 0
    p += p.sum(axis, keepdims=True) == 0
    p, q = p / p.sum(axis, keepdims=True), q / q.sum(axis, keepdims=True)
    rows_p, rows_q = (np.moveaxis(a, axis, -1) for a in (p, q))
    for measure, arrays, rows in (
        (infolib.entropy, (p,), (rows_p,)),
        (infolib.varentropy, (p,), (rows_p,)),
        (infolib.kl_divergence, (p, q), (rows_p, rows_q)),
        (infolib.entropy_from_logits, (p,), (rows_p,)),
    ):
        values = measure(*arrays, axis=axis)
        assert values.shape == rows[0].shape[:-1]
        some = [(0,) * values.ndim, tuple(n - 1 for n in values.shape)]
        for place in some:
            assert values[place] == pytest.approx(measure(*(r[place] for r in rows)), rel=1e-12, abs=0)


def test_q_broadcasts_over_the_rows_of_p():
    rng = np.random.default_rng(6)
    p, q = rng.dirichlet(np.ones(5), (4, 3)), rng.dirichlet(np.ones(5))
    expected = [[infolib.kl_divergence(row, q) for row in block] for block in p]
    np.testing.assert_allclose(infolib.kl_divergence(p, q), expected, rtol=1e-13)
    np.testing.assert_allclose(infolib.kl_divergence(torch.tensor(p), torch.tensor(q)).numpy(), expected, rtol=1e-13)
    outer = infolib.js_divergence(p[:, None, 0], p[None, :, 0])
    assert outer.shape == (4, 4)
    np.testing.assert_allclose(outer, outer.T, rtol=1e-13)
    assert outer[1, 2] == pytest.approx(infolib.js_divergence(p[1, 0], p[2, 0]), rel=1e-13, abs=0)


def test_empirical_distribution_counts_combinations():
    np.testing.assert_array_equal(
        infolib.empirical_distribution([0, 0, 1, 1], [0, 2, 2, 2]), [[0.25, 0.0, 0.25], [0.0, 0.0, 0.5]]
    )
    three = infolib.empirical_distribution([0, 1], [1, 0], [0, 1], n_outcomes=(2, 3, 4))
    assert three.shape == (2, 3, 4)
    assert three[0, 1, 0] == three[1, 0, 1] == 0.5
    assert infolib.empirical_distribution(np.array([0, 1], np.uint8), n_outcomes=5).shape == (5,)
    tensor = infolib.empirical_distribution(torch.tensor([0, 1, 1]), torch.tensor([0, 0, 1]))
    torch.testing.assert_close(tensor, torch.tensor([[1, 0], [1, 1]], dtype=torch.float64) / 3)


def test_labels_of_a_small_integer_type_do_not_overflow():
    x = np.arange(256, dtype=np.uint8)
    assert infolib.mutual_information(infolib.empirical_distribution(x, x), base=2) == pytest.approx(8.0, rel=1e-14)


def _every_measure():
    p = [[0.5, 0.25], [0.25, 0.0]]
    rows, other = [[0.5, 0.25, 0.25, 0.0], [0.0, 0.5, 0.5, 0.0]], [[0.25] * 4, [0.125, 0.5, 0.25, 0.125]]
    return [
        (infolib.self_information, (rows,)),
        (infolib.entropy, (rows,)),
        (infolib.binary_entropy, (rows,)),
        (infolib.varentropy, (rows,)),
        (infolib.perplexity, (rows,)),
        (infolib.joint_entropy, (p,)),
        (lambda t: infolib.conditional_entropy(t, of=0, given=1), (p,)),
        (infolib.mutual_information, (p,)),
        (lambda t: infolib.conditional_mutual_information(t, 0, 1, 2), ([p, [[0.0, 0.0], [0.0, 0.0]]],)),
        (infolib.cross_entropy, (rows, other)),
        (infolib.kl_divergence, (rows, other)),
        (infolib.kl_divergence, (other, rows)),
        (infolib.js_divergence, (rows, other)),
        (infolib.entropy_from_logits, ([[0.0, -1.0, -math.inf], [2.0, -math.inf, -math.inf]],)),
        (infolib.varentropy_from_logits, ([[0.0, -1.0, -math.inf], [2.0, -math.inf, -math.inf]],)),
    ]


@pytest.mark.parametrize(("measure", "lists"), _every_measure())
@pytest.mark.parametrize(
    ("dtype", "rtol"), [(torch.float64, 1e-13), (torch.float32, 1e-5), (torch.float16, 1e-3), (torch.bfloat16, 8e-3)]
)
def test_tensors_give_tensors_of_their_dtype_and_the_numbers_of_numpy(measure, lists, dtype, rtol):
    reference = measure(*lists)
    assert isinstance(reference, np.ndarray | np.float64)
    assert reference.dtype == np.float64
    value = measure(*(torch.tensor(a, dtype=dtype) for a in lists))
    assert isinstance(value, torch.Tensor)
    assert value.dtype == dtype
    assert value.shape == reference.shape
    np.testing.assert_allclose(value.double().numpy(), reference, rtol=rtol, atol=1e-12)


@pytest.mark.parametrize(("measure", "lists"), _every_measure())
def test_gradients_are_finite_at_impossible_outcomes(measure, lists):
    for dtype in (torch.float64, torch.float32, torch.bfloat16):
        tensors = [torch.tensor(a, dtype=dtype, requires_grad=True) for a in lists]
        measure(*tensors).sum().backward()
        for tensor in tensors:
            assert tensor.grad is not None
            assert torch.isfinite(tensor.grad).all()


def test_the_gradient_at_an_impossible_logit_is_zero():
    logits = torch.tensor([0.0, -1.0, -math.inf], dtype=torch.float64, requires_grad=True)
    infolib.entropy_from_logits(logits).backward()
    assert logits.grad[2] == 0
    # dH/dl_i = -p_i (log p_i + H), for the two outcomes that remain.
    log_p = torch.log_softmax(logits.detach()[:2], 0)
    expected = -log_p.exp() * (log_p + infolib.entropy(log_p.exp()))
    torch.testing.assert_close(logits.grad[:2], expected)


def test_gradients_of_subnormal_probabilities_are_finite():
    p = torch.tensor([1.0, 1e-42], requires_grad=True)
    q = torch.tensor([1.0, 1.1e-42], requires_grad=True)
    (infolib.kl_divergence(p, q) + infolib.js_divergence(p, q) + infolib.entropy(p)).backward()
    assert torch.isfinite(p.grad).all()
    assert torch.isfinite(q.grad).all()


def _interior(n):
    return torch.randn(2, n, dtype=torch.float64, generator=torch.Generator().manual_seed(7)).requires_grad_()


@pytest.mark.parametrize(
    "measure",
    [
        infolib.entropy,
        infolib.varentropy,
        infolib.perplexity,
        infolib.self_information,
        infolib.binary_entropy,
        lambda p: infolib.cross_entropy(p, p.flip(-1)),
        lambda p: infolib.kl_divergence(p, p.flip(-1)),
        lambda p: infolib.js_divergence(p, p.flip(-1)),
        lambda p: infolib.kl_divergence(p, torch.softmax(torch.log(p) * 1.01, -1)),
        lambda p: infolib.joint_entropy(p[0].reshape(2, 3), axes=0),
        lambda p: infolib.conditional_entropy(p[0].reshape(2, 3), of=0, given=1),
        lambda p: infolib.mutual_information(p[0].reshape(2, 3)),
        lambda p: infolib.conditional_mutual_information(p.reshape(2, 2, 3) / 2, 0, 1, 2),
    ],
)
def test_gradcheck_through_a_softmax(measure):
    assert torch.autograd.gradcheck(lambda logits: measure(torch.softmax(logits, -1)), (_interior(6),))


@pytest.mark.parametrize("measure", [infolib.entropy_from_logits, infolib.varentropy_from_logits])
def test_gradcheck_of_logits(measure):
    assert torch.autograd.gradcheck(lambda logits: measure(logits, temperature=0.7), (_interior(6),))


def test_a_list_beside_a_tensor_becomes_a_tensor():
    q = torch.tensor([0.25, 0.75])
    value = infolib.kl_divergence([0.5, 0.5], q)
    assert value.dtype == torch.float32
    assert value.item() == pytest.approx(infolib.kl_divergence([0.5, 0.5], [0.25, 0.75]), rel=1e-6, abs=0)


def test_meta_tensors_give_shapes():
    p = torch.empty(3, 4, device="meta")
    assert infolib.entropy(p).shape == infolib.kl_divergence(p, p).shape == (3,)
    assert infolib.entropy_from_logits(p, axis=0).shape == (4,)


def test_inputs_are_left_as_they_were():
    p, logits = np.array([[0.5, 0.5, 0.0]]), np.array([[1.0, -np.inf, 3.0]])
    kept = p.copy(), logits.copy()
    for measure in (infolib.entropy, infolib.varentropy, infolib.self_information, infolib.binary_entropy):
        measure(p)
    infolib.kl_divergence(p, p)
    infolib.entropy_from_logits(logits, temperature=2.0)
    x, y = np.array([0, 1, 1]), np.array([1, 0, 1])
    infolib.empirical_distribution(x, y, x)
    np.testing.assert_array_equal(p, kept[0])
    np.testing.assert_array_equal(logits, kept[1])
    assert x.tolist() == [0, 1, 1]


def test_tolerance_follows_the_precision_of_the_input():
    p = np.array([0.5, 0.5 + 5e-5])
    assert infolib.entropy(p.astype(np.float32)) == pytest.approx(LN2, rel=1e-3, abs=0)
    assert infolib.entropy(torch.tensor(p, dtype=torch.float32)).item() == pytest.approx(LN2, rel=1e-3, abs=0)
    assert infolib.entropy(torch.tensor([0.5, 0.505], dtype=torch.bfloat16)).item() == pytest.approx(LN2, rel=1e-2)
    for exact in (p, p.tolist(), torch.tensor(p)):
        with pytest.raises(ValueError, match="must sum to 1"):
            infolib.entropy(exact)
    with pytest.raises(ValueError, match="must sum to 1"):
        infolib.entropy(torch.tensor([0.5, 0.5002]))
