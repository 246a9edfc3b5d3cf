"""The random numbers of a seed, as a tape that can be read at any place."""

import torch

BLOCK = 1024
"""As many numbers are read at once where a long stretch is looked through."""


class Tape:
    """u[0], u[1], ... as `sampling.draw_uniform` gives them one after the other for a seed.

    Reading one does not use it up: whoever draws keeps the place, so that going back one draw gives the same number
    again.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._generator = torch.Generator().manual_seed(seed)
        self._values: list[float] = []

    def __getitem__(self, place: int) -> float:
        """The number at a place, 0 being the first."""
        missing = place + 1 - len(self._values)
        if missing > 0:
            self._values += torch.rand(missing, dtype=torch.float64, generator=self._generator).tolist()
        return self._values[place]

    def generator_at(self, place: int) -> torch.Generator:
        """A generator of its own whose next number is the one at this place."""
        generator = torch.Generator().manual_seed(self.seed)
        torch.rand(place, dtype=torch.float64, generator=generator)
        return generator

    def place_of(self, value: float, start: int) -> int:
        """Where a number stands that a generator of this seed gave, from a place on."""
        while True:
            try:
                return self._values.index(value, start)
            except ValueError:
                start = max(start, len(self._values))
                _ = self[start + BLOCK]
