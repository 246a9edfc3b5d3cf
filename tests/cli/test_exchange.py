"""import and export: what a person sees of them, in full on small files."""

from pathlib import Path

import pytest
import torch

from makemore_core.errors import ExchangeError, ListError, RunError, SettingsError
from makemore_core.exchange.layouts import LAYOUTS
from makemore_core.runs.folder import find_run, list_runs
from makemore_tui.cli import evaluating, exchange, generation, listing, training
from tests.cli.calling import Commands
from tests.core.exchange.files import ITEMS, saved
from tests.core.runs.making import make_run


@pytest.fixture
def words(tmp_path: Path) -> Path:
    path = tmp_path / "words.txt"
    path.write_text("\n".join(ITEMS))
    return path


def test_the_types_in_the_help_are_those_that_can_be_read() -> None:
    """They are written out there, because the layouts need torch."""
    assert tuple(LAYOUTS) == exchange.TYPES


commands = Commands(evaluating, exchange, generation, training, listing)
invoke, run_json, run = commands.invoke, commands.json, commands.run


def test_from_file_to_file(words: Path, tmp_path: Path, runs_home: Path) -> None:
    path, state = saved(tmp_path, "transformer")
    made = run_json("import", path, "--data", words, "--n-head", 3, "--name", "karpathy", "--type", "transformer")
    assert (made["run"], made["type"], made["state"], made["steps"]) == ("karpathy", "transformer", "finished", 0)
    assert made["path"] == str(runs_home / "karpathy")
    assert made["test_nll"] == made["dev_nll"] > 0

    evaluated = run_json("eval", "karpathy")
    assert evaluated["test_nll"] == pytest.approx(made["test_nll"], abs=1e-6)
    assert evaluated["train_nll"] == pytest.approx(made["train_nll"], abs=1e-6)
    assert len(run_json("sample", "karpathy", "-n", 5)["items"]) == 5
    assert len(run_json("step", "karpathy", "--prompt", "fa")["candidates"]) == 7
    assert [entry["run"] for entry in run_json("runs")] == ["karpathy"]

    back = tmp_path / "back.pt"
    assert run("export", "karpathy", "-o", back) == f"karpathy is written to {back}\n"
    written = torch.load(back, weights_only=True)
    assert written.keys() == state.keys() and all(torch.equal(written[name], state[name]) for name in state)
    with pytest.raises(
        ExchangeError, match=r"back\.pt exists already: choose another name, or replace it with --force"
    ):
        invoke("export", "karpathy", "-o", back)
    run("export", "karpathy", "--output", back, "--force", "--checkpoint", "last")


def test_resume_needs_more_steps_and_then_goes_on(words: Path, tmp_path: Path, runs_home: Path) -> None:
    path, _ = saved(tmp_path, "gru")
    told = run("import", path, "-i", words, "--steps", 100)
    assert told.startswith("gru-1 is there: gru, 269 parameters, train ")
    assert told.endswith("go on with: makemore-tui sample gru-1\n")
    with pytest.raises(RunError, match="gru-1 has made all of its 100 steps: to go on, give it more with --max-steps"):
        invoke("resume", "gru-1")
    before = run_json("eval", "gru-1")["train_nll"]
    longer = run_json("resume", "gru-1", "--max-steps", 150)
    assert (longer["state"], longer["steps"]) == ("finished", 150)
    assert longer["train_nll"] < before


def test_what_cannot_be_imported(words: Path, tmp_path: Path, runs_home: Path) -> None:
    path, _ = saved(tmp_path, "mlp")
    with pytest.raises(ExchangeError, match=r"nothing\.pt cannot be read: No such file"):
        invoke("import", tmp_path / "nothing.pt", "--data", words)
    with pytest.raises(ExchangeError, match="holds a model of type mlp, not gru"):
        invoke("import", path, "--data", words, "--type", "gru")
    with pytest.raises(ExchangeError, match="knows 6 characters, and @towns has"):
        invoke("import", path, "--data", "@towns")
    with pytest.raises(ListError, match="There is no file"):
        invoke("import", path, "--data", tmp_path / "nothing.txt")
    with pytest.raises(SettingsError, match="cannot be the name of a run"):
        invoke("import", path, "--data", words, "--name", "a/b")
    with pytest.raises(SettingsError, match="--steps must be 0 or more"):
        invoke("import", path, "--data", words, "--steps", -1)
    assert invoke("import", path).exit_code == 2
    assert list_runs(runs_home) == []


def test_a_list_of_other_lengths_is_remarked_on_and_taken(tmp_path: Path, runs_home: Path) -> None:
    path, _ = saved(tmp_path, "bow")
    (tmp_path / "short.txt").write_text("abc\nfed\nbed\n")
    result = invoke("import", path, "--data", tmp_path / "short.txt")
    assert result.exit_code == 0
    assert "was made for items of up to 8 characters, and the longest of short.txt has 3" in result.stderr


@pytest.mark.usefixtures("quick_trainers")
def test_an_export_that_has_more_parameters_says_why(words: Path, tmp_path: Path, runs_home: Path) -> None:
    """7 symbols, vectors of 2, 4 units, 3 places: 7 * 2 + (6 + 1) * 4 + (4 + 1) * 7; there 9 places, and 8 vectors."""
    sizes = ("--set", "context=3", "--set", "embedding=2", "--set", "hidden=4")
    run("train", words, "--type", "mlp", *sizes, "--max-steps", 2, "--name", "small")
    path = tmp_path / "small.pt"
    told = invoke("export", "small", "-o", path).stderr
    assert "the same predictions take 127 parameters there, not 77: makemore.py's MLP" in told
    assert "there: mlp, 127 parameters" in run("import", path, "--data", words, "--name", "again")
    assert invoke("export", "again", "-o", tmp_path / "again.pt").stderr == ""


def test_what_cannot_be_exported(words: Path, tmp_path: Path, runs_home: Path) -> None:
    with pytest.raises(RunError, match="there is no run 'nobody'"):
        invoke("export", "nobody", "-o", tmp_path / "model.pt")
    make_run(runs_home, name="unborn")
    with pytest.raises(RunError, match="unborn has no checkpoint 'best' yet"):
        invoke("export", "unborn", "-o", tmp_path / "model.pt")
    make_run(runs_home, name="forgetful", type="lstm")
    with pytest.raises(ExchangeError, match=r"makemore\.py has no model like lstm"):
        invoke("export", "forgetful", "-o", tmp_path / "model.pt")
    for name in ("model", "model.png"):
        with pytest.raises(ExchangeError, match=r"the ending says what is written, and it is one of \.pt"):
            invoke("export", "unborn", "-o", tmp_path / name)
    assert find_run("unborn", runs_home).read_config().type == "bigram"
    assert not list(tmp_path.glob("model*"))
