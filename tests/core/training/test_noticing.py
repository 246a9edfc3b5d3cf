"""What a run notices of itself, on made-up losses and on models that are driven over the edge."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from makemore_core.errors import RunError
from makemore_core.models.registry import FAMILIES
from makemore_core.runs.checkpoints import checkpoint_path, read_header, read_tensors_numpy, write_checkpoint
from makemore_core.runs.folder import RunFolder, create_run
from makemore_core.runs.status import RunState
from makemore_core.runs.store import Command, Store
from makemore_core.runs.view import RunReader
from makemore_core.training import process
from makemore_core.training.checkpoint import restore, whole_state
from makemore_core.training.config import default_config
from makemore_core.training.events import Diverged, EarlyStopped, Evaluated, Exploding, Finished, Overfitting, Stepped
from makemore_core.training.launch import start_run
from makemore_core.training.loop import Training, train
from makemore_core.training.noticing import DevNotes, LossNotes
from makemore_core.training.stopping import StopRequest
from tests.core.models import small_corpus

CORPUS = small_corpus(*(f"{a}{b}{c}" for a in "abcd" for b in "efgh" for c in "ijkl"))
UNIFORM = math.log(CORPUS.vocabulary.size)
LEARNERS = [name for name, family in FAMILIES.items() if not family.counts]
BY_HEART: dict[str, Any] = {
    "optimizer": "sgd",
    "weight_decay": 0.0,
    "learning_rate": 5.0,
    "schedule": "constant",
    "model": {"init_std": 1.0},
    "batch_by": "all",
    "eval_interval": 2,
    "max_steps": 400,
}
"""A neural bigram on a handful of items, which it knows by heart after a few dozen steps."""
NAMES = "emma olivia ava isabella sophia mia amelia evelyn abigail harper luna ella"
FEW = small_corpus(*NAMES.split(" "))


def start(corpus: Any = FEW, **changes: Any) -> Training:
    config = default_config(changes.pop("type", "bigram"), corpus, **{"sample_items": 0, **changes})
    return Training(config, corpus, config.split.sides(corpus))


def run_here(folder: RunFolder) -> int:
    with Store(folder.database) as store:
        store.claim()
        return process.run(folder, store, StopRequest())


def look(notes: DevNotes, step: int, dev: float, best: float, train: float = 1.0, after: int = 3) -> bool:
    if dev < best:
        notes.look_best(step, train)
    else:
        notes.look(step, train, dev - best)
    return notes.tells_overfitting(after)


def test_a_rising_dev_is_told_once_after_so_many_looks() -> None:
    notes = DevNotes()
    assert not look(notes, 0, 2.0, math.inf)
    told = [look(notes, step, 2.0 + 0.02 * step, 2.0) for step in range(1, 8)]
    assert told == [False, False, True, False, False, False, False]
    assert not look(notes, 8, 1.9, 2.0)  # a new best begins anew
    assert [look(notes, 8 + step, 2.0, 1.9) for step in (1, 2, 3)] == [False, False, True]


def test_what_is_no_overfitting() -> None:
    noise, both = DevNotes(), DevNotes()
    look(noise, 0, 2.0, math.inf)
    look(both, 0, 2.0, math.inf)
    for step in range(1, 30):
        assert not look(noise, step, 2.0 + (0.03 if step % 3 else 0.001), 2.0)  # it comes back each time
        assert not look(both, step, 2.5, 2.0, train=1.5)  # train has risen as well
    assert noise.looks == both.looks == 29


def test_a_look_that_is_repeated_counts_once() -> None:
    notes = DevNotes()
    look(notes, 0, 2.0, math.inf)
    for _ in range(9):
        look(notes, 10, 2.5, 2.0)
    assert (notes.looks, notes.rising) == (1, 1)
    assert notes.is_out_of_patience(1) and not notes.is_out_of_patience(2) and not notes.is_out_of_patience(0)


def test_notes_survive_being_stored() -> None:
    dev, loss = DevNotes(), LossNotes()
    for step in range(3):
        look(dev, step, 2.0 + step, 2.0 if step else math.inf)
        loss.see(3.0 / (step + 3))
    for notes in (dev, loss, DevNotes(), LossNotes()):
        assert repr(type(notes).from_header(json.loads(json.dumps(notes.as_header())))) == repr(notes)
    assert repr(DevNotes.from_header(None)) == repr(DevNotes())  # a checkpoint of an earlier version


def test_a_loss_that_explodes_is_told_once_and_one_beyond_measure_ends() -> None:
    notes, uniform = LossNotes(), 3.0
    for _ in range(20):
        notes.see(2.0)
    assert not notes.is_exploding(uniform)
    notes.see(40.0)  # one bad batch among ten is 5.8
    assert not notes.is_exploding(uniform)
    notes.see(40.0)
    assert [notes.tells_explosion(uniform) for _ in range(3)] == [True, False, False]
    assert not notes.has_diverged(uniform)
    for _ in range(30):
        notes.see(40.0)
    assert notes.has_diverged(uniform)


def test_a_spike_that_is_learnt_from_ends_no_run() -> None:
    """However high it is: what counts is whether the losses stay there."""
    notes, uniform = LossNotes(), 3.3
    for loss in [2.3] * 20 + [1e6, 400.0, 90.0, 20.0, 6.0] + [2.4] * 200:
        notes.see(loss)
        assert not notes.has_diverged(uniform)
    assert not notes.is_exploding(uniform)


def test_a_wide_start_that_falls_is_no_explosion() -> None:
    notes = LossNotes()
    for step in range(100):
        notes.see(27.0 * 0.95**step + 2)  # the first network of the lectures begins at 27
        assert not notes.is_exploding(3.3)


def test_overfitting_is_told_with_the_best_step() -> None:
    training = start(**BY_HEART)
    events = list(train(training))
    (told,) = (event for event in events if isinstance(event, Overfitting))
    looks = {event.step: event.dev_nll for event in events if isinstance(event, Evaluated)}
    best = min(looks, key=lambda step: looks[step])
    assert 0 < best < told.step < 400
    assert (told.best_step, told.best_dev_nll) == (best, looks[best])
    assert told.risen == pytest.approx(looks[told.step] - looks[best]) and told.risen >= 0.01
    assert isinstance(events[-1], Finished) and events[-1].step == 400  # it goes on all the same
    assert not [event for event in train(start(**BY_HEART, overfitting_after=0)) if isinstance(event, Overfitting)]


def test_patience_ends_a_run_with_its_best() -> None:
    events = list(train(start(**BY_HEART, patience=4)))
    (stopped,) = (event for event in events if isinstance(event, EarlyStopped))
    looks = {event.step: event.dev_nll for event in events if isinstance(event, Evaluated)}
    assert stopped.best_step == min(looks, key=lambda step: looks[step])
    assert stopped.step == stopped.best_step + 4 * 2
    assert [type(event).__name__ for event in events[-4:]] == ["EarlyStopped", "Evaluated", "Sampled", "Finished"]
    assert events[-3].test_nll is not None


def test_an_early_end_is_kept_and_more_patience_goes_on(runs_home: Path) -> None:
    def make(name: str, patience: int) -> RunFolder:
        return create_run(
            default_config("bigram", FEW, **{**BY_HEART, "max_steps": 300, "patience": patience}), FEW, runs_home, name
        )

    early, patient = make("early", 4), make("patient", 0)
    assert run_here(early) == run_here(patient) == 0
    view = RunReader(early).poll()
    assert (view.state, view.reason.partition(":")[0]) == (RunState.FINISHED, "stopped early")
    assert view.step < 300 and checkpoint_path(early, "best").exists()
    kinds = [event.kind for event in view.events]
    assert kinds == ["started", "early_stopped", "finished"]
    assert "no better dev in 4 looks" in view.events[1].warning
    with pytest.raises(RunError, match=r"has ended early.*--patience"):
        start_run(early)
    early.write_config(early.read_config().changed(patience=0))
    assert run_here(early) == 0
    found, expected = RunReader(early).poll(), RunReader(patient).poll()
    assert found.series["loss"].values.tolist() == expected.series["loss"].values.tolist()
    assert found.series["dev_nll"].values.tolist() == expected.series["dev_nll"].values.tolist()
    overfitting = [[event.step for event in view.events if event.kind == "overfitting"] for view in (found, expected)]
    assert overfitting[0] == overfitting[1] and len(overfitting[0]) == 1


@pytest.mark.parametrize("stop", [0, 1, 4, 7])
def test_patience_counts_on_after_a_kill(runs_home: Path, stop: int) -> None:
    """From whichever event a run is resumed, it is told and ends at the same steps."""
    options = {**BY_HEART, "patience": 8, "overfitting_after": 3}
    whole = start(**options)
    folder = create_run(whole.config, FEW, runs_home)
    expected, saved = [], -1
    for event in train(whole):
        expected.append(event)
        looks = whole.dev_notes.looks
        if isinstance(event, Stepped) and looks == stop and saved < 0:
            write_checkpoint(folder, "last", whole_state(whole, 0.0))
            saved = len(expected)
    again = start(**options)
    restore(again, folder)
    assert 0 < saved < len(expected) - 3
    rest = list(train(again))
    assert rest == expected[-len(rest) :]
    assert len(rest) >= len(expected) - saved


def spoil(training: Training, monkeypatch: pytest.MonkeyPatch, factor: Callable[[], float]) -> None:
    """Multiply the gradient of the last parameter before anybody sees how long it is."""
    clip = training._clip

    def spoilt() -> float:
        gradient = training.parameters[-1].grad
        assert gradient is not None
        gradient *= factor()
        return clip()

    monkeypatch.setattr(training, "_clip", spoilt)


@pytest.mark.parametrize("options", [{"optimizer": "adamw"}, {"optimizer": "sgd", "momentum": 0.9}, {"grad_clip": 1.0}])
@pytest.mark.parametrize("family", LEARNERS)
def test_a_gradient_that_is_no_number_ends_the_run(
    family: str, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The loss is finite all along: only the gradient of one step is not. It ends the run before it moves a weight."""
    seldom = {"eval_interval": 40, "sample_interval": 40, "sample_items": 0}
    config = default_config(family, CORPUS, batch_by="items", max_steps=40, **seldom, **options)
    training = Training(config, CORPUS, config.split.sides(CORPUS))
    broken = [3]
    spoil(training, monkeypatch, lambda: math.nan if training.step in broken else 1.0)
    events = list(train(training))
    last = events[-1]
    assert isinstance(last, Diverged) and (last.step, "learning rate" in last.advice) == (3, True)
    assert "gradient" in last.what
    assert [event.step for event in events if isinstance(event, Stepped)] == [0, 1, 2]
    assert training.is_finite()


@pytest.mark.parametrize("optimizer", ["adamw", "sgd"])
@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_broken_weight_that_no_batch_uses_is_never_saved(runs_home: Path, optimizer: str, value: float) -> None:
    """Characters that the training side lacks have rows that no loss depends on."""
    config = default_config("rnn", CORPUS, max_steps=30, eval_interval=30, sample_items=0, optimizer=optimizer)
    folder = create_run(config.changed(checkpoint_interval=1), CORPUS, runs_home)
    with Store(folder.database) as store:
        store.claim()
        conductor = process._Conductor(folder, store, StopRequest())
        update = conductor._training.update

        def break_a_row() -> Any:
            told = update()
            if conductor._training.step == 5:
                table = next(p for p in conductor._training.parameters if p.dim() == 2)
                with torch.no_grad():
                    table[:] = value
            return told

        conductor._training.update = break_a_row  # type: ignore[method-assign]
        assert conductor.conduct() == 1
    view = RunReader(folder).poll()
    assert view.state is RunState.FAILED and view.reason.startswith("diverged")
    assert "learning rate" in view.reason and view.events[-1].kind == "diverged"
    assert read_header(checkpoint_path(folder, "last"))[0]["step"] == 4
    assert all(abs(tensor).max() < math.inf for tensor in read_tensors_numpy(folder, "last").values())


def test_a_gradient_whose_square_overflows_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """1e30 squared is beyond float32: AdamW's weights would stay finite, and never move again."""
    training = start(type="mlp", optimizer="adamw", max_steps=20)
    training.update()
    spoil(training, monkeypatch, lambda: 1e30)
    last = training.update()
    assert isinstance(last, Diverged) and last.what == "the gradient became inf"
    assert training.step == 1 and training.is_finite()


def test_running_means_that_overflow_are_no_good_checkpoint() -> None:
    training = start(type="mlp", optimizer="adamw", max_steps=20)
    training.update()
    assert training.optimizer is not None and training.is_finite()
    training.optimizer.state[training.parameters[-1]]["exp_avg_sq"].fill_(math.inf)
    assert not training.is_finite()


@pytest.mark.parametrize("optimizer", ["adamw", "sgd"])
def test_an_infinite_loss_ends_the_run_where_it_happens(optimizer: str) -> None:
    training = start(optimizer=optimizer, max_steps=20)
    draw, scale = training.batches.draw, 3e38

    def blow_up(generator: torch.Generator) -> Any:
        if training.step == 7:
            with torch.no_grad():
                training.parameters[0][:, ::2], training.parameters[0][:, 1::2] = scale, -scale
        return draw(generator)

    training.batches.draw = blow_up  # type: ignore[method-assign]
    last = list(train(training))[-1]
    assert isinstance(last, Diverged) and last.step == 7 == training.step
    assert last.what.startswith("the loss")


@pytest.mark.parametrize("optimizer", ["adamw", "sgd"])
def test_a_loss_that_becomes_a_finite_giant_is_told_and_not_saved(runs_home: Path, optimizer: str) -> None:
    options = {"optimizer": optimizer, "max_steps": 60, "eval_interval": 60, "learning_rate": 1e-3}
    config = default_config("bigram", CORPUS, model={"init_std": 1.0}, sample_items=0, **options)
    config = config.changed(checkpoint_interval=1)
    folder = create_run(config, CORPUS, runs_home)
    with Store(folder.database) as store:
        store.claim()
        conductor = process._Conductor(folder, store, StopRequest())
        update = conductor._training.update

        def push() -> Any:
            if conductor._training.step >= 20:
                with torch.no_grad():
                    conductor._training.parameters[0].mul_(1.2)
            return update()

        conductor._training.update = push  # type: ignore[method-assign]
        assert conductor.conduct() == 1
    view = RunReader(folder).poll()
    assert [event.kind for event in view.events] == ["started", "exploding", "diverged"]
    exploding, diverged = view.events[1:]
    assert 20 < exploding.step < diverged.step < 60
    assert "try a lower learning rate" in exploding.warning and "the loss grew to" in view.reason
    assert read_header(checkpoint_path(folder, "last"))[0]["step"] <= exploding.step + 1


@pytest.mark.parametrize("asked", ["stop", "pause", "save", "learning_rate", "max_steps"])
def test_what_keeps_the_last_good_checkpoint_while_the_loss_explodes(runs_home: Path, asked: str) -> None:
    """A stop or a pause does; who asks for a saving, or changes what comes next, gets the state as it is."""
    config = default_config("bigram", CORPUS, max_steps=60, eval_interval=60, sample_items=0)
    folder = create_run(config.changed(checkpoint_interval=1), CORPUS, runs_home)
    stop, saved = StopRequest(), []
    with Store(folder.database) as store:
        store.claim()
        conductor = process._Conductor(folder, store, stop)
        training, update = conductor._training, conductor._training.update

        def push() -> Any:
            if training.step >= 20:
                with torch.no_grad():
                    training.parameters[0].add_(20 * torch.randn_like(training.parameters[0]))
            told = update()
            if training.is_exploding and not saved:
                saved.append(read_header(checkpoint_path(folder, "last"))[0]["step"])
                conductor._do(Command(0, asked, 80 if asked == "max_steps" else 0.01))
                saved.append(read_header(checkpoint_path(folder, "last"))[0]["step"])
                stop.reason = "as asked"
            return told

        training.update = push  # type: ignore[method-assign]
        assert conductor.conduct() == 0
    view, step = RunReader(folder).poll(), training.step
    assert saved[0] < step
    assert saved[1] == (saved[0] if asked in ("stop", "pause") else step)
    assert read_header(checkpoint_path(folder, "last"))[0]["step"] == saved[1]
    again = f", while its loss exploded: it goes on from step {saved[0]}" if saved[1] < step else ""
    assert (view.state, view.reason) == (RunState.STOPPED, f"as asked{again}")
    if asked in ("stop", "pause"):  # the curves go back to there as well
        assert run_here(folder) == 0
        view = RunReader(folder).poll()
        assert (view.state, view.series["loss"].steps.tolist()) == (RunState.FINISHED, list(range(60)))
        assert max(view.series["loss"].values) < 10


def test_another_learning_rate_is_warned_of_anew() -> None:
    training = start(max_steps=20)
    for _ in range(5):
        training.loss_notes.see(7 * math.log(FEW.vocabulary.size) if training.loss_notes.lowest < 99 else 2.0)
    assert [type(event) for event in training.explosion()] == [Exploding]
    assert not list(training.explosion())
    training.set_rate(0.1)
    assert [type(event) for event in training.explosion()] == [Exploding]
