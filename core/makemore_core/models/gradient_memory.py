"""The gradients of all parameters, one after the other in one tensor.

What is done to all of them alike, their length for one, is then one operation; and layers that are alike, as those of
the blocks of a Transformer, have theirs in equal distances, where one operation can write them all.
"""

from collections.abc import Sequence
from functools import cached_property

from torch import Tensor

_ALIGNED = 16
"""Each begins at a multiple of so many numbers, as memory that was asked for by itself would: 64 bytes."""


class Gradients:
    """Memory for the gradients of these parameters, which are alike in dtype and device; 0 at first."""

    def __init__(self, parameters: Sequence[Tensor]) -> None:
        self._shapes = [parameter.shape for parameter in parameters]
        lengths = [-(-parameter.numel() // _ALIGNED) * _ALIGNED for parameter in parameters]
        self._starts = [sum(lengths[:number]) for number in range(len(lengths))]
        self._length, self._like = sum(lengths), parameters[0].detach()
        self._stacked: dict[tuple[int, int, int], Tensor] = {}

    def zeros(self) -> Tensor:
        """Another tensor that is laid out as `whole` is."""
        return self._like.new_zeros(self._length)

    @cached_property
    def whole(self) -> Tensor:
        """All of them, with zeros between them: one dimension. The memory is asked for when it is first used."""
        return self.zeros()

    @cached_property
    def parts(self) -> list[Tensor]:
        """That of each parameter, in its shape."""
        return self.cut(self.whole)

    def cut(self, whole: Tensor) -> list[Tensor]:
        """The parts of a tensor that is laid out as `whole` is."""
        return [
            whole[start : start + shape.numel()].view(shape)
            for start, shape in zip(self._starts, self._shapes, strict=True)
        ]

    def stacked(self, first: int, step: int, count: int) -> Tensor:
        """Those of parameters first, first + step and so on: (count, *shape).

        They are of one shape, and between each and the next lie parameters of the same shapes.
        """
        key = (first, step, count)
        if key not in self._stacked:
            part, strides = self.parts[first], [self._starts[first + step] - self._starts[first]] if count > 1 else [0]
            self._stacked[key] = part.as_strided((count, *part.shape), (*strides, *part.stride()))
        return self._stacked[key]
