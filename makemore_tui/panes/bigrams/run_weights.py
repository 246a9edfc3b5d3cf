"""The weights of the selected run, read again when a newer checkpoint is there."""

from dataclasses import dataclass
from pathlib import Path

from makemore_core.bigrams import count_bigrams
from makemore_core.corpus import Corpus
from makemore_core.errors import MakemoreError
from makemore_core.training.config import TrainConfig, content_hash
from makemore_tui.panes.bigrams.tables import CountTable, ModelShares


@dataclass(frozen=True, eq=False)
class RunMap:
    """What is known of the selected run as a map. Where there is no `model`, `note` says why in one line."""

    run: str
    note: str
    live: bool = False
    """Whether more is to come: the run goes on."""
    model: ModelShares | None = None
    step: int = 0
    """The step of the checkpoint."""
    learnt: CountTable | None = None
    """The counts of what the run learns from: its train side; None where its list is not the one at hand."""


class RunWeights:
    """Reads one run. `poll` is for a worker; it reads tensors only when the checkpoint has changed."""

    def __init__(self, run: str, home: Path, corpus: Corpus) -> None:
        self.run, self.home, self.corpus = run, home, corpus
        self._learnt: CountTable | None = None
        self._seen: tuple[Path, int] | None = None
        self._model: ModelShares | None = None
        self._reader: object | None = None

    def poll(self) -> RunMap:
        """The run as it is now."""
        try:
            return self._poll()
        except MakemoreError as error:
            return RunMap(self.run, str(error), live=True)

    def _poll(self) -> RunMap:
        from makemore_core.runs.checkpoints import find_checkpoint, read_tensors_numpy
        from makemore_core.runs.folder import find_run
        from makemore_core.runs.view import RunReader

        folder = find_run(self.run, self.home)
        config = folder.read_config()
        if config.type != "bigram":
            return RunMap(self.run, f"{self.run} is of type {config.type}: this map is for runs of type bigram.")
        if config.data.characters != self.corpus.vocabulary.characters:
            return RunMap(self.run, f"{self.run} was trained on {config.data.name}, whose characters differ.")
        if self._reader is None:
            self._reader = RunReader(folder)
            self._learnt = self._count(config)
        assert isinstance(self._reader, RunReader)
        view = self._reader.poll()
        live = view.state.is_live
        if not list(folder.checkpoints.glob("*.safetensors")):
            return RunMap(self.run, f"{self.run} is {view.state}: no weights have been saved yet.", live=live)
        checkpoint = find_checkpoint(folder, "last")
        seen = checkpoint.path, checkpoint.modified
        if seen != self._seen or self._model is None:
            self._model = ModelShares(read_tensors_numpy(folder, checkpoint.name)["weight"])
            self._seen = seen
        steps = f"step {checkpoint.step:,} of {view.max_steps:,}"
        return RunMap(self.run, f"{self.run} {view.state} · {steps}", live, self._model, checkpoint.step, self._learnt)

    def _count(self, config: TrainConfig) -> CountTable | None:
        if config.data.content != content_hash(self.corpus):
            return None
        return CountTable(count_bigrams(self.corpus, config.split.sides(self.corpus).train))
