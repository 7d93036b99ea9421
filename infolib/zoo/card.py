"""Turn finished runs into the family that ships: weights, `family.json`, the card and its two pictures.

Run `python -m infolib.zoo.card RUNS` after `infolib zoo train`. Every number of the card is computed here.
"""

from __future__ import annotations

import argparse
import bz2
import gzip
import hashlib
import json
import lzma
import shutil
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from infolib.zoo.enwik8 import MD5, enwik8, split
from infolib.zoo.evaluate import bits_per_byte
from infolib.zoo.family import CARD, FOLDER, Member
from infolib.zoo.scaling import ScalingLaw, fit_scaling_law
from infolib.zoo.train import SIZES

MEMBER_BYTES, HELD_OUT_BYTES = 2**17, 2**20  # of the held-out part: for every checkpoint, and for the trained models
SOTU_BYTES = 2**16
# Al-Rfou et al. and others report larger models; these are of our sizes (Delétang et al. 2024, table 1: raw rates on
# enwik9, in percent of 8 bits, of transformers trained on enwik8).
PUBLISHED = {"200k": 30.9, "800k": 21.7, "3.2M": 17.0}


def sotu_sample() -> bytes:
    """Return the first 64 KiB of the speeches of `sotu`, newest first: text of another kind."""
    from infolib.lm.texts import default_texts

    text = b""
    for speech in default_texts():
        text += speech.encode()
        if len(text) >= SOTU_BYTES:
            break
    return text[:SOTU_BYTES]


def load_member(member: Member) -> Any:
    """Return the weights of one member as a model in float32."""
    from transformers import GPTNeoXForCausalLM

    model: Any = GPTNeoXForCausalLM.from_pretrained(member.folder, variant=member.variant, dtype="float32")
    return model.eval()


def ship(runs: Path, size: str) -> tuple[dict[str, Any], list[Member]]:
    """Copy the files of one size to where the library reads them; return its log and its members, not yet measured."""
    log = json.loads((runs / size / "training.json").read_text("utf-8"))
    target = FOLDER / size
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for file in sorted((runs / size).iterdir()):
        if file.suffix in (".safetensors", ".json") and file.name not in ("training.json", "generation_config.json"):
            shutil.copyfile(file, target / file.name)
    found = []
    for step, _ in log["held_out"]:
        name = f"zoo/{size}" if step == log["steps"] else f"zoo/{size}@step-{step}"
        member = Member(name, size, log["parameters"], step, step * log["batch"] * log["context"], 0.0, 0.0, "")
        if member.file.exists():
            found.append(member)
    return log, found


def measured(member: Member, context: int, held_out: np.ndarray, sotu: bytes) -> Member:
    """Return the member with what its card says: bits per byte of two texts, and the hash of its file."""
    model = load_member(member)
    return Member(
        **asdict(member)
        | {
            "bits_per_byte": round(bits_per_byte(model, held_out[:MEMBER_BYTES], context, context // 2), 4),
            "sotu_bits_per_byte": round(bits_per_byte(model, sotu, context), 4),
            "sha256": hashlib.sha256(member.file.read_bytes()).hexdigest(),
        }
    )


def compressors(text: bytes) -> dict[str, float]:
    """Return bits per byte of the usual compressors on `text`."""
    packed = {"gzip": gzip.compress(text, 9), "bzip2": bz2.compress(text, 9), "xz": lzma.compress(text, preset=9)}
    return {name: round(8 * len(data) / len(text), 4) for name, data in packed.items()}


def build_size(runs: Path, size: str) -> tuple[dict[str, Any], list[Member]]:
    """Ship one finished run and return its log and its members, measured."""
    _, held_out = split(enwik8())
    sotu = sotu_sample()
    log, found = ship(runs, size)
    done = [measured(member, log["context"], held_out, sotu) for member in found]
    trained = next(member for member in done if member.variant is None)
    longer = bits_per_byte(load_member(trained), held_out[:HELD_OUT_BYTES], log["context"], log["context"] // 2)
    log["bits_per_byte"] = round(longer, 4)
    log["flops"] = 6 * log["parameters"] * log["tokens"]
    return log, sorted(done, key=lambda member: (member.variant is not None, member.step))


def build(runs: Path, jobs: int) -> dict[str, Any]:
    """Ship every finished run, `jobs` at a time, and return the content of `family.json`."""
    sizes = [size for size in SIZES if (runs / size / "training.json").exists()]
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        waiting = {size: pool.submit(build_size, runs, size) for size in reversed(sizes)}  # the slowest first
        built = {size: waiting[size].result() for size in sizes}
    logs = {size: log for size, (log, _) in built.items()}
    law = fit_scaling_law(*zip(*[(log["parameters"], log["bits_per_byte"]) for log in logs.values()], strict=True))
    _, held_out = split(enwik8())
    return {
        "members": [asdict(member) for _, found in built.values() for member in found],
        "training": logs,
        "law": law.to_dict(),
        "compressors": compressors(held_out[:HELD_OUT_BYTES].tobytes()),
    }


def pictures(family: dict[str, Any], law: ScalingLaw, folder: Path) -> None:
    """Draw the loss curves and the scaling law beside the card."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    from infolib.plotting.training import loss_curves, scaling_fit

    logs = family["training"]
    curves = {
        size: [(step * log["batch"] * log["context"], loss) for step, loss in log["train"]]
        for size, log in logs.items()
    }
    losses = [log["bits_per_byte"] for log in logs.values()]
    parameters = [log["parameters"] for log in logs.values()]
    drawn = {
        "loss_curves.png": loss_curves(curves),
        "scaling_law.png": scaling_fit(parameters, losses, law, names=list(logs), floor=law.floor),
    }
    for name, ax in drawn.items():
        ax.figure.savefig(folder / name, dpi=110)  # pyright: ignore[reportAttributeAccessIssue]
        plt.close(ax.figure)  # pyright: ignore[reportArgumentType]


def text_of(family: dict[str, Any], law: ScalingLaw) -> str:
    """Return the card."""
    logs = family["training"]
    first = next(iter(logs.values()))
    rows = "\n".join(
        f"| `zoo/{size}` | {log['parameters']:,} | {SIZES[size][0]} x {SIZES[size][1]}, {SIZES[size][2]} heads | "
        f"{log['tokens'] / log['parameters']:.0f} | {log['flops']:.2e} | {log['bits_per_byte']:.3f} | "
        f"{_sotu(family, size):.3f} | {log['seconds'] / 60:.0f} min |"
        for size, log in logs.items()
    )
    kept = {size: sum(entry["size"] == size for entry in family["members"]) for size in logs}
    with_steps = ", ".join(f"{size} ({count})" for size, count in kept.items() if count > 1)
    published = ", ".join(f"{8 * share / 100:.2f} ({size})" for size, share in PUBLISHED.items())
    packers = ", ".join(f"{name} {rate:.2f}" for name, rate in family["compressors"].items())
    low, high = law.interval("exponent")
    missing = [size for size in SIZES if size not in logs]
    absent = f"{', '.join(missing)} is not in it: there was no GPU to train it on. " if missing else ""
    width = first["context"]
    return f"""# The family of language models in `infolib/zoo`

Byte-level decoder-only models (GPT-NeoX with rotary positions, as `transformers` has it), trained by this project
on the same text, in the same order, with the same schedule, so that size is all that differs. Load one with
`infolib.lm.load("zoo/859k")`, a moment of its training with `infolib.lm.load("zoo/859k@step-1000")`;
`infolib zoo list` shows them all. This card and its numbers are written by `python -m infolib.zoo.card`.

| name | parameters | width x layers | bytes a parameter | FLOPs | bits/byte, held out | speeches | trained in |
|---|---|---|---|---|---|---|---|
{rows}

Checkpoints, log-spaced, step 0 and the last among them: {with_steps}. {absent}

**Data.** enwik8, the first 10^8 bytes of a dump of the English Wikipedia with its markup (md5
{MD5}), fetched through pip by `infolib zoo train`; none of it is in this repository.
The first 95% is trained on, the last 5% never. Each model saw {first["tokens"]:,} bytes, less than one pass, in
{first["steps"]:,} steps of {first["batch"]} windows of {width} bytes.

**Training.** AdamW (betas 0.9 and 0.98, decay {first["decay"]} of the matrices), rate up to {first["peak"]} in the
first {first["warm_up"]:.0%} of the steps and down a half cosine to 0, gradients clipped at {first["clip"]}, seed
{first["seed"]}, products in bfloat16 and all else in float32, on one thread of {first["device"]} with torch
{first["torch"]}. FLOPs are 6 x parameters x bytes. Weights are kept as float16.

![Loss of each size against bytes trained on](loss_curves.png)

**How good.** Bits per byte of the first {HELD_OUT_BYTES:,} bytes of the held-out 5%, each byte predicted from the
{width // 2} to {width} bytes before it. "Speeches" is the first 64 KiB of `sotu`, text without markup, in windows that
do not overlap. On the same held-out bytes the usual compressors need {packers} bits per byte.
Transformers of similar size, trained on enwik8 far longer and read with a context of 2048 bytes, need
{published} on enwik9 (Delétang et al. 2024, table 1).

**With size.** At equal bytes the loss falls with size as
{law.floor:.2f} + {law.coefficient:.2f} (N / {law.reference:,.0f})^-{law.exponent:.3f} bits per byte
(standard errors: floor {law.floor_error:.2f}, exponent {law.exponent_error:.3f}; 95% interval of the exponent {low:.2f}
to {high:.2f}; scatter about the curve {law.residual:.4f}).
{len(logs)} points determine three numbers, with one seed a size, and the larger models have seen fewer bytes a
parameter: the law describes this family at this many bytes and is not to be continued far.

![Bits per byte against parameters, with the fitted law](scaling_law.png)

**Limits.** These are small models for studying how language models hold information, not for writing: they spell,
they open and close markup, they do not know facts. They read {width} bytes and were trained on no more. Wikipedia's
English of 2006 is all they know, its biases included; on other languages and on code they are poor. One seed each,
so a difference between two sizes holds for these weights.
"""


def _sotu(family: dict[str, Any], size: str) -> float:
    return next(entry["sotu_bits_per_byte"] for entry in family["members"] if entry["name"] == f"zoo/{size}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Ship the runs in a folder and write the card."""
    parser = argparse.ArgumentParser("python -m infolib.zoo.card", description=__doc__)
    parser.add_argument("runs", type=Path, help="folder of one finished run a size")
    parser.add_argument("--jobs", type=int, default=2, help="sizes measured at a time (default: 2)")
    options = parser.parse_args(arguments)
    family = build(options.runs, options.jobs)
    CARD.write_text(json.dumps(family, indent=1) + "\n", "utf-8")
    law = ScalingLaw(**family["law"])
    pictures(family, law, CARD.parent)
    (CARD.parent / "README.md").write_text(text_of(family, law), "utf-8")


if __name__ == "__main__":
    main()
