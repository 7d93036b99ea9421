"""The Triton kernel against the formula in float64: on the device where there is one, else in Triton's interpreter."""

import math
import os

import pytest
import torch

os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # for `poisoned_memory`
pytest.importorskip("triton", reason="Triton is made for Linux only")

from infolib.representations._kernels import triton as kernel  # noqa: E402
from infolib.representations.anchors import sample_anchors  # noqa: E402
from infolib.representations.temperature import calibrate_temperature  # noqa: E402

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
assert DEVICE == "cuda" or type(kernel.fused_sums).__name__ == "InterpretedFunction", (
    "the kernel was imported before this file could ask for the interpreter; run with TRITON_INTERPRET=1"
)
# The interpreter divides the empty rows of a tile by their length. No one looks at them.
pytestmark = pytest.mark.filterwarnings("ignore:.*(encountered in|All-NaN).*:RuntimeWarning")

# Largest error in nats of the entropy of one row: the anchors are the sum of two 16-bit numbers (bfloat16: 16 bits).
ROW = {torch.bfloat16: 4e-5, torch.float16: 5e-6, torch.float32: 5e-6}
EVERY_DTYPE = pytest.mark.parametrize("dtype", ROW)


@pytest.fixture(autouse=True)
def poisoned_memory():
    """Fill all new memory with NaN, so that none is read before it is written."""
    torch.use_deterministic_algorithms(True)
    assert torch.empty(3, device=DEVICE).isnan().all()
    yield
    torch.use_deterministic_algorithms(False)


@pytest.fixture
def launches(monkeypatch):
    """Names of the programs launched, with how many of each: the tests must reach them."""
    seen = []

    class Counted:
        def __init__(self, name):
            self.name, self.program = name, getattr(kernel, name)

        def __getitem__(self, grid):
            seen.append((self.name, grid[0]))
            return self.program[grid]

    for name in ("fused_sums", "tile_of_logits", "softmax_sums"):
        monkeypatch.setattr(kernel, name, Counted(name))
    return seen


def vectors(n, d, dtype=torch.float32, seed=0):
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed)).to(dtype).to(DEVICE)


def anchors(m, d, n_sets=1, seed=0):
    """Unit anchors over the calibrated temperature, float32, as the estimator hands them over."""
    return (sample_anchors(m, d, n_sets=n_sets, seed=seed) / calibrate_temperature(m, d)).float().to(DEVICE)


def formula(z, scaled_anchors, n_sets):
    """Softmax of each row (n, K * m), its entropy (n, K), and the length of the row, from the definition."""
    z, weights = z.double(), scaled_anchors.double()
    norm = z.pow(2).sum(1).sqrt()
    x = (z @ weights.T / norm[:, None]).unflatten(1, (n_sets, -1))
    p = x.exp() / x.exp().sum(-1, keepdim=True)
    return p.flatten(1), -(p * p.log()).sum(-1), norm


def check(z, scaled_anchors, n_sets, lengths, with_out, tolerance):
    """Compare everything that the kernel returns with the formula; return the sums."""
    p, entropy, norm = formula(z, scaled_anchors, n_sets)
    out = torch.full((len(z), 1 + len(scaled_anchors)), math.nan, device=DEVICE) if with_out else None
    sums = kernel.batch_sums(z, scaled_anchors, n_sets, lengths, out)
    assert sums.assignment.dtype == sums.row_entropy.dtype == torch.float64
    assert sums.norm.dtype == torch.float32
    assert torch.allclose(sums.norm.double(), norm, rtol=1e-6, atol=0)
    assert sums.assignment.shape == (len(lengths), len(scaled_anchors))
    assert sums.row_entropy.shape == (len(lengths), n_sets)
    rows = torch.tensor(lengths, device=DEVICE).double()[:, None]
    # Written so that NaN fails.
    for mine, true in ((sums.assignment, p), (sums.row_entropy, entropy)):
        true = torch.stack([part.sum(0) for part in true.split(lengths)])
        assert bool(((mine - true).abs() <= tolerance * rows).all())
    mass = sums.assignment.unflatten(1, (n_sets, -1)).sum(-1)
    assert torch.allclose(mass, rows.expand_as(mass), rtol=1e-14, atol=0)
    if out is not None:
        assert bool(((out[:, 0] - entropy[:, 0]).abs() <= tolerance).all())
        assert bool(((out[:, 1:] - p).abs() <= tolerance).all())
    return sums


@EVERY_DTYPE
@pytest.mark.parametrize("with_out", [False, True])
@pytest.mark.parametrize(("n", "d", "m", "n_sets", "lengths"), [
    (3, 2, 2, 1, [3]),  # the smallest of everything
    (300, 70, 20, 1, [300]),  # three tiles of rows, the last with 44; two steps, the last of 6
    (131, 37, 100, 3, [1, 129, 1]),  # one tile of columns a set; segments of one row
    (100, 65, 7, 20, [40, 60]),  # eight sets in a tile of columns, the last tile half empty
    (257, 129, 128, 2, [100, 0, 157]),  # tiles that are just full
    (150, 200, 130, 1, [1, 20, 129]),  # from here on through memory
    (70, 40, 129, 3, [70]),
    (40, 33, 700, 1, [11, 29]),
])  # fmt: skip
def test_sums_follow_the_formula(n, d, m, n_sets, lengths, with_out, dtype, launches):
    check(vectors(n, d, dtype), anchors(m, d, n_sets), n_sets, lengths, with_out, ROW[dtype])
    assert [name for name, _ in launches] == (["fused_sums"] if m <= 128 else ["tile_of_logits", "softmax_sums"])


def test_four_thousand_anchors(launches):
    check(vectors(9, 20), anchors(4096, 20), 1, [4, 5], True, 5e-6)
    assert [name for name, _ in launches] == ["tile_of_logits", "softmax_sums"]


@EVERY_DTYPE
def test_the_mean_over_rows_is_right_to_a_millionth(dtype):
    z, weights = vectors(512, 64, dtype), anchors(100, 64)
    _, entropy, _ = formula(z, weights, 1)
    sums = kernel.batch_sums(z, weights, 1, [512])
    assert float(sums.row_entropy) / 512 == pytest.approx(float(entropy.mean()), abs=1e-6)


@pytest.mark.parametrize("m", [100, 150])
def test_low_precision_would_be_a_hundred_times_worse(m):
    z, weights = vectors(200, 256, torch.bfloat16), anchors(m, 256)
    p, entropy, norm = formula(z, weights, 1)
    out = torch.empty(200, 1 + m, device=DEVICE)
    kernel.batch_sums(z, weights, 1, [200], out)
    plain = torch.softmax((z / norm[:, None].bfloat16()) @ weights.bfloat16().T, dim=1)
    one_part = torch.softmax(z.float() @ weights.bfloat16().float().T / norm[:, None].float(), dim=1)
    error = (out[:, 1:] - p).abs().max()
    assert 100 * error < (plain.double() - p).abs().max()
    assert 100 * error < (one_part.double() - p).abs().max()
    plain_entropy = torch.special.entr(plain.double()).sum(1)
    assert 100 * (out[:, 0] - entropy[:, 0]).abs().max() < (plain_entropy - entropy[:, 0]).abs().max()


@EVERY_DTYPE
def test_anchors_of_sixteen_bits_need_one_product(dtype):
    directions = sample_anchors(60, 48)
    directions = (directions / directions.abs().amax(1, keepdim=True)).bfloat16().double()
    weights = directions / directions.norm(dim=1, keepdim=True) / calibrate_temperature(60, 48)
    weights = weights.float().to(DEVICE)
    assert kernel.prepared(weights, 1, dtype).n_parts == 1
    assert kernel.prepared(anchors(60, 48), 1, dtype).n_parts == 2
    check(vectors(90, 48, dtype), weights, 1, [90], True, 5e-6)


@EVERY_DTYPE
@pytest.mark.parametrize("m", [30, 130])
def test_repeats_are_equal_to_the_last_bit(m, dtype):
    z, weights = vectors(200, 50, dtype), anchors(m, 50, n_sets=2)
    first, second = (torch.empty(200, 1 + 2 * m, device=DEVICE) for _ in range(2))
    one = kernel.batch_sums(z, weights, 2, [150, 50], first)
    two = kernel.batch_sums(z, weights, 2, [150, 50], second)
    assert all(torch.equal(a, b) for a, b in zip((*one, first), (*two, second), strict=True))
    without = kernel.batch_sums(z, weights, 2, [150, 50])
    assert all(torch.equal(a, b) for a, b in zip(one, without, strict=True))


@pytest.mark.parametrize("programs", [1, 3])
def test_a_program_may_take_several_tiles(programs, monkeypatch, launches):
    z, weights = vectors(700, 30), anchors(20, 30)
    apart = kernel.batch_sums(z, weights, 1, [500, 200])
    monkeypatch.setattr(kernel, "PROGRAMS", programs)
    together = check(z, weights, 1, [500, 200], True, 5e-6)
    (_, many), (_, few) = launches
    assert many == 2 * 4 and few == {1: 2, 3: 2 * 2}[programs]
    assert torch.allclose(apart.assignment, together.assignment, rtol=1e-15, atol=0)
    assert torch.allclose(apart.row_entropy, together.row_entropy, rtol=1e-15, atol=0)


@pytest.mark.parametrize("with_out", [False, True])
def test_chunks_do_not_show(with_out, monkeypatch, launches):
    z, weights = vectors(600, 20), anchors(129, 20, n_sets=2)
    lengths = [1, 127, 130, 0, 200, 142]  # edges on those of the chunks, before and behind them
    monkeypatch.setattr(kernel, "CHUNK_LOGITS", 128 * 258)
    check(z, weights, 2, lengths, with_out, 5e-6)
    assert [name for name, _ in launches] == ["tile_of_logits", "softmax_sums"] * 5


@pytest.mark.parametrize("m", [20, 130])
def test_rows_without_direction_leave_the_others_alone(m):
    z, weights = vectors(140, 24), anchors(m, 24)
    clean, spoilt = (torch.empty(140, 1 + m, device=DEVICE) for _ in range(2))
    before = kernel.batch_sums(z, weights, 1, [140], clean)
    bad = torch.tensor([3, 70, 130, 139], device=DEVICE)
    z[bad[0]], z[bad[1], 5], z[bad[2], 2], z[bad[3]] = 0, math.inf, math.nan, 1e25
    after = kernel.batch_sums(z, weights, 1, [140], spoilt)
    assert after.norm[bad[0]] == 0
    assert not torch.isfinite(after.norm[bad[1:]]).any()
    rest = torch.ones(140, dtype=torch.bool, device=DEVICE)
    rest[bad] = False
    assert torch.equal(after.norm[rest], before.norm[rest])
    assert torch.equal(spoilt[rest], clean[rest])


@pytest.mark.parametrize(("dtype", "power"), [(torch.float32, 40), (torch.bfloat16, 40), (torch.float16, 8)])
@pytest.mark.parametrize("m", [20, 130])
def test_the_length_of_a_row_does_not_matter(m, dtype, power):
    # Powers of two, so that scaling is exact and so are the quotients.
    z, weights = vectors(60, 24, dtype), anchors(m, 24)
    for sign in (1, -1):
        scaled = z * 2.0 ** (sign * power)
        if dtype == torch.float16 and sign < 0:  # below 2 ** -14 it has fewer bits; round first, then compare
            z = scaled * 2.0**power
        expected, got = kernel.batch_sums(z, weights, 1, [60]), kernel.batch_sums(scaled, weights, 1, [60])
        assert torch.allclose(got.assignment, expected.assignment, rtol=1e-6, atol=0)
        assert torch.allclose(got.norm, expected.norm * 2.0 ** (sign * power), rtol=1e-6, atol=0)


def test_one_vector_many_times_keeps_its_digits():
    # The first layer of a model gives one vector a token: float32 sums of thousands of equal numbers would drift.
    z, weights = vectors(1, 16).repeat(3000, 1), anchors(50, 16)
    p, entropy, _ = formula(z[:1], weights, 1)
    sums = kernel.batch_sums(z, weights, 1, [3000])
    assert torch.allclose(sums.assignment[0] / 3000, p[0], rtol=3e-6, atol=0)
    assert float(sums.row_entropy) / 3000 == pytest.approx(float(entropy), abs=2e-6)


@pytest.mark.parametrize("lengths", [[], [0], [0, 0]])
@pytest.mark.parametrize("m", [5, 200])
def test_an_empty_batch_gives_zeros(lengths, m):
    sums = kernel.batch_sums(vectors(0, 8), anchors(m, 8, 2), 2, lengths, torch.empty(0, 1 + 2 * m, device=DEVICE))
    assert sums.assignment.shape == (len(lengths), 2 * m) and not sums.assignment.any()
    assert sums.row_entropy.shape == (len(lengths), 2) and not sums.row_entropy.any()
    assert sums.norm.shape == (0,)


@EVERY_DTYPE
def test_rows_may_lie_anywhere_in_memory(dtype, monkeypatch):
    weights, wide = anchors(20, 24), vectors(65, 48, dtype)
    views = {
        "columns of a wider matrix": (wide[:, 8:32], False),
        "not at a multiple of 16 bytes": (wide[:, 3:27], True),
        "every second row": (wide[::2, :24], False),
        "transposed": (vectors(24, 65, dtype).T, True),
        "one row again and again": (wide[:1, :24].expand(65, 24), True),
        "a start in the middle": (wide.flatten()[1 : 1 + 24 * 100].view(100, 24), True),
    }
    for where, (z, copied) in views.items():
        assert (kernel._addressable(z) is not z) == copied, where
        check(z, weights, 1, [len(z)], True, ROW[dtype])


def test_out_may_be_part_of_a_larger_buffer():
    z, weights = vectors(30, 16), anchors(10, 16)
    room = torch.full((50, 20), -1.0, device=DEVICE)
    kernel.batch_sums(z, weights, 1, [30], room[10:40, 2:13])
    p, entropy, _ = formula(z, weights, 1)
    assert torch.allclose(room[10:40, 3:13].double(), p, atol=5e-6)
    assert torch.allclose(room[10:40, 2].double(), entropy[:, 0], atol=5e-6)
    room[10:40, 2:13] = -1.0
    assert bool((room == -1.0).all())


def test_anchors_are_prepared_once_for_a_tensor():
    weights = anchors(12, 8)
    first = kernel.prepared(weights, 1, torch.bfloat16)
    assert kernel.prepared(weights, 1, torch.bfloat16) is first
    assert kernel.prepared(weights, 3, torch.bfloat16) is not first
    assert kernel.prepared(weights, 1, torch.float32).parts.dtype == torch.float32
    assert kernel.prepared(weights.clone(), 1, torch.bfloat16) is not first
    kept = len(kernel._prepared)
    del weights
    assert len(kernel._prepared) == kept - 1


def test_float64_is_refused():
    with pytest.raises(TypeError, match=r"`z` must be bfloat16, float16 or float32 .* it was torch\.float64"):
        kernel.batch_sums(vectors(3, 4).double(), anchors(5, 4), 1, [3])


def test_the_cpu_is_refused_outside_the_interpreter(monkeypatch):
    monkeypatch.delenv("TRITON_INTERPRET", raising=False)
    with pytest.raises(ValueError, match=r"`z` must be on a CUDA device .* it was on cpu\. Take 'chunked'\."):
        kernel.batch_sums(vectors(3, 4).cpu(), anchors(5, 4).cpu(), 1, [3])
