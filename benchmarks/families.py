"""Every model family at its defaults on every split: parameters, seconds, and the loss on train, dev and test.

Each run has a process of its own with one thread. The seconds are those of the processor, from the first step to the
last, looks at the losses and samples included, so that they mean the same when two runs share a machine. The losses
are exact averages over the characters of each side, of the weights that were best on dev; makemore's dev is its test.
"""

import argparse
import json
import multiprocessing
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import NamedTuple

import torch

from benchmarks.common import arguments
from makemore_core.corpus import read_corpus
from makemore_core.evaluation import evaluate
from makemore_core.models.registry import FAMILIES
from makemore_core.training.config import default_config
from makemore_core.training.events import Diverged
from makemore_core.training.loop import Training, train

SPLITS = ("disjoint", "lecture", "makemore")


class Row(NamedTuple):
    """One run, as one line of the table."""

    family: str
    split: str
    parameters: int
    steps: int
    best_step: int
    seconds: float
    """Of the processor."""
    train: float
    """In nats per character, as are the next two."""
    dev: float
    test: float


def main() -> None:
    options = parse()
    rows = list(kept_rows(options.keep))
    done = {(row.family, row.split) for row in rows}
    wanted = [(family, split) for family in options.type for split in options.split]
    # A fresh process for each run: nothing that one leaves behind costs or helps the next.
    with ProcessPoolExecutor(options.jobs, multiprocessing.get_context("spawn"), max_tasks_per_child=1) as pool:
        runs = [pool.submit(run, *pair, options.list) for pair in wanted if pair not in done]
        for row in finished(runs):
            print(f"{row.family} on {row.split}: test {row.test:.4f} in {row.seconds:.0f} s", file=sys.stderr)
            rows.append(row)
            if options.keep:
                with options.keep.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(row) + "\n")
    print_table([row for row in rows if (row.family, row.split) in wanted])


def parse() -> argparse.Namespace:
    parser = arguments(__doc__)
    families, splits = list(FAMILIES), list(SPLITS)
    parser.add_argument("--type", nargs="+", choices=families, default=families, metavar="TYPE", help="these families")
    parser.add_argument("--split", nargs="+", choices=splits, default=splits, metavar="SPLIT", help="these splits")
    parser.add_argument("--jobs", type=int, default=1, help="runs at a time (default: %(default)s)")
    parser.add_argument("--keep", type=Path, metavar="FILE", help="write each run there, and do not repeat those in it")
    return parser.parse_args()


def kept_rows(path: Path | None) -> Iterator[Row]:
    """The runs of earlier calls."""
    if path is not None and path.is_file():
        for line in path.read_text(encoding="utf-8").splitlines():
            yield Row(*json.loads(line))


def finished(runs: list[Future[Row]]) -> Iterator[Row]:
    """The runs, each as soon as it ends."""
    for future in as_completed(runs):
        yield future.result()


def run(family: str, split: str, source: str) -> Row:
    """Train a family at its defaults, and measure the weights that were best on dev."""
    torch.set_num_threads(1)
    corpus = read_corpus(source)
    config = default_config(family, corpus, split={"kind": split}, threads=1)
    training = Training(config, corpus, config.split.sides(corpus))
    began = time.process_time()
    for event in train(training):
        if isinstance(event, Diverged):
            raise SystemExit(f"{family} on {split}: {event.what} at step {event.step}")
    seconds = time.process_time() - began
    assert training.best_tensors is not None and training.best_step is not None, "dev was looked at"
    training.model.load_tensors(training.best_tensors)
    losses = (evaluate(training.model, corpus, side).nll for side in training.sides)
    return Row(family, split, training.model.parameter_count, training.step, training.best_step, seconds, *losses)


def print_table(rows: list[Row]) -> None:
    """In Markdown, by the families' order and the splits'."""
    print("| type | parameters | split | steps | best at | seconds | train | dev | test |")
    print("|---|--:|---|--:|--:|--:|--:|--:|--:|")
    for row in sorted(rows, key=lambda row: (list(FAMILIES).index(row.family), SPLITS.index(row.split))):
        print(
            f"| {row.family} | {row.parameters:,} | {row.split} | {row.steps:,} | {row.best_step:,} |"
            f" {row.seconds:.1f} | {row.train:.4f} | {row.dev:.4f} | {row.test:.4f} |"
        )


if __name__ == "__main__":
    main()
