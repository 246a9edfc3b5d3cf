"""From looks to the store of the run: their numbers as series, the rest as rows, of a bounded number of looks."""

from makemore_core.diagnostics.looks import LAYER, PARAMETER, Look, as_detail, is_milestone
from makemore_core.runs.store import Store


class LookRecorder:
    """Writes each look. Of the past, about ten looks are kept for each power of ten of steps, and the latest.

    Each layer has the series `saturated/NAME`, each matrix `update_ratio/NAME`: log10 update:data.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: int | None = None
        """The last look that is there for good."""
        self._passing: int | None = None
        """The latest look, where it makes room for the next."""
        self._is_new = True

    def record(self, look: Look) -> None:
        """Gather a look."""
        if self._is_new:  # what the store holds by now: a run that is resumed goes back to its checkpoint first
            for step in self._store.diagnostic_steps():
                self._place(step)
            self._is_new = False
        self._place(look.step)
        for layer in look.layers:
            self._store.metric(f"saturated/{layer.name}", look.step, layer.saturated)
            self._store.diagnostic(look.step, layer.name, LAYER, as_detail(layer))
        for parameter in look.parameters:
            if parameter.is_matrix and parameter.update_ratio is not None:
                self._store.metric(f"update_ratio/{parameter.name}", look.step, parameter.update_ratio)
            self._store.diagnostic(look.step, parameter.name, PARAMETER, as_detail(parameter))

    def _place(self, step: int) -> None:
        if self._passing is not None:
            self._store.forget_diagnostics(self._passing)
            self._passing = None
        if is_milestone(step, self._kept):
            self._kept = step
        else:
            self._passing = step
