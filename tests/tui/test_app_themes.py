"""The theme is remembered; settings that cannot be used are left aside with a note."""

from pathlib import Path
from typing import Any

import pytest
from textual.command import CommandList
from textual.pilot import Pilot

from makemore_core.errors import SettingsError
from makemore_tui.app import MakemoreApp
from makemore_tui.look import ColorDepth
from makemore_tui.settings import Settings, load_settings, save_settings, settings_file
from makemore_tui.shell.themes import CONTRAST, DARK, THEMES, default_theme
from tests.tui.conftest import settle, until


@pytest.fixture
def items_file(tmp_path: Path) -> Path:
    path = tmp_path / "items.txt"
    path.write_text("emma\nolivia\nava\n", encoding="utf-8")
    return path


async def wait_for_pane(pilot: Pilot[Any]) -> None:
    await until(pilot, lambda: pilot.app._panes)
    await settle(pilot)


def at_cursor(app: MakemoreApp) -> str:
    """The command of the palette that Enter would take."""
    commands = app.screen.query_one(CommandList)
    return "" if commands.highlighted_option is None else str(commands.highlighted_option.prompt).strip()


async def test_a_chosen_theme_is_there_at_the_next_start(items_file: Path) -> None:
    app = MakemoreApp(str(items_file))
    async with app.run_test() as pilot:
        await wait_for_pane(pilot)
        assert app.theme == DARK.name
        assert not settings_file().exists()  # nothing was chosen
        await pilot.press("ctrl+t")
        await settle(pilot)
        await pilot.press(*"nord")
        await until(pilot, lambda: at_cursor(app) == "nord")
        await pilot.press("enter")
        await settle(pilot)
        assert app.theme == "nord"
    assert load_settings() == (Settings(theme="nord"), None)
    assert MakemoreApp(str(items_file)).theme == "nord"


def test_a_theme_for_this_time_is_not_remembered(items_file: Path) -> None:
    save_settings(Settings(theme="nord"))
    assert MakemoreApp(str(items_file), theme="gruvbox").theme == "gruvbox"
    assert load_settings()[0].theme == "nord"


def test_an_unknown_theme_is_refused_and_the_known_are_named(items_file: Path) -> None:
    with pytest.raises(SettingsError, match="makemore-contrast"):
        MakemoreApp(str(items_file), theme="ultraviolet")


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"\xff\xfe", b'{"theme": 3}', b'{"theme": "ultraviolet"}', b"null"]
)
async def test_broken_settings_are_left_aside_with_a_note(items_file: Path, content: bytes) -> None:
    settings_file().parent.mkdir(parents=True, exist_ok=True)
    settings_file().write_bytes(content)
    app = MakemoreApp(str(items_file))
    async with app.run_test() as pilot:
        await wait_for_pane(pilot)
        assert app.theme == DARK.name
        assert len(app._notifications) == 1
    assert settings_file().read_bytes() == content  # not ours to throw away unasked


def test_settings_are_written_whole_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    save_settings(Settings(theme="nord"))
    before = settings_file().read_bytes()

    def full(self: Path, *_: object, **__: object) -> int:
        with self.open("w") as file:
            file.write('{"the')
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="No space"):
        save_settings(Settings(theme="gruvbox"))
    assert settings_file().read_bytes() == before
    assert [path.name for path in settings_file().parent.iterdir()] == ["settings.json"]


def test_few_colours_start_with_contrast() -> None:
    assert default_theme(ColorDepth.COLORS_16) == CONTRAST.name
    assert default_theme(ColorDepth.COLORS_256) == DARK.name


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
@pytest.mark.parametrize("colour", ["foreground", "primary", "accent", "success", "warning", "error"])
@pytest.mark.parametrize("ground", ["background", "surface", "panel"])
def test_words_stand_out_from_every_ground(theme: Any, colour: str, ground: str) -> None:
    """WCAG 2.1: text wants a contrast of 4.5 at least."""
    assert contrast(getattr(theme, colour), getattr(theme, ground)) >= 4.5


def contrast(first: str, second: str) -> float:
    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
