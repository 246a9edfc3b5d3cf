"""`stats` and `bigram`: the numbers for programs, and nothing for the terminal to obey."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from makemore_core.errors import ListError
from makemore_tui.cli.data import register

app = typer.Typer()
register(app)


def run(*arguments: str | Path, stdin: bytes | None = None) -> str:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin, env={"COLUMNS": "100"})
    if result.exception is not None:
        raise result.exception
    return result.stdout


def run_json(*arguments: str | Path, stdin: bytes | None = None) -> dict[str, Any]:
    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is not JSON")

    document: dict[str, Any] = json.loads(run(*arguments, "--json", stdin=stdin), parse_constant=refuse)
    return document


def test_stats_of_the_canonical_list(names_file: Path) -> None:
    facts = run_json("stats", names_file)
    expected = {
        "items": 32_033,
        "unique": 29_494,
        "duplicates": 2_539,
        "blank_lines": 0,
        "shortest": 2,
        "longest": 15,
        "vocab_size": 27,
        "characters": 196_113,
        "bigrams": 228_146,
    }
    assert {key: facts[key] for key in expected} == expected
    assert facts["mean_length"] == pytest.approx(196_113 / 32_033)
    assert sum(facts["length_counts"].values()) == 32_033
    assert sum(facts["character_counts"].values()) == 196_113
    text = run("stats", names_file)
    assert all(fact in text for fact in ["32,033", "29,494 unique", "2,539 duplicates", "2 to 15", "228,146"])


def test_bigrams_of_the_canonical_list(names_file: Path) -> None:
    plain, smoothed = run_json("bigram", names_file), run_json("bigram", names_file, "--smoothing", "1")
    assert plain["vocabulary"] == list(".abcdefghijklmnopqrstuvwxyz")
    assert sum(map(sum, plain["counts"])) == plain["bigrams"] == 228_146
    assert plain["counts"][0][1] == 4410  # items that start with a
    assert round(plain["nll"], 6) == 2.454014
    assert round(smoothed["nll"], 6) == 2.454577
    assert round(smoothed["log_likelihood"], 2) == -560_001.88
    assert smoothed["counts"] == plain["counts"]
    assert "2.454577" in run("bigram", names_file, "--smoothing", "1")


def test_a_list_with_full_stops_shows_its_sentinel_as_something_else() -> None:
    result = run_json("bigram", "-", stdin=b"a.b\nb.a\n")
    assert result["vocabulary"] == ["$", ".", "a", "b"]
    assert result["counts"] == [[0, 0, 1, 1], [0, 0, 1, 1], [1, 1, 0, 0], [1, 1, 0, 0]]
    assert result["nll"] == pytest.approx(math.log(2))


def test_terminal_code_and_markup_of_a_list_are_shown_and_not_obeyed() -> None:
    items = "\x1b[31mred\n[bold]loud[/]\nrep\x07eat\nrep\x07eat\nx\u202ey\n".encode()
    for command in ("stats", "bigram"):
        text = run(command, "-", stdin=items)
        assert not set(text) & {"\x1b", "\x07", "\u202e"}
    stats = run("stats", "-", stdin=items)
    assert "rep␇eat x2" in stats
    assert "U+202E RIGHT-TO-LEFT OVERRIDE x1, invisible" in stats


def test_what_is_certain_costs_zero_without_a_sign() -> None:
    text = run("bigram", "-", stdin=b"ab\nab\n")
    assert "-0.000" not in text
    assert text.count("0.000 ") == 3  # of all three pairs


def test_other_encodings(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text("zoé\nanna\n", encoding="utf-16")
    assert run_json("stats", path, "--encoding", "utf-16")["items"] == 2
    with pytest.raises(ListError, match="--encoding utf-16"):
        run("stats", path)


@pytest.mark.parametrize(
    ("items", "words"),
    [("a\nb", "2 unique, 0 duplicates"), ("a\na\nb", "1 duplicate\n"), ("a\na\na\nb", "2 duplicates")],
)
def test_one_duplicate_is_one(tmp_path: Path, items: str, words: str) -> None:
    (tmp_path / "few.txt").write_text(items)
    lines = [line.strip() for line in run("stats", tmp_path / "few.txt").splitlines()]
    assert words in "\n".join(lines)
