"""Sparse softmax of a batch of logits, and its gradient, beside the entmax package."""

from __future__ import annotations

import entmax
import torch

import infolib
from benchmarks.timing import Comparison, compare, require_equal

TOLERANCE = 1e-5
ROWS, CLASSES = 512, 4096


def comparisons(seconds: float) -> list[Comparison]:
    """Check that both return the same numbers, then time them."""
    logits = torch.randn(ROWS, CLASSES, generator=torch.Generator().manual_seed(0)) * 3
    done = []
    peers = {1.25: lambda z: entmax.entmax_bisect(z, 1.25), 1.5: entmax.entmax15, 2.0: entmax.sparsemax}
    for alpha, peer in peers.items():
        what = f"entmax, alpha = {alpha}, of {ROWS} x {CLASSES}, with gradient"
        worst = float((infolib.entmax(logits, alpha) - peer(logits)).abs().max())
        require_equal(f"{what}, largest difference", worst, 0.0, TOLERANCE)
        done.append(
            compare(
                what, lambda a=alpha: _with_gradient(lambda z: infolib.entmax(z, a), logits),
                lambda f=peer: _with_gradient(f, logits), peer_name="entmax", aim=1.0, seconds=seconds,
            )
        )  # fmt: skip
    return done


def _with_gradient(sparse: object, logits: torch.Tensor) -> torch.Tensor:
    z = logits.detach().requires_grad_()
    p = sparse(z)  # type: ignore[operator]
    (p * p).sum().backward()
    return p
