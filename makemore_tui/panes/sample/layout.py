"""Where the parts of the Sample pane stand, at the three sizes."""

from typing import TypeVar

from textual.geometry import Size
from textual.widget import Widget

SMALL, USUAL, LARGE = "-small", "-usual", "-large"
SIZES = (SMALL, USUAL, LARGE)
STRIP_TITLE = "inverse CDF in vocabulary order: u falls into one character's interval"

CSS = """
SamplePane {
    #source, #controls-line, #steps-line, #note { height: 1; }
    #time { padding: 0; }
    #text { height: 2; }
    #middle { height: 1fr; }
    #next { width: 1fr; height: 1fr; }
    #candidates, #beside { height: 1fr; }
    #why { height: auto; max-height: 5; }
    #beside { display: none; }
    &.-beside #candidates { display: none; }
    &.-beside #beside { display: block; }
    #side { display: none; width: 50; height: 1fr; }
    #side > Widget { height: 1fr; }
    #strip { height: 2; }

    &.-usual, &.-large {
        #text { height: 3; }
        #controls-line, #steps-line { display: none; }
        #why { max-height: 12; }
        #candidates, #beside, #why, #side > Widget, #strip { border: round $primary 60%; }
        #candidates, #beside, #why, #side > Widget, #strip { border-title-color: $primary; padding: 0 1; }
        #side { display: block; }
        #side #controls { height: 9; }
        #strip { height: 5; }
        #items:focus { border: heavy $accent; border-title-color: $accent; }
    }
    &.-large {
        #side { layout: grid; grid-size: 2 3; grid-rows: 9 1fr 1fr; width: 104; }
        #side > Widget { height: 100%; }
        #side #items { row-span: 3; }
    }
    &.-small.-items {
        #next, #strip { display: none; }
        #side { display: block; width: 1fr; }
        #side > Widget { display: none; }
        #side > #items { display: block; }
    }
}
"""


Titled = TypeVar("Titled", bound=Widget)


def titled(widget: Titled, title: str) -> Titled:
    """The widget with a title on its border, where it has one."""
    widget.border_title = title
    return widget


def size_class(size: Size) -> str:
    """The class for a pane of this size."""
    if size.width >= 190 and size.height >= 44:
        return LARGE
    return USUAL if size.width >= 110 and size.height >= 32 else SMALL
