"""What the forms of the Train pane have in common: fields that are checked at each key, and a start.

A form fills `_family` and `_data`, shows rows, and then sets `_complete`; `_check` says beside each field what is
wrong with it, and below them what they amount to.
"""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Button, Input, Select, Static

from makemore_core.errors import MakemoreError
from makemore_tui.panes.train.family import LoadedFamily
from makemore_tui.panes.train.field_row import FieldRow, Words
from makemore_tui.panes.train.fields import NAME, Checked, name_fault, unused
from makemore_tui.panes.train.form_style import FORM_CSS
from makemore_tui.panes.train.sweep_form import SweepChecked, check_sweep

if TYPE_CHECKING:
    from makemore_core.training.config import DataConfig, TrainConfig


class Fields(VerticalScroll, can_focus=False, inherit_bindings=False):
    """Scrolls with the focus, and leaves the arrow keys to the form."""


class SettingsForm(Vertical):
    """Asks for the settings of a run and says at once what is wrong with them."""

    DEFAULT_CSS = FORM_CSS

    BINDINGS = [
        # Before the field that has the focus: what is typed right behind such a key is for the next field, however busy
        # the machine is and however many keys come at once.
        Binding("up,shift+tab", "go_to_field(-1)", "field before", show=False, priority=True),
        Binding("down,tab", "go_to_field(1)", "fields", key_display="↑↓", priority=True),
        Binding("enter", "leave_text", "next", priority=True),
        Binding("ctrl+s", "start", "start"),
        Binding("ctrl+r", "defaults", "defaults"),
        Binding("escape", "cancel", "back"),
    ]

    class Cancelled(Message):
        """A person left the form."""

    class Ready(Message):
        """The families are loaded: a training process can be warmed up beside."""

    home: Path
    """Where the run will be made: names that are taken there are refused."""

    start_label: ClassVar[str] = "Start training"
    takes_several: ClassVar[bool] = True
    """Whether several values in a field mean several runs."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.checked = Checked(None)
        self.sweep = SweepChecked(self.checked)
        self._family: LoadedFamily | None = None
        self._data: DataConfig | None = None
        self._complete = False
        """All fields of the family are there; while they are exchanged, nothing is checked, and nothing starts."""
        self._start_when_complete = False

    # What each form does in its own way

    def follow_choices(self) -> None:
        """See whether something else was chosen at the top than the fields are of."""

    def tell_source(self, *, changed: int) -> None:
        """Say where the settings are from; so many fields are `changed`."""

    def ask(self, config: "TrainConfig", name: str | None) -> None:
        """All is well with the form: post what is asked for."""
        raise NotImplementedError

    # Above and below the fields

    def foot(self) -> Widget:
        """What the fields amount to and how to start; always seen below them."""
        start = Button(self.start_label, variant="primary", compact=True, id="start", disabled=True)
        return Vertical(
            Static("", id="facts", markup=False),
            Static("", id="fault", markup=False),
            Horizontal(start, Static("", id="start-hint", markup=False), id="start-row"),
            id="foot",
        )

    def on_resize(self, event: events.Resize) -> None:
        """The fields scroll where they are more than the room above the foot."""
        self._make_room()

    def _make_room(self) -> None:
        foot = 3 + (2 if self.query_one("#fault").display else 0)
        self.query_one(Fields).styles.max_height = max(3, self.size.height - foot)

    # What is typed

    @property
    def rows(self) -> list[FieldRow]:
        """The rows of the form, from the top."""
        return list(self.walk_children(FieldRow))  # a query matches selectors, at each key that is typed

    def row(self, key: str) -> FieldRow:
        """The row of the field with this key."""
        return next(row for row in self.rows if row.field.key == key)

    @on(Input.Changed)
    @on(Select.Changed)
    def _value_changed(self, event: Message) -> None:
        event.stop()
        self._check()

    def action_go_to_field(self, by: int) -> None:
        """To the field so many places further on."""
        if by > 0:
            self.screen.focus_next()
        else:
            self.screen.focus_previous()

    def action_leave_text(self) -> None:
        """From a field that is typed in to the next one."""
        self.screen.focus_next()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A choice that is open keeps its keys, and enter is for what is typed in."""
        focused = self.screen.focused
        if action == "go_to_field":
            return not isinstance(focused, Words)
        return action != "leave_text" or isinstance(focused, Input)

    def _check(self) -> None:
        """Check all fields, and say beside each what is wrong with it."""
        if self._family is None or not self._complete:
            return
        values = {row.field.key: row.value for row in self.rows}
        if self._data is None:
            self._say("waiting for the list …")
            return
        family, data = self._family, self._data
        typed = [row.field.key for row in self.rows if self.takes_several and row.takes_numbers]
        self.sweep = check_sweep(values, typed, lambda words: family.check(words, data))
        checked = self.sweep.checked
        faults = dict(checked.faults)
        if (fault := name_fault(values.get(NAME, "").strip(), self.home)) is not None:
            faults[NAME] = fault
        self.checked = Checked(None if faults else checked.config, faults, checked.parameters)
        self._show()

    def _show(self) -> None:
        faults = self.checked.faults
        rows = self.rows
        idle = unused({row.field.key: row.value for row in rows})
        for row in rows:
            several = self.sweep.axes.get(row.field.key)
            says = f"{len(several)} values: {', '.join(several)}" if several is not None else None
            row.show_fault(faults.get(row.field.key), idle.get(row.field.key), says)
        shown = {row.field.key for row in rows}
        elsewhere = [
            f"{key.replace('_', ' ')}: {text}".removeprefix(": ") for key, text in faults.items() if key not in shown
        ]
        self._complain("; ".join(elsewhere))
        self._amount(rows)
        ready = self.checked.config is not None
        runs = self.sweep.configs
        start = self.query_one("#start", Button)
        start.disabled = not ready
        if str(start.label) != (label := f"Queue {len(runs)} runs" if runs else self.start_label):
            start.label = label
        wrong = next((row.field.title for row in rows if row.fault), "")
        titles = {row.field.key: row.field.title for row in rows}
        start_words = self.sweep.words(titles) if runs else "ctrl+s starts from any field"
        self._say(start_words if ready else f"mend {wrong} first" if wrong else "")
        self.refresh_bindings()

    def _amount(self, rows: list[FieldRow]) -> None:
        """Say what the preset is, how large the model, and what a guess would lose."""
        family = self._family
        if family is None:
            return
        changed = sum(row.is_changed for row in rows if row.field.key != NAME)
        self.tell_source(changed=changed)
        size = len(self._data.characters) + 1 if self._data else 0
        self.query_one("#facts", Static).update(family.facts(self.sweep.parameters, size), layout=False)

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
        self.follow_choices()
        if not self._complete:
            self._start_when_complete = True
            self._say("starts as soon as the fields are here")
            return
        self._check()
        if self.checked.config is None:
            wrong = next((row for row in self.rows if row.fault), None)
            if wrong is not None:
                wrong.control.focus()
            return
        self.ask(self.checked.config, self.row(NAME).value.strip() or None)

    def action_defaults(self) -> None:
        """Go back to the defaults in all fields but the name."""
        if self._family is None or not self._complete:
            return
        changed = [row for row in self.rows if row.is_changed and row.field.key != NAME]
        self._family = replace(self._family, filling=None)
        for row in changed:
            row.value = row.field.default
        self._check()

    def action_cancel(self) -> None:
        """Go back to the runs."""
        self._start_when_complete = False
        self.post_message(self.Cancelled())
