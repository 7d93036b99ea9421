"""The training script: it learns, it resumes to the same bits, and every size sees the same bytes in the same order."""

import json
import math

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from infolib.zoo import train as script
from infolib.zoo.train import SIZES, Plan, batches, learning_rate, load_state, log_spaced, new_model, train

PLAN = Plan("42k", steps=12, batch=4, context=32, peak=1e-2, checkpoints=(0, 4, 12))


@pytest.fixture(autouse=True)
def small_text(monkeypatch):
    text = np.frombuffer(b"the cat sat on the mat and the dog sat on the log. " * 400, np.uint8)
    monkeypatch.setattr(script, "enwik8", lambda quiet: text)


def run(plan, out, **options):
    return train(plan, out, cpu=True, progress=False, **options)


def test_the_loss_falls_within_a_few_steps(tmp_path):
    log = run(Plan("42k", steps=60, batch=8, context=32, peak=1e-2, checkpoints=(0,)), tmp_path)
    (first, before), (last, after) = log["held_out"]
    assert (first, last) == (0, 60)
    # Untrained: 8 bits for a guess among 256 bytes, and half a nat for logits that differ at random by about 1.
    assert 8.0 < before < 8.0 + 0.5 / math.log(2) + 0.1
    assert after < 3.0
    assert log["train"][-1][1] < log["train"][0][1]


def test_a_killed_run_resumes_to_the_same_weights_bit_for_bit(tmp_path, monkeypatch):
    whole = run(PLAN, tmp_path / "whole", save_every=3)

    def killed_at_seven(plan, step):
        if step == 7:
            raise KeyboardInterrupt
        return learning_rate(plan, step)

    with monkeypatch.context() as patch:
        patch.setattr(script, "learning_rate", killed_at_seven)
        with pytest.raises(KeyboardInterrupt):
            run(PLAN, tmp_path / "killed", save_every=3)
    assert not (tmp_path / "killed" / "training.json").exists()
    resumed = run(PLAN, tmp_path / "killed", save_every=3)
    assert resumed["held_out"] == whole["held_out"]
    for name in ("model.safetensors", "model.step-4.safetensors", "model.step-0.safetensors"):
        a, b = load_file(tmp_path / "whole" / name), load_file(tmp_path / "killed" / name)
        assert a.keys() == b.keys()
        assert all(torch.equal(a[key], b[key]) for key in a)


def test_a_state_of_another_plan_is_refused(tmp_path):
    run(Plan("42k", steps=2, batch=4, context=32), tmp_path)
    with pytest.raises(ValueError, match="belongs to another plan"):
        run(Plan("42k", steps=3, batch=4, context=32), tmp_path)


def test_a_state_holds_no_pickled_code(tmp_path):
    class Attack:
        def __reduce__(self):
            return (print, ("code ran",))

    torch.save({"plan": Attack()}, tmp_path / "state.pt")
    model = new_model("42k", 32, 0)
    with pytest.raises(Exception, match="weights_only|Weights only"):
        load_state(tmp_path / "state.pt", PLAN, model, None)


def test_the_log_says_what_was_done(tmp_path):
    run(PLAN, tmp_path)
    log = json.loads((tmp_path / "training.json").read_text())
    assert log["parameters"] == 41856
    assert log["tokens"] == 12 * 4 * 32
    assert [step for step, _ in log["held_out"]] == [0, 4, 12]


@pytest.mark.parametrize(("size", "shown"), [(size, size) for size in SIZES])
def test_the_name_of_a_size_is_its_number_of_parameters(size, shown):
    count = sum(p.numel() for p in new_model(size, 256, 0).parameters())
    unit, digits = (1e6, 1) if shown.endswith("M") else (1e3, 0)
    assert f"{count / unit:.{digits}f}{shown[-1]}" == shown


def test_an_epoch_deals_out_every_window_once_and_the_next_in_another_order():
    text = np.arange(60 * 33).astype(np.uint16)  # not bytes, so that every position is known by its value
    plan = Plan("42k", steps=30, batch=4, context=32)
    windows = np.concatenate(list(batches(text, plan, 0)))
    assert windows.shape == (120, 33)
    first, second = windows[:60], windows[60:]
    assert np.array_equal(np.sort(first.ravel()), text)
    assert np.array_equal(np.sort(second.ravel()), text)
    assert not np.array_equal(first, second)


def test_step_n_is_the_same_from_whichever_step_one_starts():
    text = np.arange(60 * 33).astype(np.uint16)
    plan = Plan("42k", steps=30, batch=4, context=32)
    whole = list(batches(text, plan, 0))
    for start in (1, 14, 15, 29):
        assert np.array_equal(np.stack(list(batches(text, plan, start))), np.stack(whole[start:]))


def test_the_rate_rises_in_a_line_and_falls_to_nothing():
    plan = Plan("42k", steps=1000, peak=1.0, warm_up=0.1)
    rates = [learning_rate(plan, step) for step in range(1000)]
    assert rates[0] == pytest.approx(0.01)
    assert rates[99] == pytest.approx(1.0)
    assert rates[550] == pytest.approx(0.5, abs=2e-3)
    assert 0 < rates[-1] < 1e-5
    assert np.all(np.diff(rates[100:]) < 0)


def test_checkpoints_are_shared_by_runs_of_other_lengths():
    assert len(log_spaced(4200)) == 12
    assert set(log_spaced(4200)[3:-1]) <= set(log_spaced(6000))
    assert log_spaced(4)[0] == 0 and log_spaced(4)[-1] == 4
