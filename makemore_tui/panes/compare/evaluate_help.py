"""The text of the Evaluate view's help: every metric in plain words, with its source."""

from makemore_core.metrics.definitions import INTERVALS, LOSSES, SAMPLES, Metric

_BEGIN = """\
How good one model is: its exact losses on train, dev and test, where it fails, how far its probabilities can be
trusted, and what it generates beside real items. Losses are in nats per character, averages over characters, with the
end of each item counted. **t** takes another side for everything that is said of one side; of a very long side a
subsample of the items is looked at, and its number is told. **c** evaluates a run at another checkpoint: the best, the
last, or any step that is kept. What was computed once is there again at once until the app is closed.
"""

_SAMPLES = """\
Samples are drawn from the model as it is, without temperature or other controls, by one seed. The last column measures
**real items in their place**: those of dev, while lengths and n-grams are compared with test (where there is one
held-out side alone, it is cut into two halves; where nothing is held out, train is). The nearer samples come to that
column, the more they are like real items. One thing follows from the split and not from the items: disjoint keeps
repeats of an item on one side, so that no item of dev stands in train or test; new items and repeats in their natural
shares are seen on the splits of the lectures and of makemore.py. Some metrics depend on how many samples there are: the
column *first* has as many as there are real items.
"""


def _line(metric: Metric) -> str:
    source = f" ({metric.source})" if metric.source else ""
    return f"- **{metric.title}**: {metric.words}{source}."


HELP = "\n".join(
    [_BEGIN, *map(_line, LOSSES), "", _SAMPLES, *map(_line, SAMPLES), "", "Elsewhere:", "", _line(INTERVALS), ""]
)
