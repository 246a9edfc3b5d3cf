"""The first line of the pane: where the characters and the random numbers come from."""

from typing import TYPE_CHECKING

from textual.content import Content

from makemore_tui.widgets.note_line import Piece

if TYPE_CHECKING:
    from makemore_tui.panes.sample.view import SampleView


def source_line(view: "SampleView", width: int) -> list[Piece]:
    """The model, the seed and how many numbers were used; the name of the model gives way to these."""
    seed, used = str(view.seed), f", {view.place:,} u used"
    others = f" +{len(view.beside.models) - 1}" if view.beside.models else ""
    room = width - len(f"from {others}   seed {seed}{used}")
    source = Content(view.source).truncate(max(room, 8), ellipsis=True).plain
    named = [("from ", "muted"), (source, "strong"), (others, "strong")]
    return [*named, ("   seed ", "muted"), (seed, "plain"), (used, "muted")]
