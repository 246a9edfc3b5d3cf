"""What the open app costs while nothing happens: bytes written and processor time, pane by pane.

At first no run is selected; then one that has ended is, and all panes have been visited.
"""

import subprocess
import time

from benchmarks.common import TRUECOLOR, USUAL, arguments, cpu_seconds, report, runs_folder
from tests.terminal.harness import PROGRAM, Terminal

BUDGET_BYTES_S = 20.0
BUDGET_CPU_PERCENT = 0.5
WITHOUT = (("f1", "Data"), ("f2", "Bigrams"), ("f3", "Train"), ("f4", "Sample"))
WITH = (("f3", "Train"), ("f4", "Sample"), ("f2", "Bigrams"), ("f1", "Data"))


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--seconds", type=float, default=20, help="how long on each pane (default: %(default)s)")
    options = parser.parse_args()
    with runs_folder():
        made = [*PROGRAM, "train", options.list, "--type", "bigram", "--max-steps", "200", "--name", "ended"]
        subprocess.run(made, check=True, capture_output=True)
        with Terminal([*PROGRAM, options.list], size=USUAL, environment=TRUECOLOR) as terminal:
            terminal.wait_opened(options.list.rpartition("/")[2])
            for key, pane in WITHOUT:
                terminal.press(key)
                measure(terminal, pane, options.seconds)
            terminal.press("f3")
            terminal.wait_for("ended")
            terminal.press("enter")
            terminal.wait_for(lambda text: "finished ended" in text.partition("\n")[0])
            for key, pane in WITH:
                terminal.press(key)
                measure(terminal, f"{pane}, a run selected", options.seconds)


def measure(terminal: Terminal, what: str, seconds: float) -> None:
    """Report what a while on the pane at hand costs."""
    time.sleep(5)  # what a first visit starts has ended by then
    bytes_before, cpu_before = len(terminal.output), cpu_seconds(terminal.process.pid)
    time.sleep(seconds)
    written = (len(terminal.output) - bytes_before) / seconds
    used = (cpu_seconds(terminal.process.pid) - cpu_before) / seconds * 100
    report(f"{what}: written", written, "B/s", BUDGET_BYTES_S, 1)
    report(f"{what}: processor", used, "%", BUDGET_CPU_PERCENT, 2)


if __name__ == "__main__":
    main()
