"""The style sheet that remembers gives what Textual's own gives, after whatever happened to the widgets."""

from pathlib import Path
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.containers import Container, Horizontal
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.widget import Widget
from textual.widgets import Button, Input, Label, Static

from makemore_tui.app import MakemoreApp
from makemore_tui.known_styles import KnownStyles
from tests.tui.conftest import settle


class Part(Widget, can_focus=True):
    COMPONENT_CLASSES = {"part--ink"}
    DEFAULT_CSS = """
    Part {
        height: 1;
        & > .part--ink { color: red; }
        &:focus > .part--ink { color: blue; }
        &.-loud > .part--ink { text-style: bold; }
    }
    """


class Sheet(App[None]):
    CSS = """
    #first Part { color: green; }
    #second > Part { color: yellow; }
    .-loud Part { text-style: bold; }
    Container:focus-within Label { text-style: italic; }
    Container:disabled Label { color: grey; }
    Label:first-child { background: red; }
    Label:last-child { background: blue; }
    Horizontal:last-child Static { color: red; }
    Static:even { color: white; }
    * { opacity: 90%; }
    Screen.-other #second Part.-loud { background: purple; }
    """

    def __init__(self, sheet: type[KnownStyles] = KnownStyles) -> None:
        super().__init__()
        self.stylesheet = sheet(variables=self.get_css_variables())

    def compose(self) -> ComposeResult:
        for name in ("first", "second"):
            with Container(id=name):
                yield Label("a")
                yield Part()
                yield Part(classes="-loud")
                yield Label("b")
        yield Horizontal(Static("a"), Static("b"))
        yield Horizontal(Static("c"), Static("d"))
        yield Input()
        yield Button("e")


class Checked(KnownStyles):
    """After each widget that is styled, compares with what Textual does."""

    count = 0
    plain: Stylesheet | None = None
    """Textual's own with the same rules, which it sorts once."""

    def apply(self, node: DOMNode, **options: Any) -> None:
        super().apply(node, **options)
        remembered = styles_of(node)
        if self.plain is None or self.plain._rules is not self.rules:
            self.plain = Stylesheet(variables=self._variables)
            self.plain._rules = self.rules
        self.plain.apply(node)
        assert remembered == styles_of(node), node
        self.count += 1


def styles_of(node: DOMNode) -> tuple[Any, ...]:
    return (
        dict(node.styles.base._rules),
        {name: styles.get_rules() for name, styles in node._component_styles.items()},
        (node._has_hover_style, node._has_focus_within, node._has_order_style, node._has_odd_or_even),
    )


async def test_styles_are_those_of_textual_after_every_change() -> None:
    app = Sheet(Checked)
    async with app.run_test(size=(80, 40)) as pilot:
        for part in app.query(Part):
            part.focus()
            await pilot.pause()
        app.query_one("#first").add_class("-loud")
        app.query_one("#first").disabled = True
        app.query_one("#first").disabled = False
        app.screen.add_class("-other")
        await app.query_one("#second").mount(Label("c"), Part())
        await app.mount(Horizontal(Static("e"), Static("f")), Horizontal(Static("g")))
        await app.query_one("#second Label").remove()
        await pilot.hover(Button)
        app.theme = "textual-light"
        await pilot.pause()
        assert isinstance(app.stylesheet, Checked) and app.stylesheet.count > 100


async def test_a_standing_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[DOMNode] = []
    app = Sheet()
    async with app.run_test() as pilot:
        app.query_one(Input).focus()
        await pilot.pause()
        app.query_one(Button).focus()
        await pilot.pause()
        matching = Stylesheet._check_rule

        def match(rule: RuleSet, path: list[DOMNode]) -> Any:
            tried.append(path[-1])
            return matching(rule, path)

        monkeypatch.setattr(Stylesheet, "_check_rule", staticmethod(match))
        app.query_one(Input).focus()
        await pilot.pause()
        assert app.query_one(Input).has_focus and not tried
        app.query_one(Input).add_class("-of-no-rule")
        app.query_one("#first").query_one(Part).add_class("-loud")
        assert not tried  # another part stands in the same way
        app.screen.add_class("-other")
        assert tried


async def test_the_panes_look_as_textual_styles_them(tmp_path: Path) -> None:
    items = tmp_path / "few.txt"
    items.write_text("emma\nolivia\nava\nmia\n")
    app = MakemoreApp(str(items))
    assert type(app.stylesheet) is KnownStyles
    app.stylesheet = Checked(variables=app.get_css_variables())
    async with app.run_test(size=(120, 40)) as pilot:
        for key in ("f1", "f2", "f3", "f4", "f5", "f1", "question_mark"):
            await pilot.press(key)
            await settle(pilot)
            await pilot.press("tab")
        assert app.stylesheet.count > 100
