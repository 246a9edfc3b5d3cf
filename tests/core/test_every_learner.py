"""What holds for every family that learns by gradient: a new one is tested by its line in the registry."""

import math

import pytest
import torch
from torch import Tensor
from torch.func import functional_call

from makemore_core.models.base import seeded
from makemore_core.models.registry import FAMILIES, build_model
from makemore_core.positions import PADDING
from tests.core.learning import batch_loss, padded, tiny_model

LEARNERS = [name for name, family in FAMILIES.items() if not family.counts]
WIDE_START = {"bow"}
"""The families whose first weights are those of makemore.py, far from a uniform guess."""
CALM_START = {"transformer": {"init": "gpt2", "dropout": 0.0}}
"""Where a family has several ways to draw its first weights, the one that starts with a uniform guess."""

ITEMS = [[1, 2, 3], [4, 5, 6], [7, 8, 9, 10]]
VOCAB_SIZE = 11


@pytest.mark.parametrize("family", [name for name in LEARNERS if name not in WIDE_START])
def test_the_first_loss_is_near_that_of_a_uniform_guess(family: str) -> None:
    ids, targets = padded([[i % 26 + 1, (i * 7) % 26 + 1, (i * 5) % 26 + 1] for i in range(64)], 4)
    model = build_model(family, 27, CALM_START.get(family), seed=1)
    with torch.no_grad():
        loss = batch_loss(model, ids, targets).item()
    assert loss == pytest.approx(math.log(27), abs=0.05)


@pytest.mark.parametrize("family", LEARNERS)
def test_one_batch_can_be_learnt_by_heart(family: str) -> None:
    # All that cannot be known is which of the three items comes: ln 3 at their first characters.
    best = 3 * math.log(3) / sum(len(item) + 1 for item in ITEMS)
    ids, targets = padded(ITEMS, 5)
    model = tiny_model(family, VOCAB_SIZE, embedding=16, hidden=32, layers=1)
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.05, weight_decay=0.0)
    for _ in range(80):
        optimizer.zero_grad()
        batch_loss(model, ids, targets).backward()
        optimizer.step()
    assert best - 1e-4 < batch_loss(model, ids, targets).item() < best + 0.1


@pytest.mark.parametrize("family", LEARNERS)
def test_padding_changes_no_loss_no_gradient_and_no_statistic(family: str) -> None:
    outcomes = []
    for time, rubbish in ((5, 0), (9, 0), (9, 3)):
        ids, targets = padded(ITEMS, time)
        ids[:, 5:] = rubbish
        model = tiny_model(family, VOCAB_SIZE).double().train()
        loss = batch_loss(model, ids, targets)
        loss.backward()
        gradients = [parameter.grad for parameter in model.parameters()]
        outcomes.append([loss.detach(), *gradients, *model.buffers()])
    for other in outcomes[1:]:
        torch.testing.assert_close(other, outcomes[0], rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("family", LEARNERS)
def test_gradients_are_the_numerical_ones(family: str) -> None:
    # The longer item is longer than the tiny context, so that a window has to slide.
    ids, targets = padded([[1, 2, 1, 2, 2], [2]], 6)
    model = tiny_model(family, 3, embedding=2, hidden=3).double().train()
    names, weights = zip(*model.named_parameters(), strict=True)
    start = tuple(weight.detach().clone().requires_grad_() for weight in weights)

    def loss(*weights: Tensor) -> Tensor:
        return functional_call(
            _Loss(model), {f"model.{n}": w for n, w in zip(names, weights, strict=True)}, (ids, targets)
        )

    assert torch.autograd.gradcheck(loss, start)


@pytest.mark.parametrize("family", LEARNERS)
def test_every_weight_is_learnt(family: str) -> None:
    ids, targets = padded([[1, 2, 3, 1, 2], [4, 5, 6, 7], [8, 9, 10]], 6)
    model = tiny_model(family, VOCAB_SIZE, blank_token=True).train()
    batch_loss(model, ids, targets).backward()
    unused = [name for name, p in model.named_parameters() if p.grad is None or not p.grad.any()]
    assert not unused


class _Loss(torch.nn.Module):
    """A model and its loss as one module, whose weights can be replaced for one call."""

    def __init__(self, model: torch.nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, ids: Tensor, targets: Tensor) -> Tensor:
        return batch_loss(self.model, ids, targets)  # type: ignore[arg-type]


@pytest.mark.parametrize("family", LEARNERS)
@pytest.mark.parametrize("longest", [4, 6])
def test_logits_at_some_places_are_those_of_forward(family: str, longest: int) -> None:
    # With 4 characters the context of the tiny models is just reached; with 6 a window has to slide.
    ids, targets = padded([[1, 2, 3, 1, 2][: longest - 1], [4], [8, 9, 10]], longest)
    real = (targets != PADDING).flatten().nonzero()[:, 0]
    model = tiny_model(family, VOCAB_SIZE, blank_token=True).double().eval()
    names, weights = zip(*model.named_parameters(), strict=True)
    for places in (real, real[[1, -2]]):
        expected = model(ids).flatten(0, 1)[places]
        logits = model.forward_at(ids, places)
        torch.testing.assert_close(logits, expected)
        random = torch.randn(logits.shape, dtype=torch.float64, generator=seeded(1))
        gradients = torch.autograd.grad(logits, weights, random, allow_unused=True)
        for name, one, other in zip(
            names, gradients, torch.autograd.grad(expected, weights, random, allow_unused=True), strict=True
        ):
            torch.testing.assert_close(one, other, msg=name)
