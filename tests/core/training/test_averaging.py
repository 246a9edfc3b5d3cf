"""The running average of the weights: its numbers, and that it is what a run is judged by, samples from and keeps."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load, load_file
from torch import Tensor

from makemore_core.evaluation import evaluate
from makemore_core.models.base import seeded
from makemore_core.models.registry import family_settings, load_family
from makemore_core.runs.checkpoints import checkpoint_path, read_tensors_numpy
from makemore_core.runs.folder import create_run
from makemore_core.runs.forking import fork_run
from makemore_core.runs.store import Store
from makemore_core.sources import open_source
from makemore_core.training import process
from makemore_core.training.averaging import Average
from makemore_core.training.checkpoint import weights_alone, whole_state
from makemore_core.training.config import default_config
from makemore_core.training.events import Evaluated, Sampled, Stepped
from makemore_core.training.loop import Training, train
from makemore_core.training.stopping import StopRequest
from tests.core.models import small_corpus

CORPUS = small_corpus(*[first + second for first in ("em", "oli", "av", "isab") for second in ("ma", "via", "ella")])
SETTINGS: dict[str, Any] = {
    "batch_by": "items",
    "batch_size": 4,
    "learning_rate": 0.01,
    "schedule": "constant",
    "warmup": 0,
}
DECAY = 0.6


def start(family: str = "mlp", **changes: Any) -> Training:
    given = {"max_steps": 12, "eval_interval": 4, "sample_interval": 6, "sample_items": 2, "ema": DECAY}
    config = default_config(family, CORPUS, **{**SETTINGS, **given, **changes})
    return Training(config, CORPUS, config.split.sides(CORPUS))


def copied(training: Training) -> dict[str, np.ndarray]:
    return {name: tensor.double().numpy().copy() for name, tensor in training.model.state_dict().items()}


def with_average(training: Training) -> Any:
    """Another model that has the average for its weights."""
    assert training.average is not None
    config = training.config
    family: Any = load_family(config.type)
    model = family(CORPUS.vocabulary.size, family_settings(config.type, config.model), seeded(0))
    model.load_tensors(training.average.tensors)
    return model


@pytest.mark.parametrize("family", ["mlp", "batchnorm", "transformer"])
def test_the_average_is_that_of_the_formula(family: str) -> None:
    """avg = d avg + (1 - d) w, BatchNorm's means as well; d = (1 + t) / (10 + t) up to t = 12, then 0.6."""
    training = start(family)
    expected = copied(training)
    for step in range(1, 19):
        training.update()
        kept = min(DECAY, (1 + step) / (10 + step))
        for name, weight in copied(training).items():
            expected[name] = kept * expected[name] + (1 - kept) * weight
    assert training.average is not None
    assert set(training.average.tensors) == set(expected)
    for name, tensor in training.average.tensors.items():
        np.testing.assert_allclose(tensor.numpy(), expected[name], atol=1e-6, err_msg=name)
    assert any(abs(copied(training)[name] - expected[name]).max() > 1e-3 for name in expected)


def test_a_steady_average_keeps_its_share() -> None:
    """Far from the beginning d is what the settings say: a jump of the weights is left by 0.6 a step."""
    model = torch.nn.Linear(1, 1, bias=False)
    torch.nn.init.ones_(model.weight)
    average = Average(model, DECAY)
    torch.nn.init.zeros_(model.weight)
    for step in range(100, 103):
        average.update(step)
    assert average.tensors["weight"].item() == pytest.approx(DECAY**3)


def test_the_steps_are_those_without_an_average() -> None:
    plain, averaged = ([event for event in train(start(ema=ema)) if isinstance(event, Stepped)] for ema in (0.0, DECAY))
    assert plain == averaged


def test_losses_and_samples_are_those_of_the_average() -> None:
    training = start()
    looks = 0
    for event in train(training):
        if isinstance(event, Evaluated):
            model = with_average(training)
            assert event.dev_nll == pytest.approx(evaluate(model, CORPUS, training.sides.dev).nll, abs=1e-12)
            looks += event.step > 0
        if isinstance(event, Sampled) and event.step:
            own, training.average = training.average, None
            training.model.load_tensors(own.tensors)  # type: ignore[union-attr]
            assert training.sample() == event
            break
    assert looks == 1


def test_the_best_weights_are_averages() -> None:
    training = start(max_steps=4)
    list(train(training))
    assert training.average is not None and training.best_tensors is not None and training.best_step == 4
    assert all(torch.equal(training.best_tensors[name], tensor) for name, tensor in training.average.tensors.items())


def test_a_model_that_shows_its_average_gets_its_own_weights_back() -> None:
    training = start()
    for _ in range(5):
        training.update()
    before = {name: tensor.clone() for name, tensor in training.model.state_dict().items()}
    with pytest.raises(ZeroDivisionError), training.kept():
        assert not any(torch.equal(tensor, before[name]) for name, tensor in training.model.state_dict().items())
        raise ZeroDivisionError
    assert all(torch.equal(tensor, before[name]) for name, tensor in training.model.state_dict().items())


def of(data: bytes, prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): value for name, value in load(data).items() if name.startswith(prefix)}


def test_checkpoints_hold_the_average_as_the_model() -> None:
    training = start()
    for _ in range(5):
        training.update()
    assert training.average is not None
    state, alone = whole_state(training, 0.0), weights_alone(training)
    for data in (state, alone):
        assert all(torch.equal(of(data, "model.")[name], value) for name, value in training.average.tensors.items())
    assert all(torch.equal(of(state, "moving.")[name], value) for name, value in training.model.state_dict().items())
    assert not of(alone, "moving.")
    assert not of(whole_state(start(ema=0.0), 0.0), "moving.")


def test_a_run_keeps_measures_and_samples_from_the_average(runs_home: Path) -> None:
    training = start()
    list(train(training))
    assert training.average is not None
    folder = create_run(training.config, CORPUS, runs_home, "averaged")
    with Store(folder.database) as store:
        store.claim()
        assert process.run(folder, store, StopRequest()) == 0
        facts = store.facts()
    for name in ("final", "last"):
        tensors = read_tensors_numpy(folder, name)
        assert all((tensors[key] == value.numpy()).all() for key, value in training.average.tensors.items())
    best = open_source("averaged", home=runs_home)
    for side, indices in zip(("train", "dev", "test"), training.sides, strict=True):
        assert facts[f"best_{side}_nll"] == pytest.approx(evaluate(best.model, CORPUS, indices).nll, abs=1e-12)
    assert facts["best_dev_nll"] == pytest.approx(training.best_dev, abs=1e-6)


def test_a_fork_goes_on_as_the_run_would_have(runs_home: Path) -> None:
    """From `last` with nothing changed: the same losses. Without an average: from the average, as it was kept."""
    expected = [event.loss for event in train(start(max_steps=12)) if isinstance(event, Stepped)]
    folder = create_run(start(max_steps=6).config, CORPUS, runs_home, "short")
    with Store(folder.database) as store:
        store.claim()
        assert process.run(folder, store, StopRequest()) == 0
    forked = fork_run(folder, runs_home, checkpoint="last", name="forked", max_steps=12)
    with Store(forked.database) as store:
        store.claim()
        assert process.run(forked, store, StopRequest()) == 0
    assert [loss for _, loss in losses_of(forked)] == expected[6:]
    plain = fork_run(folder, runs_home, checkpoint="last", name="plain", max_steps=12, ema=0.0)
    tensors = load_file(checkpoint_path(plain, "start"))
    assert not any(name.startswith("moving.") for name in tensors)


def losses_of(folder: Any) -> list[tuple[int, float]]:
    from makemore_core.runs.view import RunReader

    series = RunReader(folder).poll().series["loss"]
    return list(zip(series.steps.tolist(), series.values.tolist(), strict=True))
