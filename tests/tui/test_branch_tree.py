"""The tree of what was tried."""

from makemore_tui.widgets.branch_tree import BranchLine, branch_row, first_line
from makemore_tui.widgets.inks import ASCII, MONOCHROME
from makemore_tui.widgets.rows import row_text


def plain(text: str) -> tuple[tuple[str, bool], ...]:
    return tuple((character, False) for character in text)


TREE = (
    BranchLine(0, (), plain("k")),
    BranchLine(1, (True,), plain("a")),
    BranchLine(2, (True, True), plain("m"), here=True),
    BranchLine(3, (True, False), plain("rin"), note="17.9 nats"),
    BranchLine(4, (False,), (("e", True), ("n", False))),
    BranchLine(5, (False, False), plain(".")),
)


def test_guides_join_each_line_to_the_one_above_it() -> None:
    assert [row_text(branch_row(line)) for line in TREE] == [
        "k",
        "├─ a",
        "│  ├─ m ◂ here",
        "│  └─ rin  17.9 nats",
        "└─ en",
        "   └─ .",
    ]


def test_the_tree_in_ascii() -> None:
    assert row_text(branch_row(TREE[2], MONOCHROME, ASCII)) == "|  |- m < here"


def test_forced_characters_are_drawn_apart() -> None:
    row = branch_row(TREE[4])
    assert [piece.style for piece in row if piece.text in "en" and piece.text] == [
        MONOCHROME.forced,
        MONOCHROME.strong,
    ]


def test_the_window_holds_the_place_where_we_are() -> None:
    lines = tuple(BranchLine(i, (), (), here=i == 70) for i in range(100))
    assert first_line(lines, 10) == 65
    assert first_line(lines[60:], 100) == 0
    assert first_line(tuple(BranchLine(i, (), (), here=i == 99) for i in range(100)), 10) == 90
    assert first_line((), 10) == 0
