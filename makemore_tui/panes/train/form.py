"""The form of a new run: model family, its hyperparameters, and the main settings of training."""

import asyncio
import math
from pathlib import Path
from typing import TYPE_CHECKING

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.reactive import var
from textual.widgets import Button, Input, Select, Static

from makemore_core.errors import MakemoreError, SettingsError
from makemore_core.models.registry import FAMILIES
from makemore_core.presets import PRESETS
from makemore_core.runs.folder import check_name
from makemore_core.training.config import DataConfig, TrainConfig
from makemore_tui.panes.train.family import NO_PRESET, LoadedFamily, preset_note, preset_title
from makemore_tui.panes.train.field_row import Choice, FieldRow
from makemore_tui.panes.train.fields import NAME, SPLIT, Checked, unused
from makemore_tui.panes.train.words import many

if TYPE_CHECKING:
    from makemore_core.corpus import Corpus

FIRST_FAMILY = "bigram"
SHARED = (SPLIT, "seed", NAME)
"""Fields that mean the same whatever the family."""


def first_family() -> str:
    """The family that a fresh form shows."""
    return FIRST_FAMILY if FIRST_FAMILY in FAMILIES else next(iter(FAMILIES))


class Fields(VerticalScroll, can_focus=False, inherit_bindings=False):
    """Scrolls with the focus, and leaves the arrow keys to the form."""


class NewRunForm(Vertical):
    """Asks for the settings of a run and says at once what is wrong with them."""

    DEFAULT_CSS = """
    NewRunForm {
        padding: 0 1;
        & > Fields { height: auto; max-width: 110; scrollbar-size-vertical: 1; }
        & .group { height: auto; }
        & .summary { color: $text-muted; margin-left: 2; width: 1fr; height: 1; }
        & .summary { text-overflow: ellipsis; text-wrap: nowrap; }
        & .head { height: 1; }
        & .head > .title { width: 17; color: $text-muted; }
        & .head:focus-within > .title { color: $foreground; text-style: bold; }
        & Choice:focus > SelectCurrent { background: $primary 35%; }
        & .head > Choice { width: 22; }
        & .head > #preset { width: 25; }
        & #preset-title { display: none; height: 1; margin-left: 17; color: $text-muted; }
        & #foot { height: auto; margin-top: 1; }
        & #facts { height: 1; }
        & #fault { display: none; height: auto; max-height: 3; color: $error; }
        & #start-row { height: 1; }
        & #start-hint { margin-left: 2; width: 1fr; color: $text-muted; }
    }
    """

    BINDINGS = [
        Binding("up", "app.focus_previous", "field before", show=False),
        Binding("down", "app.focus_next", "fields", key_display="↑↓"),
        Binding("ctrl+s", "start", "start"),
        Binding("escape", "cancel", "back"),
    ]

    corpus: var["Corpus | None"] = var(None)

    class Started(Message):
        """A person asked for a run with these settings."""

        def __init__(self, config: TrainConfig, corpus: "Corpus", name: str | None) -> None:
            super().__init__()
            self.config = config
            self.corpus = corpus
            self.name = name

    class Cancelled(Message):
        """A person left the form."""

    class Ready(Message):
        """The families are loaded: a training process can be warmed up beside."""

    home: Path
    """Where the run will be made: names that are taken there are refused."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.checked = Checked(None)
        self._family: LoadedFamily | None = None
        self._data: DataConfig | None = None
        self._complete = False
        """All fields of the family are there; while they are exchanged, nothing is checked, and nothing starts."""
        self._wanted = (first_family(), NO_PRESET)
        """The family and preset that the fields show, or will show as soon as they are loaded."""
        self._start_when_complete = False

    def compose(self) -> ComposeResult:
        """The fields in one column that scrolls; below it, always seen, what they amount to and how to start."""
        first = first_family()
        families = [(family.title, name) for name, family in FAMILIES.items()]
        presets = [("none", NO_PRESET), *((name, name) for name in PRESETS)]
        with Fields():
            with Horizontal(classes="head"):
                yield Static("model", classes="title")
                yield Choice(families, value=first, allow_blank=False, compact=True, id="family")
                yield Static(FAMILIES[first].summary, classes="summary", markup=False, id="family-note")
            with Horizontal(classes="head"):
                yield Static("preset", classes="title")
                yield Choice(presets, value=NO_PRESET, allow_blank=False, compact=True, id="preset")
                yield Static("", classes="summary", markup=False, id="preset-note")
            yield Static("", markup=False, id="preset-title")
            yield Vertical(id="model-fields", classes="group")
            yield Vertical(id="training-fields", classes="group")
        with Vertical(id="foot"):
            yield Static("", id="facts", markup=False)
            yield Static("", id="fault", markup=False)
            with Horizontal(id="start-row"):
                yield Button("Start training", variant="primary", compact=True, id="start", disabled=True)
                yield Static("", id="start-hint", markup=False)

    def on_resize(self, event: events.Resize) -> None:
        """The fields scroll where they are more than the room above the foot."""
        self._make_room()

    def _make_room(self) -> None:
        foot = 3 + (2 if self.query_one("#fault").display else 0)
        self.query_one(Fields).styles.max_height = max(3, self.size.height - foot)

    # Loading

    def open(self) -> None:
        """Called when the form comes to the front."""
        first = self.query_one("#family", Choice)
        self.query_one(Fields).scroll_home(animate=False)
        first.focus()
        if not self._complete:
            self._choose(*self._wanted)
        else:
            self._check()
            self.post_message(self.Ready())

    def watch_corpus(self) -> None:
        """Another list: its identity is part of the settings."""
        self._data = None
        if self.is_mounted and self._family is not None:
            self._choose(*self._wanted)

    @on(Select.Changed, "#family")
    @on(Select.Changed, "#preset")
    def _choice_changed(self, event: Select.Changed) -> None:
        event.stop()
        self._follow_choices()

    def _follow_choices(self) -> None:
        """Load what is chosen at the top, if that is another family or preset than the fields are of.

        Another family leaves the preset; a preset brings its own family.
        """
        name, preset = (str(self.query_one(choice, Choice).value) for choice in ("#family", "#preset"))
        family_before, preset_before = self._wanted
        if preset != preset_before:
            self._choose(PRESETS[preset].type if preset else name, preset)
        elif name != family_before:
            self._choose(name)

    def _choose(self, name: str, preset: str = NO_PRESET) -> None:
        """Show the choice at once; until its fields are there, the old ones take no words and nothing starts."""
        self._wanted = name, preset
        self._complete = self._start_when_complete = False
        self.query_one("#family", Choice).value = name
        self.query_one("#preset", Choice).value = preset
        self.query_one("#family-note", Static).update(Content(FAMILIES[name].summary), layout=False)
        self._tell_preset(changed=False)
        self.query_one("#facts", Static).update("", layout=False)
        self.query_one("#start", Button).disabled = True
        for group in self.query(".group"):
            group.disabled = True
        self._say("loading the models …" if self._family is None else "loading the fields …")
        self._load(name, preset)

    @work(exclusive=True, group="family")
    async def _load(self, name: str, preset: str) -> None:
        """Load a family in a thread, then show its fields, filled with its own defaults or with a preset."""
        corpus = self.corpus
        family = await asyncio.to_thread(LoadedFamily.load, name, corpus, preset)
        if corpus is not None and self._data is None:
            self._data = await asyncio.to_thread(DataConfig.of, corpus)
        if self.corpus is not corpus:
            self._load(name, preset)
            return
        before, self._family = self._family, family
        await self._rebuild(before)
        if not self.query(".group"):
            return  # the app was left meanwhile
        for group in self.query(".group"):
            group.disabled = False
        self._complete = True
        self._check()
        self.post_message(self.Ready())
        if self._start_when_complete:
            self.action_start()

    async def _rebuild(self, before: LoadedFamily | None) -> None:
        """Show the fields of the family; what a person changed of the training settings stays."""
        family = self._family
        if family is None:
            return
        kept = {row.field.key: row.value for row in self.rows if self._stays(row, before)}
        for place, fields in (("#model-fields", family.model_fields()), ("#training-fields", family.training_fields())):
            group = self.query_one(place, Vertical)
            async with self.batch():
                await group.remove_children()
                await group.mount_all(FieldRow(one, kept.get(one.key)) for one in fields)

    def _stays(self, row: FieldRow, before: LoadedFamily | None) -> bool:
        """Whether what a person wrote holds for the family that comes: most settings suit one family alone.

        A preset means just its values: of what was written before it, only the name stays.
        """
        family = self._family
        if row.value == row.field.default or before is None or family is None:
            return False
        if family.preset != before.preset:
            return row.field.key == NAME
        return before.name == family.name or row.field.key in SHARED

    # What is typed

    @property
    def rows(self) -> list[FieldRow]:
        """The rows of the form, from the top."""
        return list(self.query(FieldRow))

    def row(self, key: str) -> FieldRow:
        """The row of the field with this key."""
        return next(row for row in self.rows if row.field.key == key)

    @on(Input.Changed)
    @on(Select.Changed)
    def _value_changed(self, event: Message) -> None:
        event.stop()
        self._check()

    @on(Input.Submitted)
    def _next_field(self, event: Input.Submitted) -> None:
        event.stop()
        self.screen.focus_next()

    def _check(self) -> None:
        """Check all fields, and say beside each what is wrong with it."""
        if self._family is None or not self._complete:
            return
        values = {row.field.key: row.value for row in self.rows}
        if self._data is None:
            self._say("waiting for the list …")
            return
        checked = self._family.check(values, self._data)
        faults = dict(checked.faults)
        if (fault := self._name_fault(values.get(NAME, "").strip())) is not None:
            faults[NAME] = fault
        self.checked = Checked(None if faults else checked.config, faults, checked.parameters)
        self._show()

    def _name_fault(self, name: str) -> str | None:
        if not name:
            return None
        try:
            check_name(name)
        except SettingsError:
            return "letters, digits and . _ + - only" if name[0].isalnum() else "a letter or digit must come first"
        return "this name is taken" if (self.home / name).exists() else None

    def _show(self) -> None:
        faults = self.checked.faults
        rows = self.rows
        idle = unused({row.field.key: row.value for row in rows})
        for row in rows:
            row.show_fault(faults.get(row.field.key), idle.get(row.field.key))
        shown = {row.field.key for row in rows}
        elsewhere = [
            f"{key.replace('_', ' ')}: {text}".removeprefix(": ") for key, text in faults.items() if key not in shown
        ]
        self._complain("; ".join(elsewhere))
        self._amount(rows)
        ready = self.checked.config is not None
        self.query_one("#start", Button).disabled = not ready
        wrong = next((row.field.title for row in rows if row.fault), "")
        self._say("ctrl+s starts from any field" if ready else f"mend {wrong} first" if wrong else "")
        self.refresh_bindings()

    def _amount(self, rows: list[FieldRow]) -> None:
        """Say what the preset is, how large the model, and what a guess would lose."""
        family = self._family
        if family is None:
            return
        changed = any(row.value != row.field.default for row in rows if row.field.key != NAME)
        self._tell_preset(changed=changed)
        size = len(self._data.characters) + 1 if self._data else 0
        facts = Content.assemble(
            ("-" if self.checked.parameters is None else many(self.checked.parameters), "bold"),
            " cells of counts" if family.counts else " parameters",
            f"    uniform guess: ln {size} = ",
            (f"{math.log(size):.4f}" if size else "-", "bold"),
            " nats per character",
        )
        self.query_one("#facts", Static).update(facts, layout=False)

    def _tell_preset(self, *, changed: bool) -> None:
        _, preset = self._wanted
        note, title = self.query_one("#preset-note", Static), self.query_one("#preset-title", Static)
        note.update(Content(preset_note(preset, changed=changed)), layout=False)
        title.update(Content(preset_title(preset)), layout=False)
        title.display = bool(preset)

    def _say(self, words: str) -> None:
        self.query_one("#start-hint", Static).update(Content(words), layout=False)

    def show_error(self, error: MakemoreError) -> None:
        """Say why a run could not be started."""
        self._complain(str(error))

    def _complain(self, words: str) -> None:
        fault = self.query_one("#fault", Static)
        if fault.content != words:
            fault.update(words)
            fault.display = bool(words)
            self._make_room()

    # Start and leave

    @on(Button.Pressed, "#start")
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.action_start()

    def action_start(self) -> None:
        """Start a run with what is in the form, if nothing is wrong with it; wait for fields that are on their way."""
        self._follow_choices()
        if not self._complete:
            self._start_when_complete = True
            self._say("starts as soon as the fields are here")
            return
        self._check()
        if self.checked.config is None or self.corpus is None:
            wrong = next((row for row in self.rows if row.fault), None)
            if wrong is not None:
                wrong.control.focus()
            return
        name = self.row(NAME).value.strip() or None
        self.post_message(self.Started(self.checked.config, self.corpus, name))

    def action_cancel(self) -> None:
        """Go back to the runs."""
        self._start_when_complete = False
        self.post_message(self.Cancelled())
