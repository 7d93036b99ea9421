"""Trained bounds on mutual information: a network learns to tell pairs that belong together from pairs that do not."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from infolib._checks import check_integer, check_one_of
from infolib.estimators._warning import EstimateWarning
from infolib.representations._bounds import NAMES, check_clip, named_bound
from infolib.representations._critics import SeparableCritic, check_critic, check_scores
from infolib.representations._held_out import HeldOut, held_out
from infolib.representations._numbers import as_number
from infolib.representations._pairs import LEAST_PAIRS, as_pairs, part_sizes, ready
from infolib.representations._training import fit, seeded

NEAR_CEILING = 0.9  # share of the ceiling: here even the best critic of Gaussians misses a tenth of the truth or more
FEW_PAIRS = 100  # effective pairs: the relative error of a mean weight is then 0.1 or more
FAR_BELOW = 3  # standard errors below 0 that are no accident
CLIP_MATTERS = 0.1  # nats


@dataclass(frozen=True)
class VariationalEstimate:
    """What a trained critic says of the mutual information of x and y, in nats.

    Attributes
    ----------
    bound : str
        Which bound it is.
    value : float
        Its value on the test pairs; also ``float(result)``.
    standard_error : float
        Over draws of the test pairs, for the critic as trained: another training would give another critic.
    ceiling : float
        The largest that `value` could be: the log of the batch for InfoNCE, infinite for the others.
    is_lower_bound : bool
        Whether the expectation of `value` is at most I(X;Y) for every critic. For Donsker-Varadhan, MINE and SMILE it
        is not.
    effective_pairs : float or None
        Kish's effective number of pairs behind the mean of the exponential weights, of the test batch with the fewest;
        None for InfoNCE, which needs none.
    n_train, n_validation, n_test : int
        Pairs that the critic was trained on, that training was stopped by, and that `value` is from.
    stopped_at : int
        The epoch whose critic was kept; 0 is the critic before training.
    training, validation : tuple of float
        The objective in nats after each epoch, on the batches trained on and on the validation pairs; `validation`
        starts with the value before training. It is the bound itself, but for SMILE. The ceilings of InfoNCE differ:
        the log of the training batch, and of up to 1,024 validation pairs.
    note : str
        Why not to trust `value`, or empty.
    """

    bound: str
    value: float
    standard_error: float
    ceiling: float
    is_lower_bound: bool
    effective_pairs: float | None
    n_train: int
    n_validation: int
    n_test: int
    stopped_at: int
    training: tuple[float, ...]
    validation: tuple[float, ...]
    note: str = ""

    @property
    def bits(self) -> float:
        """The value in bits."""
        return self.value / math.log(2)

    def __float__(self) -> float:
        return self.value

    def __str__(self) -> str:
        relation = ">=" if self.is_lower_bound else "~"
        ceiling = f" of at most {self.ceiling:.4f}" if math.isfinite(self.ceiling) else ""
        text = (
            f"I(X;Y) {relation} {self.value:.4f} +- {self.standard_error:.4f}{ceiling} nats "
            f"({self.bound}, {self.n_test:,} test pairs)"
        )
        return f"{text}\n{self.note}" if self.note else text

    def to_dict(self) -> dict[str, object]:
        """Return the parts as plain Python values, ready for JSON (an infinite ceiling is None)."""
        return {
            "bound": self.bound,
            "value_nats": self.value,
            "standard_error_nats": self.standard_error,
            "ceiling_nats": self.ceiling if math.isfinite(self.ceiling) else None,
            "is_lower_bound": self.is_lower_bound,
            "effective_pairs": self.effective_pairs,
            "n_train": self.n_train,
            "n_validation": self.n_validation,
            "n_test": self.n_test,
            "stopped_at": self.stopped_at,
            "training": list(self.training),
            "validation": list(self.validation),
            "note": self.note,
        }


def variational_mutual_information(
    x: object,
    y: object,
    *,
    bound: str = "info_nce",
    critic: nn.Module | None = None,
    batch_size: int = 128,
    test_batch: int | None = None,
    clip: float = 5.0,
    learning_rate: float = 1e-3,
    max_epochs: int = 200,
    patience: int = 20,
    validation: float = 0.2,
    test: float = 0.2,
    standardize: bool = True,
    seed: int | np.random.Generator = 0,
) -> VariationalEstimate:
    r"""Mutual information of x and y, bounded by a critic that is trained on some of the pairs and valued on others.

    .. math:: I(X;Y) \ge \sup_T \mathcal{B}(T), \qquad T(x, y) \to \log \frac{p(x, y)}{p(x)\, p(y)}

    The pairs are dealt at random into three parts. The critic T is trained on the first, kept as it was when the second
    gave the bound its largest value, and valued once on the third: a value from pairs that had a say in the critic
    would be too high.

    Parameters
    ----------
    x, y : array-like or tensor of numbers, shape (n,) or (n, dim)
        Pairs: row i of each was observed together; rows independent of one another. Every column varies. Integers are
        numbers like others: for a label give a column of 0 and 1 for each value. Tensors stay on their device, which
        must have float64.
    bound : {"info_nce", "donsker_varadhan", "mine", "nwj", "smile"}
        See `info_nce`, `donsker_varadhan`, `nwj` and `smile`. ``"mine"`` is Donsker-Varadhan trained with a moving
        average in the denominator of the gradient.
    critic : torch.nn.Module, optional
        Maps x (n, dim_x) and y (m, dim_y) to scores (n, m). It is trained in place, and left in evaluation mode as it
        was at its best. None takes a new `SeparableCritic`.
    batch_size : int
        Pairs in a training step, scored all against all; all that there are, where they are fewer.
    test_batch : int, optional
        Test pairs scored all against all in the end; the value is the mean over such batches, and what is left over is
        not used. None, or more than there are, takes all: the highest ceiling for InfoNCE and the smallest error for
        the others.
    clip : float
        SMILE's clip; not used by the others.
    learning_rate : float
        Of Adam.
    max_epochs, patience : int
        Training ends after so many epochs, or after so many in a row without a new best value.
    validation, test : float
        Shares of the pairs that stop the training, and that the value is from.
    standardize : bool
        Whether to give every column mean 0 and variance 1 on the training pairs. The information is the same.
    seed : int or numpy Generator
        Deals the pairs, starts the critic (not one that was passed) and orders the batches. On one machine and device
        the same seed gives the same result. The global state of torch is left as it was.

    Returns
    -------
    VariationalEstimate
        The value in nats with its standard error, ceiling, curves of the training, and a note where it is not to be
        trusted.

    Raises
    ------
    TypeError
        If x or y are not real numbers, if `critic` is not a `torch.nn.Module` or returns no tensor, or for a setting of
        the wrong type.
    ValueError
        For shapes that do not fit, values that are not finite in float64 and in the critic's dtype, a constant column,
        too few pairs, an unknown bound, or settings out of their range; if the critic returns another shape than
        (n, m), or has nothing to train.

    Warns
    -----
    EstimateWarning
        InfoNCE within 10% of its ceiling. For the others but SMILE: fewer than 100 effective pairs. For SMILE: the clip
        moved the value by more than 0.1 nats. For all: a value more than three standard errors below 0.

    Notes
    -----
    What each value is, with the critic fixed before the test pairs are seen. InfoNCE and NWJ: a lower bound in
    expectation. Donsker-Varadhan and MINE: a bound whose sample version is too high on average, by half the relative
    variance of the mean weight. SMILE: no bound. A value may be a little below 0, which is no contradiction in a lower
    bound; it then says nothing.

    Limits: InfoNCE never exceeds the log of the test batch. For the others error grows as :math:`e^I`: with the best
    critic of a Gaussian, the effective pairs among :math:`n^2` are :math:`n^2 e^{-2I}`, which leaves 100 for
    I = log n - 2.3. A sample that lacks the heaviest pairs overstates them, and its standard error is then too small as
    well: a warning can be trusted, its absence less so. No method escapes: a lower bound that holds with high
    confidence, whatever the distribution, is at most O(log n) (McAllester and Stratos 2020). A critic that cannot
    learn, has too few pairs or is stopped too early leaves any of them below the truth, without a sign. Rows that
    depend on one another, such as tokens of one text, let test pairs resemble training pairs: take one from each text.

    Cost: an epoch scores n x `batch_size` pairs, the end ``test_batch`` times the number of test pairs.

    Source: Donsker and Varadhan (1983); Nguyen, Wainwright and Jordan (2010); Belghazi et al. (2018), MINE; van den
    Oord et al. (2018), InfoNCE; Poole et al. (2019), comparison; Song and Ermon (2020), SMILE and the variances. Three
    parts and stopping follow the usual practice of supervised learning. Chapter "Estimation".

    Examples
    --------
    Two columns of y follow two of x with correlation 0.8; the truth is -log(1 - 0.8^2) = 1.0217 nats.

    >>> import numpy as np
    >>> from infolib.representations import variational_mutual_information
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=(2000, 2))
    >>> y = 0.8 * x + 0.6 * rng.normal(size=(2000, 2))
    >>> found = variational_mutual_information(x, y, max_epochs=20)
    >>> abs(found.value - 1.0217) < 3 * found.standard_error
    True
    >>> found.is_lower_bound, round(found.ceiling, 4)  # log 400
    (True, 5.9915)
    """
    check_one_of("bound", bound, NAMES)
    chosen = named_bound(bound, check_clip(clip))
    for name, value, least in (("batch_size", batch_size, 2), ("max_epochs", max_epochs, 1), ("patience", patience, 1)):
        check_integer(name, value, least)
    if not 0 < as_number("learning_rate", learning_rate) < math.inf:
        raise ValueError(f"`learning_rate` must be positive and finite; it was {learning_rate!r}. Try 1e-3.")
    if not isinstance(seed, np.random.Generator):
        check_integer("seed", seed, 0)
    x, y = as_pairs(x, y)
    sizes = part_sizes(len(x), validation, test)
    if test_batch is not None:
        check_integer("test_batch", test_batch, LEAST_PAIRS)
    batch = min(test_batch or sizes.test, sizes.test)
    with seeded(int(np.random.default_rng(seed).integers(2**63)), x.device):
        first, second, third = torch.randperm(len(x)).to(x.device).split(list(sizes))
        if critic is None:
            critic = SeparableCritic(x.shape[1], y.shape[1])
        dtype, on = check_critic(critic), first if standardize else None
        x, y = ready("x", x, on, dtype), ready("y", y, on, dtype)
        critic.to(x.device)
        check_scores(critic, x, y)
        history = fit(
            critic,
            chosen.objective(),
            (x[first], y[first]),
            (x[second], y[second]),
            batch_size=batch_size,
            learning_rate=learning_rate,
            max_epochs=max_epochs,
            patience=patience,
        )
        found = held_out(critic, chosen, x[third], y[third], batch)
    ceiling = math.log(batch) if chosen.scores_joint else math.inf
    remedy = "Raise `test_batch`" if batch < sizes.test else "Bring more pairs"
    note = _note(found, ceiling, math.isfinite(chosen.clip), remedy)
    if note:
        warnings.warn(f"{bound}: {note}", EstimateWarning, stacklevel=2)
    return VariationalEstimate(
        bound=bound,
        value=found.value,
        standard_error=found.standard_error,
        ceiling=ceiling,
        is_lower_bound=chosen.is_lower_bound,
        effective_pairs=found.effective_pairs,
        n_train=sizes.train,
        n_validation=sizes.validation,
        n_test=sizes.test // batch * batch,
        stopped_at=history.best,
        training=history.training,
        validation=history.validation,
        note=note,
    )


def _note(found: HeldOut, ceiling: float, clipped: bool, remedy: str) -> str:
    """Say what makes a value untrustworthy."""
    notes = []
    if found.value > NEAR_CEILING * ceiling:
        notes.append(
            f"{found.value:.2f} nats are near the ceiling of {ceiling:.2f}, the log of the test batch, whatever the "
            f"truth. {remedy}."
        )
    if clipped and abs(found.clip_effect) > CLIP_MATTERS:
        notes.append(
            f"Clipping moved the value by {found.clip_effect:+.2f} nats, which is bias if the critic is right. Try a "
            "larger `clip`."
        )
    if not clipped and found.effective_pairs is not None and not found.effective_pairs >= FEW_PAIRS:
        notes.append(
            f"The exponential weights rest on {found.effective_pairs:.0f} effective pairs, fewer than {FEW_PAIRS}: "
            f"value and standard error may both be far off. {remedy}, or use InfoNCE below its ceiling."
        )
    if not found.value >= -FAR_BELOW * found.standard_error:
        notes.append("The value is below 0, where no information is: the critic is worse than none.")
    return " ".join(notes)
