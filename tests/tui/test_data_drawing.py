"""Bars, histograms and the lines of the Data pane, as pure functions of data."""

from itertools import pairwise
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from makemore_core.corpus import Corpus, corpus_from_bytes
from makemore_core.splits import SplitKind
from makemore_tui.display import fit, visible
from makemore_tui.panes.data.analysis import analyse, summarise_split
from makemore_tui.panes.data.examples import Examples, folded, word_lines
from makemore_tui.panes.data.overview import facts_of, words_in_rows
from makemore_tui.panes.data.sources import Characters, Items, Repeats, UnusualCharacters, first_item_with
from makemore_tui.panes.data.splits import leak_words, table_lines
from makemore_tui.widgets.bar_list import BarEntry, bar_rows, lying_bar
from makemore_tui.widgets.histogram import Bin, bar_heights, histogram_rows, length_bins
from makemore_tui.widgets.inks import MONOCHROME
from makemore_tui.widgets.rows import row_text


def corpus_of(*items: str) -> Corpus:
    return corpus_from_bytes("\n".join(items).encode(), name="list", source="-")


@given(st.lists(st.integers(0, 10**6), min_size=1), st.integers(1, 30))
def test_bars_are_in_proportion_and_what_is_not_zero_shows(counts: list[int], height: int) -> None:
    heights = bar_heights(counts, height)
    assert max(heights) == (8 * height if any(counts) else 0)
    assert all((tall > 0) == (count > 0) for tall, count in zip(heights, counts, strict=True))
    for (one, low), (other, high) in pairwise(sorted(zip(counts, heights, strict=True))):
        assert (one <= other) and (low <= high)


def test_a_histogram() -> None:
    bins = [Bin(str(length), count) for length, count in [(9, 8), (10, 16), (11, 4)]]
    rows = [row_text(row).rstrip() for row in histogram_rows(bins, 12, 3)]
    assert rows == ["    ███", "███ ███ ▄▄▄", "9   10  11"]
    rows = [row_text(row).rstrip() for row in histogram_rows(bins, 12, 3, ascii=True)]
    assert rows == ["    ###", "### ### :::", "9   10  11"]


def test_labels_that_have_no_room_are_left_out_at_even_steps() -> None:
    bins = [Bin(str(length), 1) for length in range(2, 16)]
    assert row_text(histogram_rows(bins, 28, 3)[-1]).split() == ["2", "4", "6", "8", "10", "12", "14"]
    assert row_text(histogram_rows(bins, 14, 3)[-1]).split() == ["5", "10", "15"][:2]


@given(
    st.lists(st.text("aé漢", min_size=1, max_size=1).map(lambda c: Bin(c, 1)), min_size=1, max_size=40),
    st.integers(1, 60),
    st.integers(2, 12),
    st.booleans(),
)
@example(bins=[Bin("漢", 1)], width=1, height=2, every_label=True)
def test_a_histogram_keeps_to_its_room(bins: list[Bin], width: int, height: int, every_label: bool) -> None:
    rows = histogram_rows(bins, width, height, every_label=every_label)
    assert len(rows) == height
    assert all(cell_len(row_text(row).rstrip()) <= width for row in rows)


@given(st.dictionaries(st.integers(1, 400), st.integers(1, 10**6), min_size=1), st.integers(4, 80))
def test_every_item_is_in_one_bin_of_lengths(lengths: dict[int, int], most: int) -> None:
    counts = [lengths.get(length, 0) for length in range(max(lengths) + 1)]
    bins = length_bins(counts, most)
    assert sum(item.count for item in bins) == sum(counts)
    assert len(bins) <= most


def test_a_few_long_items_do_not_squeeze_the_others() -> None:
    counts = [0] * 1001
    counts[3], counts[4], counts[1000] = 500, 499, 1
    assert length_bins(counts, 20) == [Bin("3", 500), Bin("4", 499), Bin("+", 1)]


@given(
    st.lists(
        st.builds(BarEntry, st.sampled_from(["a", "漢", "é"]), st.integers(1, 10**7), st.floats(0, 1)), min_size=1
    ),
    st.integers(14, 120),
    st.integers(1, 20),
)
def test_a_list_of_bars_keeps_to_its_room_and_counts_what_it_leaves_out(
    entries: list[BarEntry], width: int, height: int
) -> None:
    rows = [row_text(row) for row in bar_rows(entries, width, height)]
    assert len(rows) <= height
    assert all(cell_len(row) <= width for row in rows)
    text = "\n".join(rows)
    left_out = len(entries) - text.count("%")
    assert (f"+ {left_out:,} more" in text) == (left_out > 0)


def test_lying_bars() -> None:
    assert lying_bar(0.5, 4) == "██"
    assert lying_bar(0.53125, 4) == "██▏"
    assert lying_bar(1e-9, 4) == "▏"
    assert lying_bar(0.0, 4) == ""
    assert lying_bar(0.5, 4, ascii=True) == "##"


def examples_of(text: str, context: int) -> tuple[Examples, list[str]]:
    corpus = corpus_of(text, "emma")
    examples = Examples(corpus.ids(0), context, corpus.vocabulary)
    rows = [row_text(examples.row(place, 60, MONOCHROME, ascii=True)) for place in range(min(len(examples), 20))]
    return examples, [row.split("   ")[0].strip() for row in rows]


def test_one_word_is_many_examples() -> None:
    assert examples_of("emma", 1)[1] == [". -> e", "e -> m", "m -> m", "m -> a", "a -> ."]
    assert examples_of("em", 3)[1] == ["... -> e", "..e -> m", ".em -> ."]


def test_an_item_as_long_as_a_book_is_not_written_out() -> None:
    """Only the rows that are asked for are made, and of its text only what a few lines show."""
    text = " ".join(["emma"] * 60_000)
    examples, rows = examples_of(text, 16)
    assert len(examples) == 300_000
    assert rows[-1] == "a_emma_emma_emma -> _"
    assert row_text(examples.row(299_999, 60, MONOCHROME, ascii=True)).split("   ")[0].strip().endswith("_emma -> .")
    with patch("makemore_tui.panes.data.examples.visible", wraps=visible) as shown:
        lines = folded(text, 40, ascii=False)
    assert [len(line) for line in lines] == [40] * 4
    assert lines[-1].endswith("…")
    assert all(len(call.args[0]) < 5_000 for call in shown.call_args_list)
    with patch("makemore_tui.display.visible", wraps=visible) as shown:
        assert fit(text, 10) == "emma emma\N{HORIZONTAL ELLIPSIS}"
    assert all(len(call.args[0]) < 5_000 for call in shown.call_args_list)


def test_examples_are_written_with_the_sentinel_of_the_list() -> None:
    corpus = corpus_of("a.b", "emma")
    examples = Examples(corpus.ids(0), 2, corpus.vocabulary)
    rows = [row_text(examples.row(place, 40, MONOCHROME, ascii=True)) for place in range(len(examples))]
    assert [row.split("   ")[0] for row in rows] == [" $$ -> a", " $a -> .", " a. -> b", " .b -> $"]
    assert rows[1].endswith("0 2 -> 1")


def test_a_repeated_word_says_where_it_stands() -> None:
    corpus = corpus_of("ab", "ba", "ab", "bab", "abb")
    split = summarise_split(corpus, SplitKind.LECTURE)
    side = {place: ("train", "dev", "test")[split.side_of[place]] for place in range(5)}
    assert word_lines(corpus, 2, split) == (
        "ab",
        f"2 times in the list: items 1 ({side[0]}), 3 ({side[2]})",
        "3 examples: 2 characters, 1 end",
    )
    assert word_lines(corpus, 1, None)[1] == "item 2"


def test_a_split_says_what_it_holds_and_what_leaks() -> None:
    items = [f"{number:b}" for number in range(10)] * 2
    corpus = corpus_of(*items)
    for kind in SplitKind:
        summary = summarise_split(corpus, kind)
        train = {items[index] for index in range(20) if summary.side_of[index] == 0}
        held_out = [items[index] for index in summary.held_out]
        assert {items[index] for index in summary.leaked} == train & set(held_out)
        assert len(summary.leaked) == len(train & set(held_out))
        assert sum(summary.items) - (len(held_out) if summary.dev_is_test else 0) == 20
    disjoint, lecture = (summarise_split(corpus, kind) for kind in (SplitKind.DISJOINT, SplitKind.LECTURE))
    assert leak_words(disjoint) == "No held-out item also stands in train."
    dev, test = lecture.leakage.dev_in_train, lecture.leakage.test_in_train
    assert f"{dev} of 2 dev items and {test} of 2 test items also stand in train" in leak_words(lecture)
    assert table_lines(lecture)[2].split() == ["dev", "2", f"{lecture.bigrams[1]}", f"{dev},", f"{dev / 2:.1%}"]


def test_a_list_too_short_to_hold_anything_out_says_so() -> None:
    assert (
        leak_words(summarise_split(corpus_of("ab", "ba"), SplitKind.MAKEMORE)) == "Too few items: nothing is held out."
    )


def test_facts_fit_a_small_screen() -> None:
    corpus = corpus_of(*["emma", "ava", "olivia", "e\u0301va"] * 25_000)
    analysis, split = analyse(corpus), summarise_split(corpus, SplitKind.DISJOINT)
    facts = facts_of(analysis, split)
    assert all(min(map(cell_len, fact.values)) <= 22 for fact in facts)
    assert {fact.name: fact.values[0] for fact in facts}["unusual"] == "1: \u25cc\u0301"


@given(st.lists(st.text("ab\x1b漢", min_size=1, max_size=12)), st.integers(4, 30), st.integers(0, 5))
def test_words_are_folded_into_the_room(words: list[str], width: int, rows: int) -> None:
    lines = words_in_rows(words, width, rows)
    assert len(lines) <= rows
    assert all(cell_len(line) <= width and "\x1b" not in line for line in lines)


@pytest.mark.parametrize("width", [12, 30, 60, 120])
def test_rows_of_lists_keep_to_their_room_and_hide_nothing(width: int) -> None:
    corpus = corpus_of("a\x1b[31mb", "[bold]x[/]", "漢字" * 40, "[bold]x[/]", "e\u0301" * 9, "z\u202ey")
    analysis = analyse(corpus)
    split = summarise_split(corpus, SplitKind.DISJOINT)
    sources = (
        Items(corpus, split=split),
        Repeats(corpus, analysis.facts.repeats),
        UnusualCharacters(corpus, analysis.facts.unusual),
        Characters(corpus, analysis.facts.character_counts),
    )
    for source in sources:
        for place in range(len(source)):
            row = row_text(source.row(place, width, MONOCHROME, ascii=False))
            assert cell_len(row) <= width
            assert not set(row) & {"\x1b", "\u202e"}
            assert 0 <= source.item_at(place) < len(corpus)
    assert len(sources[3]) == len(corpus.vocabulary.characters)
    for place, entry in enumerate(analysis.facts.unusual):
        assert entry.character in corpus.item(sources[2].item_at(place))


def test_the_first_item_with_a_character_is_found_in_whichever_block_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = corpus_of("emma", "ava", "olivia", "zoe")
    for block in (1, 2, 3, 100):
        monkeypatch.setattr("makemore_tui.panes.data.sources._BLOCK", block)
        assert [first_item_with(corpus, character) for character in "emavoz"] == [0, 0, 0, 1, 2, 3]


def test_items_of_one_length_say_so() -> None:
    corpus = corpus_of("ab", "ba")
    facts = facts_of(analyse(corpus), None)
    assert {fact.name: fact.values[0] for fact in facts}["length"] == "2, every item"
