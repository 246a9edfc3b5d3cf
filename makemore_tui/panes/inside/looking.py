"""What the worker does: it goes to the step that is asked for, and finds out what is asked of the model there.

Importing this module imports torch.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from makemore_core.errors import SettingsError
from makemore_core.inspection.activity import Activity, activations, states
from makemore_core.inspection.attention import Attention, attend
from makemore_core.inspection.embeddings import CharacterMap, Points, character_map
from makemore_core.inspection.occlusion import Occlusion, character_counts, occlude
from makemore_core.inspection.parameters import ParameterValues, gradients, weights
from makemore_core.models.base import LanguageModel
from makemore_core.models.registry import find_family
from makemore_core.runs.folder import find_run
from makemore_core.sources import Source
from makemore_tui.panes.inside.views import (
    ACTIVATIONS,
    ATTENTION,
    CHARACTERS,
    MATTERED,
    PARAMETERS,
    STATES,
    VIEWS,
    Ask,
    why_not,
    with_article,
)
from makemore_tui.panes.sample.opening import Journey, Opened, looked_again, open_run, version_of

if TYPE_CHECKING:
    from makemore_core.corpus import Corpus

EXAMPLE = 12
"""Characters of the item that is looked at where no text is at hand, at the most."""


@dataclass(frozen=True, eq=False)
class Parameters:
    """All parameters, or their gradients."""

    values: tuple[ParameterValues, ...]
    chosen: int = 0
    of: str = "weights"
    loss: float | None = None
    """In nats per character, on the batch that the gradients are of."""
    items: int = 0
    note: str = ""
    """Why there are no gradients, where they were asked for."""


Found: TypeAlias = CharacterMap | Attention | Activity | Occlusion | Parameters


@dataclass(frozen=True, eq=False)
class Seen:
    """The answer to what was asked."""

    ask: Ask
    source: str
    """What the model is called."""
    text: tuple[int, ...]
    """The ids of the text at hand."""
    symbols: tuple[str, ...]
    """The raw character of each id."""
    missing: Mapping[str, str]
    """For each view that the model does not have, why."""
    counts: NDArray[np.int64] | None = None
    """(V,) how often the list has each character, where it is at hand."""
    found: Found | None = None
    journey: Journey | None = None
    words: str = ""
    is_example: bool = False
    """Whether there was no text at hand, and an item of the list stands in."""


@dataclass
class Looker:
    """Looks into one model, or into one run at any of its steps. Its methods are for threads, one at a time."""

    opened: Opened
    text: str
    home: Path
    corpus: "Corpus | None" = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _like: dict[str, Points] = field(default_factory=dict)
    _looked: int | None = None
    _gradients: tuple[Source, Parameters] | None = None
    """Those that were computed last, and of what."""

    def look(self, ask: Ask) -> Seen:
        """Find out what is asked. Raises MakemoreError where the run can no longer be read."""
        with self._lock:
            self._go(ask.step)
            source = self.opened.source
            missing = self.missing
            seen = Seen(
                ask=ask,
                source=source.name,
                text=tuple(self._ids(source)),
                symbols=source.vocabulary.symbols,
                missing=missing,
                counts=self._counts,
                journey=self.opened.journey,
                words=self.opened.words,
                is_example=not self.text,
            )
            return seen if ask.view in missing else replace(seen, found=self._find(source, ask, seen.text))

    def has_changed(self) -> bool:
        """Whether a checkpoint of the run was written since the last look: more may be seen now."""
        with self._lock:
            return self._looked is not None and self._written() != self._looked

    @cached_property
    def missing(self) -> Mapping[str, str]:
        """For each view that a model of this family does not have, why."""
        model = self.opened.source.model
        reasons = {view.name: why_not(self._title, view.lacks) for view in VIEWS if not _has(model, view.name)}
        if model.carried:
            reasons[ACTIVATIONS] = f"the hidden units of {with_article(self._title)} are its states: view 3"
        return reasons

    @cached_property
    def _title(self) -> str:
        choice = self.opened.choice
        if choice.kind == "run":
            return find_family(find_run(choice.run, self.home).read_config().type).title
        return "uniform guess" if choice.kind == "uniform" else find_family("ngram").title

    def _go(self, step: int | None) -> None:
        """Go to a step of the run, or to its checkpoint as it is by now."""
        opened = self.opened
        if opened.journey is None:
            return
        self._looked = self._written()  # before reading: what is written meanwhile is seen the next time
        choice = replace(opened.choice, step=step)
        if opened.choice == choice and version_of(choice, self.home) == opened.version:
            self.opened = looked_again(opened, self.home)
        else:
            self.opened = open_run(choice, self.home, opened)

    def _written(self) -> int:
        """When a checkpoint was last put in its place, in nanoseconds."""
        try:
            return find_run(self.opened.choice.run, self.home).checkpoints.stat().st_mtime_ns
        except OSError:
            return 0

    def _ids(self, source: Source) -> list[int]:
        """The text at hand; where there is none, the first item of the list, so that there is something to see."""
        vocabulary = source.vocabulary
        if self.text:
            return vocabulary.encode(self.text)
        for corpus in (source.corpus, self.corpus):
            if corpus is not None and len(corpus) and corpus.item(0) in vocabulary:
                return vocabulary.encode(corpus.item(0)[:EXAMPLE])
        return []

    def _find(self, source: Source, ask: Ask, ids: tuple[int, ...]) -> Found | None:
        model = source.model
        if ask.view == CHARACTERS:
            found = character_map(model, ask.projection, like=self._like.get(ask.projection))
            if found is not None:
                self._like[ask.projection] = found.points
            return found
        if ask.view == ATTENTION:
            return attend(model, ids)
        if ask.view == STATES:
            return states(model, ids)
        if ask.view == ACTIVATIONS:
            return activations(model, ids)
        if ask.view == MATTERED:
            return self._occlude(model, ids, ask)
        return self._parameters(source, ask)

    def _occlude(self, model: LanguageModel, ids: tuple[int, ...], ask: Ask) -> Occlusion:
        length = len(ids) if ask.length is None else min(ask.length, len(ids))
        target = ask.target
        if target is None and length < len(ids):
            target = ids[length]
        return occlude(model, ids[:length], target, counts=self._counts)

    @cached_property
    def _counts(self) -> NDArray[np.int64] | None:
        """How often the list has each character (V,)."""
        corpus = self.opened.source.corpus
        return None if corpus is None else character_counts(corpus)

    def _parameters(self, source: Source, ask: Ask) -> Parameters | None:
        """All parameters, and of the chosen one the figures that take a look at each of its numbers."""
        of_model = weights(source.model)
        if of_model is None:
            return None
        found = Parameters(tuple(of_model.values()))
        if ask.gradients:
            if self._gradients is None or self._gradients[0] is not source:
                self._gradients = (source, self._slopes(source, found))
            found = self._gradients[1]
        chosen = ask.parameter % len(found.values)
        values = found.values[chosen]
        _ = values.mean, values.std, values.reach, values.histogram  # here, not when they are drawn
        return replace(found, chosen=chosen)

    def _slopes(self, source: Source, found: Parameters) -> Parameters:
        """The gradients; the weights themselves, with the reason, where there are none."""
        if source.corpus is None or source.sides is None:
            return replace(found, note="no gradients: the list that the run learns from is not at hand")
        try:
            slopes = gradients(source.model, source.corpus, source.sides.train)
        except RuntimeError as error:  # of torch: no memory for it
            raise SettingsError(f"the gradients cannot be computed here: {error}") from None
        if slopes is None:
            return replace(found, note="no gradients: there is nothing to learn from")
        return Parameters(tuple(slopes.by_name.values()), 0, "gradients", slopes.loss, slopes.items)


def _has(model: LanguageModel, view: str) -> bool:
    """Whether there is something to see."""
    if view == CHARACTERS:
        return model.character_vectors() is not None
    if view == ATTENTION:
        return attend(model, ()) is not None
    if view == STATES:
        return bool(model.carried)
    if view == ACTIVATIONS:
        return activations(model, ()) is not None
    if view == PARAMETERS:
        return any(True for _ in model.parameters())
    return True
