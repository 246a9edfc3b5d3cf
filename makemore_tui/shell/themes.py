"""The app's own themes: dark, light, and one of high contrast for projectors and for terminals of 16 colours.

Success, warning and error differ in lightness as well as in hue, so that they stay apart for colour-blind eyes (the
hues follow Okabe and Ito, "Color Universal Design", 2008). Every theme of Textual can be chosen as well.
"""

from collections.abc import Collection

from textual.theme import Theme

from makemore_core.errors import SettingsError
from makemore_tui.look import ColorDepth
from makemore_tui.settings import load_settings

DARK = Theme(
    name="makemore-dark",
    primary="#56b4e9",
    secondary="#35b779",
    accent="#e69f00",
    success="#35b779",
    warning="#f0e442",
    error="#ff7b54",
    foreground="#e4e4e4",
    background="#121212",
    surface="#1c1c1c",
    panel="#242f38",
    dark=True,
)

LIGHT = Theme(
    name="makemore-light",
    primary="#005f9e",
    secondary="#00694d",
    accent="#9a4d00",
    success="#00694d",
    warning="#7a5500",
    error="#b02a00",
    foreground="#1a1a1a",
    background="#f7f7f4",
    surface="#ececec",
    panel="#dde3e8",
    dark=False,
)

CONTRAST = Theme(
    name="makemore-contrast",
    primary="#ffff00",
    secondary="#00ffff",
    accent="#00ffff",
    success="#00ff00",
    warning="#ffff00",
    error="#ff5555",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#000000",
    dark=True,
    text_alpha=1.0,
    variables={
        "text-muted": "#ffffff",
        "block-cursor-background": "#ffffff",
        "block-cursor-foreground": "#000000",
        "border-blurred": "#ffffff",
    },
)

THEMES = (DARK, LIGHT, CONTRAST)


def default_theme(depth: ColorDepth) -> str:
    """The theme to start with: of few colours, shades of grey fall together, so contrast is chosen there."""
    return CONTRAST.name if depth is ColorDepth.COLORS_16 else DARK.name


def starting_theme(asked: str | None, known: Collection[str], depth: ColorDepth) -> tuple[str, str | None]:
    """The theme asked for, or the remembered one, or the default; and a note where the remembered one is no use.

    Raises SettingsError where the theme asked for is not known.
    """
    if asked is not None:
        if asked not in known:
            raise SettingsError(f"There is no theme {asked!r}; there are: {', '.join(sorted(known))}")
        return asked, None
    settings, note = load_settings()
    if settings.theme is None:
        return default_theme(depth), note
    if settings.theme not in known:
        return default_theme(depth), f"The remembered theme {settings.theme!r} is not known any more"
    return settings.theme, None
