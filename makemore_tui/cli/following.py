"""Following a run in the terminal: a line of progress, what ctrl-c means, and the report at the end."""

import signal
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import closing
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any

from makemore_core.errors import RunError
from makemore_tui.cli.wrapping import print_words

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

    from makemore_core.runs.folder import RunFolder, RunSummary
    from makemore_core.runs.snapshot import RunView

POLL_SECONDS = 0.1
PATIENCE_SECONDS = 60.0
"""How long a command waits for the run to do what it was asked."""

TOLD_BY_EVENTS = ("diverging", "overfitting")
"""Alarms that an event of the run tells of when they begin."""

TOLD_ONCE = {"saturated"}
"""Alarms that come and go where a layer hovers around the limit: the first time says it."""

TOLD_AT_THE_END = ("diverged", "estimated")
"""Events that the report at the end tells of, beside its losses."""

_UNLIMITED = 1 << 16
"""The width of a table in a file or a pipe, in cells: nothing is to be cut off there."""


class Interrupts:
    """Counts ctrl-c instead of being torn away by it, within a `with` block."""

    def __init__(self) -> None:
        self.count = 0
        self._before: Any = None

    def __enter__(self) -> "Interrupts":
        self._before = signal.signal(signal.SIGINT, self._on_interrupt)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _on_interrupt(self, number: int, frame: FrameType | None) -> None:
        self.count += 1


def follow(
    folder: "RunFolder",
    interrupts: Interrupts,
    *,
    leave_at_interrupt: bool = False,
    tell_evaluations: bool = False,
) -> "RunView":
    """Show the progress of a run until it ends, and return what there is to know of it.

    The first ctrl-c asks the run to stop and the second leaves it to that; or, for a spectator, the first leaves.
    The progress is drawn on standard error where that is a terminal. `tell_evaluations`: elsewhere, each further look
    at the loss is a line on standard output.
    """
    from makemore_core.runs.view import RunReader

    asked_to_stop, waited_for, alarmed = False, "", set[str]()
    with closing(RunReader(folder)) as reader, _progress() as progress:
        first = reader.poll()
        told, warned = _last_evaluation(first), max((event.id for event in first.events), default=0)
        # What has begun before is told by no event any more.
        alarmed = _tell_alarms(first, alarmed, progress, aloud=tell_evaluations, by_events=())
        task = progress.add_task(folder.name, total=None, loss="", speed="")
        while True:
            view = reader.poll()
            _update(progress, task, view)
            if tell_evaluations and progress.disable:
                told = _tell_evaluations(view, told)
            waited_for = _tell_wait(view, waited_for, progress)
            warned = _tell_warnings(view, warned, progress, aloud=tell_evaluations)
            alarmed = _tell_alarms(view, alarmed, progress, aloud=tell_evaluations)
            if not view.state.goes_on or (leave_at_interrupt and interrupts.count):
                return view
            if interrupts.count and not asked_to_stop:  # also where the second came as quickly as the first
                asked_to_stop = True
                _ask_to_stop(folder, progress)
            if interrupts.count > 1:
                return view
            time.sleep(POLL_SECONDS)


def _progress() -> "Progress":
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True, highlight=False, markup=False, emoji=False)
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TextColumn("{task.fields[loss]}", markup=False),
        TextColumn("{task.fields[speed]}", markup=False),
        TimeRemainingColumn(compact=True),
        console=console,
        refresh_per_second=4,
        disable=not console.is_terminal,
        expand=True,
    )


def _update(progress: "Progress", task: Any, view: "RunView") -> None:
    losses = []
    if view.train_loss is not None:
        losses.append(f"loss {view.train_loss:.4f}")
    if view.dev_nll is not None:
        losses.append(f"dev {view.dev_nll:.4f}")
    speed = f"{view.steps_per_second:,.0f}/s" if view.steps_per_second else str(view.state)
    held = f" {_memory_words(view.memory)}" if view.memory is not None and view.state.is_live else ""
    progress.update(task, completed=view.step, total=view.max_steps, loss=" ".join(losses), speed=f"{speed}{held}")


def _memory_words(count: int) -> str:
    return f"{count / 1e6:,.0f} MB"


def _last_evaluation(view: "RunView") -> int:
    train = view.series.get("train_nll")
    return int(train.steps[-1]) if train is not None else -1


def _tell_evaluations(view: "RunView", told: int) -> int:
    """One line for each look at the loss after step `told`. Returns the step of the last."""
    train = view.series.get("train_nll")
    if train is None:
        return told
    dev = view.series.get("dev_nll")
    held_out = dict(zip(dev.steps.tolist(), dev.values.tolist(), strict=True)) if dev is not None else {}
    for step, value in zip(train.steps.tolist(), train.values.tolist(), strict=True):
        if step > told:
            beside = f"  dev {held_out[step]:.4f}" if step in held_out else ""
            print(f"step {step:,}  train {value:.4f}{beside}{_load_words(view)}", flush=True)
            told = step
    return told


def _tell_warnings(view: "RunView", warned: int, progress: "Progress", *, aloud: bool) -> int:
    """One line above the progress for what a person should not miss. Returns the number of the last event seen.

    What ends a run is told at its end.
    """
    for event in view.events:
        if event.id > warned and event.warning and event.kind not in TOLD_AT_THE_END:
            line = f"step {event.step:,}  {event.warning}"
            if not progress.disable:
                print_words(progress.console, line)
            elif aloud:
                print(line, flush=True)
    return max((event.id for event in view.events), default=warned)


def _load_words(view: "RunView") -> str:
    """What a live run does with the machine, as far as it tells."""
    tokens, held = view.tokens_per_second, view.memory if view.state.is_live else None
    fast = "" if tokens is None else f"  {tokens:,.0f} tokens/s"
    return fast + ("" if held is None else f"  {_memory_words(held)}")


def _tell_alarms(
    view: "RunView",
    told: set[str],
    progress: "Progress",
    *,
    aloud: bool,
    by_events: Collection[str] = TOLD_BY_EVENTS,
) -> set[str]:
    """One line for what has begun to hold and no event tells of: of the alarms in `by_events` one does.

    Returns the names that are not to be told next time: of all that holds now, and of what is told once.
    """
    for alarm in view.alarms:
        if alarm.name in told or alarm.name in by_events:
            continue
        line = f"step {view.step:,}  {alarm.text}"
        if not progress.disable:
            print_words(progress.console, line)
        elif aloud:
            print(line, flush=True)
    return {alarm.name for alarm in view.alarms} | (told & TOLD_ONCE)


def _tell_wait(view: "RunView", told: str, progress: "Progress") -> str:
    """One line where the run waits for something, such as room on the disk. Returns what was told last."""
    reason = view.reason if view.state == "paused" else ""
    if reason and reason != told:
        print_words(progress.console, f"{view.name} is paused: {reason}")
    return reason


def _ask_to_stop(folder: "RunFolder", progress: "Progress") -> None:
    from makemore_core.runs.commands import send

    try:
        send(folder, "stop")
    except RunError:
        return  # it has ended by itself meanwhile
    print_words(progress.console, f"stopping {folder.name}; ctrl-c again does not wait for it")


def wait_until(folder: "RunFolder", is_done: Callable[["RunView"], bool]) -> "RunView":
    """Wait for a run to do what it was asked. Raises RunError where it does not for a long time."""
    from makemore_core.runs.view import RunReader

    deadline = time.monotonic() + PATIENCE_SECONDS
    with closing(RunReader(folder)) as reader:
        while not is_done(view := reader.poll()):
            if time.monotonic() > deadline:
                raise RunError(f"{folder.name} was asked, but has not answered for {PATIENCE_SECONDS:.0f} s")
            time.sleep(POLL_SECONDS / 2)
    return view


def report(view: "RunView") -> dict[str, Any]:
    """What `train --json` writes."""
    return {
        "run": view.name,
        "type": view.type,
        "state": str(view.state),
        "parameters": view.parameters,
        "steps": view.step,
        "seconds": view.seconds,
        "train_nll": view.train_nll,
        "dev_nll": view.dev_nll,
        "test_nll": view.test_nll,
        "best_dev_nll": view.best_dev_nll,
        "best_step": view.best_step,
        "best_train_nll": view.best_train_nll,
        "best_test_nll": view.best_test_nll,
        "warnings": [{"step": event.step, "text": event.warning} for event in view.events if event.warning],
    }


def result_line(view: "RunView") -> str:
    """The same for a person: how it ended, the losses then and those of the best checkpoint, and how to go on."""
    parts = [f"{view.name} {view.state} at step {view.step:,} after {view.seconds:.1f} s"]
    losses = (("train", view.train_nll), ("dev", view.dev_nll), ("test", view.test_nll))
    parts += [f"{side} {loss:.4f}" for side, loss in losses if loss is not None]
    if view.reason and view.state == "finished":
        parts.append(view.reason)
    if view.best_dev_nll is not None and view.best_step != view.step:
        best = (("train", view.best_train_nll), ("dev", view.best_dev_nll), ("test", view.best_test_nll))
        numbers = ", ".join(f"{side} {loss:.4f}" for side, loss in best if loss is not None)
        parts.append(f"best at step {view.best_step:,}: {numbers}")
    if any(event.kind == "estimated" and event.step == view.step for event in view.events):
        parts.append(f"all of them estimates (makemore-tui eval {view.name} measures each character)")
    next_step = "resume" if view.state == "stopped" else "sample"
    return f"{', '.join(parts)}; go on with: makemore-tui {next_step} {view.name}"


def now_json(folder: "RunFolder") -> dict[str, Any]:
    """What holds of a run at this moment, in `runs --json`."""
    from makemore_core.runs.view import RunReader

    with closing(RunReader(folder, brief=True)) as reader:
        view = reader.poll()
    return {
        "memory": view.memory if view.state.is_live else None,
        "tokens_per_second": view.tokens_per_second,
        "warnings": [{"name": alarm.name, "text": alarm.text} for alarm in view.alarms],
    }


def summary_json(summary: "RunSummary") -> dict[str, Any]:
    """One run in `runs --json`."""
    return {
        "run": summary.name,
        "path": str(summary.path),
        "type": summary.type,
        "list": summary.data,
        "state": str(summary.state),
        "reason": summary.reason,
        "damage": summary.damage,
        "read_only": summary.is_read_only,
        "steps": summary.step,
        "max_steps": summary.max_steps,
        "seconds": summary.seconds,
        "steps_per_second": summary.steps_per_second,
        "created": summary.created,
        "parameters": summary.parameters,
        "train_nll": summary.train_nll,
        "dev_nll": summary.dev_nll,
        "test_nll": summary.test_nll,
        "best_dev_nll": summary.best_dev_nll,
        "best_step": summary.best_step,
        "best_train_nll": summary.best_train_nll,
        "best_test_nll": summary.best_test_nll,
        "note": summary.note,
        "turn": summary.turn,
        "sweep": None
        if summary.sweep is None
        else {"name": summary.sweep.name, "settings": dict(summary.sweep.settings)},
        "forked_from": None if summary.forked_from is None else summary.forked_from.model_dump(),
    }


def print_runs(summaries: Sequence["RunSummary"]) -> None:
    """The runs as a table, and below it what is wrong with some.

    The losses of a row belong to the same weights: those of the checkpoint `best`, which `sample` and `eval` use;
    where nothing is held out, to the last ones.
    """
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    from makemore_core.runs.paths import RunFolder
    from makemore_core.runs.sorting import losses_of_best
    from makemore_tui.cli.run_tables import state_words
    from makemore_tui.display import visible

    def loss(value: float | None) -> str:
        return "" if value is None else f"{value:.4f}"

    table = Table(box=SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0), pad_edge=False)
    for head in ("run", "state", "steps", "train", "dev", "test", "list"):
        is_number = head in ("steps", "train", "dev", "test")
        can_fold = head in ("run", "list")
        table.add_column(head, justify="right" if is_number else "left", no_wrap=not can_fold, overflow="fold")
    for summary in summaries:
        of = f" of {summary.max_steps:,}" if summary.step != summary.max_steps else ""
        losses = [loss(value) for value in losses_of_best(summary).values()]
        steps = f"{summary.step:,}{of}"
        table.add_row(Text(summary.name), state_words(summary), steps, *losses, Text(visible(summary.data)))
    console = table_console()
    console.print(table)
    if any(summary.best_step is not None for summary in summaries):
        console.print("losses in nats per character, of each run's best checkpoint on dev; test is measured at the end")
    for summary in summaries:
        if summary.note:
            print_words(console, f"{summary.name}: {visible(summary.note)}")
        waits = summary.state == "paused" and summary.reason  # where nobody paused it
        if waits or summary.state in ("failed", "died") or not summary.state.is_readable:
            print_words(console, f"{summary.name} {summary.state.said}: {visible(summary.reason)}")
        if summary.state.is_live:
            for warning in now_json(RunFolder(summary.path))["warnings"]:
                print_words(console, f"{summary.name}: {warning['text']}")
        if summary.damage:
            print_words(console, f"{summary.name} is damaged: {visible(summary.damage)}")
    if fixed := [summary.name for summary in summaries if summary.is_read_only]:
        print_words(console, f"on a read-only disk, so to be looked at alone: {', '.join(fixed)}")


def table_console() -> "Console":
    """Standard output for tables: as wide as the terminal; in a file or a pipe, wide enough for everything.

    Text is written as it is: nothing in it is markup, or the name of a picture.
    """
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
    if not console.is_terminal:
        console.width = _UNLIMITED
    return console
