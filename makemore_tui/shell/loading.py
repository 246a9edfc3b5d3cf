"""Importing panes before they are visited, so that a first visit need not wait for it."""

import threading
from contextlib import suppress
from importlib import import_module

from makemore_tui.shell.panes import PANES


def load_beside() -> None:
    """Import all panes in a thread that nobody waits for."""

    def load() -> None:
        for entry in PANES:
            # Whatever an import raises would be printed over the app; the visit itself says what is wrong.
            with suppress(Exception):
                import_module(entry.module)

    threading.Thread(target=load, daemon=True, name="panes").start()
