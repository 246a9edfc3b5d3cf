"""What a graph would record, held to the loss that is computed without one; the recording itself is torch's."""

from collections.abc import Callable
from functools import partialmethod

import pytest
import torch
from torch import Tensor, nn

from makemore_core.models.base import LanguageModel
from makemore_core.models.registry import FAMILIES
from makemore_core.training import graphs as module
from makemore_core.training.batches import Batch, batch_loss
from makemore_core.training.graphs import Graphs
from makemore_core.training.loop import Training
from tests.core.models import small_corpus
from tests.core.runs.making import small_config

TRAINED = [name for name, family in FAMILIES.items() if not family.counts]


class Recorder:
    """Calls the module each time, and counts what it was asked to record."""

    def __init__(self) -> None:
        self.shapes: list[torch.Size] = []

    def __call__(self, module: nn.Module, example: tuple[Tensor, ...]) -> Callable[..., Tensor]:
        self.shapes.append(example[0].shape)
        return module


def training(type: str, **settings: object) -> Training:
    corpus = small_corpus()
    config = small_config(corpus, type=type, **settings)
    made = Training(config, corpus, config.split.sides(corpus))
    made.model.double().eval()  # without dropout, which draws other numbers where padding is
    return made


def gradients(loss: Tensor, made: Training) -> list[Tensor]:
    return [loss.detach(), *torch.autograd.grad(loss, made.parameters)]


def drawn(made: Training) -> Batch:
    """As it would come to a GPU: nothing was made of it ahead for a processor."""
    batch = made.batches.draw(made.generator)
    shares = None if batch.shares is None else batch.shares.double()
    targets = batch.targets.double() if batch.targets.is_floating_point() else batch.targets
    return Batch(batch.ids, targets, shares, batch.places, batch.sizes, batch.following)


@pytest.mark.parametrize("type", TRAINED)
@pytest.mark.parametrize("batch_by", ["items", "positions"])
@pytest.mark.parametrize("targets", ["next", "smoothed"])
def test_padding_is_left_out_of_loss_and_gradient(
    type: str, batch_by: str, targets: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if batch_by == "positions" and type in ("rnn", "gru", "lstm"):
        pytest.skip("these learn whole items")
    made = training(type, batch_by=batch_by, batch_size=20, targets=targets)
    monkeypatch.setattr(module, "_OFTEN", 1)
    if list(made.model.buffers()):
        pytest.skip("its statistics would count the padding: no graph is made of it")
    batch = drawn(made)
    found = Graphs(made.model, Recorder()).loss(batch)
    assert found is not None
    torch.testing.assert_close(gradients(found, made), gradients(batch_loss(made.model, batch), made))


def test_batches_of_like_lengths_share_a_graph() -> None:
    made, recorder = training("gru", batch_by="items", batch_size=2), Recorder()
    graphs = Graphs(made.model, recorder)
    batches = [drawn(made) for _ in range(40)]
    for batch in batches:
        graphs.loss(batch)
    assert len({batch.ids.shape for batch in batches}) > len(recorder.shapes)
    assert len(set(recorder.shapes)) == len(recorder.shapes)
    assert all(shape[1] % 4 == 0 for shape in recorder.shapes)


def test_what_cannot_be_recorded_is_learnt_without_and_not_tried_again() -> None:
    made, tried = training("mlp", batch_by="positions"), []

    def refuse(module: nn.Module, example: tuple[Tensor, ...]) -> Callable[..., Tensor]:
        tried.append(module)
        raise RuntimeError("operation not permitted when stream is capturing")

    graphs = Graphs(made.model, refuse)
    assert [graphs.loss(drawn(made)) for _ in range(6)] == [None] * 6
    assert len(tried) == 1


def test_a_shape_is_recorded_when_it_has_come_often_and_not_too_many_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SHAPES", 2)
    made, recorder = training("gru", batch_by="items", batch_size=1), Recorder()
    graphs = Graphs(made.model, recorder)
    batch = drawn(made)
    assert [graphs.loss(batch) is None for _ in range(4)] == [True, True, False, False]
    for length in (4, 8, 12, 16):
        ids = torch.zeros(1, length, dtype=torch.int64)
        for _ in range(4):
            graphs.loss(Batch(ids, ids + 1))
    assert len(recorder.shapes) == 2


@pytest.mark.parametrize(("type", "suits"), [("mlp", True), ("gru", True), ("batchnorm", False), ("wavenet", False)])
def test_they_are_for_a_gpu_and_not_for_batchnorm(type: str, suits: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    model = training(type).model
    assert not Graphs.suit(model)
    monkeypatch.setattr(LanguageModel, "device", torch.device("cuda"))
    assert Graphs.suit(model) is suits


def test_a_run_on_a_gpu_learns_by_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """All but the steps that are looked at from inside."""
    recorder = Recorder()
    monkeypatch.setattr(Graphs, "suit", lambda model: True)
    monkeypatch.setattr(Graphs, "__init__", partialmethod(Graphs.__init__, record=recorder))
    made = training("bow", batch_by="items", diagnostics_interval=3, max_steps=6)
    made.model.float()
    monkeypatch.setattr(module, "_OFTEN", 1)
    looked = [made.update().look is not None for _ in range(6)]  # type: ignore[union-attr]
    assert looked == [True, False, False, True, False, False]
    assert recorder.shapes
