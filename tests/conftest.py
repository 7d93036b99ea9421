"""Settings of the whole test suite."""

import os

import torch
from hypothesis import settings

# No network in tests: whatever asks a hub must fail at once instead of waiting.
os.environ.setdefault("HF_HUB_OFFLINE", "1")

# Without a GPU, Triton's kernels run in its interpreter. Triton asks when it is imported, which other packages may do.
if not torch.cuda.is_available():
    os.environ.setdefault("TRITON_INTERPRET", "1")

# Derandomised, so that a red build is red again when it is run again; no deadline, since the cores are shared.
settings.register_profile("suite", max_examples=60, deadline=None, derandomize=True)
settings.load_profile("suite")
