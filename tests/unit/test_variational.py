"""Trained bounds: matrices worked out by hand, Gaussians with the best critic, training and its honesty, failures."""

import json
import math
import warnings

import numpy as np
import pytest
import torch
from scipy.special import xlogy
from scipy.stats import norm
from torch import nn

from infolib.estimators._warning import EstimateWarning
from infolib.representations import _held_out, _training, variational
from infolib.representations._blocks import jackknife_variance
from infolib.representations._bounds import (
    NAMES,
    MovingDenominator,
    donsker_varadhan,
    info_nce,
    jensen_shannon,
    named_bound,
    nwj,
    smile,
)
from infolib.representations._critics import ConcatCritic, SeparableCritic
from infolib.representations._held_out import held_out, score_matrix
from infolib.representations._pairs import ready
from infolib.representations.variational import variational_mutual_information

BY_HAND = [[1.0, -0.5], [0.25, 2.0]]


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def gaussian(n, information, dim=1, seed=0):
    """Pairs of columns of one correlation, which hold `information` nats together, as float64 tensors."""
    source = seed if isinstance(seed, torch.Generator) else generator(seed)
    x, noise = (torch.randn(n, dim, generator=source, dtype=torch.float64) for _ in range(2))
    square = -math.expm1(-2 * information / dim)
    return x, math.sqrt(square) * x + math.sqrt(1 - square) * noise


class Best(nn.Module):
    """Log density ratio of `gaussian`."""

    def __init__(self, information, dim=1):
        super().__init__()
        self.information, self.square = information, -math.expm1(-2 * information / dim)

    def forward(self, x, y):
        squares = x.square().sum(1)[:, None] + y.square().sum(1)
        cross = math.sqrt(self.square) * (x @ y.T) - self.square / 2 * squares
        return cross / (1 - self.square) + self.information


def best_scores(n, information, dim=1, seed=0):
    return Best(information, dim)(*gaussian(n, information, dim, seed))


def trained(x, y, bound="info_nce", **settings):
    """An estimate, with its warnings made errors."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", EstimateWarning)
        return variational_mutual_information(x, y, bound=bound, **settings)


# The bounds, as functions of a matrix of scores


def test_bounds_of_a_matrix_by_hand():
    mean_weight = (math.exp(-0.5) + math.exp(0.25)) / 2
    dv, of_nwj = 1.5 - math.log(mean_weight), 2.5 - mean_weight
    rows = (math.log(math.exp(1) + math.exp(-0.5)), math.log(math.exp(0.25) + math.exp(2)))
    nce = ((1.0 - rows[0]) + (2.0 - rows[1])) / 2 + math.log(2)
    clipped = 1.5 - math.log((math.exp(-0.4) + math.exp(0.25)) / 2)
    found = donsker_varadhan(BY_HAND), nwj(BY_HAND), info_nce(BY_HAND), smile(BY_HAND, clip=0.4)
    for value, truth in zip(found, (dv, of_nwj, nce, clipped), strict=True):
        assert value.dtype == torch.float64 and value.ndim == 0
        assert float(value) == pytest.approx(truth, rel=1e-14, abs=0)


def test_jensen_shannon_objective_by_hand():
    joint = -(math.log1p(math.exp(-1)) + math.log1p(math.exp(-2))) / 2
    others = (math.log1p(math.exp(-0.5)) + math.log1p(math.exp(0.25))) / 2
    assert float(jensen_shannon(BY_HAND)) == pytest.approx(joint - others, rel=1e-14, abs=0)


def test_a_list_an_array_and_a_tensor_give_the_same():
    whole = [[2, 0], [-1, 3]]
    for bound in (donsker_varadhan, nwj, info_nce, smile):
        assert bound(BY_HAND) == bound(np.array(BY_HAND, ">f8")) == bound(torch.tensor(BY_HAND))
        assert bound(whole) == bound(np.array(whole)) == bound(torch.tensor(whole)) == bound(torch.tensor(whole).half())


@pytest.mark.parametrize("size", [1e4, -1e4])
def test_large_scores_do_not_overflow(size):
    scores = size * torch.tensor(BY_HAND)
    weights = [-0.5 * size, 0.25 * size]
    log_mean = max(weights) - math.log(2)  # the other weight is e^-7500 of it
    assert float(donsker_varadhan(scores)) == pytest.approx(1.5 * size - log_mean, rel=1e-14, abs=0)
    nce = math.log(2) if size > 0 else (1.0 * size + 0.5 * size + 2.0 * size - 0.25 * size) / 2 + math.log(2)
    assert float(info_nce(scores)) == pytest.approx(nce, rel=1e-14, abs=0)
    assert float(smile(scores)) == pytest.approx(1.5 * size - 5 + math.log(2), rel=1e-8, abs=0)


def test_nwj_keeps_what_can_be_represented_and_goes_to_minus_infinity_beyond():
    assert float(nwj([[700.0, 700.0], [700.0, 700.0]])) == pytest.approx(-math.exp(700), rel=1e-12, abs=0)
    assert float(nwj([[0.0, 1e4], [0.0, 0.0]])) == -math.inf


def test_pairs_that_cannot_occur_score_minus_infinity():
    scores = [[0.0, -math.inf], [0.5, 1.0]]
    assert float(donsker_varadhan(scores)) == pytest.approx(0.5 - math.log(math.exp(0.5) / 2), rel=1e-14, abs=0)
    assert float(nwj(scores)) == pytest.approx(1.5 - math.exp(0.5) / 2, rel=1e-14, abs=0)
    by_row = (0.0, 1 - math.log(math.exp(0.5) + math.e))
    assert float(info_nce(scores)) == pytest.approx(sum(by_row) / 2 + math.log(2), rel=1e-14, abs=0)


@pytest.mark.parametrize("bound", [donsker_varadhan, nwj, info_nce, lambda s: smile(s, clip=0.4), jensen_shannon])
def test_gradients_are_those_of_finite_differences(bound):
    scores = torch.randn(4, 4, generator=generator(), dtype=torch.float64).mul(0.3).requires_grad_()
    assert torch.autograd.gradcheck(bound, (scores,))


def test_mine_has_the_value_of_donsker_varadhan_and_divides_its_gradient_by_a_moving_average():
    first, second = torch.randn(2, 5, 5, generator=generator(), dtype=torch.float64)
    objective = MovingDenominator(rate=0.25)
    others = ~torch.eye(5, dtype=torch.bool)
    average = None
    for scores in (first, second):
        mean = scores[others].exp().mean()
        average = mean if average is None else 0.75 * average + 0.25 * mean
        scores.requires_grad_()
        value = objective(scores)
        assert value.item() == pytest.approx(donsker_varadhan(scores).item(), rel=1e-14, abs=0)
        value.backward()
        gradient = torch.where(others, -scores.detach().exp() / (20 * average), 0.2)
        torch.testing.assert_close(scores.grad, gradient, rtol=1e-13, atol=0)
    with torch.no_grad():
        assert float(objective(100 + first)) == pytest.approx(float(donsker_varadhan(first)), rel=1e-13, abs=0)
    objective(second.detach().requires_grad_()).backward()  # the held-out look above moved nothing
    assert float(objective._log_average.exp()) == pytest.approx(float(0.75 * average + 0.25 * mean), rel=1e-13, abs=0)


@pytest.mark.parametrize("bound", [donsker_varadhan, nwj, info_nce, smile])
@pytest.mark.parametrize(
    ("scores", "message"),
    [
        ([[1.0, 2.0]], r"shape \(n, n\)"),
        ([[1.0]], "n at least 2"),
        ([1.0, 2.0], r"shape \(n, n\)"),
        ([[1.0, math.nan], [0.0, 1.0]], "must be finite"),
        ([[1.0, math.inf], [0.0, 1.0]], "must be finite"),
        ([[-math.inf, 0.0], [0.0, 1.0]], "must be finite"),
    ],
)
def test_what_are_no_scores_is_refused(bound, scores, message):
    with pytest.raises(ValueError, match=message):
        bound(scores)


@pytest.mark.parametrize("bound", [donsker_varadhan, nwj, info_nce, smile])
@pytest.mark.parametrize(
    "scores", [torch.eye(2) + 0j, np.eye(2) + 0j, [["a", "b"], ["c", "d"]], np.eye(2).astype(object), None]
)
def test_scores_that_are_no_real_numbers_are_refused(bound, scores):
    with pytest.raises(TypeError, match="`scores` must be .* of real numbers"):
        bound(scores)


def test_ragged_scores_are_refused():
    with pytest.raises(ValueError, match="`scores` must be rectangular"):
        info_nce([[1.0, 2.0], [3.0]])


@pytest.mark.parametrize("clip", [0.0, -1.0, math.nan])
def test_clips_that_are_not_positive_are_refused(clip):
    with pytest.raises(ValueError, match="`clip` must be positive"):
        smile(BY_HAND, clip)


def test_a_clip_that_is_no_number_is_refused():
    with pytest.raises(TypeError, match="`clip` must be a number; it was 'a', a str"):
        smile(BY_HAND, "a")


# The bounds of a Gaussian under its best critic: theory


@pytest.mark.parametrize(("information", "dim"), [(0.3, 1), (1.0, 1), (1.0, 4), (2.0, 8)])
def test_the_best_critic_meets_the_truth(information, dim):
    n = 1500
    scores = best_scores(n, information, dim)
    square = -math.expm1(-2 * information / dim)
    # Standard deviations from the closed form in `nwj`; the other bounds differ by less than this.
    sd = math.sqrt(dim * square / n + ((1 - square) ** -dim + (1 - square**2) ** -dim - 2) / (n * (n - 1)))
    assert float(nwj(scores)) == pytest.approx(information, rel=0, abs=3 * sd)
    assert float(donsker_varadhan(scores)) == pytest.approx(information, rel=0, abs=3 * sd)
    assert float(smile(scores, clip=20.0)) == pytest.approx(information, rel=0, abs=3 * sd)
    assert information - 0.05 - 3 * sd < float(info_nce(scores)) < information + 3 * sd


@pytest.mark.parametrize(("information", "dim"), [(0.2, 1), (0.5, 3)])
def test_variance_of_nwj_is_the_closed_form(information, dim):
    n, repeats = 20, 4000
    source = generator()
    values = [float(nwj(best_scores(n, information, dim, source))) for _ in range(repeats)]
    square = -math.expm1(-2 * information / dim)
    variance = dim * square / n + ((1 - square) ** -dim + (1 - square**2) ** -dim - 2) / (n * (n - 1))
    assert np.mean(values) == pytest.approx(information, rel=0, abs=4 * math.sqrt(variance / repeats))
    assert np.var(values) == pytest.approx(variance, rel=0.1, abs=0)  # four standard errors of a sample variance


def repeated(bound, information, n=64, repeats=200):
    source = generator()
    return np.array([float(bound(best_scores(n, information, seed=source))) for _ in range(repeats)])


def test_spread_of_donsker_varadhan_explodes_with_the_information_even_under_the_best_critic():
    little, much = repeated(donsker_varadhan, 1.0), repeated(donsker_varadhan, 8.0)
    assert much.std() > 10 * little.std()
    assert little.mean() == pytest.approx(1.0, rel=0, abs=0.05)
    assert much.mean() > 10  # the log of a mean is too low, so that what should be a lower bound is above the truth
    assert repeated(nwj, 8.0).std() > 5 * repeated(nwj, 1.0).std()


def test_info_nce_keeps_its_spread_small_and_hides_what_is_above_its_ceiling():
    much, more = repeated(info_nce, 8.0), repeated(info_nce, 12.0)
    assert much.std() < repeated(info_nce, 1.0).std() / 3
    assert max(much.max(), more.max()) <= math.log(64)
    assert much.mean() > 0.98 * math.log(64)


@pytest.mark.parametrize(("information", "dim", "means"), [(4, 1, 3.7), (4, 10, 3.4), (8, 1, 4.8), (8, 10, 4.7)])
def test_info_nce_of_128_pairs_gives_the_means_of_its_docstring(information, dim, means):
    source = generator()
    values = [float(info_nce(best_scores(128, information, dim, source))) for _ in range(100)]
    assert round(np.mean(values), 1) == means


def test_smile_overstates_what_is_above_its_clip_even_under_the_best_critic():
    values = repeated(smile, 8.0)
    assert values.mean() > 9 + 3 * values.std() / math.sqrt(len(values))


# The value on held-out pairs


class Scaled(nn.Module):
    """A critic that is wrong in a known way."""

    def forward(self, x, y):
        return 0.7 * x @ y.T - 0.1 * y.sum(1)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("n", [4, 17, 160])
def test_block_by_block_is_the_bound_of_the_whole_matrix(name, n, monkeypatch):
    monkeypatch.setattr(_held_out, "TILE_ROWS", 7)
    x, y = gaussian(n, 1.0, 2)
    scores = Scaled()(x, y)
    whole = {
        "info_nce": info_nce,
        "donsker_varadhan": donsker_varadhan,
        "mine": donsker_varadhan,
        "nwj": nwj,
        "smile": lambda s: smile(s, 0.5),
    }[name](scores)
    found = held_out(Scaled(), named_bound(name, 0.5), x, y, n)
    assert found.value == pytest.approx(float(whole), rel=1e-12, abs=0)
    torch.testing.assert_close(score_matrix(Scaled(), x, y), scores, rtol=1e-13, atol=1e-14)
    if name == "info_nce":
        assert found.effective_pairs is None and found.clip_effect == 0
        return
    weights = scores[~torch.eye(n, dtype=torch.bool)].exp()
    effective = float(weights.sum() ** 2 / weights.square().sum())
    assert found.effective_pairs == pytest.approx(effective, rel=1e-12, abs=0)
    effect = float(whole - donsker_varadhan(scores)) if name == "smile" else 0.0
    assert found.clip_effect == pytest.approx(effect, rel=1e-9, abs=1e-14)


def test_batches_are_valued_one_by_one_and_the_rest_is_not_used():
    x, y = gaussian(75, 1.0)
    found = held_out(Scaled(), named_bound("info_nce", 5.0), x, y, 30)
    parts = [held_out(Scaled(), named_bound("info_nce", 5.0), x[i : i + 30], y[i : i + 30], 30) for i in (0, 30)]
    assert found.value == pytest.approx((parts[0].value + parts[1].value) / 2, rel=1e-14, abs=0)
    error = math.hypot(*(part.standard_error for part in parts)) / 2
    assert found.standard_error == pytest.approx(error, rel=1e-14, abs=0)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("n", [9, 40])
def test_the_jackknife_leaves_out_rows_and_columns_of_a_block(name, n):
    x, y = gaussian(n, 1.0)
    scores, size = Scaled()(x, y), math.ceil(n / 16)
    bound = {"info_nce": info_nce, "nwj": nwj, "smile": lambda s: smile(s, 0.5)}.get(name, donsker_varadhan)
    without, counts = [], []
    for start in range(0, n, size):
        kept = [i for i in range(n) if not start <= i < start + size]
        counts.append(n - len(kept))
        without.append(bound(scores[kept][:, kept]))
    variance = jackknife_variance(bound(scores), torch.stack(without), torch.tensor(counts).double())
    found = held_out(Scaled(), named_bound(name, 0.5), x, y, n)
    assert found.standard_error == pytest.approx(math.sqrt(variance), rel=1e-10, abs=0)


@pytest.mark.parametrize("name", ["info_nce", "donsker_varadhan", "nwj"])
def test_standard_errors_are_the_spread_over_samples(name):
    n, source = 100, generator()
    found = [held_out(Best(0.5), named_bound(name, 5.0), *gaussian(n, 0.5, seed=source), n) for _ in range(200)]
    spread = np.std([one.value for one in found], ddof=1)
    error = math.sqrt(np.mean([one.standard_error**2 for one in found]))
    assert error == pytest.approx(spread, rel=0.15, abs=0)  # the spread of 200 is known to 5%


# Training


@pytest.mark.parametrize("bound", NAMES)
def test_gaussians_are_measured_within_the_error(bound):
    x, y = gaussian(1200, 1.0, 2)
    found = trained(x, y, bound, max_epochs=40, learning_rate=2e-3)
    assert found.value == pytest.approx(1.0, rel=0, abs=3 * found.standard_error)
    assert found.standard_error < 0.1
    assert 0 < found.stopped_at <= len(found.training) <= 40
    assert len(found.validation) == len(found.training) + 1
    assert found.stopped_at == int(np.argmax(found.validation))
    assert (found.n_train, found.n_validation, found.n_test) == (720, 240, 240)
    assert found.is_lower_bound == (bound in ("info_nce", "nwj"))
    assert found.ceiling == (math.log(240) if bound == "info_nce" else math.inf)
    assert (found.effective_pairs is None) == (bound == "info_nce")
    assert found.note == ""


@pytest.mark.parametrize("bound", NAMES)
def test_a_critic_that_overfits_noise_shows_no_information(bound):
    x, y = gaussian(300, 0.0, 10)
    found = trained(x, y, bound, max_epochs=30, patience=30, learning_rate=5e-3)
    assert found.value < 3 * found.standard_error
    assert found.value > -0.1
    # On its own pairs the critic has found plenty: without the test pairs this would have been the result.
    if bound != "smile":  # whose objective is not in nats of information
        assert found.training[-1] > 1


def test_no_pair_is_in_two_parts(monkeypatch):
    parts = []

    def fit(critic, objective, training, validation, **settings):
        parts.extend((training, validation))
        return _training.History((0.0,), (0.0, 0.0))

    def valued(critic, bound, x, y, batch):
        parts.append((x, y))
        return _held_out.HeldOut(1.0, 0.1, None, 0.0)

    monkeypatch.setattr(variational, "fit", fit)
    monkeypatch.setattr(variational, "held_out", valued)
    number = np.arange(100.0)
    variational_mutual_information(number, -number, standardize=False)
    assert [len(x) for x, _ in parts] == [60, 20, 20]
    assert all(torch.equal(x, -y) for x, y in parts)
    assert sorted(torch.cat([x for x, _ in parts])[:, 0].tolist()) == number.tolist()
    assert not torch.equal(parts[0][0][:, 0], torch.arange(60.0))  # dealt at random


def test_a_curved_relation_is_seen_by_every_critic():
    source = np.random.default_rng(0)
    x = source.normal(size=(1000, 1))
    y = x**2 + 0.1 * source.normal(size=(1000, 1))  # a straight line would explain nothing of it
    grid, level = np.linspace(-6, 6, 1201), np.linspace(-1, 36, 1851)
    density = norm.pdf(level[:, None], grid**2, 0.1) @ norm.pdf(grid) * (grid[1] - grid[0])
    truth = np.trapezoid(-xlogy(density, density), level) - math.log(0.1 * math.sqrt(2 * math.pi * math.e))
    torch.manual_seed(0)
    for critic in (None, ConcatCritic(1, 1, hidden=(32, 32))):
        found = trained(x, y, critic=critic, max_epochs=20, learning_rate=5e-3)
        assert 0.5 * truth < found.value < truth + 3 * found.standard_error


def test_the_same_seed_gives_the_same_result_and_leaves_the_generator_of_torch_alone():
    x, y = gaussian(400, 1.0)
    torch.manual_seed(5)
    before = torch.random.get_rng_state()
    first, second = (trained(x, y, max_epochs=3) for _ in range(2))
    assert first == second
    assert torch.equal(before, torch.random.get_rng_state())
    assert trained(x, y, max_epochs=3, seed=np.random.default_rng(0)) == first
    assert trained(x, y, max_epochs=3, seed=1).value != first.value


def test_the_generators_of_other_devices_are_left_alone(monkeypatch):
    gpus = tuple(generator(seed) for seed in (10, 11))  # stand for two CUDA devices, which need not be there
    monkeypatch.setattr(torch.cuda, "default_generators", gpus)
    monkeypatch.setattr(torch.cuda, "get_rng_state", lambda at: gpus[at].get_state())
    monkeypatch.setattr(torch.cuda, "set_rng_state", lambda state, at: gpus[at].set_state(state))
    monkeypatch.setattr(torch.cuda, "manual_seed_all", lambda seed: [gpu.manual_seed(seed) for gpu in gpus])
    before = [gpu.get_state() for gpu in gpus]
    expected = torch.rand(3, generator=generator(5))
    with _training.seeded(5, torch.device("cuda:1")):
        assert torch.equal(torch.rand(3), expected)
        assert torch.equal(gpus[0].get_state(), before[0])
        assert torch.equal(torch.rand(3, generator=gpus[1]), expected)
    assert all(torch.equal(gpu.get_state(), state) for gpu, state in zip(gpus, before, strict=True))
    with _training.seeded(5, torch.device("cpu")):
        assert torch.equal(torch.rand(3), expected)
        assert all(torch.equal(gpu.get_state(), state) for gpu, state in zip(gpus, before, strict=True))


def test_arrays_tensors_and_columns_give_the_same():
    x, y = gaussian(400, 1.0)
    found = trained(x, y, max_epochs=3)
    assert trained(x.numpy(), y.numpy(), max_epochs=3) == found
    assert trained(x[:, 0], y[:, 0].tolist(), max_epochs=3) == found
    assert trained(x.requires_grad_(), y, max_epochs=3) == found
    frozen = y.numpy()[::-1]
    frozen.flags.writeable = False
    assert trained(x.detach().numpy()[::-1].copy(), frozen, max_epochs=3) == trained(x.flip(0), y.flip(0), max_epochs=3)


def test_numbers_of_every_kind_are_taken_as_numbers():
    x, y = (column.mul(100).round().int() for column in gaussian(400, 1.0))
    found = trained(x.double(), y.double(), max_epochs=2)
    assert found.value > 0.1
    assert trained(x, y, max_epochs=2) == found
    assert trained(x.tolist(), y.numpy().astype(np.int64), max_epochs=2) == found
    assert trained(x.numpy().astype(">f8"), y.numpy().astype(np.longdouble), max_epochs=2) == found
    assert trained(x.numpy() > 0, y > 0, max_epochs=2) == trained((x > 0).double(), (y > 0).double(), max_epochs=2)


def test_scale_and_shift_do_not_matter():
    x, y = gaussian(400, 1.0)
    found = trained(x, y, max_epochs=3)
    moved = trained(1e-8 * x + 3.0, 1e6 * y - 1e6, max_epochs=3)
    assert moved.value == pytest.approx(found.value, rel=1e-3, abs=0)
    assert trained(x * 2.0**-600, y * 2.0**1000, max_epochs=3) == found  # their squares under- and overflow
    assert trained(x, 100 * y, max_epochs=1, standardize=False).value != trained(x, y, max_epochs=1).value


def test_a_column_that_is_constant_in_training_alone_is_only_centred():
    values = torch.tensor([0.0, 0.1], dtype=torch.float64)
    rows = values.repeat(40, 1)
    rows[30:] = torch.arange(20.0).reshape(10, 2)
    found = ready("x", rows, torch.arange(30), torch.float64)
    torch.testing.assert_close(found[:30], torch.zeros(30, 2, dtype=torch.float64), rtol=0, atol=1e-15)
    moved = (rows[30:] - values) * torch.tensor([1, 16])  # 0.1 is 1.6 / 16
    torch.testing.assert_close(found[30:], moved, rtol=1e-14, atol=0)


@pytest.mark.parametrize("standardize", [True, False])
def test_a_column_that_is_constant_is_refused(standardize):
    x, y = gaussian(40, 1.0)
    with pytest.raises(ValueError, match="`x` must vary in every column; column 1 was 7 throughout"):
        variational_mutual_information(torch.cat([x, torch.full((40, 1), 7.0)], 1), y, standardize=standardize)


@pytest.mark.parametrize("scale", [1e50, 1e-50])
def test_what_the_dtype_of_the_critic_cannot_hold_is_refused(scale):
    x, y = gaussian(40, 1.0)
    with pytest.raises(ValueError, match="`y` must stay finite and keep varying in the critic's torch.float32"):
        variational_mutual_information(x, scale * y, standardize=False)
    assert torch.equal(ready("y", scale * y, None, torch.float64), scale * y)


def test_the_critic_passed_is_trained_in_place_in_its_own_dtype_and_is_the_best_one():
    x, y = gaussian(400, 1.0)
    critic = SeparableCritic(1, 1, hidden=(16,), n_features=4).double()
    before = [weight.clone() for weight in critic.parameters()]
    found = trained(x, y, critic=critic, max_epochs=30, standardize=False)
    assert not critic.training
    assert all(weight.dtype == torch.float64 for weight in critic.parameters())
    assert any(not torch.equal(a, b) for a, b in zip(before, critic.parameters(), strict=True))
    again = held_out(critic, named_bound("info_nce", 5.0), x, y, 400)
    assert again.value == pytest.approx(found.value, rel=0, abs=0.3)


def test_the_critic_is_in_training_mode_only_where_it_is_trained():
    seen = set()

    class Recorder(SeparableCritic):
        def forward(self, x, y):
            seen.add((self.training, torch.is_grad_enabled()))
            return super().forward(x, y)

    trained(*gaussian(400, 1.0), critic=Recorder(1, 1), max_epochs=2)
    assert seen == {(True, True), (False, False)}


def test_training_keeps_the_critic_of_the_best_epoch_and_stops_when_patience_ends():
    class Constant(nn.Module):
        def __init__(self):
            super().__init__()
            self.at = nn.Parameter(torch.zeros(()))

        def forward(self, x, y):
            return self.at.expand(len(x), len(y))

    critic = Constant()
    # Training pushes the parameter up for ever; what is validated peaks at 0.3.
    objective = lambda scores: scores.mean() if torch.is_grad_enabled() else -(scores.mean() - 0.3).abs()  # noqa: E731
    pairs = torch.zeros(8, 1), torch.zeros(8, 1)
    history = _training.fit(
        critic, objective, pairs, pairs, batch_size=8, learning_rate=0.1, max_epochs=100, patience=4
    )
    assert history.best == 3
    assert len(history.training) == 3 + 4
    assert float(critic.at.detach()) == pytest.approx(0.3, rel=1e-4, abs=0)


def test_a_batch_whose_weights_overflow_does_not_end_the_training():
    critic = SeparableCritic(1, 1, hidden=(4,), n_features=2)
    x, y = gaussian(16, 1.0)
    x, y = x.float(), y.float()
    calls = []

    def objective(scores):
        calls.append(None)
        return nwj(scores if len(calls) != 2 else 1e5 * (1 + scores.abs()))

    history = _training.fit(
        critic, objective, (x, y), (x, y), batch_size=16, learning_rate=1e-3, max_epochs=4, patience=9
    )
    assert history.training[0] == -math.inf
    assert all(torch.isfinite(weight).all() for weight in critic.parameters())
    assert all(map(math.isfinite, history.training[1:]))


# Failures that are said


class Untaught(Best):
    """The best critic, with something to train that changes nothing."""

    def __init__(self, information, dim=1):
        super().__init__(information, dim)
        self.idle = nn.Parameter(torch.zeros((), dtype=torch.float64))

    def forward(self, x, y):
        return super().forward(x, y) + 0 * self.idle


REMEDIES = [(None, "Bring more pairs"), (16, "Raise `test_batch`")]


def test_info_nce_near_its_ceiling_warns():
    x, y = gaussian(600, 8.0, 4)
    with pytest.warns(EstimateWarning, match="info_nce: .* near the ceiling of 2.77, the log of the test batch"):
        found = variational_mutual_information(x, y, test_batch=16, max_epochs=60, learning_rate=3e-3)
    assert 0.9 * math.log(16) < found.value <= math.log(16)
    assert found.ceiling == math.log(16)
    assert found.n_test == 112  # 7 batches of the 120
    assert "ceiling" in str(found).splitlines()[1]


@pytest.mark.parametrize(("test_batch", "remedy"), REMEDIES)
def test_near_the_ceiling_the_remedy_is_a_larger_batch_while_there_are_test_pairs_for_it(test_batch, remedy):
    settings = {"critic": Untaught(8.0, 4), "max_epochs": 1, "standardize": False, "test_batch": test_batch}
    with pytest.warns(EstimateWarning, match=rf"near the ceiling .* whatever the truth\. {remedy}\.$"):
        variational_mutual_information(*gaussian(100, 8.0, 4), **settings)


@pytest.mark.parametrize(("test_batch", "remedy"), REMEDIES)
@pytest.mark.parametrize("bound", ["donsker_varadhan", "mine", "nwj"])
def test_few_effective_pairs_warn(bound, test_batch, remedy):
    settings = {"critic": Untaught(6.0), "max_epochs": 1, "standardize": False, "test_batch": test_batch}
    with pytest.warns(EstimateWarning, match=f"{bound}: The exponential weights rest on .* effective pairs"):
        found = variational_mutual_information(*gaussian(200, 6.0), bound=bound, **settings)
    assert found.effective_pairs < 100
    assert f"effective pairs, fewer than 100: value and standard error may both be far off. {remedy}, or" in found.note


def test_a_clip_that_matters_warns():
    x, y = gaussian(1000, 3.0)
    with pytest.warns(EstimateWarning, match="smile: Clipping moved the value by"):
        variational_mutual_information(x, y, bound="smile", clip=1.0, max_epochs=40)


def test_a_value_far_below_zero_warns():
    x, y = gaussian(2000, 1.0)

    class Wrong(nn.Linear):
        def forward(self, x, y):
            return -x @ y.T + 0 * self.weight

    with pytest.warns(EstimateWarning, match="below 0"):
        found = variational_mutual_information(x, y, critic=Wrong(1, 1, bias=False), max_epochs=1)
    assert found.value < 0


# What comes back


def test_prints_its_meaning_and_turns_into_json():
    x, y = gaussian(400, 1.0)
    found = trained(x, y, max_epochs=2)
    assert str(found) == (
        f"I(X;Y) >= {found.value:.4f} +- {found.standard_error:.4f} of at most 4.3820 nats (info_nce, 80 test pairs)"
    )
    assert float(found) == found.value
    assert found.bits == pytest.approx(found.value / math.log(2), rel=1e-15, abs=0)
    assert json.loads(json.dumps(found.to_dict()))["value_nats"] == found.value
    other = trained(x, y, "donsker_varadhan", max_epochs=2)
    assert str(other).startswith("I(X;Y) ~ ") and "at most" not in str(other)
    assert other.to_dict()["ceiling_nats"] is None


# What is refused

X, Y = gaussian(40, 1.0)


class OnlyX(nn.Linear):
    def forward(self, x, y):
        return super().forward(x)


class Returns(SeparableCritic):
    def __init__(self, change):
        super().__init__(1, 1)
        self.change = change

    def forward(self, x, y):
        return self.change(super().forward(x, y))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"bound": "infonce"}, "`bound` must be one of 'info_nce'"),
        ({"y": Y[:39]}, "`x` and `y` must have one length; they had 40 and 39 rows"),
        ({"x": X[:15], "y": Y[:15]}, "15 pairs gave 9, 3 and 3"),
        ({"x": X[:, :0]}, "`x` must have shape"),
        ({"x": X[:, :, None]}, "`x` must have shape"),
        ({"x": [[0.0], [0.0, 1.0]]}, "`x` must be rectangular"),
        ({"y": torch.where(torch.arange(40)[:, None] == 7, math.nan, Y)}, r"`y` must be finite; .* at \(7, 0\)"),
        ({"batch_size": 1}, "`batch_size` must be an integer of at least 2"),
        ({"test_batch": 3}, "`test_batch` must be an integer of at least 4"),
        ({"max_epochs": 0}, "`max_epochs`"),
        ({"patience": 0}, "`patience`"),
        ({"learning_rate": 0.0}, "`learning_rate`"),
        ({"learning_rate": math.inf}, "`learning_rate`"),
        ({"validation": 0.0}, "`validation` must be a share"),
        ({"test": 1.0}, "`test` must be a share"),
        ({"validation": 0.5, "test": 0.5}, "40 pairs gave 0, 20 and 20"),
        ({"clip": 0.0}, "`clip` must be positive"),
        ({"seed": -1}, "`seed` must be an integer of at least 0"),
        ({"critic": Best(1.0)}, "`critic` must have parameters to train"),
        ({"critic": nn.Bilinear(1, 1, 1)}, "`critic` must return one score for each of .* failed"),
        ({"critic": OnlyX(1, 1)}, r"`critic` must return one score for each of .* of shape \(3, 1\)"),
        ({"critic": nn.Linear(1, 1)}, "`critic` must return one score for each of .* failed with: .* 3 were given"),
        ({"critic": Returns(lambda scores: scores + 0j)}, "`critic` must return .* gave torch.complex64"),
    ],
)
def test_what_cannot_be_used_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        variational_mutual_information(**({"x": X, "y": Y} | change))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"bound": None}, "`bound` must be one of 'info_nce'"),
        ({"x": ["a"] * 40}, "`x` must be .* of real numbers"),
        ({"y": np.arange(40.0).astype(object)}, "`y` must be .* of real numbers"),
        ({"y": np.arange(40.0) + 1j}, "`y` must be .* of real numbers"),
        ({"x": X + 1j}, "`x` must be .* of real numbers"),
        ({"batch_size": 8.0}, "`batch_size` must be an integer"),
        ({"learning_rate": "a"}, "`learning_rate` must be a number; it was 'a', a str"),
        ({"clip": "a"}, "`clip` must be a number"),
        ({"validation": None}, "`validation` must be a number"),
        ({"test": "a"}, "`test` must be a number"),
        ({"seed": "a"}, "`seed` must be an integer"),
        ({"seed": None}, "`seed` must be an integer"),
        ({"critic": lambda x, y: x @ y.T}, "`critic` must be a torch.nn.Module; it was a function"),
        ({"critic": Returns(lambda scores: None)}, "`critic` must return .* gave a NoneType"),
    ],
)
def test_what_is_of_the_wrong_kind_is_refused(change, message):
    with pytest.raises(TypeError, match=message):
        variational_mutual_information(**({"x": X, "y": Y} | change))


def test_masked_pairs_are_refused():
    masked = np.ma.MaskedArray(np.arange(40.0), np.arange(40) == 7)
    for change in ({"x": masked}, {"y": masked}):
        with pytest.raises(ValueError, match="`[xy]` must have a value everywhere; some were masked"):
            variational_mutual_information(**({"x": X, "y": Y} | change))
    with pytest.raises(ValueError, match="`scores` must have a value everywhere"):
        info_nce(np.ma.MaskedArray(BY_HAND, [[False, True], [False, False]]))


@pytest.mark.parametrize("critic", [SeparableCritic, ConcatCritic])
def test_critics_check_their_sizes(critic):
    with pytest.raises(ValueError, match="`dim_x` must be an integer of at least 1"):
        critic(0, 1)
    with pytest.raises(TypeError, match="`dim_y` must be an integer of at least 1"):
        critic(1, 2.0)
    with pytest.raises(ValueError, match=r"`hidden\[1\]`"):
        critic(1, 1, hidden=(4, 0))
    with pytest.raises(ValueError, match="`hidden` must name at least one layer"):
        critic(1, 1, hidden=())
    with pytest.raises(TypeError, match="`hidden` must be a tuple of widths; it was 5"):
        critic(1, 1, hidden=5)


@pytest.mark.parametrize("critic", [SeparableCritic(2, 3), ConcatCritic(2, 3)])
def test_critics_score_each_pair_by_itself(critic):
    x, y = torch.randn(4, 2, generator=generator()), torch.randn(5, 3, generator=generator(1))
    scores = critic(x, y)
    assert scores.shape == (4, 5)
    for i in range(4):
        for j in range(5):
            torch.testing.assert_close(critic(x[i : i + 1], y[j : j + 1])[0, 0], scores[i, j])
