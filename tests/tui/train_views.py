"""Runs made up by hand for the tests of the Train pane: snapshots with fixed numbers, and an engine that gives them."""

from pathlib import Path
from types import MappingProxyType

import numpy as np

from makemore_core.corpus import Corpus, corpus_from_bytes
from makemore_core.runs.deleting import Weight
from makemore_core.runs.forking import ForkStart
from makemore_core.runs.listing import RunSummary
from makemore_core.runs.snapshot import RunEvent, RunSample, RunView, SampleSet, Series
from makemore_core.runs.status import RunState
from makemore_core.training.config import DataConfig, TrainConfig
from makemore_tui.panes.train.origin import Origin

ITEMS = ["emma", "olivia", "ava", "isabella", "sophia", "charlotte", "mia", "amelia", "harper", "evelyn"]


def small_corpus() -> Corpus:
    return corpus_from_bytes("\n".join(ITEMS).encode(), name="ten names", source="-")


def a_config(**changes) -> TrainConfig:
    values = {
        "type": "bigram",
        "model": {"init_std": 1.0},
        "data": DataConfig.of(small_corpus()),
        "optimizer": "sgd",
        "learning_rate": 50.0,
        "max_steps": 2000,
        **changes,
    }
    return TrainConfig.model_validate(values)


def a_view(step: int = 1240, state: str = "running", **changes) -> RunView:
    """A run of 2,000 steps as it stands at `step`."""
    config = a_config()
    steps = np.arange(1, step + 1)
    noise = np.random.default_rng(7).normal(size=2000)[:step] * 0.06
    curve = 2.0 + 1.6 * np.exp(-steps / 120)
    looks = np.arange(0, step + 1, 100)
    dev = 2.06 + 1.6 * np.exp(-looks / 120) + np.where(looks > 900, (looks - 900) / 30_000, 0)
    series = {
        "loss": Series(steps, curve + noise),
        "train_nll": Series(looks, 2.0 + 1.6 * np.exp(-looks / 120)),
        "dev_nll": Series(looks, dev),
        "learning_rate": Series(steps, np.full(step, 50.0)),
        "gradient_norm": Series(steps, np.full(step, 0.0843)),
    }
    sets = tuple(
        SampleSet(
            made,
            tuple(
                RunSample(text, 2.1, text in ITEMS, False, False, True)
                for text in ("mora", "emma", "kayah", "see", "ava", "laorethan", "endraeganorielle", "shi", "mia", "x")
            ),
        )
        for made in range(0, step + 1, 500)
    )
    events = (
        RunEvent(1, 1_700_000_000.0, 0, "started", MappingProxyType({})),
        RunEvent(2, 1_700_000_003.0, 500, "learning_rate", MappingProxyType({"value": 25.0})),
        RunEvent(3, 1_700_000_004.5, 812, "saved", MappingProxyType({})),
    )
    values = {
        "name": "bigram-1",
        "type": "bigram",
        "state": RunState(state),
        "reason": "",
        "step": step,
        "max_steps": 2000,
        "seconds": 17.4,
        "steps_per_second": 71.2,
        "tokens_per_step": 32 * 6.9,
        "memory": 211_800_000,
        "parameters": 256,
        "heartbeat_age": 0.1,
        "config": config,
        "series": MappingProxyType(series if step else {}),
        "samples": sets if step else (),
        "events": events if step else (),
        **changes,
    }
    return RunView(**values)


def a_summary(name: str, state: str, **changes) -> RunSummary:
    values = {
        "name": name,
        "path": Path("/runs") / name,
        "type": "bigram",
        "data": "names.txt",
        "state": RunState(state),
        "reason": "",
        "step": 1240,
        "max_steps": 2000,
        "seconds": 17.0,
        "steps_per_second": 71.0,
        "created": 1_700_000_000.0,
        "parameters": 729,
        "train_nll": 2.4521,
        "dev_nll": 2.4633,
        **changes,
    }
    return RunSummary(**values)


def all_states() -> list[RunSummary]:
    """A run in each state."""
    return [
        a_summary("bigram-1", "running"),
        a_summary("bigram-2", "paused", step=12, train_nll=3.1, dev_nll=3.1201),
        a_summary("bigram-3", "starting", step=0, train_nll=None, dev_nll=None),
        a_summary("long-name-of-a-run-that-goes-on", "finished", step=2000),
        a_summary("bigram-5", "stopped", reason="as asked"),
        a_summary("bigram-6", "failed", reason="diverged: the loss is not a number at step 12"),
        a_summary("bigram-7", "died", reason="its process (4711 on box) is gone without a word: see process.log"),
        a_summary(
            "old", "unreadable", reason="/runs/old/config.json: the settings cannot be read", step=0, max_steps=0
        ),
    ]


class StandInReader:
    """Gives the snapshots in turn, the last one for ever."""

    def __init__(self, views: list[RunView]) -> None:
        self.views = list(views)
        self.polls = 0
        self.closed = False

    def poll(self) -> RunView:
        self.polls += 1
        return self.views.pop(0) if len(self.views) > 1 else self.views[0]

    def close(self) -> None:
        self.closed = True


class StandInEngine:
    """Runs that live nowhere: what the pane asks for is noted in `asked`."""

    def __init__(self, home: Path, views: list[RunView] | None = None, runs: list[RunSummary] | None = None) -> None:
        self.home = home
        self.read_only = False
        self.views = [a_view()] if views is None else views
        self.listed = [] if runs is None else runs
        self.others: dict[str, list[RunView]] = {}
        """The snapshots of runs by name; all others have `views`."""
        self.asked: list[tuple[object, ...]] = []
        self.error: Exception | None = None
        self.at_once = 1
        self.config = a_config()
        self.starts = (ForkStart("best", 900, 50.0), ForkStart("last", 1240, 25.0), ForkStart("step-000100", 100, 50.0))
        self.readers: list[StandInReader] = []

    def runs(self) -> list[RunSummary]:
        return list(self.listed)

    def reader(self, name: str) -> StandInReader:
        self._note("reader", name)
        self.readers.append(StandInReader(self.others.get(name, self.views)))
        return self.readers[-1]

    def warm_up(self) -> None:
        self.asked.append(("warm_up",))

    def cool_down(self) -> None:
        self.asked.append(("cool_down",))

    def start(self, config, corpus, name) -> str:
        self._note("start", config, name)
        return name or "bigram-1"

    def sweep(self, configs, varied, corpus, name) -> str:
        self._note("sweep", tuple(configs), tuple(varied), name)
        return name or "sweep-1"

    def parallel(self) -> int:
        return self.at_once

    def set_parallel(self, number) -> None:
        self._note("set_parallel", number)
        self.at_once = number

    def put_first(self, name) -> None:
        self._note("put_first", name)

    def origin(self, name, *, for_fork=False) -> Origin:
        self._note("origin", name, for_fork)
        return Origin(name, self.config, self.starts if for_fork else ())

    def fork(self, wanted) -> str:
        self._note("fork", wanted)
        return wanted.name or "bigram-9"

    def resume(self, name) -> None:
        self._note("resume", name)

    def send(self, name, command, value=None) -> None:
        self._note("send", name, command, value)

    def extend(self, name, max_steps) -> bool:
        self._note("extend", name, max_steps)
        return True

    def rename(self, name, new) -> str:
        self._note("rename", name, new)
        return new

    def note(self, name, text) -> bool:
        self._note("note", name, text)
        return True

    def weigh(self, name) -> Weight:
        self._note("weigh", name)
        return Weight(12, 3_400_000)

    def delete(self, name) -> Weight:
        self._note("delete", name)
        return Weight(12, 3_400_000)

    def _note(self, *what: object) -> None:
        self.asked.append(what)
        if self.error is not None:
            raise self.error
