"""Further problems whose answer is known: labels and atoms, a third variable that is known, and entropies."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from scipy.integrate import quad
from scipy.special import xlogy

from benchmarks.estimators.problems import Problem, all_alike, normal_information, student_correction

HALF_LOG_2PIE = 0.5 * math.log(2 * math.pi * math.e)

# One of the variables, or both in part, have values that repeat.


def label_and_interval() -> Problem:
    """x one of 5 integers, y uniform on [x, x + 2]. Where two intervals overlap, y leaves two labels open."""

    def draw(rng: np.random.Generator, n: int) -> tuple[np.ndarray, ...]:
        x = rng.integers(5, size=n)
        return x, (x + 2 * rng.random(n))[:, None]

    # y falls outside [1, 5], where it tells x, with probability 1/5.
    return Problem("5 labels, intervals", (1, 1), math.log(5) - 0.8 * math.log(2), draw)


def label_and_normal(d: int) -> Problem:
    """Two labels, y normal about +1 or -1 in the first of its columns, and about 0 in the others."""

    def draw(rng: np.random.Generator, n: int) -> tuple[np.ndarray, ...]:
        x = rng.integers(2, size=n)
        y = rng.normal(size=(n, d))
        y[:, 0] += 2 * x - 1
        return x, y

    # log 2 less the mean entropy of the label: given y, its log odds are 2 y.
    def lost(y: float) -> float:
        return math.exp(-0.5 * (y - 1) ** 2) / math.sqrt(2 * math.pi) * float(np.logaddexp(0.0, -2 * y))

    truth = math.log(2) - quad(lost, -12, 14, epsabs=1e-13, epsrel=1e-12, limit=200)[0]
    return Problem("2 labels, normal", (1, d), truth, draw)


def label_and_noise() -> Problem:
    def draw(rng: np.random.Generator, n: int) -> tuple[np.ndarray, ...]:
        return rng.integers(10, size=n), rng.normal(size=(n, 1))

    return Problem("10 labels, independent", (1, 1), 0.0, draw)


def exponential_and_count() -> Problem:
    """x exponential, and y a Poisson count of mean x, which makes y geometric."""

    def draw(rng: np.random.Generator, n: int) -> tuple[np.ndarray, ...]:
        x = rng.exponential(size=(n, 1))
        return x, rng.poisson(x)

    # E[y log x - x - log y! + (y + 1) log 2] with E[x log x] = 1 - Euler's constant and P(y >= j) = 2^-j.
    factorials = math.fsum(2.0**-j * math.log(j) for j in range(2, 80))
    return Problem("Poisson count of an exponential", (1, 1), 2 * math.log(2) - np.euler_gamma - factorials, draw)


def atoms_and_density() -> Problem:
    """Half of the pairs normal with correlation 0.9, half on the corners (+-1, +-1), alike in 9 of 10 cases."""

    def draw(rng: np.random.Generator, n: int) -> tuple[np.ndarray, ...]:
        x = rng.normal(size=(n, 1))
        y = 0.9 * x + math.sqrt(1 - 0.9**2) * rng.normal(size=(n, 1))
        corner, other = rng.choice([-1.0, 1.0], size=(n, 1)), rng.random((n, 1)) < 0.1
        atom = rng.random((n, 1)) < 0.5
        return np.where(atom, corner, x), np.where(atom, np.where(other, -corner, corner), y)

    # Both variables tell whether a pair is an atom, which is worth log 2.
    flip = -xlogy(0.1, 0.1) - xlogy(0.9, 0.9)
    truth = math.log(2) - 0.25 * math.log(1 - 0.9**2) + 0.5 * (math.log(2) - float(flip))
    return Problem("half atoms, half normal", (1, 1), truth, draw)


def mixed() -> list[Problem]:
    """List the problems of mutual information where values repeat; labels come first, as integers (n,)."""
    return [
        label_and_noise(), label_and_interval(), label_and_normal(1), label_and_normal(5), exponential_and_count(),
        atoms_and_density(),
    ]  # fmt: skip


# I(X;Y|Z).


def jointly_normal(name: str, mixing: np.ndarray, sizes: tuple[int, int, int]) -> Problem:
    """Columns of x, y and z, each a sum of independent normal ones, by the rows of `mixing`."""
    d_x, d_y, _ = sizes
    covariance = mixing @ mixing.T
    rest = np.arange(d_x, len(covariance))  # y and z
    outer = np.r_[np.arange(d_x), np.arange(d_x + d_y, len(covariance))]  # x and z
    # I(X;Y|Z) = I(X;Y,Z) - I(X;Z)
    truth = normal_information(covariance, d_x) - normal_information(covariance[np.ix_(outer, outer)], d_x)

    def draw(rng: np.random.Generator, n: int) -> tuple[np.ndarray, ...]:
        columns = rng.normal(size=(n, mixing.shape[1])) @ mixing.T
        return columns[:, :d_x], columns[:, rest[:d_y]], columns[:, rest[d_y:]]

    return Problem(name, sizes, truth, draw)


def conditional() -> list[Problem]:
    """List the problems of information that is left when a third variable is known; it comes last."""
    chain = np.array([[1.0, 0, 0], [1, 1, 1], [1, 1, 0]])  # x, then z = x + noise, then y = z + noise
    shared = np.array([[1.0, 1, 0], [1, 0, 1], [1, 0, 0]])  # z is in both, and all they share
    collider = np.array([[1.0, 0, 0], [0, 1, 0], [1, 1, 0.5]])  # z = x + y + noise binds what was independent
    many = np.zeros((7, 7))  # z has 5 columns, and x and y their mean, with noise
    many[:2, 2:], many[0, 0], many[1, 1], many[2:, 2:] = 5**-0.5, 1, 1, np.eye(5)
    linked = many.copy()
    linked[1, 0] = 1  # y also has the noise of x
    return [
        jointly_normal("chain x, z, y", chain, (1, 1, 1)),
        jointly_normal("common cause", shared, (1, 1, 1)),
        jointly_normal("collider", collider, (1, 1, 1)),
        jointly_normal("common cause of 5 columns", many, (1, 1, 5)),
        jointly_normal("linked beside a common cause", linked, (1, 1, 5)),
    ]


# Entropies: one variable.


def normal_entropy(name: str, covariance: np.ndarray) -> Problem:
    factor, d = np.linalg.cholesky(covariance), len(covariance)
    truth = d * HALF_LOG_2PIE + 0.5 * float(np.linalg.slogdet(covariance)[1])
    return Problem(name, (d,), truth, lambda rng, n: (rng.normal(size=(n, d)) @ factor.T,))


def cauchy_entropy(d: int) -> Problem:
    """Student-t columns of one degree of freedom, with a common factor: entropies of each less what they share."""
    shared = math.fsum(student_correction(1.0, i, 1) for i in range(1, d))

    def draw(rng: np.random.Generator, n: int) -> tuple[np.ndarray, ...]:
        return (rng.normal(size=(n, d)) / np.sqrt(rng.chisquare(1, size=(n, 1))),)

    return Problem("Student t, 1 degree", (d,), d * math.log(4 * math.pi) - shared, draw)


def entropies() -> list[Problem]:
    """List the problems of differential entropy."""
    exponential = Problem("exponential", (1,), 1.0, lambda rng, n: (rng.exponential(size=(n, 1)),))
    uniform = Problem("uniform", (1,), 0.0, lambda rng, n: (rng.random((n, 1)),))
    gumbel = Problem("Gumbel", (1,), 1 + np.euler_gamma, lambda rng, n: (rng.gumbel(size=(n, 1)),))
    return [
        normal_entropy("normal", np.eye(1)),
        uniform,
        exponential,
        gumbel,
        cauchy_entropy(1),
        normal_entropy("dense normal", all_alike(1, 0.9)),
        normal_entropy("normal", np.eye(5)),
        replace(uniform, sizes=(5,), draw=lambda rng, n: (rng.random((n, 5)),)),
        cauchy_entropy(5),
        normal_entropy("normal", np.eye(25)),
    ]
