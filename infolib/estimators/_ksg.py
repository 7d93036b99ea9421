"""The terms whose mean is a nearest-neighbour estimate of mutual information, one for each sample."""

from __future__ import annotations

import numpy as np
from scipy.special import psi

from infolib.estimators._knn_cloud import Cloud, Floats
from infolib.estimators._knn_counts import inside


def shared(joint: Cloud, reach: Floats, k: int) -> Floats:
    """`k`; where the k-th neighbour coincides with the sample, how many samples do, itself included."""
    if np.all(reach > 0):
        return np.full(len(reach), float(k))
    return np.where(reach > 0, k, joint.copies()).astype(np.float64)


def cube_terms(x: Cloud, y: Cloud, joint: Cloud, reach: Floats, k: int) -> Floats:
    """Kraskov's algorithm 1: one reach (n,) for both variables, and the samples strictly inside it."""
    n_x, n_y = x.count_inside(reach), y.count_inside(reach)
    return psi(len(reach)) + psi(shared(joint, reach, k)) - psi(n_x + 1) - psi(n_y + 1)


def rectangle_terms(x: Cloud, y: Cloud, joint: Cloud, reach_x: Floats, reach_y: Floats, k: int) -> Floats:
    """Kraskov's algorithm 2: a reach (n,) of its own for each variable, and the samples not beyond it."""
    reach = np.maximum(reach_x, reach_y)
    n_x, n_y = x.count_touching(reach_x), y.count_touching(reach_y)
    # Samples that coincide span no rectangle: they are counted as in algorithm 1.
    flat = reach == 0
    correction = np.where(flat, 0, 1 / k)
    return psi(len(reach)) + psi(shared(joint, reach, k)) - correction - psi(n_x + flat) - psi(n_y + flat)


def conditional_terms(
    x: Cloud, y: Cloud, z: Cloud, joint: Cloud, reach: Floats, gap_z: Floats, k: int
) -> tuple[Floats, Floats]:
    """Frenzel and Pompe: one reach (n,) for the three variables, and the samples strictly inside it; and what each term
    could be at most. `gap_z` (n,) is how far the k-th neighbour is in `z`."""
    n_xz, n_yz, n_z = (cloud.count_inside(reach) for cloud in (x.joined(z), y.joined(z), z))
    # The k - 1 nearer neighbours are in both counts, and the k-th is in one of them, if it is inside in z.
    least = k + (gap_z <= inside(reach))
    return psi(shared(joint, reach, k)) + psi(n_z + 1) - psi(n_xz + 1) - psi(n_yz + 1), psi(n_z + 1) - psi(least)
