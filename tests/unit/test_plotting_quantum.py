"""The numbers drawn by the figures of the chapter on quantum entropy."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes

from infolib.plotting import quantum as figures


@pytest.fixture(autouse=True)
def close_figures():
    """Leave no open figure behind."""
    yield
    plt.close("all")


def drawn(ax):
    return {line.get_label(): line.get_xydata().tolist() for line in ax.lines}


def test_passing_probability_draws_every_state_and_the_mixture():
    ax = figures.passing_probability([0, 90, 180], {"0°": [1.0, 0.0, 1.0], "90°": [0.0, 1.0, 0.0]}, [0.5, 0.5, 0.5])
    lines = drawn(ax)
    assert lines["0°"] == [[0, 1], [90, 0], [180, 1]]
    assert lines["90°"] == [[0, 0], [90, 1], [180, 0]]
    assert lines["mixture"] == [[0, 0.5], [90, 0.5], [180, 0.5]]
    assert [text.get_text() for text in ax.texts] == ["0°", "90°", "mixture"]
    assert len({line.get_color() for line in ax.lines}) == 3


def test_bloch_disc_draws_the_circle_the_states_and_their_mixture():
    ax = figures.bloch_disc({"A": [(0, 1), (0, -1)], "B": [(1, 0)]}, (0.25, 0.5))
    lines = drawn(ax)
    assert lines["A"] == [[0, 1], [0, -1]] and lines["B"] == [[1, 0]] and lines["mixture"] == [[0.25, 0.5]]
    circle = ax.lines[0].get_xydata()
    np.testing.assert_allclose(np.hypot(*circle.T), 1)
    assert ax.get_aspect() == 1
    assert [text.get_text() for text in ax.texts] == ["A", "B", "mixture"]


def test_bloch_disc_names_each_point_where_it_lies():
    ax = figures.bloch_disc({"A": [(0, 1), (0, -1)]}, [0, 0], point_names={"A": ["0°", "90°"]})
    assert [(text.get_text(), text.xy) for text in ax.texts] == [
        ("0°", (0, 1)), ("90°", (0, -1)), ("mixture", (0, 0)),
    ]


def test_entropy_by_radius_draws_both_orders_and_the_bound():
    ax = figures.entropy_by_radius([0.0, 0.5, 1.0], [1.0, 0.8, 0.0], [1.0, 0.6, 0.0], bound=1.0)
    lines = drawn(ax)
    assert lines["von Neumann"] == [[0, 1], [0.5, 0.8], [1, 0]]
    assert lines["order 2"] == [[0, 1], [0.5, 0.6], [1, 0]]
    assert set(ax.lines[-1].get_ydata()) == {1.0}


def test_entropy_with_floor_marks_the_least_value_and_draws_both_ends():
    ax = figures.entropy_with_floor([0, 22.5, 45], [0.8, 0.6, 0.8], ("S", 0.6), ("one bit", 1.0), xlabel="angle")
    curve, point, *ends = ax.lines
    assert curve.get_xydata().tolist() == [[0, 0.8], [22.5, 0.6], [45, 0.8]]
    assert point.get_xydata().tolist() == [[22.5, 0.6]]
    assert [set(line.get_ydata()) for line in ends] == [{0.6}, {1.0}]
    assert [text.get_text() for text in ax.texts] == ["22.5°", "S", "one bit"]


def test_page_curve_draws_means_with_the_range_of_the_states():
    ax = figures.page_curve([1, 2, 3], [1, 2, 1], [0.9, 1.7, 0.9], [[0.8, 1.6, 0.9], [1.0, 1.9, 0.9]])
    lines = drawn(ax)
    assert lines["bound"] == [[1, 1], [2, 2], [3, 1]]
    assert lines["Page's average"] == [[1, 0.9], [2, 1.7], [3, 0.9]]
    bars = ax.containers[0]
    np.testing.assert_allclose(bars.lines[0].get_xydata(), [[1, 0.9], [2, 1.75], [3, 0.9]])
    ends = np.array([segment[:, 1] for segment in bars.lines[2][0].get_segments()])
    np.testing.assert_allclose(ends, [[0.8, 1.0], [1.6, 1.9], [0.9, 0.9]])
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["random states", "Page's average"]


def test_conditional_by_weight_shades_what_is_below_zero_and_marks_points():
    ax = figures.conditional_by_weight([0.0, 0.5, 1.0], [1.0, 0.0, -1.0], [("Bell pair", 1.0, -1.0)])
    curve, zero, mark = ax.lines
    assert curve.get_xydata().tolist() == [[0, 1], [0.5, 0], [1, -1]]
    assert set(zero.get_ydata()) == {0}
    assert mark.get_xydata().tolist() == [[1, -1]]
    shaded = ax.collections[0].get_paths()[0].vertices
    assert shaded[:, 0].min() >= 0.5 and shaded[:, 1].min() == -1 and shaded[:, 1].max() == 0


def test_spectra_are_drawn_in_falling_order_with_the_effective_rank_on_the_curve():
    ax = figures.spectra({"a": ([0.25, 0.5, 0.25], 2.0), "b": ([1.0], 1.0)})
    curve, dot, _, other = ax.lines
    assert curve.get_xydata().tolist() == [[1, 0.5], [2, 0.25], [3, 0.25]]
    np.testing.assert_allclose(dot.get_xydata(), [[2, 0.25]])
    np.testing.assert_allclose(other.get_xydata(), [[1, 1]])
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["a: 2.0", "b: 1.0"]
    assert ax.get_xscale() == ax.get_yscale() == "log"


def test_effective_rank_against_draws_every_curve_and_the_floor():
    ax = figures.effective_rank_against([1, 10], {"unit": [70, 70], "trace": [60, 1]}, xlabel="size", log_x=True)
    lines = drawn(ax)
    assert lines["unit"] == [[1, 70], [10, 70]] and lines["trace"] == [[1, 60], [10, 1]]
    assert set(ax.lines[-1].get_ydata()) == {1.0}
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "linear")
    assert figures.effective_rank_against([1, 2], {"a": [1, 2]}, xlabel="x", log_y=True).get_yscale() == "log"


@pytest.mark.parametrize(
    ("draw", "label"),
    [
        (lambda ax: figures.passing_probability([0.0, 1.0], {"a": [0.0, 1.0]}, [0.5, 0.5], ax=ax), "probability"),
        (lambda ax: figures.bloch_disc({"a": [(0, 1)]}, (0, 0), ax=ax), "$z$"),
        (lambda ax: figures.entropy_by_radius([0.0, 1.0], [1, 0], [1, 0], bound=1.0, ax=ax), "(bits)"),
        (lambda ax: figures.entropy_with_floor([0, 1], [1, 1], ("a", 1), ("b", 1), xlabel="x", ax=ax), "(bits)"),
        (lambda ax: figures.page_curve([1, 2], [1, 1], [1, 1], [[1, 1]], ax=ax), "(bits)"),
        (lambda ax: figures.conditional_by_weight([0, 1], [1, -1], ax=ax), "(bits)"),
        (lambda ax: figures.spectra({"a": ([0.5, 0.5], 2.0)}, ax=ax), "eigenvalue"),
        (lambda ax: figures.effective_rank_against([1, 2], {"a": [1, 2]}, xlabel="x", ax=ax), "(directions)"),
    ],
)
def test_every_figure_draws_on_the_axes_given_and_names_what_it_shows(draw, label):
    _, given = plt.subplots()
    returned = draw(given)
    assert isinstance(returned, Axes) and returned is given
    assert len(plt.get_fignums()) == 1
    assert label in given.get_ylabel() and given.get_xlabel()
    assert not given.spines["top"].get_visible()
