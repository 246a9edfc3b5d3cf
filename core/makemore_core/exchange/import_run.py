"""An ordinary run from weights that makemore.py saved: finished, measured, and ready to be sampled or trained on."""

from pathlib import Path

from makemore_core.corpus import Corpus
from makemore_core.errors import ExchangeError
from makemore_core.exchange.makemore_py import MakemoreModel
from makemore_core.presets.makemore import SEED, SPLIT, TRAINING
from makemore_core.reading import shown
from makemore_core.runs.checkpoints import write_checkpoint
from makemore_core.runs.folder import create_run
from makemore_core.runs.paths import RunFolder
from makemore_core.runs.store import Store
from makemore_core.training import checkpoint
from makemore_core.training.config import TrainConfig, default_config
from makemore_core.training.loop import Training
from makemore_core.training.recorder import Recorder


def import_run(
    found: MakemoreModel,
    corpus: Corpus,
    home: Path,
    *,
    name: str | None = None,
    seed: int = SEED,
    steps: int = 0,
) -> RunFolder:
    """Make a finished run of a model on the list that it was trained on.

    `seed` is makemore.py's, which decides the split; `steps` is how many the model has made, where that is known. The
    settings of training are makemore.py's: given more steps, the run goes on from these weights with a new optimiser.
    Its losses are measured here, on all items. Raises ExchangeError where the vocabulary is another one, and what
    `create_run` raises.
    """
    if found.model.vocab_size != corpus.vocabulary.size:
        raise ExchangeError(
            f"{shown(found.path)} knows {found.model.vocab_size - 1} characters, and {corpus.name} has "
            f"{corpus.vocabulary.size - 1}: name the list that it was trained on"
        )
    config = _config(found, corpus, seed, steps)

    def fill(folder: RunFolder) -> None:
        training = Training(config, corpus, config.split.sides(corpus))
        training.model.load_tensors(dict(found.model.state_dict()))
        training.step = steps
        _record(folder, training, found)

    return create_run(config, corpus, home, name, fill=fill)


def length_note(found: MakemoreModel, corpus: Corpus) -> str | None:
    """What speaks against this list: makemore.py gives a model as many places as the longest item needs."""
    context, longest = found.model.context, int(corpus.lengths.max())
    if found.type not in ("mlp", "bow", "transformer") or context is None or context == longest + 1:
        return None
    return (
        f"{shown(found.path)} was made for items of up to {context - 1} characters, and the longest of {corpus.name} "
        f"has {longest}: is it the list that it was trained on?"
    )


def _config(found: MakemoreModel, corpus: Corpus, seed: int, steps: int) -> TrainConfig:
    """makemore.py's settings of training, around this model."""
    training = {**TRAINING, "seed": seed, "max_steps": steps}
    model = found.model.settings.model_dump()
    return default_config(found.type, corpus, model=model, split={**SPLIT, "seed": seed}, **training)


def _record(folder: RunFolder, training: Training, found: MakemoreModel) -> None:
    """Write the store and the checkpoints as the end of a training would."""
    with Store(folder.database) as store:
        store.claim()
        store.event("imported", training.step, source=found.path.name)
        recorder = Recorder(store, training, 0.0)
        losses = training.evaluate(at_end=True)
        recorder.record(losses)
        if training.best_step is not None:
            recorder.tell_best(losses)
        recorder.record(training.sample())
        best = checkpoint.best_weights(training)
        for name, data in (
            ("best", best),
            ("final", checkpoint.weights_alone(training)),
            ("last", checkpoint.whole_state(training, 0.0)),
        ):
            if data is not None:
                write_checkpoint(folder, name, data)
        store.beat("finished", step=training.step)
        store.settle()
