"""A decoder-only Transformer with the blocks of GPT-2.

Vaswani et al., "Attention Is All You Need" (2017); Radford et al., "Language Models are Unsupervised Multitask
Learners" (2019). Each character looks at itself and at all before it, and takes from each what it asks for.

- learned vectors for characters and for `context` places
- blocks of attention and a four times wider MLP, both on normalised input and added to what passes by
- GELU in its tanh form, a last LayerNorm, an output layer without bias
- options: dropout as in GPT-2; one table for the input and the output (tied); no biases

In an item longer than `context` the window slides: each prediction sees the last `context` characters, the first of
them at place 0. Up to there a step costs one pass over one character, by a cache of keys and values; beyond it one
over the window, since every character has moved to another place. So a step of training by items reads a random piece
of a longer item, of `context` characters at the most (`training/pieces.py`), and by default fewer of them: some 2,000
characters. In evaluation each character beyond the context costs a window, thousands of times what others cost: while
it trains, some of them stand for all (`training/evaluator.py`); `eval` takes its time for all. A context as long as the
items spares that.

The defaults suit a list of some ten thousand names and a few minutes. There three layers of 72 learn more in the same
time than four of 64 or two of 88, and torch's first weights more than GPT-2's, which are meant for a far wider network;
and targets that are smoothed (`training.smoothing`) teach more than the single character that follows.

makemore.py's Transformer (Karpathy, 2022) is context of the longest item and one, embedding 64, 4 layers, 4 heads and
dropout 0: 204,544 parameters on names.
"""

import math
from collections.abc import Sequence
from typing import Literal, TypeAlias

import torch
import torch.nn.functional as F
from pydantic import Field, ValidationInfo, field_validator
from torch import Tensor, nn

from makemore_core.models import layers
from makemore_core.models.attention_parts import in_parts
from makemore_core.models.base import Foresight, Hyperparameters, LanguageModel, State, places_for
from makemore_core.models.block_gradients import LONGEST, layers_of
from makemore_core.models.dropout import dropout
from makemore_core.models.gelu import gelu
from makemore_core.models.observing import observe, observing
from makemore_core.models.packing import Packing
from makemore_core.models.stepping import by_heads, step_block
from makemore_core.models.transformer_gradients import Row, TransformerNetwork

Cache: TypeAlias = Tensor
"""The keys and values of the characters so far in one block: (B, 2, heads, t, D) with D = embedding / heads.

After a step of many items (B, 2, t, E), see `stepping.py`.
"""


_WINDOW_CHARACTERS = 1 << 13


class TransformerSettings(Hyperparameters):
    """The sizes of the network and its options."""

    context: int = Field(16, ge=1, le=65536, description="characters that a prediction looks back at")
    embedding: int = Field(72, ge=1, le=4096, description="numbers per character, all the way through")
    layers: int = Field(3, ge=1, le=96, description="blocks of attention and MLP")
    heads: int = Field(4, ge=1, le=256, validate_default=True, description="attentions side by side in a block")
    dropout: float = Field(0.2, ge=0, lt=1, description="share of units each step switches off")
    tied: bool = Field(False, description="output layer uses the input's vectors")
    bias: bool = Field(True, description="biases in linear layers and LayerNorm")
    init: Literal["gpt2", "torch"] = Field("torch", description="first weights: small (GPT-2), or torch's")

    @field_validator("heads")
    @classmethod
    def _divides_the_embedding(cls, heads: int, info: ValidationInfo) -> int:
        if info.data.get("embedding", heads) % heads:
            size = info.data["embedding"]
            raise ValueError(f"an embedding of {size} has no {heads} equal parts: choose a divisor of {size}")
        return heads

    @classmethod
    def suited_to(cls, longest: int) -> dict[str, int]:
        """A place for each character of the longest item."""
        return places_for(longest)

    def parameter_count(self, vocab_size: int) -> int:
        """The vectors; 12 * embedding squared a block, biases, and two LayerNorms; the last one; the output."""
        size = self.embedding
        tables = (vocab_size * (1 if self.tied else 2) + self.context) * size
        norm = (2 if self.bias else 1) * size
        block = 12 * size**2 + (9 * size if self.bias else 0) + 2 * norm
        return tables + self.layers * block + norm


class Attention(nn.Module):
    """Causal self-attention with several heads."""

    def __init__(self, settings: TransformerSettings, generator: torch.Generator) -> None:
        super().__init__()
        size = settings.embedding
        self.heads = settings.heads
        self.dropout = settings.dropout
        self.qkv = layers.linear(size, 3 * size, generator, bias=settings.bias)
        self.project = layers.linear(size, size, generator, bias=settings.bias)

    def forward(self, x: Tensor, past: Cache | None = None, packing: Packing | None = None) -> tuple[Tensor, Cache]:
        """(B, T, E) to (B, T, E), and the cache with the new characters in it.

        With a past T is 1: the one new character may look at everything. With a packing x is (N, E), and so is the
        result.
        """
        qkv = self.qkv(x) if packing is None else packing.unpack(self.qkv(x))  # (B, T, 3 * E)
        batch, time, _ = qkv.shape
        split = qkv.view(batch, time, 3, self.heads, -1).permute(0, 2, 3, 1, 4)  # (B, 3, heads, T, D)
        query, cache = split[:, 0], split[:, 1:]
        if past is not None:
            cache = torch.cat([past, cache], 3)  # (B, 2, heads, t + 1, D)
        key, value = cache.unbind(1)
        mixed = self._mix(query, key, value, causal=past is None)
        mixed = mixed.transpose(1, 2).flatten(2)  # (B, T, E), the heads side by side again
        if packing is not None:
            mixed = packing.pack(mixed)  # (N, E)
        return dropout(self.project(mixed), self.dropout, self.training), cache

    def _mix(self, query: Tensor, key: Tensor, value: Tensor, *, causal: bool) -> Tensor:
        """What each character takes from those that it sees: (B, heads, T, D), three times and once."""
        share = self.dropout if self.training else 0.0
        if not (share and query.is_cpu):
            return F.scaled_dot_product_attention(query, key, value, dropout_p=share, is_causal=causal)
        # The same once more, with the dropout that is quicker on a processor.
        return in_parts(
            lambda query, key, value: dropout(self._shares(query, key), share, training=True) @ value, query, key, value
        )

    def _shares(self, query: Tensor, key: Tensor) -> Tensor:
        """How much of each character that it sees a character takes: (B, heads, T, D), (B, heads, t, D) to (.., T, t).

        Characters that come later get nothing, and the shares of all others sum to 1.
        """
        time, total = query.shape[2], key.shape[2]
        later = torch.ones(time, total, dtype=torch.bool, device=query.device).triu(1 + total - time)
        scores = (query @ key.mT / math.sqrt(query.shape[3])).masked_fill(later, -math.inf)
        return scores.softmax(-1)

    def shares(self, x: Tensor) -> Tensor:
        """(B, T, E) to (B, heads, T, T): what `forward` mixes the characters by."""
        query, key, _ = self.qkv(x).unflatten(2, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)  # (B, heads, T, D) each
        return self._shares(query, key)


class Block(nn.Module):
    """Attention, then an MLP on each character alone; each adds to what it was given."""

    def __init__(self, settings: TransformerSettings, generator: torch.Generator) -> None:
        super().__init__()
        size = settings.embedding
        self.dropout = settings.dropout
        self.attention_norm = nn.LayerNorm(size, bias=settings.bias)
        self.attention = Attention(settings, generator)
        self.mlp_norm = nn.LayerNorm(size, bias=settings.bias)
        self.widen = layers.linear(size, 4 * size, generator, bias=settings.bias)
        self.project = layers.linear(4 * size, size, generator, bias=settings.bias)

    def forward(self, x: Tensor, past: Cache | None = None, packing: Packing | None = None) -> tuple[Tensor, Cache]:
        """(B, T, E) to (B, T, E), or with a packing (N, E) to (N, E); and the attention's cache."""
        attended, cache = self.attention(self.attention_norm(x), past, packing)
        x = x + attended
        hidden = observe("mlp", "gelu", gelu(self.widen(self.mlp_norm(x))))  # (B, T, 4 * E)
        return x + dropout(self.project(hidden), self.dropout, self.training), cache


class Transformer(LanguageModel):
    """Vectors of characters and places, blocks, LayerNorm, linear."""

    Settings = TransformerSettings
    settings: TransformerSettings
    in_pieces = True
    training_defaults = {
        "batch_by": "items",
        "batch_size": 64,
        "targets": "smoothed",
        "learning_rate": 5e-3,
        "weight_decay": 0.1,
        "grad_clip": 1.0,
        "schedule": "linear",
        "warmup": 200,
        "max_steps": 14_000,
        "eval_interval": 500,
        "sample_interval": 1000,
    }

    def __init__(self, vocab_size: int, settings: TransformerSettings, generator: torch.Generator) -> None:
        super().__init__(vocab_size, settings)
        self.embedding = layers.embedding(vocab_size, settings.embedding, generator)  # (V, E)
        self.places = layers.embedding(settings.context, settings.embedding, generator)  # (context, E)
        self.blocks = nn.ModuleList(Block(settings, generator) for _ in range(settings.layers))
        self.block_layers = [layer for block in self.blocks for layer in layers_of(block)]  # type: ignore[arg-type]
        self.norm = nn.LayerNorm(settings.embedding, bias=settings.bias)
        if not settings.tied:
            self.head = layers.linear(settings.embedding, vocab_size, generator, bias=False)
        if settings.init == "gpt2":
            self._shrink(generator)

    def _shrink(self, generator: torch.Generator) -> None:
        """GPT-2's first weights: deviation 0.02, less where a block adds to what passes by; biases 0."""
        for name, parameter in self.named_parameters():
            if "norm" in name:
                continue
            if name.endswith("bias"):
                nn.init.zeros_(parameter)
            else:
                added = name.endswith("project.weight")
                std = 0.02 / math.sqrt(2 * self.settings.layers) if added else 0.02
                nn.init.normal_(parameter, std=std, generator=generator)

    @property
    def context(self) -> int:
        """The number of places."""
        return self.settings.context

    def forward(self, ids: Tensor) -> Tensor:
        """(B, T) int64 to (B, T, V) float32."""
        logits, _ = self._run(ids[:, : self.context])
        if ids.shape[1] <= self.context:
            return logits
        windows = ids.unfold(1, self.context, 1)[:, 1:]  # (B, T - context, context)
        # Each window is a whole pass: a few at a time, so that a long item does not fill the memory.
        some = torch.split(windows.flatten(0, 1), max(_WINDOW_CHARACTERS // self.context, 1))
        with observing(None):  # the same layers once more: whoever looks on has seen them
            last = [self._run(block, last_alone=True)[0] for block in some]  # (.., 1, V) each
        beyond = torch.cat(last)  # (B * (T - context), 1, V)
        return torch.cat([logits, beyond.view(*windows.shape[:2], -1)], 1)

    def forward_at(self, ids: Tensor, places: Tensor) -> Tensor:
        """(B, T) and (N,) int64 to (N, V) float32. Only attention sees the items side by side, with their padding."""
        if ids.shape[1] > self.context:
            return super().forward_at(ids, places)
        if self._is_written(ids):
            return self.forward_foreseen(Row.of(ids, places, self.settings.heads))
        packing = Packing.up_to(places, *ids.shape)
        x = self._drop(self.embedding(packing.pack(ids)) + self.places(packing.times()))  # (characters, E)
        for block in self.blocks:
            x, _ = block(x, packing=packing)
        return self._predict(packing.pick(x, places))

    def _is_written(self, ids: Tensor) -> bool:
        return self.device.type == "cpu" and ids.shape[1] <= min(LONGEST, self.context)

    def foresee(self, batches: Sequence[Foresight]) -> Sequence[Row | None]:
        """The characters of each batch in one row."""
        heads = self.settings.heads
        return [Row.of(ids, places, heads) if self._is_written(ids) else None for ids, places, _ in batches]

    def written(self, foreseen: Row) -> TransformerNetwork:
        """The network on a row of characters, in the form that learns faster on a processor."""
        return TransformerNetwork(self, foreseen, self.settings.dropout if self.training else 0.0)

    @torch.no_grad()
    def attention_weights(self, ids: Tensor) -> Tensor:
        """(T,) int64 to (layers, heads, T, T) float32."""
        x = self._drop(self.embedding(ids[None]) + self.places.weight[: len(ids)])  # (1, T, E)
        shares = []
        for block in self.blocks:
            attention: Attention = block.attention  # type: ignore[assignment]
            shares.append(attention.shares(block.attention_norm(x)))  # type: ignore[operator]
            x, _ = block(x)
        return torch.cat(shares)

    def init_state(self, batch: int) -> State:
        """The characters in the window (B, 0), and the cache of each block (B, 2, heads, 0, D)."""
        settings, weight = self.settings, self.embedding.weight
        nothing = weight.new_zeros(batch, 2, settings.heads, 0, settings.embedding // settings.heads)
        return torch.zeros(batch, 0, dtype=torch.int64, device=weight.device), *[nothing] * settings.layers

    def step(self, ids: Tensor, state: State) -> tuple[Tensor, State]:
        """(B,) int64 to (B, V) float32, and the window and cache with the new character in them."""
        window, *past = state
        done = window.shape[1]
        window = torch.cat([window, ids[:, None]], 1)[:, -self.context :]  # (B, t)
        if done == self.context:
            logits, caches = self._run(window, last_alone=True)
        elif self.training:
            by_head = [by_heads(cache, self.settings.heads) for cache in past]
            logits, caches = self._run(ids[:, None], by_head, start=done)
        else:
            return self._step_by_rows(ids, past, done, window)
        return logits[:, -1], (window, *caches)

    def step_from(self, ids: Tensor, state: State, rows: Tensor) -> tuple[Tensor, State]:
        """A step of some rows; their caches are copied once, not twice."""
        window, *past = state
        done = window.shape[1]
        if self.training or done == self.context:
            return super().step_from(ids, state, rows)
        window = torch.cat([window.index_select(0, rows), ids[:, None]], 1)
        return self._step_by_rows(ids, past, done, window, rows)

    def join_states(self, states: Sequence[State]) -> State:
        """Caches of few items and of many have other forms: here they all get that of few."""
        heads = self.settings.heads
        return super().join_states([(window, *(by_heads(cache, heads) for cache in past)) for window, *past in states])

    def _step_by_rows(
        self, ids: Tensor, past: list[Cache], done: int, window: Tensor, rows: Tensor | None = None
    ) -> tuple[Tensor, State]:
        """The same blocks in the form that is quicker for a single character."""
        x = F.embedding(ids, self.embedding.weight) + self.places.weight[done]  # (B, E)
        caches = []
        for block, cache in zip(self.blocks, past, strict=True):
            x, cache = step_block(x, cache, block, rows)  # type: ignore[arg-type]  # a list of modules forgets their class
            caches.append(cache)
        return self._predict(x), (window, *caches)

    def _run(
        self, ids: Tensor, past: list[Cache] | None = None, start: int = 0, *, last_alone: bool = False
    ) -> tuple[Tensor, list[Cache]]:
        """(B, T) int64 at the places from `start` on to (B, T, V), or (B, 1, V), and the cache of each block."""
        x = self._drop(self.embedding(ids) + self.places.weight[start : start + ids.shape[1]])  # (B, T, E)
        caches = []
        for number, block in enumerate(self.blocks):
            x, cache = block(x, past[number] if past else None)
            caches.append(cache)
        return self._predict(x[:, -1:] if last_alone else x), caches

    def _drop(self, x: Tensor) -> Tensor:
        return dropout(x, self.settings.dropout, self.training)

    def _predict(self, x: Tensor) -> Tensor:
        """(..., E) to logits (..., V)."""
        return F.linear(self.norm(x), self.embedding.weight if self.settings.tied else self.head.weight)
