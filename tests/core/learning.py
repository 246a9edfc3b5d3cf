"""What tests of learning share: tiny models, padded batches, a plain training loop, the positions of the lectures."""

from functools import cache
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from makemore_core.corpus import Corpus, read_corpus
from makemore_core.models.base import LanguageModel
from makemore_core.models.registry import build_model, load_family
from makemore_core.models.windows import WindowModel, windows_of
from makemore_core.positions import PADDING, predicted_positions
from makemore_core.splits import split_corpus

LECTURE_SEED = 2147483647
TINY = {"context": 4, "embedding": 4, "hidden": 6, "layers": 2, "heads": 2, "dropout": 0.0}


def tiny_model(family: str, vocab_size: int, seed: int = 1, **changes: object) -> LanguageModel:
    """A model of a few dozen weights, without dropout."""
    fields = load_family(family).Settings.model_fields
    wanted = {**TINY, **changes}
    return build_model(family, vocab_size, {name: wanted[name] for name in wanted if name in fields}, seed=seed)


def padded(items: list[list[int]], time: int) -> tuple[Tensor, Tensor]:
    """Inputs and targets (B, time) of items given by their ids."""
    ids, targets = torch.zeros(len(items), time, dtype=torch.int64), torch.full((len(items), time), PADDING)
    for row, item in enumerate(items):
        ids[row, 1 : len(item) + 1] = torch.tensor(item)
        targets[row, : len(item) + 1] = torch.tensor([*item, 0])
    return ids, targets


def batch_loss(model: LanguageModel, ids: Tensor, targets: Tensor) -> Tensor:
    """The mean NLL of the targets that are not padding. A model with a window gets the windows of those alone."""
    real = targets != PADDING
    if isinstance(model, WindowModel):
        return F.cross_entropy(model.forward_windows(windows_of(ids, model.context)[real]), targets[real])
    return F.cross_entropy(model(ids)[real], targets[real])


@cache
def lecture_positions(names_file: Path, context: int, side: str = "train") -> tuple[Tensor, Tensor]:
    """The X (N, context) and Y (N,) of the lectures: windows, the oldest character first, and what follows them."""
    corpus = lecture_corpus(names_file)
    targets, lags = predicted_positions(corpus, context, getattr(split_corpus(corpus, "lecture", 42), side))
    return torch.from_numpy(lags).flip(1), torch.from_numpy(targets)


@cache
def lecture_corpus(names_file: Path) -> Corpus:
    """The canonical list, read once."""
    return read_corpus(names_file)


def lecture_losses(model: WindowModel, names_file: Path, steps: int, generator: torch.Generator) -> list[float]:
    """The loss of each step of the lectures' loop: 32 random positions, gradient descent with learning rate 0.1."""
    x, y = lecture_positions(names_file, model.context)
    model.train()
    losses = []
    for _ in range(steps):
        rows = torch.randint(0, len(x), (32,), generator=generator)
        loss = F.cross_entropy(model.forward_windows(x[rows]), y[rows])
        model.zero_grad()
        loss.backward()
        with torch.no_grad():
            for parameter in model.parameters():
                assert parameter.grad is not None
                parameter -= 0.1 * parameter.grad
        losses.append(loss.item())
    return losses


@torch.no_grad()
def lecture_loss(model: WindowModel, names_file: Path, side: str) -> float:
    """The loss on a side of the lectures' split, in evaluation mode."""
    model.eval()
    x, y = lecture_positions(names_file, model.context, side)
    return F.cross_entropy(model.forward_windows(x), y).item()
