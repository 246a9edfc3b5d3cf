"""The keys of the look inside."""

from typing import Any

from textual.binding import Binding

from makemore_tui.panes.inside.views import (
    ACTIVATIONS,
    ATTENTION,
    CHARACTERS,
    MATTERED,
    NAMES,
    PARAMETERS,
    STATES,
)

KEYS: list[Any] = [
    Binding("escape,ctrl+t", "leave", "back"),
    Binding("tab", "next_view(1)", "next view"),
    Binding("shift+tab", "next_view(-1)", "view before", show=False),
    *(Binding(str(number), f"view('{name}')", name, show=False) for number, name in enumerate(NAMES, 1)),
    Binding("p", "projection", "axes", tooltip="PCA, or the first two numbers"),
    Binding("a", "together", "all or one", tooltip="heads, states or layers side by side, or one alone"),
    Binding("o", "order", "order", tooltip="the units that vary most first"),
    Binding("w", "gradients", "gradients", tooltip="of the loss, or the weights again"),
    Binding("h", "histogram", "histogram", tooltip="or the heatmap again"),
    Binding("left", "across(-1)", "the head, layer or place before", show=False),
    Binding("right", "across(1)", "the next head, layer or place", show=False),
    Binding("up", "along(-1)", "up: layer, unit, character or parameter", show=False),
    Binding("down", "along(1)", "down: layer, unit, character or parameter", show=False),
    Binding("pageup", "along(-10)", "ten up", show=False),
    Binding("pagedown", "along(10)", "ten down", show=False),
    Binding("shift+left", "cell(0, -1)", "the cursor of the heatmap", show=False),
    Binding("shift+right", "cell(0, 1)", "the cursor of the heatmap", show=False),
    Binding("shift+up", "cell(-1, 0)", "the cursor of the heatmap", show=False),
    Binding("shift+down", "cell(1, 0)", "the cursor of the heatmap", show=False),
    Binding("f6,ctrl+left,comma", "travel(-1)", "earlier: the run as it was before", show=False),
    Binding("f7,ctrl+right,full_stop", "travel(1)", "later: the run as it was next", show=False),
    Binding("ctrl+home", "travel_to_start", "the run as it began", show=False),
    Binding("f8,ctrl+end", "travel_to_end", "back to the checkpoint that was chosen", show=False),
    Binding("f9,space", "play", "play: go through all steps that are kept", show=False),
    Binding("question_mark,f10", "help", "help"),
]

EVERYWHERE = [Binding("ctrl+p", "command_palette", "commands"), Binding("ctrl+q", "quit", "quit")]
"""What works here of the keys of the shell."""

TRAVEL_KEYS = "F6 F7, F9 plays"

ONLY_IN = {
    "projection": (CHARACTERS,),
    "order": (STATES, ACTIVATIONS),
    "together": (ATTENTION, STATES, ACTIVATIONS),
    "gradients": (PARAMETERS,),
    "histogram": (PARAMETERS,),
    "across": (ATTENTION, STATES, ACTIVATIONS, MATTERED),
    "along": (ATTENTION, STATES, ACTIVATIONS, MATTERED, PARAMETERS),
}
"""The views that an action is for, where it is not for all."""

HINTS = {
    CHARACTERS: "p: PCA, or the first two numbers",
    ATTENTION: "left, right: head; up, down: layer",
    STATES: "left, right: states and gates; up, down: unit",
    ACTIVATIONS: "left, right: layer; up, down: unit",
    MATTERED: "left, right: place in the text; up, down: another character",
    PARAMETERS: "up, down: parameter; w: gradients; h: histogram",
}
"""What the arrows and letters do in each view."""
