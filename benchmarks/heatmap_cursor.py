"""Bytes written for one move of the cursor on the map, at each of the three sizes."""

from benchmarks.common import TRUECOLOR, arguments, quantile, report, runs_folder
from tests.terminal.harness import PROGRAM, Terminal

BUDGET_KB = 2.0
PATH = ("right", "down") * 12 + ("left", "up") * 12


def main() -> None:
    options = arguments(__doc__).parse_args()
    with runs_folder():
        for size in ((80, 24), (120, 40), (200, 60)):
            with Terminal([*PROGRAM, options.list], size=size, environment=TRUECOLOR) as terminal:
                terminal.wait_opened(options.list.rpartition("/")[2])
                terminal.press("f2")
                terminal.wait_quiet(1)
                costs = [cost(terminal, key) for key in PATH]
            budget = BUDGET_KB if size == (120, 40) else None
            name = f"{size[0]}x{size[1]}"
            report(f"cursor move at {name}, median", quantile(costs, 0.5), "kB", budget, 2)
            report(f"cursor move at {name}, most", max(costs), "kB", budget, 2)


def cost(terminal: Terminal, key: str) -> float:
    """Kilobytes that one key brings about."""
    before = len(terminal.output)
    terminal.press(key)
    terminal.wait_quiet(0.3)
    return (len(terminal.output) - before) / 1000


if __name__ == "__main__":
    main()
