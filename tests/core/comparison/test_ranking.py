"""Rows in order, the best of each column, and what is never ranked together."""

import math

import pytest

from makemore_core.comparison.differences import difference
from makemore_core.comparison.ranking import best_marks, best_row, find_measure, grouped, rank, sort_rows
from makemore_core.comparison.rows import OWN_MEASURES, REAL, SAMPLE_MEASURES, Ground, measures_for
from makemore_core.errors import SettingsError
from tests.core.comparison.making import GROUND, a_row, measured

ROWS = [
    a_row("gru-10", dev=2.0, test=2.2, parameters=100, seconds=9.0),
    a_row("gru-9", dev=2.1, test=2.1, parameters=300),
    a_row("rnn", dev=math.inf, test=2.1, parameters=200, seconds=3.0),
    a_row("waits"),
]

AB = (("a", 0.0), ("b", 1.0))


def names(rows) -> list[str]:
    return [row.name for row in rows]


def test_rows_stand_in_the_order_of_a_column_and_those_without_a_value_at_the_end() -> None:
    assert names(sort_rows(ROWS, "dev")) == ["gru-10", "gru-9", "rnn", "waits"]
    assert names(sort_rows(ROWS, "dev", reverse=True)) == ["rnn", "gru-9", "gru-10", "waits"]
    assert names(sort_rows(ROWS, "parameters")) == ["gru-10", "rnn", "gru-9", "waits"]
    assert names(sort_rows(ROWS, "seconds")) == ["rnn", "gru-10", "gru-9", "waits"]
    assert names(sort_rows(ROWS, "name")) == ["gru-9", "gru-10", "rnn", "waits"]  # 9 before 10
    assert names(sort_rows([a_row("a", dev=math.nan), a_row("b", dev=1.0)], "dev")) == ["b", "a"]


def test_the_best_of_each_column_is_marked_and_equals_share_the_mark() -> None:
    marks = best_marks(ROWS, OWN_MEASURES)
    assert marks["dev"] == {"gru-10"}
    assert marks["test"] == {"gru-9", "rnn"}
    assert marks["parameters"] == {"gru-10"}
    assert marks["seconds"] == {"rnn"}
    assert "name" not in marks  # there is no better name
    assert "train" not in marks  # nobody has a value


def test_one_value_alone_is_no_best_and_real_items_never_are() -> None:
    real = a_row("real items", type=REAL, measured=measured((), samples={"lengths": 0.0}))
    models = [a_row(name, measured=measured((), samples={"lengths": far})) for name, far in (("a", 0.2), ("b", 0.1))]
    assert best_marks([real, *models], SAMPLE_MEASURES)["lengths"] == {"b"}
    assert best_marks([real, models[0]], SAMPLE_MEASURES) == {}


def test_a_model_is_chosen_by_dev_and_where_everything_is_train_by_train() -> None:
    assert best_row(ROWS) is ROWS[0]
    assert best_row([ROWS[3]]) is None
    ground = Ground.of("abc", "none", 42, "names.txt")
    assert best_row([a_row("a", ground, train=2.0), a_row("b", ground, train=1.9)]).name == "b"


def test_rows_of_another_list_or_split_are_apart() -> None:
    others = [
        a_row("other list", Ground.of("xyz", "disjoint", 42, "names.txt"), dev=1.0),
        a_row("other split", Ground.of("abc", "lecture", 42, "names.txt"), dev=1.0),
        a_row("other seed", Ground.of("abc", "disjoint", 7, "names.txt"), dev=1.0),
        a_row("copy of the list", Ground.of("abc", "disjoint", 42, "copy.txt"), dev=1.0),
    ]
    groups = grouped([*others, *ROWS])
    assert [len(rows) for rows in groups.values()] == [5, 1, 1, 1]
    assert next(iter(groups)) == GROUND
    assert Ground.of("abc", "none", 1, "a") == Ground.of("abc", "none", 2, "b")  # without a split the seed is nothing
    assert [ground.words for ground in groups][1:] == [
        "names.txt, disjoint split",
        "names.txt, lecture split",
        "names.txt, disjoint split with seed 7",
    ]


def test_ranked_rows_stand_by_dev_and_lie_apart_from_the_best_of_dev_on_test() -> None:
    rows = [
        a_row("worse", dev=2.2, measured=measured((11.0, 12.0, 13.0, 14.0))),
        a_row("best", dev=2.0, measured=measured((10.0, 11.0, 12.0, 13.0))),
        a_row("unmeasured", dev=2.1),
    ]
    ranked = rank(rows, measures_for(0))
    assert names(ranked.rows) == ["best", "unmeasured", "worse"]
    assert (ranked.sorted_by, ranked.side, ranked.reference) == ("dev", "test", "best")
    assert list(ranked.differences) == ["worse"]
    interval = ranked.differences["worse"].interval
    # Every item is 1 nat worse over 5 characters, so that every draw of items says the same.
    assert (interval.value, interval.low, interval.high) == pytest.approx((0.2, 0.2, 0.2))
    other_way = rank(rows, measures_for(0), "test", reverse=True, reference="worse")
    assert other_way.differences["best"].interval.value == pytest.approx(-0.2)
    assert not other_way.differences["best"].is_clear  # four items say nothing about others
    assert rank(rows, measures_for(0), side="dev").differences == {}  # nothing was measured there


def test_with_items_enough_a_difference_that_all_draws_have_is_clear() -> None:
    first, second = (a_row(name, measured=measured(tuple(10.0 + n + far for n in range(10)))) for name, far in AB)
    assert difference(second, first, "test").is_clear
    scattered = tuple(10.0 + n + (1.1 if n % 2 else -1.0) for n in range(10))  # better on five items, worse on five
    found = difference(a_row("c", measured=measured(scattered)), first, "test")
    assert found.interval.low < 0 < found.interval.value < found.interval.high
    assert not found.is_clear


def test_columns_are_found_by_key_or_title() -> None:
    assert find_measure("Params", OWN_MEASURES) == "parameters"
    assert find_measure("3-grams", SAMPLE_MEASURES) == "trigrams"
    with pytest.raises(SettingsError, match="there is no column 'speed' to sort by: it is one of name, type"):
        find_measure("speed", OWN_MEASURES)
