"""The blocks with written-out gradients against the plain ones, which are held to the formulas elsewhere."""

import pytest
import torch
from torch import Tensor

from makemore_core.models import block_gradients, transformer
from makemore_core.models import dropout as dropout_module
from makemore_core.models.base import seeded
from makemore_core.models.transformer import Transformer, TransformerSettings

LENGTHS = {
    "one character": [1],
    "of one length": [4, 4, 4],
    "one after the other": [1, 3, 8, 2, 7, 5, 9, 1, 1, 6],
    "as long as a strip and one": [17, 16, 1, 17, 2],
    "long beside short": [30, 1, 1, 2, 29],
    "none in some rows": [0, 3, 0, 12, 0],
}


def built(**changes: object) -> Transformer:
    settings = {"context": 32, "embedding": 12, "layers": 2, "heads": 3, "dropout": 0.0} | changes
    return Transformer(7, TransformerSettings.model_validate(settings), seeded(1)).double().train()


def batch(lengths: list[int]) -> tuple[Tensor, Tensor]:
    """Ids (B, T) and the places of items of these lengths."""
    time = max(lengths)
    ids = torch.randint(7, (len(lengths), time), generator=seeded(2))
    return ids, (torch.arange(time) < torch.tensor(lengths)[:, None]).flatten().nonzero()[:, 0]


def outcome(model: Transformer, ids: Tensor, places: Tensor) -> list[Tensor]:
    """Logits, and the gradients of all weights for some gradient of the logits."""
    logits = model.forward_at(ids, places)
    above = torch.randn(logits.shape, dtype=torch.float64, generator=seeded(3))
    return [logits, *torch.autograd.grad(logits, list(model.parameters()), above)]


def plainly(model: Transformer, ids: Tensor, places: Tensor, monkeypatch: pytest.MonkeyPatch) -> list[Tensor]:
    """The same by the blocks that are there to be read."""
    with monkeypatch.context() as patch:
        patch.setattr(transformer, "LONGEST", 0)
        return outcome(model, ids, places)


@pytest.mark.parametrize("lengths", LENGTHS.values(), ids=LENGTHS)
def test_they_give_what_the_plain_blocks_give(lengths: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    model, (ids, places) = built(), batch(lengths)
    torch.testing.assert_close(outcome(model, ids, places), plainly(model, ids, places, monkeypatch))


@pytest.mark.parametrize("changes", [{"bias": False}, {"tied": True}, {"heads": 1}, {"heads": 12}, {"layers": 1}])
def test_with_every_option(changes: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    model, (ids, places) = built(**changes), batch([5, 9, 2])
    torch.testing.assert_close(outcome(model, ids, places), plainly(model, ids, places, monkeypatch))


def test_where_only_some_characters_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    model, (ids, _) = built(), batch([5, 9, 2])
    places = torch.tensor([3, 10, 15])
    torch.testing.assert_close(outcome(model, ids, places), plainly(model, ids, places, monkeypatch))


def test_dropout_stands_where_the_plain_blocks_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dropout that halves every number in place of dropping some."""
    model, (ids, places) = built(dropout=0.5), batch([5, 9, 2])
    for module in (block_gradients, dropout_module):
        monkeypatch.setattr(module, "dropout_mask", lambda x, share: torch.full_like(x, 0.5))
    halved = outcome(model, ids, places)
    torch.testing.assert_close(halved, plainly(model, ids, places, monkeypatch))
    assert not torch.allclose(halved[0], built().forward_at(ids, places))


def test_a_pass_does_not_disturb_another_whose_gradient_is_still_to_come() -> None:
    """The memory of a step is kept for the next, which must not begin before the first has ended."""
    model = built()
    batches = [batch([5, 9, 2]), batch([5, 9, 2]), batch([3, 1]), batch([8, 8, 8, 8])]
    expected = [outcome(model, *one) for one in batches]
    passes = [model.forward_at(*one) for one in batches]
    for logits, found in zip(passes, expected, strict=True):
        above = torch.randn(logits.shape, dtype=torch.float64, generator=seeded(3))
        torch.testing.assert_close([logits, *torch.autograd.grad(logits, list(model.parameters()), above)], found)


def test_the_memory_of_one_shape_serves_another() -> None:
    """Batches of all shapes in turn, and once more."""
    model = built()
    batches = [batch(lengths) for lengths in LENGTHS.values()]
    first, second = ([outcome(model, *one) for one in batches] for _ in range(2))
    torch.testing.assert_close(first, second, rtol=0, atol=0)


def test_a_graph_that_is_kept_gives_its_gradient_twice() -> None:
    model, (ids, places) = built(), batch([5, 9, 2])
    loss = model.forward_at(ids, places).square().sum()
    first = torch.autograd.grad(loss, list(model.parameters()), retain_graph=True)
    outcome(model, ids, places)
    torch.testing.assert_close(torch.autograd.grad(loss, list(model.parameters())), first, rtol=0, atol=0)


@pytest.mark.parametrize("kept", [0, 1 << 12])
def test_without_kept_memory_it_is_the_same(kept: int, monkeypatch: pytest.MonkeyPatch) -> None:
    model, (ids, places) = built(), batch([5, 9, 2])
    monkeypatch.setattr(block_gradients, "MOST_KEPT", kept)
    torch.testing.assert_close(outcome(model, ids, places), plainly(model, ids, places, monkeypatch))


def test_with_dropout_the_gradients_are_the_numerical_ones() -> None:
    model, (ids, places) = built(dropout=0.4, embedding=4, heads=2, layers=1), batch([3, 9])
    names, weights = zip(*model.named_parameters(), strict=True)

    def logits(*values: Tensor) -> Tensor:
        torch.manual_seed(4)
        named = dict(zip(names, values, strict=True))
        return torch.func.functional_call(_Places(model), {f"model.{n}": named[n] for n in names}, (ids, places))

    assert torch.autograd.gradcheck(logits, weights)


def test_a_gradient_of_the_gradient_is_refused_rather_than_wrong() -> None:
    model, (ids, places) = built(), batch([3])
    weight = model.blocks[0].widen.weight
    (slope,) = torch.autograd.grad(model.forward_at(ids, places).square().sum(), weight, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        slope.sum().backward()


class _Places(torch.nn.Module):
    """The logits at some places, as a module whose weights can be replaced for one call."""

    def __init__(self, model: Transformer) -> None:
        super().__init__()
        self.model = model

    def forward(self, ids: Tensor, places: Tensor) -> Tensor:
        return self.model.forward_at(ids, places)
