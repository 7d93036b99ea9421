"""The numbers drawn by the figures of the chapter on estimation."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes

from infolib.plotting import estimation as figures


@pytest.fixture(autouse=True)
def close_figures():
    """Leave no open figure behind."""
    yield
    plt.close("all")


def drawn(ax):
    return {line.get_label(): line.get_xydata().tolist() for line in ax.lines}


def test_estimates_are_drawn_as_means_with_deciles_beside_truth_and_ceiling():
    repeats = np.stack([np.arange(11.0), np.arange(11.0) + 100], axis=1)  # deciles are the values themselves
    ax = figures.estimates_against([10, 100], {"a": repeats, "b": [1.0, 2.0]}, truth=7.0, ceiling=("log N", [3.0, 4.0]))
    assert drawn(ax) == {
        "truth": [[10, 7], [100, 7]],
        "log N": [[10, 3], [100, 4]],
        "a": [[10, 5], [100, 105]],
        "b": [[10, 1], [100, 2]],
    }
    (band,) = ax.collections  # a single estimate has no spread to draw
    corners = {(float(x), round(float(y), 9)) for x, y in band.get_paths()[0].vertices}
    assert corners == {(10, 1), (10, 9), (100, 101), (100, 109)}
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["truth", "log N", "a", "b"]
    assert ax.get_xscale() == "log"


def test_estimates_take_a_truth_for_each_x_and_an_even_axis():
    ax = figures.estimates_against([0, 1], {"a": [0.5, 1.5]}, truth=[1, 2], log_x=False, xlabel="truth", ylabel="bits")
    assert drawn(ax)["truth"] == [[0, 1], [1, 2]]
    assert (ax.get_xscale(), ax.get_xlabel(), ax.get_ylabel()) == ("linear", "truth", "bits")


def test_bias_is_drawn_on_two_log_axes_beside_the_expansion():
    ax = figures.bias_by_size([10, 100], {"uniform": [0.9, 0.1]}, [1.0, 0.1])
    assert drawn(ax) == {"(K - 1) / 2N": [[10, 1.0], [100, 0.1]], "uniform": [[10, 0.9], [100, 0.1]]}
    assert ax.lines[0].get_linestyle() == "--"
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")


def test_samples_are_drawn_as_histograms_of_area_one_with_theory_and_marks():
    ax = figures.sampled_density({"a": [0.0, 1.0, 1.5, 2.0]}, ("flat", [0, 2], [0.5, 0.5]), xlabel="x",
                                 marks=[("seen", 1.2)], bins=2)  # fmt: skip
    height, edges, _ = ax.patches[-1].get_data()
    np.testing.assert_allclose(height, [0.25, 0.75])  # the last bin holds its upper edge
    np.testing.assert_allclose(edges, [0, 1, 2])
    assert drawn(ax)["flat"] == [[0, 0.5], [2, 0.5]]
    assert list(ax.lines[-1].get_xdata()) == [1.2, 1.2]
    assert [text.get_text() for text in ax.texts] == ["seen"]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["a", "flat"]


def test_neighbourhood_sorts_points_by_where_they_were_counted():
    points = [[0, 0], [1, 9], [9, 1], [1, 1], [9, 9]]
    in_x, in_y = [False, True, False, True, False], [False, False, True, True, False]
    ax = figures.neighbourhood(points, 0, (2, 3), (in_x, in_y))
    lines = drawn(ax)
    assert lines["counted in x"] == [[1, 9]] and lines["counted in y"] == [[9, 1]]
    assert lines["counted in both"] == [[1, 1]] and lines["not counted"] == [[9, 9]]
    assert lines["the sample"] == [[0, 0]]
    assert ax.get_title() == "x: 2 counted, y: 2 counted"
    strip_x, strip_y, box = ax.patches
    assert (strip_x.get_x(), strip_x.get_width()) == (-2, 4) and (strip_y.get_y(), strip_y.get_height()) == (-3, 6)
    assert (box.get_xy(), box.get_width(), box.get_height()) == ((-2, -3), 4, 6)
    assert ax.get_aspect() == 1  # a square is drawn as one
    assert figures.neighbourhood(points, 0, (2, 3), (in_x, in_y), title="KSG 2").get_title() == "KSG 2"


def test_errors_are_written_in_their_cells_and_coloured_by_sign():
    ax = figures.estimate_errors([[0.25, -0.9], [np.nan, 0.0]], ["normal", "swiss roll"], ["KSG", "NWJ"], most=1.0)
    assert [text.get_text() for text in ax.texts] == ["+0.25", "-0.90", "", "+0.00"]
    (image,) = ax.images
    np.testing.assert_array_equal(image.get_array().filled(np.nan), [[0.25, -0.9], [np.nan, 0.0]])
    assert image.get_clim() == (-1, 1)
    high, low = image.to_rgba([0.9, -0.9])
    assert high[0] > high[2] and low[2] > low[0]  # red above, blue below
    assert [text.get_text() for text in ax.get_xticklabels()] == ["KSG", "NWJ"]
    assert [text.get_text() for text in ax.get_yticklabels()] == ["normal", "swiss roll"]


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: figures.estimates_against([1, 2], {"a": [1, 2, 3]}), r"`estimates\['a'\]` must have shape"),
        (lambda: figures.estimates_against([1], {str(i): [1] for i in range(7)}), "at most 6"),
        (lambda: figures.sampled_density({str(i): [1, 2] for i in range(7)}, xlabel="x"), "at most 6"),
        (lambda: figures.estimate_errors([[1, 2]], ["a", "b"], ["c"]), r"must have shape \(2, 1\)"),
    ],
)
def test_what_does_not_fit_is_refused_and_not_dropped(draw, message):
    with pytest.raises(ValueError, match=message):
        draw()


@pytest.mark.parametrize(
    ("draw", "label"),
    [
        (lambda ax: figures.estimates_against([1, 2], {"a": [1, 2]}, ax=ax), "(nats)"),
        (lambda ax: figures.bias_by_size([1, 2], {"a": [1, 2]}, [1, 2], ax=ax), "(nats)"),
        (lambda ax: figures.sampled_density({"a": [1, 2]}, xlabel="x", ax=ax), "density"),
        (lambda ax: figures.neighbourhood([[0, 0]], 0, (1, 1), ([False], [False]), ax=ax), "y"),
    ],
)
def test_every_figure_draws_on_the_axes_given_and_names_what_it_shows(draw, label):
    _, given = plt.subplots()
    returned = draw(given)
    assert isinstance(returned, Axes) and returned is given
    assert len(plt.get_fignums()) == 1
    assert label in given.get_ylabel() and given.get_xlabel()
    assert not given.spines["top"].get_visible()


def test_the_grid_of_errors_draws_on_the_axes_given():
    _, given = plt.subplots()
    assert figures.estimate_errors([[1.0]], ["a"], ["b"], ax=given) is given
    assert len(plt.get_fignums()) == 1
