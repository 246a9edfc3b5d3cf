"""The controls of sampling: what each keeps, in which order they work, and what they do to whole items."""

import math
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from makemore_core.errors import SettingsError
from makemore_core.evaluation import score
from makemore_core.models.base import seeded
from makemore_core.models.uniform import Uniform
from makemore_core.sampling import Controls, NothingLeftError, distribution, next_candidates, pick, sample_items
from makemore_core.vocabulary import Vocabulary
from tests.core.models import FAMILY_NAMES, ready_model, small_corpus

LETTERS = Vocabulary("abcdefgh")
HALVES = torch.tensor([0.5, 0.25, 0.125, 0.125]).log()
"""The end, a, b and c."""
ABC = Vocabulary("abc")

logits_of_letters = st.lists(st.floats(-30, 30), min_size=9, max_size=9).map(torch.tensor)
texts = st.lists(st.integers(1, 8), max_size=12)
all_controls = st.builds(
    Controls,
    temperature=st.one_of(st.just(0.0), st.just(1.0), st.floats(1e-2, 100)),
    top_k=st.one_of(st.none(), st.integers(1, 12)),
    top_p=st.one_of(st.none(), st.floats(1e-6, 1)),
    min_p=st.one_of(st.none(), st.floats(0, 1)),
    repetition_penalty=st.one_of(st.just(1.0), st.floats(0.1, 10)),
    banned=st.text("abcdefghxyz", max_size=8),
    min_length=st.integers(0, 12),
)


@given(logits_of_letters, all_controls, texts, st.floats(0, 1, exclude_max=True))
def test_what_is_kept_sums_to_one_and_holds_nothing_that_is_forbidden(
    logits: torch.Tensor, chosen: Controls, so_far: list[int], u: float
) -> None:
    here = distribution(logits, chosen, so_far, LETTERS)
    assert here.adjusted.sum().item() == pytest.approx(1)
    assert here.cumulative[-1] == 1 and (here.adjusted >= 0).all()
    drawn = int(pick(here.cumulative, u))
    assert here.adjusted[drawn] > 0
    assert LETTERS.symbol(drawn) not in chosen.banned
    if here.dead_end is not None and here.dead_end:
        assert here.adjusted.tolist() == [1, *[0] * 8]
    elif len(so_far) < chosen.min_length:
        assert drawn != 0 and here.adjusted[0] == 0


@given(logits_of_letters, st.floats(0.01, 50), st.floats(0, 1))
def test_min_p_keeps_what_has_its_share_of_the_most_probable(
    logits: torch.Tensor, temperature: float, share: float
) -> None:
    here = distribution(logits, Controls(temperature=temperature, min_p=share))
    weights = [math.exp((logit - max(logits.tolist())) / temperature) for logit in logits.tolist()]
    for weight, adjusted in zip(weights, here.adjusted.tolist(), strict=True):
        if weight > share * (1 + 1e-9):
            assert adjusted == pytest.approx(weight / sum(w for w in weights if w >= share), rel=1e-6, abs=1e-300)
        elif weight < share * (1 - 1e-9):
            assert adjusted == 0


@pytest.mark.parametrize(
    ("chosen", "so_far", "expected"),
    [
        (Controls(min_p=0.3), [], [2 / 3, 1 / 3, 0, 0]),
        (Controls(min_p=0.2), [], [1 / 2, 1 / 4, 1 / 8, 1 / 8]),
        (Controls(min_p=1), [], [1, 0, 0, 0]),
        (Controls(min_p=0), [], [1 / 2, 1 / 4, 1 / 8, 1 / 8]),
        # At half the temperature the shares are squared: 1, 1/4, 1/16, 1/16.
        (Controls(temperature=0.5, min_p=0.3), [], [1, 0, 0, 0]),
        # p becomes p squared for what occurred, `a` here: 1/2, 1/16, 1/8, 1/8.
        (Controls(repetition_penalty=2), [1], [8 / 13, 1 / 13, 2 / 13, 2 / 13]),
        (Controls(repetition_penalty=2), [1, 1, 1], [8 / 13, 1 / 13, 2 / 13, 2 / 13]),
        (Controls(repetition_penalty=2), [], [1 / 2, 1 / 4, 1 / 8, 1 / 8]),
        # The exponents of the penalty and of the temperature multiply: 1/4, 1/256, 1/64, 1/64.
        (Controls(repetition_penalty=2, temperature=0.5), [1], [64 / 73, 1 / 73, 4 / 73, 4 / 73]),
        # The end is never banned nor penalised, not even under its mark; what is unknown changes nothing.
        (Controls(banned="."), [], [1 / 2, 1 / 4, 1 / 8, 1 / 8]),
        (Controls(banned="axyz"), [], [2 / 3, 0, 1 / 6, 1 / 6]),
        (Controls(min_length=2), [3], [0, 1 / 2, 1 / 4, 1 / 4]),
        (Controls(min_length=2), [3, 3], [1 / 2, 1 / 4, 1 / 8, 1 / 8]),
        # Bans come before the rest: of what is allowed, the most probable is kept.
        (Controls(banned="a", min_length=1, top_k=1), [], [0, 0, 1, 0]),
        (Controls(banned="a", min_length=1, temperature=0), [], [0, 0, 1, 0]),
        # The penalty comes before the temperature: what is greedy no longer repeats.
        (Controls(min_length=9, repetition_penalty=5, temperature=0), [1], [0, 0, 1, 0]),
    ],
)
def test_each_control_by_hand(chosen: Controls, so_far: list[int], expected: list[float]) -> None:
    assert distribution(HALVES, chosen, so_far, ABC).adjusted.tolist() == pytest.approx(expected, abs=1e-7)


@given(logits_of_letters, texts, st.floats(0.1, 10), st.floats(-50, 50))
def test_the_penalty_does_not_feel_a_constant_that_is_added_to_all_logits(
    logits: torch.Tensor, so_far: list[int], penalty: float, constant: float
) -> None:
    chosen = Controls(repetition_penalty=penalty)
    here, shifted = (distribution(values.double(), chosen, so_far) for values in (logits, logits.double() + constant))
    torch.testing.assert_close(shifted.adjusted, here.adjusted, rtol=1e-9, atol=1e-12)


@given(st.lists(st.tuples(logits_of_letters, texts), min_size=1, max_size=5), all_controls)
def test_the_rows_of_a_batch_are_shaped_each_by_its_own_text(
    rows: list[tuple[torch.Tensor, list[int]]], chosen: Controls
) -> None:
    together = distribution(torch.stack([logits for logits, _ in rows]), chosen, [text for _, text in rows], LETTERS)
    for number, (logits, text) in enumerate(rows):
        alone = distribution(logits, chosen, text, LETTERS)
        torch.testing.assert_close(together.adjusted[number], alone.adjusted, rtol=1e-12, atol=0)


@given(logits_of_letters, texts, st.floats(1e-2, 100), st.integers(1, 9), st.floats(1e-6, 1))
def test_controls_that_are_off_leave_every_bit(
    logits: torch.Tensor, so_far: list[int], temperature: float, top_k: int, top_p: float
) -> None:
    """Temperature, top-k and top-p once more, written out: seeded samples must never change."""
    shifted = (logits.double() - logits.double().max()) / temperature
    ordered, order = shifted.softmax(-1).sort(descending=True, stable=True)
    ordered[top_k:] = 0
    ordered = ordered / ordered.sum()
    ordered = torch.where(ordered.cumsum(0) - ordered < top_p, ordered, 0)
    expected = torch.zeros_like(ordered).scatter(0, order, ordered / ordered.sum())
    if temperature != 1:
        assert torch.equal(
            distribution(logits, Controls(temperature, top_k, top_p), so_far, LETTERS).adjusted, expected
        )
    assert torch.equal(distribution(logits, Controls(), so_far, LETTERS).adjusted, logits.double().softmax(-1))


@pytest.mark.parametrize(
    "values",
    [
        {"min_p": -0.1},
        {"min_p": 1.1},
        {"min_p": math.nan},
        {"repetition_penalty": 0.0},
        {"repetition_penalty": math.nan},
        {"repetition_penalty": math.inf},
        {"min_length": -1},
        {"min_length": 501},
        {"tries": 0},
    ],
)
def test_controls_out_of_range_are_refused(values: dict[str, float]) -> None:
    with pytest.raises(SettingsError):
        Controls(**values)  # type: ignore[arg-type]


def test_a_ban_needs_the_vocabulary() -> None:
    with pytest.raises(ValueError, match="vocabulary"):
        distribution(HALVES, Controls(banned="a"))


@pytest.mark.parametrize("family", FAMILY_NAMES)
@pytest.mark.parametrize("batch_size", [1, 7])
def test_items_hold_to_bans_and_lengths_and_keep_the_loss_of_the_model(family: str, batch_size: int) -> None:
    corpus = small_corpus()
    model = ready_model(family, corpus)
    chosen = Controls(banned="aei", min_length=4, max_length=9, repetition_penalty=1.5, min_p=0.01)
    items = list(sample_items(model, corpus.vocabulary, 20, chosen, seeded(3), prompt="m", batch_size=batch_size))
    assert any(item.finished for item in items)
    for item in items:
        assert not set(item.text) & set("aei")
        assert 4 <= len(item.text) <= 9 and item.text.startswith("m")
        losses = score(model, corpus.vocabulary.encode(item.text))[: None if item.finished else -1]
        assert item.nll == pytest.approx(sum(losses) / len(losses), rel=1e-5)


def test_the_penalty_lets_nothing_repeat_where_it_can() -> None:
    vocabulary = Vocabulary("abcdefghij")
    chosen = Controls(repetition_penalty=1000, min_length=10, max_length=10)
    for item in sample_items(Uniform(11), vocabulary, 20, chosen, seeded(1), batch_size=20):
        assert sorted(item.text) == list("abcdefghij")


def test_new_items_are_those_of_the_same_seed_that_the_data_does_not_hold() -> None:
    corpus = small_corpus("ab", "ba", "aab")
    model = ready_model("counts", corpus, smoothing=0.2)

    def known(text: str) -> bool:
        return corpus.index_of(text) is not None

    plain = list(sample_items(model, corpus.vocabulary, 60, Controls(), seeded(7)))
    new = [item for item in plain if item.text and not known(item.text)]
    assert 0 < len(new) < 60 and any(not item.text for item in plain)
    drawn = sample_items(model, corpus.vocabulary, len(new), Controls(only_new=True), seeded(7), known=known)
    assert list(drawn) == new


def test_where_nothing_is_new_it_is_said_after_so_many_tries() -> None:
    corpus = small_corpus("ab", "cd")
    model = ready_model("ngram", corpus, order=4, smoothing=0.0)
    chosen = Controls(only_new=True, tries=50)
    with pytest.raises(NothingLeftError, match=r"^50 items in a row were drawn in vain after 0 of 3: the data holds"):
        list(sample_items(model, corpus.vocabulary, 3, chosen, seeded(1), known=lambda text: text in ("ab", "cd")))
    with pytest.raises(SettingsError, match="without the data"):
        list(sample_items(model, corpus.vocabulary, 3, chosen, seeded(1)))


def test_an_item_stops_where_bans_leave_nothing() -> None:
    # `q` opens half of the items, and only `u` can follow it.
    corpus = small_corpus("qu", "ab")
    model = ready_model("counts", corpus, smoothing=0.0)
    chosen = Controls(banned="u")
    items = set(sample_items(model, corpus.vocabulary, 40, chosen, seeded(1), batch_size=8))
    assert {(item.text, item.finished) for item in items} == {("q", False), ("ab", True)}
    assert {item.text: item.nll for item in items} == pytest.approx({"q": math.log(2), "ab": math.log(2) / 3})
    assert next_candidates(model, corpus.vocabulary, "q", chosen).why.dead_end
    with pytest.raises(SettingsError, match="leave nothing to begin with"):
        list(sample_items(model, corpus.vocabulary, 1, replace(chosen, banned="qa"), seeded(1)))


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**63 - 1), st.integers(1, 8))
def test_with_controls_too_more_items_only_add(seed: int, count: int) -> None:
    corpus = small_corpus()
    model = ready_model("counts", corpus)
    chosen = Controls(banned="o", min_length=3, max_length=30, repetition_penalty=1.3, only_new=True)

    def some(number: int) -> list[str]:
        drawn = sample_items(
            model, corpus.vocabulary, number, chosen, seeded(seed), known=lambda text: corpus.index_of(text) is not None
        )
        return [item.text for item in drawn]

    assert some(count + 3)[:count] == some(count)
