"""Files that are not makemore.py's weights: one line each, and nothing in them is run."""

import os
import pickle
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from makemore_core.errors import MakemoreError
from makemore_core.exchange.makemore_py import read_model
from tests.core.exchange.reference import TYPES, random_state


class Trap:
    """Loading this as an ordinary pickle makes a folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.path),)


def fault(path: Path, **options: Any) -> str:
    """The line that reading gives; it names the file."""
    with pytest.raises(MakemoreError) as caught:
        read_model(path, **options)
    line = str(caught.value)
    assert str(path) in line and "\n" not in line
    return line.replace(str(path), "FILE")


def fault_of(state: Any, folder: Path, **options: Any) -> str:
    torch.save(state, folder / "model.pt")
    return fault(folder / "model.pt", **options)


def test_a_file_that_is_not_there_or_cannot_be_read(tmp_path: Path) -> None:
    assert fault(tmp_path / "model.pt") == "FILE cannot be read: No such file or directory"
    assert fault(tmp_path) == "FILE cannot be read: Is a directory"


@pytest.mark.parametrize("content", [b"", b"emma\nolivia\n", bytes(range(256)) * 20, pickle.dumps({"logits": 1})])
def test_a_file_that_torch_did_not_save(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model.pt"
    path.write_bytes(content)
    assert fault(path) == "FILE is no file of torch.save: give the model.pt that makemore.py wrote"


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize("kept", [20, 0.3, 0.7, 0.99, -1])
def test_a_file_that_is_cut_short(kept: float, zipped: bool, tmp_path: Path) -> None:
    path = tmp_path / "model.pt"
    torch.save(random_state("gru"), path, _use_new_zipfile_serialization=zipped)
    assert read_model(path).type == "gru"
    whole = path.read_bytes()
    path.write_bytes(whole[: int(kept * len(whole)) if isinstance(kept, float) else kept])
    assert fault(path) == "FILE is damaged or cut short: copy it again from where it was made"


@pytest.mark.parametrize("zipped", [True, False])
def test_a_file_that_would_run_code_is_not_run(zipped: bool, tmp_path: Path) -> None:
    path, trap = tmp_path / "model.pt", tmp_path / "sprung"
    torch.save({"logits": torch.zeros(3, 3), "more": Trap(trap)}, path, _use_new_zipfile_serialization=zipped)
    assert fault(path).startswith("FILE holds more than weights, and what it holds could run code, so it was not read")
    assert not trap.exists()


def test_a_whole_model_in_place_of_its_weights(tmp_path: Path) -> None:
    assert fault_of(torch.nn.Linear(2, 2), tmp_path).endswith("save model.state_dict() alone")


@pytest.mark.parametrize("value", [[1, 2], {}, torch.zeros(3), {1: torch.zeros(3)}])
def test_no_weights_by_name(value: Any, tmp_path: Path) -> None:
    assert fault_of(value, tmp_path) == "FILE holds no weights by name: save model.state_dict()"


@pytest.mark.parametrize(
    "value",
    [
        {"logits": torch.zeros(3, 3)},
        torch.zeros(3, 3, dtype=torch.int64),
        torch.eye(3).to_sparse(),
        torch.zeros(3, 3, device="meta"),
        torch.zeros(3, 3, dtype=torch.float8_e4m3fn),
        torch.zeros(1).expand(1 << 20, 1 << 20),  # 4 bytes in the file, 4 TB in memory
    ],
)
def test_something_other_than_numbers_under_a_name(value: Any, tmp_path: Path) -> None:
    assert fault_of({"logits": value}, tmp_path).startswith("FILE: logits is no tensor of numbers")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e300])  # float32 ends at 3e38
def test_weights_that_are_no_finite_numbers(value: float, tmp_path: Path) -> None:
    state = random_state("rnn")
    state["lm_head.bias"] = state["lm_head.bias"].double()
    state["lm_head.bias"][2] = value
    assert fault_of(state, tmp_path) == "FILE: lm_head.bias holds infinite numbers or NaN: training had diverged"


def test_a_model_of_another_program(tmp_path: Path) -> None:
    line = fault_of({"fc1.weight": torch.zeros(3, 3), "fc1.bias": torch.zeros(3)}, tmp_path)
    assert line.startswith("FILE holds no model of makemore.py's, which are bigram, mlp")
    assert line.endswith("fc1.weight, fc1.bias")


@pytest.mark.parametrize("type", TYPES)
def test_another_type_than_was_said(type: str, tmp_path: Path) -> None:
    other = TYPES[TYPES.index(type) - 1]
    line = fault_of(random_state(type), tmp_path, type=other)
    assert line == f"FILE holds a model of type {type}, not {other}"


def test_a_type_that_makemore_py_has_not(tmp_path: Path) -> None:
    torch.save(random_state("rnn"), tmp_path / "model.pt")
    with pytest.raises(MakemoreError, match=r"makemore\.py has no model like lstm"):
        read_model(tmp_path / "model.pt", type="lstm")
    with pytest.raises(MakemoreError, match="there is no model type 'hmm'"):
        read_model(tmp_path / "model.pt", type="hmm")


@pytest.mark.parametrize("type", TYPES)
def test_each_tensor_that_is_missing_is_named(type: str, tmp_path: Path) -> None:
    for name in random_state(type):
        state = random_state(type)
        if len(state) > 1:
            del state[name]
            line = fault_of(state, tmp_path, heads=3 if type == "transformer" else None)
            assert name in line or "holds no model of makemore.py's" in line


def _add(state: dict[str, Tensor]) -> None:
    state["transformer.h.0.attn.scale"] = torch.zeros(1)


def _skip_a_block(state: dict[str, Tensor]) -> None:
    for name in [name for name in state if name.startswith("transformer.h.0.")]:
        del state[name]


def _widen(state: dict[str, Tensor]) -> None:
    state["transformer.h.1.mlp.c_fc.bias"] = torch.zeros(23)


def _look_ahead(state: dict[str, Tensor]) -> None:
    state["transformer.h.1.attn.bias"] = torch.ones(1, 1, 9, 9)


def _flatten(state: dict[str, Tensor]) -> None:
    state["transformer.wte.weight"] = torch.zeros(42)


def _empty(state: dict[str, Tensor]) -> None:
    state["transformer.wpe.weight"] = torch.zeros(0, 6)


@pytest.mark.parametrize(
    ("spoil", "line"),
    [
        (_add, "it has transformer.h.0.attn.scale besides"),
        (_skip_a_block, "it lacks transformer.h.0.ln_1.weight, .* and 10 more"),
        (_widen, r"transformer.h.1.mlp.c_fc.bias has the shape \(23,\), and the others ask for \(24,\)"),
        (_look_ahead, "transformer.h.1.attn.bias is no mask that hides what is to come"),
        (_flatten, r"transformer.wte.weight has the shape \(42,\): it should have 2 dimensions"),
        (_empty, r"transformer.wpe.weight has the shape \(0, 6\)"),
    ],
)
def test_weights_that_do_not_fit_together(
    spoil: Callable[[dict[str, Tensor]], None], line: str, tmp_path: Path
) -> None:
    state = random_state("transformer")
    spoil(state)
    found = fault_of(state, tmp_path, heads=3)
    assert re.fullmatch(f"FILE does not hold the weights of makemore.py's transformer: {line}.*", found), found


@pytest.mark.parametrize("heads", [None, 4, 0, -2])
def test_heads_that_do_not_divide_the_embedding(heads: int | None, tmp_path: Path) -> None:
    line = fault_of(random_state("transformer"), tmp_path, heads=heads)
    expected = f"FILE: an embedding of 6 has no {4 if heads is None else heads} equal parts: say with --n-head"
    assert line.startswith(expected)


def test_heads_for_a_model_without(tmp_path: Path) -> None:
    line = fault_of(random_state("gru"), tmp_path, heads=4)
    assert line == "FILE holds a model of type gru, which has no heads: leave them out"
