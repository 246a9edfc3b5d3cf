"""Where tensors lie and sums are made: the processor, or an accelerator that torch finds on this machine."""

import torch
from torch import Tensor

from makemore_core.errors import SettingsError
from makemore_core.models.base import CountModel, LanguageModel

AUTO = "auto"


def resolve_device(name: str) -> str:
    """The device to use for a name: for `auto` the accelerator of this machine, or cpu where it has none.

    Raises SettingsError where there is no such device here.
    """
    if name == AUTO:
        name = next((kind for kind, found in _accelerators().items() if found), "cpu")
    find_device(name)
    return name


def find_device(name: str) -> torch.device:
    """The device of this name. Raises SettingsError where this machine does not have it."""
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError):
        raise SettingsError(f"there is no device {name} that torch can use here: use cpu, or auto") from None
    return device


def move(model: LanguageModel, name: str) -> None:
    """Bring a model to a device; one that counts stays on the CPU. Raises SettingsError where there is none."""
    device = find_device(resolve_device(name))
    if not isinstance(model, CountModel):
        model.to(device)


def doubled(logits: Tensor) -> Tensor:
    """In double precision, on the CPU where the device has none."""
    return (logits.cpu() if logits.device.type == "mps" else logits).double()


def random_state(device: torch.device) -> Tensor | None:
    """The state of the device's own random numbers, which dropout uses there; None for the CPU."""
    if device.type == "cuda":
        return torch.cuda.get_rng_state(device)
    return torch.mps.get_rng_state() if device.type == "mps" else None


def set_random_state(device: torch.device, state: Tensor) -> None:
    """Go on with the random numbers of a device from there."""
    if device.type == "cuda":
        torch.cuda.set_rng_state(state, device)
    elif device.type == "mps":
        torch.mps.set_rng_state(state)


def _accelerators() -> dict[str, bool]:
    return {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
