"""Rényi and Tsallis entropies and measures of several variables beside dit.

dit's distributions are built before the clock starts; only the measures are timed. It takes one distribution at a time.
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
BATCH, N_FEW = (1_000, 1_000), 300
SHAPE = (4, 4, 4, 4)


def comparisons(seconds: float) -> list[Comparison]:
    """Check that both return the same numbers, then time them."""
    rng = np.random.default_rng(0)
    return [*_one_variable(rng, seconds), *_several_variables(rng, seconds)]


def _one_variable(rng: np.random.Generator, seconds: float) -> list[Comparison]:
    p = rng.dirichlet(np.ones(BATCH[1]), size=BATCH[0])
    few = [rng.dirichlet(np.ones(N_FEW)) for _ in range(2)]  # dit's divergence takes time with the square of the number
    theirs = [_distribution(row) for row in p]
    theirs_few = [_distribution(row) for row in few]
    done = []
    for name, order, ours, peer in (
        ("Rényi entropy", 0.5, lambda a: infolib.renyi_entropy(p, a, base=2), renyi_entropy),
        ("Rényi entropy", 0.7, lambda a: infolib.renyi_entropy(p, a, base=2), renyi_entropy),
        ("Rényi entropy", 2, lambda a: infolib.renyi_entropy(p, a, base=2), renyi_entropy),
        ("Tsallis entropy", 2, lambda a: infolib.tsallis_entropy(p, a), tsallis_entropy),
    ):
        what = f"{name} of order {order} of {BATCH[0]} x {BATCH[1]}"
        done.append(
            _equal_then_timed(
                what, lambda f=ours, a=order: f(a), lambda f=peer, a=order: [f(d, a) for d in theirs], seconds
            )
        )
    what = f"Rényi divergence of order 2 of {N_FEW} outcomes"
    return [
        *done,
        _equal_then_timed(
            what, lambda: infolib.renyi_divergence(*few, 2, base=2), lambda: renyi_divergence(*theirs_few, 2), seconds
        ),
    ]


def _distribution(p: np.ndarray) -> dit.Distribution:
    return dit.Distribution([(i,) for i in range(len(p))], p.tolist())


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
    require_equal(f"{what}, largest difference", float(np.max(np.abs(np.subtract(ours(), peer())))), 0.0, TOLERANCE)
    return compare(what, ours, peer, peer_name="dit", aim=AIM, seconds=seconds)
