"""Asks a model about every character of some items."""

import numpy as np
import torch

from makemore_core.corpus import Corpus
from makemore_core.devices import doubled
from makemore_core.errors import ListError
from makemore_core.evaluation import CELLS, item_batches
from makemore_core.metrics.progress import Progress, quiet
from makemore_core.metrics.scores import Scores
from makemore_core.models.base import LanguageModel
from makemore_core.positions import PADDING, Indices
from makemore_core.training.modes import evaluating

LONGEST = 20_000_000
"""Characters of one item, and of the few that stand for a long side, that are looked at one by one: 800 MB."""


@torch.no_grad()
def score_items(model: LanguageModel, corpus: Corpus, indices: Indices, progress: Progress = quiet) -> Scores:
    """The scores of the items with these indices, in their order. The model is put in its evaluation mode meanwhile.

    Raises ListError for an item that is too long.
    """
    lengths = corpus.lengths[indices]
    if (longest := int(lengths.max(initial=0))) > LONGEST:
        raise ListError(
            f"an item has {longest:,} characters, and {LONGEST:,} at the most can be looked at one by one; cut it into "
            "lines, or take it out of the list"
        )
    ends = np.cumsum(lengths + 1)
    starts, total = ends - (lengths + 1), int(ends[-1]) if len(ends) else 0
    targets, choices = np.zeros(total, np.int64), np.zeros(total, np.int64)
    nll, confidences = np.zeros(total), np.zeros(total)
    done = 0
    with evaluating(model):
        for batch in item_batches(model, corpus, indices):
            logits = model(batch.inputs)  # (B, T, V)
            pieces = max(CELLS // (len(batch.inputs) * logits.shape[-1]), 1)
            for first in range(0, logits.shape[1], pieces):  # of a very long item, some places at a time in doubles
                chances = doubled(logits[:, first : first + pieces]).log_softmax(-1)  # (B, P, V)
                here = batch.targets[:, first : first + pieces].to(chances.device)
                best, choice = chances.max(-1)  # (B, P) each; of equals, the first
                given = chances.gather(-1, here.clamp(min=0)[..., None])[..., 0]  # (B, P)
                inside = (here != PADDING).cpu().numpy()
                columns = batch.start + first + np.arange(inside.shape[1])
                slots = (starts[batch.places][:, None] + columns)[inside]
                targets[slots] = here.cpu().numpy()[inside]
                nll[slots] = 0.0 - given.cpu().numpy()[inside]  # what is certain costs 0, not -0
                choices[slots] = choice.cpu().numpy()[inside]
                confidences[slots] = best.exp().cpu().numpy()[inside]
                done += len(slots)
            progress("scoring items", done / total)
    return Scores(indices, lengths, targets, nll, choices, confidences)
