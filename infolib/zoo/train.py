"""Train the family: byte-level GPT-NeoX models of several sizes, on the same text, in the same order.

Run `infolib zoo train 133k`, or `accelerate launch -m infolib.zoo.train 859k` (or `torchrun`) on several devices.
Read from the bottom: `train` is the whole story, and each function above it is one sentence of it.
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import os
import platform
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

from infolib._cache import cache_folder
from infolib.zoo.enwik8 import enwik8, split
from infolib.zoo.evaluate import bits_per_byte
from infolib.zoo.tokenizer import byte_tokenizer

# Width, layers, heads. Embeddings in and out are not tied: together 512 x width of the parameters.
SIZES = {
    "42k": (32, 2, 2),
    "133k": (64, 2, 2),
    "497k": (96, 4, 3),
    "859k": (128, 4, 4),
    "1.9M": (192, 4, 6),
    "4.9M": (256, 6, 8),
}


@dataclass(frozen=True)
class Plan:
    """What decides the weights: the same plan gives the same model, killed and resumed or not."""

    size: str
    steps: int = 8000
    batch: int = 8
    context: int = 256
    peak: float = 3e-3
    warm_up: float = 0.02
    decay: float = 0.1
    clip: float = 1.0
    seed: int = 0
    precision: str = "bf16"
    checkpoints: tuple[int, ...] = ()

    @property
    def tokens(self) -> int:
        """How many bytes are predicted in training."""
        return self.steps * self.batch * self.context


def log_spaced(steps: int, count: int = 12) -> tuple[int, ...]:
    """Return about `count` steps from 0 to `steps`: 1000 doubled and halved, so that runs of other lengths share them.

    Examples
    --------
    >>> log_spaced(8000)
    (0, 8, 16, 31, 62, 125, 250, 500, 1000, 2000, 4000, 8000)
    """
    doubled = [round(1000 * 2.0**k) for k in range(-9, 40)]
    return (0, *[step for step in doubled if step < steps][-(count - 2) :], steps)


def new_model(size: str, context: int, seed: int) -> Any:
    """Return an untrained model of the family."""
    from transformers import GPTNeoXConfig, GPTNeoXForCausalLM

    width, layers, heads = SIZES[size]
    torch.manual_seed(seed)
    return GPTNeoXForCausalLM(
        GPTNeoXConfig(
            vocab_size=256, hidden_size=width, intermediate_size=4 * width, num_hidden_layers=layers,
            num_attention_heads=heads, max_position_embeddings=context, tie_word_embeddings=False, use_cache=False,
            bos_token_id=None, eos_token_id=None,
            rope_parameters={"rope_type": "default", "rope_theta": 10000.0, "partial_rotary_factor": 1.0},
            # The default, 0.02, is meant for far wider models: here it would cost hundreds of steps.
            initializer_range=width**-0.5,
        )
    )  # fmt: skip


def batches(text: np.ndarray, plan: Plan, start: int) -> Iterator[np.ndarray]:
    """Yield the windows of step `start`, `start` + 1, ...: (batch, context + 1) bytes.

    The text is cut into windows and each epoch deals them out in another order, which depends on the seed and the
    epoch alone. So step 5000 sees the same windows in every size, and in a run that was killed at step 4999.
    """
    span = plan.context + 1
    n_windows = len(text) // span
    per_epoch = n_windows // plan.batch
    epoch, order = -1, np.empty(0, np.int64)
    for step in range(start, plan.steps):
        if step // per_epoch != epoch:
            epoch = step // per_epoch
            order = np.random.default_rng((plan.seed, epoch)).permutation(n_windows)
        first = step % per_epoch * plan.batch
        chosen = order[first : first + plan.batch]
        yield text[chosen[:, None] * span + np.arange(span)]


def learning_rate(plan: Plan, step: int) -> float:
    """Return the rate of step `step`: up in a line to the peak, then down a half cosine to 0."""
    warm = max(1, round(plan.warm_up * plan.steps))
    cosine = math.cos(math.pi * (step - warm) / max(1, plan.steps - warm))
    return plan.peak * (step + 1) / warm if step < warm else plan.peak * (1 + cosine) / 2


def optimizer_for(model: torch.nn.Module, plan: Plan) -> torch.optim.Optimizer:
    """Return AdamW that decays matrices only: biases and norms are no place for it."""
    decay = {True: plan.decay, False: 0.0}
    groups = [{"params": [p for p in model.parameters() if (p.ndim >= 2) is matrix], "weight_decay": decay[matrix]}
              for matrix in decay]  # fmt: skip
    return torch.optim.AdamW(groups, lr=plan.peak, betas=(0.9, 0.98), fused=True)


def save_state(path: Path, plan: Plan, step: int, log: dict[str, Any], model: Any, optimizer: Any) -> None:
    """Keep all that resuming needs, whole or not at all."""
    state = {"plan": asdict(plan), "step": step, "log": log, "model": model.state_dict()}
    torch.save({**state, "optimizer": optimizer.state_dict()}, path.with_suffix(".half"))
    os.replace(path.with_suffix(".half"), path)


def load_state(path: Path, plan: Plan, model: Any, optimizer: Any) -> tuple[int, dict[str, Any]]:
    """Go back to the last saved state of the same plan; return the next step and the log so far."""
    if not path.exists():
        return 0, {"train": [], "held_out": [], "seconds": 0.0}
    state = torch.load(path, map_location="cpu", weights_only=True)
    if state["plan"] != asdict(plan):
        raise ValueError(f"{path} belongs to another plan: {state['plan']}. Name another --out, or delete the file.")
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    return state["step"], state["log"]


def export(model: Any, folder: Path, variant: str | None) -> None:
    """Write the weights as float16 safetensors, as `transformers` reads them, and the tokenizer beside them."""
    copy.deepcopy(model).half().save_pretrained(folder, variant=variant)
    byte_tokenizer(model.config.max_position_embeddings).save_pretrained(folder)


def train(plan: Plan, out: Path, *, cpu: bool = False, save_every: int = 200, progress: bool = True) -> dict[str, Any]:
    """Train one model of the family, or go on where a killed run left off; return its log.

    `out` gets the state (`state.pt`, every `save_every` steps), the weights, and in the end the log (`training.json`).
    """
    from accelerate import Accelerator
    from tqdm import tqdm
    from transformers.utils import logging

    logging.disable_progress_bar()  # transformers draws one for every file of weights
    machine = Accelerator(cpu=cpu)
    if plan.batch % machine.num_processes:
        raise ValueError(f"`batch` must be a multiple of the {machine.num_processes} processes; it was {plan.batch}.")
    training_text, held_out = split(enwik8(quiet=not machine.is_main_process))
    held_out = held_out[: 2**18]  # enough for a curve; `evaluate` reads the whole of it

    bare = new_model(plan.size, plan.context, plan.seed)
    optimizer = optimizer_for(bare, plan)
    out.mkdir(parents=True, exist_ok=True)
    start, log = load_state(out / "state.pt", plan, bare, optimizer)
    model, optimizer = machine.prepare(bare, optimizer)
    # Weights, gradients and optimizer stay float32; only the products inside are taken in bfloat16.
    lower = torch.autocast(machine.device.type, torch.bfloat16, enabled=plan.precision == "bf16")
    bar = tqdm(total=plan.steps, initial=start, disable=not (progress and machine.is_main_process), desc=plan.size)
    losses: list[torch.Tensor] = []
    clock = time.monotonic() - log["seconds"]

    def keep(step: int) -> None:
        machine.wait_for_everyone()
        if not machine.is_main_process:
            return
        if step in plan.checkpoints or step == plan.steps:
            log["held_out"].append([step, bits_per_byte(bare, held_out, plan.context)])
            export(bare, out, None if step == plan.steps else f"step-{step}")
        log["seconds"] = time.monotonic() - clock
        save_state(out / "state.pt", plan, step, log, bare, optimizer)

    if start == 0:
        keep(0)
    for step, windows in enumerate(batches(training_text, plan, start), start):
        mine = torch.from_numpy(windows[machine.process_index :: machine.num_processes].astype(np.int64))
        mine = mine.to(machine.device)
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(plan, step)
        with lower:
            logits = model(input_ids=mine[:, :-1]).logits.float()
        loss = F.cross_entropy(logits.flatten(0, 1), mine[:, 1:].flatten())
        machine.backward(loss)
        machine.clip_grad_norm_(model.parameters(), plan.clip)
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.detach())
        done = step + 1
        if done % 50 == 0 or done == plan.steps:
            mean = float(machine.reduce(torch.stack(losses).mean(), "mean")) / math.log(2)  # pyright: ignore
            log["train"].append([done, mean])
            losses.clear()
            bar.set_postfix_str(f"{mean:.3f} bits/byte")
        bar.update()
        if done % save_every == 0 or done in plan.checkpoints or done == plan.steps:
            keep(done)
    bar.close()
    on_gpu = machine.device.type == "cuda"
    device = torch.cuda.get_device_name(machine.device) if on_gpu else f"CPU ({platform.machine()})"
    ran = {"processes": machine.num_processes, "device": device, "torch": torch.__version__}
    count = sum(p.numel() for p in bare.parameters())
    log = {**asdict(plan), "parameters": count, "tokens": plan.tokens, **log, **ran}
    if machine.is_main_process:
        (out / "training.json").write_text(json.dumps(log) + "\n", "utf-8")
    return log


def main(arguments: Sequence[str] | None = None) -> None:
    """Train the sizes named on the command line."""
    default = Plan("42k")
    parser = argparse.ArgumentParser("infolib zoo train", description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("sizes", nargs="+", choices=list(SIZES), metavar="SIZE", help=", ".join(SIZES))
    parser.add_argument("--steps", type=int, default=default.steps)
    parser.add_argument("--batch", type=int, default=default.batch, help="windows a step, over all devices")
    parser.add_argument("--context", type=int, default=default.context, help="bytes a window")
    parser.add_argument("--peak", type=float, default=default.peak, help="largest learning rate")
    parser.add_argument("--seed", type=int, default=default.seed)
    parser.add_argument("--precision", choices=("no", "bf16"), default=default.precision)
    parser.add_argument("--checkpoints", type=int, default=0, help="how many moments to keep, log-spaced")
    parser.add_argument("--out", type=Path, default=cache_folder() / "zoo", help="folder of one folder a size")
    parser.add_argument("--cpu", action="store_true", help="stay on the CPU")
    options = parser.parse_args(arguments)
    for size in options.sizes:
        plan = Plan(size, options.steps, options.batch, options.context, options.peak, seed=options.seed,
                    precision=options.precision)  # fmt: skip
        if options.checkpoints:
            plan = replace(plan, checkpoints=log_spaced(plan.steps, options.checkpoints))
        train(plan, options.out / size, cpu=options.cpu)


if __name__ == "__main__":
    main()
