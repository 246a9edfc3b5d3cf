"""The keys of the Bigrams pane that change what is shown."""

from dataclasses import replace
from typing import ClassVar

from textual.binding import Binding

from makemore_tui.panes.base import Pane
from makemore_tui.panes.bigrams.options import Options, View
from makemore_tui.widgets.heatmap import CellSize
from makemore_tui.widgets.heatmap.layout import Layout


class OptionKeys(Pane):
    """A pane with `options`, and one action for each key that changes them."""

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

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.options = Options()

    def change(self, options: Options) -> None:
        """Show other things, or in another way."""
        raise NotImplementedError

    @property
    def cells(self) -> Layout | None:
        """How the cells are laid out; None where there are none."""
        raise NotImplementedError

    def action_next_view(self) -> None:
        """Counts, probabilities, the network, the difference."""
        self.change(self.options.with_next_view())

    def action_view(self, name: str) -> None:
        """A view by name; the one that is shown already gives way to counts."""
        view = View[name]
        self.change(replace(self.options, view=View.COUNTS if view is self.options.view else view))

    def action_scale(self) -> None:
        """Log, square root, linear."""
        self.change(self.options.with_next_scale())

    def action_sort(self) -> None:
        """By character, or the most frequent first."""
        self.change(replace(self.options, by_frequency=not self.options.by_frequency))

    def action_colors(self) -> None:
        """The next colour map; differences have one of their own."""
        self.change(replace(self.options, colors=self.options.colors + 1))

    def action_totals(self) -> None:
        """Show totals, or none."""
        layout = self.cells
        if layout is not None:
            self.change(replace(self.options, totals=not (layout.row_totals or layout.column_totals)))

    def action_zoom(self, direction: int) -> None:
        """Larger or smaller cells; 0 leaves it to the room."""
        layout = self.cells
        if layout is not None:
            size = CellSize(max(0, min(layout.size + direction, len(CellSize) - 1)))
            self.change(replace(self.options, zoom=size if direction else None))

    def action_smooth(self, direction: int) -> None:
        """The next usual amount of smoothing."""
        self.change(self.options.with_smoothing_step(direction))


COMMANDS = frozenset(binding.action.partition("(")[0] for binding in OptionKeys.BINDINGS)
"""The actions of these keys."""
