"""The command that tells what goes on inside a network: diagnose."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import typer

from makemore_tui.cli.options import AsJson, Run, Runs

if TYPE_CHECKING:
    from makemore_core.diagnostics.looks import Look
    from makemore_core.runs.snapshot import RunView


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(diagnose)


def diagnose(run: Run, runs: Runs = None, as_json: AsJson = False) -> None:
    """Look inside a run's network: activations, gradients, updates, and what they mean.

    The latest look is shown (std: standard deviation); `train --diagnostics-interval` says how often one is taken.
    """
    from contextlib import closing

    from makemore_core.errors import RunError
    from makemore_core.runs.view import RunReader
    from makemore_tui.cli import training
    from makemore_tui.cli.output import print_json

    with closing(RunReader(training.find(run, runs))) as reader:
        view = reader.poll()
    if not view.state.is_readable:
        raise RunError(f"{view.name}: {view.reason}")
    if view.look is None:
        raise RunError(f"{view.name} has no look inside its network: {_why_none(view)}")
    if as_json:
        print_json(_report(view, view.look))
    else:
        _print(view, view.look)


def _why_none(view: "RunView") -> str:
    if view.config is not None and view.config.diagnostics_interval == 0:
        return "its diagnostics are switched off (diagnostics_interval 0)"
    return "it counts, or it has made no step since looks are taken"


def _report(view: "RunView", look: "Look") -> dict[str, Any]:
    import math

    return {
        "run": view.name,
        "step": look.step,
        "first_loss": view.first_loss,
        "uniform_loss": math.log(view.vocab_size) if view.vocab_size else None,
        "findings": [asdict(finding) for finding in view.findings],
        "layers": [asdict(layer) for layer in look.layers],
        "parameters": [asdict(parameter) for parameter in look.parameters],
    }


def _print(view: "RunView", look: "Look") -> None:
    from makemore_core.diagnostics.findings import explain_first_loss, find
    from makemore_tui.cli.output import print_table

    typer.echo(f"{view.name} at step {look.step:,}")
    if look.layers:
        print_table(
            ("layer", "kind", "units", "mean", "std", "saturated", "dead"),
            (
                (
                    layer.name,
                    layer.kind,
                    f"{layer.units:,}",
                    f"{layer.mean:+.2f}",
                    f"{layer.std:.2f}",
                    f"{layer.saturated:.1%}",
                    f"{layer.dead:,}",
                )
                for layer in look.layers
            ),
        )
    print_table(
        ("parameter", "shape", "std", "grad std", "grad:data", "update:data"),
        (
            (
                parameter.name,
                " x ".join(map(str, parameter.shape)),
                _number(parameter.std),
                _number(parameter.grad_std),
                _number(parameter.grad_ratio),
                "" if parameter.update_ratio is None else f"10^{parameter.update_ratio:.1f}",
            )
            for parameter in look.parameters
        ),
    )
    if view.first_loss is not None and view.vocab_size is not None:
        typer.echo(explain_first_loss(view.first_loss, view.vocab_size))
    for finding in find(look, view.looks[0]):
        typer.echo(finding.text)
    if not view.findings:
        typer.echo("nothing is amiss")


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2g}"
