"""Snapshots of the app and of single panes.

A test takes a picture with the `snap` fixture:

    async def test_pane_shows_the_facts(snap, corpus):
        await snap(DataPane, corpus=corpus, size=(80, 24), press=["d"])

- the first argument is an `App`, or what makes a `Widget` (a class, a function): the widget is mounted alone in a bare
  app with the shell's themes, style sheet, `look` and `runs_home`; keyword arguments other than `size`, `press`,
  `before` and `look` are set as attributes of the widget once it is mounted (`corpus=`, `run_name=`);
- `size` is in cells; `press` are keys as `Pilot.press` takes them; `before` is an `async` function of the pilot that
  runs after the keys; `look` is the `Look` of the terminal.

The picture is the SVG of `App.export_screenshot()`, compared with the one in `__snapshots__`. After a change that is
meant, look at the new pictures and keep them: `pytest -n 0 tests/tui/test_x.py --snapshot-update`.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from textual.app import App, ComposeResult
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Input
from textual.worker import WorkerCancelled

import makemore_tui
from makemore_core.training import launch
from makemore_tui.known_styles import Known, KnownStyles
from makemore_tui.look import Look
from makemore_tui.shell.leaving_app import LeavingApp
from makemore_tui.shell.themes import DARK, THEMES
from makemore_tui.widgets.line_chart import LineChart

PARSED: dict[tuple[object, ...], list[RuleSet]] = {}
"""The rules of the style sheets that were parsed, by all that they depend on."""


KNOWN: dict[tuple[int, ...], Known] = {}
"""What was found with these rules, by their identity."""


@pytest.fixture(scope="session", autouse=True)
def style_sheets_are_parsed_once() -> Iterator[None]:
    """Every app of these tests has the same style sheets: parsed anew for each, they take half of its start.

    Within an app, Textual shares the rules in the same way.
    """
    parse = Stylesheet._parse_rules

    def parse_once(self: Stylesheet, *source: Any, **options: Any) -> list[RuleSet]:
        key = (source, tuple(options.items()), tuple(self._variables.items()))
        if key not in PARSED:
            PARSED[key] = parse(self, *source, **options)
        return PARSED[key]

    def known_once(self: KnownStyles, rules: list[RuleSet]) -> Known:
        key = tuple(map(id, rules))  # they stay what they are, as PARSED keeps them
        if key not in KNOWN:
            KNOWN[key] = Known(rules)
        return KNOWN[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "_parse_rules", parse_once)
        patch.setattr(KnownStyles, "known", known_once)
        yield


class NotWarmedUp(launch.WarmProcess):
    """A process that begins when it gets a run."""

    def __init__(self) -> None:
        self._process = None


@pytest.fixture(autouse=True)
def no_process_is_warmed_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each visit of a form would have a process load torch, and kill it; the tests of real runs have a real one."""
    monkeypatch.setattr(launch, "WarmProcess", NotWarmedUp)


@pytest.fixture(scope="session", autouse=True)
def pauses_end_in_quiet() -> Iterator[None]:
    """After a key or a pause of the pilot nothing is under way any more, but for threads, timers and processes.

    Textual waits until the process has used next to no time for 20 ms: on a busy machine it gets none, and all is still
    to be done.
    """
    pause, wait, press = Pilot.pause, Pilot._wait_for_screen, App._press_keys

    async def pause_in_quiet(self: Pilot[Any], delay: float | None = None) -> None:
        await pause(self, delay)
        await quiet(self.app)

    async def wait_in_quiet(self: Pilot[Any], timeout: float = 30.0) -> bool:
        answered = await wait(self, timeout)
        await quiet(self.app)
        return answered

    async def press_in_quiet(self: App[Any], keys: Iterable[str]) -> None:
        for key in keys:
            await press(self, [key])
            await quiet(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Pilot, "pause", pause_in_quiet)
        patch.setattr(Pilot, "_wait_for_screen", wait_in_quiet)
        patch.setattr(App, "_press_keys", press_in_quiet)
        yield


async def quiet(app: App[Any]) -> None:
    """Wait until the event loop has nothing to do, not what Textual puts off for some milliseconds either."""
    ready = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
    for _ in range(MOST_ROUNDS):
        await asyncio.sleep(0)
        if ready:
            continue
        if not app._running or not app.screen_stack:
            return
        if app._resize_timer is not None:
            app._check_resize()
        elif app.screen._update_timer._active.is_set():
            app.screen._on_timer_update()
        elif not app.animator._complete_event.is_set():
            await app.animator.wait_until_complete()
        else:
            return


MOST_ROUNDS = 10_000
"""Rounds of the event loop after which an app that never rests is taken to be settled."""

SIZES = [(80, 24), (120, 40)]
"""The floor and the usual terminal: `@pytest.mark.parametrize("size", SIZES)`."""

Snap = Callable[..., Awaitable[str]]


class PaneApp(LeavingApp):
    """A bare app around one widget: what a pane finds in the shell, without the shell."""

    CSS_PATH = Path(makemore_tui.__file__).with_name("app.tcss")
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, make: Callable[[], Widget], runs_home: Path, look: Look | None = None) -> None:
        super().__init__()
        self.stylesheet = KnownStyles(variables=self.get_css_variables())
        self.look = look or Look()
        self.runs_home = runs_home
        self.make = make
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = DARK.name
        self.set_class(self.look.ascii, "-ascii")

    def compose(self) -> ComposeResult:
        self.subject = self.make()
        yield self.subject


class SvgExtension(SingleFileSnapshotExtension):
    """One SVG file a picture."""

    file_extension = "svg"
    _write_mode = WriteMode.TEXT


def stable(svg: str) -> str:
    """The picture without what differs from one run to the next: Rich names its style classes after the content."""
    return re.sub(r"terminal-\d+-", "terminal-", svg)


PATIENCE_S = 60
"""How long to wait for what should come about; far longer than it takes, as nothing here measures time."""

ASKING = ("export", "families")
"""Groups of workers that wait for an answer while a question is on the screen."""


async def until(pilot: Pilot[Any], condition: Callable[[], object]) -> None:
    """Wait until something is so, and all have heard of it.

    At each `Pilot.pause` every widget on the screen has to answer. Here nobody is disturbed while it is waited.
    """
    if condition():
        return
    end = asyncio.get_running_loop().time() + PATIENCE_S
    while not condition():
        assert asyncio.get_running_loop().time() < end, "it did not come about"
        await asyncio.sleep(0.02)
    if not pilot.app._exit:  # who leaves answers no more
        await pilot.pause(0)


async def settle(pilot: Pilot[Any]) -> None:
    """Wait until workers have ended and what they posted has been painted, charts too, which rest between two draws."""
    for field in pilot.app.screen.query(Input):
        field.cursor_blink = False
    for _ in range(3):
        with suppress(WorkerCancelled):  # a newer worker took its place: the next round waits for that one
            if working := [worker for worker in pilot.app.workers if worker.group not in ASKING]:
                await asyncio.wait_for(pilot.app.workers.wait_for_complete(working), 60)
        await pilot.pause()
    await charts_drawn(pilot)


async def charts_drawn(pilot: Pilot[Any]) -> None:
    """Wait until the charts show what they have been given: they rest between two draws."""
    await pilot.pause(0)
    await until(pilot, lambda: not any(one._stale and one.is_on_screen for one in pilot.app.screen.query(LineChart)))


@pytest.fixture
def snap(snapshot: SnapshotAssertion, runs_home: Path) -> Snap:
    """A function that runs an app or a widget and compares its picture; see the top of this file."""
    pictures = snapshot.use_extension(SvgExtension)

    async def take(
        subject: App[Any] | Callable[[], Widget],
        *,
        size: tuple[int, int] = (80, 24),
        press: Sequence[str] = (),
        before: Callable[[Pilot[Any]], Awaitable[None]] | None = None,
        look: Look | None = None,
        **attributes: Any,
    ) -> str:
        app = subject if isinstance(subject, App) else PaneApp(subject, runs_home, look)
        async with app.run_test(size=size) as pilot:
            for name, value in attributes.items():
                setattr(app.subject, name, value)
            await settle(pilot)
            for key in press:
                await pilot.press(key)
            if before is not None:
                await before(pilot)
            await settle(pilot)
            picture = stable(app.export_screenshot(simplify=True))
        assert picture == pictures
        return picture

    return take
