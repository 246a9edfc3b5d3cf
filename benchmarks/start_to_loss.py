"""From the key that starts a run to its first loss on the screen: with a process warmed up, and without."""

import time

from benchmarks.common import TRUECOLOR, USUAL, arguments, report, runs_folder
from tests.terminal.harness import PROGRAM, Terminal

BUDGET_WARM_S = 1.0
BUDGET_COLD_S = 3.0


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("-n", type=int, default=3, help="how many starts of each kind (default: %(default)s)")
    options = parser.parse_args()
    for name, patience, budget in (("warmed up", 8.0, BUDGET_WARM_S), ("at once", 0.0, BUDGET_COLD_S)):
        times = [measure(options.list, patience) for _ in range(options.n)]
        report(f"start to first loss, {name}, longest of {options.n}", max(times), "s", budget)


def measure(source: str, patience: float) -> float:
    """Seconds from the key to a loss; `patience` is how long the person looks at the form before."""
    with runs_folder(), Terminal([*PROGRAM, source], size=USUAL, environment=TRUECOLOR) as terminal:
        terminal.wait_opened(source.rpartition("/")[2])
        terminal.press("f3")
        terminal.wait_for("ctrl+s starts")
        time.sleep(patience)
        pressed = time.perf_counter()
        terminal.press("ctrl+s")
        terminal.wait_for(shows_loss)
        took = time.perf_counter() - pressed
        terminal.press("s")
        terminal.wait_for("enter stop")
        terminal.press("enter")
        terminal.wait_for(lambda text: "stopped" in text or "finished" in text)
        return took


def shows_loss(text: str) -> bool:
    """Whether a loss of train is on the screen, as a number."""
    return any("train " in line and any(part[:1].isdigit() for part in line.split()) for line in text.splitlines()[2:5])


if __name__ == "__main__":
    main()
