"""The screen on which a word is scored: what each model thinks of each of its characters, and what is near it."""

from collections.abc import Callable

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, Label

from makemore_tui.display import fit
from makemore_tui.panes.sample.dialogs import text_field
from makemore_tui.panes.sample.scored import WordScore
from makemore_tui.widgets.note_line import NoteLine
from makemore_tui.widgets.surprisal_line import SurprisalLine

GAP, SHORTEST = 2, 12
"""Cells between a model's name and what is said of it, and of the name at least."""

SCORE_ROWS, OTHER_ROWS = 4, 6
"""Rows of a model, and those of the box that are there beside the models."""

HINT = "type a word: what each character costs in nats, the end counted, by the model itself, before the controls"


class ScoreScreen(ModalScreen[str | None]):
    """Takes a word and shows its score at each key; the result is the word, to walk through it, or None."""

    AUTO_FOCUS = "Input"
    DEFAULT_CSS = """
    ScoreScreen {
        #row { height: 1; margin-bottom: 1; }
        #row Label { color: $text-muted; }
        #row Input { width: 1fr; }
        #scores { height: auto; scrollbar-size-vertical: 1; }
        .score { height: 4; display: none; }
        .score NoteLine { height: 1; }
        .score SurprisalLine { height: 3; }
        #near { height: 1; }
    }
    """
    BINDINGS = [
        Binding("escape", "dismiss(None)", "Close"),
        Binding("up", "scroll_scores(-1)", "models above", show=False),
        Binding("down", "scroll_scores(1)", "models below", show=False),
    ]

    class Scored(Message):
        """A word was scored."""

        def __init__(self, score: WordScore) -> None:
            super().__init__()
            self.score = score

    def __init__(self, word: str, models: int, score: Callable[[str, "ScoreScreen"], None]) -> None:
        super().__init__()
        self.word, self.models, self._score = word, models, score

    def compose(self) -> ComposeResult:
        """The word; for each model its name and the characters; the neighbours."""
        with Vertical(classes="dialog") as box:
            box.styles.width, box.styles.max_width = "100%", 120
            box.border_title = "score a word"
            box.border_subtitle = "enter walks through it, esc closes"
            with Horizontal(id="row"):
                yield Label("word  ")
                yield text_field(self.word, id="word")
            with VerticalScroll(id="scores", can_focus=False):
                for _ in range(self.models):
                    with Vertical(classes="score"):
                        yield NoteLine()
                        yield SurprisalLine()
            yield NoteLine(id="near")

    def on_mount(self) -> None:
        """Score what is there already."""
        self._ask()

    def on_resize(self, event: events.Resize) -> None:
        """Of many models those are shown that have room; the others can be scrolled to."""
        self.query_one("#scores").styles.max_height = max(event.size.height - OTHER_ROWS, SCORE_ROWS)

    def action_scroll_scores(self, by: int) -> None:
        """Scroll by a model."""
        self.query_one("#scores").scroll_relative(y=by * SCORE_ROWS, animate=False)

    def on_input_changed(self) -> None:
        """Score at each key."""
        self._ask()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Walk through the word on the pane."""
        self.dismiss(event.value)

    def _ask(self) -> None:
        word = self.query_one(Input).value
        if word:
            self._score(word, self)
        else:
            for box in self.query(".score"):
                box.display = False
            self.query_one("#near", NoteLine).show((HINT, "muted"))

    def tell_score(self, score: WordScore) -> None:
        """Called in any thread."""
        self.post_message(self.Scored(score))

    def on_score_screen_scored(self, message: Scored) -> None:
        """Show the score, unless another word was typed meanwhile."""
        score = message.score
        if score.word != self.query_one(Input).value:
            return
        for box, model in zip(self.query(".score"), score.models, strict=False):
            box.display = True
            ink = "cut" if model.impossible else "plain"
            line = box.query_one(NoteLine)
            room = (line.size.width or self.size.width - 4) - cell_len(model.words) - GAP
            line.show((fit(model.name, max(room, SHORTEST)), "strong"), (" " * GAP + model.words, ink))
            box.query_one(SurprisalLine).show(model.text)
        self.query_one("#near", NoteLine).show(("nearest in the data, and how far: ", "muted"), (score.near, "plain"))
