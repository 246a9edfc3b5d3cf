"""Which model to sample from, as a person chose it."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class SourceChoice:
    """Counts of the loaded list, a run, or a uniform guess."""

    kind: Literal["counts", "run", "uniform"] = "counts"
    order: int = 2
    smoothing: float = 1.0
    run: str = ""
    checkpoint: str = "best"

    @property
    def detail(self) -> str:
        """What the name of the model does not say."""
        if self.kind == "counts":
            return f"order {self.order}, smoothing {self.smoothing:g}"
        return f"{self.checkpoint} checkpoint" if self.kind == "run" else ""
