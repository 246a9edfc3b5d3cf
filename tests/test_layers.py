"""The layers of the house, as contracts on the static import graph; `make layers` prints which import breaks one."""

import tomllib

import pytest
from importlinter import cli

from tests.conftest import CHECKOUT


def test_the_contracts_are_kept(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(CHECKOUT)
    status = cli.lint_imports(no_cache=True)
    assert status == cli.EXIT_STATUS_SUCCESS, capsys.readouterr().out


def test_the_contracts_are_those_of_the_design() -> None:
    linter = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["tool"]["importlinter"]
    assert set(linter["root_packages"]) == {"makemore_tui", "makemore_core", "makemore_data"}
    forbidden = {
        (source, target)
        for contract in linter["contracts"]
        if contract["type"] == "forbidden"
        for source in contract["source_modules"]
        for target in contract["forbidden_modules"]
    }
    assert {("makemore_core", name) for name in ("makemore_tui", "textual", "rich", "typer")} <= forbidden
    assert ("makemore_tui.widgets", "makemore_core.models") in forbidden
    assert ("makemore_tui.widgets", "makemore_tui.panes") in forbidden
