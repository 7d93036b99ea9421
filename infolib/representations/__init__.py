"""Entropy and mutual information of vectors, wherever they come from (needs torch)."""

from infolib.representations.anchors import sample_anchors
from infolib.representations.estimate import Estimate
from infolib.representations.soft_entropy import SoftEntropy
from infolib.representations.temperature import calibrate_temperature, vmf_kl_to_uniform, vmf_mean_cosine

__all__ = ["Estimate", "SoftEntropy", "calibrate_temperature", "sample_anchors", "vmf_kl_to_uniform", "vmf_mean_cosine"]
