"""The MLP against its formula in numpy and against the lecture."""

from pathlib import Path

import numpy as np
import pytest
import torch

from makemore_core.models.base import seeded
from makemore_core.models.mlp import Mlp, MlpSettings
from tests.core.learning import LECTURE_SEED, lecture_losses

LECTURE = MlpSettings(
    dropout=0.0,
    context=3,
    embedding=10,
    hidden=200,
    layers=1,
    hidden_gain=30**0.5,
    output_gain=200**0.5,
    bias_std=1.0,
    output_bias_std=1.0,
)


def test_logits_are_those_of_the_formula() -> None:
    model = Mlp(
        5,
        MlpSettings(context=2, embedding=3, hidden=4, layers=2, dropout=0.0, bias_std=1.0, output_bias_std=1.0),
        seeded(1),
    )
    w = {name: value.detach().double().numpy() for name, value in model.named_parameters()}
    ids = [0, 3, 1, 4]
    for t in range(4):
        window = [0, *ids][t : t + 2]
        x = np.concatenate([w["embedding"][i] for i in window])
        for n in range(2):
            x = np.tanh(x @ w[f"weights.{n}"] + w[f"biases.{n}"])
        logits = x @ w["weights.2"] + w["biases.2"]
        assert model(torch.tensor([ids]))[0, t].tolist() == pytest.approx(logits.tolist(), abs=1e-5)


def test_weights_are_drawn_in_the_order_of_the_lecture() -> None:
    model, generator = Mlp(27, LECTURE, seeded(LECTURE_SEED)), seeded(LECTURE_SEED)
    for parameter, shape in zip(
        [model.embedding, model.weights[0], model.biases[0], model.weights[1], model.biases[1]],
        [(27, 10), (30, 200), (200,), (200, 27), (27,)],
        strict=True,
    ):
        assert torch.equal(parameter.data, torch.randn(shape, generator=generator))
    assert model.parameter_count == 11_897


def test_the_first_loss_before_the_initialisation_is_mended(names_file: Path) -> None:
    generator = seeded(LECTURE_SEED)
    assert lecture_losses(Mlp(27, LECTURE, generator), names_file, 1, generator)[0] == pytest.approx(27.8817, abs=5e-5)


def test_a_blank_stands_before_the_sentinel_and_nowhere_else() -> None:
    settings = MlpSettings(context=4, embedding=2, hidden=3, dropout=0.0, blank_token=True)
    blank, plain = Mlp(5, settings, seeded(1)), Mlp(6, settings.model_copy(update={"blank_token": False}), seeded(1))
    assert blank.embedding.shape == (6, 2)
    # A model that knows the blank as one more character, given it by hand.
    windows = torch.tensor([[5, 5, 5, 0], [5, 5, 0, 3], [0, 3, 1, 4], [3, 1, 4, 2]])
    plain.weights[1].data[:, :5] = blank.weights[1].data
    with torch.no_grad():
        torch.testing.assert_close(
            blank(torch.tensor([[0, 3, 1, 4, 2]]))[0, [0, 1, 3, 4]], plain.forward_windows(windows)[:, :5]
        )


def test_the_sizes_of_makemore_have_its_parameters() -> None:
    settings = MlpSettings(context=16, embedding=64, hidden=64, blank_token=True)
    assert settings.parameter_count(27) == 69_147


def test_dropout_acts_in_training_alone() -> None:
    model = Mlp(5, MlpSettings(dropout=0.5), seeded(1))
    ids = torch.tensor([[0, 1, 2]])
    assert torch.equal(model.eval()(ids), model(ids))
    assert not torch.equal(model.train()(ids), model(ids))


def test_torchs_own_first_weights_are_even_within_one_over_the_root_of_the_inputs() -> None:
    model = Mlp(27, MlpSettings(context=16, embedding=64, hidden=64, blank_token=True, init="torch"), seeded(1))
    for weight, bias, inputs in zip(model.weights, model.biases, (1024, 64), strict=True):
        bound = inputs**-0.5
        assert 0.99 * bound < weight.max().item() <= bound and -bound <= weight.min().item() < -0.99 * bound
        # An even distribution between -b and b has the deviation b / sqrt(3).
        assert weight.std().item() == pytest.approx(bound / 3**0.5, rel=0.03)
        assert 0.8 * bound < bias.abs().max().item() <= bound
