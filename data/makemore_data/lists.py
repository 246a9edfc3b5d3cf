"""The lists that can be opened by name: the built-in ones and, once downloaded, the canonical names."""

import difflib
from dataclasses import dataclass
from importlib import resources
from pathlib import Path


class ListNotFound(LookupError):  # noqa: N818 - named for what happened, like the LookupError that it is
    """No list of that name can be opened. The text is one line that says which names there are."""


@dataclass(frozen=True)
class BuiltinList:
    """A list that is opened by its name, as in `makemore-tui @dinosaurs`."""

    name: str
    """What is typed after the `@`."""

    description: str
    """One line for a person who chooses."""

    path: Path
    """The file: UTF-8, LF, one item a line."""

    def count(self) -> int:
        """Returns the number of items.

        Raises:
            OSError: if the file cannot be read.
        """
        return sum(1 for line in self.path.read_bytes().split(b"\n") if line.strip())


CANONICAL_NAME = "canonical-names"
CANONICAL_DESCRIPTION = "32,033 US given names, the list of the makemore lectures"

_BUILTIN = (
    ("names", "Given names of many origins, a to z"),
    ("dinosaurs", "Genera of dinosaurs"),
    ("towns", "Towns and cities of the world, as they are written"),
    ("elements", "The 118 chemical elements"),
)


def builtin_lists() -> tuple[BuiltinList, ...]:
    """Returns the lists that are part of the package, the default first."""
    folder = Path(str(resources.files("makemore_data")))
    return tuple(BuiltinList(name, text, folder / f"{name}.txt") for name, text in _BUILTIN)


def canonical_list() -> BuiltinList | None:
    """Returns the downloaded canonical list, or None where the cache holds no intact copy."""
    from makemore_data.download import cached_names

    path = cached_names()
    return None if path is None else BuiltinList(CANONICAL_NAME, CANONICAL_DESCRIPTION, path)


def available_lists() -> tuple[BuiltinList, ...]:
    """Returns every list that `find_list` can open now: the built-in ones, then the downloaded one."""
    canonical = canonical_list()
    return builtin_lists() if canonical is None else (*builtin_lists(), canonical)


def find_list(name: str) -> BuiltinList:
    """Returns the list called `name`, with or without the `@` in front.

    Raises:
        ListNotFound: if there is none; the text names those that there are, the nearest first.
    """
    bare = name.removeprefix("@")
    for entry in builtin_lists():
        if entry.name == bare:
            return entry
    if bare == CANONICAL_NAME:
        canonical = canonical_list()
        if canonical is not None:
            return canonical
        raise ListNotFound(f"@{CANONICAL_NAME} is not on this machine yet: makemore-tui download names")
    raise ListNotFound(_not_found(bare))


def _not_found(bare: str) -> str:
    """The one line for a name that no list has."""
    known = [entry.name for entry in available_lists()]
    near = difflib.get_close_matches(bare.lower(), known, n=1)
    hint = f" Did you mean @{near[0]}?" if near else ""
    return f"There is no list called {bare!r}.{hint} The lists are: {', '.join('@' + name for name in known)}"
