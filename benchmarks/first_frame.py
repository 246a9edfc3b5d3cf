"""From the start of the process to the first frame on the terminal, and to the list read and the pane shown."""

import time

from benchmarks.common import TRUECOLOR, arguments, report, runs_folder, spread
from tests.terminal.harness import PROGRAM, Terminal

BUDGET_S = 0.4
TABS = b"4 sample"


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("-n", type=int, default=20, help="how many starts (default: %(default)s)")
    options = parser.parse_args()
    frames, panes = [], []
    with runs_folder():
        for _ in range(options.n + 1):
            frame, pane = measure(options.list)
            frames.append(frame)
            panes.append(pane)
    report("first frame, first start (cold caches)", frames[0], "s")
    spread("first frame", frames[1:], "s", BUDGET_S)
    spread("list read, Data pane shown", panes[1:], "s")


def measure(source: str) -> tuple[float, float]:
    """Seconds from the start to the first frame, and to the facts of the list."""
    with Terminal([*PROGRAM, source], environment=TRUECOLOR, screen=False) as terminal:
        frame = seconds_until(terminal, TABS)
        pane = seconds_until(terminal, b"uniform guess")
        terminal.press("ctrl+q")
        terminal.wait_exit()
    return frame, pane


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
