"""Text of a list, made safe and visible for the terminal.

A list is data, never markup and never terminal code. `visible` turns what a terminal would obey, hide or reorder by
into stand-ins that can be seen; `[bold]` stays as it is, and is plain text as long as it is put into
`rich.text.Text`, `textual.content.Content` or a Segment and never parsed as markup. Scripts that are written from
right to left are left as they are; the invisible controls of the direction are not.
"""

import unicodedata
from functools import lru_cache

from rich.cells import cell_len, set_cell_size

from makemore_tui.stand_ins import stand_in

_MOST_MARKS = 3  # on one base: more would run into the lines above and below
_DOTTED_CIRCLE = "\u25cc"
# Marks and letters that show nothing by themselves (Default_Ignorable_Code_Point outside of category Cf).
_IGNORABLE = frozenset(
    map(
        chr,
        (
            *(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180F, 0x3164, 0xFFA0),
            *range(0xFE00, 0xFE10),
            *range(0xE0100, 0xE01F0),
        ),
    )
)
# Terminals join these with their neighbour in different ways: flags from pairs of letters, and skin tones.
_JOINING = frozenset(map(chr, [*range(0x1F1E6, 0x1F200), *range(0x1F3FB, 0x1F400)]))
_HIDDEN_CATEGORIES = frozenset(["Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"])


def visible(text: str, *, ascii: bool = False) -> str:
    """The text with a visible stand-in for each character that a terminal obeys or does not show.

    Controls become control pictures (`␛` for escape) or their number (`‹202E›`); a combining mark without a base, or
    on top of three others, stands on a dotted circle. With `ascii`, stand-ins are written as `<1B>`. A plain space
    stays a space. Every other character stays as it is.
    """
    if text.isascii() and text.isprintable():
        return text
    shown: list[str] = []
    marks = _MOST_MARKS  # on the last base; as if full where there is no base
    for character in text:
        stand_in = _stand_in(character, ascii)
        if stand_in is None:
            shown.append(character)
            marks = _MOST_MARKS if character == " " else 0
        elif _is_mark(character):
            shown.append(character if marks < _MOST_MARKS else stand_in)
            marks += 1
        else:
            shown.append(stand_in)
            marks = _MOST_MARKS
    return "".join(shown)


def character_label(character: str, *, ascii: bool = False) -> str:
    """One character by itself, as a label: as `visible` shows it, and a space as `␣`."""
    if character == " ":
        return "_" if ascii else "\u2423"
    return visible(character, ascii=ascii)


def glyph(character: str, *, ascii: bool = False) -> str:
    """One character in one or two cells, for axes and other narrow places: as its label, or where that is wider, as a
    sign and a mark that tell it from others (`stand_ins`)."""
    label = character_label(character, ascii=ascii)
    return label if cell_len(label) <= 2 else stand_in(character, ascii=ascii)


def is_shown_as_itself(character: str) -> bool:
    """Whether a character looks like what it is: not a space, and not something that has a stand-in."""
    return character_label(character) == character


def fit(text: str, width: int, *, ascii: bool = False) -> str:
    """The visible text in exactly `width` cells: padded with spaces, or cut with an ellipsis at the end."""
    if width <= 0:
        return ""
    shown = visible(text[: 8 * width], ascii=ascii)  # of a book, no more than is seen
    if len(text) > 8 * width and cell_len(shown) <= width:  # mostly marks, which take no room
        shown = visible(text, ascii=ascii)
    if cell_len(shown) <= width:
        return shown + " " * (width - cell_len(shown))
    mark = "~" if ascii else "\u2026"
    return set_cell_size(shown, width - 1) + mark


def cell_width(character: str) -> int:
    """How many cells a character takes as `visible` shows it."""
    return cell_len(visible(character))


def character_name(character: str) -> str:
    """What Unicode calls a character, with its number: `U+00E9 LATIN SMALL LETTER E WITH ACUTE`."""
    name = unicodedata.name(character, "") or _CONTROL_NAMES.get(character, "no name")
    return f"U+{ord(character):04X} {name}"


_CONTROL_NAMES = {
    "\t": "TAB",
    "\r": "CARRIAGE RETURN",
    "\v": "VERTICAL TAB",
    "\f": "FORM FEED",
    "\x07": "BELL",
    "\x08": "BACKSPACE",
    "\x1b": "ESCAPE",
    "\x7f": "DELETE",
    "\x85": "NEXT LINE",
}


@lru_cache(maxsize=8192)
def _is_mark(character: str) -> bool:
    """Whether a character is drawn onto the one before it: combining marks, and the vowels of composed Hangul."""
    if character in _IGNORABLE:
        return False
    category = unicodedata.category(character)
    return category in ("Mn", "Me") or (category in ("Mc", "Lo") and cell_len(character) == 0)


@lru_cache(maxsize=8192)
def _stand_in(character: str, ascii: bool) -> str | None:
    """What is shown in place of a character, or None where it can be shown as it is."""
    code = ord(character)
    number = f"<{code:02X}>" if ascii else f"\u2039{code:02X}\u203a"
    if character == " ":
        return None
    if _is_mark(character):
        return number if ascii else _DOTTED_CIRCLE + character
    hidden = unicodedata.category(character) in _HIDDEN_CATEGORIES or cell_len(character) == 0
    if not hidden and character not in _IGNORABLE and character not in _JOINING:
        return None
    if not ascii and code < 0x20:
        return chr(0x2400 + code)
    if not ascii and code == 0x7F:
        return "\u2421"
    if not ascii and code == 0xA0:
        return "\u237d"
    return number
