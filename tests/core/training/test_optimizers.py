"""The optimisers: torch's to the bit, without torch's compiler."""

import subprocess
import sys
from typing import Any

import pytest
import torch
from torch import nn

from makemore_core.training.config import DataConfig, make_config
from makemore_core.training.flat import Flat
from makemore_core.training.optimizers import make_optimizer
from tests.core.models import small_corpus

SETTINGS = [
    ({"optimizer": "adamw", "weight_decay": 0.3, "betas": (0.8, 0.95)}, torch.optim.AdamW),
    ({"optimizer": "sgd", "weight_decay": 0.3, "momentum": 0.9}, torch.optim.SGD),
    ({"optimizer": "sgd", "weight_decay": 0.3}, torch.optim.SGD),
]
ONE_STEP = """
import sys
from makemore_core.models.registry import FAMILIES
from makemore_core.training import ahead
from makemore_core.training.config import default_config
from makemore_core.training.loop import Training
from makemore_core.training.warmup import warm_up
from tests.core.models import small_corpus

warm_up()
ahead.CELLS = 1  # one batch is enough
corpus = small_corpus()
for optimizer in ("adamw", "sgd"):
    for family in FAMILIES:
        config = default_config(family, corpus, max_steps=1, optimizer=optimizer, split={"kind": "none"})
        training = Training(config, corpus, config.split.sides(corpus))
        training.update()
        if training.optimizer is not None:
            training.optimizer.load_state_dict(training.optimizer.state_dict())
        loaded = {"torch._dynamo", "sympy"} & set(sys.modules)
        assert not loaded, (family, optimizer, loaded)
"""


@pytest.mark.parametrize(("options", "peer"), SETTINGS, ids=["adamw", "momentum", "sgd"])
def test_the_arithmetic_is_torchs(options: dict[str, Any], peer: Any) -> None:
    config = make_config({"type": "bigram", "data": DataConfig.of(small_corpus()), "learning_rate": 0.1, **options})
    names = ("weight_decay", "betas" if peer is torch.optim.AdamW else "momentum")
    ours, theirs = ([nn.Parameter(torch.linspace(-1, 1, 7)), nn.Parameter(torch.eye(3))] for _ in range(2))
    optimizers = (
        make_optimizer(config, Flat(ours)),
        peer(theirs, 0.1, fused=True, **{name: getattr(config, name) for name in names}),
    )
    for step in range(5):
        for optimizer, parameters in zip(optimizers, (ours, theirs), strict=True):
            optimizer.zero_grad()
            sum(((parameter - step) ** 2).sum() for parameter in parameters).backward()
            optimizer.step()
    assert all(torch.equal(one, other) for one, other in zip(ours, theirs, strict=True))
    assert not torch.equal(ours[0], torch.linspace(-1, 1, 7))


def test_adamw_goes_on_from_what_is_loaded_and_leaves_what_has_no_gradient() -> None:
    config = make_config({"type": "bigram", "data": DataConfig.of(small_corpus()), "learning_rate": 0.1})
    ours, theirs = ([nn.Parameter(torch.linspace(-1, 1, 7)), nn.Parameter(torch.eye(3))] for _ in range(2))
    one = make_optimizer(config, Flat(ours))
    other = torch.optim.AdamW(theirs, 0.1, betas=config.betas, weight_decay=config.weight_decay, fused=True)
    for step in range(8):
        used = 1 if step in (0, 4) else 2  # without a gradient at first, and again when all is known
        for optimizer, parameters in ((one, ours), (other, theirs)):
            optimizer.zero_grad()
            sum(((parameter - step) ** 2).sum() for parameter in parameters[:used]).backward()
            optimizer.step()
        if step == 5:
            state = one.state_dict()
            one = make_optimizer(config, Flat(ours))
            one.load_state_dict(state)
            one.step()  # with the same gradients
            other.step()
        assert all(torch.equal(a, b) for a, b in zip(ours, theirs, strict=True)), step


def test_plain_descent_rounds_as_the_lectures_do() -> None:
    """Each product before it is added. torch's SGD does not: its parameters are others after a step or two."""
    config = make_config(
        {
            "type": "bigram",
            "data": DataConfig.of(small_corpus()),
            "optimizer": "sgd",
            "weight_decay": 0.0,
            "learning_rate": 0.1,
        }
    )
    start = torch.randn(1000, generator=torch.Generator().manual_seed(1))
    ours, theirs, lecture = (nn.Parameter(start.clone()) for _ in range(3))
    optimizers = (make_optimizer(config, Flat([ours])), torch.optim.SGD([theirs], 0.1, fused=True))
    for step in range(5):
        for parameter in (ours, theirs, lecture):
            parameter.grad = None
            ((parameter - step) ** 2).sum().backward()
        for optimizer in optimizers:
            optimizer.step()
        lecture.data += -0.1 * lecture.grad
    assert torch.equal(ours, lecture)
    assert not torch.equal(ours, theirs)
    torch.testing.assert_close(ours, theirs)


def test_no_first_step_loads_the_compiler_of_torch() -> None:
    """It would cost a second and more between the start of a run and its first loss."""
    done = subprocess.run([sys.executable, "-c", ONE_STEP], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
