"""What the open app costs while nothing happens: bytes written and processor time, pane by pane."""

import time

from benchmarks.common import TRUECOLOR, USUAL, arguments, cpu_seconds, report, runs_folder
from tests.terminal.harness import PROGRAM, Terminal

BUDGET_BYTES_S = 20.0
BUDGET_CPU_PERCENT = 0.5


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--seconds", type=float, default=20, help="how long on each pane (default: %(default)s)")
    options = parser.parse_args()
    with runs_folder(), Terminal([*PROGRAM, options.list], size=USUAL, environment=TRUECOLOR) as terminal:
        terminal.wait_opened(options.list.rpartition("/")[2])
        for key, pane in (("f1", "Data"), ("f2", "Bigrams"), ("f3", "Train"), ("f4", "Sample")):
            terminal.press(key)
            time.sleep(5)  # what a first visit starts has ended by then
            bytes_before, cpu_before = len(terminal.output), cpu_seconds(terminal.process.pid)
            time.sleep(options.seconds)
            written = (len(terminal.output) - bytes_before) / options.seconds
            used = (cpu_seconds(terminal.process.pid) - cpu_before) / options.seconds * 100
            report(f"{pane}: written", written, "B/s", BUDGET_BYTES_S, 1)
            report(f"{pane}: processor", used, "%", BUDGET_CPU_PERCENT, 2)


if __name__ == "__main__":
    main()
