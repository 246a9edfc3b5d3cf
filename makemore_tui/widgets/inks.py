"""The colours and marks of the widgets that show one step of sampling, for each kind of terminal."""

from dataclasses import dataclass
from functools import cache

from rich.style import Style

from makemore_tui.look import ColorDepth, Look


@dataclass(frozen=True)
class Inks:
    """What each thing is drawn in."""

    plain: Style
    strong: Style
    muted: Style

    picked: Style
    """The character that `u` picks."""

    forced: Style
    """A character that was typed rather than drawn."""

    cut: Style
    """What top-k or top-p takes away."""

    before: Style
    """Bars of the model's own probabilities."""

    after: Style
    """Bars of the probabilities after temperature, top-k and top-p."""

    segment_a: Style
    """The strip's segments alternate between this and `segment_b`, so that neighbours are told apart."""

    segment_b: Style
    colored: bool
    """Whether a foreground and a background can be told apart in one cell."""


MONOCHROME = Inks(
    plain=Style(),
    strong=Style(bold=True),
    muted=Style(dim=True),
    picked=Style(bold=True, reverse=True),
    forced=Style(bold=True, underline=True),
    cut=Style(dim=True),
    before=Style(dim=True),
    after=Style(bold=True),
    segment_a=Style(),
    segment_b=Style(underline=True),
    colored=False,
)
"""Needs no colour at all."""

SIXTEEN = Inks(
    plain=Style(),
    strong=Style(bold=True),
    muted=Style(color="bright_black"),
    picked=Style(color="black", bgcolor="bright_yellow", bold=True),
    forced=Style(color="bright_cyan", bold=True, underline=True),
    cut=Style(color="red"),
    before=Style(color="white"),
    after=Style(color="green"),
    segment_a=Style(color="bright_white", bgcolor="blue"),
    segment_b=Style(color="black", bgcolor="cyan"),
    colored=True,
)
"""The colours that a terminal with sixteen of them has."""


@dataclass(frozen=True)
class Marks:
    """The signs that are not letters, in Unicode or in ASCII."""

    here: str
    back: str
    up: str
    arrow: str
    both: str
    upper: str
    lower: str
    levels: str
    cursor: str
    rule: str
    tick: str
    knob: str
    dot: str
    ellipsis: str
    infinite: str
    branch: tuple[str, str, str, str]
    """Before a node that has siblings below, before the last one, and under each of these."""


UNICODE = Marks(
    here="▶",
    back="◂",
    up="▲",
    arrow="→",
    both="█",
    upper="▀",
    lower="▄",
    levels="▁▂▃▄▅▆▇█",
    cursor="▏",
    rule="─",
    tick="┼",
    knob="●",
    dot="·",
    ellipsis="…",
    infinite="∞",
    branch=("├─ ", "└─ ", "│  ", "   "),
)

ASCII = Marks(
    here=">",
    back="<",
    up="^",
    arrow="->",
    both="#",
    upper='"',
    lower="_",
    levels="12345678",
    cursor="|",
    rule="-",
    tick="+",
    knob="O",
    dot="-",
    ellipsis="~",
    infinite="inf",
    branch=("|- ", "`- ", "|  ", "   "),
)


@cache
def marks_for(look: Look) -> Marks:
    """The signs that this terminal can show."""
    return ASCII if look.ascii else UNICODE


def fixed_inks(depth: ColorDepth) -> Inks | None:
    """The inks of a terminal whose colours are not the theme's; None where the theme's colours can be shown."""
    if depth is ColorDepth.MONOCHROME:
        return MONOCHROME
    return SIXTEEN if depth is ColorDepth.COLORS_16 else None
