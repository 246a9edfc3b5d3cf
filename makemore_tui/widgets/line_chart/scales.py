"""Axes: ranges that move in steps, and ticks at 1, 2 or 5 times a power of ten.

A range that followed each new point would change every row of a chart at every refresh. These stay until the data
leave them, so most rows stay as they are.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

_ROUNDING = 1e-9
_CEILINGS = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 10.0)
"""Where the step axis may end, times a power of ten: it grows by a quarter to a half at a time."""
_DECADE = 10.0
"""A log axis that holds less than this ratio has the ticks of a linear one: 1, 2 and 5 would leave it almost bare."""
_UNITS = ((1e9, "G"), (1e6, "M"), (1e3, "k"), (1.0, ""))


@dataclass(frozen=True)
class Axis:
    """A range of values, linear or logarithmic, with its ticks and their labels."""

    low: float
    high: float
    ticks: tuple[float, ...]
    labels: tuple[str, ...]
    log: bool = False

    def fractions(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where values lie on the axis: 0 at its low end, 1 at its high end; NaN where they have no place."""
        low, high = self._scaled(np.array([self.low, self.high]))
        return np.asarray((self._scaled(values) - low) / (high - low))

    def edges(self, count: int) -> NDArray[np.float64]:
        """The `count` + 1 borders of `count` columns of equal width."""
        low, high = self._scaled(np.array([self.low, self.high]))
        edges = np.linspace(low, high, count + 1)
        return np.power(10.0, edges) if self.log else edges

    def _scaled(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        if not self.log:
            return np.asarray(values)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(values > 0, np.log10(values), np.nan)


def nice_step(span: float, at_most: int) -> float:
    """The smallest of 1, 2, 5 times a power of ten that divides `span` into no more than `at_most` parts."""
    raw = span / max(1, at_most)
    power = 10.0 ** math.floor(math.log10(raw))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= raw * (1 - _ROUNDING))


def nice_ceiling(value: float) -> float:
    """A round number that is at least `value` (> 0) and at most half as much again."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(factor * power for factor in _CEILINGS if factor * power >= value * (1 - _ROUNDING))


def value_axis(low: float, high: float, at_most: int, *, log: bool = False, exact: bool = False) -> Axis:
    """An axis for values from `low` to `high` with no more than about `at_most` ticks.

    Its ends are snapped outwards to half a tick (or to 1, 2, 5 times a power of ten where `log`), unless `exact`.
    """
    if log and low > 0:
        return _log_axis(low, high, at_most, exact)
    if not high > low:
        room = abs(low) * 0.1 or 1.0
        low, high = low - room, high + room
    step = nice_step(high - low, at_most)
    if not exact:
        low = math.floor(low / step * 2 + _ROUNDING) * step / 2
        high = math.ceil(high / step * 2 - _ROUNDING) * step / 2
    return _linear_axis(low, high, step)


def step_axis(
    first: float, last: float, at_most: int, *, limit: float | None = None, log: bool = False, exact: bool = False
) -> Axis:
    """An axis for training steps, from 0 (or a round number below `first` where `log`) to a round number.

    It ends at `limit` rather than beyond it, as long as `last` does.
    """
    if not exact:
        last = max(last, 1.0)
        high = nice_ceiling(last)
        if limit is not None and last <= limit:
            high = min(high, max(limit, 1.0))
        first, last = (max(first, 1.0), high) if log else (0.0, high)
        if log and last <= first:
            last = first * 10
    if log and first > 0:
        low = first if exact else _log_floor(first)
        return _log_axis(low, last, at_most, exact=True)
    return _linear_axis(first, last, max(1.0, nice_step(last - first, at_most)))


def format_values(values: list[float], step: float) -> list[str]:
    """Labels of one axis, with the decimals that `step` needs; large ones as 10k or 2.5M, tiny ones as 2e-5."""
    if 0 < step < 1e-4 and all(abs(value) < 1e-3 for value in values):
        return [_scientific(value, step) if value else "0" for value in values]
    return [_label(value, step) for value in values]


def _linear_axis(low: float, high: float, step: float) -> Axis:
    first = math.ceil(low / step - _ROUNDING)
    last = math.floor(high / step + _ROUNDING)
    ticks = [index * step for index in range(first, last + 1)]
    return Axis(low, high, tuple(ticks), tuple(format_values(ticks, step)))


def _log_axis(low: float, high: float, at_most: int, exact: bool) -> Axis:
    if not high > low:
        low, high = low / 2, high * 2
    if high < low * _DECADE:
        return _short_log_axis(low, high, nice_step(high - low, at_most), exact)
    if not exact:
        low, high = _log_floor(low), _log_ceiling(high)
    candidates = [
        (exponent, factor)
        for exponent in range(math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 1)
        for factor in (1, 2, 5)
        if low * (1 - _ROUNDING) <= factor * 10.0**exponent <= high * (1 + _ROUNDING)
    ]
    if len(candidates) > at_most:
        decades = [exponent for exponent, factor in candidates if factor == 1]
        stride = next(stride for stride in (1, 2, 5, 10, 50, 1000) if len(decades) <= at_most * stride)
        candidates = [(exponent, 1) for exponent in decades if exponent % stride == 0]
    ticks = [factor * 10.0**exponent for exponent, factor in candidates]
    return Axis(low, high, tuple(ticks), tuple(_log_label(tick) for tick in ticks), log=True)


def _short_log_axis(low: float, high: float, step: float, exact: bool) -> Axis:
    """A log axis with the ticks of a linear one."""
    if not exact:
        floor = math.floor(low / step * 2 + _ROUNDING) * step / 2
        low, high = floor if floor > 0 else low, math.ceil(high / step * 2 - _ROUNDING) * step / 2
    return replace(_linear_axis(low, high, step), log=True)


def _log_floor(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(value) + _ROUNDING)
    return next(factor * power for factor in (5, 2, 1) if factor * power <= value * (1 + _ROUNDING))


def _log_ceiling(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(value))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= value * (1 - _ROUNDING))


def _log_label(value: float) -> str:
    if value >= 1_000:
        return _label(value, value)
    return _scientific(value, value) if value < 1e-3 else f"{value:g}"


def _label(value: float, step: float) -> str:
    unit, suffix = next(
        (unit, suffix) for unit, suffix in _UNITS if abs(value) >= unit * (1 - _ROUNDING) or unit == 1.0
    )
    decimals = max(0, -math.floor(math.log10(step / unit) + _ROUNDING))
    text = f"{value / unit:.{decimals}f}"
    return (text.rstrip("0").rstrip(".") if suffix and "." in text else text) + suffix


def _scientific(value: float, step: float) -> str:
    decimals = max(0, _power(value) - _power(step))
    return f"{value:.{decimals}e}".replace("e-0", "e-")


def _power(value: float) -> int:
    return math.floor(math.log10(abs(value)) + _ROUNDING)
