"""The keys of the Sample pane that ask a question first."""

from typing import TYPE_CHECKING

from makemore_tui.panes.sample.choice import SourceChoice, TakenAway
from makemore_tui.panes.sample.choosing import ChooseBeside, ChooseSource
from makemore_tui.panes.sample.dialogs import AskNumber, ChooseBranch
from makemore_tui.panes.sample.saving import AskDestination, Destination, deliver
from makemore_tui.panes.sample.steered import SEED
from makemore_tui.panes.sample.stepping import Stepping

if TYPE_CHECKING:
    from makemore_tui.panes.sample.engine import Engine

LARGEST_SEED = 2**63 - 1
MOST_ITEMS = 100_000


class Asking(Stepping):
    """One action for each question; its answer becomes an order."""

    _follows_run = False
    """Whether a run was selected after a person last chose a model here."""

    def _open(self, choice: SourceChoice) -> None:
        """Open a model and go on with it."""
        raise NotImplementedError

    def _progress(self, done: int, count: int) -> None:
        """Say how far a long generation is; called in the worker's thread."""
        raise NotImplementedError

    def action_generate(self) -> None:
        """Ask how many, and generate them."""

        def answered(count: int | None) -> None:
            if count is not None:
                self._say(f"generating {count:,} items: esc stops")
                self._orders.generate(count, lambda done: self._progress(done, count))

        words = "How many items. The first one uses the u that is shown."
        self.app.push_screen(AskNumber("generate", words, 20, 1, MOST_ITEMS), answered)

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
