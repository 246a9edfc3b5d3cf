"""A style sheet that remembers which rules hold for what stands where, as most widgets stand as others do.

Textual finds the rules of a widget by trying every selector that may concern it against the path from the app down to
it, again for each widget at each change of focus or classes, and for each of its component classes. That is half of
what it takes to open a pane. What comes of it depends alone on the types, ids, classes and pseudo classes along the
path: its *standing*. Here each standing is looked at once.
"""

from dataclasses import InitVar, dataclass, field
from typing import Any, cast
from weakref import WeakKeyDictionary

from textual.cache import LRUCache
from textual.css.model import RuleSet, SelectorType
from textual.css.styles import RulesMap
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode

SOURCES = 1024
"""Widgets whose style sheets stay parsed. Textual's 64 are fewer than there are here: it parses all when one comes."""

SYSTEM = "-textual-system"
"""The class that keeps `*` off."""

OF_PLACE = frozenset({"first-of-type", "last-of-type", "first-child", "last-child", "odd", "even", "empty"})
"""Pseudo classes that may change while siblings are being mounted."""

FLAGS = ("_has_hover_style", "_has_focus_within", "_has_order_style", "_has_odd_or_even")
"""What Textual notes on a widget about the rules that may concern it."""

Standing = int
"""A number for all that selectors can see of a widget and of what is around it."""


@dataclass(frozen=True)
class Found:
    """What holds for one standing."""

    rules: RulesMap | None
    """None where no selector matches."""
    flags: tuple[bool, ...]


@dataclass(frozen=True)
class Set:
    """What was last set on a widget."""

    known: "Known"
    standing: Standing
    rules: RulesMap | None
    """As the widget has them; None while they may be on their way."""


@dataclass(eq=False)
class Known:
    """What was found with one set of rules."""

    rules: InitVar[list[RuleSet]]
    classes: set[str] = field(default_factory=lambda: {SYSTEM})
    """The classes that some selector names; no others count."""
    ids: set[str] = field(default_factory=set)
    pseudo: dict[str, set[str]] = field(default_factory=dict)
    """The pseudo classes that selectors ask for, by the type, `.class` or `#id` that they ask it of; "" asks all."""
    seen: dict[object, tuple[str, ...]] = field(default_factory=dict)
    """The pseudo classes to look at, by what a node is apart from them."""
    standings: dict[object, Standing] = field(default_factory=dict)
    found: dict[Standing, Found] = field(default_factory=dict)

    def __post_init__(self, rules: list[RuleSet]) -> None:
        for rule in rules:
            for selectors in rule.selector_set:
                for selector in selectors.selectors:
                    asked_of = ""
                    if selector.type is SelectorType.TYPE:
                        asked_of = selector.name
                    elif selector.type is SelectorType.CLASS:
                        asked_of = f".{selector.name}"
                        self.classes.add(selector.name)
                    elif selector.type is SelectorType.ID:
                        asked_of = f"#{selector.name}"
                        self.ids.add(selector.name)
                    if selector.pseudo_classes:
                        self.pseudo.setdefault(asked_of, set()).update(selector.pseudo_classes)

    def standing(self, node: DOMNode, parent: Standing | None) -> tuple[Standing, bool]:
        """The standing of a node below a parent of this standing, and whether it stays so while others are mounted."""
        names = node._css_type_names
        classes = frozenset(node._classes & self.classes)
        own = (names, frozenset(node._css_types), node._id if node._id in self.ids else None, classes)
        if (asked := self.seen.get(own)) is None:
            keys = ("", *names, *(f".{name}" for name in classes), f"#{node._id}")
            asked = self.seen[own] = tuple(sorted(set().union(*(self.pseudo.get(key, ()) for key in keys))))
        checks = cast("dict[str, Any]", node._PSEUDO_CLASSES)
        true = tuple(name for name in asked if name in checks and checks[name](node))
        standing = self.standings.setdefault((parent, own, true), len(self.standings))
        return standing, OF_PLACE.isdisjoint(asked)


class KnownStyles(Stylesheet):
    """Gives each widget the styles that `Stylesheet` gives it."""

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._parse_cache = LRUCache(SOURCES)
        self._known = Known([])
        self._known_of: list[RuleSet] = []
        self._group: object = None
        """The cache of the nodes that Textual styles in one go."""
        self._stand: dict[DOMNode, Standing] = {}
        """The standing of nodes met in this go."""
        self._above: tuple[DOMNode | None, Standing] = (None, 0)
        """The node whose component classes are being styled."""
        self._replaced: dict[DOMNode, RulesMap] = {}
        self._set: WeakKeyDictionary[DOMNode, Set] = WeakKeyDictionary()

    def apply(
        self, node: DOMNode, *, animate: bool = False, cache: "dict[tuple[Any, ...], RulesMap] | None" = None
    ) -> None:
        """Give a node its styles. `cache` is of all nodes that are styled in one go."""
        if (rules := self.rules) is not self._known_of:
            self._known, self._known_of, self._group = self.known(rules), rules, None
        if cache is not None and cache is not self._group:
            self._group, self._stand = cache, {}
        known = self._known
        standing, _ = self._standing(node, self._stand if cache is not None else {})
        above, self._above = self._above, (node, standing)
        try:
            if (found := known.found.get(standing)) is None:
                super().apply(node, animate=animate)
                flags = tuple(getattr(node, flag) for flag in FLAGS)
                known.found[standing] = Found(self._replaced.get(node), flags)
            else:
                for flag, value in zip(FLAGS, found.flags, strict=True):
                    setattr(node, flag, value)
                if found.rules is not None:
                    self.replace_rules(node, found.rules, animate=animate)
                self._process_component_classes(node)
            if type(node) is not DOMNode and not self._stands_as(self._set.get(node)):
                rules_now = None if "transitions" in node.styles.base._rules else node.styles.base.get_rules()
                self._set[node] = Set(known, standing, rules_now)
        finally:
            self._replaced.pop(node, None)
            self._above = above

    def known(self, rules: list[RuleSet]) -> Known:
        """What is known of these rules."""
        return Known(rules)

    def _standing(self, node: DOMNode, stand: dict[DOMNode, Standing]) -> tuple[Standing, bool]:
        if (standing := stand.get(node)) is not None:
            return standing, True
        above, stays = node._parent, True
        parent: Standing | None = None
        if above is not None and above is self._above[0]:
            parent = self._above[1]
        elif isinstance(above, DOMNode):
            parent, stays = self._standing(above, stand)
        standing, place = self._known.standing(node, parent)
        if stays and place:
            stand[node] = standing
        return standing, stays and place

    def replace_rules(  # type: ignore[override]
        self, node: DOMNode, rules: RulesMap, animate: bool = False
    ) -> None:
        """Set the rules of a node; most have them already, and are only told that what is around them may differ."""
        self._replaced[node] = rules
        last = self._set.get(node)
        if self._stands_as(last) and last is not None and last.rules == node.styles.base._rules:
            node.notify_style_update()
            return
        super().replace_rules(node, rules, animate=animate)

    def _process_component_classes(self, node: DOMNode) -> None:
        if not self._stands_as(self._set.get(node)):
            super()._process_component_classes(node)

    def _stands_as(self, last: Set | None) -> bool:
        return last is not None and last.known is self._known and last.standing == self._above[1]
