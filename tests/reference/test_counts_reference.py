"""Entropy from counts against mpmath: the formulas of the papers as they are printed, and the posterior of Nemenman,
Shafee and Bialek by another quadrature, other formulas for its moments, and 40 digits and more."""

import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from mpmath import mp, mpf
from scipy import integrate

from infolib.estimators import entropy_from_counts, nsb_entropy
from infolib.estimators._coverage import _unseen
from infolib.estimators._gamma import digamma_gap, log_binomial, trigamma_excess
from infolib.estimators.nsb import _parts, _Sample


@pytest.fixture(autouse=True)
def digits():
    with mpmath.workdps(60):
        yield


def agree(value, exact, rtol):
    """Require a relative difference below `rtol`, computed in mpmath so that no float hides it."""
    exact = mpf(exact)
    assert abs(mpf(float(value)) - exact) <= rtol * abs(exact), f"{float(value)!r} against {mp.nstr(exact, 20)}"


def test_the_helper_fails_on_a_perturbed_value():
    agree(1e-300, mpf(10) ** -300, 1e-15)
    for perturbed in (1 + 2e-12, 1 - 2e-12, 0.0, math.nan):
        with pytest.raises(AssertionError):
            agree(perturbed, 1, 1e-12)


# --- differences of gamma functions


@pytest.mark.parametrize("x", [1.0, 1.0 + 1e-9, 2.5, 9.0, 1e3, 1e6 + 0.5, 1e12])
def test_differences_of_the_digamma_function(x):
    for gap in (0.0, 1e-30, 1e-12, 1e-3, 1.0, 17.25, 1e6, 1e12, 1e30):
        agree(digamma_gap(x, gap), mp.psi(0, mpf(x) + mpf(gap)) - mp.psi(0, x), 3e-15)
    with mpmath.workdps(80):
        agree(trigamma_excess(x), x * mp.psi(1, x) - 1, 2e-15)


@pytest.mark.parametrize("p", [0.0, 1.0, 5.0, 40.0, 1e3, 999_999.0, 1e12])
def test_logarithms_of_binomial_coefficients(p):
    for q in (0.0, 1e-30, 1e-9, 0.3, 1.0, 7.5, 1e3, 1e6, 1e15, 1e40):
        exact = mp.loggamma(mpf(p) + mpf(q) + 1) - mp.loggamma(mpf(p) + 1) - mp.loggamma(mpf(q) + 1)
        few, many = sorted((p, q))
        # What the rounding of one logarithm of `many` costs, taken `few` times; and an absolute 1e-15 beside it.
        assert abs(mpf(float(log_binomial(p, q))) - exact) < 1e-14 + 4e-16 * few * (1 + math.log(many + 2))


# --- the estimators as the papers define them

SAMPLES = [[1, 2, 3, 2, 1], [1], [1, 1], [7], [1] * 12, [2, 2, 2], [1, 1, 1, 5], [40, 17, 3, 1, 1], [90, 40, 20, 2, 1]]


def plugin(p):
    return -mp.fsum(x * mp.log(x) for x in p if x > 0)


def of_counts(n):
    return plugin([mpf(x) / sum(n) for x in n])


def zhang(n):
    """Equation 2.1 of Zhang (2012), in exact fractions: a sum over v of products over j."""
    total = sum(n)
    value = Fraction(0)
    for v in range(1, total):
        front = Fraction(total ** (v + 1) * math.factorial(total - v - 1), math.factorial(total))
        inner = sum(Fraction(x, total) * math.prod(1 - Fraction(x + j, total) for j in range(v)) for x in n)
        value += front * inner / v
    return mpf(value.numerator) / value.denominator


def chao_wang_jost(n):
    total, once, twice = sum(n), n.count(1), n.count(2)
    value = mp.fsum(mpf(x) / total * mp.fsum(mpf(1) / k for k in range(x, total)) for x in n)
    if once == 0:
        return value
    a = mpf(2 * twice) / ((total - 1) * once + 2 * twice) if twice else mpf(2) / ((total - 1) * (once - 1) + 2)
    if a == 1:
        return value
    with mpmath.workdps(400):  # 300 digits cancel
        rest = -mp.log(a) - mp.fsum((1 - a) ** r / r for r in range(1, total))
        return value + mpf(once) / total * (1 - a) ** (1 - total) * rest


def chao_shen(n):
    total, once = sum(n), n.count(1)
    coverage = 1 - mpf(once if once < total or total == 1 else total - 1) / total
    coverage = mpf(1) if total == 1 else coverage
    p = [coverage * x / total for x in n]
    return -mp.fsum(x * mp.log(x) / (1 - (1 - x) ** total) for x in p)


def jackknife(n):
    total = sum(n)
    if total == 1:
        return mpf(0)
    without = [of_counts([y - (i == j) for j, y in enumerate(n)]) for i in range(len(n))]
    return total * of_counts(n) - (total - 1) * mp.fsum(mpf(x) / total * h for x, h in zip(n, without, strict=True))


def grassberger_2003(n):
    def g(x):
        return mp.psi(0, x) + mpf((-1) ** x) / 2 * (mp.psi(0, mpf(x + 1) / 2) - mp.psi(0, mpf(x) / 2))

    return mp.log(sum(n)) - mp.fsum(x * g(x) for x in n) / sum(n)


def grassberger_1988(n):
    total = sum(n)
    return mp.fsum(mpf(x) / total * (mp.log(total) - mp.psi(0, x) - mpf((-1) ** x) / (x + 1)) for x in n)


def filled(n, k):
    return [*n, *[0] * (k - len(n))]


def pseudocounts(n, k, a):
    return plugin([(x + a) / (sum(n) + k * mpf(a)) for x in filled(n, k)])


def shrinkage(n, k):
    total = sum(n)
    p = [mpf(x) / total for x in filled(n, k)]
    apart = mp.fsum((mpf(1) / k - x) ** 2 for x in p)
    weight = 1 if total == 1 or apart == 0 else min(1, (1 - mp.fsum(x * x for x in p)) / ((total - 1) * apart))
    return plugin([weight / mpf(k) + (1 - weight) * x for x in p])


def bonachela(n, k):
    total = sum(n)
    return mp.fsum((x + 1) * mp.fsum(mpf(1) / j for j in range(x + 2, total + 3)) for x in filled(n, k)) / (total + 2)


@pytest.mark.parametrize("n", SAMPLES)
@pytest.mark.parametrize(
    "definition", [zhang, chao_wang_jost, chao_shen, jackknife, grassberger_2003, grassberger_1988, of_counts]
)
def test_estimators_without_a_number_of_outcomes(definition, n):
    method = "plugin" if definition is of_counts else definition.__name__
    value = entropy_from_counts(n, method)
    exact = definition(n)
    assert abs(mpf(float(value)) - exact) <= 1e-15 + 1e-14 * abs(exact)


@pytest.mark.filterwarnings("ignore::infolib.estimators.EstimateWarning")
@pytest.mark.parametrize("n", SAMPLES)
@pytest.mark.parametrize("unseen", [0, 1, 30])
def test_estimators_with_a_number_of_outcomes(n, unseen):
    k, total = len(n) + unseen, sum(n)
    added = {"laplace": 1, "jeffreys": 0.5, "minimax": mp.sqrt(total) / k, "schurmann_grassberger": mpf(1) / k}
    exact = {name: pseudocounts(n, k, a) for name, a in added.items()}
    exact |= {"shrinkage": shrinkage(n, k), "bonachela": bonachela(n, k)}
    for method, value in exact.items():
        found = entropy_from_counts(n, method, n_outcomes=k)
        assert abs(mpf(float(found)) - value) <= 1e-15 + 1e-14 * abs(value), method


MEANS = np.array([1.0, 0.9, 0.5, 1e-3, 1e-6, 1e-12, 1e-18])


@pytest.mark.parametrize("total", [2.0, 30.0, 1e3, 1e5])
def test_chao_wang_jost_where_its_formula_cancels(total):
    for mean, value in zip(MEANS, _unseen(np.full(len(MEANS), total), MEANS), strict=True):
        a, n = mpf(float(mean)), mpf(total)
        # The rest of the series for -log A, the sum over r >= N of (1 - A)^r / r, is a hypergeometric function.
        agree(value, (1 - a) / n / a * mp.hyp2f1(1, 1, n + 1, (a - 1) / a), 1e-13)


def test_chao_wang_jost_for_huge_samples():
    for mean, value in zip(MEANS[1:], _unseen(np.full(6, 1e12), MEANS[1:]), strict=True):
        y = mpf(10) ** 12 * mpf(float(mean)) / (1 - mpf(float(mean)))
        agree(value, mp.exp(y) * mp.e1(y), 3e-12)  # with s for 1 - e^-s, relatively 1/N off


# --- Nemenman, Shafee and Bialek


def exact_posterior(sample, k):
    """Mean and standard deviation by Gauss-Legendre in log beta, with the second moment of Wolpert and Wolf; `sample`
    says how many outcomes have each count, and `k` may be infinite."""
    total, seen = sum(n * m for n, m in sample.items()), sum(sample.values())
    endless = k == math.inf
    k = mpf(1) if endless else mpf(k)  # then the variable is a, and b is 0

    def log_weight(t):
        with mpmath.workdps(mp.dps + max(0, int(t))):  # the slope of xi cancels at large b
            b = mp.exp(t)
            a = k * b
            slope = mp.psi(1, a + 1) if endless else k * mp.psi(1, a + 1) - mp.psi(1, b + 1)
            weight = mp.log(b * slope) + mp.loggamma(a) - mp.loggamma(total + a)
            if endless:
                return weight + seen * mp.log(a)
            return weight + mp.fsum(m * (mp.loggamma(n + b) - mp.loggamma(b)) for n, m in sample.items())

    def moments(t):
        a = k * mp.exp(t)
        b, whole = (0 if endless else mp.exp(t)), a + total
        alpha = [(n + b, m) for n, m in sample.items()]
        if not endless:
            alpha.append((b, k - seen))
        rows = [(m, x, mp.psi(0, x + 1), mp.psi(1, x + 1)) for x, m in alpha]
        if endless:  # outcomes without number, with a probability of a/(a + N) together: sums of m x, but not of m x^2
            rows.append((a, 1, mp.psi(0, 1), mp.psi(1, 1)))
        psi_whole = mp.psi(0, whole + 1)
        mean = psi_whole - mp.fsum(m * x * p for m, x, p, _ in rows) / whole
        psi_2, psi1_2 = psi_whole + 1 / (whole + 1), mp.psi(1, whole + 1) - 1 / (whole + 1) ** 2
        squares = [(0 if endless and i == len(rows) - 1 else m * x * x) for i, (m, x, _, _) in enumerate(rows)]
        cross = mp.fsum(m * x * (p - psi_2) for m, x, p, _ in rows) ** 2 - psi1_2 * whole**2
        cross -= mp.fsum(s * ((p - psi_2) ** 2 - psi1_2) for s, (_, _, p, _) in zip(squares, rows, strict=True))
        same = mp.fsum(
            (s + m * x) * ((p + step - psi_2) ** 2 + q - step**2 - psi1_2)
            for s, (m, x, p, q) in zip(squares, rows, strict=True)
            for step in [1 if s == 0 else 1 / (x + 1)]
        )
        return mean, (cross + same) / (whole * (whole + 1))

    grid = [mpf(t) for t in np.arange(-float(mp.log(k)) - 12, 2 * math.log(total) + 5)]
    low, high = (max(grid, key=log_weight) + side for side in (-1, 1))
    while high - low > 1e-4:
        left, right = low + (high - low) / 3, high - (high - low) / 3
        low, high = (left, high) if log_weight(left) < log_weight(right) else (low, right)
    top = log_weight(low)
    cuts = [low]
    for side in (-1, 1):
        step, t = mpf(1), low
        while log_weight(low + side * step) < top - 2:
            step /= 2
        while log_weight(t) > top - 45:
            t += side * step
            cuts.append(t)
            step = min(1.5 * step, 6)
    cuts.sort()
    nodes = mpmath.calculus.quadrature.GaussLegendre(mp).get_nodes(-1, 1, 4, mp.prec)
    sums = [mpf(0)] * 3
    for left, right in zip(cuts, cuts[1:], strict=False):
        for x, w in nodes:
            t = (left + right + (right - left) * x) / 2
            weight = w * (right - left) * mp.exp(log_weight(t) - top)
            sums = [s + weight * moment for s, moment in zip(sums, (1, *moments(t)), strict=True)]
    mean = sums[1] / sums[0]
    return mean, mp.sqrt(sums[2] / sums[0] - mean**2)


@pytest.mark.parametrize(
    ("sample", "n_outcomes"),
    [
        ({10**6: 1}, 2),  # one outcome takes all: the weight runs to an entropy of 0
        ({1: 1000}, 10**9),  # all different: it runs to log K
        ({1: 10**6}, 10**9),
        ({1: 5 * 10**5, 10: 10**4, 1000: 400}, 10**9),  # a peak of width 1e-3
        ({100: 10**4}, 10**4),  # as even as can be
        ({1: 100, 999_900: 1}, 10**9),
        ({3: 2, 1: 2}, math.inf),
    ],
    ids=str,
)
def test_the_posterior_of_nemenman_shafee_and_bialek(sample, n_outcomes):
    with mpmath.workdps(42):
        mean, deviation = exact_posterior(sample, n_outcomes)
        found = nsb_entropy(list(sample), n_outcomes, multiplicities=list(sample.values()))
        agree(found.mean, mean, 1e-12)
        agree(found.standard_deviation, deviation, 1e-9)


@pytest.mark.parametrize("log_a", [-6.0, 0.0, 3.0])
def test_moments_at_one_concentration_by_integration_over_the_distributions(log_a):
    # K = 2 and counts 5 and 0: p is Beta(5 + b, b) distributed.
    b = math.exp(log_a) / 2
    sample = _Sample(np.array([5.0]), np.array([1.0]), 5.0, 1.0, 0.5)
    _, mean, variance = _parts(sample, np.array([log_a]))[:, 0]

    def entropy(q):
        return -q * math.log(q) - (1 - q) * math.log1p(-q) if 0 < q < 1 else 0.0

    def moment(power):
        # In x = (1 - p)^b, which takes the singularity at p = 1 away.
        def integrand(x):
            q = x ** (1 / b)
            return (1 - q) ** (4 + b) * entropy(q) ** power

        return integrate.quad(integrand, 0, 1, epsabs=0, epsrel=1e-12, limit=500)[0]

    norm, first, second = (moment(power) for power in range(3))
    assert mean == pytest.approx(first / norm, rel=1e-8, abs=0)
    assert variance == pytest.approx(second / norm - (first / norm) ** 2, rel=1e-7, abs=0)
