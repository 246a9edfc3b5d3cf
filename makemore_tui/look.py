"""How the terminal can draw: how many colours it has, and whether it shows more than ASCII."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class ColorDepth(StrEnum):
    """How many colours the terminal shows."""

    TRUECOLOR = "truecolor"
    COLORS_256 = "256"
    COLORS_16 = "16"
    MONOCHROME = "mono"


@dataclass(frozen=True)
class Look:
    """What drawing may use. Widgets find it as `app.look`; pure drawing functions take it as an argument."""

    depth: ColorDepth = ColorDepth.TRUECOLOR
    ascii: bool = False

    @classmethod
    def detect(cls, environment: Mapping[str, str] | None = None, *, ascii_only: bool = False) -> "Look":
        """Read NO_COLOR, COLORTERM and TERM, the last two as Rich and Textual read them."""
        environment = os.environ if environment is None else environment
        return cls(_depth(environment), ascii_only)


def look_of(app: object) -> Look:
    """How an app's terminal can draw; a full one where the app does not say, as in a test of one widget."""
    look = getattr(app, "look", None)
    return look if isinstance(look, Look) else Look()


def _depth(environment: Mapping[str, str]) -> ColorDepth:
    if environment.get("NO_COLOR"):  # where it is empty, it says nothing: https://no-color.org
        return ColorDepth.MONOCHROME
    forced = {
        "truecolor": ColorDepth.TRUECOLOR,
        "256": ColorDepth.COLORS_256,
        "standard": ColorDepth.COLORS_16,
    }
    if (wanted := environment.get("TEXTUAL_COLOR_SYSTEM", "auto")) in forced:
        return forced[wanted]
    if environment.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit"):
        return ColorDepth.TRUECOLOR
    term = environment.get("TERM", "").strip().lower()
    if term in ("xterm-kitty", "xterm-ghostty") or "256color" in term:
        return ColorDepth.COLORS_256
    return ColorDepth.COLORS_16
