"""The command that makes a new run from another's checkpoint."""

from collections.abc import Callable
from copy import copy
from typing import Annotated, Any, get_args

import typer
from typer.models import OptionInfo

from makemore_tui.cli import training
from makemore_tui.cli.options import AsJson, Run, Runs
from makemore_tui.cli.training import find

Checkpoint = Annotated[
    str, typer.Option("--checkpoint", metavar="NAME", help="Whose weights: best, last, final, or another that it has.")
]
# Options of `train` that would change the model: taken, so that the answer can say why not.
BlockSize = Annotated[int | None, typer.Option("--block-size", hidden=True)]
Layers = Annotated[int | None, typer.Option("--n-layer", hidden=True)]
Heads = Annotated[int | None, typer.Option("--n-head", hidden=True)]
Embedding = Annotated[int | None, typer.Option("--n-embd", hidden=True)]
Hidden = Annotated[int | None, typer.Option("--n-embd2", hidden=True)]


AS_IN_THE_RUN = "as in the run"
OWN = ("checkpoint", "settings", "name", "runs", "detach", "as_json")
"""The options that say what to do; all others are settings, which the run has already."""


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    _tell_defaults(fork)
    app.command()(fork)


def _tell_defaults(command: Callable[..., Any]) -> None:
    """Have the help say that a setting stays as it is: these are options of `train`, whose defaults do not hold."""
    for name, annotation in list(command.__annotations__.items()):
        kind, *notes = get_args(annotation) or (None,)
        if name in OWN or not (notes and isinstance(notes[0], OptionInfo)) or notes[0].hidden:
            continue
        option = copy(notes[0])
        option.show_default = AS_IN_THE_RUN
        command.__annotations__[name] = Annotated[kind, option]


def fork(
    run: Run,
    checkpoint: Checkpoint = "best",
    settings: training.Settings = None,
    dropout: training.Dropout = None,
    batch_by: training.BatchBy = None,
    batch_size: training.BatchSize = None,
    targets: training.Targets = None,
    max_steps: training.MaxSteps = None,
    patience: training.Patience = None,
    optimizer: training.Optimizer = None,
    learning_rate: training.LearningRate = None,
    weight_decay: training.WeightDecay = None,
    l2_mean: training.L2Mean = None,
    grad_clip: training.GradClip = None,
    ema: training.Ema = None,
    schedule: training.Schedule = None,
    warmup: training.Warmup = None,
    seed: training.Seed = None,
    eval_interval: training.EvalInterval = None,
    sample_interval: training.SampleInterval = None,
    diagnostics_interval: training.DiagnosticsInterval = None,
    snapshots: training.Snapshots = None,
    checkpoint_interval: training.CheckpointInterval = None,
    device: training.Device = None,
    threads: training.Threads = None,
    block_size: BlockSize = None,
    n_layer: Layers = None,
    n_head: Heads = None,
    n_embd: Embedding = None,
    n_embd2: Hidden = None,
    name: training.Name = None,
    runs: Runs = None,
    detach: training.Detach = False,
    as_json: AsJson = False,
) -> int:
    """Make a new run that goes on from a checkpoint of RUN with other settings.

    It counts the steps on from there, on the same list and split. What is not named stays as it is in RUN; from the
    checkpoint last, the optimiser and the random numbers go on as well. The model keeps its sizes.
    """
    others = ("run", "checkpoint", "settings", "name", "runs", "detach", "as_json")
    changes = {key: value for key, value in locals().items() if value is not None and key not in (*others, "others")}
    return _fork(run, runs, checkpoint, name, changes, settings or [], detach, as_json)


def _fork(
    run: str,
    runs: Any,
    checkpoint: str,
    name: str | None,
    changes: dict[str, Any],
    settings: list[str],
    detach: bool,
    as_json: bool,
) -> int:
    from makemore_core.runs.folder import check_name
    from makemore_core.runs.forking import fork_run
    from makemore_core.training.config import HYPERPARAMETERS
    from makemore_core.training.launch import start_run
    from makemore_tui.cli.following import Interrupts
    from makemore_tui.cli.train_options import parse_setting

    if name is not None:
        check_name(name)
    source = find(run, runs)
    model = {field: changes.pop(option) for option, field in HYPERPARAMETERS.items() if option in changes}
    model |= dict(parse_setting(text) for text in settings)
    # A run outside the folder of runs gets its fork beside it.
    folder = fork_run(source, source.path.parent, checkpoint=checkpoint, name=name, model=model, **changes)
    with Interrupts() as interrupts:
        process = start_run(folder)
        if not detach:
            return training.follow_run(folder, interrupts, as_json)
    del process  # it goes on without us
    return training.report_started(folder, as_json)
