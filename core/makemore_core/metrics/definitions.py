"""What each metric means, in plain words, and where it comes from: for help texts, the same everywhere."""

from dataclasses import dataclass
from typing import Literal

Better = Literal["lower", "higher", "real", "none"]
"""Which values are good: low ones, high ones, those near the yardstick of real items; or it is no matter of good."""


@dataclass(frozen=True)
class Metric:
    """One metric."""

    key: str
    """Its name in the JSON of `eval`."""
    title: str
    words: str
    better: Better
    source: str = ""
    """Who defined it, where it is not the field's common property."""


LOSSES = (
    Metric(
        "nll",
        "NLL",
        "the mean of -ln p over all characters, the end of each item counted, where p is the probability that the model"
        " gave the character that came: nats per character",
        "lower",
    ),
    Metric(
        "perplexity",
        "perplexity",
        "e to the NLL: as many equally likely characters would be as hard to guess",
        "lower",
        "Jelinek, Mercer, Bahl and Baker 1977",
    ),
    Metric("bits_per_character", "bits per character", "the NLL divided by ln 2", "lower", "Shannon 1951"),
    Metric(
        "nll_by_position",
        "NLL by position",
        "the NLL of all first characters, all second ones and so on; the end of an item of n characters is at n + 1",
        "none",
    ),
    Metric("nll_by_length", "NLL by length", "the NLL of all items of one length, ends counted", "none"),
    Metric("hardest", "hardest items", "those with the highest NLL per character; repeats are listed once", "none"),
    Metric(
        "confusion",
        "confusion of first choices",
        "which character came, and which one the model held most probable there; the share is of the times it came",
        "none",
    ),
    Metric(
        "calibration",
        "calibration",
        "the first choices are sorted by their probability into 15 equal bins; the expected calibration error (ECE) is"
        " the mean distance between how probable they were held and how often they came. The reliability diagram shows"
        " one over the other: on the diagonal the model is as sure as it may be, below it too sure",
        "lower",
        "Guo, Pleiss, Sun and Weinberger 2017",
    ),
    Metric(
        "leak",
        "held-out items also in train",
        "the NLL of held-out items whose text also stands in train, and of the others: a model may know the former by"
        " heart. The disjoint split leaves none",
        "none",
    ),
)

SAMPLES = (
    Metric(
        "unique",
        "unique",
        "distinct texts among the samples; the more are drawn, the fewer",
        "real",
        "GuacaMol, Brown et al. 2019; MOSES, Polykovskiy et al. 2020",
    ),
    Metric(
        "novelty",
        "novel",
        "distinct samples that train does not hold, letter for letter, among all distinct samples",
        "real",
        "GuacaMol, Brown et al. 2019; MOSES, Polykovskiy et al. 2020",
    ),
    Metric("in_train", "in train", "samples, repeats counted, that train holds", "real"),
    Metric("in_dev", "in dev", "samples that dev holds: held-out items that the model found by itself", "real"),
    Metric("in_test", "in test", "samples that test holds", "real"),
    Metric(
        "nearest",
        "edits to train",
        "how many characters must be put in, taken out or replaced to make a distinct sample the nearest item of train;"
        " the mean, and how many lie 0, 1, 2 ... away",
        "real",
        "Levenshtein 1966",
    ),
    Metric(
        "diversity",
        "diversity",
        "the mean over pairs of samples of the edits between them, over the length of the longer one; 0: all the same",
        "real",
        "internal diversity: Benhenda 2017, MOSES, Polykovskiy et al. 2020; with edits in the place of fingerprints",
    ),
    Metric("mean_length", "mean length", "characters of a sample", "real"),
    Metric(
        "length_distance",
        "length distance",
        "by how many characters the lengths of samples would have to be moved, on average, to be distributed as those"
        " of held-out items: the Wasserstein distance of order 1",
        "lower",
        "Kantorovich 1942, Vaserstein 1969; computed by scipy.stats.wasserstein_distance",
    ),
    Metric(
        "ngrams",
        "n-gram distance",
        "how far the n-grams of samples lie from those of held-out items, starts and ends among them: the"
        " Jensen-Shannon distance, base 2; 0: the same, 1: none in common. Small sets lie further apart: compare"
        " with the yardstick",
        "lower",
        "Lin 1991; Endres and Schindelin 2003",
    ),
    Metric(
        "unseen",
        "n-grams never seen",
        "the share of the n-grams of samples, repeats counted, that no item of train holds",
        "real",
    ),
)

INTERVALS = Metric(
    "interval",
    "interval",
    "where two models are compared: items are drawn again with replacement, 2,000 times, the same for both; 95% of the"
    " differences lie in it",
    "none",
    "the bootstrap over items, Efron and Tibshirani 1993",
)
