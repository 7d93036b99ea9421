"""The file formats of llama2.c, read into a stock Llama and a stock tokenizer.

Source: https://github.com/karpathy/llama2.c (MIT): the first version of its export, and `tokenizer.bin`.
"""

from __future__ import annotations

import math
import struct
from typing import Any

import numpy as np
import torch
from torch import Tensor

from infolib.lm._hub import quiet

_N_HEADER = 7  # whole numbers of four bytes
_UNKNOWN, _BOS, _EOS = "<unk>", "<s>", "</s>"  # tokens 0, 1, 2, whatever the file calls them
_FIRST_BYTE = 3
_FIRST_PIECE = _FIRST_BYTE + 256
_EPS = 1e-5  # of the norms, and the base of the rotation: constants in llama2.c, so they are not in the file
_THETA = 10000.0


def llama(data: bytes) -> Any:
    """Return the model in a llama2.c file as a `LlamaForCausalLM` in float32, in evaluation mode.

    Parameters
    ----------
    data : bytes
        Seven int32 (width, width of the feed-forward part, layers, heads, key-value heads, vocabulary size, context;
        the vocabulary size is negative where the classifier is not the embedding), then every weight as float32.

    Raises
    ------
    ValueError
        If the numbers make no model, or the size is not the one that follows from them.
    """
    from transformers import LlamaConfig, LlamaForCausalLM

    if len(data) < 4 * _N_HEADER:
        raise ValueError(f"a llama2.c model must begin with {_N_HEADER} numbers; there are {len(data)} bytes")
    header = struct.unpack_from(f"<{_N_HEADER}i", data)
    width, inner, layers, heads, kv_heads, signed_vocabulary, context = header
    vocabulary, shared = abs(signed_vocabulary), signed_vocabulary > 0
    if min(width, inner, layers, heads, kv_heads, vocabulary, context) < 1 or width % heads or heads % kv_heads:
        raise ValueError(f"a llama2.c model must begin with its sizes; the first seven numbers are {header}")
    head = width // heads
    shapes = {  # in the order of the file
        "embedding": (vocabulary, width),
        "input_layernorm": (layers, width),
        "self_attn.q_proj": (layers, width, width),
        "self_attn.k_proj": (layers, kv_heads * head, width),
        "self_attn.v_proj": (layers, kv_heads * head, width),
        "self_attn.o_proj": (layers, width, width),
        "post_attention_layernorm": (layers, width),
        "mlp.gate_proj": (layers, inner, width),
        "mlp.down_proj": (layers, width, inner),
        "mlp.up_proj": (layers, inner, width),
        "norm": (width,),
        "rotation": (2, context, head // 2),  # cosines and sines, which Llama computes itself
        "classifier": (0 if shared else vocabulary, width),
    }
    sizes = [math.prod(shape) for shape in shapes.values()]
    if len(data) != 4 * (_N_HEADER + sum(sizes)):
        expected = 4 * (_N_HEADER + sum(sizes))
        raise ValueError(f"a llama2.c model of the sizes {header} must be {expected} bytes long; it was {len(data)}")
    numbers = torch.from_numpy(np.frombuffer(data, "<f4", offset=4 * _N_HEADER).astype(np.float32))
    parts = zip(shapes.items(), numbers.split(sizes), strict=True)
    weights = {name: part.view(shape) for (name, shape), part in parts}
    weights["self_attn.q_proj"] = _halves(weights["self_attn.q_proj"], heads)
    weights["self_attn.k_proj"] = _halves(weights["self_attn.k_proj"], kv_heads)

    embedding = weights.pop("embedding")
    classifier = embedding if shared else weights["classifier"]
    state = {
        "model.embed_tokens.weight": embedding,
        "model.norm.weight": weights.pop("norm"),
        "lm_head.weight": classifier,
    }
    del weights["rotation"], weights["classifier"]
    for name, stack in weights.items():
        state |= {f"model.layers.{i}.{name}.weight": part.clone() for i, part in enumerate(stack)}
    config = LlamaConfig(
        vocab_size=vocabulary, hidden_size=width, intermediate_size=inner, num_hidden_layers=layers,
        num_attention_heads=heads, num_key_value_heads=kv_heads, max_position_embeddings=context, rms_norm_eps=_EPS,
        rope_parameters={"rope_type": "default", "rope_theta": _THETA}, tie_word_embeddings=shared, bos_token_id=1,
        eos_token_id=[1, 2],  # in llama2.c's training text a BOS stands between documents, so it is also the end
    )  # fmt: skip
    # Given no name, transformers takes the weights from `state` and draws no random ones first.
    with quiet():
        return LlamaForCausalLM.from_pretrained(None, config=config, state_dict=state, dtype=torch.float32).eval()


def _halves(weight: Tensor, heads: int) -> Tensor:
    """Reorder the rows of queries or keys: llama2.c rotates neighbours (2i, 2i + 1), Hugging Face (i, i + d/2)."""
    layers, rows, width = weight.shape
    pairs = weight.view(layers, heads, rows // heads // 2, 2, width)
    return pairs.transpose(2, 3).reshape(layers, rows, width)


def tokenizer(data: bytes, vocabulary: int) -> Any:
    """Return the tokenizer in a llama2.c `tokenizer.bin` as a `PreTrainedTokenizerFast`.

    Parameters
    ----------
    data : bytes
        The longest length as int32; then for each token its score (float32), its length (int32) and its bytes. Tokens
        0 to 2 are unknown, beginning and end, 3 to 258 are the 256 bytes.
    vocabulary : int
        How many tokens there are; the file does not say.

    Notes
    -----
    A space is put before a text, as in training. Then the two neighbours whose union has the best score are joined,
    the leftmost first, until none can be. Characters without a token are spelled in bytes, so nothing is lost.
    `tokenizers` joins by rank instead of score; all ways to split a token get their ranks from its score here. Runs of
    spaces share one score: there the longer token ranks first, which has the effect of the leftmost going first.

    Raises
    ------
    ValueError
        If the size is not the one that follows from the lengths, or a token is not UTF-8 or there twice.
    """
    from tokenizers import Tokenizer, decoders, models, normalizers, processors
    from transformers import PreTrainedTokenizerFast

    scores = _pieces(data, vocabulary)
    merges = [
        (score, piece, (piece[:cut], piece[cut:]))
        for piece, score in scores.items()
        for cut in range(1, len(piece))
        if piece[:cut] in scores and piece[cut:] in scores
    ]
    merges.sort(key=lambda merge: (-merge[0], -len(merge[1])))
    names = [_UNKNOWN, _BOS, _EOS, *(f"<0x{byte:02X}>" for byte in range(256)), *scores]
    ids = {name: i for i, name in enumerate(names)}
    if len(ids) != vocabulary:
        raise ValueError(f"a llama2.c tokenizer must have {vocabulary} different tokens; it has {len(ids)}")
    core = Tokenizer(
        models.BPE(ids, [pair for _, _, pair in merges], unk_token=_UNKNOWN, fuse_unk=True, byte_fallback=True)
    )
    core.normalizer = normalizers.Prepend(" ")
    core.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    core.post_processor = processors.TemplateProcessing(
        single=f"{_BOS} $A", pair=f"{_BOS} $A {_BOS} $B", special_tokens=[(_BOS, ids[_BOS])]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=core, unk_token=_UNKNOWN, bos_token=_BOS, eos_token=_EOS, clean_up_tokenization_spaces=False
    )


def _pieces(data: bytes, vocabulary: int) -> dict[str, float]:
    """Return the tokens that are text, in their order, each with its score."""
    scores: dict[str, float] = {}
    at = 4  # after the longest length, which only C needs
    try:
        for token in range(vocabulary):
            score, length = struct.unpack_from("<fi", data, at)
            text = data[at + 8 : at + 8 + length]
            at += 8 + length
            if token >= _FIRST_PIECE:
                scores[text.decode("utf-8")] = score
    except (struct.error, UnicodeDecodeError) as error:
        raise ValueError(f"a llama2.c tokenizer must hold {vocabulary} tokens; it does not: {error}") from error
    if at != len(data):
        raise ValueError(f"a llama2.c tokenizer of these {vocabulary} tokens must be {at} bytes; it was {len(data)}")
    return scores
