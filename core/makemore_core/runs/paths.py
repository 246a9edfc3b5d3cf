"""The files of one run.

    bigram-1/
        config.json     the settings: all that rebuilds model, data and split
        items.txt       the list, where it is small or came from standard input
        run.db          metrics, samples, events, commands, heartbeat
        checkpoints/    *.safetensors
        process.log     what the training process printed, for when something went wrong

A folder can be moved or copied to another machine and opened there.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from makemore_core.corpus import Corpus, corpus_from_bytes, read_corpus
from makemore_core.errors import ListError, RunError, SettingsError
from makemore_core.training.config import DataConfig, TrainConfig, content_hash, read_config


@dataclass(frozen=True)
class RunFolder:
    """The folder of one run."""

    path: Path

    @property
    def name(self) -> str:
        """The run's name: that of its folder."""
        return self.path.name

    @property
    def database(self) -> Path:
        """The store."""
        return self.path / "run.db"

    @property
    def settings(self) -> Path:
        """The settings, as JSON."""
        return self.path / "config.json"

    @property
    def items(self) -> Path:
        """The copy of the list, which not every run has: UTF-8, one item a line."""
        return self.path / "items.txt"

    @property
    def checkpoints(self) -> Path:
        """The folder of checkpoints."""
        return self.path / "checkpoints"

    @property
    def log(self) -> Path:
        """What the training process printed."""
        return self.path / "process.log"

    def read_config(self) -> TrainConfig:
        """The settings of the run. Raises RunError."""
        try:
            return read_config(self.settings.read_text(encoding="utf-8"))
        except OSError as error:
            raise RunError(f"{self.settings}: the settings cannot be read: {error.strerror}") from None
        except (SettingsError, UnicodeDecodeError) as error:
            raise RunError(f"{self.settings}: {error}") from None

    def write_config(self, config: TrainConfig) -> None:
        """Replace the settings, all or nothing. Raises RunError."""
        try:
            write_file(self.settings, [config.model_dump_json(indent=2).encode(), b"\n"])
        except OSError as error:
            raise RunError(
                f"{self.settings}: the settings cannot be written: {error.strerror}: "
                "make room or get the right to write there, then try again"
            ) from None

    def read_corpus(self) -> Corpus:
        """The list that the run learns from: its copy in the folder, or where it came from.

        Raises RunError where neither is there and the same as it was.
        """
        data = self.read_config().data
        faults = []
        if self.items.exists():
            try:
                return _unchanged(data, self.items.read_bytes())
            except (ListError, OSError) as error:
                faults.append(f"its copy of the list, {self.items}, is damaged: {error}")
        if data.source != "-":
            try:
                return _unchanged(data)
            except (ListError, OSError) as error:
                faults.append(f"its list cannot be read: {error}")
        raise RunError(f"{self.name}: {'; '.join(faults) or f'its copy of the list, {self.items}, is missing'}")


def _unchanged(data: DataConfig, copy: bytes | None = None) -> Corpus:
    """The list in these bytes or at its source. Raises ListError where it is not what the settings describe."""
    if copy is None:
        corpus = read_corpus(data.source, encoding=data.encoding)
    else:
        corpus = corpus_from_bytes(copy, name=data.name, source=data.source)
    if corpus.vocabulary.characters != data.characters or content_hash(corpus) != data.content:
        raise ListError(f"{data.name if copy is not None else data.source} has changed since the run was made")
    return corpus


def remove_drafts(folder: RunFolder) -> None:
    """Remove what a process that was killed while it wrote a file has left. For the process that owns the run."""
    for place in (folder.path, folder.checkpoints):
        for draft in place.glob(".*.part"):
            draft.unlink(missing_ok=True)


def write_file(path: Path, blocks: Iterable[bytes]) -> None:
    """Write a file so that it is there whole, or not at all, whatever happens meanwhile. Raises OSError."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with draft.open("wb") as stream:
            stream.writelines(blocks)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Make the names in a folder last through a loss of power, on systems where that is to be asked for."""
    if os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
