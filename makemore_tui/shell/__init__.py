"""The parts of the shell: what surrounds the panes and belongs to none of them."""
