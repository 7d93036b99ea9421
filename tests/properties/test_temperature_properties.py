"""What must hold of the calibration for any number of anchors, dimension and concentration."""

from math import log

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from infolib.representations.temperature import calibrate_temperature, vmf_kl_to_uniform, vmf_mean_cosine

counts = st.integers(2, 10**9)
dims = st.one_of(st.integers(2, 100), st.integers(2, 100_000))
kappas = st.floats(-6, 12).map(lambda exponent: 10.0**exponent)


@given(counts, dims)
@example(2, 2)
@example(10**9, 2)
@example(2, 100_000)
def test_exact_temperature_gives_log_m(m, dim):
    kappa = 1 / calibrate_temperature(m, dim)
    # Moving kappa by one part in 1e10 moves the divergence by 1e-10 kappa**2 A'(kappa) > 1e-11.
    assert abs(vmf_kl_to_uniform(kappa, dim) - log(m)) < 1e-11


@given(counts, st.integers(1, 10**9), dims)
def test_more_anchors_are_colder(m, more, dim):
    for method in ("exact", "leading"):
        here, there = calibrate_temperature(m, dim, method), calibrate_temperature(m + more, dim, method)
        # One more anchor among 1e9 moves the temperature by less than it can be told apart
        assert there < here or more / m < 1e-9


@given(counts, dims)
def test_leading_order_is_never_too_cold(m, dim):
    ratio = calibrate_temperature(m, dim) / calibrate_temperature(m, dim, "leading")
    assert 0 < ratio < 1


@given(counts, st.integers(2, 50_000))
def test_leading_order_improves_with_the_dimension(m, dim):
    small = calibrate_temperature(m, dim) / calibrate_temperature(m, dim, "leading")
    large = calibrate_temperature(m, 2 * dim) / calibrate_temperature(m, 2 * dim, "leading")
    assert small < large < 1


@given(counts, st.integers(10_000, 10**9))
def test_ratio_tends_to_one_at_the_stated_rate(m, dim):
    ratio = calibrate_temperature(m, dim) / calibrate_temperature(m, dim, "leading")
    step = log(m) / (dim + 2)
    # The next term of the series is of the order of step**2, with a coefficient of about 1.
    assert abs(ratio - (1 - 1.5 * step)) < 2 * step**2 + 1e-14


@given(kappas, dims)
def test_divergence_rises_with_kappa_below_its_parabola(kappa, dim):
    here = vmf_kl_to_uniform(kappa, dim)
    assert 0 < here < vmf_kl_to_uniform(1.001 * kappa, dim)
    assert here <= kappa**2 / (2 * dim) * (1 + 1e-12)


@given(kappas, dims)
def test_mean_cosine_lies_between_its_bounds(kappa, dim):
    cosine = vmf_mean_cosine(kappa, dim)
    order = dim / 2 - 1
    # Amos (1974): a lower and an upper bound on the ratio of Bessel functions
    low = kappa / (order + 1 + np.hypot(kappa, order + 1))
    high = kappa / (order + np.hypot(kappa, order + 2))
    assert 0 < low * (1 - 1e-14) <= cosine <= high * (1 + 1e-14)
    assert cosine <= 1
    assert vmf_mean_cosine(1.001 * kappa, dim) >= cosine


@given(st.floats(-2, 3).map(lambda exponent: 10.0**exponent), dims)
def test_divergence_grows_at_the_rate_of_the_mean_cosine(kappa, dim):
    # dD = kappa dA: over a short step, the trapezium of kappa against A.
    step = 1e-3 * kappa
    grown = vmf_kl_to_uniform(kappa + step, dim) - vmf_kl_to_uniform(kappa - step, dim)
    expected = kappa * (vmf_mean_cosine(kappa + step, dim) - vmf_mean_cosine(kappa - step, dim))
    assert abs(grown - expected) < 1e-5 * expected + 1e-12


@given(st.integers(30, 50), kappas)
def test_no_jump_where_the_recurrence_hands_over_to_the_expansion(dim, kappa):
    # The recurrence A_d (d + kappa A_{d+2}) = kappa ties dimensions on both sides of the hand-over, d = 42.
    below, above = vmf_mean_cosine(kappa, dim), vmf_mean_cosine(kappa, dim + 2)
    assert abs(below * (dim / kappa + above) - 1) < 1e-13
