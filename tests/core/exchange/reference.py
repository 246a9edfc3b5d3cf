"""makemore.py's six types by their formulas, in numpy and float64: nothing here is ours or makemore.py's.

A state is what makemore.py saves: tensors by name. `random_state` makes one of any sizes, and `logits` says what a
model with these weights answers.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

TYPES = ("bigram", "mlp", "rnn", "gru", "bow", "transformer")

Array = NDArray[np.float64]


def random_state(
    type: str, *, vocab: int = 7, places: int = 9, embedding: int = 6, hidden: int = 5, blocks: int = 2, seed: int = 1
) -> dict[str, Tensor]:
    """Weights of moderate size under makemore.py's names."""
    generator = torch.Generator().manual_seed(seed)
    v, p, e, h = vocab, places, embedding, hidden
    look_back = torch.ones(p, p).tril()
    shapes: dict[str, tuple[int, ...]] = {}
    masks: dict[str, Tensor] = {}

    def linear(name: str, inputs: int, outputs: int, *, bias: bool = True) -> None:
        shapes[f"{name}.weight"] = (outputs, inputs)
        if bias:
            shapes[f"{name}.bias"] = (outputs,)

    if type == "bigram":
        shapes["logits"] = (v, v)
    elif type == "mlp":
        shapes["wte.weight"] = (v + 1, e)
        linear("mlp.0", p * e, h)
        linear("mlp.2", h, v)
    elif type in ("rnn", "gru"):
        shapes["start"] = (1, h)
        shapes["wte.weight"] = (v, e)
        for gate in ("h",) if type == "rnn" else ("z", "r", "hbar"):
            linear(f"cell.xh_to_{gate}", e + h, h)
        linear("lm_head", h, v)
    elif type == "bow":
        shapes["wte.weight"], shapes["wpe.weight"] = (v, e), (p, e)
        masks["context_block.cbow.bias"] = look_back[None]
        linear("context_block.mlp.c_fc", e, h)
        linear("context_block.mlp.c_proj", h, e)
        linear("lm_head", e, v)
    else:
        shapes["transformer.wte.weight"], shapes["transformer.wpe.weight"] = (v, e), (p, e)
        for n in range(blocks):
            block = f"transformer.h.{n}"
            masks[f"{block}.attn.bias"] = look_back[None, None].clone()
            for norm in ("ln_1", "ln_2"):
                shapes[f"{block}.{norm}.weight"] = shapes[f"{block}.{norm}.bias"] = (e,)
            linear(f"{block}.attn.c_attn", e, 3 * e)
            linear(f"{block}.attn.c_proj", e, e)
            linear(f"{block}.mlp.c_fc", e, 4 * e)
            linear(f"{block}.mlp.c_proj", 4 * e, e)
        shapes["transformer.ln_f.weight"] = shapes["transformer.ln_f.bias"] = (e,)
        linear("lm_head", e, v, bias=False)
    return {**masks, **{name: 0.7 * torch.randn(size, generator=generator) for name, size in shapes.items()}}


def logits(type: str, state: dict[str, Tensor], ids: NDArray[np.int64], heads: int = 4) -> Array:
    """(B, T) ids that start with the sentinel to (B, T, V): one item and one position at a time."""
    w = {name: tensor.double().numpy() for name, tensor in state.items()}
    answer = {"bigram": _bigram, "mlp": _mlp, "rnn": _rnn, "gru": _gru, "bow": _bag_of_words}
    rows = [_transformer(w, item, heads) if type == "transformer" else answer[type](w, item) for item in ids]
    return np.stack(rows)


def _bigram(w: dict[str, Array], item: NDArray[np.int64]) -> Array:
    return w["logits"][item]


def _mlp(w: dict[str, Array], item: NDArray[np.int64]) -> Array:
    blank = len(w["wte.weight"]) - 1
    window = w["mlp.0.weight"].shape[1] // w["wte.weight"].shape[1]
    out = []
    for t in range(len(item)):
        seen = [item[t - k] if t >= k else blank for k in range(window)]  # the newest first
        hidden = np.tanh(_linear(w, "mlp.0", w["wte.weight"][seen].ravel()))
        out.append(_linear(w, "mlp.2", hidden))
    return np.stack(out)


def _rnn(w: dict[str, Array], item: NDArray[np.int64]) -> Array:
    state, out = w["start"][0], []
    for character in item:
        state = np.tanh(_linear(w, "cell.xh_to_h", np.concatenate([w["wte.weight"][character], state])))
        out.append(_linear(w, "lm_head", state))
    return np.stack(out)


def _gru(w: dict[str, Array], item: NDArray[np.int64]) -> Array:
    state, out = w["start"][0], []
    for character in item:
        x = w["wte.weight"][character]
        both = np.concatenate([x, state])
        reset, new_share = (_sigmoid(_linear(w, f"cell.xh_to_{gate}", both)) for gate in "rz")
        candidate = np.tanh(_linear(w, "cell.xh_to_hbar", np.concatenate([x, reset * state])))
        state = (1 - new_share) * state + new_share * candidate
        out.append(_linear(w, "lm_head", state))
    return np.stack(out)


def _bag_of_words(w: dict[str, Array], item: NDArray[np.int64]) -> Array:
    x = w["wte.weight"][item] + w["wpe.weight"][: len(item)]
    x = x + np.stack([x[: t + 1].mean(0) for t in range(len(item))])
    hidden = np.tanh(_linear(w, "context_block.mlp.c_fc", x))
    return _linear(w, "lm_head", x + _linear(w, "context_block.mlp.c_proj", hidden))


def _transformer(w: dict[str, Array], item: NDArray[np.int64], heads: int) -> Array:
    x = w["transformer.wte.weight"][item] + w["transformer.wpe.weight"][: len(item)]
    count = sum(name.endswith(".ln_1.bias") for name in w)
    for n in range(count):
        block = f"transformer.h.{n}"
        x = x + _attention(w, f"{block}.attn", _norm(w, f"{block}.ln_1", x), heads)
        x = x + _linear(w, f"{block}.mlp.c_proj", _gelu(_linear(w, f"{block}.mlp.c_fc", _norm(w, f"{block}.ln_2", x))))
    return _norm(w, "transformer.ln_f", x) @ w["lm_head.weight"].T


def _attention(w: dict[str, Array], name: str, x: Array, heads: int) -> Array:
    query, key, value = np.split(_linear(w, f"{name}.c_attn", x), 3, axis=1)
    size = x.shape[1] // heads
    mixed = np.zeros_like(x)
    for head in range(heads):
        part = slice(head * size, (head + 1) * size)
        for t in range(len(x)):
            scores = key[: t + 1, part] @ query[t, part] / np.sqrt(size)
            weights = np.exp(scores - scores.max())
            mixed[t, part] = weights / weights.sum() @ value[: t + 1, part]
    return _linear(w, f"{name}.c_proj", mixed)


def _linear(w: dict[str, Array], name: str, x: Array) -> Array:
    return x @ w[f"{name}.weight"].T + w[f"{name}.bias"]


def _norm(w: dict[str, Array], name: str, x: Array) -> Array:
    centred = x - x.mean(1, keepdims=True)
    scaled = centred / np.sqrt((centred**2).mean(1, keepdims=True) + 1e-5)
    return scaled * w[f"{name}.weight"] + w[f"{name}.bias"]


def _gelu(x: Array) -> Array:
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


def _sigmoid(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))
