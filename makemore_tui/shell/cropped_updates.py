"""Writing no more than the dirty cells of a row.

Textual 8.2 crops what it writes of a row at the right end of the dirty stretch, but not at the left: for one new cell
at the end of a row it writes the whole row of that widget. On a chart that grows to the right this is ten times as
much as needs to go over the line.
"""

from rich.console import Console
from rich.control import Control
from textual import _compositor
from textual._compositor import ChopsUpdate


class CroppedUpdate(ChopsUpdate):
    """An update of parts of the screen that writes each dirty stretch (y, start, stop) and nothing beside it."""

    def render_segments(self, console: Console) -> str:
        """The characters and codes to write."""
        parts: list[str] = []
        for y, start, stop in self.spans:
            for end, (x, strip) in zip(self.chop_ends[y], self.chops[y].items(), strict=False):
                left, right = max(x, start), min(end, stop)
                if strip is not None and left < right:
                    parts += [Control.move_to(left, y).segment.text, strip.crop(left - x, right - x).render(console)]
        return "".join(parts)


def install() -> None:
    """Have Textual write its updates this way, in the whole app. To be called once, before the app runs."""
    _compositor.ChopsUpdate = CroppedUpdate  # type: ignore[misc]
