"""Occlusion against sums that are made by hand."""

import math

import numpy as np
import pytest
import torch

from makemore_core.inspection import occlusion
from makemore_core.inspection.occlusion import occlude
from tests.core.learning import tiny_model
from tests.core.models import FAMILY_NAMES, ready_model, small_corpus

CORPUS = small_corpus()


def test_to_a_bigram_the_last_character_alone_matters() -> None:
    model = ready_model("counts", CORPUS)
    ids = CORPUS.vocabulary.encode("soph")
    (i,) = CORPUS.vocabulary.encode("i")
    with torch.no_grad():
        rows = model(torch.arange(CORPUS.vocabulary.size)[:, None])[:, 0].exp().numpy()  # P(next | each)
    others = [token for token in range(1, CORPUS.vocabulary.size) if token != ids[-1]]
    found = occlude(model, ids, i)
    assert found.ids == (0, *ids) and found.target == i
    assert found.probability == pytest.approx(rows[ids[-1], i])
    assert found.effects[:-1] == pytest.approx(0)
    assert found.effects[-1] == pytest.approx(math.log(rows[ids[-1], i] / rows[others, i].mean()))
    assert abs(found.effects[-1]) > 0.1


def test_stand_ins_are_as_frequent_as_in_the_list() -> None:
    model = ready_model("counts", CORPUS)
    size = CORPUS.vocabulary.size
    counts = np.bincount(CORPUS.tokens, minlength=size)
    with torch.no_grad():
        rows = model(torch.arange(size)[:, None])[:, 0].exp().numpy()
    (a, m) = CORPUS.vocabulary.encode("am")
    weights = counts.astype(float)
    weights[[0, m]] = 0
    found = occlude(model, [m], a, counts=counts)
    assert found.without[-1] == pytest.approx(weights @ rows[:, a] / weights.sum())


def test_two_characters_of_a_trigram() -> None:
    """What the model gives with each character in turn made another, by asking it for each text by itself."""
    model = ready_model("ngram", CORPUS, order=3, smoothing=0.5)
    ids = CORPUS.vocabulary.encode("emm")
    found = occlude(model, ids)
    with torch.no_grad():
        plain = model(torch.tensor([[0, *ids]]))[0, -1].exp()
        for place in (2, 3):
            chances = []
            for token in range(1, CORPUS.vocabulary.size):
                text = [0, *ids]
                if token != text[place]:
                    text[place] = token
                    chances.append(float(model(torch.tensor([text]))[0, -1].exp()[found.target]))
            assert found.without[place] == pytest.approx(np.mean(chances))
    assert found.target == int(plain.argmax()) and found.chances == pytest.approx(plain.numpy())
    assert found.effects[:2] == pytest.approx(0) and (np.abs(found.effects[2:]) > 0.01).all()


def test_what_is_impossible_without_a_character_depends_on_it_wholly() -> None:
    corpus = small_corpus("ab", "cd")
    model = ready_model("counts", corpus, smoothing=0.0)
    (a, b) = corpus.vocabulary.encode("ab")
    found = occlude(model, [a], b)
    assert found.probability == 1 and found.effects[-1] == math.inf


def test_the_start_of_an_item_is_a_character_too() -> None:
    corpus = small_corpus("ab", "ba")
    found = occlude(ready_model("counts", corpus, smoothing=0.0), [], 0)
    assert found.ids == (0,) and found.probability == 0
    assert found.without == pytest.approx([0.5])  # after a the end comes once of twice, and after b
    assert found.effects[0] == -math.inf


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_it_works_for_every_family_and_sees_no_further_than_the_context(family: str) -> None:
    model = ready_model(family, CORPUS)
    ids = CORPUS.vocabulary.encode("isabella" * 3)
    found = occlude(model, ids)
    assert found.chances.sum() == pytest.approx(1)
    assert found.target == found.chances.argmax()
    seen = len(found.ids) if model.context is None else min(model.context, len(found.ids))
    assert found.effects[: len(found.ids) - seen] == pytest.approx(0)
    assert np.isfinite(found.effects).all()


def test_of_a_long_text_the_end_is_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(occlusion, "REACH", 3)
    found = occlude(ready_model("rnn", CORPUS), CORPUS.vocabulary.encode("isabella"))
    assert np.isnan(found.effects[:-3]).all() and np.isfinite(found.effects[-3:]).all()


def test_many_texts_are_read_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    model, ids = ready_model("mlp", CORPUS), CORPUS.vocabulary.encode("emma")
    whole = occlude(model, ids)
    monkeypatch.setattr(occlusion, "_CELLS", 11)
    np.testing.assert_allclose(occlude(model, ids).effects, whole.effects, atol=1e-5)


@torch.no_grad()
def test_a_window_that_slides_is_asked_about_as_the_whole_text_would_be() -> None:
    """A Transformer with four places, and seven characters: each text is read whole here."""
    model = tiny_model("transformer", CORPUS.vocabulary.size).eval()
    ids = CORPUS.vocabulary.encode("sophia")
    found = occlude(model, ids)
    for place in range(3, 7):
        chances = []
        for token in range(1, CORPUS.vocabulary.size):
            text = [0, *ids]
            if token != text[place]:
                text[place] = token
                chances.append(float(model(torch.tensor([text]))[0, -1].softmax(-1)[found.target]))
        assert found.without[place] == pytest.approx(np.mean(chances), rel=1e-5)
    assert found.effects[:3] == pytest.approx(0) and np.abs(found.effects[3:]).min() > 1e-4
