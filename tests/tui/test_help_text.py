"""The text of the help: the Markdown that panes write, wrapped and drawn."""

from textual.app import App, ComposeResult

from makemore_tui.panes.data.pane import HELP as OF_DATA
from makemore_tui.panes.train.help import HELP as OF_TRAIN
from makemore_tui.shell.help_text import HelpText, blocks_of


def styles_of(block):
    return {block.text.plain[span.start : span.end]: str(span.style) for span in block.text.spans}


def test_parts_are_strong_emphasised_or_code_and_brackets_are_no_markup():
    (block,) = blocks_of("**New run.** `n` opens\na *form*, with [bold]names[/bold] `[x]`.")
    assert block.text.plain == "New run. n opens a form, with [bold]names[/bold] [x]."
    assert styles_of(block) == {"New run.": "bold", "n": "bold $accent", "form": "italic", "[x]": "bold $accent"}


def test_a_title_is_bold_and_an_item_hangs_beside_its_bullet():
    title, *items, last = blocks_of("# Title\n\n- one two three\n- four\n\nAnd so on.")
    assert styles_of(title) == {"Title": "bold"}
    assert [item.is_item for item in items] == [True, True] and not last.is_item
    assert [line.plain for line in items[0].lines(9)] == ["• one two", "  three"]
    assert [line.plain.rstrip() for line in HelpText("# Title\n\n- a\n- b\n\nEnd.").lines(20)] == (
        ["Title", "", "• a", "• b", "", "End.", ""]
    )


async def test_all_of_it_is_there_at_the_first_sight():
    class HelpApp(App[None]):
        def compose(self) -> ComposeResult:
            yield HelpText(OF_TRAIN)

    app = HelpApp()
    async with app.run_test(size=(60, 200)) as pilot:
        text = app.query_one(HelpText)
        shown = " ".join("\n".join(text.render_line(y).text for y in range(text.size.height)).split())
        assert shown.startswith("Trains a model of the makemore family in a process of its own")
        assert shown.endswith("which learns from nothing on the list that is open.")
        high = text.size.height
        await pilot.resize_terminal(80, 200)
        await pilot.pause()
        assert text.size.height < high


def test_every_list_item_of_a_pane_stays_one():
    assert sum(block.is_item for block in blocks_of(OF_DATA)) == OF_DATA.count("\n- ") + OF_DATA.startswith("- ")
