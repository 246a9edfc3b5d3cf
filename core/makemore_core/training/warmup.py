"""Loading all that a first step needs, for a process that waits for its run."""

import torch
import torch.nn.functional as F
from torch import nn

from makemore_core.training import process

__all__ = ["process", "warm_up"]


def warm_up() -> None:
    """Import torch and the loop, and go forwards and backwards through a tiny layer: torch loads more at its first."""
    torch.set_num_threads(1)
    layer = nn.Linear(2, 2)
    F.cross_entropy(layer(torch.zeros(1, 2)), torch.zeros(1, dtype=torch.int64)).backward()  # type: ignore[no-untyped-call]
