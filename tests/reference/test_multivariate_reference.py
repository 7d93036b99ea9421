"""The measures of several variables and the inequalities against mpmath, by sums of entropies of exact marginals, and
against dit where it is installed.

mpmath computes with 50 digits, or with 700 where probabilities of 1e-300 meet 1, since its formulas cancel.
"""

import itertools
import math

import mpmath
import numpy as np
import pytest
import torch

import infolib

RTOL = 1e-12


@pytest.fixture(autouse=True)
def fifty_digits():
    with mpmath.workdps(50):
        yield


def agree(value, exact, rtol=RTOL, atol=0.0):
    """Require a difference below `rtol` of the exact value, or below `atol`, computed in mpmath."""
    exact = mpmath.mpf(exact)
    difference = abs(mpmath.mpf(float(value)) - exact)
    assert difference <= max(rtol * abs(exact), mpmath.mpf(atol)), f"{float(value)!r} against {mpmath.nstr(exact, 20)}"


def test_the_helper_fails_on_a_perturbed_value():
    agree(1.0, 1)
    agree(1e-300, mpmath.mpf(10) ** -300)
    agree(1 + 1e-9, 1, atol=2e-9)
    for perturbed in (1 + 2e-12, 1 - 2e-12, 0.0, math.nan):
        with pytest.raises(AssertionError):
            agree(perturbed, 1)


class Exact:
    """A joint table divided by its exact sum, and the entropies of its variables by powers: log of prod p^-p."""

    def __init__(self, table):
        self.n = table.ndim
        numbers = {place: mpmath.mpf(float(table[place])) for place in np.ndindex(table.shape)}
        total = mpmath.fsum(numbers.values())
        self.numbers = {place: value / total for place, value in numbers.items() if value > 0}
        self.known = {(): mpmath.mpf(0)}

    def h(self, *axes):
        axes = tuple(sorted(axes))
        if axes not in self.known:
            sums = {}
            for place, value in self.numbers.items():
                key = tuple(place[axis] for axis in axes)
                sums[key] = sums.get(key, mpmath.mpf(0)) + value
            self.known[axes] = mpmath.log(mpmath.fprod(mpmath.power(v, -v) for v in sums.values()))
        return self.known[axes]

    def rest(self, *axes):
        return tuple(i for i in range(self.n) if i not in axes)

    def total_correlation(self):
        return mpmath.fsum(self.h(i) for i in range(self.n)) - self.h(*range(self.n))

    def dual_total_correlation(self):
        whole = self.h(*range(self.n))
        return whole - mpmath.fsum(whole - self.h(*self.rest(i)) for i in range(self.n))

    def interaction_information(self):
        return -mpmath.fsum(
            (-1) ** (self.n - size) * self.h(*axes)
            for size in range(1, self.n + 1)
            for axes in itertools.combinations(range(self.n), size)
        )

    def atom(self, key):
        """The information that the variables in the key share, given the others: alternating sum over its subsets."""
        others = self.rest(*key)
        return mpmath.fsum(
            (-1) ** (size + 1) * self.h(*others, *part)
            for size in range(len(key) + 1)
            for part in itertools.combinations(key, size)
        )


def table(seed, shape, decades):
    """A joint table whose probabilities spread over `decades` powers of ten, some of them 0."""
    rng = np.random.default_rng(seed)
    w = 10.0 ** (-decades * rng.random(shape))
    w[rng.random(shape) < 0.15] = 0.0
    w.flat[0] = 1.0
    return w / math.fsum(w.ravel())


SHAPES = [(2, 2), (2, 3, 4), (3, 2, 2, 3), (2, 2, 2, 2, 2), (2,) * 7]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("decades", [3, 30, 300])
def test_total_and_dual_total_correlation(shape, decades):
    p = table(len(shape), shape, decades)
    with mpmath.workdps(700 if decades > 100 else 50):
        exact = Exact(p)
        total, dual = exact.total_correlation(), exact.dual_total_correlation()
    # One of these values is 1.5e-334, which float64 does not reach.
    for array in (p, torch.from_numpy(p)):
        agree(infolib.total_correlation(array), total, atol=1e-305)
        agree(infolib.dual_total_correlation(array), dual, atol=1e-305)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("decades", [0.5, 3, 30])
def test_interaction_information_to_rounding_of_its_largest_term(shape, decades):
    p = table(10 + len(shape), shape, decades)
    n = len(shape)
    expected = Exact(p).interaction_information()
    terms = [infolib.mutual_information(p, 0, 1)]
    for size in range(1, n - 1):
        for axes in itertools.combinations(range(2, n), size):
            terms.append(infolib.conditional_mutual_information(p, 0, 1, axes))
    for value in (infolib.interaction_information(p), infolib.interaction_information(torch.from_numpy(p))):
        agree(value, expected, rtol=1e-15, atol=1e-15 * max(terms) * len(terms))


@pytest.mark.parametrize("strength", [0.5, 1e-2, 1e-4, 1e-6, 1e-8])
@pytest.mark.parametrize("n", [3, 4, 6])
def test_weak_dependence(n, strength):
    rng = np.random.default_rng(n)
    p = np.array(1.0)
    for _ in range(n):
        p = np.multiply.outer(p, rng.dirichlet(np.ones(2 + rng.integers(2)) * 5))
    p = p * (1 + strength * rng.uniform(-1, 1, p.shape))
    p = p / math.fsum(p.ravel())
    exact = Exact(p)
    # The marginals are rounded to 1e-16 of themselves, which is that much of p - q, and of the root of the value.
    rtol = max(1e-12, 4 * n * 1e-16 / strength)
    agree(infolib.total_correlation(p), exact.total_correlation(), rtol)
    agree(infolib.dual_total_correlation(p), exact.dual_total_correlation(), rtol)
    terms = 2 ** (n - 2) * infolib.dual_total_correlation(p)
    agree(infolib.interaction_information(p), exact.interaction_information(), rtol, rtol * terms)
    # The alternating sum of entropies is off by rounding of 1, whatever the strength.
    if strength == 1e-8:
        profile = infolib.entropy_profile(p)
        by_entropies = sum(profile.joint(i) for i in range(n)) - profile.joint(tuple(range(n)))
        assert abs(by_entropies - exact.total_correlation()) > 0.01 * exact.total_correlation()


@pytest.mark.parametrize("noise", [1e-3, 1e-9, 1e-15, 1e-40, 1e-250])
def test_almost_certain_tables(noise):
    p = np.zeros((2, 2, 3))
    p[0, 0, 0], p[1, 1, 0], p[0, 1, 2], p[1, 1, 1] = 1.0, noise, 2 * noise, 3 * noise
    p = p / math.fsum(p.ravel())
    with mpmath.workdps(600):
        exact = Exact(p)
        total, dual = exact.total_correlation(), exact.dual_total_correlation()
    agree(infolib.total_correlation(p), total, 1e-12)
    agree(infolib.dual_total_correlation(p), dual, 1e-12)


@pytest.mark.parametrize("shape", [(4,), (3, 5), (2, 3, 4), (2, 2, 3, 2), (2,) * 6])
@pytest.mark.parametrize("decades", [1, 8])
def test_entropy_profile(shape, decades):
    p = table(20 + len(shape), shape, decades)
    exact, profile = Exact(p), infolib.entropy_profile(p)
    whole = float(exact.h(*range(len(shape))))
    for axes, value in profile.entropies.items():
        # A probability next to 1 is rounded by 1e-16, and -p log p with it.
        agree(value, exact.h(*axes), 1e-14, atol=3e-16)
    for key, value in profile.atoms.items():
        agree(value, exact.atom(key), atol=1e-15 * 2 ** len(key) * whole)


def test_profile_of_tables_with_probabilities_down_to_1e_300():
    p = table(30, (2, 3, 4), 300)
    p[1, 2, 3] = p[0, 0, 0] = 0.5 * p[0, 0, 0]
    with mpmath.workdps(700):
        exact = Exact(p)
        entropies = {axes: exact.h(*axes) for axes in infolib.entropy_profile(p).entropies}
    for axes, value in infolib.entropy_profile(p).entropies.items():
        agree(value, entropies[axes])


# The inequalities.


@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 4), (2, 2, 3, 2)])
def test_han_and_shearer(shape):
    p, n = table(40, shape, 5), len(shape)
    exact = Exact(p)
    for size in range(1, n + 1):
        claim = infolib.han(p, size)
        groups = list(itertools.combinations(range(n), size))
        agree(claim.left, exact.h(*range(n)), 1e-14)
        agree(claim.right, mpmath.fsum(exact.h(*axes) for axes in groups) * n / (size * len(groups)), 1e-14)
    cover = [(0,), tuple(range(n)), (n - 1,), tuple(range(1, n))]
    claim = infolib.shearer(p, cover)
    agree(claim.left, 2 * exact.h(*range(n)), 1e-14)
    agree(claim.right, mpmath.fsum(exact.h(*axes) for axes in cover), 1e-14)


@pytest.mark.parametrize("decades", [0.5, 5, 50, 300])
def test_fano_bound(decades):
    p = table(50, (4, 6), decades)
    with mpmath.workdps(700):
        exact = Exact(p)
        kept = mpmath.fsum(max(exact.numbers.get((x, y), mpmath.mpf(0)) for x in range(4)) for y in range(6))
        error = 1 - kept
        right = -error * mpmath.log(error) - kept * mpmath.log(kept) + error * mpmath.log(3)
        left = exact.h(0, 1) - exact.h(1)
    claim = infolib.fano_bound(p)
    agree(claim.left, left)
    agree(claim.right, right)


@pytest.mark.parametrize("n", [2, 3, 10, 50_257, 10**15])
def test_fano_error_by_bisection(n):
    rng = np.random.default_rng(n % 1000)
    entropies = [*10.0 ** rng.uniform(-290, -1, 8), *(math.log(n) * rng.uniform(0.01, 0.99, 8))]
    for entropy, found in zip(entropies, infolib.fano_error(entropies, n), strict=True):
        with mpmath.workdps(330):
            target = mpmath.mpf(float(entropy))
            low, high = target / 1000, min(target, 1 - mpmath.mpf(1) / n)
            for _ in range(70):
                e = (low + high) / 2
                value = -e * mpmath.log(e) - (1 - e) * mpmath.log(1 - e) + e * mpmath.log(n - 1)
                low, high = (e, high) if value < target else (low, e)
        agree(found, low, 1e-13 if entropy < 0.9 * math.log(n) else 1e-12)


@pytest.mark.parametrize("distance", [0.7, 1e-2, 1e-6, 1e-10, 1e-14])
@pytest.mark.parametrize("n", [2, 5, 60])
def test_entropy_continuity_and_pinsker_of_near_distributions(n, distance):
    rng = np.random.default_rng(n)
    # Multiples of 2^-50, which move by multiples of 2^-100 from one outcome to its neighbour: the sums stay exact.
    q = np.ldexp(np.round(np.ldexp(rng.dirichlet(np.ones(n)), 40)), -40)
    q[0] += 1 - math.fsum(q)
    p = q.copy()
    half = n // 2
    move = distance * np.minimum(q[:half], q[half : 2 * half]) * rng.random(half)
    move = np.ldexp(np.round(np.ldexp(move, 52)), -52)
    p[:half] += move
    p[half : 2 * half] -= move
    exact_p, exact_q = ([mpmath.mpf(float(v)) for v in a] for a in (p, q))
    assert mpmath.fsum(exact_p) == mpmath.fsum(exact_q) == 1
    entropies = [mpmath.log(mpmath.fprod(mpmath.power(v, -v) for v in a if v > 0)) for a in (exact_p, exact_q)]
    t = mpmath.fsum(abs(a - b) for a, b in zip(exact_p, exact_q, strict=True)) / 2
    claim = infolib.entropy_continuity(p, q)
    if t == 0:
        assert claim.left == claim.right == infolib.total_variation(p, q) == 0
        return
    agree(claim.left, abs(entropies[0] - entropies[1]), atol=1e-15 * float(t) * math.log(10 * n))
    agree(claim.right, t * mpmath.log(n - 1) - t * mpmath.log(t) - (1 - t) * mpmath.log(1 - t), 1e-14)
    agree(infolib.total_variation(p, q), t, 1e-15)
    pinsker = infolib.pinsker(p, q, base=2)
    agree(pinsker.left, 2 * t * t / mpmath.log(2), 1e-15)
    divergence = mpmath.fsum(a * mpmath.log(a / b) for a, b in zip(exact_p, exact_q, strict=True) if a > 0)
    agree(pinsker.right, divergence / mpmath.log(2))


def test_entropy_continuity_over_all_magnitudes():
    p, q = table(60, (40,), 300), table(61, (40,), 300)
    with mpmath.workdps(700):
        exact = Exact(p).h(0) - Exact(q).h(0)
    agree(infolib.entropy_continuity(p, q).left, abs(exact), 1e-13)


def test_data_processing():
    p, channel = table(70, (3, 4), 3), np.array([table(71 + y, (5,), 2) for y in range(4)])
    after = np.zeros((3, 5), dtype=object)
    exact = Exact(p)
    rows = [[mpmath.mpf(float(v)) for v in row] for row in channel]
    for (x, y), value in exact.numbers.items():
        for z in range(5):
            after[x, z] += value * rows[y][z] / mpmath.fsum(rows[y])
    flat = [v for v in after.ravel() if v > 0]
    singles = [*(mpmath.fsum(after[x]) for x in range(3))], [*(mpmath.fsum(after[:, z]) for z in range(5))]
    h_xz, h_x, h_z = (mpmath.log(mpmath.fprod(mpmath.power(v, -v) for v in a if v > 0)) for a in (flat, *singles))
    claim = infolib.data_processing(p, channel)
    agree(claim.left, h_x + h_z - h_xz)
    agree(claim.right, exact.total_correlation())


def test_against_dit():
    import dit  # here: it takes two seconds to import

    for seed, shape in enumerate([(2, 2, 2), (2, 3, 2), (2, 2, 2, 2)]):
        p = table(80 + seed, shape, 2)
        places = [place for place in np.ndindex(shape) if p[place] > 0]
        names = ["".join(map(str, place)) for place in places]
        d = dit.Distribution(names, [p[place] for place in places])
        agree(infolib.total_correlation(p, base=2), dit.multivariate.total_correlation(d), 1e-9)
        agree(infolib.dual_total_correlation(p, base=2), dit.multivariate.dual_total_correlation(d), 1e-9)
        sign = (-1) ** len(shape)
        centre = sign * infolib.interaction_information(p, base=2)
        agree(centre, dit.multivariate.coinformation(d), 1e-8, 1e-12)
