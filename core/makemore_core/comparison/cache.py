"""What was measured, kept from one time to the next in the person's cache folder.

One JSON file a model, named after all that decides its numbers: the weights or what was counted, the list, the split,
the samples that were asked for, and the version of what measures. It is written under a temporary name and renamed. A
file that cannot be read, or written, costs time and nothing else.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from makemore_core.comparison.rows import REAL, Ground, Measured, Row, real_row
from makemore_core.comparison.subjects import Subject
from makemore_core.errors import MakemoreError
from makemore_core.metrics.by_position import PositionLoss
from makemore_core.metrics.scores import ItemLosses
from makemore_core.runs.paths import write_file

VERSION = 2
"""Of what is measured, and of the form of the files: files of another version are left aside."""

MOST_FILES = 500
"""The oldest ones go when there are more."""


def known_row(subject: Subject, row: Row, samples: int) -> Row | None:
    """The row of a subject with what was measured before; None where it was not, or cannot be."""
    if not subject.can_be_measured:
        return None
    try:
        measured = read_measured(cache_path(subject.stamp(), row.ground, samples))
    except MakemoreError:
        return None
    return row.with_measured(measured) if measured is not None else None


def known_real_row(ground: Ground, samples: int) -> Row | None:
    """The row of real items, where they were measured before."""
    measured = read_measured(cache_path(REAL, ground, samples))
    return real_row(ground).with_measured(measured) if measured is not None else None


def cache_path(stamp: str, ground: Ground, samples: int) -> Path:
    """Where a measurement is kept. `stamp` tells the weights."""
    decides = (VERSION, stamp, ground.content, ground.split, ground.seed, samples)
    name = sha256("\n".join(map(str, decides)).encode("utf-8", "surrogateescape")).hexdigest()[:40]
    return _folder() / f"{name}.json"


def read_measured(path: Path) -> Measured | None:
    """What is kept there; None where nothing is that can be used."""
    try:
        return _from_json(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def keep_measured(path: Path, measured: Measured) -> None:
    """Keep it, if that can be done."""
    with suppress(OSError, ValueError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_file(path, [json.dumps(_to_json(measured)).encode()])
        _make_room(path.parent)


def _folder() -> Path:
    from makemore_data.download import cache_folder

    return cache_folder() / "comparisons"


def _make_room(folder: Path) -> None:
    files = sorted(folder.glob("*.json"), key=lambda file: file.stat().st_mtime)
    for file in files[: max(len(files) - MOST_FILES, 0)]:
        file.unlink(missing_ok=True)


def _to_json(measured: Measured) -> dict[str, Any]:
    return {
        "losses": dict(measured.losses),
        "items": {
            side: {
                "indices": items.indices.tolist(),
                "totals": items.totals.tolist(),
                "characters": items.characters.tolist(),
            }
            for side, items in measured.items.items()
        },
        "positions": {
            side: [[one.position, one.characters, one.nll] for one in places]
            for side, places in measured.positions.items()
        },
        "samples": None if measured.samples is None else dict(measured.samples),
        "sampled": measured.sampled,
        "costs": [measured.parameters, measured.tokens, measured.seconds],
    }


def _from_json(kept: Mapping[str, Any]) -> Measured:
    """The same. Infinities and NaN are written and read as Python does."""
    items = {
        side: ItemLosses(
            np.array(one["indices"], np.int64),
            np.array(one["totals"], np.float64),
            np.array(one["characters"], np.int64),
        )
        for side, one in kept["items"].items()
    }
    positions = {
        side: tuple(PositionLoss(int(place), int(characters), float(nll)) for place, characters, nll in places)
        for side, places in kept["positions"].items()
    }
    samples = kept["samples"]
    return Measured(
        {side: float(value) for side, value in kept["losses"].items()},
        items,
        positions,
        None if samples is None else {name: float(value) for name, value in samples.items()},
        int(kept["sampled"]),
        *kept["costs"],
    )
