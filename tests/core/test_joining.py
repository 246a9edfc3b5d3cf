"""The first layer of the MLPs by tables, against the vectors side by side and the gradients that torch finds."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from makemore_core.models import joining
from makemore_core.models.base import seeded
from makemore_core.models.joining import join, with_blanks


def made(windows: Tensor, symbols: int, size: int = 3, hidden: int = 4) -> tuple[Tensor, Tensor]:
    random = seeded(1)
    embedding = torch.randn(symbols, size, dtype=torch.float64, generator=random).requires_grad_()
    weight = torch.randn(windows.shape[1] * size, hidden, dtype=torch.float64, generator=random).requires_grad_()
    return embedding, weight


def check(windows: Tensor, symbols: int, blanks: bool) -> None:
    embedding, weight = made(windows, symbols + blanks)
    filled = with_blanks(windows, symbols) if blanks else windows
    bias = torch.linspace(-1, 1, weight.shape[1], dtype=torch.float64).requires_grad_()
    sums = join(windows, embedding, weight, bias, blanks=blanks)
    expected = embedding[filled].flatten(1) @ weight + bias
    assert type(sums.grad_fn).__name__ == "_JoinBackward", "else this test tells nothing"
    torch.testing.assert_close(sums, expected)
    above = torch.randn(sums.shape, dtype=torch.float64, generator=seeded(2))
    for one, other in zip(
        torch.autograd.grad(sums, (embedding, weight, bias), above),
        torch.autograd.grad(expected, (embedding, weight, bias), above),
        strict=True,
    ):
        torch.testing.assert_close(one, other)


@settings(deadline=None)
@given(
    symbols=st.integers(1, 6),
    context=st.integers(1, 5),
    deepest=st.integers(0, 5),
    blanks=st.booleans(),
    seed=st.integers(0, 99),
)
def test_sums_and_gradients_are_those_of_the_product(
    symbols: int, context: int, deepest: int, blanks: bool, seed: int
) -> None:
    """Windows that begin with sentinels; the oldest places may hold nothing else in any of them."""
    windows = torch.randint(symbols, (60, context), generator=seeded(seed))
    depth = torch.randint(min(deepest, context) + 1, (60, 1), generator=seeded(seed + 1))
    windows[torch.arange(context) < context - depth] = 0
    check(windows, symbols, blanks)


@pytest.mark.parametrize("blanks", [False, True])
def test_windows_without_anything_before_an_item(blanks: bool) -> None:
    check(torch.randint(1, 5, (200, 4), generator=seeded(1)), 5, blanks)


def test_blanks_stand_where_another_sentinel_follows() -> None:
    windows = torch.tensor([[0, 0, 0, 0], [0, 0, 0, 3], [0, 3, 1, 4], [3, 1, 4, 2], [3, 0, 0, 1]])
    expected = [[5, 5, 5, 0], [5, 5, 0, 3], [0, 3, 1, 4], [3, 1, 4, 2], [3, 5, 0, 1]]
    assert with_blanks(windows, 5).tolist() == expected


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
