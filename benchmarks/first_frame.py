"""From the start of the process to the first frame on the terminal, and to the list read and the pane shown.

Beside it, by turns, the first frame of a Textual app with one line of text and nothing else: what importing Textual
takes on the machine at hand, which no app can be faster than.
"""

import sys
import time
from pathlib import Path
from statistics import median

from benchmarks.common import TRUECOLOR, arguments, report, runs_folder, spread
from tests.terminal.harness import PROGRAM, Terminal

BUDGET_S = 0.4
TABS = b"4 sample"

BARE = [sys.executable, str(Path(__file__).with_name("bare_app.py"))]


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("-n", type=int, default=20, help="how many starts (default: %(default)s)")
    options = parser.parse_args()
    frames, panes, bare = [], [], []
    with runs_folder():
        for _ in range(options.n + 1):
            frame, pane = measure(options.list)
            frames.append(frame)
            panes.append(pane)
            bare.append(measure_bare())
    report("first frame, first start (cold caches)", frames[0], "s")
    spread("first frame", frames[1:], "s", BUDGET_S)
    spread("a bare Textual app", bare[1:], "s")
    report("first frame against a bare app, p50", median(frames[1:]) / median(bare[1:]), "", digits=2)
    spread("list read, Data pane shown", panes[1:], "s")


def measure(source: str) -> tuple[float, float]:
    """Seconds from the start to the first frame, and to the facts of the list."""
    with Terminal([*PROGRAM, source], environment=TRUECOLOR, screen=False) as terminal:
        frame = seconds_until(terminal, TABS)
        pane = seconds_until(terminal, b"uniform guess")
        terminal.press("ctrl+q")
        terminal.wait_exit()
    return frame, pane


def measure_bare() -> float:
    """Seconds from the start of the bare app to its first frame."""
    with Terminal(BARE, environment=TRUECOLOR, screen=False) as terminal:
        frame = seconds_until(terminal, TABS)
        terminal.press("ctrl+q")
        terminal.wait_exit()
    return frame


def seconds_until(terminal: Terminal, wanted: bytes) -> float:
    """When the bytes came in whose end completes what is wanted."""
    end = time.perf_counter() + 30
    while (place := terminal.output.find(wanted)) < 0:
        if time.perf_counter() > end:
            raise SystemExit(f"{wanted!r} never came")
        time.sleep(0.001)
    seen = 0
    for moment, count in list(terminal.arrivals):
        seen += count
        if seen >= place + len(wanted):
            return moment - terminal.started
    raise AssertionError


if __name__ == "__main__":
    main()
