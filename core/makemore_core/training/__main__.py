"""The training process: `python -m makemore_core.training RUN`, or `--warm` to be ready before there is a run.

A warm process loads torch, then waits for one line on standard input: the run's folder as a JSON string. At the end
of input without one, it leaves: whoever wanted it is gone.
"""

import argparse
import faulthandler
import json
import os
import sqlite3
import sys
import traceback
from pathlib import Path

from makemore_core.errors import MakemoreError
from makemore_core.runs.paths import RunFolder
from makemore_core.runs.store import Store
from makemore_core.training.stopping import StopRequest


def main(arguments: list[str] | None = None) -> int:
    """Train the run that is named. Returns the exit status: 0, or 1 where the run failed or cannot be had."""
    parser = argparse.ArgumentParser(prog="python -m makemore_core.training", description=__doc__)
    parser.add_argument("run", nargs="?", type=Path, help="the folder of the run")
    parser.add_argument("--warm", action="store_true", help="load torch, then read the folder from standard input")
    options = parser.parse_args(arguments)
    if options.warm:
        options.run = _wait_warm()
        if options.run is None:
            return 0
    elif options.run is None:
        parser.error("the folder of a run is missing")
    folder = RunFolder(options.run.absolute())
    try:
        _leave_terminal(folder)
        return _train(folder)
    except MakemoreError as error:
        print(error, file=sys.stderr)
    except sqlite3.Error as error:
        print(f"{folder.database}: the store cannot be written: {error}", file=sys.stderr)
    except OSError as error:
        print(f"{folder.path}: the run cannot be trained: {error}", file=sys.stderr)
    return 1


def _wait_warm() -> Path | None:
    """Load what takes long to load, then wait for the name of a folder."""
    from makemore_core.training.warmup import warm_up

    warm_up()
    line = sys.stdin.readline()
    return Path(json.loads(line)) if line.strip() else None


def _leave_terminal(folder: RunFolder) -> None:
    """Write to the log of the run, read nothing, and hold no folder of the person's."""
    log = os.open(folder.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    os.chdir(folder.path.anchor)
    faulthandler.enable()


def _train(folder: RunFolder) -> int:
    with Store(folder.database) as store:
        store.claim()
        stop = StopRequest()
        stop.listen()
        try:
            from makemore_core.training.process import run
        except ImportError as error:
            traceback.print_exc()
            store.fail(f"torch cannot be loaded: {' '.join(str(error).split())} (see process.log)")
            return 1
        return run(folder, store, stop)


if __name__ == "__main__":
    sys.exit(main())
