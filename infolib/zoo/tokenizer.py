"""The tokenizer of the family: one token a byte, and the token's number is the byte."""

from __future__ import annotations

from typing import Any


def byte_tokenizer(context: int) -> Any:
    """Return a stock tokenizer whose ids are the UTF-8 bytes of the text, with no special token.

    Examples
    --------
    >>> from infolib.zoo.tokenizer import byte_tokenizer
    >>> tokenizer = byte_tokenizer(256)
    >>> tokenizer("né")["input_ids"]
    [110, 195, 169]
    >>> tokenizer.decode([110, 195, 169])
    'né'
    """
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    bare = Tokenizer(models.BPE(vocab={letter: byte for byte, letter in enumerate(_letters())}, merges=[]))
    bare.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    bare.decoder = decoders.ByteLevel()
    return PreTrainedTokenizerFast(
        tokenizer_object=bare, model_max_length=context, clean_up_tokenization_spaces=False,
        model_input_names=["input_ids", "attention_mask"],
    )  # fmt: skip


def _letters() -> list[str]:
    """Return the printable letter that stands for each byte in a byte-level vocabulary (Radford et al. 2019).

    Bytes that print in Latin-1 stand for themselves; the others take the letters from U+0100 on, in order.
    """
    plain = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    others = iter(range(0x100, 0x200))
    return [chr(byte) if byte in plain else chr(next(others)) for byte in range(256)]
