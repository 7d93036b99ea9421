import gc
import weakref

import pytest
import torch

from infolib.lm.capture import blocks_of, capture, check_layers

KINDS = ["llama", "gpt2", "gpt_neox", "opt", "bert"]
IDS = torch.tensor([[3, 1, 4, 1, 5, 9], [2, 6, 5, 0, 0, 0]])
MASK = torch.tensor([[1, 1, 1, 1, 1, 1], [1, 1, 1, 0, 0, 0]])


def collect(model, layers=None, mask=MASK):
    seen = {}
    capture(model, IDS, mask, lambda layer, hidden, _: seen.__setitem__(layer, hidden.clone()), layers)
    return seen


def n_hooks(model):
    return sum(len(module._forward_pre_hooks) + len(module._forward_hooks) for module in model.modules())


@pytest.mark.parametrize("kind", KINDS)
def test_layers_are_those_of_hugging_face(build, kind):
    model = build(kind)
    # Take the head off as well as leaving it on: both must give the same stream.
    with torch.no_grad():
        expected = model(input_ids=IDS, attention_mask=MASK, output_hidden_states=True).hidden_states
    for whole_or_body in (model, model.base_model):
        seen = collect(whole_or_body)
        assert list(seen) == [0, 1, 2, 3] and len(expected) == 4
        for layer, hidden in seen.items():
            torch.testing.assert_close(hidden, expected[layer], rtol=0, atol=0)


def test_the_layers_differ_from_each_other_so_the_numbering_is_tested(build):
    seen = collect(build("llama"))
    for layer in range(3):
        assert not torch.allclose(seen[layer], seen[layer + 1], atol=1e-3)


def test_the_head_is_not_run(build):
    model = build("llama")
    model.lm_head.register_forward_hook(lambda *_: pytest.fail("the head was run"))
    assert len(collect(model)) == 4


def test_mask_is_handed_over_as_bool_and_none_means_everywhere(build):
    masks = []
    capture(build("llama"), IDS, MASK, lambda _, __, mask: masks.append(mask), [0])
    capture(build("llama"), IDS, None, lambda _, __, mask: masks.append(mask), [3])
    assert masks[0].dtype == torch.bool and torch.equal(masks[0], MASK.bool())
    assert masks[1].shape == IDS.shape and bool(masks[1].all())


def test_padding_does_not_reach_the_real_tokens(build):
    model = build("llama")
    padded, alone = collect(model), {}
    capture(model, IDS[1:, :3], None, lambda layer, hidden, _: alone.__setitem__(layer, hidden.clone()))
    for layer in range(4):
        torch.testing.assert_close(padded[layer][1:, :3], alone[layer], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("layers", [[2, 0, 2], [3], [1]])
def test_only_the_layers_asked_for(build, layers):
    model = build("gpt2")
    everything, some = collect(model), collect(model, layers)
    assert list(some) == sorted(set(layers))
    for layer, hidden in some.items():
        assert torch.equal(hidden, everything[layer])


def test_the_pass_stops_after_the_last_layer_asked_for(build):
    model, run = build("llama"), []
    for number, block in enumerate(blocks_of(model)):
        block.mlp.register_forward_hook(lambda *_, number=number: run.append(number))
    collect(model, [0, 1])
    assert run == [0]


@pytest.mark.parametrize("layers", [[4], [-1], [0, 7]])
def test_layers_out_of_range_name_the_range(build, layers):
    with pytest.raises(ValueError, match=r"`layers` must be in 0\.\.3 .*(4|-1|7) is not"):
        collect(build("llama"), layers)


def test_no_layer_at_all_is_an_error():
    with pytest.raises(ValueError, match="at least one layer"):
        check_layers([], 3)


def test_hooks_are_removed_also_when_receive_raises(build):
    model = build("llama")
    before = n_hooks(model)

    def fail_at_two(layer, *_):
        if layer == 2:
            raise RuntimeError("stop here")

    with pytest.raises(RuntimeError, match="stop here"):
        capture(model, IDS, MASK, fail_at_two)
    assert n_hooks(model) == before
    collect(model, [1])
    assert n_hooks(model) == before


def test_hidden_states_are_not_kept(build):
    alive_at_arrival, born = [], []

    def receive(_layer, hidden, _mask):
        alive_at_arrival.append(sum(reference() is not None for reference in born))
        born.append(weakref.ref(hidden))

    capture(build("llama"), IDS, MASK, receive)
    gc.collect()
    assert len(born) == 4
    assert max(alive_at_arrival) <= 1  # the layer before, at most
    assert not any(reference() is not None for reference in born)


def test_nothing_is_recorded_for_gradients(build):
    capture(build("llama"), IDS, MASK, lambda _, hidden, __: hidden.requires_grad and pytest.fail("gradients"))
    assert all(parameter.grad is None for parameter in build("llama").parameters())


def test_a_model_without_blocks_is_refused():
    with pytest.raises(ValueError, match="no list of"):
        blocks_of(torch.nn.Linear(2, 2))
