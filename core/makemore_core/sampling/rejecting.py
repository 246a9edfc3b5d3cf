"""Drawing again what is not wanted: what is kept comes from the model's distribution given that it is wanted."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from makemore_core.errors import SettingsError

T = TypeVar("T")
K = TypeVar("K")


class NothingLeftError(SettingsError):
    """Too many items in a row were not what was wanted."""


@dataclass(frozen=True)
class Round(Generic[K]):
    """What came of one batch."""

    kept: list[K]
    """The items of the batch that are wanted."""

    drawn: int
    """How many have been drawn in all so far."""


def until(
    count: int, draw: Callable[[], Sequence[T]], wanted: Callable[[Sequence[T]], list[K]], tries: int, what: str
) -> Iterator[Round[K]]:
    """Draw batches until `count` items are wanted; those beyond are left out.

    Raises NothingLeftError when so many items in a row as `tries` says, or the batch in which that is reached, had
    nothing wanted among them; `what` says in one line what that means and what to do.
    """
    found = drawn = barren = 0
    while found < count:
        batch = draw()
        kept = wanted(batch)[: count - found]
        drawn += len(batch)
        found += len(kept)
        barren = 0 if kept else barren + len(batch)
        yield Round(kept, drawn)
        if barren >= tries:
            raise NothingLeftError(f"{barren:,} items in a row were drawn in vain after {found:,} of {count:,}: {what}")
