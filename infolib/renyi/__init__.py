"""Rényi's entropies and divergences, Tsallis entropy, and what they are used for: privacy and sparse softmax.

Lists and NumPy arrays are computed in float64; torch tensors keep their dtype and device, and gradients flow.
All values are in nats unless `base` is given.
"""

from infolib.renyi._divergences import renyi_divergence
from infolib.renyi._entmax import entmax
from infolib.renyi._entropies import (
    collision_entropy,
    guessing_probability,
    hartley_entropy,
    min_entropy,
    renyi_entropy,
)
from infolib.renyi._privacy import RenyiDP, renyi_dp
from infolib.renyi._spectrum import InformationSpectrum, information_spectrum
from infolib.renyi._tsallis import q_exponential, q_logarithm, tsallis_entropy

__all__ = [
    "InformationSpectrum",
    "RenyiDP",
    "collision_entropy",
    "entmax",
    "guessing_probability",
    "hartley_entropy",
    "information_spectrum",
    "min_entropy",
    "q_exponential",
    "q_logarithm",
    "renyi_divergence",
    "renyi_dp",
    "renyi_entropy",
    "tsallis_entropy",
]
