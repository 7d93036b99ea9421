"""Files of llama2.c, written here and read by `_llama2c`, beside a forward pass and a tokenizer of llama2.c's kind."""

import itertools
import struct

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from infolib.lm import _llama2c

WIDTH, INNER, LAYERS, HEADS, KV_HEADS, VOCABULARY, CONTEXT = SIZES = (24, 40, 2, 4, 2, 300, 16)
HEAD = WIDTH // HEADS
SHAPES = {  # in the order in which llama2.c reads them
    "embedding": (VOCABULARY, WIDTH),
    "norm_a": (LAYERS, WIDTH),
    "q": (LAYERS, WIDTH, WIDTH),
    "k": (LAYERS, KV_HEADS * HEAD, WIDTH),
    "v": (LAYERS, KV_HEADS * HEAD, WIDTH),
    "o": (LAYERS, WIDTH, WIDTH),
    "norm_f": (LAYERS, WIDTH),
    "w1": (LAYERS, INNER, WIDTH),
    "w2": (LAYERS, WIDTH, INNER),
    "w3": (LAYERS, INNER, WIDTH),
    "norm": (WIDTH,),
    "cosines": (CONTEXT, HEAD // 2),
    "sines": (CONTEXT, HEAD // 2),
    "classifier": (VOCABULARY, WIDTH),
}


def weights(shared):
    rng = np.random.default_rng(5)
    made = {name: rng.normal(size=shape, scale=0.4) for name, shape in SHAPES.items()}
    for name in ("norm_a", "norm_f", "norm"):
        made[name] += 1
    angles = np.outer(np.arange(CONTEXT), 10000.0 ** (-np.arange(0, HEAD, 2) / HEAD))
    made |= {"cosines": np.cos(angles), "sines": np.sin(angles)}
    if shared:
        del made["classifier"]
    return {name: array.astype("<f4") for name, array in made.items()}


def file_of(made):
    vocabulary = -VOCABULARY if "classifier" in made else VOCABULARY
    header = struct.pack("<7i", *SIZES[:5], vocabulary, CONTEXT)
    return header + b"".join(array.tobytes() for array in made.values())


def forward(made, tokens):
    """The logits after the last token, computed as llama2.c does: token by token, neighbours rotated, keys kept."""
    w = {name: array.astype(np.float64) for name, array in made.items()}

    def normed(x, gain):
        return x / np.sqrt(np.mean(x * x) + 1e-5) * gain

    def rotated(x, position):
        x = x.reshape(-1, HEAD // 2, 2)
        cos, sin = w["cosines"][position], w["sines"][position]
        return np.stack([x[..., 0] * cos - x[..., 1] * sin, x[..., 0] * sin + x[..., 1] * cos], -1).reshape(-1, HEAD)

    keys, values = [[] for _ in range(LAYERS)], [[] for _ in range(LAYERS)]
    for position, token in enumerate(tokens):
        x = w["embedding"][token]
        for i in range(LAYERS):
            a = normed(x, w["norm_a"][i])
            q = rotated(w["q"][i] @ a, position)
            keys[i].append(rotated(w["k"][i] @ a, position))
            values[i].append((w["v"][i] @ a).reshape(-1, HEAD))
            heads = []
            for h in range(HEADS):
                kv = h // (HEADS // KV_HEADS)
                scores = np.array([q[h] @ key[kv] for key in keys[i]]) / np.sqrt(HEAD)
                p = np.exp(scores - scores.max())
                heads.append(sum(p_t * value[kv] for p_t, value in zip(p / p.sum(), values[i], strict=True)))
            x = x + w["o"][i] @ np.concatenate(heads)
            f = normed(x, w["norm_f"][i])
            gate = w["w1"][i] @ f
            x = x + w["w2"][i] @ (gate / (1 + np.exp(-gate)) * (w["w3"][i] @ f))
    return w.get("classifier", w["embedding"]) @ normed(x, w["norm"])


@pytest.mark.parametrize("shared", [True, False])
def test_the_model_gives_the_logits_of_llama2c(shared):
    made = weights(shared)
    model = _llama2c.llama(file_of(made)).double()
    assert not model.training and model.config.max_position_embeddings == CONTEXT
    tokens = [1, 270, 3, 299, 42, 42, 7, 100]
    with torch.no_grad():
        logits = model(torch.tensor([tokens])).logits[0].numpy()
    for length in range(1, len(tokens) + 1):
        # transformers computes norms and angles in float32, whatever the model's dtype.
        np.testing.assert_allclose(logits[length - 1], forward(made, tokens[:length]), rtol=1e-5, atol=1e-5)


def test_every_weight_is_there_and_the_classifier_is_the_embedding_where_it_is_shared():
    made = weights(shared=False)
    model = _llama2c.llama(file_of(made))
    n_rotation = 2 * made["cosines"].size
    assert sum(p.numel() for p in model.parameters()) == sum(a.size for a in made.values()) - n_rotation
    assert torch.equal(model.lm_head.weight, torch.from_numpy(made["classifier"]))
    shared = _llama2c.llama(file_of(weights(shared=True)))
    assert shared.lm_head.weight is shared.model.embed_tokens.weight


def test_reading_draws_no_random_numbers():
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    _llama2c.llama(file_of(weights(shared=True)))
    assert torch.equal(torch.rand(1), expected)


def test_a_file_of_another_size_or_kind_is_refused():
    whole = file_of(weights(shared=True))
    for data in (whole[:-4], whole + b"\0\0\0\0"):
        with pytest.raises(ValueError, match=rf"must be {len(whole)} bytes long; it was {len(data)}"):
            _llama2c.llama(data)
    with pytest.raises(ValueError, match="must begin with 7 numbers; there are 3 bytes"):
        _llama2c.llama(b"abc")
    with pytest.raises(ValueError, match="must begin with its sizes"):
        _llama2c.llama(struct.pack("<7i", 24, 40, 2, 5, 5, 300, 16))
    with pytest.raises(ValueError, match="must begin with its sizes"):
        _llama2c.llama(b"\0" * 100)


# The tokenizer. Runs of spaces share one score, the worst, as they do in Llama's own tokenizer.

LETTERS = list(" etaonh\n.é")
JOINED = ["th", "he", " t", "the", " the", "on", "an", " a", "tea", "at", "ee", "...", "..", "aa", "aaa", "\n\n", "né"]
SPACES = ["  ", "   ", "    ", "      "]
PIECES = [*JOINED, *SPACES, *LETTERS]
SCORES = {piece: -float(i) for i, piece in enumerate(PIECES)} | dict.fromkeys(SPACES, -1e9)


def tokenizer_file():
    specials = [b"<unk>", b"\n<s>\n", b"\n</s>\n", *(b"<0x%02X>" % byte for byte in range(256))]
    tokens = [(0.0, name) for name in specials] + [(SCORES[piece], piece.encode()) for piece in PIECES]
    parts = (struct.pack("<fi", score, len(text)) + text for score, text in tokens)
    return struct.pack("<i", max(len(text) for _, text in tokens)) + b"".join(parts), len(tokens)


TOKENIZER = _llama2c.tokenizer(*tokenizer_file())


def greedy(text):
    """Token ids as llama2.c finds them: the best-scoring neighbours are joined, the leftmost first among equals."""
    ids = {piece: 259 + i for i, piece in enumerate(PIECES)}
    tokens = []
    for character in " " + text if text else "":
        tokens += [character] if character in ids else [3 + byte for byte in character.encode()]
    while True:
        best, place = -np.inf, None
        for i, (left, right) in enumerate(itertools.pairwise(tokens)):
            if isinstance(left, str) and isinstance(right, str) and SCORES.get(left + right, -np.inf) > best:
                best, place = SCORES[left + right], i
        if place is None:
            return [ids[token] if isinstance(token, str) else token for token in tokens]
        tokens[place : place + 2] = [tokens[place] + tokens[place + 1]]


@given(st.text(st.sampled_from(LETTERS) | st.characters(codec="utf-8"), max_size=40) | st.text(" t", max_size=30))
def test_the_tokenizer_joins_as_llama2c_does_and_loses_nothing(text):
    ids = TOKENIZER(text, add_special_tokens=False)["input_ids"]
    assert ids == greedy(text)
    assert TOKENIZER.decode(ids) == text


def test_known_encodings_and_the_beginning_of_a_text():
    def tokens(text):
        return TOKENIZER.convert_ids_to_tokens(TOKENIZER(text)["input_ids"])

    assert tokens("the hat") == ["<s>", " the", " ", "h", "at"]
    assert tokens("né 🙂") == ["<s>", " ", "né", " ", "<0xF0>", "<0x9F>", "<0x99>", "<0x82>"]
    # Runs of spaces share a score, so the leftmost pair is joined first and the left token grows; 5 is not a token.
    assert tokens(" " * 8) == ["<s>", " " * 6, "   "]
    assert tokens("") == ["<s>"]
    assert (TOKENIZER.bos_token_id, TOKENIZER.eos_token_id, TOKENIZER.unk_token_id) == (1, 2, 0)


def test_saved_and_loaded_it_encodes_the_same(tmp_path):
    from transformers import AutoTokenizer

    TOKENIZER.save_pretrained(tmp_path)
    text = "the  tea,\n\n   né 漢 \t..... "
    again = AutoTokenizer.from_pretrained(tmp_path)
    assert again(text)["input_ids"] == TOKENIZER(text)["input_ids"] == [1, *greedy(text)]


def test_a_damaged_tokenizer_is_refused():
    data, n = tokenizer_file()
    for wrong in (data[:-1], data[:-20], data + b"\0"):
        with pytest.raises(ValueError, match=r"a llama2\.c tokenizer .*must"):
            _llama2c.tokenizer(wrong, n)
    with pytest.raises(ValueError, match="must hold"):
        _llama2c.tokenizer(data, n + 1)
    with pytest.raises(ValueError, match="must be"):
        _llama2c.tokenizer(data, n - 1)
    twice = data.replace(struct.pack("<i", 3) + b"tea", struct.pack("<i", 3) + b"the")
    with pytest.raises(ValueError, match=f"must have {n} different tokens; it has {n - 1}"):
        _llama2c.tokenizer(twice, n)
