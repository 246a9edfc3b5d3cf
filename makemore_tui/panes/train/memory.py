"""What the form of a new run was filled with when a run was last started, family by family."""

from makemore_core.models.registry import FAMILIES
from makemore_core.presets import PRESETS
from makemore_tui.panes.train.filling import Filling
from makemore_tui.settings import load_settings, remember_run


class Memory:
    """The settings used last, from the file of the app's settings; what cannot be used of it is left aside."""

    def __init__(self) -> None:
        self.last: str | None = None
        """The family of the run that was started last."""
        self._fillings: dict[str, Filling] = {}
        self._is_read = False

    def read_once(self) -> bool:
        """Read the file; returns whether it was done now, and False at every later call."""
        if self._is_read:
            return False
        self._is_read = True
        settings, _ = load_settings()  # the app has said already where it cannot be used
        self.last = settings.last_type if settings.last_type in FAMILIES else None
        for name, stored in settings.used.items():
            filling = Filling.read(stored)
            if name in FAMILIES and filling is not None and self._fits(name, filling):
                self._fillings[name] = filling
        return True

    def of(self, family: str) -> Filling | None:
        """What the form of a family was filled with last."""
        return self._fillings.get(family)

    def keep(self, family: str, filling: Filling) -> None:
        """Remember it, here and for the next start. Raises OSError where the file cannot be written."""
        self.last, self._fillings[family] = family, filling
        remember_run(family, filling.stored())

    @staticmethod
    def _fits(name: str, filling: Filling) -> bool:
        return not filling.preset or (filling.preset in PRESETS and PRESETS[filling.preset].type == name)
