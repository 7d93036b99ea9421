"""Laws that the discrete measures obey for every distribution: bounds, chain rules, concavity, data processing."""

import math

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import infolib

# The same examples on every run, and no deadline: the first call of a test may wait for a busy machine.
for_all = settings(deadline=None, max_examples=60, derandomize=True)

# Rounding of sums of at most a hundred numbers of size one, a few times over.
EPS = 1e-13
LN2 = math.log(2)
SIZES = st.integers(1, 12)


def weights(shape):
    """Non-negative numbers over many magnitudes, zero among them, that do not all vanish."""
    exponents = st.floats(-40, 0).map(lambda e: 10.0**e)
    return hnp.arrays(np.float64, shape, elements=st.one_of(st.just(0.0), st.just(1.0), exponents)).filter(
        lambda w: w.sum() > 0
    )


def pmfs(n=SIZES):
    return n.flatmap(weights).map(lambda w: w / w.sum())


def pairs():
    return SIZES.flatmap(lambda n: st.tuples(pmfs(st.just(n)), pmfs(st.just(n))))


def tables(axes):
    shape = st.tuples(*[st.integers(1, 4)] * axes)
    return shape.flatmap(weights).map(lambda w: w / w.sum())


@for_all
@given(pmfs())
def test_bounds_of_one_distribution(p):
    h = infolib.entropy(p)
    assert 0 <= h <= math.log(len(p)) + EPS
    assert infolib.varentropy(p) >= 0
    assert 1 <= infolib.perplexity(p) <= len(p) * (1 + EPS)
    assert -math.log(p.max()) <= h + EPS


@for_all
@given(pmfs(), st.randoms(use_true_random=False))
def test_order_and_impossible_outcomes_do_not_matter(p, random):
    mixed = [*p, 0.0, 0.0]
    random.shuffle(mixed)
    assert abs(infolib.entropy(mixed) - infolib.entropy(p)) < EPS
    assert abs(infolib.varentropy(mixed) - infolib.varentropy(p)) < 1e3 * EPS


@for_all
@given(pairs(), st.floats(0, 1))
def test_entropy_is_concave_and_divergence_convex(pair, share):
    p, q = pair
    mixture = share * p + (1 - share) * q
    assert infolib.entropy(mixture) >= share * infolib.entropy(p) + (1 - share) * infolib.entropy(q) - EPS
    uniform = np.full(len(p), 1 / len(p))
    mixed = infolib.kl_divergence(mixture, uniform)
    assert mixed <= share * infolib.kl_divergence(p, uniform) + (1 - share) * infolib.kl_divergence(q, uniform) + EPS


@for_all
@given(pairs())
def test_divergences_are_never_negative_and_vanish_on_themselves(pair):
    p, q = pair
    assert infolib.kl_divergence(p, q) >= 0
    assert infolib.kl_divergence(p, p) == 0
    assert infolib.js_divergence(p, p) == 0
    js = infolib.js_divergence(p, q)
    assert 0 <= js <= LN2
    assert js == infolib.js_divergence(q, p)
    # Lin's bound by the total variation, and Pinsker's.
    distance = np.abs(p - q).sum()
    assert js <= LN2 * distance / 2 + EPS
    assert infolib.kl_divergence(p, q) >= distance**2 / 2 - EPS


@for_all
@given(pairs())
def test_cross_entropy_is_entropy_plus_divergence(pair):
    p, q = pair
    cross, kl = infolib.cross_entropy(p, q), infolib.kl_divergence(p, q)
    assert math.isinf(cross) == math.isinf(kl) == bool(np.any((p > 0) & (q == 0)))
    assume(math.isfinite(kl))
    assert abs(cross - infolib.entropy(p) - kl) < 100 * EPS


@for_all
@given(SIZES.flatmap(lambda n: st.tuples(*[pmfs(st.just(n))] * 3)))
def test_the_root_of_js_obeys_the_triangle_inequality(three):
    p, q, r = three
    a, b, c = (math.sqrt(infolib.js_divergence(*pair)) for pair in ((p, q), (q, r), (p, r)))
    assert c <= a + b + 1e-12


@for_all
@given(tables(2))
def test_chain_rule_and_bounds_of_two_variables(p):
    h_xy, h_x, h_y = infolib.joint_entropy(p), infolib.joint_entropy(p, 0), infolib.joint_entropy(p, 1)
    y_given_x = infolib.conditional_entropy(p, of=1, given=0)
    mutual = infolib.mutual_information(p)
    assert abs(h_xy - h_x - y_given_x) < EPS
    assert abs(mutual - (h_y - y_given_x)) < EPS
    assert 0 <= y_given_x <= h_y + EPS
    assert 0 <= mutual <= min(h_x, h_y) + EPS
    assert abs(mutual - infolib.mutual_information(p, x=1, y=0)) < EPS


@for_all
@given(pmfs(st.integers(1, 6)), pmfs(st.integers(1, 6)))
def test_independent_variables_share_nothing(p, q):
    table = np.outer(p, q)
    assert 0 <= infolib.mutual_information(table) < 1e-28
    assert abs(infolib.joint_entropy(table) - infolib.entropy(p) - infolib.entropy(q)) < EPS


@for_all
@given(tables(3))
def test_chain_rules_of_three_variables(p):
    both = infolib.mutual_information(p, x=0, y=(1, 2))
    by_parts = infolib.mutual_information(p, 0, 1) + infolib.conditional_mutual_information(p, 0, 2, 1)
    assert abs(both - by_parts) < EPS
    assert infolib.conditional_mutual_information(p, 0, 1, 2) >= 0
    less = infolib.conditional_entropy(p, of=0, given=(1, 2))
    assert less <= infolib.conditional_entropy(p, of=0, given=1) + EPS


@for_all
@given(tables(2), st.data())
def test_processing_cannot_add_information(p, data):
    n = p.shape[1]
    channel = np.array(data.draw(st.lists(pmfs(st.just(3)), min_size=n, max_size=n)))
    processed = p @ channel
    assert infolib.mutual_information(processed / processed.sum()) <= infolib.mutual_information(p) + EPS


@for_all
@given(tables(2))
def test_a_table_is_invariant_under_relabelling(p):
    value = infolib.mutual_information(p)
    assert abs(infolib.mutual_information(p[::-1, ::-1]) - value) < EPS
    assert abs(infolib.mutual_information(p.T) - value) < EPS


@for_all
@given(
    hnp.arrays(np.float64, st.integers(1, 12), elements=st.floats(-600, 600)),
    st.floats(-300, 300),
    st.floats(0.1, 10),
)
def test_logits_have_no_origin_and_temperature_is_their_scale(logits, shift, temperature):
    h = infolib.entropy_from_logits(logits, temperature=temperature)
    assert 0 <= h <= math.log(len(logits)) + EPS
    assert infolib.varentropy_from_logits(logits, temperature=temperature) >= 0
    # The shift rounds the logits themselves by 1e-13, which moves H by at most that times its slope.
    moved = infolib.entropy_from_logits(logits + shift, temperature=temperature)
    assert abs(moved - h) < 1e-10
    assert abs(infolib.entropy_from_logits(logits / temperature) - h) < 1e-10


@for_all
@given(hnp.arrays(np.float64, st.integers(2, 12), elements=st.floats(-30, 30)), st.floats(0.1, 5), st.floats(1, 3))
def test_a_higher_temperature_never_lowers_entropy(logits, temperature, factor):
    cold = infolib.entropy_from_logits(logits, temperature=temperature)
    warm = infolib.entropy_from_logits(logits, temperature=temperature * factor)
    assert warm >= cold - EPS


@for_all
@given(st.floats(0, 1))
def test_binary_entropy_is_symmetric_bounded_and_a_case_of_entropy(p):
    assert 0 <= infolib.binary_entropy(p) <= LN2
    assert abs(infolib.binary_entropy(p) - infolib.entropy([p, 1 - p])) < EPS
    assert abs(infolib.binary_entropy(1 - p) - infolib.binary_entropy(p)) < EPS


@for_all
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3)), min_size=1, max_size=40))
def test_empirical_distribution_counts_like_python(pairs_of_labels):
    x, y = zip(*pairs_of_labels, strict=True)
    p = infolib.empirical_distribution(x, y, n_outcomes=(5, 4))
    assert p.shape == (5, 4)
    for i in range(5):
        for j in range(4):
            assert p[i, j] == pairs_of_labels.count((i, j)) / len(pairs_of_labels)
