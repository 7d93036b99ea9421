"""Measure every layer of a language model in one pass over a text: how much it holds, and of what."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn
from tqdm import tqdm

from infolib.lm.capture import blocks_of, capture, check_layers
from infolib.lm.labels import Windows, cut_windows, padded_batches
from infolib.lm.plane_result import PlaneResult
from infolib.lm.processes import from_all, local_device, rank, world_size
from infolib.representations.mean_vector import MeanVector
from infolib.representations.soft_entropy import SoftEntropy

_LABELS = ("token", "next")


def measure(
    model: Any,
    tokenizer: Any,
    texts: Iterable[str],
    *,
    n_tokens: int = 4000,
    context: int | None = None,
    batch_size: int = 8,
    layers: Iterable[int] | None = None,
    n_anchors: int = 100,
    n_sets: int = 4,
    temperature: float | None = None,
    center: str = "none",
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
    context : int, optional
        Longest window, in tokens. None takes 512, or as many as the model can read where that is less.
    batch_size : int
        Windows run at once.
    layers : iterable of int, optional
        Layers, 0 (the embedding) to L (the output after the final norm). None takes all.
    n_anchors, n_sets : int
        Anchors in a set, and independent sets. With one set the error bars hold for its anchors only.
    temperature : float, optional
        Softmax temperature; None calibrates it to the number of anchors and the dimension.
    center : {"none", "running", "exact"}
        Whether the mean of a layer is taken off its hidden states: not; the mean so far, in one pass; or the mean of
        all of them, which runs the model twice. Centred states answer another question; see the chapter. Where a few
        tokens are a hundred times as long as the others, as the first of a window often is, the mean is mostly theirs.
    seed : int
        Seed of the anchors. The same seed gives the same numbers.
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
        If a count is not positive, `center` is none of the three, a layer is out of range, the texts hold no two
        tokens, a window is longer than the model can read, the tokenizer is not the model's, or hidden states are zero
        or not finite (layer named).

    Notes
    -----
    Hidden states are not kept: memory is that of a plain pass plus, for each layer, a sample of 2048 of them and the
    sums by label (see `SoftEntropy`). Windows are taken as independent for the error bars.

    Where `torch.distributed` is initialised, as by ``torchrun -m infolib measure``, the processes share the windows,
    and each returns the result of all of them.

    Examples
    --------
    >>> from infolib.lm import default_texts, load, measure
    >>> model, tokenizer = load()
    >>> result = measure(model, tokenizer, default_texts(), n_tokens=300, layers=[0, 15])
    >>> result.table.layer.tolist(), result.n_tokens
    ([0, 15], 300)
    >>> bool((result.table.mi_next_plugin > result.table.mi_next).all())
    True
    """
    if context is None:
        context = min(512, getattr(model.config, "max_position_embeddings", None) or 512)
    for name, value in {"n_tokens": n_tokens, "context": context, "batch_size": batch_size}.items():
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
            raise ValueError(f"`{name}` must be a whole number, at least 1; it was {value!r}")
    if center not in ("none", "running", "exact"):
        raise ValueError(f"`center` must be 'none', 'running' or 'exact'; it was {center!r}")
    wanted = check_layers(layers, len(blocks_of(model)))
    vocabulary_size = model.get_input_embeddings().weight.shape[0]
    estimators = _Estimators(n_anchors, n_sets, temperature, center, seed, dict.fromkeys(_LABELS, vocabulary_size))

    windows = cut_windows(tokenizer, texts, n_tokens=n_tokens, context=context)
    _check_windows(windows, model, vocabulary_size)
    if windows.n_tokens < n_tokens:
        warnings.warn(
            f"asked for {n_tokens:,} tokens, but the texts hold {windows.n_tokens:,}; "
            f"{windows.n_tokens:,} are measured",
            stacklevel=2,
        )
    mine = slice(rank(), None, world_size())
    sets = {"token": windows.tokens[mine], "next": windows.following[mine], "window": windows.numbers[mine]}
    batches = list(padded_batches(sets, batch_size))

    training = [module for module in model.modules() if module.training]
    model.eval()
    passes = 2 if center == "exact" else 1
    try:
        n_here = sum(int(mask.sum()) for _, mask in batches)
        with tqdm(total=passes * n_here, unit=" tokens", disable=not progress) as bar:
            if center == "exact":
                means = _Means()
                _read(model, batches, wanted, means, bar)
                estimators.center = means.of_all()
            _read(model, batches, wanted, estimators, bar)
    finally:
        for module in training:
            module.training = True
    estimators.reduce()

    first = estimators.by_layer[wanted[0]]
    return PlaneResult(
        table=pd.DataFrame([_row(layer, estimators.by_layer[layer]) for layer in wanted]),
        model=getattr(model, "name_or_path", "") or type(model).__name__,
        n_tokens=windows.n_tokens,
        context=int(context),
        n_anchors=first.n_anchors,
        n_sets=first.n_sets,
        seed=int(seed),
        center=center,
        temperatures=tuple(estimators.by_layer[layer].temperature for layer in wanted),
        n_labels={name: first.n_labels_seen(name) for name in ("token", "next")},
        vocabulary_size=vocabulary_size,
    )


class _Means:
    """The mean of the hidden states of each layer."""

    def __init__(self) -> None:
        self.by_layer: dict[int, MeanVector] = {}

    def update(self, layer: int, hidden: Tensor, _labels: dict[str, Tensor], mask: Tensor | None) -> None:
        self.by_layer.setdefault(layer, MeanVector(hidden.shape[-1])).update(hidden, mask)

    def of_all(self) -> dict[int, Tensor]:
        """The means over all processes."""
        parts = {layer: (mean.count, mean.count * mean.value) for layer, mean in self.by_layer.items()}
        sums: dict[int, tuple[int, Tensor]] = {}
        for shard in from_all(parts):
            for layer, (n, total) in shard.items():
                seen, before = sums.get(layer, (0, torch.zeros_like(total)))
                sums[layer] = (seen + n, before + total)
        return {layer: total / n for layer, (n, total) in sums.items()}


class _Estimators:
    """One estimator a layer, made when its dimension is first seen; layers of one dimension share the anchors."""

    def __init__(
        self, n_anchors: int, n_sets: int, temperature: float | None, center: str, seed: int, labels: dict[str, int]
    ):
        self.by_layer: dict[int, SoftEntropy] = {}
        self.center: dict[int, Tensor] | str | None = None if center == "none" else center
        self._by_dim: dict[int, SoftEntropy] = {}
        self._options: dict[str, Any] = {"temperature": temperature, "seed": seed, "labels": labels}
        self._sizes = (n_anchors, n_sets)
        SoftEntropy(2, n_anchors, n_sets=n_sets, **self._options)  # refuses bad settings before the model has run

    def update(self, layer: int, hidden: Tensor, labels: dict[str, Tensor], mask: Tensor | None) -> None:
        labels = dict(labels)
        units = labels.pop("window")
        self._at(layer, hidden.shape[-1], hidden.device).update(hidden, labels, mask, units)

    def reduce(self) -> None:
        """Gather what all processes have seen; one without a window learns here what the layers are like."""
        if world_size() == 1:
            return
        shapes = from_all({layer: est.dim for layer, est in self.by_layer.items()})[0]
        device = next((est.device for est in self.by_layer.values()), local_device())
        for layer, dim in shapes.items():
            self._at(layer, dim, device).all_reduce()

    def _at(self, layer: int, dim: int, device: torch.device) -> SoftEntropy:
        if layer not in self.by_layer:
            if dim not in self._by_dim:
                n_anchors, n_sets = self._sizes
                self._by_dim[dim] = SoftEntropy(dim, n_anchors, n_sets=n_sets, device=device, **self._options)
            center = self.center[layer] if isinstance(self.center, dict) else self.center
            self.by_layer[layer] = self._by_dim[dim].fresh(center)
        return self.by_layer[layer]


def _read(
    model: nn.Module,
    batches: list[tuple[dict[str, Tensor], Tensor]],
    wanted: list[int],
    to: _Means | _Estimators,
    bar: tqdm,
) -> None:
    """Run the model over the batches and hand every wanted layer on."""
    device = model.get_input_embeddings().weight.device  # pyright: ignore[reportCallIssue]
    for on_cpu, mask in batches:
        labels = {name: ids.to(device) for name, ids in on_cpu.items()}
        full = bool(mask.all())  # then no row has to be picked out, which would copy the hidden states

        def receive(layer: int, hidden: Tensor, real: Tensor, labels=labels, full=full) -> None:
            try:
                to.update(layer, hidden, labels, None if full else real)
            except ValueError as error:
                raise ValueError(f"layer {layer}: {error}") from error

        capture(model, labels["token"], mask.to(device).long(), receive, wanted)
        bar.update(int(mask.sum()))


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
    row: dict[str, float] = {"layer": layer}
    for name, estimate in (("entropy", est.entropy()), ("ceiling", est.ceiling())):
        row |= {name: estimate.value, f"{name}_se": estimate.standard_error}
    for name in _LABELS:
        if int(est.label_counts(name).max()) > 1:
            estimate = est.mutual_information(name)
            value, error, plugin = estimate.value, estimate.standard_error, estimate.plugin
        else:
            value, error, plugin = math.nan, math.nan, est.mutual_information(name, "none").value
        row |= {f"mi_{name}": value, f"mi_{name}_se": error, f"mi_{name}_plugin": plugin}
    return row
