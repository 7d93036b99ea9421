"""From samples to a distribution: how often each combination of labels occurred."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from infolib import _checks
from infolib._arrays import is_tensor, label_vectors


def empirical_distribution(*samples: Any, n_outcomes: int | tuple[int, ...] | None = None) -> Any:
    r"""Relative frequencies of integer labels: a vector for one variable, a joint table for several.

    .. math:: \hat p(x, y) = \frac{1}{n} \left| \{ i : x_i = x,\ y_i = y \} \right|

    Parameters
    ----------
    *samples : lists, arrays or tensors of shape (n,)
        One vector of labels 0, 1, 2, ... for each variable; entry i of each belongs to the same observation.
    n_outcomes : int or tuple of int, optional
        Number of labels of each variable (an int holds for all). None: one more than the largest label seen.

    Returns
    -------
    float64 array or tensor of shape (n_outcomes[0], n_outcomes[1], ...)
        It sums to 1.

    Raises
    ------
    TypeError
        If labels are not integers.
    ValueError
        If a vector is empty or not 1-d, if lengths differ, or if a label is negative or not below
        `n_outcomes`.

    Notes
    -----
    The measures of such a table are plug-in estimates: entropy too small by about (k - 1) / (2 n) for k
    outcomes, mutual information too large by about (k_x - 1)(k_y - 1) / (2 n).
    Source: Cover & Thomas (2006), section 11.1 (the type of a sequence). Chapter: Entropy.

    Examples
    --------
    >>> empirical_distribution([0, 1, 1, 3])
    array([0.25, 0.5 , 0.  , 0.25])
    >>> empirical_distribution([0, 0, 1, 1], [0, 1, 1, 1])
    array([[0.25, 0.25],
           [0.  , 0.5 ]])
    """
    vectors = label_vectors("samples", samples)
    _checks.check_label_vectors("samples", vectors)
    shape = _checks.check_outcomes("samples", vectors, n_outcomes)
    code = vectors[0]
    if len(vectors) > 1:
        code = code * shape[1]
        code += vectors[1]
    for labels, size in zip(vectors[2:], shape[2:], strict=True):
        code *= size
        code += labels
    cells = math.prod(shape)
    n = code.shape[0]
    if is_tensor(code):
        return (code.bincount(minlength=cells).double() / n).reshape(shape)
    return (np.bincount(code, minlength=cells) / n).reshape(shape)
