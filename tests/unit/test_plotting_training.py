"""The numbers drawn in the pictures of the model family."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from infolib.plotting import loss_curves, scaling_fit


@pytest.fixture(autouse=True)
def close():
    yield
    plt.close("all")


def test_curves_hold_their_points_without_the_one_at_zero():
    ax = loss_curves({"small": [(0, 8.0), (10, 4.0), (100, 3.0)], "large": [(10, 3.5), (100, 2.0)]})
    assert [line.get_xydata().tolist() for line in ax.get_lines()] == [[[10, 4], [100, 3]], [[10, 3.5], [100, 2]]]
    assert {text.get_text() for text in ax.texts} == {"small", "large"}
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert ax.get_ylabel() == "bits per byte"


def test_the_law_runs_through_its_own_points():
    sizes = [1e4, 1e5, 1e6]
    ax = scaling_fit(sizes, [3.0, 2.0, 1.5], lambda n: 30 / n**0.25, names=["a", "b", "c"], floor=1.0)
    curve, points = ax.get_lines()[:2]
    x, y = curve.get_data()
    assert np.allclose(y, 30 / np.asarray(x) ** 0.25, rtol=1e-12)
    assert x.min() < 1e4 and x.max() > 1e6
    assert points.get_xydata().tolist() == [[1e4, 3.0], [1e5, 2.0], [1e6, 1.5]]
    assert {"a", "b", "c", "fitted floor"} == {text.get_text() for text in ax.texts}


def test_a_floor_far_below_is_left_out():
    ax = scaling_fit([1, 10, 100], [3.0, 2.0, 1.5], lambda n: 3 / n**0.15, floor=0.1)
    assert not ax.texts
