"""A new run that begins with the weights of another's checkpoint and goes on with changed settings.

It counts the steps on from there, so that the curves of both can be laid over each other. The checkpoint `last` holds
the state of the optimiser and of the random numbers as well: with no setting changed, the fork makes the numbers that
the first run would have made. Every other checkpoint holds the weights alone.

What is needed of the first run is copied into the new folder, as the checkpoint `start`: it may be renamed or deleted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from makemore_core.errors import RunError, SettingsError
from makemore_core.models.registry import FAMILIES
from makemore_core.runs.checkpoints import (
    MODEL,
    MOVING,
    CheckpointInfo,
    find_checkpoint,
    list_checkpoints,
    metadata,
    read_header,
)
from makemore_core.runs.checkpoints import write_checkpoint as write
from makemore_core.runs.folder import create_run
from makemore_core.runs.paths import RunFolder
from makemore_core.runs.store import Store
from makemore_core.training.config import ForkedFrom, TrainConfig, make_config

START = "start"
"""The name of the checkpoint that a fork begins with."""

FIRST = ("best", "last", "final")
"""The checkpoints that are offered before all others."""

FREE = ("dropout",)
"""Hyperparameters that say how a model is trained and not what its weights mean."""


@dataclass(frozen=True)
class ForkStart:
    """A checkpoint that a fork may begin with."""

    name: str
    step: int
    learning_rate: float
    """What the fork has where none is chosen: as it was last set by hand, where the checkpoint tells."""


def fork_starts(source: RunFolder) -> tuple[ForkStart, ...]:
    """What a fork of a run may begin with: best, last and final first, then all others from the latest step on.

    Raises RunError where there is nothing to go on from yet, SettingsError for a run without weights.
    """
    config = source.read_config()
    _refuse_counts(source, config)
    infos = {info.name: info for info in list_checkpoints(source)}
    names = [name for name in FIRST if name in infos] + [name for name in infos if name not in FIRST]
    if not names:
        raise RunError(f"{source.name} has no checkpoint yet: there is nothing to go on from")
    return tuple(_start(infos[name], config) for name in names)


def _start(info: CheckpointInfo, config: TrainConfig) -> ForkStart:
    header, _ = read_header(info.path)
    return ForkStart(info.name, info.step, float(header.get("learning_rate", config.learning_rate)))


def _refuse_counts(source: RunFolder, config: TrainConfig) -> None:
    if (family := FAMILIES.get(config.type)) is not None and family.counts:
        raise SettingsError(f"{source.name} is fitted by counting: there are no weights to go on from; train another")


def fork_run(
    source: RunFolder,
    home: Path,
    *,
    checkpoint: str = "best",
    name: str | None = None,
    model: Mapping[str, Any] | None = None,
    **changes: Any,
) -> RunFolder:
    """Make a run that goes on from a checkpoint of `source`; it is not started.

    `changes` are settings of training by their names in `TrainConfig`, `model` hyperparameters by theirs. What is not
    changed is as in `source`; the learning rate as it was last set by hand. A live run can be forked as well.
    Raises SettingsError for settings that do not fit, RunError where there is no such checkpoint or nothing to go on
    with, and what `create_run` raises.
    """
    info = find_checkpoint(source, checkpoint)
    config = forked_config(source, info, model or {}, changes)
    tensors = _tensors(info, source.read_config(), config)
    corpus = source.read_corpus()

    def fill(folder: RunFolder) -> None:
        from safetensors.numpy import save

        write(folder, START, save(tensors, metadata({"type": config.type, "step": info.step})))
        with Store(folder.database) as store:
            store.event("forked", info.step, run=source.name, checkpoint=info.name)

    return create_run(config, corpus, home, name, fill=fill)


def forked_config(
    source: RunFolder, info: CheckpointInfo, model: Mapping[str, Any], changes: Mapping[str, Any]
) -> TrainConfig:
    """The settings of a fork. Imports torch where a hyperparameter is changed. Raises SettingsError or RunError."""
    before = source.read_config()
    _refuse_counts(source, before)
    header, _ = read_header(info.path)
    values = {
        **before.model_dump(),
        "learning_rate": header.get("learning_rate", before.learning_rate),
        **changes,
        "model": _model(source.name, before, model),
        "forked_from": ForkedFrom(run=source.name, checkpoint=info.name, step=info.step),
    }
    config = make_config(values)
    if config.max_steps <= info.step:
        raise RunError(
            f"{source.name} had made {info.step:,} steps at its checkpoint {info.name}, and --max-steps is "
            f"{config.max_steps:,}: give the fork more steps in all than that"
        )
    return config


def _model(name: str, before: TrainConfig, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The hyperparameters of the fork: the weights are kept, so what they mean must be. Raises SettingsError."""
    changed = {key: value for key, value in wanted.items() if before.model.get(key, before) != value}
    unknown = [key for key in changed if key not in before.model]
    if unknown:
        raise SettingsError(f"{before.type} has no hyperparameter {unknown[0]}: it has {', '.join(before.model)}")
    fixed = [f"{key} ({before.model[key]})" for key in changed if key not in FREE]
    if fixed:
        raise SettingsError(
            f"a fork keeps the weights of {name}, so its model must stay as it is in {', '.join(fixed)}: "
            "for another model, train a new run"
        )
    if not changed:
        return before.model
    from makemore_core.models.registry import family_settings

    return family_settings(before.type, {**before.model, **changed}).model_dump()


def _tensors(info: CheckpointInfo, before: TrainConfig, config: TrainConfig) -> dict[str, Any]:
    """What the fork takes over: the weights, and of the rest what its settings leave its meaning. Raises RunError."""
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    kept = [MODEL, MOVING] if config.ema else [MODEL]
    kept += ["optimizer."] if config.optimizer == before.optimizer else []
    kept += ["random."] if config.seed == before.seed else []
    try:
        tensors = load_file(info.path)
    except (SafetensorError, OSError, KeyError) as error:
        raise RunError(f"{info.path}: the checkpoint cannot be read: {error}") from None
    return {key: tensor for key, tensor in tensors.items() if key.startswith(tuple(kept))}
