"""Titles on borders."""

from textual.content import Content
from textual.widget import Widget


def put_titles(widget: Widget, title: str | None = None, subtitle: str | None = None) -> None:
    """Set the title of a border, its subtitle, or both; None leaves one as it is.

    The text is never markup: it may hold the name of a list. Setting either paints the whole widget anew, with all
    that lies in it, so what stands there already is not set again.
    """
    if title is not None and Content(title).markup != (widget.border_title or ""):
        widget.border_title = Content(title)
    if subtitle is not None and Content(subtitle).markup != (widget.border_subtitle or ""):
        widget.border_subtitle = Content(subtitle)
