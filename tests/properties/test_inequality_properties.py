"""Laws of any number of variables: chain rule, submodularity, Han, Shearer, Fano, data processing, Pinsker, continuity,
and what binds total correlation, dual total correlation and interaction information."""

import itertools
import math

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import infolib

# The same examples on every run, and no deadline: the first call of a test may wait for a busy machine.
for_all = settings(deadline=None, max_examples=60, derandomize=True)

# Rounding of sums of at most a few hundred numbers of size one, a few times over.
EPS = 1e-13


def weights(shape):
    """Non-negative numbers over many magnitudes, zero among them, that do not all vanish."""
    exponents = st.floats(-40, 0).map(lambda e: 10.0**e)
    return hnp.arrays(np.float64, shape, elements=st.one_of(st.just(0.0), st.just(1.0), exponents)).filter(
        lambda w: w.sum() > 0
    )


def pmfs(n):
    return weights(n).map(lambda w: w / w.sum())


def pairs():
    return st.integers(1, 12).flatmap(lambda n: st.tuples(pmfs(n), pmfs(n)))


def tables(least=2, most=4):
    """Joint tables of `least` to `most` variables of one to three outcomes."""
    shapes = st.lists(st.integers(1, 3), min_size=least, max_size=most).map(tuple)
    return shapes.flatmap(weights).map(lambda w: w / w.sum())


def channels(rows, columns):
    return st.lists(pmfs(columns), min_size=rows, max_size=rows).map(np.array)


def subsets(n):
    return st.sets(st.integers(0, n - 1), min_size=1).map(lambda axes: tuple(sorted(axes)))


def h(p, axes):
    return infolib.joint_entropy(p, tuple(axes)) if axes else 0.0


def holds(claim):
    """The claim, up to the rounding of its sides."""
    return np.all(claim.left <= claim.right + EPS * (1 + np.abs(claim.left)))


# Entropies of sets of variables.


@for_all
@given(tables(2, 5), st.randoms(use_true_random=False))
def test_chain_rule_of_n_variables_in_any_order(p, random):
    order = list(range(p.ndim))
    random.shuffle(order)
    steps = [h(p, order[:1])]
    steps += [infolib.conditional_entropy(p, of=order[i], given=tuple(order[:i])) for i in range(1, p.ndim)]
    assert abs(sum(steps) - h(p, range(p.ndim))) < EPS


@for_all
@given(tables(2, 5), st.data())
def test_entropy_is_submodular_and_grows_with_the_set(p, data):
    a, b = set(data.draw(subsets(p.ndim))), set(data.draw(subsets(p.ndim)))
    profile = infolib.entropy_profile(p)
    both, union = tuple(sorted(a & b)), tuple(sorted(a | b))
    of_both = profile.joint(both) if both else 0.0
    assert profile.joint(tuple(a)) + profile.joint(tuple(b)) >= profile.joint(union) + of_both - EPS
    assert of_both - EPS <= profile.joint(tuple(a)) <= profile.joint(union) + EPS
    # What the two sides differ by is a conditional mutual information, which `han` and `shearer` rest on.
    gap = h(p, a) + h(p, b) - h(p, union) - h(p, both)
    if a - b and b - a:
        shared = (
            infolib.conditional_mutual_information(p, tuple(a - b), tuple(b - a), both)
            if both
            else infolib.mutual_information(p, tuple(a - b), tuple(b - a))
        )
        assert abs(gap - shared) < EPS


@for_all
@given(tables(1, 5))
def test_a_profile_is_the_joint_entropies_and_the_sums_of_its_regions(p):
    profile = infolib.entropy_profile(p)
    n = p.ndim
    every = [axes for size in range(1, n + 1) for axes in itertools.combinations(range(n), size)]
    assert list(profile.entropies) == list(profile.atoms) == every
    for axes in every:
        assert abs(profile.entropies[axes] - h(p, axes)) < EPS
        regions = [value for key, value in profile.atoms.items() if set(key) & set(axes)]
        assert abs(math.fsum(regions) - profile.entropies[axes]) < 10 * EPS
        # A region of one or two variables is an information given the others, and cannot be negative.
        if len(axes) <= 2:
            assert profile.atoms[axes] >= -EPS


# How variables depend on each other.


@for_all
@given(tables(2, 5))
def test_total_correlations_are_sums_of_entropies(p):
    n = p.ndim
    whole = h(p, range(n))
    alone = [infolib.conditional_entropy(p, of=i, given=tuple(j for j in range(n) if j != i)) for i in range(n)]
    total, dual = infolib.total_correlation(p), infolib.dual_total_correlation(p)
    assert abs(total - (sum(h(p, (i,)) for i in range(n)) - whole)) < EPS
    assert abs(dual - (whole - sum(alone))) < EPS


@for_all
@given(tables(2, 5))
def test_bounds_of_total_and_dual_total_correlation(p):
    n = p.ndim
    total, dual = infolib.total_correlation(p), infolib.dual_total_correlation(p)
    assert 0 <= total <= sum(h(p, (i,)) for i in range(n)) - max(h(p, (i,)) for i in range(n)) + EPS
    assert 0 <= dual <= h(p, range(n)) + EPS
    # Each step of the chain of one is at most the whole of the other.
    assert total / (n - 1) - EPS <= dual <= (n - 1) * total + EPS
    # The two together count, for each variable, what it shares with all others.
    others = [tuple(j for j in range(n) if j != i) for i in range(n)]
    shared = sum(infolib.mutual_information(p, i, rest) for i, rest in enumerate(others))
    assert abs(total + dual - shared) < EPS


@for_all
@given(tables(2, 2))
def test_of_two_variables_all_three_are_the_mutual_information(p):
    mutual = infolib.mutual_information(p)
    for measure in (infolib.total_correlation, infolib.dual_total_correlation, infolib.interaction_information):
        assert abs(measure(p) - mutual) <= 1e-14 * mutual + 1e-30


@for_all
@given(st.lists(st.integers(1, 4).flatmap(pmfs), min_size=2, max_size=5))
def test_independent_variables_share_nothing(marginals):
    p = np.array(1.0)
    for marginal in marginals:
        p = np.multiply.outer(p, marginal)
    assert 0 <= infolib.total_correlation(p) < 1e-28
    assert 0 <= infolib.dual_total_correlation(p) < 1e-28
    assert abs(infolib.interaction_information(p)) < 1e-28


@for_all
@given(tables(2, 4), st.data())
def test_total_correlation_grows_with_the_set_and_splits_over_groups(p, data):
    axes = data.draw(subsets(p.ndim))
    total = infolib.total_correlation(p)
    within = infolib.total_correlation(p, axes)
    assert within <= total + EPS
    rest = tuple(i for i in range(p.ndim) if i not in axes)
    assume(rest)
    between = infolib.mutual_information(p, axes, rest)
    assert abs(total - within - infolib.total_correlation(p, rest) - between) < EPS


@for_all
@given(tables(2, 5), st.randoms(use_true_random=False))
def test_the_order_of_the_variables_does_not_matter(p, random):
    order = list(range(p.ndim))
    random.shuffle(order)
    for measure in (infolib.total_correlation, infolib.dual_total_correlation, infolib.interaction_information):
        value = measure(p)
        assert abs(measure(p.transpose(order)) - value) < EPS
        assert abs(measure(p, tuple(order)) - value) < EPS
        assert abs(measure(p[::-1]) - value) < EPS


@for_all
@given(tables(2, 5))
def test_interaction_is_a_difference_and_the_signed_centre_of_the_diagram(p):
    n = p.ndim
    value = infolib.interaction_information(p)
    assert abs(value - (-1) ** n * infolib.entropy_profile(p).atoms[tuple(range(n))]) < 10 * EPS
    if n == 3:
        for x, y, z in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
            mutual, after = infolib.mutual_information(p, x, y), infolib.conditional_mutual_information(p, x, y, z)
            assert abs(value - (after - mutual)) < EPS
            assert -mutual - EPS <= value <= after + EPS


# The inequalities.


@for_all
@given(tables(2, 5))
def test_han_holds_for_every_size_and_falls_with_it(p):
    claims = [infolib.han(p, size) for size in range(1, p.ndim + 1)]
    for claim, next_claim in itertools.pairwise(claims):
        assert holds(claim)
        assert next_claim.right <= claim.right + EPS
        assert claim.left == next_claim.left
    assert claims[-1].slack == 0
    assert infolib.han(p).right == claims[-2].right
    # At size 1 the slack is the total correlation, at n - 1 the dual one over n - 1.
    assert abs(claims[0].slack - infolib.total_correlation(p)) < EPS
    assert abs(claims[-2].slack - infolib.dual_total_correlation(p) / (p.ndim - 1)) < EPS


@for_all
@given(tables(1, 5), st.data())
def test_shearer_holds_for_every_cover(p, data):
    cover = data.draw(st.lists(subsets(p.ndim), min_size=1, max_size=6))
    missing = tuple(i for i in range(p.ndim) if all(i not in axes for axes in cover))
    cover += [missing] if missing else []
    claim = infolib.shearer(p, cover)
    assert holds(claim)
    times = min(sum(i in axes for axes in cover) for i in range(p.ndim))
    assert abs(claim.left - times * h(p, range(p.ndim))) < EPS
    assert abs(claim.right - sum(h(p, axes) for axes in cover)) < EPS


@for_all
@given(tables(2, 3))
def test_fano_holds_for_the_best_guess(p):
    claim = infolib.fano_bound(p)
    assert holds(claim)
    p_xy = p.sum(2) if p.ndim == 3 else p
    n = len(p_xy)
    error = 1 - p_xy.max(0).sum()
    assert abs(claim.left - infolib.conditional_entropy(p_xy, of=0, given=1)) < EPS
    if n > 1:
        assert infolib.fano_error(claim.left, n) <= error + 1e-7
        assert abs(claim.right - infolib.binary_entropy(max(error, 0.0)) - error * math.log(n - 1)) < 1e-11


@for_all
@given(st.integers(2, 12), st.floats(0, 1), st.integers(1, 4).flatmap(pmfs))
def test_fano_is_met_by_evenly_spread_errors(n, share, p_y):
    # Y points at one letter, and every other letter is equally likely: for every y the same.
    error = share * (1 - 1 / n)
    given_y = np.full(n, error / (n - 1))
    given_y[0] = 1 - error
    claim = infolib.fano_bound(np.outer(given_y, p_y))
    assert abs(claim.slack) < EPS
    # Near its largest value the entropy is flat, and the error known to half the digits only.
    found = infolib.fano_error(claim.left, n)
    assert abs(found - error) < (1e-7 if share > 0.99 else 1e-11)
    assert 0 <= found <= 1 - 1 / n


@for_all
@given(st.integers(2, 10**6), hnp.arrays(np.float64, 20, elements=st.floats(0, 1)))
def test_fano_error_rises_and_inverts(n, shares):
    entropy = np.sort(shares) * math.log(n)
    error = infolib.fano_error(entropy, n)
    assert np.all(np.diff(error) >= 0)
    assert error.min() >= 0
    assert error.max() <= 1 - 1 / n
    back = infolib.binary_entropy(error) + error * math.log(n - 1)
    assert np.all(np.abs(back - entropy) <= 4e-15 * entropy + 1e-305)


@for_all
@given(tables(2, 2), st.integers(1, 4), st.data())
def test_processing_never_adds_information(p, n_z, data):
    channel = data.draw(channels(p.shape[1], n_z))
    claim = infolib.data_processing(p, channel)
    assert holds(claim)
    assert claim.right == infolib.mutual_information(p)
    after = p @ channel
    assert abs(claim.left - infolib.mutual_information(after / after.sum())) < EPS
    # A second channel loses again.
    once_more = data.draw(channels(n_z, 3))
    assert infolib.data_processing(after / after.sum(), once_more).left <= claim.left + EPS


@for_all
@given(pairs())
def test_pinsker_holds(pair):
    claim = infolib.pinsker(*pair)
    assert holds(claim)
    assert claim.right == infolib.kl_divergence(*pair)
    assert claim.left == 2 * infolib.total_variation(*pair) ** 2


@for_all
@given(pairs())
def test_entropy_continuity_holds(pair):
    p, q = pair
    claim = infolib.entropy_continuity(p, q)
    assert holds(claim)
    assert abs(claim.left - abs(infolib.entropy(p) - infolib.entropy(q))) < EPS
    assert abs(claim.left - infolib.entropy_continuity(q, p).left) < EPS
    assert claim.right <= math.log(len(p)) + EPS


@for_all
@given(st.integers(2, 12), st.floats(0, 1), st.randoms(use_true_random=False))
def test_entropy_continuity_is_met_from_certainty(n, distance, random):
    p, q = np.zeros(n), np.full(n, distance / (n - 1))
    p[0], q[0] = 1, 1 - distance
    order = list(range(n))
    random.shuffle(order)
    claim = infolib.entropy_continuity(p[order], q[order])
    assert abs(claim.slack) < EPS


@for_all
@given(st.integers(1, 12).flatmap(lambda n: st.tuples(pmfs(n), pmfs(n), pmfs(n))), st.data())
def test_total_variation_is_a_metric_and_the_largest_gap_of_an_event(three, data):
    p, q, r = three
    distance = infolib.total_variation(p, q)
    assert 0 <= distance <= 1
    assert infolib.total_variation(p, p) == 0
    assert distance == infolib.total_variation(q, p)
    assert infolib.total_variation(p, r) <= distance + infolib.total_variation(q, r) + EPS
    event = np.array(data.draw(st.lists(st.booleans(), min_size=len(p), max_size=len(p))))
    assert abs(p[event].sum() - q[event].sum()) <= distance + EPS
    assert abs(p[p > q].sum() - q[p > q].sum() - distance) < EPS
    # A channel brings distributions together.
    channel = data.draw(channels(len(p), 3))
    after, beside = p @ channel, q @ channel
    assert infolib.total_variation(after / after.sum(), beside / beside.sum()) <= distance + EPS
