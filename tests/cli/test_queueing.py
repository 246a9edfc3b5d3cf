"""sweep, queue, train --queue, runs --sweep and --sort: on real processes, with nothing timed."""

import inspect
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from makemore_core.errors import RunError, SettingsError
from makemore_core.queue.holding import is_held
from makemore_core.queue.settings import read_parallel, write_parallel
from makemore_core.queue.waiting import enqueue, read_queue
from makemore_core.runs.commands import send
from makemore_core.runs.folder import find_run, list_runs
from makemore_core.runs.status import RunState
from makemore_tui.cli import listing, queueing, steering, sweeping, training
from makemore_tui.cli.sweep_options import LEFT_OUT, key_of, signature
from tests.cli.calling import Commands
from tests.core.runs.making import PATIENCE, make_run, wait_for


@pytest.fixture(autouse=True)
def nothing_is_left(runs_home: Path) -> Iterator[None]:
    """A test that fails half way must leave no process behind: a queue that is held ends by itself."""
    yield
    write_parallel(runs_home, 0)
    for summary in list_runs(runs_home):
        if summary.state.is_live:
            send(find_run(summary.name, runs_home), "stop")
            wait_for(find_run(summary.name, runs_home), lambda view: not view.state.is_live)
    until(lambda: not is_held(runs_home))


@pytest.fixture
def held(runs_home: Path) -> None:
    """A queue that starts nothing."""
    write_parallel(runs_home, 0)


def until(is_done: Any) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_done():
        assert time.monotonic() < deadline
        time.sleep(0.02)


invoke = Commands(training, listing, steering, sweeping, queueing).invoke


def waiting(home: Path) -> list[str]:
    return [run.name for run in read_queue(home).waiting]


def test_every_option_of_train_is_one_of_sweep() -> None:
    of_train = inspect.signature(training.train).parameters.keys() - set(LEFT_OUT)
    assert of_train <= signature().parameters.keys()


def test_a_grid_is_trained_and_told_by_the_best_dev(names: Path, runs_home: Path) -> None:
    result = invoke(
        *("sweep", names, "--type", "bigram", "--batch-by", "all", "--optimizer", "sgd", "--max-steps", 3),
        *("--learning-rate", "0.001,1", "--seed", "1:2", "--parallel", 2, "--name", "rates", "--json"),
    )
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert (told["sweep"], told["parallel"]) == ("rates", 2)
    assert [run["state"] for run in told["runs"]] == ["finished"] * 4
    best = [run["best_dev_nll"] for run in told["runs"]]
    assert best == sorted(best)
    assert {tuple(run["sweep"]["settings"].values()) for run in told["runs"]} == {
        (rate, seed) for rate in (0.001, 1.0) for seed in (1, 2)
    }
    again = invoke(
        *("sweep", names, "--type", "bigram", "--batch-by", "all", "--optimizer", "sgd", "--max-steps", 3),
        *("--learning-rate", "0.001,1", "--seed", "1:2", "--name", "rates", "--detach", "--json"),
    )
    assert (json.loads(again.stdout)["runs"], json.loads(again.stdout)["there"]) == ([], 4)
    by_seed = invoke("runs", "--sweep", "rates", "--sort", "seed", "--reverse").stdout.splitlines()
    assert by_seed[0].split() == "run learning rate seed state steps train dev best dev seconds".split()  # noqa: SIM905
    assert [line.split()[2] for line in by_seed[2:6]] == ["2", "2", "1", "1"]


@pytest.mark.usefixtures("held")
def test_a_dry_run_makes_nothing(names: Path, runs_home: Path) -> None:
    asked = ("sweep", names, "--type", "mlp", "--n-embd", "2,4", "--set", "layers=1:2", "--dry-run")
    assert "4 runs; nothing was made" in invoke(*asked).stdout
    assert json.loads(invoke(*asked, "--json").stdout)["runs"][1] == {
        "settings": {"model.embedding": 2, "model.layers": "2"}
    }
    assert list_runs(runs_home) == []


@pytest.mark.usefixtures("held")
@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--type", "mlp", "--n-embd", "2,0"), r"run 2 of 2 \(embedding 0\): mlp: embedding must be greater"),
        (("--type", "mlp", "--n-embd", "2,x"), r"--n-embd: 'x' is not a whole number"),
        (("--type", "mlp,bigram", "--n-embd", "2"), r"run 2 of 2 \(type bigram\): bigram has no --n-embd"),
        (
            ("--type", "gru", "--batch-by", "items,positions", "--dry-run"),
            r"run 2 of 2 \(batch by positions\): batches must be of items or all for gru",
        ),
        (("--type", "wavenet", "-b", "2,1"), r"run 2 of 2 \(batch size 1\): batch size must be at least 2 for wavenet"),
        (("--learning-rate", "1e-3,,1"), r"--learning-rate: '1e-3,,1' has a comma with no value beside it"),
        (("--seed", "1:2000"), r"--seed: .* too many"),
        (("--seed", "1,2", "--parallel", "99"), r"so many runs cannot train at once: 99"),
        (("--seed", "1,2", "--name", "a/b"), r"'a/b' cannot be the name"),
    ],
)
def test_what_is_wrong_is_one_line_and_makes_nothing(
    names: Path, runs_home: Path, options: tuple[str, ...], words: str
) -> None:
    with pytest.raises(SettingsError, match=words):
        invoke("sweep", names, *options)
    assert list_runs(runs_home) == []


@pytest.mark.parametrize("options", [(), ("--n-embd", "8")])
def test_one_run_is_no_sweep(names: Path, options: tuple[str, ...]) -> None:
    result = invoke("sweep", names, "--type", "mlp", *options)
    assert result.exit_code == 2
    assert "several values" in result.output


@pytest.mark.usefixtures("held")
def test_runs_that_wait_are_shown_moved_and_taken_out(names: Path, runs_home: Path) -> None:
    asked = invoke("sweep", names, "--seed", "1:3", "--max-steps", 2, "--name", "s", "--detach")
    assert asked.exit_code == 0
    assert "s: 3 runs in the queue; no run is started any more" in asked.stdout
    assert "the queue is held" in asked.stderr
    one = invoke("train", names, "--queue", "--name", "one", "--max-steps", 2, "--json")
    assert json.loads(one.stdout)["turn"] == 4
    assert waiting(runs_home) == ["s-1", "s-2", "s-3", "one"]
    assert "one waits for its turn, 1" in invoke("queue", "one", "--first").stdout
    assert waiting(runs_home) == ["one", "s-1", "s-2", "s-3"]
    assert "0 train, 4 wait" in invoke("queue").stdout
    assert "queued 1" in invoke("runs", "--sort", "turn").stdout.splitlines()[2]
    assert invoke("stop", "s-2").stdout == "s-2 waits no longer\n"
    assert waiting(runs_home) == ["one", "s-1", "s-3"]
    invoke("queue", "s-2")
    assert waiting(runs_home) == ["one", "s-1", "s-3", "s-2"]
    told = json.loads(invoke("queue", "--json").stdout)
    assert (told["parallel"], told["at_work"], [run["turn"] for run in told["waiting"]]) == (0, False, [1, 2, 3, 4])
    invoke("queue", "--sweep", "s", "--remove")
    assert waiting(runs_home) == ["one"]
    assert all(run.state == "stopped" for run in list_runs(runs_home) if run.name != "one")
    with pytest.raises(RunError, match="does not wait"):
        invoke("queue", "s-1", "--remove")


def test_more_at_once_lets_the_queue_go_on(names: Path, runs_home: Path) -> None:
    write_parallel(runs_home, 0)
    invoke("train", names, "--queue", "--name", "one", "--max-steps", 2)
    assert find_run("one", runs_home) and list_runs(runs_home)[0].state is RunState.QUEUED
    assert invoke("queue", "--parallel", 2).stdout == "2 runs train at once\n"
    assert read_parallel(runs_home) == 2
    view = wait_for(find_run("one", runs_home), lambda view: not view.state.goes_on)
    assert (view.state, view.step) == (RunState.FINISHED, 2)


@pytest.mark.usefixtures("held")
def test_an_unknown_sweep_or_column_is_told(runs_home: Path) -> None:
    enqueue(make_run(runs_home))
    with pytest.raises(RunError, match="there is no sweep"):
        invoke("runs", "--sweep", "s")
    with pytest.raises(SettingsError, match="no column 'colour'"):
        invoke("runs", "--sort", "colour")
    assert invoke("queue", "--first").exit_code == 2
    assert invoke("queue", "bigram-1", "--first", "--remove").exit_code == 2


def test_the_keys_of_options() -> None:
    found = [key_of(axis) for axis in ("n_embd", "learning_rate", "split", "split_seed", "type", "set tie")]
    assert found == ["model.embedding", "learning_rate", "split.kind", "split.seed", "type", "model.tie"]


def test_an_interrupted_sweep_goes_on(names: Path, runs_home: Path) -> None:
    program = [sys.executable, "-m", "makemore_tui", "sweep", str(names), "--seed", "1,2", "--max-steps", "1000000000"]
    waiting_program = subprocess.Popen([*program, "--name", "s"], stderr=subprocess.PIPE, text=True, env=os.environ)
    until(lambda: bool(list_runs(runs_home)))
    first = find_run("s-1", runs_home)
    wait_for(first, lambda view: view.step > 0)
    waiting_program.send_signal(signal.SIGINT)
    _, told = waiting_program.communicate(timeout=PATIENCE)
    assert waiting_program.returncode == 130
    assert "2 of 2 runs go on or wait" in told
    assert "queue --sweep s --remove" in told
    assert wait_for(first, lambda view: True).state is RunState.RUNNING
    assert waiting(runs_home) == ["s-2"]
