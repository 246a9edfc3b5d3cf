"""What following a run tells where nobody watches a progress bar, and what a list of runs tells of this moment."""

import re
import shutil
from pathlib import Path

import pytest
from rich.table import Table

from makemore_core.diagnostics.looks import Histogram, Layer, Look
from makemore_core.errors import RunError
from makemore_core.runs.store import Store
from makemore_tui.cli import listing, steering, training
from makemore_tui.cli.following import Interrupts, _progress, _tell_alarms, follow, table_console
from tests.cli.calling import Commands
from tests.core.runs.making import make_run
from tests.tui.train_views import a_view


def test_watching_into_a_file_tells_each_look_at_the_loss(
    runs_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = make_run(runs_home, max_steps=20)
    steps = iter(range(0, 30, 10))
    with Store(folder.database) as store, Interrupts() as interrupts:
        store.claim()

        def next_look(_: float) -> None:
            if (step := next(steps, None)) is None:
                store.beat("finished", step=20)
                return
            store.metric("train_nll", step, 3.0 - step / 10)
            if step:
                store.metric("dev_nll", step, 4.0)
            store.beat("running", step=step)

        monkeypatch.setattr("makemore_tui.cli.following.time.sleep", next_look)
        follow(folder, interrupts, tell_evaluations=True)
    assert capsys.readouterr().out.splitlines() == [
        "step 0  train 3.0000",
        "step 10  train 2.0000  dev 4.0000",
        "step 20  train 1.0000  dev 4.0000",
    ]


def test_watching_tells_what_the_run_takes(
    runs_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """2.5 steps a second of 32 characters each."""
    folder = make_run(runs_home, max_steps=20)
    looks = iter([10])
    with Store(folder.database) as store, Interrupts() as interrupts:
        store.claim()
        store.fact("memory", 212_000_000)
        store.fact("tokens_per_step", 32.0)

        def next_look(_: float) -> None:
            if (step := next(looks, None)) is None:
                store.beat("finished", step=20)
                return
            store.metric("train_nll", step, 3.0)
            store.beat("running", step=step, steps_per_second=2.5)

        monkeypatch.setattr("makemore_tui.cli.following.time.sleep", next_look)
        follow(folder, interrupts, tell_evaluations=True)
    assert capsys.readouterr().out.splitlines() == ["step 10  train 3.0000  80 tokens/s  212 MB"]


def test_what_begins_to_hold_of_a_run_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    """A silence of 45 seconds of a run that makes 71 steps in one; that it diverges, an event has told."""
    views = [a_view(heartbeat_age=age, is_exploding=True) for age in (0.1, 45.0, 46.0, 0.1, 47.0)]
    told: set[str] = set()
    with _progress() as progress:
        for view in views:
            told = _tell_alarms(view, told, progress, aloud=True)
    assert capsys.readouterr().out.splitlines() == [
        f"step 1,240  stalled: no step for {seconds} s, though its process lives" for seconds in (45, 47)
    ]


def test_who_attaches_to_a_run_is_told_what_holds_of_it_already(
    runs_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The events of before are not told again; what they began is told, once."""
    folder = make_run(runs_home, max_steps=20)
    looks = iter([10, 12])
    with Store(folder.database) as store, Interrupts() as interrupts:
        store.claim()
        store.fact("exploding", 1)
        store.event("exploding", 9, loss=9.0)
        store.beat("running", step=9, steps_per_second=2.5)

        def next_look(_: float) -> None:
            if (step := next(looks, None)) is None:
                store.beat("finished", step=20)
            else:
                store.beat("running", step=step, steps_per_second=2.5)

        monkeypatch.setattr("makemore_tui.cli.following.time.sleep", next_look)
        follow(folder, interrupts, tell_evaluations=True)
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("step 9  diverging: ")


def test_a_run_that_is_deleted_while_it_is_watched_is_gone(runs_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_run(runs_home, max_steps=20, name="short-lived")
    with Store(folder.database) as store:
        store.claim()
        store.beat("running", step=9)
        monkeypatch.setattr("makemore_tui.cli.following.time.sleep", lambda _: shutil.rmtree(folder.path))
        with pytest.raises(
            RunError, match=f"^short-lived is gone: {re.escape(str(folder.path))} was deleted or renamed"
        ):
            training._watch_plainly(folder)


def test_tables_take_no_text_for_markup_or_pictures(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table("a :smile:", "[b]")
    table.add_row("[red]x[/red]", ":cat:")
    table_console().print(table)
    table_console().print("[bold]y[/bold] :dog:")
    out = capsys.readouterr().out
    assert all(text in out for text in ("a :smile:", "[b]", "[red]x[/red]", ":cat:", "[bold]y[/bold] :dog:"))


def test_a_layer_around_the_limit_is_told_of_once(capsys: pytest.CaptureFixture[str]) -> None:
    saturated = Layer("h3", "tanh", 200, 0.0, 0.65, 0.7, 0, Histogram(-1.0, 1.0, (160,) * 40))
    views = [a_view(looks=(Look(1200, layers, ()),)) for layers in ((saturated,), (), (saturated,))]
    told: set[str] = set()
    with _progress() as progress:
        for view in views:
            told = _tell_alarms(view, told, progress, aloud=True)
    (line,) = capsys.readouterr().out.splitlines()
    assert "h3" in line


def test_the_runs_tell_what_they_take_and_what_holds(runs_home: Path) -> None:
    folder = make_run(runs_home, name="going")
    make_run(runs_home, name="new")
    with Store(folder.database) as store:
        store.request_start()
        store.claim()
        store.fact("memory", 212_000_000)
        store.fact("tokens_per_step", 32.0)
        store.fact("exploding", 1)
        store.beat("running", step=5, steps_per_second=2.5)
        commands = Commands(listing, steering)  # one command alone would have no name
        found = {run["run"]: run for run in commands.json("runs")}
        table = commands.run("runs")
    going, new = found["going"], found["new"]
    assert (going["memory"], going["tokens_per_second"]) == (212_000_000, 80.0)
    assert [warning["name"] for warning in going["warnings"]] == ["diverging"]
    assert (new["memory"], new["tokens_per_second"], new["warnings"]) == (None, None, [])
    assert f"going: {going['warnings'][0]['text']}" in table
