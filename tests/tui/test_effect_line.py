"""A text coloured by what each character did."""

import math

from makemore_tui.look import ColorDepth
from makemore_tui.widgets.color_maps import diverging_map, rgb_of
from makemore_tui.widgets.effect_line import Effect, Effects, effect_rows, effect_text
from makemore_tui.widgets.inks import ASCII, MONOCHROME
from makemore_tui.widgets.rows import row_text, row_width

DATA = Effects((Effect("e", 0.5, "p 1.0%"), Effect("m", -1.0), Effect("m", 0.0)), "a 40%")


def drawn(data: Effects, width: int = 60, height: int = 8) -> list[str]:
    return [row_text(row).rstrip() for row in effect_rows(data, width, height, MONOCHROME, ASCII)]


def test_each_character_has_its_number_under_it() -> None:
    first, second, *_ = drawn(DATA)
    assert first == " e     m     m    -> a 40%"
    assert second.split() == ["+0.50", "-1.00", "+0.00"]
    assert [second.index(number) for number in second.split()] == [0, 6, 12]


def test_bars_go_to_the_right_for_it_and_to_the_left_against_it() -> None:
    plus, minus, none = drawn(DATA)[3:]
    assert plus.index("|") < plus.index("#") and minus.index("#") < minus.index("|")
    assert minus.count("#") == 2 * plus.count("#") > 0
    assert "#" not in none and plus.endswith("p 1.0%")


def test_of_a_long_text_the_end_is_shown() -> None:
    data = Effects(tuple(Effect(chr(97 + number), 0.1) for number in range(26)), "a 40%")
    rows = effect_rows(data, 40, 6, MONOCHROME, ASCII)
    assert row_text(rows[0]).startswith("~v") and "z" in row_text(rows[0])
    assert all(row_width(row) <= 40 for row in rows)
    assert [row_text(row).split()[0] for row in rows[3:]] == ["x", "y", "z"]


def test_colours_tell_for_from_against() -> None:
    colors = diverging_map(ColorDepth.TRUECOLOR)
    row = effect_rows(DATA, 60, 2, MONOCHROME, ASCII, colors)[0]
    e, m, nothing = (row[place].style for place in (0, 2, 4))
    assert e is not None and m is not None and nothing is not None
    assert e.bgcolor and m.bgcolor and nothing.bgcolor
    red, _, blue = rgb_of(e.bgcolor)
    assert red > blue
    red, _, blue = rgb_of(m.bgcolor)
    assert blue > red
    assert nothing.bgcolor == colors.shade(colors.levels // 2)


def test_numbers_without_end_and_none_at_all() -> None:
    texts = [effect_text(value, ASCII) for value in (math.inf, -math.inf, math.nan, 12.34, -0.004)]
    assert texts == ["+inf", "-inf", "?", "+12.3", "-0.00"]
    assert len(drawn(Effects((Effect("a", math.inf), Effect("b", math.nan)), "c"))) == 5


def test_nothing_to_show_is_said() -> None:
    assert drawn(Effects(words=("nothing yet",))) == ["nothing yet"]
