"""The truths that the referee of the estimators judges by, each computed in another way.

Every problem is drawn as the referee draws it, and the truth compared with the mean of the log density ratio over the
draws: this holds only if the samples are what the truth is of. The densities are scipy's, or written out here, and maps
are undone here. Where a number can be had by quadrature or by hand it is compared to ten digits as well.
"""

import math
import warnings

import numpy as np
import pytest
import scipy.integrate
import scipy.stats

from benchmarks.estimators import discrete_problems, problems, special_problems
from benchmarks.estimators.ours import ASSUMED, Estimator
from benchmarks.estimators.problems import Problem
from benchmarks.estimators.referee import judge
from benchmarks.estimators.table import bias_and_error, table
from infolib.estimators import EstimateWarning

N = 40_000
STANDARD_ERRORS = 4
EXACT = 1e-10


def has_distribution(values, name, *parameters):
    return scipy.stats.kstest(np.ravel(values), name, args=parameters).pvalue > 1e-4


def same_mean(terms, truth):
    """The mean of independent terms is the truth, as far as it can be told."""
    error = np.std(terms) / math.sqrt(len(terms))
    return abs(np.mean(terms) - truth) <= STANDARD_ERRORS * error + 1e-12


def key(problem):
    return f"{problem.name}, {problem.size}"


# Pairs of continuous variables.


def ratio(x, y, density):
    """Log of p(x, y) / p(x) p(y), with `density(rows, columns)` the log density of some of the columns."""
    d = x.shape[1]
    both = np.hstack([x, y])
    columns = np.arange(both.shape[1])
    parts = (density(both[:, c], c) for c in (columns[:d], columns[d:]))
    return density(both, columns) - sum(parts)


def normal_ratio(correlations):
    """Ratio of normal columns of unit variance; `correlations` maps (d) to a matrix."""

    def terms(x, y):
        covariance = correlations(x.shape[1])
        return ratio(x, y, lambda z, c: scipy.stats.multivariate_normal(cov=covariance[np.ix_(c, c)]).logpdf(z))

    return terms


def student_ratio(correlations, freedom):
    def terms(x, y):
        shape = correlations(x.shape[1])
        return ratio(x, y, lambda z, c: scipy.stats.multivariate_t(shape=shape[np.ix_(c, c)], df=freedom).logpdf(z))

    return terms


def paired(r, n_pairs):
    """Blocks: x with itself, and the first columns of x with those of y."""

    def matrix(d):
        cross = np.diag([r] * n_pairs + [0.0] * (d - n_pairs))
        return np.block([[np.eye(d), cross], [cross, np.eye(d)]])

    return matrix


def equal(r):
    return lambda d: np.where(np.eye(2 * d) == 1, 1.0, r)


def undone(function):
    """Inverse of an increasing function, by bisection."""

    def inverse(values):
        low, high = np.full_like(values, -20.0), np.full_like(values, 20.0)
        for _ in range(60):
            middle = (low + high) / 2
            above = function(middle) > values
            low, high = np.where(above, low, middle), np.where(above, middle, high)
        return (low + high) / 2

    return inverse


def unrolled(points):
    """Where on the line a point of the spiral was: 21 times its radius is the angle, from 3/2 pi to 9/2 pi."""
    angle = 21 * np.hypot(*points.T)
    assert np.allclose(np.arctan2(*points.T[::-1]) % (2 * np.pi), angle % (2 * np.pi), atol=1e-9)
    return scipy.stats.norm.ppf((angle / (1.5 * np.pi) - 1) / 2)[:, None]


def trapezoid_ratio(half_width):
    """y given x is uniform; without x its density is the share of [y - a, y + a] in [0, 1], over 2a."""

    def terms(x, y):
        share = np.minimum(y + half_width, 1) - np.maximum(y - half_width, 0)
        return -np.log(share[:, 0])

    return terms


def after(undo_x, undo_y, terms):
    return lambda x, y: terms(undo_x(x), undo_y(y))


def one_power_of_two_thirds(x):
    return np.sign(x) * np.abs(x) ** (2 / 3)


PLAIN, CAUCHY = normal_ratio(paired(0.75, 1)), student_ratio(paired(0.0, 1), 1)
WIGGLE = undone(lambda x: x + 0.4 * np.sin(2 * x))
FASTER_WIGGLE = undone(lambda x: x + 0.3 * np.sin(3 * x))
TWO_HUMPS = undone(lambda x: x + 2 * np.tanh(3 * x))
PAIRS = {
    "independent normal": lambda x, y: np.zeros(len(x)),
    "normal, correlation 0.75": PLAIN,
    "normal, correlation 0.999": normal_ratio(paired(0.999, 1)),
    "normal, x in millionths": after(lambda x: x * 1e6, lambda y: y, PLAIN),
    "bimodal": after(TWO_HUMPS, TWO_HUMPS, PLAIN),
    "wiggly": after(WIGGLE, FASTER_WIGGLE, PLAIN),
    "half-cube": after(one_power_of_two_thirds, one_power_of_two_thirds, PLAIN),
    "swiss roll": after(unrolled, lambda y: y, PLAIN),
    "uniform plus uniform noise of +-0.1": trapezoid_ratio(0.1),
    "uniform plus uniform noise of +-0.75": trapezoid_ratio(0.75),
    "Student t, 1 degree": CAUCHY,
    "asinh of Student t, 1 degree": after(np.sinh, np.sinh, CAUCHY),
    "Student t, 2 degrees, dense": student_ratio(equal(0.5), 2),
    "Student t, 3 degrees, sparse": student_ratio(paired(0.8, 2), 3),
    "sparse normal": normal_ratio(paired(0.8, 2)),
    "dense normal": normal_ratio(equal(0.5)),
    "half-cube of sparse": after(one_power_of_two_thirds, one_power_of_two_thirds, normal_ratio(paired(0.8, 2))),
    "wiggly of dense": after(WIGGLE, WIGGLE, normal_ratio(equal(0.5))),
}


@pytest.mark.parametrize("problem", problems.pairs(), ids=key)
def test_information_is_the_mean_log_density_ratio_of_the_samples(problem):
    x, y = problem.sample(N, 0)
    assert (x.shape, y.shape) == ((N, problem.sizes[0]), (N, problem.sizes[1]))
    assert same_mean(PAIRS[problem.name](x, y), problem.truth)


def test_independent_samples_are_independent():
    (problem,) = (p for p in problems.pairs() if key(p) == "independent normal, 25+25")
    x, y = problem.sample(N, 0)
    correlations = np.corrcoef(np.hstack([x, y]), rowvar=False) - np.eye(50)
    assert np.abs(correlations).max() < 5 / math.sqrt(N)


def test_information_of_normal_columns_by_canonical_correlations():
    found = {key(p): p.truth for p in problems.pairs()}
    pair = -0.5 * math.log(1 - 0.8**2)
    for d in (2, 5, 25):
        assert found[f"sparse normal, {d}+{d}"] == pytest.approx(2 * pair, rel=EXACT, abs=0)
        # Only the sums of the columns are correlated: d^2 r over d + d (d - 1) r.
        r = 0.5 * d / (1 + 0.5 * (d - 1))
        assert found[f"dense normal, {d}+{d}"] == pytest.approx(-0.5 * math.log(1 - r**2), rel=EXACT, abs=0)


def student_entropy(d, freedom):
    """Entropy of d Student-t columns with the unit matrix as their dispersion, by an integral over the radius."""
    log_sphere = math.log(2) + d / 2 * math.log(math.pi) - math.lgamma(d / 2)
    log_height = math.lgamma((freedom + d) / 2) - math.lgamma(freedom / 2) - d / 2 * math.log(freedom * math.pi)

    def term(s):  # of s = log r
        log_p = log_height - (freedom + d) / 2 * np.logaddexp(0.0, 2 * s - math.log(freedom))
        return -log_p * math.exp(log_sphere + d * s + log_p)

    return scipy.integrate.quad(term, -40, 60, limit=400, epsabs=1e-13, epsrel=1e-12, points=[-2, 0, 1, 2, 4])[0]


@pytest.mark.parametrize(("freedom", "d_x", "d_y"), [(1, 1, 1), (2, 3, 3), (3, 5, 5), (3, 25, 25), (0.7, 1, 4)])
def test_correction_of_student_t_by_quadrature_of_the_entropies(freedom, d_x, d_y):
    by_entropies = student_entropy(d_x, freedom) + student_entropy(d_y, freedom) - student_entropy(d_x + d_y, freedom)
    assert problems.student_correction(freedom, d_x, d_y) == pytest.approx(by_entropies, rel=1e-9, abs=0)


def test_correction_of_student_t_by_hand():
    cauchy = problems.student_correction(1.0, 1, 1)
    assert cauchy == pytest.approx(math.log(8 * math.pi) - 3, rel=EXACT, abs=0)
    assert problems.student_correction(1e7, 3, 2) == pytest.approx(0, abs=1e-6)  # normal


@pytest.mark.parametrize("half_width", [0.1, 0.5, 0.75, 3.0])
def test_uniform_noise_by_quadrature(half_width):
    def term(y):
        density = (min(y + half_width, 1) - max(y - half_width, 0)) / (2 * half_width)
        return -density * math.log(density) if density > 0 else 0.0

    kinks = sorted({half_width, 1 - half_width, 0.0, 1.0})
    low, high = -half_width, 1 + half_width
    h_y = scipy.integrate.quad(term, low, high, points=[k for k in kinks if low < k < high], epsabs=1e-12)[0]
    truth = h_y - math.log(2 * half_width)
    assert problems.uniform_noise(half_width).truth == pytest.approx(truth, rel=1e-8, abs=0)


@pytest.mark.parametrize("half_width", [0.1, 0.75])
def test_uniform_noise_is_uniform(half_width):
    x, y = problems.uniform_noise(half_width).sample(N, 0)
    assert has_distribution(x, "uniform")
    assert has_distribution(y - x, "uniform", -half_width, 2 * half_width)


@pytest.mark.parametrize(
    ("function", "inverse"),
    [
        (problems.two_humps, TWO_HUMPS),
        (problems.wiggle, WIGGLE),
        (problems.faster_wiggle, FASTER_WIGGLE),
        (problems.half_cube, one_power_of_two_thirds),
    ],
)
def test_maps_can_be_undone(function, inverse):
    x = np.linspace(-8, 8, 100_001)
    assert np.diff(function(x)).min() > 0
    assert inverse(function(x)) == pytest.approx(x, abs=1e-12)


def test_two_humps_has_two():
    density, edges = np.histogram(problems.two_humps(np.random.default_rng(0).normal(size=100_000)), 40)
    middle = density[np.abs(edges[:-1]) < 0.5].max()
    assert min(density[edges[:-1] < -1].max(), density[edges[:-1] > 1].max()) > 3 * middle


# Values that repeat.


def interval_ratio(x, y):
    covering = sum((label <= y[:, 0]) & (y[:, 0] <= label + 2) for label in range(5))
    return np.log(5 / covering)


def label_ratio(x, y):
    """Log of p(y | x) over its mean for both labels."""
    about = [scipy.stats.norm.logpdf(y[:, 0], loc) for loc in (-1, 1)]
    return np.where(x == 1, about[1], about[0]) - np.logaddexp(*about) + math.log(2)


def poisson_ratio(x, y):
    return (scipy.stats.poisson.logpmf(y, x) - scipy.stats.geom.logpmf(y + 1, 0.5))[:, 0]


def atoms_ratio(x, y):
    atom = np.abs(x[:, 0]) == 1
    assert np.array_equal(atom, np.abs(y[:, 0]) == 1)
    alike = x[:, 0] == y[:, 0]
    corners = np.where(alike, 0.5 * 0.45, 0.5 * 0.05) / 0.25**2
    return np.where(atom, np.log(corners), math.log(0.5 / 0.5**2) + normal_ratio(paired(0.9, 1))(x, y))


MIXED = {
    "10 labels, independent": lambda x, y: np.zeros(len(x)),
    "5 labels, intervals": interval_ratio,
    "2 labels, normal": label_ratio,
    "Poisson count of an exponential": poisson_ratio,
    "half atoms, half normal": atoms_ratio,
}


@pytest.mark.parametrize("problem", special_problems.mixed(), ids=key)
def test_information_with_repeated_values_is_the_mean_log_ratio_of_the_samples(problem):
    x, y = problem.sample(N, 0)
    assert y.shape == (N, problem.sizes[1])
    assert same_mean(MIXED[problem.name](x, y), problem.truth)


def test_labels_are_integers_in_a_row_and_nothing_else_is():
    for problem in special_problems.mixed():
        first = problem.sample(10, 0)[0]
        assert (first.ndim == 1 and first.dtype.kind == "i") == ("label" in problem.name)


def test_labels_shift_what_they_say():
    found = {key(p): p.sample(N, 0) for p in special_problems.mixed()}
    x, y = found["5 labels, intervals, 1+1"]
    assert has_distribution(y[:, 0] - x, "uniform", 0, 2)
    for d in (1, 5):
        x, y = found[f"2 labels, normal, 1+{d}"]
        assert has_distribution(y[:, 0] - (2 * x - 1), "norm")


def test_information_with_repeated_values_by_hand():
    found = {key(p): p.truth for p in special_problems.mixed()}
    # Unit intervals from 0 to 6, covered by 1, 2, 2, 2, 2, 1 labels, each with a tenth.
    covered = [1, 2, 2, 2, 2, 1]
    by_hand = sum(c / 10 * math.log(5 / c) for c in covered)
    assert found["5 labels, intervals, 1+1"] == pytest.approx(by_hand, rel=EXACT, abs=0)
    # The entropy of y, geometric, is 2 log 2; given x it is that of a Poisson count.
    k = np.arange(400)

    def given(x):
        p = scipy.stats.poisson.pmf(k, x)
        return math.exp(-x) * scipy.stats.entropy(p / p.sum())

    poisson = 2 * math.log(2) - scipy.integrate.quad(given, 0, 60, limit=200, epsabs=1e-11)[0]
    assert found["Poisson count of an exponential, 1+1"] == pytest.approx(poisson, rel=1e-8, abs=0)
    # h(y) - h(y | label), the entropy of two humps on a fine grid.
    y = np.linspace(-12, 12, 200_001)
    p = 0.5 * scipy.stats.norm.pdf(y, 1) + 0.5 * scipy.stats.norm.pdf(y, -1)
    humps = -np.sum(p * np.log(p)) * (y[1] - y[0]) - scipy.stats.norm.entropy()
    assert found["2 labels, normal, 1+1"] == pytest.approx(humps, rel=1e-9, abs=0)


# A third variable.

CONDITIONAL = {
    "chain x, z, y, 1+1+1": 0.0,
    "common cause, 1+1+1": 0.0,
    "collider, 1+1+1": -0.5 * math.log(1 - 0.8**2),  # partial correlation: -(1/2.25) / (1 - 1/2.25)
    "common cause of 5 columns, 1+1+5": 0.0,
    "linked beside a common cause, 1+1+5": 0.5 * math.log(2),  # x and x + y, both of unit variance
}


@pytest.mark.parametrize("problem", special_problems.conditional(), ids=key)
def test_information_given_a_third_variable_by_partial_correlation(problem):
    assert problem.truth == pytest.approx(CONDITIONAL[key(problem)], abs=1e-12)
    x, y, z = problem.sample(N, 0)
    assert tuple(v.shape[1] for v in (x, y, z)) == problem.sizes
    rest_x, rest_y = ((v - z @ np.linalg.lstsq(z, v, rcond=None)[0])[:, 0] for v in (x, y))
    r = np.corrcoef(rest_x, rest_y)[0, 1]
    expected = math.sqrt(1 - math.exp(-2 * problem.truth))
    assert abs(abs(r) - expected) < STANDARD_ERRORS / math.sqrt(N)


# Entropies.

ENTROPIES = {
    "normal": lambda z: scipy.stats.norm.logpdf(z).sum(axis=1),
    "uniform": lambda z: scipy.stats.uniform.logpdf(z).sum(axis=1),
    "exponential": lambda z: scipy.stats.expon.logpdf(z)[:, 0],
    "Gumbel": lambda z: scipy.stats.gumbel_r.logpdf(z)[:, 0],
    "Student t, 1 degree": lambda z: scipy.stats.multivariate_t(shape=np.eye(z.shape[1]), df=1).logpdf(z),
    "dense normal": scipy.stats.multivariate_normal(cov=[[1, 0.9], [0.9, 1]]).logpdf,
}


@pytest.mark.parametrize("problem", special_problems.entropies(), ids=key)
def test_entropy_is_the_mean_surprisal_of_the_samples(problem):
    (z,) = problem.sample(N, 0)
    assert z.shape == (N, *problem.sizes)
    assert same_mean(-ENTROPIES[problem.name](z), problem.truth)


def test_entropy_of_student_t_by_quadrature():
    for d in (1, 5):
        assert special_problems.cauchy_entropy(d).truth == pytest.approx(student_entropy(d, 1), rel=1e-9, abs=0)


# Counts and labels.

HARMONIC = math.fsum(1 / i for i in range(1, 1001))
ENTROPY_OF_COUNTS = {
    "uniform, 10": math.log(10),
    "uniform, 1000": math.log(1000),
    "Zipf, 1000": math.log(HARMONIC) + math.fsum(math.log(i) / i for i in range(1, 1001)) / HARMONIC,
    "geometric, mean 10, inf": 10 * (-0.1 * math.log(0.1) - 0.9 * math.log(0.9)),
    "half on one, half on the others, 100001": math.log(2) + 0.5 * math.log(100_000),
    "Dirichlet(1), 100": float(scipy.stats.entropy(np.random.default_rng(100).dirichlet([1.0] * 100))),
    "Dirichlet(0.1), 1000": float(scipy.stats.entropy(np.random.default_rng(1000).dirichlet([0.1] * 1000))),
}


@pytest.mark.parametrize("problem", discrete_problems.counts(), ids=key)
def test_entropy_of_counts_by_closed_form_and_from_many(problem):
    assert problem.truth == pytest.approx(ENTROPY_OF_COUNTS[key(problem)], rel=EXACT, abs=0)
    n = 10**8
    (counts,) = problem.sample(n, 0)
    assert counts.sum() == n
    assert counts.min() > 0
    p = counts / n
    surprisal = float(scipy.stats.entropy(p))
    spread = math.sqrt(max(float(p @ np.log(p) ** 2) - surprisal**2, 0) / n)
    bias = (len(p) - 1) / (2 * n)
    assert surprisal == pytest.approx(problem.truth, abs=STANDARD_ERRORS * spread + 2 * bias)


def test_known_outcomes_leave_out_only_the_endless():
    left_out = {key(p) for p in discrete_problems.counts()} - {key(p) for p in discrete_problems.counts_known()}
    assert left_out == {"geometric, mean 10, inf"}


def copied_information(share, p):
    """Sum over the diagonal and over all else, p(x) p(y) being the product of the margins."""
    total = 0.0
    for i, a in enumerate(p):
        for j, b in enumerate(p):
            joint = (1 - share) * a * b + (share * a if i == j else 0.0)
            total += joint * math.log(joint / (a * b))
    return total


FLAT, STEEP = [0.1] * 10, [1 / i / math.fsum(1 / j for j in range(1, 31)) for i in range(1, 31)]
LABELS = {
    "independent": (0.0, FLAT), "30% copied": (0.3, FLAT), "95% copied": (0.95, FLAT),
    "Zipf, independent": (0.0, STEEP), "Zipf, 90% copied": (0.9, STEEP),
}  # fmt: skip


@pytest.mark.parametrize("problem", discrete_problems.labels(), ids=key)
def test_information_of_labels_by_sum_and_from_many(problem):
    share, p = LABELS[problem.name]
    assert problem.truth == pytest.approx(copied_information(share, p), rel=EXACT, abs=1e-14)
    n = 10**8
    (counts,) = problem.sample(n, 0)
    assert counts.shape == problem.sizes
    joint = counts / n
    plugin = scipy.stats.entropy(joint.sum(0)) + scipy.stats.entropy(joint.sum(1)) - scipy.stats.entropy(joint.ravel())
    assert plugin == pytest.approx(problem.truth, abs=STANDARD_ERRORS * 1.5 / math.sqrt(n) + joint.size / n)


# The referee itself.


def test_samples_are_the_same_every_time_and_differ_between_repetitions_and_problems():
    first, second = problems.pairs()[:2]
    assert np.array_equal(first.sample(5, 0)[0], first.sample(5, 0)[0])
    assert not np.array_equal(first.sample(5, 0)[0], first.sample(5, 1)[0])
    assert not np.array_equal(first.sample(5, 0)[0], second.sample(5, 0)[0][:, :1])


def numbered(rng, n):
    """Samples that say which repetition they are of, by the order in which they are drawn."""
    numbered.calls += 1
    return (np.full(n, numbered.calls - 1),)


def test_judge_counts_errors_answers_and_warnings():
    numbered.calls = 0
    problem = Problem("made up", (1,), 10.0, numbered)

    def sometimes(values):
        if values[0] == 2:
            return math.nan
        if values[0] == 1:
            warnings.warn("too few", EstimateWarning, stacklevel=1)
        warnings.warn("of no concern", UserWarning, stacklevel=1)
        return 11.0 + values[0]

    estimators = [
        Estimator("sometimes", sometimes),
        Estimator("never", lambda values: math.nan),
        Estimator("elsewhere", lambda values: 0.0, fits=lambda problem: False),
    ]
    found, never = judge("made up", problem, estimators, samples=4, repetitions=3)
    assert (found.estimator, found.samples, found.repetitions, found.answered, found.warned) == (
        "sometimes",
        4,
        3,
        2,
        1,
    )
    assert found.bias == pytest.approx(1.5, rel=EXACT, abs=0)
    assert found.spread == pytest.approx(math.sqrt(0.5), rel=EXACT, abs=0)
    assert found.rmse == pytest.approx(math.sqrt(2.5), rel=EXACT, abs=0)
    assert never.answered == 0
    assert never.to_dict()["bias"] is None


def test_table_marks_the_least_error_but_not_of_who_assumes_the_kind():
    numbered.calls = 0
    problem = Problem("made up", (1,), 1.0, lambda rng, n: (rng.random(n),))
    estimators = [
        Estimator("knows", lambda values: 1.0, library=ASSUMED),
        Estimator("near", lambda values: 1.1),
        Estimator("far", lambda values: 2.0),
    ]
    lines = list(table(judge("made up", problem, estimators, 10, 2), bias_and_error))
    assert lines[2] == "| made up | 1 | 10 | 1.000 | +0.0000 (0.0000) | **+0.1000 (0.1000)** | +1.0000 (1.0000) |"
    assert lines[5].endswith("| 1 | 1 | 0 |")  # within twice the least
