"""Known answers and refusals of the temperature calibration."""

import time
from math import exp, log, sqrt

import numpy as np
import pytest

from infolib.representations import temperature
from infolib.representations.temperature import calibrate_temperature, vmf_kl_to_uniform, vmf_mean_cosine


@pytest.mark.parametrize(
    ("dim", "expected"),
    [
        (8, 0.0480787),
        (32, 0.0472093),
        (128, 0.0276111),
        (768, 0.0117838),
        (2048, 0.00725661),
        (5120, 0.00459877),
    ],
)
def test_exact_temperature_of_100_anchors(dim, expected):
    assert float(f"{calibrate_temperature(100, dim):.6g}") == expected


@pytest.mark.parametrize(("n_anchors", "dim"), [(2, 2), (100, 768), (20_000, 5120)])
def test_leading_order_is_its_formula(n_anchors, dim):
    expected = 1 / sqrt(2 * dim * log(n_anchors))
    assert calibrate_temperature(n_anchors, dim, method="leading") == pytest.approx(expected, rel=1e-15, abs=0)


def test_leading_order_misses_log_m():
    leading = calibrate_temperature(100, 64, "leading")
    assert vmf_kl_to_uniform(1 / leading, 64) == pytest.approx(3.86, abs=0.005)
    assert vmf_kl_to_uniform(1 / calibrate_temperature(100, 64), 64) == pytest.approx(log(100), rel=1e-12, abs=0)


def test_leading_order_is_2_4_times_too_warm_in_8_dimensions_and_a_thousandth_in_5120():
    assert calibrate_temperature(100, 8, "leading") / calibrate_temperature(100, 8) == pytest.approx(2.42, abs=0.005)
    excess = calibrate_temperature(100, 5120, "leading") / calibrate_temperature(100, 5120) - 1
    assert excess == pytest.approx(0.0013, abs=0.00005)


def test_exact_temperature_of_100_anchors_is_highest_in_14_dimensions():
    temperatures = {dim: calibrate_temperature(100, dim) for dim in range(2, 200)}
    assert max(temperatures, key=temperatures.__getitem__) == 14
    assert temperatures[2] < 0.0003


@pytest.mark.parametrize("kappa", [0.5, 1.0, 3.0, 30.0, 1e3, 1e6, 1e9])
def test_ordinary_sphere_has_a_closed_form(kappa):
    # coth(kappa) - 1/kappa and kappa coth(kappa) - 1 - log(sinh(kappa) / kappa), large terms cancelled
    rest = exp(-2 * kappa)
    assert vmf_mean_cosine(kappa, 3) == pytest.approx((1 + rest) / (1 - rest) - 1 / kappa, rel=1e-14, abs=0)
    expected = 2 * kappa * rest / (1 - rest) - 1 + log(2 * kappa) - np.log1p(-rest)
    assert vmf_kl_to_uniform(kappa, 3) == pytest.approx(expected, rel=1e-13, abs=1e-14)


def test_many_anchors_on_the_ordinary_sphere_and_on_the_circle():
    # For a large kappa the divergence is log(2 kappa) - 1 at d = 3 and log(2 pi kappa)/2 - 1/2 at d = 2.
    m = 10**9
    assert calibrate_temperature(m, 3) == pytest.approx(2 / (m * exp(1)), rel=1e-8, abs=0)
    assert calibrate_temperature(m, 2) == pytest.approx(2 * np.pi / (m**2 * exp(1)), rel=1e-10, abs=0)


def test_zero_concentration_is_uniform():
    for dim in (2, 3, 41, 42, 43, 10_000):
        assert vmf_mean_cosine(0, dim) == 0
        assert vmf_kl_to_uniform(0, dim) == 0


@pytest.mark.parametrize("dim", [2, 3, 41, 42, 100_000])
def test_small_concentration_keeps_its_relative_accuracy(dim):
    kappa = 1e-6
    assert vmf_mean_cosine(kappa, dim) == pytest.approx(kappa / dim, rel=1e-11, abs=0)
    assert vmf_kl_to_uniform(kappa, dim) == pytest.approx(kappa**2 / (2 * dim), rel=1e-11, abs=0)


def test_extreme_concentration_does_not_overflow():
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        for dim in (2, 3, 768, 100_000):
            assert vmf_mean_cosine(1e300, dim) == pytest.approx(1, rel=1e-15, abs=0)
            assert np.isfinite(vmf_kl_to_uniform(1e300, dim))
        assert vmf_mean_cosine(1e-300, 2) == pytest.approx(5e-301, rel=1e-14, abs=0)


def test_the_largest_arguments_are_answered():
    big = 2**63 - 1
    assert calibrate_temperature(2, big) == pytest.approx(calibrate_temperature(2, big, "leading"), rel=1e-12, abs=0)
    assert calibrate_temperature(big, 3) == pytest.approx(2 / (big * exp(1)), rel=1e-12, abs=0)
    assert calibrate_temperature(big, 2) == pytest.approx(2 * np.pi / (float(big) ** 2 * exp(1)), rel=1e-12, abs=0)


def test_arrays_keep_their_shape_and_numbers_stay_numbers():
    kappa = np.array([[0.0, 1.0, 10.0], [1e2, 1e3, 1e4]])
    for measure in (vmf_mean_cosine, vmf_kl_to_uniform):
        values = measure(kappa, 5)
        assert values.shape == (2, 3)
        np.testing.assert_array_equal(values.ravel(), [measure(k, 5) for k in kappa.ravel()])
        assert isinstance(measure(2, 5), float)
    assert measure([], 5).shape == (0,)
    assert type(calibrate_temperature(np.int64(100), np.int32(8))) is float


def test_a_call_takes_under_5_milliseconds():
    slowest = 0.0
    for dim in (2, 41, 768):
        times = []
        for m in range(1_000_001, 1_000_011):  # each is new to the cache
            start = time.process_time()
            calibrate_temperature(m, dim)
            times.append(time.process_time() - start)
        slowest = max(slowest, min(times))
    assert slowest < 5e-3


def test_expansion_coefficients_are_those_of_the_handbook():
    # D_1 = U_1 and D_2 = U_2 - U_1**2 / 2, with U_1 and U_2 from DLMF 10.41.10
    table = temperature._debye_terms(2)
    u1 = np.array([0, 3, 0, -5]) / 24
    u2 = np.array([0, 0, 81, 0, -462, 0, 385]) / 1152
    np.testing.assert_allclose(table[0, :4], u1, rtol=1e-15)
    np.testing.assert_allclose(table[1], u2 - np.convolve(u1, u1) / 2, rtol=1e-14, atol=1e-17)


@pytest.mark.parametrize("bad", [1, 0, -5, 2.0, 2.5, True, np.True_, "100", None, float("nan"), 2**63, [3, 4]])
@pytest.mark.parametrize("method", ["exact", "leading"])
def test_bad_counts_are_refused(bad, method):
    with pytest.raises(ValueError, match=r"`n_anchors` must be an integer from 2 .*Pass the number of anchors"):
        calibrate_temperature(bad, 8, method)
    with pytest.raises(ValueError, match=r"`dim` must be an integer from 2 .*Pass the length of a vector"):
        calibrate_temperature(100, bad, method)


@pytest.mark.parametrize("measure", [vmf_kl_to_uniform, vmf_mean_cosine])
def test_bad_dimension_of_a_distribution_is_refused(measure):
    with pytest.raises(ValueError, match=r"`dim` must be an integer from 2 .*it was 1\. Pass"):
        measure(1.0, 1)


@pytest.mark.parametrize("method", ["Exact", "", None, 1, ["exact"]])
def test_unknown_method_is_refused(method):
    with pytest.raises(ValueError, match=r"`method` must be 'exact' or 'leading'; it was .*Leave it out"):
        calibrate_temperature(100, 8, method)


@pytest.mark.parametrize("measure", [vmf_kl_to_uniform, vmf_mean_cosine])
@pytest.mark.parametrize(("bad", "shown"), [(-1.0, "-1"), (np.nan, "nan"), (np.inf, "inf"), ([1.0, -2.0], "-2")])
def test_bad_concentration_is_refused(measure, bad, shown):
    with pytest.raises(ValueError, match=rf"`kappa` must be finite and at least 0; it contained {shown}.*1 / temper"):
        measure(bad, 8)


@pytest.mark.parametrize("bad", ["warm", None, 1j, [[1.0], [2.0, 3.0]]])
def test_concentration_that_is_no_number_is_refused(bad):
    with pytest.raises(ValueError, match="`kappa` must be"):
        vmf_mean_cosine(bad, 8)
