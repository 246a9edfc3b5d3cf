"""Several values in the fields of the form."""

from collections.abc import Mapping

import pytest

from makemore_core.errors import SettingsError
from makemore_tui.panes.train.fields import Checked
from makemore_tui.panes.train.sweep_form import MOST, check_sweep, field_values
from tests.tui.train_views import a_config


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("", ("",)),
        ("8", ("8",)),
        ("16,000", ("16,000",)),  # as the form writes it
        ("1,000,000", ("1,000,000",)),
        ("8, 16, 32", ("8", "16", "32")),
        ("8,16,32", ("8", "16", "32")),
        ("100, 200", ("100", "200")),
        ("1,000, 2,000", ("1000", "2000")),
        ("1:3", ("1", "2", "3")),
        ("1e-4:1e-2:x10", ("0.0001", "0.001", "0.01")),
        ("5/3, 1", ("5/3", "1")),
        ("one, two", ("one, two",)),  # for the field to refuse
    ],
)
def test_the_values_in_a_field(text: str, values: tuple[str, ...]) -> None:
    assert field_values(text) == values


@pytest.mark.parametrize("text", ["8,", "8, , 16", "8, 8", "9:1"])
def test_a_list_with_a_fault_is_refused(text: str) -> None:
    with pytest.raises(SettingsError):
        field_values(text)


def check(values: Mapping[str, str]) -> Checked:
    """A form of two fields; a batch of nothing is refused."""
    if values["batch_size"] == "0":
        return Checked(None, {"batch_size": "must be at least 1"})
    return Checked(a_config(batch_size=int(values["batch_size"]), seed=int(values["seed"])), {}, 256)


def test_every_combination_is_a_run() -> None:
    found = check_sweep({"batch_size": "2, 4", "seed": "1:3"}, ["batch_size", "seed"], check)
    assert [(config.batch_size, config.seed) for config in found.configs] == [
        (2, 1),
        (2, 2),
        (2, 3),
        (4, 1),
        (4, 2),
        (4, 3),
    ]
    assert found.varied == ("batch_size", "seed")
    assert found.words({"batch_size": "batch", "seed": "seed"}) == "6 runs: batch 2, 4 × seed 1, 2, 3"


def test_one_value_each_is_one_run() -> None:
    found = check_sweep({"batch_size": "2", "seed": "1"}, ["batch_size", "seed"], check)
    assert (found.configs, found.varied, found.checked.parameters) == ((), (), 256)


def test_the_value_that_is_wrong_is_named() -> None:
    found = check_sweep({"batch_size": "2, 0", "seed": "1"}, ["batch_size", "seed"], check)
    assert (found.checked.config, found.configs) == (None, ())
    assert found.checked.faults == {"batch_size": "0: must be at least 1"}


def test_too_many_runs_are_refused_before_they_are_checked() -> None:
    found = check_sweep({"batch_size": "1:11", "seed": "1:10"}, ["batch_size", "seed"], check)
    assert found.checked.faults == {"batch_size": f"110 runs: at most {MOST} here, more with makemore-tui sweep"}
