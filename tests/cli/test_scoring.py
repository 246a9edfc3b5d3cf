"""The command score, on counts whose probabilities are known in closed form."""

import math
from pathlib import Path

import pytest

from makemore_core.errors import RunError, SettingsError
from makemore_tui.cli import generation, scoring
from tests.cli.calling import Commands

commands = Commands(scoring, generation)  # a single command would have no name
run, run_json = commands.run, commands.json


@pytest.fixture
def few(tmp_path: Path) -> str:
    """A list of three items."""
    path = tmp_path / "few.txt"
    path.write_text("aab\nab\nba\n")
    return f"counts:{path}"


def test_each_character_of_each_word_under_each_model(few: str) -> None:
    uniform = few.replace("counts:", "uniform:")
    report = run_json("score", few, "ab", "bb", "--with", uniform, "--smoothing", "0")
    assert [word["text"] for word in report["words"]] == ["ab", "bb"]
    counts, guess = report["words"][0]["models"]
    assert [each["character"] for each in counts["characters"]] == ["a", "b", ""]
    assert [each["probability"] for each in counts["characters"]] == pytest.approx([2 / 3, 1 / 2, 2 / 3])
    assert counts["total"] == pytest.approx(-math.log(2 / 9)) and counts["nll"] == pytest.approx(counts["total"] / 3)
    assert (counts["in_train"], counts["in_test"], counts["impossible"]) == (True, False, False)
    assert guess["nll"] == pytest.approx(math.log(3)) and guess["model"] == "uniform guess on few.txt"
    impossible = report["words"][1]["models"][0]
    assert (impossible["impossible"], impossible["nll"], impossible["probability"]) == (True, None, 0)
    assert impossible["reasons"] == ["impossible: the model never expects 'b' at place 2, after what stands before it"]
    assert counts["nearest"][0] == {"text": "ab", "distance": 0}
    assert [near["distance"] for near in impossible["nearest"]] == [1, 1, 2]


def test_a_character_that_was_never_seen_is_no_error(few: str) -> None:
    printed = run("score", few, "aéb")
    rows = [line.split() for line in printed.splitlines()]
    assert ["a", "0.6931"] in rows and ["é", "impossible"] in rows and ["b", "-"] in rows and ["(end)", "-"] in rows
    assert ["total", "impossible"] in rows
    assert "counts of few.txt: impossible: the model has never seen é" in printed
    assert "nearest in few.txt: aab (1), ab (1), ba (3)" in printed
    assert "counts of few.txt: new: the data does not hold it" in printed


def test_the_table_has_a_column_for_each_model(few: str) -> None:
    printed = run("score", few, "ab", "--with", few.replace("counts:", "uniform:"), "--nearest", "0")
    rows = [line.split() for line in printed.splitlines()]
    # Counts with one added: 3/6, 3/7, 3/6... against a third each.
    assert [row for row in rows if row[:1] == ["a"]] == [["a", f"{-math.log(3 / 6):.4f}", "1.0986"]]
    assert [row for row in rows if row[:1] == ["b"]] == [["b", f"{-math.log(3 / 7):.4f}", "1.0986"]]
    assert "stands in train" in printed and "nearest" not in printed


def test_what_a_terminal_would_obey_is_shown_as_stand_ins(tmp_path: Path) -> None:
    path = tmp_path / "odd.txt"
    path.write_text("a\x1b[1m\nb [bold]\n")
    printed = run("score", f"counts:{path}", "a\x1b[1m", "--nearest", "2")
    assert "\x1b" not in printed and "a␛[1m (0), b [bold]" in printed


def test_a_word_that_looks_like_a_picture_or_like_markup_is_shown_as_it_is(few: str) -> None:
    assert "NLL of :smile:" in run("score", few, ":smile:")
    assert "NLL of [b]ab" in run("score", few, "[b]ab")


def test_what_cannot_be_is_said(few: str) -> None:
    with pytest.raises(RunError):
        run("score", few, "ab", "--with", "no-such-run")
    with pytest.raises(SettingsError, match="--order can be chosen for counts:FILE alone"):
        run("score", few.replace("counts:", "uniform:"), "ab", "--order", "3")
