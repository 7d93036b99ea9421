"""Inequalities between measures of information, with both sides as numbers.

Each function computes the two sides of one inequality for what it is given, and returns an `Inequality`: the claim
`left <= right` with its `statement`, `slack` and `unit`, which can be printed. `fano_error` turns Fano's inequality
round.
"""

from infolib.inequalities._distances import entropy_continuity, pinsker
from infolib.inequalities._guessing import data_processing, fano_bound, fano_error
from infolib.inequalities._subsets import han, shearer

__all__ = [
    "data_processing",
    "entropy_continuity",
    "fano_bound",
    "fano_error",
    "han",
    "pinsker",
    "shearer",
]
