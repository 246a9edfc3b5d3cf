"""The form of a new run: model family, its hyperparameters, and the main settings of training."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import var
from textual.widgets import Button, Select, Static

from makemore_core.models.registry import FAMILIES
from makemore_core.presets import PRESETS
from makemore_core.training.config import DataConfig, TrainConfig
from makemore_tui.panes.train.family import NO_PRESET, LoadedFamily, form_note, form_title
from makemore_tui.panes.train.field_row import Choice, FieldRow
from makemore_tui.panes.train.fields import NAME, SPLIT
from makemore_tui.panes.train.filling import Filling, copied, filling_of
from makemore_tui.panes.train.form_base import Fields, SettingsForm
from makemore_tui.panes.train.memory import Memory
from makemore_tui.panes.train.sweep_form import SweepAsked

if TYPE_CHECKING:
    from makemore_core.corpus import Corpus

FIRST_FAMILY = "bigram"
SHARED = (SPLIT, "seed", NAME)
"""Fields that mean the same whatever the family."""


Source = Filling | Callable[[LoadedFamily, DataConfig | None], Filling] | None
"""What a form is filled with beside the defaults: known, or worked out once the family is loaded."""


def first_family() -> str:
    """The family that a fresh form shows."""
    return FIRST_FAMILY if FIRST_FAMILY in FAMILIES else next(iter(FAMILIES))


class NewRunForm(SettingsForm):
    """Asks for the settings of a run and says at once what is wrong with them."""

    corpus: var["Corpus | None"] = var(None)

    class Started(Message):
        """A person asked for a run with these settings."""

        def __init__(
            self, config: TrainConfig, corpus: "Corpus", name: str | None, filling: Filling | None = None
        ) -> None:
            super().__init__()
            self.config = config
            self.corpus = corpus
            self.name = name
            self.filling = filling
            """What of it to remember for the next run."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._wanted = (first_family(), NO_PRESET)
        """The family and preset that the fields show, or will show as soon as they are loaded."""
        self._source: Source = None
        self.memory = Memory()

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
        yield self.foot()

    # Loading

    def open(self) -> None:
        """Called when the form comes to the front."""
        first = self.query_one("#family", Choice)
        self.query_one(Fields).scroll_home(animate=False)
        first.focus()
        if self.memory.read_once():
            self._recall(self.memory.last or self._wanted[0])
        elif not self._complete:
            self._choose(*self._wanted, self._source)
        else:
            self._check()
            self.post_message(self.Ready())

    def watch_corpus(self) -> None:
        """Another list: its identity is part of the settings."""
        self._data = None
        if self.is_mounted and self._family is not None:
            self._choose(*self._wanted, self._source)

    @on(Select.Changed, "#family")
    @on(Select.Changed, "#preset")
    def _choice_changed(self, event: Select.Changed) -> None:
        event.stop()
        self.follow_choices()

    def follow_choices(self) -> None:
        """Load what is chosen at the top, if that is another family or preset than the fields are of.

        Another family leaves the preset; a preset brings its own family.
        """
        name, preset = (str(self.query_one(choice, Choice).value) for choice in ("#family", "#preset"))
        family_before, preset_before = self._wanted
        if preset != preset_before:
            self._choose(PRESETS[preset].type if preset else name, preset)
        elif name != family_before:
            self._recall(name)

    def _recall(self, name: str) -> None:
        """Choose a family, and fill the form as it was when a run of it was last started."""
        filling = self.memory.of(name)
        preset = filling.preset if filling is not None else NO_PRESET
        self._choose(name, preset, filling)

    def copy_run(self, run: str, config: TrainConfig) -> None:
        """Fill the form with the settings of a run, for another one."""
        self.memory.read_once()
        self._choose(config.type, NO_PRESET, partial(copied, run=run, config=config))

    def _choose(self, name: str, preset: str = NO_PRESET, source: Source = None) -> None:
        """Show the choice at once; until its fields are there, the old ones take no words and nothing starts."""
        self._wanted, self._source = (name, preset), source
        self._complete = self._start_when_complete = False
        self.query_one("#family", Choice).value = name
        self.query_one("#preset", Choice).value = preset
        self.query_one("#family-note", Static).update(Content(FAMILIES[name].summary), layout=False)
        self.tell_source(changed=0)
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
        source = self._source
        family = replace(family, filling=source(family, self._data) if callable(source) else source)
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
                await group.mount_all(
                    FieldRow(one, kept.get(one.key, family.first(one.key)), typed=one.key in kept) for one in fields
                )

    def _stays(self, row: FieldRow, before: LoadedFamily | None) -> bool:
        """Whether what a person wrote holds for the family that comes: most settings suit one family alone.

        A preset means just its values, and so does a run that is copied: of what was written before, only the name
        stays.
        """
        family = self._family
        if not row.is_touched or before is None or family is None:
            return False
        if (family.preset, family.copy_of) != (before.preset, before.copy_of):
            return row.field.key == NAME
        return before.name == family.name or row.field.key in SHARED

    def tell_source(self, *, changed: int) -> None:
        """Say what the preset is, or what the form was filled with."""
        _, preset = self._wanted
        filling = self._family.filling if self._family is not None and self._complete else None
        note, title = self.query_one("#preset-note", Static), self.query_one("#preset-title", Static)
        note.update(Content(form_note(preset, filling, changed)), layout=False)
        title.update(Content(words := form_title(preset, filling)), layout=False)
        title.display = bool(words)

    # Start

    def ask(self, config: TrainConfig, name: str | None) -> None:
        """Ask for a run, or for one with each of several values."""
        if self.corpus is None:
            return
        if self.sweep.configs:
            filling = self._filling()
            self.post_message(SweepAsked(self.sweep.configs, self.sweep.varied, self.corpus, name, filling))
        else:
            self.post_message(self.Started(config, self.corpus, name, self._filling()))

    def _filling(self) -> Filling | None:
        """What to remember of the form."""
        if self._family is None or self.checked.config is None:
            return None
        return filling_of(self._family, {row.field.key: row.value for row in self.rows}, self.checked.config)

    def action_defaults(self) -> None:
        """Go back to the defaults, or to the preset's values; where they are there, leave the preset as well."""
        if self._family is None or not self._complete:
            return
        if self._family.preset and not any(row.is_changed for row in self.rows if row.field.key != NAME):
            self._choose(self._family.name)
            return
        self._source = None
        super().action_defaults()
