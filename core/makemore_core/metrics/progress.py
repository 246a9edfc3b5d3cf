"""How far an evaluation is: told to whoever asked for it, who may end it by raising an exception."""

from collections.abc import Callable

Progress = Callable[[str, float], None]
"""Called with what is done now, in a few words, and the share of the whole that is done, from 0 to 1. What it raises
ends the evaluation."""


def quiet(part: str, share: float) -> None:
    """Tells nobody."""


def within(progress: Progress, start: float, end: float) -> Progress:
    """The progress of a part that takes the whole from one share to another."""

    def tell(part: str, share: float) -> None:
        progress(part, start + (end - start) * share)

    return tell
