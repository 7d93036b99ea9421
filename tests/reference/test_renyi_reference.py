"""The Rényi family against mpmath, by the plain power sums with enough digits, and against scipy.

mpmath computes with 60 digits, and with up to 1,000 where probabilities of 1e-300 meet 1, since its formulas cancel.
"""

import math

import mpmath
import numpy as np
import pytest
import scipy.special
import scipy.stats
import torch

import infolib

RTOL = 1e-12
INF = math.inf
ORDERS = [
    5e-324, 1e-300, 1e-12, 1e-6, 0.04, 0.3, 0.5, 0.9, 1 - 1e-6, 1 - 1e-12, 1, 1 + 2.3e-16, 1 + 1e-12, 1 + 1e-6,
    1.1, 1.5, 2, 3, 7.5, 30, 200, 2000, 1e6, 1e17, INF,
]  # fmt: skip
LEAST = 2.3e-308  # below the least normal number a result has fewer digits


def agree(value, exact, rtol=RTOL):
    """Require a relative difference below `rtol`, computed in mpmath so that no float hides it."""
    difference = abs(mpmath.mpf(float(value)) - exact)
    assert difference <= rtol * abs(exact), f"{float(value)!r} against {mpmath.nstr(exact, 20)}"


def test_the_helper_fails_on_a_perturbed_value():
    agree(1.0, mpmath.mpf(1))
    for perturbed in (1 + 2e-12, 1 - 2e-12, 0.0, math.nan):
        with pytest.raises(AssertionError):
            agree(perturbed, mpmath.mpf(1))


def stored(array):
    """The positive numbers of a float array, exactly."""
    return [mpmath.mpf(float(v)) for v in np.ravel(array) if v > 0]


def h(p, order):
    """Rényi entropy from the power sum."""
    p = stored(p)
    if order == 1:
        return -mpmath.fsum(v * mpmath.log(v) for v in p)
    if order == INF:
        return -mpmath.log(max(p))
    a = mpmath.mpf(order)
    return mpmath.log(mpmath.fsum(v**a for v in p) / mpmath.fsum(p)) / (1 - a)


def s(p, order):
    """Tsallis entropy from the power sum."""
    if order == 1:
        return h(p, 1)
    p = stored(p)
    if order == INF:
        return mpmath.mpf(0)
    a = mpmath.mpf(order)
    return (mpmath.fsum(p) - mpmath.fsum(v**a for v in p)) / (a - 1)


def d(p, q, order):
    """Rényi divergence of the numbers divided by their exact sums."""
    total_p, total_q = mpmath.fsum(stored(p)), mpmath.fsum(stored(q))
    pairs = [
        (mpmath.mpf(float(a)) / total_p, mpmath.mpf(float(b)) / total_q) for a, b in zip(p, q, strict=True) if a > 0
    ]
    if order >= 1 and any(b == 0 for _, b in pairs):
        return mpmath.inf
    if order == 0:
        return -mpmath.log(mpmath.fsum(b for _, b in pairs))
    if order == 1:
        return mpmath.fsum(a * mpmath.log(a / b) for a, b in pairs)
    if order == INF:
        return mpmath.log(max(a / b for a, b in pairs))
    o = mpmath.mpf(order)
    return mpmath.log(mpmath.fsum(a**o * b ** (1 - o) for a, b in pairs if b > 0)) / (o - 1)


def pmf(seed, n, decades):
    """A distribution whose probabilities spread over `decades` powers of ten, some of them 0."""
    rng = np.random.default_rng(seed)
    w = 10.0 ** (-decades * rng.random(n))
    w[0], w[1:][rng.random(n - 1) < 0.1] = 1.0, 0.0
    return w / math.fsum(w)


def of_one():
    """(distribution, digits that the power sums need)."""
    found = {
        f"{n} over {decades}": (pmf(n, n, decades), 700 if decades > 100 else 90)
        for n in (2, 10, 60)
        for decades in (0.01, 3, 30, 300)
    }
    for rare in (1e-10, 1e-16, 1e-20, 1e-100, 1e-300, 1e-310, 5e-324):
        found[f"rare {rare}"] = (np.array([1 - rare, rare, rare]), 1000)
    found["uniform"] = (np.full(500, 1 / 500), 60)
    found["subnormal among others"] = (np.array([0.5, 0.499, 0.001, 5e-324, 1e-310]), 700)
    # Around the place where one way of computing takes over from the other: sum p^2 near 1/2.
    found["half"] = (np.array([0.7, 0.1, 0.1, 0.1]), 60)
    found["more than half"] = (np.array([0.71, 0.1, 0.1, 0.09]), 60)
    return found


OF_ONE = of_one()


@pytest.mark.parametrize("name", OF_ONE)
def test_entropies_of_every_order(name):
    p, digits = OF_ONE[name]
    spectrum = infolib.information_spectrum(p)
    with mpmath.workdps(digits):
        for order in ORDERS:
            renyi, tsallis = h(p, order), s(p, order)
            value = infolib.renyi_entropy(p, order)
            for found, expected in (
                (value, renyi),
                (spectrum.renyi(order), renyi),
                (infolib.tsallis_entropy(p, order), tsallis),
            ):
                if expected >= LEAST:
                    agree(found, expected)
                else:
                    assert 0 <= found < LEAST


@pytest.mark.parametrize("name", OF_ONE)
def test_tensors_of_every_order(name):
    p, _ = OF_ONE[name]
    orders = [*ORDERS, 0]
    for measure in (infolib.renyi_entropy, infolib.tsallis_entropy):
        expected = measure(p, orders)
        ours = measure(torch.tensor(p), orders).numpy()
        usual = expected > LEAST
        np.testing.assert_allclose(ours[usual], expected[usual], rtol=1e-12)
        assert np.all(ours[~usual] < LEAST)


def of_two():
    """(p, q, digits)."""
    found = {}
    for n in (2, 10, 40):
        for decades in (0.01, 3, 30, 300):
            digits = 800 if decades > 100 else 120
            p, q = pmf(n, n, decades), pmf(n + 1, n, decades)
            found[f"{n} over {decades}, with zeros"] = p, q, digits
            q = np.where(q == 0, 1e-300, q)
            found[f"{n} over {decades}"] = p, q / math.fsum(q), digits
    for distance in (0.6, 0.3, 1e-2, 1e-5, 1e-8, 1e-11):
        rng = np.random.default_rng(0)
        # Multiples of 2^-53, so that both sum to 1 exactly.
        q = np.round(np.ldexp(rng.dirichlet(np.full(20, 5.0)), 52)) * 2.0**-52
        q[0] += 1 - math.fsum(q)
        move = np.ldexp(np.round(np.ldexp(distance * np.minimum(q[::2], q[1::2]) * rng.uniform(-1, 1, 10), 53)), -53)
        p = q.copy()
        p[::2] += move
        p[1::2] -= move
        assert math.fsum(p) == math.fsum(q) == 1
        found[f"{distance} apart"] = p, q, 160
    found["rare and likelier"] = np.array([1, 1e-200]), np.array([1, 3e-200]), 1000
    found["rare and rarer"] = np.array([1, 1e-200]), np.array([1, 3e-280]), 1000
    found["missing a little"] = np.array([1.0, 0.0]), np.array([1.0, 1e-30]), 200
    found["having a little more"] = np.array([1.0, 1e-30]), np.array([1.0, 0.0]), 200
    return found


OF_TWO = of_two()


@pytest.mark.parametrize("name", OF_TWO)
def test_divergences_of_every_order(name):
    p, q, digits = OF_TWO[name]
    orders = [0, *ORDERS]
    values = infolib.renyi_divergence(p, q, orders)
    tensors = infolib.renyi_divergence(torch.tensor(p), torch.tensor(q), orders).numpy()
    for order, value, tensor in zip(orders, values, tensors, strict=True):
        # The sum of powers is 1 plus something of the size of a tiny order.
        with mpmath.workdps(digits + 400 if 0 < order < 1e-100 else digits):
            exact = d(p, q, order)
            for found in (value, tensor):
                if mpmath.isinf(exact):
                    assert found == INF
                elif exact < LEAST:
                    assert 0 <= found < LEAST
                else:
                    agree(found, exact)


@pytest.mark.parametrize("order", [0.5, 0.9, 1.01, 2, 3, 200])
def test_a_million_outcomes_lose_nothing(order):
    w = np.random.default_rng(3).random(1_000_000)
    p = w / math.fsum(w)
    # 80-bit numbers of size one, exactly summed.
    long, top = p.astype(np.longdouble), p.max()
    total = math.fsum(((long / top) ** order).astype(float))
    expected = (mpmath.log(total) + order * mpmath.log(float(top))) / (1 - order)
    agree(infolib.renyi_entropy(p, order), expected, 2e-13)
    q = np.roll(p, 1)
    ratio = long / q
    terms = long * (ratio / ratio.max()) ** (order - 1)
    expected = mpmath.log(float(ratio.max())) + mpmath.log(math.fsum(terms.astype(float))) / (order - 1)
    agree(infolib.renyi_divergence(p, q, order), expected, 2e-13)


@pytest.mark.parametrize("order", [-2.5, 0, 0.5, 1 - 1e-12, 1, 1 + 1e-6, 1.5, 2, 7])
def test_q_logarithm_and_exponential(order):
    x = np.concatenate([10.0 ** np.arange(-30, 31, 5), 1 + np.array([-1e-3, -1e-12, 0, 1e-12, 1e-3])])
    with mpmath.workdps(80):
        a = mpmath.mpf(order)
        for value, one in zip(infolib.q_logarithm(x, order), x, strict=True):
            v = mpmath.mpf(float(one))
            agree(value, mpmath.log(v) if a == 1 else (v ** (1 - a) - 1) / (1 - a), 1e-13)
        for one in (-0.2, -1e-12, 0.0, 1e-12, 0.1, 0.15):
            v = mpmath.mpf(one)
            exact = mpmath.exp(v) if a == 1 else (1 + (1 - a) * v) ** (1 / (1 - a))
            agree(infolib.q_exponential(one, order), exact, 1e-13)


@pytest.mark.parametrize("order", [-1.5, 0.5, 0.9])
def test_the_q_exponential_against_the_box_cox_transforms_of_scipy(order):
    x = np.linspace(0.1, 5, 30)
    np.testing.assert_allclose(infolib.q_logarithm(x, order), scipy.special.boxcox(x, 1 - order), rtol=1e-13)
    y = scipy.special.boxcox(x, 1 - order)
    np.testing.assert_allclose(infolib.q_exponential(y, order), scipy.special.inv_boxcox(y, 1 - order), rtol=1e-13)


def test_order_two_and_one_against_scipy():
    p = np.random.default_rng(5).dirichlet(np.full(9, 0.3), 20)
    np.testing.assert_allclose(infolib.renyi_entropy(p, 1), scipy.stats.entropy(p, axis=-1), rtol=1e-13)
    np.testing.assert_allclose(infolib.tsallis_entropy(p, 2), 1 - np.sum(p * p, -1), rtol=1e-12)
    q = np.random.default_rng(6).dirichlet(np.full(9, 0.3), 20)
    np.testing.assert_allclose(infolib.renyi_divergence(p, q, 1), scipy.stats.entropy(p, q, axis=-1), rtol=1e-12)
    hellinger = np.sum(np.sqrt(p * q), -1)
    np.testing.assert_allclose(infolib.renyi_divergence(p, q, 0.5), -2 * np.log(hellinger), rtol=1e-11)
