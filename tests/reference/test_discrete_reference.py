"""The discrete measures against mpmath, by other formulas, and against scipy, torch and scikit-learn.

mpmath computes with 50 digits. Where probabilities of 1e-300 meet 1, it takes 700, since its formulas cancel.
"""

import math

import mpmath
import numpy as np
import pytest
import scipy.stats
import torch

import infolib

RTOL = 1e-12


@pytest.fixture(autouse=True)
def fifty_digits():
    with mpmath.workdps(50):
        yield


def agree(value, exact, rtol=RTOL):
    """Require a relative difference below `rtol`, computed in mpmath so that no float hides it."""
    exact = mpmath.mpf(exact)
    difference = abs(mpmath.mpf(float(value)) - exact)
    assert difference <= rtol * abs(exact), f"{float(value)!r} against {mpmath.nstr(exact, 20)}"


def test_the_helper_fails_on_a_perturbed_value():
    agree(1.0, 1)
    agree(1e-300, mpmath.mpf(10) ** -300)
    for perturbed in (1 + 2e-12, 1 - 2e-12, 0.0, math.nan):
        with pytest.raises(AssertionError):
            agree(perturbed, 1)


def stored(array):
    """The numbers of a float array, exactly."""
    return [mpmath.mpf(float(v)) for v in np.ravel(array)]


def exact(array):
    """The numbers of a float array, divided by their exact sum."""
    numbers = stored(array)
    total = mpmath.fsum(numbers)
    return [v / total for v in numbers]


def h(numbers):
    """Entropy as log of the product of p^-p: powers instead of logarithms of each."""
    return mpmath.log(mpmath.fprod(mpmath.power(v, -v) for v in numbers if v > 0))


def h_cross(p, q):
    """Cross-entropy by powers."""
    return mpmath.log(mpmath.fprod(mpmath.power(b, -a) for a, b in zip(p, q, strict=True) if a > 0))


def pmf(seed, n, decades):
    """A distribution whose probabilities spread over `decades` powers of ten, some of them 0."""
    rng = np.random.default_rng(seed)
    w = 10.0 ** (-decades * rng.random(n))
    w[0], w[1:][rng.random(n - 1) < 0.1] = 1.0, 0.0
    return w / math.fsum(w)


MAGNITUDES = [(n, decades) for n in (2, 10, 300) for decades in (0.01, 3, 30, 300)]


@pytest.mark.parametrize(("n", "decades"), MAGNITUDES)
def test_entropy_varentropy_and_perplexity(n, decades):
    p = pmf(n, n, decades)
    numbers = stored(p)
    with mpmath.workdps(700):
        entropy = h(numbers)
        second = mpmath.fsum(v * mpmath.log(v) ** 2 for v in numbers if v > 0)
        variance = second - entropy**2 * (2 - mpmath.fsum(numbers))
    agree(infolib.entropy(p), entropy)
    agree(infolib.perplexity(p), mpmath.exp(entropy))
    # Near uniformity the surprisals themselves are rounded, by 1e-16 of about log n.
    assert abs(infolib.varentropy(p) - variance) < RTOL * variance + 1e-14 * mpmath.sqrt(variance) * math.log(n)


@pytest.mark.parametrize("exponent", [-1, -8, -16, -100, -300])
def test_entropy_of_one_rare_outcome(exponent):
    rare = 10.0**exponent
    with mpmath.workdps(700):
        q = mpmath.mpf(1) - mpmath.mpf(rare)
        expected = -mpmath.mpf(rare) * mpmath.log(mpmath.mpf(rare)) - q * mpmath.log(q)
    agree(infolib.binary_entropy(rare), expected, 1e-14)
    agree(infolib.self_information(rare), -mpmath.log(mpmath.mpf(rare)), 1e-15)
    # The same through logits, where the common outcome keeps what a probability would round away.
    gap = mpmath.mpf(math.log(rare))
    with mpmath.workdps(700):
        z = 1 + mpmath.exp(gap)
        from_logits = mpmath.log(z) - gap * mpmath.exp(gap) / z
    agree(infolib.entropy_from_logits([0.0, math.log(rare)]), from_logits)
    variance = gap**2 * mpmath.exp(gap) / z**2
    agree(infolib.varentropy_from_logits([0.0, math.log(rare)]), variance)


@pytest.mark.parametrize("p", [0.5 + 2.0**-30, 1 - 2.0**-53, 0.9999999, 0.25])
def test_binary_entropy_elsewhere(p):
    agree(infolib.binary_entropy(p), h([mpmath.mpf(p), 1 - mpmath.mpf(p)]), 1e-14)


@pytest.mark.parametrize(("n", "decades"), MAGNITUDES)
def test_cross_entropy_and_divergences(n, decades):
    p, q = pmf(n, n, decades), pmf(n + 1, n, decades)
    q[q == 0] = 1e-300
    q = q / math.fsum(q)
    with mpmath.workdps(700):
        cross = h_cross(stored(p), stored(q))
        numbers_p, numbers_q = exact(p), exact(q)
        kl = h_cross(numbers_p, numbers_q) - h(numbers_p)
        middle = [(a + b) / 2 for a, b in zip(numbers_p, numbers_q, strict=True)]
        js = h(middle) - (h(numbers_p) + h(numbers_q)) / 2
    agree(infolib.cross_entropy(p, q), cross)
    agree(infolib.kl_divergence(p, q), kl)
    agree(infolib.js_divergence(p, q), js)


@pytest.mark.parametrize("distance", [0.6, 0.3, 1e-2, 1e-5, 1e-8, 1e-10])
def test_divergences_of_near_distributions(distance):
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.ones(50))
    tilt = rng.uniform(-1, 1, 50)
    # Moves that keep the sum exactly: what one outcome gains its neighbour loses, in multiples of 2^-80.
    q = np.ldexp(np.round(np.ldexp(p, 50)), -50)
    p = q.copy()
    move = np.ldexp(np.round(np.ldexp(distance * np.minimum(q[::2], q[1::2]) * tilt[::2], 80)), -80)
    q[::2] += move
    q[1::2] -= move
    numbers_p, numbers_q = exact(p), exact(q)
    # The sums of `q` still round by about 1e-17 a term, which the divergence feels only to second order.
    with mpmath.workdps(70):
        kl = h_cross(numbers_p, numbers_q) - h(numbers_p)
        middle = [(a + b) / 2 for a, b in zip(numbers_p, numbers_q, strict=True)]
        js = h(middle) - (h(numbers_p) + h(numbers_q)) / 2
    agree(infolib.kl_divergence(p, q), kl)
    agree(infolib.js_divergence(p, q), js)


def test_divergences_of_near_and_far_rows_in_one_call():
    rng = np.random.default_rng(17)
    p = rng.dirichlet(np.full(40, 0.3), size=28)
    q = p * np.exp(np.geomspace(1e-9, 3.0, 28)[:, None] * rng.normal(size=p.shape))
    p[:, :3] = 0.0
    q[:, :2] = 0.0  # both impossible, and only p impossible
    p, q = (a / a.sum(-1, keepdims=True) for a in (p, q))
    # The divergence of numbers that sum to 1 + 1e-16: the second sum of the docstring, term by term.
    for row_p, row_q, kl, js in zip(p, q, infolib.kl_divergence(p, q), infolib.js_divergence(p, q), strict=True):
        a, b = stored(row_p), stored(row_q)
        middle = [(x + y) / 2 for x, y in zip(a, b, strict=True)]

        def divergence(u, v):
            return mpmath.fsum((x * mpmath.log(x / y) if x else 0) - x + y for x, y in zip(u, v, strict=True))

        agree(kl, divergence(a, b))
        agree(js, (divergence(a, middle) + divergence(b, middle)) / 2)


@pytest.mark.parametrize(("strength", "rtol"), [(0.9, 1e-12), (1e-2, 1e-12), (1e-5, 1e-9), (1e-8, 1e-6)])
def test_mutual_information_of_weakly_dependent_variables(strength, rtol):
    rng = np.random.default_rng(1)
    a, b = rng.dirichlet(np.ones(6)), rng.dirichlet(np.ones(5))
    table = np.outer(a, b)
    table[:2, :2] += strength * table[:2, :2].min() * np.array([[1, -1], [-1, 1]])
    numbers = exact(table)
    grid = mpmath.matrix(6, 5)
    for k, v in enumerate(numbers):
        grid[k // 5, k % 5] = v
    rows = [mpmath.fsum(grid[i, :]) for i in range(6)]
    columns = [mpmath.fsum(grid[:, j]) for j in range(5)]
    agree(infolib.mutual_information(table), h(rows) + h(columns) - h(numbers), rtol)
    if strength > 1e-3:
        agree(infolib.conditional_entropy(table, of=1, given=0), h(numbers) - h(rows))


@pytest.mark.parametrize("noise", [0.1, 1e-6, 1e-15, 1e-40, 1e-250])
def test_conditional_entropy_down_to_almost_certain_outcomes(noise):
    table = np.array([[0.5, noise, 0.0], [0.0, 0.25 - noise / 2, noise], [noise, 0.0, 0.25 - noise * 1.5]])
    table = table / math.fsum(table.ravel())
    numbers = [[mpmath.mpf(float(v)) for v in row] for row in table]
    with mpmath.workdps(600):
        total = mpmath.fsum(v for row in numbers for v in row)
        kept = mpmath.fsum(v / total * mpmath.log(mpmath.fsum(row) / v) for row in numbers for v in row if v > 0)
    agree(infolib.conditional_entropy(table, of=1, given=0), kept)


def test_conditional_mutual_information():
    p = pmf(3, 24, 4).reshape(2, 3, 4)
    number = dict(zip(np.ndindex(2, 3, 4), exact(p), strict=True))

    def entropy_of(*axes):
        sums = {}
        for place, v in number.items():
            key = tuple(place[axis] for axis in axes)
            sums[key] = sums.get(key, mpmath.mpf(0)) + v
        return h(sums.values())

    expected = entropy_of(0, 2) + entropy_of(1, 2) - entropy_of(0, 1, 2) - entropy_of(2)
    agree(infolib.conditional_mutual_information(p, 0, 1, 2), expected)
    agree(infolib.joint_entropy(p, axes=(0, 2)), entropy_of(0, 2))


@pytest.mark.parametrize("scale", [1e-6, 1.0, 30.0, 300.0])
@pytest.mark.parametrize("temperature", [0.5, 1.0, 7.0])
def test_entropy_from_logits(scale, temperature):
    logits = np.random.default_rng(2).normal(size=40) * scale
    with mpmath.workdps(700):
        scaled = [mpmath.mpf(float(v)) / mpmath.mpf(temperature) for v in logits]
        z = mpmath.fsum(mpmath.exp(v) for v in scaled)
        p = [mpmath.exp(v) / z for v in scaled]
        mean = mpmath.fsum(a * v for a, v in zip(p, scaled, strict=True))
        expected = mpmath.log(z) - mean
        variance = mpmath.fsum(a * (v - mean) ** 2 for a, v in zip(p, scaled, strict=True))
    # Gaps of size `scale / temperature` are rounded to 1e-16 of themselves before exp: that much is in the input.
    rtol = 1e-15 * max(10.0, 4 * scale / temperature)
    agree(infolib.entropy_from_logits(logits, temperature=temperature), expected, max(rtol, RTOL))
    agree(infolib.varentropy_from_logits(logits, temperature=temperature), variance, 1e-11)


def test_a_million_categories_lose_nothing():
    w = np.random.default_rng(3).random(1_000_000)
    p = w / math.fsum(w)
    terms = -p.astype(np.longdouble) * np.log(p.astype(np.longdouble))
    assert float(infolib.entropy(p)) == pytest.approx(math.fsum(terms.astype(float)), rel=1e-14, abs=0)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_against_scipy(axis):
    rng = np.random.default_rng(4)
    p, q = rng.random((4, 5, 6)), rng.random((4, 5, 6))
    p[p < 0.2] = 0.0
    p, q = p / p.sum(axis, keepdims=True), q / q.sum(axis, keepdims=True)
    np.testing.assert_allclose(infolib.entropy(p, axis=axis), scipy.stats.entropy(p, axis=axis), rtol=1e-13)
    np.testing.assert_allclose(
        infolib.entropy(p, axis=axis, base=2), scipy.stats.entropy(p, axis=axis, base=2), rtol=1e-13
    )
    np.testing.assert_allclose(infolib.kl_divergence(p, q, axis=axis), scipy.stats.entropy(p, q, axis=axis), rtol=1e-12)
    np.testing.assert_allclose(infolib.kl_divergence(q, p, axis=axis), scipy.stats.entropy(q, p, axis=axis), rtol=1e-12)


def test_against_scipy_jensen_shannon():
    from scipy.spatial.distance import jensenshannon

    rng = np.random.default_rng(5)
    p, q = rng.dirichlet(np.full(9, 0.3), 20), rng.dirichlet(np.full(9, 0.3), 20)
    np.testing.assert_allclose(infolib.js_divergence(p, q), jensenshannon(p, q, axis=-1) ** 2, rtol=1e-10)


def test_against_torch_distributions():
    logits = torch.randn(7, 50, dtype=torch.float64, generator=torch.Generator().manual_seed(0)) * 3
    expected = torch.distributions.Categorical(logits=logits)
    torch.testing.assert_close(infolib.entropy_from_logits(logits), expected.entropy(), rtol=1e-12, atol=0)
    other = torch.distributions.Categorical(logits=logits.flip(0))
    torch.testing.assert_close(
        infolib.kl_divergence(expected.probs, other.probs),
        torch.distributions.kl_divergence(expected, other),
        rtol=1e-12,
        atol=0,
    )


def test_mutual_information_of_samples_against_scikit_learn():
    metrics = pytest.importorskip("sklearn.metrics", reason="scikit-learn is a peer, installed for benchmarks only")
    rng = np.random.default_rng(6)
    x = rng.integers(0, 20, 5000)
    y = (x + rng.integers(0, 5, 5000)) % 17
    ours = infolib.mutual_information(infolib.empirical_distribution(x, y))
    assert ours == pytest.approx(metrics.mutual_info_score(x, y), rel=1e-12, abs=0)


def test_mutual_information_of_samples_against_scipy_contingency():
    rng = np.random.default_rng(7)
    x = rng.integers(0, 20, 5000)
    y = (x + rng.integers(0, 5, 5000)) % 17
    counts = np.zeros((20, 17))
    np.add.at(counts, (x, y), 1)
    # The log-likelihood ratio statistic is 2 n I.
    statistic = scipy.stats.chi2_contingency(counts, correction=False, lambda_="log-likelihood").statistic
    assert infolib.mutual_information(infolib.empirical_distribution(x, y)) == pytest.approx(
        statistic / (2 * len(x)), rel=1e-11
    )
