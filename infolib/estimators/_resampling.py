"""Tables that might have been: of shuffled labels, and of sources that tell more or less than the one sampled."""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.optimize import minimize_scalar, root_scalar
from scipy.special import xlogy
from scipy.stats import random_table

from infolib.estimators._information import of_tables
from infolib.estimators._labels import PairCounts

_BLOCK = 1 << 21  # cells of the tables held at a time

# Shuffled labels.


def shuffled_nats(counted: PairCounts, n_permutations: int, rng: np.random.Generator) -> tuple[float, np.ndarray]:
    """Plug-in information of the sample, and of the sample with its labels y shuffled."""
    if 1 in counted.shape:
        return 0.0, np.zeros(n_permutations)  # nothing to shuffle; of such a table random_table returns garbage
    n = counted.total
    sums = np.empty(n_permutations)
    if counted.fits_table:
        # What shuffling does to the table, in time that need not grow with the samples (Patefield 1981).
        source = random_table(counted.x_counts, counted.y_counts)
        at_once = max(1, _BLOCK // int(np.prod(counted.shape)))
        for start in range(0, n_permutations, at_once):
            part = sums[start : start + at_once]
            tables = source.rvs(len(part), random_state=rng)
            part[:] = xlogy(tables, tables).sum(axis=(1, 2))
    else:
        codes = np.repeat(counted.rows * counted.shape[1], counted.pairs)
        y = np.repeat(counted.columns, counted.pairs)
        for i in range(n_permutations):
            rng.shuffle(y)
            _, pairs = np.unique(codes + y, return_counts=True)
            sums[i] = xlogy(pairs, pairs).sum()
    # The labels keep their counts, so that only this sum varies.
    fixed = n * np.log(n) - sum(xlogy(c, c).sum() for c in (counted.x_counts, counted.y_counts))
    own = xlogy(counted.pairs, counted.pairs).sum()
    return max(float(own + fixed), 0.0) / n, np.maximum(sums + fixed, 0.0) / n


# Sources through the one sampled, from independence upwards.


class Family:
    """Sources p_s through that of the sample, p, which is p_1; p_0 is the product q of the distributions of its labels.

    Up to s = 1 they are (1 - s) q + s p, where pairs that were not seen can occur. Beyond, they are q (p/q)^s: p tilted
    by what its information depends on, as in DiCiccio and Romano (1990). The information grows with s up to a peak.
    """

    def __init__(self, table: np.ndarray) -> None:
        n = table.sum()
        x, y = table.sum(axis=1) / n, table.sum(axis=0) / n
        self.product = np.outer(x, y)
        self.sampled = table / n
        if np.abs(self.sampled - self.product).max() < 1e-12:
            # Independent to the last count, a sample does not say how its labels might depend. This near independence
            # all ways are alike: take that of labels in one order.
            self.sampled = 0.9 * self.product + 0.1 * _in_one_order(x, y)
        seen = self.sampled > 0
        self._log_product = np.log(self.product)
        self._log_quotient = np.where(seen, np.log(np.where(seen, self.sampled, 1.0)) - self._log_product, -np.inf)

    def source(self, strength: float) -> np.ndarray:
        if strength <= 1:
            return (1 - strength) * self.product + strength * self.sampled
        logs = self._log_product + strength * self._log_quotient
        weights = np.exp(logs - logs.max())
        return weights / weights.sum()

    def information(self, strength: float) -> float:
        p = self.source(strength)
        seen = p > 0
        products = np.outer(p.sum(axis=1), p.sum(axis=0))[seen]
        return max(float(np.sum(p[seen] * np.log(p[seen] / products))), 0.0)

    def peak(self) -> float:
        """Strength of the source with the most information."""
        low, high = 0.0, 1.0
        while self.information(2 * high) > self.information(high):
            low, high = high, 2 * high
        found = minimize_scalar(
            lambda s: -self.information(s), bounds=(low, 2 * high), method="bounded", options={"xatol": 1e-6}
        )
        return max(float(found.x), 1.0)


def _in_one_order(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Joint distribution of two variables that rise together: cell i, j is where their steps overlap."""
    x_end, y_end = np.cumsum(x), np.cumsum(y)
    overlap = np.minimum.outer(x_end, y_end) - np.maximum.outer(x_end - x, y_end - y)
    return np.maximum(overlap, 0.0)


def interval_nats(
    table: np.ndarray, estimate: float, method: str, level: float, n_resamples: int, seed: int
) -> tuple[float, float]:
    """Information of the weakest and of the strongest source that leaves the estimate within its middle `level`."""
    if 1 in table.shape:
        return 0.0, 0.0  # a variable that never changed
    family, n = Family(table), int(table.sum())

    @cache
    def estimates(strength: float) -> np.ndarray:
        rng = np.random.default_rng(seed)  # the same for every source, so that they differ by little but the source
        p = family.source(strength).reshape(-1)
        found = np.empty(n_resamples)
        at_once = max(1, _BLOCK // len(p))
        for start in range(0, n_resamples, at_once):
            part = found[start : start + at_once]
            part[:] = of_tables(rng.multinomial(n, p, size=len(part)).reshape(-1, *table.shape), method)
        return found

    def limit(probability: float, value: float) -> float:
        """Information of the source that has a part `probability` of its estimates below the value."""

        def excess(strength: float) -> float:
            values = estimates(strength)
            off = float(np.quantile(values, probability)) - value
            # A quantile of a few hundred values is not known better than this, and the search ends at 0.
            return 0.0 if abs(off) < 0.02 * float(values.std()) else off

        if excess(0.0) >= 0:
            return 0.0
        low, high = 0.0, 1.0
        while excess(high) < 0:
            if high == peak:
                return family.information(peak)
            low, high = high, min(2 * high, peak)
        return family.information(root_scalar(excess, bracket=(low, high), xtol=1e-6).root)

    # Labels that agree, or disagree, better than by any source would leave no source at all, or one alone. They say no
    # more than those in the middle of what the strongest, or the weakest, source gives.
    peak = family.peak()
    at_most, at_least = np.median(estimates(peak)), np.median(estimates(0.0))
    return limit((1 + level) / 2, min(estimate, at_most)), limit((1 - level) / 2, max(estimate, at_least))
