"""What the controls do to a distribution, the draw from it, and whole items."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from makemore_core.errors import SettingsError
from makemore_core.evaluation import score
from makemore_core.models.base import seeded
from makemore_core.models.uniform import Uniform
from makemore_core.sampling import Controls, distribution, generating, next_candidates, pick, sample_items
from tests.core.models import FAMILY_NAMES, ready_model, small_corpus

finite_logits = st.lists(st.floats(-30, 30), min_size=2, max_size=40).map(torch.tensor)
controls = st.builds(
    Controls,
    temperature=st.one_of(st.just(0.0), st.floats(1e-3, 100)),
    top_k=st.one_of(st.none(), st.integers(1, 50)),
    top_p=st.one_of(st.none(), st.floats(1e-6, 1)),
)
HALVES = torch.tensor([0.5, 0.25, 0.125, 0.125]).log()


@given(finite_logits, controls)
def test_what_is_drawn_from_is_a_distribution(logits: torch.Tensor, chosen: Controls) -> None:
    here = distribution(logits, chosen)
    assert here.adjusted.sum().item() == pytest.approx(1)
    assert here.cumulative[-1] == 1
    assert (here.cumulative.diff() >= 0).all() and (here.adjusted >= 0).all()


@given(finite_logits, controls, st.floats(0, 1, exclude_max=True))
def test_a_character_that_was_taken_away_is_never_drawn(logits: torch.Tensor, chosen: Controls, u: float) -> None:
    here = distribution(logits, chosen)
    drawn = int(pick(here.cumulative, u))
    assert here.adjusted[drawn] > 0
    lower = here.cumulative[drawn - 1].item() if drawn else 0.0
    assert lower <= u < here.cumulative[drawn].item()


@given(finite_logits, controls)
def test_no_more_is_kept_than_asked_for(logits: torch.Tensor, chosen: Controls) -> None:
    here = distribution(logits, chosen)
    if chosen.top_k is not None:
        assert (here.adjusted > 0).sum() <= chosen.top_k


@given(finite_logits)
def test_without_controls_nothing_changes(logits: torch.Tensor) -> None:
    here = distribution(logits, Controls())
    torch.testing.assert_close(here.adjusted, here.probability)
    torch.testing.assert_close(here.probability, logits.double().softmax(0))


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (Controls(temperature=0), [1, 0, 0, 0]),
        # Half the temperature squares the probabilities: 16, 4, 1 and 1 of 22.
        (Controls(temperature=0.5), [16 / 22, 4 / 22, 1 / 22, 1 / 22]),
        (Controls(top_k=2), [2 / 3, 1 / 3, 0, 0]),
        # Among equals, the first in the vocabulary is kept.
        (Controls(top_k=3), [4 / 7, 2 / 7, 1 / 7, 0]),
        (Controls(top_p=0.5), [1, 0, 0, 0]),
        (Controls(top_p=0.6), [2 / 3, 1 / 3, 0, 0]),
        (Controls(top_p=1), [0.5, 0.25, 0.125, 0.125]),
        (Controls(top_k=2, top_p=0.6), [1, 0, 0, 0]),
    ],
)
def test_the_controls_by_hand(chosen: Controls, expected: list[float]) -> None:
    assert distribution(HALVES, chosen).adjusted.tolist() == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize(("u", "drawn"), [(0.0, 0), (0.4999, 0), (0.5, 1), (0.7499, 1), (0.75, 2), (0.9999, 3)])
def test_u_falls_into_the_interval_of_one_character(u: float, drawn: int) -> None:
    assert int(pick(torch.tensor([0.5, 0.75, 0.875, 1.0], dtype=torch.float64), u)) == drawn


def test_impossible_characters_do_not_break_the_draw() -> None:
    logits = torch.tensor([-math.inf, 0.0, -math.inf, 0.0])
    for chosen in (Controls(), Controls(temperature=1e-3), Controls(top_k=3), Controls(top_p=0.9)):
        here = distribution(logits, chosen)
        assert here.adjusted.tolist() == pytest.approx([0, 0.5, 0, 0.5])
        assert [int(pick(here.cumulative, u)) for u in (0.0, 0.49, 0.5, 0.99)] == [1, 1, 3, 3]


@pytest.mark.parametrize(
    "values",
    [
        {"temperature": -1.0},
        {"temperature": math.nan},
        {"temperature": math.inf},
        {"top_k": 0},
        {"top_p": 0.0},
        {"top_p": 1.1},
        {"top_p": math.nan},
        {"rng": "dice"},
        {"max_length": 0},
    ],
)
def test_controls_out_of_range_are_refused(values: dict[str, float]) -> None:
    with pytest.raises(SettingsError):
        Controls(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize("family", FAMILY_NAMES)
@pytest.mark.parametrize("batch_size", [1, 7])
def test_an_item_has_the_loss_that_scoring_it_gives(family: str, batch_size: int) -> None:
    corpus = small_corpus()
    model = ready_model(family, corpus)
    chosen = Controls(temperature=0.8, top_k=5)
    for item in sample_items(model, corpus.vocabulary, 20, chosen, seeded(3), prompt="a", batch_size=batch_size):
        losses = score(model, corpus.vocabulary.encode(item.text))
        assert item.text.startswith("a") and item.finished
        assert item.nll == pytest.approx(sum(losses) / len(losses), rel=1e-5)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**63 - 1), st.integers(1, 30))
def test_the_seed_decides_the_items_and_more_items_only_add(seed: int, count: int) -> None:
    corpus = small_corpus()
    model = ready_model("counts", corpus)
    fewer = list(sample_items(model, corpus.vocabulary, count, Controls(), seeded(seed)))
    more = list(sample_items(model, corpus.vocabulary, count + 3, Controls(), seeded(seed)))
    assert more[:count] == fewer and len(more) == count + 3


def test_a_batch_draws_from_the_same_distribution_as_one_at_a_time() -> None:
    corpus = small_corpus("ab", "ba", "aab")
    model = ready_model("counts", corpus, smoothing=0.5)
    one, many = (
        [
            len(item.text)
            for item in sample_items(model, corpus.vocabulary, count, Controls(), seeded(5), batch_size=size)
        ]
        for count, size in ((1000, 1), (4000, 500))
    )
    # The means have standard errors of about 0.06 and 0.03.
    assert sum(one) / len(one) == pytest.approx(sum(many) / len(many), abs=0.15)


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_items_that_begin_alike_share_a_row_and_each_has_a_number_of_its_own(
    family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Against each item read anew for each character: the same numbers, and the model is asked once a beginning."""
    corpus = small_corpus("ab", "ba", "aab")
    model = ready_model(family, corpus)
    generator, texts, live, rows = seeded(11), [list[int]() for _ in range(40)], list(range(40)), []
    while live:
        rows.append(len({tuple(texts[item]) for item in live}))
        for item, u in zip(list(live), torch.rand(len(live), dtype=torch.float64, generator=generator), strict=True):
            with torch.no_grad():
                logits = model(torch.tensor([[0, *texts[item]]]))[0, -1]
            character = int(pick(distribution(logits, Controls()).cumulative, u))
            if character:
                texts[item].append(character)
            if not character or len(texts[item]) == 6:
                live.remove(item)
    asked = list[int]()
    monkeypatch.setattr(
        generating, "distribution", lambda logits, *more: asked.append(len(logits)) or distribution(logits, *more)
    )
    items = list(sample_items(model, corpus.vocabulary, 40, Controls(max_length=6), seeded(11), batch_size=40))
    assert [corpus.vocabulary.encode(item.text) for item in items] == texts
    assert asked == rows and max(rows) < 40


def test_an_item_that_does_not_end_is_cut_off_and_says_so() -> None:
    corpus = small_corpus()
    end_is_unlikely = Controls(temperature=0, max_length=12)
    model = ready_model("counts", small_corpus("aaaaab", "aaaaaab"))
    (item,) = sample_items(model, small_corpus("aaaaab", "b").vocabulary, 1, end_is_unlikely, seeded(1))
    assert (item.text, item.finished) == ("a" * 12, False)
    assert item.nll == pytest.approx(sum(score(model, [1] * 12)[:-1]) / 12)
    assert corpus.vocabulary.size > 2


def test_uniform_items_have_the_length_that_chance_gives_them() -> None:
    # The end is drawn with probability 1 / V each time: the mean length is V - 1.
    vocabulary = small_corpus().vocabulary
    drawn = sample_items(Uniform(vocabulary.size), vocabulary, 3000, Controls(), seeded(1), batch_size=3000)
    mean = sum(len(item.text) for item in drawn) / 3000
    assert mean == pytest.approx(vocabulary.size - 1, rel=0.1)


def test_a_prompt_with_an_unknown_character_is_refused() -> None:
    corpus = small_corpus()
    with pytest.raises(SettingsError, match=r"xe9"):
        list(sample_items(ready_model("counts", corpus), corpus.vocabulary, 1, Controls(), seeded(1), prompt="é"))


def test_a_prompt_makes_no_item_longer_than_the_longest_length() -> None:
    corpus = small_corpus()
    model = ready_model("counts", corpus)
    (item,) = sample_items(model, corpus.vocabulary, 1, Controls(max_length=5), seeded(1), prompt="emma")
    assert len(item.text) <= 5
    for length in (3, 4):
        with pytest.raises(SettingsError, match=rf"prompt has length 4 and items are cut off at {length}, "):
            list(sample_items(model, corpus.vocabulary, 1, Controls(max_length=length), seeded(1), prompt="emma"))


def test_a_certain_character_leaves_an_entropy_of_zero_without_a_sign() -> None:
    corpus = small_corpus("ab", "ab")
    here = next_candidates(ready_model("counts", corpus, smoothing=0.0), corpus.vocabulary, "", Controls())
    assert str(here.entropy) == "0.0"


def test_candidates_come_by_probability_and_the_entropy_is_that_of_the_model() -> None:
    # After an `a`: another `a` once, a `b` twice, the end once.
    corpus = small_corpus("aab", "ab", "ba")
    here = next_candidates(ready_model("counts", corpus, smoothing=0.0), corpus.vocabulary, "a", Controls(top_k=1))
    assert [c.character for c in here.candidates] == ["b", ".", "a"]
    assert [c.probability for c in here.candidates] == pytest.approx([0.5, 0.25, 0.25])
    assert [c.adjusted for c in here.candidates] == pytest.approx([1, 0, 0])
    assert [c.cumulative for c in here.candidates] == pytest.approx([1, 0, 0])
    assert here.entropy == pytest.approx(1.5 * math.log(2))
