"""The options of `sweep`: those of `train`, each of which may hold several values.

They are read off that command, so that none is forgotten here.
"""

import inspect
from collections.abc import Mapping, Sequence
from copy import copy
from types import NoneType
from typing import Annotated, Any, get_args

import typer

from makemore_core.errors import SettingsError
from makemore_core.queue.grid import parse_values
from makemore_tui.cli import training
from makemore_tui.cli.queueing import Parallel
from makemore_tui.cli.train_options import parse_setting

SAME = ("file", "input_file", "encoding", "preset", "config", "tensorboard", "runs", "as_json")
"""Options that are as in `train`: they have one value."""
LEFT_OUT = ("resume", "queue", "name", "detach", "settings")
"""Options of `train` that make no sense for several runs, or mean something else."""

DryRun = Annotated[bool, typer.Option("--dry-run", help="Check and show all combinations, and make nothing.")]
SweepName = Annotated[
    str | None,
    typer.Option("--name", help="The name of the sweep; its runs are NAME-1, NAME-2 ...", show_default="sweep-N"),
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUES", help="A hyperparameter of the model; may be repeated."),
]
Detach = Annotated[bool, typer.Option("--detach", help="Put the runs into the queue and return at once.")]

SET = "set "
"""What the name of an axis begins with that was given by `--set`."""


def signature() -> inspect.Signature:
    """The options of the command: those of `train` with texts in place of numbers, and what a sweep has of its own."""
    parameters = []
    for name, parameter in inspect.signature(training.train).parameters.items():
        if name in LEFT_OUT:
            continue
        if _type(name, parameter) is None:
            parameters.append(parameter)
        else:
            option = copy(get_args(parameter.annotation)[1])
            option.metavar = "VALUES"
            parameters.append(parameter.replace(annotation=Annotated[str | None, option]))
    own = (("settings", Settings, None), ("parallel", Parallel, None), ("name", SweepName, None))
    flags = (("dry_run", DryRun, False), ("detach", Detach, False))
    for name, annotation, default in (*own, *flags):
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        parameters.append(inspect.Parameter(name, kind, default=default, annotation=annotation))
    return inspect.Signature(parameters, return_annotation=int)


def plain_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """What was given of the options that have one value, as in `train`."""
    known = inspect.signature(training.train).parameters.items()
    names = [name for name, parameter in known if name not in LEFT_OUT and _type(name, parameter) is None]
    return {name: options[name] for name in names if options.get(name) not in (None, False)}


def _types() -> dict[str, Any]:
    """The options of `train` that may hold several values, and the type of one."""
    found = {name: _type(name, parameter) for name, parameter in inspect.signature(training.train).parameters.items()}
    return {name: kind for name, kind in found.items() if kind is not None and name not in LEFT_OUT}


def _type(name: str, parameter: inspect.Parameter) -> Any:
    """What one value of an option is read as; None for an option that has one value: files, and what is on or off."""
    if name in SAME:
        return None
    kinds = [kind for kind in get_args(get_args(parameter.annotation)[0]) if kind is not NoneType]
    return kinds[0] if kinds and kinds[0] in (int, float, str) else None


def axes_of(options: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The values of each option that may have several, and of each `--set`. Raises SettingsError that names it."""
    axes = {}
    for name, kind in _types().items():
        if (text := options.get(name)) is None:
            continue
        option = f"--{name.replace('_', '-')}"
        try:
            axes[name] = [_convert(kind, value) for value in parse_values(text)]
        except SettingsError as error:
            raise SettingsError(f"{option}: {error}") from None
    return axes | _set_axes(options.get("settings") or [])


def _convert(kind: Any, value: str) -> Any:
    try:
        return kind(value)
    except ValueError:
        raise SettingsError(f"{value!r} is not {'a whole number' if kind is int else 'a number'}") from None


def _set_axes(texts: Sequence[str]) -> dict[str, list[Any]]:
    """The axes of `--set KEY=VALUES`; a value in brackets or quotes is one."""
    axes: dict[str, list[Any]] = {}
    for text in texts:
        key, _ = parse_setting(text)
        value = text.partition("=")[2]
        axes[SET + key] = [value] if value[:1] in ("[", "{", '"') else list(parse_values(value))
    return axes


def key_of(axis: str) -> str:
    """The key of the setting that an option changes."""
    from makemore_core.training.config import HYPERPARAMETERS

    if axis.startswith(SET):
        return f"model.{axis.removeprefix(SET)}"

    if axis in HYPERPARAMETERS:
        return f"model.{HYPERPARAMETERS[axis]}"
    return {"split": "split.kind", "split_seed": "split.seed"}.get(axis, axis)
