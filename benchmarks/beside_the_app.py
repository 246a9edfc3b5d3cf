"""Steps a second of a run that is watched in the app, against the same run left to itself, family by family."""

import time

from benchmarks.common import TRUECOLOR, USUAL, arguments, find_run, open_run, runs_folder, training
from makemore_core.models.registry import FAMILIES
from tests.terminal.harness import PROGRAM, Terminal

BUDGET = 0.95
TRAINED = [name for name, family in FAMILIES.items() if not family.counts]


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--seconds", type=float, default=10, help="how long each turn (default: %(default)s)")
    parser.add_argument("--turns", type=int, default=4, help="turns of each kind, by turns (default: %(default)s)")
    parser.add_argument("--type", choices=TRAINED, nargs="+", default=TRAINED, help="these families (default: all)")
    options = parser.parse_args()
    for family in options.type:
        alone, watched = measure(options.list, family, options.turns, options.seconds)
        verdict = "kept" if watched >= BUDGET * alone else "EXCEEDED"
        figures = f"alone {alone:8.1f}, watched {watched:8.1f}, ratio {watched / alone:.3f}"
        print(f"{family:<12} steps/s {figures}   budget at least {BUDGET}: {verdict}", flush=True)


def measure(source: str, family: str, turns: int, seconds: float) -> tuple[float, float]:
    """Steps a second of a run alone, and of the same run while it is watched: means over as many turns of each."""
    alone, watched = 0.0, 0.0
    with runs_folder(), training(source, "--type", family) as run:
        for _ in range(turns):
            alone += steps(run, seconds)
            with Terminal([*PROGRAM, source], size=USUAL, environment=TRUECOLOR) as terminal:
                terminal.wait_opened(source.rpartition("/")[2])
                open_run(terminal, run)
                time.sleep(3)
                watched += steps(run, seconds)
    return alone / turns, watched / turns


def steps(run: str, seconds: float) -> float:
    """Steps a second over a while, from the run's own count of steps and of seconds."""
    before = find_run(run)
    time.sleep(seconds)
    after = find_run(run)
    return float(after["steps"] - before["steps"]) / float(after["seconds"] - before["seconds"])


if __name__ == "__main__":
    main()
