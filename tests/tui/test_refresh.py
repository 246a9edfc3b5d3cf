"""How often what is live is drawn: by the line, by a person, and not while the line is full."""

import os
import pty
from contextlib import suppress
from queue import Queue
from types import SimpleNamespace
from typing import Any, cast

import pytest

from makemore_core.errors import SettingsError
from makemore_tui.app import MakemoreApp
from makemore_tui.cli import open as opening
from makemore_tui.refresh import chosen_interval, interval_of, is_line_busy


def test_a_line_that_may_be_slow_gets_fewer_pictures() -> None:
    assert chosen_interval({}) == 0.25
    assert chosen_interval({"SSH_CONNECTION": "10.0.0.1 50000 10.0.0.2 22"}) == 1.0


def test_a_person_chooses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 50000 10.0.0.2 22")
    assert interval_of(MakemoreApp("@names")) == 1.0
    assert interval_of(MakemoreApp("@names", interval=2.5)) == 2.5


def test_an_interval_out_of_its_range_is_refused() -> None:
    import typer
    from typer.testing import CliRunner

    app = typer.Typer()
    opening.register(app)
    result = CliRunner().invoke(app, ["--interval", "0"])
    assert isinstance(result.exception, SettingsError) and "--interval must be 0.1 or more" in str(result.exception)


def test_a_line_that_takes_nothing_more_is_busy() -> None:
    master, slave = pty.openpty()
    os.set_blocking(slave, False)
    queue: Queue[str] = Queue()
    writer = SimpleNamespace(_queue=queue, fileno=lambda: slave)
    app = cast(Any, SimpleNamespace(_driver=SimpleNamespace(_writer_thread=writer)))
    try:
        assert not is_line_busy(app)
        queue.put("a frame")
        assert is_line_busy(app)
        queue.get()
        # The kernel goes on moving what was written towards the reader, which makes room once or twice more.
        for _ in range(1000):
            if is_line_busy(app):
                break
            with suppress(BlockingIOError):
                os.write(slave, b"." * 4096)
        assert is_line_busy(app)
    finally:
        os.close(master)
        os.close(slave)


def test_an_app_without_a_terminal_is_never_busy() -> None:
    assert not is_line_busy(cast(Any, SimpleNamespace(_driver=None)))
