"""Which runs are laid over each other, and in which colour each is drawn."""

from makemore_tui.widgets.line_chart.frame import SLOTS

MOST = SLOTS
"""Runs on one chart, at most."""


class Overlay:
    """The runs that are compared. Each keeps its slot, which is its colour and marker, as long as it is among them."""

    def __init__(self) -> None:
        self._slots: dict[str, int] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The runs, in the order of their slots."""
        return tuple(sorted(self._slots, key=self._slots.__getitem__))

    @property
    def slots(self) -> dict[str, int]:
        """The slot of each run."""
        return dict(self._slots)

    def toggle(self, name: str, at_hand: str | None) -> bool:
        """Take a run in, or let it go; the first one that is taken in brings the run at hand along.

        False where there is no room for one more.
        """
        if name in self._slots:
            del self._slots[name]
            if len(self._slots) == 1 and at_hand in self._slots:
                self._slots.clear()
            return True
        if not self._slots and at_hand is not None:
            self._slots[at_hand] = 0
        if name not in self._slots:
            if len(self._slots) >= MOST:
                return False
            self._slots[name] = self._free()
        return True

    def clear(self) -> None:
        """Compare nothing any more."""
        self._slots.clear()

    def rename(self, before: str, after: str) -> None:
        """A run has another name; it keeps its slot."""
        if before in self._slots:
            self._slots[after] = self._slots.pop(before)

    def keep(self, names: set[str]) -> None:
        """Forget runs that are no more."""
        self._slots = {name: slot for name, slot in self._slots.items() if name in names}

    def drawn(self, at_hand: str) -> dict[str, int]:
        """The runs to draw with their slots: the run at hand is always among them.

        Where all slots are taken by others, it takes the place of the last of them.
        """
        slots = dict(self._slots)
        if at_hand not in slots:
            if len(slots) >= MOST:
                del slots[self.names[-1]]
            slots[at_hand] = min(set(range(MOST)) - set(slots.values()))
        return slots

    def _free(self) -> int:
        return min(set(range(MOST)) - set(self._slots.values()))
