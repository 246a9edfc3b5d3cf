"""GELU in its tanh form, as GPT-2 has it: x times the share of a normal distribution that lies below x, nearly.

Hendrycks & Gimpel, "Gaussian Error Linear Units" (2016). With u = sqrt(2 / pi) * (x + 0.044715 * x^3)

    gelu(x) = x * (1 + tanh(u)) / 2 = x * sigmoid(2 * u)

The two are the same function. On a processor torch's tanh takes three times as long as its sigmoid, and the gradient
of its GELU computes the tanh once more; so there it is the second form, with the sigmoid kept for the gradient.
"""

import math
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.function import once_differentiable

LINEAR = 2 * math.sqrt(2 / math.pi)
CUBIC = LINEAR * 0.044715

_FEW = 4096
"""For fewer numbers one call of torch's own is the faster."""


def gelu(x: Tensor) -> Tensor:
    """The same shape."""
    if not x.is_cpu or x.numel() < _FEW:
        return F.gelu(x, approximate="tanh")
    if not torch.is_grad_enabled():
        return _share(x).mul_(x)
    result: Tensor = _Gelu.apply(x)  # type: ignore[no-untyped-call]
    return result


def _share(x: Tensor) -> Tensor:
    """sigmoid(linear * x + cubic * x^3): the same shape."""
    return torch.addcmul(x.new_tensor(LINEAR), x, x, value=CUBIC).mul_(x).sigmoid_()


class _Gelu(torch.autograd.Function):
    """x * s with s = sigmoid(v) and v = linear * x + cubic * x^3; its slope is s + x * s * (1 - s) * v'."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        share = _share(x)
        ctx.save_for_backward(x, share)
        return x * share

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        x, share = ctx.saved_tensors
        slope = (x * x).mul_(3 * CUBIC).add_(LINEAR).mul_(x)  # x * v'
        slope = slope.mul_(1 - share).add_(1).mul_(share)
        result: Tensor = slope.mul_(gradient)
        return result
