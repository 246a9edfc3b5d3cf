"""From logits to characters: what the controls do to a distribution, the draw from it, and whole items.

The draw is by inverse CDF: one uniform number u in [0, 1), in double precision, falls into the interval of one
character on the cumulative distribution in vocabulary order. It is what the step view shows, and it gives the
samples that the makemore lectures print, which torch.multinomial of torch 2 no longer does.
"""

from makemore_core.sampling.candidates import Candidate, NextCharacter, entropy, next_candidates
from makemore_core.sampling.controls import Controls, Rng
from makemore_core.sampling.distributions import Distribution, SoFar, Stage, StageName, distribution, stages
from makemore_core.sampling.drawing import draw, draw_uniform, pick
from makemore_core.sampling.generating import SampledItem, encode_prompt, feed, sample_batch, sample_items
from makemore_core.sampling.reasons import Effect, Fall, Why, effect_in_words, fall_in_words, percent, why
from makemore_core.sampling.rejecting import NothingLeftError, Round, until

__all__ = [
    "Candidate",
    "Controls",
    "Distribution",
    "Effect",
    "Fall",
    "NextCharacter",
    "NothingLeftError",
    "Rng",
    "Round",
    "SampledItem",
    "SoFar",
    "Stage",
    "StageName",
    "Why",
    "distribution",
    "draw",
    "draw_uniform",
    "effect_in_words",
    "encode_prompt",
    "entropy",
    "fall_in_words",
    "feed",
    "next_candidates",
    "percent",
    "pick",
    "sample_batch",
    "sample_items",
    "stages",
    "until",
    "why",
]
