"""train and what is asked of runs: what cannot be done is told, and no run is made."""

import os
from pathlib import Path

import pytest

from makemore_core.errors import ListError, RunError, SettingsError
from makemore_core.runs.folder import list_runs
from makemore_tui.cli import listing, steering, training
from tests.cli.calling import Commands
from tests.core.runs.making import make_run

commands = Commands(training, steering, listing)
invoke = commands.invoke


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--type", "gpt5"], "there is no model type 'gpt5'"),
        (["--batch-size", "0"], "batch_size must be greater"),
        (["--set", "depth=3"], "there is no setting 'depth'"),
        (["--set", "depth"], "--set takes KEY=VALUE, not 'depth'"),
        (["--set", "heads=3"], "bigram: there is no setting 'heads'"),
        (["--order", "3"], "bigram has no --order: it has none of these"),
        (["--type", "mlp", "--n-head", "3"], "mlp has no --n-head: it has .*--block-size, .*--n-embd, --n-embd2"),
        (["--name", "a/b"], "cannot be the name of a run"),
        (["--split", "thirds"], r"split\.kind must be"),
        (["--config", "none.toml"], "none.toml: the settings cannot be read"),
        (["--resume", "one", "--seed", "3"], "leave out --seed"),
        (["--seed", "-1"], "seed must be greater"),
        (["--type", "gru", "--batch-by", "positions", "--detach"], "batches must be of items or all for gru"),
        (["--type", "gru", "--batch-by", "positions", "--queue"], "batches must be of items or all for gru"),
        (["--type", "batchnorm", "-b", "1", "--detach"], "batch size must be at least 2 for batchnorm"),
    ],
)
def test_what_is_wrong_is_told_and_no_run_is_made(
    names: Path, runs_home: Path, arguments: list[str], message: str
) -> None:
    file = [] if "--resume" in arguments else [names]
    with pytest.raises(SettingsError, match=message):
        invoke("train", *file, *arguments)
    assert list_runs(runs_home) == []


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("name = 3", "name must be a word in quotes, not 3"),
        ("type = 3", "type must be a word in quotes, not 3"),
        ("seed = true", "seed must not be true"),
    ],
)
def test_a_value_of_the_wrong_kind_in_a_settings_file(names: Path, runs_home: Path, line: str, message: str) -> None:
    file = names.with_name("run.toml")
    file.write_text(line)
    with pytest.raises(SettingsError, match=f"run.toml: {message}"):
        invoke("train", names, "--config", file)
    assert list_runs(runs_home) == []


def test_a_file_whose_name_is_not_utf8(names: Path, runs_home: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(names.parent) + b"/bad\xff.txt"))
    odd.write_bytes(names.read_bytes())
    with pytest.raises(ListError, match="the file's name is not UTF-8"):
        invoke("train", odd)
    assert list_runs(runs_home) == []


def test_an_empty_name_of_a_list() -> None:
    with pytest.raises(ListError, match="The name of the list is empty"):
        invoke("train", "")


def test_the_list_is_named_once(names: Path) -> None:
    result = invoke("train", names, "--input-file", names)
    assert result.exit_code == 2
    assert "give one of them" in " ".join(result.output.split())


@pytest.mark.parametrize("command", ["resume", "watch", "pause", "stop"])
def test_a_run_that_does_not_exist(command: str, runs_home: Path) -> None:
    with pytest.raises(RunError, match="there is no run 'one'"):
        invoke(command, "one")


def test_a_folder_that_is_no_run_is_called_so_and_not_suggested(runs_home: Path) -> None:
    (runs_home / "empty").mkdir()
    with pytest.raises(RunError, match=r"empty is no run: it has neither config\.json nor run\.db"):
        invoke("watch", "empty")


def test_settings_that_are_no_json_are_called_so(runs_home: Path) -> None:
    make_run(runs_home, name="one").settings.write_text("")
    with pytest.raises(RunError, match=r"config\.json: this is not JSON: EOF"):
        invoke("resume", "one")
