"""The keys of the Sample pane that ask a question first."""

from typing import TYPE_CHECKING

from makemore_tui.panes.sample.choice import SourceChoice, TakenAway
from makemore_tui.panes.sample.choosing import ChooseBeside, ChooseSource
from makemore_tui.panes.sample.dialogs import AskNumber, ChooseBranch
from makemore_tui.panes.sample.saving import AskDestination, Destination, deliver
from makemore_tui.panes.sample.steered import SEED
from makemore_tui.panes.sample.stepping import Stepping

if TYPE_CHECKING:
    from makemore_tui.panes.sample.control_fields import CheckedControls
    from makemore_tui.panes.sample.engine import Engine
    from makemore_tui.panes.sample.many.screen import Kept, ManyScreen
    from makemore_tui.panes.sample.many.wanted import Wanted
    from makemore_tui.panes.sample.scoring import ScoreScreen

LARGEST_SEED = 2**63 - 1


class Asking(Stepping):
    """One action for each question; its answer becomes an order."""

    _follows_run = False
    """Whether a run was selected after a person last chose a model here."""

    _kept_items: "Kept | None" = None
    """What was generated last, with its marks."""

    def _open(self, choice: SourceChoice) -> None:
        """Open a model and go on with it."""
        raise NotImplementedError

    def action_control(self) -> None:
        """Ask for all controls of sampling."""
        engine = self._orders.engine
        if engine is None:
            return
        from makemore_tui.panes.sample.control_form import ControlForm

        def answered(checked: "CheckedControls | None") -> None:
            if checked is not None and (controls := checked.controls) is not None:
                self._tell(lambda engine: engine.control(controls, checked.prompt))

        session = engine.session
        self.app.push_screen(ControlForm(session.controls, session.prompt, session.source.vocabulary), answered)

    def action_generate(self) -> None:
        """Ask what is wanted, and generate it."""
        if self._view is None:
            return
        from makemore_tui.panes.sample.many import ManyScreen
        from makemore_tui.panes.sample.many.screen import Kept

        def find(wanted: "Wanted", screen: "ManyScreen") -> None:
            self._orders.find(wanted, screen.tell_progress, screen.tell_arrived)

        self._kept_items = kept = self._kept_items or Kept()
        screen = ManyScreen(self._view.source, kept, find, self._orders.stop.set)
        self.app.push_screen(screen, self._walk)

    def action_score(self) -> None:
        """Ask for a word, and show what each model thinks of it."""
        engine = self._orders.engine
        if engine is None:
            return
        from makemore_tui.panes.sample.scoring import ScoreScreen

        def score(word: str, screen: "ScoreScreen") -> None:
            self._orders.score(word, screen.tell_score)

        screen = ScoreScreen(engine.session.text, len(engine.companions) + 1, score)
        self.app.push_screen(screen, self._walk)

    def _walk(self, text: str | None) -> None:
        """Begin a new item with this text, to see where each of its characters comes from."""
        if text:
            self._tell(lambda engine: engine.walk(text))

    def action_ask_seed(self) -> None:
        """Ask for a seed, and start again from it."""

        def answered(seed: int | None) -> None:
            if seed is not None:
                self._tell(lambda engine: engine.reseed(seed))

        seed = SEED if self._view is None else self._view.seed
        words = "The same seed and keys give the same items. The list and the branches start again."
        self.app.push_screen(AskNumber("seed", words, seed, 0, LARGEST_SEED), answered)

    def action_choose_branch(self) -> None:
        """Ask for a branch, and go there."""
        engine = self._orders.engine
        if engine is not None and not self._orders.busy:
            self.app.push_screen(ChooseBranch(engine.branches()), self._go_to)

    def action_branch(self, by: int) -> None:
        """Go to the branch below in the tree, or to the one above."""
        self._tell(lambda engine: engine.go_along(by))

    def action_export(self) -> None:
        """Ask where the tree of what was tried is to go, and put it there."""

        def answered(destination: Destination | None) -> None:
            if destination is None:
                return

            def work(engine: "Engine") -> str:
                text = engine.written_tree(as_json=destination.as_json)
                return deliver(self.app, text, destination, "the tree")

            self._tell(work)

        if self._view is not None:
            self.app.push_screen(AskDestination("the tree of what was tried", "branches"), answered)

    def action_choose_source(self) -> None:
        """Ask for a model, and go on with it."""

        def answered(choice: SourceChoice | TakenAway | None) -> None:
            if isinstance(choice, SourceChoice):
                self._follows_run = False
                self._open(choice)
                if self.moment is not None and self.moment.run == choice.run:
                    self.choose_step(None)

        screen = ChooseSource(self._list_name, self._home, self.run_name, self._orders.choice)
        self.app.push_screen(screen, answered)

    def action_add_model(self) -> None:
        """Ask for a model to stand beside the first one, or for one to take away."""

        def answered(choice: SourceChoice | TakenAway | None) -> None:
            if isinstance(choice, TakenAway):
                self._tell(lambda engine: engine.take_away(choice.place))
            elif choice is not None:
                self._orders.add(choice, self._surroundings)

        if self._view is None:
            return
        names = tuple(model.name for model in self._view.beside.models[1:])
        screen = ChooseBeside(self._list_name, self._home, self.run_name, self._orders.choice, names)
        self.app.push_screen(screen, answered)

    @property
    def _list_name(self) -> str | None:
        return None if self.corpus is None else self.corpus.name
