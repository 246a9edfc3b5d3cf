"""Many items drawn from a model as it is: no temperature, no top-k, no top-p."""

from dataclasses import dataclass

from makemore_core.metrics.progress import Progress, quiet
from makemore_core.metrics.texts import Texts
from makemore_core.models.base import seeded
from makemore_core.sampling import Controls, sample_items
from makemore_core.sources import Source

SAMPLES = 10_000
_BATCH = 1000
MOST_CHARACTERS = 2_000_000
"""Of the samples together: where they are long, fewer are drawn than were asked for."""
_CELLS = 4_000_000
"""Logits of one step at the most."""


@dataclass(frozen=True, eq=False)
class Drawn:
    """What was drawn, in the order of the draws."""

    texts: Texts
    unfinished: int
    """How many were cut off at the longest length."""


def draw_samples(source: Source, count: int, seed: int, progress: Progress = quiet) -> Drawn:
    """Draw so many items in batches; the seed decides all of them.

    Fewer are drawn where these reach `MOST_CHARACTERS`: no batch follows the one that does. They are cut off at the
    length that is the default of `Controls`, or at that of the longest item of the data where that is longer.
    """
    longest = int(source.corpus.lengths.max()) if source.corpus is not None else 0
    controls = Controls(max_length=max(Controls().max_length, longest))
    batch = max(min(_BATCH, _CELLS // source.vocabulary.size, MOST_CHARACTERS // controls.max_length), 1)
    items, unfinished, characters = list[str](), 0, 0
    drawn = sample_items(source.model, source.vocabulary, count, controls, seeded(seed), batch_size=batch)
    for item in drawn:
        items.append(item.text)
        unfinished += not item.finished
        characters += len(item.text) + 1
        if len(items) % batch == 0:
            progress("drawing samples", max(len(items) / count, min(characters / MOST_CHARACTERS, 1.0)))
            if characters >= MOST_CHARACTERS:
                break
    return Drawn(Texts(items, source.vocabulary), unfinished)
