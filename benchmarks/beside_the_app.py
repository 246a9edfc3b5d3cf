"""Steps a second of a run that is watched in the app, against the same run left to itself."""

import time

from benchmarks.common import TRUECOLOR, USUAL, arguments, find_run, open_run, runs_folder, training
from tests.terminal.harness import PROGRAM, Terminal

BUDGET = 0.95


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--seconds", type=float, default=10, help="how long each turn (default: %(default)s)")
    parser.add_argument("--turns", type=int, default=4, help="turns of each kind, by turns (default: %(default)s)")
    options = parser.parse_args()
    alone, watched = 0.0, 0.0
    with runs_folder(), training(options.list) as run:
        for _ in range(options.turns):
            alone += steps(run, options.seconds)
            with Terminal([*PROGRAM, options.list], size=USUAL, environment=TRUECOLOR) as terminal:
                terminal.wait_opened(options.list.rpartition("/")[2])
                open_run(terminal, run)
                time.sleep(3)
                watched += steps(run, options.seconds)
    ratio = watched / alone
    print(f"steps/s alone {alone / options.turns:.0f}, watched {watched / options.turns:.0f}")
    print(f"ratio {ratio:.3f}   budget at least {BUDGET}: {'kept' if ratio >= BUDGET else 'EXCEEDED'}")


def steps(run: str, seconds: float) -> float:
    """Steps a second over a while, from the run's own count of steps and of seconds."""
    before = find_run(run)
    time.sleep(seconds)
    after = find_run(run)
    return (after["steps"] - before["steps"]) / (after["seconds"] - before["seconds"])


if __name__ == "__main__":
    main()
