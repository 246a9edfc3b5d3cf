"""Metrics and samples as tables: what was recorded comes back, in full."""

import csv
import math
import sys
from pathlib import Path
from typing import Any

import pytest

from makemore_core.errors import ExchangeError
from makemore_core.exchange import tables
from makemore_core.exchange.tables import export_tables
from makemore_core.runs.folder import RunFolder
from makemore_core.runs.store import Store, StoredSample
from makemore_tui.cli.exchange import export
from tests.core.runs.making import make_run

METRICS = [("loss", 0, 3.25), ("loss", 1, math.nan), ("loss", 2, 1e-9), ("dev_nll", 0, 3.5), ("dev_nll", 2, math.inf)]
SAMPLES = [
    (0, StoredSample('a,"b"', 2.5, True, False, False, False)),
    (2, StoredSample("zoë", 1.5, False, True, False, True)),
]


@pytest.fixture
def folder(runs_home: Path) -> RunFolder:
    folder = make_run(runs_home, name="mine")
    with Store(folder.database) as store:
        for metric in METRICS:
            store.metric(*metric)
        for step, sample in SAMPLES:
            store.samples(step, [sample])
    return folder


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_csv_file_holds_every_metric(folder: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "BLOCK_ROWS", 2)
    path = tmp_path / "out.csv"
    assert export_tables(folder, path, "csv") == [path]
    read = [(row["name"], int(row["step"]), row["value"]) for row in rows(path)]
    assert {row["run"] for row in rows(path)} == {"mine"}
    assert read == [
        ("dev_nll", 0, "3.5"), ("dev_nll", 2, "inf"), ("loss", 0, "3.25"), ("loss", 1, ""), ("loss", 2, "1e-09")
    ]  # fmt: skip
    with pytest.raises(ExchangeError, match="exists already"):
        export_tables(folder, path, "csv")
    export_tables(folder, path, "csv", force=True)


def test_a_folder_gets_the_samples_too(folder: RunFolder, tmp_path: Path) -> None:
    names = [path.name for path in export_tables(folder, tmp_path, "csv")]
    assert names == ["metrics.csv", "samples.csv"]
    read = rows(tmp_path / "samples.csv")
    assert [(row["step"], row["text"], row["nll"], row["finished"], row["in_test"]) for row in read] == [
        ("0", 'a,"b"', "2.5", "1", "0"),
        ("2", "zoë", "1.5", "0", "1"),
    ]


def test_parquet_gives_the_numbers_back(folder: RunFolder, tmp_path: Path) -> None:
    parquet: Any = pytest.importorskip("pyarrow.parquet", reason="pyarrow (the extra parquet) is not installed")
    export_tables(folder, tmp_path, "parquet")
    metrics = parquet.read_table(tmp_path / "metrics.parquet").to_pylist()
    found = {(row["name"], row["step"]): row["value"] for row in metrics}
    expected = {(name, step): None if math.isnan(value) else value for name, step, value in METRICS}
    assert found == expected and {row["run"] for row in metrics} == {"mine"}
    samples = parquet.read_table(tmp_path / "samples.parquet").to_pylist()
    assert samples[1] == {
        "run": "mine", "step": 2, "text": "zoë", "nll": 1.5,
        "finished": False, "in_train": True, "in_dev": False, "in_test": True,
    }  # fmt: skip


def test_what_is_missing_is_named(folder: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ExchangeError, match=r"pip install 'makemore-tui\[parquet\]'"):
        export_tables(folder, tmp_path / "out.parquet", "parquet")
    assert list(tmp_path.glob("*.parquet")) == []


def test_a_file_that_cannot_be_written(folder: RunFolder, tmp_path: Path) -> None:
    with pytest.raises(ExchangeError, match="cannot be written: No such file"):
        export_tables(folder, tmp_path / "missing" / "out.csv", "csv")


def test_the_command_writes_what_it_is_asked_for(
    folder: RunFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export(folder.name, csv=tmp_path / "a.txt")
    export(folder.name, output=tmp_path / "b.csv")
    assert (tmp_path / "a.txt").read_bytes() == (tmp_path / "b.csv").read_bytes()
    assert f"mine is written to {tmp_path / 'a.txt'}" in capsys.readouterr().out
    with pytest.raises(ExchangeError, match="nothing to write"):
        export(folder.name)
    with pytest.raises(ExchangeError, match=r"one of \.pt, \.csv, \.parquet"):
        export(folder.name, output=tmp_path / "c.xlsx")
