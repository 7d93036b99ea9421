"""Rényi and Tsallis entropies and measures of several variables beside dit.

dit's distributions are built before the clock starts; only the measures are timed.
"""

from __future__ import annotations

from collections.abc import Callable

import dit
import numpy as np
from dit.divergences import renyi_divergence
from dit.multivariate import dual_total_correlation, interaction_information, total_correlation
from dit.other import renyi_entropy, tsallis_entropy
from dit.profiles import ShannonPartition

import infolib
from benchmarks.timing import Comparison, compare, require_equal

TOLERANCE = 1e-9
AIM = 3.0
N_OUTCOMES, N_FEW = 10_000, 300
SHAPE = (4, 4, 4, 4)


def comparisons(seconds: float) -> list[Comparison]:
    """Check that both return the same numbers, then time them."""
    rng = np.random.default_rng(0)
    return [*_one_variable(rng, seconds), *_several_variables(rng, seconds)]


def _one_variable(rng: np.random.Generator, seconds: float) -> list[Comparison]:
    p = rng.dirichlet(np.ones(N_OUTCOMES))
    few = [rng.dirichlet(np.ones(N_FEW)) for _ in range(2)]  # dit's divergence takes time with the square of the number
    theirs, *theirs_few = (dit.Distribution([(i,) for i in range(len(w))], w.tolist()) for w in (p, *few))
    size = f"of {N_OUTCOMES} outcomes"
    return [
        _equal_then_timed(
            f"Rényi entropy of order 1/2 {size}",
            lambda: infolib.renyi_entropy(p, 0.5, base=2), lambda: renyi_entropy(theirs, 0.5), seconds,
        ),
        _equal_then_timed(
            f"Rényi entropy of order 2 {size}",
            lambda: infolib.renyi_entropy(p, 2, base=2), lambda: renyi_entropy(theirs, 2), seconds,
        ),
        _equal_then_timed(
            f"Tsallis entropy of order 2 {size}",
            lambda: infolib.tsallis_entropy(p, 2), lambda: tsallis_entropy(theirs, 2), seconds,
        ),
        _equal_then_timed(
            f"Rényi divergence of order 2 of {N_FEW} outcomes",
            lambda: infolib.renyi_divergence(*few, 2, base=2), lambda: renyi_divergence(*theirs_few, 2), seconds,
        ),
    ]  # fmt: skip


def _several_variables(rng: np.random.Generator, seconds: float) -> list[Comparison]:
    table = rng.dirichlet(np.full(np.prod(SHAPE), 0.3)).reshape(SHAPE)
    theirs = dit.Distribution.from_ndarray(table)
    small = rng.dirichlet(np.ones(8)).reshape(2, 2, 2)
    theirs_small = dit.Distribution.from_ndarray(small)
    size = f"of {len(SHAPE)} variables, {'x'.join(map(str, SHAPE))}"
    pairs: list[tuple[str, Callable[..., object], Callable[..., object]]] = [
        ("total correlation", infolib.total_correlation, total_correlation),
        ("dual total correlation", infolib.dual_total_correlation, dual_total_correlation),
        ("interaction information", infolib.interaction_information, interaction_information),
    ]
    done = [
        _equal_then_timed(f"{name} {size}", lambda f=ours: f(table, base=2), lambda f=peer: f(theirs), seconds)
        for name, ours, peer in pairs
    ]
    return [*done, _every_region(small, theirs_small, seconds)]


def _every_region(table: np.ndarray, theirs: dit.Distribution, seconds: float) -> Comparison:
    """Compare the regions of the area diagram of three bits."""
    ours = infolib.entropy_profile(table, base=2).atoms
    regions = {tuple(name for (name,) in inside): float(v) for (inside, _), v in ShannonPartition(theirs).atoms.items()}
    for variables, value in regions.items():
        require_equal(f"region {variables} of three bits", ours[variables], value, TOLERANCE)
    return compare(
        "entropy profile of three bits", lambda: infolib.entropy_profile(table, base=2),
        lambda: ShannonPartition(theirs), peer_name="dit ShannonPartition", aim=AIM, seconds=seconds,
    )  # fmt: skip


def _equal_then_timed(
    what: str, ours: Callable[[], object], peer: Callable[[], object], seconds: float
) -> Comparison:
    require_equal(what, float(ours()), float(peer()), TOLERANCE)  # type: ignore[arg-type]
    return compare(what, ours, peer, peer_name="dit", aim=AIM, seconds=seconds)
