"""States, gates and activations against the formulas, and against stepping."""

import numpy as np
import pytest
import torch

from makemore_core.inspection.activity import Activity, activations, states
from makemore_core.models.base import LanguageModel, seeded
from makemore_core.models.gru import Gru, GruSettings
from makemore_core.models.lstm import Lstm, LstmSettings
from tests.core.learning import tiny_model
from tests.core.models import FAMILY_NAMES, ready_model, small_corpus

IDS = [3, 5, 1]


def sigmoid(x: np.ndarray) -> np.ndarray:
    result: np.ndarray = 1 / (1 + np.exp(-x))
    return result


def numbers(model: LanguageModel) -> dict[str, np.ndarray]:
    return {name: value.detach().double().numpy() for name, value in model.named_parameters()}


def by_name(found: Activity | None) -> dict[str, np.ndarray]:
    assert found is not None
    return {units.name: units.values for units in found.parts}


def test_of_a_gru() -> None:
    model = Gru(7, GruSettings(embedding=4, hidden=5, layers=1, dropout=0.0), seeded(1)).eval()
    p, h = numbers(model), np.zeros(5)
    expected: dict[str, list[np.ndarray]] = {"h1": [], "r1": [], "z1": [], "n1": []}
    for token in [0, *IDS]:
        x = p["cells.0.project.weight"] @ p["embedding.weight"][token] + p["cells.0.project.bias"]
        u = p["cells.0.recur.weight"] @ h + p["cells.0.recur.bias"]
        r, z = sigmoid(x[:5] + u[:5]), sigmoid(x[5:10] + u[5:10])
        n = np.tanh(x[10:] + r * u[10:])
        h = (1 - z) * n + z * h
        for name, values in zip(expected, (h, r, z, n), strict=True):
            expected[name].append(values)
    found = states(model, IDS)
    assert found is not None and found.ids == (0, *IDS)
    assert [units.what for units in found.parts] == ["carried", "gate", "gate", "tanh"]
    assert list(by_name(found)) == list(expected)
    for name, values in expected.items():
        np.testing.assert_allclose(by_name(found)[name], values, atol=1e-6)


def test_of_an_lstm() -> None:
    model = Lstm(7, LstmSettings(embedding=4, hidden=5, dropout=0.0), seeded(1)).eval()
    p, h, c = numbers(model), np.zeros(5), np.zeros(5)
    names = ("h1", "c1", "i1", "f1", "g1", "o1")
    expected: dict[str, list[np.ndarray]] = {name: [] for name in names}
    for token in [0, *IDS]:
        sums = p["lstm.weight_ih_l0"] @ p["embedding.weight"][token] + p["lstm.bias_ih_l0"]
        sums = sums + p["lstm.weight_hh_l0"] @ h + p["lstm.bias_hh_l0"]
        i, f, g, o = sigmoid(sums[:5]), sigmoid(sums[5:10]), np.tanh(sums[10:15]), sigmoid(sums[15:])
        c = f * c + i * g
        h = o * np.tanh(c)
        for name, values in zip(names, (h, c, i, f, g, o), strict=True):
            expected[name].append(values)
    found = by_name(states(model, IDS))
    assert list(found) == list(names)
    for name in names:
        np.testing.assert_allclose(found[name], expected[name], atol=1e-6)


@pytest.mark.parametrize("family", ["rnn", "gru", "lstm"])
@torch.no_grad()
def test_what_is_carried_is_the_state_of_stepping(family: str) -> None:
    model = tiny_model(family, 7).eval()
    found, state = by_name(states(model, IDS)), model.init_state(1)
    for time, token in enumerate([0, *IDS]):
        _, state = model.step(torch.tensor([token]), state)
        for name, tensor in zip(model.carried, state, strict=True):
            for layer in range(2):
                np.testing.assert_array_equal(found[f"{name}{layer + 1}"][time], tensor[0, layer])


@torch.no_grad()
def test_what_an_rnn_carries_is_what_it_gives_out_in_one_go() -> None:
    """The states of `forward` lead to its logits by the last layer alone."""
    model = tiny_model("rnn", 7).eval()
    last = torch.from_numpy(by_name(states(model, IDS))["h2"])
    torch.testing.assert_close(model.head(last), model(torch.tensor([[0, *IDS]]))[0])  # type: ignore[operator]


@torch.no_grad()
def test_of_an_mlp() -> None:
    model = tiny_model("mlp", 7).eval()
    p = numbers(model)
    padded = [0, 0, 0, 0, *IDS]
    found = activations(model, IDS)
    assert found is not None and [units.name for units in found.parts] == ["h1", "h2"]
    for time in range(4):
        x = np.concatenate([p["embedding"][token] for token in padded[time : time + 4]])
        for layer, units in enumerate(found.parts):
            x = np.tanh(x @ p[f"weights.{layer}"] + p[f"biases.{layer}"])
            np.testing.assert_allclose(units.values[time], x, atol=1e-6)


def test_of_a_wavenet_all_nodes_are_there() -> None:
    found = activations(tiny_model("wavenet", 7).eval(), IDS)
    assert found is not None
    assert [(units.name, units.nodes, units.values.shape) for units in found.parts] == [
        ("h1", 2, (4, 12)),
        ("h2", 1, (4, 6)),
    ]


def test_of_a_long_text_a_transformer_shows_the_last_window() -> None:
    model = tiny_model("transformer", 7).eval()
    found = activations(model, [3, 5, 1, 2, 6])
    assert found is not None and found.ids == (5, 1, 2, 6)
    assert [units.values.shape for units in found.parts] == [(4, 16)] * 2


SHOWS = {"mlp", "batchnorm", "wavenet", "bow", "transformer"}
CARRIES = {"rnn", "gru", "lstm"}
NEITHER = {"counts", "ngram", "kneser-ney", "bigram"}


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_every_family_shows_what_it_has(family: str) -> None:
    """A family that is new here is held by what it says of itself: what it is to show besides, its own test knows."""
    model = ready_model(family, small_corpus())
    carried, shown = states(model, IDS) is not None, activations(model, IDS) is not None
    assert carried == bool(model.carried)
    if family in SHOWS | CARRIES | NEITHER:
        assert (carried, shown) == (family in CARRIES, family in SHOWS)
