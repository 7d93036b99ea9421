"""The terms whose mean is a nearest-neighbour estimate of mutual information, one for each sample."""

from __future__ import annotations

import numpy as np
from scipy.special import psi

from infolib.estimators._knn_cloud import Cloud, Floats, Integers, Neighbours
from infolib.estimators._knn_counts import inside


def rank(joint: Cloud, near: Neighbours) -> Integers:
    """One more than the samples strictly nearer than the k-th neighbour, which is k where none ties with it; where that
    neighbour coincides with the sample, how many samples do, itself included.

    Samples at the very edge are counted in no variable, so they must not be counted here. With k in place of this,
    normal columns rounded to a tenth seem to have 0.4 nats, independent as they are.
    """
    nearer = np.sum(near.distances <= inside(near.reach)[:, None], axis=1) + 1
    return nearer if np.all(near.reach > 0) else np.where(near.reach > 0, nearer, joint.copies())


def cube_terms(x: Cloud, y: Cloud, joint: Cloud, near: Neighbours) -> Floats:
    """Kraskov's algorithm 1: one reach for both variables, and the samples strictly inside it."""
    n_x, n_y = x.count_inside(near.reach), y.count_inside(near.reach)
    return psi(len(n_x)) + psi(rank(joint, near)) - psi(n_x + 1) - psi(n_y + 1)


def rectangle_terms(x: Cloud, y: Cloud, joint: Cloud, reach_x: Floats, reach_y: Floats, k: int) -> Floats:
    """Kraskov's algorithm 2: a reach (n,) of its own for each variable, and the samples not beyond it."""
    n_x, n_y = x.count_touching(reach_x), y.count_touching(reach_y)
    # Samples that coincide span no rectangle: they are counted as in algorithm 1.
    flat = np.maximum(reach_x, reach_y) == 0
    own = np.where(flat, psi(joint.copies()), psi(k) - 1 / k) if np.any(flat) else psi(k) - 1 / k
    return psi(len(n_x)) + own - psi(n_x + flat) - psi(n_y + flat)


def conditional_terms(
    x: Cloud, y: Cloud, z: Cloud, joint: Cloud, near: Neighbours, gap_z: Floats
) -> tuple[Floats, Floats]:
    """Frenzel and Pompe: one reach for the three variables, and the samples strictly inside it; and what each term
    could be at most. `gap_z` (n,) is how far the k-th neighbour is in `z`."""
    n_xz, n_yz, n_z = (cloud.count_inside(near.reach) for cloud in (x.joined(z), y.joined(z), z))
    nearer = rank(joint, near)
    # Both counts hold the nearer neighbours, and one of them the k-th, if that is inside in z.
    most = psi(n_z + 1) - psi(nearer + (gap_z < inside(near.reach)))
    return psi(nearer) + psi(n_z + 1) - psi(n_xz + 1) - psi(n_yz + 1), most
