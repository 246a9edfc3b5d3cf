"""Reading lists: against a plain-Python reference, in every encoding and however the blocks fall."""

import hashlib
import io
import os
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from makemore_core import reading
from makemore_core.corpus import Corpus, corpus_from_bytes, read_corpus
from makemore_core.errors import ListError, MakemoreError
from makemore_core.repeats import ItemIndex

# What goes wrong in readers of lines: other line ends, spaces of all kinds, marks, astral characters, directions.
AWKWARD = "\n\n\n\r\r\n \t\x0b\x0c\x1c\x1b\x7f\x85\xa0\u2028\u2029\u3000\u0301\ufeff\u200f\u202eab.éß漢字😀אب"
texts = st.text(st.one_of(st.sampled_from(AWKWARD), st.characters(exclude_categories=["Cs"])), max_size=60)


def reference(text: str) -> tuple[list[str], int]:
    """Items and blank lines, line by line."""
    lines = text.removeprefix("\ufeff").split("\n")
    if not lines[-1]:
        lines.pop()
    stripped = [line.strip() for line in lines]
    return [line for line in stripped if line], stripped.count("")


def corpus_of(text: str, encoding: str = "utf-8") -> Corpus:
    return corpus_from_bytes(text.encode(encoding), name="list", source="-", encoding=encoding)


def read_in_blocks(data: bytes, size: int, encoding: str = "utf-8") -> reading.ListParts:
    return reading.read_stream(io.BytesIO(data), "list", encoding, size)


@given(texts, st.integers(1, 9), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "gb18030"]))
def test_items_are_those_of_the_reference_wherever_blocks_end(text: str, block: int, encoding: str) -> None:
    text = text.replace("\0", "")
    if encoding in ("utf-8-sig", "utf-16", "utf-32"):
        text = text.removeprefix("\ufeff")  # these codecs write their own mark and take one off
    items, blank = reference(text)
    assume(items)
    data = text.encode(encoding)
    parts = read_in_blocks(data, block, encoding)
    assert parts.characters == "".join(sorted(set("".join(items))))
    ids = {character: token for token, character in enumerate(parts.characters, 1)}
    stream = [0]
    for item in items:
        stream += [*(ids[character] for character in item), 0]
    assert parts.tokens.tolist() == stream
    assert parts.starts.tolist() == [place for place, token in enumerate(stream) if token == 0]
    assert parts.blank_lines == blank
    assert parts.sha256 == hashlib.sha256(data).hexdigest()


@given(texts)
def test_a_corpus_gives_its_items_back(text: str) -> None:
    items, _ = reference("xy\nz\n" + text.replace("\0", ""))
    corpus = corpus_of("\n".join(items))
    assert len(corpus) == len(items)
    assert list(corpus.items()) == [corpus.item(index) for index in range(len(corpus))] == items
    assert corpus.lengths.tolist() == [len(item) for item in items]
    assert corpus.groups().tolist() == [items.index(item) for item in items]
    for item in items:
        assert corpus.index_of(item) == items.index(item)
        assert corpus.indices_of(item).tolist() == [place for place, other in enumerate(items) if other == item]


@given(st.lists(st.text("ab.", min_size=1, max_size=5), min_size=2, max_size=30), st.integers(1, 20))
def test_text_blocks_hold_every_item_once(items: list[str], size: int) -> None:
    assume(len(set("".join(items))) > 1)
    corpus = corpus_of("\n".join(items))
    seen: list[str] = []
    for first, text in corpus.text_blocks(size):
        assert first == len(seen)
        seen += text.split("\n")
    assert seen == items


@given(st.lists(st.text("abc", min_size=1, max_size=6), min_size=2, max_size=20), st.data())
def test_positions_are_the_pairs_of_the_items(items: list[str], data: st.DataObject) -> None:
    assume(len(set("".join(items))) > 1)
    corpus = corpus_of("\n".join(items))
    chosen = data.draw(st.lists(st.integers(0, len(items) - 1)))
    positions = corpus.positions(np.array(chosen, np.int64))
    pairs = [corpus.tokens[place : place + 2].tolist() for place in positions]
    assert pairs == [
        list(pair)
        for index in chosen
        for pair in zip([0, *corpus.ids(index).tolist()], [*corpus.ids(index).tolist(), 0], strict=True)
    ]


def test_an_item_that_is_not_there_is_not_found() -> None:
    corpus = corpus_of("ab\nba\nab")
    assert corpus.index_of("aa") is None
    assert corpus.index_of("xyz") is None
    assert corpus.index_of("") is None
    with pytest.raises(IndexError):
        corpus.item(3)
    with pytest.raises(IndexError):
        corpus.ids(-1)


def test_equal_hashes_do_not_make_equal_items(monkeypatch: pytest.MonkeyPatch) -> None:
    def all_the_same(tokens: np.ndarray, starts: np.ndarray) -> np.ndarray:
        return np.full(len(starts) - 1, 7, np.uint64)

    monkeypatch.setattr("makemore_core.repeats._hash_items", all_the_same)
    corpus = corpus_of("ab\nba\nab\nbab\nba")
    assert corpus.groups().tolist() == [0, 1, 0, 3, 1]
    assert corpus.indices_of("ba").tolist() == [1, 4]
    assert corpus.indices_of("bb").tolist() == []
    assert (corpus.index_of("ba"), corpus.index_of("bb")) == (1, None)


def test_the_first_of_many_repeats_is_found_without_looking_at_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = corpus_of("\n".join(["ana", *["anna"] * 1000]))
    looked_at: list[int] = []
    ids = ItemIndex._ids
    monkeypatch.setattr(ItemIndex, "_ids", lambda self, index: (looked_at.append(index), ids(self, index))[1])
    assert corpus.index_of("anna") == 1
    assert looked_at == [1]
    assert corpus.indices_of("anna").tolist() == list(range(1, 1001))
    assert looked_at == [1]


def test_many_long_repeats_are_compared_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("makemore_core.repeats._BLOCK", 7)
    corpus = corpus_of("\n".join(["ana", "anna"] * 9))
    assert corpus.indices_of("ana").tolist() == list(range(0, 18, 2))


@pytest.mark.parametrize(("characters", "dtype"), [(255, np.uint8), (256, np.uint16), (65_536, np.uint32)])
def test_tokens_take_the_smallest_type_that_holds_every_id(characters: int, dtype: type) -> None:
    wide = "".join(chr(0x10000 + number) for number in range(characters))
    corpus = corpus_of("\n".join([wide, wide[::-1]]))
    assert corpus.vocabulary.size == characters + 1
    assert corpus.tokens.dtype == dtype
    assert corpus.item(1) == wide[::-1]


def test_the_canonical_list(names_file: Path) -> None:
    corpus = read_corpus(names_file)
    assert len(corpus) == 32_033
    assert len(set(corpus.groups().tolist())) == 29_494
    assert (corpus.lengths.min(), corpus.lengths.max()) == (2, 15)
    assert len(corpus.tokens) - 1 == 228_146
    assert corpus.vocabulary.characters == "abcdefghijklmnopqrstuvwxyz"
    assert corpus.blank_lines == 0
    assert corpus.name == "names.txt"
    assert corpus.source == str(names_file)
    assert corpus.sha256 == "0a30b5557f192f32ab962680889aac5f6fda0f4cecf40a6d0b5694f58ea8cc4d"
    assert list(corpus.items()) == names_file.read_text().split("\n")[:32_033]


def test_a_relative_path_is_remembered_as_an_absolute_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "list.txt").write_text("ab\nba\n")
    monkeypatch.chdir(tmp_path)
    assert read_corpus("list.txt").source == str(tmp_path / "list.txt")


def test_standard_input_and_a_named_pipe_are_read_to_their_end(tmp_path: Path) -> None:
    data = "ab\nbä\n".encode() * 100_000
    piped = read_corpus("-", stdin=io.BytesIO(data))
    assert (len(piped), piped.source, piped.name) == (200_000, "-", "standard input")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(data,))
    writer.start()
    assert len(read_corpus(pipe)) == 200_000
    writer.join()


def test_a_built_in_list_is_opened_by_its_name() -> None:
    corpus = read_corpus("@elements")
    assert (len(corpus), corpus.name, corpus.source) == (118, "@elements", "@elements")
    with pytest.raises(ListError, match="@dinosaurs"):
        read_corpus("@dinosaur")


def line_of_error(error: pytest.ExceptionInfo[MakemoreError]) -> str:
    message = str(error.value)
    assert "\n" not in message
    return message


BAD = {
    "empty": (b"", "is empty"),
    "only a mark": (b"\xef\xbb\xbf", "only blank lines"),
    "only blank lines": (b"\n \r\n\t\n\xc2\xa0\n", "only blank lines"),
    "one item": (b"\n\nemma\n\n", "single item"),
    "one character": (b"a\naaa\naa\n", "single distinct character, 'a'"),
    "binary": (b"\x7fELF\nabc\0def\n", "line 2: holds U+0000"),
    "binary, bad bytes first": (b"\x7fELF\x80\xff\nabc\0def\n", r"line 1: the byte 0x80 at offset 4 .*not a text file"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", r"line 1: the byte 0x89 at offset 0 .*not a text file"),
    "compressed": (b"\x1f\x8b\x08" + bytes(range(1, 256)) * 4, r"line 1: the byte 0x8B at offset 1 .*not a text file"),
    "latin-1": ("emma\nzoé\nava\n".encode("latin-1"), r"line 2: the byte 0xE9 at offset 7 is not valid UTF-8.*latin-1"),
    "utf-16": ("emma\nava\n".encode("utf-16"), r"line 1: the byte 0xFF at offset 0 .*--encoding utf-16"),
    "cut short": ("emma\nzoé".encode()[:-1], r"line 2: the byte 0xC3 at offset 7"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_list_is_refused_in_one_line(case: str, tmp_path: Path) -> None:
    data, message = BAD[case]
    path = tmp_path / "bad.txt"
    path.write_bytes(data)
    with pytest.raises(ListError, match=message.replace("+", r"\+") if "U+" in message else message) as error:
        read_corpus(path)
    assert line_of_error(error).startswith(str(path))


def test_a_file_that_cannot_be_opened_is_refused_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ListError, match="There is no file") as error:
        read_corpus(tmp_path / "nothing\nhere")
    line_of_error(error)
    with pytest.raises(ListError, match="is a folder"):
        read_corpus(tmp_path)
    with pytest.raises(ListError, match="cannot be opened"):
        read_corpus("nul\0l")
    locked = tmp_path / "locked.txt"
    locked.write_text("ab\nba\n")

    def refuse(self: Path, mode: str) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ListError, match="no permission"):
        read_corpus(locked)


def test_a_medium_that_fails_in_the_middle_is_named(tmp_path: Path) -> None:
    class Failing(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(ListError, match="Input/output error"):
        read_corpus("-", stdin=Failing())


@given(st.text("aé漢😀\n", min_size=1, max_size=40), st.data(), st.integers(1, 9))
def test_an_undecodable_byte_is_named_wherever_blocks_end(text: str, data: st.DataObject, block: int) -> None:
    good = text.encode()
    place = data.draw(st.integers(0, len(good)))
    raw = good[:place] + b"\xff" + good[place:]
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        offset = error.start
    line = raw.count(b"\n", 0, offset) + 1
    with pytest.raises(ListError) as caught:
        read_in_blocks(raw, block)
    assert f"line {line}: the byte 0x{raw[offset]:02X} at offset {offset} " in str(caught.value)


@pytest.mark.parametrize("name", ["utf-9", "hex", "rot13", "", "ut\0f"])
def test_an_unknown_encoding_is_refused(name: str) -> None:
    with pytest.raises(ListError, match=r"encoding .* is not known"):
        corpus_of_bytes(b"ab\nba\n", name)


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "shift_jis", "euc_kr", "big5", "iso2022_jp", "koi8-r"])
def test_other_encodings_are_read_across_block_ends(encoding: str) -> None:
    sample = {"latin-1": "zoé", "cp1252": "zoë€", "koi8-r": "анна", "euc_kr": "서울", "big5": "臺北"}
    text = "\n".join(["emma", sample.get(encoding, "東京"), "ava"] * 3)
    for block in range(1, 12):
        parts = read_in_blocks(text.encode(encoding), block, encoding)
        assert parts.characters == "".join(sorted(set(text) - {"\n"}))
        assert len(parts.starts) == 10


def test_half_of_a_surrogate_pair_is_no_character() -> None:
    with pytest.raises(ListError, match="not valid"):
        corpus_of_bytes("ab\nb\ud800\n".encode("utf-7", "surrogatepass"), "utf-7")


def test_the_white_space_stripped_is_that_of_python() -> None:
    white = [code for code in range(0x110000) if chr(code).isspace()]
    assert np.flatnonzero(reading._WHITE).tolist() == white


def corpus_of_bytes(data: bytes, encoding: str) -> Corpus:
    return corpus_from_bytes(data, name="list", source="-", encoding=encoding)
