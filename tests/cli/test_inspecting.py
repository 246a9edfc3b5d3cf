"""inspect: each view as a table and as JSON."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from makemore_core.errors import SettingsError
from makemore_core.sources import counts_source, run_source
from makemore_tui.cli import diagnose, inspecting
from tests.cli.calling import Commands
from tests.tui.inside_views import CORPUS, make_network

commands = Commands(inspecting, diagnose)


@pytest.fixture
def names(tmp_path: Path) -> Path:
    path = tmp_path / "six.txt"
    path.write_text("".join(f"{item}\n" for item in CORPUS.items()))
    return path


def test_what_mattered_to_counts(names: Path) -> None:
    report = commands.json("inspect", f"counts:{names}", "--prompt", "mi", "--next", "a")
    assert [one["character"] for one in report["characters"]] == [".", "m", "i"]
    model = counts_source(CORPUS).model
    (i, a) = CORPUS.vocabulary.encode("ia")
    with torch.no_grad():
        rows = model(torch.arange(CORPUS.vocabulary.size)[:, None])[:, 0].exp().numpy()
    weights = np.bincount(CORPUS.tokens, minlength=CORPUS.vocabulary.size).astype(float)
    weights[[0, i]] = 0
    without = weights @ rows[:, a] / weights.sum()
    assert report["probability"] == pytest.approx(rows[i, a])
    assert [one["effect"] for one in report["characters"]] == pytest.approx([0, 0, math.log(rows[i, a] / without)])
    text = commands.run("inspect", f"counts:{names}", "--prompt", "mi")
    assert "character" in text and "next a: " in text


def test_what_is_certain_has_no_entropy(names: Path) -> None:
    report = commands.json("inspect", f"counts:{names}", "--order", "6", "--smoothing", "0", "--prompt", "isabell")
    assert report["probability"] == 1
    assert str(report["entropy"]) == "0.0"


def test_the_parts_of_a_network(runs_home: Path) -> None:
    make_network(runs_home, "transformer")
    make_network(runs_home, "gru", layers=1)
    report = commands.json("inspect", "transformer-1", "--prompt", "emma", "--view", "attention")
    assert np.asarray(report["attention"]).shape == (2, 2, 5, 5)
    assert np.asarray(report["attention"]).sum(-1) == pytest.approx(1)
    report = commands.json("inspect", "gru-1", "--prompt", "emma", "--view", "states")
    assert [part["name"] for part in report["parts"]] == ["h1", "r1", "z1", "n1"]
    assert np.asarray(report["parts"][0]["values"]).shape == (5, 24)
    report = commands.json("inspect", "gru-1", "--view", "characters", "--first-two")
    vectors = run_source("gru-1", runs_home).model.character_vectors()
    assert vectors is not None
    points = [(one["x"], one["y"]) for one in report["characters"]]
    np.testing.assert_allclose(points, vectors[:, :2], rtol=1e-6)
    for name, view in (("transformer-1", "attention"), ("gru-1", "states"), ("transformer-1", "activations")):
        assert "e" in commands.run("inspect", name, "--prompt", "emma", "--view", view)
    assert "variance" in commands.run("inspect", "gru-1", "--view", "characters")


def test_parameters_and_gradients(runs_home: Path) -> None:
    make_network(runs_home, "mlp")
    report = commands.json("inspect", "mlp-1", "--view", "parameters")
    model = run_source("mlp-1", runs_home).model
    assert [one["name"] for one in report["parameters"]] == [name for name, _ in model.named_parameters()]
    assert "values" not in report["parameters"][0]
    report = commands.json("inspect", "mlp-1", "--view", "parameters", "--parameter", "embedding", "--gradients")
    (one,) = report["parameters"]
    assert np.asarray(one["values"]).shape == (12, 8) and report["items"] == 64 and report["loss"] > 0
    assert "loss" in commands.run("inspect", "mlp-1", "--view", "parameters", "--gradients")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--view", "attention"), "has no attention"),
        (("--view", "parameters"), "has no parameters"),
        (("--next", "ab"), "one character"),
        (("--prompt", "Z"), "'Z'"),
    ],
)
def test_what_cannot_be_had_is_said(names: Path, options: tuple[str, ...], words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        commands.run("inspect", f"counts:{names}", *options)


def test_a_parameter_that_is_not_there_is_named(runs_home: Path) -> None:
    make_network(runs_home, "bigram")
    with pytest.raises(SettingsError, match="no parameter 'w': choose one of weight"):
        commands.run("inspect", "bigram-1", "--view", "parameters", "--parameter", "w")
