"""Models that are made once, by dequantising or converting, and then kept as safetensors in the user's cache folder."""

from __future__ import annotations

import os
import shutil
import time
import uuid
import warnings
from collections.abc import Callable
from pathlib import Path

import torch

from infolib._cache import cache_folder
from infolib.lm._hub import LanguageModel, Source, from_pretrained, quiet

_STALE_SECONDS = 3600.0


def kept(name: str, dtype: torch.dtype, make: Callable[[], LanguageModel]) -> LanguageModel:
    """Load the copy called `name`; where there is none, or a damaged one, make the model and keep a copy of it.

    Parameters
    ----------
    name : str
        The folder's name in the cache. It must hold all that decides the content (versions, dtype), so that another
        version finds no copy and makes its own.
    dtype : torch.dtype
        What the weights are loaded as. The copy has the dtype that `make` gives.
    make : callable
        Makes the model and its tokenizer anew.

    Warns
    -----
    UserWarning
        If the copy cannot be written. The model is returned all the same.
    """
    copy = cache_folder() / name
    if copy.is_dir():
        try:
            return from_pretrained(Source(str(copy)), dtype)
        except (OSError, ValueError):
            # Damaged after it was written. It can be made again, so it is no reason to stop.
            shutil.rmtree(copy, ignore_errors=True)
    fresh = make()
    try:
        keep(fresh, copy)
    except OSError as error:
        warnings.warn(
            f"the model could not be kept in {copy.parent} ({error}), so it has to be made again at the next start. "
            "Set INFOLIB_CACHE to a folder that can be written and has room for it.",
            stacklevel=4,
        )
    return LanguageModel(fresh.model.to(dtype), fresh.tokenizer)  # pyright: ignore[reportArgumentType]


def keep(loaded: LanguageModel, folder: Path) -> None:
    """Write a copy so that `folder` is either whole or not there, whoever else writes it or whenever this is killed."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    for left in folder.parent.glob(f".{folder.name}.*"):  # half-written by a process that was killed
        if time.time() - left.stat().st_mtime > _STALE_SECONDS:
            shutil.rmtree(left, ignore_errors=True)
    half = folder.parent / f".{folder.name}.{uuid.uuid4().hex}"
    half.mkdir()
    try:
        with quiet():
            loaded.model.save_pretrained(half)
            loaded.tokenizer.save_pretrained(half)
        for file in half.iterdir():
            file.chmod(half.stat().st_mode & 0o666)  # safetensors writes for the owner alone; a cache may be shared
            # On the disk before the name is, or a power cut could leave a copy that only looks whole.
            with open(file, "rb+") as handle:
                os.fsync(handle.fileno())
        try:
            os.rename(half, folder)
        except OSError:
            if not folder.is_dir():  # otherwise another process was first, and its copy is as good as ours
                raise
    finally:
        shutil.rmtree(half, ignore_errors=True)
