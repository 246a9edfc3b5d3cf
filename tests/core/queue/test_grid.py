"""Lists and ranges of values, and their product."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makemore_core.errors import SettingsError
from makemore_core.queue.grid import MOST_RUNS, combinations, parse_values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("8", ["8"]),
        ("8,16,32", ["8", "16", "32"]),
        (" adamw , sgd ", ["adamw", "sgd"]),
        ("1:4", ["1", "2", "3", "4"]),
        ("8:32:8", ["8", "16", "24", "32"]),
        ("8:31:8", ["8", "16", "24"]),
        ("0.1:0.3:0.1", ["0.1", "0.2", "0.3"]),  # in binary floats, 0.1 + 0.2 is above 0.3
        ("1e-4:1e-1:x10", ["0.0001", "0.001", "0.01", "0.1"]),
        ("8:64:x2", ["8", "16", "32", "64"]),
        ("1:2,8", ["1", "2", "8"]),
        ("cuda:0", ["cuda:0"]),  # a device, not a range
    ],
)
def test_values_of_a_text(text: str, values: list[str]) -> None:
    assert parse_values(text) == values


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no value"),
        ("8,,16", "no value"),
        ("8,16,8", "twice"),
        ("32:8:8", "must rise"),
        ("8:32:0", "leads nowhere"),
        ("8:32:-8", "leads nowhere"),
        ("0:1:x10", "leads nowhere"),
        ("1:8:x1", "leads nowhere"),
        ("0.1:0.5", "needs a step"),
        ("1:1000000", "too many"),
        ("1:9e999999999:x2", "too many"),
    ],
)
def test_what_is_no_list_of_values_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        parse_values(text)


@given(
    start=st.integers(-500, 500),
    step=st.integers(1, 50),
    count=st.integers(1, 60),
    scale=st.sampled_from(["1", "0.1", "0.001"]),
)
def test_a_range_has_equal_steps_and_both_ends(start: int, step: int, count: int, scale: str) -> None:
    unit = Decimal(scale)
    first, by, last = start * unit, step * unit, (start + step * (count - 1)) * unit
    values = [Decimal(value) for value in parse_values(f"{first}:{last}:{by}")]
    assert len(values) == count
    assert (values[0], values[-1]) == (first, last)
    assert all(right - left == by for left, right in pairwise(values))


_axes = st.dictionaries(
    st.text("abc", min_size=1, max_size=3),
    st.lists(st.integers(), min_size=1, max_size=5, unique=True),
    max_size=4,
)


@given(_axes)
def test_a_grid_has_every_combination_once(axes: dict[str, list[int]]) -> None:
    grid = combinations(axes)
    expected = 1
    for values in axes.values():
        expected *= len(values)
    assert len(grid) == expected
    assert len({tuple(sorted(one.items())) for one in grid}) == expected  # none twice
    assert all(list(one) == list(axes) and all(one[key] in axes[key] for key in axes) for one in grid)


def test_the_last_axis_changes_fastest() -> None:
    assert combinations({"a": [1, 2], "b": [3, 4]}) == [
        {"a": 1, "b": 3},
        {"a": 1, "b": 4},
        {"a": 2, "b": 3},
        {"a": 2, "b": 4},
    ]


def test_a_grid_is_bounded_before_it_is_built() -> None:
    with pytest.raises(SettingsError, match=r"1,000,000,000,000 combinations"):
        combinations({f"axis{number}": range(1000) for number in range(4)})
    assert len(combinations({"a": range(MOST_RUNS)})) == MOST_RUNS
