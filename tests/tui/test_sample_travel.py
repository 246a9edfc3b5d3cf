"""Going back in time on the Sample pane: the same text, and what the run made of it at each step."""

import shutil
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save
from textual.widgets import Input, OptionList

from makemore_core.errors import RunError
from makemore_core.runs.checkpoints import metadata, snapshot_name, write_checkpoint
from makemore_core.runs.folder import RunFolder
from makemore_tui.messages import Moment, MomentChosen
from makemore_tui.panes import travelling
from makemore_tui.panes.sample import SamplePane, travel
from makemore_tui.panes.sample.choosing import ChooseBeside
from makemore_tui.widgets.rows import row_text
from makemore_tui.widgets.time_slider import TimeSlider
from tests.core.runs.making import make_run
from tests.tui.conftest import SIZES, PaneApp, Snap, settle
from tests.tui.sample_views import CORPUS, Driver, driven
from tests.tui.train_app import until

STEPS = (0, 10, 100)
(E,) = CORPUS.vocabulary.encode("e")
SIZE = CORPUS.vocabulary.size


def put(folder: RunFolder, name: str, step: int, lead: float) -> None:
    """A neural bigram whose items start with e: e to the power of `lead` times as probable as any other start."""
    weights = np.zeros((SIZE, SIZE), np.float32)
    weights[0, E] = lead
    write_checkpoint(folder, name, save({"model.weight": weights}, metadata({"step": step})))


def chance_of_e(lead: float) -> float:
    return float(np.exp(lead) / (np.exp(lead) + SIZE - 1))


@pytest.fixture
def folder(runs_home: Path) -> RunFolder:
    folder = make_run(runs_home, CORPUS, "bigram-1")
    put(folder, "best", 80, 4.0)
    for number, step in enumerate(STEPS):
        put(folder, snapshot_name(step), step, float(number))
    return folder


class Announcing(PaneApp):
    """Keeps the moments that the pane announced."""

    def __init__(self, runs_home: Path) -> None:
        super().__init__(SamplePane, runs_home)
        self.moments: list[Moment | None] = []

    def on_moment_chosen(self, message: MomentChosen) -> None:
        self.moments.append(message.moment)


class Traveller(Driver):
    """Knows what the slider shows."""

    @property
    def slider(self) -> str:
        slider = self.pane.query_one(TimeSlider)
        return row_text(slider.render_line(0)) if slider.display else ""

    @property
    def chance(self) -> float:
        return self.session.node.path()[0].probability

    @property
    def moments(self) -> list[Moment | None]:
        assert isinstance(self.pilot.app, Announcing)
        return self.pilot.app.moments


@asynccontextmanager
async def travelling_in(runs_home: Path, moment: Moment | None = None) -> AsyncIterator[Traveller]:
    async with driven(runs_home, app=Announcing(runs_home)) as d:
        d.pane.moment = moment
        await d.select_run("bigram-1")
        yield Traveller(d.pilot, d.pane)


@pytest.mark.usefixtures("folder")
async def test_the_text_stays_and_its_probabilities_are_of_the_step(runs_home: Path) -> None:
    async with travelling_in(runs_home) as d:
        await d.press("e", "m")
        assert "best 80" in d.slider and d.chance == pytest.approx(chance_of_e(4))
        for key, step, lead in (("f6", 100, 2), ("ctrl+left", 10, 1), ("ctrl+home", 0, 0), ("f7", 10, 1)):
            await d.press(key)
            assert d.session.text == "em"
            assert d.chance == pytest.approx(chance_of_e(lead))
            assert f"from bigram-1: bigram on seven.txt, back at step {step}" in d.source
            assert f"step {step:>3} " in d.slider
            assert d.moments[-1] == Moment("bigram-1", step)
        await d.press("f8")
        assert d.chance == pytest.approx(chance_of_e(4)) and "best at step 80" in d.source
        assert d.moments[-1] is None
        await d.press("backspace")
        assert d.session.text == "e"


@pytest.mark.usefixtures("folder")
async def test_a_moment_chosen_on_another_pane_is_shown(runs_home: Path) -> None:
    async with travelling_in(runs_home, Moment("bigram-1", 10)) as d:
        assert "back at step 10" in d.source and "step  10 " in d.slider
        d.pane.moment = Moment("bigram-1", 0)
        await settle(d.pilot)
        assert "back at step 0" in d.source
        d.pane.moment = Moment("another", 100)
        await settle(d.pilot)
        assert "best at step 80" in d.source
        d.pane.moment = Moment("bigram-1", 100)
        await settle(d.pilot)
        await d.select_run("bigram-1")  # the pane is shown again: the step stays, and nothing is said of learning
        assert "back at step 100" in d.source and "learnt" not in d.note
        assert d.moments == []


async def test_weights_that_are_gone_give_way_to_the_nearest_with_one_line(runs_home: Path, folder: RunFolder) -> None:
    async with travelling_in(runs_home) as d:
        (folder.checkpoints / "step-000100.safetensors").unlink()
        await d.press("f6")
        assert d.note == "step 100 is no longer kept: step 10 is the nearest that is"
        assert "back at step 10" in d.source and "step 10 " in d.slider
        assert d.moments == [Moment("bigram-1", 100), Moment("bigram-1", 10)]
        for step in (0, 10):
            (folder.checkpoints / f"step-{step:06d}.safetensors").unlink()
        await d.press("ctrl+home")
        assert d.note == "step 0 is no longer kept: this is the best"
        assert not d.slider and d.moments[-1] is None


async def test_weights_that_cannot_be_read_are_told_and_the_model_stays(runs_home: Path, folder: RunFolder) -> None:
    async with travelling_in(runs_home) as d:
        await d.press("f6")
        write_checkpoint(folder, "step-000010", save({"model.other": np.zeros(3)}, metadata({"step": 10})))
        await d.press("f6")
        assert "does not fit" in d.note
        assert "back at step 100" in d.source and "step 100 " in d.slider
        assert d.moments[-1] == Moment("bigram-1", 100)


@pytest.mark.usefixtures("folder")
async def test_of_several_requests_the_newest_wins(runs_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from makemore_core import sources
    from makemore_tui.panes.sample import opening

    read, go = [], threading.Event()
    at_checkpoint = sources.at_checkpoint

    def slowly(source: sources.Source, folder: RunFolder, name: str) -> sources.Source:
        read.append(name)
        assert go.wait(60)
        return at_checkpoint(source, folder, name)

    monkeypatch.setattr(opening, "at_checkpoint", slowly)
    async with travelling_in(runs_home) as d:
        await d.press("e")
        await d.pilot.press("f6")
        await until(d.pilot, lambda: read)
        await d.pilot.press("f6", "f6", "f7")
        assert "step  10 " in d.slider  # the knob is there already
        go.set()
        await settle(d.pilot)
        assert read == ["step-000100", "step-000010"]  # 0 was passed over
        assert d.chance == pytest.approx(chance_of_e(1))


@pytest.mark.usefixtures("folder")
async def test_choosing_a_model_by_hand_ends_the_journey(runs_home: Path) -> None:
    async with travelling_in(runs_home) as d:
        await d.press("f6", "ctrl+s", "home", "enter")
        assert "counts of seven.txt" in d.source and not d.slider
        await d.press("f6")
        assert d.moments == [Moment("bigram-1", 100)]
        await d.press("ctrl+s", "end", "enter")
        assert "best at step 80" in d.source  # `last` is not there: the next best
        assert d.moments[-1] is None


@pytest.mark.usefixtures("folder")
async def test_playing_goes_through_all_steps(runs_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(travelling, "PLAY_S", 0.02)
    monkeypatch.setattr(travelling, "interval_of", lambda _: 0.0)
    async with travelling_in(runs_home) as d:
        await d.press("e", "f9")
        await until(d.pilot, lambda: d.moments[-1:] == [None])
        await settle(d.pilot)
        assert [moment and moment.step for moment in d.moments] == [*STEPS, None]
        assert d.chance == pytest.approx(chance_of_e(4))


@pytest.mark.parametrize("by_hand", [False, True])
async def test_steps_that_came_meanwhile_can_be_gone_to(runs_home: Path, folder: RunFolder, by_hand: bool) -> None:
    async with travelling_in(runs_home) as d:
        if by_hand:
            await d.press("ctrl+s", "enter")
        put(folder, snapshot_name(200), 200, 3.0)
        d.pane.on_pane_shown()
        await settle(d.pilot)
        await d.press("e", "f6")
        assert d.moments[-1] == Moment("bigram-1", 200) and d.chance == pytest.approx(chance_of_e(3))


async def test_steps_kept_while_a_run_trains_come_to_the_slider(
    runs_home: Path, folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(travel, "LOOK_S", 0.1)
    async with travelling_in(runs_home) as d:
        await d.press("e")
        put(folder, snapshot_name(200), 200, 3.0)
        await until(d.pilot, lambda: 200 in d.pane.timeline.steps)
        assert d.session.text == "e" and d.chance == pytest.approx(chance_of_e(4))


async def test_a_run_that_was_deleted_is_not_looked_for_on_the_loop(
    runs_home: Path, folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    from makemore_tui.panes.sample import opening

    looked, missed, find_run = [], [], opening.find_run

    def seen(name: str | Path, home: Path) -> RunFolder:
        looked.append(threading.current_thread())
        try:
            return find_run(name, home)
        except RunError:
            missed.append(name)
            raise

    monkeypatch.setattr(travel, "LOOK_S", 0.1)
    async with travelling_in(runs_home) as d:
        await d.press("e")
        await until(d.pilot, lambda: d.pane._seen is not None)
        await settle(d.pilot)
        monkeypatch.setattr(opening, "find_run", seen)
        folder.path.rename(runs_home / ".deleted")
        await until(d.pilot, lambda: "there is no run" in d.note)
        await d.pilot.pause(0.3)
        assert threading.main_thread() not in looked and len(missed) == 1


async def test_without_a_past_there_is_no_slider(runs_home: Path) -> None:
    put(make_run(runs_home, CORPUS, "bigram-1"), "best", 80, 4.0)
    async with travelling_in(runs_home) as d:
        await d.press("f6", "f9")
        assert not d.slider and d.moments == []


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("size", SIZES)
async def test_looks(snap: Snap, size: tuple[int, int]) -> None:
    async def back(pilot: object) -> None:
        pane = pilot.app.subject  # type: ignore[attr-defined]
        pane.run_name = "bigram-1"
        await settle(pilot)  # type: ignore[arg-type]
        pane.on_pane_shown()
        for key in ("e", "m", "f6", "f6"):
            await pilot.press(key)  # type: ignore[attr-defined]
            await settle(pilot)  # type: ignore[arg-type]

    await snap(SamplePane, size=size, corpus=CORPUS, before=back)


def put_beside(runs_home: Path, name: str, steps: tuple[int, ...]) -> RunFolder:
    """A run like the other one, whose leads are tenths of its steps."""
    folder = make_run(runs_home, CORPUS, name)
    put(folder, "best", 60, 3.0)
    for step in steps:
        put(folder, snapshot_name(step), step, step / 10)
    return folder


async def add(d: Traveller, name: str, step: str = "") -> None:
    """Put a run beside the first model, at its best checkpoint or at a step."""
    await d.press("ctrl+a")
    screen = d.pilot.app.screen
    assert isinstance(screen, ChooseBeside)
    screen.query_one("#step", Input).value = step
    best = [getattr(one, "run", "") == name and getattr(one, "checkpoint", "") == "best" for one in screen.choices]
    screen.query_one(OptionList).highlighted = best.index(True)
    await d.press("enter")


def beside_at(d: Traveller) -> list[tuple[str, float]]:
    """The first words of the models beside the first one, and the lead that their chance of an e tells."""
    engine = d.pane._orders.engine
    assert engine is not None
    found = []
    for companion in engine.companions:
        logits = companion.read(engine.session.root, CORPUS.vocabulary).logits
        assert logits is not None
        where = companion.source.name.rpartition(", ")[2] if companion.opened is not None else companion.source.name
        found.append((where, round(float(logits[E] - logits[0]), 4)))
    return found


@pytest.mark.usefixtures("folder")
async def test_the_runs_beside_the_first_go_along_to_the_nearest_step_that_they_keep(runs_home: Path) -> None:
    put_beside(runs_home, "other-1", (0, 20, 50))
    async with travelling_in(runs_home) as d:
        for name, step in (("other-1", ""), ("other-1", "20"), ("bigram-1", "")):
            await add(d, name, step)
        pinned, same = ("back at step 20", 2.0), ("best at step 80", 4.0)
        assert beside_at(d) == [("best at step 60", 3.0), pinned, same]
        for key, lead, where in (
            ("f6", 2.0, ("back at step 50", 5.0)),  # 100: of 0, 20 and 50 the last is the nearest
            ("f6", 1.0, ("back at step 20", 2.0)),  # 10
            ("f6", 0.0, ("back at step 0", 0.0)),
            ("f8", 4.0, ("best at step 60", 3.0)),
        ):
            await d.press(key)
            logits = d.session.root.logits
            assert float(logits[E] - logits[0]) == pytest.approx(lead)
            assert beside_at(d) == [where, pinned, same]
        await d.press("f6")
        assert d.note == "beside it: other-1 at step 50, other-1 stays, bigram-1 stays"


@pytest.mark.usefixtures("folder")
async def test_a_run_beside_counts_is_the_one_that_is_gone_through(runs_home: Path) -> None:
    async with driven(runs_home, app=Announcing(runs_home)) as driver:
        d = Traveller(driver.pilot, driver.pane)
        assert not d.slider
        await add(d, "bigram-1")
        assert "best 80" in d.slider
        await d.press("f6")
        assert beside_at(d) == [("back at step 100", 2.0)] and "step 100 " in d.slider
        assert d.moments == [Moment("bigram-1", 100)]
        await d.press("f8")
        assert beside_at(d) == [("best at step 80", 4.0)]


@pytest.mark.usefixtures("folder")
async def test_a_run_beside_the_first_that_is_gone_stays_as_it_was_and_that_is_said(runs_home: Path) -> None:
    other = put_beside(runs_home, "other-1", (0, 20))
    async with travelling_in(runs_home) as d:
        await add(d, "other-1")
        shutil.rmtree(other.path)
        await d.press("f6")
        assert beside_at(d) == [("best at step 60", 3.0)]
        assert d.session.source.name.endswith("back at step 100")
        assert d.note.startswith("beside it: other-1 stays: ")
