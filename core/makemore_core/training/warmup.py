"""Loading all that a first step needs, for a process that waits for its run."""

import torch
from torch import nn

from makemore_core.training import process

__all__ = ["process", "warm_up"]


def warm_up() -> None:
    """Import torch and the loop, and make one step of a tiny model: optimisers load half of torch at their first."""
    torch.set_num_threads(1)
    model = nn.Linear(1, 1)
    model(torch.zeros(1, 1)).sum().backward()
    torch.optim.AdamW(model.parameters(), fused=True).step()
