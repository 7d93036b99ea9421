"""Bits per byte against a loop over single bytes, and the tokenizer whose ids are bytes."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from infolib.zoo.evaluate import bits_per_byte
from infolib.zoo.tokenizer import byte_tokenizer
from infolib.zoo.train import new_model

TEXT = np.random.default_rng(0).integers(0, 256, 203).astype(np.uint8)


@pytest.fixture(scope="module")
def model():
    return new_model("42k", 32, 1).eval()


def one_by_one(model, text, context, stride):
    """Sum the surprisal of each byte by its own forward pass, from the first window that holds it."""
    total = 0.0
    for i in range(1, len(text)):
        start = 0
        while start + context < i:
            start += stride
        logits = model(input_ids=torch.tensor(text[start:i].astype(np.int64))[None]).logits[0, -1].double()
        total -= torch.log_softmax(logits, -1)[int(text[i])].item()
    return total / (len(text) - 1) / math.log(2)


@pytest.mark.parametrize("stride", [32, 16, 5, 1])
@pytest.mark.parametrize("length", [203, 193, 33, 34, 32, 2])
def test_equals_the_loop_over_bytes(model, stride, length):
    with torch.no_grad():
        expected = one_by_one(model, TEXT[:length], 32, stride)
    assert bits_per_byte(model, TEXT[:length], 32, stride, batch=3) == pytest.approx(expected, rel=2e-6, abs=0)


def test_bytes_and_arrays_are_the_same_text(model):
    assert bits_per_byte(model, TEXT.tobytes(), 32) == bits_per_byte(model, TEXT, 32)


def test_a_model_that_knows_nothing_needs_eight_bits():
    def uniform(input_ids):
        return SimpleNamespace(logits=torch.zeros(*input_ids.shape, 256))

    uniform.device = torch.device("cpu")
    assert bits_per_byte(uniform, TEXT, 32) == pytest.approx(8.0, rel=1e-7, abs=0)


@pytest.mark.parametrize("stride", [0, 33, -1])
def test_a_stride_outside_the_window_is_refused(model, stride):
    with pytest.raises(ValueError, match="`stride` must be between 1 and `context`, 32"):
        bits_per_byte(model, TEXT, 32, stride)


def test_a_text_of_one_byte_is_refused(model):
    with pytest.raises(ValueError, match="at least two bytes; it had 1"):
        bits_per_byte(model, b"a", 32)


@pytest.mark.parametrize("text", ["plain", "né\n\t€ 漢字 🙂", "\x00\x7f", " leading and trailing ", "a  b\r\n"])
def test_the_ids_of_the_tokenizer_are_the_bytes_and_go_back(text):
    tokenizer = byte_tokenizer(256)
    ids = tokenizer(text)["input_ids"]
    assert bytes(ids) == text.encode()
    assert tokenizer.decode(ids) == text


def test_the_tokenizer_knows_256_tokens():
    assert len(byte_tokenizer(256)) == 256
