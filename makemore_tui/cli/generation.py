"""The commands that draw from a model and look at it: sample, step, eval."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from makemore_tui.cli.options import AsJson, Runs
from makemore_tui.cli.ranges import at_least
from makemore_tui.completion import complete_source

if TYPE_CHECKING:
    from makemore_core.sampling import Controls
    from makemore_core.sources import Source

SourceSpec = Annotated[
    str,
    typer.Argument(
        metavar="RUN",
        help="A run's name or folder, counts:FILE, or uniform:FILE (FILE may be @names).",
        autocompletion=complete_source,
    ),
]
Order = Annotated[
    int | None,
    typer.Option(help="counts:FILE only: characters in an n-gram.", show_default="2", callback=at_least(1)),
]
Smoothing = Annotated[
    float | None,
    typer.Option(help="counts:FILE only: added to every count.", show_default="1", callback=at_least(0)),
]
FileEncoding = Annotated[
    str, typer.Option("--encoding", metavar="NAME", help="counts:FILE and uniform:FILE only: the encoding of the file.")
]
Checkpoint = Annotated[str, typer.Option(help="A run's checkpoint: best, last, final, or step-N.")]
Device = Annotated[str, typer.Option(help="Where to compute: auto, cpu, cuda, cuda:N or mps.")]
Seed = Annotated[int, typer.Option(help="The seed of the random numbers.", callback=at_least(0, 1 << 63))]
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
    app.command("eval")(evaluate)


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
    home = _home_of(run, runs)
    controls = _controls(temperature, top_k, top_p, rng, max_length)
    source = _open(run, home, order, smoothing, encoding, checkpoint, device)
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
    home = _home_of(run, runs)
    controls = _controls(temperature, top_k, top_p, "inverse-cdf", 500)
    source = _open(run, home, order, smoothing, encoding, checkpoint, device)
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


def evaluate(
    run: SourceSpec,
    checkpoint: Checkpoint = "best",
    device: Device = "cpu",
    order: Order = None,
    smoothing: Smoothing = None,
    encoding: FileEncoding = "utf-8",
    runs: Runs = None,
    as_json: AsJson = False,
) -> None:
    """Report the exact loss on train, dev and test.

    Perplexity and bits per character are those of the held-out items (test), or of train where there are none.
    """
    from makemore_core.errors import RunError

    home = _home_of(run, runs)
    source = _open(run, home, order, smoothing, encoding, checkpoint, device)
    if source.corpus is None or source.sides is None:
        raise RunError(f"the data of '{run}' is not at hand, so there is nothing to evaluate it on")
    from makemore_core.evaluation import evaluate as loss_on

    train, dev, test = (loss_on(source.model, source.corpus, side) for side in source.sides)
    final = test if test.characters else train
    report: dict[str, Any] = {
        "train_nll": train.nll,
        "dev_nll": dev.nll,
        "test_nll": test.nll,
        "perplexity": final.perplexity,
        "bits_per_character": final.bits_per_character,
    }
    if as_json:
        from makemore_tui.cli.output import print_json

        print_json(report)
        return
    from makemore_tui.cli.output import print_table

    sides = (("train", train), ("dev", dev), ("test", test))
    print_table(
        ("split", "characters", "NLL", "bits/char", "perplexity"),
        [
            (
                name,
                f"{loss.characters:,}",
                f"{loss.nll:.6f}",
                f"{loss.bits_per_character:.4f}",
                f"{loss.perplexity:.3f}",
            )
            for name, loss in sides
            if loss.characters
        ],
        caption=f"{source.name}{_how_counted(run, order, smoothing)}: NLL in nats per character, "
        "the end of each item counted",
    )


def _how_counted(run: str, order: int | None, smoothing: float | None) -> str:
    """The settings of counts that are made on the spot; empty for other models."""
    if not run.startswith("counts:"):
        return ""
    order, smoothing = 2 if order is None else order, 1.0 if smoothing is None else smoothing
    return f" (order {order}, smoothing {smoothing:g}: see --order and --smoothing)"


def _controls(temperature: float, top_k: int | None, top_p: float | None, rng: str, max_length: int) -> "Controls":
    from makemore_core.sampling import Controls

    return Controls(temperature, top_k, top_p, rng, max_length)  # type: ignore[arg-type]  # checked by Controls


def _home_of(run: str, runs: Path | None) -> Path:
    """The folder of runs. Raises RunError or ListError for what names no source, before torch is imported: a second."""
    from makemore_core.errors import ListError
    from makemore_core.runs.folder import find_run, runs_home

    home = runs_home(runs)
    kind, colon, file = run.partition(":")
    if not colon or kind not in ("counts", "uniform"):
        find_run(run, home)
    elif not file:
        raise ListError(f"{run} names no list: write a file or a built-in list after the colon, as in {run}@names")
    return home


def _open(
    run: str, home: Path, order: int | None, smoothing: float | None, encoding: str, checkpoint: str, device: str
) -> "Source":
    """Open a run, or make a model of a list. Raises SettingsError for a setting of counts where there are none."""
    from makemore_core.devices import move
    from makemore_core.errors import SettingsError
    from makemore_core.sources import open_source

    given = [name for name, value in (("--order", order), ("--smoothing", smoothing)) if value is not None]
    if given and not run.startswith("counts:"):
        raise SettingsError(f"{' and '.join(given)} can be chosen for counts:FILE alone, not for {run}: leave it out")
    source = open_source(
        run,
        home,
        order=2 if order is None else order,
        smoothing=1.0 if smoothing is None else smoothing,
        encoding=encoding,
        checkpoint=checkpoint,
    )
    move(source.model, device)
    return source


def _sampled(source: "Source", text: str, nll: float, finished: bool) -> dict[str, Any]:
    membership = source.membership(text)
    known = asdict(membership) if membership else {"in_train": None, "in_dev": None, "in_test": None}
    return {"text": text, "nll": nll, **known, "finished": finished}
