"""What the pane shows, as plain data: the session's state turned into what the widgets draw."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from makemore_core.sampling import entropy, percent
from makemore_core.sources import Membership
from makemore_core.vocabulary import SENTINEL
from makemore_tui.display import glyph, visible
from makemore_tui.panes.sample.beside import Companion
from makemore_tui.panes.sample.branches import branch_lines, total_surprisal
from makemore_tui.panes.sample.control_fields import changed_words
from makemore_tui.panes.sample.controls import sliders
from makemore_tui.panes.sample.disagreeing import side_by_side
from makemore_tui.panes.sample.session import Generated, Session
from makemore_tui.widgets.branch_tree import BranchLine
from makemore_tui.widgets.candidates import Candidate, CandidateList
from makemore_tui.widgets.cdf_strip import CdfData
from makemore_tui.widgets.item_list import ListedItem
from makemore_tui.widgets.shape_controls import Shape
from makemore_tui.widgets.side_by_side import SideRows
from makemore_tui.widgets.step_table import TakenStep
from makemore_tui.widgets.surprisal_line import TextMark, TextSoFar

LISTED = 200
"""Candidates that are handed on; more than any screen has rows for."""


@dataclass(frozen=True, eq=False)
class SampleView:
    """Everything that is on the screen."""

    source: str
    seed: int
    place: int
    """How many random numbers have been used."""

    ended: bool
    text: TextSoFar
    shape: Shape
    candidates: CandidateList
    beside: SideRows
    """Empty where there is one model alone."""
    strip: CdfData | None
    why: tuple[str, ...]
    """What the controls took away, a line each, and where u falls; empty at the end of an item."""

    steps: tuple[TakenStep, ...]
    tree: tuple[BranchLine, ...]
    items: tuple[ListedItem, ...]


class Viewer:
    """Makes views of sessions. It keeps what does not change from one to the next: characters and listed items."""

    def __init__(self, *, ascii_only: bool = False) -> None:
        self.ascii_only = ascii_only
        self._named: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
        self._listed: tuple[tuple[Generated, ...], tuple[ListedItem, ...]] = ((), ())

    def view(self, session: Session, companions: Sequence[Companion] = ()) -> SampleView:
        """The session as it is now."""
        names = self.names(session)
        return SampleView(
            source=visible(session.source.name, ascii=self.ascii_only),
            seed=session.tape.seed,
            place=session.place,
            ended=session.ended,
            text=self._text(session, names),
            shape=self._shape(session),
            candidates=candidate_list(session, names),
            beside=self._beside(session, companions, names),
            strip=_strip(session, names),
            why=why_lines(session, names),
            steps=_steps(session, names),
            tree=branch_lines(session.root, session.node, names.__getitem__),
            items=self._items(session.items),
        )

    def names(self, session: Session) -> tuple[str, ...]:
        """How each id is shown, in one or two cells."""
        symbols = session.source.vocabulary.symbols
        if self._named[0] != symbols:
            self._named = (symbols, tuple(glyph(symbol, ascii=self.ascii_only) for symbol in symbols))
        return self._named[1]

    def _beside(self, session: Session, companions: Sequence[Companion], names: tuple[str, ...]) -> SideRows:
        if not companions:
            return SideRows()
        beside = side_by_side(session, companions, names, ascii_only=self.ascii_only)
        return replace(beside, words=_ending(session)) if session.ended else beside

    def _text(self, session: Session, names: tuple[str, ...]) -> TextSoFar:
        path = session.node.path()
        marks = tuple(TextMark(names[node.token], node.surprisal, node.u is None) for node in path)
        total = total_surprisal(session.node)
        each = f", {total / len(path):.2f} a character" if path else ""
        return TextSoFar(marks, session.ended, f"{total:.2f} nats{each}".replace("inf", "infinite"))

    def _shape(self, session: Session) -> Shape:
        size = session.source.vocabulary.size
        controls = sliders(session.controls, size, ascii_only=self.ascii_only)
        others = tuple(
            visible(words, ascii=self.ascii_only) for words in changed_words(session.controls, session.prompt)
        )
        if session.ended:
            return Shape(controls, others=others)
        here = session.next
        kept = here.adjusted > 0
        possible = here.probability > 0
        return Shape(
            sliders=controls,
            entropy=(entropy(here.probability), entropy(here.adjusted)),
            kept=int(kept.sum()),
            kept_mass=float(here.probability[kept].sum()),
            size=int(possible.sum()),
            others=others,
        )

    def _items(self, items: tuple[Generated, ...]) -> tuple[ListedItem, ...]:
        known, listed = self._listed
        if items is not known:
            if items[: len(known)] != known:
                known, listed = (), ()
            listed = (*listed, *self._lines(items, len(known)))
            self._listed = (items, listed)
        return self._listed[1]

    def _lines(self, items: tuple[Generated, ...], start: int) -> Iterator[ListedItem]:
        """The items from `start` on, and a heading wherever they come from another model than the one before."""
        for index in range(start, len(items)):
            item = items[index]
            if index == 0 or items[index - 1].source != item.source:
                yield ListedItem(visible(item.source, ascii=self.ascii_only), heading=True)
            note = f"{item.forced} forced" if item.forced else "" if item.finished else "cut off"
            text = visible(item.text, ascii=self.ascii_only)
            yield ListedItem(text, index + 1, item.nll, where(item.membership), note)


def where(membership: Membership | None) -> str:
    """Where the data holds an item, in a word; the side that was learnt from first."""
    if membership is None:
        return "?"
    if membership.is_new:
        return "new"
    return "train" if membership.in_train else "dev" if membership.in_dev else "test"


def candidate_list(session: Session, names: tuple[str, ...]) -> CandidateList:
    """The most probable characters of the next step, and the picked one wherever it stands."""
    if session.ended:
        return CandidateList(words=_ending(session))
    here, picked = session.next, session.picked
    before, after, high = here.probability.numpy(), here.adjusted.numpy(), here.cumulative.numpy()
    order = np.argsort(-before, kind="stable")
    first = order[:LISTED]
    if picked not in first:
        first = np.append(first, picked)
    listed = tuple(
        Candidate(
            token=token,
            symbol=names[token],
            before=float(before[token]),
            after=float(after[token]),
            low=float(high[token - 1]) if token else 0.0,
            high=float(high[token]),
            picked=token == picked,
        )
        for token in first.tolist()
    )
    return CandidateList(listed, len(order))


def _ending(session: Session) -> tuple[str, ...]:
    """What there is to say of an item that is complete, and what can be done now."""
    path = session.node.path()
    total = total_surprisal(session.node)
    nll = total / len(path)
    place = where(session.source.membership(session.text))
    held = {"new": "The data does not hold it.", "?": "The data is not at hand."}
    ending = "is complete." if session.node.ended else "is cut off: it is as long as items may get."
    if session.stuck:
        ending = "stops here: the controls leave nothing that the model thinks possible."
    if place not in ("new", "?") and session.controls.only_new:
        place += ": it is not among the items, as only new ones are wanted"
    return (
        "",
        f"The item {ending}",
        f"NLL {nll:.3f} nats a character, {total:.3f} in all, the end counted.".replace("inf", "infinite"),
        held.get(place, f"The data holds it, in {place}."),
        "",
        "enter      begins the next item",
        "end        begins the next one and finishes it",
        "backspace  takes the last character back",
        "^b         goes back to a branch",
        "^g         generates many",
        "^l         goes to the items",
    )


def why_lines(session: Session, names: tuple[str, ...]) -> tuple[str, ...]:
    """In words why the next character is the one that it is; empty at the end of an item."""
    why = session.why
    if why is None or why.fall is None:
        return ()
    fall = why.fall
    what = "the end" if fall.token == SENTINEL else names[fall.token]
    interval = f"u = {fall.u:.4f} falls to {what}, {fall.low:.4f} to {fall.high:.4f}"
    lines = why.lines(names)[:-1] if why.effects else []
    return (*lines, f"{interval}; the model gave it {percent(fall.model)}")


def _strip(session: Session, names: tuple[str, ...]) -> CdfData | None:
    if session.ended:
        return None
    return CdfData(session.next.cumulative.numpy(), names, session.u, session.picked)


def _steps(session: Session, names: tuple[str, ...]) -> tuple[TakenStep, ...]:
    return tuple(
        TakenStep(number, names[node.token], node.u, node.probability, node.surprisal, node.entropy)
        for number, node in enumerate(session.node.path(), 1)
    )
