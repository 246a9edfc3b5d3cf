"""Runs from makemore.py's weights, and back: ordinary runs in every way."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from makemore_core.corpus import Corpus, corpus_from_bytes
from makemore_core.errors import ExchangeError, RunError
from makemore_core.exchange.export_run import export_run
from makemore_core.exchange.import_run import import_run, length_note
from makemore_core.positions import PADDING, padded_items
from makemore_core.runs.checkpoints import list_checkpoints
from makemore_core.runs.folder import RunFolder, list_runs
from makemore_core.runs.status import RunState
from makemore_core.runs.view import RunReader
from makemore_core.sources import run_source
from makemore_core.training import checkpoint
from makemore_core.training.loop import Training
from tests.core.exchange.files import HEADS, ITEMS, read, saved, six_letters
from tests.core.exchange.reference import TYPES, logits, random_state
from tests.core.models import small_corpus

each_type = pytest.mark.parametrize("type", TYPES)


def imported(folder: Path, home: Path, type: str, corpus: Corpus | None = None, **options: int) -> RunFolder:
    path, _ = saved(folder, type)
    return import_run(read(path, type), corpus or six_letters(), home, **options)  # type: ignore[arg-type]


def expected_nll(type: str, items: list[str]) -> float:
    """The mean over all characters, from the formulas."""
    corpus = six_letters()
    indices = np.array([next(i for i in range(len(corpus)) if corpus.item(i) == item) for item in items])
    ids, targets = padded_items(corpus, indices)
    answer = logits(type, random_state(type), ids, HEADS)
    log_p = answer - np.log(np.exp(answer).sum(-1, keepdims=True))
    picked = np.take_along_axis(log_p, np.maximum(targets, 0)[..., None], -1)[..., 0]
    return -float(picked[targets != PADDING].mean())


@each_type
def test_the_run_is_finished_and_measured_on_makemores_split(type: str, tmp_path: Path, runs_home: Path) -> None:
    folder = imported(tmp_path, runs_home, type, steps=1200)
    assert folder.name == f"{type}-1"
    view = RunReader(folder).poll()
    assert (view.state, view.step, view.max_steps) == (RunState.FINISHED, 1200, 1200)
    assert [(event.kind, event.detail) for event in view.events] == [("imported", {"source": f"{type}.pt"})]
    assert {info.name: info.step for info in list_checkpoints(folder)} == {"best": 1200, "final": 1200, "last": 1200}
    # torch.manual_seed(3407), one randperm; of 12 items the last is for test.
    order = torch.randperm(len(ITEMS), generator=torch.Generator().manual_seed(3407)).tolist()
    test_items, train_items = [ITEMS[i] for i in order[-1:]], [ITEMS[i] for i in order[:-1]]
    assert view.test_nll == view.dev_nll == view.best_dev_nll
    assert view.test_nll == pytest.approx(expected_nll(type, test_items), abs=1e-5)
    assert view.train_nll == pytest.approx(expected_nll(type, train_items), abs=1e-5)
    # The weights at hand are the best that are known, so that whoever asks for the best is told of all three.
    assert (view.best_train_nll, view.best_test_nll) == (view.train_nll, view.test_nll)
    (samples,) = view.samples
    assert len(samples.items) == 10


@each_type
def test_the_run_gives_its_weights_back(type: str, tmp_path: Path, runs_home: Path) -> None:
    folder = imported(tmp_path, runs_home, type)
    export_run(folder, tmp_path / "back.pt")
    back, state = torch.load(tmp_path / "back.pt", weights_only=True), random_state(type)
    assert back.keys() == state.keys()
    assert all(torch.equal(back[name], state[name]) for name in state)


@each_type
def test_training_goes_on_from_the_weights(type: str, tmp_path: Path, runs_home: Path) -> None:
    folder = imported(tmp_path, runs_home, type, steps=500)
    corpus = six_letters()
    config = folder.read_config().changed(max_steps=520)
    assert (config.batch_size, config.learning_rate, config.optimizer) == (32, 5e-4, "adamw")
    training = Training(config, corpus, config.split.sides(corpus))
    assert checkpoint.restore(training, folder) == 0.0
    assert training.step == 500 and training.best_step == 500
    source = run_source(str(folder.path), runs_home)
    for name, tensor in source.model.state_dict().items():
        assert torch.equal(training.model.state_dict()[name], tensor)
    before = training.evaluate().train_nll
    for _ in range(20):
        training.update()
    assert training.evaluate().train_nll < before


def test_another_vocabulary_leaves_no_run(tmp_path: Path, runs_home: Path) -> None:
    with pytest.raises(ExchangeError, match=r"rnn\.pt knows 6 characters, and small has 2: name the list"):
        imported(tmp_path, runs_home, "rnn", small_corpus("ab", "ba", "aab"))
    assert list_runs(runs_home) == []


def test_a_name_that_is_taken(tmp_path: Path, runs_home: Path) -> None:
    path, _ = saved(tmp_path, "bigram")
    import_run(read(path, "bigram"), six_letters(), runs_home, name="karpathy")
    with pytest.raises(RunError, match="there is a run called karpathy"):
        import_run(read(path, "bigram"), six_letters(), runs_home, name="karpathy")


def test_an_import_that_fails_half_way_leaves_nothing(
    tmp_path: Path, runs_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("makemore_core.exchange.import_run.write_checkpoint", fail)
    with pytest.raises(RunError, match="No space left"):
        imported(tmp_path, runs_home, "bigram")
    assert list(runs_home.iterdir()) == []


@pytest.mark.parametrize("type", ["mlp", "bow", "transformer"])
def test_a_list_of_other_lengths_is_remarked_on(type: str, tmp_path: Path) -> None:
    path, _ = saved(tmp_path, type)
    found = read(path, type)
    assert length_note(found, six_letters()) is None
    note = length_note(found, small_corpus("abcdef", "fed"))
    assert note is not None and "items of up to 8 characters, and the longest of small has 6" in note


@pytest.mark.parametrize("type", ["bigram", "rnn", "gru"])
def test_models_without_places_suit_items_of_any_length(type: str, tmp_path: Path) -> None:
    path, _ = saved(tmp_path, type)
    assert length_note(read(path, type), small_corpus("abcdef", "fed")) is None


def test_a_list_that_is_too_short_to_split(tmp_path: Path, runs_home: Path) -> None:
    view = RunReader(imported(tmp_path, runs_home, "gru", small_corpus("abc", "def"))).poll()
    assert view.state is RunState.FINISHED and view.test_nll is None and view.dev_nll is None
    assert view.train_nll is not None and math.isfinite(view.train_nll)


def test_a_run_whose_list_is_gone_is_exported_for_its_own_places(tmp_path: Path, runs_home: Path) -> None:
    folder = imported(tmp_path, runs_home, "transformer")
    folder.items.unlink()
    export_run(folder, tmp_path / "back.pt")
    assert torch.load(tmp_path / "back.pt", weights_only=True)["transformer.wpe.weight"].shape == (9, 6)


def test_a_list_that_makemore_py_would_cut_is_refused(tmp_path: Path, runs_home: Path) -> None:
    items = "\n".join(["ab\u2028c", "def", "fed"])
    path, _ = saved(tmp_path, "bigram", vocab=8)
    corpus = corpus_from_bytes(items.encode(), name="odd", source="-")
    folder = import_run(read(path, "bigram"), corpus, runs_home)
    with pytest.raises(ExchangeError, match=r"makemore\.py would end an item at U\+2028"):
        export_run(folder, tmp_path / "back.pt")
