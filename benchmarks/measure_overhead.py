"""What measuring every layer costs beside the bare forward pass of the default model (aim: at most 15% more).

Both run the same windows through the same model in turn, in one process; the median of the repeats is reported, in wall
time and in processor time (the steadier of the two where other programs are running).
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import torch

from infolib.lm import default_texts, load, measure
from infolib.lm.capture import body_of
from infolib.lm.labels import cut_windows, padded_batches

CONTEXT, BATCH_SIZE = 512, 8


def bare_forward(model: torch.nn.Module, tokenizer: object, n_tokens: int) -> None:
    """Tokenise and run the body over the same windows as `measure`, and use nothing of what comes out."""
    windows = cut_windows(tokenizer, default_texts(), n_tokens=n_tokens, context=CONTEXT)
    for labels, mask in padded_batches({"token": windows.tokens}, BATCH_SIZE):
        with torch.inference_mode():
            body_of(model)(input_ids=labels["token"], attention_mask=mask.long(), use_cache=False)


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return (wall, processor) seconds of one call."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - processor


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokens", type=int, default=4000)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()

    model, tokenizer = load(device="cpu")
    ways: dict[str, Callable[[], object]] = {
        "bare forward pass": lambda: bare_forward(model, tokenizer, options.tokens),
        "measured, all layers": lambda: measure(
            model, tokenizer, default_texts(), n_tokens=options.tokens, context=CONTEXT, batch_size=BATCH_SIZE
        ),
    }
    bare_forward(model, tokenizer, 512)
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for _ in range(options.repeats):
        for name, work in ways.items():
            seconds[name].append(timed(work))

    print(f"{options.tokens} tokens, {torch.get_num_threads()} threads, median of {options.repeats}")
    medians = []
    for name, runs in seconds.items():
        wall, processor = (statistics.median(column) for column in zip(*runs, strict=True))
        medians.append((wall, processor))
        print(f"{name:>22}: {wall:6.2f} s wall, {processor:6.2f} s processor")
    wall, processor = (measured / bare for bare, measured in zip(*medians, strict=True))
    print(f"{'ratio':>22}: {wall:6.3f}   wall, {processor:6.3f}   processor (aim: at most 1.15)")


if __name__ == "__main__":
    main()
