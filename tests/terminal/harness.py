"""The real program in a pseudo-terminal: what a person sees, as text, and what travels over the line, in bytes.

    with Terminal([*PROGRAM, "names.txt"], size=(80, 24)) as terminal:
        terminal.wait_opened("names.txt")
        terminal.press("2")

A thread reads what the program writes and feeds it to a pyte screen. Waiting always has a deadline, and ends with the
screen in the message where it is missed. Used by the tests and by the benchmarks.
"""

import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import pyte

PROGRAM = (sys.executable, "-m", "makemore_tui")

DEADLINE_S = 120.0
"""How long to wait for anything: much longer than it takes, as nothing here measures time."""

KEYS = {
    "enter": b"\r",
    "escape": b"\x1b",
    "tab": b"\t",
    "backspace": b"\x7f",
    "up": b"\x1b[A",
    "down": b"\x1b[B",
    "right": b"\x1b[C",
    "left": b"\x1b[D",
    "home": b"\x1b[H",
    "end": b"\x1b[F",
    "f1": b"\x1bOP",
    "f2": b"\x1bOQ",
    "f3": b"\x1bOR",
    "f4": b"\x1bOS",
    "f5": b"\x1b[15~",
    "f12": b"\x1b[24~",
}
"""What a terminal sends for the keys that have names; `ctrl+x` and single characters go without saying."""

MODES_SET_BY_TEXTUAL = re.compile(rb"\x1b\[\?([0-9;]+)([hl])")

_NOT_FOR_PYTE = re.compile(rb"\x1b\[(?:[<>=][0-9;]*[a-z]|\?[0-9;]*\$p)")
"""Requests and keyboard modes that pyte would print as text."""


class Terminal:
    """A program and its terminal. Leaving the `with` block ends the program."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        size: tuple[int, int] = (80, 24),
        environment: Mapping[str, str | None] | None = None,
        folder: Path | None = None,
        feed: bytes | None = None,
        stderr: Path | None = None,
        screen: bool = True,
        answers: bool = True,
    ) -> None:
        """Start the command.

        Args:
            command: The program and its arguments.
            size: Columns and rows.
            environment: Set over that of this process; None removes a variable.
            folder: The working directory.
            feed: Given on standard input through a pipe, which then is not the terminal.
            stderr: A file for standard error, in place of the terminal.
            screen: Whether to keep a pyte screen; without one, bytes are only kept.
            answers: Whether it says where its cursor stands when it is asked, as terminals do.
        """
        self.columns, self.rows = size
        self.output = bytearray()
        self.arrivals: list[tuple[float, int]] = []
        """When bytes came in (time.perf_counter), and how many."""
        self._screen = pyte.Screen(*size) if screen else None
        if self._screen is not None and answers:
            self._screen.write_process_input = self._answer  # type: ignore[method-assign]
        self._stream = pyte.ByteStream(self._screen) if self._screen else None
        self._pending = b""
        self._changed = threading.Condition()
        self._hung_up = threading.Event()
        self._paused = threading.Event()
        self._master, slave = os.openpty()
        self._set_size(size)
        merged = {**os.environ, **(environment or {})}
        error_file = stderr.open("wb") if stderr else None
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE if feed is not None else slave,
            stdout=slave,
            stderr=error_file or slave,
            start_new_session=True,
            preexec_fn=_take_terminal,
            cwd=folder,
            env={name: value for name, value in merged.items() if value is not None},
        )
        os.close(slave)
        if error_file:
            error_file.close()
        if feed is not None and self.process.stdin:
            self.process.stdin.write(feed)
            self.process.stdin.close()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # What is seen

    @property
    def lines(self) -> list[str]:
        """The screen, row by row."""
        assert self._screen is not None
        with self._changed:
            return list(self._screen.display)

    @property
    def text(self) -> str:
        """The screen as one text."""
        return "\n".join(line.rstrip() for line in self.lines)

    def wait_for(self, wanted: str | Callable[[str], bool], deadline: float = DEADLINE_S) -> str:
        """Wait until the screen holds a text, or until a function of the screen's text is true; return the text."""
        holds = (lambda text: wanted in text) if isinstance(wanted, str) else wanted
        end = time.monotonic() + deadline
        while True:
            text = self.text
            if holds(text):
                return text
            left = end - time.monotonic()
            if left <= 0 or (not self._reader.is_alive() and not holds(self.text)):
                raise AssertionError(f"not on the screen: {wanted!r}\n{self.text}")
            with self._changed:
                self._changed.wait(min(left, 0.2))

    def wait_opened(self, name: str) -> str:
        """Wait until the app has read a list: then its name ends the first line. Returns the text of the screen."""
        return self.wait_for(lambda text: text.partition("\n")[0].rstrip().endswith(name))

    def wait_quiet(self, seconds: float = 0.5, deadline: float = DEADLINE_S) -> None:
        """Wait until nothing has been written for so long."""
        end = time.monotonic() + deadline
        while time.monotonic() < end:
            before = len(self.output)
            time.sleep(seconds)
            if len(self.output) == before:
                return
        raise AssertionError(f"never quiet for {seconds} s")

    def unreadable(self) -> list[str]:
        """Words whose characters have the colour of their ground, with their places; drawn blocks do not count."""
        assert self._screen is not None
        found = []
        with self._changed:
            for row in range(self.rows):
                cells = [self._screen.buffer[row][column] for column in range(self.columns)]
                hidden = "".join(
                    cell.data if cell.fg == cell.bg != "default" and cell.data.isalnum() else " " for cell in cells
                )
                found += [f"line {row}: {word}" for word in hidden.split()]
        return found

    def reversed(self) -> list[str]:
        """What is shown in reverse: stretches of cells, without blanks around."""
        assert self._screen is not None
        found = []
        with self._changed:
            for row in range(self.rows):
                cells = [self._screen.buffer[row][column] for column in range(self.columns)]
                stretches = "".join(cell.data if cell.reverse else "\n" for cell in cells).split("\n")
                found += [stretch.strip() for stretch in stretches if stretch.strip()]
        return found

    @property
    def modes(self) -> set[str]:
        """The private modes that are on, by number: "1049" is the alternate screen, "1000" and "1003" the mouse."""
        on: set[str] = set()
        for numbers, letter in MODES_SET_BY_TEXTUAL.findall(bytes(self.output)):
            for number in numbers.decode().split(";"):
                (on.add if letter == b"h" else on.discard)(number)
        return on

    # What is done

    def press(self, *keys: str) -> None:
        """Type keys, by the names that Textual has for them."""
        for key in keys:
            os.write(self._master, key_bytes(key))

    def click(self, text: str) -> None:
        """Click on the first place of the screen that holds a text."""
        row = next(row for row, line in enumerate(self.lines) if text in line)
        place = f"0;{self.lines[row].index(text) + 1};{row + 1}"
        os.write(self._master, f"\x1b[<{place}M\x1b[<{place}m".encode())

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the terminal; the kernel tells the program by SIGWINCH."""
        with self._changed:
            self.columns, self.rows = columns, rows
            if self._screen is not None:
                self._screen.resize(rows, columns)
        self._set_size((columns, rows))

    def stop_reading(self) -> None:
        """Be a line that takes nothing any more: what the program writes stays where it is."""
        self._paused.set()

    def write_over(self, text: str) -> None:
        """Be a terminal that another program writes on, such as `wall`; the program at hand does not hear of it."""
        with self._changed:
            self._show(text.encode())

    def hang_up(self) -> None:
        """Let the line break: the kernel hangs up the terminal."""
        if not self._hung_up.is_set():
            self._hung_up.set()
            self._reader.join()
            os.close(self._master)

    def wait_exit(self, deadline: float = DEADLINE_S) -> int:
        """Wait for the end of the program, and return its exit status (negative: a signal's number)."""
        try:
            status = self.process.wait(deadline)
        except subprocess.TimeoutExpired:
            screen = self.text if self._screen is not None else ""
            raise AssertionError(f"the program does not end\n{screen}") from None
        if not (self._hung_up.is_set() or self._paused.is_set()):
            self._reader.join(deadline)  # what the program wrote last is still to be read
        return status

    def close(self) -> None:
        """End the program, whatever it is doing."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
        self.hang_up()

    # Inside

    def _answer(self, text: str) -> None:
        os.write(self._master, text.encode())

    def _set_size(self, size: tuple[int, int]) -> None:
        columns, rows = size
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def _read(self) -> None:
        while not self._hung_up.is_set():
            ready, _, _ = select.select([self._master], [], [], 0.05)
            if not ready:
                continue
            if self._paused.is_set():
                self._hung_up.wait(0.05)
                continue
            try:
                data = os.read(self._master, 1 << 16)
            except OSError:  # the last process with the terminal open has ended
                break
            if not data:
                break
            now = time.perf_counter()
            with self._changed:
                self.arrivals.append((now, len(data)))
                self.output += data
                self._show(data)
                self._changed.notify_all()

    def _show(self, data: bytes) -> None:
        if self._stream is None:
            return
        data = self._pending + data
        cut = data.rfind(b"\x1b")
        unfinished = (
            cut >= 0 and len(data) - cut < 32 and not re.match(rb"\x1b(?:\[[0-9;?<>=$]*[@-~]|[^\[])", data[cut:])
        )
        self._pending = data[cut:] if unfinished else b""
        self._stream.feed(_NOT_FOR_PYTE.sub(b"", data[:cut] if unfinished else data))


def key_bytes(key: str) -> bytes:
    """What the terminal sends for a key."""
    if key in KEYS:
        return KEYS[key]
    if key.startswith("ctrl+"):
        return bytes([ord(key.removeprefix("ctrl+").upper()) & 0x1F])
    return key.encode()


def _take_terminal() -> None:
    """In the child: make the terminal the controlling one, as a login shell's is."""
    fcntl.ioctl(1, termios.TIOCSCTTY, 0)
