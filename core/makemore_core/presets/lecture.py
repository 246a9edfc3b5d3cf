"""The networks of the makemore lectures (Karpathy, 2022), with the numbers that the lectures print.

The notebooks are in github.com/karpathy/nn-zero-to-hero, `lectures/makemore`. One generator with the lecture's seed
makes the initial weights and then the batches; a batch is 32 positions of the lecture's split, and every weight is
moved against its gradient times the learning rate.
"""

from collections.abc import Mapping
from typing import Any

from makemore_core.presets.preset import Figure, Preset

SEED = 2147483647
"""Of the generator in parts 1 to 4."""

SPLIT = {"kind": "lecture", "seed": 42}

_DESCENT: Mapping[str, Any] = {
    "seed": SEED,
    "optimizer": "sgd",
    "momentum": 0.0,
    "weight_decay": 0.0,
    "l2_mean": 0.0,
    "grad_clip": None,
    "warmup": 0,
}

_MINIBATCHES: Mapping[str, Any] = {
    **_DESCENT,
    "batch_by": "positions",
    "batch_size": 32,
    "max_steps": 200_000,
    "learning_rate": 0.1,
    "schedule": "step",
    "decay_at": (0.5,),
    "decay_factor": 0.1,
    "eval_interval": 5000,
    "sample_interval": 10_000,
}
"""200,000 steps at a rate of 0.1, and of 0.01 from the middle on."""

BIGRAM = Preset(
    name="lecture-bigram",
    title="part 1: the bigram as a network",
    help="""One layer of 27 x 27 weights on one-hot characters, trained on all pairs of the list at every step, with the
mean square of the weights times 0.01 added to the loss. Everything in it is seeded.""".replace("\n", " "),
    type="bigram",
    model={"init_std": 1.0},
    training={
        **_DESCENT,
        "batch_by": "all",
        "max_steps": 100,
        "learning_rate": 50.0,
        "schedule": "constant",
        "l2_mean": 0.01,
        "eval_interval": 5,
        "sample_interval": 10,
    },
    split={"kind": "none"},
    figures=(
        Figure("parameters", "729", "part 1"),
        Figure("loss", "3.768618", "part 1"),
        Figure("loss", "2.490130", "part 1", 99),
    ),
)

BATCHNORM = Preset(
    name="lecture-batchnorm",
    title="part 3: the MLP with BatchNorm",
    help="""The MLP of part 2 with BatchNorm before its tanh, at the scale of first weights that part 3 arrives at.
Everything in it is seeded.""".replace("\n", " "),
    type="batchnorm",
    model={
        "context": 3,
        "embedding": 10,
        "hidden": 200,
        "layers": 1,
        "dropout": 0.0,
        "momentum": 0.001,
        "spread": "deviation",
        "hidden_gain": 5 / 3,
        "output_std": 0.01,
        "normalize_output": False,
    },
    training=_MINIBATCHES,
    split=SPLIT,
    figures=(
        Figure("parameters", "12,097", "part 3"),
        Figure("loss", "3.3239", "part 3"),
        Figure("train", "2.0674", "part 3", 200_000),
        Figure("dev", "2.1057", "part 3", 200_000),
    ),
)

LECTURE_PRESETS = (BIGRAM, BATCHNORM)
