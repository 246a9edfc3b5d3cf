"""How often what is live is drawn anew: as often as a person can follow, and as the line to the terminal can carry."""

import select
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.app import App

INTERVAL_S = 0.25
"""Seconds between two pictures of a run that goes on, where the terminal is at hand."""

OVER_SSH_S = 1.0
"""The same over a line that may be slow."""

SHORTEST_S, LONGEST_S = 0.1, 3600.0
"""What a person may choose."""


def chosen_interval(environment: Mapping[str, str]) -> float:
    """The interval for a terminal that nothing else is known of."""
    return OVER_SSH_S if environment.get("SSH_CONNECTION") else INTERVAL_S


def interval_of(app: "App[Any]") -> float:
    """The interval of an app."""
    interval = getattr(app, "interval", INTERVAL_S)
    return float(interval)


def is_line_busy(app: "App[Any]") -> bool:
    """Whether the terminal has not taken yet what was drawn: what is live can wait, and keys are answered first."""
    if getattr(app, "is_line_full", False):
        return True
    writer = getattr(app._driver, "_writer_thread", None)
    if writer is None:  # no terminal, or not this kind of driver
        return False
    try:
        return writer._queue.qsize() > 0 or not select.select([], [writer.fileno()], [], 0)[1]
    except (AttributeError, OSError, ValueError):
        return False
