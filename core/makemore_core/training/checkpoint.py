"""The state of a training as bytes, and back: going on from it gives the same numbers, to the bit, on the CPU.

Tensors: `model.<name>`, `optimizer.<parameter>.<name>`, `random.batches` and `random.torch`, on an accelerator
`random.device`; the rest is in the JSON header. A checkpoint of weights alone has the model's tensors and the header.
Where the settings ask for the average of the weights, that is the model, and the weights that the steps move are
`moving.<name>`.
"""

import math
from collections.abc import Mapping
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor

from makemore_core.devices import random_state, set_random_state
from makemore_core.errors import RunError
from makemore_core.runs.checkpoints import MODEL, MOVING, checkpoint_path, metadata, read_header
from makemore_core.runs.paths import RunFolder
from makemore_core.training.events import Evaluated
from makemore_core.training.loop import Training
from makemore_core.training.noticing import DevNotes, LossNotes

_OPTIMIZER = "optimizer."
_BATCHES, _TORCH, _DEVICE = "random.batches", "random.torch", "random.device"


def whole_state(training: Training, seconds: float) -> bytes:
    """Everything that training needs to go on. `seconds` is the time spent in it so far."""
    tensors = _weights(_kept(training))
    if training.average is not None:
        tensors |= _weights(training.model.state_dict(), MOVING)
    tensors[_BATCHES] = training.batches.state(training.generator)
    tensors[_TORCH] = torch.get_rng_state()
    if (state := random_state(training.device)) is not None:
        tensors[_DEVICE] = state
    if training.optimizer is not None:
        for number, values in training.optimizer.state_dict()["state"].items():
            for name, value in values.items():
                if value is not None:
                    tensors[f"{_OPTIMIZER}{number}.{name}"] = torch.as_tensor(value)
    notes = {"dev_notes": training.dev_notes.as_header(), "loss_notes": training.loss_notes.as_header()}
    own = {"learning_rate": training.learning_rate, "seconds": seconds, **notes}
    header = {**_header(training, training.step), **own}
    return _bytes(tensors, header)


def weights_alone(training: Training) -> bytes:
    """The model as it is now."""
    return _bytes(_weights(_kept(training)), _header(training, training.step))


def best_weights(training: Training) -> bytes | None:
    """The model as it was at its best step; None where that is saved already."""
    if training.best_tensors is None or training.best_step is None:
        return None
    return _bytes(_weights(training.best_tensors), _header(training, training.best_step))


def restore(training: Training, folder: RunFolder) -> float | None:
    """Bring a new training to where the run's last checkpoint stands.

    Returns the seconds spent in training by then; None where the run has no checkpoint yet. Raises RunError where the
    checkpoint cannot be read or does not fit the settings.
    """
    path = checkpoint_path(folder, "last")
    if not path.exists():
        return None
    header, _ = read_header(path)
    try:
        _take_whole(training, load_file(path))
        training.step = header["step"]
        training.learning_rate = header["learning_rate"]
        training.best_step = header["best_step"]
        training.best_dev = math.inf if header["best_dev_nll"] is None else header["best_dev_nll"]
        training.dev_notes = DevNotes.from_header(header.get("dev_notes"))
        training.loss_notes = LossNotes.from_header(header.get("loss_notes"))
        return float(header["seconds"])
    except (SafetensorError, OSError, RuntimeError, KeyError, ValueError, TypeError) as error:
        raise RunError(f"{path}: the checkpoint does not fit this run: {error}") from None


def begin_fork(training: Training, folder: RunFolder) -> None:
    """Bring a new training to where the run that it was forked from stood: the weights, and what `start` holds beyond.

    What was best is found anew. Raises RunError where the checkpoint `start` is missing, damaged, or does not fit.
    """
    path = checkpoint_path(folder, "start")
    header, _ = read_header(path)
    try:
        tensors = load_file(path)
        take = _take_whole if _BATCHES in tensors else _take_weights
        take(training, tensors)
        training.step = header["step"]
    except (SafetensorError, OSError, RuntimeError, KeyError, ValueError, TypeError) as error:
        raise RunError(f"{path}: the weights that this run was to begin with do not fit it: {error}") from None


def measure_best(training: Training, folder: RunFolder) -> Evaluated | None:
    """The losses of the run's checkpoint `best` on all items of each side; None where there is none.

    For the end of a run: the training has the weights of `best` afterwards.
    """
    path = checkpoint_path(folder, "best")
    if training.best_step is None or not path.exists():
        return None
    if training.best_step != training.step or training.average is not None:
        try:
            training.model.load_tensors(_below(MODEL, load_file(path)))
        except (SafetensorError, RuntimeError, ValueError):
            return None
    return training.measure_all()


def _header(training: Training, step: int) -> dict[str, Any]:
    return {
        "type": training.config.type,
        "step": step,
        "best_step": training.best_step,
        "best_dev_nll": training.best_dev if math.isfinite(training.best_dev) else None,
    }


def _kept(training: Training) -> Mapping[str, Tensor]:
    """The weights that are kept: their average, where there is one."""
    return training.model.state_dict() if training.average is None else training.average.tensors


def _take_weights(training: Training, tensors: Mapping[str, Tensor]) -> None:
    """Go on from these: from `moving` where they are told apart from the model's."""
    kept = _below(MODEL, tensors)
    training.model.load_tensors(_below(MOVING, tensors) or kept)
    if training.average is not None:
        training.average.take(kept)


def _take_whole(training: Training, tensors: Mapping[str, Tensor]) -> None:
    """Go on from a whole state: weights, random numbers, and what the optimizer remembers."""
    _take_weights(training, tensors)
    training.batches.go_on(training.generator, tensors[_BATCHES])
    torch.set_rng_state(tensors[_TORCH])
    if _DEVICE in tensors:
        set_random_state(training.device, tensors[_DEVICE])
    if training.optimizer is not None:
        training.optimizer.load_state_dict(_optimizer_state(training.optimizer, tensors))


def _weights(state: Mapping[str, Tensor], prefix: str = MODEL) -> dict[str, Tensor]:
    return {prefix + name: tensor for name, tensor in state.items()}


def _bytes(tensors: Mapping[str, Tensor], header: Mapping[str, Any]) -> bytes:
    # Each tensor by itself: safetensors keeps no two that share their memory, as tied weights do.
    separate = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()}
    return save(separate, metadata(header))


def _optimizer_state(optimizer: torch.optim.Optimizer, tensors: Mapping[str, Tensor]) -> dict[str, Any]:
    state: dict[int, dict[str, Tensor]] = {}
    for name, tensor in _below(_OPTIMIZER, tensors).items():
        number, _, part = name.partition(".")
        state.setdefault(int(number), {})[part] = tensor
    return {"state": state, "param_groups": optimizer.state_dict()["param_groups"]}


def _below(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
