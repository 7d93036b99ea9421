"""Read a model and its tokenizer through `transformers`: quietly, without pickles, and with errors of one line."""

from __future__ import annotations

import contextlib
import io
import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import torch

with warnings.catch_warnings():
    # transformers draws its bars with tqdm.auto, which warns in a notebook without ipywidgets. None is drawn here.
    warnings.filterwarnings("ignore", message="IProgress not found")
    import tqdm.auto  # noqa: F401

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


class LanguageModel(NamedTuple):
    """A model in evaluation mode and the tokenizer that belongs to it."""

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase


class Source(NamedTuple):
    """Where `from_pretrained` finds a model: a folder or a name on the hub, and which of the weights there.

    `gguf` names a GGUF file in the folder; `variant` is V where the weights are `model.V.safetensors`.
    """

    place: str
    gguf: str | None = None
    variant: str | None = None


def locate(name_or_folder: str | os.PathLike[str]) -> Source:
    """Return where a model is that the user named: a folder, a GGUF file, or else a name on the hub."""
    name = os.fspath(name_or_folder)
    path = Path(name).expanduser()
    if path.is_dir():
        return Source(str(path), weights_in(path))
    if path.is_file():
        if path.suffix != ".gguf":
            raise ValueError(f"a model file must be a .gguf; it was {path}. For safetensors name the folder it is in.")
        return Source(str(path.absolute().parent), path.name)
    looks_like_path = not isinstance(name_or_folder, str) or name[:1] in (".", "~", "/", "") or path.is_absolute()
    if looks_like_path or "\\" in name or name.count("/") > 1 or name.endswith(("/", ".gguf")):
        raise FileNotFoundError(
            f"there is no model folder {path}. Name a folder with config.json and *.safetensors (or one *.gguf), "
            "or a model on the Hugging Face hub such as 'org/name'."
        )
    return Source(name)


def weights_in(folder: Path) -> str | None:
    """Check that `folder` holds weights that need no pickle; return its GGUF file, if that is what it has."""
    names = sorted(file.name for file in folder.iterdir())
    safe = [name for name in names if name.endswith(".safetensors")]
    ggufs = [name for name in names if name.endswith(".gguf")]
    pickled = [name for name in names if name.endswith((".bin", ".pt", ".pth", ".ckpt"))]
    if safe and "config.json" in names:
        return None
    if len(ggufs) > 1:
        raise ValueError(f"{folder} holds {len(ggufs)} GGUF files; name one of them: {', '.join(ggufs)}")
    if ggufs:
        return ggufs[0]
    if safe:
        raise FileNotFoundError(f"the model folder {folder} has weights ({safe[0]}) but no config.json")
    if pickled:
        raise ValueError(
            f"the model folder {folder} holds only pickled weights ({pickled[0]}), and a pickle runs whatever code is "
            "in it. Convert them to safetensors where you trust them: `model.save_pretrained(folder)`."
        )
    raise FileNotFoundError(
        f"the model folder {folder} holds no weights: looked for config.json with *.safetensors, or one *.gguf"
    )


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Silence the notices and bars of transformers: a missing weight is reported by an error of ours."""
    from transformers.utils import logging

    level, bar = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bar:
            logging.enable_progress_bar()


def from_pretrained(source: Source, dtype: torch.dtype, trust_remote_code: bool = False) -> LanguageModel:
    """Load a model, with its head where it is a causal one, and its tokenizer; refuse one that lacks weights."""
    from transformers import AutoConfig, AutoModel, AutoModelForCausalLM, AutoTokenizer

    place, gguf, variant = source
    common: dict[str, Any] = {"trust_remote_code": trust_remote_code}
    # Dequantising draws a bar of its own that transformers' switch does not reach.
    silence = contextlib.nullcontext() if gguf is None else contextlib.redirect_stderr(io.StringIO())
    if gguf is not None:
        common["gguf_file"] = gguf
    with quiet(), silence:
        try:
            heads = AutoConfig.from_pretrained(place, **common).architectures or []
            causal = gguf is not None or any(head.endswith(("ForCausalLM", "LMHeadModel")) for head in heads)
            auto: Any = AutoModelForCausalLM if causal else AutoModel
            model, info = auto.from_pretrained(
                place, dtype=dtype, variant=variant, use_safetensors=True, output_loading_info=True, **common
            )
        except Exception as error:
            hint = "" if Path(place).exists() else " A local folder, or the default model, needs no network."
            raise _kind(error)(f"the model {place!r} could not be loaded: {_first_line(error)}{hint}") from error
        # transformers fills a missing weight with random numbers and goes on. The pooler is not measured.
        missing = sorted(key for key in info["missing_keys"] if "pooler" not in key)
        if missing:
            raise ValueError(f"the model {place!r} lacks {len(missing)} of its weights, the first is {missing[0]}")
        try:
            tokenizer = AutoTokenizer.from_pretrained(place, **common)
        except Exception as error:
            raise _kind(error)(f"the model {place!r} has no tokenizer that loads: {_first_line(error)}") from error
    return LanguageModel(model, tokenizer)


def _kind(error: Exception) -> type[Exception]:
    """Keep an OSError (network, disk) what it is; every other failure to read a model is a ValueError."""
    return OSError if isinstance(error, OSError) else ValueError


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
