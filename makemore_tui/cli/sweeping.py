"""The command that trains a model with every combination of some settings."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from makemore_tui.cli.queueing import parallel_words, tell_held
from makemore_tui.cli.run_tables import print_combinations, print_sweep, sweep_table
from makemore_tui.cli.sweep_options import SET, axes_of, key_of, plain_options, signature
from makemore_tui.cli.training import one_file

if TYPE_CHECKING:
    from makemore_core.corpus import Corpus
    from makemore_core.queue.sweeps import Sweep
    from makemore_core.runs.listing import RunSummary
    from makemore_core.training.config import TrainConfig

POLL_SECONDS = 1.0


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(sweep)


def sweep(**options: Any) -> int:
    """Train with every combination of some settings, a few runs at a time.

    Options take several values: --n-embd 8,16,32, --n-layer 1:4, --block-size 4:16:4 (in steps of 4), --learning-rate
    1e-4:1e-1:x10 (each ten times the last). All combinations are checked before any run is made. The runs wait in the
    queue, which goes on when the terminal is closed; ctrl-c leaves it going. A --name that is there already is gone on
    with: runs that it has are not made again.
    """
    return _Sweeping(plain_options(options), axes_of(options), options).run()


class _Sweeping:
    """One use of the command: `options` are all that were given."""

    def __init__(self, plain: Mapping[str, Any], axes: Mapping[str, Sequence[Any]], options: Mapping[str, Any]) -> None:
        self._plain, self._axes, self._options = plain, axes, options
        self._varied = [name for name, values in axes.items() if len(values) > 1]
        if not self._varied:
            raise typer.BadParameter("give an option several values, as in --n-embd 8,16,32; `train` makes one run")

    def run(self) -> int:
        """Check, make, wait, report."""
        from makemore_core.queue.grid import combinations
        from makemore_core.queue.launch import ensure_queue
        from makemore_core.queue.settings import check_parallel, write_parallel
        from makemore_core.queue.sweeps import check_sweep_name, create_sweep
        from makemore_core.runs.folder import runs_home
        from makemore_core.training.tensorboard import add_events, check_installed
        from makemore_tui.cli.reading import read_list_for_run

        name, parallel, tensorboard = (self._options.get(key) for key in ("name", "parallel", "tensorboard"))
        if parallel is not None:
            check_parallel(parallel)
        if name is not None:
            check_sweep_name(name)
        if tensorboard:
            check_installed()
        grid = combinations(self._axes)
        wanted = self._wanted(grid[0])
        corpus = read_list_for_run(wanted.source, wanted.encoding)
        configs = self._configs(grid, corpus)
        if self._options.get("dry_run"):
            return self._report_dry(grid)
        home = runs_home(self._plain.get("runs"))
        if parallel is not None:
            write_parallel(home, parallel)
        keys = [key_of(axis) for axis in self._varied]
        made = create_sweep(configs, keys, corpus, home, name, fill=add_events if tensorboard else None)
        process = ensure_queue(home)
        if self._options.get("detach"):
            del process  # it goes on without us
            return self._report_made(made, home)
        return _wait(made, home, as_json=bool(self._options.get("as_json")))

    def _wanted(self, settings: Mapping[str, Any]) -> Any:
        """What is asked for with one combination, as in `train`."""
        from makemore_tui.cli.train_options import Wanted

        plain = dict(self._plain)
        config = plain.pop("config", None)
        for key in ("tensorboard", "runs", "as_json"):
            plain.pop(key, None)
        options = plain | one_file(plain.pop("file", None), plain.get("input_file"))
        options |= {axis: value for axis, value in settings.items() if not axis.startswith(SET)}
        texts = [f"{axis.removeprefix(SET)}={value}" for axis, value in settings.items() if axis.startswith(SET)]
        return Wanted.of(options, config, texts)

    def _configs(self, grid: Sequence[Mapping[str, Any]], corpus: "Corpus") -> "list[TrainConfig]":
        """The settings of all combinations. Raises SettingsError that names the first one that is wrong."""
        from makemore_core.queue.sweeps import check_combinations

        return check_combinations(grid, lambda settings: self._wanted(settings).config(corpus), self._words)

    def _words(self, settings: Mapping[str, Any]) -> str:
        from makemore_core.queue.sweeps import combination_words

        return combination_words(self._shown(settings))

    def _shown(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """What varies in a combination, by the keys of the settings."""
        return {key_of(axis): value for axis, value in settings.items() if axis in self._varied}

    def _report_dry(self, grid: Sequence[Mapping[str, Any]]) -> int:
        from makemore_tui.cli.output import print_json

        if self._options.get("as_json"):
            print_json({"sweep": self._options.get("name"), "runs": [{"settings": self._shown(one)} for one in grid]})
        else:
            print_combinations([self._shown(one) for one in grid])
            typer.echo(f"{len(grid)} runs; nothing was made")
        return 0

    def _report_made(self, made: "Sweep", home: Path) -> int:
        from makemore_tui.cli.output import print_json

        if self._options.get("as_json"):
            print_json({"sweep": made.name, "runs": [folder.name for folder in made.made], "there": made.there})
        else:
            typer.echo(f"{_made_words(made, home)}; see: makemore-tui runs --sweep {made.name}")
        tell_held(home)
        return 0


def _made_words(made: "Sweep", home: Path) -> str:
    from makemore_core.queue.settings import read_parallel

    runs = "1 run" if len(made.made) == 1 else f"{len(made.made)} runs"
    there = f", {made.there} were there already" if made.there else ""
    return f"{made.name}: {runs} in the queue{there}; {parallel_words(read_parallel(home))}"


# Waiting for the end


def _wait(made: "Sweep", home: Path, *, as_json: bool) -> int:
    """Show the table until every run has come to its end, then report. Raises RunError where some did not finish."""
    from makemore_core.errors import RunError
    from makemore_core.queue.launch import ensure_queue
    from makemore_core.runs.sorting import sort_runs
    from makemore_tui.cli.errors import INTERRUPTED
    from makemore_tui.cli.following import Interrupts

    typer.echo(_made_words(made, home), err=True)
    tell_held(home)
    with Interrupts() as interrupts, LiveTable() as table:
        while True:
            runs = _runs(made.name, home)
            table.show(runs)
            going = [run for run in runs if run.state.goes_on]
            if not going or interrupts.count:
                break
            process = ensure_queue(home)  # where it was killed
            del process
            time.sleep(POLL_SECONDS)
    if going:
        words = "runs go on or wait" if len(going) > 1 else "run goes on or waits"
        typer.echo(f"{len(going)} of {len(runs)} {words}; see: makemore-tui runs --sweep {made.name}", err=True)
        typer.echo(f"to take those that wait out: makemore-tui queue --sweep {made.name} --remove", err=True)
        return INTERRUPTED
    _report(made.name, sort_runs(runs, "best dev" if any(run.best_dev_nll for run in runs) else "train"), home, as_json)
    if missed := [run for run in runs if run.state != "finished"]:
        words = ", ".join(f"{run.name} {run.state}" for run in missed)
        raise RunError(f"{len(missed)} of {len(runs)} runs of {made.name} did not finish: {words}")
    return 0


def _runs(name: str, home: Path) -> "list[RunSummary]":
    from makemore_core.queue.sweeps import find_sweep
    from makemore_core.runs.listing import list_runs
    from makemore_core.runs.sorting import sort_runs

    return sort_runs(find_sweep(list_runs(home), name), "run")


def _report(name: str, runs: "Sequence[RunSummary]", home: Path, as_json: bool) -> None:
    from makemore_core.queue.settings import read_parallel
    from makemore_tui.cli.following import summary_json
    from makemore_tui.cli.output import print_json

    if as_json:
        print_json({"sweep": name, "parallel": read_parallel(home), "runs": [summary_json(run) for run in runs]})
    elif runs:
        print_sweep(runs)


class LiveTable:
    """The table while the runs go on: drawn in place on a terminal; elsewhere, a line for each run that ends."""

    def __enter__(self) -> "LiveTable":
        from rich.console import Console
        from rich.live import Live

        self._console = Console(stderr=True, highlight=False, markup=False, emoji=False)
        self._live = Live(console=self._console, auto_refresh=False, transient=True)
        self._told: set[str] = set()
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def show(self, runs: "Sequence[RunSummary]", words: str = "") -> None:
        """The runs as they are now, and on a terminal a line about them."""
        if self._console.is_terminal:
            from rich.console import Group

            table = sweep_table(runs)
            self._live.update(Group(table, words) if words else table, refresh=True)
            return
        for run in runs:
            if not run.state.goes_on and run.name not in self._told:
                self._told.add(run.name)
                best = "" if run.best_dev_nll is None else f", best dev {run.best_dev_nll:.4f}"
                self._console.print(f"{run.name} {run.state} at step {run.step:,}{best}", markup=False)


sweep.__signature__ = signature()  # type: ignore[attr-defined]
sweep.__annotations__ = {}
