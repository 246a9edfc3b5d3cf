"""Training: settings, batches, the loop (a generator of events) and the process that runs it.

| file | what it is for |
|---|---|
| `config` | the settings of a run, checked; no torch |
| `schedule` | the learning rate of each step |
| `batches`, `ahead` | what one step sees of the list, made some steps ahead |
| `flat`, `gradients`, `optimizers` | parameters in one piece, and torch's own without what it does around each step |
| `graphs` | a batch's loss as a CUDA graph |
| `events` | what the loop tells |
| `loop` | `Training`, the state of a run, and `train`, the loop over its steps |
| `checkpoint` | that state as bytes, and back, to the bit |
| `process` | what `python -m makemore_core.training RUN` does |
| `launch` | starting that process; no torch |
"""
