"""A tree over the last characters: neighbours are joined first, then the joints, until one vector is left.

Part 5 of the makemore lectures (Karpathy, 2022), after van den Oord et al., "WaveNet: A Generative Model for Raw
Audio" (2016). With a context of 8 in groups of two:

    e m m a n u e l     8 vectors of the characters
     o   o   o   o      4 of pairs
       o       o        2 of fours
           o            1 of all eight, from which a linear layer predicts

The MLP squeezes the whole window into its hidden layer at once; here little is joined at a time, and all joints of a
level share their weights.

The lecture's network is the context 8, embedding 24, hidden 128, momentum 0.1, dropout 0 (76,579 parameters); it is
drawn from torch's global source after torch.manual_seed(42), which a generator of seed 42 repeats: first loss 3.3167.
"""

import torch
import torch.nn.functional as F
from pydantic import Field, ValidationInfo, field_validator
from torch import Tensor, nn

from makemore_core.models.batch_norm import BatchNorm
from makemore_core.models.dropout import dropout
from makemore_core.models.observing import observe
from makemore_core.models.windows import WindowModel, WindowSettings


class WaveNetSettings(WindowSettings):
    """The shape of the tree and the sizes of its layers."""

    context: int = Field(8, ge=2, le=4096, description="characters it sees: a power of group")
    group: int = Field(2, ge=2, le=64, validate_default=True, description="neighbours that are joined at each level")
    embedding: int = Field(24, ge=1, le=4096, description="numbers that stand for one character")
    hidden: int = Field(128, ge=1, le=16384, description="units in each joint")
    dropout: float = Field(0.1, ge=0, lt=1, description="share of hidden units each step drops")
    momentum: float = Field(0.1, gt=0, le=1, description="share of this batch in running statistics")
    hidden_gain: float = Field(1.0, ge=0, le=1000, description="first hidden weights: std * sqrt(inputs)")
    output_gain: float = Field(0.1, ge=0, le=1000, description="first output weights: std * sqrt(inputs)")

    @field_validator("group")
    @classmethod
    def _divides_the_context(cls, group: int, info: ValidationInfo) -> int:
        context = info.data.get("context", group)
        below = group ** _levels(context, group)
        if below != context:
            near = f"{below} or {below * group}" if below < context else f"{below} or more"
            raise ValueError(f"a context of {context} is no power of {group}: choose {near}, or another group")
        return group

    @property
    def levels(self) -> int:
        """How often neighbours are joined until one vector is left."""
        return _levels(self.context, self.group)

    def shapes(self) -> list[tuple[int, int]]:
        """(inputs, outputs) of the linear layer of each level."""
        widths = [self.embedding, *[self.hidden] * (self.levels - 1)]
        return [(self.group * width, self.hidden) for width in widths]

    def parameter_count(self, vocab_size: int) -> int:
        """The vectors of the characters, a matrix and a normalisation a level, the output matrix and its bias."""
        joints = sum(inputs * outputs + 2 * outputs for inputs, outputs in self.shapes())
        return vocab_size * self.embedding + joints + (self.hidden + 1) * vocab_size


class WaveNet(WindowModel):
    """Embedding, then linear, BatchNorm and tanh on groups of neighbours at each level, then linear."""

    Settings = WaveNetSettings
    settings: WaveNetSettings
    training_defaults = {
        "batch_by": "positions",
        "batch_size": 512,
        "targets": "smoothed",
        "learning_rate": 5e-3,
        "weight_decay": 0.1,
        "schedule": "linear",
        "max_steps": 8000,
        "eval_interval": 500,
        "sample_interval": 1000,
    }

    def __init__(self, vocab_size: int, settings: WaveNetSettings, generator: torch.Generator) -> None:
        super().__init__(vocab_size, settings)
        self.embedding = nn.Parameter(torch.randn(vocab_size, settings.embedding, generator=generator))  # (V, E)
        self.weights = nn.ParameterList(  # each (group * width below, H)
            torch.randn(m, n, generator=generator) / m**0.5 * settings.hidden_gain for m, n in settings.shapes()
        )
        self.norms = nn.ModuleList(
            BatchNorm(settings.hidden, momentum=settings.momentum) for _ in range(settings.levels)
        )
        output = torch.randn(settings.hidden, vocab_size, generator=generator) / settings.hidden**0.5
        self.output = nn.Parameter(output * settings.output_gain)  # (H, V)
        self.output_bias = nn.Parameter(torch.zeros(vocab_size))  # (V,)

    def forward_windows(self, windows: Tensor) -> Tensor:
        """(N, context) int64 to (N, V) float32. In training, N windows that all count in the loss."""
        rows = len(windows)
        x = F.embedding(windows, self.embedding)  # (N, context, E)
        for weight, norm in zip(self.weights, self.norms, strict=True):
            joined = x.reshape(rows, -1, self.settings.group * x.shape[2])  # (N, nodes, group * width)
            x = observe("h", "tanh", torch.tanh(norm(joined @ weight)))  # (N, nodes, H)
            x = dropout(x, self.settings.dropout, self.training)
        return x[:, 0] @ self.output + self.output_bias  # one node is left


def _levels(context: int, group: int) -> int:
    """The levels of a tree with that many leaves at the most."""
    levels = 1
    while group ** (levels + 1) <= context:
        levels += 1
    return levels
