"""The Bigrams pane."""

from dataclasses import replace
from pathlib import Path

from textual import events, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.geometry import Size
from textual.timer import Timer
from textual.worker import get_current_worker

from makemore_core.bigrams import count_bigrams
from makemore_core.corpus import Corpus
from makemore_tui.display import glyph, visible
from makemore_tui.panes.bigrams import words
from makemore_tui.panes.bigrams.asking import Asking
from makemore_tui.panes.bigrams.controls import Controls
from makemore_tui.panes.bigrams.examples import items_with_pair
from makemore_tui.panes.bigrams.facts import pair_facts
from makemore_tui.panes.bigrams.inspector import Inspector
from makemore_tui.panes.bigrams.losses import Losses, measure
from makemore_tui.panes.bigrams.notes import Legend, Notes
from makemore_tui.panes.bigrams.options import Options, View
from makemore_tui.panes.bigrams.pace import Pace
from makemore_tui.panes.bigrams.prompt import Prompt
from makemore_tui.panes.bigrams.run_weights import RunMap, RunWeights
from makemore_tui.panes.bigrams.showing import (
    Source,
    arrange,
    colors_of,
    data_of,
    map_room,
    notation_of,
    source_of,
)
from makemore_tui.panes.bigrams.tables import CountTable, Difference, ModelShares, Shares
from makemore_tui.panes.bigrams.travel import Travel
from makemore_tui.refresh import interval_of, is_line_busy
from makemore_tui.widgets.heatmap import CellSize, Heatmap
from makemore_tui.widgets.heatmap.layout import Layout
from makemore_tui.widgets.time_slider import TimeSlider

EXAMPLES_AFTER = 0.15
"""Seconds that the cursor rests before items with the pair are looked for."""

WIDE = 160
"""From this width on there is room, and a line, for more of everything."""

LARGE = 600
"""From this size of the vocabulary on, what looks at all pairs is left to a worker."""


class BigramsPane(Travel, Asking):
    """The matrix of pairs as a heatmap, and all there is to know of the pair under the cursor."""

    TITLE = "bigrams"
    HELP = words.HELP

    DEFAULT_CSS = """
    BigramsPane {
        layout: vertical;
        height: 100%;
        & #map-side { width: auto; height: 100%; }
        & #fact-side { width: 1fr; height: 100%; }
        & #body { height: 1fr; }
        & #map, & #map-notes { margin-right: 1; }
        &.-typing Controls { height: 1; }
    }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._table: CountTable | None = None
        self._counted: Corpus | None = None
        self._labels: tuple[str, ...] = ()
        self._loss = ""
        self._weights: RunWeights | None = None
        self._run: RunMap | None = None
        self._difference: Difference | None = None
        self._losses: Losses | None = None
        self._pace = Pace()
        self._examples: tuple[tuple[int, int], tuple[str, ...]] | None = None
        self._examples_timer: Timer | None = None
        self._run_timer: Timer | None = None
        """Ticks as long as there may be something new to read of the run that is shown."""

    def compose(self) -> ComposeResult:
        """Controls; the map with notes below it; the facts with notes below them. One of the two notes is shown."""
        yield Controls(id="controls")
        yield Prompt(id="prompt")
        yield TimeSlider(id="time")
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
            self._table, self._examples = None, None
            self._forget_run()
            self._tell()
            self._count(self.corpus)

    def watch_run_name(self) -> None:
        """Another run: its weights are read when they are to be shown."""
        self._forget_run()
        if self.is_mounted:
            self._redraw()
            self._poll()

    def _forget_run(self) -> None:
        self._weights, self._run, self._difference, self._losses = None, None, None, None

    def on_mount(self) -> None:
        """Look after the run; the first list may be there already."""
        self._pace = Pace(interval_of(self.app))
        self._run_timer = self.set_interval(Pace.SECONDS, self._poll_if_due, pause=True)
        self.watch_corpus()

    def on_pane_shown(self) -> None:
        """Keys belong to the map."""
        self.map.grid.focus()
        self._poll()

    def on_show(self) -> None:
        """Read what came meanwhile."""
        self._poll()

    def on_hide(self) -> None:
        """Nothing is read for who does not see it."""
        if self._run_timer is not None:
            self._run_timer.pause()

    def on_resize(self, _event: events.Resize) -> None:
        """Cells, notes and lists depend on the room, and what is said of them."""
        self._arrange()
        self._tell()

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
        self.map.move_to(0, int((table.counts[0] > 0).argmax()))  # the first character that starts an item
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

    def _poll_if_due(self) -> None:
        reading = any(worker.group == "run" and worker.is_running for worker in self.workers)
        if self._pace.is_due and not reading and not is_line_busy(self.app):
            self._poll()

    def _mind_run(self) -> None:
        """Let the timer tick only while the run is seen, and more may come of it."""
        if self._run_timer is None:
            return
        if self.is_on_screen and self.options.view.needs_run and (self._run is None or self._run.live):
            self._run_timer.resume()
        else:
            self._run_timer.pause()

    def _poll(self) -> None:
        """Read the run's weights where they are wanted and seen."""
        self._mind_run()
        wanted = self.options.view.needs_run and self._table is not None
        if not wanted or not self.is_on_screen or self.corpus is None:
            return
        if self._weights is None:
            home = Path(getattr(self.app, "runs_home", "."))
            self._weights = RunWeights(self.run_name, home, self.corpus)
        self._read_run(self._weights)

    @work(thread=True, exclusive=True, group="run")
    def _read_run(self, weights: RunWeights) -> None:
        worker = get_current_worker()
        stale, losses, difference, smoothing = self._run, self._losses, self._difference, self.options.smoothing
        run = weights.poll(self.moment)
        if run.model is None or self._table is None:
            losses, difference = None, None
        else:
            same = stale is not None and stale.model is run.model
            if losses is None or not same or losses.smoothing != smoothing or losses.step != run.at:
                losses = measure(run, self._table, smoothing)
            if self.options.view is View.DIFFERENCE:
                shares = Shares(run.learnt or self._table, smoothing)
                if difference is None or difference.model is not run.model or difference.shares != shares:
                    difference = Difference(run.model, shares)
        if not worker.is_cancelled:
            self.app.call_from_thread(self._run_read, weights, run, difference, losses)

    def _run_read(self, weights: RunWeights, run: RunMap, difference: Difference | None, losses: Losses | None) -> None:
        if weights is not self._weights:
            return
        stale, self._run, self._losses = self._run, run, losses
        self.show_kept(run)
        changed = difference is not self._difference or stale is None or stale.model is not run.model
        self._difference = difference
        if changed or run.model is None:
            self._redraw()
        else:
            self._tell()
        self._pace.painted(self.map.grid.repainted if changed else 0, waiting=run.model is None)
        self._mind_run()

    # Drawing

    @property
    def _source(self) -> Source | None:
        return source_of(self.options, self._table, self._run, self._difference)

    def _redraw(self) -> None:
        """The map, and everything beside it."""
        self.show_slider()
        source, table, options = self._source, self._table, self.options
        if source is None or table is None:
            self.map.clear(self._run_note() if table is not None else "")
        else:
            data = data_of(source, table, self._labels, options)
            colors = colors_of(options, self.look)
            self.map.show(data, scale=options.scale, colors=colors, zoom=options.zoom, totals=options.totals)
            self._arrange()
        self._tell()

    def _arrange(self) -> None:
        self.foresee(self.size)
        self.map.redraw()

    def foresee(self, size: Size) -> None:
        """Share the room between the map, the facts and the notes."""
        room = Size(size.width, size.height - 2 - self.query_one(TimeSlider).display)
        self.map.set_room(map_room(room))
        layout = self.map.layout_now
        if layout is None or room.width <= 0 or room.height <= 0:
            return
        arrangement = arrange(room, layout)
        notes, others = self.query_one("#map-notes", Notes), self.query_one("#fact-notes", Notes)
        notes.display, others.display = arrangement.map_notes > 0, arrangement.fact_notes > 0
        notes.styles.height, others.styles.height = arrangement.map_notes, arrangement.fact_notes
        self.query_one("#map-side").styles.width = arrangement.map_width
        self.map.styles.height = arrangement.map_height or "1fr"

    def _tell(self) -> None:
        """Everything but the map."""
        controls = self.query_one(Controls)
        table, run, source = self._table, self._run, self._source
        if self.corpus is None or table is None:
            reading = "" if self.corpus is None else f"Counting the pairs of {visible(self.corpus.name)} ..."
            controls.show(self.options.view, (), (reading,))
            return
        warning = run.warning if run is not None and self.options.view.needs_run else ""
        controls.show(self.options.view, self._notes(table), self._loss_words(), warning)
        self._tell_pair()
        legend = None
        if source is not None:
            colors, notation = colors_of(self.options, self.look), notation_of(self.options.view)
            layout = self.map.layout_now
            sentences = words.reading(
                self.options, layout, run, "" if colors.colorless else colors.name, source.bounds.largest
            )
            size = layout.size if layout is not None else CellSize.SMALL
            legend = Legend(source.bounds, notation, self.options.scale, colors, size, sentences)
        lines = 5 if self.size.width >= WIDE else 1 if self.options.view.needs_run else 2
        for notes in self.query(Notes):
            notes.show(legend, self._example_text(), lines)

    def _notes(self, table: CountTable) -> tuple[str, ...]:
        """What the map shows, most important first."""
        if not self.options.view.needs_run:
            return (words.pairs(table.size - 1, table.total),)
        if self.options.view is View.DIFFERENCE and self._difference is not None and self._run is not None:
            return words.largest(self._run, self._difference, self._labels)
        if self._source is None:
            return ()  # the room of the map has more lines for it
        return (self._run_note(),)

    def _run_note(self) -> str:
        return self._run.note if self._run is not None else "Reading the run ..."

    def _loss_words(self) -> tuple[str, ...]:
        """How well what is shown predicts: the network's loss beside that of the counts, where there is a network."""
        if self.options.view.needs_run and self._losses is not None:
            return self._losses.words
        return (f"smoothing {self.options.smoothing:g}   {self._loss}",)

    def _tell_pair(self) -> None:
        if self._table is None:
            return
        source, table, learnt = self._source, self._table, None
        if isinstance(source, ModelShares | Difference) and self._run is not None:
            learnt = self._run.learnt  # a network is compared with the counts of what it learns from
        table = learnt or table
        shares = Shares(table, self.options.smoothing)
        shown = source if isinstance(source, ModelShares | Difference) else shares
        facts = pair_facts(*self.map.cursor, table, shares, shown)
        side = "train" if learnt is not None else ""
        self.query_one(Inspector).show(facts, self._labels, differences=isinstance(source, Difference), side=side)

    def _example_text(self) -> str:
        if self._examples is None or self._examples[0] != self.map.cursor or self.corpus is None:
            return ""
        pair, items = self._examples
        symbols = tuple(self.corpus.vocabulary.symbol(token) for token in pair)
        name = self._labels[pair[0]] + self._labels[pair[1]]
        return words.named(symbols, self.look.ascii) + words.examples(name, items, self.look.ascii)

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
        self.change(replace(self.options, view=event.view))

    def change(self, options: Options) -> None:
        """Show other things, or in another way."""
        smoothing, self.options = self.options.smoothing, options
        if options.smoothing != smoothing:
            self._measure_loss()
        self._redraw()
        self._poll()

    @property
    def cells(self) -> Layout | None:
        """How the cells are laid out."""
        return self.map.layout_now
