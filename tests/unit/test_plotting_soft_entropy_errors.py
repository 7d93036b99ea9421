"""What the figures on bias, luck and error bars plot: the numbers given, and which of them miss the truth."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from infolib import plotting


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def _named(ax):
    """Plotted points by the name in the legend."""
    return {line.get_label(): line.get_xydata() for line in ax.lines}


def test_growth_draws_curves_and_real_labels():
    ax = plotting.label_growth([1, 2, 4], {"says nothing": [0.0, 0.5, 1.0]}, {"rare": ([2, 3], [0.4, 0.7])})
    np.testing.assert_array_equal(_named(ax)["rare"], [[2, 0.4], [3, 0.7]])
    (curve,) = [line for line in ax.lines if line.get_label() != "rare"]
    np.testing.assert_array_equal(curve.get_xydata(), [[1, 0.0], [2, 0.5], [4, 1.0]])
    (name,) = [t for t in ax.texts if t.get_text() == "says nothing"]
    assert name.xy == (4.0, 1.0)


def test_growth_works_without_real_labels():
    ax = plotting.label_growth([1, 2], {"a": [0.0, 0.5]})
    assert len(ax.lines) == 1 and ax.get_legend() is None


def test_corrected_draws_the_interval_as_given_even_where_it_is_uneven():
    intervals = [[0.1, 0.6], [0.3, 0.6]]
    ax = plotting.corrected_information([100, 1000], {"plug-in": [2.0, 1.0]}, [0.5, 0.4], intervals, 0.45)
    np.testing.assert_array_equal(_named(ax)["plug-in"], [[100, 2.0], [1000, 1.0]])
    (bars,) = ax.containers
    ends = np.array([segment[:, 1] for segment in bars.lines[2][0].get_segments()])
    np.testing.assert_allclose(ends, intervals, rtol=1e-12)
    (truth,) = [line for line in ax.lines if list(line.get_xdata()) == [0, 1]]
    assert truth.get_ydata()[0] == 0.45


def test_label_draws_show_the_spread_over_sets_and_not_its_standard_error():
    ax = plotting.label_draws(["0", "1"], [[0.1, 0.4], [0.3, 0.4], [0.5, 0.4]], one=[0.5, 0.4])
    (bars,) = ax.containers
    np.testing.assert_allclose(bars.lines[0].get_ydata(), [0.3, 0.4])
    ends = np.array([segment[:, 1] for segment in bars.lines[2][0].get_segments()])
    np.testing.assert_allclose(ends, [[0.1, 0.5], [0.4, 0.4]], rtol=1e-12)
    np.testing.assert_array_equal(_named(ax)["one set"], [[0, 0.5], [1, 0.4]])


def test_control_variate_draws_the_line_of_the_given_slope_through_the_means():
    ax = plotting.control_variate([1.0, 2.0, 6.0], [2.0, 4.0, 6.0], slope=0.5)
    np.testing.assert_array_equal(ax.lines[0].get_xydata(), [[1, 2], [2, 4], [6, 6]])
    np.testing.assert_allclose(ax.lines[1].get_xydata(), [[1, 3], [6, 5.5]])


def test_repeated_intervals_colour_what_misses():
    ax = plotting.repeated_intervals([[0.0, 2.0], [1.0, 3.0], [1.5, 2.0], [0.1, 0.9]], truth=1.0)
    assert ax.get_title() == "2 of 4 hold the truth"  # an end on the truth holds it
    hit, missed = ([s[:, 0].tolist() for s in c.get_segments()] for c in ax.collections)
    assert hit == [[0.0, 2.0], [1.0, 3.0]] and missed == [[1.5, 2.0], [0.1, 0.9]]


def test_lower_bounds_plots_each_curve_under_its_name():
    ax = plotting.lower_bounds([0, 1, 2], {"vector": [0, 0.5, 0.6], "anchor": [0, 0.3, 0.5]}, "distance")
    np.testing.assert_array_equal(_named(ax)["vector"], [[0, 0], [1, 0.5], [2, 0.6]])
    np.testing.assert_array_equal(_named(ax)["anchor"], [[0, 0], [1, 0.3], [2, 0.5]])
    assert ax.get_xlabel() == "distance"
