"""The run folder: settings, the store of metrics and commands, checkpoints."""
