"""Laws that the Rényi family obeys for every distribution: order, additivity, data processing, symmetries."""

import itertools
import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import infolib

# The same examples on every run, and no deadline: the first call of a test may wait for a busy machine.
for_all = settings(deadline=None, max_examples=60, derandomize=True)

EPS = 1e-12
INF = math.inf
SIZES = st.integers(1, 10)
ORDERS = st.one_of(
    st.sampled_from([0.0, 0.5, 1.0, 2.0, INF]),
    st.floats(0, 5),
    st.floats(-15, -2).map(lambda e: 1 + 10**e),
    st.floats(-15, -2).map(lambda e: 1 - 10**e),
    st.floats(0, 4).map(lambda e: 10**e),
)
# 1 - a is exact for these.
BETWEEN = st.integers(1, 2**30 - 1).map(lambda k: k / 2**30)


def weights(n):
    """Non-negative numbers over many magnitudes, zero among them, that do not all vanish."""
    exponents = st.floats(-40, 0).map(lambda e: 10.0**e)
    return hnp.arrays(np.float64, n, elements=st.one_of(st.just(0.0), st.just(1.0), exponents)).filter(
        lambda w: w.sum() > 0
    )


def pmfs(n=SIZES):
    return n.flatmap(weights).map(lambda w: w / math.fsum(w))


def tuples(k):
    return SIZES.flatmap(lambda n: st.tuples(*[pmfs(st.just(n))] * k))


def close(a, b, scale=1.0):
    return a == b or abs(a - b) <= EPS * (scale + abs(a) + abs(b))


@for_all
@given(pmfs(), ORDERS, ORDERS)
def test_entropy_does_not_increase_with_the_order(p, a, b):
    low, high = sorted((a, b))
    first, second = infolib.renyi_entropy(p, [low, high])
    assert first >= second - EPS
    assert second >= 0
    assert first <= math.log(len(p)) + EPS


@for_all
@given(pmfs())
def test_the_named_members_stand_in_order(p):
    h0, h2, h_inf = infolib.hartley_entropy(p), infolib.collision_entropy(p), infolib.min_entropy(p)
    assert h0 >= infolib.entropy(p) - EPS
    assert infolib.entropy(p) >= h2 - EPS
    assert h2 >= h_inf - EPS
    assert h_inf >= h2 / 2 - EPS
    assert infolib.guessing_probability(p) == p.max()
    assert close(infolib.guessing_probability(p), math.exp(-h_inf))
    np.testing.assert_array_equal(infolib.renyi_entropy(p, [0, 2, INF]), [h0, h2, h_inf])


@for_all
@given(pmfs(), pmfs(), ORDERS)
def test_entropies_of_independent_variables_add(p, q, order):
    product = np.outer(p, q).ravel()
    total = infolib.renyi_entropy(p, order) + infolib.renyi_entropy(q, order)
    assert close(infolib.renyi_entropy(product, order), total)


@for_all
@given(pmfs(), pmfs(), st.one_of(st.floats(0, 5), ORDERS.filter(math.isfinite)))
def test_tsallis_entropies_of_independent_variables_add_up_to_their_product(p, q, order):
    product = np.outer(p, q).ravel()
    one, other = infolib.tsallis_entropy(p, order), infolib.tsallis_entropy(q, order)
    joint = infolib.tsallis_entropy(product, order)
    cross = (1 - order) * one * other
    assert abs(joint - (one + other + cross)) <= EPS * (1 + one + other + abs(cross))


@for_all
@given(pmfs(), st.floats(0, 20))
def test_tsallis_and_renyi_entropy_determine_each_other(p, order):
    renyi = infolib.renyi_entropy(p, order)
    assert close(infolib.tsallis_entropy(p, order), infolib.q_logarithm(math.exp(renyi), order), 10.0)
    assert infolib.tsallis_entropy(p, order) >= 0


@for_all
@given(pmfs(), ORDERS, st.randoms(use_true_random=False))
def test_names_of_outcomes_and_impossible_ones_do_not_matter(p, order, random):
    mixed = [*p, 0.0, 0.0]
    random.shuffle(mixed)
    assert close(infolib.renyi_entropy(mixed, order), infolib.renyi_entropy(p, order))
    assert close(infolib.tsallis_entropy(mixed, order), infolib.tsallis_entropy(p, order))


@for_all
@given(st.integers(1, 3000), ORDERS)
def test_a_uniform_distribution_has_the_log_of_its_size_at_every_order(n, order):
    assert close(infolib.renyi_entropy(np.full(n, 1 / n), order), math.log(n))


@for_all
@given(pmfs(), ORDERS, st.sampled_from([None, 2, 10]))
def test_the_information_spectrum_determines_every_entropy(p, order, base):
    spectrum = infolib.information_spectrum([*p / 2, *p / 2], base=base)  # every level twice
    double = np.concatenate([p, p]) / 2
    assert close(spectrum.renyi(order), infolib.renyi_entropy(double, order, base=base))
    assert close(spectrum.mean, infolib.entropy(double, base=base))
    assert abs(spectrum.variance - infolib.varentropy(double, base=base)) <= 1e-11 * (1 + spectrum.variance)
    assert np.all(np.diff(spectrum.surprisals) > 0)
    assert close(spectrum.cumulative[-1], 1.0)
    assert len(spectrum.surprisals) == len(np.unique(p[p > 0]))


@for_all
@given(tuples(2), ORDERS, ORDERS)
def test_divergence_is_never_negative_and_does_not_decrease_with_the_order(pair, a, b):
    p, q = pair
    low, high = sorted((a, b))
    first, second = infolib.renyi_divergence(p, q, [low, high])
    assert 0 <= first <= second + EPS * (1 + first)
    assert infolib.renyi_divergence(p, p, a) == 0
    if high >= 1:
        assert (second == INF) == bool(np.any((p > 0) & (q == 0)))
    else:
        assert (second == INF) == (not np.any((p > 0) & (q > 0)))


@for_all
@given(tuples(2), BETWEEN)
def test_skew_symmetry(pair, order):
    p, q = pair
    left = (1 - order) * infolib.renyi_divergence(p, q, order)
    right = order * infolib.renyi_divergence(q, p, 1 - order)
    # Where p and q nearly agree, the rounding of their sums is what differs.
    assert left == right or abs(left - right) <= EPS * min(left, right) + 1e-30


@for_all
@given(tuples(2), tuples(2), ORDERS)
def test_divergences_of_independent_variables_add(one, other, order):
    (p, q), (r, s) = one, other
    joint = infolib.renyi_divergence(np.outer(p, r).ravel(), np.outer(q, s).ravel(), order)
    total = infolib.renyi_divergence(p, q, order) + infolib.renyi_divergence(r, s, order)
    assert joint == total or abs(joint - total) <= 1e-11 * (1 + total)


@for_all
@given(tuples(2), ORDERS, st.data())
def test_processing_cannot_tell_distributions_further_apart(pair, order, data):
    p, q = pair
    channel = np.array(data.draw(st.lists(pmfs(st.just(3)), min_size=len(p), max_size=len(p))))
    through = [row @ channel for row in (p, q)]
    processed = infolib.renyi_divergence(*(row / math.fsum(row) for row in through), order)
    before = infolib.renyi_divergence(p, q, order)
    assert processed <= before + 1e-11 * (1 + before)


@for_all
@given(tuples(2), ORDERS, st.randoms(use_true_random=False))
def test_divergence_does_not_depend_on_the_names_of_outcomes(pair, order, random):
    places = list(range(len(pair[0])))
    random.shuffle(places)
    p, q = pair
    assert close(infolib.renyi_divergence(p[places], q[places], order), infolib.renyi_divergence(p, q, order))


@for_all
@given(st.floats(-12, 12).map(math.exp), st.floats(-5, 5))
def test_the_q_exponential_inverts_the_q_logarithm(x, exponent):
    order = 1 - exponent / max(1.0, abs(math.log(x)))
    y = infolib.q_logarithm(x, order)
    # The rounding of y is worth this much of x, relative.
    slope = 1 + abs(y) * x ** (order - 1)
    assert abs(infolib.q_exponential(y, order) - x) <= 1e-14 * x * slope


@for_all
@given(
    hnp.arrays(np.float64, st.integers(1, 8), elements=st.floats(-20, 20)),
    st.one_of(st.sampled_from([1.0, 1.5, 2.0]), st.floats(1, 6)),
    st.floats(-10, 10),
    st.randoms(use_true_random=False),
)
def test_entmax_is_a_distribution_without_origin_or_names(logits, alpha, shift, random):
    p = infolib.entmax(logits, alpha)
    assert abs(math.fsum(p) - 1) < 1e-14
    assert p.min() >= 0
    places = list(range(len(p)))
    random.shuffle(places)
    np.testing.assert_allclose(infolib.entmax(logits[places], alpha), p[places], atol=1e-13)
    # The shift rounds the logits; at the edge of the support, above alpha = 2, p follows with an infinite slope.
    moved = infolib.entmax(np.ldexp(np.round(np.ldexp(logits, 40)), -40) + round(shift), alpha)
    there = infolib.entmax(np.ldexp(np.round(np.ldexp(logits, 40)), -40), alpha)
    np.testing.assert_allclose(moved, there, atol=1e-13)


@for_all
@given(hnp.arrays(np.float64, st.integers(2, 8), elements=st.floats(-5, 5)), st.floats(1.01, 4))
def test_entmax_is_the_optimum(logits, alpha):
    def objective(p):
        return float(np.dot(p, logits) + infolib.tsallis_entropy(p, alpha) / alpha)

    best = infolib.entmax(logits, alpha)
    reached = objective(best)
    for i, j in itertools.permutations(range(len(logits)), 2):
        for step in (1e-4, 0.1):
            other = best.copy()
            moved = min(step, other[i])
            other[i] -= moved
            other[j] += moved
            assert objective(other / math.fsum(other)) <= reached + EPS * (1 + abs(logits).max())
