"""Figures of the book: one function a figure, numbers in, Axes out."""

from infolib.plotting.entropy import (
    binary_entropy_curve,
    continuity_bound,
    entropy_against,
    entropy_range,
    entropy_term,
    mixture_entropy,
    surprise_areas,
    surprise_curve,
)
from infolib.plotting.plane import plane_by_layer
from infolib.plotting.soft_entropy import (
    anchor_draws,
    assignment_on_circle,
    binning_saturation,
    cloud_spread,
    counts_kept,
    divergence_by_dimension,
    freezing,
    plug_in_bias,
    temperature_by_dimension,
)

__all__ = [
    "anchor_draws",
    "assignment_on_circle",
    "binary_entropy_curve",
    "binning_saturation",
    "cloud_spread",
    "continuity_bound",
    "counts_kept",
    "divergence_by_dimension",
    "entropy_against",
    "entropy_range",
    "entropy_term",
    "freezing",
    "mixture_entropy",
    "plane_by_layer",
    "plug_in_bias",
    "surprise_areas",
    "surprise_curve",
    "temperature_by_dimension",
]
