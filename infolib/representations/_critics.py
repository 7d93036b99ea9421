"""Critics: networks that score every pair of an x and a y, high where the two belong together."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn

from infolib._checks import check_integer


class SeparableCritic(nn.Module):
    r"""Inner products of features of x with features of y: a network for each side, one matrix product for all pairs.

    .. math:: T(x, y) = f(x) \cdot g(y)

    Parameters
    ----------
    dim_x, dim_y : int
        Dimensions of x and of y.
    hidden : tuple of int
        Widths of the hidden layers of f and of g, at least one.
    n_features : int
        The number k of features, and the largest rank that the scores can have.

    Raises
    ------
    TypeError, ValueError
        If a number is not an integer of at least 1, or if there is no hidden layer.

    Notes
    -----
    Called with x (n, dim_x) and y (m, dim_y), it returns the scores (n, m). The log density ratio of a d-dimensional
    Gaussian is of this form with d + 2 features; a ratio that has no such short sum needs more features, or a
    `ConcatCritic`. The units are tanh, so that scores are bounded far from the data: the exponential of one wild score
    can undo a bound.

    Cost: n + m passes through the networks and n x m x k multiplications, so that large batches are cheap.

    Source: van den Oord et al. (2018), where it is bilinear; Poole et al. (2019), who name and compare both kinds.
    Chapter "Estimation".

    Examples
    --------
    >>> import torch
    >>> from infolib.representations import SeparableCritic
    >>> SeparableCritic(3, 2)(torch.zeros(5, 3), torch.zeros(4, 2)).shape
    torch.Size([5, 4])
    """

    def __init__(self, dim_x: int, dim_y: int, *, hidden: tuple[int, ...] = (128, 128), n_features: int = 64):
        super().__init__()
        _check_sizes(dim_x, dim_y, hidden)
        check_integer("n_features", n_features, 1)
        self.features_x = _network(dim_x, *hidden, n_features)
        self.features_y = _network(dim_y, *hidden, n_features)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        return self.features_x(x) @ self.features_y(y).T


class ConcatCritic(nn.Module):
    r"""One network that sees x and y together, once for each pair.

    .. math:: T(x, y) = h([x, y])

    Parameters
    ----------
    dim_x, dim_y : int
        Dimensions of x and of y.
    hidden : tuple of int
        Widths of the hidden layers, at least one.

    Raises
    ------
    TypeError, ValueError
        If a number is not an integer of at least 1, or if there is no hidden layer: the scores would then be a sum of a
        function of x and one of y, which says nothing about pairs.

    Notes
    -----
    Called with x (n, dim_x) and y (m, dim_y), it returns the scores (n, m).

    Cost: n x m passes through all layers but the first, which is a sum of what each side gives, and as many numbers of
    memory for each unit of a layer. For 1,000 x 1,000 pairs that is tens of times the arithmetic of a
    `SeparableCritic`.

    Source: Belghazi et al. (2018); Poole et al. (2019), who call it the joint critic. Chapter "Estimation".

    Examples
    --------
    >>> import torch
    >>> from infolib.representations import ConcatCritic
    >>> ConcatCritic(3, 2)(torch.zeros(5, 3), torch.zeros(4, 2)).shape
    torch.Size([5, 4])
    """

    def __init__(self, dim_x: int, dim_y: int, *, hidden: tuple[int, ...] = (64, 64)):
        super().__init__()
        _check_sizes(dim_x, dim_y, hidden)
        self.from_x = nn.Linear(dim_x, hidden[0])
        self.from_y = nn.Linear(dim_y, hidden[0], bias=False)
        self.rest = nn.Sequential(nn.Tanh(), _network(*hidden, 1))

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        return self.rest(self.from_x(x)[:, None] + self.from_y(y)).squeeze(-1)


def check_critic(critic: object) -> torch.dtype:
    """Require a module with something to train, and return the dtype it works in."""
    if not isinstance(critic, nn.Module):
        raise TypeError(
            f"`critic` must be a torch.nn.Module; it was a {type(critic).__name__}. To value scores that need no "
            "training, call the bound itself, such as `info_nce`."
        )
    weights = [weight for weight in critic.parameters() if weight.requires_grad]
    if not weights:
        raise ValueError(
            "`critic` must have parameters to train; it had none. To value scores that need no training, call the "
            "bound itself, such as `info_nce`."
        )
    return weights[0].dtype


@torch.no_grad()
def check_scores(critic: nn.Module, x: Tensor, y: Tensor) -> None:
    """Require a score for every pair."""
    requirement = "`critic` must return one score for each of n x and m y, floats of shape (n, m); n = 3 and m = 2"
    try:
        scores = critic.eval()(x[:3], y[:2])
    except (RuntimeError, TypeError) as error:  # of shapes or of arguments
        raise ValueError(f"{requirement} failed with: {error}. Score all x against all y.") from error
    if not isinstance(scores, Tensor):
        raise TypeError(f"{requirement} gave a {type(scores).__name__}. Return a tensor.")
    if scores.shape != (3, 2) or not scores.is_floating_point():
        raise ValueError(
            f"{requirement} gave {scores.dtype} of shape {tuple(scores.shape)}. Score all x against all y."
        )


def _network(*widths: int) -> nn.Sequential:
    """Linear layers with tanh between them: smooth, as log densities are, and bounded where there are no data."""
    layers: list[nn.Module] = []
    for n_in, n_out in pairwise(widths):
        layers += [nn.Linear(n_in, n_out), nn.Tanh()]
    return nn.Sequential(*layers[:-1])


def _check_sizes(dim_x: int, dim_y: int, hidden: tuple[int, ...]) -> None:
    if not isinstance(hidden, tuple | list):
        raise TypeError(f"`hidden` must be a tuple of widths; it was {hidden!r}. Give one such as (64, 64).")
    if not hidden:
        raise ValueError("`hidden` must name at least one layer; it was empty. Give widths, such as (64, 64).")
    widths = {f"hidden[{i}]": width for i, width in enumerate(hidden)}
    for argument, value in {"dim_x": dim_x, "dim_y": dim_y, **widths}.items():
        check_integer(argument, value, 1)
