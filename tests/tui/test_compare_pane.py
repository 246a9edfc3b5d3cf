"""The Compare pane: rows that fill, their order, differences, curves, and what its keys do."""

import threading
from pathlib import Path

import pytest
from textual.widgets import Input, Static

from makemore_core.errors import RunError
from makemore_core.training.config import SplitConfig
from makemore_tui.panes.compare.dialogs import AskExport
from makemore_tui.widgets.rows import row_text
from makemore_tui.widgets.sorted_table import TableHead
from tests.tui.compare_driver import driven
from tests.tui.compare_views import StandInEngine, a_config, a_run


@pytest.fixture
def engine(tmp_path: Path) -> StandInEngine:
    return StandInEngine(tmp_path)


async def test_rows_are_measured_one_after_the_other_and_stand_by_dev(engine: StandInEngine) -> None:
    async with driven(engine) as d:
        await d.all_measured()
        assert next(name for kind, *name in engine.asked if kind == "measure") == ["counts"]  # these are quick
        assert d.order == ["gru", "transformer", "mlp", "wavenet", "kneser-ney", "ngram", "bigram", "counts", "real"]
        assert d.cells("dev")["gru"] == "*1.9624"
        assert d.cells("train")["kneser-ney"] == "*1.6447"
        assert d.cells("parameters")["transformer"] == "194k"
        assert {d.cells("parameters")[type] for type in ("bigram", "counts")} == {"*729"}  # equals share the mark
        assert str(d.pane.table.border_title) == "ten names, disjoint split: 5 runs"


async def test_what_was_measured_before_is_there_at_once_and_is_not_measured_again(engine: StandInEngine) -> None:
    engine.cached = {"gru", "mlp", "bigram", "wavenet", "transformer", "counts", "ngram", "kneser-ney"}
    async with driven(engine) as d:
        await d.all_measured()
        assert not [name for kind, *name in engine.asked if kind == "measure"]
        assert d.cells("against")["gru"] == "reference"


async def test_a_difference_has_its_interval_and_says_whether_it_is_clear(engine: StandInEngine) -> None:
    async with driven(engine) as d:
        await d.all_measured()
        await d.until(lambda: d.cells("against")["mlp"])
        value, low, high = (float(part.strip("[]")) for part in d.cells("against")["mlp"].split())
        assert value == pytest.approx(1.9919 - 1.9671, abs=1e-4)
        assert low < value < high
        await d.press("down", "down")
        assert d.details.startswith(f"+0.0248 ({low:+.4f} to {high:+.4f}), worse, on test against ladder-names-4")


async def test_another_row_is_the_reference_and_the_other_side_is_measured(engine: StandInEngine) -> None:
    async with driven(engine) as d:
        await d.all_measured()
        await d.press("down", "r")
        await d.all_measured()
        assert d.cells("against")["transformer"] == "reference"
        assert float(d.cells("against")["gru"].split()[0]) == pytest.approx(1.9671 - 1.9783, abs=1e-4)
        await d.press("d")
        await d.all_measured()
        assert d.pane.ranked.side == "dev"
        assert "dev against" in d.pane.table.table.columns[-1].title
        await d.press("r")
        await d.all_measured()
        assert d.cells("against")["gru"] == "reference"  # the best again


async def test_columns_sort_by_keys_and_clicks(engine: StandInEngine) -> None:
    async with driven(engine) as d:
        await d.all_measured()
        await d.press("right")
        assert d.pane.ranked.sorted_by == "test"
        await d.press("left", "left")
        assert (d.pane.ranked.sorted_by, d.order[0]) == ("train", "kneser-ney")
        await d.press("i")
        assert d.order[:2] == ["counts", "bigram"]
        head = row_text(d.pane.table.table.head(116, d.pane.table.head.inks, False))
        await d.pilot.click(TableHead, offset=(head.index("params"), 0))
        await d.pilot.pause()
        assert d.pane.ranked.sorted_by == "parameters"
        assert d.order[0] in ("bigram", "counts")


async def test_the_sorted_column_is_shown_where_there_is_little_room(engine: StandInEngine) -> None:
    async with driven(engine, (80, 24)) as d:
        await d.all_measured()

        def head() -> str:
            table = d.pane.table.table
            return row_text(table.head(d.pane.table.rows.content_size.width, d.pane.table.head.inks, False))

        assert "3-grams" not in head()
        await d.press(*["right"] * 7)
        assert d.pane.ranked.sorted_by == "trigrams"
        assert "3-grams" in head() and "test" in head()


async def test_curves_are_of_the_first_rows_until_somebody_chooses(engine: StandInEngine) -> None:
    async with driven(engine) as d:
        await d.all_measured()

        def drawn() -> list[str]:
            return [series.name for series in d.pane.chart.chart.series]

        assert drawn() == ["gru", "transformer", "mlp", "wavenet"]
        assert d.pane.chart.chart.series[0].values.tolist() == pytest.approx(
            [2.75 - (0.3 - 0.1 * 1.9671) * n for n in range(10)]
        )
        await d.press("space")
        assert drawn() == ["transformer", "mlp", "wavenet"]
        await d.press("a")
        assert len(drawn()) == 6
        await d.press("end", "up", "space")
        assert "at most six" in d.app.notices[-1]
        await d.press("c")
        assert not d.pane.chart.display


async def test_curves_of_one_type_are_told_apart_by_their_names(engine: StandInEngine) -> None:
    engine.runs = [a_run("gru", name="first"), a_run("gru", name="second")]
    async with driven(engine) as d:
        await d.all_measured()
        assert [series.name for series in d.pane.chart.chart.series][:2] == ["first", "second"]


async def test_models_of_another_split_are_apart(engine: StandInEngine) -> None:
    lecture = a_config("gru", split={"kind": "lecture"})
    engine.runs = [*engine.runs, a_run("gru", name="lecture-gru", config=lecture)]
    async with driven(engine) as d:
        await d.all_measured()
        assert "lecture-gru" not in {row.name for row in d.pane.ranked.rows}
        assert "1 other list or split" in str(d.pane.table.border_subtitle)
        await d.press("g")
        await d.all_measured()
        assert [row.name for row in d.pane.ranked.rows if row.type == "gru"] == ["lecture-gru"]
        assert str(d.pane.table.border_title).startswith("ten names, lecture split")
        await d.press("g")
        assert str(d.pane.table.border_title).startswith("ten names, disjoint split")


async def test_without_a_held_out_side_there_is_none_to_turn_to(engine: StandInEngine) -> None:
    engine.runs = [a_run("gru", config=a_config("gru", split=SplitConfig(kind="none").model_dump()))]
    async with driven(engine) as d:
        await d.press("g")
        assert d.pane.ground.split == "none"
        assert not d.pane.check_action("turn_side", ())


async def test_runs_that_go_on_are_listed_and_not_measured(engine: StandInEngine) -> None:
    engine.runs = [a_run("gru"), a_run("mlp", "running", step=2000), a_run("bigram", "queued", step=0, turn=1)]
    async with driven(engine) as d:
        await d.all_measured()
        assert (d.cells("state")["mlp"], d.cells("state")["bigram"], d.cells("state")["gru"]) == (
            "running 25%",
            "waits, 1",
            "",
        )
        assert not [name for kind, *name in engine.asked if kind == "measure" and name[0] == "ladder-names-2"]
        engine.runs = [a_run("gru"), a_run("mlp")]
        d.pane.look()
        await d.until(lambda: "bigram" not in d.order and d.cells("dev").get("mlp"))
        await d.all_measured()
        assert d.cells("dev")["mlp"] == "1.9817"


async def test_a_row_that_cannot_be_measured_says_why(engine: StandInEngine) -> None:
    engine.error = RunError("the list of gru is gone")
    async with driven(engine) as d:
        await d.all_measured()
        assert d.details.startswith("the list of gru is gone")
        assert d.cells("dev")["gru"] == "*1.9624"  # which the run itself has told


async def test_a_hidden_pane_measures_nothing(engine: StandInEngine) -> None:
    engine.hold = threading.Event()
    async with driven(engine) as d:
        await d.until(lambda: engine.asked)
        d.pane.display = False
        await d.until(lambda: d.pane._measuring is None)
        asked = len(engine.asked)
        await d.pilot.pause(0.1)
        assert len(engine.asked) == asked
        engine.hold.set()
        d.pane.display = True
        await d.until(lambda: d.pane._measuring is not None)
        await d.all_measured()
        assert d.order[0] == "gru"


# Keys that ask


async def test_the_table_is_written_as_the_name_of_the_file_says(engine: StandInEngine, tmp_path: Path) -> None:
    async with driven(engine) as d:
        await d.all_measured()
        await d.press("x")
        await d.until(lambda: isinstance(d.app.screen, AskExport))
        field = d.app.screen.query_one(Input)
        await d.press("down")
        assert field.value == "comparison.csv"
        field.value = str(tmp_path / "ladder.md")
        await d.press("enter")
        await d.until(lambda: engine.written)
        assert engine.written[tmp_path / "ladder.md"].startswith("## ten names, disjoint split")
        assert "**1.9624**" in engine.written[tmp_path / "ladder.md"]


async def test_a_file_that_is_there_is_written_over_at_the_second_asking(engine: StandInEngine, tmp_path: Path) -> None:
    there = tmp_path / "there.json"
    there.write_text("{}")
    async with driven(engine) as d:
        await d.press("x")
        await d.until(lambda: isinstance(d.app.screen, AskExport))
        d.app.screen.query_one(Input).value = str(there)
        await d.press("enter")
        assert "enter again writes over it" in str(d.app.screen.query_one("#words", Static).content)
        await d.press("enter")
        await d.until(lambda: there in engine.written)


async def test_the_table_is_copied(engine: StandInEngine) -> None:
    async with driven(engine) as d:
        await d.all_measured()
        await d.press("x")
        await d.until(lambda: isinstance(d.app.screen, AskExport))
        await d.press("ctrl+y")
        await d.until(lambda: d.app.notices)
        assert d.app.clipboard.startswith("## ten names")


async def test_a_run_is_shown_on_train(engine: StandInEngine) -> None:
    async with driven(engine) as d:
        await d.all_measured()
        await d.press("t")
        await d.until(lambda: len(d.app.told) == 2)
        assert d.app.told == ["ladder-names-4", "train"]
        await d.press("end", "up", "t")
        assert d.app.notices == ["counts is no run: it was not trained"]


async def test_a_run_that_goes_on_is_not_evaluated(engine: StandInEngine) -> None:
    engine.runs = [a_run("mlp", "running", step=2000)]
    async with driven(engine) as d:
        await d.all_measured()
        await d.press("end", "up", "enter")
        await d.until(lambda: d.app.notices)
        assert "once it rests" in d.app.notices[0]


async def test_enter_opens_all_that_can_be_said_of_a_model(
    engine: StandInEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    from makemore_tui.panes.compare.evaluate import EvaluateScreen

    begun: list[str] = []
    monkeypatch.setattr(EvaluateScreen, "_compute", lambda screen, *_: begun.append(screen.spec))
    async with driven(engine) as d:
        await d.all_measured()
        await d.press("enter")
        await d.until(lambda: begun == ["ladder-names-4"])
        assert not d.pane._is_shown  # it measures nothing meanwhile
        d.app.screen.dismiss()
        await d.until(lambda: d.pane._is_shown)
