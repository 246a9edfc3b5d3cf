"""A comparison in words: times, differences, and what there is to say of one row."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from makemore_core.comparison.exports import cell_words
from makemore_core.comparison.rows import OWN_MEASURES, REAL, SAMPLE_MEASURES, Row, value_of

if TYPE_CHECKING:
    from makemore_core.comparison.differences import Difference
    from makemore_core.comparison.ranking import Ranked
    from makemore_core.runs.listing import RunSummary

NO_LIST = "no list has been read yet"
NOTHING = "nothing to compare on this list and split yet"
HINT = "best of its column"


def going_words(runs: "Sequence[RunSummary]") -> str:
    """What is under way among the runs: `, gru trains: 40%, about 3 min left; 6 wait`; empty where nothing is."""
    from makemore_core.comparison.ladder import far_words
    from makemore_core.runs.states import RunState

    live = [f"{run.type} trains: {far_words(run)}" for run in runs if run.state.is_live]
    waiting = sum(run.state is RunState.QUEUED for run in runs)
    words = [*live[:1], *([f"{len(live) - 1} more train"] if len(live) > 1 else [])]
    words += [f"{waiting} wait{'s' * (waiting == 1)}"] if waiting else []
    return f", {'; '.join(words)}" if words else ""


def clock(value: str | float | None) -> str:
    """Seconds as 0.03 s, 3.5 s, 0:17, 12:05 or 3:00:00."""
    if not isinstance(value, int | float) or not math.isfinite(value):
        return ""
    if value < 9.95:
        return "<0.01 s" if value < 0.005 else f"{value:.2f} s" if value < 0.995 else f"{value:.1f} s"
    minutes, second = divmod(round(value), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def against_words(difference: "Difference") -> str:
    """A difference and its interval in a cell: `+0.0123 +0.0081 +0.0166`."""
    interval = difference.interval
    if math.isnan(interval.low):
        return f"{interval.value:+.4f}"
    return f"{interval.value:+.4f} [{interval.low:+.4f} {interval.high:+.4f}]"


def difference_sentence(row: Row, ranked: "Ranked") -> str:
    """How a row lies to the reference, in words; empty where nothing is known."""
    reference = next((one for one in ranked.rows if one.key == ranked.reference), None)
    if reference is None:
        return ""
    if row.key == reference.key:
        return f"the others are measured against this one, on {ranked.side}"
    found = ranked.differences.get(row.key)
    if found is None:
        return ""
    interval = found.interval
    words = f"{interval.value:+.4f}"
    if not math.isnan(interval.low):
        verdict = ("better" if interval.value < 0 else "worse") if found.is_clear else "not clear"
        words += f" ({interval.low:+.4f} to {interval.high:+.4f}), {verdict}"
    return f"{words}, on {found.side} against {reference.name}"


def samples_sentence(row: Row, ranked: "Ranked", room: int) -> str:
    """What its samples are like, beside real items, as much as has room; empty where there are none."""
    if row.measured is None or not row.measured.samples or row.type == REAL:
        return ""
    real = next((one for one in ranked.rows if one.type == REAL), None)
    words = f"{row.measured.sampled:,} samples{' (real items)' if real is not None else ''}: "
    parts: list[str] = []
    for measure in SAMPLE_MEASURES:
        value = cell_words(measure, value_of(row, measure.key))
        beside = cell_words(measure, value_of(real, measure.key)) if real is not None else ""
        part = f"{measure.title} {value}" + (f" ({beside})" if beside else "")
        if len(words) + len(", ".join([*parts, part])) > room:
            break
        parts.append(part)
    return words + ", ".join(parts)


def sorted_words(key: str, *, reverse: bool) -> str:
    """What the column is by which the rows are sorted."""
    measure = next((one for one in (*OWN_MEASURES, *SAMPLE_MEASURES) if one.key == key), None)
    if measure is None:
        return ""
    return f"{measure.title}: {measure.words}{', the highest first' if reverse else ''}"
