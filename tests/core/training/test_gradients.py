"""The gradient of a step against torch's own calls."""

import math
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from makemore_core.training import gradients
from makemore_core.training.batches import batch_loss
from makemore_core.training.gradients import NotedLoss, WrittenLoss
from makemore_core.training.loop import Training
from tests.core.models import small_corpus
from tests.core.runs.making import small_config


def made(scale: float = 1.0) -> list[Tensor]:
    random = torch.Generator().manual_seed(1)
    return [torch.randn(shape, generator=random) * scale for shape in ((3, 4), (5,), ())]


def test_backward_is_torchs_and_adds_to_what_is_there() -> None:
    ours, theirs = (torch.tensor([1.0, -2.0, 3.0], requires_grad=True) for _ in range(2))
    for _ in range(2):
        gradients.backward(ours.exp().sum())
        theirs.exp().sum().backward()
    assert ours.grad is not None and theirs.grad is not None
    assert torch.equal(ours.grad, theirs.grad)


def test_without_the_engine_torch_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gradients, "_ENGINE", None)
    weight = torch.tensor(3.0, requires_grad=True)
    gradients.backward(weight * weight)
    assert weight.grad is not None and weight.grad.item() == 6


@pytest.mark.parametrize("limit", [0.01, 1.0, 1e6])
def test_shortening_is_that_of_torch(limit: float) -> None:
    ours, theirs = made(), [torch.nn.Parameter(torch.zeros_like(tensor)) for tensor in made()]
    for parameter, gradient in zip(theirs, made(), strict=True):
        parameter.grad = gradient
    expected = torch.nn.utils.clip_grad_norm_(theirs, limit).item()
    norm = gradients.length(ours)
    assert norm == pytest.approx(expected, rel=1e-6)
    gradients.shorten(ours, norm, limit)
    for gradient, parameter in zip(ours, theirs, strict=True):
        torch.testing.assert_close(gradient, parameter.grad)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_one_number_that_is_none_is_seen_in_the_length(value: float) -> None:
    broken = made()
    broken[0][1, 1] = value
    assert not math.isfinite(gradients.length(broken))


@pytest.mark.parametrize("type", ["mlp", "rnn", "gru", "transformer"])
@pytest.mark.parametrize("targets", ["next", "smoothed"])
def test_a_loss_whose_gradient_is_written_out_is_that_of_torch(type: str, targets: str) -> None:
    corpus = small_corpus()
    config = small_config(corpus, type=type, batch_by="items", batch_size=60, targets=targets)
    training = Training(config, corpus, config.split.sides(corpus))
    training.model.double()
    batch = training.batches.draw(training.generator)
    if batch.shares is not None:
        batch = replace(batch, shares=batch.shares.double())
    assert batch.foreseen is not None, "else this test tells nothing"
    outcomes = []
    for loss in (
        lambda: WrittenLoss(training.model.written(batch.foreseen), batch.expected()),
        lambda: NotedLoss(batch_loss(training.model, replace(batch, foreseen=None))),
    ):
        torch.manual_seed(1)
        found = loss()
        found.backward(training.flat)
        outcomes.append(
            (found.value, [parameter.grad.clone() for parameter in training.parameters if parameter.grad is not None])
        )
    torch.testing.assert_close(*outcomes)
