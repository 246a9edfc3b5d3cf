"""Which weights of a run can be looked at, and which of them a step means."""

import os

import numpy as np
import pytest
from safetensors.numpy import save

from makemore_core.errors import RunError
from makemore_core.runs.checkpoints import metadata, snapshot_name, write_checkpoint
from makemore_core.runs.looking_back import kept_weights, nearest_step
from tests.core.runs.making import make_run


def put(folder, name, step):
    write_checkpoint(folder, name, save({"model.weight": np.zeros((2, 2), np.float32)}, metadata({"step": step})))


@pytest.fixture
def folder(tmp_path):
    folder = make_run(tmp_path)
    for step in (0, 10, 100):
        put(folder, snapshot_name(step), step)
    return folder


def test_the_newest_is_the_last_checkpoint_or_a_later_snapshot(folder):
    assert kept_weights(folder).newest.name == "step-000100"  # no `last` yet
    put(folder, "last", 60)
    assert kept_weights(folder).newest.name == "step-000100"
    put(folder, "last", 100)
    assert kept_weights(folder).newest.name == "last"
    put(folder, "last", 120)
    assert kept_weights(folder).steps == (0, 10, 100)
    assert kept_weights(folder).at(None).name == "last"


def test_another_checkpoint_may_stand_for_the_newest(folder):
    put(folder, "best", 10)
    kept = kept_weights(folder, "best")
    assert (kept.newest.name, kept.steps) == ("best", (0, 10, 100))
    assert kept.at(None).name == "best"
    assert kept.at(10).name == "step-000010"


def test_where_nothing_is_kept_a_step_means_the_newest(tmp_path):
    folder = make_run(tmp_path)
    put(folder, "last", 60)
    assert kept_weights(folder).at(10).name == "last"


def test_a_step_that_is_gone_gives_way_to_the_nearest_on_a_log_scale(folder):
    put(folder, "last", 120)
    kept = kept_weights(folder)
    assert kept.at(10).name == "step-000010"
    assert kept.at(30).name == "step-000010"  # 30 lies a factor of 2.8 above 10 and one of 3.3 below 100
    assert kept.at(40).name == "step-000100"
    assert kept.at(100_000).name == "step-000100"
    (folder.checkpoints / "step-000010.safetensors").unlink()
    assert kept_weights(folder).at(10).name == "step-000100"  # 10 is nearer to 100 than 0 is: ln 11 - 0 > ln 101/11


def test_the_nearest_step_is_the_earlier_of_two_that_are_equally_near():
    assert nearest_step([0, 3], 1) == 0  # ln 1, ln 2, ln 4
    assert nearest_step([0, 2], 1) == 2


def test_a_run_without_weights_is_an_error(tmp_path):
    with pytest.raises(RunError, match="no checkpoint 'last' yet"):
        kept_weights(make_run(tmp_path))


def test_what_is_known_is_not_read_again(folder, monkeypatch):
    put(folder, "last", 120)
    known = kept_weights(folder).snapshots
    for info in known:  # as it was by its size and time, but no longer readable
        info.path.write_bytes(b"x" * info.bytes)
        os.utime(info.path, ns=(info.modified, info.modified))
    assert kept_weights(folder, known=known).snapshots == known
    assert kept_weights(folder).snapshots == ()
