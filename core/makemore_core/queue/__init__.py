"""Several runs at once: the queue of a folder of runs, and sweeps over a grid of settings.

| file | what it is for |
|---|---|
| `grid` | lists and ranges of values as a person types them, and their product |
| `sweeps` | the runs of a grid: checked all together, made, found again |
| `waiting` | putting a run into the queue, taking it out, moving it to the front |
| `settings` | how many runs may train at once |
| `holding` | the lock of the one process that starts runs |
| `process` | what that process does |
| `launch` | starting it where it is needed |

A run that waits is a whole run folder with a mark in its store (`runs.queued`); nothing else says that it waits. The
process that starts runs has no terminal and keeps nothing in mind that it could not read again: it may be killed at any
moment and started again by whoever comes next. Nothing here imports torch.
"""
