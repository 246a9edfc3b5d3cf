"""The wheel: what is in it, and that it runs alone, without the checkout.

The empty environment borrows the libraries of the one that runs the tests (a download of torch takes minutes), by a
path file; what the libraries' folder itself says of an editable install of the project is not read from there.
"""

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from makemore_tui import __version__
from tests.conftest import CHECKOUT

LISTS = ("names", "dinosaurs", "towns", "elements")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(CHECKOUT)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root of a fresh environment that holds the wheel and nothing of the checkout."""
    root = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(root)], check=True)
    python = root / "bin" / "python"
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*install, "--disable-pip-version-check", str(wheel)], check=True)
    libraries = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (site,) = root.glob("lib/python*/site-packages")
    (site / "libraries.pth").write_text("".join(f"{path}\n" for path in sorted(libraries)))
    return root


def run(installed: Path, folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    program = [str(installed / "bin" / command[0]), *command[1:]]
    return subprocess.run(program, capture_output=True, text=True, cwd=folder, env=environment, timeout=120)


def test_the_wheel_holds_the_three_packages_their_data_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert {name.split("/")[0] for name in names} == {
        "makemore_tui",
        "makemore_core",
        "makemore_data",
        f"makemore_tui-{__version__}.dist-info",
    }
    for package in ("makemore_tui", "makemore_core", "makemore_data"):
        assert f"{package}/py.typed" in names
    for name in LISTS:
        assert f"makemore_data/{name}.txt" in names
    assert "makemore_tui/app.tcss" in names
    checked_in = {
        f"{package}/{path.relative_to(folder)}"
        for package, folder in (
            ("makemore_tui", CHECKOUT / "makemore_tui"),
            ("makemore_core", CHECKOUT / "core" / "makemore_core"),
            ("makemore_data", CHECKOUT / "data" / "makemore_data"),
        )
        for path in folder.rglob("*.py")
    }
    assert checked_in <= set(names)


def test_the_wheel_is_licensed_and_starts_by_its_name(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        info = f"makemore_tui-{__version__}.dist-info"
        assert "makemore-tui = makemore_tui.cli:main" in archive.read(f"{info}/entry_points.txt").decode()
        assert f"{info}/licenses/LICENSE" in archive.namelist()


def test_it_runs_from_the_fresh_environment_alone(installed: Path, tmp_path: Path) -> None:
    modules = "makemore_tui, makemore_core, makemore_data"
    where = f"import json, {modules}; print(json.dumps([module.__file__ for module in ({modules})]))"
    files = json.loads(run(installed, tmp_path, "python", "-c", where).stdout)
    assert all(Path(file).is_relative_to(installed) for file in files)
    path = json.loads(run(installed, tmp_path, "python", "-c", "import sys, json; print(json.dumps(sys.path))").stdout)
    assert not any(Path(entry).is_relative_to(CHECKOUT) for entry in path if "site-packages" not in entry)


def test_its_commands_work(installed: Path, tmp_path: Path) -> None:
    assert run(installed, tmp_path, "makemore-tui", "--version").stdout == f"makemore-tui {__version__}\n"
    lists = run(installed, tmp_path, "makemore-tui", "lists")
    assert lists.returncode == 0, lists.stderr
    assert all(f"@{name}" in lists.stdout for name in LISTS)
    stats = run(installed, tmp_path, "makemore-tui", "stats", "@names", "--json")
    assert stats.returncode == 0, stats.stderr
    assert json.loads(stats.stdout)["items"] >= 3000


def test_its_app_starts(installed: Path, tmp_path: Path) -> None:
    from tests.terminal.harness import Terminal

    environment = {name: None for name in os.environ if name.startswith("PYTHON")}
    with Terminal([str(installed / "bin" / "makemore-tui")], folder=tmp_path, environment=environment) as terminal:
        terminal.wait_opened("@names")
        terminal.press("q")
        assert terminal.wait_exit() == 0
