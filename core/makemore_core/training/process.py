"""What `python -m makemore_core.training RUN` does: train one run, tell its store, obey its commands.

The process owns the run from the claim to the last heartbeat. It has no terminal: its output goes to the run's
`process.log`, hang-up is ignored, SIGTERM saves and stops. Whatever happens, the store says how it ended.

What a kill loses: metrics are on the disk within a tenth of a second or so. Resuming goes back to the last
checkpoint, a few seconds old where the settings name no interval, and computes the steps since then again, on the
CPU to the bit.
"""

import errno
import math
import sqlite3
import time
import traceback
from contextlib import suppress
from functools import partial

import torch

from makemore_core.errors import MakemoreError
from makemore_core.runs.checkpoints import write_checkpoint
from makemore_core.runs.commands import DONE, ENDING
from makemore_core.runs.last_word import Reserve, forget_wait, forget_word, leave_word
from makemore_core.runs.paths import RunFolder, remove_drafts
from makemore_core.runs.store import Command, Store
from makemore_core.training import checkpoint
from makemore_core.training.events import Diverged, EarlyStopped, Finished
from makemore_core.training.full_disk import Patience, is_full
from makemore_core.training.loop import ADVICE, NOT_FINITE, Training, train
from makemore_core.training.recorder import Recorder
from makemore_core.training.snapshots import Snapshots
from makemore_core.training.stopping import StopRequest
from makemore_core.training.tensorboard import log_events

POLL_SECONDS = 0.05
"""How often commands are looked for: a person should feel that a key does something."""

SAVE_SECONDS = 0.25
SAVE_BYTES_PER_SECOND = 1_500_000
SAVE_SHARE = 0.02
"""Where the settings name no interval, the state is saved this often, so that small models can be watched while they
learn; but at most this many bytes are written in a second on average, and this share of the time is spent on it."""


DISK_FULL = "the disk is full: make room, then resume"
UNWRITABLE = "its store cannot be written"
NO_MEMORY = "there is not enough memory: try a smaller batch or model"


def run(folder: RunFolder, store: Store, stop: StopRequest) -> int:
    """Train a run that this process has claimed. Returns the exit status: 0, or 1 where training failed."""
    try:
        remove_drafts(folder)
        forget_word(folder)
        with Reserve(folder) as reserve:
            status = _Conductor(folder, store, stop, reserve).conduct()
        with suppress(sqlite3.Error):  # all is written already: this only tidies up
            store.settle()
        return status
    except MakemoreError as error:
        reason = str(error)
    except OSError as error:
        _print_trace()
        full = error.errno == errno.ENOSPC
        reason = f"{DISK_FULL} ({error.filename or folder.path})" if full else str(error)
    except sqlite3.Error as error:
        _print_trace()
        reason = f"{DISK_FULL} ({folder.database})" if "is full" in str(error) else f"{UNWRITABLE}: {error}"
    except Exception as error:
        _print_trace()
        fault = f"a fault of the program, {type(error).__name__}: {' '.join(str(error).split())} (see process.log)"
        reason = NO_MEMORY if _is_out_of_memory(error) else fault
    _note_failure(folder, store, reason)
    with suppress(OSError):  # the disk may be full
        print(reason, flush=True)
    return 1


def _is_out_of_memory(error: Exception) -> bool:
    """Of torch's errors, those of the processor and of MPS are told by their words alone."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(
        words in str(error) for words in ("DefaultCPUAllocator", "out of memory")
    )


def _print_trace() -> None:
    with suppress(OSError):  # the disk may be full
        traceback.print_exc()


def _note_failure(folder: RunFolder, store: Store, reason: str) -> None:
    """Say in the store why the run ended; where even that fails, in a file beside it, and in process.log."""
    try:
        store.fail(reason)
    except Exception:
        _print_trace()
        with suppress(OSError):
            leave_word(folder, reason)
        return
    with suppress(sqlite3.Error):
        store.settle()


class _Conductor:
    """Drives the loop of one run: records its events, and between two of them does what is asked."""

    def __init__(self, folder: RunFolder, store: Store, stop: StopRequest, reserve: Reserve | None = None) -> None:
        self._folder = folder
        self._store = store
        self._stop_request = stop
        config = folder.read_config()
        torch.set_num_threads(config.threads)
        corpus = folder.read_corpus()
        self._training = Training(config, corpus, config.split.sides(corpus))
        seconds = checkpoint.restore(self._training, folder)
        self._is_new = seconds is None
        if seconds is None and config.forked_from is not None:
            checkpoint.begin_fork(self._training, folder)
        self._recorder = Recorder(store, self._training, seconds or 0.0)
        self._patience = Patience(folder, store, stop, reserve or Reserve(folder), self._rest)
        self._snapshots = Snapshots(folder, self._training, self._write_patiently)
        self._paused = False
        self._poll_due = 0.0
        self._save_due = math.inf
        self._saved_step = self._training.step
        self._is_broken = False
        self._early: EarlyStopped | None = None

    def conduct(self) -> int:
        """From the first event to the last. A disk that is full meanwhile is waited for."""
        try:
            return self._conduct()
        except (OSError, sqlite3.Error) as error:
            if self._stop_request.reason is None or not is_full(error, self._folder):
                raise
            self._stop_without_room(self._stop_request.reason)
            return 0

    def _conduct(self) -> int:
        self._begin()
        if self._stop_request.reason is None:  # who stops at once keeps what the end of the run had measured
            self._patience.write(partial(self._store.rewind, self._training.step))
        events = train(self._training)
        while self._stop_request.reason is None:
            event = next(events)
            if isinstance(event, Diverged):
                return self._diverged(event)
            self._recorder.record(event)
            if isinstance(event, Finished):
                return self._finish()
            if isinstance(event, EarlyStopped):
                self._early = event
            self._between(time.monotonic())
            if self._is_broken:
                return self._diverged(Diverged(self._training.step, NOT_FINITE, ADVICE))
        return self._stop(self._stop_request.reason)

    def _begin(self) -> None:
        step = self._training.step
        if self._store.is_ahead(step):  # also where the checkpoint is gone: old curves must not stay
            self._patience.write(partial(self._store.rewind, step))
        log_events(self._folder, self._store, step)
        if self._is_new:
            self._store.event("started", step)
        else:
            self._store.event("resumed", step)
        self._beat("running")
        self._save()
        self._snapshots.begin()
        self._between(time.monotonic())  # what was asked while torch was loading

    def _between(self, now: float) -> None:
        """What is due between two events; when nothing is, this costs next to nothing."""
        self._snapshots.take()
        if now >= self._poll_due:
            self._obey()
            while self._paused and self._stop_request.reason is None:
                time.sleep(POLL_SECONDS)
                self._obey()
                self._patience.write(lambda: self._recorder.tick("paused", time.monotonic()))
            self._patience.write(lambda: self._recorder.tick("running", now))
            self._poll_due = time.monotonic() + POLL_SECONDS
        if self._is_save_due(now):
            self._save()

    # Commands

    def _obey(self) -> None:
        for command in self._store.commands():
            self._store.answer(command, self._do(command))
            self._beat("paused" if self._paused else "running")

    def _do(self, command: Command) -> str:
        """Do what a command asks for; what became of it, in a word or two."""
        match command.name:
            case "pause":
                self._pause(True)
            case "resume":
                self._pause(False)
            case "stop":
                self._stop_request.reason = "as asked"
            case "save":
                self._save(whatever=True)
                self._store.event("saved", self._training.step)
            case "learning_rate" if command.value is not None and 0 < command.value < math.inf:
                self._training.set_rate(command.value)
                self._store.event("learning_rate", self._training.step, value=command.value)
                self._save(whatever=True)  # a change must outlive this process, and may be what saves the run
            case "max_steps" if command.value is not None:
                return self._extend(int(command.value))
            case _:
                return "not understood"
        return DONE

    def _extend(self, max_steps: int) -> str:
        """Move the last step. What is saved before the settings change belongs to the settings before."""
        training = self._training
        if training.step >= training.config.max_steps or self._early is not None:
            return ENDING
        if max_steps <= training.step:
            return f"it has made {training.step:,} steps already: it must be given more than that"
        try:
            config = training.config.changed(max_steps=max_steps)
            self._save(whatever=True)
            self._folder.write_config(config)
        except MakemoreError as error:
            return str(error)
        before = training.config.max_steps
        training.extend(config)
        self._snapshots.plan()
        self._recorder.extend(max_steps)
        self._store.event("max_steps", training.step, value=max_steps, before=before)
        return DONE

    def _pause(self, pause: bool) -> None:
        if pause == self._paused:
            return
        self._paused = pause
        if pause:
            self._recorder.rest()
            self._save()
        else:
            self._recorder.go_on()
        self._store.event("paused" if pause else "continued", self._training.step)

    # Checkpoints

    def _is_save_due(self, now: float) -> bool:
        if self._training.is_exploding:  # what was saved before may soon be the last that is good
            return False
        interval = self._training.config.checkpoint_interval
        return self._training.step - self._saved_step >= interval if interval else now >= self._save_due

    def _save(self, *, whatever: bool = False) -> None:
        """Write the whole state, after all that it builds on: metrics up to this step, and the best weights.

        So whenever the process is killed, the run resumes without a gap in its curves.

        While the loss explodes the state of before is kept, which may be the last that is good: resuming makes the
        same steps from there again. `whatever`: not where a person asks for it, or has changed what comes next.
        """
        if whatever or not self._training.is_exploding:
            self._patience.write(self._save_all)
        else:
            self._patience.write(self._save_what_is_told)

    def _save_what_is_told(self) -> None:
        """The metrics and the best weights alone."""
        self._is_broken = not self._training.is_finite()
        self._store.flush()
        self._save_best()

    def _save_all(self) -> None:
        began = time.monotonic()
        if not self._training.is_finite():  # what was saved before is worth more
            self._is_broken = True
            return
        self._store.flush()
        self._save_best()
        state = checkpoint.whole_state(self._training, self._recorder.seconds)
        self._write("last", state)
        now = time.monotonic()
        self._saved_step = self._training.step
        self._save_due = now + max(SAVE_SECONDS, len(state) / SAVE_BYTES_PER_SECOND, (now - began) / SAVE_SHARE)

    def _save_best(self) -> None:
        if (best := checkpoint.best_weights(self._training)) is not None:
            self._write("best", best)
            self._training.best_tensors = None

    def _beat(self, state: str, reason: str = "") -> None:
        self._patience.write(lambda: self._recorder.beat(state, reason))

    def _rest(self, rests: bool) -> None:
        """The clock of training stands still while the disk is full."""
        if not self._paused:
            self._recorder.rest() if rests else self._recorder.go_on()
        self._store.event("paused" if rests else "continued", self._training.step, reason="the disk was full")

    def _write_patiently(self, name: str, data: bytes) -> None:
        self._patience.write(partial(self._write, name, data))

    def _write(self, name: str, data: bytes) -> None:
        write_checkpoint(self._folder, name, data)

    # Ends

    def _finish(self) -> int:
        self._save()
        self._snapshots.end()
        self._write_patiently("final", checkpoint.weights_alone(self._training))
        if (losses := checkpoint.measure_best(self._training, self._folder)) is not None:
            self._recorder.tell_best(losses)
        self._recorder.rest()
        self._beat("finished", early_words(self._early) if self._early is not None else "")
        return 0

    def _stop(self, reason: str) -> int:
        self._save()
        if self._saved_step != self._training.step:
            reason = f"{reason}, while its loss exploded: it goes on from step {self._saved_step:,}"
        self._store.event("stopped", self._training.step, reason=reason)
        self._recorder.rest()
        self._beat("stopped", reason)
        return 0

    def _stop_without_room(self, reason: str) -> None:
        """Stop where nothing can be saved: the checkpoint of before is as good as ever."""
        words = f"{reason}, while the disk was full: it goes on from step {self._saved_step:,}"
        try:
            self._store.fail(words, "stopped")
        except sqlite3.Error:
            with suppress(OSError):
                leave_word(self._folder, words)
        forget_wait(self._folder)

    def _diverged(self, event: Diverged) -> int:
        """Leave the last good checkpoint as it is: the weights of this moment are worth nothing."""
        self._patience.write(self._save_best)
        self._recorder.record(event)
        self._recorder.rest()
        self._beat("failed", f"diverged: {event.what} at step {event.step}; {event.advice}")
        return 1


def early_words(event: EarlyStopped) -> str:
    """Why a run ended before its last step."""
    return (
        f"stopped early: no dev loss below {event.best_dev_nll:.4f} (step {event.best_step:,}) in {event.looks:,} looks"
    )
