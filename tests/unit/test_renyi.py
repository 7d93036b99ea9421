"""Known answers of the Rényi family, the kinds of arrays it takes, its gradients and its refusals."""

import dataclasses
import math
import warnings

import numpy as np
import pytest
import torch

import infolib

LN2 = math.log(2)
INF = math.inf
ORDERS = [0, 1e-300, 1e-12, 0.3, 0.5, 1 - 1e-12, 1, 1 + 1e-12, 1.01, 1.5, 2, 3, 40, 2000, 1e17, INF]


@pytest.mark.parametrize("order", ORDERS)
def test_uniform_distributions_have_the_log_of_their_size(order):
    for n in (1, 2, 7, 1000):
        assert infolib.renyi_entropy(np.full(n, 1 / n), order) == pytest.approx(math.log(n), rel=4e-15, abs=1e-15)


@pytest.mark.parametrize("order", ORDERS)
def test_a_certain_outcome_has_plain_zero(order):
    for p in ([1.0], [0.0, 1.0, 0.0]):
        for value in (
            infolib.renyi_entropy(p, order),
            infolib.tsallis_entropy(p, order),
            infolib.renyi_divergence(p, p, order),
        ):
            assert value == 0.0
            assert math.copysign(1, value) == 1.0


def test_known_answers_in_bits():
    p = [0.5, 0.25, 0.25]
    # Sums of powers by hand: 3 outcomes; (sqrt 2 / 2 + 1)^2 = 3/2 + sqrt 2; 3/8; 5/32; the largest is 1/2.
    expected = [math.log2(3), math.log2(1.5 + math.sqrt(2)), 1.5, -math.log2(3 / 8), -math.log2(5 / 32) / 2, 1.0]
    np.testing.assert_allclose(infolib.renyi_entropy(p, [0, 0.5, 1, 2, 3, INF], base=2), expected, rtol=1e-15)
    assert infolib.hartley_entropy([*p, 0.0], base=2) == pytest.approx(math.log2(3), rel=1e-15, abs=0)
    assert infolib.collision_entropy(p, base=2) == pytest.approx(-math.log2(3 / 8), rel=1e-15, abs=0)
    assert infolib.min_entropy(p, base=2) == 1.0
    assert infolib.guessing_probability(p) == 0.5


def test_next_to_order_one_the_limit_is_not_lost():
    # Computed as log(sum p^a)/(1 - a) this gives 1.4908 at 1 + 1e-14 in a published library.
    for gap in (1e-6, 1e-9, 1e-12, 1e-14, 2.3e-16):
        for order in (1 + gap, 1 - gap):
            value = infolib.renyi_entropy([0.5, 0.25, 0.25], order, base=2)
            # dH/da at 1 is minus half the varentropy: 1/4 bit^2, in nats.
            assert value == pytest.approx(1.5 - (order - 1) * 0.125 * LN2, rel=1e-12, abs=0)
            assert infolib.tsallis_entropy([0.5, 0.25, 0.25], order) == pytest.approx(1.5 * LN2, rel=2 * gap + 1e-14)


def test_order_one_is_entropy_and_kullback_leibler():
    rng = np.random.default_rng(0)
    p, q = rng.dirichlet(np.ones(50), 20), rng.dirichlet(np.ones(50), 20)
    np.testing.assert_array_equal(infolib.renyi_entropy(p, 1), infolib.entropy(p))
    np.testing.assert_allclose(infolib.tsallis_entropy(p, 1), infolib.entropy(p), rtol=1e-15)
    np.testing.assert_array_equal(infolib.renyi_divergence(p, q, 1), infolib.kl_divergence(p, q))


def test_two_outcomes_almost_certain():
    rare = 1e-20
    # 1 - rare is 1 in floating point, and the entropy is still there.
    assert infolib.renyi_entropy([1.0, rare], 2) == pytest.approx(rare, rel=1e-14, abs=0)
    assert infolib.renyi_entropy([1.0, rare], 0.5) == pytest.approx(2 * math.sqrt(rare), rel=1e-9, abs=0)
    assert infolib.renyi_entropy([1.0, rare], 2000) == pytest.approx(rare / 1999, rel=1e-14, abs=0)


def test_tsallis_known_answers():
    p = [0.5, 0.25, 0.25]
    np.testing.assert_allclose(infolib.tsallis_entropy(p, [0, 1, 2, 3]), [2, 1.5 * LN2, 5 / 8, 27 / 64], rtol=1e-15)
    assert infolib.tsallis_entropy(p, INF) == 0.0
    assert infolib.tsallis_entropy([1e-310, 1 - 1e-310], 0) == 1.0


def test_q_logarithm_and_exponential_known_answers():
    np.testing.assert_allclose(infolib.q_logarithm([0.25, 1, 4], 2), [-3, 0, 0.75], rtol=1e-15)
    np.testing.assert_allclose(infolib.q_logarithm([0.25, 1, 4], 0), [-0.75, 0, 3], rtol=1e-15)
    np.testing.assert_allclose(infolib.q_logarithm([0.25, 1, 4], 1), np.log([0.25, 1, 4]), rtol=1e-15)
    np.testing.assert_array_equal(infolib.q_logarithm([0.0, 0.0], 0.5), [-2.0, -2.0])
    assert infolib.q_logarithm(0.0, 1) == infolib.q_logarithm(0.0, 3) == -INF
    np.testing.assert_allclose(infolib.q_exponential([-3, -1, 3], 0.5), [0, 0.25, 6.25], rtol=1e-15)
    np.testing.assert_allclose(infolib.q_exponential([-1, 0.5, 1, 2], 2), [0.5, 2, INF, INF], rtol=1e-15)
    np.testing.assert_allclose(infolib.q_exponential([-1, 0, 2], 1), np.exp([-1, 0, 2]), rtol=1e-15)
    assert isinstance(infolib.q_logarithm(2, 0.5), np.float64)
    # Next to order 1, where log_q x = log x + (1 - q) (log x)^2 / 2.
    x, gap = 3.0, 1e-9
    assert infolib.q_logarithm(x, 1 - gap) - math.log(x) == pytest.approx(gap * math.log(x) ** 2 / 2, rel=1e-5, abs=0)
    assert infolib.q_exponential(infolib.q_logarithm(x, 1 + gap), 1 + gap) == pytest.approx(x, rel=1e-15, abs=0)


def test_tsallis_entropy_is_the_mean_q_logarithm():
    p = np.array([0.6, 0.3, 0.1])
    for order in (0.2, 1, 1.7, 4):
        mean = np.sum(p * infolib.q_logarithm(1 / p, order))
        assert infolib.tsallis_entropy(p, order) == pytest.approx(mean, rel=1e-14, abs=0)


def test_divergence_known_answers():
    p, q = [0.5, 0.5], [0.25, 0.75]
    half = -2 * math.log2(math.sqrt(1 / 8) + math.sqrt(3 / 8))
    assert infolib.renyi_divergence(p, q, 0.5, base=2) == pytest.approx(half, rel=1e-14, abs=0)
    assert infolib.renyi_divergence(p, q, 2, base=2) == pytest.approx(math.log2(1 + 1 / 3), rel=1e-14, abs=0)
    assert infolib.renyi_divergence(p, q, INF, base=2) == pytest.approx(1.0, rel=1e-15, abs=0)
    assert infolib.renyi_divergence(p, q, 0) == 0.0
    # Against the uniform distribution it is log n - H.
    uniform = np.full(4, 0.25)
    r = [0.4, 0.3, 0.2, 0.1]
    for order in (0, 0.3, 1, 2.5, 30, INF):
        assert infolib.renyi_divergence(r, uniform, order) == pytest.approx(
            math.log(4) - infolib.renyi_entropy(r, order), rel=1e-13, abs=1e-16
        )


def test_supports_in_divergences():
    for order in (0, 1e-12, 0.5, 1, 2, INF):
        assert infolib.renyi_divergence([1.0, 0.0], [0.0, 1.0], order) == INF
        # An outcome that neither has adds nothing.
        assert infolib.renyi_divergence([0.5, 0.5, 0.0], [0.25, 0.75, 0.0], order) == pytest.approx(
            infolib.renyi_divergence([0.5, 0.5], [0.25, 0.75], order), rel=1e-15
        )
        # p is certain: D = -log q at every order.
        assert infolib.renyi_divergence([1.0, 0.0], [0.25, 0.75], order) == pytest.approx(2 * LN2, rel=1e-15, abs=0)
        # q is certain: D = a/(1 - a) log 2 up to order 1.
        value = infolib.renyi_divergence([0.5, 0.5], [1.0, 0.0], order)
        assert value == (INF if order >= 1 else pytest.approx(order / (1 - order) * LN2, rel=1e-15, abs=0))
    assert infolib.renyi_divergence([1.0, 0.0], [1.0, 1e-30], 0) == pytest.approx(1e-30, rel=1e-15, abs=0)
    assert infolib.renyi_divergence([1.0, 0.0], [1e-30, 1.0], 0) == pytest.approx(30 * math.log(10), rel=1e-15, abs=0)
    rows = infolib.renyi_divergence([[0.5, 0.5], [1.0, 0.0]], [[1.0, 0.0], [1.0, 0.0]], 2)
    np.testing.assert_array_equal(rows, [INF, 0.0])


def test_divergence_of_gaussians_on_a_grid():
    # D_a of two Gaussians of variance 1 is a m^2 / 2; a fine grid has it to rounding.
    x = np.arange(-2000, 2001) / 100
    weights = [np.exp(-((x - mean) ** 2) / 2) for mean in (0.3, 0.0)]
    p, q = (w / w.sum() for w in weights)
    for order in (0.2, 0.9, 1, 1.1, 2, 7):
        assert infolib.renyi_divergence(p, q, order) == pytest.approx(order * 0.045, rel=1e-12, abs=0)


def test_divergence_of_almost_equal_distributions():
    d = 2.0**-40
    p, q = [0.5, 0.5], [0.5 + d, 0.5 - d]
    # D_2 = log(1 / (1 - 4 d^2)), D_(1/2) = -2 log of (sqrt(1 + 2d) + sqrt(1 - 2d))/2, and a d^2 * 2 for small d.
    assert infolib.renyi_divergence(p, q, 2) == pytest.approx(-math.log1p(-4 * d * d), rel=1e-14, abs=0)
    for order in (1e-9, 0.5, 1 - 1e-9, 1 + 1e-9, 7):
        assert infolib.renyi_divergence(p, q, order) == pytest.approx(2 * order * d * d, rel=1e-12, abs=0)
    assert infolib.renyi_divergence(p, q, INF) == pytest.approx(-math.log1p(-2 * d), rel=1e-14, abs=0)


def test_sums_off_by_what_is_tolerated():
    p = np.array([0.5, 0.3, 0.2])
    off = p * (1 + 9e-10)
    for order in (0.5, 1 - 1e-9, 1 + 1e-9, 2, 300):
        assert infolib.renyi_entropy(off, order) == pytest.approx(infolib.renyi_entropy(p, order), rel=1e-8, abs=0)
        # Both are divided by their sums: the term of second order, 4e-19 times the order, is gone too.
        assert 0 <= infolib.renyi_divergence(off, p, order) < 1e-30
        near = p + np.array([1e-6, 0, -1e-6])
        assert infolib.renyi_divergence(off, near, order) == pytest.approx(
            infolib.renyi_divergence(p, near, order), rel=1e-9
        )
    assert infolib.renyi_entropy([1 + 5e-10, 0.0], INF) == infolib.renyi_entropy([1 + 5e-10, 0.0], 2) == 0.0
    assert infolib.guessing_probability([1 + 5e-10, 0.0]) == 1.0


def test_a_sequence_of_orders_adds_a_leading_axis():
    rng = np.random.default_rng(1)
    p, q = rng.dirichlet(np.ones(6), (2, 3)), rng.dirichlet(np.ones(6))
    orders = (0, 0.5, 1, 2, 500, INF)
    for sequence in (orders, list(orders), np.array(orders), torch.tensor(orders)):
        for measure, arrays in (
            (infolib.renyi_entropy, (p,)),
            (infolib.tsallis_entropy, (p,)),
            (infolib.renyi_divergence, (p, q)),
        ):
            values = measure(*arrays, sequence)
            assert values.shape == (6, 2, 3)
            for value, order in zip(values, orders, strict=True):
                np.testing.assert_allclose(value, measure(*arrays, order), rtol=1e-14)
    assert infolib.renyi_entropy(q, [2]).shape == (1,)
    assert infolib.renyi_entropy(torch.tensor(p), orders).shape == (6, 2, 3)
    assert isinstance(infolib.renyi_entropy(q, np.float32(2)), np.float64)


@pytest.mark.parametrize("shape", [(3, 70_000), (300, 700), (7, 11, 13)])
@pytest.mark.parametrize("axis", [0, -1, 1])
def test_batches_of_every_shape_equal_one_row_at_a_time(shape, axis):
    rng = np.random.default_rng(5)
    # Peaked rows among flat ones, and impossible outcomes.
    sharpness = 30 * rng.random([1 if i == axis % len(shape) else n for i, n in enumerate(shape)])
    p, q = rng.random(shape) ** sharpness, rng.random(shape) ** sharpness
    p[p < p.max(axis, keepdims=True) / 1e4] = 0
    p, q = p / p.sum(axis, keepdims=True), q / q.sum(axis, keepdims=True)
    rows_p, rows_q = (np.moveaxis(a, axis, -1) for a in (p, q))
    for order in (0, 0.5, 1, 1.01, 2, 3, 1000, INF):
        for measure, arrays, rows in (
            (infolib.renyi_entropy, (p,), (rows_p,)),
            (infolib.tsallis_entropy, (p,), (rows_p,)),
            (infolib.renyi_divergence, (p, q), (rows_p, rows_q)),
        ):
            values = measure(*arrays, order, axis=axis)
            assert values.shape == rows[0].shape[:-1]
            for place in ((0,) * values.ndim, tuple(n - 1 for n in values.shape)):
                assert values[place] == pytest.approx(measure(*(r[place] for r in rows), order), rel=1e-11, abs=0)


def test_q_broadcasts_over_the_rows_of_p():
    rng = np.random.default_rng(6)
    p, q = rng.dirichlet(np.ones(5), (4, 3)), rng.dirichlet(np.ones(5))
    for order in (0.5, 3, 2000, INF):
        expected = [[infolib.renyi_divergence(row, q, order) for row in block] for block in p]
        np.testing.assert_allclose(infolib.renyi_divergence(p, q, order), expected, rtol=1e-13)
        np.testing.assert_allclose(
            infolib.renyi_divergence(torch.tensor(p), torch.tensor(q), order).numpy(), expected, rtol=1e-13
        )
        outer = infolib.renyi_divergence(p[:, None, 0], p[None, :, 0], order)
        assert outer.shape == (4, 4)
        assert np.all(np.diag(outer) == 0)


def _every_measure():
    rows, other = [[0.5, 0.25, 0.25, 0.0], [0.0, 0.96875, 0.03125, 0.0]], [[0.25] * 4, [0.125, 0.5, 0.25, 0.125]]
    found = [
        (infolib.hartley_entropy, (rows,)),
        (infolib.collision_entropy, (rows,)),
        (infolib.min_entropy, (rows,)),
        (infolib.guessing_probability, (rows,)),
        (lambda p: infolib.q_logarithm(p, 1.5), (other,)),
        (lambda p: infolib.q_logarithm(p, 0.5), (rows,)),
        (lambda p: infolib.q_exponential(p, 0.5), (rows,)),
        (lambda p: infolib.q_exponential(p, 1), (rows,)),
    ]
    for order in (0, 0.04, 0.5, 1, 1.001, 1.4, 2, 3, 60, 2000, INF):
        found += [
            (lambda p, order=order: infolib.renyi_entropy(p, order), (rows,)),
            (lambda p, order=order: infolib.tsallis_entropy(p, order), (rows,)),
            (lambda p, q, order=order: infolib.renyi_divergence(p, q, order), (rows, other)),
        ]
        if order < 1:
            found.append((lambda p, q, order=order: infolib.renyi_divergence(p, q, order), (other, rows)))
    return found


@pytest.mark.parametrize(("measure", "lists"), _every_measure())
@pytest.mark.parametrize(
    ("dtype", "rtol"), [(torch.float64, 1e-13), (torch.float32, 2e-5), (torch.float16, 1e-3), (torch.bfloat16, 8e-3)]
)
def test_tensors_give_tensors_of_their_dtype_and_the_numbers_of_numpy(measure, lists, dtype, rtol):
    reference = measure(*lists)
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
        value = measure(*tensors)
        if value.requires_grad:  # counting outcomes does not differentiate
            value.sum().backward()
            for tensor in tensors:
                assert tensor.grad is None or torch.isfinite(tensor.grad).all()


@pytest.mark.parametrize("order", [0.04, 0.5, 1 - 1e-9, 1, 1 + 1e-9, 1.4, 2, 60, INF])
@pytest.mark.parametrize("measure", [infolib.renyi_entropy, infolib.tsallis_entropy])
def test_the_gradient_at_an_impossible_outcome_is_zero(measure, order):
    p = torch.tensor([0.75, 0.25, 0.0], dtype=torch.float64, requires_grad=True)
    value = measure(p, order)
    if value.requires_grad:
        value.backward()
        assert p.grad[2] == 0
    few = torch.tensor([0.75, 0.25], dtype=torch.float64, requires_grad=True)
    value = measure(few, order)
    if value.requires_grad:
        value.backward()
        torch.testing.assert_close(p.grad[:2], few.grad)


def test_gradients_of_subnormal_probabilities_are_finite():
    p = torch.tensor([1.0, 1e-42], requires_grad=True)
    q = torch.tensor([1.0, 1.1e-42], requires_grad=True)
    total = sum(
        infolib.renyi_entropy(p, order) + infolib.tsallis_entropy(p, order) + infolib.renyi_divergence(p, q, order)
        for order in (0.5, 0.999, 1.5, 2, 100)
    )
    total.backward()
    assert torch.isfinite(p.grad).all()
    assert torch.isfinite(q.grad).all()


def _logits(n, scale=1.0):
    generator = torch.Generator().manual_seed(7)
    return (scale * torch.randn(2, n, dtype=torch.float64, generator=generator)).requires_grad_()


@pytest.mark.parametrize("order", [0.02, 0.5, 1 - 1e-12, 1, 1 + 1e-12, 1.5, 2, 3.3, 90, 500, INF])
def test_gradcheck_through_a_softmax(order):
    for scale in (0.5, 6.0):  # flat rows, and peaked ones
        for measure in (
            lambda p: infolib.renyi_entropy(p, order),
            lambda p: infolib.tsallis_entropy(p, order),
            lambda p: infolib.renyi_divergence(p, p.flip(-1), order),
            lambda p: infolib.renyi_divergence(p, torch.softmax(torch.log(p) * 1.01, -1), order),
        ):
            logits = _logits(5, scale)
            if measure(torch.softmax(logits, -1)).requires_grad:
                assert torch.autograd.gradcheck(lambda z, m=measure: m(torch.softmax(z, -1)), (logits,), rtol=2e-3)


def test_gradcheck_of_the_rest():
    x = torch.rand(5, dtype=torch.float64, generator=torch.Generator().manual_seed(0)).add(0.2).requires_grad_()
    for order in (-1.0, 0.5, 1, 1 + 1e-9, 2):
        assert torch.autograd.gradcheck(lambda t, a=order: infolib.q_logarithm(t, a), (x,))
        assert torch.autograd.gradcheck(lambda t, a=order: infolib.q_exponential(-t, a), (x,))
    assert torch.autograd.gradcheck(lambda z: infolib.guessing_probability(torch.softmax(z, -1)), (_logits(5),))


def test_meta_tensors_give_shapes():
    p = torch.empty(3, 4, device="meta")
    for order in (0, 0.5, 1, 2, 2000, INF):
        assert infolib.renyi_entropy(p, order).shape == infolib.renyi_divergence(p, p, order).shape == (3,)
    assert infolib.tsallis_entropy(p, [1, 2]).shape == (2, 3)


def test_inputs_are_left_as_they_were():
    p, q = np.array([[0.5, 0.5, 0.0], [0.9, 0.1, 0.0]]), np.array([0.25, 0.25, 0.5])
    kept = p.copy(), q.copy()
    for order in (0, 0.5, 1, 2, 2000, INF):
        infolib.renyi_entropy(p, order)
        infolib.tsallis_entropy(p, order)
        infolib.renyi_divergence(p, q, order)
    infolib.information_spectrum(q)
    infolib.q_logarithm(q, 0.5)
    infolib.q_exponential(q, 0.5)
    np.testing.assert_array_equal(p, kept[0])
    np.testing.assert_array_equal(q, kept[1])


def test_the_information_spectrum_of_a_small_distribution():
    spectrum = infolib.information_spectrum([0.25, 0.0, 0.5, 0.125, 0.125], base=2)
    np.testing.assert_array_equal(spectrum.surprisals, [1, 2, 3])
    np.testing.assert_array_equal(spectrum.probabilities, [0.5, 0.25, 0.25])
    np.testing.assert_array_equal(spectrum.cumulative, [0.5, 0.75, 1.0])
    assert (spectrum.mean, spectrum.variance, spectrum.unit) == (1.75, 0.6875, "bits")
    assert str(spectrum) == ("information spectrum of 3 levels, surprise from 1 to 3 bits: mean 1.75, variance 0.6875")
    assert spectrum.to_dict() == {
        "surprisals": [1.0, 2.0, 3.0],
        "probabilities": [0.5, 0.25, 0.25],
        "cumulative": [0.5, 0.75, 1.0],
        "unit": "bits",
        "mean": 1.75,
        "variance": 0.6875,
    }
    np.testing.assert_allclose(spectrum.renyi([0, 1, 2, INF]), [2, 1.75, -math.log2(11 / 32), 1], rtol=1e-15)
    with pytest.raises(dataclasses.FrozenInstanceError):
        spectrum.unit = "nats"
    certain = infolib.information_spectrum(torch.tensor([0.0, 1.0]))
    assert certain.surprisals.tolist() == [0.0]
    assert certain.mean == certain.variance == certain.renyi(3) == 0.0
    assert "1 level," in str(certain)


def _refused(error, parts, call):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(error) as caught:
            call()
    assert type(caught.value) is error
    for part in parts:
        assert part in str(caught.value)


@pytest.mark.parametrize(
    ("order", "error", "parts"),
    [
        (-0.5, ValueError, ["`order` must be from 0 to inf", "-0.5", "Order 0 counts"]),
        (math.nan, ValueError, ["`order` must be from 0 to inf", "nan"]),
        ([1.0, -INF], ValueError, ["`order` must be from 0 to inf", "-inf"]),
        ([], ValueError, ["`order` must not be empty"]),
        ("2", TypeError, ["`order` must be a number", "'2', a str"]),
        (True, TypeError, ["`order` must be a number", "bool"]),
        (None, TypeError, ["`order` must be a number", "None"]),
        ([[1.0, 2.0]], TypeError, ["`order` must be a number, or a 1-d sequence", "list"]),
        (2j, TypeError, ["`order` must be a number", "complex"]),
    ],
)
def test_orders_that_are_refused(order, error, parts):
    p = [0.5, 0.5]
    _refused(error, parts, lambda: infolib.renyi_entropy(p, order))
    _refused(error, parts, lambda: infolib.tsallis_entropy(p, order))
    _refused(error, parts, lambda: infolib.renyi_divergence(p, p, order))
    _refused(error, parts, lambda: infolib.information_spectrum(p).renyi(order))


@pytest.mark.parametrize("order", [0, 0.5, 1, 1.2, 2, 2000, INF])
@pytest.mark.parametrize("kind", [list, np.array, torch.tensor])
@pytest.mark.parametrize(
    ("p", "parts"),
    [
        ([0.5, -0.25, 0.75], ["`p` must not be negative", "the value at 1 was -0.25"]),
        ([0.5, math.nan, 0.5], ["`p` must be finite", "the value at 1 was nan"]),
        ([0.5, INF], ["`p` must be finite"]),
        ([0.5, 0.47], ["`p` must sum to 1 along axis -1", "it sums to 0.9"]),
        ([0.0, 0.0], ["`p` must sum to 1"]),
        ([], ["`p` must not be empty"]),
    ],
)
def test_distributions_that_are_refused(order, kind, p, parts):
    p = kind(p)
    _refused(ValueError, parts, lambda: infolib.renyi_entropy(p, order))
    _refused(ValueError, parts, lambda: infolib.tsallis_entropy(p, order))
    _refused(ValueError, parts, lambda: infolib.guessing_probability(p))
    _refused(ValueError, parts, lambda: infolib.renyi_divergence(p, p, order))
    _refused(ValueError, parts, lambda: infolib.information_spectrum(p))


def test_other_refusals():
    good = [0.5, 0.5]
    _refused(ValueError, ["`p`", "a single number"], lambda: infolib.renyi_entropy(0.5, 2))
    _refused(ValueError, ["`axis`"], lambda: infolib.renyi_entropy(good, 2, axis=1))
    _refused(ValueError, ["`base`"], lambda: infolib.renyi_entropy(good, 2, base=1))
    _refused(ValueError, ["`q` must sum to 1"], lambda: infolib.renyi_divergence(good, [0.5, 0.4], 2))
    _refused(ValueError, ["`p` and `q`", "one length"], lambda: infolib.renyi_divergence(good, [1.0], 2))
    _refused(ValueError, ["`p`", "one axis", "(1, 2)"], lambda: infolib.information_spectrum([good]))
    _refused(ValueError, ["`x` must not be negative", "it was -1"], lambda: infolib.q_logarithm(-1.0, 0.5))
    _refused(ValueError, ["`x` must not be negative", "value at 1"], lambda: infolib.q_logarithm([1.0, -1.0], 1))
    _refused(ValueError, ["`x` must be finite", "it was nan"], lambda: infolib.q_exponential(math.nan, 1))
    _refused(ValueError, ["`x` must be finite"], lambda: infolib.q_logarithm([1.0, INF], 1))
    _refused(ValueError, ["`x` must not be empty"], lambda: infolib.q_exponential([], 1))
    for function in (infolib.q_logarithm, infolib.q_exponential):
        _refused(ValueError, ["`order` must be finite", "inf"], lambda f=function: f(1.0, INF))
        _refused(TypeError, ["`order` must be a number", "list"], lambda f=function: f(1.0, [1.0]))
