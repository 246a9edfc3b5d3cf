"""The commands sample and step, on counts made on the spot."""

import math
from pathlib import Path

import pytest

from makemore_core.errors import ListError, SettingsError
from makemore_tui.cli import generation
from tests.cli.calling import Commands


@pytest.fixture
def few(tmp_path: Path) -> str:
    """A list of three items, after an `a` of which come another `a`, two times a `b`, and the end."""
    path = tmp_path / "few.txt"
    path.write_text("aab\nab\nba\n")
    return f"counts:{path}"


commands = Commands(generation)
run, run_json = commands.run, commands.json


def test_step_reports_every_candidate_by_probability(few: str) -> None:
    report = run_json("step", few, "--prompt", "a", "--smoothing", "0", "--top-k", "2")
    assert [(c["character"], c["id"]) for c in report["candidates"]] == [("b", 2), (".", 0), ("a", 1)]
    assert [c["probability"] for c in report["candidates"]] == pytest.approx([0.5, 0.25, 0.25])
    assert [c["logit"] for c in report["candidates"]] == pytest.approx([math.log(p) for p in (0.5, 0.25, 0.25)])
    # Of the two that are equal, top-k keeps the first of the vocabulary; intervals lie in vocabulary order.
    assert [c["adjusted"] for c in report["candidates"]] == pytest.approx([2 / 3, 1 / 3, 0])
    assert [c["cumulative"] for c in report["candidates"]] == pytest.approx([1, 1 / 3, 1 / 3])
    assert report["entropy"] == pytest.approx(1.5 * math.log(2))


def test_step_writes_null_for_the_logit_of_what_never_occurred(few: str) -> None:
    report = run_json("step", few, "--prompt", "b", "--smoothing", "0")
    assert {c["character"]: c["logit"] for c in report["candidates"]}["b"] is None


def test_step_can_show_fewer_and_as_a_table(few: str) -> None:
    assert len(run_json("step", few, "--show", "2")["candidates"]) == 2
    table = run("step", few, "--prompt", "a", "--smoothing", "0")
    assert "50.0000%" in table and "entropy" in table
    rows = [line.split() for line in table.splitlines()]
    assert ["character", "probability", "adjusted", "from", "to"] in rows
    # By probability, and each with its own interval, which lie in vocabulary order: the end, a, b.
    assert rows[2:5] == [
        ["b", "50.0000%", "50.0000%", "0.5000", "1.0000"],
        [".", "25.0000%", "25.0000%", "0.0000", "0.2500"],
        ["a", "25.0000%", "25.0000%", "0.2500", "0.5000"],
    ]


def test_sample_tells_what_stands_in_the_data(few: str) -> None:
    items = run_json("sample", few, "-n", "40", "--seed", "1")["items"]
    assert len(items) == 40
    for item in items:
        assert item["in_train"] == (item["text"] in ("aab", "ab", "ba"))
        assert item["in_dev"] is item["in_test"] is False
    assert {item["in_train"] for item in items} == {True, False}


def test_sample_writes_one_item_a_line_and_the_seed_decides(few: str) -> None:
    lines = run("sample", few, "-n", "10", "--seed", "5").splitlines()
    assert len(lines) == 10
    assert run("sample", few, "-n", "10", "--seed", "5").splitlines() == lines
    assert run("sample", few, "-n", "10", "--seed", "6").splitlines() != lines
    assert all(line.startswith("ba") for line in run("sample", few, "-n", "10", "--prompt", "ba").splitlines())


def test_the_lecture_from_the_command_line(names_file: Path) -> None:
    samples = run("sample", f"counts:{names_file}", "-n", "5", "--seed", "2147483647")
    assert samples.split() == ["mor", "axx", "minaymoryles", "kondlaisah", "anchshizarie"]
    drawn = run("sample", f"counts:{names_file}", "-n", "5", "--seed", "2147483647", "--rng", "multinomial")
    assert drawn.split() == ["cexze", "momasurailezitynn", "konimittain", "llayn", "ka"]


def test_the_uniform_guess_is_a_source(few: str) -> None:
    report = run_json("step", few.replace("counts:", "uniform:"))
    assert [c["probability"] for c in report["candidates"]] == pytest.approx([1 / 3] * 3)


def test_what_cannot_be_is_said(few: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="'q'"):
        run("step", few, "--prompt", "q")
    with pytest.raises(SettingsError, match="temperature"):
        run("sample", few, "--temperature", "-1")
    with pytest.raises(SettingsError, match="--order can be chosen for counts:FILE alone"):
        run("sample", few.replace("counts:", "uniform:"), "--order", "3")
    with pytest.raises(SettingsError, match="rng"):
        run("sample", few, "--rng", "dice")
    with pytest.raises(ListError):
        run("sample", f"counts:{tmp_path / 'nothing.txt'}")


@pytest.mark.parametrize("command", [("sample", "-n", "1"), ("step",)])
def test_a_device_that_is_not_there_is_told(command: tuple[str, ...], few: str) -> None:
    name, *options = command
    with pytest.raises(SettingsError, match="no device cuda:99 that torch can use here"):
        run(name, few, *options, "--device", "cuda:99")
