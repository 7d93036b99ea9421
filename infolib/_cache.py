"""Where downloaded and converted files are kept."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder() -> Path:
    """Return the folder of what was fetched or converted: `INFOLIB_CACHE`, or the user's cache folder."""
    import platformdirs

    return Path(os.environ.get("INFOLIB_CACHE") or platformdirs.user_cache_dir("infolib"))
