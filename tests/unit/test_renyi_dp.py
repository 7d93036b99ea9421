"""Rényi differential privacy of the Gaussian mechanism, against its exact (epsilon, delta) curve."""

import dataclasses
import math

import mpmath
import numpy as np
import pytest

import infolib
from infolib.renyi import RenyiDP

SIGMAS = [0.05, 0.7, 1.0, 4.0, 30.0, 500.0]
DELTAS = [0.3, 1e-2, 1e-5, 1e-9, 1e-30]


def exact_delta(epsilon, distance):
    """The least delta of the Gaussian mechanism (Balle & Wang 2018, theorem 8), distance = sensitivity/sigma."""
    e, d = mpmath.mpf(epsilon), mpmath.mpf(distance)
    return mpmath.ncdf(d / 2 - e / d) - mpmath.exp(e) * mpmath.ncdf(-d / 2 - e / d)


def exact_epsilon(delta, distance):
    """The least epsilon, by bisection; it is 0 where delta is large enough for it."""
    if exact_delta(0, distance) <= delta:
        return mpmath.mpf(0)
    low, high = mpmath.mpf(0), mpmath.mpf(1)
    while exact_delta(high, distance) > delta:
        high *= 2
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if exact_delta(middle, distance) > delta else (low, middle)
    return low


@pytest.fixture(autouse=True)
def many_digits():
    with mpmath.workdps(60):
        yield


def test_the_divergence_of_each_order():
    dp = infolib.renyi_dp(2.0, sensitivity=3.0, orders=[1.5, 2, 10])
    np.testing.assert_array_equal(dp.orders, [1.5, 2, 10])
    np.testing.assert_allclose(dp.epsilons, np.array([1.5, 2, 10]) * 9 / 8, rtol=1e-15)


def test_it_is_the_renyi_divergence_of_two_gaussians():
    x = np.arange(-3000, 3001) / 100
    p, q = (np.exp(-((x - mean) ** 2) / (2 * 1.7**2)) for mean in (1.0, 0.0))
    dp = infolib.renyi_dp(1.7, orders=[1.2, 2, 5])
    np.testing.assert_allclose(infolib.renyi_divergence(p / p.sum(), q / q.sum(), [1.2, 2, 5]), dp.epsilons, rtol=1e-12)


@pytest.mark.parametrize("sigma", SIGMAS)
@pytest.mark.parametrize("delta", DELTAS)
def test_epsilon_lies_between_the_exact_curve_and_the_classical_conversion(sigma, delta):
    dp = infolib.renyi_dp(sigma)
    epsilon = dp.epsilon(delta)
    exact = exact_epsilon(delta, 1 / mpmath.mpf(sigma))
    classical = np.min(dp.epsilons - math.log(delta) / (dp.orders - 1))
    assert exact <= epsilon <= classical
    assert epsilon >= 0
    # The bound of the best real order: no grid, in mpmath.
    a = mpmath.mpf(dp.best_order(delta))

    def bound(a):
        at_order = a / (2 * mpmath.mpf(sigma) ** 2) + mpmath.log((a - 1) / a)
        return at_order - (mpmath.log(delta) + mpmath.log(a)) / (a - 1)

    best = mpmath.findroot(lambda t: mpmath.diff(bound, t), a) if epsilon > 0 else a
    assert epsilon == pytest.approx(float(max(mpmath.mpf(0), bound(best))), rel=1e-4, abs=0)
    assert dp.epsilon(delta) == pytest.approx(float(max(mpmath.mpf(0), bound(a))), rel=1e-12, abs=0)


@pytest.mark.parametrize("sigma", SIGMAS)
@pytest.mark.parametrize("epsilon", [0.0, 0.01, 1.0, 5.0, 300.0])
def test_delta_is_never_below_the_exact_curve_and_inverts_epsilon(sigma, epsilon):
    dp = infolib.renyi_dp(sigma)
    delta = dp.delta(epsilon)
    assert exact_delta(epsilon, 1 / mpmath.mpf(sigma)) <= delta <= 1
    assert delta > 0  # a delta of 0 would be a stronger claim, of which underflow knows nothing
    if 1e-300 < delta < 1:
        assert dp.epsilon(delta) == pytest.approx(epsilon, rel=1e-9, abs=1e-12)


def test_it_is_a_good_bound():
    # The exact epsilon of sigma = 4 at delta = 1e-5 is 0.9189; the conversion costs ten per cent.
    exact = float(exact_epsilon(1e-5, 0.25))
    assert exact < infolib.renyi_dp(4.0).epsilon(1e-5) < 1.12 * exact


def test_running_k_mechanisms_is_one_with_less_noise():
    once = infolib.renyi_dp(6.0)
    for runs in (1, 9, 400):
        many, one = runs * once, infolib.renyi_dp(6.0 / math.sqrt(runs))
        np.testing.assert_allclose(many.epsilons, one.epsilons, rtol=1e-14)
        assert many.epsilon(1e-6) == pytest.approx(one.epsilon(1e-6), rel=1e-12, abs=0)
        assert many.epsilon(1e-6) == (np.int64(runs) * once).epsilon(1e-6) == (once * runs).epsilon(1e-6)
    np.testing.assert_array_equal((once + once + once).epsilons, (3 * once).epsilons)
    np.testing.assert_array_equal((0 * once).epsilons, np.zeros(len(once.orders)))
    assert (0 * once).epsilon(1e-5) == 0.0
    # Noises of different size add as 1/sigma^2.
    both = infolib.renyi_dp(3.0) + infolib.renyi_dp(4.0)
    np.testing.assert_allclose(both.epsilons, infolib.renyi_dp(2.4).epsilons, rtol=1e-14)


def test_default_orders_are_dense_and_reach_far():
    orders = infolib.renyi_dp(1.0).orders
    assert len(orders) == 801
    assert orders[0] == pytest.approx(1.001, rel=1e-12, abs=0)
    assert orders[-1] == pytest.approx(100_001, rel=1e-12, abs=0)
    assert np.all(np.diff(orders) > 0)


def test_a_record_that_prints_and_does_not_change():
    dp = infolib.renyi_dp(1.0, orders=(4, 2))
    assert isinstance(dp, RenyiDP)
    assert dp.to_dict() == {"orders": [2.0, 4.0], "epsilons": [1.0, 2.0]}
    assert dp.best_order(1e-5) == 4.0
    assert str(dp).startswith("Rényi differential privacy at 2 orders from 2 to 4: epsilon from 1 to 2 nats;")
    assert f"({dp.epsilon(1e-5):.4g}, 1e-5)" in str(dp)
    with pytest.raises(dataclasses.FrozenInstanceError):
        dp.orders = None


@pytest.mark.parametrize(
    ("call", "error", "parts"),
    [
        (lambda: infolib.renyi_dp(0.0), ValueError, ["`noise_multiplier` must be finite and greater than 0", "was 0"]),
        (lambda: infolib.renyi_dp(math.inf), ValueError, ["`noise_multiplier`", "inf"]),
        (lambda: infolib.renyi_dp("1"), TypeError, ["`noise_multiplier` must be a number", "str"]),
        (lambda: infolib.renyi_dp(1.0, sensitivity=-1), ValueError, ["`sensitivity`", "-1"]),
        (lambda: infolib.renyi_dp(1.0, orders=[1.0, 2.0]), ValueError, ["`orders`", "above 1", "[1.0, 2.0]"]),
        (lambda: infolib.renyi_dp(1.0, orders=[]), ValueError, ["`orders`", "Leave it out"]),
        (lambda: infolib.renyi_dp(1.0, orders=[2, math.inf]), ValueError, ["`orders`", "finite"]),
        (lambda: infolib.renyi_dp(1.0, orders=3.0), ValueError, ["`orders` must be a 1-d sequence"]),
        (lambda: infolib.renyi_dp(1.0).epsilon(0.0), ValueError, ["`delta` must be between 0 and 1", "was 0"]),
        (lambda: infolib.renyi_dp(1.0).epsilon(1), ValueError, ["`delta`"]),
        (lambda: infolib.renyi_dp(1.0).best_order(math.nan), ValueError, ["`delta`", "nan"]),
        (lambda: infolib.renyi_dp(1.0).delta(-0.1), ValueError, ["`epsilon` must be finite and at least 0"]),
        (lambda: infolib.renyi_dp(1.0).delta(None), TypeError, ["`epsilon` must be a number"]),
        (lambda: -1 * infolib.renyi_dp(1.0), ValueError, ["number of runs must not be negative", "-1"]),
        (lambda: 1.5 * infolib.renyi_dp(1.0), TypeError, ["unsupported operand"]),
        (lambda: infolib.renyi_dp(1.0) + 1, TypeError, ["unsupported operand"]),
        (
            lambda: infolib.renyi_dp(1.0) + infolib.renyi_dp(1.0, orders=[2, 3]),
            ValueError,
            ["the same orders", "801 orders from 1.001 to 100001", "2 orders from 2 to 3", "`orders`"],
        ),
    ],
)
def test_refusals(call, error, parts):
    with pytest.raises(error) as caught:
        call()
    for part in parts:
        assert part in str(caught.value)
