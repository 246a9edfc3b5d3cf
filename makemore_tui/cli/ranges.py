"""The ranges of numbers on the command line: one out of its range is well written, but cannot be done: status 1."""

import math
from collections.abc import Callable
from typing import Any

import typer

from makemore_core.errors import SettingsError


def at_least(lowest: float, below: float = float("inf")) -> Callable[..., Any]:
    """A callback for an option: SettingsError for a number under `lowest`, not under `below`, or not a number."""

    def check(param: typer.CallbackParam, value: Any) -> Any:
        if value is None or lowest <= value < below:
            return value
        if not math.isfinite(value):
            raise SettingsError(f"{param.opts[-1]} must be a finite number, not {value}")
        end = "" if below == float("inf") else f" and below {below:,}"
        raise SettingsError(f"{param.opts[-1]} must be {lowest:,} or more{end}, not {value:g}")

    return check
