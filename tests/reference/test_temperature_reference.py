"""The calibration against mpmath at 50 digits, by Bessel functions and by the defining integral."""

import mpmath as mp
import numpy as np
import pytest
from scipy import special

from infolib.representations.temperature import calibrate_temperature, vmf_kl_to_uniform, vmf_mean_cosine

DIMS = [2, 3, 4, 5, 8, 15, 16, 17, 32, 40, 41, 42, 43, 63, 64, 128, 768, 933, 934, 2048, 5120, 8192, 100_000]
COUNTS = [2, 3, 10, 100, 1000, 20_000, 10**6, 10**9]


def bessel_reference(kappa, dim):
    """Mean cosine, divergence and its derivative by log kappa, from the textbook formula."""
    kappa, order = mp.mpf(kappa), mp.mpf(dim) / 2 - 1
    bessel = mp.besseli(order, kappa)
    cosine = mp.besseli(order + 1, kappa) / bessel
    divergence = kappa * cosine - mp.log(bessel) - mp.loggamma(order + 1) - order * mp.log(2 / kappa)
    return cosine, divergence, kappa**2 * (1 - cosine**2) - (dim - 1) * kappa * cosine


def temperature_error(temperature, n_anchors, dim):
    """Relative error of a temperature: what is missing of log m, over the slope of the divergence."""
    _, divergence, slope = bessel_reference(1 / mp.mpf(temperature), dim)
    return abs(float((divergence - mp.log(n_anchors)) / slope))


@pytest.fixture(autouse=True)
def fifty_digits():
    with mp.workdps(50):
        yield


@pytest.mark.parametrize("dim", DIMS)
def test_exact_temperature_to_1e_minus_12(dim):
    errors = {m: temperature_error(calibrate_temperature(m, dim), m, dim) for m in COUNTS}
    assert max(errors.values()) < 1e-12, errors


@pytest.mark.parametrize("dim", [2, 16, 934, 100_000])
def test_the_check_sees_a_temperature_that_is_off_by_1e_minus_10(dim):
    for m in COUNTS:
        off = calibrate_temperature(m, dim) * (1 + 1e-10)
        assert temperature_error(off, m, dim) == pytest.approx(1e-10, rel=0.02, abs=0)


@pytest.mark.parametrize(("n_anchors", "dim"), [(2, 2), (100, 8), (100, 768), (20_000, 5120), (10**9, 17)])
def test_exact_temperature_is_the_root_that_mpmath_finds(n_anchors, dim):
    def missing(log_kappa):
        return bessel_reference(mp.exp(log_kappa), dim)[1] - mp.log(n_anchors)

    low = mp.log(2 * dim * mp.log(n_anchors)) / 2  # the leading order
    root = mp.exp(-mp.findroot(missing, (low, low + 3), solver="anderson", tol=1e-30))
    assert calibrate_temperature(n_anchors, dim) == pytest.approx(float(root), rel=1e-12, abs=0)


@pytest.mark.parametrize("dim", [2, 3, 4, 9, 16, 39, 40, 41, 42, 43, 44, 64, 934])
def test_cosine_and_divergence_over_all_magnitudes(dim):
    exponents = np.arange(-8, 12 if dim < 900 else 5, 1 / 3)
    for kappa in 10.0**exponents:
        cosine, divergence, _ = bessel_reference(kappa, dim)
        assert vmf_mean_cosine(kappa, dim) == pytest.approx(float(cosine), rel=1e-14, abs=0), kappa
        assert vmf_kl_to_uniform(kappa, dim) == pytest.approx(float(divergence), rel=1e-12, abs=0), kappa


@pytest.mark.parametrize(("kappa", "dim"), [(0.3, 2), (5.0, 3), (40.0, 5), (20.0, 31), (30.0, 100), (85.0, 768)])
def test_divergence_is_the_integral_that_defines_it(kappa, dim):
    # The angle to the mean direction has density proportional to exp(kappa cos) sin^(d-2): no Bessel function.
    def uniform(angle):
        return mp.sin(angle) ** (dim - 2)

    def weight(angle):
        return mp.exp(kappa * mp.cos(angle)) * uniform(angle)

    def integral(function):
        return mp.mpf(mp.quad(function, mp.linspace(0, mp.pi, 17)))

    total = integral(weight)
    cosine = integral(lambda angle: mp.cos(angle) * weight(angle)) / total
    assert vmf_mean_cosine(kappa, dim) == pytest.approx(float(cosine), rel=1e-13, abs=0)
    assert vmf_kl_to_uniform(kappa, dim) == pytest.approx(
        float(kappa * cosine - mp.log(total / integral(uniform))), rel=1e-12
    )


def test_scipy_agrees_where_its_bessel_functions_do_not_underflow():
    kappa = np.geomspace(0.1, 1e4, 40)
    for dim in (2, 7, 16, 30):
        order = dim / 2 - 1
        scaled = special.ive(order, kappa)
        cosine = special.ive(order + 1, kappa) / scaled
        log_ratio = np.log(scaled) + kappa + special.gammaln(order + 1) + order * np.log(2 / kappa)
        np.testing.assert_allclose(vmf_mean_cosine(kappa, dim), cosine, rtol=1e-12)
        np.testing.assert_allclose(vmf_kl_to_uniform(kappa, dim), kappa * cosine - log_ratio, rtol=1e-9, atol=1e-10)
