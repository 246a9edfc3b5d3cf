"""The neural bigram against the lecture's formula, written out with one-hot vectors."""

from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from makemore_core.corpus import read_corpus
from makemore_core.evaluation import evaluate
from makemore_core.models.neural_bigram import NeuralBigram, NeuralBigramSettings
from makemore_core.models.registry import build_model
from tests.core.models import small_corpus

LECTURE_SEED = 2147483647


def test_a_row_of_the_weights_is_a_one_hot_vector_times_the_weights() -> None:
    model = build_model("bigram", 9, seed=3)
    ids = torch.tensor([[0, 3, 8, 3]])
    weight = model.get_parameter("weight")
    torch.testing.assert_close(model(ids), F.one_hot(ids, 9).float() @ weight)


def test_the_first_loss_of_the_lecture(names_file: Path) -> None:
    corpus = read_corpus(names_file)
    model = build_model("bigram", corpus.vocabulary.size, {"init_std": 1.0}, seed=LECTURE_SEED)
    with torch.no_grad():
        regularisation = 0.01 * (model.get_parameter("weight") ** 2).mean().item()
    loss = evaluate(model, corpus, np.arange(len(corpus))).nll + regularisation
    assert loss == pytest.approx(3.768618, abs=1e-6)


def test_the_first_loss_of_emma(names_file: Path) -> None:
    corpus = read_corpus(names_file)
    model = build_model("bigram", corpus.vocabulary.size, {"init_std": 1.0}, seed=LECTURE_SEED)
    emma = corpus.index_of("emma")
    assert emma == 0
    assert evaluate(model, corpus, np.array([emma])).nll == pytest.approx(3.7693, abs=5e-5)


def test_the_deviation_of_the_first_weights_can_be_chosen() -> None:
    flat = build_model("bigram", 27, {"init_std": 0.0}, seed=1)
    corpus = small_corpus()
    small = NeuralBigram(corpus.vocabulary.size, NeuralBigramSettings(init_std=0.0), torch.Generator())
    assert not flat.get_parameter("weight").any()
    # Equal logits are a uniform guess.
    assert evaluate(small, corpus, np.arange(len(corpus))).perplexity == pytest.approx(corpus.vocabulary.size)
