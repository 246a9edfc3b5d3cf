"""The form of a fork: a run that goes on from a checkpoint of another, with other settings."""

import asyncio

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Select, Static

from makemore_core.training.config import TrainConfig
from makemore_tui.panes.train.field_row import Choice, FieldRow
from makemore_tui.panes.train.fields import MODEL, NAME
from makemore_tui.panes.train.form_base import Fields, SettingsForm
from makemore_tui.panes.train.origin import ForkedFamily, ForkWanted, Origin, start_note, start_title


class ForkForm(SettingsForm):
    """Asks for the settings of a fork. What is not changed in it stays as in the run."""

    DEFAULT_CSS = """
    ForkForm {
        & .head > #checkpoint { width: 25; }
        & #kept-row { height: auto; max-height: 3; }
        & #kept { height: auto; max-height: 3; margin: 0; width: 1fr; color: $text-muted; text-wrap: wrap; }
        & #origin { width: 1fr; margin: 0; }
    }
    """

    start_label = "Start the fork"
    takes_several = False

    class Asked(Message):
        """A person asked for a fork."""

        def __init__(self, wanted: ForkWanted) -> None:
            super().__init__()
            self.wanted = wanted

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.origin: Origin | None = None

    def compose(self) -> ComposeResult:
        """What is forked, from where, and what stays; then the fields."""
        with Fields():
            with Horizontal(classes="head"):
                yield Static("fork of", classes="title")
                yield Static("", classes="summary", markup=False, id="origin")
            with Horizontal(classes="head"):
                yield Static("from checkpoint", classes="title")
                yield Choice([("-", "")], value="", allow_blank=False, compact=True, id="checkpoint")
                yield Static("", classes="summary", markup=False, id="checkpoint-note")
            with Horizontal(classes="head", id="kept-row"):
                yield Static("stays", classes="title")
                yield Static("", markup=False, id="kept")
            yield Vertical(id="model-fields", classes="group")
            yield Vertical(id="training-fields", classes="group")
        yield self.foot()

    # Loading

    def fork(self, origin: Origin) -> None:
        """Ask about a fork of this run."""
        self.origin = origin
        self._data = origin.config.data
        self._complete = self._start_when_complete = False
        self.query_one("#origin", Static).update(Content(origin.title()), layout=False)
        self.query_one("#kept", Static).update(Content(origin.kept()))
        choice = self.query_one("#checkpoint", Choice)
        with self.prevent(Select.Changed):
            choice.set_options([(start_title(start), start.name) for start in origin.starts])
            choice.value = origin.starts[0].name
        self.query_one("#facts", Static).update("", layout=False)
        self.query_one("#start", Button).disabled = True
        for group in self.query(".group"):
            group.disabled = True
        self._say("loading the fields …")
        self._load(origin)

    def open(self) -> None:
        """Called when the form comes to the front."""
        self.query_one(Fields).scroll_home(animate=False)
        self.query_one("#checkpoint").focus()
        self._check()

    @work(exclusive=True, group="family")
    async def _load(self, origin: Origin) -> None:
        """Load the family in a thread, then show the fields that a fork may have otherwise."""
        family = await asyncio.to_thread(ForkedFamily.of, origin, origin.starts[0])
        if not self.query(".group"):
            return  # the app was left meanwhile
        for place, fields in (("#model-fields", family.model_fields()), ("#training-fields", family.training_fields())):
            group = self.query_one(place, Vertical)
            async with self.batch():
                await group.remove_children()
                await group.mount_all(FieldRow(one, family.first(one.key)) for one in fields)
            group.disabled = False
        self._family, self._complete = family, True
        self._check()
        self.post_message(self.Ready())
        if self._start_when_complete:
            self.action_start()

    @on(Select.Changed, "#checkpoint")
    @work(exclusive=True, group="checkpoint")
    async def _checkpoint_changed(self, event: Select.Changed) -> None:
        """Another checkpoint: its step bounds the steps, and its learning rate is that of the fork."""
        if self.origin is None or not self._complete:
            return
        family = await asyncio.to_thread(ForkedFamily.of, self.origin, self.origin.start(str(event.value)))
        self._family = family
        for one in family.training_fields():
            self.row(one.key).rebase(one.default)
        self._check()

    # What is typed

    def tell_source(self, *, changed: int) -> None:
        """Say what the checkpoint holds, and how many fields differ from the run."""
        if isinstance(self._family, ForkedFamily):
            words = f"{changed} changed: ctrl+r takes it back" if changed else start_note(self._family.start)
            self.query_one("#checkpoint-note", Static).update(Content(words), layout=False)

    def ask(self, config: TrainConfig, name: str | None) -> None:
        """Ask for the fork, with what differs from the run alone."""
        if self.origin is None or not isinstance(self._family, ForkedFamily):
            return
        keys = [row.field.key for row in self.rows if row.is_changed and row.field.key != NAME]
        model = {
            key.removeprefix(MODEL): config.model[key.removeprefix(MODEL)] for key in keys if key.startswith(MODEL)
        }
        changes = {key: getattr(config, key) for key in keys if not key.startswith(MODEL)}
        self.post_message(self.Asked(ForkWanted(self.origin.run, self._family.start.name, name, model, changes)))
