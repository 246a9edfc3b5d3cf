"""Which device a name stands for, and what is said where it is not there."""

import pytest
import torch

from makemore_core.devices import move, resolve_device
from makemore_core.errors import SettingsError
from makemore_core.training.config import default_config
from tests.core.models import ready_model, small_corpus


def set_up(monkeypatch: pytest.MonkeyPatch, *, cuda: bool, mps: bool) -> None:
    """A machine with these accelerators, as far as torch is asked for them."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    monkeypatch.setattr("makemore_core.devices.find_device", torch.device)


@pytest.mark.parametrize(
    ("cuda", "mps", "expected"),
    [(False, False, "cpu"), (True, False, "cuda"), (False, True, "mps"), (True, True, "cuda")],
)
def test_auto_is_the_accelerator_that_is_there(
    cuda: bool, mps: bool, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(monkeypatch, cuda=cuda, mps=mps)
    assert resolve_device("auto") == expected
    assert default_config("bigram", small_corpus(), device="auto").device == expected
    assert default_config("counts", small_corpus(), device="auto").device == "cpu"


@pytest.mark.parametrize("name", ["cuda:99", "mps" if torch.cuda.is_available() else "cuda:98", "abacus"])
def test_a_device_that_is_not_there_is_named(name: str) -> None:
    with pytest.raises(SettingsError, match=f"no device {name} that torch can use here: use cpu"):
        default_config("bigram", small_corpus(), device=name)
    with pytest.raises(SettingsError, match=f"no device {name} "):
        move(ready_model("bigram", small_corpus()), name)
