"""`makemore-tui eval` of a Transformer of our default size, with 10,000 samples: the whole command, and its parts.

The Transformer has learnt for a few steps alone, so that its items are longer than names, which takes more time than
those of one that has learnt.
"""

import json
import os
import resource
import subprocess
import time

from benchmarks.common import arguments, report, runs_folder
from tests.terminal.harness import PROGRAM

BUDGET_S = 30.0
SAMPLES = 10_000


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--type", default="transformer", help="of the run (default: %(default)s)")
    parser.add_argument("--steps", type=int, default=300, help="of training before (default: %(default)s)")
    parser.add_argument("--samples", type=int, default=SAMPLES, help="how many (default: %(default)s)")
    options = parser.parse_args()
    with runs_folder():
        train = ["train", str(options.list), "--type", options.type, "--max-steps", str(options.steps)]
        subprocess.run([*PROGRAM, *train, "--name", "bench"], check=True, capture_output=True)
        without, without_cpu, _ = timed("eval", "bench", "--json", "--samples", "0")
        seconds, cpu, output = timed("eval", "bench", "--json", "--samples", str(options.samples))
        found = json.loads(output)
    report("eval without samples", without, "s", digits=1)
    report("the same, of the processor", without_cpu, "s", digits=1)
    report(f"eval with {options.samples:,} samples", seconds, "s", BUDGET_S, digits=1)
    report("the same, of the processor", cpu, "s", digits=1)
    report("of it, after the model is loaded", found["seconds"], "s", digits=1)
    print(
        f"mean length {found['mean_length']:.1f}; {found['nearest']['items']:,} of {found['nearest']['of_items']:,} "
        f"distinct samples compared with {found['nearest']['train_items']:,} items of train; {os.cpu_count()} cores"
    )


def timed(*command: str) -> tuple[float, float, str]:
    """How long a command takes from its start to its end, in seconds of a clock and of the processor, and what it
    prints."""
    began, used = time.perf_counter(), children_seconds()
    done = subprocess.run([*PROGRAM, *command], check=True, capture_output=True, text=True)
    return time.perf_counter() - began, children_seconds() - used, done.stdout


def children_seconds() -> float:
    """The processor time of all commands that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
