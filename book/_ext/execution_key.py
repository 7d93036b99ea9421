"""Key the book's execution cache on the library, so that no page keeps a number the library no longer gives.

jupyter-cache knows a page by its code cells alone. Here the cache lives in a folder named by a hash of `infolib/**` and
`constraints.txt`. The same hash is a Sphinx configuration value of kind "env", so a new hash makes Sphinx read every
page again.
"""

import hashlib
import shutil
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config


def keyed_files(root: Path) -> list[Path]:
    """Files whose content decides what a chapter prints: the library (compiled files aside) and the pinned versions."""
    library = (path for path in (root / "infolib").rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return sorted([*library, *root.glob("constraints.txt")])


def execution_key(root: Path) -> str:
    """Sixteen hexadecimal digits that change when a keyed file is edited, added, removed or renamed."""
    digest = hashlib.sha256()
    for path in keyed_files(root):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def name_cache(app: Sphinx, config: Config) -> None:
    """Point jupyter-cache to the folder of the present key, beside the folder of the built pages."""
    key = execution_key(Path(app.srcdir))
    config.book_execution_key = key
    config.nb_execution_cache_path = str(Path(app.outdir).resolve().parent / ".jupyter_cache" / key)


def forget(app: Sphinx, exception: Exception | None) -> None:
    """After a failed build forget what was read, after a good one drop the caches of other keys.

    Sphinx keeps pages that were read with a warning, so a second `-W` build would find nothing to do and pass.
    """
    if exception is not None or app._warncount:
        (Path(app.doctreedir) / "environment.pickle").unlink(missing_ok=True)
        return
    current = Path(app.config.nb_execution_cache_path)
    for folder in current.parent.iterdir() if current.parent.is_dir() else ():
        if folder.is_dir() and folder != current:
            shutil.rmtree(folder, ignore_errors=True)


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_config_value("book_execution_key", "", "env")
    # Before myst-nb reads its own configuration.
    app.connect("config-inited", name_cache, priority=100)
    app.connect("build-finished", forget)
    return {"version": "1.0", "parallel_read_safe": True, "parallel_write_safe": True}
