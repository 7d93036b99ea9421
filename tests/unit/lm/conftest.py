"""Tiny models with random weights and a tiny tokenizer, both made in memory: nothing here needs real language."""

import os

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import (
    BertConfig,
    BertModel,
    GPT2Config,
    GPT2LMHeadModel,
    GPTNeoXConfig,
    GPTNeoXForCausalLM,
    LlamaConfig,
    LlamaForCausalLM,
    OPTConfig,
    OPTForCausalLM,
    PreTrainedTokenizerFast,
)

WORDS = [f"w{i}" for i in range(50)]
SIZES = {"vocab_size": 64, "hidden_size": 16, "num_hidden_layers": 3, "num_attention_heads": 2}


@pytest.fixture
def build():
    """A function from a kind of model to a freshly made one."""
    return _build


def _build(kind):
    """Return a freshly initialised model of three blocks and 16 dimensions, in evaluation mode."""
    torch.manual_seed(0)
    match kind:
        case "llama":
            model = LlamaForCausalLM(LlamaConfig(**SIZES, intermediate_size=24, max_position_embeddings=64))
        case "gpt2":
            model = GPT2LMHeadModel(GPT2Config(vocab_size=64, n_embd=16, n_layer=3, n_head=2, n_positions=64))
        case "gpt_neox":
            model = GPTNeoXForCausalLM(GPTNeoXConfig(**SIZES, intermediate_size=24, max_position_embeddings=64))
        case "opt":
            model = OPTForCausalLM(OPTConfig(**SIZES, ffn_dim=24, word_embed_proj_dim=16, max_position_embeddings=64))
        case "bert":
            model = BertModel(BertConfig(**SIZES, intermediate_size=24, max_position_embeddings=64))
    return model.eval()


@pytest.fixture
def tiny_model():
    return _build("llama")


@pytest.fixture
def tiny_tokenizer():
    """One word, one token: "w7" is token 7; "?" is 60, everything else is unknown, 61."""
    words = {word: i for i, word in enumerate(WORDS)} | {"?": 60, "[UNK]": 61, "[BOS]": 62}
    core = Tokenizer(models.WordLevel(words, unk_token="[UNK]"))
    core.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(tokenizer_object=core, unk_token="[UNK]", bos_token="[BOS]", pad_token="?")


@pytest.fixture
def tiny_folder(tmp_path, tiny_model, tiny_tokenizer):
    """The tiny model as a folder of safetensors."""
    folder = tmp_path / "tiny"
    tiny_model.save_pretrained(folder)
    tiny_tokenizer.save_pretrained(folder)
    return folder
