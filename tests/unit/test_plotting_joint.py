"""The numbers drawn by the figures of the chapter on joint and conditional entropy."""

import matplotlib

matplotlib.use("Agg")

from typing import cast

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.patches import Circle, Rectangle
from mpl_toolkits.mplot3d.art3d import Poly3DCollection

from infolib.plotting import joint as figures

XOR = {(0,): 0.0, (1,): 0.0, (2,): 0.0, (0, 1): 1.0, (0, 2): 1.0, (1, 2): 1.0, (0, 1, 2): -1.0}


@pytest.fixture(autouse=True)
def close_figures():
    """Leave no open figure behind."""
    yield
    plt.close("all")


def texts(ax) -> list[str]:
    return [text.get_text() for text in ax.texts]


def test_information_bars_overlap_by_the_shared_part():
    ax = figures.information_bars(0.5, 0.25, 1.0, ("A", "B"))
    bars = [cast(Rectangle, patch) for patch in ax.patches]
    drawn = [(bar.get_x(), bar.get_width(), bar.get_y() + bar.get_height() / 2) for bar in bars]
    joint, a, b, only_a, shared, only_b = [(left, width) for left, width, _ in drawn]
    assert joint == (0.0, 1.75)
    assert a == (0.0, 0.75) and b == (0.5, 1.25)
    assert only_a == (0.0, 0.5) and shared == (0.5, 0.25) and only_b == (0.75, 1.0)
    assert [height for *_, height in drawn] == [3, 2, 1, 0, 0, 0]
    assert texts(ax) == ["H(A, B)\n1.750", "H(A)\n0.750", "H(B)\n1.250", "H(A | B)\n0.500", "I(A; B)\n0.250",
                         "H(B | A)\n1.000"]  # fmt: skip


def test_entropy_by_condition_has_the_area_of_the_conditional_entropy():
    ax = figures.entropy_by_condition([0.25, 0.75], [0.0, 1.0], ["a", "b"], average=0.75, unconditional=0.9,
                                      xlabel="probability")  # fmt: skip
    bars = [cast(Rectangle, patch) for patch in ax.patches]
    assert [(bar.get_x(), bar.get_width(), bar.get_height()) for bar in bars] == [(0.0, 0.25, 0.0), (0.25, 0.75, 1.0)]
    assert sum(bar.get_width() * bar.get_height() for bar in bars) == 0.75
    heights = {line.get_label(): set(np.asarray(line.get_ydata())) for line in ax.lines}
    assert heights == {"average: H(X | Y)": {0.75}, "nothing known: H(X)": {0.9}}
    assert texts(ax)[:2] == ["a", "b"]
    assert ax.get_ylim()[1] > 1.0


def region_texts(ax) -> dict[str, list[tuple[float, float]]]:
    found: dict[str, list[tuple[float, float]]] = {}
    for text in ax.texts:
        found.setdefault(text.get_text(), []).append(text.get_position())
    return found


def test_region_diagram_writes_every_number_into_its_region():
    atoms = {key: float(10 * len(key) + sum(key)) for key in XOR}
    atoms[(0, 1, 2)] = -7.0
    ax = figures.region_diagram(atoms, ("A", "B", "C"))
    circles = [cast(Circle, patch) for patch in ax.patches if isinstance(patch, Circle)]
    assert len(circles) == 3
    for key, value in atoms.items():
        ((x, y),) = region_texts(ax)[f"{value:.3g}".replace("-", "\N{MINUS SIGN}")]
        inside = tuple(
            i for i, c in enumerate(circles) if np.hypot(x - c.get_center()[0], y - c.get_center()[1]) < c.get_radius()
        )
        assert inside == key
    assert {"A", "B", "C", "in bits"} <= set(texts(ax))


def test_region_diagram_colours_and_hatches_the_negative_centre():
    ax = figures.region_diagram(XOR)
    picture = np.asarray(ax.images[0].get_array())
    centre, outside = picture[175 - 5, 175], picture[5, 5]
    assert centre[0] > centre[2] and centre[3] == pytest.approx(0.75)  # red, and the strongest
    assert outside[3] == 0.0
    assert any(getattr(c, "hatches", None) == ["///"] for c in ax.collections)
    plain = figures.region_diagram({key: abs(value) for key, value in XOR.items()})
    assert not plain.collections


def test_region_diagram_writes_no_negative_zero():
    ax = figures.region_diagram(dict.fromkeys(XOR, -1e-17))
    assert region_texts(ax)["0"] and not any("\N{MINUS SIGN}" in text for text in texts(ax))


def test_information_against_draws_curves_and_reference():
    ax = figures.information_against([1, 2, 4], {"a": [1.0, 0.5, 0.1], "b": [0.9, 0.2, 0.1]}, xlabel="distance",
                                     reference=("bound", [1.0, 0.6, 0.4]), log_x=True)  # fmt: skip
    drawn = {line.get_label(): list(np.asarray(line.get_ydata())) for line in ax.lines}
    assert drawn == {"a": [1.0, 0.5, 0.1], "b": [0.9, 0.2, 0.1], "bound": [1.0, 0.6, 0.4]}
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "linear")
    assert ax.get_ylim()[0] == 0
    (name,) = [text for text in ax.texts if text.get_text() == "bound"]
    assert getattr(name, "xy") == (4.0, 0.4)  # noqa: B009 - farthest from both curves; Text itself has no `xy`
    logarithmic = figures.information_against([1, 2], {"": [1.0, 0.1]}, xlabel="distance", log_y=True)
    assert logarithmic.get_yscale() == "log"


def test_error_region_fills_between_its_edges():
    ax = figures.error_region([0.0, 0.5], [0.0, 1.0], [0.0, 1.5], [("k = 1", 0.4, 1.1)])
    drawn = {line.get_label(): line.get_xydata().tolist() for line in ax.lines[:2]}
    assert drawn == {"Fano's bound": [[0.0, 0.0], [0.5, 1.5]], "twice the error": [[0.0, 0.0], [0.5, 1.0]]}
    np.testing.assert_array_equal(ax.lines[2].get_xydata(), [[0.4, 1.1]])
    corners = ax.collections[0].get_paths()[0].vertices
    assert {(0.5, 1.5), (0.5, 1.0)} <= {tuple(corner) for corner in np.asarray(corners)}
    assert texts(ax) == ["Fano's bound", "twice the error", "k = 1"]


def test_subset_averages_draw_every_curve_and_keep_labels_apart():
    ax = figures.subset_averages([1, 2], {"a": [1.0, 0.5], "b": [1.0, 0.501], "c": [1.0, 1.0]})
    drawn = {line.get_label(): line.get_xydata().tolist() for line in ax.lines}
    assert drawn == {"a": [[1, 1.0], [2, 0.5]], "b": [[1, 1.0], [2, 0.501]], "c": [[1, 1.0], [2, 1.0]]}
    assert list(ax.get_xticks()) == [1, 2]
    heights = {text.get_text(): getattr(text, "xy")[1] for text in ax.texts}  # noqa: B009
    assert heights["a"] == 0.5 and heights["b"] == pytest.approx(0.56) and heights["c"] == 1.0


def test_body_with_shadows_draws_a_tile_for_each_square_of_each_shadow():
    body = np.zeros((2, 3, 2), dtype=bool)
    body[0, 0, 0] = body[1, 0, 0] = body[0, 2, 1] = True
    ax = figures.body_with_shadows(body)
    polygons = [cast(Poly3DCollection, c) for c in ax.collections if isinstance(c, Poly3DCollection)]
    cubes, walls = polygons[:-3], polygons[-3:]
    assert len(cubes) == 3
    tiles = [np.asarray(wall._faces) for wall in walls]  # the corners, which have no public getter
    assert [len(wall) for wall in tiles] == [2, 3, 3]
    wall_of = [-1.5, 4.5, -1.5]
    for axis, corners in enumerate(tiles):
        assert set(corners[..., axis].ravel()) == {wall_of[axis]}
        squares = {tuple(np.delete(tile.min(axis=0), axis).astype(int)) for tile in corners}
        assert squares == {tuple(cell) for cell in np.argwhere(body.any(axis=axis))}


def test_body_with_shadows_draws_on_the_axes_given():
    given = plt.figure().add_subplot(projection="3d")
    assert figures.body_with_shadows(np.ones((1, 1, 1)), ax=given) is given  # type: ignore[arg-type]
    assert len(plt.get_fignums()) == 1


@pytest.mark.parametrize(
    "draw",
    [
        lambda ax: figures.information_bars(0.5, 0.5, 0.5, ax=ax),
        lambda ax: figures.entropy_by_condition([1.0], [1.0], average=1.0, unconditional=1.0, xlabel="x", ax=ax),
        lambda ax: figures.region_diagram(XOR, ax=ax),
        lambda ax: figures.information_against([1.0], {"a": [1.0]}, xlabel="x", ax=ax),
        lambda ax: figures.error_region([0.0, 0.5], [0.0, 1.0], [0.0, 1.5], ax=ax),
        lambda ax: figures.subset_averages([1, 2], {"a": [1.0, 0.5]}, ax=ax),
    ],
)
def test_every_figure_draws_on_the_axes_given_and_names_its_unit(draw):
    _, given = plt.subplots()
    returned = draw(given)
    assert isinstance(returned, Axes) and returned is given
    assert len(plt.get_fignums()) == 1
    assert "bits" in " ".join([given.get_ylabel(), given.get_xlabel(), *texts(given)])
    assert not given.spines["top"].get_visible()
