"""The gated recurrent unit against torch.nn.GRU, and against makemore.py's formula."""

import numpy as np
import pytest
import torch

from makemore_core.models.base import seeded
from makemore_core.models.gru import Gru, GruSettings


@pytest.mark.parametrize("layers", [1, 2])
def test_with_the_reset_after_the_product_it_is_torchs(layers: int) -> None:
    model = Gru(7, GruSettings(embedding=4, hidden=5, dropout=0.0, layers=layers, reset="after"), seeded(1))
    torch.nn.init.normal_(model.start, generator=seeded(2))
    theirs = torch.nn.GRU(4, 5, num_layers=layers, batch_first=True)
    for number, cell in enumerate(model.cells):
        theirs.get_parameter(f"weight_ih_l{number}").data = cell.project.weight.data
        theirs.get_parameter(f"weight_hh_l{number}").data = cell.recur.weight.data
        theirs.get_parameter(f"bias_ih_l{number}").data = cell.project.bias.data
        theirs.get_parameter(f"bias_hh_l{number}").data = cell.recur.bias.data
    ids = torch.randint(7, (3, 6), generator=seeded(3))
    output, _ = theirs(model.embedding(ids), model.start[:, None].expand(-1, 3, -1).contiguous())
    torch.testing.assert_close(model(ids), model.head(output))


def test_with_the_reset_before_the_product_it_is_the_papers() -> None:
    model = Gru(7, GruSettings(embedding=4, hidden=5, layers=1, dropout=0.0, reset="before"), seeded(1))
    (cell,) = model.cells
    w, u, b = (p.detach().double().numpy() for p in (cell.project.weight, cell.recur.weight, cell.project.bias))
    vectors = model.embedding.weight.detach().double().numpy()
    h = np.zeros(5)
    ids = [0, 3, 5, 1]
    states = []
    for i in ids:
        x = vectors[i]
        r, z = (1 / (1 + np.exp(-(w[s] @ x + u[s] @ h + b[s]))) for s in (slice(0, 5), slice(5, 10)))
        new = np.tanh(w[10:] @ x + u[10:] @ (r * h) + b[10:])
        h = (1 - z) * new + z * h
        states.append(h)
    expected = model.head(torch.tensor(np.array(states), dtype=torch.float32))
    torch.testing.assert_close(model(torch.tensor([ids]))[0], expected)


def test_the_two_resets_are_two_models() -> None:
    ids = torch.tensor([[0, 3, 5, 1]])
    one, other = (
        Gru(7, GruSettings(embedding=4, hidden=5, layers=1, dropout=0.0, reset=reset), seeded(1))
        for reset in ("before", "after")
    )
    for name, parameter in one.named_parameters():
        other.get_parameter(name).data = parameter.data
    torch.nn.init.zeros_(other.get_parameter("cells.0.recur.bias"))
    torch.testing.assert_close(one(ids)[:, 0], other(ids)[:, 0])  # from a state of zeros nothing is reset
    assert not torch.allclose(one(ids)[:, 1], other(ids)[:, 1])


def test_the_sizes_of_makemore_have_its_parameters() -> None:
    assert GruSettings(embedding=64, hidden=64, layers=1, reset="before").parameter_count(27) == 28_315


@pytest.mark.parametrize("reset", ["before", "after"])
def test_a_stack_of_layers_has_the_parameters_that_it_says(reset: str) -> None:
    settings = GruSettings(embedding=4, hidden=5, dropout=0.0, layers=3, reset=reset)  # type: ignore[arg-type]
    model = Gru(7, settings, seeded(1))
    assert settings.parameter_count(7) == sum(parameter.numel() for parameter in model.parameters())
