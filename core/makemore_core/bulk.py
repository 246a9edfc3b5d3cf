"""Many items at once: drawn, held to filters, and sorted.

    for progress in generate(source, 100, Filters(shortest=5, only_new=True), generator=seeded(42)):
        print(progress.kept, "of", progress.wanted, "after", progress.drawn)
        shown += progress.items

What the filters refuse is drawn again, so that what is left comes from the model's distribution given that it passes.
Whoever iterates may stop at any time; between two steps no more than one batch is drawn.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import torch

from makemore_core.errors import SettingsError
from makemore_core.neighbours import Neighbour, Neighbours
from makemore_core.sampling import Controls, SampledItem, encode_prompt, sample_batch, until
from makemore_core.sources import Membership, Source

Order = Literal["drawn", "nll", "novelty", "length", "text"]


@dataclass(frozen=True)
class Filters:
    """What an item must be. Raises SettingsError for what nothing can be. The defaults let everything pass.

    What items start with is not here: a prompt gives the same items without drawing any in vain.
    """

    shortest: int = 0
    """In characters. Unlike `Controls.min_length`, which forbids the end, this changes no distribution."""

    longest: int | None = None
    """In characters. An item that would go on is refused, unless `Controls.max_length` cuts it off before."""

    contains: str = ""
    ends_with: str = ""
    only_new: bool = False
    """Not in the data, and not the empty text, which no list can hold."""

    distinct: bool = False
    """Each text once."""

    least_distance: int = 0
    """At least as many changes of a character away from every item of the data (Levenshtein)."""

    def __post_init__(self) -> None:
        if self.shortest < 0 or (self.longest is not None and self.longest < max(self.shortest, 1)):
            raise SettingsError(
                f"no item is {self.shortest} characters long at the least and {self.longest} at the most"
            )
        if self.least_distance < 0:
            raise SettingsError(f"the least distance must be 0 or more, not {self.least_distance}")

    @property
    def are_on(self) -> bool:
        """Whether any item could be refused."""
        return self != Filters()


@dataclass(frozen=True)
class BulkItem:
    """One item that passed."""

    text: str
    nll: float
    """Mean NLL in nats per character, the end counted, before the controls."""

    finished: bool
    """False where the longest length cut it off."""

    membership: Membership | None
    """Where it stands in the data; None where that is not at hand."""

    nearest: str | None = None
    """The nearest item of the data; None where it was not asked for, or the data is not at hand."""

    distance: int | None = None
    """How far that is (Levenshtein): 0 for an item of the data itself."""


@dataclass(frozen=True)
class Progress:
    """How far it is after one more batch."""

    items: tuple[BulkItem, ...]
    """Those of this batch that passed, in the order in which they were drawn."""

    kept: int
    """How many have passed in all."""

    drawn: int
    """How many have been drawn in all."""

    wanted: int


def generate(
    source: Source,
    count: int,
    filters: Filters | None = None,
    controls: Controls | None = None,
    *,
    generator: torch.Generator,
    prompt: str = "",
    batch_size: int = 64,
    with_distance: bool = False,
    neighbours: Neighbours | None = None,
) -> Iterator[Progress]:
    """Draw until `count` items have passed the filters; a step of the iterator for each batch.

    With a batch size of 1 and no filter, the items are those of `sample_items`. `with_distance` looks for the nearest
    item of the data also where no filter asks for it, if the data is at hand; `neighbours` are those of that data,
    where they have been made before. Raises SettingsError as `sample_items` does, where the data is asked for and not
    at hand, and, after what was found, where nothing passes for as long as `controls.tries` says.
    """
    filters, controls = filters or Filters(), controls or Controls()
    sieve = _Sieve(source, filters, controls, with_distance, neighbours)
    controls = _narrowed(controls, filters)
    start = encode_prompt(source.vocabulary, prompt, controls)
    kept = 0
    for batch in until(
        count,
        lambda: sample_batch(source.model, source.vocabulary, batch_size, controls, generator, start),
        sieve.passing,
        controls.tries,
        "nothing passes the filters; loosen them, or raise the temperature",
    ):
        kept += len(batch.kept)
        yield Progress(tuple(batch.kept), kept, batch.drawn, count)


def known_to(source: Source) -> Callable[[str], bool] | None:
    """Says whether the data of a model holds a text; None where that is not at hand."""
    if source.corpus is None:
        return None
    corpus = source.corpus
    return lambda text: corpus.index_of(text) is not None


def collect(steps: Iterable[Progress]) -> list[BulkItem]:
    """All items of a whole generation."""
    return [item for step in steps for item in step.items]


def in_order(items: Sequence[BulkItem], order: Order, *, reverse: bool = False) -> list[BulkItem]:
    """The items sorted: `drawn` leaves them, `nll` has the most probable first, `novelty` those farthest from the data,
    `length` the shortest. Equals stay in the order in which they were drawn. Raises SettingsError for another order,
    and for novelty where distances are not known.
    """
    if order not in get_args(Order):
        raise SettingsError(f"items cannot be sorted by '{order}': choose one of {', '.join(get_args(Order))}")
    if order == "novelty" and any(item.distance is None for item in items):
        raise SettingsError("novelty is the distance to the data, which is not at hand")
    if order == "drawn":
        return list(reversed(items)) if reverse else list(items)
    return sorted(items, key=_KEYS[order], reverse=reverse)


_KEYS: dict[str, Callable[[BulkItem], float | int | str]] = {
    "nll": lambda item: item.nll,
    "novelty": lambda item: -(item.distance or 0),
    "length": lambda item: len(item.text),
    "text": lambda item: item.text,
}


class _Sieve:
    """Says which items of a batch pass, cheap questions first; it remembers what has passed."""

    def __init__(
        self,
        source: Source,
        filters: Filters,
        controls: Controls,
        with_distance: bool,
        neighbours: Neighbours | None,
    ) -> None:
        self._source, self._filters = source, filters
        _check_possible(source, filters, controls)
        self._only_new = filters.only_new or controls.only_new
        by_distance = with_distance or filters.least_distance > 0
        if source.corpus is None and (self._only_new or filters.least_distance):
            raise SettingsError(
                f"the data of {source.name} is not at hand, so that what is new, and how far from it, cannot be told"
            )
        self._neighbours: Neighbours | None = None
        """None where no distance is asked for, or can be told."""

        if by_distance and source.corpus is not None:
            self._neighbours = neighbours or Neighbours(source.corpus)
        self._seen: set[str] = set()

    def passing(self, items: Sequence[SampledItem]) -> list[BulkItem]:
        """Those that pass."""
        found = []
        for item in items:
            if self._is_formed(item) and not (self._filters.distinct and item.text in self._seen):
                membership = self._source.membership(item.text)
                if self._only_new and not (item.text and membership is not None and membership.is_new):
                    continue
                self._seen.add(item.text)
                found.append(BulkItem(item.text, item.nll, item.finished, membership))
        if self._neighbours is not None and found:
            nearest = self._neighbours.nearest_of_each([item.text for item in found])
            found = [_beside(item, neighbour) for item, neighbour in zip(found, nearest, strict=True)]
            found = [item for item in found if (item.distance or 0) >= self._filters.least_distance]
        return found

    def _is_formed(self, item: SampledItem) -> bool:
        """Whether its text alone lets it pass."""
        wanted, text = self._filters, item.text
        if len(text) < wanted.shortest or (wanted.longest is not None and len(text) > wanted.longest):
            return False
        return wanted.contains in text and text.endswith(wanted.ends_with)


def _beside(item: BulkItem, neighbour: Neighbour) -> BulkItem:
    return replace(item, nearest=neighbour.text, distance=neighbour.distance)


def _check_possible(source: Source, filters: Filters, controls: Controls) -> None:
    """Raises SettingsError where a text that is asked for holds what can never be drawn."""
    for character in filters.contains + filters.ends_with:
        if character not in source.vocabulary:
            source.vocabulary.encode(character)  # says which character no model of the list knows
        if character in controls.banned:
            raise SettingsError(f"the character {character!a} is asked for and banned: leave out one of the two")


def _narrowed(controls: Controls, filters: Filters) -> Controls:
    """The controls with a longest length just beyond the filter's: what is longer is refused, so it need not go on."""
    if filters.longest is None or filters.longest >= controls.max_length:
        return controls
    if controls.min_length > filters.longest:
        raise SettingsError(
            f"items of at least {controls.min_length} characters are never at most {filters.longest} long"
        )
    return replace(controls, max_length=filters.longest + 1)
