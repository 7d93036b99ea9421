"""The quantum measures against mpmath with 50 digits, by other formulas, and against scipy's matrix logarithm."""

import math

import mpmath
import numpy as np
import pytest
import scipy.linalg
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
    for perturbed in (1 + 2e-12, 1 - 2e-12, 0.0, math.nan):
        with pytest.raises(AssertionError):
            agree(perturbed, 1)


def exact_matrix(array):
    return mpmath.matrix([[mpmath.mpmathify(complex(v)) for v in row] for row in np.atleast_2d(array)])


def h(numbers):
    """Entropy as log of the product of p^-p."""
    return mpmath.log(mpmath.fprod(mpmath.power(v, -v) for v in numbers if v > 0))


def exact_entropy(rho):
    return h(mpmath.eighe(exact_matrix(rho), eigvals_only=True))


def random_state(seed, d, spectrum=None):
    rng = np.random.default_rng(seed)
    a = rng.normal(size=(d, d)) + 1j * rng.normal(size=(d, d))
    if spectrum is None:
        rho = a @ a.conj().T
    else:
        u = np.linalg.qr(a)[0]
        rho = (u * spectrum) @ u.conj().T
    rho = (rho + rho.conj().T) / 2
    return rho / np.trace(rho).real


@pytest.mark.parametrize("d", [2, 3, 5, 8, 16])
def test_von_neumann_entropy(d):
    for rho in (random_state(d, d), random_state(d, d).real):
        agree(infolib.von_neumann_entropy(rho), exact_entropy(rho), 1e-14)
        agree(infolib.von_neumann_entropy(torch.tensor(rho)), exact_entropy(rho), 1e-14)
        square = exact_matrix(rho) ** 2
        agree(infolib.purity(rho), mpmath.re(mpmath.fsum(square[i, i] for i in range(d))), 1e-14)


@pytest.mark.parametrize("decades", [1, 4, 8, 12])
def test_von_neumann_entropy_of_spread_spectra(decades):
    spectrum = np.array([0.5, 0.5, *10.0 ** -np.linspace(1, decades, 6)])
    rho = random_state(decades, 8, spectrum / spectrum.sum())
    agree(infolib.von_neumann_entropy(rho), exact_entropy(rho), 1e-14)


@pytest.mark.parametrize("decades", [3, 6, 9, 12])
def test_almost_pure_states_are_off_by_the_rounding_of_an_eigenvalue(decades):
    rare = 10.0**-decades
    rho = random_state(decades, 4, [1 - 1.75 * rare, rare, rare / 2, rare / 4])
    error = abs(mpmath.mpf(float(infolib.von_neumann_entropy(rho))) - exact_entropy(rho))
    assert error < 2e-16 * 4 * (decades + 1) * math.log(10)


@pytest.mark.parametrize("d", [2, 6])
@pytest.mark.parametrize("order", [0.3, 1.0, 1 + 1e-9, 2.0, 11.0])
def test_spectral_entropy_over_all_magnitudes(d, order):
    spectrum = 10.0 ** -np.linspace(0, 300, d)
    spectrum = spectrum / math.fsum(spectrum)
    with mpmath.workdps(700):
        numbers = [mpmath.mpf(float(v)) for v in spectrum]
        a = mpmath.mpf(order)
        total = mpmath.fsum(numbers)
        exact = h(numbers) if order == 1 else mpmath.log(mpmath.fsum(v**a for v in numbers) / total) / (1 - a)
    agree(infolib.spectral_entropy(spectrum, order), exact)


def exact_entanglement(state, m):
    """By the eigenvalues of the reduced density matrix, with the norm made exact first."""
    psi = exact_matrix(np.reshape(state, (m, -1)))
    rho = psi * psi.H
    total = mpmath.fsum(mpmath.re(rho[i, i]) for i in range(m))
    return h(mpmath.eighe(rho / total, eigvals_only=True))


@pytest.mark.parametrize(("m", "n"), [(2, 2), (2, 7), (4, 3), (6, 6)])
def test_entanglement_entropy(m, n):
    rng = np.random.default_rng(10 * m + n)
    psi = rng.normal(size=m * n) + 1j * rng.normal(size=m * n)
    psi /= np.linalg.norm(psi)
    agree(infolib.entanglement_entropy(psi, (m, n)), exact_entanglement(psi, m), 1e-14)
    agree(infolib.entanglement_entropy(psi, (m, n), keep=1), exact_entanglement(psi, m), 1e-14)


@pytest.mark.parametrize("exponent", [2, 4, 6, 8])
def test_entanglement_near_product_states(exponent):
    second = 10.0**-exponent
    rng = np.random.default_rng(exponent)
    u, v = (np.linalg.qr(rng.normal(size=(3, 3)) + 1j * rng.normal(size=(3, 3)))[0] for _ in range(2))
    psi = ((u * [math.sqrt(1 - second**2 - second**2 / 4), second, second / 2]) @ v).ravel()
    with mpmath.workdps(80):
        exact = exact_entanglement(psi, 3)
    agree(infolib.entanglement_entropy(psi, (3, 3)), exact, 1e-15 / second)
    # The density matrix has forgotten by then: its eigenvalue second^2 is lost in 1e-16.
    if exponent == 8:
        lost = infolib.von_neumann_entropy(infolib.partial_trace(np.outer(psi, psi.conj()), (3, 3), keep=0))
        assert abs(lost - exact) > 0.05 * exact


def test_the_gradient_against_the_exact_logarithm():
    rho = random_state(1, 5)
    tensor = torch.tensor(rho, requires_grad=True)
    infolib.von_neumann_entropy(tensor).backward()
    values, vectors = mpmath.eighe(exact_matrix(rho))
    logs = vectors * mpmath.diag([mpmath.log(v) + 1 for v in values]) * vectors.H
    gap = max(abs(complex(-logs[i, j]) - tensor.grad[i, j].item()) for i in range(5) for j in range(5))
    assert gap < 1e-13


@pytest.mark.parametrize("d", [2, 20, 200])
def test_against_the_matrix_logarithm_of_scipy(d):
    rho = random_state(d, d)
    expected = -np.trace(rho @ scipy.linalg.logm(rho)).real
    assert infolib.von_neumann_entropy(rho) == pytest.approx(expected, rel=1e-10, abs=0)


def test_partial_trace_against_explicit_isometries():
    # rho_A is the sum of (1 x <b|) rho (1 x |b>) over a basis of B.
    rho = random_state(7, 12)
    by_bras = sum(np.kron(np.eye(3), e[None]) @ rho @ np.kron(np.eye(3), e[:, None]) for e in np.eye(4))
    np.testing.assert_allclose(infolib.partial_trace(rho, (3, 4), keep=0), by_bras, atol=1e-16)


def test_a_thousand_dimensions():
    spectrum = np.random.default_rng(0).dirichlet(np.ones(1000))
    rho = random_state(0, 1000, spectrum).real
    # The real part of a state is a state, with a spectrum of its own; the trace of logm is too slow here.
    expected = infolib.entropy(np.abs(scipy.linalg.eigh(rho, eigvals_only=True, driver="evr")))
    assert infolib.von_neumann_entropy(rho) == pytest.approx(expected, rel=1e-13, abs=0)
