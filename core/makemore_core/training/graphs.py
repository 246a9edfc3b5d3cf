"""The loss of a batch as a CUDA graph: on a GPU what a step of a small model costs is the launching of its kernels.

A graph is recorded once for each shape of a batch, forward and backward, and then played back by one launch
(`torch.cuda.make_graphed_callables`). Shapes may not depend on what stands in a batch, so that here items keep their
padding, up to one of a few lengths, and the loss leaves it out. B batch, T time, V vocabulary.
"""

from collections import Counter
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from makemore_core.devices import random_state, set_random_state
from makemore_core.models.base import LanguageModel
from makemore_core.positions import PADDING
from makemore_core.training.batches import Batch

_LENGTHS = 4
"""Items are padded to a multiple of so many characters."""

_MOST = 1 << 16
"""Of more characters than these kernels take longer than their launches, and padding costs more than it saves. With a
large vocabulary each counts for several: what is predicted at it is so much longer."""

_OFTEN, _SHAPES = 3, 32
"""A shape is recorded when it comes for the third time, and no more than so many are: each keeps its memory."""

_Key = tuple[torch.Size, torch.dtype]

Record = Callable[[nn.Module, tuple[Tensor, ...]], Callable[..., Tensor]]


def record(module: nn.Module, example: tuple[Tensor, ...]) -> Callable[..., Tensor]:
    """The module as a graph for tensors of these shapes. Raises RuntimeError where it does what no graph can."""
    device = example[0].device
    before, state = torch.cuda.current_stream(device), random_state(device)
    try:
        with torch.cuda.device(device):  # else it is that of the first GPU which is recorded
            return torch.cuda.make_graphed_callables(module, example, allow_unused_input=True)  # type: ignore[return-value]
    finally:
        torch.cuda.set_stream(before)  # a recording that fails leaves its own
        if state is not None:
            set_random_state(device, state)  # recording draws, at other steps after a resume than before


class Graphs:
    """Those of the batches that a model learns from."""

    def __init__(self, model: LanguageModel, record: Record = record) -> None:
        self._model = model
        self._record = record
        self._recorded: dict[_Key, Callable[..., Tensor] | None] = {}
        self._seen: Counter[_Key] = Counter()

    @staticmethod
    def suit(model: LanguageModel) -> bool:
        """Whether the model is on a GPU, and padding can be left to its loss: a BatchNorm would count it."""
        return model.device.type == "cuda" and not list(model.buffers())

    def loss(self, batch: Batch) -> Tensor | None:
        """The mean NLL over the predicted characters, a scalar in nats; None where there is no graph for the batch."""
        if batch.ids.numel() * max(1, self._model.vocab_size // 64) > _MOST:
            return None
        ids, expected = padded(batch, self._model.context)
        key = ids.shape, expected.dtype
        if key not in self._recorded:
            self._seen[key] += 1
            if self._seen[key] < _OFTEN or len(self._recorded) == _SHAPES:
                return None
            self._recorded[key] = self._try(ids, expected)
        found = self._recorded[key]
        return None if found is None else found(ids, expected)

    def _try(self, ids: Tensor, expected: Tensor) -> Callable[..., Tensor] | None:
        try:
            return self._record(_Loss(self._model), (ids.clone(), expected.clone()))
        except RuntimeError:  # a model that waits for the GPU in its midst: it learns without
            return None


class _Loss(nn.Module):
    """The model and its loss."""

    def __init__(self, model: LanguageModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, ids: Tensor, expected: Tensor) -> Tensor:
        """(B, T) int64 and what `padded` gives beside them to a scalar."""
        logits: Tensor = self.model(ids).flatten(0, 1)  # (B * T, V)
        if expected.is_floating_point():
            return -(logits.log_softmax(1) * expected).sum()
        return F.cross_entropy(logits, expected.flatten(), ignore_index=PADDING)


def padded(batch: Batch, context: int | None) -> tuple[Tensor, Tensor]:
    """Ids (B, T) int64, and what is expected: targets (B, T) int64, or shares (B * T, V) whose sum is 1.

    T is a multiple of `_LENGTHS`, or the model's context, beyond which it may have no place.
    """
    size, time = batch.ids.shape
    if batch.targets.is_floating_point():
        return batch.ids, batch.targets
    length = -(-time // _LENGTHS) * _LENGTHS
    if context is not None and time <= context < length:
        length = context
    ids = F.pad(batch.ids, (0, length - time))
    if batch.shares is None:
        return ids, F.pad(batch.targets, (0, length - time), value=PADDING)
    places = batch.asked()
    rows = places.div(time, rounding_mode="floor") * length + places % time
    shares = batch.shares.new_zeros(size * length, batch.shares.shape[1])
    return ids, shares.index_copy_(0, rows, batch.shares / len(rows))
