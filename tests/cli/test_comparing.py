"""compare: what it says of runs and counts, and the ladder on real processes, with nothing timed."""

import csv
import json
import math
import os
import signal
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

from makemore_core.comparison import ladder
from makemore_core.comparison.ladder import Ladder
from makemore_core.comparison.measuring import Bench
from makemore_core.comparison.ranking import rank
from makemore_core.comparison.rows import measures_for
from makemore_core.errors import RunError, SettingsError
from makemore_core.queue.holding import is_held
from makemore_core.queue.settings import write_parallel
from makemore_core.runs.commands import send
from makemore_core.runs.folder import find_run, list_runs
from makemore_core.runs.listing import RunSummary
from makemore_tui.cli import comparing, listing
from makemore_tui.cli.climbing import _begin_words, _stop_words
from makemore_tui.cli.comparison_tables import _losses
from makemore_tui.cli.sweeping import LiveTable
from makemore_tui.completion import complete_compared
from tests.cli.calling import Commands
from tests.core.comparison.making import NAMES, a_row, measured, trained
from tests.core.runs.making import make_run, wait_for
from tests.tui.compare_views import a_config, a_run

COMMANDS = Commands(comparing, listing)


@pytest.fixture
def names(tmp_path: Path) -> Path:
    path = tmp_path / "few.txt"
    path.write_text("\n".join(NAMES))
    return path


def groups(*arguments: object) -> list[dict]:
    return COMMANDS.json("compare", "--samples", 0, *arguments)["comparable"]


def test_runs_and_counts_are_set_beside_each_other(names: Path, runs_home: Path) -> None:
    trained(runs_home, name="first", max_steps=2)
    (group,) = groups("first", f"counts:{names}", f"kneser-ney:{names}")
    assert (group["split"], group["sorted_by"]) == ("disjoint", "dev")
    losses = [row["dev_nll"] for row in group["rows"]]
    assert losses == sorted(losses)
    best = group["rows"][0]
    assert "dev_nll" in best["best"]
    assert group["reference"] == best["name"]
    other = group["rows"][1]
    assert other["difference"]["to"] == best["name"]
    assert other["difference"]["low"] <= other["difference"]["nll"] <= other["difference"]["high"]
    assert other["difference"]["nll"] == pytest.approx(other["test_nll"] - best["test_nll"], abs=1e-6)


def test_the_uniform_guess_is_a_row_like_the_others(names: Path, runs_home: Path) -> None:
    trained(runs_home, name="first", max_steps=2)
    (group,) = groups("first", "uniform", f"counts:{names}")
    (row,) = [row for row in group["rows"] if row["name"] == "uniform"]
    size = len({character for name in NAMES for character in name}) + 1
    assert [row[f"{side}_nll"] for side in ("train", "dev", "test")] == pytest.approx([math.log(size)] * 3)
    assert row["parameters"] is row["tokens"] is row["seconds"] is None and row["best"] == []
    told = COMMANDS.run("compare", f"uniform:{names}", f"counts:{names}", "--samples", 20, "--markdown")
    assert "| uniform" in told and "nan" not in told


@pytest.mark.parametrize(
    ("items", "options", "side", "words"),
    [
        (["ab", "ba"], (), "", "dev and test have no items: the list is too short for the disjoint split, so that"),
        (["ab", "ba"], ("--on", "dev"), "", "dev and test have no items"),
        (["ab", "ba"], ("--split", "makemore"), "", "dev and test have no items"),
        (["ab", "ba"], ("--split", "none"), "train", "no split: everything is train"),
        (["ab", "ba", "aab", "bba", "ab"], (), "test", "disjoint split"),
    ],
)
def test_of_a_list_that_is_too_short_to_hold_anything_out_that_is_said(
    tmp_path: Path, items: list[str], options: tuple[str, ...], side: str, words: str
) -> None:
    path = tmp_path / "short.txt"
    path.write_text("\n".join(items))
    asked = ("compare", f"counts:{path}", f"ngram:{path}", "--samples", 10, *options)
    for form in ((), ("--markdown",)):
        told = COMMANDS.run(*asked, *form)
        assert words in " ".join(told.split()) and "nan" not in told
        assert (f"{side} against" in told) == bool(side)
    (group,) = COMMANDS.json(*asked)["comparable"]
    assert ("have no items" in group["note"]) == (not side)
    assert "nan" not in COMMANDS.run(*asked, "--csv")


def test_without_names_all_runs_are_compared_and_other_splits_are_apart(names: Path, runs_home: Path) -> None:
    trained(runs_home, name="first", max_steps=2)
    trained(runs_home, name="second", max_steps=3, learning_rate=0.1)
    trained(runs_home, name="lone", max_steps=3, split={"kind": "lecture"})
    found = groups("--sort", "steps", "--reverse", "--against", "first", "--on", "dev")
    counted = ["counts", "ngram", "kneser-ney"]  # without steps, so behind the runs
    of_groups = [[row["name"] for row in group["rows"]] for group in found]
    assert sorted(of_groups) == [["lone", *counted], ["second", "first", *counted]]
    found = sorted(found, key=lambda group: -len(group["rows"]))
    make_run(runs_home, name="young")
    assert found[0]["reference"] == "first"
    assert found[0]["rows"][0]["difference"]["on"] == "dev"
    told = COMMANDS.run("compare", "--samples", 0)
    assert "models of another list or split are no better or worse" in told
    assert "dev" in told and "*" in told


def test_markdown_and_csv(names: Path, runs_home: Path) -> None:
    asked = ("compare", f"counts:{names}", f"ngram:{names}", "--samples", 0)
    assert COMMANDS.run(*asked, "--markdown").startswith("## few.txt, disjoint split\n\n| model |")
    rows = list(csv.DictReader(StringIO(COMMANDS.run(*asked, "--csv"))))
    assert {row["name"] for row in rows} == {"counts", "ngram"}
    result = COMMANDS.invoke(*asked, "--csv", "--json")
    assert result.exit_code == 2
    assert "choose one of" in result.output


def test_samples_are_set_beside_real_items(names: Path, runs_home: Path) -> None:
    told = COMMANDS.run("compare", f"counts:{names}", "--samples", 10)
    assert "real items" in told
    assert "samples: 10 of each model" in told


def test_the_json_can_be_read_whatever_standard_output_holds(
    tmp_path: Path, runs_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "prénoms.txt"
    path.write_text("\n".join(NAMES))
    monkeypatch.setattr("makemore_tui.cli.output._writes_unicode", lambda: False)
    told = COMMANDS.run("compare", f"counts:{path}", "--samples", 0, "--json")
    assert told.isascii()
    assert json.loads(told)["comparable"][0]["list"] == "prénoms.txt"


def test_differences_are_against_a_list_however_its_path_is_written(
    names: Path, runs_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(names.parent)
    asked = ("counts:few.txt", "ngram:few.txt")
    for name in asked:
        (group,) = groups(*asked, "--against", name)
        assert group["reference"] == name.partition(":")[0]


def test_where_the_list_of_real_items_has_gone_the_rest_stands(
    names: Path, runs_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> None:
        raise RunError("the list has gone")

    monkeypatch.setattr(Bench, "real", gone)
    report = COMMANDS.json("compare", f"counts:{names}", "--samples", 7)
    assert [row["name"] for row in report["comparable"][0]["rows"]] == ["counts"]


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ((), RunError, "there are no runs in .* --all-families FILE"),
        (("nobody",), RunError, "there is no run 'nobody'"),
        (("--sort", "speed"), SettingsError, "there is no column 'speed'"),
        (("--sort", "novelty", "--samples", 0), SettingsError, "there is no column 'novelty'"),
        (("--on", "all"), SettingsError, "train, dev or test, not on 'all'"),
        (("counts:@elements", "--split", "half"), SettingsError, "there is no split 'half'"),
        (("counts:@elements", "--samples", 0, "--on", "train"), SettingsError, "take --on dev or --on test"),
        (("--all-families", "@elements", "--on", "train"), SettingsError, "take --on dev or --on test"),
        (("counts:@elements", "--samples", 0, "--against", "x"), RunError, "x is not among what is compared"),
    ],
)
def test_what_is_wrong_is_one_line(
    runs_home: Path, options: tuple[object, ...], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        COMMANDS.invoke("compare", *options)


def test_what_can_be_compared_is_completed(runs_home: Path) -> None:
    trained(runs_home, name="first", max_steps=1)
    assert complete_compared("fi") == ["first"]
    assert complete_compared("kn") == ["kneser-ney:"]
    assert "kneser-ney:@elements" in complete_compared("kneser-ney:@el")


def test_steps_are_for_all_families(names: Path) -> None:
    assert COMMANDS.invoke("compare", f"counts:{names}", "--max-steps", 3).exit_code == 2


def test_a_split_is_not_for_all_families(names: Path, runs_home: Path) -> None:
    result = COMMANDS.invoke("compare", "--all-families", names, "--split", "lecture")
    assert result.exit_code == 2
    assert "--split is not for" in result.output


def test_where_a_terminal_is_narrow_the_losses_stay() -> None:
    rows = [
        a_row(
            "gru-with-a-long-name", dev=2.0, test=2.1, train=1.9, parameters=155_739, seconds=90.6, tokens=2e6, steps=9
        ),
        a_row(
            "counts",
            dev=2.4,
            test=2.5,
            train=2.4,
            parameters=729,
            measured=measured((10.0, 12.0), samples={"unique": 1}),
        ),
    ]
    ranked = rank(rows, measures_for(1))
    table, left_out = _losses(ranked, 60)
    assert [column.header for column in table.columns][-2:] == ["dev", "test"]
    assert table.columns[0].header == "model"
    assert left_out[-1] == "unique"
    assert _losses(ranked, None)[1] == []


# The ladder


@pytest.fixture
def nothing_is_left(runs_home: Path) -> Iterator[None]:
    """A test that fails half way must leave no process behind: a queue that is held ends by itself."""
    yield
    write_parallel(runs_home, 0)
    for summary in list_runs(runs_home):
        if summary.state.is_live:
            send(find_run(summary.name, runs_home), "stop")
            wait_for(find_run(summary.name, runs_home), lambda view: not view.state.is_live)
    while is_held(runs_home):
        pass


@pytest.mark.usefixtures("nothing_is_left")
def test_every_family_is_trained_once_and_compared(
    names: Path, runs_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ladder, "TRAINED", ("bigram", "bow"))  # `tests/core/comparison` sees to all of them
    write_parallel(runs_home, 2)
    asked = ("--all-families", names, "--max-steps", 1)
    (group,) = groups(*asked)
    assert {row["type"] for row in group["rows"]} == {"counts", "ngram", "kneser-ney", "bigram", "bow"}
    assert all(row["test_nll"] is not None for row in group["rows"])
    made = {run.name for run in list_runs(runs_home)}
    (again,) = groups(*asked)
    assert {run.name for run in list_runs(runs_home)} == made
    assert again["rows"] == group["rows"]


@pytest.mark.usefixtures("nothing_is_left")
def test_ctrl_c_stops_the_ladder_and_compares_what_is_done(
    names: Path, runs_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(ladder, "TRAINED", ("bigram", "bow"))
    write_parallel(runs_home, 1)
    pressed = []

    def press(_: object, runs: list[RunSummary], *_words: str) -> None:
        if not pressed and any(run.state == "running" for run in runs):
            pressed.append(True)
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(LiveTable, "show", press)
    assert comparing.compare(all_families=str(names), max_steps=10**9, samples=0, as_json=True) == 130
    written = capsys.readouterr()
    (group,) = json.loads(written.out)["comparable"]
    assert {row["type"] for row in group["rows"]} == {"counts", "ngram", "kneser-ney"}
    assert {run.state for run in list_runs(runs_home)} == {"stopped"}
    assert "stopped with 2 of 2 not at their end: the same command goes on with them" in written.err
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_families_that_failed_are_not_said_to_be_left() -> None:
    states = {"bigram": "finished", "mlp": "failed", "gru": "running", "wavenet": "stopped"}
    runs = tuple(a_run(type, state).summary for type, state in states.items())
    configs = tuple(a_config(type) for type in ("bigram", "mlp", "gru", "wavenet", "transformer"))
    words = _begin_words(Ladder("ladder-names", configs, 1, 1, None, 3_000, runs))
    assert words.startswith("ladder-names: 3 of 5 families to train, 3,000 steps; ")
    assert _stop_words(list(runs)).startswith("stopped with 2 of 4 not at their end")
