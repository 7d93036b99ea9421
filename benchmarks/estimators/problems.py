"""Continuous problems whose answer is known: how to draw pairs, and the information that they share.

Most are images of a normal distribution. A map of x alone or of y alone that can be undone leaves the information as it
is, so that the truth stays known while densities get bends, gaps, edges and tails. The choice of problems follows
Czyż et al., "Beyond Normal" (2023); functions and parameters are our own.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import digamma, gammaln, ndtr

Map = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Problem:
    """Samples whose entropy or information is known."""

    name: str
    sizes: tuple[float, ...]  # columns of each variable; of discrete ones, how many values they can have
    truth: float  # nats
    draw: Callable[[np.random.Generator, int], tuple[np.ndarray, ...]]  # n samples: one array for each variable

    @property
    def size(self) -> str:
        """Such as 5+5."""
        return "+".join(map(str, self.sizes))

    def sample(self, n: int, repetition: int) -> tuple[np.ndarray, ...]:
        """Draw `n` samples, the same ones for the same repetition."""
        return self.draw(np.random.default_rng([repetition, zlib.crc32(f"{self.name} {self.size}".encode())]), n)


# Truths.


def normal_information(covariance: np.ndarray, d_x: int) -> float:
    """Compute (log|S_x| + log|S_y| - log|S|) / 2, where x has the first `d_x` columns."""
    parts = (covariance[:d_x, :d_x], covariance[d_x:, d_x:])
    return 0.5 * float(sum(np.linalg.slogdet(p)[1] for p in parts) - np.linalg.slogdet(covariance)[1])


def student_correction(freedom: float, d_x: float, d_y: float) -> float:
    """Information of Student-t vectors beyond that of normal vectors with their dispersion as the covariance.

    All columns share one chi-squared factor, so that they tell of it and hence of each other, even where the dispersion
    is diagonal. With f(a) = log Gamma(a/2) - a/2 psi(a/2), the entropy of d columns is 1/2 log|S| - f(nu + d) and terms
    that are linear in d or the same for all d, of which f(nu) is left.
    """

    def f(a: float) -> float:
        return float(gammaln(a / 2) - a / 2 * digamma(a / 2))

    return f(freedom) + f(freedom + d_x + d_y) - f(freedom + d_x) - f(freedom + d_y)


# Families.


def normal(name: str, covariance: np.ndarray, d_x: int) -> Problem:
    """Columns of unit variance, or whatever `covariance` says, of which the first `d_x` are x."""
    factor = np.linalg.cholesky(covariance)

    def draw(rng: np.random.Generator, n: int) -> tuple[np.ndarray, ...]:
        z = rng.normal(size=(n, len(factor))) @ factor.T
        return z[:, :d_x], z[:, d_x:]

    return Problem(name, (d_x, len(factor) - d_x), normal_information(covariance, d_x), draw)


def student(name: str, dispersion: np.ndarray, d_x: int, freedom: float) -> Problem:
    """Normal vectors over the root of a chi-squared factor that is common to all columns."""
    base = normal(name, dispersion, d_x)

    def draw(rng: np.random.Generator, n: int) -> tuple[np.ndarray, ...]:
        factor = np.sqrt(rng.chisquare(freedom, size=(n, 1)) / freedom)
        x, y = base.draw(rng, n)
        return x / factor, y / factor

    return replace(base, truth=base.truth + student_correction(freedom, *base.sizes), draw=draw)


def uniform_noise(half_width: float) -> Problem:
    """x uniform on [0, 1], and y = x + noise, uniform within `half_width` of 0."""
    # The density of y is a trapezoid, the convolution of a flat one of width 1 and one of width w = 2 half_width, of
    # entropy log(wider) + narrower / (2 wider). That of the noise is log w.
    w = 2 * half_width
    truth = max(np.log(w), 0.0) + min(w, 1 / w) / 2 - np.log(w)

    def draw(rng: np.random.Generator, n: int) -> tuple[np.ndarray, ...]:
        x = rng.random((n, 1))
        return x, x + rng.uniform(-half_width, half_width, size=(n, 1))

    return Problem(f"uniform plus uniform noise of +-{half_width:g}", (1, 1), float(truth), draw)


def image(name: str, problem: Problem, of_x: Map, of_y: Map | None = None) -> Problem:
    """Map x and y, each by a function that can be undone; `of_y` None takes that of x."""

    def draw(rng: np.random.Generator, n: int) -> tuple[np.ndarray, ...]:
        x, y = problem.draw(rng, n)
        return of_x(x), (of_y or of_x)(y)

    columns = of_x(np.zeros((1, int(problem.sizes[0])))).shape[1]
    return replace(problem, name=name, sizes=(columns, problem.sizes[1]), draw=draw)


# Dispersions of 2d columns of unit variance, d for x and d for y.


def in_pairs(d: int, correlation: float, pairs: int) -> np.ndarray:
    """The first `pairs` columns of x are correlated with those of y, one with one, and nothing else is."""
    covariance = np.eye(2 * d)
    for i in range(pairs):
        covariance[i, d + i] = covariance[d + i, i] = correlation
    return covariance


def all_alike(d: int, correlation: float) -> np.ndarray:
    """Every column is correlated with every other."""
    return np.full((2 * d, 2 * d), correlation) + (1 - correlation) * np.eye(2 * d)


# Maps that can be undone.


def two_humps(x: np.ndarray) -> np.ndarray:
    """A steep step at 0 pulls the two halves of a normal density apart."""
    return x + 2 * np.tanh(3 * x)


def wiggle(x: np.ndarray) -> np.ndarray:
    """Slopes from 0.2 to 1.8: the density gets ripples."""
    return x + 0.4 * np.sin(2 * x)


def faster_wiggle(x: np.ndarray) -> np.ndarray:
    """Slopes from 0.1 to 1.9, the ripples being narrower."""
    return x + 0.3 * np.sin(3 * x)


def half_cube(x: np.ndarray) -> np.ndarray:
    """The power 3/2 with the sign kept: tails grow heavier, and the density has a spike at 0."""
    return np.sign(x) * np.abs(x) ** 1.5


def roll(x: np.ndarray) -> np.ndarray:
    """Wind a line (n, 1) up into a spiral in the plane (n, 2); the radius says where on the line a point was."""
    angle = 1.5 * np.pi * (1 + 2 * ndtr(x))
    return np.hstack([angle * np.cos(angle), angle * np.sin(angle)]) / 21


def pairs() -> list[Problem]:
    """List the problems of mutual information of continuous variables."""
    plain = normal("normal, correlation 0.75", in_pairs(1, 0.75, 1), 1)
    cauchy = student("Student t, 1 degree", np.eye(2), 1, 1.0)
    return [
        *(normal("independent normal", np.eye(2 * d), d) for d in (1, 5, 25)),
        plain,
        normal("normal, correlation 0.999", in_pairs(1, 0.999, 1), 1),
        image("normal, x in millionths", plain, lambda x: 1e-6 * x, lambda y: y),
        image("bimodal", plain, two_humps),
        image("wiggly", plain, wiggle, faster_wiggle),
        image("half-cube", plain, half_cube),
        image("swiss roll", plain, roll, lambda y: y),
        uniform_noise(0.1),
        uniform_noise(0.75),
        cauchy,
        image("asinh of Student t, 1 degree", cauchy, np.arcsinh),
        student("Student t, 2 degrees, dense", all_alike(3, 0.5), 3, 2.0),
        student("Student t, 3 degrees, sparse", in_pairs(5, 0.8, 2), 5, 3.0),
        student("Student t, 3 degrees, sparse", in_pairs(25, 0.8, 2), 25, 3.0),
        *(normal("sparse normal", in_pairs(d, 0.8, 2), d) for d in (2, 5, 25)),
        *(normal("dense normal", all_alike(d, 0.5), d) for d in (2, 5, 25)),
        image("half-cube of sparse", normal("", in_pairs(25, 0.8, 2), 25), half_cube),
        image("wiggly of dense", normal("", all_alike(5, 0.5), 5), wiggle),
    ]
