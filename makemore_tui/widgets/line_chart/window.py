"""The part of the step axis that is shown: zooming, panning, and moving along with the latest step.

A window is its two ends; None stands for all. Whatever is asked for, a window is never empty, never inverted, and
never leaves the whole.
"""

import math
from typing import TypeAlias

from makemore_tui.widgets.line_chart.scales import nice_step

Window: TypeAlias = tuple[float, float]

NARROWEST = 4.0
"""Steps that a window holds at least, where the whole holds as many."""
TAIL = 0.2
"""The part of the whole that is shown where its end is asked for."""
_ALL = 0.999
"""A window of this part of the whole shows all."""
_LOWEST_LOG = 1.0
"""The first step that has a place on a log axis."""


def zoom(window: Window | None, whole: Window, factor: float, around: float, *, log: bool = False) -> Window | None:
    """Make the window `factor` times as wide, with the step `around` staying where it is."""
    low, high = _scaled(window or whole, log)
    centre = min(max(_scale(around, log), low), high)
    return _fitted(centre - (centre - low) * factor, centre + (high - centre) * factor, whole, log)


def pan(window: Window | None, whole: Window, part: float, *, log: bool = False) -> Window | None:
    """Move the window by a part of its width: above 0 to later steps."""
    if window is None:
        return None
    low, high = _scaled(window, log)
    shift = (high - low) * part
    return _fitted(low + shift, high + shift, whole, log)


def tail(window: Window | None, whole: Window, last: float) -> Window | None:
    """The latest steps: a window as wide as the one at hand, or a part of all, that ends at `last` or soon after."""
    span = (whole[1] - whole[0]) * TAIL if window is None else window[1] - window[0]
    return _fitted(last - span, last, whole, log=False)


def at_end(window: Window | None, last: float) -> bool:
    """Whether the latest step is in the window, which may then move along with it."""
    return window is not None and window[0] <= last <= window[1]


def following(window: Window, last: float) -> Window:
    """The window moved so that it holds the step `last`.

    It moves in steps of 1, 2 or 5 times a power of ten, a tenth to a quarter of its width, so that a chart that
    follows its end is not painted anew at each point.
    """
    span = window[1] - window[0]
    jump = nice_step(span, 10)
    high = math.ceil(last / jump - 1e-9) * jump
    return max(high - span, 0.0), max(high, span)


def on_log_axis(window: Window) -> Window:
    """The part of a window that has a place on a log axis."""
    return max(window[0], _LOWEST_LOG), max(window[1], 2 * _LOWEST_LOG)


def _fitted(low: float, high: float, whole: Window, log: bool) -> Window | None:
    """Ends on the scale of the axis to a window inside the whole; None where that is all."""
    first, last = _scaled(whole, log)
    span = high - low
    if not math.isfinite(span) or not span < (last - first) * _ALL:
        return None
    low = min(max(low, first), last - span)
    found = (max(_unscale(low, log), whole[0]), min(_unscale(low + span, log), whole[1]))
    if found[1] - found[0] >= NARROWEST:
        return found
    if whole[1] - whole[0] <= NARROWEST:
        return None
    middle = (found[0] + found[1]) / 2
    start = min(max(middle - NARROWEST / 2, whole[0]), whole[1] - NARROWEST)
    return start, start + NARROWEST


def _scaled(window: Window, log: bool) -> Window:
    low, high = on_log_axis(window) if log else window
    return _scale(low, log), _scale(high, log)


def _scale(step: float, log: bool) -> float:
    return math.log10(max(step, _LOWEST_LOG)) if log else step


def _unscale(value: float, log: bool) -> float:
    return 10.0**value if log else value
