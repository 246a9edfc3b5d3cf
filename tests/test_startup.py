"""What is imported when: nothing that is heavy before the first frame, and for a command only what it needs.

The layers are held by import-linter (`make layers`), which reads the static graph; these tests look at what is really
imported, in a process of its own.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.terminal.harness import Terminal

HEAVY = {"torch", "numpy", "pydantic", "safetensors", "pooch", "tqdm"}

FIRST_FRAME = """
import json, os, sys
from makemore_tui.app import MakemoreApp

begin = MakemoreApp._begin

async def report_and_begin(app):
    with open(os.environ["REPORT"], "w") as file:
        json.dump(sorted(sys.modules), file)
    await begin(app)

MakemoreApp._begin = report_and_begin
from makemore_tui.cli import main
main()
"""
"""The real program; what it does after the first frame begins with a list of what is imported."""

AT_THE_END = """
import json, os, sys
from makemore_tui.cli import main
try:
    main()
finally:
    with open(os.environ["REPORT"], "w") as file:
        json.dump(sorted(sys.modules), file)
"""


def packages(modules: list[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules}


def test_the_first_frame_is_painted_before_anything_heavy_is_imported_or_the_list_is_read(tmp_path: Path) -> None:
    path, report = tmp_path / "items.txt", tmp_path / "report.json"
    path.write_text("emma\nolivia\nava\n")
    with Terminal([sys.executable, "-c", FIRST_FRAME, str(path)], environment={"REPORT": str(report)}) as terminal:
        terminal.wait_opened("items.txt")
        modules = json.loads(report.read_text())
        terminal.press("q")
        assert terminal.wait_exit() == 0
    assert not HEAVY & packages(modules)
    assert "makemore_core.corpus" not in modules
    assert not [
        name for name in modules if name.startswith("makemore_tui.panes.") and name != "makemore_tui.panes.base"
    ]


def test_the_first_frame_comes_before_what_takes_time(tmp_path: Path) -> None:
    """With everything after the first frame held back, the first frame is there."""
    path = tmp_path / "items.txt"
    path.write_text("emma\nolivia\nava\n")
    held = FIRST_FRAME.replace("await begin(app)", "pass")
    with Terminal([sys.executable, "-c", held, str(path)], environment={"REPORT": os.devnull}) as terminal:
        terminal.wait_for(lambda text: "1 data" in text and "2 bigrams" in text)
        terminal.wait_for("Reading")
        terminal.press("ctrl+q")
        assert terminal.wait_exit() == 0


@pytest.mark.parametrize(
    ("command", "needless"),
    [
        (["--version"], {"textual", "rich", "torch", "numpy"}),
        (["--help"], {"textual", "torch", "numpy"}),
        (["lists"], {"textual", "torch", "numpy"}),
        (["stats", "@elements"], {"textual", "torch"}),
        (["bigram", "@elements"], {"textual", "torch"}),
        (["runs"], {"textual", "torch"}),
        (["sample", "counts:@elements", "-n", "1"], {"textual"}),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else None,
)
def test_a_command_imports_only_what_it_needs(command: list[str], needless: set[str], tmp_path: Path) -> None:
    """Typer itself imports pydantic for its types, so that only a command line without any is free of it."""
    report = tmp_path / "report.json"
    environment = {**os.environ, "REPORT": str(report)}
    program = [sys.executable, "-c", AT_THE_END, *command]
    done = subprocess.run(program, capture_output=True, text=True, timeout=120, env=environment)
    assert done.returncode == 0, done.stderr
    assert not needless & packages(json.loads(report.read_text()))


def test_the_core_and_the_lists_import_nothing_of_the_screen() -> None:
    code = """
import importlib, json, pkgutil, sys
import makemore_core, makemore_data
for package in (makemore_core, makemore_data):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
print(json.dumps(sorted(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert not {"makemore_tui", "textual", "rich", "typer"} & packages(json.loads(done.stdout))
