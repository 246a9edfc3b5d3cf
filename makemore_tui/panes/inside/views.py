"""Which views there are, what a person asks of them, and what names mean. Without torch."""

from dataclasses import dataclass
from typing import Literal

CHARACTERS, ATTENTION, STATES, ACTIVATIONS, MATTERED, PARAMETERS = (
    "characters",
    "attention",
    "states",
    "activations",
    "mattered",
    "parameters",
)


@dataclass(frozen=True)
class View:
    """One way to look."""

    name: str
    words: str
    """What it shows, in one line."""
    lacks: str
    """What a model does not have that cannot be looked at in this way."""
    found_in: str = ""
    """Which models have it, where not all do."""


VIEWS = (
    View(
        CHARACTERS,
        "Characters that the model treats alike lie near each other.",
        "vectors for characters",
        "an MLP, an RNN or a Transformer",
    ),
    View(
        ATTENTION,
        "Each row is a character; it takes most from those that are brightest in it.",
        "attention",
        "a Transformer",
    ),
    View(
        STATES,
        "What is remembered when a character has been read: each row is a unit.",
        "state to carry along",
        "an RNN, a GRU or an LSTM",
    ),
    View(
        ACTIVATIONS,
        "What the hidden units give out when a character has been read, a row each.",
        "hidden layers",
        "an MLP or a Transformer",
    ),
    View(MATTERED, "Each character in turn is made unknown: how much did knowing it help?", "predictions"),
    View(
        PARAMETERS,
        "The numbers that were learnt, and how the loss would have them change.",
        "parameters",
        "any run",
    ),
)
NAMES = tuple(view.name for view in VIEWS)


@dataclass(frozen=True)
class Ask:
    """What is to be found out, by the worker."""

    view: str
    step: int | None = None
    """Of a run: the step to look back at; None is the checkpoint that was chosen."""
    projection: Literal["pca", "first two"] = "pca"
    length: int | None = None
    """How many characters of the text the prediction is made from; None is all of them."""
    target: int | None = None
    """The id whose probability is asked for; None is the character that followed, and after the last the likeliest."""
    parameter: int = 0
    """Which of the parameters."""
    gradients: bool = False


@dataclass(frozen=True)
class Choices:
    """What a person chose of what was found; no worker is needed for it."""

    layer: int = 0
    head: int = 0
    part: int = 0
    """Which of the states, gates or hidden layers."""
    heads_together: bool = False
    """Whether the heads of a layer stand side by side."""
    parts_together: bool = True
    """The same of states and gates, and of hidden layers."""
    as_histogram: bool = False
    by_activity: bool = False
    """Whether the units that vary most come first."""


MEANINGS = {
    ("h", "carried"): "the hidden state",
    ("c", "carried"): "the cell state, which is only scaled and added to",
    ("r", "gate"): "the reset gate: how much of the old state is looked at",
    ("z", "gate"): "the update gate: how much of the old state stays",
    ("n", "tanh"): "the candidate: what the new state would be",
    ("i", "gate"): "the input gate: how much of the candidate is let in",
    ("f", "gate"): "the forget gate: how much of the cell state stays",
    ("g", "tanh"): "the candidate: what may be added to the cell state",
    ("o", "gate"): "the output gate: how much of the cell state is shown",
    ("mlp", "gelu"): "the MLP of a block",
}
"""What units are, by what the formulas call them and what kind they are."""

KINDS = {
    "carried": "a state, carried along",
    "tanh": "a hidden layer of tanh units",
    "gate": "a gate, from 0 (shut) to 1 (open)",
    "relu": "a hidden layer of ReLU units",
    "gelu": "a hidden layer of GELU units",
}
"""The same of units that are not known by name."""


def meaning(name: str, what: str) -> str:
    """What the units `r2` are, in a few words."""
    return MEANINGS.get((name.rstrip("0123456789"), what)) or KINDS.get(what, what)


def way_to(name: str) -> str:
    """Which keys lead to a model that has a view which this one has not."""
    view = next(view for view in VIEWS if view.name == name)
    return f"esc, then ^s: choose {view.found_in}, which has some"


_LETTERS_WITH_VOWELS = "AEFHILMNORSX"
"""Letters whose own names begin with a vowel: an MLP, an RNN."""


def why_not(title: str, lacks: str) -> str:
    """Why a family has no such view: `an RNN has no attention`, `bigram counts have no attention`."""
    if title.endswith("counts"):
        return f"{title} have no {lacks}"
    return f"{with_article(title)} has no {lacks}"


def with_article(title: str) -> str:
    """An RNN, a GRU."""
    spelt = title[:2].isupper()
    vowel = title[:1] in _LETTERS_WITH_VOWELS if spelt else title[:1].lower() in "aeio"
    return f"{'an' if vowel else 'a'} {title}"
