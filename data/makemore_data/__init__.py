"""The lists that makemore-tui brings along, and the one that it can download."""
