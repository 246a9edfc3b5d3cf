"""Batches that are made some steps ahead, many at once.

What a batch of a few names costs is not its numbers but the calls that make it, and those are the same for a thousand
items as for 32. The random numbers are drawn in the order of the steps, so that the batches are those of drawing one
at a time, to the bit; and so is the state of the generator that a checkpoint keeps. The same goes for what a model can
make of a batch beforehand (`LanguageModel.foresee`).
"""

from collections import deque
from collections.abc import Iterable

import torch
from torch import Tensor

from makemore_core.models.base import LanguageModel, seeded
from makemore_core.training.batches import Batch, Batches

CELLS = 1 << 14
"""Characters that are made at once, padding among them, where one batch is not larger. A thousand names; so few that no
step is held up for long."""

FIRST = 4
"""Batches that are made at once at first; then twice as many each time, so that the first step need not wait."""


class Ahead:
    """A source of batches, with those that are ready; for a model, if one is named."""

    def __init__(self, batches: Batches, model: LanguageModel | None = None) -> None:
        self._batches = batches
        self._model = model
        self._many = max(1, CELLS // max(batches.cells, 1))
        self._count = FIRST // 2  # how many were made last
        self._ready: deque[Batch] = deque()
        self._before: Tensor | None = None  # the generator's state when the first of these batches was drawn

    def draw(self, generator: torch.Generator) -> Batch:
        """The batch of the next step."""
        if not self._ready:
            self._before = generator.get_state()
            self._count = min(2 * self._count, self._many)
            self._ready.extend(self._foreseen(self._batches.make(self._batches.choose(generator, self._count))))
        return self._ready.popleft()

    def _foreseen(self, batches: list[Batch]) -> Iterable[Batch]:
        """Whether a batch is foreseen depends on itself alone: after a resume others are made together with it."""
        if self._model is None:
            return batches
        read = [(batch.ids, batch.places, batch.sizes) for batch in batches if batch.places is not None]
        found = iter(self._model.foresee(read))
        each = [(batch, None if batch.places is None else next(found)) for batch in batches]
        return [batch if foreseen is None else batch.with_foreseen(foreseen) for batch, foreseen in each]

    def state(self, generator: torch.Generator) -> Tensor:
        """The state of the generator as if no batch had been drawn that no step has had yet."""
        if not self._ready or self._before is None:
            return generator.get_state()
        at_step = seeded(0)
        at_step.set_state(self._before)
        self._batches.choose(at_step, self._count - len(self._ready))
        return at_step.get_state()

    def go_on(self, generator: torch.Generator, state: Tensor) -> None:
        """Draw from this state of the generator next."""
        self._ready.clear()
        generator.set_state(state)
