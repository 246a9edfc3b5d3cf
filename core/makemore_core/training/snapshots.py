"""Time travel: the weights of a run at steps that lie ever further apart, kept for good.

At first much changes in a step, later little: so the steps go 0, 1, 2, 5, 10, 20, 50, ... to the end. Their number and
their bytes are bounded. The steps of fewer are among those of more, so that a run that is given more steps goes on with
a part of the snapshots that it has.
"""

import math
from collections.abc import Callable, Sequence

from makemore_core.models.base import CountModel
from makemore_core.runs.checkpoints import list_snapshots, snapshot_name
from makemore_core.runs.paths import RunFolder
from makemore_core.training.checkpoint import weights_alone
from makemore_core.training.loop import Training

MOST_BYTES = 64 << 20
"""Of all snapshots of a run. Where it is too little for two, there are none."""

_DIGITS = ((1, 2, 3, 5, 7), (1, 2, 5), (1,))
"""What the steps begin with, the finest first; each row is part of the one before."""


def planned_steps(last: int, most: int) -> tuple[int, ...]:
    """The steps of at most so many snapshots of a run of `last` steps, ascending: 0 and `last` among them."""
    if most < 2 or last < 1:
        return ()
    for digits in _DIGITS:
        powers = [10**power for power in range(len(str(last)))]
        round_steps = {digit * power for power in powers for digit in digits if digit * power <= last}
        steps = sorted({0, *round_steps, last})
        if len(steps) <= most:
            return tuple(steps)
    return tuple(steps[round(number * (len(steps) - 1) / (most - 1))] for number in range(most))


class Snapshots:
    """Takes the snapshots of one run, by `write`, which puts a checkpoint of a name in its place."""

    def __init__(self, folder: RunFolder, training: Training, write: Callable[[str, bytes], None]) -> None:
        self._folder = folder
        self._training = training
        self._write = write
        self._due: float = math.inf
        self._planned: Sequence[int] = ()

    def begin(self) -> None:
        """Start, or go on after a rewind: those of later steps are of another course of events."""
        for info in list_snapshots(self._folder):
            if info.step > self._training.step:
                info.path.unlink(missing_ok=True)
        self.plan()
        if self._planned and not list_snapshots(self._folder):
            self._take()  # also where a run begins with the weights of another
        self.take()

    def plan(self) -> None:
        """Settle on the steps. Of those that are there by now, the first and those that are planned stay."""
        training = self._training
        most = min(training.config.snapshots, MOST_BYTES // max(_weight_bytes(training), 1))
        counted = isinstance(training.model, CountModel)  # nothing lies between its beginning and its end
        self._planned = () if counted else planned_steps(training.config.max_steps, most)
        for info in sorted(list_snapshots(self._folder), key=lambda info: info.step)[1:]:
            if info.step not in self._planned:
                info.path.unlink(missing_ok=True)
        self._find_due()

    def take(self) -> None:
        """Take the snapshot of this step, where it is one of those planned. Costs next to nothing otherwise."""
        if self._training.step >= self._due:
            if self._training.step == self._due:
                self._take()
            self._find_due()

    def end(self) -> None:
        """Take that of the end, which may come before the last step."""
        if self._planned:
            self._take()

    def _take(self) -> None:
        if self._training.is_finite():
            self._write(snapshot_name(self._training.step), weights_alone(self._training))

    def _find_due(self) -> None:
        """The next step that is planned and not there yet."""
        there = {info.step for info in list_snapshots(self._folder)}
        coming = (step for step in self._planned if step >= self._training.step and step not in there)
        self._due = min(coming, default=math.inf)


def _weight_bytes(training: Training) -> int:
    return sum(tensor.nbytes for tensor in training.model.state_dict().values())
