"""The line for typing on the Bigrams pane: where to jump, and how much to smooth."""

from dataclasses import replace

from makemore_tui.display import visible
from makemore_tui.look import Look, look_of
from makemore_tui.panes.bigrams.keys import COMMANDS, OptionKeys
from makemore_tui.panes.bigrams.options import parse_smoothing
from makemore_tui.panes.bigrams.prompt import Prompt, Purpose
from makemore_tui.panes.bigrams.showing import parse_jump
from makemore_tui.widgets.heatmap import Heatmap


class Asking(OptionKeys):
    """A pane with a `Prompt` and a `Heatmap`, which asks for characters and numbers and does as they say."""

    @property
    def map(self) -> Heatmap:
        """The heatmap."""
        return self.query_one("#map", Heatmap)

    @property
    def look(self) -> Look:
        """What the terminal can show."""
        return look_of(self.app)

    def action_jump(self) -> None:
        """Type a character to jump to."""
        self._ask(Purpose.JUMP)

    def action_type_smoothing(self) -> None:
        """Type an amount of smoothing."""
        self._ask(Purpose.SMOOTHING)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While something is typed, keys are not commands: the key bar does not offer them."""
        typing = self.has_class("-typing") and action in COMMANDS
        return False if typing else super().check_action(action, parameters)

    def _ask(self, purpose: Purpose) -> None:
        self.set_class(True, "-typing")
        self.query_one(Prompt).open(purpose)

    def on_prompt_closed(self, event: Prompt.Closed) -> None:
        """The map takes the keys again."""
        event.stop()
        self.set_class(False, "-typing")
        self.map.grid.focus()

    def on_prompt_typed(self, event: Prompt.Typed) -> None:
        """Go where it says, or smooth as it says."""
        event.stop()
        if event.purpose is Purpose.JUMP:
            self._jump(event.text, event.confirmed)
        elif event.confirmed:
            self._type_smoothing(event.text)

    def _jump(self, text: str, confirmed: bool) -> None:
        prompt = self.query_one(Prompt)
        if self.corpus is None or self.map.data is None or (confirmed and not text):
            prompt.action_close()
            return
        ids = parse_jump(text, self.corpus.vocabulary.symbols)
        if isinstance(ids, str):
            prompt.say(f"{visible(ids)} is not in this list; type another:", problem=True)
            prompt.keep(text[: text.index(ids)])
            return
        if ids:
            self.map.move_to(ids[0], ids[1] if len(ids) > 1 else self.map.cursor[1])
        if confirmed or len(ids) > 1:
            prompt.action_close()

    def _type_smoothing(self, text: str) -> None:
        prompt = self.query_one(Prompt)
        smoothing = parse_smoothing(text)
        if text and smoothing is None:
            prompt.say("Not a number of 0 or more:", problem=True)
            return
        prompt.action_close()
        if smoothing is not None:
            self.change(replace(self.options, smoothing=smoothing))
