"""The settings of sampling, each with its source."""

import math
from dataclasses import dataclass
from typing import Literal, get_args

from makemore_core.errors import SettingsError

Rng = Literal["inverse-cdf", "multinomial"]


@dataclass(frozen=True)
class Controls:
    """How to draw. Each control is off by default, and they are applied in this order: `banned`, `min_length`,
    `repetition_penalty`, `temperature`, `top_k`, `top_p`, `min_p`; then comes the draw, and whole items are held to
    `max_length` and `only_new`.

    Raises SettingsError where a value is out of its range.
    """

    temperature: float = 1.0
    """Logits are divided by it: below 1 sharper, above 1 flatter; 0 takes the most probable character."""

    top_k: int | None = None
    """Keep the k most probable characters; among equals, the first in the vocabulary.

    Fan, Lewis and Dauphin, "Hierarchical Neural Story Generation" (2018).
    """

    top_p: float | None = None
    """Keep the most probable characters until their probabilities, after temperature and top-k, reach p.

    Holtzman, Buys, Du, Forbes and Choi, "The Curious Case of Neural Text Degeneration" (2020).
    """

    rng: Rng = "inverse-cdf"
    max_length: int = 500
    """Items are cut off here, in characters: some models would go on for ever."""

    min_p: float | None = None
    """Keep the characters with at least this share of the probability of the most probable one, after temperature.

    Nguyen, Baker, Neo, Roush, Kirsch and Shwartz-Ziv, "Turning Up the Heat: Min-p Sampling for Creative and Coherent
    LLM Outputs" (2024). What top-k and top-p take away first changes none of these shares.
    """

    repetition_penalty: float = 1.0
    """Make what stands in the item so far, its prompt included, rarer: probability p becomes p ** penalty.

    Keskar, McCann, Varshney, Xiong and Socher, "CTRL: A Conditional Transformer Language Model for Controllable
    Generation" (2019), section 4.1, divide the score of what occurred by the penalty; where a score is negative it is
    multiplied, as otherwise it would rise. Scores here are the log probabilities, which are never above 0, and not
    the raw logits: those may all be shifted by a constant that the model's own distribution does not feel, and the
    penalty would. The end has never occurred while an item goes on, so that it is never penalised, and comes sooner.
    """

    banned: str = ""
    """Characters that are never drawn; those that a model does not know change nothing. The end cannot be banned."""

    min_length: int = 0
    """The end is not drawn before an item has this many characters, its prompt included."""

    only_new: bool = False
    """Items that the data holds are drawn again, and so is the empty text, which no list can hold."""

    tries: int = 10_000
    """How many items in a row may be drawn in vain before it is said that there is no end to it."""

    def __post_init__(self) -> None:
        if not 0 <= self.temperature <= 1e6:
            raise SettingsError(f"temperature must be between 0 and 1,000,000, not {self.temperature:g}")
        if self.top_k is not None and self.top_k < 1:
            raise SettingsError(f"top-k must be 1 or more, not {self.top_k}")
        if self.top_p is not None and not 0 < self.top_p <= 1:
            raise SettingsError(f"top-p must be above 0 and at most 1, not {self.top_p:g}")
        if self.min_p is not None and not 0 <= self.min_p <= 1:
            raise SettingsError(f"min-p must be between 0 and 1, not {self.min_p:g}")
        if not (0 < self.repetition_penalty <= 1000 and math.isfinite(self.repetition_penalty)):
            raise SettingsError(
                f"the repetition penalty must be above 0 and at most 1,000, not {self.repetition_penalty:g}; 1 is off"
            )
        if self.max_length < 1:
            raise SettingsError(f"the longest length must be 1 or more, not {self.max_length}")
        if not 0 <= self.min_length <= self.max_length:
            raise SettingsError(
                f"the least length must be between 0 and the longest, {self.max_length}, not {self.min_length}"
            )
        if self.tries < 1:
            raise SettingsError(f"the number of tries must be 1 or more, not {self.tries}")
        if self.rng not in get_args(Rng):
            raise SettingsError(f"there is no rng '{self.rng}': choose one of {', '.join(get_args(Rng))}")
