"""The numbers drawn by the figures of the chapter on entropy."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes

from infolib.plotting import entropy as figures


@pytest.fixture(autouse=True)
def close_figures():
    """Leave no open figure behind."""
    yield
    plt.close("all")


def test_surprise_areas_have_the_area_of_the_entropy():
    p = np.array([0.5, 0.25, 0.25])
    ax = figures.surprise_areas(p, -np.log2(p), ["a"])
    rectangles = [(r.get_x(), r.get_width(), r.get_height()) for r in ax.patches]
    assert rectangles == [(0.0, 0.5, 1.0), (0.5, 0.25, 2.0), (0.75, 0.25, 2.0)]
    assert sum(width * height for _, width, height in rectangles) == pytest.approx(1.5)
    assert [text.get_text() for text in ax.texts] == ["a"]


def test_surprise_curve_draws_the_curve_and_its_events():
    p = np.array([0.25, 0.5, 1.0])
    ax = figures.surprise_curve(p, -np.log2(p), [("heads", 0.5, 1.0)])
    curve, event = ax.lines
    np.testing.assert_array_equal(curve.get_xydata(), [[0.25, 2.0], [0.5, 1.0], [1.0, 0.0]])
    np.testing.assert_array_equal(event.get_xydata(), [[0.5, 1.0]])
    assert ax.texts[0].get_text() == "heads"
    assert ax.get_ylabel() == "surprise (bits)"


def test_entropy_term_marks_its_largest_value():
    p = np.array([0.25, 0.37, 0.5])
    term = -p * np.log(p)
    ax = figures.entropy_term(p, term, unit="nats")
    np.testing.assert_allclose(ax.lines[0].get_ydata(), term)
    np.testing.assert_allclose(ax.lines[1].get_xydata(), [[0.37, -0.37 * np.log(0.37)]])
    assert ax.texts[0].get_text() == "largest at p = 0.37"


def test_binary_entropy_curve_draws_coins_and_the_bound():
    ax = figures.binary_entropy_curve([0.0, 0.5, 1.0], [0.0, 1.0, 0.0], [("fair", 0.5, 1.0)], bound=1.0)
    curve, coin, bound = ax.lines
    np.testing.assert_array_equal(curve.get_ydata(), [0.0, 1.0, 0.0])
    np.testing.assert_array_equal(coin.get_xydata(), [[0.5, 1.0]])
    assert set(bound.get_ydata()) == {1.0}


def test_entropy_against_draws_every_curve_the_reference_and_the_bound():
    ax = figures.entropy_against([1.0, 10.0], {"a": [1.0, 2.0], "b": [0.5, 1.5]}, xlabel="mean", log_x=True,
                                 reference=("approximation", [0.4, 1.4]), bound=("ceiling", 3.0))
    drawn = {line.get_label(): list(line.get_ydata()) for line in ax.lines}
    assert drawn["a"] == [1.0, 2.0] and drawn["b"] == [0.5, 1.5] and drawn["approximation"] == [0.4, 1.4]
    assert set(ax.lines[-1].get_ydata()) == {3.0}
    assert ax.get_xscale() == "log"
    assert [text.get_text() for text in ax.texts] == ["a", "b", "approximation", "ceiling"]


def test_entropy_range_fills_between_the_ends_and_shows_the_points():
    ax = figures.entropy_range([0.0, 1.0], [0.0, 0.0], [3.0, 0.0], ([0.5], [1.0]), ceiling=3.0)
    drawn = {line.get_label(): line.get_xydata().tolist() for line in ax.lines}
    assert drawn["highest"] == [[0.0, 3.0], [1.0, 0.0]]
    assert drawn["lowest"] == [[0.0, 0.0], [1.0, 0.0]]
    assert drawn["measured"] == [[0.5, 1.0]]
    corners = ax.collections[0].get_paths()[0].vertices
    assert corners[:, 1].max() == 3.0 and corners[:, 1].min() == 0.0


def test_mixture_entropy_draws_the_three_curves():
    ax = figures.mixture_entropy([0.0, 0.5, 1.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0], [0.0, 1.25, 0.0])
    drawn = {line.get_label(): list(line.get_ydata()) for line in ax.lines}
    assert drawn == {
        "average plus $h_b$ of the weight": [0.0, 1.25, 0.0],
        "entropy of the mixture": [0.0, 1.0, 0.0],
        "average of the entropies": [0.0, 0.0, 0.0],
    }


def test_continuity_bound_draws_pairs_and_the_bound():
    ax = figures.continuity_bound([0.1, 0.2], [0.0, 0.3], ([0.0, 0.5, 1.0], [0.0, 1.0, 0.8]))
    pairs, bound = ax.lines
    np.testing.assert_array_equal(pairs.get_xydata(), [[0.1, 0.0], [0.2, 0.3]])
    np.testing.assert_array_equal(bound.get_ydata(), [0.0, 1.0, 0.8])


@pytest.mark.parametrize(
    "draw",
    [
        lambda ax: figures.surprise_areas([1.0], [0.0], ax=ax),
        lambda ax: figures.surprise_curve([1.0], [0.0], ax=ax),
        lambda ax: figures.entropy_term([1.0], [0.5], ax=ax),
        lambda ax: figures.binary_entropy_curve([0.0, 1.0], [0.0, 0.0], ax=ax),
        lambda ax: figures.entropy_against([1.0], {"a": [1.0]}, xlabel="x", ax=ax),
        lambda ax: figures.entropy_range([0.0, 1.0], [0.0, 0.0], [1.0, 0.0], ax=ax),
        lambda ax: figures.mixture_entropy([0.0, 1.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0], ax=ax),
        lambda ax: figures.continuity_bound([0.1], [0.1], ([0.0, 1.0], [0.0, 1.0]), ax=ax),
    ],
)
def test_every_figure_draws_on_the_axes_given_and_names_its_unit(draw):
    _, given = plt.subplots()
    returned = draw(given)
    assert isinstance(returned, Axes) and returned is given
    assert len(plt.get_fignums()) == 1
    assert "(bits)" in given.get_ylabel() and given.get_xlabel()
    assert not given.spines["top"].get_visible()
