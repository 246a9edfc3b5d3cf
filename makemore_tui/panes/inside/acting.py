"""What the keys and the mouse do in the look inside."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on

from makemore_tui.panes.inside.drawing import Picture, candidates
from makemore_tui.panes.inside.keys import ONLY_IN
from makemore_tui.panes.inside.views import (
    ACTIVATIONS,
    ATTENTION,
    MATTERED,
    NAMES,
    PARAMETERS,
    STATES,
    Ask,
    Choices,
)
from makemore_tui.panes.travelling import Travelling
from makemore_tui.widgets.heatmap import Heatmap
from makemore_tui.widgets.pick_list import PickList
from makemore_tui.widgets.view_tabs import ViewTabs

if TYPE_CHECKING:
    from makemore_core.inspection.occlusion import Occlusion
    from makemore_tui.panes.inside.looking import Seen


class Acting(Travelling):
    """A pane that asks, and draws what was seen as it was chosen to be drawn. The subclass does both."""

    ask: Ask
    """What is wanted."""
    choices: Choices
    seen: "Seen | None" = None
    picture: Picture | None = None
    _chosen: bool = False
    """Whether a person chose a view."""

    def look(self, **changes: object) -> None:
        """Ask for something else."""
        raise NotImplementedError

    def show(self) -> None:
        """Draw what was seen."""
        raise NotImplementedError

    def show_cell(self) -> None:
        """Say what the cursor of the heatmap stands on."""
        raise NotImplementedError

    @property
    def missing(self) -> Mapping[str, str]:
        """The views that the model does not have, and why."""
        return self.seen.missing if self.seen is not None else {}

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Some keys are for some views."""
        views = ONLY_IN.get(action)
        if views is not None and (self.ask.view in self.missing or self.ask.view not in views):
            return False
        return super().check_action(action, parameters)

    def action_view(self, name: str) -> None:
        """Go to a view; one that the model does not have says why."""
        self._chosen = True
        self.look(view=name)
        self.query_one(ViewTabs).show(replace(self.query_one(ViewTabs).data, current=name))

    def on_view_tabs_chosen(self, event: ViewTabs.Chosen) -> None:
        """A click on a name."""
        event.stop()
        self.action_view(event.name)

    def action_next_view(self, by: int) -> None:
        """Go to the next view that the model has."""
        place = NAMES.index(self.ask.view) + by
        while NAMES[place % len(NAMES)] in self.missing:
            place += by
        self.action_view(NAMES[place % len(NAMES)])

    def action_across(self, by: int) -> None:
        """Left and right: the head, the part, or the place in the text."""
        view = self.ask.view
        if view == ATTENTION:
            self._choose_block(head=self.choices.head + by)
        elif view in (STATES, ACTIVATIONS):
            self._choose_block(part=self.choices.part + by)
        elif view == MATTERED and self.seen is not None:
            most = len(self.seen.text)
            length = most if self.ask.length is None else self.ask.length
            self.look(length=max(0, min(length + by, most)), target=None)

    def action_along(self, by: int) -> None:
        """Up and down: the layer, the unit, the character that is asked for, or the parameter."""
        view = self.ask.view
        if view == ATTENTION:
            self._choose(layer=self.choices.layer + (1 if by > 0 else -1))
        elif view in (STATES, ACTIVATIONS):
            self.query_one(Heatmap).grid.action_move(by, 0)
        elif view == MATTERED:
            self._ask_for(by)
        elif view == PARAMETERS and self.picture is not None:
            self.look(parameter=max(0, min(self.ask.parameter + by, len(self.picture.names) - 1)))

    def _ask_for(self, by: int) -> None:
        """Ask for another character: the one that is so many places less likely."""
        found = self.seen.found if self.seen is not None else None
        if self.seen is None or self.seen.ask.view != MATTERED or found is None:
            return
        asked: Occlusion = found  # type: ignore[assignment]
        order = candidates(asked).tolist()
        target = self.ask.target if self.ask.target is not None else asked.target
        self.look(target=order[max(0, min(order.index(target) + by, len(order) - 1))])

    def _choose(self, **changes: object) -> None:
        self.choices = replace(self.choices, **changes)  # type: ignore[arg-type]
        self.show()

    def _choose_block(self, **changes: object) -> None:
        """Choose another head or part; the cursor goes along."""
        heat, before = self.query_one(Heatmap), self.picture.beside if self.picture is not None else None
        row, column = heat.cursor
        self._choose(**changes)
        after = self.picture.beside if self.picture is not None else None
        if before is not None and after is not None:
            heat.move_to(row, after.offset + max(before.place(column)[1], 0))
        self.show_cell()

    def action_together(self) -> None:
        """All side by side, or one alone."""
        if self.ask.view == ATTENTION:
            self._choose_block(heads_together=not self.choices.heads_together)
        else:
            self._choose_block(parts_together=not self.choices.parts_together)

    def action_cell(self, rows: int, columns: int) -> None:
        """Move the cursor of the heatmap."""
        if self.picture is not None and self.picture.heat is not None:
            self.query_one(Heatmap).grid.action_move(rows, columns)

    def action_projection(self) -> None:
        """PCA, or the first two numbers."""
        self.look(projection="first two" if self.ask.projection == "pca" else "pca")

    def action_gradients(self) -> None:
        """Weights, or their gradients."""
        self.look(gradients=not self.ask.gradients)

    def action_histogram(self) -> None:
        """A histogram, or the heatmap."""
        self._choose(as_histogram=not self.choices.as_histogram)

    def action_order(self) -> None:
        """The units that vary most first, or all in their order."""
        self._choose(by_activity=not self.choices.by_activity)
        self.query_one(Heatmap).grid.action_edge(-1, 0)
        self.show_cell()

    @on(PickList.Picked)
    def _name_clicked(self, event: PickList.Picked) -> None:
        event.stop()
        is_news = self.picture is not None and self.picture.chosen == self.ask.parameter != event.place
        if event.place == event.list.cursor and is_news:
            self.look(parameter=event.place)

    def action_help(self) -> None:
        """Open the help of this look."""
        from makemore_tui.panes.inside.keys import EVERYWHERE
        from makemore_tui.shell.help import HelpScreen

        self.app.push_screen(HelpScreen(self, EVERYWHERE))

    def action_leave(self) -> None:
        """Go back to where one came from."""
        self.stop_playing()
        self.screen.dismiss(self.moment)
