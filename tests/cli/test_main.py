"""The program's entry: which word is a command and which a file, exit statuses, errors in one line, completion."""

import os
import signal
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from makemore_core.errors import ListError, SettingsError
from makemore_tui import __version__, completion
from makemore_tui.cli.commands import COMMANDS, GROUP_OPTIONS, plain_file, with_default
from makemore_tui.cli.errors import print_error, run_and_report
from makemore_tui.cli.program import app, run_program
from makemore_tui.cli.start import looks_fine

PROGRAM = [sys.executable, "-m", "makemore_tui"]


def run(*arguments: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    options.setdefault("stdin", subprocess.DEVNULL)
    return subprocess.run([*PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=120, **options)


def test_version_and_help() -> None:
    assert run("--version").stdout == f"makemore-tui {__version__}\n"
    page = run("--help")
    assert page.returncode == 0
    for word in (*(set(COMMANDS) - {"open"}), "[FILE]", "--encoding", "--ascii", "--runs", "--theme", "./stats"):
        assert word in page.stdout


@pytest.mark.parametrize("command", [name for name in COMMANDS if name != "open"])
def test_every_command_has_a_help_page_of_its_own(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["makemore-tui", command, "--help"])
    assert run_and_report(run_program) == 0
    page = capsys.readouterr()
    assert page.err == ""
    assert page.out.startswith(f"Usage: makemore-tui {command}")


def test_the_table_of_commands_holds_what_the_modules_register() -> None:
    registered = {}
    for module in sorted(set(COMMANDS.values())):
        part = typer.Typer()
        part.callback()(lambda: None)
        import_module(f"makemore_tui.cli.{module}").register(part)
        group: Any = typer.main.get_command(part)
        registered.update(dict.fromkeys(group.commands, module))
    assert registered == COMMANDS


@pytest.mark.parametrize(
    ("given_words", "understood"),
    [
        ([], ["open"]),
        (["names.txt"], ["open", "names.txt"]),
        (["--ascii", "names.txt"], ["open", "--ascii", "names.txt"]),
        (["@towns", "--theme", "nord"], ["open", "@towns", "--theme", "nord"]),
        (["-"], ["open", "-"]),
        (["stats"], ["stats"]),
        (["./stats"], ["open", "./stats"]),
        (["stats", "names.txt"], ["stats", "names.txt"]),
        (["--help"], ["--help"]),
        (["--show-completion=bash"], ["--show-completion=bash"]),
    ],
)
def test_any_first_word_that_is_no_command_is_a_file(given_words: list[str], understood: list[str]) -> None:
    assert with_default(given_words) == understood


@given(st.text(min_size=1))
def test_no_file_name_is_taken_for_anything_else(name: str) -> None:
    if name not in COMMANDS and name not in GROUP_OPTIONS and "=" not in name:
        assert with_default([name]) == ["open", name]


def test_a_file_called_like_a_command_is_opened_by_its_path(tmp_path: Path) -> None:
    (tmp_path / "stats").write_text("emma\nolivia\n")
    assert "Missing" in run("stats", cwd=tmp_path).stderr  # the command, which wants a FILE
    assert "Standard output is not a terminal" in run("./stats", cwd=tmp_path).stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--nonsense"], "makemore-tui --help"),
        (["names.txt", "more.txt"], "makemore-tui --help"),
        (["stats", "--nonsense"], "makemore-tui stats --help"),
        (["sample"], "makemore-tui sample --help"),
        (["sample", "counts:@names", "-n", "many"], "makemore-tui sample --help"),
    ],
)
def test_a_wrong_command_line_is_answered_in_one_line(arguments: list[str], said: str) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("makemore-tui: ")
    assert done.stderr.endswith(f"See: {said}\n")
    assert done.stderr.count("\n") == 1


def test_what_is_expected_to_go_wrong_is_one_line_without_a_traceback() -> None:
    done = run("stats", "/nowhere/names.txt")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("makemore-tui: There is no file /nowhere/names.txt")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "command",
    [
        ["bigram", "LIST", "--smoothing", "-1"],
        ["bigram", "LIST", "--smoothing", "nan"],
        ["bigram", "LIST", "--show", "-1"],
        ["sample", "counts:LIST", "--seed", "99999999999999999999"],
        ["sample", "counts:LIST", "--seed", "-1"],
        ["sample", "counts:LIST", "--number", "-1"],
        ["sample", "counts:LIST", "--batch-size", "0"],
        ["sample", "counts:LIST", "--temperature", "nan"],
        ["sample", "counts:LIST", "--top-p", "0"],
        ["step", "counts:LIST", "--show", "0"],
        ["eval", "counts:LIST", "--order", "0"],
        ["eval", "counts:LIST", "--order", "65"],
    ],
)
def test_a_number_out_of_its_range_is_a_setting_that_cannot_be(tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "few.txt").write_text("ab\nba\n")
    with pytest.raises(SettingsError, match=r"must be|Smoothing"):
        run_here(*(word.replace("LIST", str(tmp_path / "few.txt")) for word in command))


@pytest.mark.parametrize(
    ("word", "meant"),
    [("evla", "the command eval?"), ("names", "the list @names?"), ("xyzzy", "makemore-tui --help")],
)
def test_a_word_that_is_neither_a_file_nor_a_command_is_answered_with_what_may_be_meant(word: str, meant: str) -> None:
    with pytest.raises(ListError, match=f"no command called {word}.*{meant}".replace("?", r"\?")):
        run_here(word)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("tran", "There is no command tran: did you mean train? See: makemore-tui --help"),
        ("xyzzy", "There is no command xyzzy. See: makemore-tui --help"),
        ("names.txt", "Got unexpected extra argument(s) (more.txt). See: makemore-tui --help"),
    ],
)
def test_a_word_that_is_no_command_is_told_before_what_follows_it(word: str, said: str) -> None:
    assert run(word, "more.txt").stderr == f"makemore-tui: {said}\n"


def test_a_word_in_place_of_a_number_is_answered_plainly() -> None:
    said = run("bigram", "@names", "--show", "many").stderr
    assert said == (
        "makemore-tui: Invalid value for '--show': it must be a whole number. See: makemore-tui bigram --help\n"
    )


def run_here(*arguments: str) -> None:
    typer.main.get_command(app).main(list(arguments), prog_name="makemore-tui", standalone_mode=False)


@pytest.mark.parametrize("command", [["sample", "nope"], ["eval", "nope"], ["sample", "x", "--temperature", "nan"]])
def test_what_is_refused_anyway_does_not_wait_for_torch(command: list[str]) -> None:
    lines = "import sys, runpy; sys.modules['torch'] = None; runpy.run_module('makemore_tui', run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", lines, *command], capture_output=True, text=True)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)


@pytest.mark.parametrize("command", [["stats", "LIST"], ["stats", "LIST", "--json"], ["sample", "counts:LIST"]])
def test_a_terminal_that_lacks_a_character_is_shown_its_number(tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "few.txt").write_text("\u5317\u4eac\n\u5317\n")
    words = [word.replace("LIST", str(tmp_path / "few.txt")) for word in command]
    done = run(*words, env={**os.environ, "PYTHONUTF8": "0", "PYTHONIOENCODING": "latin-1"})
    assert (done.returncode, done.stderr) == (0, "")
    assert "\\u5317" in done.stdout


@pytest.mark.parametrize(
    ("command", "status"), [("runs >&-", 0), ("lists >&-", 0), ("stats - <&-", 1), ("stats /nowhere 2>&-", 1)]
)
def test_streams_that_were_closed(command: str, status: int) -> None:
    done = subprocess.run(["bash", "-c", f'"$0" -m makemore_tui {command}', sys.executable], capture_output=True)
    assert done.returncode == status
    assert b"Traceback" not in done.stderr


def test_an_empty_name_is_called_so() -> None:
    assert "The name of the list is empty" in run("stats", "").stderr
    assert "counts: names no list" in run("sample", "counts:").stderr


def test_control_characters_in_an_error_cannot_reach_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    print_error("no file \x1b[31mred\x07\u202e.txt\nin here")
    assert capsys.readouterr().err == "makemore-tui: no file \\x1b[31mred\\x07\\u202e.txt in here\n"


def test_exit_statuses(capsys: pytest.CaptureFixture[str]) -> None:
    def fail(error: BaseException) -> Any:
        def command() -> None:
            raise error

        return command

    assert run_and_report(lambda: None) == 0
    assert run_and_report(lambda: 3) == 3
    assert run_and_report(fail(ListError("it is empty"))) == 1
    assert run_and_report(fail(PermissionError(13, "Permission denied", "/x"))) == 1
    assert run_and_report(fail(typer.BadParameter("no"))) == 2
    assert run_and_report(fail(typer.Exit(4))) == 4
    assert run_and_report(fail(KeyboardInterrupt())) == 130
    assert "Traceback" not in capsys.readouterr().err
    with pytest.raises(ZeroDivisionError):
        run_and_report(fail(ZeroDivisionError()))


def test_who_reads_only_the_first_line_hears_no_complaint(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_text("".join(f"{'ab' * 40}{i}\n" for i in range(2000)))
    program = subprocess.Popen(
        [*PROGRAM, "bigram", str(path), "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert program.stdout is not None and program.stderr is not None
    program.stdout.close()
    assert program.stderr.read() == b""
    assert program.wait() == 1


def _hear_interrupts() -> None:
    """Tests that were started in the background may have been told to ignore ctrl-c, and would pass that on."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_ctrl_c_ends_a_command_with_130(tmp_path: Path) -> None:
    pipe = tmp_path / "never"
    os.mkfifo(pipe)
    program = subprocess.Popen(
        [*PROGRAM, "stats", str(pipe)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=_hear_interrupts,
    )
    writer = os.open(pipe, os.O_WRONLY)  # waits until the command has opened the other end
    program.send_signal(signal.SIGINT)
    _, errors = program.communicate(timeout=120)
    os.close(writer)
    assert program.returncode == 130
    assert b"Traceback" not in errors


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_shown_for_each_shell(shell: str) -> None:
    script = run("--show-completion", shell, env={**os.environ, "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"})
    assert script.returncode == 0
    assert "_MAKEMORE_TUI_COMPLETE" in script.stdout


def completing(words: tuple[str, ...]) -> dict[str, str]:
    """What bash sets where it asks for the last of these words."""
    return {
        "_MAKEMORE_TUI_COMPLETE": "complete_bash",
        "COMP_WORDS": " ".join(["makemore-tui", *words]),
        "COMP_CWORD": str(len(words)),
    }


def complete(*words: str, cwd: Path | None = None) -> list[str]:
    """What bash is offered for the last of these words."""
    return run(env={**os.environ, **completing(words)}, cwd=cwd).stdout.split()


def test_the_first_word_completes_to_commands_lists_files_and_options(tmp_path: Path) -> None:
    (tmp_path / "stadt.txt").touch()
    (tmp_path / "states").mkdir()
    assert complete("sta", cwd=tmp_path) == ["stats", "stadt.txt", "states/"]
    assert "@elements" in complete("@el")
    assert complete("--enc") == ["--encoding"]
    assert complete("--ver") == ["--version"]


def test_later_words_complete_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "names.txt").touch()
    monkeypatch.chdir(tmp_path)

    def here(*words: str) -> list[str]:
        """What the same program says in this process."""
        with monkeypatch.context() as patch, pytest.raises(SystemExit) as end:
            for name, value in completing(words).items():
                patch.setenv(name, value)
            run_program()
        assert end.value.code == 0
        return capsys.readouterr().out.split()

    assert complete("names.txt", "--asc") == ["--ascii"]
    assert here("names.txt", "--theme", "makemore-c") == ["makemore-contrast"]
    assert here("stats", "--js") == ["--json"]
    for command in ("stats", "bigram", "train"):
        assert here(command, "na") == ["names.txt"]
        assert "@elements" in here(command, "@el")
    for command in ("sample", "step", "eval"):
        assert here(command, "uni") == ["uniform:"]


def test_runs_and_sources_complete(runs_home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("bigram-1", "bigram-2", "not-a-run"):
        (runs_home / name).mkdir()
    for name in ("bigram-1", "bigram-2"):
        (runs_home / name / "config.json").write_text("{}")
    assert completion.complete_run("") == ["bigram-1", "bigram-2"]
    assert completion.complete_source("b") == ["bigram-1", "bigram-2"]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").touch()
    assert completion.complete_source("counts:a") == ["counts:a.txt"]
    assert completion.complete_source("co") == ["counts:"]


def test_completing_a_path_in_a_folder_that_cannot_be_read_offers_nothing() -> None:
    assert completion.complete_path("/nowhere/at/all/x") == []
    assert completion.complete_path("~nobody-of-this-name/x") == []


@pytest.mark.parametrize(
    ("content", "fine"),
    [
        (b"emma\nolivia\n", True),
        (b"", False),
        (b"\n \n", False),
        (b"emma\n", False),
        (b"a\naa\n", False),
        (b"emma\nzo\xeb\n", False),
        (b"em\0ma\nolivia\n", False),
        (b"emma\n" + b"x" * 70_000 + "zoë".encode(), True),
        (b"emma\n" + b"x" * 65_530 + "ë".encode(), True),  # the look ends with this character
        (b"emma\nzo\xeb\n" + b"x" * 70_000, False),  # the screen need not change for this
    ],
)
def test_the_look_beforehand_never_refuses_what_the_reading_takes(tmp_path: Path, content: bytes, fine: bool) -> None:
    path = tmp_path / "list.txt"
    path.write_bytes(content)
    assert looks_fine(str(path), "utf-8") is fine


def test_the_program_is_typer_but_prints_plain_help() -> None:
    assert app.rich_markup_mode is None


@given(st.lists(st.text(), max_size=3))
def test_the_short_way_to_the_app_means_what_the_long_way_means(words: list[str]) -> None:
    short = plain_file(words)
    if short is not None:
        assert with_default(words) == ["open", *(file for file in short if file is not None)]


def test_completion_can_be_installed(isolated_folders: Path) -> None:
    environment = {**os.environ, "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    assert run("--install-completion", "bash", env=environment).returncode == 0
    assert "_MAKEMORE_TUI_COMPLETE" in (isolated_folders / ".bash_completions" / "makemore-tui.sh").read_text()
