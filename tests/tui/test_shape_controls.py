"""The sliders, as one line for a narrow screen and as a panel."""

import math
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from makemore_core.sampling import Controls
from makemore_tui.panes.sample.controls import TEMPERATURES, TOP_PS, place, sliders, top_ks, turn
from makemore_tui.widgets.rows import row_text, row_width
from makemore_tui.widgets.shape_controls import Shape, Slider, choices, control_line, control_panel

SLIDERS = (Slider("T", "0.70", 0.0, "←→"), Slider("top-k", "8", 0.5, "↑↓"), Slider("top-p", "off", 1.0, "pgup/dn"))
SHAPE = Shape(SLIDERS, (3.04, 2.33), kept=8, kept_mass=0.913, size=27)


def test_the_line_says_all_in_80_cells() -> None:
    text = row_text(control_line(SHAPE))
    assert text == "T 0.70 ←→  top-k 8 ↑↓  top-p off pgup/dn  H 3.04→2.33 nats  ppl 20.9→10.3"
    largest = Shape(sliders(Controls(10.0, 500, 0.95), 5000, ascii_only=True), (8.52, 8.51), 500, 1.0, 5000)
    assert row_width(control_line(largest)) <= 80


def test_the_panel_draws_knobs_and_effects() -> None:
    rows = [row_text(row) for row in control_panel(SHAPE, 31)]
    # 31 cells leave 10 for the sliders.
    assert rows[0] == "T      0.70  ●───────── ←→"
    assert rows[1] == "top-k     8  ────●───── ↑↓"
    assert rows[2] == "top-p   off  ─────────● pgup/dn"
    assert rows[4:] == ["entropy    3.04 → 2.33 nats", "perplexity 20.9 → 10.3 of 27", "kept       91.3% in 8, 19 cut"]


def test_an_ended_item_has_controls_and_no_effects() -> None:
    ended = Shape(SLIDERS)
    assert "nats" not in row_text(control_line(ended))
    assert len(control_panel(ended, 40)) == 3


def test_perplexity_is_e_to_the_entropy() -> None:
    assert choices(math.log(27)) == "27.0"
    assert choices(math.log(5000)) == "5000"


@given(st.integers(2, 5000), st.sampled_from(["temperature", "top_k", "top_p"]))
def test_turning_reaches_every_stop_and_comes_back(size: int, name: str) -> None:
    stops = {"temperature": TEMPERATURES, "top_k": top_ks(size), "top_p": TOP_PS}[name]
    assert list(stops) == sorted(set(stops))
    controls, seen = Controls(), set()
    for by in (-1, 1):
        for _ in range(len(stops) + 2):
            controls = Controls(**{**vars(controls), **turn(controls, name, size, by)})
            seen.add(getattr(controls, name))
    off = {"temperature": {10.0}, "top_k": {None}, "top_p": {None}}[name]
    assert len(seen) == len(stops)
    assert getattr(controls, name) in off


def test_a_value_between_two_stops_moves_to_the_next_one() -> None:
    assert turn(Controls(temperature=0.75), "temperature", 27, 1) == {"temperature": 0.8}
    assert turn(Controls(temperature=0.75), "temperature", 27, -1) == {"temperature": 0.7}


def test_a_click_takes_the_stop_under_it() -> None:
    assert place("temperature", 27, 0.0) == {"temperature": 0.0}
    assert place("top_k", 27, 0.0) == {"top_k": 1}
    assert place("top_k", 27, 1.0) == {"top_k": None}
    assert place("top_p", 27, 1.0) == {"top_p": None}


def test_off_is_said_in_words() -> None:
    off, on = (sliders(controls, 27, ascii_only=False) for controls in (Controls(), Controls(0.5, 3, 0.9)))
    assert [slider.value for slider in off] == ["1.00", "off", "off"]
    assert [slider.value for slider in on] == ["0.50", "3", "0.90"]
    assert [slider.fraction for slider in off[1:]] == [1.0, 1.0]


def test_controls_without_a_slider_take_the_place_of_the_keys() -> None:
    shape = replace(SHAPE, others=("min-p 0.05", "only new"))
    text = row_text(control_line(shape))
    assert text == "T 0.70  top-k 8  top-p off  min-p 0.05, only new  H 3.04→2.33 nats  ppl 20.9→10.3"
    assert row_text(control_panel(shape, 31)[3]) == "min-p 0.05, only new"
    assert row_text(control_panel(replace(shape, entropy=None), 31)[3]) == "min-p 0.05, only new"
    assert row_text(control_panel(shape, 12)[3]) == "min-p 0.05,…"
