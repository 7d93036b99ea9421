"""SoftEntropy: closed forms, the state's mass, dtypes, masks, labels, and what it refuses."""

import math

import pytest
import torch

from infolib.representations import Estimate, SoftEntropy, _pending, sample_anchors
from infolib.representations._kernels import chunked


def gaussian(n, dim, seed=0, dtype=torch.float32):
    return torch.randn(n, dim, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).to(dtype)


def axes_estimator(m, temperature, labels=None, kernel="chunked"):
    return SoftEntropy(m, anchors=torch.eye(m), temperature=temperature, labels=labels, kernel=kernel)


@pytest.mark.parametrize("kernel", ["chunked", "reference"])
@pytest.mark.parametrize(("m", "temperature"), [(2, 1.0), (5, 0.3), (64, 0.1)])
def test_orthogonal_anchors_have_a_closed_form(m, temperature, kernel):
    # A vector on an anchor has cosine 1 with it and 0 with the others, so p = (e, 1, ..., 1) / (e + m - 1).
    est = axes_estimator(m, temperature, {"axis": m}, kernel)
    est.update(3.0 * torch.eye(m, dtype=torch.float64), {"axis": torch.arange(m)})
    e = math.exp(1 / temperature)
    row = math.log(e + m - 1) - e / temperature / (e + m - 1)
    assert float(est.entropy()) == pytest.approx(math.log(m), rel=1e-12, abs=0)
    assert float(est.ceiling()) == pytest.approx(math.log(m) - row, rel=1e-10, abs=0)
    assert float(est.conditional_entropy("axis")) == pytest.approx(row, rel=1e-10, abs=0)
    # Every vector has its own label, so the label reaches the ceiling.
    assert float(est.mutual_information("axis")) == pytest.approx(float(est.ceiling()), rel=1e-10, abs=0)


def test_one_direction_has_no_information():
    est = axes_estimator(4, 0.5, {"half": 2})
    est.update(torch.tensor([[1.0, 2.0, 3.0, 4.0]]).repeat(10, 1), {"half": torch.arange(10) % 2})
    assert float(est.ceiling()) == pytest.approx(0, abs=1e-6)
    assert float(est.mutual_information("half")) == pytest.approx(0, abs=1e-12)
    assert float(est.entropy()) > 0


def test_labels_independent_of_the_vectors_give_exactly_nothing_when_balanced():
    z = gaussian(50, 8)
    est = SoftEntropy(8, 10, labels={"copy": 3})
    est.update(z.repeat(3, 1), {"copy": torch.arange(3).repeat_interleave(50)})
    assert float(est.mutual_information("copy")) == pytest.approx(0, abs=1e-7)


def test_a_single_label_has_no_information_at_all():
    est = SoftEntropy(8, 10, labels={"one": 7})
    est.update(gaussian(100, 8, dtype=torch.float64), {"one": torch.full((100,), 6)})
    assert float(est.mutual_information("one")) == pytest.approx(0, abs=1e-14)
    assert float(est.conditional_entropy("one")) == pytest.approx(float(est.entropy()), abs=1e-13)


def test_mass_is_kept_through_ten_thousand_bfloat16_batches():
    est = SoftEntropy(16, 20, labels={"x": 50})
    z, x = gaussian(128, 16).bfloat16(), torch.arange(128) % 50
    once = SoftEntropy(16, 20, labels={"x": 50})
    once.update(z, {"x": x})
    for _ in range(10_000):
        est.update(z, {"x": x})
    assert est.count == 1_280_000
    assert float(est.anchor_counts.sum()) == pytest.approx(1_280_000, rel=1e-9, abs=0)
    assert float(est.label_counts("x").sum()) == 1_280_000
    mass = est._by_label["x"].sums.sum((1, 2))
    assert torch.allclose(mass, est.label_counts("x").double(), rtol=1e-9, atol=0)
    # The same batch again and again is the same distribution: nothing may drift, as counts kept in bfloat16 do.
    assert float(est.entropy()) == pytest.approx(float(once.entropy()), rel=1e-12, abs=0)
    assert float(est.mutual_information("x")) == pytest.approx(float(once.mutual_information("x")), abs=1e-7)


@pytest.mark.parametrize(("types", "m"), [(1, 10), (2, 100), (5, 10)])
def test_the_same_few_vectors_many_times_keep_their_digits(types, m):
    # What the embedding layer of a model gives: one vector a token. Long sums in float32 drift here, and only here.
    x = torch.randint(0, types, (100_000,), generator=torch.Generator().manual_seed(types))
    z = gaussian(types, 64)[x]
    exact, est = (SoftEntropy(64, m, labels={"x": types}, kernel=k) for k in ("reference", "chunked"))
    for est_or_exact in (exact, est):
        for part in torch.arange(len(x)).split(4096):
            est_or_exact.update(z[part], {"x": x[part]})
    for measure in (SoftEntropy.entropy, SoftEntropy.ceiling):
        assert float(measure(est)) == pytest.approx(float(measure(exact)), abs=1e-6)
    for measure in (SoftEntropy.conditional_entropy, SoftEntropy.mutual_information):
        assert float(measure(est, "x")) == pytest.approx(float(measure(exact, "x")), abs=1e-6)


@pytest.mark.parametrize(("dtype", "tolerance"), [
    (torch.float64, 1e-13), (torch.float32, 1e-6), (torch.float16, 2e-3), (torch.bfloat16, 1e-2),
])
def test_every_float_dtype_is_within_its_own_rounding(dtype, tolerance):
    z, x = gaussian(500, 64), torch.arange(500) % 7
    exact, est = (SoftEntropy(64, 100, labels={"x": 7}, kernel=k) for k in ("reference", "chunked"))
    exact.update(z.double(), {"x": x})
    est.update(z.to(dtype) if dtype != torch.float64 else z.double(), {"x": x})
    for mine, true in ((est.entropy(), exact.entropy()), (est.ceiling(), exact.ceiling()),
                       (est.mutual_information("x"), exact.mutual_information("x"))):
        assert float(mine) == pytest.approx(float(true), abs=tolerance)


@pytest.mark.parametrize("dim", [2, 3, 17, 768, 8192])
def test_kernels_agree_at_every_dimension(dim):
    z, x = gaussian(300, dim), torch.arange(300) % 11
    a, b = (SoftEntropy(dim, 50, n_sets=2, labels={"x": 11}, kernel=k) for k in ("reference", "chunked"))
    for est in (a, b):
        est.update(z, {"x": x})
    for one, two in zip(a.entropy().per_set + a.ceiling().per_set + a.mutual_information("x").per_set,
                        b.entropy().per_set + b.ceiling().per_set + b.mutual_information("x").per_set, strict=True):
        assert one == pytest.approx(two, abs=2e-6)


def test_tiles_do_not_show(monkeypatch):
    z, x = gaussian(101, 12), torch.arange(101) % 5
    whole = SoftEntropy(12, 9, n_sets=3, labels={"x": 5})
    whole.update(z, {"x": x})
    monkeypatch.setattr(chunked, "TILE_ELEMENTS", 27 * 4)  # four rows a tile, and a last tile of one
    tiled = SoftEntropy(12, 9, n_sets=3, labels={"x": 5})
    tiled.update(z, {"x": x})
    assert tiled.entropy().per_set == pytest.approx(whole.entropy().per_set, abs=1e-6)
    assert tiled.mutual_information("x").per_set == pytest.approx(whole.mutual_information("x").per_set, abs=1e-6)


def test_masked_positions_do_not_count_and_are_not_looked_at():
    z, x = gaussian(60, 8).reshape(6, 10, 8), torch.arange(60).reshape(6, 10) % 4
    keep = torch.arange(60).reshape(6, 10) % 3 > 0
    plain, masked = (SoftEntropy(8, 10, labels={"x": 4}) for _ in range(2))
    plain.update(z[keep], {"x": x[keep]})
    dirty, wild = x.clone(), z.clone()
    dirty[~keep], wild[~keep] = -100, math.nan
    masked.update(wild, {"x": dirty}, mask=keep.long())
    assert masked.count == plain.count == int(keep.sum())
    assert float(masked.mutual_information("x")) == float(plain.mutual_information("x"))


def test_an_empty_batch_changes_nothing():
    est = SoftEntropy(4, 5, labels={"x": 2})
    est.update(torch.empty(0, 4), {"x": torch.empty(0, dtype=torch.long)})
    est.update(gaussian(3, 4), {"x": torch.zeros(3, dtype=torch.long)}, mask=torch.zeros(3, dtype=torch.bool))
    assert est.count == 0
    with pytest.raises(ValueError, match="no vectors yet"):
        est.entropy()


def test_only_labels_that_occur_take_memory():
    est = SoftEntropy(8, 10, labels={"n-gram": 10**15})
    est.update(gaussian(40, 8), {"n-gram": torch.arange(40) * 10**13})
    assert est.n_labels_seen("n-gram") == 40
    assert est._by_label["n-gram"]._sums.numel() <= 2 * 40 * 10
    assert 0 < float(est.mutual_information("n-gram")) <= float(est.ceiling()) + 1e-6


def test_labels_arrive_in_any_order():
    z, x = gaussian(90, 8), torch.randint(0, 30, (90,), generator=torch.Generator().manual_seed(1))
    whole, parts = (SoftEntropy(8, 10, labels={"x": 30}) for _ in range(2))
    whole.update(z, {"x": x})
    for i in torch.argsort(x, descending=True).split(7):
        parts.update(z[i], {"x": x[i]})
    assert float(parts.mutual_information("x")) == pytest.approx(float(whole.mutual_information("x")), abs=1e-6)
    assert torch.equal(parts.label_counts("x"), torch.bincount(x)[torch.unique(x)])


def test_sums_of_states():
    z, x = gaussian(100, 8), torch.arange(100) % 6
    parts = [SoftEntropy(8, 10, n_sets=2, labels={"x": 6}) for _ in range(3)]
    for part, i in zip(parts, torch.arange(100).split([20, 0, 80]), strict=True):
        part.update(z[i], {"x": x[i]})
    whole = SoftEntropy(8, 10, n_sets=2, labels={"x": 6})
    whole.update(z, {"x": x})
    total = parts[0] + parts[1] + parts[2]
    assert (total.count, parts[0].count, parts[2].count) == (100, 20, 80)
    assert total.entropy().per_set == pytest.approx(whole.entropy().per_set, abs=1e-7)
    assert total.mutual_information("x").per_set == pytest.approx(whole.mutual_information("x").per_set, abs=1e-6)
    again = total + whole  # a sum is an estimator like any other
    again.update(z, {"x": x})
    assert again.count == 300


@pytest.mark.parametrize(("changed", "named"), [
    ({"seed": 1}, "anchors"), ({"temperature": 0.5}, "temperature"), ({"labels": {"y": 6}}, "labels"),
    ({"labels": {"x": 7}}, "labels"), ({"n_anchors": 11}, "n_anchors"), ({"n_sets": 2}, "n_sets"),
])
def test_states_that_do_not_belong_together_are_not_added(changed, named):
    settings = {"n_anchors": 10, "labels": {"x": 6}}
    with pytest.raises(ValueError, match=f"same `{named}`"):
        SoftEntropy(8, **settings) + SoftEntropy(8, **{**settings, **changed})


def test_the_first_sets_do_not_depend_on_how_many_follow():
    few, many = sample_anchors(20, 6, n_sets=2, seed=3), sample_anchors(20, 6, n_sets=5, seed=3)
    assert torch.equal(few, many[:40])
    z = gaussian(50, 6)
    one, three = SoftEntropy(6, 20, seed=3), SoftEntropy(6, 20, n_sets=3, seed=3)
    for est in (one, three):
        est.update(z)
    assert three.entropy().per_set[0] == pytest.approx(float(one.entropy()), abs=1e-6)


def test_anchors_of_a_seed_are_pinned():
    # These digits must be the same on every machine, device and version: papers cite a seed.
    pinned = [0.8496765729333453, 0.9999681166992691, 0.9826757910600459]
    assert sample_anchors(3, 2, seed=0)[:, 0].tolist() == pytest.approx(pinned, abs=1e-12)
    assert not torch.equal(sample_anchors(3, 2, seed=0), sample_anchors(3, 2, seed=1))


def test_own_anchors_count_by_direction_only():
    rows, z = (gaussian(n, 5, seed=n, dtype=torch.float64) for n in (12, 30))
    a, b = (SoftEntropy(5, anchors=s * rows, temperature=0.2) for s in (1.0, 7.0))
    for est in (a, b):
        est.update(z)
    assert a.anchors.shape == (12, 5) and a.n_anchors == 12
    assert float(a.entropy()) == pytest.approx(float(b.entropy()), rel=1e-12, abs=0)


@pytest.mark.parametrize("scale", [1e-38, 1e-22, 1e-20, 1e19, 1e30])
def test_length_never_matters_even_where_squares_overflow(scale):
    z = gaussian(20, 8)
    plain, scaled = SoftEntropy(8, 10), SoftEntropy(8, 10)
    plain.update(z)
    scaled.update(z * scale)
    assert float(scaled.entropy()) == pytest.approx(float(plain.entropy()), abs=1e-6)


def test_vectors_without_direction_are_counted_and_refused_and_nothing_is_lost():
    z = gaussian(10, 4)
    est = SoftEntropy(4, 5)
    est.update(z)
    before = float(est.entropy())
    bad = z.clone()
    bad[2], bad[3, 1], bad[4, 0], bad[5] = 0, math.nan, math.inf, 0
    with pytest.raises(ValueError, match=r"`z`.*of 10 vectors 2 were not finite and 2 were zero.*mask"):
        est.update(bad)
    assert est.count == 10 and float(est.entropy()) == before


def test_vectors_without_direction_can_be_masked():
    z, x = gaussian(10, 4), torch.arange(10) % 3
    bad = torch.cat([z, torch.zeros(2, 4), torch.full((1, 4), math.nan)])
    clean, masked = SoftEntropy(4, 5, labels={"x": 3}), SoftEntropy(4, 5, labels={"x": 3}, invalid="mask")
    clean.update(z, {"x": x})
    masked.update(bad, {"x": torch.cat([x, torch.tensor([0, 1, 2])])})
    assert masked.count == 10
    assert float(masked.mutual_information("x")) == pytest.approx(float(clean.mutual_information("x")), abs=1e-6)


@pytest.mark.parametrize(("arguments", "message"), [
    ({"z": torch.zeros(3, 4, dtype=torch.long)}, r"`z` must hold floating-point.*int64"),
    ({"z": torch.ones(3, 5)}, r"`z` must have shape \(\.\.\., 4\).*\(3, 5\)"),
    ({"z": torch.tensor(1.0)}, r"`z` must have shape"),
    ({"labels": None}, r"label sets \['x'\].*named \[\]"),
    ({"labels": {"y": torch.zeros(3, dtype=torch.long)}}, r"label sets \['x'\].*\['y'\]"),
    ({"labels": {"x": torch.zeros(2, dtype=torch.long)}}, r"labels\['x'\] must have shape \(3,\).*\(2,\)"),
    ({"labels": {"x": torch.zeros(3)}}, r"labels\['x'\] must be integers.*float32"),
    ({"labels": {"x": torch.tensor([0, 9, 1])}}, r"labels\['x'\] must be from 0 to 8; 1 of 3 were not, the first 9"),
    ({"labels": {"x": torch.tensor([0, -1, -2])}}, r"2 of 3 were not, the first -1"),
    ({"mask": torch.ones(2, dtype=torch.bool)}, r"`mask` must have shape \(3,\).*\(2,\)"),
    ({"mask": torch.tensor([0.5, 1.0, 0.0])}, r"`mask` must be True"),
])
def test_updates_that_do_not_fit(arguments, message):
    est = SoftEntropy(4, 5, labels={"x": 9})
    good = {"z": gaussian(3, 4), "labels": {"x": torch.zeros(3, dtype=torch.long)}, "mask": None}
    with pytest.raises(ValueError, match=message):
        est.update(**{**good, **arguments})
    assert est.count == 0


@pytest.mark.parametrize(("arguments", "message"), [
    ({"dim": 1}, r"`dim`.*at least 2.*1"), ({"n_anchors": 1}, r"`n_anchors`.*at least 2"), ({"n_sets": 0}, r"`n_sets`"),
    ({"seed": -1}, r"`seed`"), ({"n_anchors": 2.5}, r"`n_anchors` must be an integer"),
    ({"temperature": 0.0}, r"`temperature` must be positive"), ({"temperature": math.nan}, r"`temperature`"),
    ({"temperature": -1}, r"`temperature`"), ({"labels": {"x": 0}}, r"labels\['x'\]"),
    ({"kernel": "cuda"}, r"`kernel`.*'cuda'"), ({"invalid": "drop"}, r"`invalid`.*'drop'"),
    ({"anchors": torch.zeros(5, 4)}, r"`anchors` must be finite and non-zero"),
    ({"anchors": torch.ones(5, 3)}, r"`anchors` must have shape.*\(5, 3\)"),
    ({"anchors": torch.ones(5, 4), "n_sets": 2}, r"`anchors` must have shape"),
    ({"anchors": torch.ones(5, 4), "n_sets": 0}, r"`n_sets` must be an integer of at least 1; it was 0"),
])
def test_settings_that_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        SoftEntropy(**{"dim": 4, **arguments})


def test_unknown_names_are_named():
    est = SoftEntropy(4, 5, labels={"x": 2})
    est.update(gaussian(4, 4), {"x": torch.tensor([0, 1, 0, 1])})
    with pytest.raises(ValueError, match="'x'; it was 'y'"):
        est.mutual_information("y")
    with pytest.raises(ValueError, match="`correction` must be one of 'none'; it was 'magic'"):
        est.mutual_information("x", correction="magic")


def test_vectors_with_a_gradient_and_numpy_arrays_are_taken():
    z = gaussian(6, 4)
    a, b, c = (SoftEntropy(4, 5) for _ in range(3))
    a.update(z)
    b.update(z.clone().requires_grad_())
    c.update(z.numpy())
    assert float(a.entropy()) == float(b.entropy()) == float(c.entropy())


def test_updates_inside_and_outside_inference_mode_mix():
    z, x = gaussian(40, 4), torch.arange(40) % 3
    plain, mixed = (SoftEntropy(4, 5, labels={"x": 3}) for _ in range(2))
    plain.update(torch.cat([z, z, z]), {"x": torch.cat([x, x, x])})
    mixed.update(z, {"x": x})
    with torch.inference_mode():
        mixed.update(z, {"x": x})
        mixed.mutual_information("x")
    mixed.update(z, {"x": x})
    assert (mixed + mixed).count == 240
    assert float(mixed.mutual_information("x")) == pytest.approx(float(plain.mutual_information("x")), abs=1e-7)


def test_batches_larger_than_the_buffer_and_batches_that_fill_it(monkeypatch):
    z, x = gaussian(100, 4), torch.arange(100) % 7
    whole = SoftEntropy(4, 5, labels={"x": 7})
    whole.update(z, {"x": x})
    monkeypatch.setattr(_pending, "CAPACITY_ELEMENTS", 5 * 16)  # sixteen rows may wait
    small = SoftEntropy(4, 5, labels={"x": 7})
    for part in torch.arange(100).split([3, 13, 16, 1, 50, 17]):
        small.update(z[part], {"x": x[part]})
    assert float(small.mutual_information("x")) == pytest.approx(float(whole.mutual_information("x")), abs=1e-6)
    bad = z[:50].clone()
    bad[40] = 0
    with pytest.raises(ValueError, match="of 50 vectors 0 were not finite and 1 were zero"):
        small.update(bad, {"x": x[:50]})
    assert small.count == int(small.label_counts("x").sum()) == 100


def test_reset_forgets():
    est = SoftEntropy(4, 5, labels={"x": 2})
    est.update(gaussian(4, 4), {"x": torch.tensor([0, 1, 0, 1])})
    est.reset()
    assert est.count == 0 and est.n_labels_seen("x") == 0


def test_a_fresh_estimator_shares_anchors_and_nothing_else():
    est = SoftEntropy(4, 5, labels={"x": 2})
    est.update(gaussian(4, 4), {"x": torch.tensor([0, 1, 0, 1])})
    other = est.fresh()
    assert other.count == 0
    assert other.anchors is est.anchors
    other.update(gaussian(3, 4, seed=1), {"x": torch.tensor([0, 0, 0])})
    assert (est.count, est.n_labels_seen("x"), other.n_labels_seen("x")) == (4, 2, 1)


def test_estimate_parts():
    est = Estimate("H(A)", (1.0, 2.0, 3.0), 12)
    assert float(est) == est.value == 2.0
    assert est.standard_error == pytest.approx(1 / math.sqrt(3))
    assert est.bits == pytest.approx(2 / math.log(2))
    assert est.to_dict()["nats"] == 2.0 and est.to_dict()["count"] == 12
    alone = Estimate("H(A)", (1.0,), 12)
    assert math.isnan(alone.standard_error) and alone.to_dict()["standard_error_nats"] is None
    assert str(alone) == "H(A) = 1.0000 nats (1 anchor set, 12 vectors)"
