import itertools

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from infolib.lm.labels import cut_windows, document_tokens, padded_batches


def letters(text, **_):
    """One character, one token."""
    return {"input_ids": [ord(character) - 97 for character in text]}


def words(text, **_):
    """One word, one token: tokens of many characters."""
    return {"input_ids": [int(word) for word in text.split()]}


documents = st.lists(st.text("abcdefg", max_size=30), max_size=6)


@given(documents, st.integers(1, 60), st.integers(1, 9))
def test_every_position_has_its_token_and_the_next_of_its_document(texts, n_tokens, context):
    cut = cut_windows(letters, texts, n_tokens=n_tokens, context=context)
    windows = zip(cut.tokens, cut.following, strict=True)
    pairs = [(int(t), int(n)) for w, f in windows for t, n in zip(w, f, strict=True)]
    ids = [letters(text)["input_ids"] for text in texts]
    expected = list(itertools.chain.from_iterable(itertools.pairwise(document) for document in ids))[:n_tokens]
    assert pairs == expected
    assert cut.n_tokens == len(expected)
    assert all(1 <= len(window) <= context for window in cut.tokens)


def test_texts_are_read_only_as_far_as_needed():
    asked = []

    def many():
        for number in range(10):
            asked.append(number)
            yield "abcde"

    assert cut_windows(letters, many(), n_tokens=9, context=3).n_tokens == 9
    assert asked == [0, 1, 2]


def test_one_string_is_an_error_with_the_remedy():
    with pytest.raises(TypeError, match=r"one string\. Put it in a list: \[text\]"):
        cut_windows(letters, "abc", n_tokens=1, context=1)
    with pytest.raises(TypeError, match="must hold strings; one was a bytes"):
        cut_windows(letters, [b"abc"], n_tokens=1, context=1)


@pytest.mark.parametrize("limit", [1, 5, 1000])
@pytest.mark.parametrize("tokenizer, text", [
    (letters, "abcdefg" * 3000),
    (words, " ".join(f"{i:030d}" for i in range(3000))),  # 31 characters a token: the first cut is too short
])
def test_a_long_text_is_tokenised_only_at_its_beginning_with_the_same_tokens(tokenizer, text, limit):
    longest = 0

    def watching(part, **options):
        nonlocal longest
        longest = max(longest, len(part))
        return tokenizer(part, **options)

    ids = document_tokens(watching, text, limit)
    assert len(ids) >= limit
    assert ids.tolist() == tokenizer(text)["input_ids"][: len(ids)]
    assert limit == 1000 or longest < len(text)


def test_no_special_tokens_are_added(tiny_tokenizer):
    cut = cut_windows(tiny_tokenizer, ["w1 w2 w3"], n_tokens=10, context=10)
    assert [window.tolist() for window in cut.tokens + cut.following] == [[1, 2], [2, 3]]


def test_batches_start_with_full_windows_and_are_padded_on_the_right():
    sets = {
        "token": [np.array([1, 2, 3]), np.array([4]), np.array([5, 6])],
        "next": [np.array([2, 3, 7]), np.array([8]), np.array([6, 9])],
    }
    (first, first_mask), (second, second_mask) = padded_batches(sets, 2)
    assert first["token"].tolist() == [[1, 2, 3]]
    assert first_mask.tolist() == [[True, True, True]]
    assert second["token"].tolist() == [[5, 6], [4, 0]]
    assert second["next"].tolist() == [[6, 9], [8, 0]]
    assert second_mask.tolist() == [[True, True], [True, False]]
    assert first["token"].dtype == torch.int64
