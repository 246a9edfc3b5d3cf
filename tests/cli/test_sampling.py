"""The controls, filters and the beam of `sample` and `step`, on counts made on the spot."""

import json
import math
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from makemore_core import beam
from makemore_core.errors import SettingsError
from makemore_core.sampling import NothingLeftError
from makemore_tui.cli import generation
from makemore_tui.cli.errors import INTERRUPTED
from tests.cli.calling import Commands

commands = Commands(generation)
run, run_json = commands.run, commands.json


@pytest.fixture
def few(tmp_path: Path) -> str:
    """A list of three items, after an `a` of which come another `a`, two times a `b`, and the end."""
    path = tmp_path / "few.txt"
    path.write_text("aab\nab\nba\n")
    return f"counts:{path}"


def texts(report: dict[str, list[dict[str, str]]]) -> list[str]:
    return [item["text"] for item in report["items"]]


def test_controls_hold_for_every_item(few: str) -> None:
    items = run_json(
        "sample", few, "--ban", "b", "--min-length", "3", "--max-length", "5", "--min-p", "0.01", "-n", "30"
    )["items"]
    assert len(items) == 30
    assert all(set(item["text"]) == {"a"} and 3 <= len(item["text"]) <= 5 for item in items)
    alternating = run("sample", few, "--repetition-penalty", "1000", "--min-length", "2", "-n", "9").splitlines()
    assert all(text[:2] in ("ab", "ba") for text in alternating)


def test_new_items_alone(few: str) -> None:
    plain = run_json("sample", few, "-n", "60", "--seed", "3")
    new = [item["text"] for item in plain["items"] if item["text"] and not item["in_train"]]
    report = run_json("sample", few, "-n", str(len(new)), "--seed", "3", "--only-new")
    assert texts(report) == new
    assert not any(item["in_train"] for item in report["items"])


def test_filters_and_sorting(few: str) -> None:
    options = ("--shortest", "2", "--longest", "5", "--contains", "ab", "--ends-with", "b", "--distinct")
    items = run_json("sample", few, "-n", "5", *options, "--sort", "nll")["items"]
    assert all(2 <= len(item["text"]) <= 5 and "ab" in item["text"] and item["text"][-1] == "b" for item in items)
    assert len({item["text"] for item in items}) == 5
    assert [item["nll"] for item in items] == sorted(item["nll"] for item in items)
    reverse = run_json("sample", few, "-n", "5", *options, "--sort", "nll", "--reverse")["items"]
    assert [item["nll"] for item in reverse] == sorted((item["nll"] for item in items), reverse=True)
    assert "nearest" not in items[0]
    starting = run("sample", few, "--starts-with", "bb", "--longest", "4", "-n", "3").splitlines()
    assert len(starting) == 3 and all(text.startswith("bb") and len(text) <= 4 for text in starting)


def test_distances_come_with_the_nearest_item(few: str) -> None:
    items = run_json("sample", few, "-n", "6", "--distance", "2", "--longest", "8", "--sort", "novelty")["items"]
    assert all(item["distance"] >= 2 and item["nearest"] in ("aab", "ab", "ba") for item in items)
    assert [item["distance"] for item in items] == sorted((item["distance"] for item in items), reverse=True)


def test_what_was_found_is_written_before_it_is_said_that_there_is_no_end(
    few: str,
) -> None:
    # Without smoothing nothing but `ab` has two characters and ends with a `b`.
    options = ("sample", few, "-n", "5", "--shortest", "2", "--longest", "2", "--ends-with", "b", "--distinct")
    options = (*options, "--tries", "500")
    with pytest.raises(NothingLeftError, match=r"in vain after 1 of 5: nothing passes the filters"):
        run(*options, "--smoothing", "0")
    with pytest.raises(NothingLeftError, match=r"after 1 of 5"):
        run(*options, "--smoothing", "0", "--json")


def test_the_beam_finds_the_most_probable_items(few: str) -> None:
    options = ("sample", few, "--beam", "8", "--prompt", "a", "--smoothing", "0")
    items = run_json(*options, "-n", "2")["items"]
    # ab: 2/3 * 1/2 * 2/3; a: 2/3 * 1/4.
    assert [(item["text"], item["in_train"]) for item in items] == [("ab", True), ("a", False)]
    assert [item["probability"] for item in items] == pytest.approx([2 / 9, 1 / 6])
    assert [item["log_probability"] for item in items] == pytest.approx([math.log(2 / 9), math.log(1 / 6)])
    assert [item["nll"] for item in items] == pytest.approx([-math.log(2 / 9) / 3, -math.log(1 / 6) / 2])
    assert items[0]["certain"] is True
    table = [line.split() for line in run(*options).splitlines()]
    assert table[2][:2] == ["ab", "22.2222%"] and len([row for row in table if row and row[-1] in ("yes", "no")]) == 8
    assert "(empty)" in run("sample", few, "--beam", "9", "--smoothing", "5")
    new = run_json("sample", few, "--beam", "3", "--only-new", "--min-length", "2", "--ban", "b", "--smoothing", "0")
    assert texts(new) == ["aa", "aaa", "aaaa"]


def test_ctrl_c_stops_the_beam_with_what_was_found(
    few: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    search = beam.most_probable

    def pressed_at_two(*arguments: Any, going: Callable[[int, int], bool], **options: Any) -> list[beam.Found]:
        def watched(found: int, length: int) -> bool:
            if length == 2:
                os.kill(os.getpid(), signal.SIGINT)
            return going(found, length)

        return search(*arguments, going=watched, **options)

    monkeypatch.setattr(beam, "most_probable", pressed_at_two)
    result = commands.invoke("sample", few, "--beam", "8", "--json")
    assert result.exit_code in (0, INTERRUPTED)  # the test's runner takes no status from what a command returns
    items = json.loads(result.stdout)["items"]
    assert items and max(len(item["text"]) for item in items) == 2
    assert "interrupted at items of 2 characters: these are the most probable by then" in result.stderr
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_ctrl_c_once_the_beam_is_whole_stops_nothing(
    few: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    search, whole = beam.most_probable, run("sample", few, "--beam", "8")

    def pressed_at_the_end(*arguments: Any, **options: Any) -> list[beam.Found]:
        found = search(*arguments, **options)
        os.kill(os.getpid(), signal.SIGINT)
        return found

    monkeypatch.setattr(beam, "most_probable", pressed_at_the_end)
    result = commands.invoke("sample", few, "--beam", "8")
    assert result.exit_code == 0 and result.stdout == whole
    assert "interrupted" not in result.stderr


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--beam", "3", "--temperature", "0.5"), "leave out temperature"),
        (("--beam", "3", "--sort", "nll"), "leave the filters and --sort out"),
        (("--beam", "3", "--shortest", "2"), "leave the filters and --sort out"),
        (("--beam", "3", "-n", "4"), "widen it to 4"),
        (("--sort", "size"), "nll, novelty, length, text"),
        (("--reverse",), "--sort"),
        (("--min-length", "9", "--max-length", "8"), "least length"),
        (("--shortest", "9", "--longest", "8"), "9 characters long at the least"),
        (("--min-p", "2"), "min-p"),
        (("--repetition-penalty", "0"), "repetition penalty"),
        (("--ban", "ab", "--min-length", "1"), "nothing to begin with"),
    ],
)
def test_what_does_not_go_together_is_said(few: str, options: tuple[str, ...], words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        run("sample", few, "--smoothing", "0", *options)


def test_step_says_why(few: str) -> None:
    report = run_json("step", few, "--prompt", "a", "--smoothing", "0", "--top-k", "2", "--u", "0.1")["why"]
    (effect,) = report["effects"]
    assert (effect["control"], effect["setting"], effect["taken"], effect["left"]) == ("top_k", 2, ["a"], 2)
    assert effect["share"] == pytest.approx(0.25)
    assert (report["possible"], report["kept"], report["kept_share"]) == (3, 2, pytest.approx(0.75))
    draw = report["draw"]
    assert (draw["u"], draw["character"], draw["low"], draw["high"]) == (0.1, ".", 0, pytest.approx(1 / 3))
    printed = run("step", few, "--prompt", "a", "--smoothing", "0", "--top-k", "2", "--u", "0.1")
    assert [line.strip() for line in printed.splitlines()[-3:]] == [
        "top-k 2: takes away 1 character (a) with 25.0%, and leaves 2",
        "kept: 2 of 3, to which the model gave 75.0%",
        "u = 0.1000 falls into the interval of the end, 0.0000 to 0.3333; the model gave it 25.0%",
    ]
    assert run_json("step", few)["why"]["draw"] is None


def test_step_draws_with_a_seed_what_sample_draws_first(few: str) -> None:
    for seed in range(8):
        options = ("--prompt", "b", "--seed", str(seed), "--ban", "b", "--repetition-penalty", "1.5")
        draw = run_json("step", few, *options)["why"]["draw"]
        (item,) = run_json("sample", few, "-n", "1", *options)["items"]
        assert draw["character"] == (item["text"][1:] or ".")[0]


def test_json_is_one_document_also_where_it_gives_up(few: str) -> None:
    app = typer.Typer()
    generation.register(app)
    arguments = ["sample", few, "-n", "5", "--shortest", "2", "--longest", "2", "--ends-with", "b", "--distinct"]
    result = CliRunner().invoke(app, [*arguments, "--smoothing", "0", "--tries", "500", "--json"])
    assert isinstance(result.exception, NothingLeftError)
    assert texts(json.loads(result.stdout)) == ["ab"]


def test_the_help_has_a_heading_for_each_kind_of_option() -> None:
    app = typer.Typer(rich_markup_mode=None)  # as the program has it
    generation.register(app)
    lines = CliRunner().invoke(app, ["sample", "--help"]).stdout.splitlines()
    headings = [line for line in lines if line.endswith(":") and not line.startswith(" ")]
    assert headings == [
        "Arguments:",
        "Which items are wanted:",
        "How each character is drawn:",
        "What is written:",
        "The model:",
        "Options:",
    ]
    options = [line.split()[0] for line in lines if line.startswith("  -")]
    assert options.index("--ban") < options.index("--sort") < options.index("--json")
    assert len(set(options)) == len(options) == 32
