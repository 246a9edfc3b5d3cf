"""The learning rate of each step, as a share of the highest."""

import math

from makemore_core.training.config import TrainConfig


def rate_factor(config: TrainConfig, step: int) -> float:
    """What the learning rate is multiplied by at a step (counted from 0), in [0, 1].

    It rises in a straight line over the warm-up, whose first step has 1/warmup; then it stays (constant), falls to
    `final_factor` in a straight line or along half a cosine wave at `max_steps`, or falls by `decay_factor` at each
    share of `max_steps` in `decay_at` (step), which does not wait for the warm-up.
    """
    if step < config.warmup:
        return (step + 1) / config.warmup
    progress = (step - config.warmup) / max(config.max_steps - config.warmup, 1)
    match config.schedule:
        case "constant":
            return 1.0
        case "linear":
            return _between(config.final_factor, 1 - progress)
        case "cosine":
            return _between(config.final_factor, 0.5 * (1 + math.cos(math.pi * min(progress, 1))))
        case "step":
            passed = sum(step >= share * config.max_steps for share in config.decay_at)
            return float(config.decay_factor**passed)


def _between(low: float, share: float) -> float:
    return low + (1 - low) * max(share, 0.0)
