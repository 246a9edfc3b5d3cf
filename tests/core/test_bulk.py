"""Many items with filters: what passes, in which order, how far it is, and when it gives up."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from makemore_core.bulk import BulkItem, Filters, Progress, collect, generate, in_order, known_to
from makemore_core.errors import SettingsError
from makemore_core.models.base import seeded
from makemore_core.neighbours import Neighbours
from makemore_core.sampling import Controls, NothingLeftError, sample_items
from makemore_core.sources import counts_source
from tests.core.models import small_corpus

SOURCE = counts_source(small_corpus(), smoothing=0.3)
some_filters = st.builds(
    Filters,
    shortest=st.integers(0, 3),
    longest=st.one_of(st.none(), st.integers(5, 9)),
    contains=st.sampled_from(["", "a"]),
    ends_with=st.sampled_from(["", "a"]),
    only_new=st.booleans(),
    distinct=st.booleans(),
    least_distance=st.integers(0, 2),
)


def passes(text: str, filters: Filters) -> bool:
    """The filters once more, but for `distinct`."""
    assert SOURCE.corpus is not None
    return (
        filters.shortest <= len(text) <= (filters.longest or 10**9)
        and filters.contains in text
        and text.endswith(filters.ends_with)
        and not (filters.only_new and text in ["", *SOURCE.corpus.items()])
        and Neighbours(SOURCE.corpus).nearest(text, 1)[0].distance >= filters.least_distance
    )


@settings(max_examples=30, deadline=None)
@given(some_filters, st.integers(0, 2**63 - 1), st.integers(1, 30))
def test_what_passes_are_the_items_of_the_same_seed_that_do(filters: Filters, seed: int, batch_size: int) -> None:
    wanted = 8
    filters = replace(filters, longest=None)  # which would use up other random numbers
    drawn = list(generate(SOURCE, wanted, filters, generator=seeded(seed), batch_size=batch_size))
    total = drawn[-1].drawn
    plain = sample_items(SOURCE.model, SOURCE.vocabulary, total, Controls(), seeded(seed), batch_size=batch_size)
    expected = [item.text for item in plain if passes(item.text, filters)]
    if filters.distinct:
        expected = list(dict.fromkeys(expected))
    assert [item.text for item in collect(drawn)] == expected[:wanted]


@settings(max_examples=30, deadline=None)
@given(some_filters)
def test_each_item_passes_and_is_as_it_says(filters: Filters) -> None:
    assert SOURCE.corpus is not None
    items = collect(generate(SOURCE, 12, filters, generator=seeded(1), with_distance=True))
    near = Neighbours(SOURCE.corpus)
    assert len(items) == 12
    assert not filters.distinct or len({item.text for item in items}) == 12
    for item in items:
        assert passes(item.text, filters)
        assert item.membership == SOURCE.membership(item.text)
        assert (item.nearest, item.distance) == (
            near.nearest(item.text, 1)[0].text,
            near.nearest(item.text, 1)[0].distance,
        )


def test_the_longest_length_is_that_of_whole_items() -> None:
    items = collect(generate(SOURCE, 50, Filters(longest=4), generator=seeded(1)))
    assert all(item.finished and len(item.text) <= 4 for item in items)
    assert any(len(item.text) == 4 for item in items)


def test_progress_counts_and_one_may_stop_at_any_time() -> None:
    steps = generate(SOURCE, 40, Filters(only_new=True), generator=seeded(1), batch_size=5)
    seen: list[Progress] = []
    for step in steps:
        seen.append(step)
        if step.kept >= 10:
            break
    steps.close()
    assert [step.drawn for step in seen] == [5 * number for number in range(1, len(seen) + 1)]
    assert [step.kept for step in seen] == [sum(len(s.items) for s in seen[: n + 1]) for n in range(len(seen))]
    assert seen[-1].wanted == 40 and 10 <= seen[-1].kept < 40


def test_where_nothing_passes_it_is_said_after_what_was_found() -> None:
    found: list[str] = []
    with pytest.raises(NothingLeftError, match=r"in vain after 1 of 5: nothing passes the filters"):
        for step in generate(
            SOURCE,
            5,
            Filters(longest=1, distinct=True, contains="a"),
            Controls(tries=300),
            generator=seeded(1),
        ):
            found += [item.text for item in step.items]
    assert found == ["a"]


def test_what_can_never_be_is_refused() -> None:
    with pytest.raises(SettingsError, match="6 characters long at the least and 5 at the most"):
        Filters(shortest=6, longest=5)
    with pytest.raises(SettingsError, match="at least 6 characters are never at most 5"):
        list(generate(SOURCE, 1, Filters(longest=5), Controls(min_length=6), generator=seeded(1)))
    with pytest.raises(SettingsError, match="'z'"):
        list(generate(SOURCE, 1, Filters(contains="az"), generator=seeded(1)))
    with pytest.raises(SettingsError, match="'a' is asked for and banned"):
        list(generate(SOURCE, 1, Filters(ends_with="a"), Controls(banned="xa"), generator=seeded(1)))
    lost = replace(SOURCE, corpus=None)
    assert known_to(lost) is None
    for filters in (Filters(only_new=True), Filters(least_distance=1)):
        with pytest.raises(SettingsError, match="is not at hand"):
            list(generate(lost, 1, filters, generator=seeded(1)))
    assert len(collect(generate(lost, 3, Filters(shortest=2), generator=seeded(1)))) == 3


def item(text: str, nll: float, distance: int | None = None) -> BulkItem:
    return BulkItem(text, nll, True, None, None if distance is None else "x", distance)


def test_items_are_sorted() -> None:
    items = [item("ccc", 2.0, 1), item("a", 3.0, 0), item("bb", 1.0, 4), item("aa", 2.0, 1)]
    assert [each.text for each in in_order(items, "drawn")] == ["ccc", "a", "bb", "aa"]
    assert [each.text for each in in_order(items, "nll")] == ["bb", "ccc", "aa", "a"]
    assert [each.text for each in in_order(items, "novelty")] == ["bb", "ccc", "aa", "a"]
    assert [each.text for each in in_order(items, "length")] == ["a", "bb", "aa", "ccc"]
    assert [each.text for each in in_order(items, "text", reverse=True)] == ["ccc", "bb", "aa", "a"]
    with pytest.raises(SettingsError, match="'size'"):
        in_order(items, "size")  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match="not at hand"):
        in_order([item("a", 1.0)], "novelty")
