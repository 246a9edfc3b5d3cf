"""What the tests of the look inside share: runs of small networks, and a screen that is opened on one."""

from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Static

from makemore_core.corpus import Corpus, corpus_from_bytes
from makemore_core.models.registry import load_family
from makemore_core.runs.checkpoints import snapshot_name, write_checkpoint
from makemore_core.runs.folder import RunFolder
from makemore_core.training.checkpoint import weights_alone
from makemore_core.training.loop import Training
from makemore_tui.messages import Moment, MomentChosen
from makemore_tui.panes.inside import open_inside
from makemore_tui.panes.inside.pane import InsidePane
from makemore_tui.panes.inside.screen import InsideScreen
from makemore_tui.panes.sample.choice import SourceChoice
from makemore_tui.panes.sample.engine import open_choice
from makemore_tui.widgets.note_line import NoteLine
from tests.core.learning import TINY
from tests.core.runs.making import make_run
from tests.tui.conftest import PaneApp, settle

CORPUS: Corpus = corpus_from_bytes(b"emma\nolivia\nava\nmia\nisabella\nsophia\n", name="six.txt", source="six.txt")
SMALL = {**TINY, "context": 8, "embedding": 8, "hidden": 24}


def make_network(home: Path, family: str, *steps: int, **changes: Any) -> RunFolder:
    """A run of a small network: its first weights as `best`, and those after so many steps as snapshots."""
    fields = load_family(family).Settings.model_fields
    sizes = {name: value for name, value in {**SMALL, **changes}.items() if name in fields}
    folder = make_run(home, CORPUS, f"{family}-1", type=family, model=sizes, max_steps=20)
    config = folder.read_config()
    training = Training(config, CORPUS, config.split.sides(CORPUS))
    write_checkpoint(folder, "best", weights_alone(training))
    for step in steps:
        while training.step < step:
            training.update()
        write_checkpoint(folder, snapshot_name(step), weights_alone(training))
    return folder


class InsideApp(PaneApp):
    """A bare app on which the look inside is opened; notes the moments that it announces, and where it ended."""

    def __init__(self, home: Path, choice: SourceChoice, text: str = "emma", **options: Any) -> None:
        super().__init__(lambda: Static("below"), home, options.pop("look", None))
        self.choice, self.text, self.options = choice, text, options
        self.moments: list[Moment | None] = []
        self.ended: list[Moment | None] = []

    def on_mount(self) -> None:
        opened = open_choice(self.choice, CORPUS, self.runs_home)
        options = {"corpus": CORPUS, "closed": self.ended.append, **self.options}
        open_inside(self, opened, self.text, home=self.runs_home, **options)

    def on_moment_chosen(self, message: MomentChosen) -> None:
        self.moments.append(message.moment)


def of_run(home: Path, name: str, text: str = "emma", **options: Any) -> InsideApp:
    return InsideApp(home, SourceChoice("run", run=name), text, **options)


class Inside:
    """The screen, with what a test wants to know of it."""

    def __init__(self, pilot: Pilot[Any]) -> None:
        self.pilot = pilot
        screen = pilot.app.screen
        assert isinstance(screen, InsideScreen)
        self.pane: InsidePane = screen.pane

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)
            await settle(self.pilot)

    def line(self, name: str) -> str:
        return self.pane.query_one(f"#{name}", NoteLine).text
