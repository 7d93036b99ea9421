"""SoftEntropy: closed forms, the state's mass, dtypes, masks, labels, and what it refuses."""

import json
import math
from itertools import pairwise

import numpy as np
import pytest
import torch

from infolib.representations import Estimate, MeanVector, SoftEntropy, _anchor_luck, _pending, sample_anchors
from infolib.representations._kernels import chunked
from infolib.representations._kernels.choice import KERNELS
from infolib.representations._rows import UnitCounts
from infolib.representations.estimate import Source


def gaussian(n, dim, seed=0, dtype=torch.float32):
    return torch.randn(n, dim, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).to(dtype)


def plug_in(est):
    return float(est.mutual_information("x", "none"))


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
    assert float(est.entropy("none")) == pytest.approx(math.log(m), rel=1e-12, abs=0)
    assert float(est.ceiling("none")) == pytest.approx(math.log(m) - row, rel=1e-10, abs=0)
    assert float(est.conditional_entropy("axis", "none")) == pytest.approx(row, rel=1e-10, abs=0)
    # Every vector has its own label, so the label reaches the ceiling.
    assert float(est.mutual_information("axis", "none")) == pytest.approx(float(est.ceiling("none")), rel=1e-10, abs=0)


def test_one_direction_has_no_information():
    est = axes_estimator(4, 0.5, {"half": 2})
    est.update(torch.tensor([[1.0, 2.0, 3.0, 4.0]]).repeat(10, 1), {"half": torch.arange(10) % 2})
    assert float(est.ceiling("none")) == pytest.approx(0, abs=1e-6)
    assert float(est.mutual_information("half", "none")) == pytest.approx(0, abs=1e-12)
    assert float(est.entropy("none")) > 0


def test_labels_independent_of_the_vectors_give_exactly_nothing_when_balanced():
    z = gaussian(50, 8)
    est = SoftEntropy(8, 10, labels={"copy": 3})
    est.update(z.repeat(3, 1), {"copy": torch.arange(3).repeat_interleave(50)})
    assert float(est.mutual_information("copy", "none")) == pytest.approx(0, abs=1e-7)


def test_a_single_label_has_no_information_at_all():
    est = SoftEntropy(8, 10, labels={"one": 7})
    est.update(gaussian(100, 8, dtype=torch.float64), {"one": torch.full((100,), 6)})
    assert float(est.mutual_information("one", "none")) == pytest.approx(0, abs=1e-14)
    assert float(est.conditional_entropy("one", "none")) == pytest.approx(float(est.entropy("none")), abs=1e-13)


def test_mass_is_kept_through_ten_thousand_bfloat16_batches():
    est = SoftEntropy(16, 20, labels={"x": 50})
    z, x = gaussian(128, 16).bfloat16(), torch.arange(128) % 50
    once = SoftEntropy(16, 20, labels={"x": 50})
    one = torch.zeros(128, dtype=torch.int64)  # one unit, so that every batch is summed in one piece
    once.update(z, {"x": x}, units=one)
    for _ in range(10_000):
        est.update(z, {"x": x}, units=one)
    assert est.count == 1_280_000
    assert float(est.anchor_counts.sum()) == pytest.approx(1_280_000, rel=1e-9, abs=0)
    assert float(est.label_counts("x").sum()) == 1_280_000
    table = est._state.labels["x"].by_block
    assert torch.allclose(table.sums.sum((1, 2)), table.counts.double(), rtol=1e-9, atol=0)
    # The same batch again and again is the same distribution: nothing may drift, as counts kept in bfloat16 do.
    assert float(est.entropy("none")) == pytest.approx(float(once.entropy("none")), rel=1e-12, abs=0)
    assert plug_in(est) == pytest.approx(plug_in(once), abs=1e-7)


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
    for mine, true in ((est.entropy("none"), exact.entropy("none")), (est.ceiling("none"), exact.ceiling("none")),
                       (est.mutual_information("x", "none"), exact.mutual_information("x", "none"))):
        assert float(mine) == pytest.approx(float(true), abs=tolerance)


@pytest.mark.parametrize("dim", [2, 3, 17, 768, 8192])
def test_kernels_agree_at_every_dimension(dim):
    z, x = gaussian(300, dim), torch.arange(300) % 11
    a, b = (SoftEntropy(dim, 50, n_sets=2, labels={"x": 11}, kernel=k) for k in ("reference", "chunked"))
    for est in (a, b):
        est.update(z, {"x": x})
    for quantity in ("entropy", "ceiling", "mutual_information"):
        what = ("x", "none") if quantity == "mutual_information" else ("none",)
        one, two = (getattr(est, quantity)(*what).per_set for est in (a, b))
        assert one == pytest.approx(two, abs=2e-6)


def test_tiles_do_not_show(monkeypatch):
    z, x = gaussian(101, 12), torch.arange(101) % 5
    whole = SoftEntropy(12, 9, n_sets=3, labels={"x": 5})
    whole.update(z, {"x": x})
    monkeypatch.setattr(chunked, "TILE_ELEMENTS", 27 * 4)  # four rows a tile, and a last tile of one
    tiled = SoftEntropy(12, 9, n_sets=3, labels={"x": 5})
    tiled.update(z, {"x": x})
    assert tiled.entropy("none").per_set == pytest.approx(whole.entropy("none").per_set, abs=1e-6)
    one, two = (est.mutual_information("x", "none").per_set for est in (tiled, whole))
    assert one == pytest.approx(two, abs=1e-6)


def test_masked_positions_do_not_count_and_are_not_looked_at():
    z, x = gaussian(60, 8).reshape(6, 10, 8), torch.arange(60).reshape(6, 10) % 4
    keep = torch.arange(60).reshape(6, 10) % 3 > 0
    plain, masked = (SoftEntropy(8, 10, labels={"x": 4}) for _ in range(2))
    plain.update(z[keep], {"x": x[keep]})
    dirty, wild = x.clone(), z.clone()
    dirty[~keep], wild[~keep] = -100, math.nan
    masked.update(wild, {"x": dirty}, mask=keep.long())
    assert masked.count == plain.count == int(keep.sum())
    assert plug_in(masked) == plug_in(plain)


def test_an_empty_batch_changes_nothing():
    est = SoftEntropy(4, 5, labels={"x": 2})
    est.update(torch.empty(0, 4), {"x": torch.empty(0, dtype=torch.long)})
    est.update(gaussian(3, 4), {"x": torch.zeros(3, dtype=torch.long)}, mask=torch.zeros(3, dtype=torch.bool))
    assert est.count == 0
    with pytest.raises(ValueError, match="no vectors yet"):
        est.entropy("none")


def test_only_labels_that_occur_take_memory():
    est = SoftEntropy(8, 10, labels={"n-gram": 10**15})
    est.update(gaussian(40, 8), {"n-gram": torch.arange(40) * 10**13})
    assert est.n_labels_seen("n-gram") == 40
    table = est._state.labels["n-gram"].by_block
    assert len(table) <= 40 * 16 and table._sums.numel() <= 2 * len(table) * 10
    assert 0 < float(est.mutual_information("n-gram", "none")) <= float(est.ceiling("none")) + 1e-6


def test_the_largest_ids_are_not_mistaken_for_others():
    # Label and block are kept in one 64-bit number.
    est = SoftEntropy(8, 10, labels={"x": 2**59})
    est.update(gaussian(40, 8), {"x": torch.arange(40) % 2 * (2**59 - 1)})
    assert est.label_counts("x").tolist() == [20, 20]
    assert est.label_regularity("x").ids.tolist() == [0, 2**59 - 1]


def test_integers_of_any_type_and_size_are_seeds():
    def result(seed, n_sets):
        est = SoftEntropy(8, 10, n_sets=n_sets, seed=seed, labels={"x": 2})
        est.update(gaussian(400, 8), {"x": torch.arange(400) % 2})
        return float(est.entropy()), float(est.mutual_information("x"))

    assert result(np.int64(3), np.int64(2)) == result(np.uint8(3), 2) == result(3, 2)
    assert len({result(seed, 2) for seed in (3, 2**64, 2**64 + 3, 2**70)}) == 4


def test_labels_arrive_in_any_order():
    z, x = gaussian(90, 8), torch.randint(0, 30, (90,), generator=torch.Generator().manual_seed(1))
    whole, parts = (SoftEntropy(8, 10, labels={"x": 30}) for _ in range(2))
    whole.update(z, {"x": x})
    for i in torch.argsort(x, descending=True).split(7):
        parts.update(z[i], {"x": x[i]})
    assert plug_in(parts) == pytest.approx(plug_in(whole), abs=1e-6)
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
    assert total.entropy("none").per_set == pytest.approx(whole.entropy("none").per_set, abs=1e-7)
    one, two = (est.mutual_information("x", "none").per_set for est in (total, whole))
    assert one == pytest.approx(two, abs=1e-6)
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
    assert three.entropy("none").per_set[0] == pytest.approx(float(one.entropy("none")), abs=1e-6)


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
    assert float(a.entropy("none")) == pytest.approx(float(b.entropy("none")), rel=1e-12, abs=0)


@pytest.mark.parametrize("scale", [1e-38, 1e-22, 1e-20, 1e19, 1e30])
def test_length_never_matters_even_where_squares_overflow(scale):
    z = gaussian(20, 8)
    plain, scaled = SoftEntropy(8, 10), SoftEntropy(8, 10)
    plain.update(z)
    scaled.update(z * scale)
    assert float(scaled.entropy("none")) == pytest.approx(float(plain.entropy("none")), abs=1e-6)


def test_vectors_without_direction_are_counted_and_refused_and_nothing_is_lost():
    z = gaussian(10, 4)
    est = SoftEntropy(4, 5)
    est.update(z)
    before = float(est.entropy("none"))
    bad = z.clone()
    bad[2], bad[3, 1], bad[4, 0], bad[5] = 0, math.nan, math.inf, 0
    with pytest.raises(ValueError, match=r"`z`.*of 10 vectors 2 were not finite and 2 were zero.*mask"):
        est.update(bad)
    assert est.count == 10 and float(est.entropy("none")) == before


def test_running_mean_counts_the_vectors_it_leaves_without_direction():
    first, then = torch.tensor([[100.0, 0.0]]), torch.tensor([[0.0, 1.0], [0.0, 3.0]])
    running = SoftEntropy(2, 5, center="running", invalid="mask")
    running.update(first)  # is its own mean
    assert running.count == 0
    exact = SoftEntropy(2, 5, center=torch.cat([first, then]).mean(0))
    exact.update(then)
    for est in (running, running.fresh() + running):  # the mean is of the state, and states add
        est.update(then)
        assert est.count == 2
        assert torch.allclose(est.anchor_counts, exact.anchor_counts, rtol=1e-6, atol=0)


def test_vectors_without_direction_can_be_masked():
    z, x = gaussian(10, 4), torch.arange(10) % 3
    bad = torch.cat([z, torch.zeros(2, 4), torch.full((1, 4), math.nan)])
    clean, masked = SoftEntropy(4, 5, labels={"x": 3}), SoftEntropy(4, 5, labels={"x": 3}, invalid="mask")
    clean.update(z, {"x": x})
    masked.update(bad, {"x": torch.cat([x, torch.tensor([0, 1, 2])])})
    assert masked.count == 10
    assert plug_in(masked) == pytest.approx(plug_in(clean), abs=1e-6)


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
    ({"labels": {"x": 2**59 + 1}}, r"labels\['x'\].*at most 2\*\*59"),
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
        est.mutual_information("y", "none")
    with pytest.raises(ValueError, match="must be one of 'auto', 'simulated', 'jackknife', 'none'; it was 'magic'"):
        est.mutual_information("x", correction="magic")


def test_vectors_with_a_gradient_and_numpy_arrays_are_taken():
    z = gaussian(6, 4)
    a, b, c = (SoftEntropy(4, 5) for _ in range(3))
    a.update(z)
    b.update(z.clone().requires_grad_())
    c.update(z.numpy())
    assert float(a.entropy("none")) == float(b.entropy("none")) == float(c.entropy("none"))


def test_updates_inside_and_outside_inference_mode_mix():
    z, x = gaussian(40, 4), torch.arange(40) % 3
    plain, mixed = (SoftEntropy(4, 5, labels={"x": 3}) for _ in range(2))
    plain.update(torch.cat([z, z, z]), {"x": torch.cat([x, x, x])})
    mixed.update(z, {"x": x})
    with torch.inference_mode():
        mixed.update(z, {"x": x})
        mixed.mutual_information("x", "none")
    mixed.update(z, {"x": x})
    assert (mixed + mixed).count == 240
    assert plug_in(mixed) == pytest.approx(plug_in(plain), abs=1e-7)


def test_batches_larger_than_the_buffer_and_batches_that_fill_it(monkeypatch):
    z, x = gaussian(100, 4), torch.arange(100) % 7
    whole = SoftEntropy(4, 5, labels={"x": 7})
    whole.update(z, {"x": x})
    monkeypatch.setattr(_pending, "CAPACITY_ELEMENTS", 5 * 16)  # sixteen rows may wait
    small = SoftEntropy(4, 5, labels={"x": 7})
    for part in torch.arange(100).split([3, 13, 16, 1, 50, 17]):
        small.update(z[part], {"x": x[part]})
    assert plug_in(small) == pytest.approx(plug_in(whole), abs=1e-6)
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


@pytest.mark.parametrize("units", [torch.arange(3000), torch.arange(3000) % 7, torch.arange(3000) // 100])
def test_units_in_any_order_are_summed_in_few_segments(monkeypatch, units):
    segments = []

    def counting(z, scaled_anchors, n_sets, lengths, out=None):
        segments.append(len(lengths))
        return chunked.batch_sums(z, scaled_anchors, n_sets, lengths, out)

    monkeypatch.setitem(KERNELS, "chunked", counting)
    z, x = gaussian(3000, 8), torch.arange(3000) % 9
    whole, sorted_by_unit = (SoftEntropy(8, 10, n_sets=2, labels={"x": 9}) for _ in range(2))
    whole.update(z, {"x": x}, units=units)
    order = torch.argsort(units % 16, stable=True)
    sorted_by_unit.update(z[order], {"x": x[order]}, units=units[order])
    assert max(segments) <= 16 + 3000 // 64
    for measure in (SoftEntropy.entropy, lambda est: est.mutual_information("x", "jackknife")):
        one, two = measure(whole), measure(sorted_by_unit)
        assert float(one) == pytest.approx(float(two), abs=1e-8)
        assert one.error_from("data") == pytest.approx(two.error_from("data"), rel=1e-5, abs=0)


def test_places_in_units_are_counted_over_batches():
    counts, seen = UnitCounts(), {}
    rng = np.random.default_rng(0)
    for n in rng.integers(0, 40, 200):
        units = rng.choice([-5, 0, 10**15], n) + rng.zipf(1.3, n).clip(max=500)
        expected = []
        for unit in units.tolist():
            expected.append(seen.get(unit, 0))
            seen[unit] = expected[-1] + 1
        assert counts.places(torch.from_numpy(units)).tolist() == expected
        counts.add(torch.from_numpy(units))
    lengths = [len(held) for held, _ in counts._tables]
    assert all(a >= 2 * b for a, b in pairwise(lengths)) and min(lengths) > 0
    assert max(lengths) > len(seen) / 2


def test_few_vectors_ask_for_no_more_other_anchors_than_many(monkeypatch):
    asked, draw = [], _anchor_luck._other_anchors
    monkeypatch.setattr(_anchor_luck, "PRODUCTS", 1 << 24)
    monkeypatch.setattr(_anchor_luck, "_other_anchors", lambda n, dim, seed: (asked.append(n), draw(n, dim, seed))[1])
    for n in (4, 2000):
        est = SoftEntropy(32, 40, n_sets=2)
        est.update(gaussian(n, 32))
        est.entropy()
    assert asked == [51 * 40, 51 * 40]  # 2**24 // (256 * 40 * 32) sets


def test_estimate_parts():
    sources = (Source("anchors", 0.3, 2), Source("anchors", 0.4, 99), Source("data", 1.2, 15))
    est = Estimate("H(A)", (1.0, 2.0, 3.0), 12, plugin=2.5, sources=sources)
    assert float(est) == est.value == 2.0 and est.correction == 0.5
    assert est.standard_error == pytest.approx(1.3, rel=1e-12, abs=0)
    assert est.error_from("anchors") == pytest.approx(0.5, rel=1e-12, abs=0)
    assert math.isnan(est.error_from("model"))
    assert est.bits == pytest.approx(2 / math.log(2), rel=1e-12, abs=0)
    content = json.loads(json.dumps(est.to_dict(), allow_nan=False))
    assert content["value"] == 2.0 and content["unit"] == "nats" and content["count"] == 12
    assert content["errors"] == {"anchors": pytest.approx(0.5), "data": 1.2}
    assert content["interval_95"] == list(est.interval())


def test_an_estimate_without_known_error_says_so():
    alone = Estimate("H(A)", (1.0,), 12)
    assert math.isnan(alone.standard_error) and math.isnan(alone.interval()[0])
    unknown = Estimate("0 / 0", (math.nan,), 12, sources=(Source("data", math.nan, 15),)).to_dict()
    assert json.loads(json.dumps(unknown, allow_nan=False))["per_set"] == [None] and unknown["value"] is None
    assert alone.to_dict()["standard_error"] is None and alone.to_dict()["interval_95"] == [None, None]
    assert str(alone) == "H(A) = 1.0000 nats (1 anchor set, 12 vectors)"
    with pytest.raises(ValueError, match="`level` must be between 0 and 1; it was 95"):
        alone.interval(95)


def labelled(n, n_labels, strength, dim=32, seed=0):
    """Vectors about a direction for each label, and the labels."""
    draw = torch.Generator().manual_seed(seed)
    x = torch.randint(n_labels, (n,), generator=draw)
    centres = torch.randn(n_labels, dim, generator=torch.Generator().manual_seed(99))
    return strength * centres[x] + torch.randn(n, dim, generator=draw), x


@pytest.mark.parametrize("strength", [0.0, 0.5, 1.0])
def test_the_correction_finds_what_many_vectors_show(strength):
    # 300 labels: 4 vectors a label, against 400 a label, where the plug-in is nearly right.
    few, many = (SoftEntropy(32, 50, labels={"x": 300}) for _ in range(2))
    for est, n in ((few, 1200), (many, 120_000)):
        z, x = labelled(n, 300, strength)
        est.update(z, {"x": x})
    truth = float(many.mutual_information("x", "jackknife"))
    # (labels - 1) x (effective anchors - 1) / (2 x vectors) is at most 299 x 49 / 240,000, and about a third of it.
    assert 0 < plug_in(many) - truth < 299 * 49 / 240_000 / 2
    estimate = few.mutual_information("x")
    assert estimate.plugin - truth > 0.2  # what there is to correct
    assert abs(estimate.value - truth) < 0.05
    assert estimate.correction == pytest.approx(estimate.plugin - estimate.value, rel=1e-12, abs=0)
    low, high = estimate.interval()
    assert low < truth < high and high - low < 0.4


def test_the_jackknife_is_enough_for_frequent_labels():
    est = SoftEntropy(32, 50, labels={"x": 5})
    z, x = labelled(1500, 5, 0.0)
    est.update(z, {"x": x})
    found = {how: est.mutual_information("x", how) for how in ("none", "jackknife", "auto")}
    assert float(found["none"]) > 5 * abs(float(found["jackknife"]))
    assert float(found["jackknife"]) == pytest.approx(float(found["auto"]), abs=0.01)


def test_labels_that_never_come_twice_are_refused_with_the_remedy():
    est = SoftEntropy(8, 10, labels={"x": 100})
    est.update(gaussian(100, 8), {"x": torch.arange(100)})
    with pytest.raises(ValueError, match="no label occurs twice.*'none' gives the ceiling"):
        est.mutual_information("x")
    assert plug_in(est) == pytest.approx(float(est.ceiling("none")), rel=1e-9, abs=0)


def test_ratios_are_ratios_of_what_they_say():
    est = SoftEntropy(32, 50, n_sets=3, labels={"x": 6, "y": 2})
    z, x = labelled(2000, 6, 1.0)
    est.update(z, {"x": x, "y": x % 2})
    h, c, i, j = (est.entropy("none"), est.ceiling("none"), *(est.mutual_information(k, "none") for k in "xy"))
    ratios = {est.ceiling_share("x", "none"): (i, c), est.regularity("x", "none"): (i, h)}
    ratios[est.optimality("x", "y", "none")] = (j, i)
    for ratio, (above, below) in ratios.items():
        expected = [a / b for a, b in zip(above.per_set, below.per_set, strict=True)]
        assert ratio.per_set == pytest.approx(expected, rel=1e-12, abs=0) and ratio.unit == ""
        assert 0 < float(ratio) < 1 and 0 < ratio.standard_error < 0.1
    assert float(est.efficiency("none")) == pytest.approx(float(h) / math.log(50), rel=1e-12, abs=0)
    assert str(est.optimality("x", "y")).startswith("I(A;y) / I(A;x) = 0.")


def test_regularities_of_labels_add_up_to_that_of_their_set():
    est = SoftEntropy(32, 50, n_sets=2, labels={"x": 9})
    z, x = labelled(500, 6, 1.0)
    est.update(z, {"x": x + 2})
    found = est.label_regularity("x")
    assert found.ids.tolist() == [2, 3, 4, 5, 6, 7] and torch.equal(found.counts, est.label_counts("x"))
    weighted = (found.per_set * found.counts).sum(1) / 500
    # The sums by label and the sums of all are rounded apart, in float32 tiles.
    assert weighted.tolist() == pytest.approx(est.regularity("x", "none").per_set, rel=1e-7, abs=0)
    assert found.values.shape == found.standard_errors.shape == (6,) and (found.standard_errors > 0).all()
    one = SoftEntropy(32, 50, labels={"x": 9})
    one.update(z, {"x": x})
    alone = one.label_regularity("x")
    assert alone.standard_errors.isnan().all() and "+-" not in str(alone)
    content = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert content["ids"] == found.ids.tolist() and content["values"] == found.values.tolist()
    assert json.loads(json.dumps(alone.to_dict(), allow_nan=False))["standard_errors"] == [None] * 6
    value, error = float(found.values[0]), float(found.standard_errors[0])
    assert f"{value:.4f} +- {error:.4f}" in str(found).splitlines()[1]


def test_centring_by_a_vector_is_centring_by_hand():
    z = gaussian(300, 8) + 3.0
    mean = MeanVector(8)
    for part in z.split(100):
        mean.update(part)
    by_hand, centred, running = SoftEntropy(8, 10), SoftEntropy(8, 10, center=mean.value), None
    by_hand.update((z.double() - z.double().mean(0)).float())
    centred.update(z)
    assert float(centred.entropy("none")) == pytest.approx(float(by_hand.entropy("none")), abs=1e-6)
    running = SoftEntropy(8, 10, center="running")
    running.update(z)  # one batch: the mean so far is the mean of all
    assert float(running.entropy("none")) == pytest.approx(float(by_hand.entropy("none")), abs=1e-6)
    plain = SoftEntropy(8, 10)
    plain.update(z)
    assert float(plain.entropy("none")) < float(centred.entropy("none")) - 0.1


def test_a_center_that_does_not_fit():
    with pytest.raises(ValueError, match=r"`center` must be a finite vector of shape \(8,\); its shape was \(7,\)"):
        SoftEntropy(8, 10, center=torch.zeros(7))
    with pytest.raises(ValueError, match="`center` must be None, 'running' or a vector; it was 'mean'"):
        SoftEntropy(8, 10, center="mean")
    one, other = SoftEntropy(8, 10, center=torch.ones(8)), SoftEntropy(8, 10)
    with pytest.raises(ValueError, match="same `center`"):
        one + other


def test_mean_vector_refuses_what_has_no_mean():
    mean = MeanVector(2)
    with pytest.raises(ValueError, match="no vectors yet"):
        _ = mean.value
    mean.update(torch.ones(3, 2))
    with pytest.raises(ValueError, match="`z` must hold finite vectors"):
        mean.update(torch.tensor([[1.0, math.inf]]))
    mean.update(torch.tensor([[[4.0, 5.0], [math.nan, 0.0]]]), mask=torch.tensor([[True, False]]))
    assert mean.count == 4 and mean.value.tolist() == [1.75, 2.0]


def test_units_must_be_integers_of_the_batch():
    est = SoftEntropy(4, 10)
    with pytest.raises(ValueError, match=r"`units` must have shape \(5,\), one id a vector; it was \(4,\)"):
        est.update(gaussian(5, 4), units=torch.arange(4))
    with pytest.raises(ValueError, match="`units` must be integers"):
        est.update(gaussian(5, 4), units=torch.zeros(5))
    assert est.count == 0


@pytest.mark.parametrize("n", [1, 2, 3, 5, 15, 17])
def test_few_vectors_give_a_value_or_a_clear_error(n):
    est = SoftEntropy(4, 10, n_sets=2, labels={"x": 2})
    est.update(gaussian(n, 4), {"x": torch.zeros(n, dtype=torch.int64)})
    assert 0 <= float(est.entropy()) <= math.log(10)
    assert math.isfinite(float(est.ceiling()))
    if n > 1:
        assert abs(float(est.mutual_information("x"))) < 0.5


@pytest.mark.parametrize("order", ["shuffled", "sorted", "units"])
def test_frequent_labels_that_do_not_spread_over_blocks_are_corrected_too(order):
    # Leaving out a block takes such labels away whole, and says nothing of their bias: 0.108 nats here.
    z, x = gaussian(6000, 32), torch.arange(6000) // 150
    est = SoftEntropy(32, 100, n_sets=4, labels={"x": 40})
    shuffled = torch.randperm(6000, generator=torch.Generator().manual_seed(0))
    est.update(z, {"x": x[shuffled] if order == "shuffled" else x}, units=x if order == "units" else None)
    found = est.mutual_information("x")
    assert found == est.mutual_information("x", "jackknife" if order == "shuffled" else "simulated")
    assert abs(float(found)) < min(0.03, 3 * found.standard_error) and found.correction > 0.08
