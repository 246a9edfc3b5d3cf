"""The gradient of a step: torch's own, without what torch does around it at every step.

For models of a few layers the calls cost more than the numbers. On a processor `loss.backward()` takes 40 microseconds
before it begins, which is a tenth of a bigram's step, and clipping asks each gradient for its device and type.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd import Variable

from makemore_core.models.written import Written, WrittenWhole
from makemore_core.training.flat import Flat

_ENGINE: Any = getattr(Variable, "_execution_engine", None)
"""What `backward` hands over to."""


class Loss(ABC):
    """The loss of a batch, and how to come by its gradient."""

    value: float
    """In nats."""

    @abstractmethod
    def backward(self, parameters: Flat) -> None:
        """Let each parameter have its gradient as `grad`, whatever it had before. Once."""


class NotedLoss(Loss):
    """A loss (a scalar) for whose gradient torch has noted each operation, or one that plays back a graph of them."""

    def __init__(self, loss: Tensor) -> None:
        self._loss = loss
        self.value = loss.item()

    def backward(self, parameters: Flat) -> None:
        """By torch."""
        parameters.take([])
        backward(self._loss)


class WrittenLoss(Loss):
    """The mean NLL of a network whose gradient is written out: nothing is noted, and torch's engine is not asked.

    `expected` has the characters that follow (N,) int64, or the shares of all (N, V), each row of which sums to 1.
    """

    @torch.no_grad()
    def __init__(self, network: Written, expected: Tensor) -> None:
        self._network, self._expected = network, expected
        self._log = torch.log_softmax(network.forward(), 1)
        if expected.is_floating_point():
            # Not by `dot`, whose last bit depends on where in memory the numbers lie.
            self.value = -(self._log * expected).sum().item() / len(expected)
        else:
            self.value = F.nll_loss(self._log, expected).item()

    @torch.no_grad()
    def backward(self, parameters: Flat) -> None:
        """The gradient of the logits is what the model gives to each character, less what is expected, over N."""
        expected, slope = self._expected, self._log.exp_()
        if expected.is_floating_point():
            slope.sub_(expected)
        else:
            slope.scatter_add_(1, expected[:, None], slope.new_full((len(slope), 1), -1.0))
        slope.mul_(1 / len(slope))
        if not isinstance(self._network, WrittenWhole):
            parameters.take(self._network.backward(slope))
            return
        assert len(parameters.parameters) == len(self._network.parameters), "a parameter that is not trained"
        gradients = parameters.memory()
        self._network.backward_into(slope, gradients)
        parameters.fill(gradients)


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
