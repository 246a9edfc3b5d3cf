"""Nine models, a training loop and a sampling loop, plainly written: what the speed of the library is measured against.

They do what makemore.py (Karpathy, 2022) does, in the way that it does it, and are written anew: items are encoded
one at a time as they are asked for, padded with zeros to the longest item of the list, handed out by a DataLoader with
its default settings; every operation is one call; every slot of a batch is computed, padding as well; AdamW is not
fused. A sample is drawn by feeding the whole batch, as far as it has come, through the model for each character.
"""

import itertools
import math
from collections.abc import Callable, Iterator, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset, RandomSampler

THREADS = 2


class Items(Dataset[tuple[Tensor, Tensor]]):
    """Inputs and targets (block,) of each item, encoded when it is asked for; targets are -1 past the end."""

    def __init__(self, items: Sequence[str]) -> None:
        self.items = items
        self.ids = {character: number + 1 for number, character in enumerate(sorted(set("".join(items))))}
        self.block = max(map(len, items)) + 1

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, number: int) -> tuple[Tensor, Tensor]:
        ids = torch.tensor([self.ids[character] for character in self.items[number]])
        x = torch.zeros(self.block, dtype=torch.int64)
        y = torch.zeros(self.block, dtype=torch.int64)
        x[1 : len(ids) + 1] = ids
        y[: len(ids)] = ids
        y[len(ids) + 1 :] = -1
        return x, y


class Bigram(nn.Module):
    """A table of logits."""

    def __init__(self, vocab: int, block: int) -> None:
        super().__init__()
        self.table = nn.Parameter(torch.zeros(vocab, vocab))

    def forward(self, ids: Tensor) -> Tensor:
        """(B, T) to (B, T, V)."""
        return self.table[ids]


class Mlp(nn.Module):
    """The vectors of the last `block` characters side by side, a tanh layer, a linear layer."""

    def __init__(self, vocab: int, block: int, size: int = 64) -> None:
        super().__init__()
        self.vocab, self.block = vocab, block
        self.vectors = nn.Embedding(vocab + 1, size)
        self.layers = nn.Sequential(nn.Linear(block * size, size), nn.Tanh(), nn.Linear(size, vocab))

    def forward(self, ids: Tensor) -> Tensor:
        """(B, T) to (B, T, V)."""
        vectors = []
        for _ in range(self.block):
            vectors.append(self.vectors(ids))
            ids = torch.roll(ids, 1, 1)
            ids[:, 0] = self.vocab
        logits: Tensor = self.layers(torch.cat(vectors, -1))
        return logits


class Recurrent(nn.Module):
    """A cell that is called for each character; the linear layers of a cell read input and state side by side."""

    def __init__(self, vocab: int, gates: int, size: int = 64) -> None:
        super().__init__()
        self.start = nn.Parameter(torch.zeros(1, size))
        self.vectors = nn.Embedding(vocab, size)
        self.gates = nn.ModuleList(nn.Linear(2 * size, size) for _ in range(gates))
        self.head = nn.Linear(size, vocab)

    def forward(self, ids: Tensor) -> Tensor:
        """(B, T) to (B, T, V)."""
        vectors = self.vectors(ids)
        hidden = self.start.expand(len(ids), -1)
        states = []
        for time in range(ids.shape[1]):
            hidden = self.cell(vectors[:, time], hidden)
            states.append(hidden)
        logits: Tensor = self.head(torch.stack(states, 1))
        return logits

    def cell(self, x: Tensor, hidden: Tensor) -> Tensor:
        """(B, E) and (B, H) to the next state (B, H)."""
        raise NotImplementedError


class Rnn(Recurrent):
    """One tanh layer."""

    def __init__(self, vocab: int, block: int) -> None:
        super().__init__(vocab, 1)

    def cell(self, x: Tensor, hidden: Tensor) -> Tensor:
        """(B, E) and (B, H) to the next state (B, H)."""
        return torch.tanh(self.gates[0](torch.cat([x, hidden], 1)))


class Gru(Recurrent):
    """Reset and update gates; reset before the matrix product."""

    def __init__(self, vocab: int, block: int) -> None:
        super().__init__(vocab, 3)

    def cell(self, x: Tensor, hidden: Tensor) -> Tensor:
        """(B, E) and (B, H) to the next state (B, H)."""
        reset, update, new = self.gates
        both = torch.cat([x, hidden], 1)
        kept = torch.sigmoid(reset(both)) * hidden
        candidate = torch.tanh(new(torch.cat([x, kept], 1)))
        share = torch.sigmoid(update(both))
        return (1 - share) * hidden + share * candidate


class Lstm(nn.Module):
    """A cell as above with the sizes of the GRU, and a cell state beside the hidden one."""

    def __init__(self, vocab: int, block: int, size: int = 64) -> None:
        super().__init__()
        self.start = nn.Parameter(torch.zeros(2, 1, size))
        self.vectors = nn.Embedding(vocab, size)
        self.gates = nn.ModuleList(nn.Linear(2 * size, size) for _ in range(4))
        self.head = nn.Linear(size, vocab)

    def forward(self, ids: Tensor) -> Tensor:
        """(B, T) to (B, T, V)."""
        vectors = self.vectors(ids)
        hidden, cell = self.start.expand(-1, len(ids), -1)
        states = []
        for time in range(ids.shape[1]):
            both = torch.cat([vectors[:, time], hidden], 1)
            take, keep, new, give = (gate(both) for gate in self.gates)
            cell = torch.sigmoid(keep) * cell + torch.sigmoid(take) * torch.tanh(new)
            hidden = torch.sigmoid(give) * torch.tanh(cell)
            states.append(hidden)
        logits: Tensor = self.head(torch.stack(states, 1))
        return logits


class Normalised(nn.Module):
    """A linear layer, BatchNorm over all slots of the batch, tanh and dropout."""

    def __init__(self, inputs: int, outputs: int, share: float) -> None:
        super().__init__()
        self.linear, self.norm = nn.Linear(inputs, outputs, bias=False), nn.BatchNorm1d(outputs)
        self.drop = nn.Dropout(share)

    def forward(self, x: Tensor) -> Tensor:
        """(..., inputs) to (..., outputs)."""
        x = self.linear(x)
        dropped: Tensor = self.drop(torch.tanh(self.norm(x.flatten(0, -2)).view(x.shape)))
        return dropped


class Tree(nn.Module):
    """The last eight characters, joined some at a time as in part 5 of the lectures; all at once it is the MLP."""

    def __init__(self, vocab: int, group: int, hidden: int, share: float, size: int = 24, window: int = 8) -> None:
        super().__init__()
        self.group, self.window = group, window
        self.vectors = nn.Embedding(vocab, size)
        widths = [size] + [hidden] * round(math.log(window, group))
        self.levels = nn.ModuleList(Normalised(group * m, n, share) for m, n in itertools.pairwise(widths))
        self.head = nn.Linear(hidden, vocab)

    def forward(self, ids: Tensor) -> Tensor:
        """(B, T) to (B, T, V)."""
        vectors = []
        for _ in range(self.window):
            vectors.insert(0, self.vectors(ids))
            ids = torch.roll(ids, 1, 1)
            ids[:, 0] = 0
        x = torch.stack(vectors, 2)  # (B, T, window, E), the oldest first
        for level in self.levels:
            x = level(x.view(*ids.shape, -1, self.group * x.shape[3]))
        logits: Tensor = self.head(x[:, :, 0])
        return logits


class BatchNormMlp(Tree):
    """Of our default size."""

    def __init__(self, vocab: int, block: int) -> None:
        super().__init__(vocab, 8, 384, 0.2)


class WaveNet(Tree):
    """Of our default size."""

    def __init__(self, vocab: int, block: int) -> None:
        super().__init__(vocab, 2, 128, 0.1)


class BagOfWords(nn.Module):
    """The average of all vectors so far, by a masked softmax over zeros; a small MLP."""

    def __init__(self, vocab: int, block: int, size: int = 64) -> None:
        super().__init__()
        self.vectors, self.places = nn.Embedding(vocab, size), nn.Embedding(block, size)
        self.widen, self.narrow = nn.Linear(size, size), nn.Linear(size, size)
        self.head = nn.Linear(size, vocab)
        self.register_buffer("mask", torch.ones(block, block).tril()[None])

    def forward(self, ids: Tensor) -> Tensor:
        """(B, T) to (B, T, V)."""
        time = ids.shape[1]
        x = self.vectors(ids) + self.places(torch.arange(time)[None])
        weights = torch.zeros(len(ids), time, time).masked_fill(self.mask[:, :time, :time] == 0, -math.inf)
        x = x + F.softmax(weights, -1) @ x
        x = x + self.narrow(torch.tanh(self.widen(x)))
        logits: Tensor = self.head(x)
        return logits


class Block(nn.Module):
    """Attention and MLP, written out."""

    def __init__(self, block: int, size: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm_1, self.norm_2 = nn.LayerNorm(size), nn.LayerNorm(size)
        self.qkv, self.mix = nn.Linear(size, 3 * size), nn.Linear(size, size)
        self.widen, self.narrow = nn.Linear(size, 4 * size), nn.Linear(4 * size, size)
        self.register_buffer("mask", torch.ones(block, block).tril()[None, None])

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, E) to (B, T, E)."""
        x = x + self.attend(self.norm_1(x))
        return x + self.narrow(gelu(self.widen(self.norm_2(x))))

    def attend(self, x: Tensor) -> Tensor:
        """(B, T, E) to (B, T, E)."""
        batch, time, size = x.shape
        query, key, value = (
            part.view(batch, time, self.heads, -1).transpose(1, 2) for part in self.qkv(x).split(size, 2)
        )
        weights = (query @ key.transpose(2, 3)) / math.sqrt(key.shape[3])
        weights = weights.masked_fill(self.mask[:, :, :time, :time] == 0, -math.inf)
        mixed = F.softmax(weights, -1) @ value
        result: Tensor = self.mix(mixed.transpose(1, 2).contiguous().view(batch, time, size))
        return result


class Transformer(nn.Module):
    """Four blocks of four heads at a width of 64."""

    def __init__(self, vocab: int, block: int, size: int = 64, layers: int = 4, heads: int = 4) -> None:
        super().__init__()
        self.vectors, self.places = nn.Embedding(vocab, size), nn.Embedding(block, size)
        self.blocks = nn.ModuleList(Block(block, size, heads) for _ in range(layers))
        self.norm = nn.LayerNorm(size)
        self.head = nn.Linear(size, vocab, bias=False)

    def forward(self, ids: Tensor) -> Tensor:
        """(B, T) to (B, T, V)."""
        x = self.vectors(ids) + self.places(torch.arange(ids.shape[1])[None])
        for block in self.blocks:
            x = block(x)
        logits: Tensor = self.head(self.norm(x))
        return logits


MODELS: dict[str, Callable[[int, int], nn.Module]] = {
    "transformer": Transformer,
    "gru": Gru,
    "rnn": Rnn,
    "mlp": Mlp,
    "bow": BagOfWords,
    "bigram": Bigram,
    "lstm": Lstm,
    "batchnorm": BatchNormMlp,
    "wavenet": WaveNet,
}
"""By the names that makemore.py gives them; each is built from the vocabulary size and the block size."""


def gelu(x: Tensor) -> Tensor:
    """GELU in its tanh form, operation by operation."""
    return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * torch.pow(x, 3))))


def training_steps(model: nn.Module, data: Items, batch_size: int) -> Iterator[float]:
    """Steps of training without end: the loss of each."""
    sampler = RandomSampler(data, replacement=True, num_samples=10**10)
    loader = DataLoader(data, batch_size=batch_size, sampler=sampler)
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-4, weight_decay=0.01, betas=(0.9, 0.99), eps=1e-8)
    for x, y in loader:
        logits = model(x)
        loss = F.cross_entropy(logits.view(-1, logits.shape[-1]), y.view(-1), ignore_index=-1)
        model.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        yield loss.item()


@torch.no_grad()
def generate(model: nn.Module, block: int, count: int, length: int) -> Tensor:
    """So many items, all of them to the full length: (count, length + 1) ids, the sentinel first."""
    ids = torch.zeros(count, 1, dtype=torch.int64)
    for _ in range(length):
        logits = model(ids[:, -block:])[:, -1]
        ids = torch.cat([ids, torch.multinomial(F.softmax(logits, -1), 1)], 1)
    return ids
