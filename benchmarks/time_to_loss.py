"""Seconds of training until the test loss of a family first lies at 2.10 and at 2.00, at our defaults.

On makemore.py's split, with one thread; the seconds are those of the processor. The clock stands still while the loss
is measured, on all items of test and every --interval steps; what has not come after --seconds is told as a dash.
"""

import time

import torch

from benchmarks.common import arguments
from makemore_core.corpus import Corpus, read_corpus
from makemore_core.evaluation import evaluate
from makemore_core.training.config import default_config
from makemore_core.training.loop import Training

TARGETS = (2.10, 2.00)
TYPES = ("mlp", "batchnorm", "wavenet", "bow", "rnn", "gru", "lstm", "transformer")


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--type", action="append", metavar="TYPE", help="this family alone; may be repeated")
    parser.add_argument("--seconds", type=float, default=60, help="of training for each (default: %(default)s)")
    parser.add_argument("--interval", type=int, default=250, help="steps between two looks (default: %(default)s)")
    options = parser.parse_args()
    torch.set_num_threads(1)
    corpus = read_corpus(options.list)
    print(f"{'':<12}" + "".join(f"{f'to {target:.2f}':>12}" for target in TARGETS))
    for name in options.type or TYPES:
        reached = measure(name, corpus, options.seconds, options.interval)
        print(f"{name:<12}" + "".join(f"{reached.get(target, '-'):>12}" for target in TARGETS), flush=True)


def measure(name: str, corpus: Corpus, seconds: float, interval: int) -> dict[float, str]:
    """When each target was first reached."""
    config = default_config(name, corpus, split={"kind": "makemore", "seed": 3407})
    sides = config.split.sides(corpus)
    training = Training(config, corpus, sides)
    training.model.train()
    reached: dict[float, str] = {}
    spent = 0.0
    while spent < seconds and len(reached) < len(TARGETS) and training.step < config.max_steps:
        began = time.process_time()
        for _ in range(min(interval, config.max_steps - training.step)):
            training.update()
        spent += time.process_time() - began
        with training.kept():
            loss = evaluate(training.model, corpus, sides.test).nll
        for target in TARGETS:
            if loss <= target:
                reached.setdefault(target, f"{spent:.1f} s")
    return reached


if __name__ == "__main__":
    main()
