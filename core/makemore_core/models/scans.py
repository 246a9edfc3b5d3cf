"""Recurrences over whole items, with their gradients written out.

What torch would find by itself from a loop over time, put together so that little is left inside the loop: backwards,
all that does not wait for the gradient of the next state is computed for all characters at once, and the gradient of
a weight is one matrix product instead of one a step. `models/rnn.py` and `models/gru.py` have the steps themselves.

Characters stand by time, not by item: first those at time 0 of all items, then those at time 1, and so on; `sizes`
tells how many there are of each time. The items come with the longest first, so that the state of the first rows is
all that goes on. G is what the gates of a cell need together, H the size of the state, N the number of characters.
"""

from abc import ABC, abstractmethod
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import once_differentiable

from makemore_core.models.observing import observe


class Scan(ABC):
    """A recurrence through one batch, which keeps what its gradient needs. It has `parameters` of its own."""

    def __init__(self, sizes: list[int], *parameters: Tensor) -> None:
        self.sizes = sizes
        self.parameters = parameters

    @abstractmethod
    def forward(self, projected: Tensor, start: Tensor) -> Tensor:
        """Projected characters (N, G) and the states before the first (B, H) to the states (N, H).

        What is projected may be overwritten.
        """

    @abstractmethod
    def backward(self, gradient: Tensor) -> tuple[Tensor, ...]:
        """Of that of the states: the gradients of what is projected, of the start, and of each parameter.

        That of the states may be overwritten.
        """


def run_scan(scan: Scan, projected: Tensor, start: Tensor) -> Tensor:
    """The states (N, H), as one operation."""
    states: Tensor = _Scanned.apply(scan, projected, start, *scan.parameters)  # type: ignore[no-untyped-call]
    return states


class _Scanned(Function):
    @staticmethod
    def forward(ctx: Any, scan: Scan, projected: Tensor, start: Tensor, *_parameters: Tensor) -> Tensor:
        ctx.scan = scan
        return scan.forward(projected.clone(), start)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        return None, *ctx.scan.backward(gradient.clone())


class TanhScan(Scan):
    """h' = tanh(x + h U): a weight (H, H), U transposed; G is H."""

    def forward(self, projected: Tensor, start: Tensor) -> Tensor:
        """(N, G) and (B, H) to (N, H)."""
        (weight,) = self.parameters
        states, transposed = projected, weight.t()
        last, before = start, []
        for size, state in zip(self.sizes, states.split_with_sizes(self.sizes), strict=True):
            if size < len(last):
                last = last[:size]
            before.append(last)
            last = state.addmm_(last, transposed).tanh_()
        self._states, self._before = states, torch.cat(before)
        return observe("h", "tanh", states)

    def backward(self, gradient: Tensor) -> tuple[Tensor, ...]:
        """(N, H)."""
        states, (weight,) = self._states, self.parameters
        slope = torch.addcmul(states.new_ones(()), states, states, value=-1)
        d_sum, d_start = gradient, states.new_zeros(self.sizes[0], states.shape[1])
        for d, k, earlier in _backwards(self.sizes, d_start, d_sum, slope):
            earlier.addmm_(d.mul_(k), weight)
        return d_sum, d_start, d_sum.t() @ self._before


class ResetAfter(Scan):
    """With p = h U + c: r and z are the sigmoids of x + p, n = tanh(x + r * p), h' = (1 - z) * n + z * h.

    A weight (3 * H, H), r, z and n, and a bias (3 * H,); G is 3 * H.
    """

    def forward(self, projected: Tensor, start: Tensor) -> Tensor:
        """(N, G) and (B, H) to (N, H)."""
        (weight, bias), sizes = self.parameters, self.sizes
        both = 2 * weight.shape[1]
        products, gates = torch.empty_like(projected), torch.empty_like(projected)  # p; r, z and n
        states = torch.empty_like(gates[:, both:])
        before, transposed = [start], weight.t()
        for size, x_rz, x_n, p, p_rz, p_n, rz, r, z, n, state in zip(
            sizes,
            *_by_time(sizes, projected[:, :both], projected[:, both:]),
            *_by_time(sizes, products, products[:, :both], products[:, both:]),
            *_by_time(sizes, gates[:, :both], *gates.chunk(3, 1), states),
            strict=True,
        ):
            before[-1] = before[-1][:size]
            torch.addmm(bias, before[-1], transposed, out=p)
            torch.add(x_rz, p_rz, out=rz).sigmoid_()
            torch.addcmul(x_n, r, p_n, out=n).tanh_()
            before.append(torch.lerp(n, before[-1], z, out=state))
        _show(gates)
        self._kept = gates, products[:, both:], torch.cat(before[:-1])
        return states

    def backward(self, gradient: Tensor) -> tuple[Tensor, ...]:
        """(N, H)."""
        (gates, product, before), (weight, _) = self._kept, self.parameters
        r, z, n = gates.chunk(3, 1)
        # What each gate's sum gets of the gradient of h', for all characters at once.
        to_n = (1 - z) * (1 - n * n)
        to_product = to_n * r
        slopes = torch.stack([to_product * product * (1 - r), (before - n) * z * (1 - z), to_product], 1)  # (N, 3, H)
        d_states, d_start = gradient, before.new_zeros(self.sizes[0], before.shape[1])
        d_products = torch.empty_like(slopes)
        for d, k, share, d_product, earlier in _backwards(self.sizes, d_start, d_states, slopes, z, d_products):
            torch.mul(d[:, None], k, out=d_product)
            earlier.addcmul_(d, share).addmm_(d_product.flatten(1), weight)
        d_projected = torch.cat([d_products[:, :2].flatten(1), d_states * to_n], 1)
        d_product = d_products.flatten(1)  # (N, 3 * H)
        return d_projected, d_start, d_product.t() @ before, d_product.sum(0)


class ResetBefore(Scan):
    """r and z are the sigmoids of x + h U, n = tanh(x + (r * h) U), h' = (1 - z) * n + z * h.

    A weight (3 * H, H), r, z and n; G is 3 * H.
    """

    def forward(self, projected: Tensor, start: Tensor) -> Tensor:
        """(N, G) and (B, H) to (N, H)."""
        (weight,), sizes = self.parameters, self.sizes
        both = 2 * weight.shape[1]
        to_rz, to_n = weight[:both].t(), weight[both:].t()
        gates = torch.empty_like(projected)  # r, z and n
        states, kept = (gates.new_empty(len(gates), weight.shape[1]) for _ in range(2))  # h' and r * h
        before = [start]
        for size, x_rz, x_n, rz, r, z, n, state, reset in zip(
            sizes,
            *_by_time(sizes, projected[:, :both], projected[:, both:]),
            *_by_time(sizes, gates[:, :both], *gates.chunk(3, 1), states, kept),
            strict=True,
        ):
            before[-1] = last = before[-1][:size]
            torch.addmm(x_rz, last, to_rz, out=rz).sigmoid_()
            torch.addmm(x_n, torch.mul(r, last, out=reset), to_n, out=n).tanh_()
            before.append(torch.lerp(n, last, z, out=state))
        _show(gates)
        self._kept = gates, torch.cat(before[:-1]), kept
        return states

    def backward(self, gradient: Tensor) -> tuple[Tensor, ...]:
        """(N, H)."""
        (gates, before, kept), (weight,) = self._kept, self.parameters
        size = before.shape[1]
        r, z, n = gates.chunk(3, 1)
        # What the sums of r, z and n get: of the gradient of r * h, of h', and of h'.
        slopes = torch.stack([before * r * (1 - r), (before - n) * z * (1 - z), (1 - z) * (1 - n * n)])
        to_rz, to_n = weight[: 2 * size], weight[2 * size :]
        d_states, d_start = gradient, before.new_zeros(self.sizes[0], size)
        d_sums = torch.empty_like(gates)
        parts = (*slopes, z, r, d_sums[:, : 2 * size], *d_sums.chunk(3, 1))
        for d, k_r, k_z, k_n, share, reset, d_rz, d_r, d_z, d_n, earlier in _backwards(
            self.sizes, d_start, d_states, *parts
        ):
            d_kept = torch.mul(d, k_n, out=d_n) @ to_n
            torch.mul(d_kept, k_r, out=d_r)
            torch.mul(d, k_z, out=d_z)
            earlier.addcmul_(d, share).addcmul_(d_kept, reset).addmm_(d_rz, to_rz)
        d_weight = torch.cat([d_sums[:, : 2 * size].t() @ before, d_sums[:, 2 * size :].t() @ kept])
        return d_sums, d_start, d_weight


def _show(gates: Tensor) -> None:
    """Show r, z and n (N, 3 * H) to whoever looks on."""
    for name, kind, x in zip("rzn", ("gate", "gate", "tanh"), gates.chunk(3, 1), strict=True):
        observe(name, kind, x)  # type: ignore[arg-type]


def _by_time(sizes: list[int], *tensors: Tensor) -> list[tuple[Tensor, ...]]:
    """Each tensor (N, ...) as its parts, one a time."""
    return [tensor.split_with_sizes(sizes) for tensor in tensors]


def _backwards(sizes: list[int], d_start: Tensor, d_states: Tensor, *others: Tensor) -> Any:
    """From the last time to the first: the parts of the tensors, and those rows of the state before that went on.

    The first tensor is the gradient of the states, into whose earlier part each step adds its share.
    """
    parts = list(zip(*_by_time(sizes, d_states, *others), strict=True))
    for time in range(len(sizes) - 1, -1, -1):
        earlier = parts[time - 1][0] if time else d_start
        yield *parts[time], earlier if len(earlier) == sizes[time] else earlier[: sizes[time]]
