"""One forward pass as a stream of (layer, hidden states, mask); nothing is kept."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn

Receive = Callable[[int, Tensor, Tensor], None]


class _Reached(Exception):
    """Raised inside the pass to end it once the last wanted layer has been handed over."""


def body_of(model: nn.Module) -> nn.Module:
    """Return the model without its head: `base_model`, or the model itself when it has no head.

    Raises
    ------
    ValueError
        If the model is an encoder with a decoder, whose layers are not one sequence.
    """
    if getattr(getattr(model, "config", None), "is_encoder_decoder", False):
        raise ValueError("`model` must be a decoder or an encoder alone; an encoder-decoder model is not supported")
    return getattr(model, "base_model", model)


def blocks_of(model: nn.Module) -> nn.ModuleList:
    """Return the transformer blocks: the outermost ModuleList of `config.num_hidden_layers` entries in the body.

    Raises
    ------
    ValueError
        If there is no such list.
    """
    config: Any = getattr(model, "config", None)
    if config is not None and hasattr(config, "get_text_config"):
        config = config.get_text_config()
    depth = getattr(config, "num_hidden_layers", None)
    for _, module in body_of(model).named_modules():  # outermost first
        if isinstance(module, nn.ModuleList) and len(module) == depth:
            return module
    raise ValueError(f"`model` has no list of {depth} blocks (config.num_hidden_layers); its layers cannot be captured")


def check_layers(layers: Iterable[int] | None, depth: int) -> list[int]:
    """Return the wanted layers, sorted and without repeats; None means all of 0..depth.

    Raises
    ------
    ValueError
        If a layer is outside 0..depth, or none is given.
    """
    if layers is None:
        return list(range(depth + 1))
    wanted = sorted({int(layer) for layer in layers})
    if not wanted:
        raise ValueError("`layers` must name at least one layer; it was empty. Leave it out to take all.")
    wrong = [layer for layer in wanted if not 0 <= layer <= depth]
    if wrong:
        raise ValueError(f"`layers` must be in 0..{depth} (0 the embedding, {depth} the output); {wrong[0]} is not")
    return wanted


def capture(
    model: nn.Module,
    input_ids: Tensor,
    attention_mask: Tensor | None,
    receive: Receive,
    layers: Iterable[int] | None = None,
) -> None:
    """Run the model's body once and hand over each layer's hidden states as the pass reaches it.

    Layer l is Hugging Face's `hidden_states[l]`: 0 is the embedding output, which is the input of block 1; l < L is the
    output of block l; L is the output of the body, after its final norm.

    Parameters
    ----------
    model : PreTrainedModel
        Any native model; its head is not run.
    input_ids : Tensor (B, T)
        Token ids, on the model's device.
    attention_mask : Tensor (B, T) or None
        1 (or True) where there is a token. None means everywhere.
    receive : callable
        Called as `receive(layer, hidden, mask)` with hidden (B, T, d) in the model's dtype and mask (B, T) of bool.
        It must use the hidden states at once and must not change them: they are the ones that flow on.
    layers : iterable of int, optional
        Which layers, 0..L. The pass stops at the last one wanted.

    Raises
    ------
    ValueError
        If a layer is out of range or the blocks cannot be found. What `receive` raises is passed on; in every case the
        hooks are removed.

    Notes
    -----
    Nothing is kept: at most two layers' hidden states are alive at once, so the memory is that of a plain pass without
    a key-value cache. The pass runs under `torch.inference_mode` in the model's present mode (call `model.eval()`).

    Examples
    --------
    >>> import torch
    >>> from transformers import LlamaConfig, LlamaModel
    >>> sizes = {"hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2}
    >>> model = LlamaModel(LlamaConfig(vocab_size=11, **sizes)).eval()
    >>> ids = torch.tensor([[1, 2, 3]])
    >>> capture(model, ids, None, lambda layer, hidden, mask: print(layer, tuple(hidden.shape)))
    0 (1, 3, 8)
    1 (1, 3, 8)
    2 (1, 3, 8)
    """
    body, blocks = body_of(model), blocks_of(model)
    depth = len(blocks)
    wanted = check_layers(layers, depth)
    if attention_mask is None:
        attention_mask = torch.ones_like(input_ids)
    mask = attention_mask.bool()

    def hook(layer: int) -> Callable[..., None]:
        def before(_block: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
            receive(layer, args[0] if args else kwargs["hidden_states"], mask)
            if layer == wanted[-1]:
                raise _Reached

        return before

    arguments: dict[str, Any] = {"input_ids": input_ids, "attention_mask": attention_mask}
    if "use_cache" in inspect.signature(body.forward).parameters:
        arguments["use_cache"] = False  # keys and values of every layer would be kept for nothing
    # The input of block l + 1 is the output of block l, so hooks before the blocks see every layer but the last.
    handles = [
        blocks[layer].register_forward_pre_hook(hook(layer), with_kwargs=True) for layer in wanted if layer < depth
    ]
    try:
        with torch.inference_mode():
            try:
                output = body(**arguments)
            except _Reached:
                return
            receive(depth, output.last_hidden_state, mask)
    finally:
        for handle in handles:
            handle.remove()
