"""A look inside the model at hand, for the text at hand: opened from the Sample pane, and left with esc.

Importing this package imports no torch.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.app import App

    from makemore_core.corpus import Corpus
    from makemore_tui.messages import Moment
    from makemore_tui.panes.sample.opening import Opened


def open_inside(
    app: "App[None]",
    opened: "Opened",
    text: str,
    *,
    home: Path,
    corpus: "Corpus | None" = None,
    moment: "Moment | None" = None,
    closed: "Callable[[Moment | None], None] | None" = None,
) -> None:
    """Look inside a model that was opened, with a text so far (raw characters, the end left out).

    `home` is the folder of runs. `moment` is the step of the run that one went back to; `closed` is told where one is
    in the end, so that whoever opened it can go there too.
    """
    from makemore_tui.panes.inside.screen import InsideScreen

    app.push_screen(InsideScreen(opened, text, home=home, corpus=corpus, moment=moment), closed)
