"""What the pane shows until its first model is there: its parts at rest, what is waited for, and the keys that wait.

The model library takes a second or two to load. Keys that are pressed meanwhile are carried out afterwards.
"""

from textual.widget import Widget

from makemore_tui.panes.sample.controls import sliders
from makemore_tui.widgets.candidates import CandidateList, Candidates
from makemore_tui.widgets.cdf_strip import CdfStrip
from makemore_tui.widgets.note_line import NoteLine
from makemore_tui.widgets.shape_controls import Shape, ShapeControls


def show_waiting(pane: Widget, reason: str, *, ascii_only: bool) -> None:
    """Draw the parts of a pane that has no model, with the reason in the place of the candidates."""
    for controls in pane.query(ShapeControls):
        controls.show(Shape(sliders(None, 1, ascii_only=ascii_only)))
    pane.query_one("#source", NoteLine).show(("from ", "muted"), ("no model yet", "muted"))
    words = ("next character: its probability, before and after the controls", "", reason)
    pane.query_one(Candidates).show(CandidateList(words=words))
    pane.query_one(CdfStrip).show(None, "from 0 to 1: u will fall into one character's interval")


def waiting_words(keys_taken: int, *, has_list: bool) -> str:
    """What is waited for, and how many keys have been taken meanwhile."""
    keys = "" if not keys_taken else "; 1 key waits" if keys_taken == 1 else f"; {keys_taken} keys wait"
    return f"{'loading the model library' if has_list else 'waiting for the list'} …{keys}"
