"""Nearest neighbours on the device of a tensor: as by trees, in bounded memory; and which device that is."""

import math
import warnings

import numpy as np
import pytest
import torch

from infolib.estimators import _knn_inputs, _knn_torch
from infolib.estimators._knn_cloud import Cloud
from infolib.estimators._knn_counts import inside, touching
from infolib.estimators.knn import (
    conditional_knn_mutual_information,
    discrete_continuous_mutual_information,
    knn_entropy,
    ksg_mutual_information,
    lnc_mutual_information,
    mixed_mutual_information,
)

CPU = torch.device("cpu")
DEVICES = ["cpu", pytest.param("cuda", marks=pytest.mark.gpu)]


@pytest.fixture(params=DEVICES)
def device(request, monkeypatch):
    """A device that is searched by blocks; on the CPU, where trees win, only here."""
    if request.param == "cuda" and not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    monkeypatch.setattr(_knn_inputs, "TREES", ())
    monkeypatch.setattr(_knn_torch, "BLOCK_PAIRS", 10_000)  # so that a few hundred samples take several blocks
    return torch.device(request.param)


def samples(n=700, d=3, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, d))
    return x, np.tanh(x) + 0.5 * rng.normal(size=(n, d)), rng.normal(size=(n, 2)), rng.integers(4, size=n)


def estimates(x, y, z, labels):
    return [
        knn_entropy(x),
        knn_entropy(x, 5, metric="euclidean", base=2),
        ksg_mutual_information(x, y),
        ksg_mutual_information(x, y, 4, algorithm=2, standardize=False),
        ksg_mutual_information(x[:, 0], y[:, 0]),
        lnc_mutual_information(x[:, 0], y[:, 0]),
        conditional_knn_mutual_information(x, y, z),
        mixed_mutual_information(labels, y),
        discrete_continuous_mutual_information(labels, y),
    ]


def test_every_estimate_is_as_by_trees(device):
    given = samples()
    expected = estimates(*given)
    found = estimates(*(torch.as_tensor(array, device=device) for array in given))
    assert found == pytest.approx(expected, abs=1e-10)
    assert all(type(value) is float for value in found)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
def test_values_of_low_precision_are_computed_with_in_double(device, dtype):
    x, y = (torch.as_tensor(array, dtype=dtype, device=device) for array in samples()[:2])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # rounded to a few digits, samples are tied
        expected = ksg_mutual_information(x.double().cpu().numpy(), y.double().cpu().numpy())
        assert ksg_mutual_information(x, y) == pytest.approx(expected, abs=1e-10)


def test_repeated_samples_are_as_by_trees(device):
    rng = np.random.default_rng(1)
    x, y = rng.integers(5, size=(300, 2)), rng.integers(3, size=300)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = knn_entropy(x), ksg_mutual_information(x, y), mixed_mutual_information(x, y)
        tensors = torch.as_tensor(x, device=device), torch.as_tensor(y, device=device)
        found = knn_entropy(tensors[0]), ksg_mutual_information(*tensors), mixed_mutual_information(*tensors)
    assert found == pytest.approx(expected, abs=1e-10)
    assert all(map(math.isfinite, found))


@pytest.mark.parametrize("metric", ["max", "euclidean"])
@pytest.mark.parametrize(("n", "block"), [(500, 1), (500, 500), (500, 501), (500, 7777), (500, 10**9), (4, 1)])
def test_neighbours_and_counts_do_not_depend_on_the_block(monkeypatch, metric, n, block):
    monkeypatch.setattr(_knn_torch, "BLOCK_PAIRS", block)
    points = np.random.default_rng(n).normal(size=(n, 3))
    by_tree, by_block = Cloud(points).nearest(3, metric), Cloud(points, CPU).nearest(3, metric)
    assert np.array_equal(by_block.indices, by_tree.indices)
    np.testing.assert_allclose(by_block.distances, by_tree.distances, rtol=1e-14, atol=0)
    for reach in (inside(by_tree.reach), touching(by_tree.reach)):
        assert np.array_equal(_knn_torch.count_within(points, reach, CPU), Cloud(points)._count(reach))


def test_memory_is_two_blocks_whatever_the_number_of_points(monkeypatch):
    shapes = []
    empty = torch.empty

    def watched(*shape, **how):
        shapes.append(shape)
        return empty(*shape, **how)

    monkeypatch.setattr(torch, "empty", watched)
    monkeypatch.setattr(_knn_torch, "BLOCK_PAIRS", 6000)
    points = np.random.default_rng(0).normal(size=(3000, 2))
    _knn_torch.nearest(points, 3, "max", CPU)
    assert sorted(shapes) == [(2, 3000), (2, 3000), (3000, 3), (3000, 3)]


def test_tensors_on_the_cpu_go_to_the_trees(monkeypatch):
    def refused(*_):
        raise AssertionError("searched by blocks")

    monkeypatch.setattr(_knn_torch, "nearest", refused)
    x, y, z, labels = (torch.from_numpy(array) for array in samples(200))
    expected = estimates(*(tensor.numpy() for tensor in (x, y, z, labels)))
    assert estimates(x.requires_grad_(), y, z, labels) == pytest.approx(expected, abs=0)
    assert _knn_inputs.one_device(x=x, y=y) is None


def test_the_device_of_the_tensor_is_searched_on():
    cuda, cpu = (type("T", (), {"device": torch.device(name)}) for name in ("cuda:1", "cpu"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_knn_inputs, "is_tensor", lambda value: hasattr(value, "device"))
        assert _knn_inputs.one_device(x=cuda, y=[0.0, 1.0]) == torch.device("cuda:1")
        with pytest.raises(ValueError, match=r"`x` on cuda:1, `y` on cpu\. Move them"):
            _knn_inputs.one_device(x=cuda, y=cpu)


def test_what_a_tensor_must_be():
    x = torch.randn(50, generator=torch.Generator().manual_seed(0))
    with pytest.raises(ValueError, match=r"`y` must be finite; the value at \(3, 0\) was nan"):
        ksg_mutual_information(x, torch.where(torch.arange(50) == 3, torch.nan, x))
    with pytest.raises(TypeError, match="complex"):
        knn_entropy(torch.zeros(5, dtype=torch.complex64))
    with pytest.raises(ValueError, match=r"`labels` .* which is not whole"):
        discrete_continuous_mutual_information(x, x)
