"""The Evaluate view: a report in five sections, or how far its making is."""

from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from makemore_tui.display import visible
from makemore_tui.look import look_of
from makemore_tui.panes.base import Pane
from makemore_tui.panes.compare import evaluate_tables as tables
from makemore_tui.panes.compare.evaluate_help import HELP
from makemore_tui.widgets.line_chart import LineChart
from makemore_tui.widgets.meter_table import MeterHead, MeterTable
from makemore_tui.widgets.pick_list import Nothing, PickList
from makemore_tui.widgets.progress_line import ProgressLine
from makemore_tui.widgets.section_tabs import SectionTabs

if TYPE_CHECKING:
    from makemore_core.metrics.report import Report

SECTIONS = ("losses", "positions", "calibration", "mistakes", "samples")
BROAD = 110
"""From this width on, the distances to train stand beside the samples."""


class MeterRows(PickList, inherit_bindings=False):
    """Rows that scroll up and down; left and right are for the sections."""

    BINDINGS = PickList.BINDINGS

    def __init__(self) -> None:
        super().__init__(with_cursor=False)


class MeterList(Vertical):
    """A MeterTable under its titles, to be scrolled."""

    DEFAULT_CSS = """
    MeterList {
        width: 1fr; height: 1fr; padding: 0 1;
        & MeterHead { padding: 0 1 0 0; }
        & PickList { height: 1fr; scrollbar-gutter: stable; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.titles, self.rows = MeterHead(), MeterRows()

    def compose(self) -> ComposeResult:
        """Titles above rows."""
        yield self.titles
        yield self.rows

    def show(self, title: str, table: MeterTable, note: str = "") -> None:
        """Take another table."""
        self.titles.show(title, table, note)
        self.rows.show(table if table.rows else Nothing())


class EvaluateView(Pane, can_focus=True):
    """Shows one report. It computes nothing: whoever shows it tells how far it is, and hands the report over."""

    TITLE = "evaluate"
    HELP = HELP
    BINDINGS = [
        Binding("escape,q", "leave", "back"),
        *(
            Binding(f"{number},f{number}", f"section({number - 1})", f"show {name}", show=False)
            for number, name in enumerate(SECTIONS, 1)
        ),
        Binding("right", "turn(1)", "next section", key_display="→"),
        Binding("left", "turn(-1)", "section before", show=False),
        Binding("t", "turn_side", "another side", tooltip="whether test, train or dev is looked at closely"),
        Binding("c", "checkpoint", "checkpoint", tooltip="evaluate the run at another one: best, last, any step kept"),
        Binding("tab", "app.focus_next", "to the next list, to scroll it", show=False),
        Binding("question_mark,f10", "help", "help"),
    ]

    class Left(Message):
        """A person wants to go back; what is being computed is given up."""

    class CheckpointWanted(Message):
        """A person wants the model at another checkpoint."""

    DEFAULT_CSS = """
    EvaluateView {
        layout: vertical;
        & #what { height: 1; padding: 0 1; text-style: bold; }
        & #working { padding: 1 2; height: auto; }
        & #trouble { padding: 1 2; height: auto; display: none; }
        & #sections { height: 1fr; }
        & #sections > Horizontal, & #sections > Vertical { height: 1fr; }
        & SectionTabs { margin: 0 1; }
        & #losses { height: 6; }
        & #bins { width: 46; }
        & LineChart { padding: 0 1; }
        & #samples { max-width: 84; }
        & #distances { width: 40; }
        &.-narrow #samples-section { layout: vertical; }
        &.-narrow #distances { width: 1fr; height: 8; }
        &.-narrow #bins { width: 44; }
    }
    """

    def __init__(self, what: str, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.what = what
        self.report: Report | None = None
        self.section, self.side = 0, ""
        self.is_known = False
        """Whether the report was made before, in this session."""
        self.checkpoints = 0
        """How many there are to choose from."""
        self.tabs, self.progress_line = SectionTabs(SECTIONS), ProgressLine()
        self.losses, self.facts = MeterList(id="losses"), MeterList(id="facts")
        self.positions, self.lengths = MeterList(), MeterList()
        self.diagram, self.bins = LineChart(), MeterList(id="bins")
        self.hardest, self.confusions = MeterList(), MeterList()
        self.samples, self.distances = MeterList(id="samples"), MeterList(id="distances")

    def compose(self) -> ComposeResult:
        """What is evaluated, how far it is, and the sections, of which one is shown."""
        yield Static(visible(self.what, ascii=self._ascii), id="what", markup=False)
        with Vertical(id="working"):
            yield self.progress_line
            yield Static("esc gives it up", markup=False)
        yield Static("", id="trouble", markup=False)
        yield self.tabs
        with Vertical(id="sections"):
            with Vertical(id="losses-section"):
                yield self.losses
                yield self.facts
            with Horizontal(id="positions-section"):
                yield self.positions
                yield self.lengths
            with Horizontal(id="calibration-section"):
                yield self.diagram
                yield self.bins
            with Horizontal(id="mistakes-section"):
                yield self.hardest
                yield self.confusions
            with Horizontal(id="samples-section"):
                yield self.samples
                yield self.distances

    def on_mount(self) -> None:
        """Nothing is there yet but the line that says how far it is."""
        self._arrange()
        self.focus()

    @property
    def _ascii(self) -> bool:
        return look_of(self.app).ascii

    # What is shown

    def show_progress(self, part: str, share: float) -> None:
        """Tell how far it is."""
        self.progress_line.show(part, share)

    def show_trouble(self, words: str) -> None:
        """Tell why there is nothing to show."""
        trouble = self.query_one("#trouble", Static)
        trouble.update(Content(visible(words, ascii=self._ascii)))
        trouble.display = True
        self.query_one("#working").display = False

    def wait(self) -> None:
        """Another report is to come: say how far it is, as at first."""
        self.report = None
        self.query_one("#trouble").display = False
        self._arrange()
        self.refresh_bindings()

    def show(self, report: "Report", name: str = "", *, known: bool = False) -> None:
        """Take the report; `name` is what it is of, where the report does not say it all."""
        self.what, self.is_known = name or report.name, known
        self.report, self.side = report, self.side if self.side in report.details else report.final_side
        self._arrange()
        self._fill()
        self._focus_section()
        self.refresh_bindings()

    def _fill(self) -> None:
        """Put the report into all sections."""
        report = self.report
        if report is None:
            return
        ascii_only = self._ascii
        details = report.details[self.side]
        on = f"on {self.side}" + ("" if details.is_whole else f": {details.items:,} of {details.of_items:,} items")
        self.query_one("#what", Static).update(Content(visible(self.what, ascii=ascii_only)))
        self.losses.show("exact losses", tables.loss_table(report), "nats per character, ends counted")
        self.facts.show(on, tables.fact_table(details, len(details.confusion.symbols)))
        self.positions.show("NLL by position", tables.position_table(details), on)
        self.lengths.show("NLL by length", tables.length_table(details), on)
        self.diagram.chart = tables.reliability_chart(details.calibration)
        self.bins.show(f"ECE {details.calibration.ece:.4f}", tables.bin_table(details.calibration), on)
        self.hardest.show("hardest items", tables.hardest_table(details), on)
        self.confusions.show("first choices", tables.confusion_table(details, ascii=ascii_only), on)
        if (found := report.samples) is None:
            self.samples.show("samples", MeterTable(words="no samples were asked for"))
        else:
            self.samples.show(
                "samples",
                tables.sample_table(found),
                f"seed {found.seed}; lengths and n-grams against {found.reference_items:,} of {found.reference_side}",
            )
            self.distances.show("edits to train", tables.nearest_table(found), tables.nearest_note(found))
        self._tell()

    def _tell(self) -> None:
        if self.report is not None:
            before = ", before" if self.is_known else ""
            self.tabs.show(self.section, f"took {self.report.seconds:.1f} s{before}")

    def _arrange(self) -> None:
        """Show the section at the front, or how far it is."""
        known = self.report is not None
        self.set_class(self.size.width < BROAD, "-narrow")
        self.query_one("#working").display = not known
        self.tabs.display = self.query_one("#sections").display = known
        for place, name in enumerate(SECTIONS):
            self.query_one(f"#{name}-section").display = place == self.section
        self._tell()

    def on_resize(self, event: events.Resize) -> None:
        """Arrange the sections for the room."""
        self.set_class(event.size.width < BROAD, "-narrow")

    def _focus_section(self) -> None:
        """Give the keys that scroll to the first list of the section."""
        lists = self.query_one(f"#{SECTIONS[self.section]}-section").query(PickList)
        if lists:
            lists.first().focus()

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Before there is a report, there is nothing to go through; where there is one checkpoint, none to choose.

        Digits are the view's own even then: they must not lead to another pane beneath it.
        """
        if action == "checkpoint":
            return self.checkpoints > 1
        return self.report is not None or action not in ("turn", "turn_side")

    def action_section(self, place: int) -> None:
        """Show another section, once there is a report."""
        if self.report is None:
            return
        self.section = place
        self._arrange()
        self._focus_section()

    def action_turn(self, by: int) -> None:
        """Show the section beside."""
        self.action_section((self.section + by) % len(SECTIONS))

    def action_turn_side(self) -> None:
        """Look closely at another side."""
        if self.report is not None:
            sides = list(self.report.details)
            self.side = sides[(sides.index(self.side) + 1) % len(sides)]
            self._fill()

    def action_checkpoint(self) -> None:
        """Have the model evaluated at another checkpoint."""
        self.post_message(self.CheckpointWanted())

    def action_leave(self) -> None:
        """Go back."""
        self.post_message(self.Left())

    def action_help(self) -> None:
        """Explain every metric."""
        from makemore_tui.shell.help import HelpScreen

        self.app.push_screen(HelpScreen(self, getattr(self.app, "BINDINGS", [])))

    @on(SectionTabs.Clicked)
    def _clicked(self, event: SectionTabs.Clicked) -> None:
        event.stop()
        self.action_section(event.place)
