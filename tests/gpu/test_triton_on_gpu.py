"""The Triton kernel compiled and run at the sizes it is made for, and through `SoftEntropy`."""

import pytest
import torch

from infolib.representations import SoftEntropy
from infolib.representations._kernels import BatchSums, reference
from infolib.representations.anchors import sample_anchors
from infolib.representations.temperature import calibrate_temperature

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device"),
]
DEVICE = "cuda"
ROW = {torch.bfloat16: 4e-5, torch.float16: 1e-5, torch.float32: 1e-5}


@pytest.fixture(scope="module")
def batch_sums():
    from infolib.representations._kernels import triton  # only now: a process without a device must not import it here

    return triton.batch_sums


def vectors(n, d, dtype, seed=0):
    generator = torch.Generator(DEVICE).manual_seed(seed)
    return torch.randn(n, d, generator=generator, device=DEVICE, dtype=torch.float32).to(dtype)


def anchors(m, d, n_sets=1):
    """Unit anchors over the calibrated temperature."""
    return (sample_anchors(m, d, n_sets=n_sets) / calibrate_temperature(m, d)).to(DEVICE)


def exact(z, weights, n_sets, lengths):
    """Float64 sums, a few thousand rows at a time."""
    sums = []
    for part in z.split(lengths):
        pieces = [reference.batch_sums(rows, weights, n_sets, [len(rows)]) for rows in part.split(8192)]
        sums.append([torch.stack(x).sum(0)[0] for x in zip(*(y[:2] for y in pieces), strict=True)])
    assignment, row_entropy = (torch.stack(x) for x in zip(*sums, strict=True))
    return BatchSums(assignment, row_entropy, torch.linalg.vector_norm(z, dim=1, dtype=torch.float64))


@pytest.mark.parametrize("dtype", ROW)
@pytest.mark.parametrize(("n", "d", "m", "n_sets", "lengths"), [
    (100_000, 4096, 128, 1, [100_000]),
    (50_000, 4096, 512, 1, [20_000, 30_000]),
    (50_000, 768, 100, 16, [49_999, 1]),
    (64_000, 2048, 50, 5, [1000] * 64),
    (5000, 576, 4096, 1, [5000]),
    (3000, 77, 700, 3, [1000, 2000]),
    (200, 8192, 2, 1, [200]),
])  # fmt: skip
def test_sums_follow_the_formula(batch_sums, n, d, m, n_sets, lengths, dtype):
    z, weights = vectors(n, d, dtype), anchors(m, d, n_sets)
    true = exact(z, weights, n_sets, lengths)
    got = batch_sums(z, weights.float(), n_sets, lengths)
    rows = torch.tensor(lengths, device=DEVICE)[:, None]
    assert ((got.assignment - true.assignment).abs() <= ROW[dtype] * rows).all()
    assert ((got.row_entropy - true.row_entropy).abs() <= ROW[dtype] * rows).all()
    assert torch.allclose(got.norm.double(), true.norm, rtol=1e-6, atol=0)
    again = batch_sums(z, weights.float(), n_sets, lengths)
    assert all(torch.equal(a, b) for a, b in zip(got, again, strict=True))


@pytest.mark.parametrize("dtype", ROW)
def test_accumulators_that_cut_bits_off_do_not_shrink_the_logits(batch_sums, dtype):
    # 3e-5 if a tensor core were left to add up all of d: the only error whose sign is the same in every row.
    z, weights = vectors(100_000, 4096, dtype), anchors(128, 4096)
    error = batch_sums(z, weights.float(), 1, [len(z)]).row_entropy - exact(z, weights, 1, [len(z)]).row_entropy
    assert abs(float(error)) / len(z) < 3e-6


@pytest.mark.parametrize("m", [128, 512])
def test_rows_of_p_are_written_and_the_rest_of_memory_is_not(batch_sums, m):
    z, weights = vectors(20_000, 1024, torch.bfloat16), anchors(m, 1024)
    room = torch.full((20_002, 3 + m), -1.0, device=DEVICE)
    batch_sums(z, weights.float(), 1, [20_000], room[1:-1, 1:-1])
    logits = torch.nn.functional.normalize(z.double()) @ weights.T
    p = logits.softmax(1)
    entropy = -(p * logits.log_softmax(1)).sum(1)
    assert (room[1:-1, 1].double() - entropy).abs().max() < 4e-5
    assert (room[1:-1, 2:-1].double() - p).abs().max() < 4e-5
    room[1:-1, 1:-1] = -1.0
    assert (room == -1.0).all()


@pytest.mark.parametrize("m", [100, 300])
def test_the_estimator_gives_what_it_gives_in_float64(m):
    z = vectors(40_000, 512, torch.bfloat16)
    labels = {"token": (z[:, 0] > 0).long() + 2 * (z[:, 1] > 0).long()}
    fast, slow = (
        SoftEntropy(512, m, n_sets=2, labels={"token": 4}, device=DEVICE, kernel=kernel)
        for kernel in ("triton", "reference")
    )
    for estimator in (fast, slow):
        estimator.update(z, labels)
    for mine, true in (
        (fast.entropy("none"), slow.entropy("none")),
        (fast.ceiling("none"), slow.ceiling("none")),
        (fast.mutual_information("token", "none"), slow.mutual_information("token", "none")),
    ):
        assert mine.per_set == pytest.approx(true.per_set, abs=3e-6)


def test_no_copy_of_the_vectors_is_made(batch_sums):
    z, weights = vectors(100_000, 4096, torch.bfloat16), anchors(128, 4096).float()
    batch_sums(z[:1000], weights, 1, [1000])
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    batch_sums(z, weights, 1, [len(z)])
    assert torch.cuda.max_memory_allocated() - before < z.numel() * z.element_size() / 50
