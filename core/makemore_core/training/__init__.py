"""Training: settings, batches, the loop (a generator of events) and the process that runs it."""
