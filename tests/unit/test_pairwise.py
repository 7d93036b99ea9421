"""Pairwise bounds on the information of a mixture: closed forms, invariances, labels, and what is refused."""

import json
import math

import pytest
import torch

import infolib
from infolib.representations import MixtureBounds, mixture_information_bounds, pairwise


def noise(n, dim, seed=0):
    return torch.randn(n, dim, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_vectors_that_coincide_hold_nothing():
    found = mixture_information_bounds(torch.ones(7, 3), 0.1, torch.arange(7))
    assert (found.vector_lower, found.vector_upper, found.lower, found.upper) == (0, 0, 0, 0)
    truth = 1.5 * math.log(0.2 * math.pi * math.e)
    assert found.entropy_lower == found.entropy_upper == pytest.approx(truth, rel=1e-14, abs=0)


def test_vectors_far_apart_hold_their_number():
    found = mixture_information_bounds(1000.0 * torch.eye(9), 1.0)
    for bound in (found.vector_lower, found.vector_upper, found.lower, found.upper, found.label_entropy):
        assert bound == pytest.approx(math.log(9), rel=1e-13, abs=0)


@pytest.mark.parametrize("variance", [0.1, 1.0, 30.0])
def test_two_vectors_have_a_closed_form(variance):
    z = torch.tensor([[0.0, 1.0], [3.0, 5.0]])  # 5 apart
    found = mixture_information_bounds(z, variance)
    lower, upper = (math.log(2) - math.log1p(math.exp(-25 / (s * variance))) for s in (8, 2))
    assert found.vector_lower == pytest.approx(lower, rel=1e-13, abs=0)
    assert found.vector_upper == pytest.approx(upper, rel=1e-13, abs=0)


def test_little_information_keeps_its_digits():
    # log 2 - log(1 + exp(-x)) is x / 2 - x^2 / 8 + ..., here about 1e-12.
    found = mixture_information_bounds(torch.tensor([[0.0], [1e-6]], dtype=torch.float64), 1.0)
    assert found.vector_upper == pytest.approx(0.25e-12, rel=1e-9, abs=0)
    assert found.vector_lower == pytest.approx(0.0625e-12, rel=1e-9, abs=0)


def test_tight_groups_far_apart_leave_nothing_open():
    groups = torch.tensor([0, 0, 0, 0, 1, 1, 2, 2])
    z = 100.0 * torch.eye(3)[groups] + 1e-6 * noise(8, 3)
    truth = infolib.entropy([4 / 8, 2 / 8, 2 / 8])
    found = mixture_information_bounds(z, 1.0, groups)
    for bound in (found.vector_lower, found.vector_upper, found.lower, found.upper, found.label_entropy):
        assert bound == pytest.approx(truth, rel=1e-9, abs=0)
    # A label that splits every group in equal parts tells nothing of the group.
    found = mixture_information_bounds(z, 1.0, torch.arange(8) % 2)
    assert (found.lower, found.upper) == pytest.approx((0, 0), abs=1e-9)


@pytest.mark.parametrize(
    ("apart", "variance", "cut"), [(0, 0.3, "both"), (0, 5.0, "lower"), (100, 0.001, "upper"), (5, 20.0, "")]
)
def test_a_bound_on_a_difference_takes_the_other_bound_of_what_is_subtracted(apart, variance, cut):
    x = torch.arange(60) % 3
    z = noise(60, 2) + apart * x[:, None]
    found = mixture_information_bounds(z, variance, x)
    parts = [mixture_information_bounds(z[x == label], variance) for label in range(3)]
    lower = found.vector_lower - sum(p.vector_upper for p in parts) / 3
    upper = found.vector_upper - sum(p.vector_lower for p in parts) / 3
    # Where that leaves the range from 0 to H(X), it is cut off.
    assert (lower < 0) == (cut in ("lower", "both")) and (upper > math.log(3)) == (cut in ("upper", "both"))
    assert found.lower == pytest.approx(max(lower, 0), rel=1e-11, abs=1e-15)
    assert found.upper == pytest.approx(min(upper, math.log(3)), rel=1e-11, abs=0)


def test_without_labels_every_vector_has_its_own():
    z = noise(40, 3)
    found = mixture_information_bounds(z, 0.5)
    assert found == mixture_information_bounds(z, 0.5, torch.arange(40) + 7)
    assert (found.lower, found.upper) == (found.vector_lower, found.vector_upper)
    assert 0 < found.lower < found.upper < math.log(40)


def test_one_label_tells_nothing():
    found = mixture_information_bounds(noise(40, 3), 0.5, torch.zeros(40, dtype=torch.int64))
    assert (found.lower, found.upper, found.label_entropy) == (0, 0, 0)


def test_only_distances_in_units_of_the_noise_count():
    z, x = noise(50, 4), torch.arange(50) % 3
    found = mixture_information_bounds(z, 0.4, x)
    rotation = torch.linalg.qr(noise(4, 4, seed=1)).Q
    for other in (
        mixture_information_bounds(z @ rotation + 1e5, 0.4, x),
        mixture_information_bounds(7 * z, 49 * 0.4, x),
        mixture_information_bounds(z.flip(0), 0.4, x.flip(0)),
    ):
        for name in ("lower", "upper", "vector_lower", "vector_upper"):
            assert getattr(other, name) == pytest.approx(getattr(found, name), rel=1e-9, abs=1e-12)


def test_pairs_in_tiles_do_not_show(monkeypatch):
    z, x = noise(53, 4), torch.arange(53) % 3
    whole = mixture_information_bounds(z, 0.4, x)
    monkeypatch.setattr(pairwise, "TILE_ELEMENTS", 53 * 5)
    tiled = mixture_information_bounds(z, 0.4, x)
    for name in ("lower", "upper", "vector_lower", "vector_upper"):
        assert getattr(tiled, name) == pytest.approx(getattr(whole, name), rel=1e-13, abs=0)


def test_a_single_vector_is_the_noise_alone():
    found = mixture_information_bounds([[1.0, 2.0]], 0.25)
    truth = math.log(0.5 * math.pi * math.e)
    assert found.entropy_lower == found.entropy_upper == pytest.approx(truth, rel=1e-14, abs=0)
    assert (found.lower, found.upper) == (0, 0)


def test_bounds_read_well_and_go_to_json():
    found = mixture_information_bounds(noise(5, 2), 0.1, [0, 0, 1, 1, 1])
    assert isinstance(found, MixtureBounds)
    assert set(json.loads(json.dumps(found.to_dict()))) == {
        "lower_nats", "upper_nats", "label_entropy_nats", "vector_lower_nats", "vector_upper_nats",
        "noise_entropy_nats", "count",
    }
    assert str(found).startswith(f"{found.lower:.4f} <= I(T;X) <= {found.upper:.4f}")


@pytest.mark.parametrize(
    ("z", "variance", "options", "message"),
    [
        (torch.ones(3, 2), 0.0, {}, "`noise_variance` must be positive and finite; it was 0.0"),
        (torch.ones(3, 2), -1.0, {}, "`noise_variance` must be positive"),
        (torch.ones(3, 2), math.inf, {}, "`noise_variance` must be positive and finite"),
        (torch.tensor([[1.0], [math.nan]]), 1.0, {}, "`z` must hold finite vectors; 1 of 2 were not"),
        (torch.ones(3, 2, dtype=torch.int32), 1.0, {}, "`z` must hold floating-point vectors"),
        (torch.ones(0, 2), 1.0, {}, "at least one vector"),
        (torch.ones(3, 2), 1.0, {"labels": [1]}, "`labels` must be one a vector, 3 of them"),
    ],
)
def test_bounds_refuse(z, variance, options, message):
    with pytest.raises(ValueError, match=message):
        mixture_information_bounds(z, variance, **options)
