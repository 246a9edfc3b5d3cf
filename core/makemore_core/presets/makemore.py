"""makemore.py's six types (Karpathy, 2022) as it trains them when it is told the type and nothing else.

github.com/karpathy/makemore, `makemore.py`: 4 layers, 4 heads, `--n-embd` 64, `--n-embd2` 64; batches of 32 items drawn
with replacement; AdamW with a constant learning rate of 5e-4, weight decay 0.01, betas 0.9 and 0.99, eps 1e-8; seed
3407, which also decides the split. Each looks at the loss every 500 steps and keeps the weights that were best on its
held-out items, which are both dev and test.
"""

from collections.abc import Mapping
from typing import Any

from makemore_core.presets.preset import Figure, Preset

SEED = 3407
"""makemore.py's default `--seed`."""

MAX_STEPS = 50_000
"""Where our runs of it end: about fifty passes over the canonical list."""

SPLIT: Mapping[str, Any] = {"kind": "makemore", "seed": SEED}

TRAINING: Mapping[str, Any] = {
    "seed": SEED,
    "batch_by": "items",
    "batch_size": 32,
    "max_steps": MAX_STEPS,
    "optimizer": "adamw",
    "learning_rate": 5e-4,
    "weight_decay": 0.01,
    "betas": (0.9, 0.99),
    "l2_mean": 0.0,
    "grad_clip": None,
    "ema": 0.0,
    "targets": "next",
    "schedule": "constant",
    "warmup": 0,
    "eval_interval": 500,
    "sample_interval": 200,
}

_DIFFERENCES = (
    "makemore.py trains without end and this preset for 50,000 steps. The split is makemore.py's to the item; first "
    "weights and batches have its distributions but not its random numbers, because its DataLoader draws the items."
)


_WINDOW = " It looks back at 16 characters, as makemore.py's does where the longest item has 15."


def _preset(type: str, title: str, parameters: str, note: str = "", **model: Any) -> Preset:
    return Preset(
        name=f"makemore-{type}",
        title=title,
        help=f"makemore.py --type {type} at its default sizes.{note} {_DIFFERENCES}",
        type=type,
        model=model,
        training=TRAINING,
        split=SPLIT,
        figures=(Figure("parameters", parameters, "makemore.py"),),
    )


_SIZES: Mapping[str, Any] = {"embedding": 64, "hidden": 64, "dropout": 0.0}

MAKEMORE_PRESETS = (
    _preset("bigram", "makemore.py: a table of logits", "729", init_std=0.0),
    _preset(
        "mlp",
        "makemore.py: an MLP on the whole item so far",
        "69,147",
        _WINDOW,
        **_SIZES,
        context=16,
        layers=1,
        blank_token=True,
        init="torch",
    ),
    _preset("rnn", "makemore.py: a recurrent network", "11,803", **_SIZES, layers=1),
    _preset("gru", "makemore.py: a gated recurrent network", "28,315", **_SIZES, layers=1, reset="before"),
    _preset("bow", "makemore.py: a bag of words", "12,827", **_SIZES),
    _preset(
        "transformer",
        "makemore.py: a Transformer as in GPT-2",
        "204,544",
        embedding=64,
        layers=4,
        heads=4,
        dropout=0.0,
        tied=False,
        bias=True,
        init="torch",
    ),
)
