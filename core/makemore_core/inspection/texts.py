"""A text as models read it."""

from collections.abc import Sequence

import torch
from torch import Tensor

from makemore_core.models.base import LanguageModel
from makemore_core.vocabulary import SENTINEL


def read(model: LanguageModel, ids: Sequence[int]) -> Tensor:
    """The ids of a text with the sentinel before them, where the model lies: (T,) int64."""
    return torch.tensor([SENTINEL, *ids], dtype=torch.int64, device=model.device)


def last_window(model: LanguageModel, ids: Tensor) -> Tensor:
    """Of (T,) ids those that a prediction after the last can depend on: as many as the model's context."""
    return ids if model.context is None else ids[-max(model.context, 1) :]
