"""What the pane's worker runs: it opens models, holds the session, and carries out one order after the other.

Importing this module imports torch: the pane does so in a thread, at its first visit.
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from rich.cells import cell_len

from makemore_core.beam import Asked, most_probable
from makemore_core.bulk import Filters, known_to
from makemore_core.errors import MakemoreError, SettingsError
from makemore_core.neighbours import Neighbour, Neighbours
from makemore_core.sampling import Controls
from makemore_core.scoring import score_text
from makemore_core.sources import Source, counts_source, uniform_source
from makemore_core.vocabulary import SENTINEL, Vocabulary
from makemore_tui.display import character_label
from makemore_tui.panes.sample.beside import Companion
from makemore_tui.panes.sample.branches import Branch, branches, neighbour, total_surprisal
from makemore_tui.panes.sample.choice import SourceChoice
from makemore_tui.panes.sample.control_fields import changed_words
from makemore_tui.panes.sample.controls import place, turn
from makemore_tui.panes.sample.many.found import Found, beam_words, found_words
from makemore_tui.panes.sample.many.wanted import Wanted
from makemore_tui.panes.sample.opening import Opened, looked_again, open_run, version_of
from makemore_tui.panes.sample.scored import WordScore, model_score, near_words
from makemore_tui.panes.sample.session import Session, joined
from makemore_tui.panes.sample.tree_export import tree_json, tree_text
from makemore_tui.panes.sample.view import SampleView, Viewer, where

if TYPE_CHECKING:
    from makemore_core.corpus import Corpus

CONTROLS = ("temperature", "top_k", "top_p")

QUICK = 2_000_000
"""Characters of a list that can be looked through for neighbours without anybody asking for it."""

NEAR = 5
"""Neighbours of a word."""

NEAR_AT_ONCE = 250
"""Of so many items the neighbours are looked for between two questions whether to go on."""

ONE_BY_ONE = 100
"""As many items, if there is no filter, are those that finishing one after the other gives."""

BATCH = 64
"""Items that are drawn side by side otherwise."""

BEAM = 200
"""How wide a beam is at least that looks for the most probable items."""

MOST_BESIDE = 5
"""Models beside the first one: more than these have no room for their numbers at 80 cells."""

MOST_NAMED = 26
"""The cells up to which the characters of a vocabulary are named in a line of words."""


class Engine:
    """A session and its views. Its methods raise MakemoreError with a line for the person."""

    def __init__(self, source: Source, seed: int, *, ascii_only: bool) -> None:
        self.ascii_only = ascii_only
        self.session = Session(source, seed)
        self.companions: list[Companion] = []
        """The models beside the first one."""
        self.viewer = Viewer(ascii_only=ascii_only)
        self._neighbours: Neighbours | None = None

    def view(self) -> SampleView:
        """What is to be shown now."""
        return self.viewer.view(self.session, self.companions)

    def use(self, source: Source) -> str:
        """Go on with another model."""
        self._neighbours = None
        lost = source.vocabulary != self.session.source.vocabulary and bool(self.session.text)
        self.session = self.session.with_source(source)
        return "it knows other characters: a new item begins" if lost else ""

    def add(self, source: Source, opened: Opened | None = None) -> str:
        """Put a model beside the first one: it reads the same text. `opened` is how it was, where it is a run."""
        if len(self.companions) >= MOST_BESIDE:
            return f"{MOST_BESIDE + 1} models stand side by side already: ^a takes one away"
        self.companions.append(Companion(source, opened))
        return f"{len(self.companions) + 1} models read the same text: the first one draws"

    def take_away(self, place: int) -> str:
        """Take a model away that stands beside the first one."""
        gone = self.companions.pop(place)
        return f"{gone.source.name} is taken away"

    def travel(self, step: int | None, home: Path, first_run: str = "") -> str:
        """The runs beside the first model go to a step too, each to the nearest that it keeps; None: to the checkpoint.

        Those stay that were put there at a step of their own, and those of `first_run`, which is the run of the first
        model: then and now side by side. Says where they are now.
        """
        words = []
        for number, one in enumerate(self.companions):
            if one.opened is None or one.opened.journey is None:
                continue
            name = one.opened.journey.run
            if one.is_pinned or name == first_run:
                words.append(f"{name} stays" if step is not None else "")
                continue
            try:
                self.companions[number] = moved = _moved(one, step, home)
            except MakemoreError as error:
                one.opened = replace(one.opened, journey=replace(one.opened.journey, asked=step))
                words.append(f"{name} stays: {error}")
            else:
                at = moved.opened.journey.at if moved.opened is not None and moved.opened.journey is not None else None
                words.append(f"{name} at step {at:,}" if at is not None else "")
        return f"beside it: {', '.join(said)}" if (said := [one for one in words if one]) else ""

    def reseed(self, seed: int) -> str:
        """Start again from a seed, with the same model and controls and an empty list."""
        self.session = Session(self.session.source, seed, self.session.controls, self.session.prompt)
        if self.session.prompt:
            self.session.begin()
        return f"everything from here on follows from the seed {seed}"

    def force(self, text: str) -> str:
        """Put characters; the mark of the end ends the item. What the model does not know stops it, with a word why."""
        for character in text:
            token = token_of(self.session.source.vocabulary, character)
            if token is None:
                return unknown(self.session.source.vocabulary, character, ascii_only=self.ascii_only)
            self.session.force(token)
        return ""

    def walk(self, text: str) -> str:
        """Begin a new item with a text; the end is not put."""
        self.session.leave()
        return self.force(text)

    def turn(self, name: str, by: int) -> None:
        """Move a control by some steps."""
        session = self.session
        session.set_controls(**turn(session.controls, name, session.source.vocabulary.size, by))

    def place(self, index: int, fraction: float) -> None:
        """Put a control's knob at a place of its slider."""
        session = self.session
        session.set_controls(**place(CONTROLS[index], session.source.vocabulary.size, fraction))

    def control(self, controls: Controls, prompt: str) -> str:
        """Take all controls as they were typed."""
        self.session.set_all(controls, prompt)
        changed = changed_words(controls, prompt)
        return f"beside T, top-k and top-p: {', '.join(changed)}" if changed else ""

    def reset(self) -> str:
        """Sample from the model as it is."""
        self.session.set_all(Controls(rng=self.session.controls.rng), "")
        return "sampling from the model as it is: T 1, all other controls off"

    def undo(self) -> str:
        """Take the last step back."""
        return "" if self.session.undo() else "there is nothing to undo"

    def reroll(self) -> str:
        """Leave this u out; at the end of an item there is none to leave out."""
        if not self.session.ended:
            self.session.reroll()
            return ""
        return "the item is complete: enter begins the next one, backspace takes the end back"

    def go_along(self, by: int) -> str:
        """Go to the branch below in the tree as it is drawn, or to the one above."""
        session = self.session
        node = neighbour(session.root, session.node, by)
        if node is session.node:
            return "there is no other branch yet: undo, and go on in another way"
        session.go_to(node.number)
        return f"branch {session.text or '(start)'}: {total_surprisal(node):.1f} nats"

    def written_tree(self, *, as_json: bool) -> str:
        """All that was tried, to keep: as a drawing of letters, or as JSON."""
        return (tree_json if as_json else tree_text)(self.session, ascii_only=self.ascii_only)

    def find(self, wanted: Wanted, going: Callable[[int, int], bool]) -> tuple[tuple[Found, ...], str]:
        """Generate many items that are as they are wanted; what there is to say of them.

        `going` is told how many were found, and how many were drawn or how long the beginnings are that a beam search
        goes on with; it says whether to go on.
        """
        filters = Filters(
            shortest=wanted.least,
            longest=wanted.most,
            contains=wanted.contains,
            only_new=wanted.new_only,
            least_distance=wanted.distance,
        )
        if wanted.probable:
            return self._most_probable(wanted, filters, going)
        near = self.neighbours if wanted.distance or self._is_near_quick else None
        batch_size = BATCH if filters.are_on or wanted.count > ONE_BY_ONE else 1
        many = self.session.generate(
            wanted.count, going, filters, starts=wanted.starts, neighbours=near, batch_size=batch_size
        )
        found = tuple(
            Found(item.text, item.nll, where(item.membership), item.distance, item.nearest or "", item.finished)
            for item in many.items
        )
        return found, found_words(wanted, len(found), many.drawn, many.words)

    def _most_probable(
        self, wanted: Wanted, filters: Filters, going: Callable[[int, int], bool]
    ) -> tuple[tuple[Found, ...], str]:
        """The most probable items that are as they are wanted, by beam search; nothing is drawn, so no u is used.

        Of the controls those count that say which items are wanted.
        """
        source, rest = self.session.source, self.session.controls
        controls = Controls(
            banned=rest.banned,
            min_length=max(rest.min_length, wanted.least),
            max_length=rest.max_length if wanted.most is None else min(rest.max_length, wanted.most),
            only_new=rest.only_new or wanted.new_only,
        )
        prompt, width = joined(self.session.prompt, wanted.starts), max(wanted.count, BEAM)
        asked = Asked(going)
        items = most_probable(
            source.model,
            source.vocabulary,
            width,
            prompt=prompt,
            controls=controls,
            known=known_to(source),
            going=asked,
        )
        items = [item for item in items if filters.contains in item.text]
        if not wanted.distance:
            items = items[: wanted.count]
        near = self.neighbours if wanted.distance or self._is_near_quick else None
        nearest = [] if near is None else _nearest(near, [item.text for item in items], going)
        pairs = [
            (item, beside)
            for item, beside in zip_longest(items, nearest)
            if not (near and filters.least_distance)
            or (beside is not None and beside.distance >= filters.least_distance)
        ][: wanted.count]
        found = tuple(
            Found(
                item.text,
                item.nll,
                where(source.membership(item.text)),
                None if beside is None else beside.distance,
                "" if beside is None else beside.text,
            )
            for item, beside in pairs
        )
        certain = sum(item.certain for item, _ in pairs)
        is_whole = near is None or len(nearest) == len(items) or (wanted.distance and len(found) == wanted.count)
        looked = None if is_whole else len(nearest)
        return found, beam_words(
            len(found), certain, width, asked.stopped_at, looked, is_filtered=bool(wanted.distance)
        )

    def score(self, word: str) -> WordScore:
        """What each model that is open thinks of a word, and what is near it in the data of the first."""
        sources = [self.session.source, *(companion.source for companion in self.companions)]
        models = tuple(model_score(score_text(one, word), ascii_only=self.ascii_only) for one in sources)
        near = self.neighbours.nearest(word, NEAR) if self.neighbours is not None and self._is_near_quick else None
        return WordScore(word, models, near_words(near, ascii_only=self.ascii_only))

    @property
    def neighbours(self) -> Neighbours | None:
        """Finds what is near in the data of the first model; None where that is not at hand."""
        corpus = self.session.source.corpus
        if self._neighbours is None and corpus is not None:
            self._neighbours = Neighbours(corpus)
        return self._neighbours

    @property
    def _is_near_quick(self) -> bool:
        """Whether the data is so small that all of it can be compared at each key."""
        corpus = self.session.source.corpus
        return corpus is not None and len(corpus.tokens) <= QUICK

    def branches(self) -> list[Branch]:
        """What was tried, to choose from."""
        names = self.viewer.names(self.session)
        return branches(self.session.nodes, self.session.node, names.__getitem__)


def _nearest(near: Neighbours, texts: list[str], going: Callable[[int, int], bool]) -> list[Neighbour]:
    """The nearest item of each text, for as long as that is wanted: fewer where it was stopped."""
    found: list[Neighbour] = []
    while len(found) < len(texts):
        found += near.nearest_of_each(texts[len(found) : len(found) + NEAR_AT_ONCE])
        if not going(len(found), max(map(len, texts))):
            break
    return found


def _moved(companion: Companion, step: int | None, home: Path) -> Companion:
    """A run beside the first model with the weights of a step. Raises RunError."""
    opened = companion.opened
    assert opened is not None
    choice = replace(opened.choice, step=step)
    if version_of(choice, home) == opened.version:
        companion.opened = looked_again(opened, home)
        return companion
    return companion.at(open_run(choice, home, opened))


def open_choice(choice: SourceChoice, corpus: "Corpus | None", home: Path, last: Opened | None = None) -> Opened:
    """Open a model, under a name that tells it from its like; `last` is what was opened before it.

    Raises RunError or SettingsError.
    """
    if choice.kind == "run":
        return open_run(choice, home, last)
    if corpus is None:
        raise SettingsError("no list has been read yet")
    if choice.kind == "uniform":
        return Opened(uniform_source(corpus), choice)
    source = counts_source(corpus, choice.order, choice.smoothing)
    name = f"{source.name}, order {choice.order}, smoothing {choice.smoothing:g}"
    return Opened(replace(source, name=name), choice)


def token_of(vocabulary: Vocabulary, character: str) -> int | None:
    """The id of a typed character; that of the end for the sentinel's mark, which no list uses itself."""
    if character == vocabulary.sentinel:
        return SENTINEL
    return vocabulary.encode(character)[0] if character in vocabulary else None


def unknown(vocabulary: Vocabulary, character: str, *, ascii_only: bool) -> str:
    """One line for a character that the model cannot give."""
    label = character_label(character, ascii=ascii_only)
    known, count = "", 0
    for one in vocabulary.characters:
        known, count = known + character_label(one, ascii=ascii_only), count + 1
        if cell_len(known) >= MOST_NAMED:
            break
    more = f" and {len(vocabulary.characters) - count:,} more" if count < len(vocabulary.characters) else ""
    return f"'{label}' is not in the vocabulary: {known}{more}, {vocabulary.sentinel} ends"
