"""How much room the panes need, and what is said where there is less."""

from textual.geometry import Size

FLOOR = Size(80, 24)
"""The smallest terminal, in columns and rows."""


def wanted_room(size: Size) -> str | None:
    """The words for a terminal that is too small, short enough for nearly any; None where there is room."""
    if size.width >= FLOOR.width and size.height >= FLOOR.height:
        return None
    return f"room for {size.width}x{size.height}\n{FLOOR.width}x{FLOOR.height} wanted\nctrl+q quits"
