"""Reading and writing makemore.py's weights, against its formulas worked out in numpy."""

from pathlib import Path

import numpy as np
import pytest
import torch

from makemore_core.errors import ExchangeError
from makemore_core.exchange.makemore_py import read_model, write_model
from makemore_core.models.base import LanguageModel, seeded
from makemore_core.models.registry import build_model, family_settings
from makemore_core.positions import PADDING, padded_items
from tests.core.exchange.files import HEADS, read, saved, six_letters
from tests.core.exchange.reference import TYPES, logits

each_type = pytest.mark.parametrize("type", TYPES)

CORPUS = six_letters()
IDS, TARGETS = padded_items(CORPUS, np.arange(len(CORPUS)))
REAL = TARGETS != PADDING


def ours(model: LanguageModel) -> np.ndarray:
    with torch.no_grad():
        return model(torch.from_numpy(IDS)).numpy()[REAL]


def write(path: Path, type: str, model: LanguageModel, *, longest: int = 8) -> dict[str, torch.Tensor]:
    write_model(path, type, model, IDS[:, : longest + 1], longest=longest)
    state: dict[str, torch.Tensor] = torch.load(path, weights_only=True)
    return state


@each_type
def test_logits_are_those_of_the_formulas(type: str, tmp_path: Path) -> None:
    path, state = saved(tmp_path, type)
    found = read(path, type)
    assert found.type == type
    assert np.abs(ours(found.model) - logits(type, state, IDS, HEADS)[REAL]).max() < 1e-5


@each_type
def test_written_weights_are_those_that_were_read(type: str, tmp_path: Path) -> None:
    path, state = saved(tmp_path, type)
    back = write(tmp_path / "back.pt", type, read(path, type).model)
    assert back.keys() == state.keys()
    assert all(torch.equal(back[name], state[name]) for name in state)


@each_type
def test_sizes_are_read_from_the_shapes(type: str, tmp_path: Path) -> None:
    path, _ = saved(tmp_path, type, vocab=4, places=5, embedding=8, hidden=3, blocks=3)
    model = read_model(path).model
    assert model.vocab_size == 4
    sizes = model.settings.model_dump()
    expected = {"context": 5, "embedding": 8, "hidden": 3, "layers": 3 if type == "transformer" else 1, "heads": 4}
    assert {name: value for name, value in expected.items() if name in sizes} == {
        name: sizes[name] for name in expected if name in sizes
    }
    assert sizes.get("dropout", 0.0) == 0.0


@pytest.mark.parametrize("blank_token", [False, True])
def test_an_mlp_with_a_shorter_window_is_written_with_a_longer_one(blank_token: bool, tmp_path: Path) -> None:
    sizes = {"context": 3, "embedding": 4, "hidden": 5, "blank_token": blank_token, "output_gain": 1.0}
    model = build_model("mlp", 7, sizes, seed=3)
    state = write(tmp_path / "model.pt", "mlp", model)
    assert state["wte.weight"].shape == (8, 4) and state["mlp.0.weight"].shape == (5, 9 * 4)
    assert np.abs(ours(model) - logits("mlp", state, IDS)[REAL]).max() < 1e-5


@pytest.mark.parametrize("type", ["bow", "transformer"])
def test_places_that_no_item_reaches_are_left_out(type: str, tmp_path: Path) -> None:
    model = build_model(type, 7, {"context": 12, "embedding": 8}, seed=3).eval()
    state = write(tmp_path / "model.pt", type, model)
    assert next(tensor for name, tensor in state.items() if name.endswith("wpe.weight")).shape == (9, 8)
    assert np.abs(ours(model) - logits(type, state, IDS)[REAL]).max() < 1e-5


@pytest.mark.parametrize(
    ("type", "sizes", "line"),
    [
        ("lstm", {}, "makemore.py has no model like lstm: it has bigram, mlp, rnn, gru, bow, transformer"),
        ("batchnorm", {}, "makemore.py has no model like batchnorm"),
        (
            "transformer",
            {"tied": True, "context": 9},
            "tied false, and this model has true: train one with --preset makemore-transformer",
        ),
        ("transformer", {"bias": False, "context": 9}, "has bias true, and this model has false"),
        ("transformer", {"context": 8}, "and this model has 8: train one with --block-size 9"),
        ("bow", {"context": 8}, "has 9 places on this list"),
        (
            "gru",
            {"reset": "after", "layers": 1},
            "before, and this model has after: train one with --preset makemore-gru",
        ),
        ("gru", {"reset": "before", "layers": 2}, "has layers 1, and this model has 2"),
        ("rnn", {"layers": 3}, "has layers 1, and this model has 3"),
        ("mlp", {"layers": 2}, "has layers 1, and this model has 2"),
        (
            "mlp",
            {"context": 10},
            "9 characters on this list, and this model at 10: train one with --block-size 9 or less",
        ),
    ],
)
def test_what_makemore_py_has_not_is_refused(type: str, sizes: dict[str, object], line: str, tmp_path: Path) -> None:
    model = build_model(type, 7, sizes, seed=1)
    with pytest.raises(ExchangeError) as caught:
        write_model(tmp_path / "model.pt", type, model, IDS, longest=8)
    assert line in str(caught.value)
    assert not (tmp_path / "model.pt").exists()


def test_a_model_that_answers_otherwise_than_its_weights_say_is_refused(tmp_path: Path) -> None:
    model = build_model("rnn", 7, {"layers": 1}, seed=1)
    plain = model.forward
    model.forward = lambda ids: 2 * plain(ids)  # type: ignore[method-assign]
    with pytest.raises(ExchangeError, match="would not give the logits of this model"):
        write_model(tmp_path / "model.pt", "rnn", model, IDS, longest=8)


def test_a_file_is_replaced_only_by_force(tmp_path: Path) -> None:
    path, model = tmp_path / "model.pt", build_model("bigram", 7, seed=1)
    path.write_text("precious")
    with pytest.raises(
        ExchangeError, match=r"model\.pt exists already: choose another name, or replace it with --force"
    ):
        write_model(path, "bigram", model, IDS, longest=8)
    assert path.read_text() == "precious"
    write_model(path, "bigram", model, IDS, longest=8, force=True)
    assert torch.equal(torch.load(path, weights_only=True)["logits"], model.state_dict()["weight"])
    with pytest.raises(ExchangeError, match="cannot be written: No such file"):
        write_model(tmp_path / "nowhere" / "model.pt", "bigram", model, IDS, longest=8)


def test_the_hyperparameters_of_a_type_are_those_of_the_family() -> None:
    from makemore_core.exchange.layouts import LAYOUTS

    for type, layout in LAYOUTS.items():
        assert layout.type == type
        family_settings(type, dict(layout.fixed))


def test_half_precision_is_read_as_float32(tmp_path: Path) -> None:
    state = {"logits": torch.randn(7, 7, generator=seeded(1))}
    torch.save({"logits": state["logits"].half()}, tmp_path / "model.pt")
    read_back = read_model(tmp_path / "model.pt").model.state_dict()["weight"]
    assert read_back.dtype == torch.float32
    assert torch.equal(read_back, state["logits"].half().float())
