"""An app that can be left at any moment, that of its start too."""

import asyncio
from typing import Any

from textual.app import App
from textual.css.query import NoMatches
from textual.signal import SignalError
from textual.widget import MountError
from textual.worker import WorkerFailed


class LeavingApp(App[None]):
    """Says nothing of what is missing because the app is about to end."""

    def _handle_exception(self, error: Exception) -> None:
        # Once the app ends, or is closed from outside, Textual mounts nothing more; what then misses its children is
        # no fault of ours.
        cause = error.error if isinstance(error, WorkerFailed) else error
        if not (self._is_leaving and isinstance(cause, NoMatches | MountError | SignalError)):
            super()._handle_exception(error)

    @property
    def _is_leaving(self) -> bool:
        return self._exit or not self._running

    async def push_screen_wait(self, screen: Any) -> Any:  # type: ignore[override]
        """Textual's; but what would ask when the app is closing already asks nobody."""
        # Textual has a worker that asks do first what the app has put off. That is now the removal of the screens, and
        # with the worker, which is cancelled as its pane goes, the removal would be cancelled.
        if self._is_leaving:
            raise asyncio.CancelledError
        return await super().push_screen_wait(screen)
