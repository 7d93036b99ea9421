"""The fitted scaling law: exact on exact points, its errors honest on noisy ones."""

import numpy as np
import pytest

from infolib.zoo.scaling import fit_scaling_law

SIZES = np.array([4e4, 1.3e5, 5e5, 8.6e5, 1.9e6])


@pytest.mark.parametrize(("floor", "exponent"), [(1.2, 0.3), (0.0, 0.1), (0.5, 0.9)])
def test_exact_points_give_the_law_back(floor, exponent):
    law = fit_scaling_law(SIZES, floor + 1.5 * (SIZES / 4e4) ** -exponent)
    assert law.floor == pytest.approx(floor, abs=1e-5)
    assert law.exponent == pytest.approx(exponent, rel=1e-5, abs=0)
    assert law(1e6) == pytest.approx(floor + 1.5 * (1e6 / 4e4) ** -exponent, rel=1e-8, abs=0)
    assert law.residual < 1e-7


def test_the_unit_of_size_does_not_matter():
    loss = [2.9, 2.5, 2.1, 2.0, 1.85]
    a, b = fit_scaling_law(SIZES, loss), fit_scaling_law(SIZES * 1e6, loss)
    assert a.exponent == pytest.approx(b.exponent, rel=1e-9, abs=0)
    assert a.exponent_error == pytest.approx(b.exponent_error, rel=1e-6, abs=0)


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    rng = np.random.default_rng(0)
    sizes = np.geomspace(1e4, 1e8, 12)
    truth = 1.0 + 2.0 * (sizes / 1e4) ** -0.35
    hits = 0
    for _ in range(200):
        low, high = fit_scaling_law(sizes, truth + rng.normal(0, 0.01, 12)).interval("exponent")
        hits += low <= 0.35 <= high
    assert 180 <= hits <= 199


def test_three_points_leave_no_room_for_errors():
    law = fit_scaling_law([1, 10, 100], [3, 2, 1.5])
    assert law.degrees == 0
    assert np.isnan(law.exponent_error) and np.isnan(law.interval("exponent")).all()


@pytest.mark.parametrize(
    ("sizes", "losses", "message"),
    [
        ([1, 2], [2, 1], "at least three different sizes; there were 2"),
        ([1, 2, 3], [2, 1], "of one length"),
        ([1, 2, -3], [3, 2, 1], "greater than 0"),
        ([1, 2, 3], [3, 2, np.nan], "must be finite"),
    ],
)
def test_bad_points_are_refused(sizes, losses, message):
    with pytest.raises(ValueError, match=message):
        fit_scaling_law(sizes, losses)
