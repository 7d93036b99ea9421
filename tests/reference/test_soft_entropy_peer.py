"""SoftEntropy beside the package `soft-entropy` 0.1.5 (MIT): one number from both, and its figures for the digits.

The peer gives everything in units of log m; here it is turned into nats. What its README and example report of labels:

* efficiency: H(A) / log m;
* regularity: I(A;X) / H(A), and of one label x, 1 - H(A|x) / H(A), whose mean weighted by p(x) is the former;
* optimality: I(A;Y) / I(A;X), with X the input label and Y the output label.

The figures below are those of its `examples_MNIST.ipynb`: scikit-learn's digits, pixels 0 to 16 as they come (neither
centred nor scaled), 100 anchors from torch's CPU generator with seed 0. They were made at the leading-order
temperature, the only one of its single-batch functions until 0.1.2. With ``-s`` the tests print what they measure.
"""

from math import log

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits
from soft_entropy import SoftEntropyAccumulator
from soft_entropy.pytorch import soft_entropy, soft_mutual_information
from soft_entropy.temp_calibration import find_eps

from infolib.representations import SoftEntropy, calibrate_temperature

TOLERANCE = 1e-5  # nats; the peer works and counts in float32
VOCABULARY = 50_257

# Of log m; digits 0 to 9.
DIGITS_ENTROPY, DIGITS_INFORMATION, DIGITS_SHUFFLED = 0.410, 0.056, 0.001
DIGITS_REGULARITY = (0.418, 0.225, 0.195, 0.140, 0.114, 0.070, 0.002, -0.033, 0.064, 0.164)


def zipf_labels(n, n_labels, generator):
    frequency = 1 / torch.arange(1, n_labels + 1, dtype=torch.float64)
    return torch.multinomial(frequency, n, replacement=True, generator=generator)


def trigram_labels(n, generator):
    """Codes of three successive tokens: nearly as many labels as vectors, with ids up to 1.3e14."""
    tokens = zipf_labels(n + 2, VOCABULARY, generator)
    return (tokens[:-2] * VOCABULARY + tokens[1:-1]) * VOCABULARY + tokens[2:]


def labelled_vectors(n, dim, kind):
    """Float32 vectors with a shared mean and a centre for each label, so that no answer is 0 or log m."""
    generator = torch.Generator().manual_seed(n + dim)
    if kind == "trigram":
        labels, n_labels = trigram_labels(n, generator), VOCABULARY**3
    else:
        n_labels = kind
        labels = zipf_labels(n, n_labels, generator)
    place = torch.unique(labels, return_inverse=True)[1]
    centres = torch.randn(int(place.max()) + 1, dim, generator=generator)
    vectors = torch.randn(n, dim, generator=generator) + 0.7 * centres[place]
    return vectors + 0.5 * torch.randn(dim, generator=generator), labels, n_labels


def measured_by_peer(z, labels, m, *, seed=0, backend="torch", n_batches=3):
    """The peer, and its H(A) and plug-in I(A;X) in nats."""
    theirs = SoftEntropyAccumulator(z.shape[1], m, seed=seed, backend=backend)
    for rows, ids in zip(z.tensor_split(n_batches), labels.tensor_split(n_batches), strict=True):
        theirs.update(*(x.numpy() if backend == "numpy" else x for x in (rows, ids)))
    return theirs, theirs.entropy() * log(m), theirs.mutual_information()["labels"] * log(m)


def anchors_of(theirs):
    return torch.as_tensor(theirs.w).cpu()


def plug_in_entropy(est):
    """H(A) of the sample as it is, one number a set of anchors."""
    return est.entropy(correction="none").per_set


def plug_in_information(est, name="x"):
    """I(A;X) of the sample as it is, one number a set of anchors."""
    return est.mutual_information(name, correction="none").per_set


def label_entropies(est, z, labels):
    """H(A|x) in nats, shape (labels seen, sets): each label's vectors measured alone."""
    rows = []
    for label in labels.unique():
        alone = SoftEntropy(est.dim, n_sets=est.n_sets, anchors=est.anchors, temperature=est.temperature)
        alone.update(z[labels == label])
        rows.append(plug_in_entropy(alone))
    return np.array(rows)


def label_regularity(est, z, labels):
    """1 - H(A|x) / H(A), shape (labels seen, sets): above 0 where a label is less spread than the whole."""
    return 1 - label_entropies(est, z, labels) / np.array(plug_in_entropy(est))


@pytest.mark.parametrize("backend", ["torch", "numpy"])
@pytest.mark.parametrize(("n", "dim", "m", "kind"), [
    (1, 5, 7, 3), (50, 5, 7, 3), (700, 16, 10, 50), (3000, 64, 100, 1000), (2000, 257, 33, 10),
    (1500, 768, 100, 1), (800, 2048, 250, 300), (2000, 32, 50, "trigram"), (1500, 768, 100, "trigram"),
])
def test_with_the_peers_anchors_and_temperature_both_give_one_number(n, dim, m, kind, backend):
    z, labels, n_labels = labelled_vectors(n, dim, kind)
    theirs, entropy, information = measured_by_peer(z, labels, m, backend=backend, n_batches=min(n, 3))
    est = SoftEntropy(dim, anchors=anchors_of(theirs), temperature=theirs.temp, labels={"x": n_labels})
    est.update(z, {"x": labels})
    (mine,), (mine_about_labels,) = plug_in_entropy(est), plug_in_information(est)
    assert mine == pytest.approx(entropy, rel=0, abs=TOLERANCE)
    assert mine_about_labels == pytest.approx(information, rel=0, abs=TOLERANCE)
    print(f"\n{n} x {dim}, {m} anchors, labels {kind}, {backend}: H(A) = {mine:.6f}, off by {mine - entropy:+.1e}; "
          f"I(A;X) = {mine_about_labels:.6f}, off by {mine_about_labels - information:+.1e} nats")


def test_each_of_several_sets_is_the_peer_with_its_seed():
    z, labels, n_labels = labelled_vectors(1200, 48, 40)
    peers = [measured_by_peer(z, labels, 60, seed=seed) for seed in range(3)]
    est = SoftEntropy(48, n_sets=3, anchors=torch.cat([anchors_of(theirs) for theirs, _, _ in peers]),
                      temperature=peers[0][0].temp, labels={"x": n_labels})
    est.update(z, {"x": labels})
    entropy, information = plug_in_entropy(est), plug_in_information(est)
    assert entropy == pytest.approx([h for _, h, _ in peers], rel=0, abs=TOLERANCE)
    assert information == pytest.approx([i for _, _, i in peers], rel=0, abs=TOLERANCE)
    assert np.ptp(entropy) > 100 * TOLERANCE  # or the order of the sets would not show


def test_every_label_has_the_entropy_that_the_peer_gives_it():
    z, labels, n_labels = labelled_vectors(1000, 24, 30)
    theirs, _, _ = measured_by_peer(z, labels, 40)
    est = SoftEntropy(24, anchors=anchors_of(theirs), temperature=theirs.temp, labels={"x": n_labels})
    est.update(z, {"x": labels})
    given = theirs.conditional_entropy()["labels"]
    expected = [given[int(label)] * log(40) for label in labels.unique()]
    assert label_entropies(est, z, labels)[:, 0] == pytest.approx(expected, rel=0, abs=TOLERANCE)


@pytest.mark.parametrize("wrong", ["temperature", "anchor", "label"])
def test_the_comparison_can_fail(wrong):
    z, labels, n_labels = labelled_vectors(3000, 64, 1000)
    theirs, entropy, information = measured_by_peer(z, labels, 100)
    anchors, temperature = anchors_of(theirs), theirs.temp
    if wrong == "temperature":
        temperature *= 1.001
    elif wrong == "anchor":
        anchors = anchors.clone()
        anchors[0] = -anchors[0]
    else:
        labels = labels.clone()
        labels[0] = (labels[0] + 1) % n_labels
    est = SoftEntropy(64, anchors=anchors, temperature=temperature, labels={"x": n_labels})
    est.update(z, {"x": labels})
    (mine,), (mine_about_labels,) = plug_in_entropy(est), plug_in_information(est)
    assert abs(mine_about_labels - information) > TOLERANCE
    assert abs(mine - entropy) > TOLERANCE or wrong == "label"


@pytest.mark.parametrize("m", [50, 100, 1000])
def test_the_peers_temperature_is_ours_less_one_part_in_d(m):
    # It solves for a lower bound of the divergence, kappa**2/d - kappa**2/(2(d-2)) to leading order, where the
    # divergence is kappa**2/(2d): so kappa is 1/d too large. At small d the bound is a poor one.
    for dim in (2048, 5120):
        colder = 1 - find_eps(m, dim) / calibrate_temperature(m, dim)
        assert colder == pytest.approx(1 / dim, rel=0.05, abs=0)
    assert find_eps(m, 8) < 0.7 * calibrate_temperature(m, 8)


def digits():
    pixels, labels = load_digits(return_X_y=True)
    return torch.from_numpy(pixels).float(), torch.from_numpy(labels).long()


def digits_anchors():
    """The anchors of the peer's example, 100 for seed 0, made without the peer."""
    return torch.randn(100, 64, generator=torch.Generator().manual_seed(0))


def three_digits(expected):
    """Equal to figures printed with three digits after the point."""
    return pytest.approx(expected, rel=0, abs=0.0005)


def test_the_figures_of_the_digits_example_are_reproduced():
    z, labels = digits()
    est = SoftEntropy(64, anchors=digits_anchors(), temperature=calibrate_temperature(100, 64, "leading"),
                      labels={"x": 10, "shuffled": 10})
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(42))
    est.update(z, {"x": labels, "shuffled": labels[order]})
    (entropy,), (information,), (shuffled,) = (
        plug_in_entropy(est), plug_in_information(est), plug_in_information(est, "shuffled"))
    regularity = label_regularity(est, z, labels)[:, 0]
    print(f"\nof log m: H(A) {entropy / log(100):.4f}, I(A;X) {information / log(100):.4f}, labels shuffled "
          f"{shuffled / log(100):.4f}; regularity {information / entropy:.4f}, of digits {regularity.round(4)}")
    assert entropy / log(100) == three_digits(DIGITS_ENTROPY)
    assert information / log(100) == three_digits(DIGITS_INFORMATION)
    assert shuffled / log(100) == three_digits(DIGITS_SHUFFLED)
    assert regularity.tolist() == three_digits(DIGITS_REGULARITY)
    # The regularity of the labels together is the mean of theirs, weighted by how often each occurs.
    weights = labels.bincount().double().numpy() / len(labels)
    assert weights @ regularity == pytest.approx(information / entropy, rel=0, abs=1e-6)


def test_the_peer_itself_gives_these_figures_for_these_anchors():
    z, labels = digits()
    entropy = float(soft_entropy(z, calibration="leading_order"))
    assert entropy == three_digits(DIGITS_ENTROPY)
    assert float(soft_mutual_information(z, labels, calibration="leading_order")) == three_digits(DIGITS_INFORMATION)
    of_digits = [float(soft_entropy(z[labels == x], calibration="leading_order")) for x in range(10)]
    assert [1 - h / entropy for h in of_digits] == three_digits(DIGITS_REGULARITY)
    # Far below what three digits show, it is our number: the anchors are the same.
    est = SoftEntropy(64, anchors=digits_anchors(), temperature=calibrate_temperature(100, 64, "leading"))
    est.update(z)
    assert entropy * log(100) == pytest.approx(plug_in_entropy(est)[0], rel=0, abs=TOLERANCE)


def test_which_digit_is_the_most_regular_is_the_choice_of_the_anchors():
    # The example ranks the digits from one draw of anchors, and explains why 0 comes first. Other draws put every one
    # of the ten first: the spread of a digit's regularity over draws is about as large as the regularity.
    z, labels = digits()
    est = SoftEntropy(64, 100, n_sets=200, temperature=calibrate_temperature(100, 64, "leading"), labels={"x": 10})
    est.update(z, {"x": labels})
    entropy, information = (np.array(x) / log(100) for x in (plug_in_entropy(est), plug_in_information(est)))
    regularity = label_regularity(est, z, labels)
    first = np.bincount(regularity.argmax(0), minlength=10)
    print("\n200 draws, mean and standard deviation")
    together = {"H(A) / log m": entropy, "I(A;X) / log m": information, "regularity": information / entropy}
    for what, drawn in together.items():
        print(f"{what:15} {drawn.mean():.3f} +- {drawn.std(ddof=1):.3f}")
    for digit, drawn in enumerate(regularity):
        print(f"of digit {digit}      {drawn.mean():.3f} +- {drawn.std(ddof=1):.3f}, from {drawn.min():.3f} to "
              f"{drawn.max():.3f}, highest in {first[digit]}")
    assert (first > 0).all()
    assert first[0] < 100
    assert (regularity.std(1) > 0.7 * regularity.mean(1)).all()
    assert (regularity.min(1) < 0).all()
    assert entropy.mean() > DIGITS_ENTROPY + 2 * entropy.std()
