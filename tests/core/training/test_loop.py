"""The loop: the numbers of the lecture, the optimisers by hand, what is told and when."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from makemore_core.bigrams import count_bigrams, row_probabilities
from makemore_core.corpus import Corpus, read_corpus
from makemore_core.errors import SettingsError
from makemore_core.evaluation import evaluate
from makemore_core.training.batches import batch_loss
from makemore_core.training.config import Sides, TrainConfig, default_config
from makemore_core.training.events import Diverged, EarlyStopped, Evaluated, Finished, Overfitting, Sampled, Stepped
from makemore_core.training.loop import Training, train
from tests.core.models import small_corpus

NAMES = "emma olivia ava isabella sophia mia amelia evelyn abigail harper luna ella"
CORPUS = small_corpus(*NAMES.split(" "))
NOTHING = np.zeros(0, np.int64)
LECTURE = {"model": {"init_std": 1.0}, "optimizer": "sgd", "learning_rate": 50.0, "schedule": "constant"}
"""How the first lecture trains its neural bigram."""
COUNTED = ("counts", "kneser-ney")


def settings(corpus: Corpus = CORPUS, **changes: Any) -> TrainConfig:
    """Those of the lecture, unless another family is asked for."""
    type = changes.pop("type", "bigram")
    suited = LECTURE if type == "bigram" else {}
    return default_config(type, corpus, **{"sample_items": 2, "max_steps": 20, **suited, **changes})


def start(corpus: Corpus = CORPUS, sides: Sides | None = None, **changes: Any) -> Training:
    config = settings(corpus, **changes)
    return Training(config, corpus, sides or config.split.sides(corpus))


def losses(training: Training) -> list[float]:
    return [event.loss for event in train(training) if isinstance(event, Stepped)]


def test_the_losses_of_the_lecture(names_file: Path) -> None:
    training = start(read_corpus(names_file), split={"kind": "none"}, l2_mean=0.01, max_steps=100, seed=2147483647)
    found = losses(training)
    assert len(found) == 100
    assert found[0] == pytest.approx(3.768618, abs=1e-6)
    assert found[99] == pytest.approx(2.490130, abs=1e-6)


def test_the_first_loss_of_the_lecture_for_emma(names_file: Path) -> None:
    corpus = read_corpus(names_file)
    assert corpus.item(0) == "emma"
    emma = Sides(np.array([0]), NOTHING, NOTHING)
    assert losses(start(corpus, emma, max_steps=1, seed=2147483647)) == [pytest.approx(3.7693, abs=5e-5)]


def test_the_neural_bigram_comes_to_agree_with_the_counts(names_file: Path) -> None:
    """Each row is fitted by itself, with a rate of 50 times its share n/N of the pairs.

    Where a pair never occurs, its probability q falls by dq/dt = -50 n/N q**2 once it is small, so after t steps it
    is N / (50 n t) at the most. With fewer than V such pairs in a row, less than V times that is missing elsewhere.
    """
    corpus = read_corpus(names_file)
    steps = 3000
    training = start(corpus, split={"kind": "none"}, max_steps=steps, eval_interval=steps)
    losses(training)
    counts = count_bigrams(corpus)
    expected = row_probabilities(counts)
    found = training.model.get_parameter("weight").detach().double().softmax(-1).numpy()
    rows = counts.sum(1)
    often = rows >= 1000
    unseen = rows.sum() / (50 * rows * steps)  # the most that theory leaves to a pair that never occurs
    difference = abs(found - expected).max(1)
    assert (difference <= corpus.vocabulary.size * unseen)[often].all()
    assert difference[often].max() < 0.002
    assert (np.where(counts == 0, found, 0).max(1) <= 1.05 * unseen)[often].all()


def test_sgd_is_the_lectures_update() -> None:
    training = start(learning_rate=3.0, weight_decay=0.0)
    weight = training.model.get_parameter("weight")
    before = weight.detach().clone()
    batch_loss(training.model, training.batches.draw(training.generator)).backward()
    expected = before - 3.0 * weight.grad
    training.update()
    torch.testing.assert_close(weight.detach(), expected)


def test_adamw_first_step_by_hand() -> None:
    """After one step both running means are the gradient and its square, so each weight moves by the rate."""
    training = start(optimizer="adamw", learning_rate=0.1, weight_decay=0.5)
    weight = training.model.get_parameter("weight")
    before = weight.detach().clone()
    training.update()
    gradient = weight.grad
    assert gradient is not None
    expected = before * (1 - 0.1 * 0.5) - 0.1 * gradient / (gradient.abs() + 1e-8)
    torch.testing.assert_close(weight.detach(), expected)


def test_the_gradient_is_measured_and_shortened() -> None:
    plain, clipped = start(learning_rate=1.0), start(learning_rate=1.0, grad_clip=0.01)
    before = clipped.model.get_parameter("weight").detach().clone()
    first, second = plain.update(), clipped.update()
    assert isinstance(first, Stepped) and isinstance(second, Stepped)
    assert first.gradient_norm is not None and first.gradient_norm > 0.01
    assert second.gradient_norm == pytest.approx(first.gradient_norm)  # the length before clipping
    moved = (clipped.model.get_parameter("weight").detach() - before).norm().item()
    assert moved == pytest.approx(0.01, rel=1e-3)


def test_the_schedule_sets_the_rate_and_a_person_changes_it() -> None:
    training = start(learning_rate=8.0, schedule="linear", max_steps=4)
    assert training.rate() == 8.0
    training.update()
    assert training.rate() == 6.0
    training.set_rate(3.0)
    assert training.rate() == 3.0  # holds at once
    training.update()
    assert training.rate() == 2.0  # and falls on in proportion


def test_what_is_told_and_when() -> None:
    events = list(train(start(max_steps=4, eval_interval=2, sample_interval=3)))
    assert [(type(event).__name__, event.step) for event in events] == [
        ("Evaluated", 0),
        ("Sampled", 0),
        ("Stepped", 0),
        ("Stepped", 1),
        ("Evaluated", 2),
        ("Stepped", 2),
        ("Sampled", 3),
        ("Stepped", 3),
        ("Evaluated", 4),
        ("Sampled", 4),
        ("Finished", 4),
    ]
    evaluated = [event for event in events if isinstance(event, Evaluated)]
    assert [event.test_nll is None for event in evaluated] == [True, True, False]


def test_no_steps_still_say_where_one_stands() -> None:
    events = list(train(start(max_steps=0)))
    assert [type(event) for event in events] == [Evaluated, Sampled, Finished]


@pytest.mark.parametrize("batch_by", ["items", "positions", "all"])
def test_losses_are_exact_averages(batch_by: str) -> None:
    training = start(batch_by=batch_by, learning_rate=0.1)
    *_, last = (event for event in train(training) if isinstance(event, Evaluated))
    for side, nll in zip(training.sides, (last.train_nll, last.dev_nll, last.test_nll), strict=True):
        assert nll == pytest.approx(evaluate(training.model, CORPUS, side).nll, abs=1e-12)


@pytest.mark.parametrize("smoothing", [0.0, 1.0])
def test_losses_from_pairs_are_those_of_the_items(monkeypatch: pytest.MonkeyPatch, smoothing: float) -> None:
    monkeypatch.setattr("makemore_core.evaluation.CELLS", 3 * CORPUS.vocabulary.size)  # three rows at a time
    training = start(type="counts", model={"smoothing": smoothing})
    training.update()
    found = training.evaluate(at_end=True)
    for side, nll in zip(training.sides, (found.train_nll, found.dev_nll, found.test_nll), strict=True):
        assert nll == pytest.approx(evaluate(training.model, CORPUS, side).nll)  # infinite without smoothing


def test_some_items_stand_for_a_large_side_until_the_end() -> None:
    few = start(type="ngram", eval_items=2)
    few.update()
    train_side = few.sides.train
    meanwhile, at_end = few.evaluate(), few.evaluate(at_end=True)
    assert meanwhile.train_nll == pytest.approx(evaluate(few.model, CORPUS, train_side[[0, -1]]).nll)
    assert at_end.train_nll == pytest.approx(evaluate(few.model, CORPUS, train_side).nll)


def test_the_best_weights_are_those_with_the_lowest_dev_loss() -> None:
    training = start(learning_rate=5.0, max_steps=60, eval_interval=1)  # a dozen names are soon learnt by heart
    kept: dict[int, torch.Tensor] = {}
    dev: dict[int, float] = {}
    for event in train(training):
        if isinstance(event, Evaluated):
            dev[event.step] = event.dev_nll
            kept[event.step] = training.model.get_parameter("weight").detach().clone()
            assert event.is_best == (event.step > 0 and event.dev_nll == min(dev.values()))
    best = min(dev, key=lambda step: dev[step])
    assert 0 < best < 60  # else this test tells nothing
    assert (training.best_step, training.best_dev) == (best, dev[best])
    assert training.best_tensors is not None
    assert torch.equal(training.best_tensors["weight"], kept[best])


@pytest.mark.parametrize("family", ["bigram", "counts", "kneser-ney", "gru"])
def test_a_model_that_has_learnt_nothing_is_never_the_best(family: str) -> None:
    """Also where all that is learnt from a few items makes the few of dev less probable."""
    corpus = small_corpus("aaaa", "zq")
    sides = Sides(np.array([0]), np.array([1]), NOTHING)
    training = start(corpus, sides, type=family, eval_interval=1, max_steps=1 if family in COUNTED else 4)
    looks = [event for event in train(training) if isinstance(event, Evaluated)]
    dev = [look.dev_nll for look in looks]
    assert dev[0] == min(dev) < dev[1]  # else this test tells nothing
    assert next(look.step for look in looks if look.is_best) > 0
    assert training.best_step == looks[1].step


def test_a_dev_that_is_infinite_is_no_rise_and_no_best() -> None:
    training = start(max_steps=20, eval_interval=1, overfitting_after=1, patience=3)
    training.losses[1].measure = lambda *_, **__: (  # type: ignore[method-assign]
        math.inf if training.step > 4 else 3.0 - training.step / 10
    )
    events = list(train(training))
    assert not [event for event in events if isinstance(event, Overfitting)]
    (stopped,) = (event for event in events if isinstance(event, EarlyStopped))
    assert (stopped.step, stopped.best_step) == (7, 4)  # it is no better either


def test_looking_changes_nothing() -> None:
    """Evaluating and sampling use no random number of training and leave the mode as it is."""
    often, seldom = (
        start(batch_by="items", eval_interval=1, sample_interval=1),
        start(batch_by="items", eval_interval=20),
    )
    often.model.train()
    assert losses(often) == losses(seldom)
    assert often.model.training


def test_each_sample_keeps_its_random_numbers() -> None:
    first, second = (start(sample_items=count, seed=5).sample().items for count in (2, 4))
    assert second[:2] == first
    assert len({item.text for item in second}) == 4


def test_divergence_is_told_with_the_step() -> None:
    """Decay by more than the whole weight turns it around and makes it larger at each step: here four times."""
    training = start(learning_rate=5.0, weight_decay=1.0, max_steps=500)
    *_, last = train(training)
    assert isinstance(last, Diverged)
    assert last.step == training.step < 500
    assert last.what.startswith("the loss grew to")
    assert "learning rate" in last.advice


def test_weights_that_overflow_are_told_with_the_step_that_made_them_so() -> None:
    """A million times larger at each step, they leave float32 before the loss has stayed high for long."""
    training = start(learning_rate=1e6, weight_decay=1.0, max_steps=500)
    *_, last = train(training)
    assert isinstance(last, Diverged)
    assert last.step == training.step - 1 == math.floor(math.log(3.4e38, 1e6))
    assert last.what.startswith("the gradient or a weight became infinite")


def test_a_gradient_or_a_weight_that_is_no_number_ends_training() -> None:
    training = start()
    weight = training.model.get_parameter("weight")
    weight.register_hook(lambda gradient: gradient * math.nan)
    event = training.update()
    assert event == Diverged(0, "the gradient became nan", event.advice if isinstance(event, Diverged) else "")
    training = start()
    with torch.no_grad():
        training.model.get_parameter("weight")[0, 0] = math.inf
    assert not training.is_finite()
    assert [type(event) for event in train(training)] == [Diverged]


def test_no_items_are_drawn_from_a_model_that_has_diverged() -> None:
    training = start(eval_interval=1000, sample_interval=1, max_steps=1000)
    events = []
    for event in train(training):
        events.append(type(event))
        if isinstance(event, Stepped):
            with torch.no_grad():
                training.model.get_parameter("weight").fill_(math.nan)
    assert events == [Evaluated, Sampled, Stepped, Diverged]


def test_finite_weights_whose_products_are_not_count_as_diverged() -> None:
    training = start(type="mlp")
    with torch.no_grad():
        for parameter in training.parameters:
            parameter.fill_(3e38)
    assert not training.is_finite()


@pytest.mark.parametrize("family", ["counts", "ngram"])
def test_counting_is_one_step(family: str) -> None:
    training = start(type=family, max_steps=1)
    events = list(train(training))
    assert [type(event) for event in events] == [Evaluated, Sampled, Stepped, Evaluated, Sampled, Finished]
    before, after = (event for event in events if isinstance(event, Evaluated))
    assert before.dev_nll == pytest.approx(math.log(CORPUS.vocabulary.size))  # nothing counted yet: a uniform guess
    assert after.train_nll < before.train_nll


def test_a_vocabulary_of_hundreds_trains() -> None:
    corpus = small_corpus(*(chr(0x4E00 + n) + chr(0x4E01 + n) for n in range(300)))
    for batch_by in ("items", "positions", "all"):
        found = losses(start(corpus, batch_by=batch_by, learning_rate=1.0, max_steps=3))
        # Logits from a standard normal cost about half a nat more than equal ones.
        assert found == pytest.approx([math.log(302) + 0.5] * 3, abs=0.5)


def test_a_device_that_is_not_there_is_told() -> None:
    with pytest.raises(SettingsError, match="there is no device cuda:63 that torch can use here"):
        start(device="cuda:63")
