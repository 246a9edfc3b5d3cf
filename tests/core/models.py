"""Small models and lists that several tests share."""

from makemore_core.corpus import Corpus, corpus_from_bytes
from makemore_core.models.base import CountModel, LanguageModel
from makemore_core.models.registry import FAMILIES, build_model

FAMILY_NAMES = list(FAMILIES)


def small_corpus(*items: str) -> Corpus:
    """A corpus of these items, or of a few names."""
    text = "\n".join(items or ("emma", "olivia", "ava", "isabella", "sophia", "mia", "ava"))
    return corpus_from_bytes(text.encode(), name="small", source="-")


def ready_model(family: str, corpus: Corpus, seed: int = 1, **settings: object) -> LanguageModel:
    """A model of a family on a corpus: fitted where it counts, with its initial weights where it trains."""
    model = build_model(family, corpus.vocabulary.size, settings, seed=seed)
    if isinstance(model, CountModel):
        model.fit(corpus)
    return model.eval()
