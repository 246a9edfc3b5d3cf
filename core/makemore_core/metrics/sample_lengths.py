"""How far the lengths of samples lie from those of held-out items.

The Wasserstein distance of order 1 (the earth mover's distance) between the two distributions of lengths: by how many
characters lengths would have to be moved, on average, to turn the one into the other. Kantorovich (1942), Vaserstein
(1969); computed by scipy.
"""

from dataclasses import dataclass

from makemore_core.metrics.part import Part
from makemore_core.metrics.scores import Ints


@dataclass(frozen=True)
class LengthMatch(Part):
    """Lengths in code points; NaN where there are no items."""

    mean: float
    mean_held_out: float
    distance: float
    """0 where both distributions are the same."""


def length_match(lengths: Ints, held_out: Ints) -> LengthMatch:
    """Compare two sets of lengths, (items,) each."""
    from scipy.stats import wasserstein_distance

    nothing = float("nan")
    means = [float(side.mean()) if len(side) else nothing for side in (lengths, held_out)]
    both = len(lengths) and len(held_out)
    return LengthMatch(means[0], means[1], float(wasserstein_distance(lengths, held_out)) if both else nothing)
