"""The weights of a run as a file that makemore.py loads, for the list that the run learned from."""

from pathlib import Path

import numpy as np

from makemore_core.errors import ExchangeError
from makemore_core.exchange.makemore_py import check_expressible, write_model
from makemore_core.models.base import LanguageModel
from makemore_core.models.mlp import MlpSettings
from makemore_core.positions import Ids, padded_items
from makemore_core.runs.paths import RunFolder
from makemore_core.sources import Source, run_source

_ITEMS, _CHARACTERS = 64, 512  # as much of the list is read to compare the logits


def export_run(folder: RunFolder, path: Path, *, checkpoint: str = "best", force: bool = False) -> str | None:
    """Write a checkpoint of a run as `model.pt` for makemore.py, called with the run's list.

    Returns what a person should know of the file, if anything. Raises ExchangeError where makemore.py has no such model
    or would read the list in another way, and what `run_source` and `write_model` raise.
    """
    type = folder.read_config().type
    check_expressible(type)
    source = run_source(str(folder.path), folder.path.parent, checkpoint)
    _check_characters(source)
    if source.corpus is not None:
        longest = int(source.corpus.lengths.max())
        items, _ = padded_items(source.corpus, np.arange(min(_ITEMS, len(source.corpus))))
    else:
        longest = (source.model.context or 1) - 1
        items = _every_character(source.vocabulary.size)
    write_model(path, type, source.model, items[:, : min(longest + 1, _CHARACTERS)], longest=longest, force=force)
    return _size_note(source.model, longest)


def _size_note(model: LanguageModel, longest: int) -> str | None:
    """Why makemore.py counts more parameters than we do, where it does."""
    settings = model.settings
    if not isinstance(settings, MlpSettings):
        return None
    whole = settings.model_copy(update={"context": longest + 1, "blank_token": True})
    ours, theirs = (sizes.parameter_count(model.vocab_size) for sizes in (settings, whole))
    if ours == theirs:
        return None
    return (
        f"the same predictions take {theirs:,} parameters there, not {ours:,}: makemore.py's MLP has weights for each "
        "place of the longest item, and a vector for what lies before an item"
    )


def _check_characters(source: Source) -> None:
    """makemore.py ends an item at more characters than the line feed, so that its vocabulary would lack them."""
    for character in source.vocabulary.characters:
        if character.splitlines() != [character]:
            raise ExchangeError(
                f"makemore.py would end an item at U+{ord(character):04X}, which is in the list of {source.name}: "
                "it cannot take this model"
            )


def _every_character(vocab_size: int) -> Ids:
    """One item that has them all: (1, V) int64."""
    return np.arange(vocab_size)[None]
