"""An app that can be left at any moment, that of its start too."""

from textual.app import App
from textual.css.query import NoMatches
from textual.widget import MountError
from textual.worker import WorkerFailed


class LeavingApp(App[None]):
    """Says nothing of what is missing because the app is about to end."""

    def _handle_exception(self, error: Exception) -> None:
        # Once the app ends, or is closed from outside, Textual mounts nothing more; what then misses its children is
        # no fault of ours.
        cause = error.error if isinstance(error, WorkerFailed) else error
        is_leaving = self._exit or not self._running
        if not (is_leaving and isinstance(cause, NoMatches | MountError)):
            super()._handle_exception(error)
