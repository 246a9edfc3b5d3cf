"""Another number of steps for a run, whether it goes on or has ended.

The schedule of the learning rate lies over all steps, so it is laid anew: from the next step on, the rate is what the
schedule gives at this step of the new number. A constant rate stays as it is; one that falls (linear, cosine, step)
rises at once to where it would stand in the longer run. The warm-up is as long as it was.
"""

import time
from subprocess import Popen

from makemore_core.errors import MakemoreError, RunError, SettingsError
from makemore_core.models.registry import FAMILIES
from makemore_core.runs.commands import ANSWER_SECONDS, DONE, ENDING, POLL_SECONDS, TOO_LATE, ask
from makemore_core.runs.listing import summarise
from makemore_core.runs.paths import RunFolder
from makemore_core.runs.status import RunState, read_status
from makemore_core.training.config import TrainConfig


def extend_run(folder: RunFolder, max_steps: int) -> "Popen[bytes] | None":
    """Give a run this number of steps in all, and let it go on where it does not.

    A live run hears it as a command and writes its settings itself; one that waits in the queue waits on. Of one that
    has ended, the settings are changed and a process is started, which is returned. Raises RunError where it has made
    as many already or cannot go on, SettingsError for a number out of its range: nothing is changed then.
    """
    config = folder.read_config()
    if (family := FAMILIES.get(config.type)) is not None and family.counts:
        raise SettingsError(f"{folder.name} is fitted by counting: it has learnt all that there is in one step")
    config.changed(max_steps=max_steps)  # refuses it before anybody is asked
    state = read_status(folder.database).state
    if state is RunState.QUEUED:
        change_end(folder, max_steps, None)
        return None
    if state.is_live:
        answer = ask(folder, "max_steps", max_steps)
        if answer == DONE:
            return None
        if answer not in (ENDING, TOO_LATE):
            raise RunError(f"{folder.name}: {answer}")
        _wait_for_end(folder)
    return _go_on(folder, max_steps)


def change_end(folder: RunFolder, max_steps: int | None, patience: int | None) -> TrainConfig:
    """Give a run that no process is at another number of steps, or more patience. Returns the settings before that.

    Raises RunError where it has nothing left to do so, SettingsError for a number out of its range: nothing is
    changed then.
    """
    summary = summarise(folder)
    if summary.state.is_live:
        raise RunError(f"{folder.name} is {summary.state} already: watch it with `makemore-tui watch {folder.name}`")
    config = folder.read_config()
    steps = config.max_steps if max_steps is None else max_steps
    if summary.state == "finished" and summary.step >= steps:
        done = f"all of its {summary.step:,} steps" if summary.step else "no steps, as was asked"
        raise RunError(f"{folder.name} has made {done}: to go on, give it more with --max-steps")
    if steps < summary.step:
        raise RunError(f"{folder.name} has made {summary.step:,} steps already: --max-steps must not be below that")
    wanted = {"max_steps": max_steps, "patience": patience}
    changed = config.changed(**{name: value for name, value in wanted.items() if value is not None})
    if changed != config:
        folder.write_config(changed)
    return config


def _go_on(folder: RunFolder, max_steps: int) -> "Popen[bytes]":
    """Start a run that has ended; where it cannot be started its settings stay as they were."""
    from makemore_core.training.launch import start_run

    before = change_end(folder, max_steps, None)
    try:
        return start_run(folder)
    except MakemoreError:
        folder.write_config(before)
        raise


def _wait_for_end(folder: RunFolder) -> None:
    deadline = time.monotonic() + ANSWER_SECONDS
    while read_status(folder.database).state.is_live:
        if time.monotonic() > deadline:
            raise RunError(f"{folder.name} is at its end, but has not ended for {ANSWER_SECONDS:.0f} s")
        time.sleep(POLL_SECONDS)
