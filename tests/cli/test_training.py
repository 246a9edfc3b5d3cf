"""train, resume, runs, watch, pause, stop, steer: on real processes, with nothing timed."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from makemore_core.errors import MakemoreError, RunError, SettingsError
from makemore_core.evaluation import evaluate
from makemore_core.runs.checkpoints import checkpoint_path
from makemore_core.runs.commands import send
from makemore_core.runs.folder import find_run, list_runs
from makemore_core.runs.status import RunState
from makemore_core.runs.store import Store
from makemore_core.sources import open_source
from makemore_tui.cli import listing, steering, training
from makemore_tui.cli.following import Interrupts, follow, print_runs, report, result_line
from makemore_tui.cli.train_options import parse_setting
from tests.cli.calling import NAMES, Commands
from tests.core.runs.making import PATIENCE, make_run, wait_for

pytestmark = pytest.mark.usefixtures("quick_trainers")

CONSTANT = ("--schedule", "constant")
WIDE = ("--set", "init_std=1", "--optimizer", "sgd", "--weight-decay", 0, *CONSTANT)
"""The first weights and the optimiser of the lecture: dev falls for a while before it rises."""


@pytest.fixture(autouse=True)
def no_run_is_left(runs_home: Path) -> Iterator[None]:
    """A test that fails half way must not leave a process behind."""
    yield
    for summary in list_runs(runs_home):
        if summary.state.is_live:
            send(find_run(summary.name, runs_home), "stop")
            wait_for(find_run(summary.name, runs_home), lambda view: not view.state.is_live)


commands = Commands(training, steering, listing)
invoke, run_json, run = commands.invoke, commands.json, commands.run


def test_training_from_a_file_of_settings_and_options(names: Path, runs_home: Path, tmp_path: Path) -> None:
    settings = tmp_path / "run.toml"
    settings.write_text(
        'type = "bigram"\nmax-steps = 30\nlearning-rate = 0.5\noptimizer = "sgd"\n[model]\ninit_std = 0.25\n'
    )
    made = run_json("train", names, "--config", settings, "--learning-rate", "2", "--split", "lecture", "--name", "one")
    assert made.keys() >= {
        *("run", "type", "parameters", "steps", "seconds", "train_nll", "dev_nll", "test_nll"),
        *("best_dev_nll", "best_step"),
    }
    size = len(set("".join(NAMES))) + 1
    assert (made["run"], made["type"], made["parameters"], made["steps"]) == ("one", "bigram", size**2, 30)
    assert 0 < made["best_dev_nll"] <= made["dev_nll"]
    config = find_run("one", runs_home).read_config()
    assert (config.learning_rate, config.max_steps, config.model) == (2.0, 30, {"init_std": 0.25})  # options win
    assert (config.split.kind, config.optimizer, config.data.source) == ("lecture", "sgd", str(names))

    with pytest.raises(RunError, match="one has made all of its 30 steps"):
        invoke("resume", "one")
    longer = run_json("train", "--resume", "one", "--max-steps", "45")
    assert (longer["run"], longer["steps"]) == ("one", 45)
    assert "one finished at step 45" in run("watch", "one", "--plain")

    listed = run_json("runs")
    assert [(entry["run"], entry["state"], entry["steps"]) for entry in listed] == [("one", "finished", 45)]
    assert listed[0]["dev_nll"] == longer["dev_nll"]
    find_run("one", runs_home).database.write_bytes(b"damaged")
    table = run("runs")
    assert "incomplete" in table and "cannot be read" in table


def test_counting_goes_the_same_way(names: Path, runs_home: Path) -> None:
    made = run_json("train", "-i", names, "--type", "ngram", "--order", "2", "--smoothing", "0.5", "--split", "none")
    assert (made["run"], made["steps"], made["dev_nll"]) == ("ngram-1", 1, None)
    assert find_run("ngram-1", runs_home).read_config().model == {"order": 2, "smoothing": 0.5}


def test_a_run_is_left_alone_steered_and_stopped(names: Path, runs_home: Path) -> None:
    started = run_json(
        "train", names, "--max-steps", 10**9, "--set", "init_std=0.5", "--schedule", "constant", "--detach"
    )
    assert started["run"] == "bigram-1"
    folder = find_run("bigram-1", runs_home)
    assert folder.read_config().model == {"init_std": 0.5}
    with pytest.raises(RunError, match="already: watch it with"):
        invoke("resume", "bigram-1")
    assert run("pause", "bigram-1").startswith("bigram-1 is paused at step")
    paused = wait_for(folder, lambda view: view.state is RunState.PAUSED)
    with pytest.raises(RunError, match="bigram-1 is paused, and where it ends cannot be changed so"):
        invoke("resume", "bigram-1", "--max-steps", "5")
    with pytest.raises(SettingsError, match="learning_rate must be greater than 0"):
        invoke("resume", "bigram-1", "--learning-rate", "0")
    assert wait_for(folder, lambda view: True).state is RunState.PAUSED  # neither has set it going
    assert "with the rate 0.125 from step" in run("steer", "bigram-1", "--learning-rate", "0.125")
    assert "is saved at step" in run("steer", "bigram-1", "--save")
    run("resume", "bigram-1", "--detach")
    moved = wait_for(folder, lambda view: view.step > paused.step + 20)
    assert moved.learning_rate == 0.125
    assert "bigram-1 is stopped at step" in run("stop", "bigram-1")
    with pytest.raises(RunError, match="bigram-1 is not running, it is stopped"):
        invoke("stop", "bigram-1")


def test_a_wrong_rate_starts_no_process(runs_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_run(runs_home, name="one")
    monkeypatch.setattr("makemore_core.training.launch.start_run", pytest.fail)
    with pytest.raises(SettingsError, match="learning_rate must be greater than 0"):
        invoke("resume", "one", "--learning-rate", "0")


@pytest.mark.parametrize("command", [["pause"], ["stop"], ["steer", "--save"], ["steer", "--learning-rate", "0.5"]])
def test_a_run_that_fails_instead_of_doing_as_asked_is_an_error(
    runs_home: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    folder = make_run(runs_home, name="one")
    with Store(folder.database) as store:
        store.claim()
        for kind in ("saved", "learning_rate"):
            store.event(kind, 2, value=0.5)  # before it was asked
        store.beat("running", step=3)

        def fail(_: float) -> None:
            store.fail("the disk is full")

        monkeypatch.setattr("makemore_tui.cli.following.time.sleep", fail)
        with pytest.raises(RunError, match=r"ended before it could do that: failed at step 3: the disk is full"):
            invoke(command[0], "one", *command[1:])


def test_steering_tells_the_step_at_which_the_run_did_it(runs_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_run(runs_home, name="one")
    with Store(folder.database) as store:
        store.claim()
        store.beat("running", step=3)

        def answer(_: float) -> None:
            store.event("learning_rate", 4, value=0.25)  # as another person asked
            store.event("learning_rate", 5, value=0.5)
            store.event("saved", 7)
            store.beat("running", step=7)

        monkeypatch.setattr("makemore_tui.cli.following.time.sleep", answer)
        assert "with the rate 0.5 from step 5" in run("steer", "one", "--learning-rate", "0.5")
        store.beat("stopped", step=7)


def test_ctrl_c_stops_with_everything_saved(names: Path, runs_home: Path) -> None:
    command = [sys.executable, "-m", "makemore_tui", "train", str(names), "--max-steps", str(10**9), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while not list_runs(runs_home):
            assert process.poll() is None
        folder = find_run("bigram-1", runs_home)
        wait_for(folder, lambda view: view.step > 0)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    stopped = wait_for(folder, lambda view: not view.state.is_live)
    assert (stopped.state, stopped.reason) == (RunState.STOPPED, "as asked")
    assert json.loads(output)["steps"] == stopped.step == stopped.checkpoints[0].step
    assert "stopping bigram-1" in errors


def test_who_does_not_wait_or_only_watches_leaves_the_run(runs_home: Path) -> None:
    folder = make_run(runs_home)
    with Store(folder.database) as store:
        store.claim()
        store.beat("running", step=3)
        with Interrupts() as interrupts:
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGINT)
            assert interrupts.count == 2
            assert follow(folder, interrupts, leave_at_interrupt=True).state is RunState.RUNNING
            assert store.commands() == []  # a spectator asks for nothing
            assert follow(folder, interrupts).state is RunState.RUNNING
            assert [command.name for command in store.commands()] == ["stop"]  # who does not wait has asked for it
        store.beat("stopped", step=3)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler  # ctrl-c means again what it meant before


def test_a_run_that_fails_is_an_error(names: Path) -> None:
    with pytest.raises(RunError, match=r"bigram-1 failed: diverged: the loss grew to .* at step"):
        invoke("train", names, "--learning-rate", "5", "--weight-decay", "1", "--max-steps", 10**9)


def test_no_steps_as_asked(runs_home: Path) -> None:
    folder = make_run(runs_home, name="one", max_steps=0)
    with Store(folder.database) as store:
        store.claim()
        store.beat("finished", step=0)
    with pytest.raises(RunError, match="one has made no steps, as was asked: to go on"):
        invoke("resume", "one")


@pytest.mark.parametrize("width", [80, 60])
def test_a_long_name_leaves_room_for_the_state(
    runs_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], width: int
) -> None:
    make_run(runs_home, name="n" * 64, max_steps=1_000_000)
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("FORCE_COLOR", "1")  # as on a terminal
    print_runs(list_runs(runs_home))
    on_terminal = capsys.readouterr().out
    assert "stopped" in on_terminal and "1,000,000" in on_terminal and on_terminal.count("n") >= 64
    monkeypatch.delenv("FORCE_COLOR")
    print_runs(list_runs(runs_home))
    (row,) = (line for line in capsys.readouterr().out.splitlines() if "nnn" in line)
    assert row.split()[:5] == ["n" * 64, "stopped", "0", "of", "1,000,000"]


def test_no_runs_is_no_error(runs_home: Path) -> None:
    assert run_json("runs") == []
    assert "there are no runs" in invoke("runs").stderr


@pytest.mark.parametrize(
    ("text", "setting"),
    [
        ("a=1", ("a", 1)),
        ("n-embd=1.5", ("n_embd", 1.5)),
        ("a=true", ("a", True)),
        ("a=relu", ("a", "relu")),
        ("a=", ("a", "")),
    ],
)
def test_settings_on_the_command_line(text: str, setting: tuple[str, Any]) -> None:
    assert parse_setting(text) == setting


def test_the_report_says_how_it_ended_and_how_to_go_on(runs_home: Path) -> None:
    folder = make_run(runs_home, max_steps=20)
    with Store(folder.database) as store:
        store.claim()
        for step, dev in ((0, 3.0), (10, 2.0), (15, 2.5)):
            store.metric("dev_nll", step, dev)
        store.beat("stopped", step=15, seconds=1.25)
    view = wait_for(folder, lambda view: view.state is RunState.STOPPED)
    assert (report(view)["best_dev_nll"], report(view)["best_step"], report(view)["train_nll"]) == (2.0, 10, None)
    assert result_line(view) == (
        "bigram-1 stopped at step 15 after 1.2 s, dev 2.5000, best at step 10: dev 2.0000; "
        "go on with: makemore-tui resume bigram-1"
    )


@pytest.mark.parametrize(("step", "told"), [(15, True), (10, False)])
def test_losses_that_are_estimates_are_said_to_be_beside_them(runs_home: Path, step: int, told: bool) -> None:
    """Not those of a run that has gone on since."""
    folder = make_run(runs_home, max_steps=15)
    with Store(folder.database) as store:
        store.claim()
        store.metric("dev_nll", 15, 2.5)
        store.event("estimated", step, context=4)
        store.beat("finished", step=15, seconds=1.25)
    line = result_line(wait_for(folder, lambda view: view.state is RunState.FINISHED))
    estimates = ", all of them estimates (makemore-tui eval bigram-1 measures each character)" if told else ""
    assert f"dev 2.5000{estimates}; go on with" in line


def test_the_names_of_makemore_py_are_hyperparameters(names: Path, tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('type = "transformer"\nn-layer = 1\nn-embd = 12\nblock-size = 9\n')
    report = run_json("train", names, "--config", file, "--n-embd", "8", "--n-head", "2", "--max-steps", "1")
    # Two tables for V characters and places for 9, all 8 wide; a block of 12 * 8**2 weights and 13 * 8 biases and
    # gains; and the last LayerNorm.
    vocab = len(set(names.read_text()) - {"\n"}) + 1
    assert report["parameters"] == (2 * vocab + 9) * 8 + 12 * 8**2 + 13 * 8 + 2 * 8


def test_more_steps_are_checked_before_anything_is_changed(names: Path, runs_home: Path) -> None:
    run("train", names, "--max-steps", 30, "--name", "once")
    folder = find_run("once", runs_home)
    settings = folder.settings.read_bytes()
    for options, message in (
        (("--max-steps", 20), "all of its 30 steps"),
        (("--max-steps", 40, "--patience", -1), "patience"),
        (("--max-steps", 1 << 50), "max_steps"),
    ):
        with pytest.raises(MakemoreError, match=message):
            invoke("resume", "once", *options)
        assert folder.settings.read_bytes() == settings
    with Store(folder.database) as store:
        store.beat("stopped", step=30)
    with pytest.raises(RunError, match="has made 30 steps already: --max-steps must not be below that"):
        invoke("resume", "once", "--max-steps", 29)
    checkpoint_path(folder, "last").write_bytes(b"damaged")
    with pytest.raises(RunError, match="damaged"):
        invoke("resume", "once", "--max-steps", 40)
    assert folder.settings.read_bytes() == settings


def test_an_encoding_stands_in_the_settings_file(tmp_path: Path, runs_home: Path) -> None:
    names, settings = tmp_path / "latin.txt", tmp_path / "settings.toml"
    names.write_bytes("zoë\nandré\nada\n".encode("latin-1"))
    settings.write_text('encoding = "latin-1"\nmax-steps = 2\n[model]\n')
    assert run_json("train", names, "--config", settings, "--split", "none")["steps"] == 2
    assert find_run("bigram-1", runs_home).read_config().data.characters == "adnorzéë"
    with pytest.raises(MakemoreError, match="is not valid UTF-8"):  # the option wins
        invoke("train", names, "--config", settings, "--encoding", "utf-8")
    settings.write_text("encoding = 7\n")
    with pytest.raises(SettingsError, match="encoding must be a word in quotes"):
        invoke("train", names, "--config", settings)


def test_what_a_person_should_not_miss_is_told_once_while_following(
    names: Path, runs_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--learning-rate", 5, "--batch-by", "all", "--eval-interval", 2, "--max-steps", 200, *WIDE)
    report = run_json("train", names, "--name", "long", *options)
    (warning,) = report["warnings"]
    assert (
        warning["text"].startswith("overfitting: dev has risen by") and f"step {report['best_step']}" in warning["text"]
    )
    early = run("train", names, "--name", "early", *options, "--patience", 3)
    assert "early finished at step" in early and "stopped early: no dev loss below" in early
    assert f"best at step {report['best_step']}: train" in early
    with pytest.raises(RunError, match=r"has ended early.*--patience"):
        invoke("resume", "early")
    assert "stopped early" not in run("resume", "early", "--patience", 0)


def test_the_losses_of_a_row_are_those_of_one_checkpoint(names: Path, runs_home: Path) -> None:
    options = ("--learning-rate", 5, "--batch-by", "all", "--eval-interval", 2, "--max-steps", 200, *WIDE)
    names.write_text("\n".join([*NAMES, "ella"]))
    report = run_json("train", names, "--name", "long", *options)
    assert 0 < report["best_step"] < report["steps"]
    best = open_source("long", runs_home)
    assert best.corpus is not None and best.sides is not None
    evaluated = [evaluate(best.model, best.corpus, side).nll for side in best.sides]
    (row,) = run_json("runs")
    table = run("runs")
    for side, nll in zip(("train", "dev", "test"), evaluated, strict=True):
        assert row[f"best_{side}_nll"] == report[f"best_{side}_nll"] == pytest.approx(nll, abs=1e-9)
        assert f"{nll:.4f}" in table
    assert report["train_nll"] < report["best_train_nll"]  # the last weights know more by heart
