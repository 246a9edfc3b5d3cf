"""The training loop: a generator of events over the steps of a run.

Whoever drives it decides what to do with an event, and between two events may pause (by not asking for the next),
save, change the learning rate, or stop (by never asking again).

    for event in train(Training(config, corpus, sides)):
        print(event)
"""

import math
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor

from makemore_core.corpus import Corpus
from makemore_core.devices import find_device
from makemore_core.diagnostics.measuring import Measuring
from makemore_core.models.base import CountModel, LanguageModel, seeded
from makemore_core.models.registry import family_settings, load_family
from makemore_core.sampling import Controls, SampledItem, sample_items
from makemore_core.training import gradients
from makemore_core.training.ahead import Ahead
from makemore_core.training.averaging import Average
from makemore_core.training.batches import Batch, batch_loss, make_batches
from makemore_core.training.config import Sides, TrainConfig
from makemore_core.training.evaluator import SideLoss
from makemore_core.training.events import (
    Diverged,
    EarlyStopped,
    Estimated,
    Evaluated,
    Event,
    Exploding,
    Finished,
    Overfitting,
    Sampled,
    Stepped,
)
from makemore_core.training.flat import Flat
from makemore_core.training.graphs import Graphs
from makemore_core.training.modes import evaluating
from makemore_core.training.noticing import DevNotes, LossNotes
from makemore_core.training.optimizers import make_optimizer
from makemore_core.training.schedule import rate_factor

DETAIL_INTERVAL = 10
"""The learning rate and the length of the gradient are told at each of these steps."""

NOBODY = nullcontext()
"""Looks on at nearly all steps."""

NOT_FINITE = "a weight or a prediction became infinite or not a number"

ADVICE = "try a lower learning rate, a longer warm-up, or gradient clipping"


def train(training: "Training") -> Iterator[Event]:
    """Go on from where the training stands to its last step, which may be moved meanwhile."""
    config = training.config
    while training.step < training.config.max_steps:
        is_evaluated, is_sampled = (
            training.step % config.eval_interval == 0,
            training.step % config.sample_interval == 0,
        )
        if (is_evaluated or is_sampled) and not training.is_finite():
            yield Diverged(training.step, NOT_FINITE, ADVICE)
            return
        if is_evaluated:
            yield training.evaluate()
            yield from training.overfitting()
            if training.is_out_of_patience:
                yield training.early_stop()
                break
        if is_sampled:
            yield training.sample()
        event = training.update()
        yield event
        if isinstance(event, Diverged):
            return
        yield from training.explosion()
    if not training.is_finite():
        yield Diverged(training.step, NOT_FINITE, ADVICE)
        return
    yield training.evaluate(at_end=True)
    yield from training.estimated()
    yield training.sample()
    yield Finished(training.step)


class Training:
    """Everything that a run has in memory: the model, the optimiser, the random numbers, how far it has come.

    One generator, seeded once, makes the initial weights and then the batches, as in the lectures; dropout takes its
    numbers from torch's own. Raises SettingsError where the settings do not fit the family or the list.
    """

    def __init__(self, config: TrainConfig, corpus: Corpus, sides: Sides) -> None:
        torch.manual_seed(config.seed)
        self.config = config
        self.corpus = corpus
        self.sides = sides
        self.device = find_device(config.device)
        self.generator = seeded(config.seed)
        self.model = self._build_model()
        self.parameters = [parameter for parameter in self.model.parameters() if parameter.requires_grad]
        self.batches = Ahead(make_batches(config, corpus, sides.train, self.model.context), self.model)
        self._flat = Flat(self.parameters) if self.parameters else None  # before anybody keeps what the model holds
        self.optimizer = make_optimizer(config, self._flat) if self._flat is not None else None
        self._graphs = Graphs(self.model) if Graphs.suit(self.model) else None
        self.average = Average(self.model, config.ema) if config.ema and self.parameters else None
        self.losses = [SideLoss(corpus, side, self.model, config.eval_items) for side in sides]

        self.step = 0
        """Updates made so far."""
        self.learning_rate = config.learning_rate
        """The highest rate of the schedule; a person may change it while the run goes on."""
        self.best_dev = math.inf
        self.best_step: int | None = None
        self.best_tensors: dict[str, Tensor] | None = None
        """The weights at the best step, until somebody has saved them and sets this to None."""
        self.dev_notes, self.loss_notes = DevNotes(), LossNotes()
        self._uniform = math.log(corpus.vocabulary.size)

    def _build_model(self) -> LanguageModel:
        settings = family_settings(self.config.type, self.config.model)
        family = load_family(self.config.type)
        model: LanguageModel = family(self.corpus.vocabulary.size, settings, self.generator)  # type: ignore[call-arg]
        return model.to(self.device)

    # One step

    def update(self) -> Stepped | Diverged:
        """One step of gradient descent on one batch; count models learn everything in it."""
        step = self.step
        if isinstance(self.model, CountModel):
            self.model.fit(self.corpus, self.sides.train)
            self.step = self.config.max_steps
            return Stepped(step, self.losses[0].measure(self.model))
        batch = self.batches.draw(self.generator).to(self.device)
        look = Measuring(self.model) if self._is_look_due() else None
        with look.layers() if look is not None else NOBODY:
            loss = self._loss(batch, is_watched=look is not None)
        value = loss.value
        if (fault := self._fault(value)) is not None:
            return fault
        loss.backward(self.flat)
        if look is not None:
            look.gradients()
        norm = self._clip()
        if not math.isfinite(norm):
            return Diverged(step, f"the gradient became {norm}", ADVICE)
        rate = self.rate()
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        self._optimizer.step()
        self.step += 1
        if self.average is not None:
            self.average.update(self.step)
        seen = look.finish(step) if look is not None else None
        return Stepped(step, value, look=seen) if step % DETAIL_INTERVAL else Stepped(step, value, rate, norm, seen)

    def _loss(self, batch: Batch, *, is_watched: bool) -> gradients.Loss:
        if batch.foreseen is not None and not self.config.l2_mean:
            return gradients.WrittenLoss(self.model.written(batch.foreseen), batch.expected())
        if self._graphs is not None and not is_watched and not self.config.l2_mean:
            played = self._graphs.loss(batch)
            if played is not None:
                return gradients.NotedLoss(played)
        loss = batch_loss(self.model, batch)
        if self.config.l2_mean:
            loss = loss + self.config.l2_mean * sum(parameter.square().mean() for parameter in self.parameters)
        return gradients.NotedLoss(loss)

    def _is_look_due(self) -> bool:
        interval = self.config.diagnostics_interval
        return interval > 0 and self.step % interval == 0

    def _fault(self, loss: float) -> Diverged | None:
        """What is wrong with the loss of this step's batch, before anything is changed by it."""
        if not math.isfinite(loss):
            if self.step and not self._weights_are_finite():
                return Diverged(self.step - 1, "the gradient or a weight became infinite or not a number", ADVICE)
            return Diverged(self.step, f"the loss became {loss}", ADVICE)
        self.loss_notes.see(loss)
        if self.loss_notes.has_diverged(self._uniform):
            grown = f"the loss grew to {self.loss_notes.average:.4g} from {self.loss_notes.lowest:.4g}"
            return Diverged(self.step, grown, ADVICE)
        return None

    @property
    def _optimizer(self) -> torch.optim.Optimizer:
        assert self.optimizer is not None, "a model without parameters is fitted by counting"
        return self.optimizer

    @property
    def flat(self) -> Flat:
        """The parameters in one piece."""
        assert self._flat is not None, "a model without parameters is fitted by counting"
        return self._flat

    def _clip(self) -> float:
        """Shorten the gradient where the settings ask for it. Returns its length before.

        Each step asks for it, so that a gradient that is no number moves no weight: one or two in a hundred of a step.
        """
        found = self.flat.found()
        norm = gradients.length(found)
        if self.config.grad_clip is not None:
            gradients.shorten(found, norm, self.config.grad_clip)
        return norm

    # Learning rate

    def rate(self) -> float:
        """The learning rate of the step that comes next."""
        return self.learning_rate * rate_factor(self.config, self.step)

    def set_rate(self, rate: float) -> None:
        """Use this learning rate from the next step on; the schedule goes on from there in proportion."""
        self.learning_rate = rate / (rate_factor(self.config, self.step) or 1.0)
        self.loss_notes.told = False

    def extend(self, config: TrainConfig) -> None:
        """Take the same settings with another number of steps: the schedule lies over that from the next step on."""
        self.config = config

    # A look at the model

    def kept(self) -> AbstractContextManager[None]:
        """The model as it is looked at, sampled and kept: for a while it has the average of its weights, if any."""
        return nullcontext() if self.average is None else self.average.shown()

    def evaluate(self, *, at_end: bool = False) -> Evaluated:
        """The losses as they are now. Remembers the weights where dev has never been lower.

        Those before the first step are never the best: on a few items of dev they may well come out lower than all
        that follow, and nobody wants a model that has learnt nothing.

        What dev is compared by is the same items each time: all of them, or the `eval_items` that stand for them. At
        the end train, dev and test are measured on all their items, whatever the best was chosen by.
        """
        with self.kept():
            return self._evaluate(at_end)

    def _evaluate(self, at_end: bool) -> Evaluated:
        train, dev, test = self.losses
        train_nll = train.measure(self.model, whole=at_end)
        dev_nll = dev.measure(self.model)
        is_best = dev_nll < self.best_dev and (self._has_learnt or at_end)
        if is_best:
            self.best_dev, self.best_step = dev_nll, self.step
            self.best_tensors = {name: tensor.detach().clone() for name, tensor in self.model.state_dict().items()}
            self.dev_notes.look_best(self.step, train_nll)
        elif self.best_step is not None and not math.isnan(dev_nll):
            self.dev_notes.look(self.step, train_nll, dev_nll - self.best_dev)
        if at_end and not dev.is_whole:
            dev_nll = dev.measure(self.model, whole=True)
        test_nll = test.measure(self.model, whole=True) if at_end else None
        return Evaluated(self.step, train_nll, dev_nll, test_nll, is_best)

    def estimated(self) -> Iterator[Estimated]:
        """Says so where the losses at the end are no exact averages."""
        if any(side.is_estimate for side in self.losses):
            assert self.model.context is not None, "only what lies beyond a context is estimated"
            yield Estimated(self.step, self.model.context)

    @property
    def _has_learnt(self) -> bool:
        """A fork has learnt before its first step, whatever that is called."""
        return self.step > 0 or self.config.forked_from is not None

    def measure_all(self) -> Evaluated:
        """The losses on all items of each side, of the weights that the model has now; nothing is chosen by them."""
        train, dev, test = (side.measure(self.model, whole=True) for side in self.losses)
        return Evaluated(self.step, train, dev, test, is_best=False)

    def overfitting(self) -> Iterator[Overfitting]:
        """Says so, once for each best, where dev has risen for `overfitting_after` looks."""
        if self.best_step is not None and self.dev_notes.tells_overfitting(self.config.overfitting_after):
            yield Overfitting(self.step, self.best_step, self.best_dev, self.dev_notes.above_best)

    @property
    def is_out_of_patience(self) -> bool:
        """Whether dev got no better for `patience` looks."""
        return self.dev_notes.is_out_of_patience(self.config.patience)

    def early_stop(self) -> EarlyStopped:
        """What ends a run that is out of patience."""
        assert self.best_step is not None, "patience counts from a best"
        return EarlyStopped(self.step, self.best_step, self.best_dev, self.dev_notes.looks)

    def explosion(self) -> Iterator[Exploding]:
        """Says so, once for each learning rate, where the loss has become a large number."""
        if self.loss_notes.tells_explosion(self._uniform):
            yield Exploding(self.step - 1, self.loss_notes.average, self.loss_notes.lowest, ADVICE)

    @property
    def is_exploding(self) -> bool:
        """Whether the loss is so large now that what was learnt may be lost."""
        return self.loss_notes.is_exploding(self._uniform)

    def sample(self) -> Sampled:
        """Let the model make some items. Each has a seed of its own, so that one sees the same item improve."""
        longest = int(self.corpus.lengths.max())
        controls = Controls(max_length=min(500, max(50, 2 * longest)))
        with self.kept(), evaluating(self.model):
            return Sampled(self.step, tuple(self._item(number, controls) for number in range(self.config.sample_items)))

    def _item(self, number: int, controls: Controls) -> SampledItem:
        generator = seeded((self.config.seed + number) % (1 << 63))
        return next(sample_items(self.model, self.corpus.vocabulary, 1, controls, generator))

    def is_finite(self) -> bool:
        """Whether every weight is a finite number, and so is what the model says of the first character.

        Finite weights may be so large that their products are not. A logit of minus infinity is a count of 0. The
        running means of the optimiser may overflow before a weight does.
        """
        if not (self._weights_are_finite() and self._means_are_finite()):
            return False
        with torch.no_grad(), evaluating(self.model):
            logits = self.model(torch.zeros((1, 1), dtype=torch.int64, device=self.device))
        return bool((logits < math.inf).all())

    def _weights_are_finite(self) -> bool:
        averages = self.average.tensors.values() if self.average is not None else ()
        return all(bool(torch.isfinite(weight).all()) for weight in (*self.parameters, *averages))

    def _means_are_finite(self) -> bool:
        states = self.optimizer.state.values() if self.optimizer is not None else ()
        return all(
            bool(torch.isfinite(value).all()) for state in states for value in state.values() if value is not None
        )
