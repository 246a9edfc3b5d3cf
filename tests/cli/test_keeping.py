"""extend, fork, rename, note, delete."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from makemore_core.errors import MakemoreError, RunError, SettingsError
from makemore_core.runs.commands import send
from makemore_core.runs.folder import find_run, list_runs
from makemore_core.runs.paths import RunFolder
from makemore_core.runs.store import Store
from makemore_core.runs.view import RunReader
from makemore_core.training import process
from makemore_core.training.stopping import StopRequest
from makemore_tui.cli import forking, keeping, listing, steering, training
from makemore_tui.sizes import size_words
from tests.cli.calling import Commands
from tests.core.runs.making import make_run, wait_for

pytestmark = pytest.mark.usefixtures("quick_trainers")

SGD = {"batch_by": "all", "optimizer": "sgd", "learning_rate": 1.0, "eval_interval": 5}


@pytest.fixture(autouse=True)
def no_run_is_left(runs_home: Path) -> Iterator[None]:
    """A test that fails half way must not leave a process behind."""
    yield
    for summary in list_runs(runs_home):
        if summary.state.is_live:
            send(find_run(summary.name, runs_home), "stop")
            wait_for(find_run(summary.name, runs_home), lambda view: not view.state.is_live)


def train(folder: RunFolder) -> RunFolder:
    with Store(folder.database) as store:
        store.claim()
        assert process.run(folder, store, StopRequest()) == 0
    return folder


commands = Commands(training, steering, forking, keeping, listing)
invoke, run = commands.invoke, commands.run


def test_a_run_is_extended_while_it_trains_and_afterwards(runs_home: Path) -> None:
    folder = make_run(runs_home, max_steps=1 << 30, **SGD)
    run("resume", folder.name, "--detach")
    wait_for(folder, lambda view: view.step > 0)
    assert run("extend", folder.name, "--max-steps", 1 << 31) == f"bigram-1 ends at step {1 << 31:,} now\n"
    assert RunReader(folder).poll().max_steps == 1 << 31
    run("stop", folder.name)
    done = train(make_run(runs_home, max_steps=10, **SGD))
    assert "bigram-2 goes on to step 15" in run("extend", done.name, "--max-steps", 15)
    assert wait_for(done, lambda view: not view.state.is_live).step == 15
    with pytest.raises(RunError, match="has made all of its 15 steps"):
        run("extend", done.name, "--max-steps", 3)


def test_a_fork_is_trained_and_reported(runs_home: Path) -> None:
    train(make_run(runs_home, max_steps=10, **SGD))
    report = json.loads(
        run("fork", "bigram-1", "--checkpoint", "last", "--max-steps", 14, "-l", 0.5, "--name", "slow", "--json")
    )
    assert (report["run"], report["state"], report["steps"]) == ("slow", "finished", 14)
    config = find_run("slow", runs_home).read_config()
    assert (config.learning_rate, config.batch_by) == (0.5, "all")
    listed = {one["run"]: one["forked_from"] for one in json.loads(run("runs", "--json"))}
    assert listed == {"bigram-1": None, "slow": {"run": "bigram-1", "checkpoint": "last", "step": 10}}


def test_the_help_of_a_fork_names_no_default_of_train() -> None:
    """What is not named stays as in the run, whatever a new run would have."""
    words = " ".join(run("fork", "--help").split())
    for option, value in (("--patience", "0"), ("--device", "cpu"), ("--checkpoint-interval", "about one a second")):
        part = words[words.index(option) :]
        assert part[part.index("[default:") :].startswith("[default: (as in the run)]"), option
        trained = " ".join(run("train", "--help").split())
        trained = trained[trained.index(f" {option} ") :]
        assert trained[trained.index("[default:") :].startswith(f"[default: ({value})]"), option
    assert words.count("as in the run") >= 20
    assert "[default: best]" in words and "the type and a number" in words


def test_a_fork_keeps_the_sizes_of_its_model(runs_home: Path) -> None:
    model = {"embedding": 2, "hidden": 8, "context": 3}
    train(make_run(runs_home, type="mlp", model=model, max_steps=4, batch_size=4))
    for option, field in (("--n-embd2", "hidden"), ("--block-size", "context"), ("--n-embd", "embedding")):
        with pytest.raises(SettingsError, match=rf"its model must stay as it is in {field}"):
            run("fork", "mlp-1", option, 5, "--max-steps", 8)
    with pytest.raises(SettingsError, match="hidden"):
        run("fork", "mlp-1", "--set", "hidden=9", "--max-steps", 8)
    assert [one.name for one in list_runs(runs_home)] == ["mlp-1"]


def test_a_run_gets_another_name(runs_home: Path) -> None:
    make_run(runs_home)
    assert run("rename", "bigram-1", "first") == "bigram-1 is called first now\n"
    assert [one.name for one in list_runs(runs_home)] == ["first"]
    with pytest.raises(SettingsError, match="cannot be the name of a run"):
        run("rename", "first", "a/b")


def test_a_note_is_kept_shown_and_taken_away(runs_home: Path) -> None:
    make_run(runs_home)
    assert run("note", "bigram-1") == "\n"
    run("note", "bigram-1", "the", "wide one")
    assert run("note", "bigram-1") == "the wide one\n"
    assert "bigram-1: the wide one" in run("runs")
    assert json.loads(run("runs", "--json"))[0]["note"] == "the wide one"
    assert invoke("note", "bigram-1", "x", "--clear").exit_code == 2
    run("note", "bigram-1", "--clear")
    assert run("note", "bigram-1") == "\n"


def test_deleting_asks_first_and_says_how_much_it_is(runs_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = make_run(runs_home), make_run(runs_home)
    with pytest.raises(RunError, match=r"bigram-1: \d files, .*\(.* bytes\), would be deleted: .* add --yes"):
        run("delete", "bigram-1")
    monkeypatch.setattr(keeping, "asks", lambda: True)
    result = run("delete", "bigram-1", "bigram-2", answer="n\ny\n")
    assert "bytes). Delete it for good?" in result
    assert (one.path.exists(), two.path.exists()) == (True, False)
    assert "deleted bigram-1: " in run("delete", "bigram-1", one.path, "--yes")  # named twice, deleted once
    assert list_runs(runs_home) == []


def test_one_run_that_trains_keeps_all_that_were_named(runs_home: Path) -> None:
    idle, busy = make_run(runs_home, name="idle"), make_run(runs_home, name="busy")
    with Store(busy.database) as store:
        store.claim()
        store.beat("running", step=0)
        with pytest.raises(RunError, match="busy is running, so it cannot be deleted"):
            run("delete", "idle", "busy", "--yes")
        store.beat("stopped", step=0)
    assert idle.path.exists()


@pytest.mark.parametrize(
    "arguments",
    [("extend", "--max-steps", 5), ("fork",), ("rename", "new"), ("note", "text"), ("delete", "--yes")],
)
def test_a_run_that_is_not_there(runs_home: Path, arguments: tuple[object, ...]) -> None:
    command, *others = arguments
    with pytest.raises(MakemoreError, match="there is no run 'nothing'"):
        run(command, "nothing", *others)


@pytest.mark.parametrize(
    "arguments",
    [("extend", "a"), ("extend", "a", "--max-steps", "x"), ("fork",), ("rename", "a"), ("note",), ("delete",)],
)
def test_a_command_line_that_cannot_be_parsed(arguments: tuple[str, ...]) -> None:
    assert invoke(*arguments).exit_code == 2


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1.0 kB (1,000 bytes)"),
        (12_345, "12 kB (12,345 bytes)"),
        (999_499, "999 kB (999,499 bytes)"),
        (999_500, "1.0 MB (999,500 bytes)"),
        (5 * 10**15, "5,000 TB (5,000,000,000,000,000 bytes)"),
    ],
)
def test_bytes_in_words(count: int, words: str) -> None:
    assert size_words(count) == words
