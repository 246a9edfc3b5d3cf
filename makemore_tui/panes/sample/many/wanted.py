"""What is wanted of generated items, as a person types it."""

from collections.abc import Mapping
from dataclasses import dataclass

from makemore_core.errors import SettingsError

MOST_ITEMS = 100_000
LONGEST = 100_000


@dataclass(frozen=True)
class Wanted:
    """How many items, and which."""

    count: int = 20
    least: int = 0
    """In characters."""

    most: int | None = None
    starts: str = ""
    contains: str = ""
    new_only: bool = False
    distance: int = 0
    """To the nearest item of the data, at least."""

    probable: bool = False
    """Not drawn, but the most probable ones."""


def wanted_of(texts: Mapping[str, str], *, probable: bool = False) -> Wanted:
    """Read the words of the fields. Raises SettingsError."""
    least = _whole(texts["least"], "the least length", 0, 0, LONGEST)
    most = _whole(texts["most"], "the largest length", None, 0, LONGEST)
    if most is not None and least is not None and most < least:
        raise SettingsError(f"the largest length, {most}, is below the least, {least}")
    return Wanted(
        count=_whole(texts["count"], "how many items", 20, 1, MOST_ITEMS) or 20,
        least=least or 0,
        most=most,
        starts=texts["starts"],
        contains=texts["contains"],
        new_only=texts["new"] == "yes",
        distance=_whole(texts["distance"], "the novelty", 0, 0, LONGEST) or 0,
        probable=probable,
    )


def _whole(text: str, what: str, empty: int | None, low: int, high: int) -> int | None:
    if not text.strip():
        return empty
    try:
        number = int(text.replace(",", ""))
    except ValueError:
        number = low - 1
    if not low <= number <= high:
        raise SettingsError(f"{what}: a whole number from {low} to {high:,}")
    return number
