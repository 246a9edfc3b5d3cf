"""`makemore-tui presets`: settings whose numbers are known."""

import textwrap
from typing import Annotated

import typer

from makemore_core.presets import PRESETS, Figure, Preset, find_preset
from makemore_tui.cli.output import print_json

WIDTH = 80

AsJson = Annotated[bool, typer.Option("--json", help="Write JSON.")]
Name = Annotated[
    str | None,
    typer.Argument(
        metavar="NAME",
        help="One of them alone.",
        show_default="all of them",
        autocompletion=lambda incomplete: [name for name in PRESETS if name.startswith(incomplete)],
    ),
]


def register(app: typer.Typer) -> None:
    """Adds the command of this module to `app`."""
    app.command()(presets)


def presets(name: Name = None, as_json: AsJson = False) -> None:
    """List the presets of `train --preset`, with the numbers they are known to give."""
    chosen = list(PRESETS.values()) if name is None else [find_preset(name)]
    if as_json:
        print_json({"presets": [_as_json(preset) for preset in chosen]})
        return
    for preset in chosen:
        typer.echo(f"{preset.name}: {preset.title}\n{_paragraph(preset.help)}\n{_paragraph(_known(preset))}\n")
    typer.echo(f"Train one with: makemore-tui train FILE --preset {chosen[0].name}")


def _as_json(preset: Preset) -> dict[str, object]:
    return {
        "name": preset.name,
        "title": preset.title,
        "help": preset.help,
        "settings": preset.values(),
        "figures": [
            {"what": figure.what, "step": figure.step, "value": figure.value, "source": figure.source}
            for figure in preset.figures
        ],
    }


def _known(preset: Preset) -> str:
    """Its figures in one line, those of one source together."""
    sources = {figure.source: None for figure in preset.figures}
    parts = [
        f"{source}: {', '.join(_words(figure) for figure in preset.figures if figure.source == source)}"
        for source in sources
    ]
    return "; ".join(parts)


def _words(figure: Figure) -> str:
    at = f" at step {figure.step:,}" if figure.step else ""
    return f"{figure.value} parameters" if figure.what == "parameters" else f"{figure.what} {figure.value}{at}"


def _paragraph(text: str) -> str:
    # Names have hyphens in them: they are not broken.
    return textwrap.fill(text, WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)
