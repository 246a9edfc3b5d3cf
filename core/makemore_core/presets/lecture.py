"""The networks of the makemore lectures (Karpathy, 2022), with the numbers that the lectures print.

The notebooks are in github.com/karpathy/nn-zero-to-hero, `lectures/makemore`; part 2's and part 5's logs list networks
whose code they no longer hold. In all of them a batch is 32 positions of the lecture's split, drawn with replacement,
and a step moves every weight against its gradient. Here one generator makes the initial weights and then the batches;
the help of a preset says where its notebook does otherwise.
"""

from collections.abc import Mapping
from typing import Any

from makemore_core.presets.preset import Figure, Preset

SEED = 2147483647
"""Of the generator in parts 1 to 4."""

SEED_OF_PART_5 = 42
"""Of torch's own generator, which part 5 uses for everything."""

SPLIT = {"kind": "lecture", "seed": 42}

_DESCENT: Mapping[str, Any] = {
    "seed": SEED,
    "optimizer": "sgd",
    "momentum": 0.0,
    "weight_decay": 0.0,
    "l2_mean": 0.0,
    "grad_clip": None,
    "ema": 0.0,
    "targets": "next",
    "warmup": 0,
}

_EARLY_FALL: Mapping[str, Any] = {
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
"""A rate of 0.1, and of 0.01 from step 100,000 on."""

_LATE_FALL: Mapping[str, Any] = {**_EARLY_FALL, "decay_at": (0.75,)}
"""A rate of 0.1, and of 0.01 from step 150,000 on."""

_PART_5: Mapping[str, Any] = {**_LATE_FALL, "seed": SEED_OF_PART_5}

_MLP: Mapping[str, Any] = {
    "context": 3,
    "embedding": 10,
    "hidden": 200,
    "layers": 1,
    "dropout": 0.0,
    "blank_token": False,
    "init": "gains",
}

_BATCHNORM: Mapping[str, Any] = {"context": 3, "embedding": 10, "dropout": 0.0, "eps": 1e-5}

_TREE: Mapping[str, Any] = {"dropout": 0.0, "momentum": 0.1, "hidden_gain": 1.0, "output_gain": 0.1}

_SHORTER = "A run of fewer steps lowers its rate at the same share of them."


def _end(parameters: str, first_loss: str | None, train: str, dev: str, source: str) -> tuple[Figure, ...]:
    """The figures of a network that is trained for 200,000 steps."""
    first = () if first_loss is None else (Figure("loss", first_loss, source),)
    end = (Figure("train", train, source, 200_000), Figure("dev", dev, source, 200_000))
    return (Figure("parameters", parameters, source), *first, *end)


_PART_1 = (
    Preset(
        name="lecture-bigram",
        title="part 1: the bigram as a network",
        help=(
            "One layer of 27 x 27 weights on one-hot characters. Every step sees all pairs of the list at a rate of "
            "50, and the mean square of the weights, times 0.01, is added to the loss. Nothing is left to chance "
            "after the initial weights, which are seeded. The lecture runs its loop again and again: the loss of step "
            "99 is on the screen in the video, and the notebook as published shows 2.4818, some 165 steps later."
        ),
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
            Figure("loss", "3.7686", "part 1, video"),
            Figure("loss", "2.4901", "part 1, video", 99),
        ),
    ),
)

_PARTS_2_AND_3 = (
    Preset(
        name="lecture-mlp-small",
        title="part 2: the first MLP",
        help=(
            "Vectors of 2 numbers, so that they can be drawn on a plane, and 100 hidden units. The initial weights are "
            "seeded; the batches of the lecture are not, and its loop is run several times by hand. Here it is 20,000 "
            "steps at a rate of 0.1 and 10,000 at 0.01, with batches from the same generator."
        ),
        type="mlp",
        model={
            **_MLP,
            "embedding": 2,
            "hidden": 100,
            "hidden_gain": 6**0.5,
            "output_gain": 100**0.5,
            "bias_std": 1.0,
            "output_bias_std": 1.0,
        },
        training={
            **_EARLY_FALL,
            "max_steps": 30_000,
            "decay_at": (2 / 3,),
            "eval_interval": 1500,
            "sample_interval": 3000,
        },
        split=SPLIT,
        figures=(
            Figure("parameters", "3,481", "part 2, video"),
            Figure("first loss on the first five items", "17.7697", "part 2, video"),
            Figure("first loss on the whole list", "19.5052", "part 2, video"),
        ),
    ),
    Preset(
        name="lecture-mlp",
        title="part 2: the MLP, as part 3 finds it",
        help=(
            "Three characters, vectors of 10 numbers, 200 hidden units, and all initial weights and biases standard "
            "normal, so that the first loss is far too high. Part 2 draws its batches without a seed, and its list "
            "was shuffled otherwise: it prints 2.1260 on train and 2.1701 on dev, which nobody can repeat. Part 3 "
            "starts from the same network with seeded batches, and its log has the figures given here. Weights this "
            "large magnify the last bit of every sum: the losses are the notebook's to all digits only where both run "
            f"on one machine, and the figures at the end differ from machine to machine by about 0.005. {_SHORTER}"
        ),
        type="mlp",
        model={**_MLP, "hidden_gain": 30**0.5, "output_gain": 200**0.5, "bias_std": 1.0, "output_bias_std": 1.0},
        training=_EARLY_FALL,
        split=SPLIT,
        figures=_end("11,897", "27.8817", "2.1245", "2.1682", "part 3"),
    ),
    Preset(
        name="lecture-mlp-softmax",
        title="part 3: the MLP, not confidently wrong",
        help=(
            "The MLP of part 2 with its initial output weights times 0.01 and output biases of 0: the first repair of "
            f"part 3, so that all characters start about equally likely. Everything is seeded. {_SHORTER}"
        ),
        type="mlp",
        model={
            **_MLP,
            "hidden_gain": 30**0.5,
            "output_gain": 0.01 * 200**0.5,
            "bias_std": 1.0,
            "output_bias_std": 0.0,
        },
        training=_EARLY_FALL,
        split=SPLIT,
        figures=_end("11,897", "3.3221", "2.07", "2.13", "part 3"),
    ),
    Preset(
        name="lecture-mlp-tanh",
        title="part 3: the MLP, its tanh not saturated",
        help=(
            "The second repair of part 3: initial hidden weights times 0.2 and hidden biases times 0.01 as well, so "
            f"that few units start in the flat ends of tanh. Everything is seeded. {_SHORTER}"
        ),
        type="mlp",
        model={
            **_MLP,
            "hidden_gain": 0.2 * 30**0.5,
            "output_gain": 0.01 * 200**0.5,
            "bias_std": 0.01,
            "output_bias_std": 0.0,
        },
        training=_EARLY_FALL,
        split=SPLIT,
        figures=_end("11,897", None, "2.0356", "2.1027", "part 3"),
    ),
    Preset(
        name="lecture-mlp-kaiming",
        title="part 3: the MLP, by Kaiming's rule",
        help=(
            "The same repair by rule in place of by eye: a deviation of 5/3 over the root of the inputs, after He et "
            f"al. (2015). Everything is seeded. {_SHORTER}"
        ),
        type="mlp",
        model={
            **_MLP,
            "hidden_gain": 5 / 3,
            "output_gain": 0.01 * 200**0.5,
            "bias_std": 0.01,
            "output_bias_std": 0.0,
        },
        training=_EARLY_FALL,
        split=SPLIT,
        figures=_end("11,897", None, "2.0377", "2.1070", "part 3"),
    ),
    Preset(
        name="lecture-batchnorm",
        title="part 3: the MLP with BatchNorm",
        help=(
            "BatchNorm before the tanh, and no hidden biases. Train and dev are measured with the running mean and "
            "the running deviation, as in the notebook, and not with those of the whole list, which it also works "
            "out. The log at the notebook's end has 2.0668 and 2.1048, of a version that still drew hidden biases. "
            f"Everything is seeded. {_SHORTER}"
        ),
        type="batchnorm",
        model={
            **_BATCHNORM,
            "hidden": 200,
            "layers": 1,
            "momentum": 0.001,
            "spread": "deviation",
            "hidden_gain": 5 / 3,
            "output_std": 0.01,
            "normalize_output": False,
        },
        training=_EARLY_FALL,
        split=SPLIT,
        figures=_end("12,097", "3.3239", "2.0674", "2.1057", "part 3"),
    ),
    Preset(
        name="lecture-deep",
        title="part 3: five layers, for diagnostics",
        help=(
            "Five hidden layers of 100 units with BatchNorm and tanh, and BatchNorm after the last layer too. The "
            "lecture looks at its activations and gradients and stops after 1,000 steps, so that its end is not "
            f"known; its settings say 200,000 steps. Everything is seeded. {_SHORTER}"
        ),
        type="batchnorm",
        model={
            **_BATCHNORM,
            "hidden": 100,
            "layers": 5,
            "momentum": 0.1,
            "spread": "variance",
            "hidden_gain": 1.0,
            "output_std": 0.1,
            "normalize_output": True,
            "output_norm_gain": 0.1,
        },
        training=_LATE_FALL,
        split=SPLIT,
        figures=(
            Figure("parameters", "47,024", "part 3"),
            Figure("loss", "3.2870", "part 3"),
            Figure("deviation in each tanh layer", "0.63 0.64 0.65 0.65 0.65", "part 3", 1000),
        ),
    ),
)

_PART_5_LOG = (
    "The notebook lists its figures and keeps the code of its last network alone: what was drawn before is not known, "
    "and the figures come out near the lecture's (within 0.008) and not the same."
)

_PART_5_NETWORKS = (
    Preset(
        name="lecture-flat-3",
        title="part 5: three characters at once",
        help=(
            "Where part 5 starts: the MLP with BatchNorm of part 3, here a tree of one level that joins all three "
            f"characters. Seed 42 for weights and batches. {_PART_5_LOG} {_SHORTER}"
        ),
        type="wavenet",
        model={**_TREE, "context": 3, "group": 3, "embedding": 10, "hidden": 200},
        training=_PART_5,
        split=SPLIT,
        figures=_end("12,097", None, "2.058", "2.105", "part 5"),
    ),
    Preset(
        name="lecture-flat-8",
        title="part 5: eight characters at once",
        help=(
            "The same with eight characters, still joined all at once. Seed 42 for weights and batches. "
            f"{_PART_5_LOG} {_SHORTER}"
        ),
        type="wavenet",
        model={**_TREE, "context": 8, "group": 8, "embedding": 10, "hidden": 200},
        training=_PART_5,
        split=SPLIT,
        figures=_end("22,097", None, "1.918", "2.027", "part 5"),
    ),
    Preset(
        name="lecture-wavenet-small",
        title="part 5: joined by two, 22,000 parameters",
        help=(
            "Eight characters joined two by two, with as many parameters as the flat network. The lecture first "
            "trained it with a fault in its BatchNorm (1.941 and 2.029); this is the one without. Seed 42 for weights "
            f"and batches. {_PART_5_LOG} {_SHORTER}"
        ),
        type="wavenet",
        model={**_TREE, "context": 8, "group": 2, "embedding": 10, "hidden": 68},
        training=_PART_5,
        split=SPLIT,
        figures=_end("22,397", None, "1.912", "2.022", "part 5"),
    ),
    Preset(
        name="lecture-wavenet",
        title="part 5: joined by two, 76,579 parameters",
        help=(
            "The last network of the lectures: eight characters joined two by two, vectors of 24 numbers and 128 "
            f"units in each joint. Seed 42 for weights and batches. {_SHORTER}"
        ),
        type="wavenet",
        model={**_TREE, "context": 8, "group": 2, "embedding": 24, "hidden": 128},
        training=_PART_5,
        split=SPLIT,
        figures=_end("76,579", "3.3167", "1.7690", "1.9937", "part 5"),
    ),
)

LECTURE_PRESETS = (*_PART_1, *_PARTS_2_AND_3, *_PART_5_NETWORKS)
