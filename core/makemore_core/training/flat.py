"""The parameters of a model side by side in one tensor, and their gradients in another.

What a step does to all of them alike (how long is the gradient, shorten it, AdamW) is one operation then, where it was
one for each; a small Transformer has fifty. Each parameter stays what it is, and has its part of that memory. Others
do it to send them elsewhere in one piece (Rajbhandari et al., "ZeRO", 2020).
"""

from collections.abc import Sequence
from itertools import zip_longest

import torch
from torch import Tensor, nn

from makemore_core.models.gradient_memory import Gradients


class Flat:
    """Parameters, of which there is at least one, that are moved together when this is made.

    They are of one dtype and on one device. On a GPU they stay where they are: what torch has there for recurrent
    networks wants them where it laid them.
    """

    def __init__(self, parameters: Sequence[nn.Parameter]) -> None:
        self.parameters: list[Tensor] = list(parameters)
        self._memory = Gradients(parameters)
        self.is_filled = False
        """Whether the gradients of all are in one tensor, as the weights are."""
        self.weights = self._memory.zeros() if parameters[0].is_cpu else parameters[0].detach().new_empty(0)
        """All parameters, with zeros between them: one dimension, as the gradients. Nothing if they were not moved."""
        if not parameters[0].is_cpu:
            return
        with torch.no_grad():
            for parameter, part in zip(parameters, self.cut(self.weights), strict=True):
                part.copy_(parameter)
                parameter.data = part

    def cut(self, whole: Tensor) -> list[Tensor]:
        """The part of each parameter, in its shape, of a tensor like `weights`."""
        return self._memory.cut(whole)

    def memory(self) -> Gradients:
        """Where gradients are to be written to, for `fill`."""
        is_here = self.parameters[0].data_ptr() == self.weights.data_ptr()  # a model that was converted has moved
        return self._memory if is_here else Gradients(self.parameters)

    def fill(self, gradients: Gradients) -> None:
        """Each parameter has its part of what `memory` gave as its gradient."""
        self.is_filled = gradients is self._memory
        if self.parameters[0].grad is not gradients.parts[0]:
            for parameter, part in zip(self.parameters, gradients.parts, strict=True):
                parameter.grad = part

    def take(self, gradients: Sequence[Tensor]) -> None:
        """Each parameter has one of these as its gradient; without any, none has one."""
        self.is_filled = False
        for parameter, gradient in zip_longest(self.parameters, gradients):
            parameter.grad = gradient

    def found(self) -> list[Tensor]:
        """The gradients of all parameters that have one, in one tensor where they are."""
        if self.is_filled:
            return [self._memory.whole]
        return [parameter.grad for parameter in self.parameters if parameter.grad is not None]
