import argparse
import io
import json
import os
import subprocess
import sys
from importlib.metadata import version

import pytest

from infolib import cli


@pytest.fixture
def folder(tmp_path):
    """A tiny random model with a tokenizer of one word a token."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    torch.manual_seed(0)
    sizes = {"vocab_size": 64, "hidden_size": 16, "num_hidden_layers": 3, "num_attention_heads": 2}
    LlamaForCausalLM(LlamaConfig(**sizes, intermediate_size=24)).save_pretrained(tmp_path / "model")
    core = Tokenizer(models.WordLevel({f"w{i}": i for i in range(60)} | {"?": 60}, unk_token="?"))
    core.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    PreTrainedTokenizerFast(tokenizer_object=core, unk_token="?").save_pretrained(tmp_path / "model")
    return tmp_path / "model"


@pytest.fixture
def text(tmp_path):
    file = tmp_path / "text.txt"
    file.write_text(" ".join(f"w{i * i % 60}" for i in range(400)), encoding="utf-8")
    return file


@pytest.fixture
def measure(folder, text, tmp_path, capsys):
    def run(*options, model=folder):
        status = cli.main(["measure", str(model), "--text", str(text), "--out", str(tmp_path / "out"), *options])
        return status, *capsys.readouterr()

    return run


def test_measure_prints_a_table_and_writes_json_and_picture(measure, folder, text, tmp_path):
    status, printed, remarks = measure("--tokens", "300", "--anchors", "10", "--seeds", "3", "--layers", "0,2-3")
    assert status == 0
    content = json.loads((tmp_path / "out" / "measure.json").read_text("utf-8"))
    assert [row["layer"] for row in content["nats"]] == [0, 2, 3]
    assert (content["n_tokens"], content["n_anchors"], content["n_sets"]) == (300, 10, 3)
    assert content["text"] == str(text) and content["model"] == str(folder)
    for units in ("nats", "bits"):
        row = content[units][1]
        assert f"\n{units}\n" in printed
        for name in ("entropy", "ceiling", "mi_token", "mi_next"):
            assert f"{row[name]:.3f} ± {row[f'{name}_se']:.3f}" in printed
        assert f"  {row['mi_next_plugin']:.3f}\n" in printed
    assert "300" in printed and str(text) in printed and str(folder) in printed
    picture = tmp_path / "out" / "measure.png"
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert printed.splitlines()[-2:] == [str(tmp_path / "out" / "measure.json"), str(picture)]
    assert "300/300" in remarks
    assert sorted(os.listdir(tmp_path / "out")) == ["measure.json", "measure.png"]


def test_quiet_and_units(measure):
    status, printed, remarks = measure("--tokens", "50", "--layers", "1", "--quiet", "--base", "2")
    assert status == 0 and remarks == ""
    assert "\nbits\n" in printed and "\nnats\n" not in printed


def test_earlier_results_are_replaced(measure, tmp_path):
    measure("--tokens", "50", "--layers", "1")
    assert measure("--tokens", "60", "--layers", "2")[0] == 0
    content = json.loads((tmp_path / "out" / "measure.json").read_text("utf-8"))
    assert content["n_tokens"] == 60 and content["nats"][0]["layer"] == 2


def test_seed_decides_the_numbers(measure, tmp_path):
    def numbers(seed):
        measure("--tokens", "60", "--layers", "2", "--seed", seed)
        return (tmp_path / "out" / "measure.json").read_text("utf-8")

    assert numbers("5") == numbers("5") != numbers("6")


def test_fewer_tokens_is_a_warning_in_one_line(measure):
    status, printed, remarks = measure("--tokens", "1000", "--layers", "1")
    assert status == 0
    assert "infolib: warning: asked for 1,000 tokens, but the texts hold 399; 399 are measured\n" in remarks
    assert "399" in printed


def test_standard_input(folder, text, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.read_bytes())))
    options = [str(folder), "--text", "-", "--tokens", "50", "--layers", "1", "--out", str(tmp_path / "o")]
    assert cli.main(["measure", *options]) == 0
    assert "tokens   50 in windows" in capsys.readouterr().out


def test_python_m_infolib():
    command = [sys.executable, "-m", "infolib", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == f"infolib {version('infolib')}\n"


@pytest.mark.parametrize("options, message", [
    (["--text", "no/such.txt"], "there is no text file"),
    (["--text", "."], "is a folder"),
    (["no/such/folder"], "there is no model folder"),
    (["--device", "nonsense"], "`device` must be"),
    (["--out", os.devnull], "File exists"),
])
def test_bad_input_is_one_line_and_status_2(options, message, text, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    defaults = [] if "--text" in options else ["--text", str(text)]
    assert cli.main(["measure", *defaults, *options]) == 2
    printed, said = capsys.readouterr()
    last = said.splitlines()[-1]
    assert last.startswith("infolib: error: ") and message in last
    assert "Traceback" not in said and printed == ""


def test_a_layer_the_model_does_not_have(measure):
    status, _, said = measure("--layers", "0-9")
    assert status == 2
    assert "infolib: error: `layers` must be in 0..3" in said


def test_bad_text_is_found_before_the_model_is_looked_for(tmp_path, capsys):
    (tmp_path / "a.txt").write_bytes(b"\xff\xfe")
    assert cli.main(["measure", "no/such/model", "--text", str(tmp_path / "a.txt"), "--out", str(tmp_path / "o")]) == 2
    assert "must be UTF-8" in capsys.readouterr().err
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize("options", [
    ["--layers", "1,"], ["--layers", "3-1"], ["--layers", "x"], ["--layers", ""], ["--layers", "1-2-3"],
    ["--layers", "-1"],
    ["--tokens", "0"], ["--tokens", "1.5"], ["--context", "-2"], ["--anchors", "1"], ["--seeds", "0"], ["--seed", "x"],
    ["--base", "10"], ["--dtype", "int8"],
])
def test_bad_options_name_themselves(options, capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main(["measure", *options])
    assert caught.value.code == 2
    assert f"argument {options[0]}" in capsys.readouterr().err


@pytest.mark.parametrize("text, layers", [
    ("all", None), ("0", [0]), ("6,0,6", [0, 6]), ("0-3", [0, 1, 2, 3]), ("1,4-5", [1, 4, 5]), ("2-2", [2]),
])
def test_layers(text, layers):
    assert cli.parse_layers(text) == layers


@pytest.mark.parametrize("text", ["2-", "-2", "1,,2", "1 2", "²"])
def test_bad_layers(text):
    with pytest.raises(argparse.ArgumentTypeError, match="must be 'all', or numbers and ranges"):
        cli.parse_layers(text)


def test_interrupting_is_status_130(measure, monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("infolib.lm.models.load", interrupt)
    status, _, said = measure()
    assert status == 130 and "Traceback" not in said


def test_alone_it_prints_its_help(capsys):
    assert cli.main([]) == 0
    assert "measure" in capsys.readouterr().out


def test_version(capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"infolib {version('infolib')}\n"


def test_help_does_not_load_torch_and_holds_examples():
    code = (
        "import sys; from infolib.cli import main\n"
        "try: main(['measure', '--help'])\n"
        "except SystemExit: print([m for m in ('torch', 'pandas', 'matplotlib', 'transformers') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.endswith("[]\n")
    assert "infolib measure --layers 0,15,30" in done.stdout
