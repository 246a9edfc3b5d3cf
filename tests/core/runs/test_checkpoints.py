"""Checkpoint files: whole or not there, readable without torch, damage told."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save

from makemore_core.errors import RunError
from makemore_core.runs import paths
from makemore_core.runs.checkpoints import (
    checkpoint_path,
    find_checkpoint,
    list_checkpoints,
    metadata,
    read_info,
    read_tensors_numpy,
    write_checkpoint,
)
from tests.core.runs.making import make_run


def checkpoint(step: int = 0) -> bytes:
    tensors = {"model.weight": np.full((2, 2), step, np.float32), "optimizer.0.step": np.zeros(3)}
    return save(tensors, metadata({"step": step}))


def test_the_weights_come_back_without_the_rest(runs_home: Path) -> None:
    folder = make_run(runs_home)
    write_checkpoint(folder, "last", checkpoint(3))
    tensors = read_tensors_numpy(folder, "last")
    assert tensors.keys() == {"weight"}
    assert tensors["weight"].tolist() == [[3, 3], [3, 3]]


def test_the_best_that_there_is_is_found(runs_home: Path) -> None:
    folder = make_run(runs_home)
    with pytest.raises(RunError, match="no checkpoint 'best' yet"):
        find_checkpoint(folder)
    for name, step in (("last", 5), ("final", 7), ("best", 3)):
        write_checkpoint(folder, name, checkpoint(step))
        assert find_checkpoint(folder).name == name
    assert find_checkpoint(folder, "last").step == 5
    assert [(info.name, info.step) for info in list_checkpoints(folder)] == [("final", 7), ("last", 5), ("best", 3)]
    with pytest.raises(RunError, match="no checkpoint 'other': it has final, last, best"):
        find_checkpoint(folder, "other")
    with pytest.raises(RunError, match="cannot be the name"):
        find_checkpoint(folder, "../../secret")


def test_a_write_that_fails_leaves_the_checkpoint_before(runs_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_run(runs_home)
    write_checkpoint(folder, "last", checkpoint(1))

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(paths.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_checkpoint(folder, "last", checkpoint(2))
    assert find_checkpoint(folder, "last").step == 1
    assert [path.name for path in folder.checkpoints.iterdir()] == ["last.safetensors"]


@given(cut=st.integers(0, len(checkpoint()) - 1))
def test_a_file_that_is_cut_short_is_told(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    path = tmp_path_factory.mktemp("cut") / "last.safetensors"
    path.write_bytes(checkpoint()[:cut])
    with pytest.raises(RunError, match="damaged"):
        read_info(path)


@given(data=st.binary(max_size=200))
def test_other_files_are_told(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    folder = make_run(tmp_path_factory.mktemp("runs"))
    checkpoint_path(folder, "last").write_bytes(data)
    with pytest.raises(RunError, match=r"last\.safetensors"):
        read_tensors_numpy(folder, "last")
    assert list_checkpoints(folder) == ()
