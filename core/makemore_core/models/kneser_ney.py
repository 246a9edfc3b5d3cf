"""Interpolated Kneser-Ney: long contexts where they were seen, backed by shorter ones, down to a uniform guess.

Kneser & Ney, "Improved backing-off for m-gram language modeling" (1995), in the interpolated form of Chen & Goodman,
"An empirical study of smoothing techniques for language modeling" (1999). With n(c, w) how often the character w
followed the context c, and c' the context without its oldest character:

    P(w | c) = max(n(c, w) - discount, 0) / n(c) + discount * kinds(c) / n(c) * P(w | c')

n(c) is the sum and kinds(c) the number of different characters over all w: what the discount takes from each kind is
given to the shorter context. A context that was never seen leaves everything to the shorter one, and below the empty
context every character is as likely as any other, so that nothing has probability 0.

Only the longest contexts count how often. A shorter one counts after how many different characters it was seen: in
English "Francisco" is frequent, but hardly ever follows anything but "San", and so says little about new contexts.
"""

import torch
from pydantic import Field
from torch import Tensor

from makemore_core.corpus import Corpus
from makemore_core.models import context_tree
from makemore_core.models.count_rows import dense_rows
from makemore_core.models.sparse_counts import OrderSettings, SparseCounts
from makemore_core.positions import Indices, predicted_positions


class KneserNeySettings(OrderSettings):
    """The order and the discount."""

    order: int = Field(6, ge=1, le=32, description="longest n-gram; 2 is the bigram")
    discount: float = Field(0.9, ge=0, le=1, description="taken off counts for shorter contexts")


class KneserNey(SparseCounts):
    """Counts of every order up to the longest, stored sparsely, mixed when asked.

    Logits are float64 log probabilities.
    """

    Settings = KneserNeySettings
    settings: KneserNeySettings

    def _buffer_names(self) -> list[str]:
        """For contexts of n characters: their place in the context tree, what followed, and how often."""
        levels = [f"level_{n}" for n in range(1, self.settings.order)]
        return levels + [f"{what}_{n}" for n in range(self.settings.order) for what in ("pairs", "counts")]

    def fit(self, corpus: Corpus, indices: Indices | None = None) -> None:
        """Count the n-grams of the items with these indices, of all items by default."""
        targets, lags = predicted_positions(corpus, self.context, indices)
        levels, nodes = context_tree.grow(torch.from_numpy(lags), self.vocab_size)
        pairs, counts = torch.unique(nodes * self.vocab_size + torch.from_numpy(targets), return_counts=True)
        tables = [(pairs, counts)]
        for keys in reversed(levels):
            # Each pair here is the pair of a shorter context, seen after one more character.
            shorter = keys[pairs // self.vocab_size] // self.vocab_size
            pairs, counts = torch.unique(shorter * self.vocab_size + pairs % self.vocab_size, return_counts=True)
            tables.insert(0, (pairs, counts))
        self._store([*levels, *(tensor for table in tables for tensor in table)])

    def after(self, lags: Tensor) -> Tensor:
        """(..., order - 1) int64 contexts, the latest character first, to (..., V) float64 log probabilities."""
        flat = lags.flatten(0, -2)  # (M, order - 1)
        node = flat.new_zeros(len(flat))  # the empty context
        probability = torch.full((len(flat), self.vocab_size), 1 / self.vocab_size, dtype=torch.float64)
        probability = self._mix(0, node, probability)
        for n in range(1, self.settings.order):
            key = torch.where(node == context_tree.MISSING, node, node * self.vocab_size + flat[:, n - 1])
            node = context_tree.find_key(self.get_buffer(f"level_{n}"), key)
            probability = self._mix(n, node, probability)
        return probability.log().view(*lags.shape[:-1], -1)

    def _mix(self, n: int, node: Tensor, shorter: Tensor) -> Tensor:
        """P after contexts of n characters (M,) from that after contexts of n - 1, both (M, V)."""
        pairs, counts = self.get_buffer(f"pairs_{n}"), self.get_buffer(f"counts_{n}").double()
        rows = dense_rows(pairs, counts, node, self.vocab_size)  # (M, V)
        total = rows.sum(1, keepdim=True)
        kinds = (rows > 0).double().sum(1, keepdim=True)
        discount = self.settings.discount
        mixed = ((rows - discount).clamp(min=0) + discount * kinds * shorter) / total.clamp(min=1)
        return torch.where(total > 0, mixed, shorter)
