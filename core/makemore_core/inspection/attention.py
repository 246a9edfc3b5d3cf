"""Which character looks at which: the attention of each layer and head."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from makemore_core.inspection.texts import last_window, read
from makemore_core.models.base import LanguageModel
from makemore_core.training.modes import evaluating


@dataclass(frozen=True, eq=False)
class Attention:
    """What each character of a text attends to."""

    ids: tuple[int, ...]
    """(T,) the characters that the model sees, the sentinel among them where it still does."""
    weights: NDArray[np.float32]
    """(layers, heads, T, T): how much of its attention the character of a row pays to that of a column. Rows sum to 1,
    and nothing is paid to what comes later."""


@torch.no_grad()
def attend(model: LanguageModel, ids: Sequence[int]) -> Attention | None:
    """The attention that a model pays within a text; None where its family has none.

    Of a text longer than the model's context, the window of the last characters is looked at. Vaswani et al.,
    "Attention Is All You Need" (2017), equation 1: softmax(Q K^T / sqrt(d)).
    """
    window = last_window(model, read(model, ids))
    with evaluating(model):
        weights = model.attention_weights(window)
    return None if weights is None else Attention(tuple(window.tolist()), weights.float().cpu().numpy())
