"""Entmax: known answers, the optimum it claims to be, its gradient, and its refusals."""

import math
import warnings

import mpmath
import numpy as np
import pytest
import torch

import infolib

INF = math.inf
ALPHAS = [1, 1 + 2.3e-16, 1 + 1e-9, 1.001, 1.3, 1.5, 1.9, 2, 2 + 1e-9, 2.5, 4, 30, 1e6, 1e300]


def by_sorting(z):
    """Sparsemax by the sorted threshold, independent of the library's method."""
    ordered = np.sort(z)[::-1]
    k = np.arange(1, len(z) + 1)
    sums = np.cumsum(ordered)
    support = np.max(k[1 + k * ordered > sums])
    return np.maximum(z - (sums[support - 1] - 1) / support, 0)


def test_known_answers():
    np.testing.assert_array_equal(infolib.entmax([2.0, 1.0, -1.0], 2), [1, 0, 0])
    np.testing.assert_allclose(infolib.entmax([0.5, 0.25, -2.0], 2), [0.625, 0.375, 0], rtol=1e-15)
    # alpha = 1.5 with two outcomes: sqrt p - sqrt q is half the difference of the logits, as 0.8 - 0.6.
    np.testing.assert_allclose(infolib.entmax([0.4, 0.0, -9.0]), [0.64, 0.36, 0], rtol=1e-14)
    # alpha = 3: p^2 - q^2 is twice the difference.
    np.testing.assert_allclose(infolib.entmax([0.25, 0.0], 3), [0.75, 0.25], rtol=1e-14)


def test_softmax_and_sparsemax_are_the_cases_one_and_two():
    z = np.random.default_rng(0).normal(size=(40, 12)) * 3
    softmax = torch.softmax(torch.tensor(z), -1).numpy()
    np.testing.assert_allclose(infolib.entmax(z, 1), softmax, rtol=1e-13)
    np.testing.assert_allclose(infolib.entmax(z, 1 + 1e-13), softmax, rtol=1e-9)
    np.testing.assert_allclose(infolib.entmax(z, 2), [by_sorting(row) for row in z], atol=2e-15)
    np.testing.assert_allclose(infolib.entmax(z, 2 + 1e-13), infolib.entmax(z, 2), atol=1e-12)


@pytest.mark.parametrize("alpha", ALPHAS)
@pytest.mark.parametrize("scale", [1e-8, 0.01, 1.0, 30.0, 1e5])
def test_the_conditions_of_the_optimum(alpha, scale):
    rng = np.random.default_rng(1)
    for n in (1, 2, 7, 200):
        z = rng.normal(size=n) * scale
        p = infolib.entmax(z, alpha)
        assert p.min() >= 0
        assert abs(p.sum() - 1) < 1e-14
        # p^(alpha - 1)/(alpha - 1) - z is one number on the support, and nowhere smaller than it off the support.
        level = infolib.q_logarithm(p, 2 - alpha) if alpha < 2.1 else p ** (alpha - 1) / (alpha - 1)
        threshold = (level - z)[np.argmax(p)]
        tolerance = 1e-12 * (1 + abs(z).max())
        assert np.all(abs((level - z)[p > 0] - threshold) < tolerance)
        if alpha > 1.0001:  # below, a probability of 0 is one that underflows
            assert np.all((level - z)[p == 0] > threshold - tolerance)
        assert np.all(np.diff(p[np.argsort(z)]) >= 0)


def reference(z, alpha, digits):
    """Entmax by bisection for the threshold in mpmath."""
    with mpmath.workdps(digits):
        share = mpmath.mpf(float(alpha)) - 1
        costs = [share * (mpmath.mpf(float(max(z))) - mpmath.mpf(float(v))) for v in z]

        def at(y):
            return [(y - c) ** (1 / share) if y > c else mpmath.mpf(0) for c in costs]

        low, high = mpmath.mpf(0), mpmath.mpf(1)
        for _ in range(int(digits * 3.3)):
            middle = (low + high) / 2
            low, high = (low, middle) if mpmath.fsum(at(middle)) >= 1 else (middle, high)
        return at(high)


@pytest.mark.parametrize(
    ("alpha", "scale", "digits"),
    [
        (1.01, 1.0, 100), (1.3, 1.0, 80), (1.5, 0.01, 60), (1.9, 1.0, 60), (2, 1.0, 60),
        (2.5, 1.0, 60), (5, 0.1, 80), (20, 0.01, 200), (100, 0.004, 600),
    ],
)  # fmt: skip
def test_against_mpmath(alpha, scale, digits):
    for seed in range(3):
        z = np.random.default_rng(seed).normal(size=4) * scale
        exact = reference(z, alpha, digits)
        for value, expected in zip(infolib.entmax(z, alpha), exact, strict=True):
            assert abs(mpmath.mpf(float(value)) - expected) < 1e-14
            assert (value == 0) == (expected == 0)


@pytest.mark.parametrize("about", [1e-3, 0.01, 0.1, 0.3])
def test_an_outcome_at_the_edge_of_the_support(about):
    # Two outcomes at alpha = 10: (1 - x)^9 - x^9 is 9 times the gap. x^9 is as small as 1e-27 here, so that x cannot be
    # found from 1 - (1 - x).
    gap = ((1 - about) ** 9 - about**9) / 9
    with mpmath.workdps(60):
        low, high = mpmath.mpf(0), mpmath.mpf(0.5)
        for _ in range(190):
            x = (low + high) / 2
            low, high = (x, high) if (1 - x) ** 9 - x**9 > 9 * mpmath.mpf(gap) else (low, x)
        x = float(low)
    np.testing.assert_allclose(infolib.entmax([gap, 0.0], 10), [1 - x, x], atol=1e-15)


@pytest.mark.parametrize("alpha", ALPHAS)
def test_ties_share_equally(alpha):
    for k in (1, 2, 5, 64):
        z = np.full(k + 3, -1e9)
        z[:k] = 7.0
        np.testing.assert_allclose(infolib.entmax(z, alpha), np.where(z > 0, 1 / k, 0), rtol=1e-14)


@pytest.mark.parametrize("alpha", ALPHAS)
def test_masks_and_huge_logits(alpha):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_array_equal(infolib.entmax([-INF, 3.0, -INF], alpha), [0, 1, 0])
        np.testing.assert_allclose(infolib.entmax([1e308, -1e308, 1e308], alpha), [0.5, 0, 0.5], rtol=1e-14)
        masked = infolib.entmax([0.3, -INF, 0.1, -0.2], alpha)
    np.testing.assert_allclose(masked[[0, 2, 3]], infolib.entmax([0.3, 0.1, -0.2], alpha), atol=1e-15)
    assert masked[1] == 0


@pytest.mark.parametrize("alpha", ALPHAS)
def test_batches_axes_and_long_rows(alpha):
    rng = np.random.default_rng(2)
    z = rng.normal(size=(3, 50, 4)) * 2
    p = infolib.entmax(z, alpha, axis=1)
    assert p.shape == z.shape
    np.testing.assert_allclose(p[1, :, 2], infolib.entmax(z[1, :, 2], alpha), atol=1e-15)
    long = rng.normal(size=(2, 70_000))
    np.testing.assert_allclose(infolib.entmax(long, alpha).sum(-1), 1, rtol=1e-12)
    kept = z.copy()
    infolib.entmax(z, alpha)
    np.testing.assert_array_equal(z, kept)


@pytest.mark.parametrize("alpha", ALPHAS)
@pytest.mark.parametrize(
    ("dtype", "atol"), [(torch.float64, 1e-14), (torch.float32, 2e-6), (torch.float16, 1e-3), (torch.bfloat16, 8e-3)]
)
def test_tensors_keep_their_dtype(alpha, dtype, atol):
    z = torch.randn(5, 300, generator=torch.Generator().manual_seed(3)).to(dtype)
    p = infolib.entmax(z, alpha)
    assert p.dtype == dtype
    expected = infolib.entmax(z.double().numpy(), alpha)
    if alpha < 10:  # above, an outcome at the edge of the support jumps with the rounding of the logits
        np.testing.assert_allclose(p.double().numpy(), expected, atol=atol)
    np.testing.assert_allclose(p.double().sum(-1).numpy(), 1, atol=max(atol, 1e-5))
    p = infolib.entmax(z.double(), alpha)
    np.testing.assert_allclose(p.numpy(), expected, atol=1e-12)


@pytest.mark.parametrize("alpha", [1, 1 + 1e-9, 1.3, 1.5, 2, 2.5, 3])
@pytest.mark.parametrize("seed", range(4))
def test_gradcheck(alpha, seed):
    z = torch.randn(2, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(seed)).requires_grad_()
    assert torch.autograd.gradcheck(lambda t: infolib.entmax(t, alpha), (z,))
    assert torch.autograd.gradcheck(lambda t: infolib.entmax(t, alpha, axis=0), (z,))


@pytest.mark.parametrize("alpha", ALPHAS)
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16])
def test_gradients_are_finite_sum_to_zero_and_stay_on_the_support(alpha, dtype):
    z = torch.randn(4, 30, generator=torch.Generator().manual_seed(4)).to(dtype)
    z[0, :5] = -INF
    z[1, :3] = 4.0  # a tie
    z.requires_grad_()
    p = infolib.entmax(z, alpha)
    weights = torch.randn(4, 30, generator=torch.Generator().manual_seed(5)).to(dtype)
    (p * weights).sum().backward()
    assert torch.isfinite(z.grad).all()
    assert (z.grad[p == 0] == 0).all()
    if dtype == torch.float64:
        scale = z.grad.abs().sum(-1) + 1
        assert (z.grad.sum(-1).abs() < 1e-13 * scale).all()


def test_meta_tensors_give_shapes():
    z = torch.empty(3, 4, device="meta")
    for alpha in (1, 1.5, 3):
        assert infolib.entmax(z, alpha).shape == (3, 4)


@pytest.mark.parametrize("kind", [list, np.array, torch.tensor])
@pytest.mark.parametrize(
    ("logits", "alpha", "error", "parts"),
    [
        ([1.0, math.nan], 1.5, ValueError, ["`logits` must be finite or -inf", "nan"]),
        ([1.0, INF], 2, ValueError, ["`logits` must be finite or -inf", "inf"]),
        ([-INF, -INF], 3, ValueError, ["`logits` must leave at least one outcome possible"]),
        ([], 1.5, ValueError, ["`logits` must not be empty"]),
        ([1.0, 2.0], 0.9, ValueError, ["`alpha` must be finite and at least 1", "0.9", "softmax"]),
        ([1.0, 2.0], INF, ValueError, ["`alpha` must be finite and at least 1", "inf"]),
        ([1.0, 2.0], math.nan, ValueError, ["`alpha` must be finite and at least 1", "nan"]),
        ([1.0, 2.0], "2", TypeError, ["`alpha` must be a number", "str"]),
        ([1.0, 2.0], True, TypeError, ["`alpha` must be a number", "bool"]),
    ],
)
def test_refusals(kind, logits, alpha, error, parts):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(error) as caught:
            infolib.entmax(kind(logits), alpha)
    for part in parts:
        assert part in str(caught.value)


def test_other_refusals():
    with pytest.raises(ValueError, match="`logits` must have at least 1 axis; it was a single number"):
        infolib.entmax(1.0)
    with pytest.raises(ValueError, match="`axis` must be an axis of `logits`"):
        infolib.entmax([1.0, 2.0], axis=1)
