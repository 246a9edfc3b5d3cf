"""The form of a new run: model family, its hyperparameters, and the main settings of training."""

import asyncio
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.reactive import var
from textual.widgets import Button, Input, Select, Static

from makemore_core.errors import MakemoreError, SettingsError
from makemore_core.models.registry import FAMILIES, family_defaults, load_family
from makemore_core.runs.folder import check_name
from makemore_core.training.config import DataConfig, TrainConfig
from makemore_tui.panes.train.field_row import Choice, FieldRow
from makemore_tui.panes.train.fields import NAME, SPLIT, Checked, check, hyperparameter_fields, training_fields, unused
from makemore_tui.panes.train.words import many

if TYPE_CHECKING:
    from makemore_core.corpus import Corpus

FIRST_FAMILY = "bigram"
SHARED = (SPLIT, "seed", NAME)
"""Fields that mean the same whatever the family."""


@dataclass(frozen=True)
class LoadedFamily:
    """What the form needs of a family; getting it imports torch, so a thread does."""

    name: str
    settings: type[BaseModel]
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """Hyperparameters that depart from the defaults of the class."""
    training_defaults: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def load(cls, name: str, corpus: "Corpus | None" = None) -> "LoadedFamily":
        """Import the family; some of its defaults follow the list."""
        longest = 0 if corpus is None else int(corpus.lengths.max())
        family = load_family(name)
        return cls(name, family.Settings, family_defaults(name, longest), family.training_defaults)


class NewRunForm(Vertical):
    """Asks for the settings of a run and says at once what is wrong with them."""

    DEFAULT_CSS = """
    NewRunForm {
        padding: 0 1;
        & > VerticalScroll { height: 1fr; max-width: 110; scrollbar-size-vertical: 1; }
        & .group { height: auto; }
        & .summary { color: $text-muted; margin-left: 2; width: 1fr; height: 1; }
        & .summary { text-overflow: ellipsis; text-wrap: nowrap; }
        & #family-row { height: 1; }
        & #family-row > .title { width: 15; color: $text-muted; }
        & #family-row:focus-within > .title { color: $foreground; }
        & #family { width: 18; }
        & #facts { height: 1; margin-top: 1; }
        & #fault { display: none; height: auto; color: $error; }
        & #start-row { height: 1; margin-top: 1; }
        & #start-hint { margin-left: 2; width: 1fr; color: $text-muted; }
    }
    """

    BINDINGS = [
        Binding("ctrl+s", "start", "start"),
        Binding("escape", "cancel", "back"),
        Binding("up", "app.focus_previous", "previous field", show=False),
        Binding("down", "app.focus_next", "next field", show=False),
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
        """All fields of the family are there; while they are exchanged, nothing is checked."""

    def compose(self) -> ComposeResult:
        """The fields in one column, what they amount to below."""
        with VerticalScroll(can_focus=False):
            with Horizontal(id="family-row"):
                yield Static("model", classes="title")
                options = [(family.title, name) for name, family in FAMILIES.items()]
                first = FIRST_FAMILY if FIRST_FAMILY in FAMILIES else next(iter(FAMILIES))
                yield Choice(options, value=first, allow_blank=False, compact=True, id="family")
                yield Static(FAMILIES[first].summary, classes="summary", markup=False)
            yield Vertical(id="model-fields", classes="group")
            yield Vertical(id="training-fields", classes="group")
            yield Static("", id="facts", markup=False)
            yield Static("", id="fault", markup=False)
            with Horizontal(id="start-row"):
                yield Button("Start training", variant="primary", compact=True, id="start", disabled=True)
                yield Static("", id="start-hint", markup=False)

    # Loading

    def open(self) -> None:
        """Called when the form comes to the front."""
        self.query_one("#family").focus()
        if self._family is None:
            self._choose(str(self.query_one("#family", Choice).value))
        else:
            self._check()
            self.post_message(self.Ready())

    def watch_corpus(self) -> None:
        """Another list: its identity is part of the settings."""
        self._data = None
        if self.is_mounted and self._family is not None:
            self._choose(self._family.name)

    @on(Select.Changed, "#family")
    def _family_changed(self, event: Select.Changed) -> None:
        event.stop()
        name = str(event.value)
        self.query_one(".summary", Static).update(Content(FAMILIES[name].summary), layout=False)
        if self._family is not None and name != self._family.name:
            self._choose(name)

    @work(exclusive=True, group="family")
    async def _choose(self, name: str) -> None:
        """Load a family in a thread, then show its fields."""
        corpus = self.corpus
        if self._family is None:
            self._say("loading the models …")
        family = await asyncio.to_thread(LoadedFamily.load, name, corpus)
        if corpus is not None and self._data is None:
            self._data = await asyncio.to_thread(DataConfig.of, corpus)
        before, self._family = self._family, family
        self._complete = False
        await self._rebuild(before)
        self._complete = True
        self._check()
        self.post_message(self.Ready())

    async def _rebuild(self, before: LoadedFamily | None) -> None:
        """Show the fields of the family; what a person changed of the training settings stays."""
        family = self._family
        if family is None:
            return
        entry = FAMILIES[family.name]
        kept = {row.field.key: row.value for row in self.rows if self._stays(row, before)}
        model = hyperparameter_fields(family.settings, family.defaults)
        training = training_fields(family.training_defaults, counts=entry.counts)
        for place, fields in (("#model-fields", model), ("#training-fields", training)):
            group = self.query_one(place, Vertical)
            async with self.batch():
                await group.remove_children()
                await group.mount_all(FieldRow(one, kept.get(one.key)) for one in fields)

    def _stays(self, row: FieldRow, before: LoadedFamily | None) -> bool:
        """Whether what a person wrote holds for the family that comes: most settings suit one family alone."""
        same = before is not None and self._family is not None and before.name == self._family.name
        return row.value != row.field.default and (same or row.field.key in SHARED)

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
        checked = check(self._family.name, self._family.settings, values, self._data, self._family.training_defaults)
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
            return "letters, digits, . _ + - only, a letter or digit first"
        return "this name is taken" if (self.home / name).exists() else None

    def _show(self) -> None:
        faults = self.checked.faults
        shown = {row.field.key for row in self.rows}
        idle = unused({row.field.key: row.value for row in self.rows})
        for row in self.rows:
            row.show_fault(faults.get(row.field.key), idle.get(row.field.key))
        elsewhere = [
            f"{key.replace('_', ' ')}: {text}".removeprefix(": ") for key, text in faults.items() if key not in shown
        ]
        self._complain("; ".join(elsewhere))
        size = len(self._data.characters) + 1 if self._data else 0
        parameters = "-" if self.checked.parameters is None else many(self.checked.parameters)
        counts = self._family is not None and FAMILIES[self._family.name].counts
        facts = Content.assemble(
            (parameters, "bold"),
            " cells of counts" if counts else " parameters",
            f"    uniform guess: ln {size} = ",
            (f"{math.log(size):.4f}" if size else "-", "bold"),
            " nats per character",
        )
        self.query_one("#facts", Static).update(facts, layout=False)
        ready = self.checked.config is not None
        self.query_one("#start", Button).disabled = not ready
        self._say("ctrl+s starts from any field" if ready else "mend what is marked first")
        self.refresh_bindings()

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

    # Start and leave

    @on(Button.Pressed, "#start")
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.action_start()

    def action_start(self) -> None:
        """Start a run with what is in the form, if nothing is wrong with it."""
        if self.checked.config is None or self.corpus is None:
            wrong = next((row for row in self.rows if row.fault), None)
            if wrong is not None:
                wrong.control.focus()
            return
        name = self.row(NAME).value.strip() or None
        self.post_message(self.Started(self.checked.config, self.corpus, name))

    def action_cancel(self) -> None:
        """Go back to the runs."""
        self.post_message(self.Cancelled())
