"""A training step of every family, against the same model trained by a plain loop; by turns, in one process.

The plain loop (`plain.py`) is written as makemore.py writes it. With --makemore FILE the models, the data and the loop
of that file are measured too, with its defaults. Sizes, batch and optimiser are makemore.py's throughout.
"""

import argparse
import importlib.util
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout, suppress
from io import StringIO
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import torch

from benchmarks import plain
from benchmarks.common import arguments
from makemore_core.corpus import Corpus, read_corpus
from makemore_core.models.registry import FAMILIES
from makemore_core.training.config import default_config
from makemore_core.training.events import Stepped
from makemore_core.training.loop import Training

BATCH = 32
BUDGETS = {"transformer": 3, "gru": 4, "rnn": 8, "mlp": 7, "bow": 3, "bigram": 12}
"""How many times faster a step must be than that of makemore.py."""

SIZES: dict[str, dict[str, Any]] = {
    "transformer": {"embedding": 64, "layers": 4, "heads": 4, "dropout": 0.0, "init": "torch"},
    "gru": {"embedding": 64, "hidden": 64, "layers": 1, "dropout": 0.0, "reset": "before"},
    "rnn": {"embedding": 64, "hidden": 64, "layers": 1, "dropout": 0.0},
    "mlp": {"embedding": 64, "hidden": 64, "layers": 1, "dropout": 0.0, "blank_token": True},
    "bow": {"embedding": 64, "hidden": 64, "dropout": 0.0},
    "lstm": {"embedding": 64, "hidden": 64, "layers": 1, "dropout": 0.0},
}
"""makemore.py's; a family that it does not have keeps its own, but for the LSTM, which has those of the GRU."""

REST, WARM = 0.1, 10
"""Seconds before a turn, and steps of it that are not timed. The loading processes of makemore.py make eight batches
ahead while others have their turn: it is not to get these for nothing, nor are the others to be slowed down by that."""

Steps = Iterator[float]


class Runner(NamedTuple):
    """Steps of training to be timed, and the threads that they may use."""

    name: str
    steps: Steps
    threads: int


def main() -> None:
    options = parse()
    corpus = read_corpus(options.list)
    trained = [name for name, family in FAMILIES.items() if not family.counts]
    original = load_makemore(options.makemore) if options.makemore else None
    print(f"one step of {BATCH} items of {corpus.name}; medians of {options.rounds} turns of {options.steps} steps\n")
    print(f"{'':<12}{'ours':>8}{'tokens/s':>11}{'plain':>9}{'ratio':>7}", end="")
    print(f"{'makemore.py':>13}{'ratio':>7}   budget" if original else "   budget")
    for name in options.type or trained:
        runners = [Runner("ours", our_steps(name, corpus), 1)]
        if name in plain.MODELS:
            runners.append(Runner("plain", plain_steps(name, corpus), options.threads))
            if original and name in BUDGETS:
                runners.append(Runner("makemore.py", makemore_steps(original, name, options), options.threads))
        times = by_turns(runners, options.rounds, options.steps)
        tokens = BATCH * (len(corpus.tokens) - 1) / len(corpus) / times["ours"]
        print(
            f"{name:<12}{times['ours'] * 1e3:>5.2f} ms{tokens:>11,.0f}{against(times, BUDGETS.get(name))}", flush=True
        )


def parse() -> argparse.Namespace:
    parser = arguments(__doc__)
    parser.add_argument("--makemore", type=Path, metavar="FILE", help="makemore.py itself, to be measured too")
    parser.add_argument("--type", action="append", metavar="TYPE", help="this family alone; may be repeated")
    parser.add_argument("--rounds", type=int, default=15, help="turns of each (default: %(default)s)")
    parser.add_argument("--steps", type=int, default=20, help="steps in a turn (default: %(default)s)")
    parser.add_argument("--threads", type=int, default=plain.THREADS, help="of the others (default: %(default)s)")
    return parser.parse_args()


def against(times: dict[str, float], budget: float | None) -> str:
    """The times of the peers, how many times ours they are, and whether that is enough."""
    text, ratios = "", []
    for name, width in (("plain", 6), ("makemore.py", 10)):
        if name in times:
            ratios.append(times[name] / times["ours"])
            text += f"{times[name] * 1e3:>{width}.2f} ms{ratios[-1]:>6.1f}x"
    if budget is None:
        return text
    return f"{text}   {budget:>3}x: {'kept' if ratios[-1] >= budget else 'MISSED'}"


def by_turns(runners: list[Runner], rounds: int, steps: int) -> dict[str, float]:
    """The seconds of a step of each: medians over turns, in which one after the other makes some steps."""
    times: dict[str, list[float]] = {runner.name: [] for runner in runners}
    for turn in range(rounds + 1):
        for runner in runners:
            torch.set_num_threads(runner.threads)
            time.sleep(REST)
            for _ in range(WARM):
                next(runner.steps)  # finds its threads and the caches again
            began = time.perf_counter()
            for _ in range(steps):
                next(runner.steps)
            if turn:  # the first turn warms up
                times[runner.name].append((time.perf_counter() - began) / steps)
    return {name: statistics.median(values) for name, values in times.items()}


def our_steps(name: str, corpus: Corpus) -> Steps:
    """The steps of a run of ours."""
    training = our_training(name, corpus)
    while True:
        event = training.update()
        assert isinstance(event, Stepped)
        yield event.loss


def our_training(name: str, corpus: Corpus, learning_rate: float = 5e-4) -> Training:
    """A run of ours with makemore.py's sizes and settings."""
    config = default_config(
        name,
        corpus,
        model=SIZES.get(name, {}) | ({"context": int(corpus.lengths.max()) + 1} if name == "mlp" else {}),
        split={"kind": "makemore"},
        batch_by="items",
        batch_size=BATCH,
        max_steps=1 << 30,
        warmup=0,
        optimizer="adamw",
        learning_rate=learning_rate,
        weight_decay=0.01,
        schedule="constant",
        grad_clip=None,
        ema=0.0,
        targets="next",
    )
    training = Training(config, corpus, config.split.sides(corpus))
    training.model.train()
    return training


def plain_steps(name: str, corpus: Corpus) -> Steps:
    """The steps of the plain loop."""
    data = plain.Items(list(corpus.items()))
    model = plain.MODELS[name](corpus.vocabulary.size, data.block)
    return plain.training_steps(model, data, BATCH)


def load_makemore(path: Path) -> ModuleType:
    """makemore.py as a module; it is a script, so that nothing runs."""
    with suppress(ImportError):
        import torch.utils.tensorboard  # noqa: F401
    sys.modules.setdefault("torch.utils.tensorboard", _without_tensorboard())
    spec = importlib.util.spec_from_file_location("makemore", path)
    if spec is None or spec.loader is None or not path.is_file():
        raise SystemExit(f"{path} is not makemore.py: give its path")
    module = importlib.util.module_from_spec(spec)
    sys.modules["makemore"] = module
    spec.loader.exec_module(module)
    return module


def _without_tensorboard() -> ModuleType:
    """makemore.py writes to tensorboard between its steps, which is not measured."""
    module: Any = ModuleType("torch.utils.tensorboard")
    module.SummaryWriter = None
    return module


def makemore_model(original: Any, name: str, vocab: int, block: int) -> Any:
    """A model of makemore.py at its default sizes."""
    config = original.ModelConfig(vocab_size=vocab, block_size=block)
    build: dict[str, Callable[[], Any]] = {
        "transformer": lambda: original.Transformer(config),
        "gru": lambda: original.RNN(config, cell_type="gru"),
        "rnn": lambda: original.RNN(config, cell_type="rnn"),
        "mlp": lambda: original.MLP(config),
        "bow": lambda: original.BoW(config),
        "bigram": lambda: original.Bigram(config),
    }
    with redirect_stdout(StringIO()):
        return build[name]()


def makemore_steps(original: Any, name: str, options: argparse.Namespace) -> Steps:
    """The steps of makemore.py, called as its own loop calls them: four loading processes, pinned memory."""
    with redirect_stdout(StringIO()):
        data, _ = original.create_datasets(options.list)
    model = makemore_model(original, name, data.get_vocab_size(), data.get_output_length())
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-4, weight_decay=0.01, betas=(0.9, 0.99), eps=1e-8)
    loader = original.InfiniteDataLoader(data, batch_size=BATCH, pin_memory=True, num_workers=4)
    while True:
        x, y = (tensor.to("cpu") for tensor in loader.next())
        _, loss = model(x, y)
        model.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        yield loss.item()


if __name__ == "__main__":
    main()
