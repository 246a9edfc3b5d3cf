"""Rows with numbers made up by hand, and runs that are trained in this process."""

from pathlib import Path
from typing import Any

import numpy as np

from makemore_core.comparison.rows import Ground, Measured, Row, SideName
from makemore_core.corpus import Corpus, corpus_from_bytes
from makemore_core.metrics.by_position import PositionLoss
from makemore_core.metrics.scores import ItemLosses
from makemore_core.runs.folder import RunFolder
from makemore_core.runs.store import Store
from makemore_core.training import process
from makemore_core.training.stopping import StopRequest
from tests.core.runs.making import make_run

NAMES = [
    "emma",
    "olivia",
    "ava",
    "isabella",
    "sophia",
    "mia",
    "charlotte",
    "amelia",
    "evelyn",
    "abigail",
    "harper",
    "emily",
    "elizabeth",
    "avery",
    "sofia",
    "ella",
    "madison",
    "scarlett",
    "victoria",
    "aria",
    "grace",
    "chloe",
    "camila",
    "penelope",
    "riley",
    "layla",
    "lillian",
    "nora",
    "zoey",
    "mila",
]
GROUND = Ground.of("abc", "disjoint", 42, "names.txt")


def names_corpus() -> Corpus:
    """Thirty names, all different: 24 train, 3 dev, 3 test."""
    return corpus_from_bytes("\n".join(NAMES).encode(), name="names.txt", source="-")


def a_row(name: str, ground: Ground = GROUND, **changes: Any) -> Row:
    """A row; `train`, `dev` and `test` are its losses."""
    losses = {side: changes.pop(side) for side in ("train", "dev", "test") if side in changes}
    values: dict[str, Any] = {"key": name, "name": name, "type": name.partition("-")[0], "recorded": losses, **changes}
    return Row(ground=ground, **values)


def items(*totals: float, characters: int = 5) -> ItemLosses:
    """The losses of as many items of so many characters."""
    count = len(totals)
    return ItemLosses(np.arange(count), np.array(totals, np.float64), np.full(count, characters))


def measured(totals: tuple[float, ...], side: SideName = "test", **changes: Any) -> Measured:
    """What was measured on one side."""
    held = items(*totals)
    places = tuple(PositionLoss(place, len(totals), 3.0 - 0.25 * place) for place in range(1, 7))
    return Measured({side: held.nll}, {side: held}, {side: places}, **changes)


def trained(home: Path, corpus: Corpus | None = None, name: str | None = None, **changes: Any) -> RunFolder:
    """A run that has come to its end."""
    folder = make_run(home, corpus or names_corpus(), name, **changes)
    with Store(folder.database) as store:
        store.claim()
        assert process.run(folder, store, StopRequest()) == 0
    return folder
