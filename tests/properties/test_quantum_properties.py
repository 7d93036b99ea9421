"""Laws of quantum entropy: invariance, additivity, subadditivity, Araki-Lieb, concavity, Schur-Horn, equal halves."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import infolib

for_all = settings(deadline=None, max_examples=60, derandomize=True)

# An eigenvalue is off by a few 1e-16, and passes on the logarithm of its inverse times that.
EPS = 1e-13
SEEDS = st.integers(0, 2**32 - 1)
SIZES = st.integers(1, 6)
ORDERS = st.one_of(st.sampled_from([0.5, 2.0, 3.0]), st.floats(0.05, 20))


def ginibre(rng, rows, columns, real):
    a = rng.normal(size=(rows, columns))
    return a if real else a + 1j * rng.normal(size=(rows, columns))


def mixed(rng, d):
    """A state of random rank, real or complex, with a spectrum that may spread over many magnitudes."""
    a = ginibre(rng, d, int(rng.integers(1, d + 1)), rng.random() < 0.3)
    a = a * 10.0 ** (-rng.choice([0, 2, 5]) * rng.random(a.shape[1]))
    rho = a @ a.conj().T
    return rho / np.trace(rho).real


def unitary(rng, d):
    return np.linalg.qr(ginibre(rng, d, d, rng.random() < 0.3))[0]


def vector(rng, d):
    psi = ginibre(rng, 1, d, rng.random() < 0.3)[0]
    return psi / np.linalg.norm(psi)


S = infolib.von_neumann_entropy


@for_all
@given(SEEDS, SIZES)
def test_bounds_of_entropy_and_purity(seed, d):
    rho = mixed(np.random.default_rng(seed), d)
    assert 0 <= S(rho) <= math.log(d) + EPS
    assert 1 / d - EPS <= infolib.purity(rho) <= 1 + EPS
    # Of all orders, 2 lies below 1.
    assert -math.log(infolib.purity(rho)) <= S(rho) + EPS


@for_all
@given(SEEDS, SIZES)
def test_rotating_a_state_changes_nothing(seed, d):
    rng = np.random.default_rng(seed)
    rho, u = mixed(rng, d), unitary(rng, d)
    rotated = u @ rho @ u.conj().T
    assert abs(S(rotated) - S(rho)) < EPS
    assert abs(infolib.purity(rotated) - infolib.purity(rho)) < EPS


@for_all
@given(SEEDS, SIZES)
def test_the_entropy_is_that_of_the_spectrum(seed, d):
    rho = mixed(np.random.default_rng(seed), d)
    eigenvalues = np.linalg.eigvalsh(rho)
    assert abs(infolib.spectral_entropy(eigenvalues) - S(rho)) < EPS
    assert abs(infolib.spectral_entropy(eigenvalues, 2) + math.log(infolib.purity(rho))) < EPS


@for_all
@given(SEEDS, SIZES, ORDERS, ORDERS)
def test_higher_orders_of_a_spectrum_are_not_larger(seed, d, a, b):
    eigenvalues = np.linalg.eigvalsh(mixed(np.random.default_rng(seed), d))
    low, high = sorted((a, b))
    assert infolib.spectral_entropy(eigenvalues, high) <= infolib.spectral_entropy(eigenvalues, low) + EPS


@for_all
@given(SEEDS, SIZES, SIZES, ORDERS)
def test_products_add_and_their_parts_are_the_factors(seed, m, n, order):
    rng = np.random.default_rng(seed)
    a, b = mixed(rng, m), mixed(rng, n)
    product = np.kron(a, b)
    assert abs(S(product) - S(a) - S(b)) < EPS
    assert abs(infolib.purity(product) - infolib.purity(a) * infolib.purity(b)) < EPS
    np.testing.assert_allclose(infolib.partial_trace(product, (m, n), keep=0), a, atol=EPS)
    np.testing.assert_allclose(infolib.partial_trace(product, (m, n), keep=1), b, atol=EPS)
    p, q = (np.linalg.eigvalsh(rho).clip(0) for rho in (a, b))
    p, q = p / p.sum(), q / q.sum()
    both = infolib.spectral_entropy(np.outer(p, q).ravel(), order)
    apart = infolib.spectral_entropy(p, order) + infolib.spectral_entropy(q, order)
    assert abs(both - apart) < 1e-11


@for_all
@given(SEEDS, st.integers(1, 4), st.integers(1, 4))
def test_subadditivity_and_the_triangle(seed, m, n):
    rho = mixed(np.random.default_rng(seed), m * n)
    whole = S(rho)
    a, b = (S(infolib.partial_trace(rho, (m, n), keep=side)) for side in (0, 1))
    assert abs(a - b) - EPS <= whole <= a + b + EPS


@for_all
@given(SEEDS)
def test_strong_subadditivity_of_three_qubits(seed):
    rho = mixed(np.random.default_rng(seed), 8)
    ab, bc, b = (S(infolib.partial_trace(rho, (2, 2, 2), keep=keep)) for keep in ((0, 1), (1, 2), 1))
    assert S(rho) + b <= ab + bc + EPS
    a, c = (S(infolib.partial_trace(rho, (2, 2, 2), keep=keep)) for keep in (0, 2))
    assert a + c <= ab + bc + EPS


@for_all
@given(SEEDS, SIZES, st.floats(0, 1))
def test_mixing_raises_entropy_by_at_most_the_entropy_of_the_choice(seed, d, share):
    rng = np.random.default_rng(seed)
    rho, sigma = mixed(rng, d), mixed(rng, d)
    mixture = S(share * rho + (1 - share) * sigma)
    average = share * S(rho) + (1 - share) * S(sigma)
    assert average - EPS <= mixture <= average + infolib.binary_entropy(share) + EPS


@for_all
@given(SEEDS, SIZES)
def test_measuring_in_any_basis_does_not_lower_the_entropy(seed, d):
    rng = np.random.default_rng(seed)
    rho, u = mixed(rng, d), unitary(rng, d)
    measured = np.diagonal(u.conj().T @ rho @ u).real.clip(0)
    assert infolib.entropy(measured / measured.sum()) >= S(rho) - EPS


@for_all
@given(SEEDS, st.integers(1, 5), st.integers(1, 5), st.integers(1, 3))
def test_both_parts_of_a_pure_state_have_one_entropy(seed, m, n, k):
    psi = vector(np.random.default_rng(seed), m * n * k)
    dims = (m, n, k)
    for keep, others in ((0, (1, 2)), (1, (0, 2)), ((2, 0), 1)):
        ours = infolib.entanglement_entropy(psi, dims, keep=keep)
        assert abs(ours - infolib.entanglement_entropy(psi, dims, keep=others)) < EPS
        assert abs(ours - S(infolib.partial_trace(np.outer(psi, psi.conj()), dims, keep=keep))) < EPS
    assert infolib.entanglement_entropy(psi, dims) <= math.log(min(m, n * k)) + EPS


@for_all
@given(SEEDS, st.integers(1, 4), st.integers(1, 4))
def test_local_rotations_do_not_touch_entanglement(seed, m, n):
    rng = np.random.default_rng(seed)
    psi = vector(rng, m * n)
    turned = np.kron(unitary(rng, m), unitary(rng, n)) @ psi
    assert abs(infolib.entanglement_entropy(turned, (m, n)) - infolib.entanglement_entropy(psi, (m, n))) < EPS


@for_all
@given(SEEDS, st.integers(1, 3), st.integers(1, 3), st.integers(1, 3))
def test_partial_traces_keep_states_and_may_be_taken_in_steps(seed, m, n, k):
    rho = mixed(np.random.default_rng(seed), m * n * k)
    step = infolib.partial_trace(rho, (m, n, k), keep=(0, 1))
    assert abs(np.trace(step) - 1) < EPS and np.linalg.eigvalsh(step).min() > -EPS
    np.testing.assert_allclose(
        infolib.partial_trace(step, (m, n), keep=1), infolib.partial_trace(rho, (m, n, k), keep=1), atol=EPS
    )
    swapped = infolib.partial_trace(rho, (m, n, k), keep=(1, 0))
    assert abs(S(swapped) - S(step)) < EPS


@for_all
@given(SEEDS, st.integers(1, 8), st.integers(1, 8))
def test_both_gram_matrices_of_a_batch_have_one_entropy(seed, n, d):
    rows = np.random.default_rng(seed).normal(size=(n, d))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    assert abs(S(rows @ rows.T / n) - S(rows.T @ rows / n)) < EPS
