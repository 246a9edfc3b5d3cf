"""Forks and copies by keys, on runs made up by hand and on a real folder."""

from dataclasses import replace
from pathlib import Path

import pytest
from textual.widgets import Button, OptionList, Static

from makemore_core.errors import SettingsError
from makemore_core.models.registry import FAMILIES
from makemore_core.runs.forking import ForkStart, fork_starts
from makemore_core.runs.store import Store
from makemore_core.training import process
from makemore_core.training.config import default_config
from makemore_core.training.stopping import StopRequest
from makemore_tui.panes.train.engine import Engine
from makemore_tui.panes.train.fork_form import ForkForm
from makemore_tui.panes.train.origin import ForkedFamily, ForkWanted, Origin, start_note, start_title
from tests.core.runs.making import make_run
from tests.tui.train_app import TrainApp, quick, told, until, watch
from tests.tui.train_views import StandInEngine, a_config, all_states, small_corpus

pytestmark = pytest.mark.usefixtures("quick")
__all__ = ["quick"]

TRANSFORMER = default_config("transformer", small_corpus(), max_steps=2000, model={"dropout": 0.1}, warmup=60)


def asked_for(engine: StandInEngine) -> list[ForkWanted]:
    return [one[1] for one in engine.asked if one[0] == "fork"]


async def open_fork(app: TrainApp, pilot, key: str = "F") -> ForkForm:
    await pilot.press(key)
    form = app.pane.fork_form
    await until(pilot, lambda: app.pane.mode == "fork" and form._complete)
    await pilot.pause()
    return form


async def test_a_fork_of_the_run_that_is_shown(tmp_path):
    engine = StandInEngine(tmp_path)
    app = TrainApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        form = await open_fork(app, pilot)
        text = app.text()
        assert "bigram-1: neural bigram, learnt from ten names" in text
        assert "best, step 900" in text and "lowest dev" in text
        assert "vocabulary of 17, split disjoint with seed 42" in text
        assert {"split", "model.init_std"}.isdisjoint(row.field.key for row in form.rows)
        form.row("learning_rate").value = "5"
        form.row("name").value = "cooler"
        await until(pilot, lambda: "1 changed: ctrl+r takes it back" in app.text())
        assert "learning rate   ●5 " in app.text()
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.announced == ["cooler"])
        assert asked_for(engine) == [ForkWanted("bigram-1", "best", "cooler", {}, {"learning_rate": 5.0})]
        assert app.pane.mode == "live"


async def test_another_checkpoint_brings_its_step_and_its_rate(tmp_path):
    engine = StandInEngine(tmp_path)
    engine.starts = (ForkStart("best", 900, 50.0), ForkStart("last", 2000, 25.0), ForkStart("step-000100", 100, 50.0))
    app = TrainApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        form = await open_fork(app, pilot)
        form.query_one("#checkpoint").value = "last"
        await until(pilot, lambda: form.row("max_steps").fault)
        assert form.row("max_steps").fault == "2,000 are made: it takes more in all"
        assert form.row("learning_rate").value == "25"
        assert form.query_one("#start", Button).disabled
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert asked_for(engine) == [] and app.focused is form.row("max_steps").control
        await pilot.press("home", "shift+end", *"3000")
        await until(pilot, lambda: form.checked.config is not None)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: asked_for(engine))
        # The rate is that of the checkpoint: it need not be named.
        assert asked_for(engine) == [ForkWanted("bigram-1", "last", None, {}, {"max_steps": 3000})]


async def test_a_fork_of_a_run_that_made_all_its_steps_can_be_started_at_once(tmp_path):
    engine = StandInEngine(tmp_path)
    engine.starts = (ForkStart("best", 2000, 50.0),)
    app = TrainApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        form = await open_fork(app, pilot)
        assert "steps           ●4000" in app.text()
        await pilot.press("ctrl+s")
        await until(pilot, lambda: asked_for(engine))
        assert asked_for(engine)[0].changes == {"max_steps": 4000}
        assert form.checked.config is not None


async def test_a_fork_of_the_run_under_the_cursor_and_back(tmp_path):
    engine = StandInEngine(tmp_path, runs=all_states())
    app = TrainApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.pane.mode == "runs")
        await pilot.press("down")
        await open_fork(app, pilot)
        assert ("origin", "bigram-2", True) in engine.asked
        await pilot.press("escape")
        await until(pilot, lambda: app.pane.mode == "runs")
        assert isinstance(app.focused, OptionList)
        assert not asked_for(engine)


@pytest.mark.parametrize("key", ["F", "Y"])
async def test_why_not_is_said(tmp_path, key):
    engine = StandInEngine(tmp_path)
    app = TrainApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        engine.error = SettingsError("counts-1 is fitted by counting: there are no weights to go on from")
        await pilot.press(key)
        await until(pilot, lambda: "there are no weights" in told(app))
        assert app.pane.mode == "live"


async def test_why_a_fork_could_not_be_made_is_said(tmp_path):
    engine = StandInEngine(tmp_path)
    app = TrainApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        form = await open_fork(app, pilot)
        engine.error = SettingsError("no room")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "no room" in app.text())
        assert app.pane.mode == "fork" and form.display


async def test_the_settings_of_a_run_are_copied_into_the_form_of_a_new_one(tmp_path):
    engine = StandInEngine(tmp_path)
    engine.config = TRANSFORMER.changed(grad_clip=0.5, model={**TRANSFORMER.model, "layers": 5})
    app = TrainApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.corpus = small_corpus()
        await watch(app, pilot)
        await pilot.press("Y")
        form = app.pane.form
        await until(pilot, lambda: form.checked.config is not None and form.checked.config.type == "transformer")
        await pilot.pause()
        assert "as in bigram-1; with grad clip 0.5, warmup 60" in app.text()
        assert "layers          ●5 " in app.text()
        await pilot.press("ctrl+s")
        await until(pilot, lambda: any(one[0] == "start" for one in engine.asked))
        (started,) = (one[1] for one in engine.asked if one[0] == "start")
        assert started == engine.config


# As data


@pytest.mark.parametrize("type", [name for name in FAMILIES if not FAMILIES[name].counts])
def test_an_untouched_fork_changes_nothing(type: str) -> None:
    config = default_config(type, small_corpus(), max_steps=2000, warmup=60, eval_interval=1999, learning_rate=1 / 3)
    family = ForkedFamily.of(Origin("one", config), ForkStart("best", 10, config.learning_rate))
    fields = [*family.model_fields(), *family.training_fields()]
    assert {one.key for one in fields} >= {"max_steps", "learning_rate", "name"}
    assert all(len(start_note(ForkStart(name, 1, 1.0))) <= 36 for name in ("best", "last", "final", "start", "step-1"))
    checked = family.check({one.key: one.default for one in fields}, config.data)
    assert checked.faults == {}
    assert checked.config == config


def test_only_what_leaves_the_weights_their_meaning_has_a_field() -> None:
    family = ForkedFamily.of(Origin("one", TRANSFORMER), ForkStart("best", 10, 1e-3))
    assert [one.key for one in family.model_fields()] == ["model.dropout"]
    kept = Origin("one", TRANSFORMER).kept()
    for words in ("layers 3", "heads 4", "vocabulary of 17", "split disjoint"):
        assert words in kept
    assert "dropout" not in kept


def test_a_long_title_of_a_checkpoint_has_room() -> None:
    assert start_title(ForkStart("final", 1_000_000, 1.0)) == "final, step 1,000,000"
    assert len(start_title(ForkStart("final", 1_000_000, 1.0))) <= 21
    assert start_title(ForkStart("step-000100", 100, 1.0)) == "step-000100"


# On a real folder


def test_the_engine_makes_the_fork(runs_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = make_run(runs_home, name="first", max_steps=12, eval_interval=4, snapshots=3)
    with Store(first.database) as store:
        store.claim()
        assert process.run(first, store, StopRequest()) == 0
    engine = Engine(runs_home)
    monkeypatch.setattr(engine, "_begin", lambda folder: folder.name)
    origin = engine.origin("first", for_fork=True)
    assert origin.config == first.read_config()
    names = [start.name for start in origin.starts]
    assert names[:3] == ["best", "last", "final"]
    steps = [start.step for start in origin.starts[3:]]
    assert steps == sorted(steps, reverse=True) and len(steps) <= 3
    wanted = ForkWanted("first", "last", "second", {}, {"max_steps": 20, "learning_rate": 0.5})
    assert engine.fork(wanted) == "second"
    config = engine.origin("second").config
    assert config.forked_from is not None and config.forked_from.checkpoint == "last"
    assert config.changed(forked_from=None, max_steps=12, learning_rate=origin.config.learning_rate) == origin.config


def test_a_run_without_weights_has_nothing_to_begin_with(runs_home: Path) -> None:
    folder = make_run(runs_home, type="counts", max_steps=1)
    with pytest.raises(SettingsError, match="fitted by counting"):
        fork_starts(folder)


def test_a_run_of_a_family_that_is_not_known_is_refused(runs_home: Path) -> None:
    make_run(runs_home, name="odd", type="no-such-model")
    for for_fork in (True, False):
        with pytest.raises(SettingsError, match="no model type 'no-such-model'"):
            Engine(runs_home).origin("odd", for_fork=for_fork)


def test_a_rate_that_was_set_by_hand_is_that_of_the_checkpoint() -> None:
    origin = Origin("one", a_config(), (ForkStart("best", 9, 50.0), ForkStart("last", 9, 12.5)))
    family = ForkedFamily.of(origin, origin.start("last"))
    (rate,) = (one.default for one in family.training_fields() if one.key == "learning_rate")
    assert rate == "12.5"
    assert origin.start("gone") == origin.starts[0]
    assert replace(origin, starts=origin.starts[1:]).start("best").name == "last"


async def test_fields_that_cannot_be_changed_are_shown_and_cut_nothing_off(tmp_path):
    engine = StandInEngine(tmp_path)
    engine.config = TRANSFORMER
    app = TrainApp(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await watch(app, pilot)
        form = await open_fork(app, pilot)
        kept = form.query_one("#kept", Static)
        assert kept.size.height == -(-len(str(kept.content)) // kept.size.width) or kept.size.height <= 3
        for words in ("Start the fork", "dropout", "name", "split disjoint with seed"):
            assert words in app.text(), words
