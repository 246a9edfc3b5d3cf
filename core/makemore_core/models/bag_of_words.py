"""A bag of words: the vectors of all characters so far, averaged, whatever their order.

The model of that name in makemore.py (Karpathy, 2022), close to the continuous bag of words of Mikolov et al.,
"Efficient Estimation of Word Representations in Vector Space" (2013). To the vector of a character and the vector of
its place the average of all such sums so far is added; a small MLP refines the result, and a linear layer predicts.
The average is attention that pays the same attention to everything.

There are vectors for `context` places. In a longer item the window slides: the last `context` characters are averaged,
as if the first of them stood at place 0.

makemore.py's BoW is context of the longest item and one, embedding 64, hidden 64.
"""

import torch
import torch.nn.functional as F
from pydantic import Field
from torch import Tensor

from makemore_core.models import layers
from makemore_core.models.base import Hyperparameters, LanguageModel, State, places_for
from makemore_core.models.dropout import dropout
from makemore_core.models.observing import observe


class BagOfWordsSettings(Hyperparameters):
    """The number of places and the sizes of the layers."""

    context: int = Field(16, ge=1, le=65536, description="characters that a prediction looks back at")
    embedding: int = Field(64, ge=1, le=4096, description="numbers for a character, and for a place")
    hidden: int = Field(512, ge=1, le=16384, description="units in the hidden layer")
    dropout: float = Field(0.0, ge=0, lt=1, description="share of hidden units each step drops")

    @classmethod
    def suited_to(cls, longest: int) -> dict[str, int]:
        """A place for each character of the longest item."""
        return places_for(longest)

    def parameter_count(self, vocab_size: int) -> int:
        """The vectors of characters and places, and three linear layers with their biases."""
        vectors = (vocab_size + self.context) * self.embedding
        mlp = (self.embedding + 1) * self.hidden + (self.hidden + 1) * self.embedding
        return vectors + mlp + (self.embedding + 1) * vocab_size


class BagOfWords(LanguageModel):
    """x = vector + place; x += average of x so far; x += MLP(x); logits = linear(x)."""

    Settings = BagOfWordsSettings
    settings: BagOfWordsSettings
    training_defaults = {
        "batch_by": "items",
        "batch_size": 64,
        "targets": "smoothed",
        "learning_rate": 5e-3,
        "weight_decay": 0.1,
        "schedule": "linear",
        "max_steps": 32_000,
        "eval_interval": 500,
        "sample_interval": 1000,
    }

    def __init__(self, vocab_size: int, settings: BagOfWordsSettings, generator: torch.Generator) -> None:
        super().__init__(vocab_size, settings)
        self.embedding = layers.embedding(vocab_size, settings.embedding, generator)  # (V, E)
        self.places = layers.embedding(settings.context, settings.embedding, generator)  # (context, E)
        self.hidden = layers.linear(settings.embedding, settings.hidden, generator)
        self.project = layers.linear(settings.hidden, settings.embedding, generator)
        self.head = layers.linear(settings.embedding, vocab_size, generator)

    @property
    def context(self) -> int:
        """The number of places."""
        return self.settings.context

    def forward(self, ids: Tensor) -> Tensor:
        """(B, T) int64 to (B, T, V) float32."""
        vectors = self.embedding(ids)  # (B, T, E)
        total = vectors.cumsum(1)
        # What has left the window by each position: the sum up to `context` characters earlier.
        gone = F.pad(total, (0, 0, self.context, 0))[:, : ids.shape[1]]
        place = torch.arange(ids.shape[1], device=ids.device).clamp(max=self.context - 1)  # (T,)
        return self._predict(vectors, total - gone, place)

    def forward_at(self, ids: Tensor, places: Tensor) -> Tensor:
        """(B, T) and (N,) int64 to (N, V) float32. Where no window slides, all averages are one matrix product."""
        batch, time = ids.shape
        if time > self.context:
            return super().forward_at(ids, places)
        x = (self.embedding(ids.t()) + self.places.weight[:time, None]).flatten(1)  # (T, B * E)
        shares = x.new_ones(time, time).tril()
        shares = shares / shares.sum(1, keepdim=True)  # (T, T): row t has 1 / (t + 1) up to t
        x = torch.addmm(x, shares, x).view(time * batch, -1)
        return self._refine(x.index_select(0, places % time * batch + places // time))

    def init_state(self, batch: int) -> State:
        """The characters in the window (B, t), none yet, and the sum of their vectors (B, E)."""
        weight = self.embedding.weight
        window = torch.zeros(batch, 0, dtype=torch.int64, device=weight.device)
        return window, weight.new_zeros(batch, self.settings.embedding)

    def step(self, ids: Tensor, state: State) -> tuple[Tensor, State]:
        """(B,) int64 to (B, V) float32, and the running sum with the new character in it."""
        window, total = state
        if window.shape[1] == self.context:
            total = total - self.embedding(window[:, 0])
            window = window[:, 1:]
        vectors = self.embedding(ids)  # (B, E)
        total = total + vectors
        place = torch.tensor(window.shape[1], device=ids.device)
        return self._predict(vectors, total, place), (torch.cat([window, ids[:, None]], 1), total)

    def _predict(self, vectors: Tensor, total: Tensor, place: Tensor) -> Tensor:
        """Logits (..., V) from the vector of the last character and the sum over the window, both (..., E)."""
        places = self.places.weight
        average = (total + places.cumsum(0)[place]) / (place + 1).unsqueeze(-1)  # (..., E)
        return self._refine(vectors + places[place] + average)

    def _refine(self, x: Tensor) -> Tensor:
        """Character, place and average, (..., E), to logits (..., V)."""
        hidden = observe("h", "tanh", torch.tanh(self.hidden(x)))  # (..., H)
        hidden = dropout(hidden, self.settings.dropout, self.training)
        logits: Tensor = self.head(x + self.project(hidden))
        return logits
