"""The contract that every model family keeps.

Shapes: B batch, T time (characters), V vocabulary size. Id 0 is the sentinel that starts and ends an item.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TypeAlias

import torch
from pydantic import BaseModel, ConfigDict
from torch import Tensor, nn

from makemore_core.corpus import Corpus
from makemore_core.models.observing import counting
from makemore_core.models.written import Written, run
from makemore_core.positions import Indices

State: TypeAlias = tuple[Tensor, ...]
"""What a model remembers between two steps: tensors whose first dimension is the batch.

Hidden states, a KV cache, a window of characters or a running sum; the empty tuple for a model without
memory. A step never changes a state in place, so that states can be kept, branched from and gone back to.
"""

Foresight: TypeAlias = tuple[Tensor, Tensor, list[int] | None]
"""Of a batch that is to come: its ids and places, as `forward_at` takes them, and where these stand by time, how many
there are of each time (see `models/by_time.py`)."""


class Hyperparameters(BaseModel):
    """The sizes of one model. Each field has a default, bounds and a one-line description for the form."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def suited_to(cls, longest: int) -> Mapping[str, Any]:
        """The defaults that follow from the list: `longest` is the length of its longest item."""
        return {}

    def parameter_count(self, vocab_size: int) -> int:
        """The number of trained parameters of a model of these sizes, without building it."""
        raise NotImplementedError


LONGEST_CONTEXT = 256
"""As many places as a model with a vector for each gets by default, however long the items are."""


def places_for(longest: int) -> dict[str, int]:
    """Places for the sentinel and all characters of the longest item."""
    return {"context": min(longest + 1, LONGEST_CONTEXT)}


class LanguageModel(nn.Module, ABC):
    """A distribution over the next character, given the characters so far.

    A family is a subclass with its hyperparameters as `Settings`. It is built as
    `Family(vocab_size, settings, generator)`; all its random initial weights come from the generator.
    """

    Settings: ClassVar[type[Hyperparameters]]

    training_defaults: ClassVar[Mapping[str, Any]] = {}
    """Settings of training (names of `TrainConfig`) that suit the family better than the general ones."""

    is_table: ClassVar[bool] = False
    """Whether its logits are the rows of a table, one for each character, whatever stands before it."""

    in_pieces: ClassVar[bool] = False
    """Whether a training step reads no more than `context` characters of an item, a random piece of a longer one.

    For families whose `forward` is dear beyond their context; others learn from whole items, however long.
    """

    carried: ClassVar[tuple[str, ...]] = ()
    """What the tensors of a state are called where they are the units of a recurrent network, (B, layers, H) each."""

    def __init__(self, vocab_size: int, settings: Hyperparameters) -> None:
        super().__init__()
        self.vocab_size = vocab_size
        self.settings = settings

    @property
    def context(self) -> int | None:
        """How many characters back a prediction can depend on; None where there is no limit."""
        return None

    @property
    def device(self) -> torch.device:
        """Where its weights lie, and the ids that it is given must; the CPU for models that count."""
        return next((parameter.device for parameter in self.parameters()), torch.device("cpu"))

    @property
    def parameter_count(self) -> int:
        """The number of trained parameters; for a table of counts, the number of its cells."""
        return self.settings.parameter_count(self.vocab_size)

    @abstractmethod
    def forward(self, ids: Tensor) -> Tensor:
        """Logits of the next character at each position.

        `ids` is (B, T) int64, and position 0 of an item is the sentinel. Returns (B, T, V) floating point:
        the logits at position t predict the character at t + 1 and depend on `ids[:, : t + 1]` alone.
        """

    def forward_at(self, ids: Tensor, places: Tensor) -> Tensor:
        """The logits of `forward` at some places alone: (B, T) and (N,) int64 to (N, V).

        A place is b * T + t, and they ascend. Training asks at those whose next character counts, so that a family
        can spare itself the rest, padding above all.
        """
        with counting(places, ids.numel()):
            logits: Tensor = self(ids)
        return logits.flatten(0, 1).index_select(0, places)

    def foresee(self, batches: Sequence[Foresight]) -> Sequence[Any]:
        """For each batch what `written` can go by; None where the model has no written-out gradient for it.

        Training makes batches ahead, and what depends on their characters alone costs less for many at once. What is
        given for a batch, and whether there is anything, depends on that batch alone.
        """
        return [None] * len(batches)

    def written(self, foreseen: Any) -> Written:
        """The network on a batch for which `foresee` gave this, with its gradient written out."""
        raise NotImplementedError

    def forward_foreseen(self, foreseen: Any) -> Tensor:
        """The logits of `forward_at` (N, V) for such a batch."""
        return run(self.written(foreseen))

    @abstractmethod
    def init_state(self, batch: int) -> State:
        """The state before the first character of `batch` items."""

    @abstractmethod
    def step(self, ids: Tensor, state: State) -> tuple[Tensor, State]:
        """One character further: (B,) int64 ids and a state to (B, V) logits and the next state.

        Feeding an item's characters one at a time, the sentinel first, gives the logits that `forward` gives.
        """

    def step_from(self, ids: Tensor, state: State, rows: Tensor) -> tuple[Tensor, State]:
        """A step of some rows of the state, in their order: indices (K,) int64. A row may be there more than once."""
        return self.step(ids, select_rows(state, rows))

    def join_states(self, states: Sequence[State]) -> State:
        """One state of the rows of several, in their order; they have read as many characters each."""
        return tuple(torch.cat(tensors) for tensors in zip(*states, strict=True))

    def load_tensors(self, tensors: dict[str, Tensor]) -> None:
        """Take the weights of a checkpoint, as `state_dict` gave them."""
        self.load_state_dict(tensors)

    def character_vectors(self) -> Tensor | None:
        """The vector that stands for each character, (V, E); None where the family has none.

        By default the table that the family calls `embedding`: a parameter, or a layer with one.
        """
        table = getattr(self, "embedding", None)
        weight = getattr(table, "weight", table)
        return weight.detach()[: self.vocab_size] if isinstance(weight, Tensor) else None

    def attention_weights(self, ids: Tensor) -> Tensor | None:
        """How much each character attends to itself and to each before it; None where the family has no attention.

        (T,) int64, T no more than `context`, to (layers, heads, T, T): row t is what the character at t looks at, and
        sums to 1.
        """
        return None


class CountModel(LanguageModel):
    """A model that is fitted by counting, in one go and without a gradient."""

    @abstractmethod
    def fit(self, corpus: Corpus, indices: Indices | None = None) -> None:
        """Learn from the items with these indices, from all items by default."""


def select_rows(state: State, rows: Tensor) -> State:
    """The state of the given rows of the batch: indices (K,) int64."""
    return tuple(tensor.index_select(0, rows) for tensor in state)


def seeded(seed: int) -> torch.Generator:
    """A CPU generator with this seed, for initial weights, batches and samples."""
    return torch.Generator().manual_seed(seed)
