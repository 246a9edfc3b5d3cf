"""The values at which the keys stop for temperature, top-k and top-p, and the sliders that show them."""

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from makemore_tui.widgets.shape_controls import Slider

if TYPE_CHECKING:
    from makemore_core.sampling import Controls

TEMPERATURES = (0.0, *(round(0.1 * step, 1) for step in range(1, 21)), 2.5, 3.0, 4.0, 5.0, 10.0)
"""0 takes the most probable character."""

TOP_PS = (*(round(0.05 * step, 2) for step in range(1, 20)), 0.98, 0.99, 1.0)
"""1 is off."""


def top_ks(size: int) -> tuple[int, ...]:
    """1, 2, ... and coarser beyond 50; the last is the whole vocabulary, which is off."""
    stops = [*range(1, 51), *range(60, 201, 10), *range(250, 1001, 50), *range(1500, size, 500)]
    return (*(stop for stop in stops if stop < size), size)


def moved(stops: tuple[float, ...] | tuple[int, ...], value: float, by: int) -> float:
    """The stop that is `by` steps away from a value, which need not be a stop itself; the ends hold."""
    index = bisect_right(stops, value) - 1 if by > 0 else bisect_left(stops, value)
    return stops[min(max(index + by, 0), len(stops) - 1)]


def turn(controls: "Controls", name: str, size: int, by: int) -> dict[str, float | int | None]:
    """The change that a key makes: `by` steps of temperature, top_k or top_p."""
    if name == "temperature":
        return {name: moved(TEMPERATURES, controls.temperature, by)}
    if name == "top_k":
        return top_k_change(int(moved(top_ks(size), controls.top_k or size, by)), size)
    return top_p_change(moved(TOP_PS, controls.top_p or 1.0, by))


def place(name: str, size: int, fraction: float) -> dict[str, float | int | None]:
    """The change that a click on a slider makes."""
    if name == "temperature":
        return {name: _at(TEMPERATURES, fraction)}
    if name == "top_k":
        return top_k_change(int(_at(top_ks(size), fraction)), size)
    return top_p_change(_at(TOP_PS, fraction))


def top_k_change(k: int, size: int) -> dict[str, float | int | None]:
    """Keep k characters; all of them is off."""
    return {"top_k": k if k < size else None}


def top_p_change(p: float) -> dict[str, float | int | None]:
    """Keep the most probable characters up to p; 1 is off."""
    return {"top_p": p if p < 1 else None}


def sliders(controls: "Controls | None", size: int, *, ascii_only: bool) -> tuple[Slider, ...]:
    """Temperature, top-k and top-p as they are drawn, each with its keys; None: at rest, before there is a model."""
    temperature, top_k, top_p = (
        (1.0, None, None) if controls is None else (controls.temperature, controls.top_k, controls.top_p)
    )
    keys = ("<>", "^v", "pgup/dn") if ascii_only else ("←→", "↑↓", "pgup/dn")
    k, p = top_k or size, top_p or 1.0
    return (
        Slider("T", f"{temperature:.2f}", _fraction(TEMPERATURES, temperature), keys[0]),
        Slider("top-k", str(k) if top_k else "off", _fraction(top_ks(size), k), keys[1]),
        Slider("top-p", f"{p:.2f}" if top_p else "off", _fraction(TOP_PS, p), keys[2]),
    )


def _at(stops: tuple[float, ...] | tuple[int, ...], fraction: float) -> float:
    return stops[round(fraction * (len(stops) - 1))]


def _fraction(stops: tuple[float, ...] | tuple[int, ...], value: float) -> float:
    last = len(stops) - 1
    return min(bisect_left(stops, value), last) / last if last else 1.0
