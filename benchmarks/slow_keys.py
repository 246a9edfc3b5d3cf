"""Keys that change much of the screen, on a line that carries 5 kB/s: bytes, the first answer, all of it.

The settings are those over SSH, at 120x40, while a Transformer trains. The first answer is the first change that the
line has carried; all of it has been painted when what the key brought about has been carried. At the end keys are
pressed while a pane is being painted: they are answered when what they alone bring about has been carried.
"""

import time

from benchmarks.common import OVER_SSH, USUAL, arguments, open_run, report, runs_folder, training
from benchmarks.throttle import Throttled
from tests.terminal.harness import PROGRAM

BUDGET_S = 1.0
LINE_BYTES_S = 5_000
SETTLE_S = 4.0
"""How long to wait before a key, so that what the one before has brought about is over."""

STEPS: tuple[tuple[str, str, str], ...] = (
    ("help over the charts", "?", "help: train"),
    ("help is closed", "escape", ""),
    ("metrics to choose from", "p", ""),
    ("they are closed", "escape", ""),
    ("another metric", "m", ""),
    ("zoom", "+", ""),
    ("list of runs", "r", ""),
    ("back to the run", "r", "dev"),
    ("samples through time", "S", ""),
    ("charts again", "S", ""),
    ("form of a new run", "n", "preset"),
    ("it is left", "escape", "dev"),
    ("pane: data", "f1", ""),
    ("pane: bigrams", "f2", "P("),
    ("cursor on the map", "right", ""),
    ("help over the map", "?", "help: bigrams"),
    ("help is closed", "escape", ""),
    ("pane: sample", "f4", ""),
    ("pane: train", "f3", "dev"),
    ("commands", "ctrl+p", ""),
    ("they are closed", "escape", ""),
)
"""What is done, its key, and what is on the screen at its end, where that is worth waiting for."""

MEANWHILE: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("cursor on the map", "right", ("P(c|.)",)),
    ("help", "?", ("help: bigrams",)),
    ("back to the run", "f3", ("loss in nats", "samples")),
    ("pane: data", "f1", ("first letter", "one word, many examples", "character frequencies")),
    ("pane: sample", "f4", ("top-k", "temperature")),
)
"""Keys for a moment when Bigrams is half painted, and words that they alone bring to the screen: one will do."""

HALF_PAINTED_BYTES = 4_000


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--fast", action="store_true", help="count the bytes alone, on a line that takes all")
    options = parser.parse_args()
    with (
        runs_folder(),
        training(options.list, "--type", "transformer") as run,
        Throttled([*PROGRAM, options.list], size=USUAL, environment=OVER_SSH) as terminal,
    ):
        terminal.wait_opened(options.list.rpartition("/")[2])
        open_run(terminal, run)
        for key in ("f1", "f2", "f4", "f3"):  # what is imported and read at a first visit does not count
            terminal.press(key)
            time.sleep(3)
        if not options.fast:
            terminal.bytes_per_second = LINE_BYTES_S
        for what, key, shown in STEPS:
            press(terminal, what, key, shown)
        if not options.fast:
            for what, key, shown in MEANWHILE:
                interrupt(terminal, what, key, shown)


def press(terminal: Throttled, what: str, key: str, shown: str) -> None:
    """Print what one key brings about, after a while in which what is live has been painted."""
    time.sleep(SETTLE_S)
    while terminal.queued():
        time.sleep(0.05)
    first = len(terminal.arrivals)
    before, pressed = terminal.text, time.perf_counter()
    terminal.press(key)
    terminal.wait_for(lambda text: text != before)
    answered = time.perf_counter() - pressed
    terminal.wait_for(shown)
    painted = burst_end(terminal, first)
    size = sum(count for when, count in terminal.arrivals[first:] if when <= painted)
    report(f"slow keys: {what} ({key}), written", size / 1000, "kB", None, 2)
    if terminal.bytes_per_second:
        report(f"slow keys: {what} ({key}), first answer", answered, "s", BUDGET_S, 2)
        report(f"slow keys: {what} ({key}), all of it", painted - pressed, "s", None, 2)


def interrupt(terminal: Throttled, what: str, key: str, shown: tuple[str, ...]) -> None:
    """Print how soon a key is answered that is pressed while Bigrams is being painted; end on Train."""
    time.sleep(SETTLE_S)
    before = len(terminal.output)
    terminal.press("f2")
    while len(terminal.output) - before < HALF_PAINTED_BYTES:
        time.sleep(0.02)
    pressed = time.perf_counter()
    terminal.press(key)
    terminal.wait_for(lambda text: any(word in text for word in shown))
    answered = time.perf_counter() - pressed
    report(f"slow keys: {what} ({key}) while bigrams is painted, answer", answered, "s", BUDGET_S, 2)
    time.sleep(SETTLE_S)
    terminal.press("escape")
    time.sleep(SETTLE_S)
    terminal.press("f3")


def burst_end(terminal: Throttled, first: int) -> float:
    """When the last of what a key brought about came in: after it nothing comes for a while."""
    while True:
        seen = len(terminal.arrivals)
        time.sleep(0.35)
        if len(terminal.arrivals) == seen and not terminal.queued():
            return terminal.arrivals[-1][0] if seen > first else time.perf_counter()


if __name__ == "__main__":
    main()
