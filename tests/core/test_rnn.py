"""The plain recurrent network against torch.nn.RNN."""

import pytest
import torch

from makemore_core.models.base import seeded
from makemore_core.models.rnn import Rnn, RnnSettings


@pytest.mark.parametrize("layers", [1, 3])
def test_hidden_states_are_those_of_torch(layers: int) -> None:
    model = Rnn(7, RnnSettings(embedding=4, hidden=5, dropout=0.0, layers=layers), seeded(1))
    torch.nn.init.normal_(model.start, generator=seeded(2))
    theirs = torch.nn.RNN(4, 5, num_layers=layers, batch_first=True)
    for number, cell in enumerate(model.cells):
        theirs.get_parameter(f"weight_ih_l{number}").data = cell.project.weight.data
        theirs.get_parameter(f"weight_hh_l{number}").data = cell.recur.weight.data
        theirs.get_parameter(f"bias_ih_l{number}").data = cell.project.bias.data
        theirs.get_parameter(f"bias_hh_l{number}").data.zero_()
    ids = torch.randint(7, (3, 6), generator=seeded(3))
    output, _ = theirs(model.embedding(ids), model.start[:, None].expand(-1, 3, -1).contiguous())
    torch.testing.assert_close(model(ids), model.head(output))


def test_items_start_from_the_learned_state() -> None:
    model = Rnn(7, RnnSettings(embedding=4, hidden=5, dropout=0.0, layers=2), seeded(1))
    torch.nn.init.normal_(model.start, generator=seeded(2))
    (state,) = model.init_state(3)
    assert state.shape == (3, 2, 5)
    assert all(torch.equal(row, model.start) for row in state)


def test_the_sizes_of_makemore_have_its_parameters() -> None:
    assert RnnSettings(embedding=64, hidden=64).parameter_count(27) == 11_803


def test_a_stack_of_layers_has_the_parameters_that_it_says() -> None:
    settings = RnnSettings(embedding=4, hidden=5, dropout=0.0, layers=3)
    model = Rnn(7, settings, seeded(1))
    assert settings.parameter_count(7) == sum(parameter.numel() for parameter in model.parameters())


def test_input_and_state_are_drawn_as_one_layer_on_both() -> None:
    model = Rnn(27, RnnSettings(embedding=64, hidden=192), seeded(1))
    (cell,) = model.cells
    for weight in (cell.project.weight, cell.recur.weight):
        assert weight.abs().max().item() == pytest.approx(1 / 16, rel=0.01)  # 1 / sqrt(64 + 192)


def test_dropout_acts_in_training_alone() -> None:
    model = Rnn(7, RnnSettings(dropout=0.5), seeded(1))
    ids = torch.tensor([[0, 1, 2]])
    assert torch.equal(model.eval()(ids), model(ids))
    assert not torch.equal(model.train()(ids), model(ids))
