"""Sampling, against the whole forward pass for every character: 1,000 items in one batch, and one at a time.

The plain loop (`plain.py`) is written as makemore.py writes it: no cache, and every item goes to the full length. With
--makemore FILE the `generate` of that file is measured too. Ours is trained for a moment, so that its items are about
as long as names; what the others take does not depend on their weights.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from benchmarks import plain
from benchmarks.common import arguments, report
from benchmarks.training_steps import load_makemore, makemore_model, our_training
from makemore_core.corpus import Corpus, read_corpus
from makemore_core.models.base import LanguageModel, seeded
from makemore_core.models.registry import build_model
from makemore_core.sampling import Controls, sample_items

MANY = 1000
BUDGETS = {("transformer", MANY): 13, ("gru", MANY): 5, ("transformer", 1): 4}
"""How many times faster items must come than from makemore.py, by family and batch."""

LONG = 1024


def main() -> None:
    options = parse()
    corpus = read_corpus(options.list)
    original = load_makemore(options.makemore) if options.makemore else None
    print(f"items a second, medians of {options.rounds} turns\n")
    print(f"{'':<24}{'ours':>8}{'plain':>8}{'ratio':>8}" + (f"{'makemore.py':>13}{'ratio':>8}" if original else ""))
    for name in ("transformer", "gru"):
        model = trained(name, corpus, options.steps)
        for count in (MANY, 1):
            speeds = by_turns(samplers(name, count, model, corpus, original), count, options.rounds, options.threads)
            print_speeds(f"{name}, {count:,} at once", speeds, BUDGETS.get((name, count)))
    print()
    print_cost_by_length(options.rounds)


def parse() -> argparse.Namespace:
    parser = arguments(__doc__)
    parser.add_argument("--makemore", type=Path, metavar="FILE", help="makemore.py itself, to be measured too")
    parser.add_argument("--rounds", type=int, default=7, help="turns of each (default: %(default)s)")
    parser.add_argument("--steps", type=int, default=300, help="of training before (default: %(default)s)")
    parser.add_argument("--threads", type=int, default=plain.THREADS, help="of the others (default: %(default)s)")
    return parser.parse_args()


def trained(name: str, corpus: Corpus, steps: int) -> LanguageModel:
    """A model at makemore.py's sizes that has learnt a little."""
    torch.set_num_threads(1)
    training = our_training(name, corpus, learning_rate=2e-3)
    for _ in range(steps):
        training.update()
    return training.model.eval()


def samplers(
    name: str, count: int, model: LanguageModel, corpus: Corpus, original: Any
) -> dict[str, Callable[[], None]]:
    """What draws `count` items in one go."""
    block, vocab, generator = int(corpus.lengths.max()) + 1, corpus.vocabulary.size, seeded(1)
    rival = plain.MODELS[name](vocab, block)

    def ours() -> None:
        controls = Controls(max_length=block - 1)
        drawn = list(sample_items(model, corpus.vocabulary, count, controls, generator, batch_size=count))
        assert len(drawn) == count

    found = {"ours": ours, "plain": lambda: _drop(plain.generate(rival, block, count, block - 1))}
    if original:
        theirs = makemore_model(original, name, vocab, block).eval()
        first = torch.zeros(count, 1, dtype=torch.int64)
        found["makemore.py"] = lambda: _drop(original.generate(theirs, first, block - 1, do_sample=True))
    return found


def _drop(result: Any) -> None:
    del result


def by_turns(samplers: dict[str, Callable[[], None]], count: int, rounds: int, threads: int) -> dict[str, float]:
    """Items a second of each: medians over turns, one after the other. Single items are drawn twenty to a turn."""
    times: dict[str, list[float]] = {name: [] for name in samplers}
    repeats = 20 if count == 1 else 1
    for turn in range(rounds + 1):
        for name, sample in samplers.items():
            torch.set_num_threads(1 if name == "ours" else threads)
            began = time.perf_counter()
            for _ in range(repeats):
                sample()
            if turn:  # the first turn warms up
                times[name].append((time.perf_counter() - began) / repeats / count)
    return {name: 1 / statistics.median(values) for name, values in times.items()}


def print_speeds(what: str, speeds: dict[str, float], budget: float | None) -> None:
    line, ratios = f"{what:<24}{speeds['ours']:>8,.0f}", []
    for name, width in (("plain", 8), ("makemore.py", 13)):
        if name in speeds:
            ratios.append(speeds["ours"] / speeds[name])
            line += f"{speeds[name]:>{width},.0f}{ratios[-1]:>7.1f}x"
    if budget is not None:
        line += f"   budget {budget}x: {'kept' if ratios[-1] >= budget else 'MISSED'}"
    print(line, flush=True)


@torch.no_grad()
def print_cost_by_length(rounds: int) -> None:
    """The time of one character after 16 and after about 1,000 others, from a Transformer that sees them all."""
    torch.set_num_threads(1)
    model = build_model("transformer", 27, {"context": LONG}, seed=1).eval()
    times: dict[int, list[float]] = {16: [], LONG - 16: []}
    ids = torch.ones(1, dtype=torch.int64)
    for _ in range(rounds):
        state = model.init_state(1)
        for length in range(LONG):
            began = time.perf_counter()
            _, state = model.step(ids, state)
            for near, values in times.items():
                if abs(length - near) < 16:
                    values.append(time.perf_counter() - began)
    short, long = (statistics.median(values) * 1e6 for values in times.values())
    report("transformer, a character at length 16", short, "us", digits=0)
    report("transformer, a character at length 1,008", long, "us", digits=0)
    report("ratio", long / short, "", digits=2)


if __name__ == "__main__":
    main()
