"""Time travel: weights kept at steps ever further apart, the same ones whatever happened on the way."""

from pathlib import Path

import pytest
import torch

from makemore_core.errors import RunError
from makemore_core.runs.checkpoints import (
    find_checkpoint,
    list_checkpoints,
    list_snapshots,
    name_all,
    read_tensors_numpy,
    snapshot_name,
    write_checkpoint,
)
from makemore_core.runs.folder import RunFolder
from makemore_core.runs.store import Store
from makemore_core.runs.view import RunReader
from makemore_core.sources import run_source
from makemore_core.training import process, snapshots
from makemore_core.training.loop import Training
from makemore_core.training.snapshots import planned_steps
from makemore_core.training.stopping import StopRequest
from tests.core.models import small_corpus
from tests.core.runs.making import make_run


def train_here(folder: RunFolder) -> int:
    with Store(folder.database) as store:
        store.claim()
        return process.run(folder, store, StopRequest())


def steps_of(folder: RunFolder) -> list[int]:
    return [info.step for info in list_snapshots(folder)]


@pytest.mark.parametrize(
    ("last", "most", "steps"),
    [
        (100, 11, [0, 1, 2, 5, 10, 20, 50, 100]),
        (100, 24, [0, 1, 2, 3, 5, 7, 10, 20, 30, 50, 70, 100]),
        (60, 10, [0, 1, 2, 5, 10, 20, 50, 60]),
        (10_000, 7, [0, 1, 10, 100, 1000, 10_000]),
        (10_000, 3, [0, 10, 10_000]),
        (10_000, 2, [0, 10_000]),
        (1, 24, [0, 1]),
        (10_000, 1, []),
        (10_000, 0, []),
        (0, 24, []),
    ],
)
def test_the_steps(last: int, most: int, steps: list[int]) -> None:
    assert list(planned_steps(last, most)) == steps


@pytest.mark.parametrize("last", [1, 9, 4_500, 10_000, 200_000, 1 << 40])
@pytest.mark.parametrize("most", [2, 5, 24, 1000])
def test_their_number_is_bounded_and_the_ends_are_there(last: int, most: int) -> None:
    steps = planned_steps(last, most)
    assert len(steps) <= most
    assert list(steps) == sorted(set(steps))
    assert (steps[0], steps[-1]) == (0, last)


def test_of_a_longer_run_fewer_are_needed_and_they_are_there() -> None:
    short, long = planned_steps(10_000, 24), planned_steps(10_000_000, 24)
    assert {step for step in long if step <= 10_000} <= set(short)


def test_snapshots_hold_the_weights_of_their_steps(runs_home: Path) -> None:
    folder = make_run(runs_home, max_steps=10)
    assert train_here(folder) == 0
    assert steps_of(folder) == [0, 1, 2, 3, 5, 7, 10]
    corpus = small_corpus()
    config = folder.read_config()
    training = Training(config, corpus, config.split.sides(corpus))
    for step in range(11):
        if step in steps_of(folder):
            expected = training.model.state_dict()["weight"].numpy()
            for name in (f"step-{step}", snapshot_name(step)):
                assert read_tensors_numpy(folder, name)["weight"].tobytes() == expected.tobytes()
        training.update()
    source = run_source(folder.name, runs_home, "step-3")
    expected = read_tensors_numpy(folder, "step-3")["weight"]
    assert torch.equal(source.model.state_dict()["weight"], torch.from_numpy(expected))
    assert find_checkpoint(folder, "step-000007").step == 7
    assert RunReader(folder).poll().snapshots == list_snapshots(folder)


def test_a_run_that_goes_on_has_those_of_one_that_never_stopped(runs_home: Path) -> None:
    """What is later than the checkpoint that it goes on from is removed, and the end of the shorter run."""
    whole, broken = (make_run(runs_home, name=name, max_steps=101, snapshots=9) for name in ("whole", "broken"))
    assert train_here(whole) == 0
    broken.write_config(broken.read_config().changed(max_steps=40))
    assert train_here(broken) == 0
    assert steps_of(broken) == [0, 1, 2, 5, 10, 20, 40]
    write_checkpoint(broken, snapshot_name(70), find_checkpoint(whole, "step-100").path.read_bytes())
    broken.write_config(broken.read_config().changed(max_steps=101))
    assert train_here(broken) == 0
    assert steps_of(broken) == steps_of(whole) == [0, 1, 2, 5, 10, 20, 50, 100, 101]
    for step in steps_of(whole):
        first, second = (read_tensors_numpy(folder, f"step-{step}")["weight"] for folder in (whole, broken))
        assert first.tobytes() == second.tobytes()


def test_they_are_bounded_in_bytes(runs_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_run(runs_home, max_steps=10)
    weights = (len(small_corpus().vocabulary.characters) + 1) ** 2 * 4
    monkeypatch.setattr(snapshots, "MOST_BYTES", 3 * weights)
    assert train_here(folder) == 0
    assert steps_of(folder) == [0, 1, 10]


def test_none_where_none_are_wanted_or_nothing_lies_between(runs_home: Path) -> None:
    without = make_run(runs_home, max_steps=3, snapshots=0)
    counts = make_run(runs_home, type="counts", max_steps=1)
    for folder in (without, counts):
        assert train_here(folder) == 0
        assert steps_of(folder) == []
        assert {info.name for info in list_checkpoints(folder)} >= {"last", "final"}


def test_names_and_what_is_not_there(runs_home: Path) -> None:
    folder = make_run(runs_home, max_steps=10)
    assert train_here(folder) == 0
    assert name_all(list_checkpoints(folder)) == "best, final, last, step-0 to step-10 (7)"
    with pytest.raises(RunError, match=r"has no checkpoint of step 4: the nearest are step-3 and step-5$"):
        find_checkpoint(folder, "step-4")
    with pytest.raises(RunError, match=r"has no checkpoint of step 11: the nearest are step-10$"):
        find_checkpoint(folder, "step-11")
    with pytest.raises(RunError, match=r"has no checkpoint 'other': it has best, final, last, step-0 to step-10 \(7\)"):
        find_checkpoint(folder, "other")


def test_what_is_known_is_not_read_again(runs_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_run(runs_home, max_steps=2)
    assert train_here(folder) == 0
    known = list_checkpoints(folder)
    find_checkpoint(folder, "step-1").path.write_bytes(b"damaged")
    monkeypatch.setattr("makemore_core.runs.checkpoints.read_info", lambda path: pytest.fail(f"{path} is read"))
    (folder.checkpoints / "step-000001.safetensors").unlink()
    assert list_checkpoints(folder, known) == tuple(info for info in known if info.name != "step-000001")
