"""The presets of the lectures: the losses that the lectures print, and those of plain loops, step by step."""

import math
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from makemore_core.evaluation import evaluate
from makemore_core.models.base import seeded
from makemore_core.models.windows import WindowModel
from makemore_core.presets import PRESETS, find_preset
from makemore_core.presets.lecture import LECTURE_PRESETS
from makemore_core.training.config import default_config
from makemore_core.training.events import Stepped
from makemore_core.training.loop import Training
from tests.core import lecture_loops as plain
from tests.core.learning import LECTURE_SEED, lecture_corpus, lecture_loss

SCALES: dict[str, Callable[[torch.Generator], plain.Network]] = {
    "lecture-mlp-small": lambda g: plain.mlp(g, 2, 100),
    "lecture-mlp": plain.mlp,
    "lecture-mlp-softmax": lambda g: plain.mlp(g, w2=0.01, b2=0),
    "lecture-mlp-tanh": lambda g: plain.mlp(g, w1=[0.2], b1=0.01, w2=0.01, b2=0),
    "lecture-mlp-kaiming": lambda g: plain.mlp(g, w1=[5 / 3, 30**-0.5], b1=0.01, w2=0.01, b2=0),
    "lecture-batchnorm": plain.batchnorm,
    "lecture-deep": plain.deep,
}
"""The networks of parts 2 and 3, whose weights and batches come from one generator."""

TREES = {
    "lecture-flat-3": (3, 3, 10, 200),
    "lecture-flat-8": (8, 8, 10, 200),
    "lecture-wavenet-small": (8, 2, 10, 68),
    "lecture-wavenet": (8, 2, 24, 128),
}
"""The networks of part 5: context, group, embedding, hidden."""

LONG = ("lecture-mlp", "lecture-batchnorm", "lecture-deep", "lecture-wavenet")
"""They are followed for 1,000 steps, and the others, which differ from them in sizes and scales alone, for 100."""


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """As in a run: for tensors this small, a second thread costs far more than it helps."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def training(name: str, names_file: Path, **changes: int) -> Training:
    corpus = lecture_corpus(names_file)
    config = default_config(find_preset(name).type, corpus, preset=name, **changes)
    return Training(config, corpus, config.split.sides(corpus))


def losses(run: Training, steps: int) -> list[float]:
    found = []
    for _ in range(steps):
        event = run.update()
        assert isinstance(event, Stepped)
        found.append(event.loss)
    return found


def test_every_network_is_followed() -> None:
    assert {preset.name for preset in LECTURE_PRESETS} == {"lecture-bigram", *SCALES, *TREES}


@pytest.mark.parametrize("name", SCALES)
def test_parts_2_and_3_follow_the_plain_loop(name: str, names_file: Path) -> None:
    """The first weights of lecture-mlp are so large that one bit less of agreement would be 0.6 at the last step."""
    steps, g = 1000 if name in LONG else 100, seeded(LECTURE_SEED)
    expected = plain.losses(SCALES[name](g), names_file, 3, steps, g)
    run = training(name, names_file, **({"diagnostics_interval": 1000} if name == "lecture-deep" else {}))
    found = losses(run, steps)
    assert found == pytest.approx(expected, rel=1e-3)
    check_printed(name, found[0])
    if name == "lecture-deep":
        check_step_1000(run)
        # The notebook stops here and prints the loss of train and dev.
        assert isinstance(run.model, WindowModel)
        assert lecture_loss(run.model, names_file, "train") == pytest.approx(2.4003, abs=5e-5)
        assert lecture_loss(run.model, names_file, "dev") == pytest.approx(2.3982, abs=5e-5)


@pytest.mark.parametrize("name", TREES)
def test_part_5_follows_the_plain_loop(name: str, names_file: Path) -> None:
    steps = 1000 if name in LONG else 100
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(42)
        expected = plain.losses(plain.tree(*TREES[name]), names_file, TREES[name][0], steps, None)
    found = losses(training(name, names_file), steps)
    assert found == pytest.approx(expected, rel=1e-3)
    check_printed(name, found[0])


def check_printed(name: str, first_loss: float) -> None:
    for figure in PRESETS[name].figures:
        if figure.what == "loss":
            assert figure.step == 0
            assert f"{first_loss:.{len(figure.value.partition('.')[2])}f}" == figure.value


def check_step_1000(run: Training) -> None:
    """What the notebook prints and draws of its deep network in step 1,000, to what its digits bear.

    Of the five tanh layers what they hold; of the seven matrices grad:data, the deviation of their gradients, and
    update:data at a rate of 0.1. Once from the layers themselves, once by the look that a run takes.
    """
    seen: list[Tensor] = []
    for norm in run.model.norms:  # type: ignore[union-attr]
        norm.register_forward_hook(lambda module, inputs, output: seen.append(torch.tanh(output.detach())))
    event = run.update()
    assert [f"{activation.std().item():.2f}" for activation in seen] == ["0.63", "0.64", "0.65", "0.65", "0.65"]
    saturated = [(activation.abs() > 0.97).float().mean().item() * 100 for activation in seen]
    assert saturated == pytest.approx([2.78, 2.56, 2.25, 1.69, 1.88], abs=0.1)
    look = event.look  # type: ignore[union-attr]
    assert look is not None and look.step == 1000
    assert [f"{layer.std:.2f}" for layer in look.layers] == ["0.63", "0.64", "0.65", "0.65", "0.65"]
    assert [100 * layer.saturated for layer in look.layers] == pytest.approx([2.78, 2.56, 2.25, 1.69, 1.88], abs=0.1)
    by_name = {one.name: one for one in look.parameters if one.is_matrix}
    order = ["embedding", *[f"weights.{number}" for number in range(5)], "output"]
    assert set(order) == set(by_name)
    grad_std = [8.020534e-03, 9.241077e-03, 7.132879e-03, 6.234305e-03, 5.742187e-03, 5.672205e-03, 1.209416e-02]
    ratios = [8.012630e-03, 4.881091e-02, 6.964619e-02, 6.073741e-02, 5.631483e-02, 5.570125e-02, 1.160106e-01]
    assert [by_name[name].grad_std for name in order] == pytest.approx(grad_std, rel=0.01)
    assert [by_name[name].grad_ratio for name in order] == pytest.approx(ratios, rel=0.01)
    updates = [math.log10(0.1 * ratio) for ratio in ratios]
    assert [by_name[name].update_ratio for name in order] == pytest.approx(updates, abs=0.01)


def test_the_bigram_follows_the_plain_loop(names_file: Path) -> None:
    found = losses(training("lecture-bigram", names_file), 100)
    assert found == pytest.approx(plain.bigram(names_file, seeded(LECTURE_SEED), 100), abs=2e-6)
    assert [f"{found[0]:.4f}", f"{found[99]:.4f}"] == ["3.7686", "2.4901"]


def test_the_first_mlp_starts_at_the_losses_of_the_video(names_file: Path) -> None:
    """On the first 32 positions of the list, which are its first five names, and on all of them."""
    corpus = lecture_corpus(names_file)
    model = training("lecture-mlp-small", names_file).model
    printed = {figure.what: figure.value for figure in PRESETS["lecture-mlp-small"].figures}
    for items, what in ((5, "first loss on the first five items"), (len(corpus), "first loss on the whole list")):
        assert f"{evaluate(model, corpus, np.arange(items)).nll:.4f}" == printed[what]
