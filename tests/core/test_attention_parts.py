"""Attention over some items at a time, against the same written with nothing but torch's own gradient."""

import pytest
import torch
from torch import Tensor

from makemore_core.models import attention_parts as module
from makemore_core.models.attention_parts import in_parts
from makemore_core.models.base import seeded
from makemore_core.models.transformer import Attention, TransformerSettings


def tensors(batch: int, time: int) -> list[Tensor]:
    draw = seeded(1)
    return [torch.randn(batch, 2, time, 3, generator=draw, dtype=torch.float64).requires_grad_() for _ in range(3)]


def mix(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """With a dropout of the plainest kind."""
    shares = (query @ key.mT).softmax(-1)
    return shares * (torch.rand(shares.shape) < 0.7) @ value


@pytest.mark.parametrize(("cells", "size"), [(32, 1), (64, 2), (130, 4), (1, 1)])
def test_values_slopes_and_random_numbers_are_those_of_one_part_after_the_other(
    cells: int, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five items of 2 heads and 4 characters: 32 numbers an item."""
    monkeypatch.setattr(module, "CELLS", cells)
    given, weights = tensors(5, 4), torch.randn(5, 2, 4, 3, generator=seeded(2), dtype=torch.float64)
    torch.manual_seed(3)
    expected = torch.cat([mix(*part) for part in zip(*(each.split(size) for each in given), strict=True)])
    slopes = torch.autograd.grad((expected * weights).sum(), given)
    after = torch.rand(3)
    torch.manual_seed(3)
    found = in_parts(mix, *given)
    again = torch.autograd.grad((found * weights).sum(), given)
    assert torch.equal(torch.rand(3), after), "the gradient takes no random numbers of its own"
    torch.testing.assert_close(found, expected)
    for one, other in zip(again, slopes, strict=True):
        torch.testing.assert_close(one, other)


def test_few_characters_are_mixed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CELLS", 5 * 32)
    sizes = []
    in_parts(lambda query, key, value: sizes.append(len(query)) or mix(query, key, value), *tensors(5, 4))  # type: ignore[func-returns-value]
    assert sizes == [5]


def test_attention_never_makes_the_shares_of_more_items_than_it_keeps(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept for the gradient has no T x T numbers, and no T x T numbers are made of more than CELLS."""
    monkeypatch.setattr(module, "CELLS", 2 * 4 * 8 * 8)
    attention = Attention(TransformerSettings(context=8, embedding=8, dropout=0.5), seeded(1)).train()
    made, shares = [], attention._shares

    def counting(query: Tensor, key: Tensor) -> Tensor:
        found = shares(query, key)
        made.append(found.numel())
        return found

    monkeypatch.setattr(attention, "_shares", counting)
    kept: list[torch.Size] = []

    def keep(tensor: Tensor) -> Tensor:
        kept.append(tensor.shape)
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        out, _ = attention(torch.randn(7, 8, 8, generator=seeded(2)))
    out.sum().backward()
    assert made == [512, 512, 512, 256] * 2
    assert not [shape for shape in kept if shape[-2:] == (8, 8) and len(shape) == 4]
