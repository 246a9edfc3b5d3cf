"""Bytes written and processor time used while a run is watched at 120x40, in truecolor and as over SSH."""

import time

from benchmarks.common import (
    OVER_SSH,
    TRUECOLOR,
    USUAL,
    arguments,
    cpu_seconds,
    open_run,
    report,
    runs_folder,
    training,
)
from tests.terminal.harness import PROGRAM, Terminal

BUDGET_KB_S = 6.0
BUDGET_SSH_KB_S = 2.0


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--seconds", type=float, default=30, help="how long (default: %(default)s)")
    parser.add_argument("--type", default="transformer", help="of the run that is watched (default: %(default)s)")
    options = parser.parse_args()
    with runs_folder(), training(options.list, "--type", options.type) as run:
        for name, environment, budget in (
            ("truecolor", TRUECOLOR, BUDGET_KB_S),
            ("over SSH", OVER_SSH, BUDGET_SSH_KB_S),
        ):
            with Terminal([*PROGRAM, options.list], size=USUAL, environment=environment) as terminal:
                terminal.wait_opened(options.list.rpartition("/")[2])
                open_run(terminal, run)
                time.sleep(5)
                bytes_before, cpu_before = len(terminal.output), cpu_seconds(terminal.process.pid)
                time.sleep(options.seconds)
                written = (len(terminal.output) - bytes_before) / options.seconds / 1000
                used = (cpu_seconds(terminal.process.pid) - cpu_before) / options.seconds * 100
            report(f"watching, {name}: written", written, "kB/s", budget, 2)
            report(f"watching, {name}: processor", used, "%", digits=1)


if __name__ == "__main__":
    main()
