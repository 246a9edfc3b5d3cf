"""A pseudo-terminal that is read no faster than a slow line would carry."""

import array
import fcntl
import os
import select
import termios
import time
from typing import Any

from tests.terminal.harness import Terminal

BLOCK_BYTES = 128


class Throttled(Terminal):
    """A terminal behind a slow line; what waits for the line stays in the kernel, or in the program."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.bytes_per_second: float | None = None
        """The speed of the line; None: as fast as it goes."""
        super().__init__(*arguments, **options)

    def queued(self) -> int:
        """The bytes that the program has written and the line has not carried yet, as far as the kernel holds them."""
        count = array.array("i", [0])
        fcntl.ioctl(self._master, termios.FIONREAD, count)
        return count[0]

    def _read(self) -> None:
        free = time.perf_counter()
        while not self._hung_up.is_set():
            if not select.select([self._master], [], [], 0.05)[0]:
                continue
            speed = self.bytes_per_second
            try:
                data = os.read(self._master, BLOCK_BYTES if speed else 1 << 16)
            except OSError:  # the program has ended
                break
            if not data:
                break
            if speed:  # a block has arrived when the line has carried all of it
                free = max(free, time.perf_counter()) + len(data) / speed
                time.sleep(max(0.0, free - time.perf_counter()))
            with self._changed:
                self.arrivals.append((time.perf_counter(), len(data)))
                self.output += data
                self._show(data)
                self._changed.notify_all()
