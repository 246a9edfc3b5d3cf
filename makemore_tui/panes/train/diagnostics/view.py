"""The view of one look inside a run's network: what it means, layers, gradients, updates.

Steps are walked with ← and →, layers and parameters with ↑ and ↓. With little room the parts take turns.
"""

from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.message import Message

from makemore_core.diagnostics.findings import Finding, explain_first_loss, find
from makemore_core.models.registry import FAMILIES
from makemore_tui.panes.train.diagnostics.panels import DetailPanel, FindingsPanel, why_none
from makemore_tui.panes.train.diagnostics.tables import layer_table, parameter_table
from makemore_tui.panes.train.diagnostics.updates import matrices, slots_of, update_chart
from makemore_tui.widgets.histogram_list import HistogramList
from makemore_tui.widgets.line_chart import LineChart
from makemore_tui.widgets.line_chart.frame import SLOTS
from makemore_tui.widgets.line_chart.glyphs import ASCII, UNICODE
from makemore_tui.widgets.line_chart.palette import line_color
from makemore_tui.widgets.time_slider import Timeline, TimeSlider

if TYPE_CHECKING:
    from makemore_core.diagnostics.looks import Layer, Look, Parameter
    from makemore_core.runs.snapshot import RunView

LAYERS, PARAMETERS, UPDATES = "layers", "parameters", "updates"
PARTS = (LAYERS, PARAMETERS, UPDATES)
BROAD, HIGH = 110, 28
"""From this size on, all parts are shown at once."""
LISTS, LISTS_LARGE = 64, 90
"""Columns of the two lists: with histograms of 20 cells, and where there is room, of 40."""
LARGE = 145
DETAIL = 8
"""Rows that the histogram of what is chosen gets below a list, at the least."""


class DiagnosticsView(Vertical, can_focus=True):
    """Shows the looks of one run, one at a time. `show` takes snapshots; while it is hidden, nothing is drawn."""

    BINDINGS = [
        Binding("d,escape", "leave", "charts"),
        Binding("left", "move_look(-1)", "look before", key_display="←"),
        Binding("right", "move_look(1)", "look after", key_display="→"),
        Binding("up", "choose(-1)", "layer or parameter above", show=False),
        Binding("down", "choose(1)", "choose", key_display="↑↓"),
        Binding("t", "turn_part", "part"),
        Binding("T", "toggle_alone", "the curve of the chosen parameter alone, or several", show=False),
        Binding("home", "go_to_first", "the look before the first update", show=False),
        Binding("end", "follow", "newest"),
        Binding("pageup", "choose(-10)", "ten layers or parameters up", show=False),
        Binding("pagedown", "choose(10)", "ten layers or parameters down", show=False),
    ]

    class Left(Message):
        """A person wants the charts again."""

    DEFAULT_CSS = """
    DiagnosticsView {
        & #parts { height: 1fr; }
        & #lists, & #beside { width: 1fr; }
        & HistogramList { padding: 0 1; height: 1fr; }
        & LineChart { padding: 0 1; height: 3fr; }
        & DetailPanel { height: 2fr; }
        &.-none #parts, &.-none TimeSlider { display: none; }
        &.-none FindingsPanel { height: 1fr; padding: 1 2; }
        &.-narrow #parts { layout: vertical; }
        &.-narrow #lists { width: 1fr; height: auto; }
        &.-narrow #beside { width: 1fr; height: 1fr; }
        &.-narrow DetailPanel, &.-narrow LineChart { height: 1fr; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.run: RunView | None = None
        self.part = LAYERS
        """Which part the keys are for."""
        self.at: int | None = None
        """The step of the look at hand; None follows the newest."""
        self.alone = False
        self._names = {LAYERS: "", PARAMETERS: ""}
        """What is chosen among the layers, and among the parameters."""
        self._told = 0
        """The most lines that a look at this run had, so that nothing moves when steps are walked."""
        self.slider, self.findings, self.detail = TimeSlider(), FindingsPanel(), DetailPanel()
        self.activations, self.gradients = HistogramList(), HistogramList()
        self.chart = LineChart()

    def compose(self) -> ComposeResult:
        """From the top: which look, what it means, the lists, and beside or below them what is chosen in large."""
        yield self.slider
        yield self.findings
        with Horizontal(id="parts"):
            with Vertical(id="lists"):
                yield self.activations
                yield self.gradients
            with Vertical(id="beside"):
                yield self.detail
                yield self.chart

    # What is shown

    def show(self, run: "RunView") -> None:
        """Take a snapshot."""
        before, self.run = self.run, run
        if before is not None and before.name != run.name:
            self.at, self._told = None, 0
        if before is None or (before.name, before.looks, before.state) != (run.name, run.looks, run.state):
            self.draw()

    @property
    def look(self) -> "Look | None":
        """The look at hand; of one that made room for others, the one before it."""
        looks = self.run.looks if self.run is not None else ()
        if self.at is None or not looks:
            return looks[-1] if looks else None
        return max((look for look in looks if look.step <= self.at), key=lambda look: look.step, default=looks[0])

    @property
    def chosen(self) -> "Layer | Parameter | None":
        """The layer or parameter at hand."""
        look = self.look
        if look is None:
            return None
        if self.part == LAYERS:
            return next((one for one in look.layers if one.name == self._names[LAYERS]), None)
        return next((one for one in look.parameters if one.name == self._names[PARAMETERS]), None)

    def on_resize(self, event: events.Resize) -> None:
        """Arrange the parts for the room."""
        self.draw()

    def on_show(self) -> None:
        """Draw what came while it was hidden."""
        self.draw()

    def draw(self) -> None:
        """Draw what changed."""
        run, look = self.run, self.look
        if run is None or not self.is_mounted or not self.display or not self.size:
            return
        self.set_class(look is None, "-none")
        if look is None:
            family = FAMILIES.get(run.type)
            self.findings.show((), words=why_none(run, counts=family is not None and family.counts))
            return
        self._settle(look)
        found = find(look, run.looks[0], run.first_loss, run.vocab_size)
        calm = self._calm(run, found)
        self._told = max(self._told, len(found) + len(calm))
        self._arrange(look)
        self.findings.show(found, calm)
        newest = run.looks[-1].step
        steps = tuple(one.step for one in run.looks[:-1])
        at = None if look is run.looks[-1] else look.step
        self.slider.show(Timeline(steps, newest, at, keys="looks: left, right, end"))
        self._draw_parts(run, look, {finding.name for finding in found})

    def _draw_parts(self, run: "RunView", look: "Look", faulty: set[str]) -> None:
        of_layers = [one.name for one in look.layers]
        of_parameters = [one.name for one in look.parameters]
        self.activations.show(layer_table(look, faulty), _place(of_layers, self._names[LAYERS], self.part == LAYERS))
        self.gradients.show(
            parameter_table(look, faulty, self._signs(run)),
            _place(of_parameters, self._names[PARAMETERS], self.part != LAYERS),
        )
        first = run.looks[0] if run.looks[0].step == 0 else None
        initial = {layer.name: layer for layer in first.layers} if first is not None else {}
        chosen = self.chosen
        self.detail.show(chosen, initial.get(chosen.name) if chosen is not None else None)
        step = None if look is run.looks[-1] else look.step
        self.chart.chart = update_chart(run, self._names[PARAMETERS], alone=self.alone, step=step)

    def _signs(self, run: "RunView") -> dict[str, tuple[str, str]]:
        """The sign and colour of each parameter that is on the chart."""
        look = self.gradients.look
        markers = (ASCII if look.ascii else UNICODE).markers
        background, foreground = self.background_colors[1], self.chart.styles.color
        slots = slots_of(matrices(run), self._names[PARAMETERS])
        return {
            name: (markers[slot], line_color(slot, look.depth, background, foreground)) for name, slot in slots.items()
        }

    @staticmethod
    def _calm(run: "RunView", found: tuple[Finding, ...]) -> tuple[str, ...]:
        """What is well: the first loss, where it is no finding, and the network as a whole."""
        words = [] if found else ["nothing is amiss in this look"]
        if run.first_loss is not None and run.vocab_size is not None:
            told = explain_first_loss(run.first_loss, run.vocab_size)
            words += [told] if told not in [finding.text for finding in found] else []
        return tuple(words)

    # The room

    @property
    def is_narrow(self) -> bool:
        """Whether the parts take turns."""
        return self.size.width < BROAD or self.size.height < HIGH

    def _arrange(self, look: "Look") -> None:
        """Share the room between the parts that are shown."""
        narrow, (width, height) = self.is_narrow, self.size
        self.set_class(narrow, "-narrow")
        notes = min(self._told, 3 if narrow else max(4, height // 7), 8)
        self.findings.styles.height = notes
        self.activations.display = not narrow or self.part == LAYERS
        self.gradients.display = not narrow or self.part != LAYERS
        self.detail.display = not narrow or self.part != UPDATES
        self.chart.display = not narrow or self.part == UPDATES
        room = height - 1 - notes
        rows = max(len(look.layers), 1) + 1
        if narrow:
            self.query_one("#lists").styles.width = "1fr"
            self.activations.styles.height = min(rows, max(room - DETAIL, 4))
            most = SLOTS + 1 if self.part == UPDATES else max(room - DETAIL, 4)
            self.gradients.styles.height = min(len(look.parameters) + 1, most)
        else:
            self.query_one("#lists").styles.width = LISTS_LARGE if width >= LARGE else LISTS
            self.activations.styles.height = min(rows + 1, room // 2)
            self.gradients.styles.height = "1fr"

    # Choosing

    def _settle(self, look: "Look") -> None:
        """Choose what is there: the first layer and the first parameter where nothing else is."""
        for part, names in ((LAYERS, look.layers), (PARAMETERS, look.parameters)):
            if self._names[part] not in [one.name for one in names]:
                self._names[part] = names[0].name if names else ""
        if (self.part == LAYERS and not look.layers) or (self.part == UPDATES and not self.is_narrow):
            self.part = PARAMETERS

    def choose(self, part: str, name: str) -> None:
        """Choose a layer or parameter by its name."""
        self.part, self._names[part] = part, name
        self._hurry()

    def action_choose(self, by: int) -> None:
        """Go up or down: from the last layer on to the first parameter. On the chart, through its curves."""
        look, run = self.look, self.run
        if look is None or run is None:
            return
        if self.part == UPDATES:
            places = [(PARAMETERS, name) for name in matrices(run)]
        else:
            places = [(LAYERS, layer.name) for layer in look.layers]
            places += [(PARAMETERS, one.name) for one in look.parameters]
        part = LAYERS if self.part == LAYERS else PARAMETERS
        before = (part, self._names[part])
        if places:
            place = places.index(before) + by if before in places else 0
            after, name = places[min(max(place, 0), len(places) - 1)]
            self._names[after] = name
            self.part = self.part if self.part == UPDATES else after
            self._hurry()

    def action_leave(self) -> None:
        """Go back to the charts."""
        self.post_message(self.Left())

    def action_turn_part(self) -> None:
        """Go to the next part."""
        parts: tuple[str, ...] = PARTS if self.is_narrow else PARTS[:2]
        if self.look is not None and not self.look.layers:
            parts = parts[1:]
        place = parts.index(self.part) if self.part in parts else -1
        self.part = parts[(place + 1) % len(parts)]
        self._hurry()

    def action_toggle_alone(self) -> None:
        """Show one curve or several."""
        self.alone = not self.alone
        self._hurry()

    def action_move_look(self, by: int) -> None:
        """Go to another look."""
        self._go_to(self.slider.data.moved(by))

    def action_go_to_first(self) -> None:
        """Go to the first look."""
        if self.run is not None and self.run.looks:
            self._go_to(self.run.looks[0].step)

    def action_follow(self) -> None:
        """Go to the newest look, and on to each that comes."""
        self._go_to(None)

    def _go_to(self, step: int | None) -> None:
        self.at = step
        self._hurry()

    def _hurry(self) -> None:
        """A person waits for it."""
        self.draw()
        self.chart.hurry()
        self.refresh_bindings()

    # The mouse

    @on(TimeSlider.Chosen)
    def _slid(self, event: TimeSlider.Chosen) -> None:
        event.stop()
        self._go_to(event.step)

    @on(HistogramList.Chosen)
    def _clicked(self, event: HistogramList.Chosen) -> None:
        event.stop()
        part = LAYERS if event.histograms is self.activations else PARAMETERS
        self.choose(part, event.histograms.table.items[event.place].name)

    @on(FindingsPanel.Chosen)
    def _finding_clicked(self, event: FindingsPanel.Chosen) -> None:
        event.stop()
        look = self.look
        is_layer = look is not None and event.name in [layer.name for layer in look.layers]
        self.choose(LAYERS if is_layer else PARAMETERS, event.name)

    @on(LineChart.Pointed)
    def _pointed(self, event: LineChart.Pointed) -> None:
        """A click on the chart goes to the look that is nearest."""
        event.stop()
        step, looks = event.step, self.run.looks if self.run is not None else ()
        if step is not None and looks:
            self._go_to(min((look.step for look in looks), key=lambda one: abs(one - step)))


def _place(names: list[str], chosen: str, is_here: bool) -> int | None:
    """Where the cursor stands in a list; None where it stands elsewhere."""
    return names.index(chosen) if is_here and chosen in names else None
