"""Trained bounds on mutual information: a network learns to tell pairs that belong together from pairs that do not."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from infolib.estimators._warning import EstimateWarning
from infolib.representations._bounds import NAMES, check_clip, named_bound
from infolib.representations._critics import SeparableCritic
from infolib.representations._held_out import HeldOut, held_out
from infolib.representations._inputs import check_one_of
from infolib.representations._partition_inputs import check_integer
from infolib.representations._training import fit

LEAST_PAIRS = 4  # in each of the three parts
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
        Kish's effective number of pairs behind the mean of the exponential weights; None for InfoNCE, which needs none.
    n_train, n_validation, n_test : int
        Pairs that the critic was trained on, that training was stopped by, and that `value` is from.
    stopped_at : int
        The epoch whose critic was kept; 0 is the critic before training.
    training, validation : tuple of float
        The objective in nats after each epoch, on the batches trained on and on the validation pairs; `validation`
        starts with the value before training. It is the bound itself, but for SMILE.
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
    x, y : array-like or tensor of floats, shape (n,) or (n, dim)
        Pairs: row i of each was observed together; rows independent of one another. Tensors stay on their device.
    bound : {"info_nce", "donsker_varadhan", "mine", "nwj", "smile"}
        See `info_nce`, `donsker_varadhan`, `nwj` and `smile`. ``"mine"`` is Donsker-Varadhan trained with a moving
        average in the denominator of the gradient.
    critic : torch.nn.Module, optional
        Maps x (n, dim_x) and y (m, dim_y) to scores (n, m). It is trained in place, and left in evaluation mode as it
        was at its best. None takes a new `SeparableCritic`.
    batch_size : int
        Pairs in a training step, scored all against all.
    test_batch : int, optional
        Test pairs scored all against all in the end; the value is the mean over such batches, and what is left over is
        not used. None takes all: the highest ceiling for InfoNCE and the smallest error for the others.
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
        If `critic` is not a `torch.nn.Module`.
    ValueError
        For shapes that do not fit, values that are not finite or not floats, too few pairs, an unknown bound, or
        settings out of their range; if the critic returns another shape than (n, m), or has nothing to train.

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
    if not (math.isfinite(learning_rate) and learning_rate > 0):
        raise ValueError(f"`learning_rate` must be positive and finite; it was {learning_rate!r}. Try 1e-3.")
    x, y = _as_pairs(x, y)
    sizes = _parts(len(x), validation, test)
    if test_batch is not None:
        check_integer("test_batch", test_batch, LEAST_PAIRS)
    batch = min(test_batch or sizes.test, sizes.test)
    rng = np.random.default_rng(seed)
    with torch.random.fork_rng(devices=[x.device] if x.device.type == "cuda" else []):
        torch.manual_seed(int(rng.integers(2**63)))
        order = torch.randperm(len(x)).to(x.device)
        first, second, third = order.split(list(sizes))
        if standardize:
            x, y = _standardized(x, first), _standardized(y, first)
        if critic is None:
            critic = SeparableCritic(x.shape[1], y.shape[1])
        dtype = _check_critic(critic)
        critic.to(x.device)
        x, y = x.to(dtype), y.to(dtype)
        _check_scores(critic, x, y)
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
    note = _note(found, ceiling, clipped=math.isfinite(chosen.clip))
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


def _note(found: HeldOut, ceiling: float, clipped: bool) -> str:
    """Say what makes a value untrustworthy."""
    notes = []
    if found.value > NEAR_CEILING * ceiling:
        notes.append(
            f"{found.value:.2f} nats are near the ceiling of {ceiling:.2f}, the log of the test batch, whatever the "
            "truth. Bring more pairs."
        )
    if clipped and abs(found.clip_effect) > CLIP_MATTERS:
        notes.append(
            f"Clipping moved the value by {found.clip_effect:+.2f} nats, which is bias if the critic is right. Try a "
            "larger `clip`."
        )
    if not clipped and found.effective_pairs is not None and not found.effective_pairs >= FEW_PAIRS:
        notes.append(
            f"The exponential weights rest on {found.effective_pairs:.0f} effective pairs, fewer than {FEW_PAIRS}: "
            "value and standard error may both be far off. Bring more pairs, or use InfoNCE below its ceiling."
        )
    if not found.value >= -FAR_BELOW * found.standard_error:
        notes.append("The value is below 0, where no information is: the critic is worse than none.")
    return " ".join(notes)


class _Sizes(NamedTuple):
    train: int
    validation: int
    test: int


def _parts(n: int, validation: float, test: float) -> _Sizes:
    """How many of n pairs go into each part."""
    for name, share in (("validation", validation), ("test", test)):
        if not 0 < share < 1:
            raise ValueError(f"`{name}` must be a share between 0 and 1; it was {share!r}. Try 0.2.")
    held = round(n * validation), round(n * test)
    sizes = _Sizes(n - sum(held), *held)
    if min(sizes) < LEAST_PAIRS:
        raise ValueError(
            f"`x` and `y` must have {LEAST_PAIRS} pairs or more for each of training, validation and test; {n} pairs "
            f"gave {sizes.train}, {sizes.validation} and {sizes.test}. Bring more pairs, or change `validation` and "
            "`test`."
        )
    return sizes


def _as_pairs(x: object, y: object) -> tuple[Tensor, Tensor]:
    """Return x and y as finite float64 (n, dim), on one device."""
    pair = []
    for name, values in (("x", x), ("y", y)):
        rows = values.detach() if isinstance(values, Tensor) else torch.from_numpy(np.array(values))
        if not rows.is_floating_point():
            raise ValueError(
                f"`{name}` must be floating-point; its dtype was {rows.dtype}. Convert numbers to float, and give a "
                "label a column of 0 and 1 for each value."
            )
        if rows.ndim not in (1, 2) or not rows.numel():
            raise ValueError(
                f"`{name}` must have shape (n,) or (n, dim) and not be empty; it was {tuple(rows.shape)}. Put one "
                "observation in a row."
            )
        finite = torch.isfinite(rows).reshape(len(rows), -1).all(1)
        if not bool(finite.all()):
            raise ValueError(
                f"`{name}` must be finite; {int((~finite).sum())} of {len(rows)} rows were not, the first "
                f"{int((~finite).nonzero()[0])}. Leave these pairs out of both."
            )
        pair.append(rows.reshape(len(rows), -1).double())
    a, b = pair
    if len(a) != len(b):
        raise ValueError(
            f"`x` and `y` must have one length; they had {len(a)} and {len(b)} rows. Row i of both is one pair."
        )
    if a.device != b.device:
        raise ValueError(f"`x` and `y` must be on one device; they were on {a.device} and {b.device}. Move one.")
    return a, b


def _standardized(rows: Tensor, on: Tensor) -> Tensor:
    """Give the rows named `on` mean 0 and variance 1; a constant column becomes 0."""
    seen = rows[on]
    spread = seen.std(0, correction=0)
    return (rows - seen.mean(0)) / torch.where(spread > 0, spread, 1)


def _check_critic(critic: object) -> torch.dtype:
    """Require a module with something to train, and return the dtype it works in."""
    if not isinstance(critic, nn.Module):
        raise TypeError(
            f"`critic` must be a torch.nn.Module; it was a {type(critic).__name__}. To value scores that need no "
            "training, call the bound itself, such as `info_nce`."
        )
    weights = [weight for weight in critic.parameters() if weight.requires_grad]
    if not weights:
        raise ValueError(
            "`critic` must have parameters to train; it had none. To value scores that need no training, call the "
            "bound itself, such as `info_nce`."
        )
    return weights[0].dtype


@torch.no_grad()
def _check_scores(critic: nn.Module, x: Tensor, y: Tensor) -> None:
    """Require a score for every pair."""
    requirement = "`critic` must return one score for each of n x and m y, shape (n, m)"
    try:
        shape = tuple(critic.eval()(x[:3], y[:2]).shape)
    except RuntimeError as error:
        raise ValueError(f"{requirement}; n = 3 and m = 2 failed with {error}. Score all x against all y.") from error
    if shape != (3, 2):
        raise ValueError(f"{requirement}; for n = 3 and m = 2 it was {shape}. Score all x against all y.")
