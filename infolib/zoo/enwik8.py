"""The text of the family: enwik8, the first 10^8 bytes of a dump of the English Wikipedia."""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import numpy as np

from infolib._cache import cache_folder

MD5 = "a1fa5ffddb56f4953e226637dabbb36a"
_PACKAGE, _VERSION, _MEMBER = "x-transformers", "2.16.1", "data/enwik8.gz"


def enwik8(*, quiet: bool = False) -> np.ndarray:
    """Return enwik8 as 10^8 bytes, fetched once through pip into the user's cache.

    Returns
    -------
    (100_000_000,) array of uint8
        Read-only, mapped from the file.

    Raises
    ------
    OSError
        If it cannot be fetched, or what was fetched is not the canonical text.

    Notes
    -----
    It is `data/enwik8.gz` in the source distribution of `x-transformers` 2.16.1, 39 MB, fetched by `pip download` and
    so from whatever index pip is set up to use. The md5 of the text is checked once, before it is kept.
    """
    kept = cache_folder() / "enwik8"
    if not kept.exists():
        if not quiet:
            print("infolib: fetching enwik8, 39 MB, once ...", file=sys.stderr)
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
            found = _unpack(_download(Path(folder)), Path(folder))
            md5 = hashlib.md5(found.read_bytes(), usedforsecurity=False).hexdigest()
            if md5 != MD5:
                raise OSError(f"the text fetched is not enwik8: its md5 was {md5}, not {MD5}. Try again.")
            os.replace(found, kept)
    return np.memmap(kept, np.uint8, "r")


def split(text: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the first 95% of a text, to train on, and the last 5%, never trained on."""
    cut = len(text) * 95 // 100
    return text[:cut], text[cut:]


def _download(folder: Path) -> Path:
    # pip knows the user's index, proxy and certificates; only this package is taken as source, not what builds it.
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
               "--no-binary", _PACKAGE, "--dest", str(folder), f"{_PACKAGE}=={_VERSION}"]  # fmt: skip
    result = subprocess.run(command, capture_output=True, text=True)
    found = list(folder.glob("*.tar.gz"))
    if result.returncode or not found:
        reason = (result.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise OSError(
            f"enwik8 could not be fetched: {reason}. It needs the network, once; or put the 10^8 bytes (md5 {MD5}) "
            f"at {cache_folder() / 'enwik8'}."
        )
    return found[0]


def _unpack(archive: Path, folder: Path) -> Path:
    text = folder / "enwik8"
    with tarfile.open(archive) as members:
        compressed = members.extractfile(f"{archive.name.removesuffix('.tar.gz')}/{_MEMBER}")
        if compressed is None:
            raise OSError(f"{archive.name} holds no {_MEMBER}")
        with compressed, gzip.open(compressed) as source, open(text, "wb") as target:
            shutil.copyfileobj(source, target)
    return text
