"""What commands write to standard output."""

import io
import json

import pytest

from makemore_tui.cli.output import print_json


class Output(io.TextIOWrapper):
    """Standard output in UTF-8."""

    def __init__(self, *, is_terminal: bool) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8")
        self.is_terminal = is_terminal

    def isatty(self) -> bool:
        return self.is_terminal

    def written(self) -> str:
        self.seek(0)
        return self.read()


@pytest.mark.parametrize("is_terminal", [True, False])
def test_json_on_a_terminal_holds_nothing_that_it_would_obey(
    monkeypatch: pytest.MonkeyPatch, is_terminal: bool
) -> None:
    output = Output(is_terminal=is_terminal)
    monkeypatch.setattr("sys.stdout", output)
    value = {"text": "é漢\x7f\x9b\u202e\U000e0001\n\\u"}
    print_json(value)
    text = output.written()
    assert json.loads(text) == value
    assert "é漢" in text
    assert ("\u202e" in text) is not is_terminal
    assert all(one.isprintable() for one in text if one != "\n") is is_terminal
