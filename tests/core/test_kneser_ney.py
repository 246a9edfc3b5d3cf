"""Kneser-Ney against a recursion over dictionaries, and against losses measured elsewhere."""

import math
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from makemore_core.corpus import Corpus
from makemore_core.evaluation import evaluate, score
from makemore_core.models.kneser_ney import KneserNey, KneserNeySettings
from makemore_core.splits import split_corpus
from tests.core.learning import lecture_corpus
from tests.core.models import small_corpus


def fitted(corpus: Corpus, indices: np.ndarray | None = None, **values: float) -> KneserNey:
    model = KneserNey(corpus.vocabulary.size, KneserNeySettings(**values))  # type: ignore[arg-type]
    model.fit(corpus, indices)
    return model


class ByHand:
    """The formula as it stands in the papers: counts of n-grams as strings, one order at a time."""

    def __init__(self, items: list[str], order: int, discount: float, vocabulary: str) -> None:
        self.discount, self.size = discount, len(vocabulary) + 1
        grams = Counter[str]()
        for item in items:
            text = "." * (order - 1) + item + "."
            grams.update(text[end - order + 1 : end + 1] for end in range(order - 1, len(text)))
        self.rows: dict[str, Counter[str]] = defaultdict(Counter)
        while grams:
            for gram, count in grams.items():
                self.rows[f"{len(gram)}{gram[:-1]}"][gram[-1]] += count
            grams = Counter(gram[1:] for gram in grams if len(gram) > 1)

    def probability(self, context: str, character: str) -> float:
        shorter = self.probability(context[1:], character) if context else 1 / self.size
        row = self.rows.get(f"{len(context) + 1}{context}")
        if not row:
            return shorter
        taken = max(row[character] - self.discount, 0) + self.discount * len(row) * shorter
        return taken / row.total()


@settings(max_examples=60, deadline=None)
@given(
    items=st.lists(st.text("abc", min_size=1, max_size=6), min_size=1, max_size=12),
    order=st.integers(1, 6),
    discount=st.sampled_from([0.0, 0.3, 0.75, 0.9, 1.0]),
    text=st.text("abc", max_size=6),
)
def test_any_order_agrees_with_the_recursion(items: list[str], order: int, discount: float, text: str) -> None:
    items = [*items, "abc"]
    losses = score(fitted(small_corpus(*items), order=order, discount=discount), ["abc".index(c) + 1 for c in text])
    by_hand = ByHand(items, order, discount, "abc")
    line = "." * (order - 1) + text + "."
    for place, loss in enumerate(losses):
        expected = by_hand.probability(line[place : place + order - 1], line[place + order - 1])
        assert math.exp(-loss) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("kind", "seed", "side", "nll"), [("makemore", 3407, "test", 1.947), ("lecture", 42, "dev", 1.984)]
)
def test_the_losses_on_the_canonical_list(names_file: Path, kind: str, seed: int, side: str, nll: float) -> None:
    corpus = lecture_corpus(names_file)
    split = split_corpus(corpus, kind, seed)
    model = fitted(corpus, split.train, order=6, discount=0.9)
    assert evaluate(model, corpus, getattr(split, side)).nll == pytest.approx(nll, abs=5e-4)


def test_what_was_never_seen_has_a_probability() -> None:
    corpus = small_corpus("ab", "ab", "c")
    model = fitted(corpus, np.array([0, 1]))
    with torch.no_grad():
        logits = model(torch.tensor([[0, 3, 3, 3]]))
    assert logits.isfinite().all()


def test_short_contexts_count_kinds_and_not_occurrences() -> None:
    # "q" is frequent but follows "x" alone; "a" is as frequent and follows three different characters.
    model = fitted(small_corpus("xq", "xq", "xq", "xa", "ya", "za"), order=2)
    with torch.no_grad():
        after_unseen = model(torch.tensor([[0, 2]])).softmax(-1)[0, 1]  # after a "q" comes only the end
        rare = model(torch.tensor([[1]])).softmax(-1)[0, 0]  # after an "a" likewise
    q, a = 2, 1
    assert after_unseen[a] > after_unseen[q]
    assert rare[a] > rare[q]


def test_a_fitted_model_survives_being_stored() -> None:
    corpus = small_corpus()
    model = fitted(corpus, order=4)
    copy = KneserNey(corpus.vocabulary.size, KneserNeySettings(order=4))
    copy.load_tensors({name: tensor.clone() for name, tensor in model.state_dict().items()})
    assert score(copy, [1, 2, 3]) == score(model, [1, 2, 3])
