"""Where a run can stand."""

from enum import StrEnum


class RunState(StrEnum):
    """Where a run stands."""

    QUEUED = "queued"
    """It waits for its turn; the queue starts it."""
    STARTING = "starting"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED = "stopped"
    """By a person, or not started yet; it can be resumed."""
    FAILED = "failed"
    """By an error or by diverging; the reason says which."""
    DIED = "died"
    """Its process is gone without a word; it can be resumed."""
    UNREADABLE = "unreadable"
    """The system does not let its files be read."""
    DAMAGED = "damaged"
    INCOMPLETE = "incomplete"
    """Damaged so far: it may still be being copied."""
    NEWER = "newer"
    """Written by a newer version of this program."""
    GONE = "gone"
    """Deleted or renamed while somebody looked at it."""

    @property
    def is_live(self) -> bool:
        """Whether a process is at it and hears commands."""
        return self in (RunState.STARTING, RunState.RUNNING, RunState.PAUSED)

    @property
    def goes_on(self) -> bool:
        """Whether a process is at it, or will be without another word from anybody."""
        return self.is_live or self is RunState.QUEUED

    @property
    def is_readable(self) -> bool:
        """Whether the run can be opened; the reason says what is wrong where it cannot."""
        return self not in (
            RunState.UNREADABLE,
            RunState.DAMAGED,
            RunState.INCOMPLETE,
            RunState.NEWER,
            RunState.GONE,
        )

    @property
    def said(self) -> str:
        """The state as it is said of a run: it *failed*, or it *is gone*."""
        return f"is {self}" if not self.is_readable else str(self)
