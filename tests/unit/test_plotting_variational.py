"""What the figures on trained bounds plot: the truth, medians and bands, the ceiling, the growth of the spread."""

import math

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from infolib.plotting.variational import bounds_against_truth, spread_against_truth


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def _named(ax):
    """Plotted points by the name in the legend."""
    return {line.get_label(): line.get_xydata() for line in ax.lines}


def test_bounds_draw_medians_bands_truth_and_ceiling():
    repeats = np.stack([np.arange(11.0), np.arange(11.0) + 100], axis=1)  # deciles are the values themselves
    ax = bounds_against_truth([2, 8], {"DV": repeats}, batch=128)
    np.testing.assert_array_equal(_named(ax)["truth"], [[2, 2], [8, 8]])
    np.testing.assert_array_equal(_named(ax)["DV"], [[2, 5], [8, 105]])
    (band,) = ax.collections
    corners = {(float(x), round(float(y), 9)) for x, y in band.get_paths()[0].vertices}
    assert corners == {(2, 1), (2, 9), (8, 101), (8, 109)}
    (ceiling,) = [line for line in ax.lines if list(line.get_xdata()) == [0, 1]]
    assert ceiling.get_ydata()[0] == pytest.approx(math.log(128), rel=1e-15, abs=0)
    assert "log 128" in [t.get_text() for t in ax.texts]
    assert ax.get_ylim() == (0, 12)


def test_bounds_without_a_batch_have_no_ceiling():
    ax = bounds_against_truth([1, 2], {"NWJ": [[1, 2]], "SMILE": [[1, 3]]})
    assert not ax.texts
    assert list(_named(ax)) == ["truth", "NWJ", "SMILE"]


def test_bounds_refuse_shapes_that_do_not_fit():
    with pytest.raises(ValueError, match=r"`values\['DV'\]` must have shape \(repeats, 2\)"):
        bounds_against_truth([1, 2], {"DV": [1, 2]})


def test_spread_plots_each_bound_on_a_log_axis():
    ax = spread_against_truth([1, 4], {"NWJ": [0.1, 0.4], "InfoNCE": [0.1, 0.05]})
    np.testing.assert_array_equal(_named(ax)["NWJ"], [[1, 0.1], [4, 0.4]])
    np.testing.assert_array_equal(_named(ax)["InfoNCE"], [[1, 0.1], [4, 0.05]])
    assert (ax.get_xscale(), ax.get_yscale()) == ("linear", "log")


@pytest.mark.parametrize(
    "draw",
    [
        lambda curves: bounds_against_truth([1, 2], {name: [c] for name, c in curves.items()}),
        lambda curves: spread_against_truth([1, 2], curves),
    ],
)
def test_more_curves_than_colours_are_refused_not_dropped(draw):
    with pytest.raises(ValueError, match="at most 6 curves"):
        draw({str(i): [1, 2] for i in range(7)})


@pytest.mark.parametrize(
    "draw",
    [
        lambda ax: bounds_against_truth([1, 2], {"a": [[1, 2]]}, 8, ax=ax),
        lambda ax: spread_against_truth([1, 2], {"a": [1, 2]}, ax=ax),
    ],
)
def test_draws_on_the_axes_given_and_opens_no_other_figure(draw):
    _, ax = plt.subplots()
    assert draw(ax) is ax
    assert len(plt.get_fignums()) == 1
    assert not ax.spines["top"].get_visible() and not ax.spines["right"].get_visible()
