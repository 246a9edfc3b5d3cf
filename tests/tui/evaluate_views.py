"""Reports for the tests of the Evaluate view: of counts on a small list, computed by the core."""

from dataclasses import replace
from functools import cache

from makemore_core.metrics.report import Report, evaluate_source
from makemore_core.sources import Source
from makemore_core.training.config import SplitConfig
from tests.core.models import ready_model, small_corpus

FIRST = ("ka", "li", "mo", "ra", "se", "ta", "vi", "an", "el", "io")
SECOND = ("na", "ne", "ro", "la", "lin", "mar", "th", "s", "ya", "bel")
THIRD = ("", "a", "h", "ette", "o")
NAMES = [first + second + third for first in FIRST for second in SECOND for third in THIRD]


@cache
def a_source(kind: str = "lecture") -> Source:
    """A bigram of counts, on the train side of 500 names of which 60 stand there twice."""
    corpus = small_corpus(*NAMES, *NAMES[::9])
    sides = SplitConfig(kind=kind).sides(corpus)  # type: ignore[arg-type]
    model = ready_model("counts", corpus)
    model.fit(corpus, sides.train)  # type: ignore[operator]
    return Source("counts of names", model, corpus.vocabulary, corpus, sides)


@cache
def a_report(samples: int = 400, name: str = "counts of names") -> Report:
    """Its report, as if it had taken 2.5 s."""
    return replace(evaluate_source(a_source(), samples=samples), seconds=2.5, name=name)
