"""The options of sampling: the controls of each draw, and which items are wanted."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from makemore_core.errors import SettingsError
from makemore_tui.cli.ranges import at_least

if TYPE_CHECKING:
    from makemore_core.bulk import Filters
    from makemore_core.sampling import Controls

DRAW = "How each character is drawn"
WANTED = "Which items are wanted"
OUTPUT = "What is written"

Seed = Annotated[
    int, typer.Option(help="The seed of the random numbers.", callback=at_least(0, 1 << 63), rich_help_panel=DRAW)
]
Temperature = Annotated[
    float,
    typer.Option(
        help="Below 1 sharper, above 1 flatter, 0 the most probable.", callback=at_least(0), rich_help_panel=DRAW
    ),
]
TopK = Annotated[
    int | None,
    typer.Option(help="Keep the K most probable characters.", callback=at_least(1), rich_help_panel=DRAW),
]
TopP = Annotated[
    float | None,
    typer.Option(
        help="Keep the most probable characters up to this probability.", callback=at_least(0), rich_help_panel=DRAW
    ),
]
MinP = Annotated[
    float | None,
    typer.Option(
        help="Keep characters with at least this share of the most probable one's probability.",
        callback=at_least(0),
        rich_help_panel=DRAW,
    ),
]
RepetitionPenalty = Annotated[
    float,
    typer.Option(
        help="Above 1: what stands in the item so far is rarer, p becomes p to this power; 1 is off.",
        callback=at_least(0),
        rich_help_panel=DRAW,
    ),
]
Ban = Annotated[
    str, typer.Option(metavar="CHARACTERS", help="Never draw any of these characters.", rich_help_panel=DRAW)
]
Rng = Annotated[str, typer.Option(help="inverse-cdf, or multinomial for torch.multinomial.", rich_help_panel=DRAW)]
MinLength = Annotated[
    int,
    typer.Option(help="The end cannot come before this many characters.", callback=at_least(0), rich_help_panel=DRAW),
]
MaxLength = Annotated[
    int, typer.Option(help="Cut items off at this many characters.", callback=at_least(1), rich_help_panel=DRAW)
]
Number = Annotated[
    int | None,
    typer.Option(
        "-n",
        "--number",
        help="How many items.",
        show_default="20; with --beam its width",
        callback=at_least(0),
        rich_help_panel=WANTED,
    ),
]
Prompt = Annotated[
    str, typer.Option("--prompt", "--starts-with", help="What the item starts with.", rich_help_panel=WANTED)
]
OnlyNew = Annotated[bool, typer.Option("--only-new", help="Draw again what the data holds.", rich_help_panel=WANTED)]
Shortest = Annotated[
    int,
    typer.Option(help="Draw again what has fewer characters.", callback=at_least(0), rich_help_panel=WANTED),
]
Longest = Annotated[
    int | None,
    typer.Option(help="Draw again what has more characters.", callback=at_least(1), rich_help_panel=WANTED),
]
Contains = Annotated[
    str, typer.Option(metavar="TEXT", help="Draw again what does not hold this text.", rich_help_panel=WANTED)
]
EndsWith = Annotated[
    str, typer.Option(metavar="TEXT", help="Draw again what does not end with this text.", rich_help_panel=WANTED)
]
Distinct = Annotated[bool, typer.Option("--distinct", help="Each item once.", rich_help_panel=WANTED)]
LeastDistance = Annotated[
    int,
    typer.Option(
        "--distance",
        help="Draw again what is fewer changes of a character away from an item of the data (Levenshtein).",
        callback=at_least(0),
        rich_help_panel=WANTED,
    ),
]
Tries = Annotated[
    int,
    typer.Option(help="Give up after this many items in vain in a row.", callback=at_least(1), rich_help_panel=WANTED),
]
Beam = Annotated[
    int | None,
    typer.Option(
        metavar="W",
        help="Draw nothing: find the most probable items by a beam search of this width.",
        callback=at_least(1),
        rich_help_panel=WANTED,
    ),
]
Sort = Annotated[
    str | None,
    typer.Option(
        help="nll (most probable first), novelty (farthest from the data first), length or text.",
        rich_help_panel=OUTPUT,
    ),
]
U = Annotated[
    float | None,
    typer.Option(
        "--u", help="Say which character this random number draws.", callback=at_least(0, 1), rich_help_panel=DRAW
    ),
]
SeedOfU = Annotated[
    int | None,
    typer.Option(
        "--seed",
        help="Say which character `sample` draws first with this seed.",
        callback=at_least(0, 1 << 63),
        rich_help_panel=DRAW,
    ),
]
BatchSize = Annotated[
    int | None,
    typer.Option(
        help="Draw this many at once: faster, and another use of the random numbers.",
        show_default="1; 64 where some are drawn in vain",
        callback=at_least(1),
        rich_help_panel=DRAW,
    ),
]
Reverse = Annotated[bool, typer.Option("--reverse", help="Sort the other way round.", rich_help_panel=OUTPUT)]

SORTS = ("nll", "novelty", "length", "text")


def controls(*values: Any) -> "Controls":
    """The controls of these values, in the order of their fields. Raises SettingsError."""
    from makemore_core.sampling import Controls

    return Controls(*values)


def filters(*values: Any) -> "Filters":
    """The filters of these values, in the order of their fields. Raises SettingsError."""
    from makemore_core.bulk import Filters

    return Filters(*values)


def check_sorting(sort: str | None, reverse: bool) -> None:
    """Raises SettingsError for an order that there is not, and for the reverse of none."""
    if sort is not None and sort not in SORTS:
        raise SettingsError(f"items cannot be sorted by '{sort}': choose one of {', '.join(SORTS)}")
    if reverse and sort is None:
        raise SettingsError("--reverse turns an order round: choose one with --sort")


def check_beside_beam(width: int, number: int | None, filters: "Filters", sort: str | None) -> None:
    """Raises SettingsError for what cannot be had with a beam search."""
    if filters.are_on or sort is not None:
        raise SettingsError(
            "--beam finds the most probable items and draws none again: leave the filters and --sort out"
            " (--prompt, --ban, --min-length, --max-length and --only-new go with it)"
        )
    if number is not None and number > width:
        raise SettingsError(f"a beam of {width} finds {width} items at the most: widen it to {number:,}")
