"""The gradient of a step: torch's own, without what torch does around it at every step.

For models of a few layers the calls cost more than the numbers. On a processor `loss.backward()` takes 40 microseconds
before it begins, which is a tenth of a bigram's step, and clipping asks each gradient for its device and type.
"""

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Variable

_ENGINE: Any = getattr(Variable, "_execution_engine", None)
"""What `backward` hands over to."""


def backward(loss: Tensor) -> None:
    """`loss.backward()`."""
    if _ENGINE is None or not loss.is_cpu:
        loss.backward()  # type: ignore[no-untyped-call]
        return
    keep_graph = create_graph = False
    _ENGINE.run_backward(
        (loss,), (torch.ones_like(loss),), keep_graph, create_graph, (), allow_unreachable=True, accumulate_grad=True
    )


def length(gradients: Sequence[Tensor]) -> float:
    """The length of all of them together, as of one vector; not finite where one of them is not."""
    lengths = torch._foreach_norm(list(gradients))
    if lengths and not lengths[0].is_cpu:
        return float(torch.linalg.vector_norm(torch.stack(lengths)))  # one number to wait for instead of many
    return math.hypot(*[each.item() for each in lengths])


def shorten(gradients: Sequence[Tensor], norm: float, limit: float) -> None:
    """Multiply them so that their length, which is `norm`, is no more than `limit` (`clip_grad_norm_`)."""
    if norm > limit:
        torch._foreach_mul_(list(gradients), limit / (norm + 1e-6))
