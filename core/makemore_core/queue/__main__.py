"""The process that starts the runs of a folder one after the other: `python -m makemore_core.queue RUNS`."""

import argparse
import sqlite3
import sys
from pathlib import Path

from makemore_core.queue.process import serve


def main(arguments: list[str] | None = None) -> int:
    """Start runs until none waits. Returns the exit status: 1 where the folder cannot be written."""
    parser = argparse.ArgumentParser(prog="python -m makemore_core.queue", description=__doc__)
    parser.add_argument("runs", type=Path, help="the folder of runs")
    options = parser.parse_args(arguments)
    try:
        serve(options.runs.absolute())
    except (OSError, sqlite3.Error) as error:
        print(f"{options.runs}: the queue cannot go on: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
