"""Files of weights as makemore.py saves and loads them: `torch.save(model.state_dict())`.

Such a file holds weights alone. The vocabulary comes from the list that the model was trained on; the sizes from the
shapes, except the number of heads. Files are read with `weights_only`: nothing in them is ever run.
"""

import pickle
import warnings
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from makemore_core.errors import ExchangeError, SettingsError
from makemore_core.exchange.layouts import LAYOUTS, Layout, LayoutError, Tensors
from makemore_core.models.base import Hyperparameters, LanguageModel
from makemore_core.models.registry import build_model, find_family
from makemore_core.positions import Ids
from makemore_core.presets.registry import find_preset
from makemore_core.reading import shown
from makemore_core.runs.paths import write_file

DEFAULT_HEADS = 4
"""What makemore.py takes without `--n-head`."""

_ZIP = b"PK\x03\x04"
_BEFORE_ZIP = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19."  # torch's mark in files from before version 1.6
_DTYPES = (torch.float16, torch.bfloat16, torch.float32, torch.float64)
_TOLERANCE = 1e-4
_NAMED = 3  # as many tensors are named in an error


@dataclass(frozen=True, eq=False)
class MakemoreModel:
    """A model from a file of makemore.py's."""

    path: Path
    type: str
    model: LanguageModel
    """In evaluation mode, on the CPU, in float32."""


def read_model(path: Path, *, type: str | None = None, heads: int | None = None) -> MakemoreModel:
    """The model in a file that makemore.py saved.

    The file itself tells the type; `type` is what a person takes it for. `heads` is makemore.py's `--n-head`, which no
    shape tells. Raises ExchangeError with one line: where the file cannot be read, is damaged, or holds something
    other than the weights of this type; SettingsError where the sizes or heads cannot be.
    """
    theirs = _floats(_load(path), path)
    layout = _recognise(theirs, type, path)
    try:
        vocab_size, sizes = layout.sizes(theirs)
        model = _build(layout, vocab_size, {**sizes, **_heads(layout, sizes, heads, path)})
        # What we would write for a model of these sizes says what must be there.
        places = sizes.get("context", 1)
        _compare(theirs, layout.write(model.state_dict(), places), layout)
    except LayoutError as error:
        raise ExchangeError(
            f"{shown(path)} does not hold the weights of makemore.py's {layout.type}: {error}"
        ) from None
    model.load_tensors(layout.read(theirs))
    return MakemoreModel(path, layout.type, model.eval())


def write_model(path: Path, type: str, model: LanguageModel, items: Ids, *, longest: int, force: bool = False) -> None:
    """Write a model so that makemore.py loads it for a list whose longest item has this length.

    What is written is read back first, and has to give the logits of the model on `items`, (B, T) int64 ids that start
    with the sentinel. Raises ExchangeError where makemore.py has no such model, the file exists (unless `force`), or
    it cannot be written.
    """
    layout = _layout_for(type, model, longest + 1)
    theirs = OrderedDict(
        (name, tensor.detach().cpu().contiguous().clone())
        for name, tensor in layout.write(model.state_dict(), longest + 1).items()
    )
    _check_logits(layout, theirs, model, items)
    data = BytesIO()
    torch.save(theirs, data)
    if path.exists() and not force:
        raise ExchangeError(f"{shown(path)} exists already: choose another name, or replace it with --force")
    try:
        write_file(path, [data.getvalue()])
    except OSError as error:
        raise ExchangeError(f"{shown(path)}: the weights cannot be written: {error.strerror}") from None


def check_expressible(type: str) -> None:
    """Raise ExchangeError where makemore.py has no model of this type."""
    if type not in LAYOUTS:
        find_family(type)
        raise ExchangeError(f"makemore.py has no model like {type}: it has {', '.join(LAYOUTS)}")


# Reading


def _load(path: Path) -> Any:
    """Whatever torch saved in a file, without running anything in it."""
    try:
        with path.open("rb") as stream:
            data = stream.read(len(_BEFORE_ZIP))
            if not data.startswith((_ZIP, _BEFORE_ZIP)):
                raise ExchangeError(f"{shown(path)} is no file of torch.save: give the model.pt that makemore.py wrote")
            data += stream.read()
    except OSError as error:
        raise ExchangeError(f"{shown(path)} cannot be read: {error.strerror}") from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return torch.load(BytesIO(data), map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:
        raise ExchangeError(
            f"{shown(path)} holds more than weights, and what it holds could run code, so it was not read: "
            "save model.state_dict() alone"
        ) from None
    except Exception:  # torch raises whatever its reader stumbles over
        raise ExchangeError(f"{shown(path)} is damaged or cut short: copy it again from where it was made") from None


def _floats(loaded: Any, path: Path) -> Tensors:
    """A state dict of finite numbers as float32. Raises ExchangeError for anything else."""
    if not isinstance(loaded, dict) or not loaded or not all(isinstance(name, str) for name in loaded):
        raise ExchangeError(f"{shown(path)} holds no weights by name: save model.state_dict()")
    found = {}
    for name, tensor in loaded.items():
        if not isinstance(tensor, Tensor) or not _holds_numbers(tensor):
            raise ExchangeError(f"{shown(path)}: {shown(name)} is no tensor of numbers: save model.state_dict()")
        found[name] = tensor.float()
        if not bool(torch.isfinite(found[name]).all()):
            raise ExchangeError(f"{shown(path)}: {shown(name)} holds infinite numbers or NaN: training had diverged")
    return found


def _holds_numbers(tensor: Tensor) -> bool:
    """Whether there is a number for each place: a few bytes can claim any shape, as one number over and over."""
    plain = tensor.layout is torch.strided and tensor.device.type == "cpu" and tensor.dtype in _DTYPES
    return plain and tensor.numel() * tensor.element_size() <= tensor.untyped_storage().nbytes()


def _recognise(theirs: Mapping[str, Tensor], type: str | None, path: Path) -> Layout:
    """The layout of the type that the names belong to."""
    if type is not None:
        check_expressible(type)
    found = [layout for layout in LAYOUTS.values() if layout.sign in theirs]
    if not found:
        names = _listed(list(theirs))
        raise ExchangeError(f"{shown(path)} holds no model of makemore.py's, which are {', '.join(LAYOUTS)}: {names}")
    if type is not None and LAYOUTS[type] not in found:
        raise ExchangeError(f"{shown(path)} holds a model of type {found[0].type}, not {type}")
    return found[0] if type is None else LAYOUTS[type]


def _heads(layout: Layout, sizes: Mapping[str, Any], heads: int | None, path: Path) -> dict[str, int]:
    """The one size that the shapes do not tell. Raises SettingsError where it cannot be."""
    if layout.type != "transformer":
        if heads is not None:
            raise SettingsError(
                f"{shown(path)} holds a model of type {layout.type}, which has no heads: leave them out"
            )
        return {}
    wanted = DEFAULT_HEADS if heads is None else heads
    if wanted < 1 or sizes["embedding"] % wanted:
        raise SettingsError(
            f"{shown(path)}: an embedding of {sizes['embedding']} has no {wanted} equal parts: "
            "say with --n-head how many heads the model was trained with"
        )
    return {"heads": wanted}


def _build(layout: Layout, vocab_size: int, sizes: Mapping[str, Any]) -> LanguageModel:
    """A model as makemore.py's preset has it, but for its sizes."""
    preset = find_preset(f"makemore-{layout.type}")
    return build_model(layout.type, vocab_size, {**preset.model, **sizes}, seed=0)


def _compare(theirs: Mapping[str, Tensor], expected: Mapping[str, Tensor], layout: Layout) -> None:
    """Raise LayoutError unless names and shapes are those that are expected, and masks hide what is to come."""
    if missing := [name for name in expected if name not in theirs]:
        raise LayoutError(f"it lacks {_listed(missing)}")
    if extra := [name for name in theirs if name not in expected]:
        raise LayoutError(f"it has {_listed(extra)} besides")
    for name, tensor in expected.items():
        if theirs[name].shape != tensor.shape:
            found, wanted = (tuple(shape) for shape in (theirs[name].shape, tensor.shape))
            raise LayoutError(f"{name} has the shape {found}, and the others ask for {wanted}")
        if layout.mask is not None and name.endswith(layout.mask) and not torch.equal(theirs[name], tensor):
            raise LayoutError(f"{name} is no mask that hides what is to come")


def _listed(names: list[str]) -> str:
    first = ", ".join(shown(name) for name in names[:_NAMED])
    return f"{first} and {len(names) - _NAMED} more" if len(names) > _NAMED else first


# Writing


def _layout_for(type: str, model: LanguageModel, places: int) -> Layout:
    """The layout that can hold a model. Raises ExchangeError where there is none."""
    check_expressible(type)
    layout, settings = LAYOUTS[type], model.settings
    for name, value in layout.fixed.items():
        if (own := getattr(settings, name)) != value:
            raise ExchangeError(
                f"makemore.py's {type} has {name} {_word(value)}, and this model has {_word(own)}: {_instead(type)}"
            )
    _check_places(type, settings, places)
    return layout


def _instead(type: str) -> str:
    return f"train one with --preset makemore-{type}"


def _check_places(type: str, settings: Hyperparameters, places: int) -> None:
    """makemore.py sees an item from its start to its end, so its models have a place for each character."""
    context = getattr(settings, "context", places)
    if type == "mlp" and context > places:
        raise ExchangeError(
            f"makemore.py's mlp looks back at {places} characters on this list, and this model at {context}: "
            f"train one with --block-size {places} or less"
        )
    if type != "mlp" and context < places:
        raise ExchangeError(
            f"makemore.py's {type} has {places} places on this list, one for each character of the longest item and "
            f"one for its start, and this model has {context}: train one with --block-size {places}"
        )


def _check_logits(layout: Layout, theirs: Tensors, model: LanguageModel, items: Ids) -> None:
    """Read back what is about to be written. Raises ExchangeError where it is not the same model."""
    _, sizes = layout.sizes(theirs)
    heads = {"heads": model.settings.heads} if layout.type == "transformer" else {}  # type: ignore[attr-defined]
    copy = _build(layout, model.vocab_size, {**sizes, **heads})
    copy.load_tensors(layout.read(theirs))
    ids = torch.from_numpy(items)
    with torch.no_grad():
        same = torch.allclose(copy.eval()(ids), model.eval()(ids), rtol=_TOLERANCE, atol=_TOLERANCE)
    if not same:
        raise ExchangeError(f"makemore.py's {layout.type} would not give the logits of this model: it lacks a setting")


def _word(value: object) -> str:
    return str(value).lower()
