"""A comparison as Markdown, CSV and JSON."""

import csv
import json
import math
from io import StringIO

import pytest

from makemore_core.comparison.exports import as_csv, as_json, as_markdown, cell_words, export, shortened
from makemore_core.comparison.ranking import Ranked, rank
from makemore_core.comparison.rows import OWN_MEASURES, Ground, Measure, measures_for
from tests.core.comparison.making import a_row, measured


def two_groups() -> list[Ranked]:
    rows = [
        a_row("gru-1", dev=2.0, train=1.9, parameters=155739, measured=measured((10.0, 12.0), samples={"unique": 0.5})),
        a_row("a|b", dev=2.1, train=1.8, type="ngram", measured=measured((11.0, 13.0)), state="stopped 20%"),
    ]
    other = [a_row("lone", Ground.of("x", "none", 1, "other.txt"), train=math.inf, trouble="its list is gone")]
    return [rank(rows, measures_for(1)), rank(other, measures_for(1))]


def test_markdown_has_a_table_for_each_list_and_split_and_the_best_is_bold() -> None:
    text = as_markdown(two_groups())
    assert text.splitlines()[:6] == [
        "## names.txt, disjoint split",
        "",
        "| model | type | params | train | dev | test | unique | test against gru-1 |",
        "| --- | --- | --: | --: | --: | --: | --: | --- |",
        "| gru-1 | gru | 155,739 | 1.9000 | **2.0000** | **2.2000** | 50.0% | the reference |",
        r"| a\|b (stopped 20%) | ngram |  | **1.8000** | 2.1000 | 2.4000 |  | +0.2000 (+0.2000 to +0.2000) |",
    ]
    assert "95% interval, bootstrap over 2 items" in text
    assert "## other.txt, no split: everything is train" in text
    assert "lone: its list is gone" in text


def test_csv_has_one_row_a_model_and_all_numbers_in_full() -> None:
    rows = list(csv.DictReader(StringIO(as_csv(two_groups()))))
    assert [row["name"] for row in rows] == ["gru-1", "a|b", "lone"]
    assert (rows[0]["list"], rows[0]["split"], rows[0]["parameters"]) == ("names.txt", "disjoint", "155739")
    assert (rows[0]["dev_nll"], rows[0]["unique"], rows[0]["difference"]) == ("2.0", "0.5", "")
    assert (rows[1]["difference_to"], rows[1]["difference_on"]) == ("gru-1", "test")
    assert float(rows[1]["difference"]) == pytest.approx(0.2)
    assert (rows[2]["train_nll"], rows[2]["trouble"]) == ("inf", "its list is gone")


def test_json_says_which_models_can_be_compared_and_holds_no_infinity() -> None:
    found = json.loads(as_json(two_groups()), parse_constant=pytest.fail)["comparable"]
    assert [(group["list"], group["split"], group["reference"]) for group in found] == [
        ("names.txt", "disjoint", "gru-1"),
        ("other.txt", "none", None),
    ]
    first, second = found[0]["rows"]
    assert first["best"] == ["dev_nll", "test_nll"]
    assert second["difference"]["nll"] == pytest.approx(0.2)
    assert first["nll_by_position"] == {"side": "test", "nll": [2.75, 2.5, 2.25, 2.0, 1.75, 1.5]}
    assert found[1]["rows"][0]["train_nll"] is None


def test_text_of_a_person_cannot_break_a_table_or_obey_the_terminal() -> None:
    row = a_row("\x1b[31m*x*", dev=1.0)
    assert r"\\x1b\[31m\*x\*" in as_markdown([rank([row], OWN_MEASURES)])


def test_every_format_ends_its_last_line() -> None:
    for name in ("markdown", "csv", "json"):
        assert export(two_groups(), name).endswith("\n")


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0"), (9999, "9,999"), (10_000, "10k"), (155_739, "156k"), (999_499, "999k"), (999_500, "1M"),
     (28_160_000, "28.2M"), (387_420_489, "387M"), (1.5e9, "1.5G")],
)  # fmt: skip
def test_large_counts_are_short(count: float, words: str) -> None:
    assert shortened(count) == words


def test_cells() -> None:
    loss = Measure("dev", "dev", "low", "loss", "")
    assert cell_words(loss, 2.00004) == "2.0000"
    seconds = Measure("seconds", "seconds", "low", "seconds", "")
    assert [cell_words(seconds, value) for value in (0.031, 0.999, 1234.56)] == ["0.03", "1.0", "1,234.6"]
    assert (cell_words(loss, math.inf), cell_words(loss, math.nan), cell_words(loss, None)) == ("inf", "", "")
