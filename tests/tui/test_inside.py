"""The look inside, driven by its keys."""

import shutil
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.cells import cell_len
from safetensors.numpy import save

from makemore_core.inspection.attention import Attention, attend
from makemore_core.inspection.embeddings import CharacterMap, character_map
from makemore_core.runs.checkpoints import metadata, write_checkpoint
from makemore_core.training.checkpoint import weights_alone
from makemore_core.training.loop import Training
from makemore_tui.messages import Moment
from makemore_tui.panes import travelling
from makemore_tui.panes.inside import looking
from makemore_tui.panes.inside.blocks import Block, arrange
from makemore_tui.panes.inside.drawing import Labels, draw_map
from makemore_tui.panes.inside.views import NAMES, why_not
from makemore_tui.panes.sample.choice import SourceChoice
from makemore_tui.shell.help import HelpScreen
from makemore_tui.widgets.effect_line import EffectLine
from makemore_tui.widgets.heatmap import Heatmap
from makemore_tui.widgets.pick_list import PickList
from makemore_tui.widgets.rows import row_text
from makemore_tui.widgets.scatter import ScatterMap
from makemore_tui.widgets.time_slider import TimeSlider
from makemore_tui.widgets.view_tabs import ViewTabs
from tests.core.runs.making import make_run
from tests.tui.conftest import settle
from tests.tui.inside_views import CORPUS, Inside, InsideApp, make_network, of_run
from tests.tui.test_sample_pane import driven
from tests.tui.train_app import until


@asynccontextmanager
async def inside(app: InsideApp, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Inside]:
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        yield Inside(pilot)


def missing(look: Inside) -> dict[str, str]:
    assert look.pane.seen is not None
    return dict(look.pane.seen.missing)


async def test_a_transformer_shows_its_attention_head_by_head(runs_home: Path) -> None:
    make_network(runs_home, "transformer")
    async with inside(of_run(runs_home, "transformer-1")) as look:
        assert "transformer-1" in look.line("title") and "text: emma" in look.line("title")
        await look.press("2")
        assert look.line("about") == "layer 1 of 2, head 1 of 2"
        heat = look.pane.query_one(Heatmap)
        assert heat.data is not None and heat.data.shape == (5, 5)
        first = heat.data.values.block(np.arange(5), np.arange(5))
        np.testing.assert_allclose(first.sum(1), 1, atol=1e-6)
        await look.press("right", "down")
        assert look.line("about") == "layer 2 of 2, head 2 of 2"
        second = heat.data.values.block(np.arange(5), np.arange(5))
        assert not np.allclose(first, second)
        await look.press("right", "down")
        assert look.line("about") == "layer 1 of 2, head 1 of 2"
        await look.press("shift+up", *["shift+left"] * 4)
        assert f"m takes {first[3, 0]:.1%} from . (start)" in look.line("note")
        assert set(missing(look)) == {"states"}


async def test_a_gru_shows_states_and_gates_unit_by_unit(runs_home: Path) -> None:
    make_network(runs_home, "gru", layers=1)
    async with inside(of_run(runs_home, "gru-1")) as look:
        assert set(missing(look)) == {"attention", "activations"}
        await look.press("2")
        assert look.line("about") == "a GRU has no attention"
        assert look.line("note") == "esc, then ^s: choose a Transformer, which has some"
        assert not look.pane.query_one(Heatmap).display
        assert look.pane.check_action("together", ()) is False
        assert missing(look)["activations"] == "the hidden units of a GRU are its states: view 3"
        await look.press("tab")
        assert look.line("about") == "h1: the hidden state, 24 units (1 of 4)"
        heat = look.pane.query_one(Heatmap)
        text = (".", "e", "m", "m", "a")
        assert heat.data is not None and heat.data.shape == (24, 4 * 6)
        assert heat.data.column_labels == ("h", *text, "r", *text, "z", *text, "n", *text)
        await look.press("down", "down", "right")
        assert look.line("about").startswith("r1: the reset gate") and look.line("about").endswith("(2 of 4)")
        assert look.line("note").startswith("r1 unit 3 at . (start): +0.")
        reset = heat.data.values.block(np.arange(24), np.arange(7, 12))
        assert ((reset > 0) & (reset < 1)).all()
        await look.press("a")
        assert heat.data.shape == (24, 5) and heat.data.column_labels == text
        assert look.line("note").startswith("r1 unit 3 at . (start): +0.")
        np.testing.assert_array_equal(heat.data.values.block(np.arange(24), np.arange(5)), reset)
        await look.press("o")
        values = heat.data.values.block(np.arange(24), np.arange(5))
        assert heat.data.row_ids[0] == values.std(1).argmax()


async def test_counts_can_be_asked_what_mattered(runs_home: Path) -> None:
    app = InsideApp(runs_home, SourceChoice(order=3), "mia")
    async with inside(app) as look:
        assert set(missing(look)) == set(NAMES) - {"mattered"}
        assert look.pane.query_one(ViewTabs).data.current == "mattered"
        assert look.line("about").startswith("after 3 of 3 characters: the end, the likeliest")
        effects = look.pane.query_one(EffectLine).data
        assert [mark.symbol for mark in effects.marks] == [".", "m", "i", "a"]
        assert effects.marks[0].value == effects.marks[1].value == 0
        assert effects.marks[2].value != 0
        await look.press("left")
        assert look.line("about").startswith("after 2 of 3 characters: a, which follows, the likeliest")
        await look.press("down")
        assert "number 2" in look.line("about")
        await look.press("left", "left", "left")
        assert look.line("about").startswith("at the start: m, which follows")
        assert not look.pane.query_one(TimeSlider).display
        await look.press("6")
        assert look.line("about") == "n-gram counts have no parameters"


async def test_parameters_their_gradients_and_histograms(runs_home: Path) -> None:
    make_network(runs_home, "mlp")
    async with inside(of_run(runs_home, "mlp-1")) as look:
        await look.press("6")
        assert "weights 12 x 8: mean " in look.line("about") and "std" in look.line("about")
        names = look.pane.query_one(PickList)
        assert names.source.row(0, 28, names.inks, False)[0].text.startswith("embedding")  # type: ignore[union-attr]
        await look.press("down")
        assert "weights 64 x 24" in look.line("about")
        await look.press("w")
        assert "gradient 64 x 24" in look.line("about") and "on 64 items" in look.line("about")
        await look.press("h")
        assert not look.pane.query_one(Heatmap).display
        await look.press("h", "w", "up")
        assert "weights 12 x 8" in look.line("about")
        await look.press("shift+right", "shift+down")
        assert f"row {names_of(1)}, column 2: " in look.line("note")


def names_of(token: int) -> str:
    return CORPUS.vocabulary.symbol(token)


async def test_the_map_marks_the_text(runs_home: Path) -> None:
    make_network(runs_home, "rnn")
    async with inside(of_run(runs_home, "rnn-1", "mia")) as look:
        points = look.pane.query_one(ScatterMap).data.points
        assert {point.label for point in points if point.stands_out} == set("mia")
        assert len(points) == CORPUS.vocabulary.size
        assert look.line("about").startswith("PCA of 8 numbers")
        await look.press("p")
        assert look.line("about").startswith("the first two of 8 numbers")


async def test_without_a_text_an_item_of_the_list_is_looked_at(runs_home: Path) -> None:
    async with inside(InsideApp(runs_home, SourceChoice(), "")) as look:
        assert "an item of the list: emma" in look.line("title")


async def test_going_back_in_time_changes_what_is_seen(runs_home: Path) -> None:
    make_network(runs_home, "gru", 0, 5, 10)
    app = of_run(runs_home, "gru-1", moment=Moment("gru-1", 10))
    async with inside(app) as look:
        await look.press("3", "a")

        def states() -> Any:
            data = look.pane.query_one(Heatmap).data
            assert data is not None
            return data.values.block(np.arange(24), np.arange(5)).copy()

        assert "step 10 " in row_text(look.pane.query_one(TimeSlider).render_line(0))
        late = states()
        await look.press("f6")
        assert app.moments[-1] == Moment("gru-1", 5) and not np.allclose(states(), late)
        await look.press("ctrl+home")
        assert app.moments[-1] == Moment("gru-1", 0)
        first = states()
        await look.press("f8")
        assert app.moments[-1] is None
        np.testing.assert_array_equal(states(), first)  # `best` was written before the first step
        await look.press("f7", "f6", "escape")
        assert app.ended == [Moment("gru-1", 10)]


async def test_playing_goes_through_all_steps(runs_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(travelling, "PLAY_S", 0.01)
    make_network(runs_home, "mlp", 0, 2, 4)
    app = of_run(runs_home, "mlp-1")
    app.interval = 0.01  # type: ignore[attr-defined]
    async with inside(app) as look:
        await look.press("f9")
        await until(look.pilot, lambda: bool(app.moments) and app.moments[-1] is None)
        assert [moment.step for moment in app.moments if moment is not None] == [0, 2, 4]


async def test_a_run_that_learns_on_is_looked_at_again(runs_home: Path) -> None:
    folder = make_run(runs_home, CORPUS, "bigram-1")
    size = CORPUS.vocabulary.size

    def put(lead: float, step: int) -> None:
        table = np.zeros((size, size), np.float32)
        table[0, 1] = lead
        write_checkpoint(folder, "best", save({"model.weight": table}, metadata({"step": step})))

    put(1.0, 5)
    app = of_run(runs_home, "bigram-1")
    app.interval = 0.02  # type: ignore[attr-defined]
    async with inside(app) as look:
        await look.press("6")
        assert "best at step 5" in look.line("title")
        put(2.0, 7)
        await until(look.pilot, lambda: "best at step 7" in look.line("title"))
        assert "mean +0.0139" in look.line("about")  # 2 / 144


async def test_characters_and_attention_follow_a_run_while_it_learns(runs_home: Path) -> None:
    """What is shown after each checkpoint is what the model with those very weights gives."""
    folder = make_network(runs_home, "transformer")
    config = folder.read_config()
    training = Training(config, CORPUS, config.split.sides(CORPUS))
    app = of_run(runs_home, "transformer-1")
    app.interval = 0.02  # type: ignore[attr-defined]
    async with inside(app) as look:
        for key, steps in (("1", 2), ("2", 4)):
            await look.press(key)
            while training.step < steps:
                training.update()
            write_checkpoint(folder, "best", weights_alone(training))
            await until(look.pilot, lambda at=steps: f"best at step {at}" in look.line("title"))  # type: ignore[misc]
            found = look.pane.seen.found if look.pane.seen is not None else None
            if isinstance(found, CharacterMap):
                expected = character_map(training.model, "pca")
                assert expected is not None
                np.testing.assert_allclose(np.abs(found.points), np.abs(expected.points), atol=1e-5)
            else:
                assert isinstance(found, Attention)
                expected_weights = attend(training.model, found.ids[1:])
                assert expected_weights is not None
                np.testing.assert_allclose(found.weights, expected_weights.weights, atol=1e-6)


async def test_of_several_questions_the_last_is_answered(runs_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_network(runs_home, "transformer")
    go, asked = threading.Event(), []
    plain = looking.Looker.look

    def held(self: looking.Looker, ask: Any) -> Any:
        asked.append(ask.view)
        go.wait(60)
        return plain(self, ask)

    async with inside(of_run(runs_home, "transformer-1")) as look:
        monkeypatch.setattr(looking.Looker, "look", held)
        await look.pilot.press("2")
        await until(look.pilot, lambda: asked)
        await look.pilot.press("4", "5", "6")
        assert look.pane.seen is not None and look.pane.seen.ask.view == "characters"
        go.set()
        await settle(look.pilot)
        assert look.pane.seen.ask.view == "parameters"
        assert asked == ["attention", "parameters"]


async def test_a_run_that_is_gone_is_said_in_a_line(runs_home: Path) -> None:
    folder = make_network(runs_home, "mlp")
    async with inside(of_run(runs_home, "mlp-1")) as look:
        (folder.checkpoints / "best.safetensors").unlink()
        await look.press("5")
        assert "mlp-1 has no checkpoint" in look.line("note")


async def test_a_run_that_was_deleted_before_is_not_looked_for_for_good(runs_home: Path) -> None:
    folder = make_network(runs_home, "gru")
    async with driven(runs_home) as d:
        await d.select_run("gru-1")
        shutil.rmtree(folder.path)
        await d.press("ctrl+t")
        look = Inside(d.pilot)
        await until(d.pilot, lambda: look.line("note"))
        assert "gru-1" in look.line("note") and look.line("about") == ""


async def test_help_lists_the_keys(runs_home: Path) -> None:
    async with inside(InsideApp(runs_home, SourceChoice())) as look:
        await look.press("question_mark")
        screen = look.pilot.app.screen
        assert isinstance(screen, HelpScreen)
        table = str(screen.query_one("#keys").render())
        assert "F9" in table or "f9" in table
        await look.press("escape", "escape")
        app = look.pilot.app
        assert isinstance(app, InsideApp) and app.ended == [None]


def test_why_there_is_no_such_view() -> None:
    assert why_not("RNN", "attention") == "an RNN has no attention"
    assert why_not("GRU", "attention") == "a GRU has no attention"
    assert why_not("MLP with BatchNorm", "attention") == "an MLP with BatchNorm has no attention"
    assert why_not("Transformer", "state") == "a Transformer has no state"
    assert why_not("uniform guess", "parameters") == "a uniform guess has no parameters"
    assert why_not("bigram counts", "parameters") == "bigram counts have no parameters"


async def test_heads_stand_side_by_side_where_that_is_asked(runs_home: Path) -> None:
    make_network(runs_home, "transformer")
    async with inside(of_run(runs_home, "transformer-1")) as look:
        await look.press("2", "a", "right")
        heat = look.pane.query_one(Heatmap)
        assert heat.data is not None and heat.data.shape == (5, 2 * 6)
        values = heat.data.values.block(np.arange(5), np.arange(12))
        np.testing.assert_allclose(values[:, 1:6].sum(1), 1, atol=1e-6)
        np.testing.assert_allclose(values[:, 7:].sum(1), 1, atol=1e-6)
        assert look.line("about") == "layer 1 of 2, head 2 of 2" and "in head 2" in look.line("note")
        await look.press(*["shift+left"] * (heat.cursor[1] - 6))
        assert look.line("note").startswith("head 2")


def test_blocks_are_turned_over_like_pages() -> None:
    blocks = [Block("abcde"[number], np.full((3, 2), number, np.float32)) for number in range(5)]
    beside = arrange(blocks, 3, ("x", "y"), 4 + 2 * 6, header=4)  # room for two blocks of three columns
    assert (beside.first, beside.shown, beside.offset) == (2, 2, 4)
    assert beside.labels == ("c", "x", "y", "d", "x", "y")
    assert beside.values.tolist() == [[0, 2, 2, 0, 3, 3]] * 3
    assert [beside.place(column) for column in range(6)] == [(2, -1), (2, 0), (2, 1), (3, -1), (3, 0), (3, 1)]
    named = arrange([Block("b1", blocks[0].values), Block("b2", blocks[1].values)], 1, ("x", "y"), 20, header=4)
    assert named.labels == ("", "b1", "x", "y", "", "b2", "x", "y") and named.offset == 6
    assert [named.place(column)[1] for column in (0, 1, 2, 6)] == [-2, -1, 0, 0]
    alone = arrange(blocks, 4, ("x", "y"), 16, header=4)
    assert (alone.first, alone.shown, alone.offset, alone.labels) == (4, 1, 0, ("x", "y"))
    assert alone.place(1) == (4, 1)


def test_only_blocks_of_one_height_stand_beside_each_other() -> None:
    """The levels of a tree have more nodes or fewer, but each node has as many units."""
    heights = (4, 4, 3)
    blocks = [Block("b", np.zeros((height, 2), np.float32)) for height in heights]
    assert arrange(blocks, 0, ("x", "y"), 100, header=4).shown == 2
    assert arrange(blocks, 2, ("x", "y"), 100, header=4).shown == 1


async def test_it_is_opened_from_the_sample_pane_and_its_step_is_kept_there(runs_home: Path) -> None:
    make_network(runs_home, "gru", 0, 5)
    async with driven(runs_home) as d:
        d.pane.corpus = CORPUS
        await d.select_run("gru-1")
        await d.press("m", "i", "ctrl+t")
        look = Inside(d.pilot)
        assert "gru-1" in look.line("title") and "text: mi" in look.line("title")
        await look.press("f6")
        assert "back at step 5" in look.line("title")
        await look.press("escape")
        await settle(d.pilot)
        assert "back at step 5" in d.source and d.session.text == "mi"


def test_what_a_terminal_obeys_is_shown_by_stand_ins() -> None:
    labels = Labels((".", "\x1b", "[", "\u202e", "字"), ascii_only=False)
    shown = [*labels.all(range(5)), *(labels.word(token) for token in range(5)), labels.next_word(1)]
    assert all(text.isprintable() for text in shown)
    assert all(1 <= cell_len(text) <= 2 for text in labels.all(range(5)))
    ascii_only = Labels((".", "\x1b", "é"), ascii_only=True)
    assert ascii_only.short(1).isascii() and ascii_only.next_word(0) == "the end"


def test_the_most_frequent_characters_have_the_right_of_way() -> None:
    found = CharacterMap(np.zeros((4, 2)), 8, "pca", (0.5, 0.5))
    picture = draw_map(found, [2], Labels(".abc", ascii_only=False), np.array([9, 1, 3, 5]))
    assert picture.scatter is not None
    assert [point.label for point in picture.scatter.points] == ["b", ".", "c", "a"]
