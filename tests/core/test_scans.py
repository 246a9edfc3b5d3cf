"""Recurrences with gradients written out, against the steps of the cells and the gradients that torch finds."""

import pytest
import torch
from torch import Tensor

from makemore_core.models.base import seeded
from makemore_core.models.by_time import by_time
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
def test_places_by_time_give_the_logits_of_forward(family: str, settings: dict[str, str]) -> None:
    ids, _ = padded([[1], [2, 3, 4], [], [3, 1]], 6)
    asked = torch.tensor([0, 1, 6, 9, 12, 18, 20])  # b * 6 + t, of the second and last items not all
    order, sizes, rows = by_time(asked, 4, 6)
    assert order.tolist() == [6, 18, 0, 12, 7, 19, 1, 8, 20, 9]  # the longest item first, then as they stand
    assert sizes == [4, 3, 2, 1]
    assert order[rows].tolist() == asked.tolist()
    model = tiny_model(family, 5, **settings).double()
    with torch.no_grad():
        expected = model(ids).flatten(0, 1)
        torch.testing.assert_close(model.forward_by_time(ids, order, sizes), expected[order])  # type: ignore[operator]
        torch.testing.assert_close(model.forward_at(ids, asked), expected[asked])


@pytest.mark.parametrize(("family", "settings"), CELLS)
def test_a_gradient_of_the_gradient_is_refused_rather_than_wrong(family: str, settings: dict[str, str]) -> None:
    cell = cell_of(family, settings)
    projected = torch.randn(sum(SIZES), len(cell.project.weight), dtype=torch.float64).requires_grad_()
    states = cell.run(projected, torch.zeros(SIZES[0], 3, dtype=torch.float64), SIZES)
    (slope,) = torch.autograd.grad(states.square().sum(), projected, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        slope.sum().backward()
