"""Measure every layer of a language model in one pass over a text: how much it holds, and of what."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from torch import Tensor, nn
from tqdm import tqdm

from infolib.lm.capture import blocks_of, capture, check_layers
from infolib.lm.labels import Windows, cut_windows, padded_batches, shuffled
from infolib.representations.estimate import Estimate
from infolib.representations.soft_entropy import SoftEntropy

# Name in the table -> what is printed above it.
QUANTITIES = {
    "entropy": "H(A)",
    "ceiling": "ceiling",
    "mi_token": "I(A;token)",
    "mi_token_null": "its null",
    "mi_next": "I(A;next)",
    "mi_next_null": "its null",
}
_LABELS = ("token", "next", "token_null", "next_null")


@dataclass(frozen=True, eq=False)
class PlaneResult:
    """What each layer of a model holds about the current and the next token.

    Attributes
    ----------
    table : DataFrame
        One row a layer, in nats: `layer`, then `entropy`, `ceiling`, `mi_token`, `mi_token_null`, `mi_next`,
        `mi_next_null`, each followed by its standard error over the anchor sets (`entropy_se`, ...; NaN for one set).
        A null is the same estimate with the labels shuffled: what the estimator reports where there is nothing.
    model : str
        The model's name.
    n_tokens : int
        Positions measured.
    context, n_anchors, n_sets, seed : int
        As given to `measure`.
    temperatures : tuple of float
        The softmax temperature of each row of the table.
    n_labels : dict
        How many distinct labels occurred, for `"token"` and `"next"`.
    vocabulary_size : int
        How many labels are possible.
    """

    table: pd.DataFrame
    model: str
    n_tokens: int
    context: int
    n_anchors: int
    n_sets: int
    seed: int
    temperatures: tuple[float, ...]
    n_labels: dict[str, int]
    vocabulary_size: int
    units: str = "nats"

    def in_bits(self) -> pd.DataFrame:
        """Return the table with every quantity and standard error in bits."""
        bits = self.table.copy()
        measured = bits.columns != "layer"
        bits.loc[:, measured] = bits.loc[:, measured] / math.log(2)
        return bits

    def to_dict(self) -> dict[str, Any]:
        """Return plain Python values, ready for JSON: the settings, and the rows in nats and in bits (NaN is None)."""
        return {
            "model": self.model,
            "n_tokens": self.n_tokens,
            "context": self.context,
            "n_anchors": self.n_anchors,
            "n_sets": self.n_sets,
            "seed": self.seed,
            "temperatures": list(self.temperatures),
            "n_labels": dict(self.n_labels),
            "vocabulary_size": self.vocabulary_size,
            "nats": _rows(self.table),
            "bits": _rows(self.in_bits()),
        }

    def to_text(self, units: str = "nats") -> str:
        """Return a readable table in `"nats"` or `"bits"`, every estimate with its standard error."""
        if units not in ("nats", "bits"):
            raise ValueError(f"`units` must be 'nats' or 'bits'; it was {units!r}")
        table = self.table if units == "nats" else self.in_bits()
        lines = ["layer  " + "".join(f"{heading:>16}" for heading in QUANTITIES.values())]
        for row in table.to_dict("records"):
            cells = [_cell(row[name], row[f"{name}_se"]) for name in QUANTITIES]
            lines.append(f"{row['layer']:>5}  " + "".join(f"{cell:>16}" for cell in cells))
        return "\n".join(lines)

    def __str__(self) -> str:
        head = (
            f"{self.model}: {self.n_tokens:,} tokens in windows of {self.context}, "
            f"{self.n_sets} x {self.n_anchors} anchors, nats (log {self.n_anchors} = {math.log(self.n_anchors):.3f})"
        )
        return f"{head}\n{self.to_text()}"


def measure(
    model: Any,
    tokenizer: Any,
    texts: Iterable[str],
    *,
    n_tokens: int = 4000,
    context: int = 512,
    batch_size: int = 8,
    layers: Iterable[int] | None = None,
    n_anchors: int = 100,
    n_sets: int = 4,
    temperature: float | None = None,
    seed: int = 0,
    progress: bool = False,
) -> PlaneResult:
    r"""Measure H(A), its ceiling, and I(A; token), I(A; next token) at every layer, in one pass over the texts.

    For hidden state :math:`z` at a position, :math:`p(A = j | z) \propto \exp(\cos(z, w_j) / \varepsilon)`, and

    .. math:: I(A; X) = H(A) - \sum_x p(x) H(A | x), \qquad I(A; X) \le I(A; Z) = H(A) - E[H(A | z)] .

    Parameters
    ----------
    model : PreTrainedModel
        A native Hugging Face model, with or without a head; its body is run in evaluation mode.
    tokenizer : PreTrainedTokenizerBase
        The model's tokenizer. Texts are tokenised without special tokens, so every position is a token of the text.
    texts : iterable of str
        Documents, read only as far as they are needed. They are cut into windows and never joined; the last token of a
        document is only ever a next token.
    n_tokens : int
        Positions to measure, from the beginning of the texts.
    context : int
        Longest window, in tokens.
    batch_size : int
        Windows run at once.
    layers : iterable of int, optional
        Layers, 0 (the embedding) to L (the output after the final norm). None takes all.
    n_anchors, n_sets : int
        Anchors in a set, and independent sets; the error bars are taken over the sets.
    temperature : float, optional
        Softmax temperature; None calibrates it to the number of anchors and the dimension.
    seed : int
        Seed of the anchors and of the shuffles. The same seed gives the same numbers.
    progress : bool
        Whether to show a bar on standard error.

    Returns
    -------
    PlaneResult
        In nats; `.in_bits()` has the same in bits.

    Warns
    -----
    UserWarning
        If the texts hold fewer tokens than asked for; the count used is in the message and in the result.

    Raises
    ------
    TypeError
        If `texts` is one string.
    ValueError
        If a count is not positive, a layer is out of range, the texts hold no two tokens, a window is longer than the
        model can read, the tokenizer is not the model's, or hidden states are zero or not finite (layer named).

    Notes
    -----
    Hidden states are not kept: memory is that of a plain pass plus the sums, one row of `n_sets * n_anchors` float64
    for each label that occurs, layer and label set (at the defaults 0.5 GB). Mutual information is the plug-in
    estimate, biased upward when labels are rare; read it against its null. Error bars hold the choice of anchors, not
    the choice of text.

    Examples
    --------
    >>> from infolib.lm import default_texts, load, measure
    >>> model, tokenizer = load()
    >>> result = measure(model, tokenizer, default_texts(), n_tokens=300, layers=[0, 15])
    >>> result.table.layer.tolist(), result.n_tokens
    ([0, 15], 300)
    >>> bool((result.table.mi_token > result.table.mi_token_null).all())
    True
    """
    for name, value in {"n_tokens": n_tokens, "context": context, "batch_size": batch_size}.items():
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
            raise ValueError(f"`{name}` must be a whole number, at least 1; it was {value!r}")
    wanted = check_layers(layers, len(blocks_of(model)))
    vocabulary_size = model.get_input_embeddings().weight.shape[0]
    estimators = _Estimators(n_anchors, n_sets, temperature, seed, dict.fromkeys(_LABELS, vocabulary_size))

    windows = cut_windows(tokenizer, texts, n_tokens=n_tokens, context=context)
    _check_windows(windows, model, vocabulary_size)
    if windows.n_tokens < n_tokens:
        warnings.warn(
            f"asked for {n_tokens:,} tokens, but the texts hold {windows.n_tokens:,}; "
            f"{windows.n_tokens:,} are measured",
            stacklevel=2,
        )
    rng = np.random.default_rng(seed)
    sets = {"token": windows.tokens, "next": windows.following}
    sets |= {"token_null": shuffled(windows.tokens, rng), "next_null": shuffled(windows.following, rng)}

    training = [module for module in model.modules() if module.training]
    model.eval()
    try:
        with tqdm(total=windows.n_tokens, unit=" tokens", disable=not progress) as bar:
            for labels, mask in padded_batches(sets, batch_size):
                _measure_batch(model, labels, mask, wanted, estimators)
                bar.update(int(mask.sum()))
    finally:
        for module in training:
            module.training = True

    first = estimators.by_layer[wanted[0]]
    return PlaneResult(
        table=pd.DataFrame([_row(layer, estimators.by_layer[layer]) for layer in wanted]),
        model=getattr(model, "name_or_path", "") or type(model).__name__,
        n_tokens=windows.n_tokens,
        context=int(context),
        n_anchors=first.n_anchors,
        n_sets=first.n_sets,
        seed=seed,
        temperatures=tuple(estimators.by_layer[layer].temperature for layer in wanted),
        n_labels={name: first.n_labels_seen(name) for name in ("token", "next")},
        vocabulary_size=vocabulary_size,
    )


class _Estimators:
    """One estimator a layer, made when its dimension is first seen; layers of one dimension share the anchors."""

    def __init__(self, n_anchors: int, n_sets: int, temperature: float | None, seed: int, labels: dict[str, int]):
        self.by_layer: dict[int, SoftEntropy] = {}
        self._by_dim: dict[int, SoftEntropy] = {}
        self._options: dict[str, Any] = {"temperature": temperature, "seed": seed, "labels": labels}
        self._sizes = (n_anchors, n_sets)
        SoftEntropy(2, n_anchors, n_sets=n_sets, **self._options)  # refuses bad settings before the model has run

    def at(self, layer: int, hidden: Tensor) -> SoftEntropy:
        if layer not in self.by_layer:
            dim, (n_anchors, n_sets) = hidden.shape[-1], self._sizes
            if dim not in self._by_dim:
                self._by_dim[dim] = SoftEntropy(dim, n_anchors, n_sets=n_sets, device=hidden.device, **self._options)
            self.by_layer[layer] = self._by_dim[dim].fresh()
        return self.by_layer[layer]


def _measure_batch(
    model: nn.Module, labels: dict[str, Tensor], mask: Tensor, wanted: list[int], to: _Estimators
) -> None:
    device = model.get_input_embeddings().weight.device  # pyright: ignore[reportCallIssue]
    labels = {name: ids.to(device) for name, ids in labels.items()}
    full = bool(mask.all())  # then no row has to be picked out, which would copy the hidden states

    def receive(layer: int, hidden: Tensor, real: Tensor) -> None:
        try:
            to.at(layer, hidden).update(hidden, labels, mask=None if full else real)
        except ValueError as error:
            raise ValueError(f"layer {layer}: {error}") from error

    capture(model, labels["token"], mask.to(device).long(), receive, wanted)


def _check_windows(windows: Windows, model: Any, vocabulary_size: int) -> None:
    if not windows.tokens:
        raise ValueError("`texts` must hold a document of at least two tokens, one with a next; there is none")
    longest, readable = max(map(len, windows.tokens)), getattr(model.config, "max_position_embeddings", None)
    if readable is not None and longest > readable:
        raise ValueError(f"`context` must be at most {readable}, the most this model can read; it was {longest}")
    largest = max(int(w.max()) for pair in zip(windows.tokens, windows.following, strict=True) for w in pair)
    if largest >= vocabulary_size:
        raise ValueError(
            f"`tokenizer` must be the model's own: it gave token {largest}, and the model knows {vocabulary_size}"
        )


def _row(layer: int, est: SoftEntropy) -> dict[str, float]:
    estimates: dict[str, Estimate] = {"entropy": est.entropy(), "ceiling": est.ceiling()}
    for name in ("token", "token_null", "next", "next_null"):
        estimates[f"mi_{name}"] = est.mutual_information(name)
    row: dict[str, float] = {"layer": layer}
    for name, estimate in estimates.items():
        row |= {name: estimate.value, f"{name}_se": estimate.standard_error}
    return row


def _rows(table: pd.DataFrame) -> list[dict[str, float | None]]:
    records: list[dict[str, float | None]] = []
    for row in table.to_dict("records"):
        records.append({str(name): None if value != value else value for name, value in row.items()})
    return records


def _cell(value: float, error: float) -> str:
    return f"{value:.3f}" if math.isnan(error) else f"{value:.3f} ± {error:.3f}"
