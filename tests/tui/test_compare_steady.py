"""What stays as it is on the Compare pane while other things change: colours, and what is painted already."""

from pathlib import Path

import pytest

from makemore_tui.panes.compare.choosing import FIRST
from makemore_tui.panes.train.dialogs import AskRate
from makemore_tui.widgets.titles import put_titles
from tests.tui.compare_driver import Driver, driven
from tests.tui.compare_views import StandInEngine


@pytest.fixture
def engine(tmp_path: Path) -> StandInEngine:
    return StandInEngine(tmp_path)


def drawn(d: Driver) -> dict[str, int]:
    """The slots of the curves, by the type of their row."""
    types = {row.key: row.type for row in d.pane.rows.values()}
    return {types[key]: slot for key, slot in d.pane.table.slots.items()}


async def test_a_model_keeps_its_colour_however_the_table_is_sorted(engine: StandInEngine) -> None:
    async with driven(engine) as d:
        await d.all_measured()
        first = drawn(d)
        assert set(first) == set(d.order[:FIRST]) and sorted(first.values()) == list(range(FIRST))
        for key in ("right", "i", "left", "left"):
            await d.press(key)
            assert drawn(d) == first
        assert d.order[:FIRST] != list(first)
        await d.press("a")
        laid = drawn(d)
        assert set(laid) == {type for type in d.order if type != "real"} & set(laid) and len(laid) == 6
        assert all(laid[type] == slot for type, slot in first.items() if type in laid)


async def test_what_stands_on_the_border_already_is_not_painted_again(engine: StandInEngine, monkeypatch) -> None:
    async with driven(engine) as d:
        await d.all_measured()
        table, painted = d.pane.table, []
        monkeypatch.setattr(table, "refresh", lambda *regions, **options: painted.append(regions))
        d.pane.show_rows()
        assert painted == []
        put_titles(table, "another", "one")
        assert len(painted) == 2


async def test_titles_on_borders_are_no_markup(engine: StandInEngine) -> None:
    async with driven(engine) as d:
        put_titles(d.pane.table, "[red]x[/red].txt", "[b]")
        assert str(d.pane.table._border_title) == "[red]x[/red].txt" and str(d.pane.table._border_subtitle) == "[b]"


async def test_the_name_of_a_run_in_the_title_of_a_question_is_no_markup(engine: StandInEngine) -> None:
    """A folder of runs may hold names that could not be given."""
    async with driven(engine) as d:
        question = AskRate("[red]x[/red]", 0.1)
        await d.pane.mount(question)
        assert str(question._border_title) == "learning rate of [red]x[/red]"
