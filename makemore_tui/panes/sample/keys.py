"""The keys of the Sample pane, in the order in which the last line shows as many as there is room for.

Letters are text here, so there are none among them.
"""

from textual.binding import Binding, BindingType

KEYS: list[BindingType] = [
    Binding("enter", "draw", "draw", tooltip="the character that u picks"),
    Binding("end", "finish", "finish", tooltip="draw until the item ends"),
    Binding("backspace,ctrl+h", "undo", "undo", key_display="⌫", tooltip="the last step, and its u"),
    Binding("ctrl+s", "choose_source", "model", tooltip="counts, a run, or a uniform guess"),
    Binding("ctrl+a", "add_model", "beside", tooltip="another model beside this one, or take one away"),
    Binding("ctrl+f", "control", "controls", tooltip="all of sampling: min-p, a prompt, banned characters, ..."),
    Binding("ctrl+g", "generate", "many", tooltip="generate as many items as you say, filtered and sorted"),
    Binding("ctrl+w", "score", "score", tooltip="what each model thinks of any word"),
    Binding("ctrl+t", "look_inside", "inside", tooltip="look inside the model, with this text"),
    Binding("ctrl+r", "reroll", "new u", tooltip="leave this number out"),
    Binding("ctrl+l", "toggle_items", "items", tooltip="what was generated"),
    Binding("ctrl+b", "choose_branch", "branches", tooltip="go back to what was tried"),
    Binding("ctrl+y", "export", "export", tooltip="copy or save the tree of what was tried"),
    Binding("ctrl+n", "begin", "new item", tooltip="leave this text"),
    Binding("ctrl+d", "ask_seed", "seed", tooltip="start again from another one"),
    Binding("left", "turn('temperature', -1)", "lower temperature", show=False),
    Binding("right", "turn('temperature', 1)", "higher temperature", show=False),
    Binding("down", "turn('top_k', -1)", "smaller top-k", show=False),
    Binding("up", "turn('top_k', 1)", "larger top-k", show=False),
    Binding("pagedown", "turn('top_p', -1)", "smaller top-p", show=False),
    Binding("pageup", "turn('top_p', 1)", "larger top-p", show=False),
    Binding("home", "reset", "T 1, all other controls off", show=False),
    Binding("shift+up,ctrl+up", "branch(-1)", "to the branch above in the tree", show=False),
    Binding("shift+down,ctrl+down", "branch(1)", "to the branch below", show=False),
    Binding("tab", "app.focus_next", "to the items, to scroll them", show=False),
    Binding("escape", "leave", "back from the items", show=False),
]
