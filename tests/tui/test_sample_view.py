"""What the pane shows of a session, and the engine that the worker tells what to do."""

import math

import numpy as np
import pytest

from makemore_core.corpus import corpus_from_bytes
from makemore_core.errors import SettingsError
from makemore_core.sources import counts_source, uniform_source
from makemore_tui.panes.sample.choice import SourceChoice
from makemore_tui.panes.sample.engine import Engine, open_choice, token_of, unknown
from makemore_tui.panes.sample.session import Session
from makemore_tui.panes.sample.view import LISTED, Viewer, where

CORPUS = corpus_from_bytes("emma\nava\nmia ann\nzoé\n".encode(), name="four", source="four")


def test_candidates_are_in_order_and_their_intervals_tile_the_strip() -> None:
    session = Session(counts_source(CORPUS), 1)
    view = Viewer().view(session)
    listed = view.candidates.listed
    assert len(listed) == view.candidates.total == CORPUS.vocabulary.size
    assert [one.before for one in listed] == sorted((one.before for one in listed), reverse=True)
    by_id = sorted(listed, key=lambda one: one.token)
    assert [one.low for one in by_id[1:]] == [one.high for one in by_id[:-1]]
    assert (by_id[0].low, by_id[-1].high) == (0.0, 1.0)
    (picked,) = [one for one in listed if one.picked]
    assert picked.low <= session.u < picked.high
    assert view.strip is not None and view.strip.picked == picked.token
    assert np.array_equal(view.strip.cumulative, session.next.cumulative.numpy())


def test_what_the_controls_take_away_is_counted() -> None:
    session = Session(counts_source(CORPUS), 1)
    session.set_controls(top_k=3)
    view = Viewer().view(session)
    kept = [one for one in view.candidates.listed if one.after]
    assert (len(kept), view.shape.kept) == (3, 3)
    assert view.shape.kept_mass == pytest.approx(sum(one.before for one in kept))
    assert view.shape.entropy is not None and view.shape.entropy[1] < view.shape.entropy[0]
    assert all(one.cut for one in view.candidates.listed if not one.after)


def test_entropies_of_a_uniform_guess() -> None:
    view = Viewer().view(Session(uniform_source(CORPUS), 1))
    assert view.shape.entropy == pytest.approx((math.log(CORPUS.vocabulary.size),) * 2)


def test_spaces_and_accents_are_shown() -> None:
    engine = Engine(counts_source(CORPUS), 1, ascii_only=False)
    assert engine.force("é a.") == ""
    assert [mark.symbol for mark in engine.view().text.marks] == ["é", "␣", "a", "."]
    assert engine.view().ended
    assert [item.text for item in engine.view().items if not item.heading] == ["é a"]


def test_the_pick_is_listed_however_rare() -> None:
    many = corpus_from_bytes("\n".join(map(chr, range(0x4E00, 0x4E00 + 3000))).encode(), name="many", source="many")
    session = Session(uniform_source(many), 1)
    view = Viewer().view(session)
    assert view.candidates.total == 3001
    assert LISTED <= len(view.candidates.listed) <= LISTED + 1
    assert [one.token for one in view.candidates.listed if one.picked] == [session.picked]


def test_items_grow_shrink_and_are_headed_by_their_model() -> None:
    viewer, session = Viewer(), Session(counts_source(CORPUS), 1)
    session.generate(2)
    first = viewer.view(session).items
    session = session.with_source(uniform_source(CORPUS))
    session.generate(1)
    second = viewer.view(session).items
    assert second[:3] == first
    headings = [(item.heading, item.number) for item in second]
    assert headings == [
        (True, 0),
        (False, 1),
        (False, 2),
        (True, 0),
        (False, 3),
    ]
    session.undo()
    assert viewer.view(session).items == first


def test_an_ended_item_is_summed_up() -> None:
    engine = Engine(counts_source(CORPUS), 1, ascii_only=False)
    engine.force("ava.")
    view = engine.view()
    assert view.strip is None and view.shape.entropy is None and not view.candidates.listed
    assert "The data holds it, in train." in view.candidates.words
    engine.force("avv.")
    assert "The data does not hold it." in engine.view().candidates.words


def test_where_the_data_is_not_at_hand() -> None:
    assert where(None) == "?"


def test_an_unknown_character_is_said_to_be_unknown_and_stops_the_rest() -> None:
    engine = Engine(counts_source(CORPUS), 1, ascii_only=False)
    words = engine.force("avxa")
    assert words == "'x' is not in the vocabulary: ␣aeimnovzé, . ends"
    assert engine.session.text == "av"


def test_a_large_vocabulary_is_not_listed_whole() -> None:
    many = corpus_from_bytes("\n".join(map(chr, range(0x4E00, 0x4E00 + 100))).encode(), name="many", source="many")
    assert "and 87 more, . ends" in unknown(many.vocabulary, "x", ascii_only=False)


def test_a_list_with_a_full_stop_has_another_mark_for_the_end() -> None:
    dotted = corpus_from_bytes(b"st. ives\nst. just\n", name="dotted", source="dotted").vocabulary
    assert dotted.sentinel == "$"
    assert token_of(dotted, ".") == dotted.encode(".")[0]
    assert token_of(dotted, "$") == 0
    assert token_of(dotted, "q") is None


def test_models_are_opened_by_choice(runs_home: object) -> None:
    from pathlib import Path

    assert isinstance(runs_home, Path)
    model = open_choice(SourceChoice("counts", 3, 0.5), CORPUS, runs_home).source.model
    assert model.settings.model_dump() == {"order": 3, "smoothing": 0.5}
    assert open_choice(SourceChoice("uniform"), CORPUS, runs_home).source.name.startswith("uniform")
    with pytest.raises(SettingsError, match="no list"):
        open_choice(SourceChoice("counts"), None, runs_home)


def test_the_seed_starts_everything_again() -> None:
    engine = Engine(counts_source(CORPUS), 1, ascii_only=False)
    engine.turn("temperature", -3)
    engine.session.generate(3)
    first = engine.session.items
    engine.session.finish()
    engine.reseed(1)
    engine.session.generate(3)
    assert engine.session.items == first
    assert engine.session.controls.temperature == 0.7
    engine.reset()
    assert engine.session.controls.temperature == 1.0


def test_ascii_names_are_ascii() -> None:
    engine = Engine(counts_source(CORPUS), 1, ascii_only=True)
    engine.force(" ")
    assert engine.view().text.marks[0].symbol == "_"
