"""Rows that are as high as what they say."""

from textual.geometry import Size

from makemore_tui.widgets.rows import Rows


class SnugRows(Rows):
    """Rows of which there are as many as the width at hand makes of the text, and no more."""

    DEFAULT_CSS = """
    SnugRows { height: auto; }
    """

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many as are drawn."""
        return len(self.draw(width, viewport.height))

    def say(self) -> None:
        """Draw what changed, and take another height where that changed."""
        size = self.content_size
        if len(self.draw(size.width, size.height)) != size.height:
            self.refresh(layout=True)
        self.redraw()
