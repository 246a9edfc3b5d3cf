"""Run folders for tests, and waiting for processes without timing them."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from makemore_core.corpus import Corpus
from makemore_core.runs.folder import RunFolder, create_run
from makemore_core.runs.snapshot import RunView
from makemore_core.runs.view import RunReader
from makemore_core.training.config import DataConfig, TrainConfig, make_config
from tests.core.models import small_corpus

PATIENCE = 120.0
"""A deadline in seconds that no working machine reaches: a test that meets it has failed, not been slow."""


def small_config(corpus: Corpus, **changes: Any) -> TrainConfig:
    """Settings of a neural bigram, made without torch."""
    return make_config({"type": "bigram", "data": DataConfig.of(corpus), "max_steps": 10, **changes})


def make_run(home: Path, corpus: Corpus | None = None, name: str | None = None, **changes: Any) -> RunFolder:
    """A new run on a few names."""
    corpus = corpus or small_corpus()
    return create_run(small_config(corpus, **changes), corpus, home, name)


def wait_for(folder: RunFolder, is_done: Callable[[RunView], bool]) -> RunView:
    """Poll a run until a condition holds."""
    reader = RunReader(folder)
    deadline = time.monotonic() + PATIENCE
    while not is_done(view := reader.poll()):
        assert time.monotonic() < deadline, f"{view.state} {view.reason} at step {view.step}"
        time.sleep(0.02)
    reader.close()
    return view
