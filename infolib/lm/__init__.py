"""Language models: native Hugging Face models, hooked and never reimplemented.

Importing this package is cheap. The names below are fetched on first use, so that `infolib --help` and a mistyped
file name do not have to wait for torch.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from infolib.lm import capture, labels, models, plane, texts
    from infolib.lm.models import LanguageModel, load
    from infolib.lm.plane import PlaneResult, measure
    from infolib.lm.texts import default_texts, read_texts

_HOME = {
    "LanguageModel": "infolib.lm.models",
    "load": "infolib.lm.models",
    "PlaneResult": "infolib.lm.plane",
    "measure": "infolib.lm.plane",
    "default_texts": "infolib.lm.texts",
    "read_texts": "infolib.lm.texts",
}

_MODULES = ("capture", "labels", "models", "plane", "texts")

__all__ = [
    "LanguageModel",
    "PlaneResult",
    "capture",
    "default_texts",
    "labels",
    "load",
    "measure",
    "models",
    "plane",
    "read_texts",
    "texts",
]


def __getattr__(name: str) -> object:
    if name in _HOME:
        return getattr(importlib.import_module(_HOME[name]), name)
    if name in _MODULES:
        return importlib.import_module(f"infolib.lm.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
