"""The numbers drawn by the figures of the chapter on divergence."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba

from infolib.plotting import _style
from infolib.plotting import divergence as figures


@pytest.fixture(autouse=True)
def close_figures():
    """Leave no open figure behind."""
    yield
    plt.close("all")


def drawn(ax):
    return {line.get_label(): np.asarray(line.get_xydata()).tolist() for line in ax.lines}


def words(ax):
    return [text.get_text() for text in ax.texts]


def test_belief_areas_hold_the_cross_entropy_and_outline_the_entropy():
    p, q = np.array([0.5, 0.25, 0.25]), np.array([0.25, 0.5, 0.25])
    ax = figures.belief_areas(p, -np.log2(p), -np.log2(q), ["a", "b"])
    filled, outlined = ([(r.get_x(), r.get_width(), r.get_height()) for r in bars] for bars in ax.containers)
    assert filled == [(0.0, 0.5, 2.0), (0.5, 0.25, 1.0), (0.75, 0.25, 2.0)]
    assert outlined == [(0.0, 0.5, 1.0), (0.5, 0.25, 2.0), (0.75, 0.25, 2.0)]
    assert sum(width * height for _, width, height in filled) == pytest.approx(1.75)
    assert sum(width * height for _, width, height in outlined) == pytest.approx(1.5)
    assert not any(bar.get_fill() for bar in ax.containers[1])
    assert [(text.get_text(), text.xy) for text in ax.texts] == [("a", (0.25, 2.0)), ("b", (0.625, 2.0))]


def test_evidence_walks_draw_every_walk_and_the_expected_line():
    walks = {"fair": [[0.0, 1.0, 2.0], [0.0, -1.0, 0.0]], "loaded": [[0.0, -2.0, -3.0]]}
    ax = figures.evidence_walks(walks, {"fair": 0.5, "loaded": -1.5})
    rows = [list(line.get_ydata()) for line in ax.lines if line.get_label() == "_walk"]
    assert rows == [[0.0, 1.0, 2.0], [0.0, -1.0, 0.0], [0.0, -2.0, -3.0]]
    lines = drawn(ax)
    assert lines["fair"] == [[0.0, 0.0], [1.0, 0.5], [2.0, 1.0]]
    assert lines["loaded"] == [[0.0, 0.0], [1.0, -1.5], [2.0, -3.0]]
    assert words(ax) == ["fair", "loaded"]


def test_divergence_against_draws_curves_bounds_and_marks():
    ax = figures.divergence_against([1.0, 10.0], {"a": [1.0, 2.0], "b": [0.5, 0.7]}, xlabel="n", log_x=True,
                                    bounds={"limit": 3.0}, marks=[("here", 10.0, 2.0)])
    lines = drawn(ax)
    assert lines["a"] == [[1.0, 1.0], [10.0, 2.0]] and lines["b"] == [[1.0, 0.5], [10.0, 0.7]]
    assert lines["_here"] == [[10.0, 2.0]]
    assert any(set(line.get_ydata()) == {3.0} for line in ax.lines)
    assert ax.get_xscale() == "log" and ax.get_ylabel() == "divergence (bits)"
    assert words(ax) == ["a", "b", "limit", "here"]
    assert [text.xy for text in ax.texts[:2]] == [(10.0, 2.0), (10.0, 0.7)]


def test_divergence_against_names_curves_where_asked_and_may_have_no_unit():
    ax = figures.divergence_against([0.0, 0.5, 1.0], {"a": [1.0, 4.0, 9.0]}, xlabel="t", quantity="length", unit="",
                                    label_at=0.6)
    assert [(text.get_text(), text.xy) for text in ax.texts] == [("a", (0.5, 4.0))]
    assert ax.get_ylabel() == "length"


def test_fitted_target_shades_the_target_and_draws_the_fits():
    ax = figures.fitted_target([0.0, 1.0], [0.25, 0.75], {"forward": [0.5, 0.5], "reverse": [0.0, 1.0]})
    corners = ax.collections[0].get_paths()[0].vertices
    assert {(0.0, 0.25), (1.0, 0.75), (0.0, 0.0), (1.0, 0.0)} <= {tuple(corner) for corner in corners.tolist()}
    assert drawn(ax) == {"forward": [[0.0, 0.5], [1.0, 0.5]], "reverse": [[0.0, 0.0], [1.0, 1.0]]}
    assert {text.get_text() for text in ax.get_legend().get_texts()} == {"target", "forward", "reverse"}
    assert len({line.get_linestyle() for line in ax.lines}) == 2


def test_divergence_map_puts_columns_across_and_marks_the_minima():
    values = np.array([[1.0, 2.0, 3.0], [10.0, 20.0, 30.0]])  # grows across, and tenfold upwards
    ax = figures.divergence_map([0.0, 1.0, 2.0], [5.0, 6.0], values, [(0.0, 5.0)], xlabel="mean", ylabel="sigma",
                                levels=[1.5, 2.5, 15.0])
    assert drawn(ax) == {"_minimum": [[0.0, 5.0]]}
    lines = ax.collections[1]
    np.testing.assert_array_equal(lines.levels, [1.5, 2.5, 15.0])
    crossing = lines.get_paths()[1].vertices  # of 2.5: half way between the second and third column, at the bottom
    assert [1.5, 5.0] in crossing.tolist()
    assert ax.get_xlim() == (0.0, 2.0) and ax.get_ylim() == (5.0, 6.0)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("mean", "sigma")


def test_divergence_map_writes_dark_on_light_and_white_on_dark():
    values = np.outer(np.geomspace(1.0, 100.0, 40), np.ones(40))
    ax = figures.divergence_map(np.arange(40.0), np.arange(40.0), values, xlabel="x", ylabel="y", levels=[2, 5, 20, 50])
    written = {text.get_text(): to_rgba(text.get_color()) for text in ax.texts}
    ink, white = to_rgba(_style.INK), to_rgba("white")
    assert written == {"2": ink, "5": ink, "20": white, "50": white}


def test_distance_cloud_draws_pairs_bound_and_sharpest():
    ax = figures.distance_cloud([0.1, 0.5], [0.3, 0.9], ([0.0, 1.0], [0.0, 2.0]), sharpest=([0.0, 0.5], [0.0, 0.7]))
    assert drawn(ax) == {
        "pairs": [[0.1, 0.3], [0.5, 0.9]],
        "bound": [[0.0, 0.0], [1.0, 2.0]],
        "two outcomes, one pmf fair": [[0.0, 0.0], [0.5, 0.7]],
    }
    assert "two outcomes, one pmf fair" not in drawn(figures.distance_cloud([0.1], [0.3], ([0.0], [0.0])))


def test_loss_above_floor_shades_the_gap_of_the_last_loss():
    ax = figures.loss_above_floor([0, 1], {"free": [3.0, 1.0], "bound": [4.0, 2.0]}, 0.5)
    lines = drawn(ax)
    assert lines["free"] == [[0.0, 3.0], [1.0, 1.0]] and lines["bound"] == [[0.0, 4.0], [1.0, 2.0]]
    corners = {tuple(corner) for corner in ax.collections[0].get_paths()[0].vertices.tolist()}
    assert corners == {(0.0, 0.5), (1.0, 0.5), (1.0, 2.0), (0.0, 4.0)}
    assert any(set(line.get_ydata()) == {0.5} for line in ax.lines)
    assert words(ax) == ["free", "bound", "entropy of the data"]


def test_divergence_by_shift_has_a_bar_a_shift_and_colours_the_key():
    ax = figures.divergence_by_shift([2.0, 0.5, 1.0], 1)
    assert [bar.get_height() for bar in ax.patches] == [2.0, 0.5, 1.0]
    assert [bar.get_facecolor() == to_rgba(_style.VERMILION) for bar in ax.patches] == [False, True, False]
    assert [(text.get_text(), text.xy) for text in ax.texts] == [("shift 1", (1, 0.5))]
    assert not figures.divergence_by_shift([2.0, 0.5]).texts


@pytest.mark.parametrize(
    "draw",
    [
        lambda ax: figures.belief_areas([1.0], [0.0], [1.0], ax=ax),
        lambda ax: figures.evidence_walks({"a": [0.0, 1.0]}, {"a": 1.0}, ax=ax),
        lambda ax: figures.divergence_against([1.0], {"a": [1.0]}, xlabel="x", ax=ax),
        lambda ax: figures.distance_cloud([0.1], [0.1], ([0.0, 1.0], [0.0, 2.0]), unit="bits", ax=ax),
        lambda ax: figures.loss_above_floor([0.0, 1.0], {"a": [2.0, 1.0]}, 0.5, unit="bits", ax=ax),
        lambda ax: figures.divergence_by_shift([1.0, 2.0], ax=ax),
        lambda ax: figures.fitted_target([0.0, 1.0], [0.5, 0.5], {"a": [0.5, 0.5]}, ax=ax),
        lambda ax: figures.divergence_map([0.0, 1.0], [0.0, 1.0], [[1.0, 2.0], [3.0, 4.0]], xlabel="x", ylabel="y",
                                          levels=[1.5, 2.5], ax=ax),
    ],
)
def test_every_figure_draws_on_the_axes_given_and_names_both_axes(draw):
    _, given = plt.subplots()
    returned = draw(given)
    assert isinstance(returned, Axes) and returned is given
    assert len(plt.get_fignums()) == 1
    assert given.get_xlabel() and given.get_ylabel()
    if given.get_ylabel() not in ("probability of a grid point", "y"):
        assert "(bits)" in given.get_ylabel()
    assert not given.spines["top"].get_visible()
