"""Parameters side by side: each is what it was, and all are moved as torch moves each."""

import pytest
import torch
from torch import nn

from makemore_core.training.config import DataConfig, make_config
from makemore_core.training.flat import Flat
from makemore_core.training.loop import Training
from makemore_core.training.optimizers import make_optimizer
from tests.core.models import small_corpus
from tests.core.runs.making import small_config


def made() -> list[nn.Parameter]:
    """Of sizes that are no multiples of what lies side by side."""
    random = torch.Generator().manual_seed(1)
    return [nn.Parameter(torch.randn(shape, generator=random)) for shape in ((5, 7), (3,), (), (2, 2, 2))]


def test_each_parameter_keeps_its_numbers_and_has_them_where_all_are() -> None:
    ours = made()
    flat = Flat(ours)
    torch.testing.assert_close(ours, made(), rtol=0, atol=0)
    flat.weights.mul_(2)
    torch.testing.assert_close([parameter.detach() for parameter in ours], [2 * each.detach() for each in made()])


def test_the_gradients_of_all_are_one_tensor_once_they_are_filled_in() -> None:
    ours = made()
    flat = Flat(ours)
    gradients = flat.memory()
    for number, part in enumerate(gradients.parts, 1):
        part.fill_(number)
    flat.fill(gradients)
    (whole,) = flat.found()
    assert whole.norm().item() == pytest.approx((35 * 1 + 3 * 4 + 1 * 9 + 8 * 16) ** 0.5)
    assert [parameter.grad.unique().tolist() for parameter in ours if parameter.grad is not None] == [
        [1],
        [2],
        [3],
        [4],
    ]
    flat.take([torch.ones(5, 7)])
    assert [parameter.grad is not None for parameter in ours] == [True, False, False, False]
    assert len(flat.found()) == 1


@pytest.mark.parametrize("type", ["transformer", "mlp"])
def test_a_model_that_was_converted_learns_on(type: str) -> None:
    corpus = small_corpus()
    config = small_config(corpus, type=type, batch_by="items", targets="next", max_steps=3)
    training = Training(config, corpus, config.split.sides(corpus))
    training.model.double()
    before = [parameter.detach().clone() for parameter in training.parameters]
    for _ in range(3):
        training.update()
    assert training.step == 3
    assert not any(torch.equal(*pair) for pair in zip(before, training.parameters, strict=True))


def test_a_model_that_was_converted_has_moved_out() -> None:
    ours = made()
    flat = Flat(ours)
    for parameter in ours:
        parameter.data = parameter.data.double()
    gradients = flat.memory()
    assert gradients.whole.dtype == torch.float64
    flat.fill(gradients)
    assert len(flat.found()) == len(ours)


@pytest.mark.parametrize("uneven", [False, True])
def test_adamw_moves_them_together_as_torch_moves_each(uneven: bool) -> None:
    """Some steps with gradients in one tensor, others with one for each, and one, if uneven, without one of them."""
    config = make_config({"type": "bigram", "data": DataConfig.of(small_corpus()), "learning_rate": 0.1})
    ours, theirs = made(), made()
    flat = Flat(ours)
    one = make_optimizer(config, flat)
    other = torch.optim.AdamW(theirs, 0.1, betas=config.betas, weight_decay=config.weight_decay, fused=True)
    random = torch.Generator().manual_seed(2)
    for step in range(9):
        found = [torch.randn(parameter.shape, generator=random) for parameter in theirs]
        if uneven and step in (0, 4):
            found = found[:-1]
        for parameter, gradient in zip(theirs, [*found, None], strict=False):
            parameter.grad = gradient
        if step % 3 and len(found) == len(ours):
            gradients = flat.memory()
            torch._foreach_copy_(gradients.parts, found)
            flat.fill(gradients)
        else:
            flat.take(found)
        one.step()
        other.step()
        if step == 6:
            state = one.state_dict()
            one = make_optimizer(config, flat)
            one.load_state_dict(state)
        torch.testing.assert_close(ours, theirs)
