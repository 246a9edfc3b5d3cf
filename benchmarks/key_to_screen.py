"""From a key to the first byte that answers it: on the map while nothing goes on, and while a run trains.

While a run trains, the same is measured on the Train pane, whose charts are live: there a key that changes the
whole screen is used, so that the answer cannot be taken for the next refresh.
"""

import time

from benchmarks.common import TRUECOLOR, USUAL, arguments, open_run, runs_folder, spread, training
from tests.terminal.harness import PROGRAM, Terminal

BUDGET_S = 0.050
MOVES = ("right", "down", "right", "down", "left", "up", "left", "up")
HELP = b"esc closes"


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("-n", type=int, default=200, help="how many keys (default: %(default)s)")
    options = parser.parse_args()
    with runs_folder():
        with app(options.list) as terminal:
            terminal.press("f2")
            terminal.wait_quiet()
            spread("cursor on the map, idle", [move(terminal, i) for i in range(options.n)], "s", BUDGET_S)
        with training(options.list) as run, app(options.list) as terminal:
            open_run(terminal, run)
            terminal.press("f2")
            terminal.wait_quiet(0.3)
            spread("cursor on the map, training", [move(terminal, i) for i in range(options.n)], "s", BUDGET_S)
            terminal.press("f3")
            time.sleep(1)
            times = [open_help(terminal) for _ in range(options.n // 4)]
            spread("help over live charts, training", times, "s")


def app(source: str) -> Terminal:
    """The app on a list, ready."""
    terminal = Terminal([*PROGRAM, source], size=USUAL, environment=TRUECOLOR)
    terminal.wait_opened(source.rpartition("/")[2])
    terminal.wait_quiet()
    return terminal


def move(terminal: Terminal, number: int) -> float:
    """Seconds from a cursor key to the first bytes that follow it."""
    before = len(terminal.arrivals)
    pressed = time.perf_counter()
    terminal.press(MOVES[number % len(MOVES)])
    while len(terminal.arrivals) == before:
        time.sleep(0.0002)
        if time.perf_counter() - pressed > 10:
            raise SystemExit("a key was not answered")
    answered = terminal.arrivals[before][0]
    time.sleep(0.06)  # keys come apart, as when a person holds one down
    return answered - pressed


def open_help(terminal: Terminal) -> float:
    """Seconds from `?` to the panel."""
    before = len(terminal.output)
    pressed = time.perf_counter()
    terminal.press("?")
    while terminal.output.find(HELP, before) < 0:
        time.sleep(0.0005)
    took = time.perf_counter() - pressed
    terminal.press("escape")
    time.sleep(0.5)
    return took


if __name__ == "__main__":
    main()
