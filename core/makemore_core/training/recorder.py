"""From the events of the loop to the store of the run."""

import math
import time
from dataclasses import asdict

from makemore_core.diagnostics.recording import LookRecorder
from makemore_core.runs.store import Store, StoredSample
from makemore_core.sources import Source
from makemore_core.training.batches import characters_per_step
from makemore_core.training.events import (
    Diverged,
    EarlyStopped,
    Estimated,
    Evaluated,
    Event,
    Exploding,
    Finished,
    Overfitting,
    Sampled,
    Stepped,
)
from makemore_core.training.loop import Training
from makemore_core.training.memory import resident_bytes
from makemore_core.training.pace import Pace

COMMIT_SECONDS = 0.1
BEAT_SECONDS = 0.5


_KINDS: dict[type[Event], str] = {
    Overfitting: "overfitting",
    EarlyStopped: "early_stopped",
    Exploding: "exploding",
    Estimated: "estimated",
}


class Recorder:
    """Writes what happens, a few times a second, with the speed and the time spent."""

    def __init__(self, store: Store, training: Training, seconds: float) -> None:
        self._store = store
        self._training = training
        self._source = Source("", training.model, training.corpus.vocabulary, training.corpus, training.sides)
        self._seconds = seconds
        self._speed = 0.0
        now = time.monotonic()
        self._since: float | None = now  # when this stretch of training began; None while it rests
        self._measured = (now, training.step)
        self._commit_due = self._beat_due = now
        self._pace = Pace(training.config)
        self._pace.go_on(now)
        self._looks = LookRecorder(store)
        store.fact("parameters", training.model.parameter_count)
        if training.optimizer is not None:
            context = training.model.context
            tokens = characters_per_step(training.config, training.corpus, training.sides.train, context)
            store.fact("tokens_per_step", tokens)
        if store.facts().get("best_step") != training.best_step:  # else what its end has measured still holds
            self._tell_best()

    @property
    def seconds(self) -> float:
        """The time spent in training so far."""
        return self._seconds + (0.0 if self._since is None else time.monotonic() - self._since)

    def record(self, event: Event) -> None:
        """Gather what an event tells."""
        self._pace.record(event, time.monotonic())
        match event:
            case Stepped():
                self._stepped(event)
            case Evaluated():
                self._evaluated(event)
            case Sampled():
                self._store.samples(event.step, self._located(event))
            case Overfitting() | EarlyStopped() | Exploding() | Estimated():
                detail = asdict(event)
                self._store.event_once(_KINDS[type(event)], detail.pop("step"), **detail)
            case Diverged():
                self._store.event("diverged", event.step, what=event.what, advice=event.advice)
            case Finished():
                self._store.event("finished", event.step)

    def _stepped(self, event: Stepped) -> None:
        self._store.metric("loss", event.step, event.loss)
        if event.learning_rate is not None:
            self._store.metric("learning_rate", event.step, event.learning_rate)
        if event.gradient_norm is not None:
            self._store.metric("gradient_norm", event.step, event.gradient_norm)
        if event.step == 0 and self._training.optimizer is not None:
            self._store.fact("first_loss", event.loss)
        if event.look is not None:
            self._looks.record(event.look)

    def _evaluated(self, event: Evaluated) -> None:
        for name in ("train_nll", "dev_nll", "test_nll"):
            value = getattr(event, name)
            if value is not None and not math.isnan(value):
                self._store.metric(name, event.step, value)

        if event.is_best:
            self._tell_best()

    def _tell_best(self) -> None:
        """What the checkpoint `best` was chosen by; the last value of dev may be of more items than those before."""
        known = self._training.best_step is not None
        self._store.fact("best_step", self._training.best_step)
        self._store.fact("best_dev_nll", self._training.best_dev if known else None)
        self._store.fact("best_train_nll", self._training.dev_notes.best_train if known else None)
        self._store.fact("best_test_nll", None)

    def tell_best(self, losses: Evaluated) -> None:
        """What the checkpoint `best` reaches on all items of each side, measured at the end."""
        for side in ("train", "dev", "test"):
            self._store.fact(f"best_{side}_nll", getattr(losses, f"{side}_nll"))

    def _located(self, event: Sampled) -> list[StoredSample]:
        located = []
        for item in event.items:
            found = self._source.membership(item.text)
            assert found is not None, "the data is at hand"
            places = (found.in_train, found.in_dev, found.in_test)
            located.append(StoredSample(item.text, item.nll, item.finished, *places))
        return located

    def tick(self, state: str, now: float) -> None:
        """Commit and give a sign of life, where either is due."""
        if now >= self._beat_due:
            self._measure(now)
            self.beat(state)
        elif now >= self._commit_due:
            self._store.flush()
            self._commit_due = now + COMMIT_SECONDS

    def beat(self, state: str, reason: str = "") -> None:
        """Commit, and say in which state the run is."""
        speed = self._speed if state == "running" else 0.0
        self._store.fact("memory", resident_bytes())
        self._store.fact("exploding", int(self._training.is_exploding))
        self._store.fact("seconds_left", self._pace.seconds_left(self._training.step) if state == "running" else None)
        self._store.beat(state, step=self._training.step, reason=reason, steps_per_second=speed, seconds=self.seconds)
        now = time.monotonic()
        self._commit_due, self._beat_due = now + COMMIT_SECONDS, now + BEAT_SECONDS

    def extend(self, max_steps: int) -> None:
        """The last step is another one."""
        self._pace.extend(max_steps)

    def rest(self) -> None:
        """The clock of training stands still from here."""
        self._seconds, self._since = self.seconds, None

    def go_on(self) -> None:
        """The clock goes on."""
        self._since = time.monotonic()
        self._measured = (self._since, self._training.step)
        self._pace.go_on(self._since)

    def _measure(self, now: float) -> None:
        """The speed over the last half second or so, smoothed a little."""
        then, step = self._measured
        made, took = self._training.step - step, now - then
        if not made or took <= 0:
            return
        self._measured = (now, self._training.step)
        self._speed = made / took if not self._speed else 0.5 * self._speed + 0.5 * made / took
        self._store.metric("steps_per_second", self._training.step - 1, self._speed)
