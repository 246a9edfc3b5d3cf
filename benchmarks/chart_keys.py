"""Bytes written for one key on the charts of a run: the cursor, zooming and panning, at 120x40."""

from benchmarks.common import TRUECOLOR, USUAL, arguments, quantile, report
from benchmarks.heatmap_cursor import cost
from tests.terminal.harness import PROGRAM, Terminal

PATHS = {
    "cursor move": ("left",) * 10 + ("right",) * 10,
    "zoom": ("+", "+", "+", "-", "-", "-"),
    "metric": ("m",) * 6,
}


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("run", help="a run that has ended, by name, in the usual place or MAKEMORE_RUNS")
    options = parser.parse_args()
    with Terminal([*PROGRAM, "watch", options.run], size=USUAL, environment=TRUECOLOR) as terminal:
        terminal.wait_for("loss")
        terminal.wait_quiet(2)
        for name, path in PATHS.items():
            costs = [cost(terminal, key) for key in path]
            report(f"{name}, median", quantile(costs, 0.5), "kB", None, 2)
            report(f"{name}, most", max(costs), "kB", None, 2)


if __name__ == "__main__":
    main()
