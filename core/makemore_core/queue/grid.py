"""Lists and ranges of values as a person types them, and the grid of all their combinations.

8,16,32         these values
1:4             1, 2, 3, 4
8:32:8          8, 16, 24, 32: from, to, step; the end is one of them where a step meets it
1e-4:1e-1:x10   0.0001, 0.001, 0.01, 0.1: from, to, factor
"""

import itertools
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from makemore_core.errors import SettingsError

MOST_RUNS = 1000
"""Combinations of a grid, at most."""

Value = TypeVar("Value")

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_RANGE = re.compile(rf"({_NUMBER}):({_NUMBER})(?::(x?)({_NUMBER}))?", re.ASCII)


def parse_values(text: str) -> list[str]:
    """The values in a text, as texts: what stands between commas, ranges written out. There is always one at least.

    Numbers of ranges are computed in decimals, so that 0.1:0.3:0.1 is 0.1, 0.2, 0.3. Raises SettingsError for a gap in
    the list, a value that stands there twice, or a range that leads nowhere.
    """
    values = list(itertools.chain.from_iterable(_part_values(part.strip(), text) for part in text.split(",")))
    if len(values) > MOST_RUNS:
        raise SettingsError(f"{text!r} has {len(values):,} values, and a sweep at most {MOST_RUNS:,} runs")
    for number, value in enumerate(values):
        if value in values[:number]:
            raise SettingsError(f"{text!r} has the value {value} twice")
    return values


def combinations(axes: Mapping[str, Sequence[Value]]) -> list[dict[str, Value]]:
    """Every combination of one value from each axis; the last axis changes fastest. Of no axes there is one: empty.

    Raises SettingsError where there are too many.
    """
    number = math.prod(len(values) for values in axes.values())
    if number > MOST_RUNS:
        raise SettingsError(f"this grid has {number:,} combinations, and a sweep at most {MOST_RUNS:,} runs")
    return [dict(zip(axes, values, strict=True)) for values in itertools.product(*axes.values())]


def _part_values(part: str, text: str) -> list[str]:
    if not part:
        raise SettingsError(f"{text!r} has a comma with no value beside it")
    match = _RANGE.fullmatch(part)
    return [part] if match is None else list(_range_values(part, *match.groups()))


def _range_values(part: str, first: str, last: str, factor: str | None, by: str | None) -> Iterator[str]:
    try:
        value, end, step = Decimal(first), Decimal(last), Decimal(by or 1)
    except InvalidOperation:  # an exponent beyond all numbers
        raise SettingsError(f"the range {part} cannot be counted") from None
    if value > end:
        raise SettingsError(f"the range {part} must rise: its end is below its beginning")
    if factor and (step <= 1 or value <= 0):
        raise SettingsError(f"the range {part} leads nowhere: its factor must be above 1, and its beginning above 0")
    if not factor and step <= 0:
        raise SettingsError(f"the range {part} leads nowhere: its step must be above 0")
    if by is None and (value % 1 or end % 1):
        raise SettingsError(f"the range {part} needs a step, as in 0.1:0.5:0.1, or a factor, as in 1e-4:1e-1:x10")
    for _ in range(MOST_RUNS + 1):
        if value > end:
            return
        yield _plain(value)
        value = value * step if factor else value + step
    raise SettingsError(f"the range {part} has too many values: a sweep has at most {MOST_RUNS:,} runs")


def _plain(value: Decimal) -> str:
    """A number as a person writes it: 0.001, 32, 1e-05."""
    return str(int(value)) if value == value.to_integral_value() and abs(value) < 10**15 else f"{float(value):g}"
