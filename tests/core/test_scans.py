"""Recurrences with gradients written out, against the steps of the cells and the gradients that torch finds."""

import pytest
import torch
from torch import Tensor

from makemore_core.models import recurrent
from makemore_core.models.base import seeded
from makemore_core.models.recurrent import Cell
from tests.core.learning import padded, tiny_model

SIZES = [4, 4, 2, 1, 1]
"""Of five times: two items end after the second, one after the third, one goes on to the last."""

CELLS = [("rnn", {}), ("gru", {"reset": "after"}), ("gru", {"reset": "before"})]


def cell_of(family: str, settings: dict[str, str]) -> Cell:
    model = tiny_model(family, 5, layers=1, embedding=3, hidden=3, **settings).double()
    return model.cells[0]  # type: ignore[operator,index,return-value]


def by_steps(cell: Cell, projected: Tensor, hidden: Tensor) -> Tensor:
    states = []
    for x in projected.split(SIZES):
        hidden = cell(x, hidden[: len(x)])
        states.append(hidden)
    return torch.cat(states)


@pytest.mark.parametrize(("family", "settings"), CELLS)
def test_a_run_is_its_steps_and_so_are_its_gradients(family: str, settings: dict[str, str]) -> None:
    cell = cell_of(family, settings)
    random = seeded(1)
    projected = torch.randn(
        sum(SIZES), len(cell.project.weight), dtype=torch.float64, generator=random
    ).requires_grad_()
    start = torch.randn(SIZES[0], 3, dtype=torch.float64, generator=random).requires_grad_()
    weights = (projected, start, *cell.recur.parameters())
    states, expected = cell.run(projected, start, SIZES), by_steps(cell, projected, start)
    torch.testing.assert_close(states, expected)
    above = torch.randn(states.shape, dtype=torch.float64, generator=random)
    for one, other in zip(
        torch.autograd.grad(states, weights, above), torch.autograd.grad(expected, weights, above), strict=True
    ):
        torch.testing.assert_close(one, other)


@pytest.mark.parametrize(("family", "settings"), CELLS)
def test_items_in_order_of_length_give_the_same_logits(
    family: str, settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ids, _ = padded([[1], [2, 3, 4], [], [3, 1]], 6)
    places = torch.tensor([0, 1, 6, 7, 8, 9, 12, 18, 20])
    model = tiny_model(family, 5, **settings).double()
    with torch.no_grad():
        as_they_are = model.forward_at(ids, places)
        monkeypatch.setattr(recurrent, "_WORTH_SORTING", 0)
        torch.testing.assert_close(model.forward_at(ids, places), as_they_are)


@pytest.mark.parametrize(("family", "settings"), CELLS)
def test_a_gradient_of_the_gradient_is_refused_rather_than_wrong(family: str, settings: dict[str, str]) -> None:
    cell = cell_of(family, settings)
    projected = torch.randn(sum(SIZES), len(cell.project.weight), dtype=torch.float64).requires_grad_()
    states = cell.run(projected, torch.zeros(SIZES[0], 3, dtype=torch.float64), SIZES)
    (slope,) = torch.autograd.grad(states.square().sum(), projected, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        slope.sum().backward()
