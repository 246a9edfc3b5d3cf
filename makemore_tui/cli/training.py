"""The commands that train: train, resume, watch. `steering` has those for a run that goes on."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from makemore_core.models.registry import FAMILIES
from makemore_core.presets import PRESETS
from makemore_tui.cli.options import AsJson as AsJson
from makemore_tui.cli.options import Encoding as Encoding
from makemore_tui.cli.options import Interval
from makemore_tui.cli.options import ReadOnly as ReadOnly
from makemore_tui.cli.options import Run as Run
from makemore_tui.cli.options import Runs as Runs
from makemore_tui.completion import complete_list, complete_path, complete_run

if TYPE_CHECKING:
    from makemore_core.runs.folder import RunFolder

Detach = Annotated[bool, typer.Option("--detach", help="Start it and return at once.")]
MaxSteps = Annotated[int | None, typer.Option(help="Steps in all.")]
Patience = Annotated[
    int | None, typer.Option(help="Looks without a better dev loss that end it early; 0: none do.", show_default="0")
]
ListEncoding = Annotated[
    str | None, typer.Option("--encoding", metavar="NAME", help="The encoding of the file.", show_default="utf-8")
]
LearningRate = Annotated[float | None, typer.Option("-l", "--learning-rate", help="The highest learning rate.")]
NewRate = Annotated[float | None, typer.Option("-l", "--learning-rate", help="Use this learning rate from now on.")]

# The options of `train`; what is not given is left to the model's own defaults.
File = Annotated[
    str | None,
    typer.Argument(
        metavar="FILE",
        help="A list, one item on each line; @NAME: a built-in one; -: standard input.",
        show_default="@names",
        autocompletion=complete_list,
    ),
]
InputFile = Annotated[str | None, typer.Option("-i", "--input-file", metavar="FILE", help="The same as FILE.")]
Type = Annotated[
    str | None,
    typer.Option(
        help=f"The model: {', '.join(FAMILIES)}.",
        show_default="bigram",
        autocompletion=lambda incomplete: [name for name in FAMILIES if name.startswith(incomplete)],
    ),
]
PresetName = Annotated[
    str | None,
    typer.Option(
        "--preset",
        metavar="NAME",
        help=f"Settings whose numbers are known; other options change them: {', '.join(PRESETS)}.",
        autocompletion=lambda incomplete: [name for name in PRESETS if name.startswith(incomplete)],
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="A hyperparameter, as `types` lists them; may be repeated."),
]
ConfigFile = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Settings in TOML, named like these options.", autocompletion=complete_path),
]
Order = Annotated[int | None, typer.Option(help="counts, ngram, kneser-ney: characters in an n-gram.")]
Smoothing = Annotated[float | None, typer.Option(help="counts, ngram: added to every count.")]
BlockSize = Annotated[
    int | None,
    typer.Option(
        help="Characters that a prediction looks back at. transformer: longer items are learnt in pieces of so many."
    ),
]
Layers = Annotated[int | None, typer.Option(help="Layers or blocks.")]
Heads = Annotated[int | None, typer.Option(help="transformer: attentions side by side in a block.")]
Embedding = Annotated[int | None, typer.Option(help="Numbers that stand for a character.")]
Hidden = Annotated[int | None, typer.Option(help="Units of the hidden state or layers.")]
Dropout = Annotated[float | None, typer.Option(help="Share of units that a training step switches off.")]
SplitKind = Annotated[str | None, typer.Option(help="disjoint, lecture, makemore, or none: train on everything.")]
SplitSeed = Annotated[int | None, typer.Option(help="The seed of the split.")]
BatchBy = Annotated[str | None, typer.Option(help="What a step sees: items, positions, or all of the list.")]
BatchSize = Annotated[int | None, typer.Option("-b", "--batch-size", help="Items or positions in a step.")]
Targets = Annotated[
    str | None, typer.Option(help="next: as in the item drawn; expected after its beginning; or smoothed.")
]
Optimizer = Annotated[str | None, typer.Option(help="adamw, or sgd as in the lectures.")]
WeightDecay = Annotated[float | None, typer.Option("-w", "--weight-decay", help="Pulls every weight to 0.")]
L2Mean = Annotated[float | None, typer.Option(help="Times the mean square of each weight, added to the loss.")]
GradClip = Annotated[float | None, typer.Option(help="Gradients longer than this are shortened.")]
Ema = Annotated[float | None, typer.Option(help="Keep an average of the weights, of which a step leaves this share.")]
Schedule = Annotated[str | None, typer.Option(help="constant, linear, cosine or step.")]
Warmup = Annotated[int | None, typer.Option(help="Steps in which the learning rate rises.")]
Seed = Annotated[int | None, typer.Option(help="Of initial weights, batches and samples.")]
EvalInterval = Annotated[int | None, typer.Option(help="Steps between two looks at the loss.")]
SampleInterval = Annotated[int | None, typer.Option(help="Steps between two sets of samples.")]
CheckpointInterval = Annotated[
    int | None, typer.Option(help="Steps between two checkpoints.", show_default="about one a second")
]
DiagnosticsInterval = Annotated[
    int | None, typer.Option(help="Steps between two looks inside the network; 0: none.", show_default="200 at most")
]
Snapshots = Annotated[
    int | None, typer.Option(help="Steps whose weights are kept for looking back; 0: none.", show_default="24 at most")
]
Device = Annotated[str | None, typer.Option(help="auto, cpu, cuda, cuda:N or mps.", show_default="cpu")]
Threads = Annotated[int | None, typer.Option(help="Cores for one operation.")]
Name = Annotated[str | None, typer.Option(help="The name of the run.", show_default="the type and a number")]
ResumeRun = Annotated[
    str | None, typer.Option(metavar="RUN", help="Go on with this run instead.", autocompletion=complete_run)
]
Queued = Annotated[bool, typer.Option("--queue", help="Let it wait for its turn in the queue, and return at once.")]
Tensorboard = Annotated[bool, typer.Option("--tensorboard", help="Write event files for TensorBoard in its folder.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command()(train)
    app.command()(resume)
    app.command()(watch)


NOT_SETTINGS = ("file", "config", "settings", "resume", "tensorboard", "queue", "runs", "detach", "as_json")
"""The parameters of `train` that are no settings of a run."""


def train(
    file: File = None,
    type: Type = None,
    preset: PresetName = None,
    input_file: InputFile = None,
    encoding: ListEncoding = None,
    config: ConfigFile = None,
    settings: Settings = None,
    order: Order = None,
    smoothing: Smoothing = None,
    block_size: BlockSize = None,
    n_layer: Layers = None,
    n_head: Heads = None,
    n_embd: Embedding = None,
    n_embd2: Hidden = None,
    dropout: Dropout = None,
    split: SplitKind = None,
    split_seed: SplitSeed = None,
    batch_by: BatchBy = None,
    batch_size: BatchSize = None,
    targets: Targets = None,
    max_steps: MaxSteps = None,
    patience: Patience = None,
    optimizer: Optimizer = None,
    learning_rate: LearningRate = None,
    weight_decay: WeightDecay = None,
    l2_mean: L2Mean = None,
    grad_clip: GradClip = None,
    ema: Ema = None,
    schedule: Schedule = None,
    warmup: Warmup = None,
    seed: Seed = None,
    eval_interval: EvalInterval = None,
    sample_interval: SampleInterval = None,
    diagnostics_interval: DiagnosticsInterval = None,
    snapshots: Snapshots = None,
    checkpoint_interval: CheckpointInterval = None,
    device: Device = None,
    threads: Threads = None,
    name: Name = None,
    resume: ResumeRun = None,
    tensorboard: Tensorboard = False,
    queue: Queued = False,
    runs: Runs = None,
    detach: Detach = False,
    as_json: AsJson = False,
) -> int:
    """Train a model on a list.

    The training goes on in a process of its own and is followed here. ctrl-c stops it with everything saved; `resume`
    goes on. Closing the terminal does not stop it.
    """
    given = {key: value for key, value in locals().items() if value is not None}
    if resume is not None:
        _refuse_new_only(resume, given)
        return _resume(resume, runs, max_steps, patience, learning_rate, detach, as_json)
    return _train_new(given)


def _refuse_new_only(run: str, given: Mapping[str, Any]) -> None:
    """Refuse what is for new runs alone, where one is to go on."""
    from makemore_tui.cli.train_options import refuse_all_but

    if given["tensorboard"]:
        raise typer.BadParameter("--tensorboard is for a new run: one that has event files goes on with them")
    if given["queue"]:
        raise typer.BadParameter(f"a run that is there already is put into the queue with: queue {run}")
    config, settings = given.get("config"), given.get("settings")
    refuse_all_but({"max_steps", "patience", "learning_rate"}, _options(given), config, settings)


def _train_new(given: Mapping[str, Any]) -> int:
    """Make a run, and start it or put it into the queue."""
    from makemore_tui.cli.queueing import queue_run
    from makemore_tui.cli.train_options import Wanted

    wanted = Wanted.of(_options(given), given.get("config"), given.get("settings") or [])
    runs, as_json, tensorboard = given.get("runs"), given["as_json"], given["tensorboard"]
    if given["queue"]:
        return queue_run(wanted, runs, tensorboard=tensorboard, as_json=as_json)
    return _start(wanted, runs, given["detach"], as_json, tensorboard=tensorboard)


def _options(given: Mapping[str, Any]) -> dict[str, Any]:
    """Of all that a person gave, the settings and the list."""
    settings = {key: value for key, value in given.items() if key not in NOT_SETTINGS}
    return settings | one_file(given.get("file"), given.get("input_file"))


def one_file(file: str | None, input_file: str | None) -> dict[str, str]:
    """The list, which may be named in two ways."""
    if file is not None and input_file is not None:
        raise typer.BadParameter("FILE and --input-file mean the same: give one of them")
    return {} if file is None else {"input_file": file}


def _start(wanted: Any, runs: Path | None, detach: bool, as_json: bool, *, tensorboard: bool = False) -> int:
    """Make a run and follow it. Its process loads torch while the list is read."""
    from makemore_core.models.registry import find_family
    from makemore_core.runs.folder import check_name, create_run, runs_home
    from makemore_core.training.launch import WarmProcess
    from makemore_core.training.tensorboard import add_events, check_installed
    from makemore_tui.cli.following import Interrupts
    from makemore_tui.cli.reading import read_list_for_run

    if tensorboard:
        check_installed()
    find_family(wanted.type)
    if wanted.name is not None:
        check_name(wanted.name)
    with WarmProcess() as warm:
        corpus = read_list_for_run(wanted.source, wanted.encoding)
        fill = add_events if tensorboard else None
        folder = create_run(wanted.config(corpus), corpus, runs_home(runs), wanted.name, fill=fill)
        with Interrupts() as interrupts:
            process = warm.start(folder)
            if not detach:
                return follow_run(folder, interrupts, as_json)
    del process  # it goes on without us
    return report_started(folder, as_json)


def resume(
    run: Run,
    max_steps: MaxSteps = None,
    patience: Patience = None,
    learning_rate: NewRate = None,
    runs: Runs = None,
    detach: Detach = False,
    as_json: AsJson = False,
) -> int:
    """Go on with a run that is paused, was stopped, failed or died.

    With more --max-steps than it has made, also with one that has finished.
    """
    return _resume(run, runs, max_steps, patience, learning_rate, detach, as_json)


def _resume(
    run: str,
    runs: Path | None,
    max_steps: int | None,
    patience: int | None,
    learning_rate: float | None,
    detach: bool,
    as_json: bool,
) -> int:
    from makemore_core.errors import MakemoreError, RunError
    from makemore_core.runs.commands import send
    from makemore_core.runs.extending import change_end
    from makemore_core.runs.status import RunState, read_status
    from makemore_core.training.launch import start_run
    from makemore_tui.cli.following import Interrupts

    folder = find(run, runs)
    if learning_rate is not None:
        folder.read_config().changed(learning_rate=learning_rate)  # refuses it before anything is started
    state = read_status(folder.database).state
    if state is RunState.PAUSED and (max_steps is not None or patience is not None):
        raise RunError(
            f"{folder.name} is paused, and where it ends cannot be changed so: `makemore-tui stop {folder.name}` first"
        )
    with Interrupts() as interrupts:
        if state is RunState.PAUSED:
            send(folder, "resume")
        else:
            before = change_end(folder, max_steps, patience)
            try:
                start_run(folder)
            except MakemoreError:
                folder.write_config(before)
                raise
        if learning_rate is not None:
            send(folder, "learning_rate", learning_rate)
        if not detach:
            return follow_run(folder, interrupts, as_json)
    return report_started(folder, as_json)


def find(run: str, runs: Path | None) -> "RunFolder":
    """The run that a person named. Raises RunError."""
    from makemore_core.runs.folder import find_run, runs_home

    return find_run(run, runs_home(runs))


def follow_run(folder: "RunFolder", interrupts: Any, as_json: bool) -> int:
    """Show the progress until the run ends, then report. Raises RunError where it failed or died."""
    from makemore_core.errors import RunError
    from makemore_core.runs.status import RunState
    from makemore_tui.cli.errors import INTERRUPTED
    from makemore_tui.cli.following import follow, report, result_line
    from makemore_tui.cli.output import print_json

    view = follow(folder, interrupts)
    if view.state.is_live:
        typer.echo(f"{folder.name} is still stopping; `makemore-tui runs` shows where it stands", err=True)
        return INTERRUPTED
    if view.state not in (RunState.FINISHED, RunState.STOPPED):
        raise RunError(f"{folder.name} {view.state.said}: {view.reason}")
    if as_json:
        print_json(report(view))
    else:
        typer.echo(result_line(view))
    return INTERRUPTED if interrupts.count else 0


def report_started(folder: "RunFolder", as_json: bool) -> int:
    """Say that a run trains, and how it is watched."""
    from makemore_tui.cli.output import print_json

    if as_json:
        print_json({"run": folder.name, "path": str(folder.path)})
    else:
        typer.echo(f"{folder.name} is training; watch it with: makemore-tui watch {folder.name}")
    return 0


def watch(
    run: Run,
    plain: Annotated[bool, typer.Option("--plain", help="A line of progress in place of the app.")] = False,
    interval: Interval = None,
    read_only: ReadOnly = False,
    runs: Runs = None,
) -> int:
    """Watch a run in the app, or with --plain as a line until it ends. Leaving does not stop the run."""
    folder = find(run, runs)
    if plain or not sys.stdout.isatty():
        return _watch_plainly(folder)
    from makemore_tui.cli.start import check_terminal
    from makemore_tui.shell.terminal import leave_colours_out, prefers_ascii

    check_terminal("", named=True)
    leave_colours_out(os.environ)
    from makemore_tui.app import run_app

    corpus = folder.read_corpus()
    # A run outside the folder of runs is found beside its neighbours.
    return run_app(
        corpus.source,
        runs=folder.path.parent,
        watch=folder.name,
        corpus=corpus,
        ascii_only=prefers_ascii(os.environ),
        interval=interval,
        read_only=read_only,
    )


def _watch_plainly(folder: "RunFolder") -> int:
    from makemore_core.errors import RunError
    from makemore_core.runs.status import RunState
    from makemore_tui.cli.following import Interrupts, follow, result_line

    with Interrupts() as interrupts:
        view = follow(folder, interrupts, leave_at_interrupt=True, tell_evaluations=True)
    if view.state.goes_on:
        typer.echo(f"{folder.name} goes on; stop it with: makemore-tui stop {folder.name}", err=True)
        return 0
    if view.state in (RunState.FINISHED, RunState.STOPPED):
        typer.echo(result_line(view))
        return 0
    raise RunError(f"{folder.name} {view.state.said}: {view.reason}")
