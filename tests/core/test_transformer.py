"""The Transformer against GPT-2's formulas written out by hand."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from makemore_core.errors import SettingsError
from makemore_core.models import transformer
from makemore_core.models.base import seeded, select_rows
from makemore_core.models.registry import family_settings
from makemore_core.models.stepping import MANY
from makemore_core.models.transformer import Transformer, TransformerSettings

SETTINGS = TransformerSettings(context=5, embedding=6, layers=2, heads=3, dropout=0.0, init="torch")


def built(**changes: object) -> Transformer:
    return Transformer(7, SETTINGS.model_copy(update=changes), seeded(1)).eval()


def norm(x: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> np.ndarray:
    result: np.ndarray = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-5) * weight + bias
    return result


def gelu(x: np.ndarray) -> np.ndarray:
    result: np.ndarray = 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
    return result


def by_hand(model: Transformer, ids: list[int], shares: np.ndarray | None = None) -> np.ndarray:
    """Logits (T, V) of one item, one head and one query after the other; `shares` (layers, heads, T, T) is filled."""
    p = {name: value.detach().double().numpy() for name, value in model.named_parameters()}
    size = 6 // 3
    x = p["embedding.weight"][ids] + p["places.weight"][: len(ids)]
    for number, block in enumerate(("blocks.0", "blocks.1")):

        def layer(x: np.ndarray, name: str, block: str = block) -> np.ndarray:
            result: np.ndarray = x @ p[f"{block}.{name}.weight"].T + p[f"{block}.{name}.bias"]
            return result

        normed = norm(x, p[f"{block}.attention_norm.weight"], p[f"{block}.attention_norm.bias"])
        query, key, value = np.split(layer(normed, "attention.qkv"), 3, axis=1)
        mixed = np.zeros_like(x)
        for head in range(3):
            columns = slice(head * size, (head + 1) * size)
            for t in range(len(ids)):
                scores = np.exp(key[: t + 1, columns] @ query[t, columns] / math.sqrt(size))
                mixed[t, columns] = scores / scores.sum() @ value[: t + 1, columns]
                if shares is not None:
                    shares[number, head, t, : t + 1] = scores / scores.sum()
        x = x + layer(mixed, "attention.project")
        normed = norm(x, p[f"{block}.mlp_norm.weight"], p[f"{block}.mlp_norm.bias"])
        x = x + layer(gelu(layer(normed, "widen")), "project")
    result: np.ndarray = norm(x, p["norm.weight"], p["norm.bias"]) @ p["head.weight"].T
    return result


def test_logits_are_those_of_the_formulas() -> None:
    model = built()
    ids = [0, 3, 5, 3, 6]
    np.testing.assert_allclose(model(torch.tensor([ids]))[0].detach().numpy(), by_hand(model, ids), atol=1e-5)


def test_beyond_the_context_the_window_slides() -> None:
    model = built()
    ids = torch.tensor([[0, 3, 5, 3, 6, 2, 1, 4], [0, 1, 1, 2, 2, 3, 3, 4]])
    for t in (5, 6, 7):
        torch.testing.assert_close(model(ids)[:, t], model(ids[:, t - 4 : t + 1])[:, -1])


def test_a_long_item_is_read_a_few_windows_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    model = Transformer(5, TransformerSettings(context=4, embedding=8, layers=1, heads=2, dropout=0), seeded(1))
    ids = torch.arange(46).reshape(2, 23) % 5
    expected = model(ids)
    seen: list[int] = []
    model.norm.register_forward_hook(lambda module, inputs, output: seen.append(inputs[0][..., 0].numel()))
    monkeypatch.setattr(transformer, "_WINDOW_CHARACTERS", 12)
    torch.testing.assert_close(model(ids), expected)
    assert max(seen) <= 12


@torch.inference_mode()
def test_many_items_are_stepped_through_as_few_are() -> None:
    """Of many attention is computed otherwise, and GELU too where nobody asks for a gradient."""
    model = built()
    ids = torch.randint(7, (MANY + 300, 9), generator=seeded(2))
    whole, state = model(ids), model.init_state(len(ids))
    for t in range(9):
        logits, state = model.step(ids[:, t], state)
        torch.testing.assert_close(logits, whole[:, t], rtol=1e-4, atol=1e-5)


@torch.inference_mode()
def test_items_that_become_many_and_then_few_are_stepped_through_as_all_are() -> None:
    """Their caches change their form on the way, and a state that is kept does not change when others go on from it."""
    model, generator = built(context=8), seeded(2)
    state, so_far = model.init_state(3), torch.empty(3, 0, dtype=torch.int64)
    kept = []
    for count in (3, 40, MANY + 300, MANY + 300, MANY, MANY - 1, 5, MANY, 2):
        rows = torch.randint(len(so_far), (count,), generator=generator)
        ids = torch.randint(7, (count,), generator=generator)
        kept.append((ids, state, rows, torch.cat([so_far[rows], ids[:, None]], 1)))
        so_far = kept[-1][-1]
        _, state = model.step_from(ids, state, rows)
    for ids, state, rows, so_far in kept:
        for logits, _ in (model.step_from(ids, state, rows), model.step(ids, select_rows(state, rows))):
            torch.testing.assert_close(logits, model(so_far)[:, -1], rtol=1e-4, atol=1e-5)


def test_what_many_items_have_left_is_gone_on_with_in_training() -> None:
    model = built()
    ids = torch.randint(7, (MANY, 4), generator=seeded(2))
    state = model.init_state(MANY)
    for t in range(3):
        _, state = model.step_from(ids[:, t], state, torch.arange(MANY)) if t else model.step(ids[:, t], state)
    logits, _ = model.train().step(ids[:, 3], state)
    torch.testing.assert_close(logits, model(ids)[:, 3], rtol=1e-4, atol=1e-5)
    logits.sum().backward()
    assert all(parameter.grad is not None for parameter in model.parameters())


@pytest.mark.parametrize("changes", [{}, {"tied": True}, {"bias": False}, {"init": "gpt2"}, {"context": 1}])
def test_a_long_item_can_be_stepped_through(changes: dict[str, object]) -> None:
    model = built(**changes)
    ids = torch.randint(7, (2, 14), generator=seeded(2))
    whole, state = model(ids), model.init_state(2)
    for t in range(14):
        logits, state = model.step(ids[:, t], state)
        torch.testing.assert_close(logits, whole[:, t], rtol=1e-4, atol=1e-5)
        assert state[1].shape == (2, 2, 3, min(t + 1, model.context), 2)


@pytest.mark.parametrize("changes", [{}, {"bias": False}, {"tied": True}, {"heads": 1}])
def test_a_step_is_that_of_the_plain_blocks(changes: dict[str, object]) -> None:
    """Which step through the cache while training; without dropout that makes no difference."""
    model = built(**changes).double()
    ids = torch.randint(7, (3, 5), generator=seeded(2))
    state = plain_state = model.init_state(3)
    for token in ids.T:
        logits, state = model.eval().step(token, state)
        expected, plain_state = model.train().step(token, plain_state)
        torch.testing.assert_close((logits, *state), (expected, *plain_state))


def test_the_sizes_of_makemore_have_its_parameters() -> None:
    assert TransformerSettings(context=16, embedding=64, layers=4, heads=4).parameter_count(27) == 204_544


@pytest.mark.parametrize("changes", [{"tied": True}, {"bias": False}, {"tied": True, "bias": False}])
def test_options_have_the_parameters_that_they_say(changes: dict[str, object]) -> None:
    model = built(**changes)
    assert model.parameter_count == sum(parameter.numel() for parameter in model.parameters())


def test_a_tied_model_reads_and_writes_with_one_table() -> None:
    model = built(tied=True)
    assert "head.weight" not in model.state_dict()
    hidden: list[Tensor] = []
    model.norm.register_forward_hook(lambda module, inputs, output: hidden.append(output))
    torch.testing.assert_close(model(torch.tensor([[0, 1, 2]])), hidden[0] @ model.embedding.weight.T)


def test_the_first_weights_of_gpt2() -> None:
    model = Transformer(27, TransformerSettings(embedding=64, layers=4, init="gpt2"), seeded(1))
    deviations = {"embedding": 0.02, "blocks.0.widen": 0.02, "blocks.1.project": 0.02 / math.sqrt(8), "head": 0.02}
    deviations["blocks.3.attention.project"] = 0.02 / math.sqrt(8)
    for name, deviation in deviations.items():
        assert model.get_parameter(f"{name}.weight").std().item() == pytest.approx(deviation, rel=0.1)
    assert not model.get_parameter("blocks.2.widen.bias").any()
    assert model.get_parameter("blocks.2.mlp_norm.weight").eq(1).all()


def test_dropout_acts_in_training_alone() -> None:
    model = built(dropout=0.5)
    ids = torch.tensor([[0, 1, 2]])
    assert torch.equal(model(ids), model(ids))
    assert not torch.equal(model.train()(ids), model(ids))


def test_attention_is_the_same_while_training() -> None:
    """Dropout of a share too small to ever drop a unit: the formulas, and in a step the cache, as without it."""
    model = built(dropout=1e-7).train()
    ids = [0, 3, 5, 3, 6]
    np.testing.assert_allclose(model(torch.tensor([ids]))[0].detach().numpy(), by_hand(model, ids), atol=1e-5)
    state = model.init_state(1)
    for place, token in enumerate(ids):
        logits, state = model.step(torch.tensor([token]), state)
        np.testing.assert_allclose(logits[0].detach().numpy(), by_hand(model, ids)[place], atol=1e-5)


def test_the_weights_of_attention_are_dropped() -> None:
    """A character that sees itself alone takes all from itself: half of the time nothing, else twice as much."""
    torch.manual_seed(6)
    attention = transformer.Attention(SETTINGS.model_copy(update={"dropout": 0.5}), seeded(1)).train()
    x = torch.ones(1, 1, 400, 2)
    found = attention._mix(x[:, :, :1].expand(1, 400, 1, 2), x.transpose(1, 2), x.transpose(1, 2), causal=True)
    assert set(found.flatten().tolist()) == {0.0, 2.0}
    assert 150 < (found[0, :, 0, 0] == 0).sum() < 250


@pytest.mark.parametrize("values", [{"embedding": 64, "heads": 5}, {"embedding": 30}])
def test_heads_must_divide_the_embedding(values: dict[str, int]) -> None:
    size, heads = values["embedding"], values.get("heads", 4)
    with pytest.raises(
        SettingsError, match=rf"heads: an embedding of {size} has no {heads} equal parts: choose a divisor"
    ):
        family_settings("transformer", values)
