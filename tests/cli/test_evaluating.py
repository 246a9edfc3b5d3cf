"""The command eval."""

import io
import math
from pathlib import Path

import pytest

from makemore_core.errors import RunError, SettingsError
from makemore_core.metrics import sampling
from makemore_core.runs.checkpoints import MODEL, write_checkpoint
from makemore_tui.cli import evaluating, generation
from tests.cli.calling import Commands
from tests.core.models import small_corpus
from tests.core.runs.making import make_run

commands = Commands(evaluating, generation)
run, run_json = commands.run, commands.json

LETTERS = "abcde"
ITEMS = [first + second + third for first in LETTERS for second in LETTERS for third in LETTERS]


@pytest.fixture
def few(tmp_path: Path) -> str:
    """A list of three items."""
    path = tmp_path / "few.txt"
    path.write_text("aab\nab\nba\n")
    return f"counts:{path}"


@pytest.fixture
def trained(runs_home: Path) -> str:
    """A run of the neural bigram whose logits are all 0: the uniform guess."""
    import torch
    from safetensors.torch import save

    folder = make_run(runs_home, small_corpus(*ITEMS), "of-letters")
    write_checkpoint(folder, "best", save({f"{MODEL}weight": torch.zeros(6, 6)}))
    return folder.name


def test_the_report_of_a_run_has_its_losses_and_its_samples(trained: str) -> None:
    report = run_json("eval", trained, "--samples", "200")
    for key in ("train_nll", "dev_nll", "test_nll"):
        assert report[key] == pytest.approx(math.log(6))
    assert report["perplexity"] == pytest.approx(6)
    assert report["bits_per_character"] == pytest.approx(math.log2(6))
    assert [row["nll"] for row in report["nll_by_position"]] == pytest.approx([math.log(6)] * 4)
    assert report["side"] == "test"
    assert report["samples"] == 200
    assert 0 < report["unique"] <= 1 and 0 < report["novelty"] <= 1
    assert report["yardstick"]["side"] == "dev"
    assert run_json("eval", trained, "--samples", "200", "--seed", "7")["unique"] != report["unique"]


def test_details_are_of_the_side_that_is_asked_for(trained: str) -> None:
    report = run_json("eval", trained, "--samples", "0", "--on", "train")
    assert (report["side"], report["items"]) == ("train", 100)
    assert "unique" not in report


def test_the_tables_tell_the_same(trained: str) -> None:
    text = run("eval", trained, "--samples", "100")
    rows = [line.split() for line in text.splitlines()]
    assert ["train", "400", f"{math.log(6):.6f}", f"{math.log2(6):.4f}", "6.000"] in rows
    assert "held 16.7% probable" in text and "100 samples" in text and "real items" in " ".join(text.split())
    assert "novel, of the unique" in text and "6-grams never seen" in text


def test_the_lecture_from_the_command_line(names_file: Path) -> None:
    report = run_json("eval", f"counts:{names_file}", "--samples", "1000")
    assert report["train_nll"] == pytest.approx(2.454577, abs=5e-7)
    assert report["dev_nll"] is report["test_nll"] is None
    assert report["perplexity"] == pytest.approx(math.exp(2.454577), abs=1e-5)
    assert report["side"] == "train"
    assert sum(row["characters"] for row in report["nll_by_position"]) == 228_146
    # A bigram's names are mostly not names, and lie further from names than names do from each other.
    assert report["in_train"] < 0.3
    assert report["ngrams"][2]["distance"] > report["yardstick"]["ngrams"][2]["distance"]


def test_it_names_the_settings_of_the_counts(few: str) -> None:
    assert "(order 2, smoothing 1: " in " ".join(run("eval", few).split())
    assert "(order 3, smoothing 0.5: " in " ".join(run("eval", few, "--order", "3", "--smoothing", "0.5").split())


def test_on_a_terminal_it_tells_how_far_it_is_and_leaves_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    with pytest.raises(RunError), evaluating.telling() as progress:
        progress("scoring items", 0.25)
        assert terminal.getvalue().startswith("\r 25% scoring items ")
        raise RunError
    written = terminal.getvalue()
    assert written.endswith("\r" + " " * (len(written.split("\r")[1])) + "\r")


def test_a_side_without_items_is_told_of_before_anything_takes_time(few: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("makemore_core.metrics.report.evaluate_source", pytest.fail)
    with pytest.raises(SettingsError, match="no items in dev"):
        run("eval", few, "--on", "dev")


def test_the_name_of_a_list_is_shown_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / ":smile:\x1b[1m.txt"
    path.write_text("ab\nba\n")
    printed = run("eval", f"counts:{path}", "--samples", "0")
    assert "counts of :smile:␛[1m.txt" in printed and "\x1b" not in printed


def test_where_samples_are_long_it_says_how_many_there_are(trained: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "MOST_CHARACTERS", 300)
    assert "of 1,000 samples, as they are long, " in " ".join(run("eval", trained, "--samples", "1000").split())


def test_what_cannot_be_is_said(few: str, trained: str) -> None:
    with pytest.raises(SettingsError, match="no device cuda:99 that torch can use here"):
        run("eval", few, "--device", "cuda:99")
    with pytest.raises(SettingsError, match="there is no side 'tset': --on takes train, dev or test"):
        run("eval", few, "--on", "tset")
    with pytest.raises(SettingsError, match="no items in dev"):
        run("eval", few, "--on", "dev", "--samples", "0")
    with pytest.raises(SettingsError, match="--samples must be 0 or more"):
        run("eval", few, "--samples", "-1")
    with pytest.raises(RunError):
        run("eval", "nothing")
