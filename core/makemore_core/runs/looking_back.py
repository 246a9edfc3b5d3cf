"""Looking back: at which steps the weights of a run are kept, and which of them is meant by a step.

What is kept may be thinned out at any moment while the run goes on. So nothing here is believed for long: a step that
is gone gives way to the nearest that is there.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from makemore_core.errors import RunError
from makemore_core.runs.checkpoints import CheckpointInfo, find_checkpoint, list_snapshots
from makemore_core.runs.paths import RunFolder

Weights = TypeVar("Weights")


@dataclass(frozen=True)
class KeptWeights:
    """The weights of a run that can be looked at, at one moment."""

    snapshots: tuple[CheckpointInfo, ...]
    """The first step first."""
    newest: CheckpointInfo
    """The latest of all, or the checkpoint that was asked for in its place."""

    @property
    def steps(self) -> tuple[int, ...]:
        """The steps to look back at, ascending."""
        return tuple(info.step for info in self.snapshots)

    def at(self, step: int | None) -> CheckpointInfo:
        """The weights at a step, or the nearest that there are; the newest for None, or where there are no others."""
        if step is None or not self.snapshots:
            return self.newest
        return self.snapshots[self.steps.index(nearest_step(self.steps, step))]


def kept_weights(folder: RunFolder, end: str | None = None, known: Iterable[CheckpointInfo] = ()) -> KeptWeights:
    """What can be looked at now. `end` names the checkpoint that stands for the newest, such as `best`.

    Snapshots that are `known` are not read again. Raises RunError where the run has no weights, or they are damaged.
    """
    snapshots = list_snapshots(folder, known)
    if end is not None:
        return KeptWeights(snapshots, find_checkpoint(folder, end))
    latest = snapshots[-1:]
    try:
        last = find_checkpoint(folder, "last")
    except RunError:
        if not latest:
            raise
        return KeptWeights(snapshots, latest[0])
    return KeptWeights(snapshots, max((last, *latest), key=lambda info: info.step))


def read_kept(
    folder: RunFolder,
    step: int | None,
    read: Callable[[CheckpointInfo], Weights],
    *,
    end: str | None = None,
    known: Iterable[CheckpointInfo] = (),
) -> tuple[KeptWeights, CheckpointInfo, Weights]:
    """What can be looked at now, which of it a step means, and what `read` makes of that one.

    Where it goes between looking and reading, it is looked for once more. Raises RunError as `read` does.
    """
    kept = kept_weights(folder, end, known)
    info = kept.at(step)
    try:
        return kept, info, read(info)
    except RunError:
        if info.path.exists():
            raise
    kept = kept_weights(folder, end)
    info = kept.at(step)
    return kept, info, read(info)


def nearest_step(steps: Sequence[int], wanted: int) -> int:
    """Of some steps the one that is nearest on the scale on which they were kept, which is logarithmic."""
    return min(steps, key=lambda step: (abs(math.log1p(step) - math.log1p(wanted)), step))
