"""What holds for every family in the registry: a new one is tested by its line there."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from makemore_core.errors import SettingsError
from makemore_core.models.base import CountModel, select_rows
from makemore_core.models.registry import FAMILIES, build_model, family_settings, find_family, load_family
from tests.core.learning import TINY
from tests.core.models import FAMILY_NAMES, ready_model, small_corpus

pytestmark = pytest.mark.parametrize("family", FAMILY_NAMES)


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_stepping_equals_forward(family: str, data: st.DataObject) -> None:
    corpus = small_corpus()
    model = ready_model(family, corpus)
    batch = data.draw(st.integers(1, 3))
    time = data.draw(st.integers(1, 12))
    drawn = data.draw(
        st.lists(st.integers(0, corpus.vocabulary.size - 1), min_size=batch * time, max_size=batch * time)
    )
    ids = torch.tensor(drawn).reshape(batch, time)
    ids[:, 0] = 0
    with torch.no_grad():
        whole = model(ids)
        state = model.init_state(batch)
        for t in range(time):
            logits, state = model.step(ids[:, t], state)
            torch.testing.assert_close(logits, whole[:, t], rtol=1e-5, atol=1e-5)


@settings(max_examples=5, deadline=None)
@given(
    items=st.lists(st.text("abcdefghijklmnopqrstuvwxyzåñж字", min_size=1, max_size=9), min_size=2, max_size=6),
    data=st.data(),
)
def test_any_vocabulary_and_length(family: str, items: list[str], data: st.DataObject) -> None:
    """Stepping equals `forward`, and the probabilities sum to one, whatever characters a list has."""
    corpus = small_corpus("ab", *items)  # a list of one character alone is refused
    size = corpus.vocabulary.size
    fields = load_family(family).Settings.model_fields
    model = ready_model(family, corpus, **{name: TINY[name] for name in TINY if name in fields})
    ids = torch.tensor([[0, *data.draw(st.lists(st.integers(0, size - 1), max_size=14))]])
    with torch.no_grad():
        whole, state = model(ids), model.init_state(1)
        for t in range(ids.shape[1]):
            logits, state = model.step(ids[:, t], state)
            torch.testing.assert_close(logits, whole[:, t], rtol=1e-5, atol=1e-5)
    assert whole.shape == (1, ids.shape[1], size)
    torch.testing.assert_close(whole.double().softmax(-1).sum(-1), torch.ones(1, ids.shape[1], dtype=torch.float64))


def test_a_step_leaves_the_state_before_it_as_it_was(family: str) -> None:
    corpus = small_corpus()
    model = ready_model(family, corpus)
    with torch.no_grad():
        _, before = model.step(torch.tensor([0, 0]), model.init_state(2))
        kept = [tensor.clone() for tensor in before]
        model.step(torch.tensor([1, 2]), before)
    assert all(torch.equal(now, then) for now, then in zip(before, kept, strict=True))


def test_rows_of_a_state_go_on_alone(family: str) -> None:
    corpus = small_corpus()
    model = ready_model(family, corpus)
    first, second = torch.tensor([1, 2, 3]), torch.tensor([4, 5, 6])
    with torch.no_grad():
        _, state = model.step(first, model.init_state(3))
        together, _ = model.step(second, state)
        alone, _ = model.step(second[1:2], select_rows(state, torch.tensor([1])))
    torch.testing.assert_close(alone, together[1:2])


@pytest.mark.parametrize("rows", [[1, 0], [1, 0, 2] * 30])
def test_rows_can_be_chosen_with_the_step(family: str, rows: list[int]) -> None:
    model = ready_model(family, small_corpus())
    chosen, ids = torch.tensor(rows), torch.arange(len(rows)) % 3 + 1
    with torch.no_grad():
        _, state = model.step(torch.tensor([1, 2, 3]), model.init_state(3))
        for _ in range(2):  # rows that were chosen can be chosen from again
            logits, after = model.step_from(ids, state, chosen)
            expected, state = model.step(ids, select_rows(state, chosen))
            torch.testing.assert_close(logits, expected)
            torch.testing.assert_close(model.step(ids, after)[0], model.step(ids, state)[0])


def test_states_of_many_and_of_few_can_be_joined(family: str) -> None:
    model, many = ready_model(family, small_corpus()), torch.arange(90) % 3 + 1
    with torch.no_grad():
        (_, few), (_, state) = (model.step(ids, model.init_state(len(ids))) for ids in (many[:2], many))
        one = select_rows(state, torch.tensor([4]))
        logits, _ = model.step(many[:3], model.join_states([few, one]))
        for row, (ids, own) in enumerate([(many[:1], few), (many[1:2], few), (many[2:3], one)]):
            alone, _ = model.step(ids, select_rows(own, torch.tensor([row % 2])))
            torch.testing.assert_close(logits[row : row + 1], alone)


def test_forward_does_not_look_ahead(family: str) -> None:
    corpus = small_corpus()
    model = ready_model(family, corpus)
    ids = torch.tensor([[0, 1, 2, 3, 4]])
    changed = torch.tensor([[0, 1, 2, 5, 6]])
    with torch.no_grad():
        torch.testing.assert_close(model(ids)[:, :3], model(changed)[:, :3])


def test_logits_depend_on_no_more_than_the_context(family: str) -> None:
    corpus = small_corpus()
    model = ready_model(family, corpus)
    if model.context is None:
        pytest.skip("the family looks back without a limit")
    tail = [n % 6 + 1 for n in range(max(model.context, 1))]
    one, other = torch.tensor([[0, 7, 7, *tail]]), torch.tensor([[0, 3, 8, *tail]])
    with torch.no_grad():
        torch.testing.assert_close(model(one)[:, -1], model(other)[:, -1])


def test_probabilities_sum_to_one(family: str) -> None:
    model = ready_model(family, small_corpus())
    with torch.no_grad():
        total = model(torch.tensor([[0, 1, 2, 3]])).double().softmax(-1).sum(-1)
    torch.testing.assert_close(total, torch.ones(1, 4, dtype=torch.float64))


def test_the_parameter_count_is_that_of_the_model(family: str) -> None:
    model = build_model(family, 27, seed=1)
    if isinstance(model, CountModel):
        assert model.parameter_count == 27 ** family_settings(family).order  # type: ignore[attr-defined]
        return
    trained = sum(parameter.numel() for parameter in model.parameters() if isinstance(parameter, nn.Parameter))
    assert model.parameter_count == trained


def test_the_seed_decides_the_initial_weights(family: str) -> None:
    one, same, other = (build_model(family, 27, seed=seed).state_dict() for seed in (1, 1, 2))
    assert all(torch.equal(one[name], same[name]) for name in one)
    if not FAMILIES[family].counts:
        assert any(not torch.equal(one[name], other[name]) for name in one)


def test_weights_survive_being_stored(family: str) -> None:
    corpus = small_corpus()
    model = ready_model(family, corpus, seed=1)
    copy = build_model(family, corpus.vocabulary.size, seed=2)
    copy.load_tensors(dict(model.state_dict()))
    ids = torch.tensor([[0, 1, 2, 3]])
    with torch.no_grad():
        assert torch.equal(copy.eval()(ids), model(ids))


def test_every_setting_is_described_for_the_form(family: str) -> None:
    fields = load_family(family).Settings.model_fields
    assert all(field.description and not field.is_required() for field in fields.values())


def test_a_setting_that_does_not_exist_is_named(family: str) -> None:
    known = ", ".join(load_family(family).Settings.model_fields)
    with pytest.raises(SettingsError, match=f"^{family}: there is no setting 'colour': it has {known}$"):
        family_settings(family, {"colour": 3})


def test_an_unknown_family_lists_the_known_ones(family: str) -> None:
    with pytest.raises(SettingsError, match=rf"no model type 'hmm'.*{family}"):
        find_family("hmm")
