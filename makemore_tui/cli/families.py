"""`makemore-tui types`: every model that `train` makes, and what can be chosen of it."""

import textwrap
from typing import TYPE_CHECKING, Annotated, Any

import typer

from makemore_core.models.registry import FAMILIES, Family, family_defaults, find_family, load_family
from makemore_tui.cli.output import print_json

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

WIDTH = 80
COLUMN = 32
"""Where descriptions begin."""

_TIE = "\xa0"
"""Between an option and its value, which stay on one line."""

AsJson = Annotated[bool, typer.Option("--json", help="Write JSON.")]
Name = Annotated[
    str | None,
    typer.Argument(
        metavar="TYPE",
        help="One of them alone.",
        show_default="all of them",
        autocompletion=lambda incomplete: [name for name in FAMILIES if name.startswith(incomplete)],
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command of this module to the program."""
    app.command()(types)


def types(name: Name = None, as_json: AsJson = False) -> None:
    """List the models of `train --type`: their hyperparameters with the defaults, and how they are trained."""
    described = [_described(family) for family in ([find_family(name)] if name is not None else FAMILIES.values())]
    if as_json:
        print_json({"types": described})
        return
    for family in described:
        typer.echo(f"{family['name']}: {family['title']}, {family['summary']}")
        for one in family["hyperparameters"]:
            _tell(one)
        training = [f"--{key.replace('_', '-')}{_TIE}{_typed(value)}" for key, value in family["training"].items()]
        if training:
            typer.echo(_wrapped(f"  trained with {' '.join(training)}", "    "))
        typer.echo()
    typer.echo(f"Train one with: makemore-tui train FILE --type {described[0]['name']}")


def _described(family: Family) -> dict[str, Any]:
    from makemore_core.training.config import HYPERPARAMETERS, fit_to_steps

    options = {key: f"--{option.replace('_', '-')}" for option, key in HYPERPARAMETERS.items()}
    loaded = load_family(family.name)
    of_the_list = loaded.Settings.suited_to(1)
    defaults = {**family_defaults(family.name, 1), **dict.fromkeys(of_the_list)}
    training = fit_to_steps(loaded.training_defaults, ())
    return {
        "name": family.name,
        "title": family.title,
        "summary": family.summary,
        "hyperparameters": [
            {
                "name": key,
                "option": options.get(key, f"--set {key}="),
                "default": defaults.get(key, field.default),
                "description": _meaning(field, follows_list=key in of_the_list),
            }
            for key, field in loaded.Settings.model_fields.items()
        ],
        "training": {key: training[key] for key in loaded.training_defaults},
    }


def _meaning(field: "FieldInfo", *, follows_list: bool) -> str:
    return (field.description or "") + ("; by default the longest item and one, 256 at most" if follows_list else "")


def _tell(hyperparameter: dict[str, Any]) -> None:
    """One line: what is typed for the default, and what it is."""
    option, default = hyperparameter["option"], hyperparameter["default"]
    value = "N" if default is None else _typed(default)
    left = f"  {option}{'' if option.endswith('=') else ' '}{value}"
    typer.echo(_wrapped(f"{left:<{COLUMN}}{hyperparameter['description']}", " " * COLUMN))


def _typed(value: Any) -> str:
    """A value as it is written in an option: shortly, and true and false as JSON has them."""
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)


def _wrapped(text: str, indent: str) -> str:
    # Options have hyphens in them: they are not broken.
    return textwrap.fill(text, WIDTH, subsequent_indent=indent, break_on_hyphens=False).replace(_TIE, " ")
