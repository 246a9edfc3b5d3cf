"""What looks mean in words, at the bounds that the lecture names."""

import math
from dataclasses import replace

import pytest

from makemore_core.diagnostics.findings import explain, explain_first_loss, find
from makemore_core.diagnostics.looks import Histogram, Kind, Layer, Look, Parameter

HISTOGRAM = Histogram(-1.0, 1.0, (160,) * 40)
"""Of 32 characters."""
GOOD = Layer("h3", "tanh", 200, 0.0, 0.65, 0.05, 0, HISTOGRAM)
MATRIX = Parameter("weight", (100, 100), 0.1, 0.0, 6e-3, 6e-2, -2.3, HISTOGRAM)


def test_a_network_that_is_well_set_has_no_findings() -> None:
    look = Look(1000, (GOOD,), (MATRIX, replace(MATRIX, name="b", shape=(9,), update_ratio=-1.0)))
    assert find(look, look, 3.29, 27) == ()
    assert explain(GOOD) == "h3: mean +0.00, deviation 0.65, 5.0% saturated"
    assert explain(MATRIX) == "weight: update:data is 10^-2.3, near the 10^-3 that is good"


@pytest.mark.parametrize(
    ("changes", "at_first", "words"),
    [
        ({"saturated": 0.44}, 0.45, "44% of h3 is saturated: initial weights are too large"),
        ({"saturated": 0.64}, 0.05, "64% of h3 is saturated: little of the gradient passes it"),
        ({"dead": 40}, 0.05, "40 of 200 units of h3 are dead (saturated for every character): they learn nothing"),
        ({"std": 0.03}, 0.05, "the activations of h3 are small (deviation 0.03): initial weights are too small"),
        ({"kind": "gate", "saturated": 0.7}, 0.05, "70% of the gate h3 is fully open or shut: it hardly learns"),
        (
            {"kind": "relu", "saturated": 0.95},
            0.95,
            "95% of h3 is switched off: little passes it, forwards or backwards",
        ),
        (
            {"kind": "relu", "dead": 60},
            0.05,
            "60 of 200 units of h3 are dead (never active): they learn nothing",
        ),
    ],
)
def test_layers(changes: dict[str, object], at_first: float, words: str) -> None:
    layer = replace(GOOD, **changes)  # type: ignore[arg-type]
    initial = replace(GOOD, saturated=at_first)
    assert explain(layer, initial) == words
    other = replace(GOOD, name="h1")
    assert [one.text for one in find(Look(500, (other, layer), ()), Look(0, (other, initial), ()))] == [words]


def test_what_learning_saturates_is_no_fault_of_the_initial_weights() -> None:
    layer = replace(GOOD, saturated=0.47)
    assert find(Look(500, (layer,), ()), Look(0, (GOOD,), ())) == ()
    assert find(Look(500, (layer,), ())) == ()
    assert len(find(Look(500, (layer,), ()), Look(0, (layer,), ()))) == 1
    assert find(Look(500, (GOOD,), ()), Look(0, (layer,), ())) == ()  # it has got over it


def test_a_few_units_may_die_by_learning() -> None:
    layer = replace(GOOD, kind="relu", dead=1)
    assert find(Look(500, (layer,), ()), Look(0, (GOOD,), ())) == ()
    (finding,) = find(Look(500, (layer,), ()), Look(0, (layer,), ()))
    assert finding.text == "1 of 200 units of h3 is dead (never active): it learns nothing"


@pytest.mark.parametrize(
    ("kind", "at_first", "later", "dead"),
    [("tanh", 0.23, 0.40, 0), ("tanh", 0.0, 0.47, 0), ("gelu", 0.50, 0.98, 26), ("gate", 0.0, 0.39, 0)],
    ids=["mlp", "rnn", "transformer", "lstm"],
)
def test_what_the_families_come_to_at_their_defaults_is_no_fault(
    kind: Kind, at_first: float, later: float, dead: int
) -> None:
    """As measured on the canonical list; the Transformer after 26,000 steps, the others after 4,500 to 8,000."""
    layer = replace(GOOD, kind=kind, units=288, saturated=later, dead=dead)
    assert find(Look(8000, (layer,), ()), Look(0, (replace(layer, saturated=at_first, dead=0),), ())) == ()


def test_a_unit_is_not_dead_for_a_few_characters() -> None:
    few = replace(GOOD, dead=50, histogram=Histogram(-1.0, 1.0, (155,) * 40))
    assert few.characters == 31
    assert find(Look(500, (few,), ())) == ()


@pytest.mark.parametrize("changes", [{"kind": "gate", "saturated": 0.5, "dead": 3}, {"kind": "gelu", "saturated": 0.5}])
def test_gates_may_stand_and_half_of_a_relu_is_off(changes: dict[str, object]) -> None:
    assert find(Look(0, (replace(GOOD, **changes),), ())) == ()  # type: ignore[arg-type]


def test_the_learning_rate() -> None:
    """By the middle of the matrices; where that is well, by each of them."""
    high = [replace(MATRIX, name=f"w{number}", update_ratio=ratio) for number, ratio in enumerate((-1.0, -1.2, -3.0))]
    assert [finding.text for finding in find(Look(0, (), tuple(high)))] == [
        "update:data is 10^-1.2: the learning rate is too high; about 10^-3 is good"
    ]
    odd = [replace(MATRIX, name=f"w{number}", update_ratio=ratio) for number, ratio in enumerate((-1.5, -3.0, -3.1))]
    assert [finding.text for finding in find(Look(0, (), tuple(odd)))] == [
        "update:data of w0 is 10^-1.5: the learning rate is too high; about 10^-3 is good"
    ]
    assert explain(replace(MATRIX, update_ratio=-5.0)) == (
        "update:data of weight is 10^-5.0: it learns slowly; about 10^-3 is good, less at the end of a schedule"
    )


def test_uneven_gradients() -> None:
    others = [replace(MATRIX, name=f"w{number}") for number in range(3)]
    small, none = replace(MATRIX, name="wte", grad_std=4e-5), replace(MATRIX, name="wpe", grad_std=0.0)
    texts = [finding.text for finding in find(Look(0, (), (small, *others)))]
    assert texts == ["the gradients of wte are 150 times smaller than the others'"]
    texts = [finding.text for finding in find(Look(0, (), (none, *others)))]
    assert texts == ["wpe gets no gradient: nothing that it does counts"]


def test_the_first_loss() -> None:
    """The lecture's first network starts at 27; ln 27 is 3.2958."""
    (finding,) = find(None, None, 27.8817, 27)
    assert finding.text == "the first loss was 27.9, a uniform guess has 3.30: the initial output weights are too large"
    assert finding.weight >= 1
    assert explain_first_loss(3.3239, 27) == "the first loss was 3.32; a uniform guess has ln 27 = 3.30"
    assert find(None, None, 3.3239, 27) == ()
    assert find(None) == ()
    assert math.isclose(math.log(27), 3.2958, abs_tol=1e-4)


def test_the_worst_comes_first() -> None:
    look = Look(0, (replace(GOOD, saturated=0.41), replace(GOOD, name="h9", saturated=0.9)), ())
    findings = find(look, look, 7.0, 27)
    assert [finding.name for finding in findings] == ["h9", "", "h3"]
    weights = [finding.weight for finding in findings]
    assert weights == sorted(weights, reverse=True)
