"""I(A;X) is at most I(A;Z) and at most I(Z;X): cases where all three are known, and every table of counts.

The anchor A sees only the vector Z, so X - Z - A is a Markov chain, and data processing holds for any anchors and any
temperature. What is known here is known without the library, in closed form or by integrals over the circle, the sphere
and the line. With ``-s`` the tests print the margins.
"""

from math import log
from typing import NamedTuple

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import ndtr, xlogy
from scipy.stats import norm

from infolib.representations import SoftEntropy, calibrate_temperature, sample_anchors

N = 200_000


def plug_in(est):
    """I(A;X) and its ceiling I(A;Z), of the sample as it is, for the first set of anchors."""
    return est.mutual_information("x", correction="none").per_set[0], est.ceiling(correction="none").per_set[0]


def measured(z, labels, anchors, temperature):
    est = SoftEntropy(z.shape[1], anchors=anchors, temperature=temperature, labels={"x": int(labels.max()) + 1})
    est.update(torch.from_numpy(z), {"x": labels})
    return plug_in(est)


def information(joint):
    """Mutual information of a joint table, in nats."""
    joint = joint / joint.sum()
    return xlogy(joint, joint).sum() - sum(xlogy(p, p).sum() for p in (joint.sum(0), joint.sum(1)))


def binary_entropy(p):
    return -xlogy(p, p) - xlogy(1 - p, 1 - p)


def assignments(z, anchors, temperature):
    """p(a|z) from its definition, (vectors, anchors)."""
    unit = [x / np.linalg.norm(x, axis=1, keepdims=True) for x in (z, np.asarray(anchors))]
    logits = unit[0] @ unit[1].T / temperature
    weights = np.exp(logits - logits.max(1, keepdims=True))
    return weights / weights.sum(1, keepdims=True)


# (a) Z is one of finitely many points, and X comes from it through a channel.


def sample_of(points, table):
    """Vectors and labels in which point i has label x exactly `table[i, x]` times: the sample is the population."""
    i, x = np.nonzero(table)
    return points[np.repeat(i, table[i, x])], np.repeat(x, table[i, x])


@pytest.mark.parametrize("temperature", [0.1, 0.5, 2.0, 50.0])
@pytest.mark.parametrize("flips", [0, 1, 10, 32])
def test_two_opposite_points_and_a_binary_symmetric_channel(flips, temperature):
    # The anchors are the points, with cosine -1 between them, so A is Z with a flip of probability q, and X - Z - A are
    # two symmetric channels in a row.
    points = np.array([[1.0, 2.0, 2.0], [-1.0, -2.0, -2.0]])
    flip, q = flips / 64, 1 / (1 + np.exp(2 / temperature))
    table = np.array([[64 - flips, flips], [flips, 64 - flips]])
    z, labels = sample_of(points, table)
    about_labels, ceiling = measured(z, labels, points, temperature)
    truth = log(2) - binary_entropy(flip)
    assert about_labels == pytest.approx(log(2) - binary_entropy(flip * (1 - q) + q * (1 - flip)), rel=1e-9, abs=1e-14)
    assert ceiling == pytest.approx(log(2) - binary_entropy(q), rel=1e-9, abs=1e-14)
    assert about_labels <= min(truth, ceiling) + 1e-14
    print(f"\nflips {flip:.3f}, temperature {temperature}: I(A;X) {about_labels:.6f} <= I(Z;X) {truth:.6f}, "
          f"I(A;Z) {ceiling:.6f}")


@pytest.mark.parametrize("temperature", [0.05, 0.3, 3.0])
@pytest.mark.parametrize("erased", [0, 3, 9])
def test_orthogonal_points_and_an_erasure_channel(erased, temperature):
    # X names the point, or is erased whatever the point: I(A;X) is the share that is kept of I(A;Z), as I(Z;X) of H(Z).
    k, uses = 6, 10
    table = np.hstack([(uses - erased) * np.eye(k, dtype=int), np.full((k, 1), erased)])
    z, labels = sample_of(np.eye(k), table)
    about_labels, ceiling = measured(z, labels, np.eye(k), temperature)
    e = np.exp(1 / temperature)
    top = log(k) - (log(e + k - 1) - e / temperature / (e + k - 1))
    kept = 1 - erased / uses
    assert ceiling == pytest.approx(top, rel=1e-9, abs=0)
    assert about_labels == pytest.approx(kept * top, rel=1e-9, abs=0)
    assert about_labels <= kept * log(k) + 1e-14


tables = st.integers(1, 8).flatmap(lambda k: st.integers(1, 6).flatmap(lambda n_labels: st.lists(
    st.lists(st.integers(0, 6), min_size=n_labels, max_size=n_labels), min_size=k, max_size=k)))


@given(tables.map(np.array).filter(lambda table: table.sum() > 0), st.integers(2, 8), st.integers(2, 30),
       st.floats(0.01, 20), st.integers(0, 10**6))
def test_any_channel_from_any_points(table, dim, m, temperature, seed):
    rng = np.random.default_rng(seed)
    points, anchors = rng.normal(size=(len(table), dim)), rng.normal(size=(m, dim))
    about_labels, ceiling = measured(*sample_of(points, table), anchors, temperature)
    share = table / table.sum()
    assigned = assignments(points, anchors, temperature)
    assert about_labels == pytest.approx(information(assigned.T @ share), rel=0, abs=1e-9)
    assert ceiling == pytest.approx(information(assigned * share.sum(1, keepdims=True)), rel=0, abs=1e-9)
    assert about_labels <= information(share) + 1e-9
    assert about_labels <= ceiling <= -xlogy(share.sum(1), share.sum(1)).sum() + 1e-9


# (b) X says which component of a mixture Z is from.


def vmf_sample(means, kappa, labels, rng):
    """Von Mises-Fisher vectors in three dimensions: the cosine with the mean by its inverse distribution function."""
    u, turn = rng.random(len(labels)), 2 * np.pi * rng.random(len(labels))
    cosine = 1 + np.log(u + (1 - u) * np.exp(-2 * kappa)) / kappa
    # The second and third columns of a frame around each mean.
    side = np.cross(means, np.eye(3)[np.abs(means).argmin(1)])
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    other = np.cross(means, side)
    around = np.cos(turn)[:, None] * side[labels] + np.sin(turn)[:, None] * other[labels]
    return cosine[:, None] * means[labels] + np.sqrt(1 - cosine**2)[:, None] * around


def sphere_nodes(n):
    """Points and weights that integrate over the sphere, whose area is counted as 1."""
    height, weight = np.polynomial.legendre.leggauss(n)
    turn = 2 * np.pi * np.arange(2 * n) / (2 * n)
    ring = np.sqrt(1 - height**2)
    nodes = np.stack([np.outer(ring, np.cos(turn)), np.outer(ring, np.sin(turn)), np.outer(height, np.ones(2 * n))], -1)
    return nodes.reshape(-1, 3), np.repeat(weight / 2 / (2 * n), 2 * n)


class Population(NamedTuple):
    """What an endless sample would give, in nats, and the standard errors of the plug-in for N vectors."""

    about_labels: float  # I(A;X)
    ceiling: float  # I(A;Z)
    truth: float  # I(Z;X)
    error: float
    ceiling_error: float


def population(nodes, mass, anchors, temperature):
    """The sums over nodes that stand for integrals; `mass` is the probability of each node and label."""
    assigned = assignments(nodes, anchors, temperature)
    joint = assigned.T @ mass
    marginal, share = joint.sum(1), joint.sum(0)
    # To first order the plug-in is the mean over the vectors of these gains: of p(a|x) over p(a), expected over the
    # vector's anchor, and of p(a|z) over p(a).
    gain = assigned @ np.log(joint / share / marginal[:, None])
    top_gain = (xlogy(assigned, assigned) - assigned * np.log(marginal)).sum(1)
    about_labels, ceiling = (mass * gain).sum(), mass.sum(1) @ top_gain
    variance = (mass * gain**2).sum() - about_labels**2
    top_variance = mass.sum(1) @ top_gain**2 - ceiling**2
    return Population(about_labels, ceiling, information(mass), np.sqrt(variance / N), np.sqrt(top_variance / N))


def largest_bias(m, n_labels):
    """What the plug-in adds to I(A;X) at most, to first order in 1/N; the ceiling falls short by less."""
    return (m - 1) * n_labels / (2 * N)


TETRAHEDRON = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]) / np.sqrt(3)
MIXTURES = {
    "antipodal": (np.array([[0.0, 0.6, 0.8], [0.0, -0.6, -0.8]]), [0.5, 0.5]),
    "60 degrees apart": (np.array([[1.0, 0.0, 0.0], [0.5, np.sqrt(0.75), 0.0]]), [0.3, 0.7]),
    "tetrahedron": (TETRAHEDRON, [0.4, 0.3, 0.2, 0.1]),
}


def vmf_mass(nodes, weights, name, kappa):
    """p(x) times the density of label x times the weight of each node, (nodes, labels)."""
    means, shares = MIXTURES[name]
    return weights[:, None] * np.exp(kappa * nodes @ means.T) * kappa / np.sinh(kappa) * np.array(shares)


@pytest.mark.parametrize("temperature", [0.05, 0.3])
@pytest.mark.parametrize("kappa", [0.5, 2.0, 10.0])
@pytest.mark.parametrize("name", MIXTURES)
def test_von_mises_fisher_mixtures(name, kappa, temperature):
    means, shares = MIXTURES[name]
    nodes, weights = sphere_nodes(200)
    anchors = sample_anchors(50, 3)
    known = population(nodes, vmf_mass(nodes, weights, name, kappa), anchors, temperature)
    assert 0 < known.about_labels < min(known.ceiling, known.truth)
    rng = np.random.default_rng(0)
    labels = rng.choice(len(shares), size=N, p=shares)
    estimate, top = measured(vmf_sample(means, kappa, labels, rng), labels, anchors, temperature)
    bias = largest_bias(50, len(shares))
    assert estimate == pytest.approx(known.about_labels, rel=0, abs=4 * known.error + bias)
    assert top == pytest.approx(known.ceiling, rel=0, abs=4 * known.ceiling_error + bias)
    assert estimate < min(top, known.truth)
    print(f"\n{name}, kappa {kappa}, temperature {temperature}: I(A;X) {known.about_labels:.5f} (sample {estimate:.5f} "
          f"+- {known.error:.5f}) <= I(Z;X) {known.truth:.5f}, margin {known.truth - known.about_labels:.5f}; "
          f"<= I(A;Z) {known.ceiling:.5f}, margin {known.ceiling - known.about_labels:.5f}")


@pytest.mark.parametrize("kappa", [0.5, 2.0, 10.0])
def test_the_integrals_over_the_sphere(kappa):
    # Antipodal means: only the cosine t with the axis matters, whose density is kappa exp(kappa t) / (2 sinh kappa).
    def term(t):
        density = kappa * np.exp(kappa * t) / (2 * np.sinh(kappa))
        return density * (log(2) - np.log1p(np.exp(-2 * kappa * t)))

    nodes, weights = sphere_nodes(200)
    mass = vmf_mass(nodes, weights, "antipodal", kappa)
    assert mass.sum(0) == pytest.approx([0.5, 0.5], rel=1e-12, abs=0)
    assert information(mass) == pytest.approx(quad(term, -1, 1, epsabs=1e-13)[0], rel=1e-10, abs=0)
    # The anchors' part has more structure than the densities: a grid half as fine must give the same.
    coarse, coarse_weights = sphere_nodes(100)
    mine, other = (population(n, vmf_mass(n, w, "tetrahedron", kappa), sample_anchors(50, 3), 0.05)[:3]
                   for n, w in ((nodes, weights), (coarse, coarse_weights)))
    assert mine == pytest.approx(other, rel=0, abs=1e-6)


def gaussian_information(mean):
    """I(Z;X) for X = +1 or -1 with even odds and Z normal around X times a mean of this length, in any dimension."""
    def term(y):
        return norm.pdf(y, mean) * (log(2) - np.logaddexp(0, -2 * mean * y))

    return quad(term, mean - 12, mean + 12, epsabs=1e-13)[0]


def circle_mass(mean, n):
    """Directions of those normal vectors in the plane: nodes on the circle and the mass of each label there."""
    turn = 2 * np.pi * np.arange(n) / n
    towards = mean * np.stack([np.cos(turn), -np.cos(turn)], axis=1)
    density = np.exp(-(mean**2) / 2) * (1 + towards * ndtr(towards) / norm.pdf(towards))
    return np.stack([np.cos(turn), np.sin(turn)], axis=1), density / n / 2


def gaussian_sample(mean, dim, rng):
    labels = rng.integers(0, 2, size=N)
    z = rng.standard_normal((N, dim))
    z[:, 0] += mean * (1 - 2 * labels)
    return z, labels


@pytest.mark.parametrize("mean", [0.3, 1.0, 3.0])
def test_gaussian_mixture_in_the_plane(mean):
    # The length of Z says something of X as well, which no anchor sees: I(A;X) <= I(direction;X) <= I(Z;X).
    nodes, mass = circle_mass(mean, 4000)
    assert mass.sum(0) == pytest.approx([0.5, 0.5], rel=1e-12, abs=0)
    anchors, temperature = sample_anchors(20, 2), 0.1
    known, truth = population(nodes, mass, anchors, temperature), gaussian_information(mean)
    assert known.about_labels < known.truth < truth
    assert known.about_labels < known.ceiling
    z, labels = gaussian_sample(mean, 2, np.random.default_rng(1))
    estimate, top = measured(z, labels, anchors, temperature)
    assert estimate == pytest.approx(known.about_labels, rel=0, abs=4 * known.error + largest_bias(20, 2))
    assert top == pytest.approx(known.ceiling, rel=0, abs=4 * known.ceiling_error + largest_bias(20, 2))
    assert estimate < min(top, truth)
    print(f"\nplane, mean {mean}: I(A;X) {known.about_labels:.5f} (sample {estimate:.5f} +- {known.error:.5f}) <= "
          f"I(direction;X) {known.truth:.5f} <= I(Z;X) {truth:.5f}; <= I(A;Z) {known.ceiling:.5f}")


@pytest.mark.parametrize("dim", [3, 16])
@pytest.mark.parametrize("mean", [0.5, 1.5, 4.0])
def test_gaussian_mixture_at_the_calibrated_temperature(mean, dim):
    z, labels = gaussian_sample(mean, dim, np.random.default_rng(dim))
    estimate, top = measured(z, labels, sample_anchors(100, dim), calibrate_temperature(100, dim))
    truth = gaussian_information(mean)
    assert largest_bias(100, 2) < estimate < truth
    assert estimate < top
    print(f"\n{dim} dimensions, mean {mean}: I(A;X) {estimate:.4f} <= I(Z;X) {truth:.4f}, margin {truth - estimate:.4f}"
          f"; <= I(A;Z) {top:.4f}, margin {top - estimate:.4f}")


def test_the_bound_is_reached_by_many_cold_anchors_and_lost_by_warm_ones():
    # Without this, the bounds above could hold of an estimate that finds next to nothing.
    nodes, mass = circle_mass(1.0, 4000)
    turn = 2 * np.pi * np.arange(256) / 256
    anchors = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    known = [population(nodes, mass, anchors, temperature) for temperature in (10.0, 1.0, 0.1, 0.01, 0.001)]
    shares = np.array([one.about_labels / one.truth for one in known])
    assert (np.diff(shares) > 0).all()
    assert 0.999 < shares[-1] < 1
    assert shares[0] < 0.01
    z, labels = gaussian_sample(1.0, 2, np.random.default_rng(2))
    estimate, _ = measured(z, labels, anchors, 0.001)
    assert estimate == pytest.approx(known[-1].about_labels, rel=0, abs=4 * known[-1].error + largest_bias(256, 2))
    print(f"\n256 anchors round the circle, temperature 10 to 0.001: share of I(direction;X) found {shares.round(5)}")


# (c) X is in the length of Z, which no anchor sees.


def test_the_length_alone_is_out_of_sight():
    # I(Z;X) is log 2: the length names the label. The directions are those of one distribution.
    rng = np.random.default_rng(3)
    labels = rng.integers(0, 2, size=N)
    direction = rng.standard_normal((N, 8)) + 1.0
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    anchors, temperature = sample_anchors(100, 8), calibrate_temperature(100, 8)
    estimate, top = measured(direction * (1.0 + 2.0 * labels)[:, None], labels, anchors, temperature)
    # Nothing but the plug-in's bias is left, a sum of squares that is this much on average.
    assigned = assignments(direction, anchors, temperature)
    bias = (assigned.var(0) / assigned.mean(0)).sum() / (2 * N)
    assert bias / 3 < estimate < 3 * bias
    assert estimate < 1e-3 * top < 1e-3 * log(100)
    # With the very same directions under both labels, that goes too.
    same, _ = measured(np.concatenate([direction, 3 * direction]), np.repeat([0, 1], N), anchors, temperature)
    assert same == pytest.approx(0, abs=1e-12)
    print(f"\nX in the length: I(A;X) {estimate:.6f}, where bias alone is {bias:.6f} on average; with the same "
          f"directions under both labels {same:.1e}; I(Z;X) {log(2):.6f}; I(A;Z) {top:.4f}")
