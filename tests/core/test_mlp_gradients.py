"""The MLP with its gradient written out against the plain one, which is held to the formulas elsewhere."""

import pytest
import torch
from torch import Tensor

from makemore_core.models import mlp as module
from makemore_core.models.base import seeded
from makemore_core.models.mlp import Mlp, MlpSettings


def built(**changes: object) -> Mlp:
    settings = {"context": 5, "embedding": 4, "hidden": 6, "dropout": 0.0} | changes
    return Mlp(7, MlpSettings.model_validate(settings), seeded(1)).double().train()


def outcome(model: Mlp, ids: Tensor) -> list[Tensor]:
    """Logits, and the gradients of all weights for some gradient of the logits."""
    torch.manual_seed(4)
    logits = model.forward_at(ids, torch.arange(ids.numel()))
    above = torch.randn(logits.shape, dtype=torch.float64, generator=seeded(3))
    return [logits, *torch.autograd.grad(logits, list(model.parameters()), above)]


@pytest.mark.parametrize(
    "changes",
    [{}, {"blank_token": True}, {"layers": 3}, {"dropout": 0.5, "layers": 2}, {"context": 1}, {"bias_std": 1.0}],
    ids=str,
)
def test_it_gives_what_the_plain_network_gives(changes: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    model, ids = built(**changes), torch.randint(1, 7, (20, 4), generator=seeded(2))
    ids[:, 0] = 0
    written = outcome(model, ids)
    assert type(written[0].grad_fn).__name__ == "_RunBackward", "else this test tells nothing"
    monkeypatch.setattr(module, "tables_pay", lambda *_: False)
    torch.testing.assert_close(written, outcome(model, ids))


def test_dropout_is_for_training_alone() -> None:
    model, ids = built(dropout=0.5).eval(), torch.randint(7, (20, 4), generator=seeded(2))
    torch.testing.assert_close(outcome(model, ids)[0], outcome(built(), ids)[0])
