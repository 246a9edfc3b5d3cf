"""What a person should not miss about a run as it stands now: each in a word, and in one line.

The events of a run tell when something began; an alarm says that it still holds.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from makemore_core.diagnostics.findings import saturated
from makemore_core.runs.states import RunState

if TYPE_CHECKING:
    from makemore_core.runs.snapshot import RunView

STALLED_SECONDS = 30.0
STALLED_STEPS = 20.0
"""A run is stalled after this long without a sign, and after the time of so many of its steps."""


@dataclass(frozen=True)
class Alarm:
    """Something that holds now."""

    name: str
    """stalled, diverging, overfitting or saturated."""
    text: str
    """What it means, in one line."""


def find_alarms(run: "RunView") -> tuple[Alarm, ...]:
    """All that holds, the most pressing first."""
    found = (_stalled(run), _diverging(run), _overfitting(run), _saturated(run))
    return tuple(alarm for alarm in found if alarm is not None)


def _stalled(run: "RunView") -> Alarm | None:
    """A process that lives gives a sign after every step; one that is held up gives none, and cannot say why.

    After the last step it measures the losses on all items, which may take long.
    """
    if run.state is not RunState.RUNNING or run.heartbeat_age is None or run.step >= run.max_steps:
        return None
    patience = STALLED_SECONDS
    if run.steps_per_second > 0:
        patience = max(patience, STALLED_STEPS / run.steps_per_second)
    if run.heartbeat_age <= patience:
        return None
    return Alarm("stalled", f"stalled: no step for {run.heartbeat_age:,.0f} s, though its process lives")


def _diverging(run: "RunView") -> Alarm | None:
    if not (run.state.is_live and run.is_exploding):
        return None
    return Alarm("diverging", "diverging: the loss is far above its lowest; a lower learning rate may save the run")


def _overfitting(run: "RunView") -> Alarm | None:
    """It was said of the best that still is the best."""
    for event in reversed(run.events):
        if event.kind == "overfitting":
            holds = event.detail.get("best_step") == run.best_step
            return Alarm("overfitting", event.warning) if holds and event.warning else None
    return None


def _saturated(run: "RunView") -> Alarm | None:
    if run.state not in (RunState.RUNNING, RunState.PAUSED) or run.look is None:
        return None
    found = saturated(run.look, run.looks[0])
    return Alarm("saturated", max(found, key=lambda finding: finding.weight).text) if found else None
