"""The Evaluate view: what it shows of a report, its keys, and the screen that computes."""

import threading
from dataclasses import replace
from functools import partial

import pytest
from textual.pilot import Pilot

from makemore_core.errors import RunError
from makemore_core.metrics.definitions import LOSSES, SAMPLES
from makemore_core.metrics.report import evaluate_source
from makemore_core.runs.checkpoints import snapshot_name
from makemore_tui.app import MakemoreApp
from makemore_tui.look import ColorDepth, Look
from makemore_tui.panes.compare.dialogs import AskCheckpoint
from makemore_tui.panes.compare.evaluate import EvaluateScreen
from makemore_tui.panes.compare.evaluate_help import HELP
from makemore_tui.panes.compare.evaluate_view import SECTIONS, EvaluateView
from makemore_tui.panes.compare.evaluated import Evaluated, evaluated_run
from makemore_tui.widgets.line_chart import LineChart
from tests.core.runs.making import make_run
from tests.tui.conftest import SIZES, PaneApp, charts_drawn, settle
from tests.tui.evaluate_views import a_report, a_source
from tests.tui.sample_views import CORPUS
from tests.tui.test_sample_travel import put
from tests.tui.train_app import until

A_MODEL = Evaluated("counts of names", lambda _: a_source())
NAMES = [f"{width}x{height}" for width, height in SIZES]


@pytest.fixture(autouse=True)
def prompt_charts(monkeypatch):
    monkeypatch.setattr(LineChart, "PROMPT_INTERVAL", 0.0)
    monkeypatch.setattr(LineChart, "INTERVAL", 0.001)


def shown_view() -> EvaluateView:
    return EvaluateView("counts of names")


async def show_report(pilot: Pilot, section: int = 0, name: str = "counts of names") -> None:
    pilot.app.subject.show(a_report(name=name))
    pilot.app.subject.action_section(section)
    await charts_drawn(pilot)


def rows(view_list) -> list[list[str]]:
    return [list(row.cells) for row in view_list.rows.source.rows]


@pytest.mark.parametrize("size", SIZES, ids=NAMES)
@pytest.mark.parametrize("section", range(len(SECTIONS)), ids=SECTIONS)
async def test_pictures_of_each_section(snap, section, size):
    await snap(shown_view, size=size, before=partial(show_report, section=section))


async def test_without_colours_and_in_ascii(snap):
    look = Look(ColorDepth.MONOCHROME, ascii=True)
    await snap(shown_view, look=look, before=partial(show_report, section=2, name="counts of na\x1bmes"))


async def test_how_far_it_is(snap):
    async def half(pilot):
        pilot.app.subject.show_progress("drawing samples", 0.5)

    await snap(shown_view, before=half)


async def test_the_numbers_are_those_of_the_report(runs_home):
    app = PaneApp(shown_view, runs_home)
    async with app.run_test(size=(120, 40)) as pilot:
        await show_report(pilot)
        report, view = a_report(), app.subject
        assert [row[0] for row in rows(view.losses)] == ["train", "dev", "test"]
        assert rows(view.losses)[2][3] == f"{report.losses.test.nll:.4f}"
        leak = report.details["test"].leak
        assert leak.items_in_train > 0
        assert [f"NLL of {leak.items_in_train} items also in train", f"{leak.nll_in_train:.4f}"] in [
            row[:2] for row in rows(view.facts)
        ]
        assert len(rows(view.positions)) == len(report.details["test"].by_position)
        assert rows(view.hardest)[0][0] == report.details["test"].hardest[0].text
        novel = next(row for row in rows(view.samples) if row[0].startswith("novel"))
        assert novel[1] == f"{report.samples.samples.standing.novelty:.2%}"
        assert novel[-1] == f"{report.samples.yardstick.standing.novelty:.2%}"


async def test_keys_go_through_the_sections_and_the_sides(runs_home):
    app = PaneApp(shown_view, runs_home)
    async with app.run_test(size=(80, 24)) as pilot:
        view = app.subject
        await pilot.press("3")
        assert view.section == 0  # there is nothing to show yet
        await show_report(pilot)
        for key, section in (("3", 2), ("right", 3), ("right", 4), ("right", 0), ("left", 4), ("f2", 1)):
            await pilot.press(key)
            assert view.section == section
            assert [place for place, name in enumerate(SECTIONS) if view.query_one(f"#{name}-section").display] == [
                section
            ]
        sides = []
        for _ in range(3):
            sides.append(view.side)
            assert view.positions.titles.note == f"on {view.side}"
            await pilot.press("t")
        assert sides == ["test", "train", "dev"]


async def test_up_and_down_scroll_the_list_and_tab_goes_to_the_next(runs_home):
    app = PaneApp(shown_view, runs_home)
    async with app.run_test(size=(80, 24)) as pilot:
        await show_report(pilot, section=3)
        view = app.subject
        assert app.focused is view.hardest.rows
        await pilot.press("down", "down")
        assert view.hardest.rows.scroll_offset.y == 2
        await pilot.press("tab")
        assert app.focused is view.confusions.rows


async def test_a_click_on_a_tab_shows_its_section(runs_home):
    app = PaneApp(shown_view, runs_home)
    async with app.run_test(size=(80, 24)) as pilot:
        await show_report(pilot)
        await pilot.click("SectionTabs", offset=(len(" 1 losses ") + 2, 0))
        assert app.subject.section == 1


def test_the_help_explains_every_metric():
    for metric in (*LOSSES, *SAMPLES):
        assert f"**{metric.title}**: {metric.words}" in HELP
        assert metric.source in HELP


# The screen


def pushed(runs_home, **options) -> tuple[MakemoreApp, EvaluateScreen]:
    app = MakemoreApp("@elements", runs=runs_home)
    return app, EvaluateScreen("counts of names", runs_home, **options)


async def test_the_screen_computes_and_shows_the_report(runs_home):
    app, screen = pushed(runs_home, model=A_MODEL, samples=50)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(screen)
        await until(pilot, lambda: screen.view.report is not None)
        assert screen.view.report.samples.samples.items == 50
        await pilot.press("question_mark")
        await pilot.pause()
        assert app.screen is not screen and "Guo" in screen.view.HELP
        await pilot.press("escape", "2")
        assert app.screen is screen and screen.view.section == 1 and app.current == "data"
        await pilot.press("escape")
        assert app.screen is not screen


async def test_a_list_that_is_open_is_not_read_again(runs_home):
    app = MakemoreApp("@elements", runs=runs_home)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.corpus is not None)
        screen = EvaluateScreen("counts:@elements", runs_home, app.corpus, samples=20)
        assert screen.model.open("best").corpus is app.corpus


@pytest.fixture
def run(runs_home, monkeypatch):
    """A run at its best checkpoint of step 80, with two steps kept; what was evaluated of it is counted."""
    folder = make_run(runs_home, CORPUS, "bigram-1")
    put(folder, "best", 80, 4.0)
    put(folder, snapshot_name(0), 0, 0.0)
    put(folder, snapshot_name(10), 10, 1.0)
    evaluated = []

    def count(source, **options):
        evaluated.append(round(float(source.model.state_dict()["weight"].max())))
        return evaluate_source(source, **options)

    monkeypatch.setattr("makemore_core.metrics.report.evaluate_source", count)
    return folder, evaluated


async def titled(pilot, screen, words):
    await until(pilot, lambda: screen.view.report is not None and words in str(screen.view.query_one("#what").render()))


async def test_any_checkpoint_is_evaluated_and_what_was_is_there_again(runs_home, run):
    folder, evaluated = run
    app = MakemoreApp("@elements", runs=runs_home)
    async with app.run_test(size=(80, 24)) as pilot:

        async def open_view():
            screen = EvaluateScreen("bigram-1", runs_home, samples=20)
            await app.push_screen(screen)
            await titled(pilot, screen, "bigram-1, best at step 80")
            return screen

        screen = await open_view()
        at_best = screen.view.report
        await until(pilot, lambda: screen.view.checkpoints == 3)
        await pilot.press("t", "c")
        await until(pilot, lambda: isinstance(app.screen, AskCheckpoint))
        assert [one.name for one in app.screen.checkpoints] == ["best", "step-000010", "step-000000"]
        await pilot.press("down", "enter")
        await titled(pilot, screen, "bigram-1, step-000010 at step 10")
        assert screen.view.report.losses.train.nll != at_best.losses.train.nll
        assert screen.view.side == "train"  # what was looked at stays in view
        assert evaluated == [4, 1] and ", before" not in screen.view.tabs.note
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, AskCheckpoint))
        await pilot.press("up", "enter")
        await titled(pilot, screen, "best at step 80")
        assert screen.view.report is at_best and screen.view.tabs.note.endswith(", before")
        await pilot.press("escape")
        assert (await open_view()).view.report is at_best and evaluated == [4, 1]
        await pilot.press("escape")
        put(folder, "best", 80, 5.0)  # other weights under the same name
        assert (await open_view()).view.report is not at_best and evaluated == [4, 1, 5]


async def test_the_report_of_a_checkpoint_that_is_no_longer_wanted_is_not_shown(runs_home, run, monkeypatch):
    begun, go_on = threading.Event(), threading.Event()

    def slow_at_best(source, *, samples, seed, progress):
        if float(source.model.state_dict()["weight"].max()) == 4.0:
            begun.set()
            go_on.wait(60)
            progress("scoring items", 0.5)
        return evaluate_source(source, samples=samples, seed=seed)

    monkeypatch.setattr("makemore_core.metrics.report.evaluate_source", slow_at_best)
    app = MakemoreApp("@elements", runs=runs_home)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = EvaluateScreen("bigram-1", runs_home, samples=0)
        await app.push_screen(screen)
        await until(pilot, begun.is_set)
        screen._begin("step-000000")
        await titled(pilot, screen, "step-000000")
        go_on.set()
        await settle(pilot)
        assert "step-000000" in str(screen.view.query_one("#what").render())


def test_a_model_without_checkpoints_is_called_by_its_name(runs_home, run):
    assert A_MODEL.named("best") == "counts of names" and A_MODEL.stamp("best") == ""
    model = evaluated_run("bigram-1", runs_home)
    assert model.named("best") == "bigram-1, best at step 80" and model.stamp("best") != model.stamp("step-10")
    with pytest.raises(RunError, match="no checkpoint"):
        model.stamp("step-5")


async def test_without_a_best_checkpoint_the_one_that_is_evaluated_is_named(runs_home):
    folder = make_run(runs_home, CORPUS, "bigram-1")
    put(folder, "last", 80, 4.0)
    put(folder, snapshot_name(10), 10, 1.0)
    with pytest.raises(RunError, match="no checkpoint"):
        evaluated_run("bigram-1", runs_home).named("step-5")
    app = MakemoreApp("@elements", runs=runs_home)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = EvaluateScreen("bigram-1", runs_home, samples=20)
        await app.push_screen(screen)
        await titled(pilot, screen, "bigram-1, last at step 80")
        await until(pilot, lambda: screen.view.checkpoints == 2)
        assert screen.checkpoint == "last"  # where the cursor stands when another is asked for


async def test_a_run_that_is_deleted_meanwhile_keeps_the_report_in_view(runs_home, run):
    folder, _ = run
    listed = []

    def deleted():
        listed.append(folder)
        raise RunError("there is no run 'bigram-1'")

    model = replace(evaluated_run("bigram-1", runs_home), checkpoints=deleted)
    app, screen = pushed(runs_home, model=model, samples=20)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(screen)
        await titled(pilot, screen, "bigram-1, best at step 80")
        await until(pilot, lambda: listed)
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "there is no run" not in str(screen.view.query_one("#trouble").render())


async def test_what_cannot_be_evaluated_is_said(runs_home):
    def fail(_):
        raise RunError("its data is gone")

    app, screen = pushed(runs_home, model=Evaluated("it", fail))
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(screen)
        await until(pilot, lambda: "its data is gone" in str(screen.view.query_one("#trouble").render()))
        await pilot.press("escape")
        assert app.screen is not screen


async def test_escape_gives_it_up(runs_home, monkeypatch):
    begun, ended = threading.Event(), threading.Event()

    def forever(source, *, samples, seed, progress):
        begun.set()
        try:
            while True:
                progress("scoring items", 0.1)
        finally:
            ended.set()

    monkeypatch.setattr("makemore_core.metrics.report.evaluate_source", forever)
    app, screen = pushed(runs_home, model=A_MODEL)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(screen)
        await until(pilot, begun.is_set)
        await pilot.press("3", "f2")
        assert app.current == "data"  # the pane beneath stays
        await pilot.press("escape")
        await until(pilot, ended.is_set)
        assert app.screen is not screen


async def test_the_palette_evaluates_the_selected_run(runs_home):
    from makemore_tui.shell.palette import ShellCommands

    app = MakemoreApp("@elements", runs=runs_home)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.corpus is not None and app.query("ItemsPanel"))
        commands = ShellCommands(app.screen)
        assert "Evaluate the selected run" not in [name for name, _, _ in commands._commands()]
        app.run_name = "nothing-of-this-name"
        (act,) = (act for name, _, act in commands._commands() if name == "Evaluate the selected run")
        await act()
        assert isinstance(app.screen, EvaluateScreen) and app.screen.spec == "nothing-of-this-name"
        await until(pilot, lambda: "nothing-of-this-name" in str(app.screen.view.query_one("#trouble").render()))


async def test_beneath_a_view_the_palette_changes_nothing(runs_home):
    from makemore_tui.shell.palette import ShellCommands

    app, screen = pushed(runs_home, model=A_MODEL, samples=0)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.corpus is not None and app.query("ItemsPanel"))
        app.run_name = "a-run"
        before = [name for name, _, _ in ShellCommands(app.screen)._commands()]
        assert {"Go to train", "Evaluate the selected run", "Open a list…", "Help", "Quit"} <= set(before)
        await app.push_screen(screen)
        await until(pilot, lambda: screen.view.report is not None)
        names = [name for name, _, _ in ShellCommands(screen)._commands()]
        assert not [name for name in names if name.startswith(("Go to", "Open", "Evaluate"))]
        assert {"Back (esc)", "Help (?)", "Theme…", "Quit"} <= set(names) and "Help" not in names
