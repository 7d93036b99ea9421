"""infolib: information theory for distributions, and the geometry of language models.

The measures of discrete distributions are here. `infolib.estimators` (samples), `infolib.representations` (vectors),
`infolib.lm` (language models), `infolib.zoo` (small models to measure) and `infolib.plotting` are loaded on first use,
so that `import infolib` needs neither torch nor matplotlib.

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
    dual_total_correlation,
    empirical_distribution,
    entropy,
    entropy_from_logits,
    entropy_profile,
    interaction_information,
    joint_entropy,
    js_divergence,
    kl_divergence,
    mutual_information,
    perplexity,
    self_information,
    total_correlation,
    total_variation,
    varentropy,
    varentropy_from_logits,
)
from infolib.inequalities import (
    data_processing,
    entropy_continuity,
    fano_bound,
    fano_error,
    han,
    pinsker,
    shearer,
)
from infolib.quantum import (
    entanglement_entropy,
    partial_trace,
    purity,
    spectral_entropy,
    von_neumann_entropy,
)
from infolib.renyi import (
    collision_entropy,
    entmax,
    guessing_probability,
    hartley_entropy,
    information_spectrum,
    min_entropy,
    q_exponential,
    q_logarithm,
    renyi_divergence,
    renyi_dp,
    renyi_entropy,
    tsallis_entropy,
)

if TYPE_CHECKING:
    from infolib import estimators, lm, plotting, representations, zoo

__version__ = "0.1.0"

__all__ = [
    "binary_entropy",
    "collision_entropy",
    "conditional_entropy",
    "conditional_mutual_information",
    "cross_entropy",
    "data_processing",
    "dual_total_correlation",
    "empirical_distribution",
    "entanglement_entropy",
    "entmax",
    "entropy",
    "entropy_continuity",
    "entropy_from_logits",
    "entropy_profile",
    "estimators",
    "fano_bound",
    "fano_error",
    "guessing_probability",
    "han",
    "hartley_entropy",
    "information_spectrum",
    "interaction_information",
    "joint_entropy",
    "js_divergence",
    "kl_divergence",
    "lm",
    "min_entropy",
    "mutual_information",
    "partial_trace",
    "perplexity",
    "pinsker",
    "plotting",
    "purity",
    "q_exponential",
    "q_logarithm",
    "renyi_divergence",
    "renyi_dp",
    "renyi_entropy",
    "representations",
    "self_information",
    "shearer",
    "spectral_entropy",
    "total_correlation",
    "total_variation",
    "tsallis_entropy",
    "varentropy",
    "varentropy_from_logits",
    "von_neumann_entropy",
    "zoo",
]

_ON_FIRST_USE = ("estimators", "lm", "plotting", "representations", "zoo")


def __getattr__(name: str) -> ModuleType:
    if name in _ON_FIRST_USE:
        return importlib.import_module(f"infolib.{name}")
    raise AttributeError(f"module 'infolib' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
