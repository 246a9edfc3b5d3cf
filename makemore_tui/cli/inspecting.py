"""The command that looks inside a model: inspect."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from makemore_tui.cli.options import AsJson, Runs
from makemore_tui.cli.sources import Checkpoint, FileEncoding, Order, Smoothing, SourceSpec, home_of, open_named

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from makemore_core.inspection.activity import Activity
    from makemore_core.sources import Source

    Report = dict[str, Any]
    Finder = Callable[["Asked"], Report | None]


class View(StrEnum):
    """What can be looked at."""

    CHARACTERS = "characters"
    ATTENTION = "attention"
    STATES = "states"
    ACTIVATIONS = "activations"
    MATTERED = "mattered"
    PARAMETERS = "parameters"


LACKS = {
    View.CHARACTERS: "vectors for characters",
    View.ATTENTION: "attention",
    View.STATES: "state to carry along",
    View.ACTIVATIONS: "hidden layers apart from states",
    View.PARAMETERS: "parameters",
}


@dataclass(frozen=True, eq=False)
class Asked:
    """The model, the text and the options of the views."""

    source: "Source"
    ids: "Sequence[int]"
    follows: str
    parameter: str
    gradients: bool
    first_two: bool


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(inspect)


def inspect(
    run: SourceSpec,
    view: Annotated[View, typer.Option(help="What to look at.")] = View.MATTERED,
    prompt: Annotated[str, typer.Option(help="The text that the model reads.")] = "",
    follows: Annotated[
        str, typer.Option("--next", metavar="CHARACTER", help="mattered: ask for this one, not the likeliest.")
    ] = "",
    parameter: Annotated[str, typer.Option(metavar="NAME", help="parameters: this one, with its numbers.")] = "",
    gradients: Annotated[
        bool, typer.Option("--gradients", help="parameters: the gradient on 64 items of train instead.")
    ] = False,
    first_two: Annotated[
        bool, typer.Option("--first-two", help="characters: the first two numbers of a vector, not PCA.")
    ] = False,
    checkpoint: Checkpoint = "best",
    order: Order = None,
    smoothing: Smoothing = None,
    encoding: FileEncoding = "utf-8",
    runs: Runs = None,
    as_json: AsJson = False,
) -> None:
    """Look inside a model: what each character did for a prediction, attention, states, activations, parameters.

    `mattered` puts all other characters in the place of each one of the prompt in turn, and averages over them
    (occlusion; unlike in its sources the actual character is left out); its numbers are differences in log probability,
    in nats. Values of units, vectors and parameters are all in the JSON.
    """
    from makemore_core.errors import SettingsError
    from makemore_tui.cli.output import print_json

    home = home_of(run, runs)
    source = open_named(run, home, order, smoothing, encoding, checkpoint, "cpu")
    asked = Asked(source, source.vocabulary.encode(prompt), follows, parameter, gradients, first_two)
    found = _FINDERS[view](asked)
    if found is None:
        raise SettingsError(f"{source.name} has no {LACKS[view]}: choose another --view")
    if as_json:
        print_json({"source": source.name, "prompt": prompt, "view": view.value, **found})
    else:
        _print(view, found)


def _characters(asked: Asked) -> "Report | None":
    from makemore_core.inspection.embeddings import character_map

    found = character_map(asked.source.model, "first two" if asked.first_two else "pca")
    if found is None:
        return None
    points = zip(asked.source.vocabulary.symbols, found.points.tolist(), strict=True)
    return {
        "projection": found.projection,
        "size": found.size,
        "explained": list(found.explained),
        "characters": [{"character": symbol, "x": x, "y": y} for symbol, (x, y) in points],
    }


def _attention(asked: Asked) -> "Report | None":
    from makemore_core.inspection.attention import attend

    found = attend(asked.source.model, asked.ids)
    if found is None:
        return None
    return {"characters": _symbols(asked.source, found.ids), "attention": found.weights.tolist()}


def _states(asked: Asked) -> "Report | None":
    from makemore_core.inspection.activity import states

    return _activity(asked, states(asked.source.model, asked.ids))


def _activations(asked: Asked) -> "Report | None":
    from makemore_core.inspection.activity import activations

    return _activity(asked, activations(asked.source.model, asked.ids))


def _activity(asked: Asked, found: "Activity | None") -> "Report | None":
    if found is None:
        return None
    parts = [
        {"name": units.name, "what": units.what, "nodes": units.nodes, "values": units.values.tolist()}
        for units in found.parts
    ]
    return {"characters": _symbols(asked.source, found.ids), "parts": parts}


def _mattered(asked: Asked) -> "Report | None":
    import torch

    from makemore_core.errors import SettingsError
    from makemore_core.inspection.occlusion import character_counts, occlude
    from makemore_core.sampling import entropy
    from makemore_core.vocabulary import SENTINEL

    target = None
    if asked.follows:
        if len(asked.follows) != 1:
            raise SettingsError(f"--next takes one character, not {asked.follows!r}")
        is_end = asked.follows == asked.source.vocabulary.sentinel
        target = SENTINEL if is_end else asked.source.vocabulary.encode(asked.follows)[0]
    counts = None if asked.source.corpus is None else character_counts(asked.source.corpus)
    found = occlude(asked.source.model, asked.ids, target, counts=counts)
    rows = zip(found.ids, found.effects.tolist(), found.without.tolist(), strict=True)
    return {
        "next": asked.source.vocabulary.symbol(found.target),
        "probability": found.probability,
        "entropy": entropy(torch.from_numpy(found.chances)),
        "characters": [
            {"character": asked.source.vocabulary.symbol(token), "effect": effect, "probability_without": without}
            for token, effect, without in rows
        ],
    }


def _parameters(asked: Asked) -> "Report | None":
    from makemore_core.errors import SettingsError
    from makemore_core.inspection.parameters import gradients, weights

    values, report = weights(asked.source.model), {}
    if values is None:
        return None
    if asked.gradients:
        if asked.source.corpus is None or asked.source.sides is None:
            raise SettingsError(f"the list that {asked.source.name} learnt from is not at hand: there are no gradients")
        found = gradients(asked.source.model, asked.source.corpus, asked.source.sides.train)
        if found is None:
            return None
        values, report = dict(found.by_name), {"loss": found.loss, "items": found.items}
    if asked.parameter and asked.parameter not in values:
        raise SettingsError(f"there is no parameter '{asked.parameter}': choose one of {', '.join(values)}")
    listed = [
        {"name": name, "shape": list(one.shape), "mean": one.mean, "std": one.std}
        | ({"values": one.values.tolist()} if asked.parameter else {})
        for name, one in values.items()
        if asked.parameter in ("", name)
    ]
    return {"of": "gradients" if asked.gradients else "weights", **report, "parameters": listed}


def _symbols(source: "Source", ids: "Sequence[int]") -> list[str]:
    return [source.vocabulary.symbol(token) for token in ids]


_FINDERS: "dict[View, Finder]" = {
    View.CHARACTERS: _characters,
    View.ATTENTION: _attention,
    View.STATES: _states,
    View.ACTIVATIONS: _activations,
    View.MATTERED: _mattered,
    View.PARAMETERS: _parameters,
}


def _print(view: View, found: "Report") -> None:
    """The same as tables; of values that are too many for a table, the mean and the deviation."""
    from makemore_tui.cli.output import print_table
    from makemore_tui.display import character_label

    if view is View.CHARACTERS:
        across, up = found["explained"]
        caption = f"{found['projection']} of {found['size']:,} numbers: x {across:.1%}, y {up:.1%} of their variance"
        rows = [
            (character_label(one["character"]), f"{one['x']:+.3f}", f"{one['y']:+.3f}") for one in found["characters"]
        ]
        print_table(("character", "x", "y"), rows, caption)
    elif view is View.ATTENTION:
        labels = [character_label(symbol) for symbol in found["characters"]]
        for layer, heads in enumerate(found["attention"], 1):
            for head, square in enumerate(heads, 1):
                typer.echo(f"layer {layer}, head {head}: each row is a character, and what it takes from those before")
                print_table(
                    ("", *labels),
                    [
                        (label, *(f"{share:.1%}" if column <= row else "" for column, share in enumerate(shares)))
                        for row, (label, shares) in enumerate(zip(labels, square, strict=True))
                    ],
                )
    elif view is View.MATTERED:
        caption = f"next {character_label(found['next'])}: {found['probability']:.1%}; + made it likelier, in nats"
        rows = [
            (character_label(one["character"]), _signed(one["effect"]), f"{one['probability_without']:.1%}")
            for one in found["characters"]
        ]
        print_table(("character", "effect", "without it"), rows, caption)
    elif view is View.PARAMETERS:
        loss = f" on {found['items']} items, loss {found['loss']:.4f}" if "loss" in found else ""
        print_table(
            ("parameter", "shape", "mean", "std"),
            [
                (one["name"], " x ".join(map(str, one["shape"])), _short(one["mean"]), _short(one["std"], sign=""))
                for one in found["parameters"]
            ],
            f"{found['of']}{loss}",
        )
    else:
        _print_activity(found)


def _print_activity(found: "Report") -> None:
    """For each layer or gate and each character, the mean over its units."""
    import numpy as np

    from makemore_tui.cli.output import print_table
    from makemore_tui.display import character_label

    labels = [character_label(symbol) for symbol in found["characters"]]
    rows = []
    for part in found["parts"]:
        values = np.asarray(part["values"])
        rows.append((part["name"], part["what"], f"{values.shape[1]:,}", *(f"{mean:+.2f}" for mean in values.mean(1))))
    print_table(("part", "kind", "units", *labels), rows, "mean over the units, once each character has been read")


def _signed(value: float) -> str:
    import math

    return "" if math.isnan(value) else f"{value:+.3f}"


def _short(value: float | None, sign: str = "+") -> str:
    return "" if value is None else f"{value:{sign}.3g}"
