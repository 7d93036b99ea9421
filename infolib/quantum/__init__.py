"""Entropy of quantum states and of spectra: density matrices instead of probability vectors."""

from infolib.quantum._composite import entanglement_entropy, partial_trace
from infolib.quantum._entropy import purity, spectral_entropy, von_neumann_entropy

__all__ = ["entanglement_entropy", "partial_trace", "purity", "spectral_entropy", "von_neumann_entropy"]
