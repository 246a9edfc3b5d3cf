"""The options that several commands share, each declared once."""

from pathlib import Path
from typing import Annotated

import typer

from makemore_tui.cli.ranges import at_least
from makemore_tui.completion import complete_list, complete_run
from makemore_tui.refresh import LONGEST_S, SHORTEST_S

ListFile = Annotated[
    str,
    typer.Argument(
        metavar="FILE",
        help="A list, one item on each line; @NAME: a built-in one; -: standard input.",
        autocompletion=complete_list,
    ),
]
Run = Annotated[str, typer.Argument(metavar="RUN", help="A run's name or folder.", autocompletion=complete_run)]
Runs = Annotated[Path | None, typer.Option("--runs", metavar="DIR", help="The folder of runs.")]
Interval = Annotated[
    float | None,
    typer.Option(
        metavar="SECONDS",
        help="Between two pictures of what is live.",
        show_default="0.25, over SSH 1",
        callback=at_least(SHORTEST_S, LONGEST_S),
    ),
]
Encoding = Annotated[str, typer.Option(metavar="NAME", help="The encoding of the file.")]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON.")]
ReadOnly = Annotated[
    bool, typer.Option("--read-only", help="Only look at runs: nothing is started, steered or deleted.")
]
