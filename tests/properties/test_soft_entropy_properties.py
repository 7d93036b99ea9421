"""SoftEntropy: what holds for every input. Bounds, invariances, and that a state is a sum."""

import math

import torch
from hypothesis import given
from hypothesis import strategies as st

from infolib.representations import SoftEntropy

# One batch: vectors with a shared mean and a label-dependent shift, from nearly isotropic to nearly collapsed.
batches = st.builds(
    dict,
    n=st.integers(1, 80), dim=st.integers(2, 40), m=st.integers(2, 30), n_sets=st.integers(1, 3),
    n_labels=st.integers(1, 12), mean=st.floats(0, 5), shift=st.floats(0, 5), seed=st.integers(0, 10**6),
    temperature=st.none() | st.floats(0.02, 5),
)


def drawn(b):
    g = torch.Generator().manual_seed(b["seed"])
    labels = torch.randint(0, b["n_labels"], (b["n"],), generator=g)
    z = torch.randn(b["n"], b["dim"], generator=g, dtype=torch.float64)
    z += b["mean"] + b["shift"] * torch.randn(b["n_labels"], b["dim"], generator=g, dtype=torch.float64)[labels]
    return z, labels


def estimator(b, n_labels=None, **settings):
    return SoftEntropy(b["dim"], b["m"], n_sets=b["n_sets"], temperature=b["temperature"], seed=b["seed"],
                       labels={"x": n_labels or b["n_labels"]}, **settings)


def filled(b, z, labels, **settings):
    est = estimator(b, **settings)
    est.update(z, {"x": labels})
    return est


def numbers(est):
    return (*est.entropy("none").per_set, *est.ceiling("none").per_set, *est.mutual_information("x", "none").per_set)


def close(a, b, tolerance=1e-9):
    return all(abs(x - y) <= tolerance for x, y in zip(numbers(a), numbers(b), strict=True))


@given(batches)
def test_zero_below_information_below_ceiling_below_entropy_below_log_m(b):
    est = filled(b, *drawn(b))
    results = (est.entropy("none").per_set, est.ceiling("none").per_set, est.mutual_information("x", "none").per_set)
    for h, top, i in zip(*results, strict=True):
        assert 0 <= i <= top <= h + 1e-9 <= math.log(b["m"]) + 2e-9


@given(batches, st.integers(0, 80))
def test_state_of_a_plus_state_of_b_is_state_of_both(b, cut):
    z, labels = drawn(b)
    first, second = (filled(b, z[i], labels[i]) for i in (slice(None, cut), slice(cut, None)))
    assert close(first + second, filled(b, z, labels))


@given(batches)
def test_neither_order_nor_length_nor_names_of_labels_matter(b):
    z, labels = drawn(b)
    g = torch.Generator().manual_seed(b["seed"])
    order, renamed = torch.randperm(b["n"], generator=g), torch.randperm(b["n_labels"], generator=g)
    length = torch.rand(b["n"], 1, generator=g, dtype=torch.float64) + 0.01
    assert close(filled(b, z, labels), filled(b, (z * length)[order], renamed[labels[order]]))


@given(batches)
def test_a_rotation_of_vectors_and_anchors_changes_nothing(b):
    z, labels = drawn(b)
    g = torch.Generator().manual_seed(b["seed"])
    rotation = torch.linalg.qr(torch.randn(b["dim"], b["dim"], generator=g, dtype=torch.float64)).Q
    est = filled(b, z, labels)
    assert close(est, filled(b, z @ rotation, labels, anchors=est.anchors @ rotation))


@given(batches)
def test_merging_labels_loses_information(b):
    # Data processing: a function of the label knows no more than the label.
    z, labels = drawn(b)
    fine, coarse = filled(b, z, labels), filled(b, z, labels // 2)
    of_both = (est.mutual_information("x", "none").per_set for est in (fine, coarse))
    for i, j in zip(*of_both, strict=True):
        assert j <= i + 1e-9


@given(batches)
def test_a_label_for_each_vector_reaches_the_ceiling(b):
    z, _ = drawn(b)
    est = filled(b, z, torch.arange(b["n"]), n_labels=b["n"])
    for i, top in zip(est.mutual_information("x", "none").per_set, est.ceiling("none").per_set, strict=True):
        assert abs(i - top) <= 1e-9


@given(batches)
def test_both_kernels_give_the_same(b):
    z, labels = drawn(b)
    assert close(filled(b, z, labels), filled(b, z, labels, kernel="reference"))
