"""A reader that is opened in a thread, and closed all the same where nobody waits for it any more."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from makemore_tui.panes.train.engine import Reader


async def open_reader(open_run: "Callable[[str], Reader]", name: str) -> "Reader":
    """Open a run without holding up the screen.

    Who is cancelled while the run is being opened never gets the reader, so that it is closed as soon as it is there.

    Raises:
        RunError: The run is no more, or cannot be read.
    """
    opening = asyncio.ensure_future(asyncio.to_thread(open_run, name))
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        opening.add_done_callback(_close)
        raise


def _close(opening: "asyncio.Future[Reader]") -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()
