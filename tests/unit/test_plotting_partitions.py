"""What the figure of the costs of partitions plots: the numbers given, their units, their names."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import same_color

from infolib import plotting

SECONDS = {"binned": [0.1, 0.4, 1.6], "soft entropy": [0.01, 0.02, 0.2]}
MEMORY = {"soft entropy": [2**20, 2**21, 2**22], "binned": [2**20, 2**20, 2**20], "one-hot": [2**28, 2**30, 2**32]}


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def _named(ax):
    """Each curve by the name in its colour, which stands where the curve ends."""
    found = {}
    for text in ax.texts:
        (line,) = [curve for curve in ax.lines if same_color(curve.get_color(), text.get_color())]
        assert text.xy == pytest.approx(tuple(line.get_xydata()[-1]), rel=1e-12, abs=0)
        found[text.get_text()] = line
    assert len(found) == len(ax.lines)
    return found


def test_seconds_on_the_left_and_mebibytes_on_the_right():
    left, right = plotting.partition_costs([64, 256, 1024], SECONDS, MEMORY)
    time, memory = _named(left), _named(right)
    assert {name: list(line.get_ydata()) for name, line in time.items()} == SECONDS
    assert {name: list(line.get_ydata()) for name, line in memory.items()} == {
        "soft entropy": [1, 2, 4], "binned": [1, 1, 1], "one-hot": [256, 1024, 4096],
    }
    for line in (*time.values(), *memory.values()):
        np.testing.assert_array_equal(line.get_xdata(), [64, 256, 1024])
    assert left.get_ylabel() == "time (s)"
    assert right.get_ylabel() == "memory beyond the vectors (MiB)"


def test_an_estimator_has_one_colour_and_what_was_not_run_is_dashed():
    left, right = plotting.partition_costs([64, 256, 1024], SECONDS, MEMORY)
    time, memory = _named(left), _named(right)
    for name in SECONDS:
        assert time[name].get_color() == memory[name].get_color()
        assert time[name].get_linestyle() == memory[name].get_linestyle() == "-"
    assert memory["one-hot"].get_linestyle() == "--"
    assert len({line.get_color() for line in memory.values()}) == 3


def test_names_of_curves_that_end_together_are_moved_apart():
    close = {name: [1.0, 10.0 * (1 + i / 1000)] for i, name in enumerate("abc")}
    left, _ = plotting.partition_costs([64, 256], close, {})
    left.figure.canvas.draw()
    boxes = {text.get_text(): text.get_window_extent() for text in left.texts}
    assert boxes["a"].y1 <= boxes["b"].y0 and boxes["b"].y1 <= boxes["c"].y0


def test_axes_are_logarithmic_and_ticked_at_the_sizes():
    left, right = plotting.partition_costs([5000, 20_000, 80_000], SECONDS, MEMORY, size_name="vectors N")
    for ax in (left, right):
        assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
        assert [t.get_text() for t in ax.get_xticklabels()] == ["5,000", "20,000", "80,000"]
        assert ax.get_xlabel() == "vectors N"
        assert ax.get_xlim()[1] > 80_000


def test_draws_on_the_axes_given_and_opens_no_other_figure():
    _, axes = plt.subplots(1, 2)
    assert plotting.partition_costs([64, 256, 1024], SECONDS, MEMORY, axes=tuple(axes)) == tuple(axes)
    assert len(plt.get_fignums()) == 1
    for ax in axes:
        assert not ax.spines["top"].get_visible() and not ax.spines["right"].get_visible()


def test_a_curve_that_misses_a_size_is_refused():
    with pytest.raises(ValueError, match=r"`memory\['binned'\]` must have one number for each of the 3 sizes"):
        plotting.partition_costs([64, 256, 1024], SECONDS, {"binned": [1, 2]})


def test_more_curves_than_colours_are_refused():
    with pytest.raises(ValueError, match="at most 6 curves"):
        plotting.partition_costs([64], {str(i): [1.0] for i in range(7)}, {})
