"""Panes join the widgets to the core, one pane a tab."""
