"""How many bits a byte-level model spends on a byte of text."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F


@torch.no_grad()
def bits_per_byte(
    model: Any, text: np.ndarray | bytes, context: int, stride: int | None = None, batch: int = 64
) -> float:
    r"""Return the mean surprisal of each byte but the first, in bits, given what precedes it in its window.

    .. math:: \frac{1}{n-1} \sum_{i=2}^n -\log_2 p(x_i \mid x_{w(i)}, \dots, x_{i-1})

    Parameters
    ----------
    model : PreTrainedModel
        A model whose tokens are bytes.
    text : bytes or (n,) array of uint8
        At least two bytes.
    context : int
        Bytes a window, the most the model was trained on.
    stride : int, optional
        By how much the windows move on. Left out, they do not overlap, and the first bytes of each are predicted from
        little; with half of `context`, every byte has at least half a context before it, at twice the cost.
    batch : int
        Windows a forward pass.

    Returns
    -------
    float
        Bits per byte.

    Raises
    ------
    ValueError
        If `text` has fewer than two bytes, or `stride` is not between 1 and `context`.

    Notes
    -----
    In the dtype of the weights, with the logarithm in float32 and the sum in float64. The model's mode (training or
    evaluation) does not matter: the family has no dropout.
    """
    stride = context if stride is None else stride
    if not 1 <= stride <= context:
        raise ValueError(f"`stride` must be between 1 and `context`, {context}; it was {stride}.")
    ids = torch.from_numpy(np.frombuffer(text, np.uint8).astype(np.int64)) if isinstance(text, bytes) else (
        torch.from_numpy(np.asarray(text).astype(np.int64))
    )  # fmt: skip
    if len(ids) < 2:
        raise ValueError(f"`text` must have at least two bytes; it had {len(ids)}. The first is never predicted.")
    starts = [0, *range(stride, max(stride, len(ids) - 1 - (context - stride)), stride)]
    total, counted = 0.0, 0
    whole = [start for start in starts if start + context < len(ids)]
    groups = [whole[i : i + batch] for i in range(0, len(whole), batch)]
    groups += [[start] for start in starts if start + context >= len(ids)]
    for group in groups:
        end = min(context, len(ids) - 1 - group[0])
        windows = torch.stack([ids[start : start + end + 1] for start in group]).to(model.device)
        logits = model(input_ids=windows[:, :-1]).logits.float()
        surprisal = F.cross_entropy(logits.transpose(1, 2), windows[:, 1:], reduction="none")
        for start, row in zip(group, surprisal, strict=True):
            fresh = row if start == 0 else row[context - stride :]
            total += fresh.double().sum().item()
            counted += len(fresh)
    assert counted == len(ids) - 1
    return total / counted / math.log(2)
