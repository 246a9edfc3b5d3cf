"""Looking on while a model computes.

A model shows what its nonlinearities give out, by a call in the middle of its arithmetic:

    x = observe("h", "tanh", torch.tanh(sums + bias))

Nearly always nobody looks, and `observe` hands its tensor on. Within `observing` an observer is told of each call, and
numbers those of one name in their order: h1, h2, ... The tensor is never changed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

from torch import Tensor

from makemore_core.diagnostics.looks import Kind


class Observer(Protocol):
    """Whoever looks on."""

    def see(self, name: str, kind: Kind, values: Tensor) -> None:
        """Values (N, H) of H units for N characters, without their gradient."""


_observer: ContextVar[Observer | None] = ContextVar("observer", default=None)
_rows: ContextVar[tuple[Tensor, int] | None] = ContextVar("rows", default=None)


def observe(name: str, kind: Kind, x: Tensor) -> Tensor:
    """Show what a nonlinearity gave out, (..., H) for H units, to whoever looks on. Returns x."""
    observer = _observer.get()
    if observer is not None:
        values = x.detach().flatten(0, -2)  # (N, H)
        rows = _rows.get()
        if rows is not None and rows[1] == len(values):
            values = values.index_select(0, rows[0])
        observer.see(name, kind, values)
    return x


def is_observed() -> bool:
    """Whether anybody looks on: what is computed only to be shown can be spared otherwise."""
    return _observer.get() is not None


@contextmanager
def observing(observer: Observer | None) -> Iterator[None]:
    """Let an observer look on; None: nobody."""
    token = _observer.set(observer)
    try:
        yield
    finally:
        _observer.reset(token)


@contextmanager
def counting(rows: Tensor, total: int) -> Iterator[None]:
    """Of what is shown for `total` characters, padding among them, let these rows (N,) alone count."""
    token = _rows.set((rows, total))
    try:
        yield
    finally:
        _rows.reset(token)
