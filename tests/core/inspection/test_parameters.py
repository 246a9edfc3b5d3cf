"""Weights and gradients: against finite differences, and against what the model holds."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from makemore_core.inspection.parameters import ParameterValues, gradients, weights
from makemore_core.models.base import CountModel, LanguageModel, seeded
from makemore_core.positions import PADDING, padded_items
from tests.core.learning import tiny_model
from tests.core.models import FAMILY_NAMES, ready_model, small_corpus

CORPUS = small_corpus()
EVERY = np.arange(len(CORPUS))
SIZE = CORPUS.vocabulary.size
LEARNERS = [name for name in FAMILY_NAMES if not isinstance(ready_model(name, CORPUS), CountModel)]


def loss_on(model: LanguageModel, rows: np.ndarray) -> float:
    """The mean NLL of these items, in double precision."""
    ids, targets = (torch.from_numpy(array) for array in padded_items(CORPUS, rows))
    with torch.no_grad():
        logits = model(ids)
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=PADDING).item()


@pytest.mark.parametrize("family", LEARNERS)
def test_gradients_are_the_slopes_of_the_loss(family: str) -> None:
    """Central differences in double precision, in a few places of every parameter."""
    model = tiny_model(family, SIZE, context=16).double().eval()
    found = gradients(model, CORPUS, EVERY, items=5, seed=3)
    assert found is not None
    rows = torch.randint(len(CORPUS), (5,), generator=seeded(3)).numpy()
    assert found.loss == pytest.approx(loss_on(model, rows), rel=1e-6)
    assert list(found.by_name) == [name for name, _ in model.named_parameters()]
    for name, parameter in model.named_parameters():
        slopes = found.by_name[name].values
        assert slopes.shape == tuple(parameter.shape)
        for place in {0, parameter.numel() // 2, parameter.numel() - 1, int(np.abs(slopes).argmax())}:
            flat = parameter.data.view(-1)
            before = flat[place].item()
            losses = []
            for step in (1e-5, -1e-5):
                flat[place] = before + step
                losses.append(loss_on(model, rows))
            flat[place] = before
            assert slopes.flat[place] == pytest.approx((losses[0] - losses[1]) / 2e-5, abs=2e-6), name


def test_the_model_is_left_as_it_was() -> None:
    model = tiny_model("mlp", SIZE).train()
    gradients(model, CORPUS, EVERY)
    assert model.training and all(parameter.grad is None for parameter in model.parameters())


def test_the_seed_decides_the_batch() -> None:
    model = tiny_model("gru", SIZE)
    one, same, other = (gradients(model, CORPUS, EVERY, items=2, seed=seed) for seed in (1, 1, 5))
    assert one is not None and same is not None and other is not None
    assert one.loss == same.loss != other.loss


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_weights_are_those_of_the_model(family: str) -> None:
    model = ready_model(family, CORPUS)
    found = weights(model)
    if isinstance(model, CountModel):
        assert found is None and gradients(model, CORPUS, EVERY) is None
        return
    assert found is not None and list(found) == [name for name, _ in model.named_parameters()]
    for name, parameter in model.named_parameters():
        one = found[name]
        np.testing.assert_array_equal(one.values, parameter.detach())
        assert one.mean == pytest.approx(parameter.double().mean().item(), abs=1e-7)
        if parameter.numel() > 1:
            assert one.std == pytest.approx(parameter.double().std().item(), rel=1e-6)


def test_shapes_for_a_map_and_a_histogram() -> None:
    vector = ParameterValues("bias", np.array([1.0, 2.0, 4.0], np.float32))
    assert vector.matrix.shape == (1, 3) and vector.mean == pytest.approx(7 / 3)
    assert vector.std == pytest.approx(np.sqrt(7 / 3))
    histogram = vector.histogram
    assert (histogram.low, histogram.high, sum(histogram.counts)) == (1.0, 4.0, 3)
    assert [place for place, count in enumerate(histogram.counts) if count] == [0, 20, 59]
    assert ParameterValues("bias", np.array([-3.0, 2.0], np.float32)).reach == 3
    single = ParameterValues("gain", np.array(5.0, np.float32))
    assert single.matrix.shape == (1, 1) and single.std is None and sum(single.histogram.counts) == 1
