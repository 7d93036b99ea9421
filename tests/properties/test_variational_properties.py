"""Laws of the bounds for all scores (the ceiling of InfoNCE, their order, constants, permutations), and of scale."""

import math

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from infolib.representations._bounds import donsker_varadhan, info_nce, nwj, smile
from infolib.representations._pairs import ready

# Rounding of a logarithm of a sum: relative to the scores that go in.
EPS = 1e-13


def matrices(largest):
    sizes = st.integers(2, 7)
    return sizes.flatmap(lambda n: hnp.arrays(np.float64, (n, n), elements=st.floats(-largest, largest)))


@given(matrices(1e4))
def test_info_nce_is_never_above_log_n(scores):
    assert float(info_nce(scores)) <= math.log(len(scores)) + EPS * np.abs(scores).max()


@given(matrices(700.0))
def test_donsker_varadhan_is_never_below_nwj(scores):
    dv, of_nwj = float(donsker_varadhan(scores)), float(nwj(scores))
    assert dv >= of_nwj - EPS * max(1.0, abs(dv), abs(of_nwj), np.abs(scores).max())


@given(matrices(1e3))
def test_donsker_varadhan_is_nwj_at_the_best_constant(scores):
    dv = donsker_varadhan(scores)
    log_mean = np.diag(scores).mean() - float(dv)
    scale = max(1.0, np.abs(scores).max())
    assert float(nwj(scores - log_mean)) == pytest.approx(float(dv), rel=0, abs=10 * EPS * scale)


@given(matrices(1e4))
def test_smile_without_a_clip_is_donsker_varadhan(scores):
    assert float(smile(scores, clip=math.inf)) == float(donsker_varadhan(scores))


@given(matrices(1e3), st.floats(0.01, 20))
def test_smile_is_within_its_clip_of_the_mean_joint_score(scores, clip):
    moved = float(smile(scores, clip)) - np.diag(scores).mean()
    assert abs(moved) <= clip + EPS * np.abs(scores).max()


@given(matrices(1e3), st.floats(-1e3, 1e3))
def test_a_constant_changes_neither_donsker_varadhan_nor_info_nce(scores, constant):
    scale = max(1.0, np.abs(scores).max(), abs(constant))
    for bound in (donsker_varadhan, info_nce):
        assert float(bound(scores + constant)) == pytest.approx(float(bound(scores)), rel=0, abs=10 * EPS * scale)


@given(matrices(1e3), st.data())
def test_a_constant_for_each_x_does_not_change_info_nce(scores, data):
    by_row = data.draw(hnp.arrays(np.float64, (len(scores), 1), elements=st.floats(-1e3, 1e3)))
    scale = max(1.0, np.abs(scores).max(), np.abs(by_row).max())
    assert float(info_nce(scores + by_row)) == pytest.approx(float(info_nce(scores)), rel=0, abs=10 * EPS * scale)


@given(matrices(20.0), st.data())
def test_the_order_of_the_pairs_does_not_matter(scores, data):
    order = data.draw(st.permutations(range(len(scores))))
    for bound in (donsker_varadhan, nwj, info_nce, smile):
        value = float(bound(scores))
        moved = float(bound(scores[np.ix_(order, order)]))
        assert moved == pytest.approx(value, rel=1e-12, abs=1e-12)


@given(matrices(50.0))
def test_gradients_are_finite(scores):
    for bound in (donsker_varadhan, nwj, info_nce, smile):
        leaf = torch.tensor(scores, requires_grad=True)
        bound(leaf).backward()
        assert leaf.grad is not None and bool(torch.isfinite(leaf.grad).all())


@given(hnp.arrays(np.int64, (6, 2), elements=st.integers(-1000, 1000)), st.integers(-1074, 1013))
def test_standardised_pairs_do_not_depend_on_a_power_of_two_from_the_smallest_float_to_the_largest(whole, power):
    assume(np.ptp(whole, axis=0).all())
    rows = torch.from_numpy(np.ldexp(whole.astype(np.float64), power))
    found = ready("x", rows, torch.arange(6), torch.float64).numpy()
    expected = (whole - whole.mean(0)) / whole.std(0)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)
    assert np.array_equal(found, ready("x", torch.from_numpy(whole.astype(np.float64)), torch.arange(6), torch.float64))
