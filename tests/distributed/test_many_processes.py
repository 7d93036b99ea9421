"""Two processes with uneven shards are one process: on gloo, with a file for a meeting point and no port."""

import inspect
import json
import os
import subprocess
import sys
import textwrap

import numpy as np
import pytest
import torch

from infolib.representations import SoftEntropy

N, DIM, TIMEOUT = 3000, 16, 120
SETTINGS = {"n_anchors": 20, "n_sets": 3, "labels": {"x": 400, "y": 5}}


def run_together(code, folder, n=2, environment=None):
    """Run `code` in `n` processes that know their `rank`, `world` and `folder`; return what each printed."""
    head = f"""
        import datetime, sys
        import torch.distributed as dist
        rank, world, folder = int(sys.argv[1]), {n}, {str(folder)!r}
        limit = datetime.timedelta(seconds={TIMEOUT})
        dist.init_process_group("gloo", f"file://{{folder}}/meet", rank=rank, world_size=world, timeout=limit)
    """
    script = folder / "script.py"
    script.write_text(textwrap.dedent(head) + textwrap.dedent(code) + "\ndist.destroy_process_group()\n", "utf-8")
    environment = {**os.environ, "OMP_NUM_THREADS": "1", **(environment or {})}
    command = [sys.executable, str(script)]
    started = [
        subprocess.Popen([*command, str(i)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                         env={**environment, "RANK": str(i)})
        for i in range(n)
    ]
    try:
        said = [process.communicate(timeout=TIMEOUT) for process in started]
    finally:
        for process in started:
            process.kill()
    for process, (_, errors) in zip(started, said, strict=True):
        assert process.returncode == 0, errors
    return [printed for printed, _ in said]


def vectors():
    rng = np.random.default_rng(0)
    z = rng.standard_normal((N, DIM)) + 2 * np.eye(DIM)[0]
    return z, {"x": rng.zipf(1.5, N) % 400, "y": (z[:, 1] > 0) + 0}, np.arange(N) // 10


def results(est):
    found = {"count": est.count, "labels": est.label_counts("x").tolist(), "entropy": est.entropy().to_dict()}
    found |= {"ceiling": est.ceiling().to_dict(), "plain": est.entropy("none").to_dict()}
    for name in ("x", "y"):
        found |= {f"{name} {how}": est.mutual_information(name, how).to_dict() for how in ("none", "auto", "jackknife")}
    return found


def numbers(value):
    """All numbers of a nested result, in order."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [x for part in value for x in numbers(part)]
    return [value] if isinstance(value, (int, float)) else []


@pytest.mark.parametrize("cut", [1100, 0])  # 0: one process has nothing
def test_uneven_shards_are_one_process(tmp_path, cut):
    z, labels, units = vectors()
    np.savez(tmp_path / "data.npz", z=z, units=units, **labels)
    (tmp_path / "results.py").write_text(inspect.getsource(results), "utf-8")
    code = f"""
        sys.path.insert(0, folder)
        import json
        import numpy as np
        from infolib.representations import SoftEntropy
        from results import results

        data = np.load(folder + "/data.npz")
        mine = slice(0, {cut}) if rank == 0 else slice({cut}, None)
        est = SoftEntropy({DIM}, **{SETTINGS!r})
        for units in np.array_split(np.unique(data["units"][mine]), 3 + rank):
            rows = np.isin(data["units"], units)
            labels = {{"x": data["x"][rows], "y": data["y"][rows]}}
            est.update(data["z"][rows], labels, units=data["units"][rows])
        est.all_reduce()
        print(json.dumps(results(est)))
    """
    together = [json.loads(printed) for printed in run_together(code, tmp_path)]
    assert together[0] == together[1]  # every process holds the same bits

    alone = SoftEntropy(DIM, **SETTINGS)
    alone.update(z, labels, units=units)
    expected = results(alone)
    assert together[0]["count"] == N and together[0]["labels"] == expected["labels"]
    assert len(numbers(expected)) > 100
    np.testing.assert_allclose(numbers(together[0]), numbers(expected), rtol=1e-12, atol=1e-12)


def test_states_of_other_settings_are_refused_by_all(tmp_path):
    code = """
        import torch
        from infolib.representations import SoftEntropy
        two = {"x": 3, "y": 3}
        for settings in (
            {"seed": rank}, {"temperature": 0.1 + rank}, {"center": [0.0, 0, 0, rank]},
            {"labels": dict(reversed(two.items())) if rank else two},
        ):
            est = SoftEntropy(4, 5, **settings)
            est.update(torch.randn(6, 4), {name: torch.arange(6) % 3 for name in est.labels})
            try:
                est.all_reduce()
            except ValueError as error:
                print(est.count, error)
    """
    for printed in run_together(code, tmp_path):
        lines = printed.splitlines()
        assert [line.split("`")[1] for line in lines] == ["anchors", "temperature", "center", "labels"]
        assert all(line.startswith("6 all processes must have the same") for line in lines)


def test_without_a_group_it_says_what_is_missing():
    est = SoftEntropy(4)
    est.update(torch.randn(10, 4))
    with pytest.raises(RuntimeError, match="`all_reduce` needs a process group.*torchrun"):
        est.all_reduce()


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("model")
    torch.manual_seed(0)
    sizes = {"vocab_size": 64, "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2}
    LlamaForCausalLM(LlamaConfig(**sizes, intermediate_size=24)).save_pretrained(folder)
    core = Tokenizer(models.WordLevel({f"w{i}": i for i in range(60)} | {"?": 60}, unk_token="?"))
    core.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    PreTrainedTokenizerFast(tokenizer_object=core, unk_token="?").save_pretrained(folder)
    text = folder / "text.txt"
    text.write_text(" ".join(f"w{i * i % 60}" for i in range(700)), encoding="utf-8")
    return folder


@pytest.mark.parametrize("center, context", [("none", 32), ("exact", 32), ("none", 512)])  # 512: windows for one only
def test_measuring_together_is_measuring_alone_and_one_process_speaks(model, tmp_path, center, context):
    options = ["measure", str(model), "--text", str(model / "text.txt"), "--tokens", "600", "--anchors", "20"]
    options += ["--center", center, "--context", str(context)]
    code = """
        from infolib.cli import main
        assert main([*OPTIONS, "--out", f"{folder}/out"]) == 0
    """.replace("OPTIONS", repr(options))
    printed = run_together(code, tmp_path)
    assert "I(A;next)" in printed[0] and printed[1] == ""

    from infolib.cli import main

    assert main([*options, "--out", str(tmp_path / "alone"), "--quiet"]) == 0
    together, alone = (
        json.loads((tmp_path / name / "measure.json").read_text("utf-8")) for name in ("out", "alone")
    )
    assert together["n_tokens"] == 600
    # Batches differ, and with them the rounding of the model itself.
    np.testing.assert_allclose(numbers(together["nats"]), numbers(alone["nats"]), atol=2e-5)
