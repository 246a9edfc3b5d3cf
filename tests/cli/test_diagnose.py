"""diagnose: the table and the findings of a run's latest look, and the options that it goes by."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

from makemore_core.errors import RunError
from makemore_core.runs.checkpoints import list_snapshots
from makemore_core.runs.folder import RunFolder, find_run
from makemore_core.runs.store import Store
from makemore_core.training import process
from makemore_core.training.stopping import StopRequest
from makemore_tui.cli import diagnose, evaluating, training
from tests.cli.calling import Commands
from tests.core.runs.making import make_run

WIDE_MLP = {"type": "mlp", "model": {"hidden": 20, "hidden_gain": 30.0, "output_gain": 30.0}, "learning_rate": 1.0}


commands = Commands(diagnose, evaluating, training)
invoke = commands.run


def trained(home: Path, **settings: Any) -> RunFolder:
    folder = make_run(home, **{"max_steps": 5, "optimizer": "sgd", "weight_decay": 0.0, **settings})
    with Store(folder.database) as store:
        store.claim()
        assert process.run(folder, store, StopRequest()) == 0
    return folder


def test_a_network_that_is_set_badly(runs_home: Path) -> None:
    folder = trained(runs_home, **WIDE_MLP, diagnostics_interval=4)
    text = invoke("diagnose", folder.name, "--runs", runs_home)
    assert text.startswith(f"{folder.name} at step 4\n")
    assert "of h1 is saturated: initial weights are too large" in text
    assert "a uniform guess has" in text and "the initial output weights are too large" in text
    assert text.count("the first loss was") == 1
    report = json.loads(invoke("diagnose", folder.name, "--runs", runs_home, "--json"))
    assert (report["run"], report["step"]) == (folder.name, 4)
    assert report["uniform_loss"] == pytest.approx(math.log(len(folder.read_config().data.characters) + 1))
    assert report["first_loss"] > 2 * report["uniform_loss"]
    (layer,) = report["layers"]
    assert (layer["name"], layer["kind"], layer["units"], len(layer["histogram"]["counts"])) == ("h1", "tanh", 20, 40)
    assert layer["saturated"] > 0.5
    names = [parameter["name"] for parameter in report["parameters"]]
    assert names == ["embedding", "weights.0", "weights.1", "biases.0", "biases.1"]
    weights = [finding["weight"] for finding in report["findings"]]
    assert weights == sorted(weights, reverse=True) and weights


def test_a_network_without_layers_that_is_set_well(runs_home: Path) -> None:
    folder = trained(runs_home, batch_by="all", learning_rate=1e-3)
    text = invoke("diagnose", folder.name, "--runs", runs_home)
    assert "weight" in text and "layer" not in text


def test_runs_without_a_look(runs_home: Path) -> None:
    off = trained(runs_home, diagnostics_interval=0)
    counts = trained(runs_home, type="counts", max_steps=1)
    with pytest.raises(RunError, match="its diagnostics are switched off"):
        invoke("diagnose", off.name, "--runs", runs_home)
    with pytest.raises(RunError, match="it counts"):
        invoke("diagnose", counts.name, "--runs", runs_home)


def test_the_options_reach_the_run_and_its_steps_can_be_opened(runs_home: Path, tmp_path: Path) -> None:
    names = tmp_path / "few.txt"
    names.write_text("emma\nolivia\nava\nmia\nisla\nnoah\nliam\nella\nluna\nleo\n")
    options = ("--max-steps", 12, "--diagnostics-interval", 3, "--snapshots", 5, "--name", "one", "--runs", runs_home)
    invoke("train", names, *options)
    folder = find_run("one", runs_home)
    assert (folder.read_config().diagnostics_interval, folder.read_config().snapshots) == (3, 5)
    assert [info.step for info in list_snapshots(folder)] == [0, 1, 10, 12]
    losses = [
        json.loads(invoke("eval", "one", "--checkpoint", f"step-{step}", "--runs", runs_home, "--json"))["train_nll"]
        for step in (0, 12)
    ]
    assert losses[1] < losses[0]
    assert json.loads(invoke("diagnose", "one", "--runs", runs_home, "--json"))["step"] == 9
