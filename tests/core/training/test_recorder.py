"""The recorder: what the store holds of what the loop tells."""

from mmap import mmap
from pathlib import Path

import numpy as np
import pytest

from makemore_core.runs.listing import summarise
from makemore_core.runs.store import Store
from makemore_core.runs.view import RunReader
from makemore_core.sampling import SampledItem
from makemore_core.training import memory
from makemore_core.training.config import Sides
from makemore_core.training.events import Evaluated, Sampled
from makemore_core.training.loop import Training
from makemore_core.training.memory import STATM, resident_bytes
from makemore_core.training.recorder import Recorder
from tests.core.models import small_corpus
from tests.core.runs.making import make_run, small_config

CORPUS = small_corpus("emma", "ava", "mia", "ella")


def training() -> Training:
    return Training(small_config(CORPUS), CORPUS, Sides(np.array([0, 3]), np.array([1]), np.array([2])))


def test_items_are_found_in_their_side(runs_home: Path) -> None:
    folder = make_run(runs_home, CORPUS)
    items = tuple(SampledItem(text, 1.0, True) for text in ("emma", "ava", "mia", "zoe"))
    with Store(folder.database) as store:
        Recorder(store, training(), 0.0).record(Sampled(0, items))
    found = RunReader(folder).poll().samples[0].items
    places = [(item.in_train, item.in_dev, item.in_test) for item in found]
    assert places == [(True, False, False), (False, True, False), (False, False, True), (False, False, False)]


def test_the_speed_is_steps_over_seconds(runs_home: Path) -> None:
    folder = make_run(runs_home, CORPUS)
    with Store(folder.database) as store:
        subject = training()
        recorder = Recorder(store, subject, 0.0)
        began = recorder._measured[0]
        subject.step = 50
        recorder.tick("running", began + 2.0)
        assert RunReader(folder).poll().steps_per_second == 25.0


def test_the_best_is_what_the_weights_were_chosen_by(runs_home: Path) -> None:
    """At the end dev is measured on more items, and may come out lower than when it was best."""
    folder = make_run(runs_home, CORPUS)
    with Store(folder.database) as store:
        subject = training()
        recorder = Recorder(store, subject, 0.0)
        subject.best_step, subject.best_dev = 3, 2.5
        recorder.record(Evaluated(3, 2.0, 2.5, None, True))
        recorder.record(Evaluated(9, 2.0, 2.4, 2.4, False))
    view, summary = RunReader(folder).poll(), summarise(folder)
    assert (view.best_step, view.best_dev_nll, view.dev_nll) == (3, 2.5, 2.4)
    assert (summary.best_step, summary.best_dev_nll) == (3, 2.5)


def test_the_memory_and_the_characters_of_a_step_are_told(runs_home: Path) -> None:
    """The training side holds emma and ella: five characters each with the end, four items a step by its settings."""
    folder = make_run(runs_home, CORPUS)
    with Store(folder.database) as store:
        store.claim()
        subject = Training(
            small_config(CORPUS, batch_size=4), CORPUS, Sides(np.array([0, 3]), np.array([1]), np.array([2]))
        )
        recorder = Recorder(store, subject, 0.0)
        began = recorder._measured[0]
        subject.step = 50
        recorder.tick("running", began + 2.0)
        view = RunReader(folder).poll()
        assert view.tokens_per_step == 4 * 5
        assert view.tokens_per_second == 25.0 * 4 * 5
        assert not view.is_exploding
        recorder.beat("paused")
        assert RunReader(folder).poll().tokens_per_second is None


@pytest.mark.skipif(not STATM.exists(), reason="the system does not tell in /proc")
def test_resident_memory_grows_with_what_is_used() -> None:
    before = resident_bytes()
    with mmap(-1, 40_000_000) as block:  # from the system; an array may lie where there was one before
        for _ in range(40):
            block.write(b"1" * 1_000_000)
        after = resident_bytes()
    assert before is not None and after is not None
    assert 30_000_000 < after - before < 80_000_000


def test_memory_is_not_told_where_the_system_does_not(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(memory, "STATM", tmp_path / "none")
    monkeypatch.setattr("sys.platform", "win32")
    assert resident_bytes() is None
