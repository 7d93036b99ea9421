"""Entropy and mutual information of vectors, wherever they come from (needs torch)."""

from infolib.representations.anchors import sample_anchors
from infolib.representations.estimate import Estimate
from infolib.representations.mean_vector import MeanVector
from infolib.representations.pairwise import MixtureBounds, mixture_information_bounds
from infolib.representations.partitions import PartitionEntropy, binned_entropy, clustered_entropy
from infolib.representations.soft_entropy import LabelRegularity, SoftEntropy
from infolib.representations.temperature import calibrate_temperature, vmf_kl_to_uniform, vmf_mean_cosine

__all__ = [
    "Estimate",
    "LabelRegularity",
    "MeanVector",
    "MixtureBounds",
    "PartitionEntropy",
    "SoftEntropy",
    "binned_entropy",
    "calibrate_temperature",
    "clustered_entropy",
    "mixture_information_bounds",
    "sample_anchors",
    "vmf_kl_to_uniform",
    "vmf_mean_cosine",
]
