"""The author's answers to problem set 6 give what the library gives, and its statements say what is so."""

import math
import warnings

import numpy as np
import pytest
import torch
from scipy.special import polygamma

from exercises.problem_set import read_problem_set
from infolib import estimators
from infolib.representations import info_nce

COUNTS = ([1, 2, 3, 2, 1], [4, 0, 3, 1, 0], [1, 1, 1, 6], [30, 1, 1, 12, 5])


@pytest.fixture(scope="module")
def answers():
    """Everything that the solutions define, a namespace for each exercise."""
    problems = read_problem_set("ps6")
    setup = next(cell.source for cell in problems.preamble if cell.metadata.nbgrader.grade_id == "setup")
    spaces = {}
    for exercise in problems.exercises:
        spaces[exercise.slug] = {}
        exec(setup, spaces[exercise.slug])
        exec(exercise.solution.source, spaces[exercise.slug])
    return spaces


def from_counts(counts, method, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", estimators.EstimateWarning)
        return estimators.entropy_from_counts(counts, method, **options)


@pytest.mark.parametrize("counts", COUNTS)
@pytest.mark.parametrize(
    ("exercise", "function", "method", "base"),
    [
        ("plug-in", "plugin_entropy", "plugin", None),
        ("miller-madow", "miller_madow", "miller_madow", 2),
        ("coverage", "chao_shen", "chao_shen", None),
        ("resampling", "jackknife", "jackknife", None),
    ],
)
def test_entropies_of_counts(answers, exercise, function, method, base, counts):
    got = answers[exercise][function](counts)
    assert got == pytest.approx(from_counts(counts, method, base=base), rel=1e-12, abs=0)


@pytest.mark.parametrize(("a", "method"), [(1, "laplace"), (0.5, "jeffreys")])
def test_smoothed_counts(answers, a, method):
    for counts in COUNTS:
        want = from_counts(counts, method, n_outcomes=len(counts))
        assert answers["dirichlet"]["smoothed_plugin"](counts, a) == pytest.approx(want, rel=1e-12, abs=0)


def test_information_of_labels(answers):
    rng = np.random.default_rng(0)
    x, y = rng.integers(0, 5, 300), rng.integers(0, 7, 300)
    want = estimators.mutual_information_from_samples(x, y, method="plugin")
    assert answers["chance"]["information"](x, y) == pytest.approx(want, rel=1e-10, abs=0)


@pytest.mark.parametrize(("n", "d", "k"), [(200, 1, 1), (300, 2, 3), (150, 6, 5)])
def test_neighbours(answers, n, d, k):
    x = np.random.default_rng(n).normal(size=(n, d))
    want = estimators.knn_entropy(x, k, metric="euclidean", standardize=False)
    assert answers["knn-entropy"]["knn_entropy"](x, k) == pytest.approx(want, rel=1e-10, abs=0)
    y = x[:, :1] + np.random.default_rng(k).normal(size=(n, 2))
    want = estimators.ksg_mutual_information(x, y, k, standardize=False)
    assert answers["ksg"]["ksg_information"](x, y, k) == pytest.approx(want, rel=1e-10, abs=0)


def test_contrastive_bound(answers):
    scores = np.random.default_rng(0).normal(0, 3, (20, 20))
    want = float(info_nce(torch.as_tensor(scores)))
    assert answers["infonce"]["info_nce"](scores) == pytest.approx(want, rel=1e-6, abs=0)


def test_what_the_prior_says_by_itself(answers):
    """The uniform prior over 50,000 tokens: mean 10.397 and standard deviation 0.0024 nats."""
    assert answers["dirichlet"]["prior_mean"](50_000, 1) == pytest.approx(10.397, abs=5e-4)
    deviation = math.sqrt(2 / 50_001 * polygamma(1, 2) - polygamma(1, 50_001))
    assert deviation == pytest.approx(0.0024, abs=5e-5)
    p = np.random.default_rng(0).dirichlet(np.ones(50_000), 40)
    assert np.std(-np.sum(p * np.log(p), axis=1)) == pytest.approx(deviation, rel=0.4)


def test_the_bootstrap_interval_that_holds_neither(answers):
    """Twelve single observations of a source with 100 outcomes: both the plug-in and the truth lie above."""
    values = answers["resampling"]["bootstrap_entropies"]([1] * 12, 2000, 0)
    assert np.quantile(values, 0.975) < math.log(12) < math.log(100)


def test_the_tail_that_no_sample_shows(answers):
    space = answers["knn-divergence"]
    assert space["gaussian_kl"]([0], [[9]], [0], [[1]]) == pytest.approx(4.186, abs=5e-4)
    seen = []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        seen.append(space["knn_divergence"](rng.normal(0, 3, 1000), rng.normal(0, 1, 1000), 5))
    assert np.mean(seen) == pytest.approx(1.56, abs=0.15)


def test_two_terms_of_the_bias_leave_a_cube(answers):
    space = answers["coin-bias"]
    left = [(space["coin_bias"](n, 0.3) - space["two_terms"](n, 0.3)) * n**3 for n in (50, 100)]
    assert left[1] == pytest.approx(left[0], rel=0.1)


def test_good_and_turing_are_off_by_one_observation(answers):
    p, n = np.array([0.4, 0.3, 0.2, 0.05, 0.05]), 12
    once = [np.count_nonzero(row == 1) / n for row in np.random.default_rng(0).multinomial(n, p, 40_000)]
    want = answers["coverage"]["expected_unseen"](p, n - 1)
    assert np.mean(once) == pytest.approx(want, abs=5 * np.std(once) / 200)
    assert abs(np.mean(once) - answers["coverage"]["expected_unseen"](p, n)) > 0.005


def test_sixty_four_pairs_cannot_show_four_nats(answers):
    space, rho = answers["infonce"], 0.9999
    truth = -0.5 * math.log(1 - rho**2)
    assert truth == pytest.approx(4.26, abs=5e-3)
    rng = np.random.default_rng(0)
    x, noise = rng.normal(size=(2, 64))
    shown = space["info_nce"](space["best_scores"](x, rho * x + math.sqrt(1 - rho**2) * noise, rho))
    assert shown < math.log(64) < truth
