"""Error bars of SoftEntropy against simulation: what they claim to hold is drawn again and again, with known truth."""

import math

import numpy as np
import pytest
import torch
from scipy.stats import chisquare
from scipy.stats import t as student

from infolib.representations import Estimate, MeanVector, SoftEntropy, calibrate_temperature, sample_anchors
from infolib.representations._blocks import jackknife_mean, jackknife_variance
from infolib.representations._sample import SAMPLE_SIZE
from infolib.representations.estimate import Source

DIM, M = 8, 20
MEAN = torch.tensor([0.0] * (DIM - 1) + [2.5])  # what makes everything hang on the anchors near it
DIRECTION = torch.randn(10, DIM, generator=torch.Generator().manual_seed(3))
TEMPERATURE = calibrate_temperature(M, DIM)


def cloud(n, seed, labels=None, documents=None):
    """Vectors with a mean, a part that their label explains, and one that their document does."""
    draw = torch.Generator().manual_seed(seed)
    z = torch.randn(n, DIM, generator=draw)
    if documents is not None:
        z = (z + torch.randn(int(documents.max()) + 1, DIM, generator=draw)[documents]) / math.sqrt(2)
    if labels is not None:
        z = 0.8 * z + 0.6 * DIRECTION[labels]
    return z + MEAN


def assigned(z, anchors):
    """p(a|z) for each set, (vectors, sets, M)."""
    logits = (z / z.norm(dim=1, keepdim=True)).double() @ anchors.T / TEMPERATURE
    return torch.softmax(logits.unflatten(1, (-1, M)), 2)


def population_entropy(p):
    """Entropy of the mean of p (n, sets, M), for each set; halves take out the first order of what few vectors add."""
    halves = p.unflatten(0, (2, -1)).mean(1)
    return 2 * torch.special.entr(halves.mean(0)).sum(1) - torch.special.entr(halves).sum(2).mean(0)


def filled(z, labels=None, units=None, **settings):
    sets = {} if labels is None else {"x": 10, "class": 5}
    est = SoftEntropy(z.shape[1], settings.pop("n_anchors", M), labels=sets, **settings)
    est.update(z, {} if labels is None else {"x": labels, "class": labels % 5}, units=units)
    return est


def numbers(estimates):
    """Values, standard errors, and the share of intervals that hold a truth."""
    values = np.array([float(x) for x in estimates])
    errors = np.array([x.standard_error for x in estimates])
    return values, errors


def holding(estimates, truth):
    return np.mean([low <= truth <= high for low, high in (x.interval() for x in estimates)])


def rms(x):
    return math.sqrt(np.mean(np.square(x)))


# 240 intervals of true coverage 95% hold the truth in 91.4% to 98.6% of samples, with probability 99%.
REPETITIONS, LEAST, MOST = 240, 0.914, 0.986


@pytest.fixture(scope="module")
def mean_entropy():
    """H(A) of the cloud, over vectors and anchors, and its own standard error."""
    found = []
    for seed in range(600):
        anchors = sample_anchors(M, DIM, n_sets=32, seed=10_000 + seed)
        found.append(population_entropy(assigned(cloud(1024, 20_000 + seed), anchors)).mean())
    return float(torch.stack(found).mean()), float(torch.stack(found).std()) / math.sqrt(600)


@pytest.mark.parametrize("n", [50, 1000])
def test_interval_of_the_entropy_holds_the_mean_over_anchors_and_vectors(n, mean_entropy):
    estimates = [filled(cloud(n, seed), n_sets=4, seed=seed).entropy() for seed in range(REPETITIONS)]
    truth, uncertainty = mean_entropy
    values, errors = numbers(estimates)
    assert uncertainty < 0.1 * rms(errors)
    assert abs(values.mean() - truth) < 3 * math.hypot(values.std() / math.sqrt(REPETITIONS), uncertainty)
    assert LEAST < holding(estimates, truth) < MOST


@pytest.fixture(scope="module")
def labelled():
    """Samples with ten labels, all measured with the same anchors: their estimates and the population's values."""
    names = ("entropy", "ceiling", "information", "left", "regularity", "ceiling_share", "optimality")
    found = {name: [] for name in names}
    for seed in range(REPETITIONS):
        labels = torch.randint(10, (1000,), generator=torch.Generator().manual_seed(50_000 + seed))
        est = filled(cloud(1000, seed, labels), labels, seed=4)
        results = (
            est.entropy(), est.ceiling(), est.mutual_information("x", "jackknife"),
            est.conditional_entropy("x", "jackknife"), est.regularity("x", "jackknife"),
            est.ceiling_share("x", "jackknife"), est.optimality("x", "class", "jackknife"),
        )  # fmt: skip
        for name, result in zip(names, results, strict=True):
            found[name].append(result)
    each = torch.arange(10).repeat(60_000)
    p = assigned(cloud(len(each), 77, each), sample_anchors(M, DIM, seed=4)).view(-1, 10, M)
    h = float(population_entropy(p.reshape(-1, 1, M)))
    ceiling = h - float(torch.special.entr(p).sum(2).mean())
    i = h - float(population_entropy(p).mean())
    of_class = h - float(population_entropy(p.view(-1, 2, 5, M).flatten(0, 1)).mean())
    return found, dict(zip(names, (h, ceiling, i, h - i, i / h, i / ceiling, of_class / i), strict=True))


@pytest.mark.parametrize("name", ["entropy", "ceiling", "information", "left"])
def test_interval_holds_the_truth_of_these_anchors(labelled, name):
    found, truth = labelled
    assert LEAST < holding(found[name], truth[name]) < MOST


@pytest.mark.parametrize("name", ["regularity", "ceiling_share", "optimality"])
def test_errors_of_ratios_are_those_of_the_simulation(labelled, name):
    found, truth = labelled
    values, errors = numbers(found[name])
    # A standard deviation from 240 samples errs by 5%.
    assert rms(errors) == pytest.approx(values.std(), rel=0.15, abs=0)
    assert LEAST < holding(found[name], truth[name]) < MOST


def test_errors_fall_with_the_square_roots_of_vectors_and_of_sets():
    def error(source, n, n_sets):
        def one(seed):
            anchors = sample_anchors(M, DIM, n_sets=n_sets, seed=seed)
            return filled(cloud(n, seed), n_sets=n_sets, anchors=anchors).entropy().error_from(source)

        return rms([one(seed) for seed in range(40)])

    # Errors of these errors: 3% of the data's, from 16 blocks and 40 samples, and 6% of the anchors', from 4 sets.
    assert error("data", 500, 1) / error("data", 8000, 1) == pytest.approx(4, rel=0.15, abs=0)
    assert error("anchors", 1000, 4) / error("anchors", 1000, 64) == pytest.approx(4, rel=0.2, abs=0)


def test_taking_off_the_luck_of_the_anchors_leaves_the_mean_and_takes_most_of_the_spread():
    z, with_luck, without = cloud(2000, 0), [], []
    for seed in range(100):
        # The same anchors, once given: the library then knows no others of their kind to compare with.
        with_luck.append(float(filled(z, n_sets=4, anchors=sample_anchors(M, DIM, n_sets=4, seed=seed)).entropy()))
        without.append(float(filled(z, n_sets=4, seed=seed).entropy()))
    difference = np.subtract(with_luck, without)
    assert abs(difference.mean()) < 2.6 * difference.std() / math.sqrt(100)
    assert np.std(with_luck) > 3 * np.std(without)


@pytest.mark.parametrize("sizes", [[5] * 16, [1, 2, 3, 10, 40], [100, 1]])
def test_jackknife_of_a_mean_over_unequal_blocks(sizes):
    x = torch.randn(3000, sum(sizes), generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    n, total = torch.tensor(sizes, dtype=torch.float64), float(sum(sizes))
    sums = torch.stack([part.sum(1) for part in x.split(sizes, 1)])  # (blocks, samples)
    full, without = sums.sum(0) / total, (sums.sum(0) - sums) / (total - n)[:, None]
    # A mean has no bias, its pseudo-values are the blocks' means, and its variance is 1 / N.
    torch.testing.assert_close(jackknife_mean(full, without, n), full, rtol=1e-12, atol=1e-14)
    found = jackknife_variance(full, without, n)
    expected = ((sums / n[:, None] - full) ** 2 * (n / (total - n))[:, None]).mean(0)
    torch.testing.assert_close(found, expected, rtol=1e-9, atol=1e-14)
    # 2 / G is the relative variance of a variance from G blocks of one size; unequal ones vary more.
    assert float(found.mean()) == pytest.approx(1 / total, rel=5 * float(found.std() / found.mean()) / 3000**0.5, abs=0)


def test_jackknife_takes_off_a_bias_of_first_order():
    # The square of a mean exceeds that of the expectation by the variance of the mean.
    n = torch.full((16,), 4.0, dtype=torch.float64)
    x = torch.randn(16, 4, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    full, without = x.mean() ** 2, ((x.sum() - x.sum(1)) / 60) ** 2
    block_means = x.mean(1)
    assert float(jackknife_mean(full, without, n)) == pytest.approx(
        float(full - block_means.var() / 16), rel=1e-9, abs=1e-15
    )


@pytest.mark.parametrize("mixed", [False, True])
def test_units_make_errors_right_where_documents_hang_together(mixed):
    found, blind = [], []
    for seed in range(150):
        documents = torch.arange(2000) // 50
        if mixed:
            documents = documents[torch.randperm(2000, generator=torch.Generator().manual_seed(seed))]
        z = cloud(2000, seed, documents=documents)
        found.append(filled(z, units=documents, seed=4).entropy())
        blind.append(filled(z, seed=4).entropy())
    values, errors = numbers(found)
    # The error of 40 documents in 16 blocks, two or three in one, is 18% off each time and 2% in the mean.
    assert rms(errors) == pytest.approx(values.std(), rel=0.25, abs=0)
    values, errors = numbers(blind)
    if mixed:
        assert rms(errors) < 0.5 * values.std()


def test_interval_is_student_t_with_welch_and_satterthwaite():
    one = Estimate("H", (1.0, 1.2, 1.1), 100, sources=(Source("data", 0.3, 7),))
    low, high = one.interval(0.9)
    half = student.ppf(0.95, 7) * 0.3
    assert (low, high) == pytest.approx((1.1 - half, 1.1 + half), rel=1e-12, abs=0)
    two = Estimate("H", (1.0,), 100, sources=(Source("data", 0.3, 7), Source("anchors", 0.4, 3), Source("model", 0.1)))
    degrees = (0.09 + 0.16 + 0.01) ** 2 / (0.09**2 / 7 + 0.16**2 / 3)
    half = student.ppf(0.975, degrees) * math.sqrt(0.26)
    assert two.interval() == pytest.approx((1 - half, 1 + half), rel=1e-12, abs=0)
    # One source that is a model's has no degrees: the normal distribution.
    normal = Estimate("H", (1.0,), 100, sources=(Source("model", 0.1),)).interval()
    assert normal[1] - 1 == pytest.approx(0.1 * 1.959963984540054, rel=1e-6, abs=0)


def test_nothing_is_claimed_where_nothing_is_known():
    alone = filled(cloud(1, 0), seed=0)
    together = filled(cloud(500, 0), units=torch.zeros(500, dtype=torch.int64), seed=0)
    for est in (alone, together):
        estimate = est.entropy()
        assert math.isnan(estimate.standard_error)
        assert all(math.isnan(end) for end in estimate.interval())
        assert math.isnan(estimate.error_from("data")) and math.isnan(estimate.error_from("anchors"))
        assert estimate.to_dict()["standard_error"] is None


@pytest.mark.parametrize("with_units", [False, True])
def test_shards_merge_to_the_same_results_in_either_order(with_units):
    def shard(seed, n, unit):
        labels = torch.randint(10, (n,), generator=torch.Generator().manual_seed(seed))
        units = unit + torch.arange(n) // 40 if with_units else None
        return filled(cloud(n, seed, labels), labels, units, n_sets=3, seed=1)

    a, b = shard(0, 701, 0), shard(1, 1502, 100)
    for result in (lambda e: e.entropy(), lambda e: e.ceiling(), lambda e: e.mutual_information("x"),
                   lambda e: e.optimality("x", "class")):  # fmt: skip
        one, other = result(a + b), result(b + a)
        assert one.per_set == pytest.approx(other.per_set, rel=1e-9, abs=1e-12)
        assert one.standard_error == pytest.approx(other.standard_error, rel=1e-6, abs=0)


def on_circle(n):
    """Vectors in which one may read where in the stream they stood."""
    angle = (torch.arange(n) + 0.5) / n * 2 * math.pi
    return torch.stack([angle.cos(), angle.sin()], 1)


def positions(est, n):
    vectors = est._summed.sample.ordered()[1].double()
    return ((torch.atan2(vectors[:, 1], vectors[:, 0]) / (2 * math.pi)) % 1 * n).floor().long()


def assert_uniform(found, n):
    assert len(found.unique()) == min(n, SAMPLE_SIZE)
    counts = np.bincount(found.numpy() * 32 // n, minlength=32)
    # Without replacement: less spread than the distribution of chi-square has, so that its upper end is a strict bound.
    assert chisquare(counts).pvalue > 1e-3


N = 16_384


@pytest.mark.parametrize("batch", [100, 3000, N])
@pytest.mark.parametrize("units", [None, "one after another", "in turn"])
def test_sample_is_uniform(batch, units):
    at = torch.arange(N)
    of = None if units is None else at // 500 if units == "one after another" else at % 40
    est = SoftEntropy(2, 10)
    for part in at.split(batch):
        est.update(on_circle(N)[part], units=None if of is None else of[part])
    found = positions(est, N)
    assert_uniform(found, N)
    if units == "in turn":  # the first few of the sample stand for all of it
        assert len((found[:256] % 40).unique()) == 40


def test_merged_sample_is_uniform_and_draws_from_each_shard_on_its_own():
    z, cut = on_circle(N), N // 2
    parts = []
    for rows in (z[:cut], z[cut:]):
        parts.append(SoftEntropy(2, 10))
        parts[-1].update(rows)
    found = positions(parts[0] + parts[1], N)
    assert_uniform(found, N)
    # Of two rows that stand at the same place in their shards, one says nothing of the other.
    both = len(np.intersect1d(found[found < cut].numpy(), found[found >= cut].numpy() - cut))
    expected = cut * (SAMPLE_SIZE / N) ** 2
    assert both == pytest.approx(expected, abs=5 * math.sqrt(expected), rel=0)


def test_a_sample_of_all_is_all():
    est = SoftEntropy(2, 10)
    est.update(on_circle(500))
    assert sorted(positions(est, 500).tolist()) == list(range(500))


def test_exact_centring_is_subtraction():
    z, mean = cloud(900, 0).double(), MeanVector(DIM)
    for part in z.split(400):
        mean.update(part)
    torch.testing.assert_close(mean.value, z.mean(0), rtol=1e-12, atol=1e-14)
    centred, by_hand = filled(z, center=mean.value, seed=2), filled(z - z.mean(0), seed=2)
    assert float(centred.entropy()) == pytest.approx(float(by_hand.entropy()), rel=1e-9, abs=0)
    assert float(centred.entropy()) > float(filled(z, seed=2).entropy()) + 0.1


def test_running_centring_takes_the_mean_of_all_so_far():
    z = cloud(900, 0).double()
    running, by_hand = SoftEntropy(DIM, M, center="running", seed=2), SoftEntropy(DIM, M, seed=2)
    for stop in (100, 300, 900):
        start = {100: 0, 300: 100, 900: 300}[stop]
        running.update(z[start:stop])
        by_hand.update(z[start:stop] - z[:stop].mean(0))
    assert float(running.entropy("none")) == pytest.approx(float(by_hand.entropy("none")), rel=1e-9, abs=0)
    exact = filled(z, center=z.mean(0), seed=2)
    assert float(running.entropy("none")) == pytest.approx(float(exact.entropy("none")), rel=0.01, abs=0)
