"""Reading a list in a thread of its own, so that the app stays awake and can be left at any moment."""

import threading
from collections.abc import Callable

from textual.message import Message

from makemore_tui.messages import CorpusFailed, CorpusLoaded


class ListReader:
    """Reads lists one at a time; of several that were asked for, only the last is reported."""

    def __init__(self, post: Callable[[Message], object]) -> None:
        self._post = post
        self._thread: threading.Thread | None = None
        self.reading: str | None = None
        """What is being read; None while nothing is."""

    def start(self, source: str, encoding: str) -> None:
        """Begin to read; CorpusLoaded or CorpusFailed is posted at the end."""
        self.reading = source
        # A daemon: a long read must not hold up the end of the program.
        self._thread = threading.Thread(target=self._read, args=(source, encoding), daemon=True, name="list")
        self._thread.start()

    def _read(self, source: str, encoding: str) -> None:
        from makemore_core.corpus import read_corpus

        message: CorpusLoaded | CorpusFailed
        try:
            message = CorpusLoaded(read_corpus(source, encoding=encoding), source)
        except Exception as error:
            message = CorpusFailed(error)
        if threading.current_thread() is self._thread:
            self.reading = None
            self._post(message)
