"""What to condition on: the current token and the next one, window by window, with nothing lost at the edges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

# A text is tokenised from its beginning only as far as it is needed. The last characters before the cut are left out of
# the tokens, because a cut inside a word changes them.
_CHARACTERS_PER_TOKEN = 16
_TOKENS_AT_THE_CUT = 64


@dataclass(frozen=True)
class Windows:
    """Token ids cut into windows, every position with its token and the next token of the same document.

    Attributes
    ----------
    tokens : list of int64 arrays
        `tokens[w]` is what the model reads: at most `context` ids, all of one document.
    following : list of int64 arrays
        `following[w][i]` is the document's token after `tokens[w][i]`, also at the end of a window.
    """

    tokens: list[np.ndarray]
    following: list[np.ndarray]

    @property
    def n_tokens(self) -> int:
        """The number of measured positions."""
        return sum(map(len, self.tokens))

    @property
    def numbers(self) -> list[np.ndarray]:
        """For every position the number of its window: 0, 1, 2, ..."""
        return [np.full(len(window), i, dtype=np.int64) for i, window in enumerate(self.tokens)]


def document_tokens(tokenizer: Any, text: str, limit: int) -> np.ndarray:
    """Return at least the first `limit` token ids of a text, or all there are, with no special tokens added."""
    n_characters = _CHARACTERS_PER_TOKEN * (limit + _TOKENS_AT_THE_CUT)
    while True:
        # verbose=False: the text is longer than the model's context on purpose, so no notice about it.
        ids = tokenizer(text[:n_characters], add_special_tokens=False, verbose=False)["input_ids"]
        whole = n_characters >= len(text)
        if whole or len(ids) >= limit + _TOKENS_AT_THE_CUT:
            return np.asarray(ids if whole else ids[:-_TOKENS_AT_THE_CUT], dtype=np.int64)
        n_characters *= 2


def cut_windows(tokenizer: Any, texts: Iterable[str], *, n_tokens: int, context: int) -> Windows:
    """Collect `n_tokens` positions from the beginning of the texts, each with its token and its next token.

    A document of ids t_0 .. t_{T-1} gives the positions 0 .. T-2: position i has token t_i and next token t_{i+1}.
    The last token is only ever a label. Documents are not joined.

    Parameters
    ----------
    tokenizer : callable
        Any Hugging Face tokenizer. No special tokens are added, so each position is a token of the text.
    texts : iterable of str
        Documents, read only as far as they are needed.
    n_tokens : int
        How many positions; fewer come back when the texts end before.
    context : int
        The longest window; a document longer than that is cut, and a position sees only its own window.

    Raises
    ------
    TypeError
        If `texts` is one string instead of an iterable of them, or holds something else.

    Examples
    --------
    >>> letters = lambda text, **_: {"input_ids": [ord(c) - 97 for c in text]}
    >>> cut = cut_windows(letters, ["abcde", "xyz"], n_tokens=100, context=3)
    >>> [w.tolist() for w in cut.tokens]
    [[0, 1, 2], [3], [23, 24]]
    >>> [w.tolist() for w in cut.following]
    [[1, 2, 3], [4], [24, 25]]
    """
    if isinstance(texts, str):
        raise TypeError("`texts` must be an iterable of documents; it was one string. Put it in a list: [text].")
    tokens, following, left = [], [], n_tokens
    for text in texts:
        if not isinstance(text, str):
            raise TypeError(f"`texts` must hold strings; one was a {type(text).__name__}")
        ids = document_tokens(tokenizer, text, left + 1)[: left + 1]
        for start in range(0, len(ids) - 1, context):
            window = ids[start : start + context + 1]
            tokens.append(window[:-1])
            following.append(window[1:])
            left -= len(window) - 1
        if left == 0:
            break
    return Windows(tokens, following)


def padded_batches(sets: dict[str, list[np.ndarray]], batch_size: int) -> Iterator[tuple[dict[str, Tensor], Tensor]]:
    """Yield (labels by name, attention mask), each (B, T) on the CPU, `batch_size` windows at a time.

    Windows are padded on the right; padding holds 0, a valid id, and is False in the mask. The longest windows come
    first, so that little is padded, and those of full length not at all.
    """
    lengths = np.array([len(window) for window in next(iter(sets.values()))])
    order = np.argsort(-lengths, kind="stable")
    n_longest = int((lengths == lengths.max(initial=0)).sum())
    for group in (order[:n_longest], order[n_longest:]):
        for start in range(0, len(group), batch_size):
            batch = group[start : start + batch_size]
            mask = torch.arange(int(lengths[batch].max())) < torch.from_numpy(lengths[batch])[:, None]
            labels = {}
            for name, windows in sets.items():
                labels[name] = torch.zeros(mask.shape, dtype=torch.int64)
                labels[name][mask] = torch.from_numpy(np.concatenate([windows[i] for i in batch]))
            yield labels, mask
