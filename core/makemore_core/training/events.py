"""What the training loop tells while it runs, in the order in which it happens.

`step` is the number of updates that the weights have seen. All losses are in nats per character.
"""

from dataclasses import dataclass
from typing import TypeAlias

from makemore_core.diagnostics.looks import Look
from makemore_core.sampling import SampledItem


@dataclass(frozen=True)
class Evaluated:
    """The loss on the sides of the split, as exact averages over characters. NaN for a side without items."""

    step: int
    train_nll: float
    dev_nll: float
    test_nll: float | None
    """Only at the end: nothing is chosen by it."""
    is_best: bool
    """Whether dev has never been lower."""


@dataclass(frozen=True)
class Sampled:
    """Items that the model makes at this step, from the same random numbers each time."""

    step: int
    items: tuple[SampledItem, ...]


@dataclass(frozen=True)
class Stepped:
    """One update was made to the weights that had seen `step` updates."""

    step: int
    loss: float
    """Of the batch, before the update, what is added for regularisation included."""
    learning_rate: float | None = None
    """Only at every tenth step, as is the next: that is often enough to draw them."""
    gradient_norm: float | None = None
    """The length of the gradient over all weights, before clipping."""
    look: Look | None = None
    """What went on inside, at every `diagnostics_interval` steps."""


@dataclass(frozen=True)
class Overfitting:
    """Dev rises while train does not: the model learns its items by heart. Told once for each best."""

    step: int
    best_step: int
    best_dev_nll: float
    risen: float
    """How far dev lies above its best, in nats per character."""


@dataclass(frozen=True)
class EarlyStopped:
    """Dev got no better for as many looks as there was patience for. The last look and `Finished` follow."""

    step: int
    best_step: int
    best_dev_nll: float
    looks: int


@dataclass(frozen=True)
class Exploding:
    """The loss has become a large number. Training goes on, as it may recover. Told once for each learning rate."""

    step: int
    loss: float
    """The running average over the latest batches."""
    lowest: float
    """The lowest that this average has been."""
    advice: str


@dataclass(frozen=True)
class Diverged:
    """The loss, the gradient or a weight is infinite, not a number, or beyond all measure. Training is over."""

    step: int
    what: str
    advice: str


@dataclass(frozen=True)
class Estimated:
    """The losses at the end are no exact averages: of the characters beyond the context some stood for all."""

    step: int
    context: int


@dataclass(frozen=True)
class Finished:
    """All steps are made."""

    step: int


Event: TypeAlias = (
    Evaluated | Sampled | Stepped | Overfitting | EarlyStopped | Exploding | Diverged | Estimated | Finished
)
