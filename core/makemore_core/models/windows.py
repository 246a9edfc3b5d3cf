"""What the models with a fixed window share: each prediction looks at the last `context` characters and at no other.

Before the start of an item the window is filled with sentinels, as in the lectures:

    emma, context 3:   . . .  ->  e
                       . . e  ->  m
                       . e m  ->  m
                       e m m  ->  a
                       m m a  ->  .

A family says how a window becomes logits, in `forward_windows`. Rows of windows know nothing of each other, so
whoever trains asks for just the windows whose next character counts; padding then costs nothing, and BatchNorm never
sees it.
"""

from abc import abstractmethod
from collections.abc import Sequence
from itertools import accumulate

import numpy as np
import torch
import torch.nn.functional as F
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from pydantic import Field
from torch import Tensor

from makemore_core.models.base import Foresight, Hyperparameters, LanguageModel, State


class WindowSettings(Hyperparameters):
    """The width of the window."""

    context: int = Field(3, ge=1, le=4096, description="characters that a prediction looks back at")


class WindowModel(LanguageModel):
    """A model that predicts from a window. Subclasses write `forward_windows`."""

    settings: WindowSettings

    @abstractmethod
    def forward_windows(self, windows: Tensor) -> Tensor:
        """Logits of the character that follows each window: (N, context) int64, the oldest first, to (N, V)."""

    @property
    def context(self) -> int:
        """The width of the window."""
        return self.settings.context

    def forward(self, ids: Tensor) -> Tensor:
        """(B, T) int64 to (B, T, V): the window that ends at each position, one after the other."""
        logits = self.forward_windows(windows_of(ids, self.context).flatten(0, 1))  # (B * T, V)
        return logits.view(*ids.shape, -1)

    def forward_at(self, ids: Tensor, places: Tensor) -> Tensor:
        """(B, T) and (N,) int64 to (N, V): the windows that end at these places, and no others."""
        return self.forward_windows(windows_at(ids, places, self.context))

    def init_state(self, batch: int) -> State:
        """The window before the first character, all sentinels: (B, context) int64."""
        device = next(self.parameters()).device
        return (torch.zeros(batch, self.context, dtype=torch.int64, device=device),)

    def step(self, ids: Tensor, state: State) -> tuple[Tensor, State]:
        """(B,) int64 to (B, V), and the window moved on by one character."""
        (window,) = state
        window = torch.cat([window[:, 1:], ids[:, None]], 1)  # (B, context)
        return self.forward_windows(window), (window,)


def windows_of(ids: Tensor, context: int) -> Tensor:
    """The window that ends at each position: (B, T) int64 to (B, T, context), the oldest character first."""
    return F.pad(ids, (context - 1, 0)).unfold(1, context, 1)


def windows_of_many(batches: Sequence[Foresight], context: int) -> NDArray[np.int32]:
    """Those that end at the places of many batches, one after the other: (sum of N, context) int32."""
    widths = [ids.shape[1] + context - 1 for ids, _, _ in batches]
    ends = list(accumulate(len(ids) * width for (ids, _, _), width in zip(batches, widths, strict=True)))
    padded = np.zeros(ends[-1], dtype=np.int32)
    for (ids, _, _), width, end in zip(batches, widths, ends, strict=True):
        padded[end - len(ids) * width : end].reshape(-1, width)[:, context - 1 :] = ids.numpy()
    places = torch.cat([places for _, places, _ in batches]).numpy()
    sizes = [len(places) for _, places, _ in batches]
    times = np.repeat([ids.shape[1] for ids, _, _ in batches], sizes)
    begins = places + places // times * (context - 1) + np.repeat([0, *ends[:-1]], sizes)
    found: NDArray[np.int32] = sliding_window_view(padded, context)[begins]
    return found


def windows_at(ids: Tensor, places: Tensor, context: int) -> Tensor:
    """Those that end at some places alone: (B, T) and (N,) int64 to (N, context)."""
    return windows_of(ids, context).flatten(0, 1).index_select(0, places)
