"""Checkpoints: everything that training needs to go on, as safetensors with a JSON header. No pickle anywhere.

Three names are always meant the same: `last` holds the whole state and is what a run resumes from; `best` holds the
weights with the lowest loss on dev; `final` the weights at the end. The snapshots `step-000100` hold the weights at
that step, for looking back. Other names are other moments of the run.

Tensors of the model are called `model.` and their name in it.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from makemore_core.errors import RunError
from makemore_core.runs.paths import RunFolder, write_file

MODEL = "model."
MOVING = "moving."
"""What the weights are called that the steps move, where the model is their average."""
_SUFFIX = ".safetensors"
_LONGEST_HEADER = 100_000_000  # what the safetensors library itself accepts
_SNAPSHOT = re.compile(r"step-(\d+)")
_ORDER = {"best": ("best", "final", "last"), "final": ("final", "last", "best"), "last": ("last", "final", "best")}


@dataclass(frozen=True)
class CheckpointInfo:
    """One checkpoint, without its tensors."""

    name: str
    path: Path
    step: int
    bytes: int
    modified: int
    """When it was written, in nanoseconds since 1970: it tells whether the file is still the one that was read."""


def write_checkpoint(folder: RunFolder, name: str, data: bytes) -> None:
    """Put a serialised checkpoint in its place: it is there whole, or the one before it still is. Raises OSError."""
    write_file(checkpoint_path(folder, name), [data])


def checkpoint_path(folder: RunFolder, name: str) -> Path:
    """Where a checkpoint of this name lies."""
    return folder.checkpoints / f"{name}{_SUFFIX}"


def snapshot_name(step: int) -> str:
    """What the checkpoint of weights alone at a step is called: `step-000100`."""
    return f"step-{step:06d}"


def snapshot_step(name: str) -> int | None:
    """The step of `step-000100`, also where it is written `step-100`; None for all other names."""
    matched = _SNAPSHOT.fullmatch(name)
    return int(matched[1]) if matched else None


def list_checkpoints(folder: RunFolder, known: Iterable[CheckpointInfo] = ()) -> tuple[CheckpointInfo, ...]:
    """The checkpoints of a run, the latest step first; files that cannot be read are left out.

    Those that are `known` and have not been written since are not read again.
    """
    by_path = {info.path: info for info in known}
    found: list[CheckpointInfo] = []
    for path in _files(folder):
        try:
            info = by_path.get(path)
            found.append(info if info is not None and _is_as_it_was(info) else read_info(path))
        except RunError:
            continue
    return tuple(sorted(found, key=lambda info: (-info.step, info.name)))


def list_snapshots(folder: RunFolder, known: Iterable[CheckpointInfo] = ()) -> tuple[CheckpointInfo, ...]:
    """Those of them that were kept for looking back, the first step first."""
    return snapshots_among(list_checkpoints(folder, known))


def snapshots_among(infos: Iterable[CheckpointInfo]) -> tuple[CheckpointInfo, ...]:
    """Of some checkpoints, those that were kept for looking back, the first step first."""
    return tuple(sorted((info for info in infos if snapshot_step(info.name) is not None), key=lambda info: info.step))


def name_all(infos: Iterable[CheckpointInfo]) -> str:
    """The checkpoints of a run in a few words: `best, final, last, and step-0 to step-1000 (10)`."""
    infos = list(infos)
    steps = sorted(info.step for info in infos if snapshot_step(info.name) is not None)
    names = [info.name for info in infos if snapshot_step(info.name) is None]
    if len(steps) == 1:
        names.append(f"step-{steps[0]}")
    elif steps:
        names.append(f"step-{steps[0]} to step-{steps[-1]} ({len(steps)})")
    return ", ".join(names)


def _is_as_it_was(info: CheckpointInfo) -> bool:
    try:
        status = info.path.stat()
    except OSError:
        return False
    return (status.st_size, status.st_mtime_ns) == (info.bytes, info.modified)


def _files(folder: RunFolder) -> Iterable[Path]:
    try:
        return [path for path in folder.checkpoints.iterdir() if not path.name.startswith(".")]
    except OSError:
        return []


def find_checkpoint(folder: RunFolder, name: str = "best") -> CheckpointInfo:
    """The checkpoint of this name; for `best`, `final` and `last`, the next best where it is not there.

    `step-100` is short for `step-000100`.

    Raises RunError where the run has none, or the file is damaged.
    """
    if "/" in name or "\\" in name or name.startswith("."):
        raise RunError(f"{folder.name}: {name!r} cannot be the name of a checkpoint")
    wanted = name.removesuffix(_SUFFIX)
    if (step := snapshot_step(wanted)) is not None:
        wanted = snapshot_name(step)
    for candidate in _ORDER.get(wanted, (wanted,)):
        if (path := checkpoint_path(folder, candidate)).exists():
            return read_info(path)
    infos = list_checkpoints(folder)
    if step is not None and (near := _nearest(infos, step)):
        raise RunError(f"{folder.name} has no checkpoint of step {step:,}: the nearest are {near}")
    has = f": it has {name_all(infos)}" if infos else " yet"
    raise RunError(f"{folder.name} has no checkpoint {wanted!r}{has}")


def _nearest(infos: Iterable[CheckpointInfo], step: int) -> str:
    """The snapshots on both sides of a step, in a few words."""
    steps = [info.step for info in infos if snapshot_step(info.name) is not None]
    before, after = (
        max((s for s in steps if s < step), default=None),
        min((s for s in steps if s > step), default=None),
    )
    return " and ".join(f"step-{found}" for found in (before, after) if found is not None)


def read_info(path: Path) -> CheckpointInfo:
    """What a checkpoint says of itself. Raises RunError where it is not one or is cut short."""
    header, status = read_header(path)
    return CheckpointInfo(path.name.removesuffix(_SUFFIX), path, int(header.get("step", 0)), status[0], status[1])


def read_header(path: Path) -> tuple[dict[str, Any], tuple[int, int]]:
    """The JSON header of a checkpoint, and the size and the time of the file. Raises RunError."""
    try:
        with path.open("rb") as stream:
            size = int.from_bytes(stream.read(8), "little")
            if not 2 <= size <= _LONGEST_HEADER:
                raise ValueError("it has no header")
            entries = json.loads(stream.read(size))
        status = path.stat()
        end = max((entry["data_offsets"][1] for key, entry in entries.items() if key != "__metadata__"), default=0)
        if status.st_size < 8 + size + end:
            raise ValueError("it is cut short")
        header = json.loads(entries.get("__metadata__", {}).get("makemore", "{}"))
    except OSError as error:
        raise RunError(f"{path}: the checkpoint cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise RunError(f"{path}: this is not a checkpoint, or it is damaged: {error}") from None
    return header, (status.st_size, status.st_mtime_ns)


def read_tensors_numpy(folder: RunFolder, name: str = "last") -> dict[str, NDArray[Any]]:
    """The model's tensors of a checkpoint, by their names in the model, without torch. Raises RunError."""
    from safetensors import SafetensorError, safe_open

    path = find_checkpoint(folder, name).path
    try:
        with safe_open(path, framework="np") as file:
            names = [name for name in file.keys() if name.startswith(MODEL)]  # noqa: SIM118 (not a mapping)
            return {name.removeprefix(MODEL): np.asarray(file.get_tensor(name)) for name in names}
    except (SafetensorError, OSError) as error:
        raise RunError(f"{path}: the checkpoint cannot be read: {error}") from None


def metadata(header: Mapping[str, Any]) -> dict[str, str]:
    """A header in the form in which safetensors keeps it."""
    return {"makemore": json.dumps(header, allow_nan=False)}
