"""Stand-ins of one or two cells for characters that show nothing by themselves.

Each is a sign for the kind and a letter or digit that tells it from the others of its kind: `⚑D` and `⚑E` are the two
halves of a flag, `∅j` is the joiner of an emoji that is made of several, `∨F` asks for the colours of an emoji. In
ASCII the signs are others. What is not known here is told apart by the last digit of its number alone.
"""

from functools import cache

_INVISIBLE = {
    0x00AD: "-",  # soft hyphen
    0x034F: "c",  # combining grapheme joiner
    0x200B: "s",  # zero width space
    0x200C: "n",  # zero width non-joiner
    0x200D: "j",  # zero width joiner
    0x2060: "w",  # word joiner
    0xFEFF: "b",  # byte order mark
}
_SPACES = {0x00A0: "b", 0x1680: "o", 0x202F: "n", 0x205F: "m", 0x3000: "i"}
_DIRECTIONS = {0x061C: "a", 0x200E: "l", 0x200F: "r"}
_SEPARATORS = {0x2028: "l", 0x2029: "p"}


def stand_in(character: str, *, ascii: bool = False) -> str:
    """One or two cells for a character that is not shown as itself."""
    sign, mark = _signs().get(ord(character), ("??", f"{ord(character) & 15:X}"))
    shown = sign[1] if ascii else "\ufffd" if sign == "??" else sign[0]
    return shown + mark


@cache
def _signs() -> dict[int, tuple[str, str]]:
    """For each code point that is known: its sign in Unicode and in ASCII, and its mark."""
    signs = {code: ("∅0", mark) for code, mark in _INVISIBLE.items()}
    signs |= {code: ("␣_", mark) for code, mark in _SPACES.items()}
    signs |= {0x2000 + number: ("␣_", f"{number:X}") for number in range(11)}  # spaces by their width
    signs |= {code: ("⇄<", mark) for code, mark in _DIRECTIONS.items()}
    signs |= {code: ("⇄<", f"{code & 15:X}") for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}
    signs |= {code: ("¶$", mark) for code, mark in _SEPARATORS.items()}
    signs |= {code: ("^^", chr(code ^ 0x40)) for code in (*range(0x20), 0x7F)}  # ^[ for escape, as terminals do
    signs |= {code: ("⌃`", chr(code - 0x40)) for code in range(0x80, 0xA0)}  # each is short for escape and a letter
    signs |= {0xFE00 + number: ("∨v", f"{number:X}") for number in range(16)}  # variation selectors
    signs |= {0x1F1E6 + number: ("⚑~", chr(ord("A") + number)) for number in range(26)}  # halves of flags
    signs |= {0x1F3FB + number: ("▒%", str(number + 2)) for number in range(5)}  # skin types 2 to 6
    signs |= {0xE0000 + code: ("⚐'", chr(code)) for code in range(0x21, 0x7F)}  # letters within a flag
    signs[0xE007F] = ("⚑~", "0")  # the end of such letters
    return signs
