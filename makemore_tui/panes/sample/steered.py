"""What the parts of the Sample pane that take keys have in common: orders to give, and a line to say things in."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from makemore_tui.look import look_of
from makemore_tui.messages import Moment
from makemore_tui.panes.sample.orders import Surroundings
from makemore_tui.panes.sample.travel import Travel

if TYPE_CHECKING:
    from makemore_core.vocabulary import Vocabulary
    from makemore_tui.panes.sample.engine import Engine
    from makemore_tui.panes.sample.view import SampleView

SEED = 2147483647
"""The seed of the makemore lectures."""


class Steered(Travel):
    """A pane whose keys become orders for the engine of its `Orders`."""

    _view: "SampleView | None" = None
    """What is shown."""

    def _tell(self, what: "Callable[[Engine], str | None]") -> None:
        """Do something with the engine, and show what came of it."""
        raise NotImplementedError

    def _say(self, words: str) -> None:
        """One line below everything."""
        raise NotImplementedError

    def action_look_inside(self) -> None:
        """Look inside the model at hand with the text at hand; the step that one goes to there is kept here."""
        from makemore_tui.panes.inside import open_inside

        opened, engine = self._orders.opened, self._orders.engine
        if opened is None or engine is None:
            return
        self.stop_playing()
        text, home = engine.session.text, self._home or Path()
        open_inside(self.app, opened, text, home=home, corpus=self.corpus, moment=self.moment, closed=self._come_back)

    def _come_back(self, moment: Moment | None) -> None:
        self.moment = moment

    @property
    def _home(self) -> Path | None:
        home = getattr(self.app, "runs_home", None)
        return home if isinstance(home, Path) else None

    @property
    def _surroundings(self) -> Surroundings:
        return Surroundings(self.corpus, self._home or Path(), SEED, look_of(self.app).ascii)

    @property
    def _vocabulary(self) -> "Vocabulary | None":
        if self._orders.engine is not None:
            return self._orders.engine.session.source.vocabulary
        return None if self.corpus is None else self.corpus.vocabulary
