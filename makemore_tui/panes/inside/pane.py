"""The look inside: six views of one model and one text, at any step that is kept."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message

from makemore_core.errors import MakemoreError
from makemore_tui.display import visible
from makemore_tui.look import Look
from makemore_tui.panes.inside.drawing import Labels, Picture, candidates, draw
from makemore_tui.panes.inside.help import HELP
from makemore_tui.panes.inside.keys import HINTS, KEYS, ONLY_IN, TRAVEL_KEYS
from makemore_tui.panes.inside.parts import NameRows, title_line
from makemore_tui.panes.inside.views import (
    ACTIVATIONS,
    ATTENTION,
    CHARACTERS,
    MATTERED,
    NAMES,
    PARAMETERS,
    STATES,
    VIEWS,
    Ask,
    Choices,
)
from makemore_tui.panes.travelling import Travelling
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
    from makemore_core.inspection.occlusion import Occlusion
    from makemore_tui.panes.inside.looking import Looker, Seen
    from makemore_tui.panes.sample.opening import Opened


NAMES_SHARE = 0.4
"""Of the width, that the names of parameters take at the most."""


class InsidePane(Travelling, can_focus=True):
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
        """What is wanted."""
        self.choices = Choices()
        self.seen: Seen | None = None
        self.picture: Picture | None = None
        self._looker: Looker | None = None
        self._busy = self._polling = False
        self._chosen = False  # whether a person chose a view
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
        look = getattr(self.app, "look", None)
        return look if isinstance(look, Look) else Look()

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
        hint = "" if seen.ask.view in seen.missing else HINTS[seen.ask.view]
        words = f"{seen.words}  " if seen.words else ""
        self.query_one("#note", NoteLine).show((words, "cut"), (said, "strong"), ("   " * bool(said) + hint, "muted"))

    def on_heatmap_cursor_moved(self, event: Heatmap.CursorMoved) -> None:
        """The cursor stands elsewhere."""
        event.stop()
        self.show_cell()

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Some keys are for some views."""
        views = ONLY_IN.get(action)
        is_missing = self.seen is not None and self.ask.view in self.seen.missing
        if views is not None and (is_missing or self.ask.view not in views):
            return False
        return super().check_action(action, parameters)

    def action_view(self, name: str) -> None:
        """Go to a view; one that the model does not have says why."""
        self._chosen = True
        self.look(view=name)
        self.query_one(ViewTabs).show(replace(self.query_one(ViewTabs).data, current=name))

    def on_view_tabs_chosen(self, event: ViewTabs.Chosen) -> None:
        """A click on a name."""
        event.stop()
        self.action_view(event.name)

    def action_next_view(self, by: int) -> None:
        """Go to the next view that the model has."""
        missing = self.seen.missing if self.seen is not None else {}
        place = NAMES.index(self.ask.view) + by
        while NAMES[place % len(NAMES)] in missing:
            place += by
        self.action_view(NAMES[place % len(NAMES)])

    def action_across(self, by: int) -> None:
        """Left and right: the head, the part, or the place in the text."""
        view = self.ask.view
        if view == ATTENTION:
            self._choose_block(head=self.choices.head + by)
        elif view in (STATES, ACTIVATIONS):
            self._choose_block(part=self.choices.part + by)
        elif view == MATTERED and self.seen is not None:
            most = len(self.seen.text)
            length = most if self.ask.length is None else self.ask.length
            self.look(length=max(0, min(length + by, most)), target=None)

    def action_along(self, by: int) -> None:
        """Up and down: the layer, the unit, the character that is asked for, or the parameter."""
        view = self.ask.view
        if view == ATTENTION:
            self._choose(layer=self.choices.layer + (1 if by > 0 else -1))
        elif view in (STATES, ACTIVATIONS):
            self.query_one(Heatmap).grid.action_move(by, 0)
        elif view == MATTERED:
            self._ask_for(by)
        elif view == PARAMETERS and self.picture is not None:
            self.look(parameter=max(0, min(self.ask.parameter + by, len(self.picture.names) - 1)))

    def _ask_for(self, by: int) -> None:
        """Ask for another character: the one that is so many places less likely."""
        found = self.seen.found if self.seen is not None else None
        if self.seen is None or self.seen.ask.view != MATTERED or found is None:
            return
        asked: Occlusion = found  # type: ignore[assignment]
        order = candidates(asked).tolist()
        target = self.ask.target if self.ask.target is not None else asked.target
        self.look(target=order[max(0, min(order.index(target) + by, len(order) - 1))])

    def _choose(self, **changes: object) -> None:
        self.choices = replace(self.choices, **changes)  # type: ignore[arg-type]
        self.show()

    def _choose_block(self, **changes: object) -> None:
        """Choose another head or part; the cursor goes along."""
        heat, before = self.query_one(Heatmap), self.picture.beside if self.picture is not None else None
        row, column = heat.cursor
        self._choose(**changes)
        after = self.picture.beside if self.picture is not None else None
        if before is not None and after is not None:
            heat.move_to(row, after.offset + max(before.place(column)[1], 0))
        self.show_cell()

    def action_together(self) -> None:
        """All side by side, or one alone."""
        if self.ask.view == ATTENTION:
            self._choose_block(heads_together=not self.choices.heads_together)
        else:
            self._choose_block(parts_together=not self.choices.parts_together)

    def action_cell(self, rows: int, columns: int) -> None:
        """Move the cursor of the heatmap."""
        if self.picture is not None and self.picture.heat is not None:
            self.query_one(Heatmap).grid.action_move(rows, columns)

    def action_projection(self) -> None:
        """PCA, or the first two numbers."""
        self.look(projection="first two" if self.ask.projection == "pca" else "pca")

    def action_gradients(self) -> None:
        """Weights, or their gradients."""
        self.look(gradients=not self.ask.gradients)

    def action_histogram(self) -> None:
        """A histogram, or the heatmap."""
        self._choose(as_histogram=not self.choices.as_histogram)

    def action_order(self) -> None:
        """The units that vary most first, or all in their order."""
        self._choose(by_activity=not self.choices.by_activity)
        self.query_one(Heatmap).grid.action_edge(-1, 0)
        self.show_cell()

    @on(PickList.Picked)
    def _name_clicked(self, event: PickList.Picked) -> None:
        event.stop()
        is_news = self.picture is not None and self.picture.chosen == self.ask.parameter != event.place
        if event.place == event.list.cursor and is_news:
            self.look(parameter=event.place)

    def action_help(self) -> None:
        """Open the help of this look."""
        from makemore_tui.panes.inside.keys import EVERYWHERE
        from makemore_tui.shell.help import HelpScreen

        self.app.push_screen(HelpScreen(self, EVERYWHERE))

    def action_leave(self) -> None:
        """Go back to where one came from."""
        self.stop_playing()
        self.screen.dismiss(self.moment)
