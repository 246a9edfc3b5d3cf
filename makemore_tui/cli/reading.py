"""Reading the list that a command names."""

from typing import TYPE_CHECKING

from makemore_core.errors import ListError

if TYPE_CHECKING:
    from makemore_core.corpus import Corpus


def read_list(source: str, encoding: str) -> "Corpus":
    """Read a list. Raises ListError, also where its name is empty, as an unset variable of a shell makes it."""
    if not source:
        raise ListError("The name of the list is empty: name a file, or a built-in list as in @names")
    from makemore_core.corpus import read_corpus

    return read_corpus(source, encoding=encoding)


def read_list_for_run(source: str, encoding: str) -> "Corpus":
    """Read a list whose path the settings of a run are to keep, in UTF-8. Raises ListError."""
    corpus = read_list(source, encoding)
    try:
        corpus.source.encode()
    except UnicodeEncodeError:
        raise ListError(
            f"{corpus.source}: the file's name is not UTF-8, so a run cannot keep it: rename the file, or pipe it in "
            "with - as FILE"
        ) from None
    return corpus
