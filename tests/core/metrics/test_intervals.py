"""The bootstrap over items."""

import math

import numpy as np
import pytest

from makemore_core.metrics.intervals import nll_difference, nll_interval
from makemore_core.metrics.scores import ItemLosses


def losses(totals: object, characters: object) -> ItemLosses:
    totals, characters = np.asarray(totals, np.float64), np.asarray(characters, np.int64)
    return ItemLosses(np.arange(len(totals)), totals, characters)


def some(seed: int, items: int = 400, mean: float = 2.0) -> ItemLosses:
    rng = np.random.default_rng(seed)
    characters = rng.integers(2, 12, items)
    return losses(characters * rng.normal(mean, 0.5, items), characters)


def test_the_value_is_the_exact_average_over_characters() -> None:
    found = nll_interval(losses([2.0, 9.0], [1, 4]))
    assert found.value == pytest.approx(11 / 5)  # and not the mean of the items' means, 2.125
    difference = nll_difference(losses([2.0, 9.0], [1, 4]), losses([1.0, 5.0], [1, 4]))
    assert difference.value == pytest.approx(1.0)


def test_the_same_model_differs_by_nothing_and_turning_them_round_turns_the_sign() -> None:
    one, other = some(1), some(2)
    same = nll_difference(one, ItemLosses(one.indices, one.totals.copy(), one.characters))
    assert (same.value, same.low, same.high) == (0, 0, 0) and not same.excludes_zero
    other = ItemLosses(one.indices, other.totals[: len(one)], one.characters)
    there, back = nll_difference(one, other, seed=3), nll_difference(other, one, seed=3)
    assert (there.value, there.low, there.high) == pytest.approx((-back.value, -back.high, -back.low))


def test_a_seed_decides() -> None:
    assert nll_interval(some(1), seed=5) == nll_interval(some(1), seed=5)
    assert nll_interval(some(1), seed=5).low != nll_interval(some(1), seed=6).low


def test_items_of_one_length_give_the_normal_interval_of_a_mean() -> None:
    """With 1 character an item, the percentiles are those of a mean: +- 1.96 standard errors."""
    totals = np.random.default_rng(4).normal(2.0, 0.5, 2000)
    found = nll_interval(losses(totals, np.ones(2000)), resamples=4000)
    error = totals.std() / math.sqrt(2000)
    assert found.low == pytest.approx(totals.mean() - 1.96 * error, abs=0.1 * error)
    assert found.high == pytest.approx(totals.mean() + 1.96 * error, abs=0.1 * error)


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    """300 sets of 200 items whose true loss is 2: with 95%, 285 hold it, 277 to 293 within two deviations."""
    held = 0
    for seed in range(300):
        found = nll_interval(some(seed, items=200), resamples=400, seed=seed)
        held += found.low <= 2.0 <= found.high
    assert 274 <= held <= 296


def test_what_both_find_hard_cancels_out() -> None:
    """One model is worse by 0.01 on every character: the difference is sure, though items differ by 50 times that."""
    one = some(7)
    worse = ItemLosses(one.indices, one.totals + 0.01 * one.characters, one.characters)
    found = nll_difference(worse, one)
    assert (found.low, found.high) == pytest.approx((0.01, 0.01))
    assert found.excludes_zero
    assert nll_interval(one).high - nll_interval(one).low > 0.05


def test_blocks_do_not_change_the_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = nll_interval(some(1))
    monkeypatch.setattr("makemore_core.metrics.intervals._CELLS", 1000)
    assert nll_interval(some(1)) == whole


def test_infinite_losses_and_no_items_have_no_interval() -> None:
    found = nll_difference(losses([math.inf, 1], [1, 1]), losses([1, 1], [1, 1]))
    assert found.value == math.inf and math.isnan(found.low) and not found.excludes_zero
    assert math.isnan(nll_difference(losses([math.inf], [1]), losses([math.inf], [1])).value)
    assert nll_interval(losses([math.inf, 1], [1, 1])).value == math.inf
    assert math.isnan(nll_interval(losses([], [])).value)


def test_other_items_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="same items"):
        nll_difference(losses([1.0, 2.0], [1, 2]), losses([1.0], [1]))
