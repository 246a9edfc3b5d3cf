"""The models side by side, as plain data: what each expects next, and how far each is from the first."""

import math
from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from makemore_core.disagreement import Floats, aligned, kl_divergence
from makemore_core.sampling import Distribution, distribution
from makemore_core.vocabulary import SENTINEL
from makemore_tui.display import glyph, visible
from makemore_tui.panes.sample.beside import Companion, Reading
from makemore_tui.panes.sample.branches import total_surprisal
from makemore_tui.panes.sample.session import Session
from makemore_tui.widgets.side_by_side import SideCell, SideModel, SideRow, SideRows

MOST_TOPS = 3
"""As many characters are marked as first choice; where more are alike there is none."""

LISTED = 200
"""Characters that are handed on; more than any screen has rows for."""


class Column:
    """One model at the text so far; arrays are in the order of the session's vocabulary."""

    def __init__(self, session: Session, companion: Companion | None, names: tuple[str, ...], ascii_only: bool) -> None:
        self.session, self.companion, self.names, self.ascii_only = session, companion, names, ascii_only
        self.reading: Reading | None = None
        self.own: Floats | None = None
        """What it expects, in the order of its own vocabulary; None where nothing can follow."""
        self.before: Floats | None = None
        self.after: Floats | None = None
        self.ids: NDArray[np.int64] = np.arange(session.source.vocabulary.size)
        if companion is not None:
            self.reading = companion.read(session.node, session.source.vocabulary)
            self.ids = companion.ids(session.source.vocabulary)
        here = None if session.ended else self._distribution()
        if here is not None:
            self.own = here.probability.numpy()
            self.before = aligned(self.own, self.ids)
            self.after = aligned(here.adjusted.numpy(), self.ids)

    def _distribution(self) -> Distribution | None:
        if self.reading is None or self.companion is None:
            return self.session.next
        if self.reading.logits is None:
            return None
        vocabulary = self.companion.source.vocabulary
        return distribution(self.reading.logits, self.session.controls, self.reading.so_far, vocabulary)

    @property
    def name(self) -> str:
        """What the model is called."""
        source = self.session.source if self.companion is None else self.companion.source
        return visible(source.name, ascii=self.ascii_only)

    @property
    def text(self) -> str:
        """The surprisal of the text so far, or why it is impossible."""
        length = len(self.session.node.path())
        nats = total_surprisal(self.session.node) if self.reading is None else self.reading.nats
        if self.reading is not None and self.reading.unknown:
            return f"impossible: knows no {glyph(self.reading.unknown, ascii=self.ascii_only)}"
        if math.isinf(nats):
            return "impossible"
        return f"{nats:.2f} nats" + (f", {nats / length:.2f} each" if length else "")

    @cached_property
    def tops(self) -> tuple[str, ...]:
        """The most probable characters: one, or several that are exactly alike."""
        if self.own is None:
            return ()
        best = np.flatnonzero(self.own == self.own.max()).tolist()
        symbols = None if self.companion is None else self.companion.source.vocabulary.symbols
        if symbols is None:
            return tuple(self.names[token] for token in best)
        return tuple(self.names[0] if t == SENTINEL else glyph(symbols[t], ascii=self.ascii_only) for t in best)

    def cell(self, token: int) -> SideCell | None:
        """What it expects of a character of the session; None where nothing can follow."""
        if self.before is None or self.after is None or self.own is None:
            return None
        known = bool(self.ids[token] >= 0)
        before = float(self.before[token])
        is_top = known and before == float(self.own.max()) and len(self.tops) <= MOST_TOPS
        return SideCell(before, float(self.after[token]), known, is_top)


def side_by_side(
    session: Session, companions: Sequence[Companion], names: tuple[str, ...], *, ascii_only: bool = False
) -> SideRows:
    """The first model and those beside it. The rows stand in the order of what all expect on average."""
    columns = [Column(session, companion, names, ascii_only) for companion in (None, *companions)]
    models = tuple(
        SideModel(column.name, column.text, _divergence(columns[0], column), _top_words(columns[0], column))
        for column in columns
    )
    expected = [column.before for column in columns if column.before is not None]
    if not expected:
        return SideRows(models)
    order = np.argsort(-np.mean(expected, axis=0), kind="stable")
    first, picked = order[:LISTED], session.picked
    if picked not in first:
        first = np.append(first, picked)
    rows = tuple(
        SideRow(token, names[token], tuple(column.cell(token) for column in columns), token == picked)
        for token in first.tolist()
    )
    return SideRows(models, rows, len(order))


def _divergence(first: Column, other: Column) -> str:
    """KL(1 || n) in nats, by the models' own probabilities; what holds impossible what the first does not is named."""
    if first is other or first.before is None or other.before is None:
        return ""
    kl = kl_divergence(first.before, other.before)
    if math.isfinite(kl):
        return f"{kl:.4f} nats"
    missed = int(np.argmax(np.where(other.before == 0, first.before, 0)))
    return f"infinite: {first.names[missed]} impossible"


def _top_words(first: Column, other: Column) -> str:
    """The most probable character, and whether it is that of the first model."""
    tops = other.tops
    if not tops:
        return ""
    own = tops[0] if len(tops) == 1 else f"{len(tops)} alike"
    if first is other or not first.tops:
        return own
    if tops == first.tops:
        return f"{own}, the same"
    return own if len(tops) > 1 else f"{own}, another"
