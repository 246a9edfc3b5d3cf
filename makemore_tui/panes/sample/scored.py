"""What models think of a word, as plain data for the screen."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from makemore_tui.display import character_label, glyph, visible
from makemore_tui.widgets.surprisal_line import TextMark, TextSoFar

if TYPE_CHECKING:
    from makemore_core.neighbours import Neighbour
    from makemore_core.scoring import Score

END = "."
"""Stands for the end, where the word does not hold it."""


@dataclass(frozen=True)
class ModelScore:
    """What one model makes of a word."""

    name: str
    words: str
    """How often it would write the word, and where its data holds it; or why the word is impossible."""

    text: TextSoFar
    """Its characters with the surprisal of each, the end among them, as far as the model can read."""

    impossible: bool = False


@dataclass(frozen=True)
class WordScore:
    """What there is to say of a word."""

    word: str
    models: tuple[ModelScore, ...]
    near: str
    """Its nearest neighbours in the data, each with its distance, or why there are none."""


def model_score(score: "Score", *, ascii_only: bool = False) -> ModelScore:
    """The score of a word by one model."""
    marks = tuple(
        TextMark(glyph(one.character, ascii=ascii_only) if one.character else END, one.nll)
        for one in score.characters
        if one.nll is not None
    )
    reasons = score.reasons()
    if reasons:
        first = reasons[0]
        label = f"'{character_label(first.character, ascii=ascii_only)}'" if first.character else "the end"
        words = first.in_words(label) + (f", and {len(reasons) - 1} more" if len(reasons) > 1 else "")
    else:
        words = f"P {score.probability:.3g}, {_place(score)}"
    name = visible(score.source, ascii=ascii_only)
    return ModelScore(name, words, TextSoFar(marks, ended=True, summary=_summary(score)), bool(reasons))


def _summary(score: "Score") -> str:
    """How much of a surprise the word is."""
    return "impossible" if math.isinf(score.total) else f"{score.total:.3f} nats, NLL {score.nll:.4f}"


def _place(score: "Score") -> str:
    where = score.membership
    if where is None:
        return "its data is not at hand"
    sides = [name for name in ("train", "dev", "test") if getattr(where, f"in_{name}")]
    return f"in {' and '.join(sides)}" if sides else "new"


def near_words(near: "Sequence[Neighbour] | None", *, ascii_only: bool = False) -> str:
    """The neighbours with their distances; None: they were not looked for."""
    if near is None:
        return "not looked for, as the data is large or not at hand"
    return ", ".join(f"{visible(one.text, ascii=ascii_only)} {one.distance}" for one in near)
