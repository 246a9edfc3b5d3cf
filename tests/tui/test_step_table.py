"""The steps taken, as a table and in one line."""

from makemore_tui.widgets.rows import row_text, row_width
from makemore_tui.widgets.step_table import TakenStep, step_line, step_rows

K = TakenStep(1, "k", None, 0.092, 2.386, 2.95)
SECOND = TakenStep(2, "i", 0.8050, 0.084, 2.477, 2.10)
STEPS = (K, SECOND)


def test_rows_say_how_each_character_came() -> None:
    header, first, second = (row_text(row) for row in step_rows(STEPS, 10))
    assert header.split() == ["#", "ch", "u", "P", "nats", "H"]
    assert first.split() == ["1", "k", "forced", "9.2%", "2.4", "2.95"]
    assert second.split() == ["2", "i", "0.8050", "8.4%", "2.5", "2.10"]


def test_columns_stand_under_their_titles_whatever_the_width_of_the_character() -> None:
    wide = TakenStep(3, "字", 0.5, 1.0, 0.0, 0.0)
    header, *rows = step_rows((*STEPS, wide), 10)
    assert {row_width(row) for row in rows} == {row_width(header)}


def test_what_is_not_impossible_never_reads_as_nothing() -> None:
    rare = TakenStep(1, "字", 0.5, 0.0003, 8.1, 8.0)
    assert "<0.1%" in row_text(step_rows((rare,), 2)[1])
    assert "<0.1%" in row_text(step_line((rare,), 80))


def test_the_last_steps_are_kept() -> None:
    steps = tuple(TakenStep(number, "x", 0.5, 0.5, 1.0, 1.0) for number in range(1, 30))
    assert [row_text(row).split()[0] for row in step_rows(steps, 4)[1:]] == ["27", "28", "29"]
    assert len(step_rows(steps, 1)) == 1


def test_the_line_has_the_latest_steps_at_the_right() -> None:
    assert row_text(step_line(STEPS, 80)) == "last k forced 9.2% · i u=0.805 8.4%"
    assert row_text(step_line(STEPS, 30)) == "last i u=0.805 8.4%"
    assert row_text(step_line((), 80)) == "last none yet"
