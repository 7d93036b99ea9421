"""infolib: information theory for distributions, and the geometry of language models.

The measures of discrete distributions are here. `infolib.representations` (vectors), `infolib.lm` (language
models) and `infolib.plotting` are loaded on first use, so that `import infolib` needs neither torch nor
matplotlib.

Examples
--------
>>> import infolib
>>> float(infolib.entropy([0.5, 0.25, 0.25], base=2))
1.5
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import TYPE_CHECKING

from infolib.discrete import (
    binary_entropy,
    conditional_entropy,
    conditional_mutual_information,
    cross_entropy,
    empirical_distribution,
    entropy,
    entropy_from_logits,
    joint_entropy,
    js_divergence,
    kl_divergence,
    mutual_information,
    perplexity,
    self_information,
    varentropy,
    varentropy_from_logits,
)

if TYPE_CHECKING:
    from infolib import lm, plotting, representations

__version__ = "0.1.0"

__all__ = [
    "binary_entropy",
    "conditional_entropy",
    "conditional_mutual_information",
    "cross_entropy",
    "empirical_distribution",
    "entropy",
    "entropy_from_logits",
    "joint_entropy",
    "js_divergence",
    "kl_divergence",
    "lm",
    "mutual_information",
    "perplexity",
    "plotting",
    "representations",
    "self_information",
    "varentropy",
    "varentropy_from_logits",
]

_ON_FIRST_USE = ("lm", "plotting", "representations")


def __getattr__(name: str) -> ModuleType:
    if name in _ON_FIRST_USE:
        return importlib.import_module(f"infolib.{name}")
    raise AttributeError(f"module 'infolib' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
