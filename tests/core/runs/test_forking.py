"""New runs from the checkpoints of others."""

from pathlib import Path

import numpy as np
import pytest

from makemore_core.errors import RunError, SettingsError
from makemore_core.runs.checkpoints import checkpoint_path, read_tensors_numpy
from makemore_core.runs.commands import send
from makemore_core.runs.deleting import delete_run
from makemore_core.runs.forking import fork_run, fork_starts
from makemore_core.runs.listing import summarise
from makemore_core.runs.paths import RunFolder
from makemore_core.runs.store import Store
from makemore_core.runs.view import RunReader
from makemore_core.training import process
from makemore_core.training.config import ForkedFrom
from makemore_core.training.stopping import StopRequest
from tests.core.runs.making import make_run

ADAMW = {"batch_by": "items", "batch_size": 4, "learning_rate": 1e-2, "eval_interval": 4, "sample_interval": 50}


def train(folder: RunFolder) -> RunFolder:
    with Store(folder.database) as store:
        store.claim()
        assert process.run(folder, store, StopRequest()) == 0
    return folder


def weights(folder: RunFolder, name: str) -> np.ndarray:
    (tensor,) = read_tensors_numpy(folder, name).values()
    return tensor


def test_a_fork_of_the_last_moment_makes_the_numbers_of_never_having_stopped(runs_home: Path) -> None:
    whole = train(make_run(runs_home, name="whole", max_steps=20, **ADAMW))
    first = train(make_run(runs_home, name="first", max_steps=12, **ADAMW))
    fork = train(fork_run(first, runs_home, checkpoint="last", max_steps=20))
    assert np.array_equal(weights(fork, "final"), weights(whole, "final"))
    then, now = (RunReader(folder).poll().series["loss"] for folder in (whole, fork))
    assert now.steps.tolist() == list(range(12, 20))
    assert now.values.tolist() == then.values.tolist()[12:]


def test_a_fork_says_where_it_is_from_and_needs_it_no_more(runs_home: Path) -> None:
    first = train(make_run(runs_home, name="first", max_steps=12, **ADAMW))
    fork = fork_run(first, runs_home, checkpoint="final", name="second", max_steps=16, learning_rate=0.5)
    config = fork.read_config()
    assert config.forked_from == ForkedFrom(run="first", checkpoint="final", step=12)
    assert config.learning_rate == 0.5
    assert config.changed(forked_from=None, max_steps=12, learning_rate=1e-2) == first.read_config()
    assert summarise(fork).forked_from == config.forked_from
    assert np.array_equal(weights(fork, "start"), weights(first, "final"))
    delete_run(first)
    view = RunReader(train(fork)).poll()
    assert [event.kind for event in view.events] == ["forked", "started", "finished"]
    assert (view.state, view.step, view.events[1].step) == ("finished", 16, 12)
    assert view.best_step is not None
    assert view.best_step >= 12  # the best of the fork is its own


def test_best_is_what_a_fork_begins_with_by_itself(runs_home: Path) -> None:
    first = train(make_run(runs_home, max_steps=12, **ADAMW))
    best = RunReader(first).poll().best_step
    fork = fork_run(first, runs_home, max_steps=100)
    assert fork.read_config().forked_from == ForkedFrom(run=first.name, checkpoint="best", step=best)


def test_a_rate_that_was_set_by_hand_is_taken_over(runs_home: Path) -> None:
    folder = make_run(runs_home, max_steps=12, **ADAMW)
    with Store(folder.database) as store:
        store.claim()
        send(folder, "learning_rate", 0.125)
        assert process.run(folder, store, StopRequest()) == 0
    assert fork_run(folder, runs_home, checkpoint="last", max_steps=20).read_config().learning_rate == 0.125
    chosen = fork_run(folder, runs_home, checkpoint="last", max_steps=20, learning_rate=0.5)
    assert chosen.read_config().learning_rate == 0.5
    rates = {start.name: start.learning_rate for start in fork_starts(folder)}
    assert (rates["last"], rates["best"]) == (0.125, 1e-2)


def test_what_a_fork_may_begin_with_is_listed_as_it_is_most_wanted(runs_home: Path) -> None:
    folder = make_run(runs_home, max_steps=12, **ADAMW)
    with pytest.raises(RunError, match="no checkpoint yet"):
        fork_starts(folder)
    starts = fork_starts(train(folder))
    assert [start.name for start in starts[:3]] == ["best", "last", "final"]
    kept = [start.step for start in starts[3:]]
    assert kept == sorted(kept, reverse=True)
    for start in starts:
        name = f"from-{start.name}"
        fork = fork_run(folder, runs_home, checkpoint=start.name, name=name, max_steps=99)
        config = fork.read_config()
        assert config.forked_from == ForkedFrom(run=folder.name, checkpoint=start.name, step=start.step)
        assert config.learning_rate == start.learning_rate


@pytest.mark.parametrize(
    ("changes", "kept", "dropped"),
    [({"optimizer": "sgd"}, "random.", "optimizer."), ({"seed": 5}, "optimizer.", "random.")],
)
def test_what_has_lost_its_meaning_is_left_behind(
    runs_home: Path, changes: dict[str, object], kept: str, dropped: str
) -> None:
    from safetensors.numpy import load_file

    first = train(make_run(runs_home, max_steps=12, **ADAMW))
    fork = fork_run(first, runs_home, checkpoint="last", max_steps=16, **changes)
    names = load_file(checkpoint_path(fork, "start")).keys()
    assert any(name.startswith(kept) for name in names)
    assert not any(name.startswith(dropped) for name in names)
    assert RunReader(train(fork)).poll().step == 16


def test_another_model_cannot_have_these_weights(runs_home: Path) -> None:
    model = {"embedding": 2, "hidden": 8, "context": 3, "dropout": 0.0}
    first = train(make_run(runs_home, max_steps=4, type="mlp", model=model, **ADAMW))
    with pytest.raises(SettingsError, match=r"keeps the weights of mlp-1, so its model must stay .* hidden \(8\)"):
        fork_run(first, runs_home, model={"hidden": 16}, max_steps=8)
    with pytest.raises(SettingsError, match="mlp has no hyperparameter hiden: it has embedding"):
        fork_run(first, runs_home, model={"hiden": 16}, max_steps=8)
    with pytest.raises(SettingsError, match="dropout"):
        fork_run(first, runs_home, model={"dropout": 2}, max_steps=8)
    fork = fork_run(first, runs_home, model={"hidden": 8, "dropout": 0.5}, max_steps=8)
    assert (fork.read_config().model["dropout"], fork.read_config().model["hidden"]) == (0.5, 8)
    assert RunReader(train(fork)).poll().step == 8


def test_what_cannot_be_forked(runs_home: Path) -> None:
    with pytest.raises(RunError, match="has no checkpoint 'best' yet"):
        fork_run(make_run(runs_home, name="new"), runs_home)
    first = train(make_run(runs_home, name="first", max_steps=12, **ADAMW))
    with pytest.raises(RunError, match="had made 12 steps at its checkpoint last, and --max-steps is 12"):
        fork_run(first, runs_home, checkpoint="last")
    with pytest.raises(RunError, match="has no checkpoint of step 4: the nearest are step-3 and step-5"):
        fork_run(first, runs_home, checkpoint="step-4", max_steps=20)
    with pytest.raises(SettingsError, match="learning_rate"):
        fork_run(first, runs_home, max_steps=20, learning_rate=-1)
    checkpoint_path(first, "best").write_bytes(b"rubbish")
    with pytest.raises(RunError, match="this is not a checkpoint, or it is damaged"):
        fork_run(first, runs_home, max_steps=20)
    counts = train(make_run(runs_home, name="counted", type="counts", max_steps=1))
    with pytest.raises(SettingsError, match="counted is fitted by counting"):
        fork_run(counts, runs_home, checkpoint="last")
    assert sorted(path.name for path in runs_home.iterdir()) == ["counted", "first", "new"]


def test_a_fork_whose_first_weights_are_gone_says_so(runs_home: Path) -> None:
    first = train(make_run(runs_home, max_steps=12, **ADAMW))
    fork = fork_run(first, runs_home, checkpoint="last", max_steps=20)
    checkpoint_path(fork, "start").unlink()
    with Store(fork.database) as store:
        store.claim()
        assert process.run(fork, store, StopRequest()) == 1
    view = RunReader(fork).poll()
    assert view.state == "failed"
    assert "start" in view.reason
