"""GELU in the form that is quick on a processor, against torch's own and against numerical gradients."""

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from makemore_core.models import gelu as module
from makemore_core.models.gelu import gelu


def numbers(count: int) -> Tensor:
    """From far in one tail to far in the other, and 0."""
    x = torch.linspace(-12, 12, count, dtype=torch.float64)
    x[0] = 0
    return x.requires_grad_()


@pytest.mark.parametrize("count", [module._FEW - 1, module._FEW])
def test_it_is_torch_s_own_and_so_is_its_gradient(count: int) -> None:
    x = numbers(count)
    above = torch.cos(x.detach())
    expected = F.gelu(x, approximate="tanh")
    torch.testing.assert_close(gelu(x), expected)
    (slope,), (expected_slope,) = (torch.autograd.grad(y, x, above) for y in (gelu(x), expected))
    torch.testing.assert_close(slope, expected_slope)


def test_its_gradient_is_the_numerical_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FEW", 0)
    assert torch.autograd.gradcheck(gelu, numbers(25))


def test_a_gradient_of_the_gradient_is_refused_rather_than_wrong() -> None:
    """What is kept for the gradient counts as constant there."""
    x = numbers(module._FEW)
    (slope,) = torch.autograd.grad(gelu(x).square().sum(), x, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        slope.sum().backward()
