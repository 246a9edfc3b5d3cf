"""The metrics and samples of a run as tables for other programs: CSV, or Parquet by pyarrow.

Metrics are in long form: run, step, name, value. So runs can be put below each other, and a name more is no column
more. Values that are not numbers are empty (CSV) or null (Parquet).
"""

import csv
import io
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from makemore_core.errors import ExchangeError, RunError
from makemore_core.runs import schema
from makemore_core.runs.paths import RunFolder, write_file

Kind = Literal["csv", "parquet"]
Row = tuple[Any, ...]

BLOCK_ROWS = 50_000
"""So many rows are in memory at once."""

COLUMNS: dict[str, dict[str, str]] = {
    "metrics": {"run": "string", "step": "int64", "name": "string", "value": "float64"},
    "samples": {
        "run": "string",
        "step": "int64",
        "text": "string",
        "nll": "float64",
        "finished": "bool",
        "in_train": "bool",
        "in_dev": "bool",
        "in_test": "bool",
    },
}
"""The tables, with the names of their columns and Arrow's names of their types."""

_QUERIES = {
    "metrics": "SELECT ?1, step, name, value FROM metrics JOIN series ON series.id = metrics.series ORDER BY id, step",
    "samples": "SELECT ?1, step, text, nll, finished, in_train, in_dev, in_test FROM samples ORDER BY samples.id",
}


def export_tables(folder: RunFolder, target: Path, kind: Kind, *, force: bool = False) -> list[Path]:
    """Write the metrics of a run to a file; or, where the target is a folder, its metrics and its samples.

    Everything that the store holds by now is written, of a run that goes on as well. A file is there whole or not at
    all. Returns the files.
    Raises ExchangeError where a file exists (unless `force`), cannot be written, or pyarrow is missing; RunError
    where the run cannot be read.
    """
    write = _writer(kind)
    in_folder = {table: target / f"{table}.{kind}" for table in COLUMNS}
    files = in_folder if target.is_dir() else {"metrics": target}
    for path in files.values():
        if path.exists() and not force:
            raise ExchangeError(f"{path} exists already: choose another name, or replace it with --force")
    try:
        with closing(schema.open_readable(folder.database)) as connection:
            connection.execute("BEGIN")  # one moment of the run for all tables
            for table, path in files.items():
                write(path, table, connection.execute(_QUERIES[table], (folder.name,)))
    except sqlite3.Error as error:
        raise RunError(f"{folder.database}: the store cannot be read: {error}") from error
    except OSError as error:
        raise ExchangeError(f"{target} cannot be written: {error.strerror}") from None
    return list(files.values())


def _writer(kind: Kind) -> Callable[[Path, str, sqlite3.Cursor], None]:
    if kind == "csv":
        return _write_csv
    try:
        import pyarrow  # noqa: F401 (to be told before anything is done)
    except ImportError:
        raise ExchangeError(
            "Parquet files are written by pyarrow, which is not installed: pip install 'makemore-tui[parquet]'"
        ) from None
    return _write_parquet


def _blocks(rows: sqlite3.Cursor) -> Iterator[Sequence[Row]]:
    while block := list(islice(rows, BLOCK_ROWS)):
        yield block


def _write_csv(path: Path, table: str, rows: sqlite3.Cursor) -> None:
    def lines() -> Iterator[bytes]:
        yield ",".join(COLUMNS[table]).encode() + b"\n"
        for block in _blocks(rows):
            text = io.StringIO()
            csv.writer(text, lineterminator="\n").writerows(block)
            yield text.getvalue().encode()

    write_file(path, lines())


def _write_parquet(path: Path, table: str, rows: sqlite3.Cursor) -> None:
    import pyarrow
    from pyarrow import parquet

    columns = COLUMNS[table]
    form = pyarrow.schema([(name, pyarrow.type_for_alias(type)) for name, type in columns.items()])
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with parquet.ParquetWriter(draft, form) as writer:
            for block in _blocks(rows):
                values = zip(*block, strict=True)
                arrays = [
                    pyarrow.array(
                        [None if value is None else bool(value) for value in column] if type == "bool" else column
                    )
                    for column, type in zip(values, columns.values(), strict=True)
                ]
                arrays = [array.cast(field.type) for array, field in zip(arrays, form, strict=True)]
                writer.write_table(pyarrow.Table.from_arrays(arrays, schema=form))
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
