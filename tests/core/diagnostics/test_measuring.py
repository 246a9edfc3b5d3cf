"""A look during a step, against the same figures from numpy; against the lecture in `test_lecture_presets.py`."""

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from makemore_core.diagnostics.looks import Look
from makemore_core.diagnostics.measuring import BINS, Measuring, measure_layer
from makemore_core.models.mlp import Mlp, MlpSettings
from makemore_core.models.observing import counting, observe, observing
from makemore_core.models.registry import FAMILIES
from makemore_core.training.loop import Training
from tests.core.learning import padded, tiny_model
from tests.core.models import small_corpus
from tests.core.runs.making import small_config

IDS, TARGETS = padded([[1, 2, 2, 3], [3, 1], [2]], 6)
PLACES = (TARGETS.flatten() >= 0).nonzero()[:, 0]
V = 5
LEARNERS = [name for name, family in FAMILIES.items() if not family.counts]


def look_at(model: torch.nn.Module, rate: float = 0.1) -> Look:
    """One step of gradient descent under a look."""
    measuring = Measuring(model)
    with measuring.layers():
        logits = model.forward_at(IDS, PLACES)  # type: ignore[operator]
    F.cross_entropy(logits, TARGETS.flatten()[PLACES]).backward()
    measuring.gradients()
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.grad is not None:
                parameter -= rate * parameter.grad
    return measuring.finish(7)


def test_an_mlp_by_hand() -> None:
    """The forward and backward pass of one hidden layer, written out in numpy, in float64."""
    settings = MlpSettings(context=2, embedding=2, hidden=3, hidden_gain=8, dropout=0)
    model = Mlp(V, settings, torch.Generator().manual_seed(3))
    c, w1, b1 = (p.detach().double().numpy().copy() for p in (model.embedding, model.weights[0], model.biases[0]))
    w2, b2 = (p.detach().double().numpy().copy() for p in (model.weights[1], model.biases[1]))
    look = look_at(model, rate=0.1)

    items = [[1, 2, 2, 3], [3, 1], [2]]
    pairs = [(([0, 0, *item])[i : i + 2], ([*item, 0])[i]) for item in items for i in range(len(item) + 1)]
    windows, targets = np.array([window for window, _ in pairs]), np.array([target for _, target in pairs])
    x = c[windows].reshape(len(windows), -1)
    h = np.tanh(x @ w1 + b1)
    logits = h @ w2 + b2
    p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    p[np.arange(len(p)), targets] -= 1
    d_logits = p / len(p)
    d_w2 = h.T @ d_logits
    d_sum = (d_logits @ w2.T) * (1 - h**2)
    d_w1 = x.T @ d_sum

    (layer,) = look.layers
    flat = np.abs(h) > 0.97
    assert (look.step, layer.name, layer.kind, layer.units) == (7, "h1", "tanh", 3)
    assert 0 < flat.mean() < 1
    assert layer.mean == pytest.approx(h.mean(), abs=1e-5)
    assert layer.std == pytest.approx(h.std(ddof=1), rel=1e-5)
    assert layer.saturated == pytest.approx(flat.mean())
    assert layer.dead == flat.all(0).sum()
    counts, edges = np.histogram(h, BINS, (-1, 1))
    assert layer.histogram.counts == tuple(counts)
    assert layer.histogram.edges == pytest.approx(edges)

    found = {one.name: one for one in look.parameters}
    assert list(found) == ["embedding", "weights.0", "weights.1", "biases.0", "biases.1"]
    for name, data, gradient in (("weights.0", w1, d_w1), ("weights.1", w2, d_w2)):
        after = data - 0.1 * gradient
        assert found[name].shape == data.shape
        assert found[name].std == pytest.approx(after.std(ddof=1), rel=1e-5)
        assert found[name].grad_mean == pytest.approx(gradient.mean(), abs=1e-6)
        assert found[name].grad_std == pytest.approx(gradient.std(ddof=1), rel=1e-5)
        assert found[name].grad_ratio == pytest.approx(gradient.std(ddof=1) / after.std(ddof=1), rel=1e-5)
        lecture = np.log10((0.1 * gradient).std(ddof=1) / after.std(ddof=1))
        assert found[name].update_ratio == pytest.approx(lecture, abs=1e-3)
        reach = 4 * gradient.std(ddof=1)
        assert (found[name].histogram.low, found[name].histogram.high) == pytest.approx((-reach, reach), rel=1e-5)
        assert sum(found[name].histogram.counts) == data.size


@pytest.mark.parametrize("family", LEARNERS)
def test_every_family_shows_its_parameters(family: str) -> None:
    model = tiny_model(family, V)
    look = look_at(model)
    assert {one.name for one in look.parameters} == {name for name, _ in model.named_parameters()}


LAYERS = {
    "mlp": ["h1", "h2"],
    "batchnorm": ["h1", "h2"],
    "wavenet": ["h1", "h2"],
    "bow": ["h1"],
    "rnn": ["h1", "h2"],
    "gru": ["r1", "z1", "n1", "r2", "z2", "n2"],
    "lstm": ["i1", "f1", "g1", "o1", "c1", "i2", "f2", "g2", "o2", "c2"],
    "transformer": ["mlp1", "mlp2"],
}


@pytest.mark.parametrize("family", LAYERS)
def test_layers_count_each_predicted_character_once(family: str) -> None:
    """And no padding: ten characters are predicted, with 6 units each; a tree of four has two joints below the last,
    and the MLP of a block has four times 4.
    """
    look = look_at(tiny_model(family, V, **({"context": 6} if family == "transformer" else {})))
    assert [layer.name for layer in look.layers] == LAYERS[family]
    sizes = [sum(layer.histogram.counts) for layer in look.layers]
    units = 16 if family == "transformer" else 6
    assert [layer.units for layer in look.layers] == [units] * len(sizes)
    assert sizes == ([120, 60] if family == "wavenet" else [10 * units] * len(sizes))


def test_a_window_that_slides_shows_its_layers_once() -> None:
    look = look_at(tiny_model("transformer", V, context=4))
    assert [layer.name for layer in look.layers] == ["mlp1", "mlp2"]


def test_gru_gates_are_those_of_its_steps() -> None:
    """Gates worked out character by character from the cell's weights."""
    model = tiny_model("gru", V, layers=1)
    cell, seen = model.cells[0], []  # type: ignore[union-attr]
    for item in ([1, 2, 2, 3], [3, 1], [2]):
        hidden = model.start[0]
        for i in [0, *item]:
            x = cell.project(model.embedding.weight[i])  # type: ignore[union-attr]
            product = cell.recur(hidden)
            r, z = torch.sigmoid(x[:12] + product[:12]).chunk(2)
            n = torch.tanh(x[12:] + r * product[12:])
            hidden = (1 - z) * n + z * hidden
            seen.append(torch.stack([r, z, n]))
    expected = torch.stack(seen).detach()  # (characters, 3, H)
    look = look_at(model)
    for number, layer in enumerate(look.layers):
        assert layer.kind == ("tanh" if number == 2 else "gate")
        assert layer.mean == pytest.approx(expected[:, number].mean().item(), abs=1e-5)
        assert layer.std == pytest.approx(expected[:, number].std().item(), rel=1e-4)


def test_lstm_gates_are_those_of_torch() -> None:
    """o * tanh(c) of the second layer is what torch's LSTM gives out: known gates lead to its states."""
    model = tiny_model("lstm", V)
    with torch.no_grad():
        for layer in range(2):
            model.lstm.get_parameter(f"bias_ih_l{layer}")[18:] += 50  # type: ignore[operator, union-attr]
        states, _ = model.lstm(model.embedding(IDS), (torch.zeros(2, 3, 6), torch.zeros(2, 3, 6)))  # type: ignore[operator]
    expected = states.flatten(0, 1)[PLACES]
    layers = {layer.name: layer for layer in look_at(model).layers}
    for name in ("o1", "o2"):
        assert (layers[name].kind, layers[name].mean, layers[name].saturated) == ("gate", 1.0, 1.0)
    assert (layers["c2"].kind, layers["f2"].kind) == ("tanh", "gate")
    assert layers["c2"].mean == pytest.approx(expected.mean().item(), abs=1e-6)
    assert layers["c2"].std == pytest.approx(expected.std().item(), rel=1e-4)
    assert layers["f1"].mean > 0.6 > layers["i1"].mean  # the forget gates start near open


@pytest.mark.parametrize(
    ("kind", "columns", "saturated", "dead"),
    [
        ("tanh", [[0.98, -0.98, 0.98], [0.98, 0.9, 0.0], [0.5, 0.5, 0.5]], 4 / 9, 1),
        ("gate", [[0.01, 0.99, 0.5], [0.98, 0.99, 1.0], [0.05, 0.95, 0.9]], 5 / 9, 1),
        ("relu", [[0.0, 0.0, 0.0], [0.0, 0.0, 2.0], [1.0, 1.0, 1.0]], 5 / 9, 1),
        ("gelu", [[-0.1, -0.01, 0.0], [-0.1, 0.0, 2.0], [1.0, 1.0, 1.0]], 5 / 9, 1),
    ],
)
def test_flat_and_dead(kind: str, columns: list[list[float]], saturated: float, dead: int) -> None:
    """One list for each unit: its outputs for three characters."""
    layer = measure_layer("x", kind, torch.tensor(columns).T)  # type: ignore[arg-type]
    assert (layer.saturated, layer.dead, layer.units) == (pytest.approx(saturated), dead, 3)


@pytest.mark.parametrize("value", [math.nan, math.inf, 0.0])
def test_odd_numbers_do_no_harm(value: float) -> None:
    for kind in ("tanh", "gelu"):
        layer = measure_layer("x", kind, torch.full((4, 3), value))  # type: ignore[arg-type]
        assert len(layer.histogram.counts) == BINS
    parameter = torch.nn.Parameter(torch.ones(3, 2))
    parameter.grad = torch.full((3, 2), value)
    module = torch.nn.Module()
    module.weight = parameter
    measuring = Measuring(module)
    measuring.gradients()
    (found,) = measuring.finish(0).parameters
    assert found.update_ratio is None


def test_nobody_looks_unless_asked() -> None:
    x = torch.rand(2, 3)
    assert observe("h", "tanh", x) is x
    measuring = Measuring(torch.nn.Module())
    with measuring.layers(), counting(torch.tensor([1]), 2):
        assert observe("h", "tanh", x) is x
    observe("h", "tanh", x)
    with observing(None):
        observe("h", "tanh", x)
    (layer,) = measuring.finish(0).layers
    assert layer.mean == pytest.approx(x[1].mean().item())


@pytest.mark.parametrize("family", LEARNERS)
def test_training_is_the_same_to_the_bit(family: str) -> None:
    """Looking at every step, or never: with dropout, with clipping, with running averages."""
    corpus = small_corpus()
    settings = tiny_model(family, V).settings.model_copy(update={"dropout": 0.3}).model_dump()
    fields = type(tiny_model(family, V).settings).model_fields
    model = {name: value for name, value in settings.items() if name in fields}
    runs = []
    for interval in (0, 1):
        config = small_config(
            corpus, type=family, model=model, batch_size=8, grad_clip=0.1, diagnostics_interval=interval
        )
        training = Training(config, corpus, config.split.sides(corpus))
        events = [training.update() for _ in range(5)]
        assert [event.look is not None for event in events] == [bool(interval)] * 5  # type: ignore[union-attr]
        weights = {name: tensor.numpy().tobytes() for name, tensor in training.model.state_dict().items()}
        runs.append(([event.loss for event in events], weights, torch.get_rng_state().tolist()))  # type: ignore[union-attr]
    assert runs[0] == runs[1]
