"""The first layer of the MLPs by tables, against the vectors side by side and the gradients that torch finds."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from makemore_core.models import joining
from makemore_core.models.base import seeded
from makemore_core.models.joining import join


def made(windows: Tensor, symbols: int, size: int = 3, hidden: int = 4) -> tuple[Tensor, Tensor]:
    random = seeded(1)
    embedding = torch.randn(symbols, size, dtype=torch.float64, generator=random).requires_grad_()
    weight = torch.randn(windows.shape[1] * size, hidden, dtype=torch.float64, generator=random).requires_grad_()
    return embedding, weight


def check(windows: Tensor, symbols: int, before: int) -> None:
    embedding, weight = made(windows, symbols)
    sums, expected = join(windows, embedding, weight, before), embedding[windows].flatten(1) @ weight
    assert type(sums.grad_fn).__name__ == "_JoinBackward", "else this test tells nothing"
    torch.testing.assert_close(sums, expected)
    above = torch.randn(sums.shape, dtype=torch.float64, generator=seeded(2))
    for one, other in zip(
        torch.autograd.grad(sums, (embedding, weight), above),
        torch.autograd.grad(expected, (embedding, weight), above),
        strict=True,
    ):
        torch.testing.assert_close(one, other)


@settings(deadline=None)
@given(
    symbols=st.integers(1, 6),
    context=st.integers(1, 5),
    deepest=st.integers(0, 5),
    before=st.integers(0, 5),
    seed=st.integers(0, 99),
)
def test_sums_and_gradients_are_those_of_the_product(
    symbols: int, context: int, deepest: int, before: int, seed: int
) -> None:
    """Windows that begin with what stands before an item; the oldest places may hold nothing else in any of them."""
    before %= symbols
    windows = torch.randint(symbols, (40, context), generator=seeded(seed))
    depth = torch.randint(min(deepest, context) + 1, (40, 1), generator=seeded(seed + 1))
    windows[torch.arange(context) < context - depth] = before
    check(windows, symbols, before)


def test_windows_without_anything_before_an_item() -> None:
    check(torch.randint(1, 5, (200, 4), generator=seeded(1)), 5, 0)


def test_more_rows_of_tables_than_16_bits_can_count() -> None:
    check(torch.randint(30, (200, 2300), generator=seeded(1)), 30, 0)


def test_few_windows_are_multiplied_as_the_lecture_does(monkeypatch: pytest.MonkeyPatch) -> None:
    windows = torch.randint(5, (20, 3), generator=seeded(1))
    embedding, weight = made(windows, 5)
    assert torch.equal(join(windows, embedding, weight), embedding[windows].flatten(1) @ weight)
    monkeypatch.setattr(joining, "_ROWS_FOR_TABLES", 0)
    torch.testing.assert_close(join(windows, embedding, weight), embedding[windows].flatten(1) @ weight)


def test_a_gradient_of_the_gradient_is_refused_rather_than_wrong() -> None:
    windows = torch.randint(5, (200, 4), generator=seeded(1))
    embedding, weight = made(windows, 5)
    (slope,) = torch.autograd.grad(join(windows, embedding, weight).square().sum(), weight, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        slope.sum().backward()
