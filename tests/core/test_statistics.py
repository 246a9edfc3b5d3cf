"""The facts of a list, against plain Python."""

import json
import math
import statistics as standard
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from makemore_core.bigrams import bigram_nll, count_bigrams, row_probabilities
from makemore_core.corpus import Corpus, corpus_from_bytes, read_corpus
from makemore_core.search import search
from makemore_core.statistics import Repeat, Unusual, statistics, unusual_characters
from makemore_core.vocabulary import Vocabulary

item_lists = st.lists(st.text("abé'", min_size=1, max_size=4), min_size=1, max_size=40).map(
    lambda items: [*items, "ab"]
)


def corpus_of(items: list[str]) -> Corpus:
    return corpus_from_bytes("\n".join(items).encode(), name="list", source="-")


@given(item_lists)
def test_facts_are_those_of_plain_python(items: list[str]) -> None:
    facts = statistics(corpus_of(items))
    text, times = "".join(items), Counter(items)
    assert (facts.items, facts.unique, facts.duplicates) == (len(items), len(times), len(items) - len(times))
    assert (facts.shortest, facts.longest) == (min(map(len, items)), max(map(len, items)))
    assert facts.mean_length == pytest.approx(standard.mean(map(len, items)))
    assert facts.median_length == standard.median_low(map(len, items))
    assert (facts.characters, facts.bigrams) == (len(text), len(text) + len(items))
    assert facts.vocab_size == len(set(text)) + 1
    printed = json.loads(json.dumps(facts.to_json(), allow_nan=False))
    assert printed["length_counts"] == {str(n): k for n, k in Counter(map(len, items)).items()}
    assert Counter(printed["character_counts"]) == Counter(text)
    assert Counter(printed["first_counts"]) == Counter(item[0] for item in items)
    assert Counter(printed["last_counts"]) == Counter(item[-1] for item in items)
    repeated = {text: count for text, count in times.items() if count > 1}
    assert {items[repeat.first]: repeat.times for repeat in facts.repeats} == repeated
    assert [repeat.times for repeat in facts.repeats] == sorted(repeated.values(), reverse=True)


def test_the_canonical_list(names_file: Path) -> None:
    corpus = read_corpus(names_file)
    facts = statistics(corpus)
    assert (facts.items, facts.unique, facts.duplicates, facts.blank_lines) == (32_033, 29_494, 2_539, 0)
    assert (facts.shortest, facts.longest, facts.bigrams, facts.vocab_size) == (2, 15, 228_146, 27)
    assert facts.unusual == ()
    assert facts.bigram_nll == pytest.approx(2.454014, abs=5e-7)
    assert facts.uniform_nll == pytest.approx(math.log(27))
    assert facts.repeats[0] == Repeat(0, 2)


def test_the_loss_of_frequencies_is_that_of_the_model_that_knows_them() -> None:
    corpus = corpus_of(["abba", "ab", "caba"])
    counts = count_bigrams(corpus)
    unigram = np.tile(counts.sum(axis=0) / counts.sum(), (corpus.vocabulary.size, 1))
    facts = statistics(corpus)
    assert facts.unigram_nll == pytest.approx(bigram_nll(counts, unigram).nll)
    assert facts.bigram_nll == pytest.approx(bigram_nll(counts, row_probabilities(counts)).nll)


def test_unusual_characters_are_named_with_their_reason() -> None:
    ordinary = ["new york", "aba", "quick fox jumps lid"] * 350
    odd = ["a\x1bb", "a\u202eb", "e\u0301a", "a\xa0b", "a\ufffdb", "\u0430ba", "zoe"]
    found = statistics(corpus_of(ordinary + odd)).unusual
    assert found == (
        Unusual("\x1b", 1, "control character"),
        Unusual("\xa0", 1, "looks like a space"),
        Unusual("\u0301", 1, "combining mark"),
        Unusual("\u0430", 1, "Cyrillic script"),
        Unusual("\u202e", 1, "invisible"),
        Unusual("\ufffd", 1, "lost text"),
        Unusual("z", 1, "rare"),
    )


@pytest.mark.parametrize(
    ("items", "times", "rare"),
    [(999, 1, False), (1000, 1, True), (1000, 2, False), (4000, 4, True), (100_000, 4, True), (100_000, 5, False)],
)
def test_a_character_is_rare_where_it_is_one_of_few_in_a_long_list(items: int, times: int, rare: bool) -> None:
    counts = np.array([items, *[items] * 25, times], np.int64)
    found = unusual_characters(Vocabulary.of("abcdefghijklmnopqrstuvwxyz"), counts)
    assert found == ((Unusual("z", times, "rare"),) if rare else ())


def test_in_a_list_with_a_long_tail_of_characters_being_seldom_is_usual() -> None:
    vocabulary = Vocabulary.of("abcdefghijklmnopqrst")
    assert len(unusual_characters(vocabulary, np.array([9000, *[5000] * 18, 1, 1], np.int64))) == 2
    assert unusual_characters(vocabulary, np.array([9000, *[5000] * 17, 1, 1, 1], np.int64)) == ()


@pytest.mark.parametrize("name", ["names", "dinosaurs", "towns", "elements"])
def test_nothing_of_the_lists_that_come_with_the_program_is_unusual(name: str) -> None:
    assert statistics(read_corpus(f"@{name}")).unusual == ()


def test_where_many_characters_are_seldom_none_is_rare_however_large_the_alphabet() -> None:
    alphabet = Vocabulary("".join(map(chr, range(0x4E00, 0x4E00 + 1000))))
    for seldom, named in ((20, 20), (21, 0)):
        counts = np.array([9000, *[50] * (1000 - seldom), *[1] * seldom], np.int64)
        assert len(unusual_characters(alphabet, counts)) == named


def test_vowel_signs_of_a_script_are_its_usual_spelling() -> None:
    assert (
        statistics(corpus_of(["\u0639\u064e\u0628\u0652\u062f", "\u0939\u093f\u0928\u094d\u0926\u0940"])).unusual == ()
    )
    emoji = statistics(corpus_of(["\u2764\ufe0f", "\u2764"])).unusual
    assert emoji == (Unusual("\ufe0f", 1, "invisible"),)


def test_two_scripts_side_by_side_are_both_usual() -> None:
    assert statistics(corpus_of(["anna", "анна"] * 20)).unusual == ()


@given(item_lists, st.text("abAÉ'.*", max_size=2))
def test_search_finds_the_items_that_hold_the_query(items: list[str], query: str) -> None:
    found = np.concatenate(list(search(corpus_of(items), query)))
    wanted = [place for place, item in enumerate(items) if query.lower() in item.lower()]
    assert found.tolist() == (wanted if query else [])


def test_search_goes_through_every_block(monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = corpus_of(["emma", "ava", "gemma", "olivia", "emmaline"])
    blocks = corpus.text_blocks
    monkeypatch.setattr(Corpus, "text_blocks", lambda self: blocks(6))
    assert [block.tolist() for block in search(corpus, "EMMA")] == [[0], [], [2], [], [4]]
