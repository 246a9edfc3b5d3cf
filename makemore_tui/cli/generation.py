"""The commands that draw from a model: sample, step."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from makemore_tui.cli.options import AsJson, Runs
from makemore_tui.cli.ranges import at_least
from makemore_tui.cli.sources import (
    Checkpoint,
    Device,
    FileEncoding,
    Order,
    Seed,
    Smoothing,
    SourceSpec,
    home_of,
    open_named,
)

if TYPE_CHECKING:
    from makemore_core.sampling import Controls
    from makemore_core.sources import Source

Temperature = Annotated[
    float, typer.Option(help="Below 1 sharper, above 1 flatter, 0 the most probable.", callback=at_least(0))
]
TopK = Annotated[int | None, typer.Option(help="Keep the K most probable characters.", callback=at_least(1))]
TopP = Annotated[
    float | None, typer.Option(help="Keep the most probable characters up to this probability.", callback=at_least(0))
]
Prompt = Annotated[str, typer.Option(help="What the item starts with.")]
Rng = Annotated[str, typer.Option(help="inverse-cdf, or multinomial for torch.multinomial.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command()(sample)
    app.command()(step)


def sample(
    run: SourceSpec,
    number: Annotated[int, typer.Option("-n", "--number", help="How many items.", callback=at_least(0))] = 20,
    seed: Seed = 42,
    temperature: Temperature = 1.0,
    top_k: TopK = None,
    top_p: TopP = None,
    prompt: Prompt = "",
    rng: Rng = "inverse-cdf",
    max_length: Annotated[int, typer.Option(help="Cut items off at this many characters.", callback=at_least(1))] = 500,
    batch_size: Annotated[
        int,
        typer.Option(
            help="Draw this many at once: faster, and another use of the random numbers.", callback=at_least(1)
        ),
    ] = 1,
    checkpoint: Checkpoint = "best",
    device: Device = "cpu",
    order: Order = None,
    smoothing: Smoothing = None,
    encoding: FileEncoding = "utf-8",
    runs: Runs = None,
    as_json: AsJson = False,
) -> None:
    """Generate items, one a line.

    With --json, each comes with its NLL (nats per character) and whether it stands in the data.
    """
    home = home_of(run, runs)
    controls = _controls(temperature, top_k, top_p, rng, max_length)
    source = open_named(run, home, order, smoothing, encoding, checkpoint, device)
    from makemore_core.models.base import seeded
    from makemore_core.sampling import sample_items

    drawn = sample_items(
        source.model, source.vocabulary, number, controls, seeded(seed), prompt=prompt, batch_size=batch_size
    )
    if as_json:
        from makemore_tui.cli.output import print_json

        print_json({"items": [_sampled(source, item.text, item.nll, item.finished) for item in drawn]})
        return
    from makemore_tui.cli.output import print_text

    for item in drawn:
        print_text(item.text)


def step(
    run: SourceSpec,
    prompt: Prompt = "",
    show: Annotated[int | None, typer.Option(help="Only this many candidates.", callback=at_least(1))] = None,
    temperature: Temperature = 1.0,
    top_k: TopK = None,
    top_p: TopP = None,
    checkpoint: Checkpoint = "best",
    device: Device = "cpu",
    order: Order = None,
    smoothing: Smoothing = None,
    encoding: FileEncoding = "utf-8",
    runs: Runs = None,
    as_json: AsJson = False,
) -> None:
    """Show how probable each next character is after a prompt.

    `adjusted` is what temperature, top-k and top-p make of them; `from` and `to` are the ends of the character's
    interval: the random number of a draw, between 0 and 1, falls into one of them. The intervals lie in the order of
    the vocabulary, the rows in that of the probabilities. With --json, `cumulative` is the upper end.
    """
    home = home_of(run, runs)
    controls = _controls(temperature, top_k, top_p, "inverse-cdf", 500)
    source = open_named(run, home, order, smoothing, encoding, checkpoint, device)
    from makemore_core.sampling import next_candidates

    here = next_candidates(source.model, source.vocabulary, prompt, controls)
    candidates = [asdict(candidate) for candidate in here.candidates[:show]]
    if as_json:
        from makemore_tui.cli.output import print_json

        print_json({"entropy": here.entropy, "candidates": candidates})
        return
    from makemore_tui.cli.output import print_table

    print_table(
        ("character", "probability", "adjusted", "from", "to"),
        [
            (
                c["character"],
                f"{c['probability']:.4%}",
                f"{c['adjusted']:.4%}",
                f"{max(c['cumulative'] - c['adjusted'], 0.0):.4f}",
                f"{c['cumulative']:.4f}",
            )
            for c in candidates
        ],
        caption=f"entropy {here.entropy:.4f} nats: like a choice among {here.perplexity:.1f}"
        f" of {source.vocabulary.size} characters",
    )


def _controls(temperature: float, top_k: int | None, top_p: float | None, rng: str, max_length: int) -> "Controls":
    from makemore_core.sampling import Controls

    return Controls(temperature, top_k, top_p, rng, max_length)  # type: ignore[arg-type]  # checked by Controls


def _sampled(source: "Source", text: str, nll: float, finished: bool) -> dict[str, Any]:
    membership = source.membership(text)
    known = asdict(membership) if membership else {"in_train": None, "in_dev": None, "in_test": None}
    return {"text": text, "nll": nll, **known, "finished": finished}
