"""Splits: what each promises, and that the two of the lectures are the same to the item."""

import random
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from makemore_core.corpus import Corpus, corpus_from_bytes, read_corpus
from makemore_core.errors import SettingsError
from makemore_core.splits import (
    Leakage,
    SplitKind,
    bigrams_of,
    leakage,
    split_corpus,
    torch_randperm,
)

item_lists = st.lists(st.text("ab", min_size=1, max_size=3), min_size=2, max_size=60).map(lambda items: [*items, "c"])


def corpus_of(items: list[str]) -> Corpus:
    return corpus_from_bytes("\n".join(items).encode(), name="list", source="-")


@given(item_lists, st.integers(0, 2**64 - 1))
def test_disjoint_keeps_repeats_on_one_side_and_fills_every_side(items: list[str], seed: int) -> None:
    corpus = corpus_of(items)
    split = split_corpus(corpus, "disjoint", seed)
    sides = [split.train, split.dev, split.test]
    assert sorted(np.concatenate(sides).tolist()) == list(range(len(items)))
    held = [{items[index] for index in side} for side in sides]
    assert not (held[0] & held[1] or held[0] & held[2] or held[1] & held[2])
    assert all(held) if len(set(items)) > 2 else len(split.train) == len(items)
    found = leakage(corpus, split)
    assert found == Leakage(len(split.dev), 0, len(split.test), 0)


@pytest.mark.parametrize(("count", "sizes"), [(3, (1, 1, 1)), (10, (8, 1, 1)), (1000, (800, 100, 100))])
def test_disjoint_gives_80_10_10_of_distinct_items(count: int, sizes: tuple[int, int, int]) -> None:
    split = split_corpus(corpus_of([f"{number:b}" for number in range(count)]))
    assert (len(split.train), len(split.dev), len(split.test)) == sizes


def test_disjoint_depends_on_the_seed_and_on_nothing_else() -> None:
    corpus = corpus_of([f"{number:b}" for number in range(40)])
    one, same, other = (split_corpus(corpus, "disjoint", seed) for seed in (1, 1, 2))
    assert one.test.tolist() == same.test.tolist() != other.test.tolist()
    # Fixed for good: a run folder names its split by kind and seed.
    assert split_corpus(corpus, "disjoint", 42).test.tolist() == [10, 17, 24, 35]
    assert split_corpus(corpus, "disjoint", 42).dev.tolist() == [2, 6, 22, 34]


@given(item_lists, st.integers(0, 2**32))
def test_leakage_counts_the_held_out_items_that_train_holds(items: list[str], seed: int) -> None:
    corpus = corpus_of(items)
    for kind in SplitKind:
        split = split_corpus(corpus, kind, seed)
        learnt = {items[index] for index in split.train}
        dev, test = ([items[index] in learnt for index in side] for side in (split.dev, split.test))
        assert leakage(corpus, split) == Leakage(len(dev), sum(dev), len(test), sum(test))


def test_the_lecture_split(names_file: Path) -> None:
    corpus = read_corpus(names_file)
    split = split_corpus(corpus, SplitKind.LECTURE, 42)
    words = names_file.read_text().splitlines()
    random.seed(42)
    random.shuffle(words)
    cut_1, cut_2 = int(0.8 * len(words)), int(0.9 * len(words))
    assert [corpus.item(index) for index in split.train] == words[:cut_1]
    assert [corpus.item(index) for index in split.dev] == words[cut_1:cut_2]
    assert [corpus.item(index) for index in split.test] == words[cut_2:]
    assert [bigrams_of(corpus, side) for side in (split.train, split.dev, split.test)] == [182_625, 22_655, 22_866]
    found = leakage(corpus, split)
    assert round(found.dev_in_train / found.dev_items, 2) == 0.13


def test_the_makemore_split(names_file: Path) -> None:
    corpus = read_corpus(names_file)
    split = split_corpus(corpus, SplitKind.MAKEMORE, 3407)
    torch.manual_seed(3407)
    order = torch.randperm(len(corpus)).tolist()
    assert split.train.tolist() == order[:-1000]
    assert split.test.tolist() == split.dev.tolist() == order[-1000:]
    assert split.dev_is_test
    found = leakage(corpus, split)
    assert round(found.test_in_train / found.test_items, 2) == 0.15


@pytest.mark.parametrize("count", [0, 1, 2, 3, 10, 623, 625, 5000])
@pytest.mark.parametrize("seed", [0, 1, 42, 2**31, 2**32 - 1, 2**32 + 5, 2**63 - 1])
def test_randperm_is_that_of_torch(count: int, seed: int) -> None:
    torch.manual_seed(seed)
    assert torch_randperm(count, seed).tolist() == torch.randperm(count).tolist()


def test_what_cannot_be_split_is_refused() -> None:
    corpus = corpus_of(["ab", "ba"])
    with pytest.raises(SettingsError, match="disjoint, lecture, makemore"):
        split_corpus(corpus, "random")
    with pytest.raises(SettingsError, match="-1"):
        split_corpus(corpus, "disjoint", -1)
    with pytest.raises(SettingsError, match="seed"):
        split_corpus(corpus, "lecture", 2**64)
    with pytest.raises(SettingsError, match="use disjoint"):
        torch_randperm(2**32 // 20, 1)
