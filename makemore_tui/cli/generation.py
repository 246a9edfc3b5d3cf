"""The commands that draw from a model: sample, step."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from makemore_tui.cli import shape_options as shape
from makemore_tui.cli.grouped import GroupedCommand
from makemore_tui.cli.options import AsJson, Runs
from makemore_tui.cli.ranges import at_least
from makemore_tui.cli.sources import (
    Checkpoint,
    Device,
    FileEncoding,
    Order,
    Smoothing,
    SourceSpec,
    home_of,
    open_named,
)

if TYPE_CHECKING:
    from makemore_core.beam import Found
    from makemore_core.bulk import BulkItem, Filters
    from makemore_core.sampling import Controls, NextCharacter, SampledItem
    from makemore_core.sources import Source

    Item = SampledItem | BulkItem

FILTERED_BATCH = 64
"""Items that are drawn at once where some are drawn in vain: it is faster, and no seed of a lecture is followed."""


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command(cls=GroupedCommand)(sample)
    app.command(cls=GroupedCommand)(step)


def sample(
    run: SourceSpec,
    number: shape.Number = None,
    seed: shape.Seed = 42,
    temperature: shape.Temperature = 1.0,
    top_k: shape.TopK = None,
    top_p: shape.TopP = None,
    min_p: shape.MinP = None,
    repetition_penalty: shape.RepetitionPenalty = 1.0,
    ban: shape.Ban = "",
    min_length: shape.MinLength = 0,
    max_length: shape.MaxLength = 500,
    rng: shape.Rng = "inverse-cdf",
    prompt: shape.Prompt = "",
    only_new: shape.OnlyNew = False,
    shortest: shape.Shortest = 0,
    longest: shape.Longest = None,
    contains: shape.Contains = "",
    ends_with: shape.EndsWith = "",
    distinct: shape.Distinct = False,
    distance: shape.LeastDistance = 0,
    tries: shape.Tries = 10_000,
    beam: shape.Beam = None,
    sort: shape.Sort = None,
    reverse: shape.Reverse = False,
    batch_size: shape.BatchSize = None,
    checkpoint: Checkpoint = "best",
    device: Device = "cpu",
    order: Order = None,
    smoothing: Smoothing = None,
    encoding: FileEncoding = "utf-8",
    runs: Runs = None,
    as_json: AsJson = False,
) -> int:
    """Generate items, one a line.

    With --json, each comes with its NLL (nats per character) and whether it stands in the data; with --distance and
    --sort novelty also with the nearest item of the data. --beam draws nothing: it finds the most probable items;
    ctrl-c stops it with those that were found by then.
    """
    home = home_of(run, runs)
    controls = shape.controls(
        temperature, top_k, top_p, rng, max_length, min_p, repetition_penalty, ban, min_length, only_new, tries
    )
    filters = shape.filters(shortest, longest, contains, ends_with, False, distinct, distance)
    shape.check_sorting(sort, reverse)
    if beam is not None:
        shape.check_beside_beam(beam, number, filters, sort)
    source = open_named(run, home, order, smoothing, encoding, checkpoint, device)
    if beam is not None:
        return _print_beam(source, beam, number, prompt, controls, as_json)
    count = 20 if number is None else number
    drawn = _drawn(source, count, controls, filters, seed, prompt, batch_size, sort == "novelty")
    _print_items(source, drawn if sort is None else _in_order(drawn, sort, reverse), as_json)
    return 0


def _drawn(
    source: "Source",
    count: int,
    controls: "Controls",
    filters: "Filters",
    seed: int,
    prompt: str,
    batch_size: int | None,
    with_distance: bool,
) -> "Iterator[Item]":
    """The items that were asked for; without a filter those that the seed gives one after the other."""
    from makemore_core.bulk import generate, known_to
    from makemore_core.models.base import seeded
    from makemore_core.sampling import sample_items

    if not filters.are_on and not with_distance:
        yield from sample_items(
            source.model,
            source.vocabulary,
            count,
            controls,
            seeded(seed),
            prompt=prompt,
            batch_size=batch_size or 1,
            known=known_to(source),
        )
        return
    for progress in generate(
        source,
        count,
        filters,
        controls,
        generator=seeded(seed),
        prompt=prompt,
        batch_size=batch_size or FILTERED_BATCH,
        with_distance=with_distance,
    ):
        yield from progress.items


def _in_order(items: "Iterable[Item]", sort: str, reverse: bool) -> "Iterator[Item]":
    """All items, sorted; also those that were found before there was no end to it."""
    from makemore_core.bulk import in_order

    found, given_up = _all(items)
    yield from in_order(found, sort, reverse=reverse)  # type: ignore[arg-type]  # both have been checked
    if given_up is not None:
        raise given_up


def _all(items: "Iterable[Item]") -> "tuple[list[Item], Exception | None]":
    from makemore_core.sampling import NothingLeftError

    found = []
    try:
        for item in items:
            found.append(item)  # noqa: PERF402  # what was found before an error counts
    except NothingLeftError as error:
        return found, error
    return found, None


def _print_items(source: "Source", items: "Iterable[Item]", as_json: bool) -> None:
    """Write items as they come; as JSON all at once, and what was found also where there was no end to it."""
    from makemore_tui.cli.output import print_json, print_text

    if not as_json:
        for item in items:
            print_text(item.text)
        return
    found, given_up = _all(items)
    print_json({"items": [_item_json(source, item) for item in found]})
    if given_up is not None:
        raise given_up


def _item_json(source: "Source", item: "Item") -> dict[str, Any]:
    from makemore_core.bulk import BulkItem

    report = {"text": item.text, "nll": item.nll, **membership_json(source, item.text), "finished": item.finished}
    if isinstance(item, BulkItem) and item.nearest is not None:
        report |= {"nearest": item.nearest, "distance": item.distance}
    return report


def membership_json(source: "Source", text: str) -> dict[str, bool | None]:
    """Where an item stands in the data; null where that is not at hand."""
    from dataclasses import asdict

    membership = source.membership(text)
    return asdict(membership) if membership else {"in_train": None, "in_dev": None, "in_test": None}


def _print_beam(
    source: "Source", width: int, number: int | None, prompt: str, controls: "Controls", as_json: bool
) -> int:
    """Write the most probable items with their probabilities; after ctrl-c those that were found by then."""
    from makemore_core.beam import Asked, most_probable
    from makemore_core.bulk import known_to
    from makemore_tui.cli.errors import INTERRUPTED, print_error
    from makemore_tui.cli.following import Interrupts

    with Interrupts() as interrupts:
        going = Asked(lambda _found, _length: not interrupts.count)  # behind the last question, ctrl-c stops nothing
        found = most_probable(
            source.model,
            source.vocabulary,
            width,
            prompt=prompt,
            controls=controls,
            known=known_to(source),
            going=going,
        )[:number]
    (_print_found_json if as_json else _print_found)(source, found)
    if going.stopped_at is None:
        return 0
    print_error(f"interrupted at items of {going.stopped_at:,} characters: these are the most probable by then")
    return INTERRUPTED


def _print_found_json(source: "Source", found: "Sequence[Found]") -> None:
    from makemore_tui.cli.output import print_json

    items = [
        {
            "text": item.text,
            "nll": item.nll,
            **membership_json(source, item.text),
            "finished": True,
            "probability": item.probability,
            "log_probability": item.log_probability,
            "certain": item.certain,
        }
        for item in found
    ]
    print_json({"items": items})


def _print_found(_source: "Source", found: "Sequence[Found]") -> None:
    from makemore_tui.cli.output import print_table

    print_table(
        ("item", "probability", "NLL", "certain"),
        [
            (item.text or "(empty)", f"{item.probability:.4%}", f"{item.nll:.4f}", "yes" if item.certain else "no")
            for item in found
        ],
        caption=f"{sum(item.probability for item in found):.4%} together; certain: nothing that fell out of the beam"
        " can be more probable; NLL in nats per character, the end counted",
    )


def step(
    run: SourceSpec,
    prompt: shape.Prompt = "",
    show: Annotated[int | None, typer.Option(help="Only this many candidates.", callback=at_least(1))] = None,
    temperature: shape.Temperature = 1.0,
    top_k: shape.TopK = None,
    top_p: shape.TopP = None,
    min_p: shape.MinP = None,
    repetition_penalty: shape.RepetitionPenalty = 1.0,
    ban: shape.Ban = "",
    min_length: shape.MinLength = 0,
    u: shape.U = None,
    seed: shape.SeedOfU = None,
    checkpoint: Checkpoint = "best",
    device: Device = "cpu",
    order: Order = None,
    smoothing: Smoothing = None,
    encoding: FileEncoding = "utf-8",
    runs: Runs = None,
    as_json: AsJson = False,
) -> None:
    """Show how probable each next character is after a prompt, and what the controls take away.

    `adjusted` is what the controls make of them; `from` and `to` are the ends of the character's interval: the
    random number of a draw, between 0 and 1, falls into one of them. The intervals lie in the order of the
    vocabulary, the rows in that of the probabilities. With --json, `cumulative` is the upper end.
    """
    home = home_of(run, runs)
    longest = max(500, min_length)
    controls = shape.controls(
        temperature, top_k, top_p, "inverse-cdf", longest, min_p, repetition_penalty, ban, min_length
    )
    source = open_named(run, home, order, smoothing, encoding, checkpoint, device)
    from makemore_core.models.base import seeded
    from makemore_core.sampling import draw_uniform, next_candidates

    if u is None and seed is not None:
        u = draw_uniform(seeded(seed))
    here = next_candidates(source.model, source.vocabulary, prompt, controls, u)
    (_print_step_json if as_json else _print_step)(source, here, show)


def _print_step_json(source: "Source", here: "NextCharacter", show: int | None) -> None:
    from dataclasses import asdict

    from makemore_tui.cli.output import print_json

    symbols = source.vocabulary.symbols
    why = here.why
    effects = [
        asdict(effect)
        | {"taken": [symbols[token] for token in effect.taken], "touched": [symbols[token] for token in effect.touched]}
        for effect in why.effects
    ]
    fall = None if why.fall is None else asdict(why.fall) | {"character": symbols[why.fall.token]}
    print_json(
        {
            "entropy": here.entropy,
            "candidates": [asdict(candidate) for candidate in here.candidates[:show]],
            "why": {
                "effects": effects,
                "possible": why.possible,
                "kept": why.kept,
                "kept_share": why.kept_share,
                "dead_end": why.dead_end,
                "draw": fall,
                "words": why.lines(symbols),
            },
        }
    )


def _print_step(source: "Source", here: "NextCharacter", show: int | None) -> None:
    from makemore_tui.cli.output import print_table
    from makemore_tui.display import character_label

    print_table(
        ("character", "probability", "adjusted", "from", "to"),
        [
            (
                candidate.character,
                f"{candidate.probability:.4%}",
                f"{candidate.adjusted:.4%}",
                f"{max(candidate.cumulative - candidate.adjusted, 0.0):.4f}",
                f"{candidate.cumulative:.4f}",
            )
            for candidate in here.candidates[:show]
        ],
        caption=f"entropy {here.entropy:.4f} nats: like a choice among {here.perplexity:.1f}"
        f" of {source.vocabulary.size} characters",
    )
    for line in here.why.lines([character_label(symbol) for symbol in source.vocabulary.symbols]):
        print(f" {line}")
