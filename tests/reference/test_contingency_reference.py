"""Mutual information of labels against scikit-learn, mpmath, exact enumeration and the chi-square law."""

import itertools
import math
from collections import Counter

import mpmath as mp
import numpy as np
import pytest
import scipy.stats
from sklearn.metrics import adjusted_mutual_info_score, mutual_info_score

import infolib
from infolib.estimators import _labels
from infolib.estimators._chance import expected_nats
from infolib.estimators._resampling import shuffled_nats
from infolib.estimators.contingency import (
    adjusted_mutual_information,
    expected_mutual_information,
    independence_test,
    mutual_information_from_contingency,
    mutual_information_from_samples,
)

NORMALIZERS = ("arithmetic", "max", "min", "geometric")


def drawn(n, x_symbols, y_symbols, share, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.integers(x_symbols, size=n)
    return x, np.where(rng.random(n) < share, x % y_symbols, rng.integers(y_symbols, size=n))


SAMPLES = [
    drawn(30, 3, 4, 0.5),
    drawn(1000, 2, 2, 0.1),
    drawn(1000, 200, 30, 0.3),
    drawn(5000, 10, 10, 0.9),
    (np.repeat([0, 1, 2], [997, 2, 1]), np.arange(1000) % 7 == 0),
]


def zipf(n, symbols, seed):
    return np.minimum(np.random.default_rng(seed).zipf(1.5, size=n), symbols)


# scikit-learn.


@pytest.mark.parametrize("sample", [*SAMPLES, drawn(20_000, 15_000, 15_000, 0.2)])  # the last counted by sorting
def test_the_plugin_is_that_of_scikit_learn(sample):
    x, y = sample
    ours, theirs = mutual_information_from_samples(x, y, "plugin"), mutual_info_score(x, y)
    assert ours == pytest.approx(theirs, rel=1e-10, abs=0)


def test_the_comparison_with_scikit_learn_can_fail():
    x, y = (np.array(side) for side in SAMPLES[3])
    theirs = mutual_info_score(x, y)
    y[0] = (y[0] + 1) % 10
    assert abs(mutual_information_from_samples(x, y, "plugin") - theirs) > 1e-5


@pytest.mark.parametrize("normalizer", NORMALIZERS)
@pytest.mark.parametrize("which", range(len(SAMPLES)))
def test_adjusted_information_is_that_of_scikit_learn(which, normalizer):
    x, y = SAMPLES[which]
    ours = adjusted_mutual_information(x, y, normalizer)
    assert ours == pytest.approx(adjusted_mutual_info_score(x, y, average_method=normalizer), abs=1e-10)


# Expected information, exactly.


def exact_expected(x_counts, y_counts):
    """The sum of Vinh, Epps and Bailey at 40 digits, by exact binomials, each pair of equal counts once."""
    with mp.workdps(40):
        n, total = int(sum(x_counts)), mp.mpf(0)
        rows, columns = (Counter(map(int, counts)).items() for counts in (x_counts, y_counts))
        for (a, a_times), (b, b_times) in itertools.product(rows, columns):
            ways = mp.mpf(math.comb(n, a))
            for k in range(max(1, a + b - n), min(a, b) + 1):
                chance = mp.mpf(math.comb(b, k) * math.comb(n - b, a - k)) / ways
                total += a_times * b_times * chance * k * mp.log(mp.mpf(n * k) / (a * b))
        return float(total / n)


@pytest.mark.parametrize(
    ("x_counts", "y_counts"),
    [
        ([2, 1], [1, 2]),
        ([5, 3, 2], [4, 4, 1, 1]),
        ([1] * 12, [6, 6]),
        ([97, 2, 1], [99, 1]),  # nearly all of one label: the cell that varies least is that of the others
        ([90, 10], [85, 15]),
        ([50, 50], [50, 50]),
        ([1999, 1], [1000, 1000]),
        ([700, 800, 500], [1990, 4, 3, 2, 1]),
        ([1500, 1500], [2900, 100]),
    ],
)
def test_expected_information_to_twelve_digits(x_counts, y_counts):
    ours = expected_nats(np.array(x_counts), np.array(y_counts))
    assert ours == pytest.approx(exact_expected(x_counts, y_counts), rel=1e-12, abs=0)
    assert expected_nats(np.array(y_counts), np.array(x_counts)) == pytest.approx(ours, rel=1e-12, abs=0)


def test_expected_information_of_thousands_of_labels_to_twelve_digits():
    # 20,000 samples of 15,000 labels: cells by the hundred million, where scikit-learn keeps nine digits.
    counts = [np.unique(side, return_counts=True)[1] for side in drawn(20_000, 15_000, 15_000, 0.2)]
    assert expected_nats(*counts) == pytest.approx(exact_expected(*counts), rel=1e-12, abs=0)


def test_expected_information_of_a_large_table_to_twelve_digits():
    # A rare label beside frequent ones, in a million samples: terms from few counts, and from thousands.
    n, rare = 10**6, 300
    with mp.workdps(40):
        total = mp.mpf(0)
        for a, b in ((rare, n // 2), (rare, n // 2)):
            for k in range(1, rare + 1):
                chance = mp.binomial(rare, k) * mp.ff(b, k) * mp.ff(n - b, rare - k) / mp.ff(n, rare)
                total += chance * k * mp.log(mp.mpf(n * k) / (a * b))
                # The other row of the column holds the rest of it.
                rest = b - k
                total += chance * rest * mp.log(mp.mpf(n * rest) / ((n - rare) * b))
            rest = b  # k = 0
            chance = mp.ff(n - b, rare) / mp.ff(n, rare)
            total += chance * rest * mp.log(mp.mpf(n * rest) / ((n - rare) * b))
        expected = float(total / n)
    ours = expected_nats(np.array([rare, n - rare]), np.array([n // 2, n // 2]))
    assert ours == pytest.approx(expected, rel=1e-12, abs=0)


@pytest.mark.parametrize(
    ("x", "y"), [([0, 0, 1, 1, 2, 2], [0, 0, 0, 1, 1, 1]), ([0, 0, 0, 1, 1, 2, 3], [0, 0, 0, 0, 1, 2, 2])]
)
def test_chance_is_what_all_shufflings_give(x, y):
    found = [mutual_information_from_samples(x, order, "plugin") for order in itertools.permutations(y)]
    assert expected_mutual_information(x, y) == pytest.approx(np.mean(found), rel=1e-12, abs=0)
    own = mutual_information_from_samples(x, y, "plugin")
    share = np.mean(np.array(found) >= own - 1e-12)
    test = independence_test(x, y, n_permutations=20_000)
    assert test.p_value == pytest.approx(share, abs=4 * math.sqrt(share * (1 - share) / 20_000))


# The test of independence.


def test_p_values_of_two_by_two_tables_are_those_of_the_hypergeometric_law():
    x, y = drawn(60, 2, 2, 0.25, seed=3)
    a, b = int(x.sum()), int(y.sum())
    law = scipy.stats.hypergeom(60, a, b)
    support = np.arange(max(0, a + b - 60), min(a, b) + 1)
    tables = np.array([[[60 - a - b + k, b - k], [a - k, k]] for k in support])
    nats = mutual_information_from_contingency(tables, "plugin")
    exact = law.pmf(support)[nats >= mutual_information_from_samples(x, y, "plugin") - 1e-12].sum()
    assert 0.005 < exact < 0.5
    assert independence_test(x, y, n_permutations=20_000).p_value == pytest.approx(
        exact, abs=4 * math.sqrt(exact / 20_000)
    )


def test_twice_the_samples_times_the_information_is_chi_square():
    # Under independence, with (R-1)(C-1) = 12 degrees of freedom.
    rng = np.random.default_rng(0)
    p = np.outer([0.4, 0.3, 0.2, 0.1], [0.3, 0.3, 0.2, 0.1, 0.1])
    tables = rng.multinomial(4000, p.reshape(-1), size=3000).reshape(-1, 4, 5)
    scaled = 2 * 4000 * mutual_information_from_contingency(tables, "plugin")
    assert scipy.stats.kstest(scaled, scipy.stats.chi2(12).cdf).pvalue > 0.01
    x, y = drawn(4000, 4, 5, 0.03, seed=2)
    test = independence_test(x, y, n_permutations=5000)
    by_law = scipy.stats.chi2(12).sf(2 * 4000 * test.mutual_information)
    assert 0.001 < by_law < 0.2
    assert test.p_value == pytest.approx(by_law, abs=4 * math.sqrt(by_law / 5000))


@pytest.mark.parametrize("tables", [True, False])
def test_p_values_of_independent_labels_are_uniform(monkeypatch, tables):
    monkeypatch.setattr(_labels, "_fits_table", lambda shape, n: tables)
    rng = np.random.default_rng(1)
    p_values = [
        independence_test(rng.integers(3, size=200), rng.integers(4, size=200), n_permutations=99, seed=i).p_value
        for i in range(300)
    ]
    assert scipy.stats.kstest(p_values, "uniform").pvalue > 0.01


def test_few_independent_samples_of_many_labels_are_seldom_called_dependent():
    # Most pairs occur once, and so few values of the information are possible that ties decide.
    rng = np.random.default_rng(1)
    p_values = np.array([
        independence_test(rng.integers(20, size=40), rng.integers(30, size=40), n_permutations=99, seed=i).p_value
        for i in range(300)
    ])
    for level in (0.05, 0.2, 0.5):
        assert np.mean(p_values <= level) <= level + 2.5 * math.sqrt(level * (1 - level) / 300)


def test_drawing_tables_is_shuffling_labels(monkeypatch):
    x, y = zipf(400, 40, 0), zipf(400, 30, 1)
    counted = _labels.count_pairs(x, y)
    own, tables = shuffled_nats(counted, 1500, np.random.default_rng(0))
    monkeypatch.setattr(_labels, "_fits_table", lambda shape, n: False)
    again, labels = shuffled_nats(counted, 1500, np.random.default_rng(0))
    assert own == again == pytest.approx(mutual_information_from_samples(x, y, "plugin"), rel=1e-12, abs=0)
    assert not np.array_equal(tables, labels)
    assert scipy.stats.ks_2samp(tables, labels).pvalue > 0.01
    expected = expected_mutual_information(x, y)
    for null in (tables, labels):
        assert np.mean(null) == pytest.approx(expected, abs=4 * np.std(null) / math.sqrt(1500))


# Pseudo-counts and shrinkage, for the table as a whole.

ADDED = {"laplace": 1.0, "jeffreys": 0.5, "minimax": math.sqrt(27) / 12, "schurmann_grassberger": 1 / 12}
TABLE = np.array([[7, 0, 1, 2], [0, 5, 0, 1], [3, 3, 4, 1]])


@pytest.mark.parametrize("method", ADDED)
def test_pseudocounts_give_the_information_of_the_table_with_them(method):
    p = (TABLE + ADDED[method]) / (TABLE + ADDED[method]).sum()
    found = mutual_information_from_contingency(TABLE, method)
    assert found == pytest.approx(float(infolib.mutual_information(p)), rel=1e-12, abs=0)


def test_shrinkage_gives_the_information_of_the_shrunk_table():
    p, n = TABLE / TABLE.sum(), TABLE.sum()
    weight = (1 - (p**2).sum()) / ((n - 1) * ((1 / 12 - p) ** 2).sum())
    assert 0 < weight < 1
    shrunk = weight / 12 + (1 - weight) * p
    found = mutual_information_from_contingency(TABLE, "shrinkage")
    assert found == pytest.approx(float(infolib.mutual_information(shrunk)), rel=1e-12, abs=0)
    # Even counts are the target already, and one sample says nothing against it.
    assert mutual_information_from_contingency([[2, 2], [2, 2]], "shrinkage") == 0.0
    assert mutual_information_from_contingency([[0, 1], [0, 0]], "shrinkage") == pytest.approx(0.0, abs=1e-15)
