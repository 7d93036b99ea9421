"""Known answers of the quantum measures, the kinds of arrays they take, their gradients and their messages."""

import itertools
import math

import numpy as np
import pytest
import torch

import infolib

LN2 = math.log(2)
ROOT_HALF = math.sqrt(0.5)
BELL = np.array([ROOT_HALF, 0, 0, ROOT_HALF])
GHZ = np.array([ROOT_HALF, *[0.0] * 6, ROOT_HALF])
W = np.array([0, 1, 1, 0, 1, 0, 0, 0]) / math.sqrt(3)


def projector(state):
    state = np.asarray(state)
    return np.outer(state, state.conj())


def random_state(seed, d, *, rank=None, real=False):
    rng = np.random.default_rng(seed)
    a = rng.normal(size=(d, rank or d)) + (0 if real else 1j) * rng.normal(size=(d, rank or d))
    rho = a @ a.conj().T
    return rho / np.trace(rho).real


# Known answers


@pytest.mark.parametrize("d", [1, 2, 3, 10, 64])
def test_maximally_mixed_states_reach_the_logarithm_of_the_dimension(d):
    assert infolib.von_neumann_entropy(np.eye(d) / d) == pytest.approx(math.log(d), rel=1e-14, abs=0)
    assert infolib.purity(np.eye(d) / d) == pytest.approx(1 / d, rel=1e-14, abs=0)


def test_pure_states_have_no_entropy():
    assert infolib.von_neumann_entropy([[1.0, 0.0], [0.0, 0.0]]) == 0.0
    assert math.copysign(1, infolib.von_neumann_entropy([[1.0, 0.0], [0.0, 0.0]])) == 1.0
    for state in (BELL, GHZ, W, [0.6, 0.8j]):
        assert 0 <= infolib.von_neumann_entropy(projector(state)) < 1e-13
        assert infolib.purity(projector(state)) == pytest.approx(1, rel=1e-14, abs=0)


def test_a_diagonal_state_is_a_distribution():
    p = [0.5, 0.25, 0.125, 0.125, 0.0]
    assert infolib.von_neumann_entropy(np.diag(p), base=2) == pytest.approx(1.75, rel=1e-15, abs=0)
    assert infolib.spectral_entropy(p) == infolib.entropy(p)
    assert infolib.purity(np.diag(p)) == pytest.approx(sum(v * v for v in p), rel=1e-15, abs=0)


def test_equal_mixture_of_two_states_45_degrees_apart():
    # Its eigenvalues are cos^2 and sin^2 of 22.5 degrees: the known 0.6009 bits.
    rho = (projector([1, 0]) + projector([ROOT_HALF, ROOT_HALF])) / 2
    expected = infolib.binary_entropy(math.cos(math.pi / 8) ** 2, base=2)
    assert infolib.von_neumann_entropy(rho, base=2) == pytest.approx(expected, rel=1e-14, abs=0)
    assert infolib.von_neumann_entropy(rho, base=2) == pytest.approx(0.6009, abs=5e-5)


@pytest.mark.parametrize("beta", [0.0, 0.1, 1.0, 5.0])
def test_thermal_qubit(beta):
    # Energies 0 and 1 at inverse temperature beta: S = log(1 + e^-beta) + beta / (e^beta + 1).
    hamiltonian = np.array([[0.5, 0.5], [0.5, 0.5]])  # a projector: eigenvalues 0 and 1, not diagonal
    rho = (np.eye(2) - hamiltonian + math.exp(-beta) * hamiltonian) / (1 + math.exp(-beta))
    expected = math.log1p(math.exp(-beta)) + beta / (math.exp(beta) + 1)
    assert infolib.von_neumann_entropy(rho) == pytest.approx(expected, rel=1e-13, abs=0)
    assert infolib.purity(rho) == pytest.approx((1 + math.tanh(beta / 2) ** 2) / 2, rel=1e-14, abs=0)


@pytest.mark.parametrize("weight", [0.0, 0.3, 1 / 3, 0.9, 1.0])
def test_werner_states(weight):
    singlet = np.array([0, ROOT_HALF, -ROOT_HALF, 0])
    rho = weight * projector(singlet) + (1 - weight) * np.eye(4) / 4
    eigenvalues = [(1 + 3 * weight) / 4, *[(1 - weight) / 4] * 3]
    assert infolib.von_neumann_entropy(rho) == pytest.approx(infolib.entropy(eigenvalues), rel=1e-13, abs=1e-14)
    assert infolib.purity(rho) == pytest.approx((1 + 3 * weight**2) / 4, rel=1e-14, abs=0)
    for side in (0, 1):
        np.testing.assert_allclose(infolib.partial_trace(rho, (2, 2), keep=side), np.eye(2) / 2, atol=1e-15)


def test_a_bell_pair_is_known_as_a_whole_and_unknown_in_its_parts():
    rho = projector(BELL)
    whole = infolib.von_neumann_entropy(rho)
    part = infolib.von_neumann_entropy(infolib.partial_trace(rho, (2, 2), keep=1))
    assert part == pytest.approx(LN2, rel=1e-15, abs=0)
    assert whole - part == pytest.approx(-LN2, rel=1e-14, abs=0)  # a negative conditional entropy
    assert infolib.entanglement_entropy(BELL, (2, 2), base=2) == pytest.approx(1, rel=1e-15, abs=0)


def test_ghz_and_w_states():
    for part in (0, 1, 2, (0, 1), (1, 2), (2, 0)):
        assert infolib.entanglement_entropy(GHZ, (2, 2, 2), keep=part) == pytest.approx(LN2, rel=1e-14, abs=0)
        expected = infolib.binary_entropy(1 / 3)
        assert infolib.entanglement_entropy(W, (2, 2, 2), keep=part) == pytest.approx(expected, rel=1e-14, abs=0)
    # Two qubits of a GHZ state are a classical mixture, two of a W state are not.
    np.testing.assert_allclose(
        infolib.partial_trace(projector(GHZ), (2, 2, 2), keep=(0, 1)), np.diag([0.5, 0, 0, 0.5]), atol=1e-15
    )
    assert infolib.partial_trace(projector(W), (2, 2, 2), keep=(0, 1))[1, 2] == pytest.approx(1 / 3, rel=1e-14, abs=0)


def test_products_have_no_entanglement():
    a, b = np.array([0.6, 0.8j]), np.array([1, 2, 2j]) / 3
    assert 0 <= infolib.entanglement_entropy(np.kron(a, b), (2, 3)) < 1e-29
    assert infolib.entanglement_entropy([0.0, 1.0, 0.0, 0.0], (2, 2)) == 0.0
    assert infolib.entanglement_entropy(np.kron(a, b), (2, 3), keep=(0, 1)) == 0.0


@pytest.mark.parametrize("exponent", [-1, -4, -8, -12, -100])
def test_entanglement_near_a_product_state(exponent):
    angle = 10.0**exponent
    state = [math.cos(angle), 0.0, 0.0, math.sin(angle)]
    rare = math.sin(angle) ** 2
    expected = -rare * math.log(rare) - (1 - rare) * math.log1p(-rare)
    assert infolib.entanglement_entropy(state, (2, 2)) == pytest.approx(expected, rel=1e-13, abs=0)


def test_a_norm_off_by_rounding_does_not_enter():
    state = np.kron([0.6, 0.8], [0.28, 0.96]) * (1 + 4e-10)
    assert infolib.entanglement_entropy(state, (2, 2)) < 1e-28


# Spectra


def test_spectral_entropy_of_other_orders():
    p = np.array([0.5, 0.3, 0.2, 0.0])
    for order in (0.0, 0.5, 2.0, 7.0, math.inf):
        assert infolib.spectral_entropy(p, order) == pytest.approx(
            float(infolib.renyi_entropy(p, order)), rel=1e-14, abs=0
        )
    assert infolib.spectral_entropy(p, 2) == pytest.approx(-math.log(0.38), rel=1e-14, abs=0)
    assert infolib.spectral_entropy(p, 0, base=3) == pytest.approx(1.0, rel=1e-14, abs=0)
    assert infolib.spectral_entropy(p, math.inf, base=2) == pytest.approx(1.0, rel=1e-14, abs=0)
    np.testing.assert_allclose(
        infolib.spectral_entropy(p, [1.0, 2.0]), [infolib.entropy(p), -math.log(0.38)], rtol=1e-14
    )


def test_spectral_entropy_axis_and_batches():
    p = np.random.default_rng(0).dirichlet(np.ones(4), size=(3, 5))
    by_row = infolib.spectral_entropy(p)
    assert by_row.shape == (3, 5)
    np.testing.assert_allclose(infolib.spectral_entropy(np.moveaxis(p, -1, 0), axis=0), by_row, rtol=1e-15)
    np.testing.assert_allclose(infolib.spectral_entropy(np.moveaxis(p, -1, 1), 2, axis=1, base=2),
                               -np.log2((p**2).sum(-1)), rtol=1e-13)  # fmt: skip


def test_negative_eigenvalues_of_rounding_count_as_zero():
    assert infolib.spectral_entropy([1.0, -1e-12]) == 0.0
    assert infolib.spectral_entropy([0.5, 0.5, -3e-10, -3e-10]) == pytest.approx(LN2, rel=1e-15, abs=0)
    assert infolib.spectral_entropy([0.5, 0.5, -1e-12], 0) == pytest.approx(LN2, rel=1e-15, abs=0)
    noisy = np.diag([0.5, 0.5, -4e-10])
    assert infolib.von_neumann_entropy(noisy) == pytest.approx(LN2, rel=1e-15, abs=0)


# Partial trace


def test_partial_trace_of_a_product_gives_its_factors():
    a, b, c = random_state(0, 2), random_state(1, 3), random_state(2, 4, real=True)
    rho = np.kron(np.kron(a, b), c)
    for keep, expected in ((0, a), (1, b), (2, c), (-1, c), ((0, 2), np.kron(a, c)), ((2, 0), np.kron(c, a))):
        np.testing.assert_allclose(infolib.partial_trace(rho, (2, 3, 4), keep=keep), expected, atol=1e-15)
    np.testing.assert_array_equal(infolib.partial_trace(rho, (2, 3, 4), keep=(0, 1, 2)), rho)


def test_partial_trace_by_explicit_sums():
    rho = random_state(3, 12)
    by_hand = np.zeros((3, 3), dtype=complex)
    for i, j, a, b in itertools.product(range(3), range(3), range(2), range(2)):
        by_hand[i, j] += rho[6 * a + 2 * i + b, 6 * a + 2 * j + b]
    np.testing.assert_allclose(infolib.partial_trace(rho, (2, 3, 2), keep=1), by_hand, atol=1e-16)


def test_partial_trace_is_linear_and_takes_any_square_matrix():
    operator = np.kron([[0, 1], [2, 3]], [[1, 0], [0, -1j]])
    expected = (1 - 1j) * np.array([[0, 1], [2, 3]])
    np.testing.assert_array_equal(infolib.partial_trace(operator, (2, 2), keep=0), expected)
    assert infolib.partial_trace([[1, 0], [0, 2]], (1, 2), keep=0).tolist() == [[3.0]]


# Kinds of arrays


def test_lists_real_and_complex_batched():
    y_up, y_down = [[0.5, -0.5j], [0.5j, 0.5]], [[0.5, 0.5j], [-0.5j, 0.5]]
    assert infolib.von_neumann_entropy(y_up) < 1e-15
    values = infolib.von_neumann_entropy([y_up, y_down, [[0.5, 0], [0, 0.5]]])
    np.testing.assert_allclose(values, [0, 0, LN2], atol=1e-15)
    assert isinstance(infolib.von_neumann_entropy(y_up), np.float64)
    assert isinstance(infolib.purity(y_up), np.float64)
    assert infolib.purity([y_up, y_down]).dtype == np.float64


def test_batches_of_states():
    batch = np.stack([[random_state(10 * i + j, 6) for j in range(3)] for i in range(2)])
    one_by_one = [[infolib.von_neumann_entropy(rho) for rho in row] for row in batch]
    np.testing.assert_allclose(infolib.von_neumann_entropy(batch), one_by_one, rtol=1e-14)
    assert infolib.purity(batch).shape == (2, 3)
    reduced = infolib.partial_trace(batch, (2, 3), keep=1)
    np.testing.assert_allclose(reduced[1, 2], infolib.partial_trace(batch[1, 2], (2, 3), keep=1), atol=1e-16)
    states = np.stack([BELL, [1.0, 0, 0, 0], [0.5] * 4])
    np.testing.assert_allclose(infolib.entanglement_entropy(states, (2, 2)), [LN2, 0, 0], atol=1e-15)


TENSORS = [
    (torch.float64, torch.float64, 1e-14), (torch.float32, torch.float32, 1e-5),
    (torch.bfloat16, torch.bfloat16, 1e-2), (torch.float16, torch.float16, 1e-3),
    (torch.complex128, torch.float64, 1e-14), (torch.complex64, torch.float32, 1e-5),
]  # fmt: skip


@pytest.mark.parametrize(("dtype", "real", "error"), TENSORS)
def test_tensors_keep_their_precision(dtype, real, error):
    rho = torch.tensor([[0.75, 0.25], [0.25, 0.25]]).to(dtype)
    expected = float(infolib.von_neumann_entropy([[0.75, 0.25], [0.25, 0.25]]))
    entropy = infolib.von_neumann_entropy(rho)
    assert entropy.dtype == real and entropy.item() == pytest.approx(expected, abs=error)
    assert infolib.purity(rho).dtype == real and infolib.purity(rho).item() == 0.75
    assert infolib.partial_trace(rho, (2, 1), keep=0).dtype == dtype
    state = torch.tensor([0.5, 0.5, 0.5, -0.5]).to(dtype)
    entangled = infolib.entanglement_entropy(state, (2, 2))
    assert entangled.dtype == real and entangled.item() == pytest.approx(LN2, abs=error)


def test_integers_are_exact():
    for one in ([[1, 0], [0, 0]], np.array([[1, 0], [0, 0]]), torch.tensor([[1, 0], [0, 0]])):
        assert infolib.von_neumann_entropy(one) == 0
    assert infolib.von_neumann_entropy(torch.tensor([[1, 0], [0, 0]])).dtype == torch.float64
    assert infolib.partial_trace(torch.tensor([[1, 0], [0, 0]]), (2, 1), keep=1).dtype == torch.float64


def test_low_precision_arrays_are_given_their_tolerance():
    rho = random_state(4, 20).astype(np.complex64)
    assert infolib.von_neumann_entropy(rho) == pytest.approx(
        infolib.von_neumann_entropy(random_state(4, 20)), rel=1e-5, abs=0
    )
    with pytest.raises(ValueError, match="must have trace 1"):
        infolib.von_neumann_entropy(rho.astype(np.complex128) * 1.00001)


def test_tensors_without_values_have_shapes():
    meta = torch.empty(3, 4, 4, device="meta")
    assert infolib.von_neumann_entropy(meta).shape == infolib.purity(meta).shape == (3,)
    assert infolib.partial_trace(meta, (2, 2), keep=0).shape == (3, 2, 2)
    assert infolib.entanglement_entropy(meta, (2, 2)).shape == (3, 4)
    assert infolib.spectral_entropy(meta).shape == (3, 4)


# Gradients


def exact_gradient(rho):
    values, vectors = np.linalg.eigh(rho)
    return -(vectors * (np.log(values) + 1)) @ vectors.conj().T


@pytest.mark.parametrize("real", [True, False])
@pytest.mark.parametrize("d", [2, 3, 8])
def test_the_gradient_is_minus_log_rho_minus_one(d, real):
    rho = 0.9 * random_state(d, d, real=real) + 0.1 * np.eye(d) / d
    tensor = torch.tensor(rho, requires_grad=True)
    infolib.von_neumann_entropy(tensor).backward()
    np.testing.assert_allclose(tensor.grad.numpy(), exact_gradient(rho), rtol=0, atol=1e-12)


def test_the_gradient_where_eigenvalues_coincide():
    # Eigenvectors of equal eigenvalues are arbitrary, and a gradient through them would be NaN.
    unitary = np.linalg.qr(np.random.default_rng(5).normal(size=(5, 5)))[0]
    for eigenvalues in ([0.2] * 5, [0.4, 0.4, 0.1, 0.05, 0.05]):
        rho = (unitary * eigenvalues) @ unitary.T
        tensor = torch.tensor((rho + rho.T) / 2, requires_grad=True)
        infolib.von_neumann_entropy(tensor).backward()
        expected = -(unitary * (np.log(eigenvalues) + 1)) @ unitary.T
        np.testing.assert_allclose(tensor.grad.numpy(), expected, rtol=0, atol=1e-13)


def test_the_gradient_at_eigenvalue_zero_is_finite():
    rho = torch.diag(torch.tensor([0.5, 0.5, 0.0, 0.0], dtype=torch.float64)).requires_grad_()
    infolib.von_neumann_entropy(rho).backward()
    np.testing.assert_allclose(rho.grad.numpy(), np.diag([LN2 - 1, LN2 - 1, 0, 0]), atol=1e-15)
    for state in (BELL, W, GHZ):
        tensor = torch.tensor(projector(state), requires_grad=True)
        (infolib.von_neumann_entropy(tensor) + infolib.purity(tensor)).backward()
        assert torch.isfinite(tensor.grad).all()
    values = torch.tensor([1.0, 0.0, -1e-12], dtype=torch.float64, requires_grad=True)
    infolib.spectral_entropy(values).backward()
    assert values.grad.tolist() == [-1.0, 0.0, 0.0]


def test_gradients_by_finite_differences():
    generator = torch.Generator().manual_seed(0)
    a = torch.randn(4, 4, dtype=torch.complex128, generator=generator, requires_grad=True)

    def state(a):
        rho = a @ a.mH
        return rho / rho.diagonal().sum().real

    def vector(a):
        flat = a.reshape(-1)
        return flat / flat.abs().square().sum().sqrt()

    assert torch.autograd.gradcheck(lambda a: infolib.von_neumann_entropy(state(a)), a)
    assert torch.autograd.gradcheck(lambda a: infolib.purity(state(a)), a)
    assert torch.autograd.gradcheck(
        lambda a: infolib.von_neumann_entropy(infolib.partial_trace(state(a), (2, 2), keep=1)), a
    )
    assert torch.autograd.gradcheck(lambda a: infolib.entanglement_entropy(vector(a), (2, 4, 2), keep=(0, 2)), a)


@pytest.mark.parametrize("state", [BELL, [1.0, 0, 0, 0], [0.5] * 4])
def test_the_gradient_of_entanglement_is_finite_at_equal_and_at_zero_singular_values(state):
    for dtype in (torch.float64, torch.complex128, torch.float32):
        tensor = torch.tensor(state).to(dtype).requires_grad_()
        infolib.entanglement_entropy(tensor, (2, 2)).backward()
        assert torch.isfinite(torch.view_as_real(tensor.grad) if dtype.is_complex else tensor.grad).all()


# Messages

HALF = [[0.5, 0.0], [0.0, 0.5]]
STATES = [infolib.von_neumann_entropy, infolib.purity]


@pytest.mark.parametrize("measure", STATES)
@pytest.mark.parametrize(
    ("rho", "message"),
    [
        ([[1.0, 0.0, 0.0], [0.0, 0.0, 0.0]], r"`rho` must be square .* shape \(2, 3\)\. For a state vector"),
        ([[0.5, 0.2], [0.1, 0.5]], r"`rho` must be Hermitian.* at \(0, 1\) was 0.2 and the one at \(1, 0\) 0.1\. "),
        ([[0.5, 0.2j], [0.2j, 0.5]], r"`rho` must be Hermitian.*\.conj\(\)\.T"),
        ([HALF, [[0.5, 1.0], [0.0, 0.5]]], r"the entry at \(1, 0, 1\) was 1 and the one at \(1, 1, 0\) 0\."),
        ([[0.5, 0.0], [0.0, 0.6]], r"`rho` must have trace 1; it was 1\.1\. .* divide it by its trace"),
        ([HALF, [[1.0, 0.0], [0.0, 1.0]]], r"`rho` must have trace 1; it was 2 in row 1\. "),
        ([[1.2, 0.0], [0.0, -0.2]], r"`rho` must be positive semidefinite; its .* it is no state|It is no state"),
        ([[math.nan, 0.0], [0.0, 1.0]], r"`rho` must be finite; the value at \(0, 0\) was nan"),
        ([[1.0, complex(0, math.inf)], [0.0, 0.0]], r"`rho` must be finite; the value at \(0, 1\) was inf"),
        ([0.5, 0.5], r"`rho` must have at least 2 axes; .* Pass a matrix"),
        (0.5, r"`rho` must have at least 2 axes; it was a single number"),
        (np.empty((0, 2, 2)), "`rho` must not be empty"),
        ([[0.5, 0.0], [0.5]], "`rho` must be rectangular"),
    ],
)
def test_what_is_no_state_is_refused(measure, rho, message):
    with pytest.raises(ValueError, match=message):
        measure(rho)


def test_the_smallest_eigenvalue_is_named():
    with pytest.raises(ValueError, match=r"its smallest eigenvalue was -0\.1\. "):
        infolib.von_neumann_entropy([[0.5, 0.6], [0.6, 0.5]])
    with pytest.raises(ValueError, match=r"its smallest eigenvalue was -0\.1 in row 1\. "):
        infolib.von_neumann_entropy(torch.tensor([HALF, [[0.5, 0.6], [0.6, 0.5]]], dtype=torch.float64))
    with pytest.raises(ValueError, match=r"smallest eigenvalue was -1e-07\. "):
        infolib.von_neumann_entropy(np.diag([0.5, 0.5 + 1e-7, -1e-7]))


@pytest.mark.parametrize("what", ["text", None, [["a", "b"], ["c", "d"]], np.array([[object()] * 2] * 2)])
def test_what_is_no_number_is_refused(what):
    for measure in (*STATES, lambda x: infolib.partial_trace(x, (2,), keep=0)):
        with pytest.raises(TypeError, match="`rho` must be a list, a NumPy array or a torch tensor of real or complex"):
            measure(what)


@pytest.mark.parametrize(
    ("eigenvalues", "message"),
    [
        ([0.5, 0.6], r"`eigenvalues` must sum to 1 along axis -1; the sum was 1\.1\. Divide"),
        ([[0.5, 0.5], [0.5, 0.4]], r"the sum was 0\.9 in row 1"),
        ([1.1, -0.1], r"`eigenvalues` must not be negative; the smallest was -0\.1\. "),
        ([1.0 + 3e-9, -3e-9], r"the smallest was -3e-09\. "),
        ([1.0, math.nan], "`eigenvalues` must be finite"),
        ([], "`eigenvalues` must not be empty"),
    ],
)
def test_what_is_no_spectrum_is_refused(eigenvalues, message):
    for order in (1.0, 2.0):
        with pytest.raises(ValueError, match=message):
            infolib.spectral_entropy(eigenvalues, order)


def test_eigenvalues_are_real():
    with pytest.raises(TypeError, match="`eigenvalues` must be .* real numbers"):
        infolib.spectral_entropy(np.array([1.0 + 0j, 0.0]))
    with pytest.raises(ValueError, match="`order`"):
        infolib.spectral_entropy([0.5, 0.5], -1.0)


@pytest.mark.parametrize(
    ("dims", "keep", "error", "message"),
    [
        ((2, 3), 0, ValueError, r"`dims` must be positive and multiply to 4, .*; it was \(2, 3\)\. "),
        ((-2, -2), 0, ValueError, "`dims` must be positive"),
        ((), 0, ValueError, "`dims` must be positive and multiply to 4"),
        (4, 0, TypeError, r"`dims` must be a tuple of ints.* it was 4\. For two qubits"),
        ((2.0, 2.0), 0, TypeError, "`dims` must be a tuple of ints"),
        ("22", 0, TypeError, "`dims` must be a tuple of ints"),
        ((2, 2), 2, ValueError, "`keep` must be an axis of `dims`, from -2 to 1; it was 2"),
        ((2, 2), (), ValueError, "`keep` must name at least one axis"),
        ((2, 2), (0, 0), ValueError, "`keep` must name different axes"),
        ((2, 2), 0.5, TypeError, "`keep` must be an integer"),
    ],
)
def test_wrong_subsystems_are_refused(dims, keep, error, message):
    with pytest.raises(error, match=message):
        infolib.partial_trace(projector(BELL), dims, keep=keep)
    with pytest.raises(error, match=message):
        infolib.entanglement_entropy(BELL, dims, keep=keep)


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ([1.0, 0, 0, 1.0], r"`state` must have norm 1; the square of its norm was 2\. Divide it by its norm"),
        ([[1.0, 0, 0, 0], [1.0, 1, 1, 1]], r"was 4 in row 1\. "),
        ([1.0, 0, 0, math.nan], "`state` must be finite"),
        (1.0, "`state` must have at least 1 axis; .* Pass a state vector"),
    ],
)
def test_what_is_no_state_vector_is_refused(state, message):
    with pytest.raises(ValueError, match=message):
        infolib.entanglement_entropy(state, (2, 2))


def test_bad_bases_are_refused():
    for call in (
        lambda: infolib.von_neumann_entropy(HALF, base=1),
        lambda: infolib.spectral_entropy([0.5, 0.5], base=0),
        lambda: infolib.entanglement_entropy(BELL, (2, 2), base=-1),
    ):
        with pytest.raises(ValueError, match="`base`"):
            call()
