"""Networks on one batch whose gradient is written out.

The layers keep what they have computed, and `backward` goes through them the other way, as torch would from what it
notes of each operation. For small networks these notes cost more than the numbers. Training calls `forward` and
`backward` by itself; for everybody else `run` makes one operation of the network, whose gradient torch can ask for.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable

from makemore_core.models.gradient_memory import Gradients


class Written(ABC):
    """A network on one batch. It is used once."""

    parameters: Sequence[Tensor]
    """Those of the model, in the order of `model.parameters()`."""

    @abstractmethod
    def forward(self) -> Tensor:
        """The logits (N, V), without a gradient."""

    @abstractmethod
    def backward(self, gradient: Tensor) -> Sequence[Tensor]:
        """The gradient of the logits (N, V) to those of the parameters. What was kept may be overwritten."""


class WrittenWhole(Written):
    """A network of so many parameters that it pays to have all their gradients in one tensor."""

    def backward(self, gradient: Tensor) -> list[Tensor]:
        """By `backward_into`."""
        gradients = Gradients(self.parameters)
        self.backward_into(gradient, gradients)
        return gradients.parts

    @abstractmethod
    def backward_into(self, gradient: Tensor, gradients: Gradients) -> None:
        """The gradient of the logits (N, V) to those of the parameters, written into this memory."""


def run(network: Written) -> Tensor:
    """The logits (N, V), as one operation for torch."""
    logits: Tensor = _Run.apply(network, *network.parameters)  # type: ignore[no-untyped-call]
    return logits


class _Run(Function):
    @staticmethod
    def forward(ctx: Any, network: Written, *_parameters: Tensor) -> Tensor:
        ctx.network = network
        return network.forward()

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        return None, *ctx.network.backward(gradient)
