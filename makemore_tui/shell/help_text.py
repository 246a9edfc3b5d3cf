"""The text of a help panel: Markdown as far as the panes write it, drawn at once.

Textual's own widget for Markdown mounts a widget for each paragraph after the panel has been shown: what stands below
is painted twice, which takes seconds on a slow line.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

BULLET = "• "
_STYLES = {"strong_open": "bold", "em_open": "italic"}


@dataclass(frozen=True)
class Block:
    """A paragraph, a title, or an item of a list."""

    text: Content
    is_item: bool = False

    def lines(self, width: int) -> Iterator[Content]:
        """Wrapped; the lines of an item stand beside its bullet."""
        if not self.is_item:
            yield from self.text.wrap(max(1, width))  # a terminal may be narrower than the frame of the dialog
            return
        for number, line in enumerate(self.text.wrap(max(1, width - len(BULLET)))):
            yield Content.assemble(" " * len(BULLET) if number else BULLET, line)


def blocks_of(markdown: str) -> list[Block]:
    """The blocks of a text: paragraphs, titles (in bold) and items, with strong, emphasised and code parts in them."""
    blocks, depth, is_title = [], 0, False
    for token in MarkdownIt("commonmark").parse(markdown):
        if token.type == "bullet_list_open":
            depth += 1
        elif token.type == "bullet_list_close":
            depth -= 1
        elif token.type.startswith("heading"):
            is_title = token.type == "heading_open"
        elif token.type == "inline":
            text = _inline(token.children or [])
            blocks.append(Block(text.stylize("bold") if is_title else text, depth > 0))
    return blocks


def _inline(tokens: Sequence[Token]) -> Content:
    parts: list[Content] = []
    styles: list[str] = []
    for token in tokens:
        if token.type in _STYLES:
            styles.append(_STYLES[token.type])
        elif token.type in ("strong_close", "em_close"):
            styles.pop()
        elif token.type == "code_inline":
            parts.append(Content.styled(token.content, "bold $accent"))
        elif token.type in ("softbreak", "hardbreak"):
            parts.append(Content(" "))
        else:
            parts.append(Content.styled(token.content, " ".join(styles)))
    return Content("").join(parts)


class HelpText(Widget):
    """Shows such a text, as high as it is at the width that it has."""

    DEFAULT_CSS = """
    HelpText { height: auto; }
    """

    def __init__(self, markdown: str) -> None:
        super().__init__()
        self.blocks = blocks_of(markdown)

    def lines(self, width: int) -> list[Content]:
        """All of it at a width, a blank line between two blocks that are not items of one list, and at the end."""
        lines: list[Content] = []
        for number, block in enumerate(self.blocks):
            if number and not (block.is_item and self.blocks[number - 1].is_item):
                lines.append(Content())
            lines += block.lines(width)
        return [*lines, Content()] if lines else []

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many rows as there are lines."""
        return len(self.lines(width))

    def render(self) -> Content:
        """Draw the lines."""
        return Content("\n").join(self.lines(self.size.width))
