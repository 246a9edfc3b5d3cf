"""Models side by side, drawn: which rows there are, and what stands in a column."""

import pytest

from makemore_tui.widgets.inks import ASCII
from makemore_tui.widgets.rows import row_text, row_width
from makemore_tui.widgets.side_by_side import (
    SideCell,
    SideModel,
    SideRow,
    SideRows,
    head_height,
    side_rows,
    visible_rows,
)

HEAD = 4
"""Rows above the characters where all names fit."""

MODELS = (
    SideModel("counts", "1.20 nats", "", "a"),
    SideModel("a network with a long name", "2.30 nats", "0.1234 nats", "b, another"),
)


def cells(first: float, second: float | None, *, known: bool = True) -> tuple[SideCell | None, ...]:
    return SideCell(first, first), None if second is None else SideCell(second, second, known)


DATA = SideRows(
    MODELS,
    (
        SideRow(1, "a", cells(0.5, 0.25)),
        SideRow(2, "b", cells(0.3, 0.7), picked=True),
        SideRow(3, "c", cells(0.2, 0.0, known=False)),
    ),
    3,
)


def lines(data: SideRows, width: int = 80, height: int = 12) -> list[str]:
    return [row_text(row).rstrip() for row in side_rows(data, width, height)]


def test_each_model_has_a_column_with_its_name_and_how_far_it_is_from_the_first() -> None:
    shown = lines(DATA)
    assert shown[0].split() == ["1", "counts", "2", "a", "network", "with", "a", "long", "name"]
    assert shown[1].split() == ["text", "1.20", "nats", "2.30", "nats"]
    assert shown[2].split() == ["KL(1||n)", "0.1234", "nats"]
    assert shown[3].split() == ["top", "a", "b,", "another"]
    assert shown[HEAD].split()[0] == "a" and "50.0%" in shown[HEAD] and "25.0%" in shown[HEAD]
    assert shown[HEAD + 1].startswith(" ▶ b")
    assert "nats it costs to expect n where 1 holds" in shown[-1]


def test_a_long_name_has_two_rows() -> None:
    shown = lines(DATA, width=60)
    assert head_height(DATA, 60) == HEAD + 1
    assert [line.split() for line in shown[:2]] == [["1", "counts", "2", "a", "network", "with", "a", "long"], ["name"]]
    assert shown[HEAD + 1].split()[0] == "a"


def test_of_a_name_that_is_too_long_for_two_rows_the_end_is_kept() -> None:
    name = "gru-1: gru on names.txt, back at step 1,000"
    data = SideRows((MODELS[0], SideModel(name, "", "", "")))
    assert [line.strip() for line in lines(data, width=50)[:2]] == [
        "1 counts            2 gru-1: gru on",
        "…at step 1,000",
    ]


def test_an_unknown_character_is_impossible() -> None:
    assert lines(DATA)[HEAD + 2].endswith("impossible")


def test_a_model_that_nothing_can_follow_for_has_no_numbers() -> None:
    stuck = SideRows(MODELS, (SideRow(1, "a", cells(1.0, None)),), 1)
    assert lines(stuck)[HEAD].count("%") == 1


def test_the_picked_character_is_shown_however_rare_and_the_others_are_summed() -> None:
    listed = tuple(SideRow(token, "x", cells(0.02, 0.01), picked=token == 40) for token in range(50))
    data = SideRows(MODELS, listed, 50)
    shown = visible_rows(data, 12 - HEAD)
    assert len(shown) == 12 - HEAD - 2 and shown[-1].token == 40
    others = lines(data)[-2].split()
    assert others == ["+44", "88.0%", "94.0%"]


@pytest.mark.parametrize("models", [2, 3, 6])
@pytest.mark.parametrize("width", [66, 80, 200])
def test_no_row_is_wider_than_the_room(models: int, width: int) -> None:
    six = tuple(SideModel(f"model {n}", "12.34 nats, 2.35 each", "12.3456 nats", "a, the same") for n in range(models))
    row = SideRow(1, "a", (SideCell(0.5, 0.25, top=True),) * models)
    for drawn in side_rows(SideRows(six, (row,), 1), width, 10, marks=ASCII):
        assert row_width(drawn) <= width
