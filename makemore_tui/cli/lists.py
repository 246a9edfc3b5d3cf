"""`makemore-tui lists` and `makemore-tui download`: what can be opened by name."""

from enum import StrEnum
from typing import Annotated

import typer

from makemore_tui.cli.options import AsJson
from makemore_tui.cli.output import print_json


class Downloadable(StrEnum):
    """What `download` can fetch."""

    NAMES = "names"


def register(app: typer.Typer) -> None:
    """Adds the commands of this module to `app`."""
    app.command("lists")(show_lists)
    app.command("download")(download)


def show_lists(as_json: AsJson = False) -> None:
    """Show the lists that can be opened by name, as in @dinosaurs."""
    from makemore_data import available_lists
    from makemore_data.lists import CANONICAL_NAME

    entries = [
        {
            "name": entry.name,
            "items": entry.count(),
            "description": entry.description,
            "open": f"makemore-tui @{entry.name}",
            "path": str(entry.path),
        }
        for entry in available_lists()
    ]
    if as_json:
        print_json({"lists": entries})
        return
    width = max(len(str(entry["name"])) for entry in entries) + 1
    for entry in entries:
        typer.echo(f"{'@' + str(entry['name']):<{width}}  {entry['items']:>6,}  {entry['description']}")
    typer.echo("\nOpen one by its name: makemore-tui @dinosaurs")
    if CANONICAL_NAME not in {entry["name"] for entry in entries}:
        typer.echo("Fetch the 32,033 names of the makemore lectures: makemore-tui download names")


def download(
    what: Annotated[  # noqa: ARG001 - there is one list to fetch so far
        Downloadable, typer.Argument(metavar="WHAT", help="names: the 32,033 names of the makemore lectures.")
    ],
    as_json: AsJson = False,
) -> None:
    """Fetch the 32,033 names of the makemore lectures, once.

    They come from the makemore project and are kept in the cache folder.
    """
    from makemore_core.errors import ListError
    from makemore_data.download import SHA256, DownloadError, download_names
    from makemore_data.lists import CANONICAL_NAME

    try:
        result = download_names()
    except DownloadError as error:
        raise ListError(str(error)) from error
    command = f"makemore-tui @{CANONICAL_NAME}"
    if as_json:
        print_json(
            {
                "name": CANONICAL_NAME,
                "path": str(result.path),
                "sha256": SHA256,
                "fetched": result.fetched,
                "open": command,
            }
        )
        return
    typer.echo(f"{'Fetched' if result.fetched else 'Already there'}: {result.path}")
    typer.echo(f"Open it with: {command}")
