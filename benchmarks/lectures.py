"""The presets of the lectures at their full lengths: what they give, beside what the lectures print.

Train and dev are exact averages over the whole side. `same` means that the figure agrees in all digits printed.
"""

import time

import torch

from benchmarks.common import arguments
from makemore_core.corpus import Corpus, read_corpus
from makemore_core.presets import PRESETS, Figure, Preset, find_preset
from makemore_core.training.config import TrainConfig, default_config
from makemore_core.training.events import Diverged, Evaluated, Stepped
from makemore_core.training.loop import Training, train

LECTURES = [name for name in PRESETS if name.startswith("lecture-")]
SIDES = ("train", "dev", "test")


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("presets", nargs="*", default=LECTURES, help=f"which ones (default: all of {LECTURES})")
    parser.add_argument("--threads", type=int, default=1, help="cores for one operation (default: %(default)s)")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    corpus = read_corpus(options.list)
    for name in options.presets:
        measure(find_preset(name), corpus)


def measure(preset: Preset, corpus: Corpus) -> None:
    """Train a preset to its end and print its figures."""
    config = without_looks(default_config(preset.type, corpus, preset=preset.name))
    training = Training(config, corpus, config.split.sides(corpus))
    wanted = {figure.step for figure in preset.figures if figure.what == "loss"}
    found = {("parameters", 0): float(training.model.parameter_count)}
    started = time.perf_counter()
    for event in train(training):
        match event:
            case Stepped(step=step, loss=loss) if step in wanted:
                found["loss", step] = loss
            case Evaluated(step=step) if step == config.max_steps:
                losses = (event.train_nll, event.dev_nll, event.test_nll or float("nan"))
                found |= {(side, step): loss for side, loss in zip(SIDES, losses, strict=True)}
            case Diverged():
                print(f"{preset.name} diverged at step {event.step}")
    show(preset, found, config.max_steps, time.perf_counter() - started)


def without_looks(config: TrainConfig) -> TrainConfig:
    """The same training without looks at the losses and without samples, which change no weight."""
    return config.changed(eval_interval=max(config.max_steps, 1), eval_items=1, sample_items=0)


def show(preset: Preset, found: dict[tuple[str, int], float], steps: int, seconds: float) -> None:
    """Print what was found, beside the lecture's figures."""
    print(f"{preset.name}: {steps:,} steps in {seconds:.0f} s")
    known = {(figure.what, figure.step): figure for figure in preset.figures}
    for (what, step), value in found.items():
        line = f"  {what} at step {step:,}".ljust(30) + f"{value:>12,.6g}" if what == "parameters" else ""
        line = line or f"  {what} at step {step:,}".ljust(30) + f"{value:>12.5f}"
        figure = known.get((what, step))
        print(line + (f"   {figure.source}: {figure.value}, {verdict(figure, value)}" if figure else ""), flush=True)


def verdict(figure: Figure, value: float) -> str:
    """Whether a number has the figure's digits."""
    digits = len(figure.value.partition(".")[2])
    return "same" if f"{value:,.{digits}f}" == figure.value else "DIFFERENT"


if __name__ == "__main__":
    main()
