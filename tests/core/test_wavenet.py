"""The tree of the WaveNet family against a recursion, and against the lecture."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from makemore_core.models.base import seeded
from makemore_core.models.wavenet import WaveNet, WaveNetSettings
from tests.core.learning import lecture_losses


def test_the_lecture(names_file: Path) -> None:
    # The notebook seeds torch's global source with 42, weights and batches alike.
    generator = seeded(42)
    model = WaveNet(
        27, WaveNetSettings(context=8, group=2, embedding=24, hidden=128, momentum=0.1, dropout=0.0), generator
    )
    assert model.parameter_count == 76_579
    assert lecture_losses(model, names_file, 1, generator)[0] == pytest.approx(3.3167, abs=5e-5)


@pytest.mark.parametrize(("context", "group"), [(8, 2), (9, 3), (4, 4), (2, 2)])
def test_each_joint_reads_its_neighbours(context: int, group: int) -> None:
    settings = WaveNetSettings(context=context, group=group, embedding=3, hidden=5, dropout=0.0)
    model = WaveNet(7, settings, seeded(1)).eval()
    window = torch.randint(7, (context,), generator=seeded(2))

    def join(ids: Tensor, level: int) -> Tensor:
        if level < 0:
            return model.embedding[ids[0]]
        width = len(ids) // group
        parts = [join(ids[n * width : (n + 1) * width], level - 1) for n in range(group)]
        # Fresh running statistics, mean 0 and variance 1, leave but eps to the normalisation.
        return torch.tanh(torch.cat(parts) @ model.weights[level] / (1 + 1e-5) ** 0.5)

    expected = join(window, settings.levels - 1) @ model.output + model.output_bias
    torch.testing.assert_close(model.forward_windows(window[None])[0], expected)


@pytest.mark.parametrize(
    ("context", "group", "near"), [(6, 2, "4 or 8"), (8, 3, "3 or 9"), (2, 4, "4 or more"), (12, 3, "9 or 27")]
)
def test_a_context_that_is_no_power_of_the_group_is_refused(context: int, group: int, near: str) -> None:
    with pytest.raises(
        ValueError, match=f"context of {context} is no power of {group}: choose {near}, or another group"
    ):
        WaveNetSettings(context=context, group=group)


def test_a_context_that_does_not_go_with_the_default_group_is_refused() -> None:
    with pytest.raises(ValueError, match="power"):
        WaveNetSettings(context=6)
