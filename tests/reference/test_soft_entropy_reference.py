"""SoftEntropy against mpmath at 50 digits, written from the definition with no shared code."""

import mpmath as mp
import numpy as np
import pytest
import torch

from infolib.representations import SoftEntropy


def by_hand(z, anchors, temperature, labels):
    """H(A), I(A;Z) and I(A;X) as Kullback-Leibler divergences, not as differences of entropies."""
    with mp.workdps(50):
        def cosine(a, b):
            dot, aa, bb = (mp.fsum(mp.mpf(float(x)) * mp.mpf(float(y)) for x, y in zip(u, v, strict=True))
                           for u, v in ((a, b), (a, a), (b, b)))
            return dot / mp.sqrt(aa * bb)

        rows = []
        for vector in z:
            weights = [mp.exp(cosine(vector, w) / mp.mpf(temperature)) for w in anchors]
            rows.append([x / mp.fsum(weights) for x in weights])
        columns = list(zip(*rows, strict=True))
        marginal = [mp.fsum(c) / len(rows) for c in columns]

        def kl(p, q):
            return mp.fsum(x * mp.log(x / y) for x, y in zip(p, q, strict=True))

        information = mp.mpf(0)
        for label in sorted(set(labels)):
            mine = [r for r, x in zip(rows, labels, strict=True) if x == label]
            mean = [mp.fsum(c) / len(mine) for c in zip(*mine, strict=True)]
            information += mp.mpf(len(mine)) / len(rows) * kl(mean, marginal)
        return (float(-mp.fsum(p * mp.log(p) for p in marginal)),
                float(mp.fsum(kl(r, marginal) for r in rows) / len(rows)), float(information))


@pytest.mark.parametrize("temperature", [0.005, 0.05, 0.5, 20.0])
@pytest.mark.parametrize("kernel", ["chunked", "reference"])
def test_definition_at_fifty_digits(temperature, kernel):
    rng = np.random.default_rng(0)
    z, anchors = rng.normal(size=(25, 6)) + 0.5, rng.normal(size=(8, 6))
    labels = rng.integers(0, 4, size=25)
    est = SoftEntropy(6, anchors=anchors, temperature=temperature, labels={"x": 4}, kernel=kernel)
    est.update(torch.from_numpy(z), {"x": labels})
    entropy, ceiling, information = by_hand(z, anchors, temperature, labels.tolist())
    assert float(est.entropy("none")) == pytest.approx(entropy, rel=1e-11, abs=0)
    assert float(est.ceiling("none")) == pytest.approx(ceiling, rel=1e-10, abs=1e-13)
    assert float(est.mutual_information("x", "none")) == pytest.approx(information, rel=1e-10, abs=1e-13)


def test_this_comparison_can_fail():
    z = torch.eye(3, dtype=torch.float64) + 0.1
    est = SoftEntropy(3, anchors=torch.eye(3), temperature=0.5)
    est.update(z)
    moved = z.clone()
    moved[0, 1] += 1e-3
    entropy, ceiling, _ = by_hand(moved.tolist(), torch.eye(3).tolist(), 0.5, [0, 1, 2])
    assert float(est.entropy("none")) != pytest.approx(entropy, rel=1e-11, abs=0)
    assert float(est.ceiling("none")) != pytest.approx(ceiling, rel=1e-10, abs=0)
