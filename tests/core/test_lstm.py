"""Long short-term memory against its formula, one character at a time in numpy."""

import numpy as np
import pytest
import torch

from makemore_core.models.base import seeded
from makemore_core.models.lstm import Lstm, LstmSettings


def sigmoid(x: np.ndarray) -> np.ndarray:
    result: np.ndarray = 1 / (1 + np.exp(-x))
    return result


def test_logits_are_those_of_the_formula() -> None:
    model = Lstm(7, LstmSettings(embedding=4, hidden=3, dropout=0.0, layers=2), seeded(1))
    torch.nn.init.normal_(model.start_hidden, generator=seeded(2))
    torch.nn.init.normal_(model.start_cell, generator=seeded(3))
    p = {name: value.detach().double().numpy() for name, value in model.named_parameters()}
    h, c = p["start_hidden"].copy(), p["start_cell"].copy()
    ids = [0, 3, 5, 1]
    for t, character in enumerate(ids):
        x = p["embedding.weight"][character]
        for n in range(2):
            gates = p[f"lstm.weight_ih_l{n}"] @ x + p[f"lstm.weight_hh_l{n}"] @ h[n]
            i, f, g, o = np.split(gates + p[f"lstm.bias_ih_l{n}"] + p[f"lstm.bias_hh_l{n}"], 4)
            c[n] = sigmoid(f) * c[n] + sigmoid(i) * np.tanh(g)
            x = h[n] = sigmoid(o) * np.tanh(c[n])
        logits = p["head.weight"] @ x + p["head.bias"]
        assert model(torch.tensor([ids]))[0, t].tolist() == pytest.approx(logits.tolist(), abs=1e-5)


def test_the_forget_gates_start_open_as_far_as_asked() -> None:
    closed, opened = (Lstm(7, LstmSettings(hidden=3, layers=2, forget_bias=bias), seeded(1)) for bias in (0.0, 2.0))
    for layer in range(2):
        difference = opened.lstm.get_parameter(f"bias_ih_l{layer}") - closed.lstm.get_parameter(f"bias_ih_l{layer}")
        assert difference.tolist() == pytest.approx([0] * 3 + [2] * 3 + [0] * 6)


def test_weights_come_from_the_generator_alone() -> None:
    torch.manual_seed(1)
    one = Lstm(7, LstmSettings(hidden=3), seeded(5))
    before = torch.get_rng_state()
    other = Lstm(7, LstmSettings(hidden=3), seeded(5))
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))
    assert torch.equal(torch.get_rng_state(), before)


def test_a_stack_of_layers_has_the_parameters_that_it_says() -> None:
    settings = LstmSettings(embedding=4, hidden=5, layers=3)
    model = Lstm(7, settings, seeded(1))
    assert settings.parameter_count(7) == sum(parameter.numel() for parameter in model.parameters())
