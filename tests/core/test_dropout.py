"""Dropout with four units to a random number: shares, sizes, gradients and independence."""

import math

import pytest
import torch
import torch.nn.functional as F

from makemore_core.models.dropout import dropout


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_the_share_that_is_dropped_and_what_stands_in_for_it(share: float) -> None:
    torch.manual_seed(1)
    count = 1_000_003
    found = dropout(torch.ones(count), share, True)
    dropped = (found == 0).double().mean().item()
    assert abs(dropped - share) < 5 * math.sqrt(share * (1 - share) / count)
    torch.testing.assert_close(found[found != 0].unique(), torch.tensor([1 / (1 - share)]), rtol=1e-4, atol=0)


def test_each_of_the_four_units_of_a_draw_has_a_chance_of_its_own() -> None:
    """Their correlations, and those with the same unit of the next draw, are those of independent numbers."""
    torch.manual_seed(2)
    kept = (dropout(torch.ones(400_000), 0.3, True) != 0).double().view(-1, 4)
    both = torch.cat([kept[:-1], kept[1:]], 1)  # (draws, 8)
    assert (torch.corrcoef(both.T) - torch.eye(8)).abs().max() < 5 / math.sqrt(len(both))
    assert ((kept.mean(0) - 0.7).abs() < 5 * math.sqrt(0.21 / len(kept))).all()


@pytest.mark.parametrize("shape", [(), (1,), (3,), (5, 7), (2, 3, 4), (0, 4)])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_shape_and_type_stay(shape: tuple[int, ...], dtype: torch.dtype) -> None:
    found = dropout(torch.ones(shape, dtype=dtype), 0.5, True)
    assert (found.shape, found.dtype) == (torch.Size(shape), dtype)
    assert set(found.flatten().tolist()) <= {0.0, 2.0}


def test_the_gradient_goes_where_the_numbers_went() -> None:
    x = torch.randn(1000, generator=torch.Generator().manual_seed(3), requires_grad=True)
    y = dropout(x, 0.4, True)
    (slope,) = torch.autograd.grad(y.sum(), x)
    torch.testing.assert_close(slope * x, y)


def test_nothing_is_drawn_where_nothing_is_dropped() -> None:
    x = torch.ones(3)
    before = torch.get_rng_state()
    assert dropout(x, 0.5, False) is x
    assert dropout(x, 0.0, True) is x
    assert torch.equal(torch.get_rng_state(), before)


def test_the_numbers_are_those_of_torch_s_generator() -> None:
    torch.manual_seed(4)
    first = dropout(torch.ones(50), 0.5, True)
    second = dropout(torch.ones(50), 0.5, True)
    torch.manual_seed(4)
    assert torch.equal(dropout(torch.ones(50), 0.5, True), first)
    assert not torch.equal(first, second)


def test_a_share_next_to_one_leaves_numbers_finite() -> None:
    torch.manual_seed(5)
    assert dropout(torch.ones(100_000), 1 - 1e-9, True).isfinite().all()


def test_on_another_device_it_is_torch_s_own(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []
    monkeypatch.setattr(F, "dropout", lambda x, share, training: asked.append(share) or x)
    dropout(torch.ones(2, device="meta"), 0.5, True)
    assert asked == [0.5]
