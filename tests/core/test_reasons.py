"""Why this one: what each control took away, where u fell, and both in words."""

import math

import pytest
import torch
from hypothesis import given

from makemore_core.sampling import Controls, distribution, percent, why
from makemore_core.vocabulary import Vocabulary
from tests.core.test_controls import all_controls, logits_of_letters, texts

ABC = Vocabulary("abc")
LETTERS = Vocabulary("abcdefgh")
HALVES = torch.tensor([0.5, 0.25, 0.125, 0.125]).log()
NAMES = (".", "a", "b", "␣")


@pytest.mark.parametrize(
    ("chosen", "so_far", "expected"),
    [
        (Controls(), [], ["no control is on: all 4 that the model thinks possible are kept"]),
        (
            Controls(top_k=2),
            [],
            [
                "top-k 2: takes away 2 characters (b, ␣) with 25.0%, and leaves 2",
                "kept: 2 of 4, to which the model gave 75.0%",
            ],
        ),
        (
            Controls(top_k=3, top_p=0.6),
            [],
            [
                "top-k 3: takes away 1 character (␣) with 12.5%, and leaves 3",
                # Of what is left 4/7, 2/7 and 1/7: the first two reach 0.6.
                "top-p 0.6: takes away 1 character (b) with 14.3%, and leaves 2",
                "kept: 2 of 4, to which the model gave 75.0%",
            ],
        ),
        (
            Controls(min_p=0.1),
            [],
            ["min-p 0.1: takes nothing away; 4 are possible", "kept: 4 of 4, to which the model gave 100.0%"],
        ),
        (
            Controls(temperature=0),
            [],
            [
                "temperature 0: only the most probable counts; takes away 3 characters (a, b, ␣) with 50.0%,"
                " and leaves 1",
                "kept: 1 of 4, to which the model gave 50.0%",
            ],
        ),
        (
            # 16, 4, 1 and 1 of 22: the end alone gains.
            Controls(temperature=0.5),
            [],
            [
                "temperature 0.5: favours the probable; the end goes from 50.0% to 72.7%",
                "kept: 4 of 4, to which the model gave 100.0%",
            ],
        ),
        (
            # The square roots: 2, 1.414, 1 and 1 of 5.414.
            Controls(temperature=2),
            [],
            [
                "temperature 2: favours the improbable; a, b, ␣ together go from 50.0% to 63.1%",
                "kept: 4 of 4, to which the model gave 100.0%",
            ],
        ),
        (
            Controls(repetition_penalty=2),
            [1, 1],
            [
                "repetition penalty 2: a stands in the text and goes from 25.0% to 7.7%",
                "kept: 4 of 4, to which the model gave 100.0%",
            ],
        ),
        (
            Controls(repetition_penalty=2),
            [1, 2],
            [
                # 1/2, 1/16, 1/64 and 1/8: 5 of 45.
                "repetition penalty 2: a, b stand in the text and go from 37.5% to 11.1%",
                "kept: 4 of 4, to which the model gave 100.0%",
            ],
        ),
        (
            Controls(banned="ab", min_length=1),
            [],
            [
                "banned a, b: takes away 2 characters with 37.5%, and leaves 2",
                "least length 1: the end cannot come yet, which takes away 80.0%",
                "kept: 1 of 4, to which the model gave 12.5%",
            ],
        ),
        (
            Controls(banned="abc", min_length=1, temperature=0.5),
            [],
            [
                "banned a, b, ␣: takes away 3 characters with 50.0%, and leaves 1",
                "least length 1: the end cannot come yet, which takes away 100.0%",
                "nothing is left that the model thinks possible: the item stops here",
            ],
        ),
    ],
)
def test_the_controls_in_words(chosen: Controls, so_far: list[int], expected: list[str]) -> None:
    assert why(HALVES, chosen, ABC, so_far).lines(NAMES) == expected


@pytest.mark.parametrize(
    ("u", "expected"),
    [
        (0.3, "u = 0.3000 falls into the interval of the end, 0.0000 to 0.6667; the model gave it 50.0%"),
        (0.7, "u = 0.7000 falls into the interval of a, 0.6667 to 1.0000; the model gave it 25.0%"),
    ],
)
def test_where_u_fell(u: float, expected: str) -> None:
    assert why(HALVES, Controls(top_k=2), ABC, u=u).lines(NAMES)[-1] == expected


def test_what_the_model_holds_impossible_was_not_taken_away() -> None:
    logits = torch.tensor([0.0, -math.inf, 0.0, -math.inf])
    found = why(logits, Controls(top_k=3, banned="a"), ABC)
    assert (found.possible, found.kept) == (2, 2)
    assert [effect.taken for effect in found.effects] == [(), ()]
    assert found.lines(NAMES)[0] == "banned characters: takes nothing away; 2 are possible"


@given(logits_of_letters, all_controls, texts)
def test_what_was_taken_and_what_is_kept_are_all_there_was(
    logits: torch.Tensor, chosen: Controls, so_far: list[int]
) -> None:
    found = why(logits, chosen, LETTERS, so_far, u=0.5)
    here = distribution(logits, chosen, so_far, LETTERS)
    taken = [token for effect in found.effects for token in effect.taken]
    assert len(set(taken)) == len(taken)
    assert len(taken) + found.kept == found.possible == 9
    for effect in found.effects:
        assert -1e-9 <= effect.share <= 1 + 1e-9 and effect.left == 9 - sum(
            len(other.taken) for other in found.effects[: found.effects.index(effect) + 1]
        )
    assert found.fall is not None
    assert found.fall.low <= 0.5 < found.fall.high
    assert found.fall.high - found.fall.low == pytest.approx(here.adjusted[found.fall.token].item())
    assert all(found.lines(LETTERS.symbols))


@pytest.mark.parametrize(
    ("share", "expected"),
    [(0, "0.0%"), (1, "100.0%"), (0.25, "25.0%"), (0.0005, "0.05%"), (1e-7, "less than 0.01%")],
)
def test_a_share_is_read_at_a_glance(share: float, expected: str) -> None:
    assert percent(share) == expected
