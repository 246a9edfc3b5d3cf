"""Recurrent networks with gradients written out against the plain ones, which are held to the formulas elsewhere."""

import pytest
import torch
from torch import Tensor

from makemore_core.models.base import seeded
from makemore_core.models.recurrent import RecurrentModel
from tests.core.learning import tiny_model

SIZES = [6, 6, 4, 1, 1]
FAMILIES = [("rnn", {}), ("gru", {"reset": "after"}), ("gru", {"reset": "before"})]


def gradients(model: RecurrentModel, logits: Tensor) -> list[Tensor]:
    above = torch.randn(logits.shape, dtype=torch.float64, generator=seeded(3))
    return [logits, *torch.autograd.grad(logits, list(model.parameters()), above)]


@pytest.mark.parametrize("vocabulary", [5, 40], ids=["by what the vocabulary gives", "each by itself"])
@pytest.mark.parametrize("changes", [{}, {"layers": 3}, {"dropout": 0.5, "layers": 2}], ids=str)
@pytest.mark.parametrize(("family", "settings"), FAMILIES)
def test_it_gives_what_the_plain_network_gives(
    family: str, settings: dict[str, str], changes: dict[str, float], vocabulary: int
) -> None:
    sizes = {"embedding": 3, "hidden": 4, "layers": 1, "dropout": 0.0}
    model = tiny_model(family, vocabulary, **(sizes | settings | changes)).double().train()
    assert isinstance(model, RecurrentModel)
    with torch.no_grad():
        model.start.normal_(generator=seeded(5))
    ids = torch.randint(vocabulary, (sum(SIZES),), generator=seeded(2))
    torch.manual_seed(4)
    written = gradients(model, model.forward_foreseen((ids, SIZES)))
    torch.manual_seed(4)
    torch.testing.assert_close(written, gradients(model, model._predict(model._run(ids, SIZES))))
