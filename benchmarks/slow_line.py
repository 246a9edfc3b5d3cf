"""A line that carries 5 kB/s: whether keys are answered while a Transformer trains, and nothing queues up.

What the app writes is taken at the speed of the line, and counts as seen when the line has carried it. The kernel holds
some 4 to 64 kB for a pseudo-terminal, as a network does: an app that writes more than the line carries answers late.
"""

import re
import time

from benchmarks.common import OVER_SSH, USUAL, arguments, open_run, report, runs_folder, spread, training
from benchmarks.throttle import Throttled
from tests.terminal.harness import PROGRAM

BUDGET_S = 1.0
LINE_BYTES_S = 5_000
READING = re.compile(r"at step [\d,]+")


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("-n", type=int, default=20, help="how many keys (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=20, help="how long to watch first (default: %(default)s)")
    parser.add_argument("--interval", help="seconds between two pictures (default: as over SSH)")
    options = parser.parse_args()
    chosen = ["--interval", options.interval] if options.interval else []
    with runs_folder(), training(options.list, "--type", "transformer") as run:
        command = [*PROGRAM, options.list, *chosen]
        with Throttled(command, size=USUAL, environment=OVER_SSH) as terminal:
            terminal.wait_opened(options.list.rpartition("/")[2])
            open_run(terminal, run)
            terminal.bytes_per_second = LINE_BYTES_S
            time.sleep(options.seconds)
            before = len(terminal.output)
            time.sleep(options.seconds)
            report("slow line: carried", (len(terminal.output) - before) / options.seconds / 1000, "kB/s", None, 2)
            times = [move_cursor(terminal, number) for number in range(options.n)]
            spread("slow line: cursor on the charts", times, "s", BUDGET_S)
            report("slow line: still queued at the end", terminal.queued() / 1000, "kB", None, 2)


def move_cursor(terminal: Throttled, number: int) -> float:
    """Seconds from a cursor key on the charts until the line has carried the reading of another step."""
    before = reading(terminal)
    pressed = time.perf_counter()
    terminal.press("left" if number % 8 < 4 else "right")
    terminal.wait_for(lambda _: reading(terminal) != before)
    took = time.perf_counter() - pressed
    time.sleep(0.7)
    return took


def reading(terminal: Throttled) -> str:
    """The step that the cursor of the charts reads; empty without a cursor."""
    found = READING.search(terminal.text)
    return found[0] if found else ""


if __name__ == "__main__":
    main()
