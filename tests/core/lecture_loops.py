"""The networks of the lectures and their training, written as the lectures write them: tensors and a loop.

Nothing here uses the project's code. A network is its parameters, in the order in which they are drawn, and a function
from windows (N, context) int64 to logits (N, 27). Part 5 draws from torch's own generator: there `g` is None.
"""

import random
from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor


class Network(NamedTuple):
    parameters: list[Tensor]
    logits: Callable[[Tensor], Tensor]


@cache
def positions(names_file: Path, context: int) -> tuple[Tensor, Tensor]:
    """Xtr (182625, context) and Ytr (182625,)."""
    words = names_file.read_text(encoding="utf-8").splitlines()
    number = {character: i + 1 for i, character in enumerate(sorted(set("".join(words))))}
    random.Random(42).shuffle(words)
    x, y = [], []
    for word in words[: int(0.8 * len(words))]:
        window = [0] * context
        for i in [*(number[character] for character in word), 0]:
            x.append(window)
            y.append(i)
            window = [*window[1:], i]
    return torch.tensor(x), torch.tensor(y)


def losses(network: Network, names_file: Path, context: int, steps: int, g: torch.Generator | None) -> list[float]:
    """The loss of each of the first steps: 32 positions, gradient descent at a rate of 0.1."""
    x, y = positions(names_file, context)
    assert x.shape == (182_625, context)
    for p in network.parameters:
        p.requires_grad_()
    found = []
    for _ in range(steps):
        ix = torch.randint(0, x.shape[0], (32,), generator=g)
        loss = F.cross_entropy(network.logits(x[ix]), y[ix])
        for p in network.parameters:
            p.grad = None
        loss.backward()
        for p in network.parameters:
            assert p.grad is not None
            p.data += -0.1 * p.grad
        found.append(loss.item())
    return found


def mlp(
    g: torch.Generator,
    embedding: int = 10,
    hidden: int = 200,
    *,
    w1: Sequence[float] = (1.0,),
    b1: float = 1.0,
    w2: float = 1.0,
    b2: float = 1.0,
) -> Network:
    """Parts 2 and 3, each tensor drawn and then scaled; the numbers of `w1` are multiplied with one after the other."""
    table = torch.randn((27, embedding), generator=g)
    weight1 = torch.randn((3 * embedding, hidden), generator=g)
    for factor in w1:
        weight1 = weight1 * factor
    bias1 = torch.randn(hidden, generator=g) * b1
    weight2 = torch.randn((hidden, 27), generator=g) * w2
    bias2 = torch.randn(27, generator=g) * b2

    def logits(x: Tensor) -> Tensor:
        return torch.tanh(table[x].view(len(x), -1) @ weight1 + bias1) @ weight2 + bias2

    return Network([table, weight1, bias1, weight2, bias2], logits)


def batchnorm(g: torch.Generator) -> Network:
    """Part 3: BatchNorm by hand, with the deviation of the batch."""
    table = torch.randn((27, 10), generator=g)
    weight1 = torch.randn((30, 200), generator=g) * (5 / 3) / 30**0.5
    weight2 = torch.randn((200, 27), generator=g) * 0.01
    bias2 = torch.randn(27, generator=g) * 0
    gain, bias = torch.ones((1, 200)), torch.zeros((1, 200))

    def logits(x: Tensor) -> Tensor:
        before = table[x].view(len(x), -1) @ weight1
        normal = gain * (before - before.mean(0, keepdim=True)) / before.std(0, keepdim=True) + bias
        return torch.tanh(normal) @ weight2 + bias2

    return Network([table, weight1, weight2, bias2, gain, bias], logits)


def deep(g: torch.Generator) -> Network:
    """Part 3: five hidden layers, and BatchNorm after the last layer too."""
    table = torch.randn((27, 10), generator=g)
    sizes = [30, 100, 100, 100, 100, 100, 27]
    weights = [torch.randn((m, n), generator=g) / m**0.5 for m, n in pairwise(sizes)]
    gains = [*(torch.ones(100) for _ in range(5)), torch.ones(27) * 0.1]
    biases = [*(torch.zeros(100) for _ in range(5)), torch.zeros(27)]

    def logits(x: Tensor) -> Tensor:
        h = table[x].view(len(x), -1)
        for i in range(6):
            h = normalised(h @ weights[i], gains[i], biases[i])
            h = torch.tanh(h) if i < 5 else h
        return h

    return Network([table, *weights, *gains, *biases], logits)


def tree(context: int, group: int, embedding: int, hidden: int) -> Network:
    """Part 5, from torch's own generator: `group` neighbours are joined until one vector is left."""
    table = torch.randn((27, embedding))
    widths, nodes = [embedding], context
    weights, gains, biases = [], [], []
    while nodes > 1:
        inputs = widths[-1] * group
        weights.append(torch.randn((inputs, hidden)) / inputs**0.5)
        gains.append(torch.ones(hidden))
        biases.append(torch.zeros(hidden))
        widths.append(hidden)
        nodes //= group
    output, output_bias = torch.randn((hidden, 27)) / hidden**0.5, torch.zeros(27)
    output *= 0.1

    def logits(x: Tensor) -> Tensor:
        h = table[x]
        for weight, gain, bias in zip(weights, gains, biases, strict=True):
            batch, time, channels = h.shape
            h = torch.tanh(normalised(h.view(batch, time // group, channels * group) @ weight, gain, bias))
        return h.squeeze(1) @ output + output_bias

    return Network([table, *weights, *gains, *biases, output, output_bias], logits)


def normalised(x: Tensor, gain: Tensor, bias: Tensor) -> Tensor:
    """BatchNorm in training, over all dimensions but the last, as part 5 has it once its fault is mended."""
    over = tuple(range(x.ndim - 1))
    mean, variance = x.mean(over, keepdim=True), x.var(over, keepdim=True)
    return gain * ((x - mean) / torch.sqrt(variance + 1e-5)) + bias


def bigram(names_file: Path, g: torch.Generator, steps: int) -> list[float]:
    """Part 1 in double precision with the gradient written out; all pairs weigh the same, so counts are enough."""
    words = names_file.read_text(encoding="utf-8").splitlines()
    number = {character: i + 1 for i, character in enumerate(sorted(set("".join(words))))}
    share: NDArray[np.float64] = np.zeros((27, 27))
    for word in words:
        ids = [0, *(number[character] for character in word), 0]
        for a, b in pairwise(ids):
            share[a, b] += 1
    share /= share.sum()
    weight: NDArray[np.float64] = torch.randn((27, 27), generator=g).numpy().astype(np.float64)
    found = []
    for _ in range(steps):
        probability = np.exp(weight) / np.exp(weight).sum(1, keepdims=True)
        found.append(float(-(share * np.log(probability)).sum() + 0.01 * (weight**2).mean()))
        gradient = share.sum(1, keepdims=True) * probability - share + 0.01 * 2 * weight / weight.size
        weight -= 50 * gradient
    return found
