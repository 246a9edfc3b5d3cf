"""The tables of the Evaluate view, without the view."""

from dataclasses import replace

from makemore_tui.panes.compare.evaluate_tables import sample_table
from tests.tui.evaluate_views import a_report


def test_where_samples_are_long_it_says_how_many_were_asked_for() -> None:
    found = a_report().samples
    assert found is not None
    words = "(of 10,000 asked for, as they are long)"
    assert words in [row.cells[0] for row in sample_table(replace(found, of_samples=10_000)).rows]
    assert words not in [row.cells[0] for row in sample_table(replace(found, of_samples=400)).rows]
