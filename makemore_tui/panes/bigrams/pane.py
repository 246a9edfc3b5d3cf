"""The Bigrams pane."""

from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.geometry import Size
from textual.timer import Timer
from textual.worker import get_current_worker

from makemore_core.bigrams import count_bigrams
from makemore_core.corpus import Corpus
from makemore_tui.display import glyph, visible
from makemore_tui.look import Look
from makemore_tui.panes.base import Pane
from makemore_tui.panes.bigrams import words
from makemore_tui.panes.bigrams.controls import Controls
from makemore_tui.panes.bigrams.examples import items_with_pair
from makemore_tui.panes.bigrams.facts import pair_facts
from makemore_tui.panes.bigrams.inspector import Inspector
from makemore_tui.panes.bigrams.notes import Legend, Notes
from makemore_tui.panes.bigrams.options import Options, View, parse_smoothing
from makemore_tui.panes.bigrams.prompt import Prompt, Purpose
from makemore_tui.panes.bigrams.run_weights import RunMap, RunWeights
from makemore_tui.panes.bigrams.tables import CountTable, Difference, ModelShares, Shares
from makemore_tui.widgets.color_maps import ColorMap, diverging_map, sequential_maps
from makemore_tui.widgets.heatmap import CellSize, Heatmap, HeatmapData, Notation

POLL_SECONDS = 1.0
"""How often a run that goes on is looked at while its map is in view."""

EXAMPLES_AFTER = 0.15
"""Seconds that the cursor rests before items with the pair are looked for."""

INSPECTOR_WIDTH = 22
"""The least: a narrower one cuts its numbers."""

NOTES_HEIGHT = 7
"""The most lines below the map."""

LARGE = 600
"""From this size of the vocabulary on, what looks at all pairs is left to a worker."""


class BigramsPane(Pane):
    """The matrix of pairs as a heatmap, and all there is to know of the pair under the cursor."""

    TITLE = "bigrams"
    HELP = words.HELP

    BINDINGS: ClassVar[list[Binding]] = [  # type: ignore[assignment]
        Binding("v", "next_view", "view"),
        Binding("slash", "jump", "jump", key_display="/"),
        Binding("right_square_bracket", "smooth(1)", "smooth", key_display="[ ]"),
        Binding("left_square_bracket", "smooth(-1)", "less smoothing", key_display="[", show=False),
        Binding("plus,equals_sign", "zoom(1)", "zoom", key_display="+ -"),
        Binding("minus,underscore", "zoom(-1)", "smaller cells", key_display="-", show=False),
        Binding("l", "scale", "scale"),
        Binding("s", "sort", "sort"),
        Binding("t", "totals", "totals"),
        Binding("c", "colors", "next colour map", show=False),
        Binding("z", "zoom(0)", "cells as large as the room allows", show=False),
        Binding("a", "type_smoothing", "type an amount of smoothing", show=False),
        Binding("p", "view('SHARES')", "probabilities, or back to counts", show=False),
        Binding("m", "view('MODEL')", "the network of the selected run", show=False),
        Binding("d", "view('DIFFERENCE')", "network minus counts", show=False),
    ]

    DEFAULT_CSS = """
    BigramsPane {
        layout: vertical;
        height: 100%;
        & #map-side { width: auto; height: 100%; }
        & #fact-side { width: 1fr; height: 100%; }
        & #body { height: 1fr; }
        &.-typing Controls { height: 1; }
    }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.options = Options()
        self._table: CountTable | None = None
        self._counted: Corpus | None = None
        self._labels: tuple[str, ...] = ()
        self._loss = ""
        self._weights: RunWeights | None = None
        self._run: RunMap | None = None
        self._difference: Difference | None = None
        self._examples: tuple[tuple[int, int], tuple[str, ...]] | None = None
        self._examples_timer: Timer | None = None
        self._poll_timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """Controls; the map with notes below it; the facts with notes below them. One of the two notes is shown."""
        yield Controls(id="controls")
        yield Prompt(id="prompt")
        with Horizontal(id="body"):
            with Vertical(id="map-side"):
                yield Heatmap(id="map")
                yield Notes(id="map-notes")
            with Vertical(id="fact-side"):
                yield Inspector(id="inspector")
                yield Notes(id="fact-notes")

    # What comes from outside

    def watch_corpus(self) -> None:
        """Count the pairs of a new list."""
        if self.corpus is not None and self.corpus is not self._counted and self.is_mounted:
            self._table, self._run, self._weights, self._difference = None, None, None, None
            self._examples = None
            self._tell()
            self._count(self.corpus)

    def watch_run_name(self) -> None:
        """Another run: its weights are read when they are to be shown."""
        self._weights, self._run, self._difference = None, None, None
        if self.is_mounted:
            self._redraw()
            self._poll()

    def on_mount(self) -> None:
        """Look after the run; the first list may be there already."""
        self._poll_timer = self.set_interval(POLL_SECONDS, self._poll_if_live)
        self.watch_corpus()

    def on_pane_shown(self) -> None:
        """Keys belong to the map."""
        self.map.grid.focus()
        self._poll()

    def on_resize(self, _event: events.Resize) -> None:
        """Cells, notes and lists depend on the room."""
        self._arrange()

    @property
    def map(self) -> Heatmap:
        """The heatmap."""
        return self.query_one("#map", Heatmap)

    @property
    def look(self) -> Look:
        """What the terminal can show."""
        look = getattr(self.app, "look", None)
        return look if isinstance(look, Look) else Look()

    @cached_property
    def _home(self) -> Path:
        return Path(getattr(self.app, "runs_home", "."))

    # Counting

    @work(thread=True, exclusive=True, group="count")
    def _count(self, corpus: Corpus) -> None:
        worker = get_current_worker()
        table = CountTable(count_bigrams(corpus))
        if not worker.is_cancelled:
            self.app.call_from_thread(self._counted_pairs, corpus, table)

    def _counted_pairs(self, corpus: Corpus, table: CountTable) -> None:
        if corpus is not self.corpus:
            return
        self._counted, self._table = corpus, table
        symbols = corpus.vocabulary.symbols
        self._labels = tuple(glyph(symbol, ascii=self.look.ascii) for symbol in symbols)
        self._measure_loss()
        self._redraw()
        self._poll()
        self._look_for_examples()
        if self.map.grid.focusable and self.screen.focused is None:
            self.map.grid.focus()

    def _measure_loss(self) -> None:
        """The NLL of the smoothed counts: at once for usual vocabularies, in a worker for large ones."""
        if self._table is None:
            return
        if self._table.size < LARGE:
            self._loss = words.loss(self._table.loss(self.options.smoothing).nll)
        else:
            self._loss = "NLL ..."
            self._measure_large_loss(self._table, self.options.smoothing)

    @work(thread=True, exclusive=True, group="loss")
    def _measure_large_loss(self, table: CountTable, smoothing: float) -> None:
        worker = get_current_worker()
        loss = words.loss(table.loss(smoothing).nll)
        if not worker.is_cancelled:
            self.app.call_from_thread(self._loss_measured, loss)

    def _loss_measured(self, loss: str) -> None:
        self._loss = loss
        self._tell()

    # The selected run

    def _poll_if_live(self) -> None:
        if self._run is None or self._run.live:
            self._poll()

    def _poll(self) -> None:
        """Read the run's weights where they are wanted and seen."""
        wanted = self.options.view.needs_run and self.run_name is not None and self._table is not None
        if not wanted or not self.is_on_screen or self.corpus is None or self.run_name is None:
            return
        if self._weights is None:
            characters = self.corpus.vocabulary.characters
            self._weights = RunWeights(self.run_name, self._home, characters)
        self._read_run(self._weights)

    @work(thread=True, exclusive=True, group="run")
    def _read_run(self, weights: RunWeights) -> None:
        worker = get_current_worker()
        run, table, smoothing = weights.poll(), self._table, self.options.smoothing
        difference = self._difference
        if run.model is not None and table is not None and self.options.view is View.DIFFERENCE:
            known = difference is not None and difference.model is run.model and difference.shares.table is table
            if not known or difference is None or difference.shares.smoothing != smoothing:
                difference = Difference(run.model, Shares(table, smoothing))
        if not worker.is_cancelled:
            self.app.call_from_thread(self._run_read, weights, run, difference)

    def _run_read(self, weights: RunWeights, run: RunMap, difference: Difference | None) -> None:
        if weights is not self._weights:
            return
        stale, self._run = self._run, run
        changed = difference is not self._difference or stale is None or stale.model is not run.model
        self._difference = difference
        if changed:
            self._redraw()
        else:
            self._tell()

    # Drawing

    @property
    def _shares(self) -> Shares:
        assert self._table is not None
        return Shares(self._table, self.options.smoothing)

    @property
    def _source(self) -> CountTable | Shares | ModelShares | Difference | None:
        """What the map shows; None where it cannot be shown, or not yet."""
        view, run = self.options.view, self._run
        if self._table is None or view is View.COUNTS:
            return self._table
        if view is View.SHARES:
            return self._shares
        if run is None or run.model is None:
            return None
        if view is View.MODEL:
            return run.model
        return self._difference

    @property
    def _notation(self) -> Notation:
        view = self.options.view
        if view is View.COUNTS:
            return Notation.COUNT
        return Notation.DIFFERENCE if view is View.DIFFERENCE else Notation.SHARE

    @property
    def _colors(self) -> ColorMap:
        if self.options.view is View.DIFFERENCE:
            return diverging_map(self.look.depth)
        maps = sequential_maps(self.look.depth)
        return maps[self.options.colors % len(maps)]

    def _redraw(self) -> None:
        """The map, and everything beside it."""
        source, table = self._source, self._table
        self.map.display = source is not None
        if source is not None and table is not None:
            order = table.by_frequency() if self.options.by_frequency else None
            data = HeatmapData(
                source,
                self._labels,
                self._labels,
                source.bounds,
                self._notation,
                row_totals=table.row_sums,
                column_totals=table.column_sums,
                row_order=order,
                column_order=order,
            )
            options = self.options
            self.map.show(data, scale=options.scale, colors=self._colors, zoom=options.zoom, totals=options.totals)
            self._arrange()
        self._tell()

    def _arrange(self) -> None:
        """Share the room between the map and the rest: the map takes what it needs, the facts are what is left."""
        width, height = self.size.width, self.size.height - 2
        if width <= 0 or height <= 0:
            return
        self.map.set_room(Size(max(1, width - INSPECTOR_WIDTH - 1), height))
        layout = self.map.layout_now
        if layout is None:
            return
        below = height - layout.needed_height if layout.needed_width <= layout.width else 0
        below = below if below >= 4 else 0
        notes, others = self.query_one("#map-notes", Notes), self.query_one("#fact-notes", Notes)
        notes.display, others.display = below > 0, below == 0
        notes.styles.height = min(below, NOTES_HEIGHT)
        others.styles.height = NOTES_HEIGHT + (height >= 30) * 2
        self.query_one("#map-side").styles.width = min(layout.needed_width, layout.width) + 1
        self.map.styles.height = min(layout.needed_height, height) if below else "1fr"
        self.map.redraw()

    def _tell(self) -> None:
        """Everything but the map."""
        controls = self.query_one(Controls)
        table, run, source = self._table, self._run, self._source
        if self.corpus is None or table is None:
            reading = "" if self.corpus is None else f"Counting the pairs of {visible(self.corpus.name)} ..."
            controls.show(self.options.view, "", reading)
            return
        note = words.pairs(table.size - 1, table.total)
        if self.options.view.needs_run:
            note = words.no_run() if self.run_name is None else run.note if run is not None else "reading the run"
        if self.options.view is View.DIFFERENCE and self._difference is not None:
            note = words.largest(self._difference, self._labels)
        controls.show(self.options.view, note, f"smoothing {self.options.smoothing:g}   {self._loss}")
        self._tell_pair()
        legend = None
        if source is not None:
            sentences = words.reading(self.options, self.map.layout_now, run, self._colors.name)
            legend = Legend(source.bounds, self._notation, self.options.scale, self._colors, sentences)
        for notes in self.query(Notes):
            notes.show(legend, self._example_text())

    def _tell_pair(self) -> None:
        if self._table is None:
            return
        source = self._source
        first, second = self.map.cursor
        shown = source if isinstance(source, (ModelShares, Difference)) else self._shares
        facts = pair_facts(first, second, self._table, self._shares, shown)
        self.query_one(Inspector).show(facts, self._labels, differences=isinstance(source, Difference))

    def _example_text(self) -> str:
        if self._examples is None or self._examples[0] != self.map.cursor:
            return ""
        pair, items = self._examples
        name = self._labels[pair[0]] + self._labels[pair[1]]
        return words.examples(name, items, self.look.ascii)

    # The cursor

    def on_heatmap_cursor_moved(self, event: Heatmap.CursorMoved) -> None:
        """Show the facts at once; look for items when the cursor rests."""
        event.stop()
        self._tell_pair()
        self._look_for_examples()

    def _look_for_examples(self) -> None:
        if self._examples_timer is not None:
            self._examples_timer.stop()
        self._examples_timer = self.set_timer(EXAMPLES_AFTER, self._start_examples)

    def _start_examples(self) -> None:
        if self.corpus is not None and self._table is not None:
            self._find_examples(self.corpus, self.map.cursor)

    @work(thread=True, exclusive=True, group="examples")
    def _find_examples(self, corpus: Corpus, pair: tuple[int, int]) -> None:
        worker = get_current_worker()
        items = items_with_pair(corpus, *pair, most=words.MOST_EXAMPLES, cancelled=lambda: worker.is_cancelled)
        if not worker.is_cancelled:
            self.app.call_from_thread(self._examples_found, pair, items)

    def _examples_found(self, pair: tuple[int, int], items: tuple[str, ...]) -> None:
        if pair == self.map.cursor:
            self._examples = pair, items
            self._tell()

    # Keys

    def on_controls_chosen(self, event: Controls.Chosen) -> None:
        """A view was clicked."""
        event.stop()
        self._show_view(event.view)

    def action_next_view(self) -> None:
        """Counts, probabilities, the network, the difference."""
        self._show_view(self.options.with_next_view().view)

    def action_view(self, name: str) -> None:
        """A view by name; the one that is shown already gives way to counts."""
        view = View[name]
        self._show_view(View.COUNTS if view is self.options.view else view)

    def _show_view(self, view: View) -> None:
        self._change(replace(self.options, view=view))
        self._poll()

    def action_scale(self) -> None:
        """Log, square root, linear."""
        self._change(self.options.with_next_scale())

    def action_sort(self) -> None:
        """By character, or the most frequent first."""
        self._change(replace(self.options, by_frequency=not self.options.by_frequency))

    def action_colors(self) -> None:
        """The next colour map; differences have one of their own."""
        self._change(replace(self.options, colors=self.options.colors + 1))

    def action_totals(self) -> None:
        """Show totals, or none."""
        layout = self.map.layout_now
        if layout is not None:
            self._change(replace(self.options, totals=not (layout.row_totals or layout.column_totals)))

    def action_zoom(self, direction: int) -> None:
        """Larger or smaller cells; 0 leaves it to the room."""
        layout = self.map.layout_now
        if layout is not None:
            size = CellSize(max(0, min(layout.size + direction, len(CellSize) - 1)))
            self._change(replace(self.options, zoom=size if direction else None))

    def action_smooth(self, direction: int) -> None:
        """The next usual amount of smoothing."""
        self._set_smoothing(self.options.with_smoothing_step(direction))

    def _set_smoothing(self, options: Options) -> None:
        self.options = options
        self._measure_loss()
        self._redraw()
        self._poll()

    def _change(self, options: Options) -> None:
        self.options = options
        self._redraw()

    # Typing

    def action_jump(self) -> None:
        """Type a character to jump to."""
        self._ask(Purpose.JUMP)

    def action_type_smoothing(self) -> None:
        """Type an amount of smoothing."""
        self._ask(Purpose.SMOOTHING)

    def _ask(self, purpose: Purpose) -> None:
        self.set_class(True, "-typing")
        self.query_one(Prompt).open(purpose)

    def on_prompt_closed(self, event: Prompt.Closed) -> None:
        """The map takes the keys again."""
        event.stop()
        self.set_class(False, "-typing")
        self.map.grid.focus()

    def on_prompt_typed(self, event: Prompt.Typed) -> None:
        """Go where it says, or smooth as it says."""
        event.stop()
        if event.purpose is Purpose.JUMP:
            self._jump(event.text, event.confirmed)
        elif event.confirmed:
            self._type_smoothing(event.text)

    def _jump(self, text: str, confirmed: bool) -> None:
        prompt = self.query_one(Prompt)
        if self.corpus is None or self._table is None or (confirmed and not text):
            prompt.action_close()
            return
        symbols = self.corpus.vocabulary.symbols
        for character in text[:2]:
            if character not in symbols:
                prompt.say(f"{visible(character)} is not in this list; type another:", problem=True)
                return
        if text:
            row = symbols.index(text[0])
            self.map.move_to(row, symbols.index(text[1]) if len(text) > 1 else self.map.cursor[1])
        if confirmed or len(text) > 1:
            prompt.action_close()

    def _type_smoothing(self, text: str) -> None:
        prompt = self.query_one(Prompt)
        smoothing = parse_smoothing(text)
        if text and smoothing is None:
            prompt.say("Not a number of 0 or more:", problem=True)
            return
        prompt.action_close()
        if smoothing is not None:
            self._set_smoothing(replace(self.options, smoothing=smoothing))
