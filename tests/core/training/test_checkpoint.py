"""Going on from a checkpoint: the same numbers, to the bit, as never having stopped."""

import random
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from makemore_core.errors import RunError
from makemore_core.models.registry import FAMILIES, build_model, load_family
from makemore_core.runs.checkpoints import checkpoint_path, read_header, read_tensors_numpy, write_checkpoint
from makemore_core.runs.folder import RunFolder, create_run
from makemore_core.training import ahead
from makemore_core.training.checkpoint import best_weights, restore, weights_alone, whole_state
from makemore_core.training.config import TrainConfig, default_config
from makemore_core.training.events import Evaluated, Stepped
from makemore_core.training.loop import Training, train
from tests.core.models import small_corpus

CORPUS = small_corpus(*[first + second for first in ("em", "oli", "av", "isab") for second in ("ma", "via", "ella")])
TRAINED = [name for name, family in FAMILIES.items() if not family.counts]

OPTIMIZERS: list[dict[str, Any]] = [
    {"optimizer": "adamw", "learning_rate": 1e-2, "schedule": "cosine", "warmup": 2, "grad_clip": 0.5},
    {"optimizer": "sgd", "learning_rate": 0.5, "momentum": 0.9, "weight_decay": 0.01, "l2_mean": 0.1},
    {"optimizer": "sgd", "learning_rate": 5.0},
    {"optimizer": "adamw", "learning_rate": 1e-2, "ema": 0.8},
    {"optimizer": "adamw", "learning_rate": 1e-2, "targets": "expected"},
]


@pytest.fixture(autouse=True)
def few_batches_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some of them are used before the checkpoint and some after it, and then more are made."""
    monkeypatch.setattr(ahead, "CELLS", 200)


def small(family: str) -> dict[str, Any]:
    """Sizes that make the steps short; what a state holds does not depend on them."""
    wanted = {"embedding": 8, "hidden": 8, "layers": 2, "heads": 2}
    return {name: size for name, size in wanted.items() if name in load_family(family).Settings.model_fields}


def start(config: TrainConfig) -> Training:
    return Training(config, CORPUS, config.split.sides(CORPUS))


def go_on(training: Training, until: int) -> list[Any]:
    """The events up to a step."""
    told = []
    for event in train(training):
        told.append(event)
        if training.step == until and isinstance(event, Stepped):
            break
    return told


def weights(training: Training) -> dict[str, Tensor]:
    return {name: tensor.clone() for name, tensor in training.model.state_dict().items()}


@pytest.fixture
def config() -> TrainConfig:
    return default_config("bigram", CORPUS, max_steps=8, sample_items=1)


@pytest.fixture
def folder(runs_home: Path, config: TrainConfig) -> RunFolder:
    return create_run(config, CORPUS, runs_home)


@pytest.mark.parametrize("options", OPTIMIZERS, ids=["adamw", "momentum", "sgd", "averaged", "expected"])
@pytest.mark.parametrize("batch_by", ["items", "positions"])
@pytest.mark.parametrize("family", TRAINED)
def test_every_later_number_is_the_same(runs_home: Path, family: str, batch_by: str, options: dict[str, Any]) -> None:
    model = small(family)
    limited = build_model(family, CORPUS.vocabulary.size, model, seed=1).context is not None
    if batch_by == "positions" and not limited:
        pytest.skip("positions are for models with a limited context")
    config = default_config(
        family, CORPUS, model=model, batch_by=batch_by, batch_size=4, max_steps=6, sample_items=1, **options
    )
    folder = create_run(config, CORPUS, runs_home)
    whole = start(config)
    go_on(whole, until=3)
    write_checkpoint(folder, "last", whole_state(whole, 1.5))
    rest = go_on(whole, until=6)

    torch.manual_seed(999)  # a new process starts from anywhere
    again = start(config)
    assert restore(again, folder) == 1.5
    assert again.step == 3
    assert go_on(again, until=6) == rest
    assert weights_alone(again) == weights_alone(whole)
    assert all(torch.equal(tensor, weights(again)[name]) for name, tensor in weights(whole).items())


SCHEDULES: list[dict[str, Any]] = [
    {"schedule": "constant", "warmup": 3},
    {"schedule": "linear", "final_factor": 0.1},
    {"schedule": "cosine", "warmup": 2},
    {"schedule": "step", "decay_at": (0.3, 0.6)},
]


@pytest.mark.parametrize("family", TRAINED)
def test_killed_at_any_step_with_dropout_and_any_schedule(runs_home: Path, family: str) -> None:
    """The step and the settings are drawn anew for each family, the same ones in each run of the tests."""
    draw = random.Random(family)
    fields = load_family(family).Settings.model_fields
    optimizer = draw.choice(OPTIMIZERS)
    config = default_config(
        family,
        CORPUS,
        model={**small(family), **({"dropout": 0.4} if "dropout" in fields else {})},
        batch_size=4,
        max_steps=9,
        eval_interval=2,
        sample_interval=3,
        sample_items=1,
        **{**optimizer, "warmup": 0, **draw.choice(SCHEDULES), "batch_by": "items", "learning_rate": 0.05},
    )
    folder = create_run(config, CORPUS, runs_home)
    killed = draw.randint(1, 8)
    whole = start(config)
    go_on(whole, until=killed)
    write_checkpoint(folder, "last", whole_state(whole, 0.0))
    rest = list(train(whole))
    torch.manual_seed(999)
    again = start(config)
    restore(again, folder)
    assert list(train(again)) == rest
    assert weights_alone(again) == weights_alone(whole)
    assert sum(isinstance(event, Stepped) for event in rest) == 9 - killed


def test_dropout_goes_on_where_it_was(folder: RunFolder, config: TrainConfig) -> None:
    """torch's own random numbers, of which dropout takes its own, are part of the state."""
    training = start(config)
    torch.rand(7)
    write_checkpoint(folder, "last", whole_state(training, 0.0))
    expected = torch.rand(5)
    again = start(config)
    restore(again, folder)
    assert torch.equal(torch.rand(5), expected)


def test_what_a_person_changed_and_the_best_so_far_are_kept(folder: RunFolder, config: TrainConfig) -> None:
    training = start(config)
    go_on(training, until=4)
    training.set_rate(3.5)
    write_checkpoint(folder, "last", whole_state(training, 0.0))
    again = start(config)
    restore(again, folder)
    assert again.rate() == 3.5
    assert (again.best_dev, again.best_step) == (training.best_dev, training.best_step)
    assert again.best_step is not None


def test_nothing_to_go_on_from(folder: RunFolder, config: TrainConfig) -> None:
    assert restore(start(config), folder) is None


def test_counts_come_back(runs_home: Path) -> None:
    config = default_config("ngram", CORPUS)
    folder = create_run(config, CORPUS, runs_home)
    training = start(config)
    *_, expected, samples, _ = train(training)
    write_checkpoint(folder, "last", whole_state(training, 0.0))
    again = start(config)
    restore(again, folder)
    found, drawn, _ = train(again)
    assert (found.dev_nll, found.test_nll, drawn) == (expected.dev_nll, expected.test_nll, samples)


def test_the_best_weights_are_saved_once(folder: RunFolder, config: TrainConfig) -> None:
    training = start(config.changed(eval_interval=3))
    kept = {}
    for event in train(training):
        if isinstance(event, Evaluated) and event.is_best:
            kept = weights(training)
    data = best_weights(training)
    assert data is not None
    write_checkpoint(folder, "best", data)
    assert read_header(checkpoint_path(folder, "best"))[0]["step"] == training.best_step
    assert torch.equal(torch.from_numpy(read_tensors_numpy(folder, "best")["weight"]), kept["weight"])
    training.best_tensors = None
    assert best_weights(training) is None


def test_tied_weights_are_kept(folder: RunFolder, config: TrainConfig) -> None:
    training = start(config)
    training.model.register_parameter("twin", training.model.get_parameter("weight"))
    write_checkpoint(folder, "final", weights_alone(training))
    tensors = load_file(checkpoint_path(folder, "final"))
    assert torch.equal(tensors["model.twin"], tensors["model.weight"])


def test_a_checkpoint_that_does_not_fit_is_told(folder: RunFolder, config: TrainConfig) -> None:
    other = small_corpus("abcdefghijklmnopqrstuvwxyz", "another")
    larger = Training(default_config("bigram", other), other, config.split.sides(other))
    write_checkpoint(folder, "last", whole_state(larger, 0.0))
    with pytest.raises(RunError, match="does not fit this run"):
        restore(start(config), folder)
    checkpoint_path(folder, "last").write_bytes(whole_state(start(config), 0.0)[:-1])
    with pytest.raises(RunError, match="cut short"):
        restore(start(config), folder)
    write_checkpoint(folder, "last", weights_alone(start(config)))
    with pytest.raises(RunError, match="does not fit this run"):
        restore(start(config), folder)
