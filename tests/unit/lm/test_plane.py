import json
import math
import warnings

import numpy as np
import pandas as pd
import pytest
import torch

from infolib.lm import measure
from infolib.lm.labels import cut_windows
from infolib.plotting.plane import plane_by_layer
from infolib.representations import SoftEntropy

COLUMNS = ["layer", "entropy", "entropy_se", "ceiling", "ceiling_se"] + [
    f"mi_{name}{end}" for name in ("token", "next") for end in ("", "_se", "_plugin")
]


@pytest.fixture
def texts():
    rng = np.random.default_rng(0)
    return [" ".join(f"w{i}" for i in rng.integers(0, 50, size)) for size in (90, 7, 1, 130, 55)]


@pytest.fixture
def run(tiny_model, tiny_tokenizer, texts):
    def run(**options):
        return measure(tiny_model, tiny_tokenizer, texts, **{"n_tokens": 250, "context": 32, "n_anchors": 20} | options)

    return run


def test_the_numbers_are_those_of_soft_entropy_on_hugging_face_hidden_states(run, tiny_model, tiny_tokenizer, texts):
    result = run()
    cut = cut_windows(tiny_tokenizer, texts, n_tokens=250, context=32)
    for layer in range(4):
        est = SoftEntropy(16, 20, n_sets=4, labels={"token": 64, "next": 64}, kernel="reference")
        for number, (tokens, following) in enumerate(zip(cut.tokens, cut.following, strict=True)):
            with torch.no_grad():
                states = tiny_model(torch.tensor(tokens)[None], output_hidden_states=True).hidden_states
            labels = {"token": torch.tensor(tokens), "next": torch.tensor(following)}
            est.update(states[layer][0], labels, units=torch.full((len(tokens),), number))
        row = result.table.loc[layer]
        for column, estimate in {
            "entropy": est.entropy(), "ceiling": est.ceiling(),
            "mi_token": est.mutual_information("token"), "mi_next": est.mutual_information("next"),
        }.items():
            assert row[column] == pytest.approx(estimate.value, abs=2e-5)
            assert row[f"{column}_se"] == pytest.approx(estimate.standard_error, abs=2e-5)
    assert result.n_tokens == 250 and est.count == 250


def test_the_result_says_what_was_done(run):
    result = run(seed=3, n_sets=2)
    assert list(result.table.columns) == COLUMNS
    assert result.table["layer"].tolist() == [0, 1, 2, 3]
    assert (result.context, result.n_anchors, result.n_sets, result.seed) == (32, 20, 2, 3)
    assert result.vocabulary_size == 64
    assert result.n_labels["token"] == 50
    assert result.units == "nats"
    assert len(result.temperatures) == 4 and len(set(result.temperatures)) == 1


def test_bounds_of_the_plug_in_and_what_the_correction_leaves(run):
    table = run().table
    for name in ("token", "next"):
        plugin = table[f"mi_{name}_plugin"]
        assert (plugin >= 0).all() and (plugin <= table["ceiling"] + 0.1).all()  # the ceiling is corrected, too
        assert (table[f"mi_{name}_se"] > 0).all()
    # Where the token determines the state, few vectors bias H(A) more than H(A|token): the plug-in may lie lower there.
    assert (table["mi_next"] < table["mi_next_plugin"]).all()
    assert (table["ceiling"] < table["entropy"]).all()
    assert (table["entropy"] <= math.log(20)).all()
    # The embedding is a function of the token, so the token reaches the ceiling there.
    first = table.loc[0]
    assert first["mi_token"] == pytest.approx(first["ceiling"], abs=2 * first["mi_token_se"])
    # Random words: the next token is nothing that the embedding of this one could know.
    assert first["mi_next_plugin"] > 5 * first["mi_next_se"] and abs(first["mi_next"]) < 2 * first["mi_next_se"]


def test_a_next_token_that_is_certain_reaches_the_ceiling(tiny_model, tiny_tokenizer):
    text = " ".join(f"w{i % 20}" for i in range(401))  # each word has one successor
    first = measure(tiny_model, tiny_tokenizer, [text], n_tokens=400, context=40, n_anchors=20).table.loc[0]
    for name in ("mi_token", "mi_next"):
        assert first[name] == pytest.approx(first["ceiling"], abs=2 * first[f"{name}_se"] + 1e-3)


def test_labels_that_never_come_twice_tell_nothing(tiny_model, tiny_tokenizer):
    table = measure(tiny_model, tiny_tokenizer, ["w1 w2 w3 w4 w5"], n_tokens=4, n_anchors=20).table
    assert table[["mi_token", "mi_token_se", "mi_next"]].isna().all().all()
    assert (table["mi_token_plugin"] > 0).all()


def test_exact_centring_takes_the_mean_off(run, tiny_model, tiny_tokenizer, texts):
    cut = cut_windows(tiny_tokenizer, texts, n_tokens=250, context=32)
    with torch.no_grad():
        states = [tiny_model(torch.tensor(x)[None], output_hidden_states=True).hidden_states[2][0] for x in cut.tokens]
    states = torch.cat(states)
    est = SoftEntropy(16, 20, n_sets=4, kernel="reference")
    est.update(states - states.double().mean(0), units=np.concatenate(cut.numbers))
    result = run(center="exact", layers=[2])
    assert result.table["entropy"][0] == pytest.approx(float(est.entropy()), abs=2e-5)
    assert result.center == "exact" and abs(result.table["entropy"][0] - run(layers=[2]).table["entropy"][0]) > 0.01
    running = run(center="running", layers=[2]).table["entropy"][0]
    assert running == pytest.approx(result.table["entropy"][0], abs=0.1) and running != result.table["entropy"][0]
    with pytest.raises(ValueError, match="`center` must be 'none', 'running' or 'exact'; it was 'twice'"):
        run(center="twice")


@pytest.mark.parametrize("batch_size", [1, 3, 100])
def test_how_windows_are_batched_does_not_matter(run, batch_size):
    pd.testing.assert_frame_equal(run(batch_size=batch_size).table, run(batch_size=4).table, rtol=1e-4, atol=1e-5)


def test_same_seed_same_numbers(run):
    pd.testing.assert_frame_equal(run(seed=1).table, run(seed=1).table)
    assert not np.allclose(run(seed=1).table["entropy"], run(seed=2).table["entropy"])


def test_some_layers_are_the_same_as_in_a_run_of_all(run):
    some = run(layers=[3, 1]).table
    pd.testing.assert_frame_equal(some, run().table.loc[[1, 3]].reset_index(drop=True))


def test_layers_have_states_of_their_own(run):
    assert run().table["entropy"].nunique() == 4


def test_a_temperature_of_your_own(run):
    result = run(temperature=0.5, layers=[1])
    assert result.temperatures == (0.5,)
    assert result.table["entropy"][0] > run(layers=[1]).table["entropy"][0]


def test_to_dict_is_json_in_nats_and_bits(run):
    result = run(n_sets=1, layers=[0, 2])
    content = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert [row["layer"] for row in content["nats"]] == [0, 2]
    assert content["nats"][1]["entropy"] == result.table["entropy"][1]
    assert content["bits"][1]["entropy"] == pytest.approx(result.table["entropy"][1] / math.log(2), rel=1e-12, abs=0)
    assert content["bits"][1]["layer"] == 2
    assert content["nats"][0]["entropy_se"] > 0 and content["center"] == "none"
    assert content["n_tokens"] == 250 and content["vocabulary_size"] == 64


def test_the_printed_table_holds_the_numbers(run):
    result = run(layers=[2])
    row = result.table.loc[0]
    assert f"{row['entropy']:.3f} ± {row['entropy_se']:.3f}" in str(result)
    assert "250 tokens" in str(result) and "nats" in str(result)
    assert f"{row['mi_next'] / math.log(2):.3f} ± " in result.to_text("bits")
    assert f"  {row['mi_next_plugin']:.3f}\n" in result.to_text() + "\n"
    with pytest.raises(ValueError, match="`units` must be 'nats' or 'bits'; it was 'bans'"):
        result.to_text("bans")


def test_fewer_tokens_than_asked_for_is_a_warning_with_the_count_used(run):
    with pytest.warns(UserWarning, match=r"asked for 5,000 tokens, but the texts hold 278; 278 are measured"):
        assert run(n_tokens=5000).n_tokens == 89 + 6 + 0 + 129 + 54
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert run(n_tokens=278).n_tokens == 278


@pytest.mark.parametrize("texts", [[], [""], ["w1"], iter(())])
def test_no_two_tokens_is_an_error(run, texts):
    with pytest.raises(ValueError, match="at least two tokens"):
        run()


def test_one_string_is_an_error(tiny_model, tiny_tokenizer):
    with pytest.raises(TypeError, match=r"Put it in a list"):
        measure(tiny_model, tiny_tokenizer, "w1 w2")


@pytest.mark.parametrize("name", ["n_tokens", "context", "batch_size"])
@pytest.mark.parametrize("value", [0, -3, 1.5, True, "4"])
def test_counts_must_be_whole_and_positive(run, name, value):
    with pytest.raises(ValueError, match=rf"`{name}` must be a whole number, at least 1; it was "):
        run(**{name: value})


def test_layers_out_of_range(run):
    with pytest.raises(ValueError, match=r"`layers` must be in 0\.\.3 .*9 is not"):
        run(layers=[0, 9])


def test_bad_anchors_are_refused_before_the_model_runs(run, tiny_model):
    tiny_model.model.register_forward_pre_hook(lambda *_: pytest.fail("the model was run"))
    for bad in ({"n_anchors": 1}, {"n_sets": 0}, {"temperature": -1.0}):
        with pytest.raises(ValueError, match=next(iter(bad))):
            run(**bad)


def test_a_window_longer_than_the_model_can_read(run):
    with pytest.raises(ValueError, match="`context` must be at most 64.*it was 100"):
        run(context=100)


def test_a_foreign_tokenizer(run, tiny_tokenizer, tiny_model):
    tiny_model.resize_token_embeddings(40)
    with pytest.raises(ValueError, match="`tokenizer` must be the model's own: .* knows 40"):
        run()


@pytest.mark.parametrize(
    "value, what", [(math.nan, "3 were not finite"), (math.inf, "3 were not finite"), (0.0, "3 were zero")]
)
def test_bad_hidden_states_are_counted_and_the_layer_named(run, tiny_model, value, what):
    def spoil(_block, _args, output):
        output[0, :3] = value
        return output

    tiny_model.model.layers[1].register_forward_hook(spoil)
    with pytest.raises(ValueError, match=rf"^layer 2: .*of 192 vectors .*{what}"):
        run()


def test_the_model_is_left_as_it_was(run, tiny_model):
    tiny_model.eval()
    tiny_model.model.layers[1].train()
    expected = [module.training for module in tiny_model.modules()]
    run()
    assert [module.training for module in tiny_model.modules()] == expected
    with pytest.raises(ValueError):
        tiny_model.model.layers[0].register_forward_hook(lambda _, __, output: output * math.nan)
        run()
    assert [module.training for module in tiny_model.modules()] == expected
    assert any(expected) and not all(expected)


def test_dropout_is_off(build, tiny_tokenizer, texts):
    model = build("gpt2").train()  # its dropout is 0.1
    tables = [measure(model, tiny_tokenizer, texts, n_tokens=60, context=32, n_anchors=10).table for _ in range(2)]
    pd.testing.assert_frame_equal(*tables)
    assert model.training


def test_bfloat16_models_are_close_to_float32(run, tiny_model):
    exact = run().table
    tiny_model.bfloat16()
    assert np.allclose(run().table["entropy"], exact["entropy"], atol=0.02)


def test_progress_is_shown_only_when_asked_for(run, capsys):
    run()
    assert capsys.readouterr().err == ""
    run(progress=True)
    assert "250/250" in capsys.readouterr().err


@pytest.mark.parametrize("units, scale", [("nats", 1.0), ("bits", 1 / math.log(2))])
def test_the_picture_draws_the_table(run, units, scale):
    import matplotlib.pyplot as plt

    result = run()
    left, right = plane_by_layer(result, units=units)
    drawn = {}
    for ax in (left, right):
        for container in ax.containers:
            line, _, (bars,) = container
            drawn[ax is left, container.get_label()] = (line.get_ydata(), bars.get_segments())
    assert set(drawn) == {
        (True, "ceiling"), (True, "entropy"), (False, "ceiling"), (False, "mi_token"), (False, "mi_token_plugin"),
        (False, "mi_next"), (False, "mi_next_plugin"),
    }
    for (_, name), (y, bars) in drawn.items():
        np.testing.assert_allclose(y, scale * result.table[name])
        heights = [segment[1][1] - segment[0][1] for segment in bars]
        errors = 0 if name.endswith("plugin") else result.table[f"{name}_se"]
        np.testing.assert_allclose(heights, 2 * scale * errors, atol=1e-9)
    assert left.get_ylabel() == right.get_ylabel() == units
    assert any(np.allclose(line.get_ydata(), scale * math.log(20)) for line in left.lines)
    plt.close(left.figure)
    with pytest.raises(ValueError, match="`units`"):
        plane_by_layer(result, units="bans")
