"""The keys and clicks that walk through generation: drawing, taking back, going to a branch, turning a control."""

from makemore_tui.panes.sample.steered import Steered
from makemore_tui.widgets.branch_tree import BranchTree
from makemore_tui.widgets.candidates import Candidates
from makemore_tui.widgets.shape_controls import ShapeControls
from makemore_tui.widgets.side_by_side import SideBySide


class Stepping(Steered):
    """One action for each key; each becomes an order."""

    def action_draw(self) -> None:
        """Draw a character with the u that is shown."""
        self._tell(lambda engine: engine.session.draw())

    def action_finish(self) -> None:
        """Draw until the item ends."""
        self._tell(lambda engine: engine.session.finish())

    def action_undo(self) -> None:
        """Take the last step back."""
        self._tell(lambda engine: engine.undo())

    def action_reroll(self) -> None:
        """Leave this u out."""
        self._tell(lambda engine: engine.reroll())

    def action_begin(self) -> None:
        """Begin a new item."""
        self._tell(lambda engine: engine.session.begin())

    def action_turn(self, name: str, by: int) -> None:
        """Move a control."""
        self._tell(lambda engine: engine.turn(name, by))

    def action_reset(self) -> None:
        """Put all controls back."""
        self._tell(lambda engine: engine.reset())

    # The mouse

    def on_candidates_chosen(self, message: Candidates.Chosen) -> None:
        """A click on a candidate forces it."""
        self._tell(lambda engine: engine.session.force(message.token))

    def on_side_by_side_chosen(self, message: SideBySide.Chosen) -> None:
        """A click on a character forces it in all models."""
        self._tell(lambda engine: engine.session.force(message.token))

    def on_shape_controls_moved(self, message: ShapeControls.Moved) -> None:
        """A click on a slider."""
        self._tell(lambda engine: engine.place(message.index, message.fraction))

    def on_branch_tree_chosen(self, message: BranchTree.Chosen) -> None:
        """A click on a branch."""
        self._go_to(message.node)

    def _go_to(self, node: int | None) -> None:
        if node is not None:
            self._tell(lambda engine: engine.session.go_to(node))
