"""The look inside: six views of one model and one text, at any step that is kept."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message

from makemore_core.errors import MakemoreError
from makemore_tui.display import visible
from makemore_tui.look import Look, look_of
from makemore_tui.panes.inside.acting import Acting
from makemore_tui.panes.inside.drawing import Labels, Picture, draw
from makemore_tui.panes.inside.help import HELP
from makemore_tui.panes.inside.keys import HINTS, KEYS, TRAVEL_KEYS
from makemore_tui.panes.inside.parts import NameRows, title_line
from makemore_tui.panes.inside.views import (
    CHARACTERS,
    NAMES,
    VIEWS,
    Ask,
    Choices,
    way_to,
)
from makemore_tui.refresh import interval_of, is_line_busy
from makemore_tui.widgets.color_maps import diverging_map
from makemore_tui.widgets.effect_line import EffectLine
from makemore_tui.widgets.heatmap import Heatmap
from makemore_tui.widgets.note_line import NoteLine
from makemore_tui.widgets.pick_list import PickList
from makemore_tui.widgets.scatter import ScatterMap
from makemore_tui.widgets.standing_bars import StandingBars
from makemore_tui.widgets.time_slider import Timeline, TimeSlider
from makemore_tui.widgets.view_tabs import Tabs, ViewTabs

if TYPE_CHECKING:
    from makemore_tui.panes.inside.looking import Looker, Seen
    from makemore_tui.panes.sample.opening import Opened


NAMES_SHARE = 0.4
"""Of the width, that the names of parameters take at the most."""


class InsidePane(Acting, can_focus=True):
    """Asks a `Looker` in a thread, one question at a time, and draws the answer if it is still what is wanted."""

    TITLE = "inside"
    HELP = HELP
    BINDINGS = KEYS
    DEFAULT_CSS = """
    InsidePane {
        & > NoteLine { height: 1; padding: 0 1; }
        & > #body { height: 1fr; padding: 0 1; }
        & > #body > * { display: none; width: 1fr; height: 1fr; }
        & > #body > #names { margin-right: 1; }
        &.-characters #map, &.-heat #heat, &.-mattered #effects, &.-bars #bars, &.-names #names { display: block; }
    }
    """

    class Arrived(Message):
        """The worker has an answer, or says why there is none."""

        def __init__(self, ask: Ask, seen: "Seen | None", words: str) -> None:
            super().__init__()
            self.ask, self.seen, self.words = ask, seen, words

    class Changed(Message):
        """The run has learnt on."""

    def __init__(self, opened: "Opened", text: str, *, home: Path) -> None:
        super().__init__()
        self._opened, self._text, self._home = opened, text, home
        self.run_shown = opened.journey.run if opened.journey is not None else ""
        self.ask = Ask(CHARACTERS)
        self.choices = Choices()
        self._looker: Looker | None = None
        self._busy = self._polling = False
        self._drawn = ""  # which view was drawn last

    # Layout

    def compose(self) -> ComposeResult:
        """From the top: model and text, the views, what this one shows, what is chosen in it, itself, the time."""
        yield NoteLine(id="title")
        yield ViewTabs()
        yield NoteLine(id="words")
        yield NoteLine(id="about")
        with Horizontal(id="body"):
            yield PickList(id="names")
            yield ScatterMap(id="map")
            yield Heatmap(id="heat")
            yield EffectLine(id="effects")
            yield StandingBars(id="bars")
        yield TimeSlider(id="time")
        yield NoteLine(id="note")

    def on_mount(self) -> None:
        """Ask for the first view, and look from time to time whether the run has learnt on."""
        self.query_one(PickList).can_focus = False
        self.query_one(Heatmap).grid.can_focus = False
        self.query_one(ViewTabs).show(Tabs(NAMES, current=self.ask.view))
        self.query_one("#about", NoteLine).show(("looking …", "muted"))
        self.look()
        if self.run_shown:
            self.set_interval(interval_of(self.app), self._poll)

    def on_resize(self, event: events.Resize) -> None:
        """The first line depends on the room, and how much stands side by side."""
        self.call_after_refresh(self._show_title)
        self.call_after_refresh(self.show)

    # The worker

    def look(self, **changes: object) -> None:
        """Ask for something else, at the step that is wanted."""
        self.ask = replace(self.ask, step=self.wanted_step, **changes)  # type: ignore[arg-type]
        if not self._busy:
            self._start()

    def _start(self) -> None:
        ask, self._busy = self.ask, True
        self.run_worker(lambda: self._work(ask), thread=True, group="inside")

    def _work(self, ask: Ask) -> None:
        """In the thread."""
        from makemore_tui.panes.inside.looking import Looker

        if self._looker is None:
            self._looker = Looker(self._opened, self._text, self._home, self.corpus)
        try:
            seen, words = self._looker.look(ask), ""
        except MakemoreError as error:
            seen, words = None, str(error)
        self.post_message(self.Arrived(ask, seen, words))

    def on_inside_pane_arrived(self, message: Arrived) -> None:
        """Show the answer; one to another question than the last is dropped."""
        self._busy = False
        if message.ask != self.ask:
            self._start()
        elif message.seen is None:
            if self.seen is None:
                self.query_one("#about", NoteLine).show()  # nobody looks any more
            self.query_one("#note", NoteLine).show((visible(message.words), "cut"))
        else:
            self._arrive(message.seen)

    def _arrive(self, seen: "Seen") -> None:
        self.seen = seen
        if self.ask.view in seen.missing and not self._chosen:
            self._chosen = True
            self.look(view=next(name for name in NAMES if name not in seen.missing))
            return
        journey = seen.journey
        if journey is not None:
            if journey.asked is not None and journey.asked == self.wanted_step:
                self.timeline = Timeline(at=journey.at)
                self.ask = replace(self.ask, step=journey.at)
                self.choose_step(journey.at)
            at = Timeline(journey.steps, journey.newest, self.wanted_step, end=journey.end, keys=TRAVEL_KEYS)
            self.show_timeline(journey.run, at)
        self._show_title()
        self.show()

    def _poll(self) -> None:
        if self._looker is None or self._busy or self._polling or is_line_busy(self.app) or not self.screen.is_active:
            return
        looker, self._polling = self._looker, True

        def work() -> None:
            try:
                changed = looker.has_changed()
            except MakemoreError:
                changed = False
            finally:
                self._polling = False
            if changed:
                self.post_message(self.Changed())

        self.run_worker(work, thread=True, group="inside-poll")

    def on_inside_pane_changed(self) -> None:
        """Look again."""
        self.look()

    # Time

    @property
    def has_arrived(self) -> bool:
        """Whether what is shown is of the step that was chosen."""
        journey = self.seen.journey if self.seen is not None else None
        return not self._busy and journey is not None and journey.at == self.wanted_step

    def watch_moment(self) -> None:
        """Another moment was chosen: the knob goes there at once, the rest when the weights have been read."""
        if self.is_mounted and self.run_shown and self.wanted_step != self.timeline.at:
            self.show_timeline(self.run_shown, replace(self.timeline, at=self.wanted_step))
            self.look()

    # Painting

    @property
    def _look(self) -> Look:
        return look_of(self.app)

    def _show_title(self) -> None:
        if self.seen is not None:
            line = self.query_one("#title", NoteLine)
            labels = Labels(self.seen.symbols, ascii_only=self._look.ascii)
            line.show(*title_line(self.seen, labels, line.content_size.width))

    def show(self) -> None:
        """Draw what was seen, as it was chosen to be drawn."""
        seen = self.seen
        if seen is None:
            return
        look = self._look
        room = self.query_one("#body").content_size.width
        picture = self.picture = draw(seen, self.choices, Labels(seen.symbols, ascii_only=look.ascii), room)
        view = next(view for view in VIEWS if view.name == seen.ask.view)
        self.query_one(ViewTabs).show(Tabs(NAMES, frozenset(seen.missing), view.name))
        self.query_one("#words", NoteLine).show((view.words, "muted"))
        self.query_one("#about", NoteLine).show((picture.about, "strong"))
        for name, there in (
            ("-characters", picture.scatter),
            ("-heat", picture.heat),
            ("-mattered", picture.effects),
            ("-bars", picture.bars),
            ("-names", picture.names),
        ):
            self.set_class(bool(there), name)
        self._fill(picture)
        self.refresh_bindings()
        self.show_cell()

    def _fill(self, picture: Picture) -> None:
        if picture.scatter is not None:
            self.query_one(ScatterMap).show(picture.scatter)
        if picture.effects is not None:
            self.query_one(EffectLine).show(picture.effects)
        if picture.bars is not None:
            self.query_one(StandingBars).show(picture.bars)
        if picture.names:
            names, rows = self.query_one(PickList), NameRows(picture.names)
            names.styles.width = min(rows.width, int(NAMES_SHARE * self.size.width))
            names.show(rows, picture.chosen, keep_scroll=True)
        if picture.heat is not None:
            colors = diverging_map(self._look.depth) if picture.heat.notation.has_sign else None
            heat = self.query_one(Heatmap)
            heat.show(picture.heat, scale=picture.scale, colors=colors)
            if self._drawn != self.ask.view and picture.cursor is not None:
                heat.move_to(*picture.cursor)
        self._drawn = self.ask.view

    def show_cell(self) -> None:
        """Say what the cursor of the heatmap stands on, and what the arrows do."""
        picture, seen = self.picture, self.seen
        if picture is None or seen is None:
            return
        said = picture.cell(*self.query_one(Heatmap).cursor) if picture.cell is not None and picture.heat else ""
        hint = way_to(seen.ask.view) if seen.ask.view in seen.missing else HINTS[seen.ask.view]
        words = f"{seen.words}  " if seen.words else ""
        self.query_one("#note", NoteLine).show((words, "cut"), (said, "strong"), ("   " * bool(said) + hint, "muted"))

    def on_heatmap_cursor_moved(self, event: Heatmap.CursorMoved) -> None:
        """The cursor stands elsewhere."""
        event.stop()
        self.show_cell()
