"""Several values in a field of the form: a run for each combination of them.

`8, 16, 32` are three values, `1:4` four, and `1e-4:1e-1:x10` four as well, as on the command line. A number may be
written with its thousands set apart, as the form itself shows it: `16,000` is one number, `16, 000` are two.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from textual.message import Message

from makemore_core.errors import SettingsError
from makemore_core.queue.grid import combinations, parse_values
from makemore_tui.panes.train.fields import Checked

if TYPE_CHECKING:
    from makemore_core.corpus import Corpus
    from makemore_core.training.config import TrainConfig
    from makemore_tui.panes.train.filling import Filling

MOST = 100
"""Runs that the form makes at the most: all of them are checked at each key."""

_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d*)?", re.ASCII)
_VALUE = re.compile(r"[-+.\deExX/:_ ]*", re.ASCII)


class SweepAsked(Message):
    """A person asked for a run with each of these settings."""

    def __init__(
        self,
        configs: "tuple[TrainConfig, ...]",
        varied: tuple[str, ...],
        corpus: "Corpus",
        name: str | None,
        filling: "Filling | None" = None,
    ) -> None:
        super().__init__()
        self.configs = configs
        self.varied = varied
        self.corpus = corpus
        self.name = name
        self.filling = filling
        """What of the form to remember for the next run."""


@dataclass(frozen=True)
class SweepChecked:
    """What the words in the form amount to where fields may hold several values."""

    checked: Checked
    """As for one run: of several runs, the faults of all, and the settings of the first."""
    configs: "tuple[TrainConfig, ...]" = ()
    """Of several runs, the settings of each; empty for one run."""
    axes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The values of each field that holds several, by its key."""
    parameters: tuple[int, ...] = ()
    """How large the models are, the smallest first: one number or, where they differ, the least and the most."""

    @property
    def varied(self) -> tuple[str, ...]:
        """The keys of the settings that vary."""
        return tuple(self.axes)

    def words(self, titles: Mapping[str, str]) -> str:
        """The grid in a line, with the titles of the fields by their keys: 6 runs: embedding 8, 16 × seed 1, 2, 3."""
        axes = (f"{titles[key]} {', '.join(values)}" for key, values in self.axes.items())
        return f"{len(self.configs)} runs: {' × '.join(axes)}"


def field_values(text: str) -> tuple[str, ...]:
    """The values in a field, one at least. Raises SettingsError for a gap between commas or a wrong range."""
    text = text.strip()
    parts = re.split(r",\s+", text) if re.search(r",\s", text) else _split(text)
    if len(parts) == 1 and ":" not in text:
        return (text,)
    if not all(_VALUE.fullmatch(part.replace(",", "")) for part in parts):
        return (text,)  # words: what is wrong with them is for the field to say
    plain = (part.replace(",", "") if _THOUSANDS.fullmatch(part) else part for part in parts)
    return tuple(parse_values(",".join(plain)))


def check_sweep(
    values: Mapping[str, str], typed: Collection[str], check: Callable[[Mapping[str, str]], Checked]
) -> SweepChecked:
    """Check what stands in the form; of the fields that are `typed`, by their keys, each may hold several values.

    `check` checks the fields of one run.
    """
    axes: dict[str, tuple[str, ...]] = {}
    faults: dict[str, str] = {}
    for key in typed:
        try:
            found = field_values(values[key])
        except SettingsError as error:
            faults[key] = str(error)
            continue
        if len(found) > 1:
            axes[key] = found
    if not axes and not faults:
        checked = check(values)
        return SweepChecked(checked, parameters=() if checked.parameters is None else (checked.parameters,))
    if (number := _product(axes)) > MOST:
        faults[next(iter(axes))] = f"{number:,} runs: at most {MOST} here, more with makemore-tui sweep"
    if faults:
        return SweepChecked(Checked(None, faults), axes=axes)
    configs: list[TrainConfig] = []
    sizes: set[int] = set()
    for chosen in combinations(axes):
        checked = check({**values, **chosen})
        for key, words in checked.faults.items():
            faults.setdefault(key, f"{chosen[key]}: {words}" if key in chosen else words)
        if checked.config is not None:
            configs.append(checked.config)
        if checked.parameters is not None:
            sizes.add(checked.parameters)
    if faults:
        return SweepChecked(Checked(None, faults), axes=axes)
    ends = tuple(sorted({min(sizes), max(sizes)})) if sizes else ()
    return SweepChecked(Checked(configs[0]), tuple(configs), axes, ends)


def _split(text: str) -> list[str]:
    return [text] if _THOUSANDS.fullmatch(text) else text.split(",")


def _product(axes: Mapping[str, tuple[str, ...]]) -> int:
    number = 1
    for values in axes.values():
        number *= len(values)
    return number
