"""The last line of defence of `--ascii`: whatever a widget draws, only ASCII leaves for the terminal.

Widgets draw with ASCII by themselves where they find `app.look.ascii`; this filter serves what they cannot know of:
borders, scroll bars, toasts, the command palette, and the characters of the list itself.
"""

import unicodedata
from functools import lru_cache

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

STAND_INS = {
    **dict.fromkeys("─━═╌╍┄┅┈┉╴╶╸╺╼╾▔▁▂‾–—−", "-"),
    **dict.fromkeys("│┃║╎╏┆┇┊┋╵╷╹╻╽╿▏▕▎▍", "|"),
    **dict.fromkeys("┌┐└┘├┤┬┴┼╭╮╰╯╔╗╚╝╠╣╦╩╬┏┓┗┛┣┫┳┻╋╱╲╳", "+"),
    **dict.fromkeys("█▉▊▋▌▐▀▄▅▆▇▛▜▙▟▚▞▘▝▖▗▓■◼●⬤◆⏺", "#"),
    **dict.fromkeys("▃░▒·∙•◦‧⋅…", "."),
    **dict.fromkeys("○◌◯◇□", "o"),
    **dict.fromkeys("←◀◂⟵⇐‹«", "<"),
    **dict.fromkeys("→▶▸▷►⟶⇒›»⏵", ">"),
    **dict.fromkeys("↑▲▴△⭡", "^"),
    **dict.fromkeys("↓▼▾▽⭣", "v"),
    **dict.fromkeys("‘’′", "'"),
    **dict.fromkeys("“”″", '"'),
    "×": "x",
    "✓": "+",
    "✔": "+",
    "✗": "x",
    "✘": "x",
    "⏎": "$",
    "␣": "_",
    "␍": "r",
    **dict.fromkeys("⏸‖", "="),
    "🔎": "> ",
    "\u00a0": " ",
}


@lru_cache(4096)
def ascii_only(text: str) -> str:
    """The text in ASCII, as many cells wide: a drawn stand-in, the letter without its accent, or question marks."""
    return text if text.isascii() else "".join(_stand_in(character) for character in text)


def _stand_in(character: str) -> str:
    if character.isascii():
        return character
    if character in STAND_INS:
        return STAND_INS[character]
    if "\u2800" <= character <= "\u28ff":
        return " " if character == "\u2800" else ":"
    base = unicodedata.normalize("NFKD", character)[:1]
    width = cell_len(character)
    return base if base.isascii() and base.isprintable() and width == 1 else "?" * width


KEY_WORDS = {"↑": "up", "↓": "down", "←": "left", "→": "right", "⏎": "enter", "⇥": "tab", "⌫": "backspace"}


def key_in_ascii(display: str) -> str:
    """The name of a key, with words for its arrows."""
    words = [KEY_WORDS.get(character, character) for character in display]
    together = "/" if len(words) > 1 and all(character in KEY_WORDS for character in display) else ""
    return ascii_only(together.join(words))


class AsciiFilter(LineFilter):
    """Replaces every character beyond ASCII in the lines that are about to be written."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments in ASCII."""
        return [Segment(ascii_only(text), style, control) for text, style, control in segments]
