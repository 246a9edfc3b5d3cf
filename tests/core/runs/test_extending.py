"""Another number of steps for a run that goes on, and for one that has ended."""

import threading
from pathlib import Path

import pytest

from makemore_core.errors import RunError, SettingsError
from makemore_core.runs import extending
from makemore_core.runs.commands import DONE, ENDING, TOO_LATE, ask, send
from makemore_core.runs.extending import extend_run
from makemore_core.runs.paths import RunFolder
from makemore_core.runs.store import Store
from makemore_core.runs.view import RunReader
from makemore_core.training import process
from makemore_core.training.launch import start_run
from makemore_core.training.schedule import rate_factor
from makemore_core.training.stopping import StopRequest
from tests.core.runs.making import make_run, wait_for

pytestmark = pytest.mark.usefixtures("quick_trainers")

ALL = {"batch_by": "all", "optimizer": "sgd", "learning_rate": 1.0, "weight_decay": 0.0}
FALLING = {**ALL, "schedule": "linear", "eval_interval": 100, "sample_interval": 100}


def train_here(folder: RunFolder) -> int:
    with Store(folder.database) as store:
        store.claim()
        return process.run(folder, store, StopRequest())


class Asked(Store):
    """A store in which somebody asks for something just after a given step's loss was told."""

    def __init__(self, path: Path, at: int, name: str, value: float) -> None:
        super().__init__(path)
        self.at, self.wanted = at, (name, value)

    def metric(self, name: str, step: int, value: float) -> None:
        super().metric(name, step, value)
        if name == "loss" and step == self.at:
            send(RunFolder(self._path.parent), *self.wanted)


def train_asked(folder: RunFolder, at: int, name: str, value: float, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(process, "POLL_SECONDS", 0.0)  # commands are looked for between any two events
    with Asked(folder.database, at, name, value) as store:
        store.claim()
        return process.run(folder, store, StopRequest())


def rates(folder: RunFolder) -> dict[int, float]:
    series = RunReader(folder).poll().series["learning_rate"]
    return dict(zip(series.steps.tolist(), series.values.tolist(), strict=True))


def test_a_live_run_gets_more_steps_and_its_schedule_lies_over_them(
    runs_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_run(runs_home, max_steps=40, **FALLING)
    assert train_asked(folder, 24, "max_steps", 80, monkeypatch) == 0
    view = RunReader(folder).poll()
    assert (view.state, view.step, view.max_steps) == ("finished", 80, 80)
    assert folder.read_config().max_steps == 80
    (event,) = (event for event in view.events if event.kind == "max_steps")
    assert (event.step, event.detail) == (25, {"value": 80, "before": 40})
    # A straight line from 1 to 0 over all steps: step 20 of 40 has 1/2, and step 30 of 80 has 5/8.
    assert rates(folder)[20] == pytest.approx(1 / 2)
    assert rates(folder)[30] == pytest.approx(5 / 8)


def test_a_view_that_watches_meanwhile_sees_the_new_end(runs_home: Path) -> None:
    folder = make_run(runs_home, max_steps=1 << 30, **ALL)
    trainer = start_run(folder)
    try:
        first, second = RunReader(folder), RunReader(folder)
        wait_for(folder, lambda view: view.step > 5)
        assert first.poll().max_steps == 1 << 30
        assert extend_run(folder, 1 << 31) is None  # no other process was needed
        assert (first.poll().max_steps, second.poll().max_steps) == (1 << 31, 1 << 31)
        with pytest.raises(RunError, match=r"has made .* steps already: it must be given more than that"):
            extend_run(folder, 1)
        assert first.poll().state == "running"
        assert folder.read_config().max_steps == 1 << 31
    finally:
        trainer.kill()
        trainer.wait()


def test_two_apps_steer_one_run_at_once(runs_home: Path) -> None:
    """What each asks is done and answered, and both see all of it."""
    folder = make_run(runs_home, max_steps=1 << 30, **ALL)
    trainer = start_run(folder)
    try:
        readers = RunReader(folder), RunReader(folder)
        wait_for(folder, lambda view: view.state == "running")
        answers: list[str] = []
        asking = [
            threading.Thread(target=lambda: answers.append(ask(folder, "learning_rate", 0.25))),
            threading.Thread(target=lambda: answers.append(ask(folder, "max_steps", 1 << 31))),
            threading.Thread(target=lambda: answers.append(ask(folder, "save"))),
        ]
        for one in asking:
            one.start()
        for one in asking:
            one.join()
        assert answers == [DONE] * 3
        for reader in readers:
            kinds = [event.kind for event in reader.poll().events]
            assert sorted(kinds[1:]) == ["learning_rate", "max_steps", "saved"]
        assert [ask(folder, "pause"), ask(folder, "pause")] == [DONE, DONE]
        assert {reader.poll().state for reader in readers} == {"paused"}
    finally:
        trainer.kill()
        trainer.wait()


def test_a_finished_run_goes_on(runs_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_run(runs_home, max_steps=10, **ALL)
    train_here(folder)
    trainer = extend_run(folder, 15)
    assert trainer is not None
    assert trainer.wait() == 0
    view = RunReader(folder).poll()
    assert (view.state, view.step, view.max_steps) == ("finished", 15, 15)
    with pytest.raises(RunError, match="has made all of its 15 steps"):
        extend_run(folder, 12)


def test_what_cannot_be_started_keeps_its_number(runs_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_run(runs_home, max_steps=10, **ALL)
    train_here(folder)
    folder.items.unlink()
    with pytest.raises(RunError):
        extend_run(folder, 15)
    assert folder.read_config().max_steps == 10


def test_who_asks_at_the_very_end_is_told_so(runs_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_run(runs_home, max_steps=10, **ALL)
    assert train_asked(folder, 9, "max_steps", 20, monkeypatch) == 0
    assert folder.read_config().max_steps == 10
    with Store(folder.database) as store:
        rows = store._connection.execute("SELECT outcome FROM commands").fetchall()
    assert rows == [(ENDING,)]


def test_a_run_that_ends_before_it_answers_goes_on_with_more(runs_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_run(runs_home, max_steps=10, **ALL)
    with Store(folder.database) as store:
        store.claim()

        def unheard(folder: RunFolder, name: str, value: float) -> str:
            process.run(folder, store, StopRequest())
            return TOO_LATE

        monkeypatch.setattr(extending, "ask", unheard)
        trainer = extend_run(folder, 15)
    assert trainer is not None
    assert trainer.wait() == 0
    assert RunReader(folder).poll().step == 15


@pytest.mark.parametrize(
    ("changes", "steps", "message"),
    [
        ({"type": "counts", "max_steps": 1}, 5, "is fitted by counting"),
        ({}, 1 << 41, "max_steps"),
        ({"warmup": 8}, 5, "warmup"),
    ],
)
def test_what_cannot_be(runs_home: Path, changes: dict[str, object], steps: int, message: str) -> None:
    folder = make_run(runs_home, **changes)
    before = folder.read_config()
    with pytest.raises(SettingsError, match=message):
        extend_run(folder, steps)
    assert folder.read_config() == before


@pytest.mark.parametrize("value", [None, 0, 0.5, 2.0**41])
def test_a_number_of_steps_that_is_none(runs_home: Path, value: float | None) -> None:
    with pytest.raises(SettingsError, match="the number of steps must be a whole number"):
        send(make_run(runs_home), "max_steps", value)


def test_a_constant_rate_stays(runs_home: Path) -> None:
    config = make_run(runs_home, **ALL).read_config()
    assert rate_factor(config, 5) == rate_factor(config.changed(max_steps=1000), 5) == 1.0
