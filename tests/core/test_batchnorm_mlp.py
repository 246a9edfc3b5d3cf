"""BatchNorm against torch's, and the MLP with it against the lecture."""

from pathlib import Path

import pytest
import torch

from makemore_core.errors import SettingsError
from makemore_core.models.base import seeded
from makemore_core.models.batch_norm import BatchNorm
from makemore_core.models.batchnorm_mlp import BatchNormMlp, BatchNormMlpSettings
from tests.core.learning import LECTURE_SEED, lecture_losses

LECTURE = BatchNormMlpSettings(context=3, embedding=10, hidden=200, momentum=0.001, spread="deviation", dropout=0.0)
DEEP = BatchNormMlpSettings(
    dropout=0.0,
    context=3,
    embedding=10,
    hidden=100,
    layers=5,
    momentum=0.1,
    hidden_gain=1.0,
    output_std=0.1,
    normalize_output=True,
)


def test_the_lecture_with_batchnorm(names_file: Path) -> None:
    generator = seeded(LECTURE_SEED)
    model = BatchNormMlp(27, LECTURE, generator)
    assert model.parameter_count == 12_097
    assert lecture_losses(model, names_file, 1, generator)[0] == pytest.approx(3.3239, abs=5e-5)


def test_the_deep_network_of_the_lecture(names_file: Path) -> None:
    generator = seeded(LECTURE_SEED)
    model = BatchNormMlp(27, DEEP, generator)
    assert model.parameter_count == 47_024
    # Where the notebook stops, after 1,001 steps, the preset is looked at in test_lecture_presets.py.
    assert lecture_losses(model, names_file, 1, generator)[0] == pytest.approx(3.2870, abs=5e-5)


@pytest.mark.parametrize("shape", [(8, 3), (4, 2, 3)])
def test_running_statistics_and_evaluation_are_those_of_torch(shape: tuple[int, ...]) -> None:
    ours, theirs = BatchNorm(3, momentum=0.2, gain=1.5), torch.nn.BatchNorm1d(3, momentum=0.2)
    torch.nn.init.constant_(theirs.weight, 1.5)
    for seed in range(5):
        x = torch.randn(shape, generator=seeded(seed)) * 3 + 1
        ours(x), theirs(x.flatten(0, -2))
    torch.testing.assert_close(ours.running_mean, theirs.running_mean)
    torch.testing.assert_close(ours.running_spread, theirs.running_var)
    torch.testing.assert_close(ours.eval()(x).flatten(0, -2), theirs.eval()(x.flatten(0, -2)))


@pytest.mark.parametrize("spread", ["variance", "deviation"])
def test_a_batch_leaves_with_mean_0_and_deviation_1(spread: str) -> None:
    norm = BatchNorm(3, spread=spread, eps=0.0)  # type: ignore[arg-type]
    x = norm(torch.randn(20, 3, generator=seeded(1)) * 7 - 2)
    torch.testing.assert_close(x.mean(0), torch.zeros(3), atol=1e-6, rtol=0)
    torch.testing.assert_close(x.std(0), torch.ones(3))


def test_a_deviation_is_averaged_as_such() -> None:
    norm = BatchNorm(1, momentum=0.5, spread="deviation")
    norm(torch.tensor([[0.0], [2.0], [4.0]]))  # deviation 2
    assert norm.running_spread.item() == pytest.approx(0.5 * 1 + 0.5 * 2)
    assert norm.running_mean.item() == pytest.approx(0.5 * 2)


def test_one_row_has_no_deviation() -> None:
    with pytest.raises(SettingsError, match="batch_size"):
        BatchNorm(3)(torch.zeros(1, 3))


def test_evaluation_does_not_depend_on_the_rest_of_the_batch() -> None:
    model = BatchNormMlp(9, BatchNormMlpSettings(dropout=0.0), seeded(1))
    windows = torch.randint(9, (12, model.settings.context), generator=seeded(2))
    model.train().forward_windows(windows)
    model.eval()
    torch.testing.assert_close(model.forward_windows(windows)[3:4], model.forward_windows(windows[3:4]))
