"""The memory of the written-out blocks (`block_gradients`), kept from one step to the next.

A step of a small Transformer writes some hundred matrices, and asking for the memory of each, giving it back and
cutting it into parts takes longer than filling some of them. Here all that is asked for once for each shape of a batch.
"""

import math
from collections.abc import Callable
from typing import Generic, TypeVar

import torch
from torch import Tensor

T = TypeVar("T")

_SHAPES = 64
"""Of so many shapes it is kept what was cut for them. Batches of 32 names have some dozens."""


class Memory:
    """Stretches of numbers. What is cut for one shape lies where that of another does: one is used at a time."""

    def __init__(self, dtype: torch.dtype) -> None:
        self._dtype = dtype
        self._stretches: list[Tensor] = []
        self._next = 0

    def begin(self) -> None:
        """Cut from the first stretch again."""
        self._next = 0

    def cut(self, *shape: int) -> Tensor:
        """A tensor of this shape, with any numbers in it, in a stretch of its own."""
        size = math.prod(shape)
        if self._next == len(self._stretches):
            self._stretches.append(torch.empty(size, dtype=self._dtype))
        elif len(self._stretches[self._next]) < size:
            # What was cut from the shorter one keeps it.
            self._stretches[self._next] = torch.empty(size + size // 4, dtype=self._dtype)
        stretch = self._stretches[self._next]
        self._next += 1
        return stretch[:size].view(shape)


class Desk(Generic[T]):
    """A memory, and what has been made of it for each shape."""

    def __init__(self, dtype: torch.dtype) -> None:
        self._memory = Memory(dtype)
        self._made: dict[tuple[int, ...], T] = {}

    def made(self, shape: tuple[int, ...], make: Callable[[Memory], T]) -> T:
        """What is used for this shape."""
        found = self._made.get(shape)
        if found is None:
            if len(self._made) == _SHAPES:
                self._made.clear()
            self._memory.begin()
            found = self._made[shape] = make(self._memory)
        return found


class Desks(Generic[T]):
    """Those that are free. Whoever takes one has it to himself until he lets go of what he got."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._free: list[Desk[T]] = []

    def take(self, key: tuple[object, ...], dtype: torch.dtype) -> "Loan[T]":
        """A desk for models that are alike in what the key names; those of others are not kept."""
        if key != self._key:
            self._key, self._free = key, []
        return Loan(self._free.pop() if self._free else Desk(dtype), self._free)


class Loan(Generic[T]):
    """A desk in use; it is free again when the loan is no longer held."""

    def __init__(self, desk: Desk[T], home: list[Desk[T]]) -> None:
        self.desk = desk
        self._home = home

    def __del__(self) -> None:
        self._home.append(self.desk)
