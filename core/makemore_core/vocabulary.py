"""The characters of a list and their ids.

Id 0 is the sentinel that starts and ends an item; characters get the ids 1, 2, ... in sorted order. The sentinel is
shown as `.`, as in the makemore lectures, unless the list itself holds that character.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from makemore_core.errors import ListError, SettingsError

SENTINEL = 0
"""The id that stands before the first and after the last character of an item."""

_MARKS = ".$#|^~_*+=%@&!?<>:;/"


@dataclass(frozen=True)
class Vocabulary:
    """The distinct characters of a list, sorted by code point: `characters[i]` has the id `i + 1`.

    Raises ListError where the characters are not sorted, not distinct, or hold what no item can hold (U+0000 and the
    line feed): such a vocabulary was not made from a list.
    """

    characters: str

    def __post_init__(self) -> None:
        if any(left >= right for left, right in zip(self.characters, self.characters[1:], strict=False)):
            raise ListError("The characters of a vocabulary must be sorted, and none may be there twice.")
        if "\0" in self.characters or "\n" in self.characters:
            raise ListError("A vocabulary cannot hold U+0000 or a line feed.")

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Vocabulary":
        """The vocabulary of these texts: `Vocabulary.of(["emma", "ava"])`."""
        return cls("".join(sorted({character for text in texts for character in text})))

    @property
    def size(self) -> int:
        """The number of ids: the characters and the sentinel."""
        return len(self.characters) + 1

    @cached_property
    def sentinel(self) -> str:
        """The mark that is shown for id 0: `.`, or the first other mark that no item of the list holds."""
        taken = set(self.characters)
        for mark in _MARKS:
            if mark not in taken:
                return mark
        # Arrows, box drawing and so on: some printable character of the 65,000 is free in any real list.
        return next(mark for mark in map(chr, range(0x2190, 0x110000)) if mark not in taken and mark.isprintable())

    @cached_property
    def symbols(self) -> tuple[str, ...]:
        """What stands for each id, in id order: the sentinel's mark, then the raw characters."""
        return (self.sentinel, *self.characters)

    def symbol(self, token: int) -> str:
        """The raw character of an id, or the sentinel's mark for id 0."""
        return self.symbols[token]

    def encode(self, text: str) -> list[int]:
        """The ids of a text, without sentinels. SettingsError names the first character that is not in the list."""
        ids = self._ids
        try:
            return [ids[character] for character in text]
        except KeyError as error:
            character = error.args[0]
            raise SettingsError(
                f"The character {character!a} (U+{ord(character):04X}) is not in the list, so no model of it "
                "knows it: leave it out."
            ) from None

    def decode(self, ids: Iterable[int]) -> str:
        """The text of ids of characters (1 and up). The sentinel has no text: ValueError."""
        characters = []
        for token in ids:
            if token < 1:
                raise ValueError(f"id {token} is not the id of a character")
            characters.append(self.characters[token - 1])
        return "".join(characters)

    def __contains__(self, text: object) -> bool:
        """Whether every character of the text has an id."""
        return isinstance(text, str) and all(character in self._ids for character in text)

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {character: token for token, character in enumerate(self.characters, start=1)}
