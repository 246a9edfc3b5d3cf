"""The diagnostics of a run on the screen, as in part 3 of the makemore lectures (Karpathy, 2022).

`tables` turns a look into rows and `updates` the course of update:data into a chart; `panels` say what it means, and
`view` puts them together, for one look at a time.
"""

from makemore_tui.panes.train.diagnostics.view import DiagnosticsView

__all__ = ["DiagnosticsView"]
