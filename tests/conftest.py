"""Settings of the whole test suite."""

import os

from hypothesis import settings

# No network in tests: whatever asks a hub must fail at once instead of waiting.
os.environ.setdefault("HF_HUB_OFFLINE", "1")

# Derandomised, so that a red build is red again when it is run again; no deadline, since the cores are shared.
settings.register_profile("suite", max_examples=60, deadline=None, derandomize=True)
settings.load_profile("suite")
