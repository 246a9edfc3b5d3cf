"""The same against makemore.py itself, where the variable MAKEMORE_PY names the file: it is not part of the project.

MAKEMORE_PY=~/makemore/makemore.py make test ARGS="-n 0 -s tests/core/exchange/test_real_makemore_py.py"
"""

import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from makemore_core.corpus import Corpus, read_corpus
from makemore_core.exchange.import_run import length_note
from makemore_core.exchange.makemore_py import read_model, write_model
from makemore_core.models.base import LanguageModel
from makemore_core.models.registry import build_model
from makemore_core.positions import PADDING, padded_items
from makemore_core.presets import PRESETS
from makemore_core.splits import split_corpus
from tests.core.exchange.reference import TYPES, logits, random_state

each_type = pytest.mark.parametrize("type", TYPES)

ITEMS = 4000
"""Every eighth of the canonical list, its longest included: enough for each character at many places."""


@pytest.fixture(scope="module")
def makemore() -> Iterator[Any]:
    """The module."""
    path = os.environ.get("MAKEMORE_PY")
    if not path:
        pytest.skip("set MAKEMORE_PY to the path of makemore.py")
    # It imports TensorBoard, which its models do not use.
    board = ModuleType("torch.utils.tensorboard")
    board.SummaryWriter = None  # type: ignore[attr-defined]
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "torch.utils.tensorboard", board)
        spec = importlib.util.spec_from_file_location("real_makemore", path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        patch.setitem(sys.modules, "real_makemore", module)
        spec.loader.exec_module(module)
        yield module


@pytest.fixture(scope="module")
def names(names_file: Path) -> Corpus:
    return read_corpus(names_file)


def build(makemore: Any, type: str, corpus: Corpus) -> Any:
    """A model of makemore.py's as it makes one for this list, at its default sizes."""
    places = int(corpus.lengths.max()) + 1
    return make(makemore, type, makemore.ModelConfig(block_size=places, vocab_size=corpus.vocabulary.size))


def make(makemore: Any, type: str, config: Any) -> Any:
    """A model of makemore.py's."""
    makers = {"bigram": makemore.Bigram, "mlp": makemore.MLP, "bow": makemore.BoW, "transformer": makemore.Transformer}
    return makers[type](config) if type in makers else makemore.RNN(config, cell_type=type)


def some(corpus: Corpus) -> tuple[torch.Tensor, torch.Tensor]:
    """Ids (B, T) and which of their positions are real; T is that of the longest item of the list."""
    longest = int(corpus.lengths.argmax())
    ids, targets = padded_items(corpus, np.append(np.linspace(0, len(corpus) - 1, ITEMS).astype(np.int64), longest))
    return torch.from_numpy(ids), torch.from_numpy(targets) != PADDING


def difference(theirs: Any, ours: LanguageModel, corpus: Corpus) -> float:
    ids, real = some(corpus)
    with torch.no_grad():
        answer, _ = theirs(ids.clone())
        return float((answer - ours(ids))[real].abs().max())


@each_type
def test_logits_are_the_same(type: str, makemore: Any, names: Corpus, tmp_path: Path) -> None:
    torch.manual_seed(3407)
    theirs = build(makemore, type, names)
    with torch.no_grad():  # away from first weights, where a table of logits and the start are zeros
        for parameter in theirs.parameters():
            parameter += 0.1 * torch.randn_like(parameter)
    torch.save(theirs.state_dict(), tmp_path / "model.pt")
    found = read_model(tmp_path / "model.pt", type=type)
    assert found.model.parameter_count == sum(parameter.numel() for parameter in theirs.parameters())
    assert length_note(found, names) is None
    largest = difference(theirs, found.model, names)
    print(f"{type}: largest difference of a logit {largest:.2g}")
    assert largest < 1e-5


@each_type
def test_it_loads_what_is_exported(type: str, makemore: Any, names: Corpus, tmp_path: Path) -> None:
    settings = {**PRESETS[f"makemore-{type}"].model, **({"init_std": 1.0} if type == "bigram" else {})}
    model = build_model(type, names.vocabulary.size, settings, seed=2).eval()
    ids, _ = some(names)
    write_model(tmp_path / "model.pt", type, model, ids[:20].numpy(), longest=int(names.lengths.max()))
    theirs = build(makemore, type, names)
    theirs.load_state_dict(torch.load(tmp_path / "model.pt"))
    assert difference(theirs, model, names) < 1e-5


@each_type
def test_the_formulas_of_these_tests_are_its_own(type: str, makemore: Any, tmp_path: Path) -> None:
    state = random_state(type, vocab=7, places=9, embedding=6, hidden=5, blocks=2)
    config = makemore.ModelConfig(block_size=9, vocab_size=7, n_layer=2, n_embd=6, n_embd2=5, n_head=3)
    theirs = make(makemore, type, config)
    theirs.load_state_dict(state)
    ids = torch.randint(1, 7, (5, 9), generator=torch.Generator().manual_seed(1))
    ids[:, 0] = 0
    with torch.no_grad():
        answer, _ = theirs(ids.clone())
    assert np.abs(answer.numpy() - logits(type, state, ids.numpy(), heads=3)).max() < 1e-5


def test_the_split_is_its_own(makemore: Any, names: Corpus, names_file: Path) -> None:
    torch.manual_seed(3407)
    train, test = makemore.create_datasets(str(names_file))
    split = split_corpus(names, "makemore", 3407)
    assert [names.item(int(i)) for i in split.train] == train.words
    assert [names.item(int(i)) for i in split.test] == test.words
    assert train.get_vocab_size() == names.vocabulary.size
