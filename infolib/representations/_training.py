"""Training of a critic, stopped where pairs that it is not trained on say so."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import torch
from torch import Tensor, nn

from infolib.representations._bounds import Objective
from infolib.representations._held_out import score_matrix

VALIDATION_BATCH = 1024  # pairs valued against one another: small batches flatter critics with heavy weights
LARGEST_GRADIENT = 1.0  # norm above which a step is shortened: one pair with a heavy weight must not undo the rest

Pairs = tuple[Tensor, Tensor]  # x (n, dim_x) and y (n, dim_y)


class History(NamedTuple):
    """The objective after each epoch: entry 0 of `validation` is from before the first."""

    training: tuple[float, ...]
    validation: tuple[float, ...]

    @property
    def best(self) -> int:
        """The epoch after which `validation` was largest."""
        return max(range(len(self.validation)), key=self.validation.__getitem__)


@contextmanager
def seeded(seed: int, device: torch.device) -> Iterator[None]:
    """Draw from `seed` on the CPU and on `device`, and leave torch's generators as they were.

    `torch.manual_seed` is not for this: it seeds every CUDA device of the process, also those not in use here.
    """
    gpus = [device.index] if device.type == "cuda" else []
    with torch.random.fork_rng(gpus, device_type="cuda"):
        for generator in (torch.default_generator, *(torch.cuda.default_generators[gpu] for gpu in gpus)):
            generator.manual_seed(seed)
        yield


def fit(
    critic: nn.Module,
    objective: Objective,
    training: Pairs,
    validation: Pairs,
    *,
    batch_size: int,
    learning_rate: float,
    max_epochs: int,
    patience: int,
) -> History:
    """Raise `objective` on the training pairs, and leave `critic` as it was where the validation pairs gave it most.

    It is left in evaluation mode. Training ends after `max_epochs` epochs, or when `patience` of them in a row have
    brought nothing.
    """
    optimizer = torch.optim.Adam(critic.parameters(), lr=learning_rate)
    history, kept = History((), (_validated(critic, objective, validation),)), _state(critic)
    while len(history.training) < max_epochs and len(history.training) - history.best < patience:
        trained = _epoch(critic, objective, training, batch_size, optimizer)
        history = History(
            (*history.training, trained), (*history.validation, _validated(critic, objective, validation))
        )
        if history.best == len(history.training):
            kept = _state(critic)
    critic.load_state_dict(kept)
    return history


def _epoch(
    critic: nn.Module, objective: Objective, pairs: Pairs, batch_size: int, optimizer: torch.optim.Optimizer
) -> float:
    critic.train()
    (x, y), values = pairs, []
    batch_size = min(batch_size, len(x))
    order = torch.randperm(len(x)).to(x.device)
    for index in order[: len(x) // batch_size * batch_size].split(batch_size):  # all of one size, and one ceiling
        value = objective(critic(x[index], y[index]))
        optimizer.zero_grad()
        (-value).backward()
        norm = nn.utils.clip_grad_norm_(critic.parameters(), LARGEST_GRADIENT)
        if bool(torch.isfinite(norm)):  # it is not where a weight overflowed
            optimizer.step()
        values.append(value.detach())
    return float(torch.stack(values).mean())


@torch.no_grad()
def _validated(critic: nn.Module, objective: Objective, pairs: Pairs) -> float:
    critic.eval()
    (x, y), n_batches = pairs, math.ceil(len(pairs[0]) / VALIDATION_BATCH)
    batches = zip(x.tensor_split(n_batches), y.tensor_split(n_batches), strict=True)
    return math.fsum(float(objective(score_matrix(critic, *batch))) for batch in batches) / n_batches


def _state(critic: nn.Module) -> dict[str, Tensor]:
    return copy.deepcopy(critic.state_dict())
