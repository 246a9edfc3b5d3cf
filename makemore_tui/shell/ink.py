"""What a terminal draws a cell with, and the shortest codes that have it draw with something else (ECMA-48, SGR)."""

from functools import lru_cache
from typing import NamedTuple

from rich.color import Color, ColorSystem
from rich.style import Style
from textual.strip import SGR_STYLES


class Ink(NamedTuple):
    """The SGR numbers of the attributes, of the colour and of the ground; those of the terminal itself are empty."""

    attributes: tuple[str, ...] = ()
    color: str = ""
    ground: str = ""


PLAIN = Ink()
"""What the terminal draws with after a reset."""

SHOWN_WITHOUT_TEXT = frozenset({"4", "7", "9", "21", "51", "52", "53"})
"""Attributes that are seen on a blank: lines, frames, reverse."""

_OFF = dict(
    zip(
        ("1", "2", "3", "4", "5", "6", "7", "8", "9", "21", "51", "52", "53"),
        ("22", "22", "23", "24", "25", "25", "27", "28", "29", "24", "54", "54", "55"),
        strict=True,
    )
)
"""What ends each attribute."""


def ink_of(style: Style, system: ColorSystem) -> Ink:
    """The ink of a style of Rich, on a terminal with these colours."""
    return _ink(style._attributes & style._set_attributes, style._color, style._bgcolor, system)


@lru_cache(4096)
def _ink(attributes: int, color: Color | None, ground: Color | None, system: ColorSystem) -> Ink:
    return Ink(
        tuple(SGR_STYLES[bit] for bit in range(attributes.bit_length()) if attributes & 1 << bit),
        ";".join(color.downgrade(system).get_ansi_codes()) if color is not None and not color.is_default else "",
        ";".join(ground.downgrade(system).get_ansi_codes(False))
        if ground is not None and not ground.is_default
        else "",
    )


def for_blank(ink: Ink) -> Ink:
    """The same ink, without what cannot be seen where there is no text."""
    return ink if shows_on_blanks(ink) else Ink(ground=ink.ground)


def shows_on_blanks(ink: Ink) -> bool:
    """Whether more of it than the ground is seen where there is no text."""
    return not SHOWN_WITHOUT_TEXT.isdisjoint(ink.attributes)


@lru_cache(1 << 14)
def change(was: Ink, now: Ink) -> str:
    """The codes after which a terminal that draws with one ink draws with another."""
    if was == now:
        return ""
    if now == PLAIN:
        return "\x1b[m"
    anew = ";".join(part for part in ("0", *now.attributes, now.color, now.ground) if part)
    if not now.color and not now.ground:  # a terminal without colours may not know how to end a single attribute
        return f"\x1b[{anew}m"
    ended = {_OFF[attribute] for attribute in was.attributes if attribute not in now.attributes}
    begun = [one for one in now.attributes if one not in was.attributes or _OFF[one] in ended]
    parts = [*sorted(ended), *begun]
    if now.color != was.color:
        parts.append(now.color or "39")
    if now.ground != was.ground:
        parts.append(now.ground or "49")
    return f"\x1b[{min(';'.join(parts), anew, key=len)}m"


@lru_cache(1 << 14)
def change_for_blank(was: Ink, blank: Ink) -> tuple[str, Ink]:
    """As `change`, for cells without text, on which colour and weight are not seen: those stay as they are.

    Returns the codes, and the ink that the terminal then draws with.
    """
    if shows_on_blanks(blank):
        return change(was, blank), blank
    if blank == PLAIN == Ink(ground=was.ground) and not shows_on_blanks(was):
        return "", was
    now = Ink(tuple(one for one in was.attributes if one not in SHOWN_WITHOUT_TEXT), was.color, blank.ground)
    return change(was, now), now
