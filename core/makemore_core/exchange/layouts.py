"""The weights of makemore.py's six types (Karpathy, 2022), and which of our weights each of them is.

makemore.py saves a model's state dict: tensors by name, nothing else. A `Layout` knows the names of one type. From the
shapes it reads the sizes of the model, and it arranges the tensors for our family of the same name, and back.

Shapes: V vocabulary, E embedding (`--n-embd`), H hidden (`--n-embd2`), P places (makemore.py's block size: the length
of the longest item and one).
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, TypeAlias

import torch
import torch.nn.functional as F
from torch import Tensor

Tensors: TypeAlias = dict[str, Tensor]


class LayoutError(ValueError):
    """Tensors that do not make a model of the type; the message says which and why."""


class Layout(ABC):
    """One type of makemore.py."""

    type: ClassVar[str]
    """What makemore.py and we call it."""

    sign: ClassVar[str]
    """The name of a tensor that this type has and no other."""

    fixed: ClassVar[Mapping[str, Any]] = {}
    """Hyperparameters of our family that the type has no choice of."""

    mask: ClassVar[str | None] = None
    """How the names end under which the type stores that nothing looks ahead: not a weight, but in the file."""

    @abstractmethod
    def sizes(self, theirs: Mapping[str, Tensor]) -> tuple[int, dict[str, Any]]:
        """The vocabulary size and the hyperparameters that the shapes tell. Raises LayoutError."""

    @abstractmethod
    def read(self, theirs: Mapping[str, Tensor]) -> Tensors:
        """Our state dict from makemore.py's, whose names and shapes are right."""

    @abstractmethod
    def write(self, ours: Mapping[str, Tensor], places: int) -> Tensors:
        """makemore.py's state dict, in its order, for so many places."""


class BigramLayout(Layout):
    """`logits` (V, V): the row of a character holds the logits of the next, as in ours."""

    type = "bigram"
    sign = "logits"

    def sizes(self, theirs: Mapping[str, Tensor]) -> tuple[int, dict[str, Any]]:
        """V."""
        return shape(theirs, "logits", 2)[0], {}

    def read(self, theirs: Mapping[str, Tensor]) -> Tensors:
        """The table."""
        return {"weight": theirs["logits"]}

    def write(self, ours: Mapping[str, Tensor], places: int) -> Tensors:
        """The table."""
        return {"logits": ours["weight"]}


class MlpLayout(Layout):
    """The window stands side by side with the newest character first: ours has the oldest first.

    The vector with the id V is for what lies before the start of an item.
    """

    type = "mlp"
    sign = "mlp.0.weight"
    fixed = {"layers": 1}

    def sizes(self, theirs: Mapping[str, Tensor]) -> tuple[int, dict[str, Any]]:
        """V and H from the layers, the window from the first layer's inputs."""
        embedding = shape(theirs, "wte.weight", 2)[1]
        hidden, inputs = shape(theirs, "mlp.0.weight", 2)
        sizes = {"context": inputs // embedding, "embedding": embedding, "hidden": hidden, "blank_token": True}
        return shape(theirs, "mlp.2.weight", 2)[0], sizes

    def read(self, theirs: Mapping[str, Tensor]) -> Tensors:
        """The window turned round, and matrices as (inputs, outputs)."""
        hidden, embedding = len(theirs["mlp.0.weight"]), theirs["wte.weight"].shape[1]
        window = theirs["mlp.0.weight"].reshape(hidden, -1, embedding)  # (H, P, E), the newest character first
        return {
            "embedding": theirs["wte.weight"],
            "weights.0": window.flip(1).flatten(1).T,  # (P * E, H)
            "weights.1": theirs["mlp.2.weight"].T,  # (H, V)
            "biases.0": theirs["mlp.0.bias"],
            "biases.1": theirs["mlp.2.bias"],
        }

    def write(self, ours: Mapping[str, Tensor], places: int) -> Tensors:
        """A window of P: what ours does not look at gets weights of 0.

        Without a vector for what lies before the start, ours takes the sentinel's for it.
        """
        vectors, (hidden, size) = ours["embedding"], ours["weights.1"].shape
        if len(vectors) == size:
            vectors = torch.cat([vectors, vectors[:1]])  # (V + 1, E)
        window = ours["weights.0"].T.reshape(hidden, -1, vectors.shape[1]).flip(1)  # (H, context, E)
        window = F.pad(window, (0, 0, 0, places - window.shape[1]))  # (H, P, E)
        return {
            "wte.weight": vectors,
            "mlp.0.weight": window.flatten(1),
            "mlp.0.bias": ours["biases.0"],
            "mlp.2.weight": ours["weights.1"].T,
            "mlp.2.bias": ours["biases.1"],
        }


class RnnLayout(Layout):
    """The matrices of input and state stand side by side in one of (H, E + H)."""

    type = "rnn"
    sign = "cell.xh_to_h.weight"
    fixed = {"layers": 1}

    def sizes(self, theirs: Mapping[str, Tensor]) -> tuple[int, dict[str, Any]]:
        """V and E from the vectors, H from the start."""
        size, embedding = shape(theirs, "wte.weight", 2)
        return size, {"embedding": embedding, "hidden": shape(theirs, "start", 2)[1]}

    def read(self, theirs: Mapping[str, Tensor]) -> Tensors:
        """The matrix cut in two."""
        inputs, states = _cut(theirs["cell.xh_to_h.weight"], theirs)
        return {
            **_around_cell(theirs),
            "cells.0.project.weight": inputs,
            "cells.0.project.bias": theirs["cell.xh_to_h.bias"],
            "cells.0.recur.weight": states,
        }

    def write(self, ours: Mapping[str, Tensor], places: int) -> Tensors:
        """The matrices side by side."""
        weight = torch.cat([ours["cells.0.project.weight"], ours["cells.0.recur.weight"]], 1)
        cell = {"cell.xh_to_h.weight": weight, "cell.xh_to_h.bias": ours["cells.0.project.bias"]}
        return {"start": ours["start"], "wte.weight": ours["embedding.weight"], **cell, **_head(ours)}


class GruLayout(Layout):
    """One matrix of (H, E + H) a gate. makemore.py's z is how much is new, ours how much stays: 1 - z, with the sign
    of its weights changed."""

    type = "gru"
    sign = "cell.xh_to_r.weight"
    fixed = {"layers": 1, "reset": "before"}

    _GATES = (("r", 1), ("z", -1), ("hbar", 1))  # in the order of ours

    def sizes(self, theirs: Mapping[str, Tensor]) -> tuple[int, dict[str, Any]]:
        """V and E from the vectors, H from the start."""
        size, embedding = shape(theirs, "wte.weight", 2)
        return size, {"embedding": embedding, "hidden": shape(theirs, "start", 2)[1]}

    def read(self, theirs: Mapping[str, Tensor]) -> Tensors:
        """The gates one below the other, (3 * H, E) and (3 * H, H)."""
        weight, bias = (
            torch.cat([sign * theirs[f"cell.xh_to_{gate}.{part}"] for gate, sign in self._GATES])
            for part in ("weight", "bias")
        )
        inputs, states = _cut(weight, theirs)
        return {
            **_around_cell(theirs),
            "cells.0.project.weight": inputs,
            "cells.0.project.bias": bias,
            "cells.0.recur.weight": states,
        }

    def write(self, ours: Mapping[str, Tensor], places: int) -> Tensors:
        """The gates apart."""
        weights = torch.cat([ours["cells.0.project.weight"], ours["cells.0.recur.weight"]], 1).chunk(3)
        biases = ours["cells.0.project.bias"].chunk(3)
        gates = {}
        for (gate, sign), weight, bias in zip(self._GATES, weights, biases, strict=True):
            gates[gate] = {f"cell.xh_to_{gate}.weight": sign * weight, f"cell.xh_to_{gate}.bias": sign * bias}
        cell = {**gates["z"], **gates["r"], **gates["hbar"]}
        return {"start": ours["start"], "wte.weight": ours["embedding.weight"], **cell, **_head(ours)}


class BagOfWordsLayout(Layout):
    """The same tensors under other names, and a mask."""

    type = "bow"
    sign = "context_block.mlp.c_fc.weight"
    mask = "context_block.cbow.bias"

    _NAMES = {
        "wte.weight": "embedding.weight",
        "wpe.weight": "places.weight",
        "context_block.cbow.bias": None,
        "context_block.mlp.c_fc.weight": "hidden.weight",
        "context_block.mlp.c_fc.bias": "hidden.bias",
        "context_block.mlp.c_proj.weight": "project.weight",
        "context_block.mlp.c_proj.bias": "project.bias",
        "lm_head.weight": "head.weight",
        "lm_head.bias": "head.bias",
    }

    def sizes(self, theirs: Mapping[str, Tensor]) -> tuple[int, dict[str, Any]]:
        """V, E and P from the vectors, H from the hidden layer."""
        size, embedding = shape(theirs, "wte.weight", 2)
        hidden = shape(theirs, "context_block.mlp.c_fc.weight", 2)[0]
        return size, {"context": shape(theirs, "wpe.weight", 2)[0], "embedding": embedding, "hidden": hidden}

    def read(self, theirs: Mapping[str, Tensor]) -> Tensors:
        """Other names."""
        return {our: theirs[their] for their, our in self._NAMES.items() if our is not None}

    def write(self, ours: Mapping[str, Tensor], places: int) -> Tensors:
        """Other names; of the vectors of places those that are used."""
        cut = {**ours, "places.weight": ours["places.weight"][:places]}
        masked = torch.ones(1, places, places).tril()
        return {their: masked if our is None else cut[our] for their, our in self._NAMES.items()}


class TransformerLayout(Layout):
    """The same tensors under other names, and a mask for each block. The heads leave no trace in the shapes."""

    type = "transformer"
    sign = "transformer.wte.weight"
    fixed = {"tied": False, "bias": True}
    mask = ".attn.bias"

    _BLOCK = {
        "ln_1.weight": "attention_norm.weight",
        "ln_1.bias": "attention_norm.bias",
        "attn.bias": None,
        "attn.c_attn.weight": "attention.qkv.weight",
        "attn.c_attn.bias": "attention.qkv.bias",
        "attn.c_proj.weight": "attention.project.weight",
        "attn.c_proj.bias": "attention.project.bias",
        "ln_2.weight": "mlp_norm.weight",
        "ln_2.bias": "mlp_norm.bias",
        "mlp.c_fc.weight": "widen.weight",
        "mlp.c_fc.bias": "widen.bias",
        "mlp.c_proj.weight": "project.weight",
        "mlp.c_proj.bias": "project.bias",
    }

    def sizes(self, theirs: Mapping[str, Tensor]) -> tuple[int, dict[str, Any]]:
        """V, E and P from the vectors, the number of blocks from the names."""
        size, embedding = shape(theirs, "transformer.wte.weight", 2)
        blocks = {name.split(".")[2] for name in theirs if name.startswith("transformer.h.")}
        sizes = {"context": shape(theirs, "transformer.wpe.weight", 2)[0], "embedding": embedding}
        return size, {**sizes, "layers": len(blocks)}

    def read(self, theirs: Mapping[str, Tensor]) -> Tensors:
        """Other names."""
        return {our: theirs[their] for their, our in self._names(theirs, "transformer.h.").items() if our is not None}

    def write(self, ours: Mapping[str, Tensor], places: int) -> Tensors:
        """Other names; of the vectors of places those that are used."""
        cut = {**ours, "places.weight": ours["places.weight"][:places]}
        masked = torch.ones(1, 1, places, places).tril()
        names = self._names(ours, "blocks.")
        return {their: masked.clone() if our is None else cut[our] for their, our in names.items()}

    def _names(self, tensors: Mapping[str, Tensor], block: str) -> dict[str, str | None]:
        """makemore.py's names and ours, for as many blocks as there are with names that start with `block`."""
        count = len({name.removeprefix(block).split(".")[0] for name in tensors if name.startswith(block)})
        names: dict[str, str | None] = {
            "transformer.wte.weight": "embedding.weight",
            "transformer.wpe.weight": "places.weight",
        }
        for number in range(count):
            for their, our in self._BLOCK.items():
                names[f"transformer.h.{number}.{their}"] = our and f"blocks.{number}.{our}"
        last = {"transformer.ln_f.weight": "norm.weight", "transformer.ln_f.bias": "norm.bias"}
        return {**names, **last, "lm_head.weight": "head.weight"}


LAYOUTS: Mapping[str, Layout] = {
    layout.type: layout
    for layout in (
        BigramLayout(),
        MlpLayout(),
        RnnLayout(),
        GruLayout(),
        BagOfWordsLayout(),
        TransformerLayout(),
    )
}
"""Each type that makemore.py has."""


def shape(tensors: Mapping[str, Tensor], name: str, dimensions: int) -> tuple[int, ...]:
    """The shape of a tensor. Raises LayoutError where it is missing, empty, or has not so many dimensions."""
    if name not in tensors:
        raise LayoutError(f"{name} is missing")
    found = tuple(tensors[name].shape)
    if len(found) != dimensions or not all(found):
        raise LayoutError(f"{name} has the shape {found}: it should have {dimensions} dimensions, none of them empty")
    return found


def _around_cell(theirs: Mapping[str, Tensor]) -> Tensors:
    """What our recurrent models have beside the cell."""
    return {
        "start": theirs["start"],
        "embedding.weight": theirs["wte.weight"],
        "head.weight": theirs["lm_head.weight"],
        "head.bias": theirs["lm_head.bias"],
    }


def _head(ours: Mapping[str, Tensor]) -> Tensors:
    """makemore.py's last layer."""
    return {"lm_head.weight": ours["head.weight"], "lm_head.bias": ours["head.bias"]}


def _cut(weight: Tensor, theirs: Mapping[str, Tensor]) -> tuple[Tensor, Tensor]:
    """The columns for the input (..., E) and those for the state (..., H)."""
    embedding = theirs["wte.weight"].shape[1]
    return weight[:, :embedding], weight[:, embedding:]
