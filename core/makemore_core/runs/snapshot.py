"""What is known of a run at one moment: plain, immutable data for screens and commands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from makemore_core.diagnostics.findings import Finding, find
from makemore_core.diagnostics.looks import Look
from makemore_core.runs.alarms import Alarm, find_alarms
from makemore_core.runs.checkpoints import CheckpointInfo, snapshots_among
from makemore_core.runs.status import RunState
from makemore_core.training.config import TrainConfig


@dataclass(frozen=True, eq=False)
class Series:
    """One metric over the steps at which it was recorded, ascending. The arrays cannot be written to."""

    steps: NDArray[np.int64]
    values: NDArray[np.float64]
    """NaN where the value was not a number."""

    @property
    def last(self) -> float | None:
        """The latest value."""
        return float(self.values[-1]) if len(self.values) else None


@dataclass(frozen=True)
class RunSample:
    """One item that the model made while it was training."""

    text: str
    nll: float
    in_train: bool
    in_dev: bool
    in_test: bool
    finished: bool


@dataclass(frozen=True)
class SampleSet:
    """The items of one step. The same seed at each step: one sees the same draws improve."""

    step: int
    items: tuple[RunSample, ...]


@dataclass(frozen=True)
class RunEvent:
    """One line of the run's log.

    Kinds: imported, started, resumed, paused, continued, learning_rate, saved, diverged, failed, stopped, finished,
    overfitting, early_stopped, exploding, estimated, forked, max_steps.
    """

    id: int
    wall: float
    step: int
    kind: str
    detail: Mapping[str, Any]

    @property
    def warning(self) -> str:
        """What a person should not miss about the course of training, in a few words; empty for other events."""
        words = _WARNINGS.get(self.kind)
        try:
            return words.format(**self.detail) if words is not None else ""
        except (KeyError, ValueError, TypeError):  # written by another version
            return ""


_WARNINGS = {
    "overfitting": "overfitting: dev has risen by {risen:.4f} since its best, {best_dev_nll:.4f} at step {best_step:,}",
    "early_stopped": "stopped early: no better dev in {looks:,} looks since {best_dev_nll:.4f} at step {best_step:,}",
    "exploding": "the loss explodes: {loss:.4g}, it was {lowest:.4g}; {advice}",
    "diverged": "diverged: {what}; {advice}",
    "estimated": "the last losses are estimates: some characters beyond the context of {context:,} stood for all;"
    " makemore-tui eval measures each",
}


_NOTHING: Mapping[str, Series] = MappingProxyType({})


@dataclass(frozen=True, eq=False)
class RunView:
    """A run at one moment. What is not known (yet) is None."""

    name: str
    type: str
    state: RunState
    reason: str
    step: int
    max_steps: int
    seconds: float
    steps_per_second: float
    parameters: int | None
    heartbeat_age: float | None
    """Seconds between the process's last sign and this poll."""
    config: TrainConfig | None
    epoch: int = 0
    """Grows each time the run goes back to a checkpoint: series may then be shorter than before."""
    best: tuple[int, float] | None = None
    """The step and the NLL on dev that the checkpoint `best` was chosen by, where the run has told it."""
    best_train_nll: float | None = None
    """The NLL on train of the checkpoint `best`."""
    best_test_nll: float | None = None
    """Its NLL on test, measured at the end of the run."""
    seconds_left: float | None = None
    """What the run says of the time that it needs, looks at the loss included; NaN where it cannot say yet."""
    series: Mapping[str, Series] = field(default_factory=lambda: _NOTHING)
    """Every metric by name: `loss` (of each step's batch), `train_nll`, `dev_nll`, `test_nll`, `learning_rate`,
    `gradient_norm`, `steps_per_second`. Of a run that was long before the first poll, evenly spaced steps and the
    latest ones: the store has all."""
    looks: tuple[Look, ...] = ()
    """What went on inside the network: at about ten steps for each power of ten, and the latest. The series
    `saturated/LAYER` and `update_ratio/PARAMETER` have every look."""
    first_loss: float | None = None
    """The loss of the first batch, before any update; a uniform guess has ln V."""
    note: str = ""
    """What a person wrote of it."""
    memory: int | None = None
    """Bytes of its process that were in memory at its last sign."""
    tokens_per_step: float | None = None
    """Characters that a step predicts on average, the ends of items counted."""
    is_exploding: bool = False
    """Whether the loss was far above its lowest at the last sign."""
    samples: tuple[SampleSet, ...] = ()
    events: tuple[RunEvent, ...] = ()
    checkpoints: tuple[CheckpointInfo, ...] = ()

    def last(self, name: str) -> float | None:
        """The latest value of a series; None where there is none."""
        return self.series[name].last if name in self.series else None

    @property
    def eta_seconds(self) -> float | None:
        """How long the rest will take; None where it does not run, or it is too early to tell."""
        if self.state is not RunState.RUNNING:
            return None
        if self.seconds_left is not None:
            return None if np.isnan(self.seconds_left) else self.seconds_left
        if self.steps_per_second <= 0:
            return None
        return (self.max_steps - self.step) / self.steps_per_second

    @property
    def tokens_per_second(self) -> float | None:
        """Characters that it learns from in a second; None where it does not run, or it is not known."""
        if self.state is not RunState.RUNNING or self.tokens_per_step is None or self.steps_per_second <= 0:
            return None
        return self.steps_per_second * self.tokens_per_step

    @property
    def train_loss(self) -> float | None:
        """The loss of the latest step's batch."""
        return self.last("loss")

    @property
    def train_nll(self) -> float | None:
        """The latest NLL on train, in nats per character."""
        return self.last("train_nll")

    @property
    def dev_nll(self) -> float | None:
        """The latest NLL on dev."""
        return self.last("dev_nll")

    @property
    def test_nll(self) -> float | None:
        """The NLL on test, which is measured at the end alone."""
        return self.last("test_nll")

    @property
    def learning_rate(self) -> float | None:
        """The latest learning rate."""
        return self.last("learning_rate")

    @property
    def gradient_norm(self) -> float | None:
        """The latest length of the gradient, before clipping."""
        return self.last("gradient_norm")

    @property
    def best_dev_nll(self) -> float | None:
        """The lowest NLL on dev so far."""
        best = self._best()
        return None if best is None else best[1]

    @property
    def best_step(self) -> int | None:
        """The step at which it was measured."""
        best = self._best()
        return None if best is None else best[0]

    @cached_property
    def snapshots(self) -> tuple[CheckpointInfo, ...]:
        """The checkpoints that were kept for looking back, the first step first."""
        return snapshots_among(self.checkpoints)

    @property
    def look(self) -> Look | None:
        """The latest look inside the network."""
        return self.looks[-1] if self.looks else None

    @property
    def vocab_size(self) -> int | None:
        """V: the characters of the list and the sentinel."""
        return len(self.config.data.characters) + 1 if self.config is not None else None

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What the latest look and the first loss mean, in plain words, the most important first."""
        return find(self.look, self.looks[0] if self.looks else None, self.first_loss, self.vocab_size)

    @cached_property
    def alarms(self) -> tuple[Alarm, ...]:
        """What a person should not miss about it as it stands, the most pressing first."""
        return find_alarms(self)

    def _best(self) -> tuple[int, float] | None:
        if self.best is not None:
            return self.best
        dev = self.series.get("dev_nll")
        if dev is None:
            return None
        steps, values = dev.steps[dev.steps > 0], dev.values[dev.steps > 0]  # who has learnt nothing is no best
        if np.isnan(values).all():
            return None
        lowest = int(np.nanargmin(values))
        return int(steps[lowest]), float(values[lowest])
