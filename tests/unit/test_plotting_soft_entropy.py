"""What the figures of the soft-entropy chapter plot: the numbers given, the bounds, the labels."""

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


def _horizontals(ax):
    """Heights of the full-width lines: what `bound` draws."""
    return [line.get_ydata()[0] for line in ax.lines if list(line.get_xdata()) == [0, 1]]


def test_saturation_plots_each_curve_and_the_bound():
    ax = plotting.binning_saturation([1, 2, 4], {"2 bins": [0.5, 1.0, 2.0], "4 bins": [1.0, 2.0, 3.0]}, 100)
    np.testing.assert_array_equal(ax.lines[0].get_xydata(), [[1, 0.5], [2, 1.0], [4, 2.0]])
    np.testing.assert_array_equal(ax.lines[1].get_ydata(), [1.0, 2.0, 3.0])
    assert _horizontals(ax) == pytest.approx([np.log(100)])
    texts = [t.get_text() for t in ax.texts]
    assert "2 bins" in texts and "4 bins" in texts and any("log N" in t for t in texts)


def test_saturation_names_a_curve_nearest_half_the_bound():
    ax = plotting.binning_saturation([1, 2, 4], {"2 bins": [0.5, 2.4, 4.6]}, 100)
    (label,) = [t for t in ax.texts if t.get_text() == "2 bins"]
    assert label.xy == (2.0, 2.4)


def test_spread_plots_both_estimators_under_log_m():
    ax = plotting.cloud_spread([0.0, 0.5, 0.9], {"k-means": [4.5, 4.4, 4.3], "soft": [4.6, 3.9, 2.5]}, 100)
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), [4.5, 4.4, 4.3])
    np.testing.assert_array_equal(ax.lines[1].get_xydata(), [[0.0, 4.6], [0.5, 3.9], [0.9, 2.5]])
    assert _horizontals(ax) == pytest.approx([np.log(100)])


def test_circle_spokes_are_as_long_as_the_weights():
    anchors = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]])
    weights = np.array([0.6, 0.3, 0.1])
    ax = plotting.assignment_on_circle(anchors, [1.0, 0.0], weights)
    spokes = ax.lines[1:]
    assert len(spokes) == 3
    for spoke, anchor, weight in zip(spokes, anchors, weights, strict=True):
        start, tip = spoke.get_xydata()
        np.testing.assert_allclose(start, anchor)
        assert np.linalg.norm(tip - start) == pytest.approx(0.6 * weight)
        assert np.linalg.norm(tip) == pytest.approx(1 + 0.6 * weight)
    np.testing.assert_array_equal(ax.collections[0].get_offsets(), anchors)


@pytest.mark.parametrize(
    ("anchors", "vector", "weights", "name"),
    [
        (np.eye(3), [1.0, 0.0], [0.5, 0.3, 0.2], "anchors"),
        (np.eye(2), [1.0, 0.0, 0.0], [0.5, 0.5], "vector"),
        (np.eye(2), [1.0, 0.0], [0.5, 0.3, 0.2], "weights"),
    ],
)
def test_circle_refuses_shapes_that_do_not_fit(anchors, vector, weights, name):
    with pytest.raises(ValueError, match=f"`{name}`"):
        plotting.assignment_on_circle(anchors, vector, weights)


def test_temperature_by_dimension_plots_both_on_log_axes():
    ax = plotting.temperature_by_dimension([8, 64, 512], [0.048, 0.036, 0.0143], [0.116, 0.041, 0.0146], 100)
    leading, exact = ax.lines
    np.testing.assert_array_equal(leading.get_ydata(), [0.116, 0.041, 0.0146])
    np.testing.assert_array_equal(exact.get_ydata(), [0.048, 0.036, 0.0143])
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")


def test_divergence_by_dimension_draws_its_target():
    ax = plotting.divergence_by_dimension([16, 64], [2.9, 3.86], 100)
    np.testing.assert_array_equal(ax.lines[0].get_xydata(), [[16, 2.9], [64, 3.86]])
    assert _horizontals(ax) == pytest.approx([np.log(100)])
    assert ax.get_ylim()[1] > np.log(100)


def test_freezing_draws_the_limit_beside_the_simulation():
    ax = plotting.freezing([0.5, 1.0, 2.0], {100: [0.1, 0.44, 0.76], 1000: [0.05, 0.38, 0.75]})
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), [0.1, 0.44, 0.76])
    np.testing.assert_array_equal(ax.lines[1].get_ydata(), [0.05, 0.38, 0.75])
    x, y = ax.lines[-1].get_data()
    assert np.all(y[x <= 1] == 0)
    assert y[-1] == pytest.approx(0.75)  # 1 - 1/2**2
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["m = 100", "m = 1,000", "limit of many anchors"]


def test_bias_plots_the_difference_and_both_bounds():
    errors = ([0.1, 0.05], [0.2, 0.1])
    ax = plotting.plug_in_bias([100, 1000], [2.0, 1.4], [1.9, 1.2], truth=0.48, ceiling=2.7, errors=errors)
    curves = {tuple(np.round(line.get_ydata(), 6)) for line in ax.lines}
    assert {(2.0, 1.4), (1.9, 1.2), (0.1, 0.2)} <= curves
    assert sorted(_horizontals(ax)) == pytest.approx([0.48, 2.7])
    (upper, lower) = [c.get_segments() for c in ax.collections[:2]]
    assert upper[0][1, 1] - upper[0][0, 1] == pytest.approx(0.2)  # twice the standard error
    assert lower[1][1, 1] - lower[1][0, 1] == pytest.approx(0.2)


def test_anchor_draws_shows_every_draw_the_mean_and_its_error():
    draws = [3.0, 3.2, 3.7, 3.3]
    ax = plotting.anchor_draws({"as they are": draws, "centred": [4.59, 4.6]}, upper=4.605)
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), draws)
    mean, (bar, *_) = ax.containers[0][0], ax.containers[0][2]
    assert mean.get_ydata()[0] == pytest.approx(3.3)
    low, high = bar.get_segments()[0][:, 1]
    assert (high - low) / 2 == pytest.approx(np.std(draws, ddof=1) / 2)
    assert 4.605 in _horizontals(ax)


def test_anchor_draws_refuses_a_single_draw():
    with pytest.raises(ValueError, match="at least 2"):
        plotting.anchor_draws({"one": [3.0]})


def test_more_curves_than_colours_are_refused_not_dropped():
    with pytest.raises(ValueError, match="at most 6 curves"):
        plotting.counts_kept([1, 2], {str(i): [1, 1] for i in range(7)})


def test_counts_kept_plots_each_format():
    ax = plotting.counts_kept([1, 2, 3], {"float64": [1, 1, 1], "bfloat16": [1, 0.9, 0.6]})
    np.testing.assert_array_equal(ax.lines[1].get_xydata(), [[1, 1], [2, 0.9], [3, 0.6]])
    assert {"float64", "bfloat16"} <= {t.get_text() for t in ax.texts}


@pytest.mark.parametrize(
    "draw",
    [
        lambda ax: plotting.binning_saturation([1, 2], {"a": [0.1, 0.2]}, 10, ax=ax),
        lambda ax: plotting.cloud_spread([0, 1], {"a": [0.1, 0.2]}, 10, ax=ax),
        lambda ax: plotting.assignment_on_circle(np.eye(2), [1, 0], [0.5, 0.5], ax=ax),
        lambda ax: plotting.temperature_by_dimension([8, 16], [0.1, 0.2], [0.1, 0.2], 10, ax=ax),
        lambda ax: plotting.divergence_by_dimension([8, 16], [0.1, 0.2], 10, ax=ax),
        lambda ax: plotting.freezing([0.5, 2], {10: [0.1, 0.2]}, ax=ax),
        lambda ax: plotting.plug_in_bias([8, 16], [0.1, 0.2], [0.1, 0.2], 0.1, 1.0, ax=ax),
        lambda ax: plotting.anchor_draws({"a": [0.1, 0.2]}, ax=ax),
        lambda ax: plotting.counts_kept([1, 2], {"a": [1, 1]}, ax=ax),
    ],
)
def test_draws_on_the_axes_given_and_opens_no_other_figure(draw):
    _, ax = plt.subplots()
    assert draw(ax) is ax
    assert len(plt.get_fignums()) == 1
    assert not ax.spines["top"].get_visible() and not ax.spines["right"].get_visible()
