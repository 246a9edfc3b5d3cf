"""What the pane does with runs: read, list, start, continue, steer. All of it waits for files or processes.

The pane calls these methods in threads, never in the app's loop.
"""

import threading
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from subprocess import Popen
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Protocol, TypeVar

from makemore_core.errors import RunError
from makemore_core.models.registry import find_family
from makemore_core.runs.deleting import Weight, delete_run, refuse_delete, weigh
from makemore_core.runs.folder import create_run, find_run
from makemore_core.runs.forking import fork_run, fork_starts
from makemore_core.runs.listing import RunLister
from makemore_core.runs.naming import rename_run
from makemore_core.runs.notes import write_note
from makemore_core.runs.view import RunReader
from makemore_tui.panes.train.origin import ForkWanted, Origin

if TYPE_CHECKING:
    from makemore_core.corpus import Corpus
    from makemore_core.runs.commands import CommandName
    from makemore_core.runs.listing import RunSummary
    from makemore_core.runs.paths import RunFolder
    from makemore_core.runs.snapshot import RunView
    from makemore_core.training.config import TrainConfig
    from makemore_core.training.launch import WarmProcess


Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

READ_ONLY = "read-only: runs are only looked at here; start the app without --read-only to change them"


def changing(
    method: "Callable[Concatenate[Engine, Arguments], Result]",
) -> "Callable[Concatenate[Engine, Arguments], Result]":
    """Of a method that starts, steers, changes or deletes runs: refused with a RunError where the app is read-only."""

    @wraps(method)
    def unless_read_only(self: "Engine", /, *args: Arguments.args, **options: Arguments.kwargs) -> Result:
        if self.read_only:
            raise RunError(READ_ONLY)
        return method(self, *args, **options)

    return unless_read_only


class Reader(Protocol):
    """What gives one snapshot of a run after the other."""

    def poll(self) -> "RunView":
        """The run as it is now; the same object while nothing changes."""

    def close(self) -> None:
        """Let go of the run."""


class Engine:
    """The runs of one folder."""

    def __init__(self, home: Path, *, read_only: bool = False) -> None:
        self.home = home
        self.read_only = read_only
        self._warm: WarmProcess | None = None
        self._lock = threading.Lock()
        self._processes: list[Popen[bytes]] = []
        self._lister = RunLister(home)

    def runs(self) -> "list[RunSummary]":
        """All runs, the latest first."""
        # Asking a process of ours whether it has ended lets the system forget it when it has.
        self._processes = [process for process in self._processes if process.poll() is None]
        return self._lister.runs()

    def reader(self, name: str) -> Reader:
        """A reader of the run of this name, or at this path. Raises RunError."""
        return RunReader(find_run(name, self.home))

    def warm_up(self) -> None:
        """Have a training process ready that has imported what it needs; none where nothing will be started."""
        if self.read_only:
            return
        from makemore_core.training.launch import WarmProcess

        with self._lock:
            if self._warm is None:
                self._warm = WarmProcess()

    def cool_down(self) -> None:
        """End the process that stands ready, if there is one."""
        with self._lock:
            warm, self._warm = self._warm, None
        if warm is not None:
            warm.close()

    @changing
    def start(self, config: "TrainConfig", corpus: "Corpus", name: str | None) -> str:
        """Make a run and start it; returns its name. Raises SettingsError or RunError."""
        return self._begin(create_run(config, corpus, self.home, name))

    def origin(self, name: str, *, for_fork: bool = False) -> Origin:
        """A run whose settings another is to have. Raises RunError, or SettingsError where it cannot be forked."""
        folder = find_run(name, self.home)
        config = folder.read_config()
        find_family(config.type)
        return Origin(folder.name, config, fork_starts(folder) if for_fork else ())

    @changing
    def fork(self, wanted: ForkWanted) -> str:
        """Make a run that goes on from a checkpoint of another, and start it; returns its name.

        Raises SettingsError or RunError.
        """
        source = find_run(wanted.run, self.home)
        changes = {"checkpoint": wanted.checkpoint, "name": wanted.name, "model": wanted.model, **wanted.changes}
        return self._begin(fork_run(source, self.home, **changes))

    def _begin(self, folder: "RunFolder") -> str:
        """Start a new run, in the process that stands ready where there is one; returns its name."""
        from makemore_core.training.launch import start_run

        with self._lock:
            warm, self._warm = self._warm, None
        self._processes.append(warm.start(folder) if warm is not None else start_run(folder))
        return folder.name

    @changing
    def sweep(
        self, configs: "Sequence[TrainConfig]", varied: "Sequence[str]", corpus: "Corpus", name: str | None
    ) -> str:
        """Put a run for each of these settings into the queue; returns what the sweep is called.

        Raises SettingsError or RunError.
        """
        from makemore_core.queue.sweeps import create_sweep

        made = create_sweep(configs, varied, corpus, self.home, name)
        self._go_on_with_queue()
        return made.name

    def parallel(self) -> int:
        """How many runs may train at once."""
        from makemore_core.queue.settings import read_parallel

        return read_parallel(self.home)

    @changing
    def set_parallel(self, number: int) -> None:
        """Let so many runs train at once. Raises SettingsError or RunError."""
        from makemore_core.queue.settings import write_parallel

        write_parallel(self.home, number)
        self._go_on_with_queue()

    @changing
    def put_first(self, name: str) -> None:
        """Let a run be the next one that the queue starts. Raises RunError."""
        from makemore_core.queue.waiting import move_to_front

        move_to_front(find_run(name, self.home), self.home)
        self._go_on_with_queue()

    def _go_on_with_queue(self) -> None:
        from makemore_core.queue.launch import ensure_queue

        if (process := ensure_queue(self.home)) is not None:
            self._processes.append(process)

    @changing
    def resume(self, name: str) -> None:
        """Go on with a run that no process is at. Raises RunError."""
        from makemore_core.training.launch import start_run

        self._processes.append(start_run(find_run(name, self.home)))

    @changing
    def extend(self, name: str, max_steps: int) -> bool:
        """Give a run another number of steps in all, and let it go on. Returns True. Raises SettingsError, RunError."""
        from makemore_core.runs.extending import extend_run

        if (process := extend_run(find_run(name, self.home), max_steps)) is not None:
            self._processes.append(process)
        return True

    @changing
    def rename(self, name: str, new: str) -> str:
        """Give a run another name; returns it. Raises SettingsError or RunError."""
        return rename_run(find_run(name, self.home), new).name

    @changing
    def note(self, name: str, text: str) -> bool:
        """Keep a line of text with a run. Returns True. Raises SettingsError or RunError."""
        write_note(find_run(name, self.home), text)
        return True

    def weigh(self, name: str) -> Weight:
        """How much a run that can be deleted is. Raises RunError where it cannot."""
        folder = find_run(name, self.home)
        refuse_delete(folder)
        return weigh(folder)

    @changing
    def delete(self, name: str) -> Weight:
        """Delete a run for good. Raises RunError."""
        return delete_run(find_run(name, self.home))

    @changing
    def send(self, name: str, command: "CommandName", value: float | None = None) -> None:
        """Tell the process of a run what to do; one that waits in the queue is stopped by taking it out.

        Raises SettingsError or RunError.
        """
        from makemore_core.queue.waiting import dequeue
        from makemore_core.runs.commands import send
        from makemore_core.runs.status import RunState, read_status

        folder = find_run(name, self.home)
        if command == "stop" and read_status(folder.database).state is RunState.QUEUED:
            dequeue(folder)
        else:
            send(folder, command, value)
