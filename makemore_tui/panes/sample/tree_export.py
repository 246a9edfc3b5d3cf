"""The tree of what was tried as something to keep: a drawing in text, or JSON."""

import json
import math
from dataclasses import asdict
from typing import Any

from makemore_tui.display import glyph, visible
from makemore_tui.look import Look
from makemore_tui.panes.sample.branches import branch_lines, total_surprisal
from makemore_tui.panes.sample.node import Node
from makemore_tui.panes.sample.session import Session
from makemore_tui.widgets.branch_tree import branch_row
from makemore_tui.widgets.inks import marks_for
from makemore_tui.widgets.rows import row_text


def tree_text(session: Session, *, ascii_only: bool = False) -> str:
    """The tree as the pane draws it, under the model and the seed that it came from."""
    names = [glyph(symbol, ascii=ascii_only) for symbol in session.source.vocabulary.symbols]
    marks = marks_for(Look(ascii=ascii_only))
    lines = branch_lines(session.root, session.node, names.__getitem__)
    rows = [row_text(branch_row(line, marks=marks)).rstrip() for line in lines]
    head = f"{visible(session.origin, ascii=ascii_only)}; seed {session.tape.seed}; nats are of the whole text"
    return "\n".join([head, *rows]) + "\n"


def tree_json(session: Session, *, ascii_only: bool = False) -> str:
    """One JSON document: the model, the controls, and every text of the tree with how it came about.

    `parent` is the number of the text without the last character; `u` is null where that was forced; numbers that JSON
    lacks, as the surprisal of what is impossible, are null. The tree is flat, as items can be long.
    """
    document = {
        "model": session.source.name,
        "seed": session.tape.seed,
        "controls": asdict(session.controls),
        "here": session.node.number,
        "texts": [_entry(session, node) for node in session.nodes],
    }
    return json.dumps(document, ensure_ascii=ascii_only, indent=1, allow_nan=False) + "\n"


def _entry(session: Session, node: Node) -> dict[str, Any]:
    path = node.path()
    text = session.source.vocabulary.decode(one.token for one in path if not one.ended)
    return {
        "number": node.number,
        "parent": None if node.parent is None else node.parent.number,
        "text": text,
        "ended": node.ended,
        "is_tip": not node.children,
        "u": node.u,
        "forced": node.parent is not None and node.u is None,
        "probability": node.probability,
        "nats": finite(total_surprisal(node)),
    }


def finite(number: float) -> float | None:
    """A number as JSON can hold it."""
    return number if math.isfinite(number) else None
