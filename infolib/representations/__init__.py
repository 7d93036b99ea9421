"""Entropy and mutual information of vectors, wherever they come from (needs torch)."""

from infolib.representations._bounds import donsker_varadhan, info_nce, nwj, smile
from infolib.representations._critics import ConcatCritic, SeparableCritic
from infolib.representations.anchors import sample_anchors
from infolib.representations.estimate import Estimate
from infolib.representations.mean_vector import MeanVector
from infolib.representations.pairwise import MixtureBounds, mixture_information_bounds
from infolib.representations.partitions import PartitionEntropy, binned_entropy, clustered_entropy
from infolib.representations.soft_entropy import LabelRegularity, SoftEntropy
from infolib.representations.temperature import calibrate_temperature, vmf_kl_to_uniform, vmf_mean_cosine
from infolib.representations.variational import VariationalEstimate, variational_mutual_information

__all__ = [
    "ConcatCritic",
    "Estimate",
    "LabelRegularity",
    "MeanVector",
    "MixtureBounds",
    "PartitionEntropy",
    "SeparableCritic",
    "SoftEntropy",
    "VariationalEstimate",
    "binned_entropy",
    "calibrate_temperature",
    "clustered_entropy",
    "donsker_varadhan",
    "info_nce",
    "mixture_information_bounds",
    "nwj",
    "sample_anchors",
    "smile",
    "variational_mutual_information",
    "vmf_kl_to_uniform",
    "vmf_mean_cosine",
]
