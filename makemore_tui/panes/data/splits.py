"""What the splits hold, and how many of the held-out items also stand in train."""

from textwrap import wrap

from textual.app import ComposeResult
from textual.containers import Container

from makemore_core.corpus import Corpus
from makemore_core.splits import SplitKind
from makemore_tui.panes.data.analysis import SIDES, SplitSummary
from makemore_tui.panes.data.panel import SnugRows
from makemore_tui.panes.data.sources import Items
from makemore_tui.widgets.bar_list import lying_bar
from makemore_tui.widgets.choices import Choice, Choices
from makemore_tui.widgets.pick_list import Nothing, PickList
from makemore_tui.widgets.rows import Row, right, span


class SplitRows(SnugRows):
    """Sizes of the sides, and in words what they mean."""

    COMPONENT_CLASSES = {"splits--leak"}

    DEFAULT_CSS = """
    SplitRows { & > .splits--leak { color: $text-warning; text-style: bold; } }
    """

    summary: SplitSummary | None = None

    def show(self, summary: SplitSummary | None) -> None:
        """Take a split, or None while it is being counted."""
        self.summary = summary
        self.say()

    def draw(self, width: int, height: int) -> list[Row]:
        """The table, and under it the words."""
        if self.summary is None:
            return [[span("counting", self.inks.muted)]]
        leak = self.get_component_rich_style("splits--leak")
        head, *table = table_lines(self.summary)
        rows: list[Row] = [[span(head, self.inks.muted)]]
        for line, count in zip(table, self.summary.items, strict=True):
            bar = lying_bar(count / sum(self.summary.items), width - len(head) - 4, ascii=self.look.ascii)
            rows.append([span(line), span(f"   {bar}", self.inks.after)])
        rows.append([])
        leaks = has_leaks(self.summary)
        rows += [[span(line, leak if leaks else self.inks.plain)] for line in _wrap(leak_words(self.summary), width)]
        rows += [[span(line, self.inks.muted)] for line in _wrap(kind_words(self.summary), width)]
        title = "held out, and also in train:" if leaks else "held out:"
        return [*rows, [], [span(title, self.inks.muted)]]


class SplitsPanel(Container):
    """The choice of a split, what it holds, and the held-out items that a model has already seen in train."""

    DEFAULT_CSS = """
    SplitsPanel { & > PickList { height: 1fr; } }
    """

    def __init__(self) -> None:
        super().__init__(classes="panel", id="splits")
        self.border_title = "splits"
        self.border_subtitle = "k another split"

    def compose(self) -> ComposeResult:
        """The choice, the numbers, the leaked items."""
        yield Choices(tuple(Choice(kind, kind) for kind in SplitKind), focusable=True, id="kinds")
        yield SplitRows()
        yield PickList(Nothing(), id="leaked")

    @property
    def kind(self) -> SplitKind:
        """The split that is chosen."""
        return SplitKind(self.query_one("#kinds", Choices).current)

    def choose_next(self) -> None:
        """Choose the next split."""
        self.query_one("#kinds", Choices).action_step(1)

    def show(self, corpus: Corpus | None, summary: SplitSummary | None) -> None:
        """Take what the chosen split holds; None while it is being counted."""
        self.query_one(SplitRows).show(summary)
        leaked = self.query_one("#leaked", PickList)
        if corpus is None or summary is None:
            leaked.show(Nothing())
        else:
            leaked.show(Items(corpus, summary.leaked if has_leaks(summary) else summary.held_out, summary))


def table_lines(summary: SplitSummary) -> list[str]:
    """The sizes of the sides: a head, and a line for each."""
    leakage = summary.leakage
    seen = ("", _share(leakage.dev_in_train, leakage.dev_items), _share(leakage.test_in_train, leakage.test_items))
    items = [f"{count:,}" for count in summary.items]
    bigrams = [f"{count:,}" for count in summary.bigrams]
    lines = [("", "items", "bigrams", "in train"), *zip(SIDES, items, bigrams, seen, strict=True)]
    first, second = (max(len(line[place]) for line in lines) + 2 for place in (1, 2))
    return [f"{name:<5}{right(one, first)}{right(two, second)}{right(last, 13)}" for name, one, two, last in lines]


def has_leaks(summary: SplitSummary) -> bool:
    """Whether a held-out item also stands in train."""
    return summary.leakage.dev_in_train + summary.leakage.test_in_train > 0


def leak_words(summary: SplitSummary) -> str:
    """How many held-out items stand in train, in plain words."""
    leakage = summary.leakage
    dev = f"{leakage.dev_in_train:,} of {leakage.dev_items:,} dev items"
    test = f"{leakage.test_in_train:,} of {leakage.test_items:,} test items"
    if not leakage.test_items:
        return "Too few items: nothing is held out."
    if not has_leaks(summary):
        return "No held-out item also stands in train."
    both = test if summary.dev_is_test else f"{dev} and {test}"
    return f"Leak: {both} also stand in train. A model that knows them by heart looks better than it is."


def kind_words(summary: SplitSummary) -> str:
    """How the split is made."""
    words = {
        SplitKind.DISJOINT: "Repeats of an item all fall on the same side: 80, 10 and 10%.",
        SplitKind.LECTURE: "One shuffle, as in the lecture: 80, 10 and 10%, repeats anywhere.",
        SplitKind.MAKEMORE: "As in makemore.py: test is 10%, at most 1,000, and dev is test.",
    }
    return f"{words[summary.kind]} Seed {summary.seed}."


def _wrap(text: str, width: int) -> list[str]:
    return wrap(text, max(width, 1))


def _share(part: int, whole: int) -> str:
    return f"{part:,}, {part / whole:.1%}" if whole else "0"
