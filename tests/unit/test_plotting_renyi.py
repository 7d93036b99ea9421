"""The numbers drawn by the figures of the chapter on Rényi entropies."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes

from infolib.plotting import renyi as figures


@pytest.fixture(autouse=True)
def close_figures():
    """Leave no open figure behind."""
    yield
    plt.close("all")


def drawn(ax):
    return {line.get_label(): line.get_xydata().tolist() for line in ax.lines}


def test_renyi_spectrum_bends_the_axis_so_that_infinity_fits():
    ax = figures.renyi_spectrum([0.0, 1.0, 3.0, np.inf], {"a": [4.0, 3.0, 2.0, 1.0]}, marked=(1.0, np.inf))
    curve, points = ax.lines
    np.testing.assert_allclose(curve.get_xydata(), [[0.0, 4.0], [0.5, 3.0], [0.75, 2.0], [1.0, 1.0]])
    np.testing.assert_allclose(points.get_xydata(), [[0.5, 3.0], [1.0, 1.0]])
    ticks = dict(zip((text.get_text() for text in ax.get_xticklabels()), ax.get_xticks(), strict=True))
    assert ticks == pytest.approx({"0": 0.0, "1/2": 1 / 3, "1": 0.5, "2": 2 / 3, "5": 5 / 6, "∞": 1.0})
    assert ax.get_ylabel() == "Rényi entropy (bits)"


def test_renyi_spectrum_can_hold_a_divergence():
    ax = figures.renyi_spectrum([0.0, np.inf], {"a": [0.0, 1.0], "b": [0.0, 2.0]}, quantity="Rényi divergence",
                                unit="nats")
    assert ax.get_ylabel() == "Rényi divergence (nats)"
    assert drawn(ax)["b"] == [[0.0, 0.0], [1.0, 2.0]]
    assert [text.get_text() for text in ax.texts] == ["a", "b"]


def test_surprise_averages_draws_areas_and_level_lines():
    ax = figures.surprise_averages([0.5, 0.25, 0.25], [1.0, 2.0, 2.0], {"order 1": 1.5, "order 0": 1.58})
    rectangles = [(r.get_x(), r.get_width(), r.get_height()) for r in ax.patches]
    assert rectangles == [(0.0, 0.5, 1.0), (0.5, 0.25, 2.0), (0.75, 0.25, 2.0)]
    assert {line.get_label(): set(line.get_ydata()) for line in ax.lines} == {"order 1": {1.5}, "order 0": {1.58}}


def test_simplex_contours_puts_the_sure_outcomes_at_the_corners():
    steps = 20
    i, j = np.meshgrid(np.arange(steps + 1), np.arange(steps + 1))
    points = np.stack([i, j, steps - i - j], axis=-1)[i + j <= steps] / steps
    ax = figures.simplex_contours(points, points[:, 2], levels=[0.25, 0.5, 0.75], corners=("x", "y", "z"), title="t")
    triangle = ax.lines[0].get_xydata()
    np.testing.assert_allclose(triangle, [[0, 0], [1, 0], [0.5, np.sqrt(0.75)], [0, 0]])
    assert [(text.get_text(), text.xy) for text in ax.texts] == [
        ("x", (0.0, 0.0)), ("y", (1.0, 0.0)), ("z", (0.5, np.sqrt(0.75)))
    ]
    # The value drawn is the third probability, so the line of level 1/2 is level, at half the height of the triangle.
    half = ax.collections[1].get_paths()[1].vertices
    np.testing.assert_allclose(half[:, 1], np.sqrt(0.75) / 2)
    assert ax.get_title() == "t"


def test_guessing_curve_draws_success_and_predictions():
    ax = figures.guessing_curve([1, 10, 100], [0.5, 0.75, 1.0], {"Hartley": [0.01, 0.1, 1.0]})
    assert drawn(ax) == {
        "best guesser": [[1, 0.5], [10, 0.75], [100, 1.0]],
        "Hartley": [[1, 0.01], [10, 0.1], [100, 1.0]],
    }
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    name, label = ax.texts
    assert (name.get_text(), label.get_text(), label.xy) == ("best guesser", "Hartley", (100, 1.0))


def test_information_spectra_are_steps_that_rise_at_the_surprisals():
    ax = figures.information_spectra({"one": ([1.0, 2.0], [0.5, 1.0]), "two": ([1.5], [1.0])}, mean=1.5)
    one, two, mean = ax.lines
    assert one.get_drawstyle() == "steps-post"
    np.testing.assert_allclose(one.get_xydata(), [[0.96, 0.0], [1.0, 0.5], [2.0, 1.0], [2.04, 1.0]])
    np.testing.assert_allclose(two.get_xydata(), [[0.96, 0.0], [1.5, 1.0], [2.04, 1.0]])
    assert set(mean.get_xdata()) == {1.5}
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["one", "two"]


def test_a_single_surprisal_has_room_on_both_sides():
    ax = figures.information_spectra({"fair": ([2.0], [1.0])})
    np.testing.assert_allclose(ax.lines[0].get_xydata(), [[1.96, 0.0], [2.0, 1.0], [2.04, 1.0]])
    assert ax.get_legend() is None


def test_privacy_budget_draws_every_account_and_keeps_the_names_apart():
    ax = figures.privacy_budget([1, 100], {"sum": [0.1, 10.0], "a": [0.1, 1.0], "b": [0.1, 1.01]}, delta=1e-5)
    assert drawn(ax) == {"sum": [[1, 0.1], [100, 10.0]], "a": [[1, 0.1], [100, 1.0]], "b": [[1, 0.1], [100, 1.01]]}
    assert ax.get_ylabel() == "epsilon at delta = 1e-05 (nats)"
    shift = {text.get_text(): text.xyann[1] for text in ax.texts}
    assert shift["a"] == shift["sum"] == 0.0
    assert 11.0 < shift["b"] < 12.0  # all but the distance that the two ends have themselves


def test_q_exponential_decay_leaves_out_zeros_and_labels_what_is_seen():
    ax = figures.q_exponential_decay([0.0, 1.0, 2.0], {"cut": [1.0, 0.5, 0.0], "low": [1.0, 0.1, 1e-5]}, floor=1e-2)
    cut, low = ax.lines
    np.testing.assert_array_equal(cut.get_ydata(), [1.0, 0.5, np.nan])
    np.testing.assert_array_equal(low.get_ydata(), [1.0, 0.1, 1e-5])
    assert [text.xy for text in ax.texts] == [(1.0, 0.5), (1.0, 0.1)]
    assert ax.get_ylim()[0] == 1e-2


def test_two_score_probability_draws_every_curve():
    ax = figures.two_score_probability([-1.0, 0.0, 1.0], {"a": [0.0, 0.5, 1.0], "b": [0.25, 0.5, 0.75]})
    assert drawn(ax) == {"a": [[-1, 0.0], [0, 0.5], [1, 1.0]], "b": [[-1, 0.25], [0, 0.5], [1, 0.75]]}


def test_support_size_draws_counts_on_a_logarithmic_axis():
    ax = figures.support_size([1.1, 2.0], {"entmax": [1000, 2], "bound": [5000, 2]})
    assert drawn(ax) == {"entmax": [[1.1, 1000], [2.0, 2]], "bound": [[1.1, 5000], [2.0, 2]]}
    assert ax.get_yscale() == "log"
    assert sorted(text.xyann[1] for text in ax.texts) == [0.0, 12.0]


@pytest.mark.parametrize(
    "draw",
    [
        lambda ax: figures.renyi_spectrum([0.0, 1.0], {"a": [1.0, 1.0]}, ax=ax),
        lambda ax: figures.surprise_averages([1.0], [0.0], {"a": 0.0}, ax=ax),
        lambda ax: figures.guessing_curve([1, 2], [0.5, 1.0], {}, ax=ax),
        lambda ax: figures.information_spectra({"a": ([1.0], [1.0])}, ax=ax),
        lambda ax: figures.privacy_budget([1, 2], {"a": [1.0, 2.0]}, delta=0.1, ax=ax),
        lambda ax: figures.q_exponential_decay([0.0, 1.0], {"a": [1.0, 0.5]}, ax=ax),
        lambda ax: figures.two_score_probability([0.0, 1.0], {"a": [0.5, 0.7]}, ax=ax),
        lambda ax: figures.support_size([1.5, 2.0], {"a": [3, 2]}, ax=ax),
    ],
)
def test_every_figure_draws_on_the_axes_given_and_names_what_it_shows(draw):
    _, given = plt.subplots()
    returned = draw(given)
    assert isinstance(returned, Axes) and returned is given
    assert len(plt.get_fignums()) == 1
    assert given.get_ylabel() and given.get_xlabel()
    assert not given.spines["top"].get_visible()


def test_simplex_contours_draws_on_the_axes_given():
    _, given = plt.subplots()
    assert figures.simplex_contours(np.eye(3), [0.0, 1.0, 2.0], levels=[0.5, 1.5], ax=given) is given
    assert len(plt.get_fignums()) == 1
