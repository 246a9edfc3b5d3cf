"""Comparisons as Markdown, CSV and JSON: pure functions of ranked rows."""

import csv
import json
import math
from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Any, Literal

from makemore_core.comparison.differences import Difference
from makemore_core.comparison.ranking import Ranked
from makemore_core.comparison.rows import SIDES, Measure, Row, value_of

Format = Literal["markdown", "csv", "json"]
FORMATS: Mapping[Format, str] = {"markdown": "md", "csv": "csv", "json": "json"}
"""How a comparison can be written, and how names of such files end."""

_COUNTS = ("parameters", "steps", "tokens", "seconds")


def export(groups: Sequence[Ranked], format: Format) -> str:
    """The text of a file, its last line ended."""
    return {"markdown": as_markdown, "csv": as_csv, "json": as_json}[format](groups)


def as_markdown(groups: Sequence[Ranked]) -> str:
    """A table for each list and split; the best of a column is bold."""
    return "\n".join(_markdown(group) for group in groups)


def as_csv(groups: Sequence[Ranked]) -> str:
    """One row a model, with the list and the split in columns of their own; numbers in full."""
    text = StringIO()
    samples = _sample_keys(groups)
    head = ["list", "split", "split_seed", "name", "type", "state", *_COUNTS, *(f"{side}_nll" for side in SIDES)]
    against = ["difference_to", "difference_on", "difference", "difference_low", "difference_high"]
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*head, *samples, *against, "trouble"])
    for group in groups:
        for row in group.rows:
            found = row_json(row, group, samples)
            apart = found["difference"] or dict.fromkeys(("to", "on", "nll", "low", "high"))
            ground = (group.ground.data, group.ground.split, group.ground.seed)
            numbers = [found[key] for key in (*_COUNTS, *(f"{side}_nll" for side in SIDES))]
            named = [found["samples"].get(key) if found["samples"] else None for key in samples]
            cells = [*ground, row.name, row.type, row.state, *numbers, *named, *apart.values(), row.trouble]
            writer.writerow(["" if isinstance(cell, float) and math.isnan(cell) else cell for cell in cells])
    return text.getvalue()


def as_json(groups: Sequence[Ranked]) -> str:
    """The same as `to_json`, as text; numbers that JSON lacks become null."""
    return json.dumps(_finite({"comparable": to_json(groups)}), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def to_json(groups: Sequence[Ranked]) -> list[dict[str, Any]]:
    """For each list and split what there is, and its rows in their order."""
    samples = _sample_keys(groups)
    return [
        {
            "list": group.ground.data,
            "split": group.ground.split,
            "split_seed": group.ground.seed,
            "sorted_by": group.sorted_by,
            "reference": next((row.name for row in group.rows if row.key == group.reference), None),
            "note": group.note,
            "rows": [row_json(row, group, samples) for row in group.rows],
        }
        for group in groups
    ]


def row_json(row: Row, group: Ranked, samples: Sequence[str]) -> dict[str, Any]:
    """One model. Losses in nats per character; `best` are the columns in which it is the best of its group."""
    measured = row.measured
    places = measured.positions.get(group.side, ()) if measured is not None else ()
    return {
        "name": row.name,
        "type": row.type,
        "state": row.state,
        **{key: value_of(row, key) for key in _COUNTS},
        **{f"{side}_nll": row.loss(side) for side in SIDES},
        "samples": {key: value_of(row, key) for key in samples} if measured is not None and measured.samples else None,
        "sampled": measured.sampled if measured is not None else 0,
        "best": [f"{key}_nll" if key in SIDES else key for key, keys in group.best.items() if row.key in keys],
        "difference": _difference_json(group.differences.get(row.key), group),
        "nll_by_position": {"side": group.side, "nll": [place.nll for place in places]} if places else None,
        "trouble": row.trouble,
    }


def cell_words(measure: Measure, value: str | float | None, *, short: bool = False) -> str:
    """A value as a person reads it; nothing where there is none. `short`: large counts as 155k or 28.2M."""
    if value is None or isinstance(value, str):
        return value or ""
    if math.isnan(value):
        return ""
    if math.isinf(value):
        return "inf"
    if measure.form == "share":
        return f"{value:.1%}"
    if measure.form == "loss":
        return f"{value:.4f}"
    if measure.form == "seconds":
        return f"{value:.2f}" if value < 0.995 else f"{value:,.1f}"
    if measure.form == "count":
        return shortened(value) if short else f"{value:,.0f}"
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.4g}"


def shortened(count: float) -> str:
    """A count in six characters at most: 9,999, then 155k, 28.2M, 387M, 1.2G."""
    if count < 9_999.5:
        return f"{count:,.0f}"
    factor, unit = next(((f, u) for f, u in ((1e3, "k"), (1e6, "M"), (1e9, "G")) if count < 999.5 * f), (1e12, "T"))
    return f"{count / factor:.3g}{unit}"


def difference_words(difference: Difference) -> str:
    """`+0.0123 (+0.0081 to +0.0166)`; infinite losses have no interval."""
    interval = difference.interval
    if math.isnan(interval.low):
        return f"{interval.value:+.4f}"
    return f"{interval.value:+.4f} ({interval.low:+.4f} to {interval.high:+.4f})"


def _markdown(group: Ranked) -> str:
    reference = next((row for row in group.rows if row.key == group.reference), None)
    measures = [measure for measure in group.measures if any(_has(row, measure) for row in group.rows)]
    titles = [measure.title for measure in measures]
    aligned = ["---" if measure.form == "text" else "--:" for measure in measures]
    if reference is not None and group.differences:
        titles, aligned = [*titles, f"{group.side} against {reference.name}"], [*aligned, "---"]
    lines = [f"## {_escaped(group.ground.words)}", "", _line(titles), _line(aligned, escape=False)]
    for row in group.rows:
        cells = [_markdown_cell(row, measure, group) for measure in measures]
        if reference is not None and group.differences:
            cells.append(_against(row, group))
        lines.append(_line(cells, escape=False))
    lines += ["", _footnote(group)]
    lines += [f"\n{_escaped(group.note)}."] if group.note else []
    lines += [f"\n{_escaped(row.name)}: {_escaped(row.trouble)}" for row in group.rows if row.trouble]
    return "\n".join(lines) + "\n"


def _markdown_cell(row: Row, measure: Measure, group: Ranked) -> str:
    text = _escaped(cell_words(measure, value_of(row, measure.key)))
    if measure.key == "name" and row.state:
        text += f" ({_escaped(row.state)})"
    return f"**{text}**" if row.key in group.best.get(measure.key, ()) else text


def _against(row: Row, group: Ranked) -> str:
    difference = group.differences.get(row.key)
    if row.key == group.reference:
        return "the reference"
    return difference_words(difference) if difference is not None else ""


def _footnote(group: Ranked) -> str:
    words = "Losses in nats per character, the end of each item counted; bold: the best of its column."
    levels = {(one.interval.level, one.interval.items) for one in group.differences.values()}
    for level, items in sorted(levels)[:1]:
        words += f" In brackets: {level:.0%} interval, bootstrap over {items:,} items."
    sampled = sorted({row.measured.sampled for row in group.rows if row.measured is not None and row.measured.sampled})
    return words + (f" Samples: {sampled[0]:,} of each model." if sampled else "")


def _has(row: Row, measure: Measure) -> bool:
    value = value_of(row, measure.key)
    return value is not None and value != ""


def _line(cells: Sequence[str], *, escape: bool = True) -> str:
    return "| " + " | ".join(_escaped(cell) if escape else cell for cell in cells) + " |"


def _escaped(text: str) -> str:
    """Text that neither ends a cell of a table nor obeys a terminal."""
    safe = "".join(character if character.isprintable() else ascii(character)[1:-1] for character in text)
    return "".join(f"\\{character}" if character in "\\|*_`[]<>#" else character for character in safe)


def _sample_keys(groups: Sequence[Ranked]) -> list[str]:
    own = ("name", "type", *_COUNTS, *SIDES)
    return list(dict.fromkeys(one.key for group in groups for one in group.measures if one.key not in own))


def _difference_json(difference: Difference | None, group: Ranked) -> dict[str, Any] | None:
    if difference is None:
        return None
    interval = difference.interval
    name = next((row.name for row in group.rows if row.key == difference.to), difference.to)
    return {"to": name, "on": difference.side, "nll": interval.value, "low": interval.low, "high": interval.high}


def _finite(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, list | tuple) else value
