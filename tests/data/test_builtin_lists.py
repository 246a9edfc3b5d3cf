"""The built-in lists: what they promise to hold, and that they are found by name."""

import re
import unicodedata
from importlib import resources
from pathlib import Path

import pytest

from makemore_data import BuiltinList, ListNotFound, available_lists, builtin_lists, find_list

NAMES = ("names", "dinosaurs", "towns", "elements")
FEWEST = {"names": 3_000, "dinosaurs": 500, "towns": 1_500, "elements": 118}
ALPHABET = {
    "names": re.compile("[a-z]{2,15}"),
    "dinosaurs": re.compile("[a-z]+"),
    "towns": re.compile(r"['’]?[^\W\d_]+(?:[ '.!-]+[^\W\d_]+)*!?"),
    "elements": re.compile("[a-z]+"),
}


def items_of(name: str) -> list[str]:
    return find_list(name).path.read_text(encoding="utf-8").removesuffix("\n").split("\n")


def test_the_default_list_comes_first() -> None:
    assert tuple(entry.name for entry in builtin_lists()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_list_holds_enough_and_nothing_twice(name: str) -> None:
    items = items_of(name)
    assert len(items) >= FEWEST[name]
    assert len(set(items)) == len(items)
    assert len({item.casefold() for item in items}) == len(items)
    assert find_list(name).count() == len(items)


@pytest.mark.parametrize("name", NAMES)
def test_a_list_is_plain_text_in_order(name: str) -> None:
    data = find_list(name).path.read_bytes()
    text = data.decode("utf-8", errors="strict")
    assert data.endswith(b"\n") and not data.endswith(b"\n\n")
    assert "\r" not in text and "\ufeff" not in text
    assert unicodedata.is_normalized("NFC", text)
    items = items_of(name)
    assert items == sorted(items)
    assert all(item and item == item.strip() and "  " not in item for item in items)


@pytest.mark.parametrize("name", NAMES)
def test_a_list_keeps_to_its_alphabet(name: str) -> None:
    assert [item for item in items_of(name) if not ALPHABET[name].fullmatch(item)] == []


def test_the_elements_are_all_there() -> None:
    """The number by initial letter, counted on a periodic table: one that is missing or invented shows."""
    items = items_of("elements")
    counts = dict.fromkeys("abcdefghiklmnoprstuvxyz", 0)
    for item in items:
        counts[item[0]] += 1
    assert len(items) == sum(counts.values()) == 118
    by_initial = "a7 b7 c12 d3 e3 f4 g4 h5 i4 k1 l6 m7 n8 o3 p9 r8 s9 t11 u1 v1 x1 y2 z2"
    expected = {entry[0]: int(entry[1:]) for entry in by_initial.split()}
    assert counts == expected
    assert {"hydrogen", "aluminium", "sulfur", "caesium", "mercury", "tennessine", "oganesson"} <= set(items)


def test_towns_are_written_as_they_are_written() -> None:
    items = items_of("towns")
    towns = set(items)
    assert {"Stratford-upon-Avon", "'s-Hertogenbosch", "L'Aquila", "São Paulo", "Łódź", "Đà Nẵng", "İzmir"} <= towns
    for mark, fewest in ((" ", 500), ("-", 100), ("'", 30)):
        assert sum(mark in item for item in items) >= fewest
    assert sum(not item.isascii() for item in items) >= 500


def test_names_are_of_many_origins() -> None:
    asked = "olivia saoirse francois ingrid zoltan wanjiku oluwaseun priya takeshi minjun mehmet fatima nguyen kealoha"
    assert set(asked.split()) <= set(items_of("names"))


def test_well_known_dinosaurs_are_there_and_other_reptiles_are_not() -> None:
    genera = set(items_of("dinosaurs"))
    assert {"tyrannosaurus", "triceratops", "iguanodon", "megalosaurus", "velociraptor", "diplodocus"} <= genera
    assert genera.isdisjoint(
        {"pteranodon", "pterodactylus", "dimetrodon", "plesiosaurus", "ichthyosaurus", "mosasaurus"}
    )


def test_every_list_has_its_provenance() -> None:
    text = resources.files("makemore_data").joinpath("PROVENANCE.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", text, flags=re.MULTILINE)
    assert headings == [*NAMES, "canonical-names"]
    assert all(len(section.split()) >= 15 for section in re.split(r"^## .+$", text, flags=re.MULTILINE)[1:])


def test_every_list_in_the_package_is_offered() -> None:
    files = {entry.name for entry in resources.files("makemore_data").iterdir() if entry.name.endswith(".txt")}
    assert files == {entry.path.name for entry in builtin_lists()}


def test_a_list_is_found_with_and_without_the_at_sign() -> None:
    assert find_list("@towns") == find_list("towns")
    assert isinstance(find_list("towns"), BuiltinList)


@pytest.mark.parametrize(("asked", "nearest"), [("@dinosaur", "@dinosaurs"), ("Town", "@towns"), ("nmes", "@names")])
def test_an_unknown_name_is_answered_with_the_nearest(asked: str, nearest: str) -> None:
    with pytest.raises(ListNotFound) as caught:
        find_list(asked)
    line = str(caught.value)
    assert f"Did you mean {nearest}?" in line
    assert "\n" not in line
    assert all(f"@{name}" in line for name in NAMES)


def test_a_name_like_none_is_answered_without_a_guess() -> None:
    with pytest.raises(ListNotFound, match="The lists are: @names, @dinosaurs, @towns, @elements") as caught:
        find_list("@zzzz")
    assert "Did you mean" not in str(caught.value)


def test_the_canonical_list_is_missed_with_the_way_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAKEMORE_CACHE", str(tmp_path))
    with pytest.raises(ListNotFound, match="makemore-tui download names"):
        find_list("@canonical-names")
    assert available_lists() == builtin_lists()


def test_a_damaged_copy_in_the_cache_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAKEMORE_CACHE", str(tmp_path))
    (tmp_path / "names.txt").write_text("emma\noliv")
    with pytest.raises(ListNotFound, match="makemore-tui download names"):
        find_list("@canonical-names")


def test_an_intact_copy_in_the_cache_is_opened(
    names_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAKEMORE_CACHE", str(tmp_path))
    (tmp_path / "names.txt").write_bytes(names_file.read_bytes())
    found = find_list("@canonical-names")
    assert found.path == tmp_path / "names.txt"
    assert found.count() == 32_033
    assert available_lists() == (*builtin_lists(), found)
