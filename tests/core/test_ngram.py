"""The n-gram counts against the lecture's numbers, and against counting by hand."""

import math
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from makemore_core.corpus import read_corpus
from makemore_core.errors import SettingsError
from makemore_core.evaluation import evaluate, score
from makemore_core.models.base import seeded
from makemore_core.models.registry import family_settings
from makemore_core.sampling import Controls, sample_items
from makemore_core.sources import counts_source
from tests.core.models import ready_model, small_corpus

LECTURE_SEED = 2147483647


@pytest.mark.parametrize(
    ("smoothing", "nll", "log_likelihood"), [(0.0, 2.454014, -559_873.59), (1.0, 2.454577, -560_001.88)]
)
def test_the_loss_of_the_lecture(names_file: Path, smoothing: float, nll: float, log_likelihood: float) -> None:
    source = counts_source(read_corpus(names_file), smoothing=smoothing)
    assert source.corpus is not None and source.sides is not None
    loss = evaluate(source.model, source.corpus, source.sides.train)
    assert loss.characters == 228_146
    assert loss.nll == pytest.approx(nll, abs=5e-7)
    assert loss.log_likelihood == pytest.approx(log_likelihood, abs=0.005)


@pytest.mark.parametrize(
    ("rng", "items"),
    [
        ("inverse-cdf", "mor axx minaymoryles kondlaisah anchshizarie"),
        ("multinomial", "cexze momasurailezitynn konimittain llayn ka"),
    ],
)
def test_the_samples_of_the_lecture(names_file: Path, rng: str, items: str) -> None:
    source = counts_source(read_corpus(names_file))
    drawn = sample_items(source.model, source.vocabulary, 5, Controls(rng=rng), seeded(LECTURE_SEED))  # type: ignore[arg-type]
    assert " ".join(item.text for item in drawn) == items


def by_hand(items: list[str], order: int, smoothing: float, vocabulary: str, text: str) -> list[float]:
    """The NLL of each character of a text and its end, counted with dictionaries."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for item in items:
        padded = "." * (order - 1) + item + "."
        for end in range(order - 1, len(padded)):
            counts[padded[end - order + 1 : end]][padded[end]] += 1
    size = len(vocabulary) + 1
    losses = []
    padded = "." * (order - 1) + text + "."
    for end in range(order - 1, len(padded)):
        row = counts[padded[end - order + 1 : end]]
        total = row.total() + smoothing * size
        probability = (row[padded[end]] + smoothing) / total if total else 1 / size
        losses.append(-math.log(probability) if probability else math.inf)
    return losses


@settings(max_examples=60, deadline=None)
@given(
    items=st.lists(st.text("abc", min_size=1, max_size=6), min_size=2, max_size=12),
    order=st.integers(1, 6),
    smoothing=st.sampled_from([0.0, 0.1, 1.0]),
    text=st.text("abc", max_size=6),
)
def test_any_order_counts_as_dictionaries_do(items: list[str], order: int, smoothing: float, text: str) -> None:
    items = [*items, "abc"]
    model = ready_model("ngram", small_corpus(*items), order=order, smoothing=smoothing)
    losses = score(model, ["abc".index(character) + 1 for character in text])
    assert losses == pytest.approx(by_hand(items, order, smoothing, "abc", text))


def test_only_the_given_items_are_counted() -> None:
    corpus = small_corpus("ab", "ab", "ba")
    model = ready_model("counts", corpus, smoothing=0.0)
    model.fit(corpus, np.array([2]))  # type: ignore[operator]
    assert score(model, [2, 1]) == pytest.approx([0.0, 0.0, 0.0])
    assert score(model, [1])[0] == math.inf


def test_long_contexts_cost_what_occurs_and_not_what_could() -> None:
    # 3**40 contexts could occur. Forty times an `a` does eleven times: before an `a` ten times, once before the end.
    model = ready_model("ngram", small_corpus("a" * 50, "b" * 50), order=41, smoothing=0.0)
    with torch.no_grad():
        logits = model(torch.tensor([[0] + [1] * 45]))
    assert logits[0, -1].exp().tolist() == pytest.approx([1 / 11, 10 / 11, 0.0])
    assert len(model.get_buffer("counts")) <= 102


@pytest.mark.parametrize("values", [{"order": 0}, {"smoothing": -0.1}, {"smoothing": math.nan}, {"order": 2.5}])
def test_settings_out_of_range_are_refused_with_one_line(values: dict[str, float]) -> None:
    with pytest.raises(SettingsError) as error:
        family_settings("ngram", values)
    assert "\n" not in str(error.value) and next(iter(values)) in str(error.value)
