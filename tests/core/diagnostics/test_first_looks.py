"""What the first look says of networks as they are set before any update: a warning must mean something."""

import pytest

from makemore_core.corpus import corpus_from_bytes
from makemore_core.diagnostics.findings import find, saturated
from makemore_core.diagnostics.looks import Look
from makemore_core.models.registry import FAMILIES
from makemore_core.training.config import default_config
from makemore_core.training.loop import Training
from tests.core.comparison.making import NAMES

NETWORKS = [name for name, family in FAMILIES.items() if not family.counts]


def first_look(type: str, preset: str | None = None) -> Look:
    """The look that is taken with the first step."""
    corpus = corpus_from_bytes("\n".join(NAMES * 10).encode(), name="names", source="-")
    config = default_config(type, corpus, preset=preset, diagnostics_interval=1, split={"kind": "none"})
    look = Training(config, corpus, config.split.sides(corpus)).update().look  # type: ignore[union-attr]
    assert look is not None and look.step == 0
    return look


@pytest.mark.parametrize("type", NETWORKS)
def test_no_family_is_warned_of_at_its_defaults(type: str) -> None:
    look = first_look(type)
    assert saturated(look, look) == ()
    assert [one.text for one in find(look, look) if "update:data" not in one.text] == []


def test_the_lectures_badly_set_network_is_warned_of_at_its_start() -> None:
    """Its weights are not scaled: 30 inputs of deviation 1 make sums of deviation 5.5, of which 70% lie beyond 2.09,
    where tanh is 0.97."""
    look = first_look("mlp", "lecture-mlp")
    (finding,) = saturated(look, look)
    assert look.layers[0].saturated == pytest.approx(0.70, abs=0.05)
    assert "initial weights are too large" in finding.text


def test_the_lectures_mended_networks_are_not() -> None:
    """A gain of 0.2 a weight, and 5/3 over the root of the inputs."""
    for preset in ("lecture-mlp-tanh", "lecture-mlp-kaiming"):
        look = first_look("mlp", preset)
        assert saturated(look, look) == ()
