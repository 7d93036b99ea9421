"""Entropy, divergence and mutual information of discrete distributions.

Lists and NumPy arrays are computed in float64; torch tensors keep their dtype and device, and gradients flow.
All values are in nats unless `base` is given.
"""

from infolib.discrete._counting import empirical_distribution
from infolib.discrete._divergence import cross_entropy, js_divergence, kl_divergence, total_variation
from infolib.discrete._joint import (
    conditional_entropy,
    conditional_mutual_information,
    joint_entropy,
    mutual_information,
)
from infolib.discrete._logits import entropy_from_logits, varentropy_from_logits
from infolib.discrete._multivariate import dual_total_correlation, interaction_information, total_correlation
from infolib.discrete._profile import entropy_profile
from infolib.discrete._single import binary_entropy, entropy, perplexity, self_information, varentropy

__all__ = [
    "binary_entropy",
    "conditional_entropy",
    "conditional_mutual_information",
    "cross_entropy",
    "dual_total_correlation",
    "empirical_distribution",
    "entropy",
    "entropy_from_logits",
    "entropy_profile",
    "interaction_information",
    "joint_entropy",
    "js_divergence",
    "kl_divergence",
    "mutual_information",
    "perplexity",
    "self_information",
    "total_correlation",
    "total_variation",
    "varentropy",
    "varentropy_from_logits",
]
