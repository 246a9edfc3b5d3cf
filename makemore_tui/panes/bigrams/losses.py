"""How well the network and the counts predict the same pairs."""

from dataclasses import dataclass
from math import isfinite

import numpy as np

from makemore_core.bigrams import bigram_nll
from makemore_tui.panes.bigrams.run_weights import RunMap
from makemore_tui.panes.bigrams.tables import Counts, CountTable, Shares, row_blocks
from makemore_tui.widgets.heatmap import Values


@dataclass(frozen=True)
class Losses:
    """NLL in nats per character on each of the sides: of a network, and of counts of the first side."""

    sides: tuple[str, ...]
    network: tuple[float, ...]
    counts: tuple[float, ...]
    smoothing: float
    step: int | None = None
    """Of the network, where that is worth saying: it is not the newest."""

    @property
    def words(self) -> tuple[str, ...]:
        """In one line: at length, and in ever fewer words."""
        sides, network, counts = ", ".join(self.sides), _numbers(self.network, 3), _numbers(self.counts, 3)
        at = "" if self.step is None else f" at step {self.step:,}"
        long = (
            f"NLL in nats a character on {sides}: network{at} {_numbers(self.network, 4)}; "
            f"counts {_numbers(self.counts, 4)} with smoothing {self.smoothing:g}"
        )
        smoothing = f"smoothing {self.smoothing:g}"
        if self.step is None:
            return long, f"nats on {sides}: network {network}; counts {counts}; {smoothing}"
        short = f"step {self.step:,} on {sides}: {network} nats; counts {counts}"
        return long, f"{short}; {smoothing}", short


def measure(run: RunMap, everything: CountTable, smoothing: float) -> Losses | None:
    """The losses of a run's network and of the counts that it can be compared with; None where it has no weights.

    The counts are those of the train side, and are measured on the dev side too. Of a run on another list they are
    those of all items of the list at hand. Takes a while for a large V.
    """
    if run.model is None:
        return None
    learnt = run.learnt or everything
    sides: list[tuple[str, Counts]] = [("train" if run.learnt else "this list", learnt.counts)]
    if run.held_out is not None:
        sides.append(("dev", run.held_out))
    shares = Shares(learnt, smoothing)
    return Losses(
        sides=tuple(name for name, _ in sides),
        network=tuple(nll_on(run.model, counts) for _, counts in sides),
        counts=tuple(nll_on(shares, counts) for _, counts in sides),
        smoothing=smoothing,
        step=run.at,
    )


def nll_on(probabilities: Values, counts: Counts) -> float:
    """The average NLL of these probabilities, nats per pair, on data with these counts (V, V); in blocks of rows."""
    columns, log_likelihood = np.arange(len(counts)), 0.0
    for rows in row_blocks(len(counts)):
        block = probabilities.block(np.arange(rows.start, rows.stop), columns)
        log_likelihood += bigram_nll(counts[rows], block).log_likelihood
    total = int(counts.sum())
    return (0.0 - log_likelihood) / total if total else float("nan")


def _numbers(losses: tuple[float, ...], digits: int) -> str:
    return ", ".join(f"{loss:.{digits}f}" if isfinite(loss) else "infinite" for loss in losses)
