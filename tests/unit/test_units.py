"""The one place where a base becomes a unit."""

import math

import numpy as np
import pytest
import torch

from infolib import _units


@pytest.mark.parametrize(
    ("base", "expected"),
    [(None, 1.0), (math.e, 1.0), (2, math.log(2)), (10, math.log(10)), (np.float64(3), math.log(3))],
)
def test_nats_per_unit(base, expected):
    assert _units.nats_per_unit(base) == expected


def test_from_nats_keeps_the_kind_and_divides_by_the_power():
    assert _units.from_nats(math.log(8), 2) == 3.0
    assert _units.from_nats(math.log(2) ** 2, 2, power=2) == 1.0
    array = _units.from_nats(np.array([math.log(2), 0.0]), 2)
    np.testing.assert_array_equal(array, [1.0, 0.0])
    tensor = _units.from_nats(torch.ones(2, dtype=torch.bfloat16), 10)
    assert tensor.dtype == torch.bfloat16
    nats = np.array([1.0])
    assert _units.from_nats(nats, None) is nats


@pytest.mark.parametrize(
    ("base", "name"), [(None, "nats"), (math.e, "nats"), (2, "bits"), (10, "hartleys"), (3, "base-3 digits")]
)
def test_unit_names(base, name):
    assert _units.unit_name(base) == name


@pytest.mark.parametrize("base", [0, 1, 1.0, -2, 0.5, math.nan, math.inf, True])
def test_bad_bases_are_value_errors(base):
    for function in (_units.nats_per_unit, _units.unit_name, lambda b: _units.from_nats(1.0, b)):
        with pytest.raises(ValueError, match=r"`base` must be a finite number greater than 1.*it was .*`base=2`"):
            function(base)


@pytest.mark.parametrize("base", ["2", 2j, [2]])
def test_bases_that_are_no_numbers_are_type_errors(base):
    with pytest.raises(TypeError, match=r"`base` must be a finite number greater than 1.*Pass a plain number"):
        _units.nats_per_unit(base)
