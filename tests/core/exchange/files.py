"""Lists and files for the tests of exchange."""

from pathlib import Path

import torch
from torch import Tensor

from makemore_core.corpus import Corpus
from makemore_core.exchange.makemore_py import MakemoreModel, read_model
from tests.core.exchange.reference import random_state
from tests.core.models import small_corpus

HEADS = 3

ITEMS = ("abcdefab", "fed", "cab", "a", "bead", "face", "deaf", "abc", "cab", "dad", "fad", "bed")
"""Six characters, up to eight in an item: V 7 and 9 places, the sizes of `random_state`."""


def six_letters() -> Corpus:
    """The list for models of `random_state`."""
    return small_corpus(*ITEMS)


def saved(folder: Path, type: str, **sizes: int) -> tuple[Path, dict[str, Tensor]]:
    """A file as makemore.py saves it, and what is in it."""
    state, path = random_state(type, **sizes), folder / f"{type}.pt"
    torch.save(state, path)
    return path, state


def read(path: Path, type: str) -> MakemoreModel:
    """What is read of a file; transformers of `random_state` have three heads here."""
    return read_model(path, heads=HEADS if type == "transformer" else None)
